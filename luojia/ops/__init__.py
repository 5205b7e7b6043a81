"""Operators under MindSpore's names: functions (``ops.matmul``), classes (``ops.MatMul()``) and gradient transforms."""

from __future__ import annotations

from typing import Any

from .._src import ops as _operators  # noqa: F401 - registers the operators
from .._src.core.faces import FaceModule, compile_class, compile_function, run_plain
from . import composite, functional, plain, random, state, stateful
from .composite import *  # noqa: F403
from .functional import *  # noqa: F403
from .plain import *  # noqa: F403
from .random import *  # noqa: F403
from .state import *  # noqa: F403
from .stateful import *  # noqa: F403

_faces = FaceModule({
    "fn": lambda face: compile_function(face, run_plain, __name__),
    "ms": lambda face: compile_class(face, __name__),
})


def __getattr__(name: str) -> Any:
    try:
        found = _faces.get(name)
    except KeyError:
        raise AttributeError(f"module 'luojia.ops' has no attribute {name!r}") from None
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_faces.index()})


__all__ = []
__all__ += composite.__all__
__all__ += functional.__all__
__all__ += plain.__all__
__all__ += random.__all__
__all__ += state.__all__
__all__ += stateful.__all__
