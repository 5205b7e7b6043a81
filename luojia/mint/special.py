"""Special functions, under mint's names."""

from __future__ import annotations

from typing import Any

from .._src.core.documented import tell as _tell
from .._src.ops import Tensor
from .._src.paths import public_names
from . import functions, table
from .nn import functional

_table = table.make(__name__)
erfc, exp2, expm1, log1p, sinc = (_table[n] for n in ("erfc", "exp2", "expm1", "log1p", "sinc"))


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest number with ``decimals`` digits; a half goes to the even one."""
    return functions.round(input, decimals=decimals)


def log_softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """log(softmax(input)) along ``dim``."""
    return functional.log_softmax(input, dim, dtype=dtype)


__all__ = ["erfc", "exp2", "expm1", "log1p", "log_softmax", "round", "sinc"]
__dir__ = public_names(__name__)
_tell(globals(), __all__, __name__)
