"""The common dtype of what an elementwise operator is applied to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.namespace import OPERATORS
from ..errors import DTypeError
from .dtypes import is_float, promote, scalar_dtype
from .tensor import Tensor

if TYPE_CHECKING:
    from .op import Operator


def coerce(op: Operator, inputs: Any) -> Any:
    """Bring the inputs of an elementwise operator to their common dtype; None where nothing is to be done.

    NumPy arrays count as Tensors. NumPy's scalars, and lists, are as Python's numbers: they do not widen a float. Nor
    does a factor without axes, as MindSpore multiplies.
    """
    if op.name == "multiply" and all(isinstance(t, Tensor) for t in inputs):
        whole = [t for t in inputs if t._value.shape]
        a, b = (t.np_dtype for t in inputs)
        if len(whole) == 1 and (is_float(a) and is_float(b) or {a.kind, b.kind} <= {"i", "u"}):
            return tuple([_brought_to(whole[0].np_dtype, t) for t in inputs])
    dtype: Any = None
    weak: list[Any] = []
    for t in inputs:
        if isinstance(t, (Tensor, np.ndarray)):
            found = t.np_dtype if isinstance(t, Tensor) else t.dtype
            dtype = found if dtype is None else promote(dtype, found)
        elif t is not None:
            flat = np.asarray(t)
            if flat.dtype.kind not in "biufc":
                raise DTypeError(f"{op.name} expects Tensors and numbers, got {type(t).__name__}: {t!r}.")
            weak.append(flat.dtype.type(0).item())
    target = dtype
    for number in weak:
        target = promote(target, scalar_dtype(number, target))
    mended = tuple([_brought_to(target, t) for t in inputs])
    return None if all(m is t for m, t in zip(mended, inputs)) else mended


def _brought_to(dtype: np.dtype, t: Any) -> Any:
    if isinstance(t, Tensor):
        return t if t.np_dtype == dtype else OPERATORS["cast"](t, dtype=dtype)
    if isinstance(t, np.generic):
        return t.item()
    if isinstance(t, (list, tuple)):
        return np.asarray(t).astype(dtype)
    return t.astype(dtype) if isinstance(t, np.ndarray) and t.dtype != dtype else t
