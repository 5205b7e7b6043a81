"""bfloat16 on NumPy, which has no such dtype: stored by the package ml_dtypes, computed in float32."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_FLOAT = np.dtype(np.float32)


def is_bfloat16(value: Any) -> bool:
    """Whether an array is of bfloat16; NumPy takes it for a record."""
    dtype: Any = getattr(value, "dtype", None)
    return dtype is not None and getattr(dtype, "kind", "") == "V" and dtype.name == "bfloat16"


def has_bfloat16(values: Sequence[Any]) -> bool:
    """Whether an array of bfloat16 is among the values."""
    for v in values:
        if v.__class__ is np.ndarray and v.dtype.kind == "V":
            return is_bfloat16(v)
    return False


def widen(values: Any) -> Any:
    """The values with float32 in place of bfloat16, in nested tuples and lists too."""
    return type(values)([widen(v) if isinstance(v, (tuple, list)) else v.astype(_FLOAT) if is_bfloat16(v) else v
                         for v in values])


def narrow(ans: Any, values: Sequence[Any], attrs: dict) -> Any:
    """What an operator made of the widened ``values``, float32 rounded to bfloat16 where it stands for that.

    A dtype that was asked for stays: of several outputs it is that of positions. Of several outputs, such as new
    statistics, all but the first are left in float32 where an input was float32.
    """
    half = next(v.dtype for v in values if is_bfloat16(v))
    if ans.__class__ is not tuple:
        return ans.astype(half) if ans.dtype == _FLOAT and attrs.get("dtype") is None else ans
    mixed = any(getattr(v, "dtype", None) == _FLOAT for v in values)
    return tuple([a.astype(half) if a.dtype == _FLOAT and not (mixed and i) else a for i, a in enumerate(ans)])
