"""Operators under MindSpore's names: functions (``ops.matmul``), classes (``ops.MatMul()``) and gradient transforms."""

from __future__ import annotations

import sys
from typing import Any

from .._src import ops as _operators  # noqa: F401 - registers the operators
from .._src.core.faces import FaceModule, compile_class, compile_plain
from .._src.paths import also_at
from . import (
    class_table,
    collective,
    composed,
    composite,
    control,
    functional,
    plain,
    primitive,
    random,
    refused,
    state,
    stateful,
    updates,
)
from .class_table import *  # noqa: F403
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
    "fn": lambda face: compile_plain(face, __name__),
    "ms": lambda face: compile_class(face, __name__),
})


def __getattr__(name: str) -> Any:
    try:
        found = _faces.get(name)
    except KeyError:
        raise refused.missing(name) from None
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_faces.index()})


__all__ = []
__all__ += class_table.__all__
__all__ += collective.__all__
__all__ += composed.__all__
__all__ += composite.__all__
__all__ += control.__all__
__all__ += functional.__all__
__all__ += plain.__all__
__all__ += primitive.__all__
__all__ += random.__all__
__all__ += state.__all__
__all__ += stateful.__all__
__all__ += updates.__all__
_REFUSED = refused.NAMES

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in ("operations", "function", "auto_generate")), *(
    f"{__name__}.operations.{p}_ops" for p in ("array", "comm", "debug", "inner", "math", "nn", "other", "random")),
    f"{__name__}.operations._inner_ops")
also_at(composite, f"{__name__}.composite.base", f"{__name__}.composite.multitype_ops")
also_at(primitive, f"{__name__}._primitive")
# Programs write F.relu and C.clip_by_value: these two modules answer for every operator.
setattr(functional, "__getattr__", lambda name: getattr(sys.modules[__name__], name))  # noqa: B010
setattr(composite, "__getattr__", lambda name: getattr(sys.modules[__name__], name))  # noqa: B010
