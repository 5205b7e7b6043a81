"""Operators under MindSpore's names: functions (``ops.matmul``), classes (``ops.MatMul()``) and gradient transforms."""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import Any

from .._src import ops as _operators  # noqa: F401 - registers the operators
from .._src.core.accepted import guarded
from .._src.core.compiled_faces import compile_class, compile_plain
from .._src.core.documented import tell
from .._src.core.faces import FaceModule
from .._src.core.given import checked
from .._src.ops.composed.accepted import FUNCTIONS as ACCEPTED
from .._src.paths import also_at, found_here, open_paths, public_names
from . import (
    collective,
    composed,
    composite,
    control,
    functional,
    guards,
    newer,
    plain,
    primitive,
    random,
    refused,
    registries,
    state,
    stateful,
    updates,
)
from .collective import *  # noqa: F403
from .composed import *  # noqa: F403
from .composite import *  # noqa: F403
from .control import *  # noqa: F403
from .functional import *  # noqa: F403
from .plain import *  # noqa: F403
from .primitive import *  # noqa: F403
from .random import *  # noqa: F403
from .state import *  # noqa: F403
from .stateful import *  # noqa: F403
from .updates import *  # noqa: F403

_faces = FaceModule({
    "fn": lambda face: compile_plain(face, __name__, ACCEPTED.get(face.name)),
    "ms": lambda face: guards.guarded(compile_class(face, __name__, guards.row_of(face.name))),
})


def _late() -> dict[str, Any]:
    """The names of ``late``, loaded at first use, so that ``import`` does not wait for them."""
    return importlib.import_module(".late", __name__).NAMES if _imported else {}


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return [*_common, *_late()]
    if name == "functional_overload":
        return importlib.import_module(".functional_overload", __name__)
    try:
        found = _faces.get(name)
    except KeyError:
        found = None if name.startswith("__") else _late().get(name)
        found = guards.guarded(guarded(found, ACCEPTED.get(name))) if found is not None else None
        tell({name: found}, [name], __name__)
        if inspect.isfunction(found) and hasattr(found, "__wrapped__") and found.__qualname__ == name:
            found.__module__ = __name__  # where pickle finds it
    if found is None:
        found = newer.find(name) if _imported and not name.startswith("_") else None
        if found is None:
            raise refused.missing(name)
        return found
    globals()[name] = found
    return found


__dir__ = public_names(__name__, lambda: (*_common, *_late(), *_faces.index(), "get_vm_impl_fn", "vm_impl_registry"))
_imported = False
_common = []
_common += collective.__all__
_common += composed.__all__
_common += composite.__all__
_common += control.__all__
_common += functional.__all__
_common += plain.__all__
_common += primitive.__all__
_common += random.__all__
_common += state.__all__
_common += stateful.__all__
_common += updates.__all__
_REFUSED = refused.NAMES

for _module in (composed, random, stateful):
    for _name in _module.__all__:
        if inspect.isfunction(globals()[_name]):
            globals()[_name] = checked(globals()[_name])
for _name in ACCEPTED.keys() & globals().keys():
    globals()[_name] = guarded(globals()[_name], ACCEPTED[_name])
for _name in _common:
    guards.guarded(globals().get(_name))
tell(globals(), _common, __name__)
found_here(__name__)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in ("operations", "function")), *(
    f"{__name__}.operations.{p}_ops" for p in (
        "array", "comm", "control", "custom", "debug", "image", "inner", "linalg", "math", "nn", "other", "random",
        "sparse", "spectral")),
    f"{__name__}.operations._inner_ops", f"{__name__}.operations.manually_defined",
    f"{__name__}.operations.manually_defined.ops_def", f"{__name__}.composite.math_ops", f"{__name__}.deprecated", *(
    f"{__name__}.function.{p}_func" for p in ("array", "clip", "debug", "fft", "image", "linalg", "math", "nn",
                                              "other", "parameter", "random", "sparse", "sparse_unary", "spectral",
                                              "vmap")),
    f"{__name__}.function.grad", f"{__name__}.function.grad.grad_func")
vm_impl_registry, get_vm_impl_fn = registries.vm_impl_registry, registries.get_vm_impl_fn
also_at(registries, f"{__name__}.vm_impl_registry")
also_at(composite, f"{__name__}.composite.base", f"{__name__}.composite.multitype_ops")
also_at(primitive, f"{__name__}._primitive")
# Programs write F.relu and C.clip_by_value: these two modules answer for every operator.
setattr(functional, "__getattr__", lambda name: getattr(sys.modules[__name__], name))  # noqa: B010
setattr(composite, "__getattr__", lambda name: getattr(sys.modules[__name__], name))  # noqa: B010
_imported = True

open_paths(sys.modules[__name__])
