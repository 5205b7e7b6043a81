"""Large arrays of float16 on NumPy, which computes in it number by number: operators compute in float32 and round once.

To float32 and back takes 1.5 ns a number (``engine/kernels/halves.py``), each of NumPy's operations on float16 3 to 10.
A sum, difference, product, quotient or root of float16 that is rounded to float32 first is rounded to the same float16;
what takes several steps loses fewer digits than step by step. A node's arrays stay float16, and its rule computes in
float32 too.

An operator's definition says with ``half`` how it is with this one: "wide", in float32; "quick", its function in
float16, of which NumPy computes it by vectors, but its rule in float32; or "kept", where nothing is computed, or the
dtype changes what is. Pointwise operators are "wide" where they do not say, others "kept".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.kernels.halves import half, single

LEAST = 1 << 13  # numbers from which it is worth it
HALF = np.dtype(np.float16)
_SINGLE = np.dtype(np.float32)
_NUMBERS = (int, float, bool, type(None))
def takes(op: Any, values: list) -> bool:
    """Whether ``op`` on these, the first array being of float16, is to be computed in float32."""
    if (op.half or ("wide" if op.pointwise else "kept")) == "kept":
        return False
    large = False
    for v in values:
        if v.__class__ is np.ndarray:
            if v.dtype != HALF:
                return False
            large = large or v.size >= LEAST
        elif v.__class__ not in _NUMBERS:
            return False
    return large


def widened(op: Any, values: list) -> list:
    """The values that ``op`` is to compute with: float32, and numbers as float16 has them."""
    return values if op.half == "quick" else [wide(v) for v in values]


def wide(value: Any) -> Any:
    """Arrays of float16, also of a tuple or list, in float32, and numbers as float16 has them."""
    if value.__class__ is tuple or value.__class__ is list:
        return value.__class__([wide(v) for v in value])
    if value.__class__ is np.ndarray:
        return single(value) if value.dtype == HALF else value
    if value.__class__ is float:
        with np.errstate(over="ignore"):
            return float(np.float16(value))
    return value


def narrowed(ans: Any, attrs: dict) -> Any:
    """What became of widened values, in float16; a dtype that was asked for stays."""
    if ans.__class__ is tuple:
        return tuple([narrowed(a, attrs) for a in ans])
    return half(ans) if ans.dtype == _SINGLE and attrs.get("dtype") in (None, "same") else ans
