"""What becomes a Tensor, and in which dtype: mindspore.numpy's rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.dtypes import to_np
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import current_context
from .._src.errors import ArgumentError, DTypeError

_NARROW = {np.dtype(np.int64): np.dtype(np.int32), np.dtype(np.float64): np.dtype(np.float32)}


def place(value: Any) -> Tensor:
    """A Tensor of NumPy's ``value`` on the current device."""
    device = current_context()
    return wrap(Tensor, device.engine.put(np.asarray(value), device), device)


def narrow(value: Any) -> np.ndarray:
    """NumPy's array of Python's numbers, in the default dtypes: int32 and float32."""
    value = np.asarray(value)
    return value.astype(_NARROW.get(value.dtype, value.dtype))


def tensor(x: Any, who: str) -> Any:
    """A Tensor of numbers or nested lists (int32, float32 or bool), of an array in its dtype; a Tensor as it is."""
    if isinstance(x, Tensor) or hasattr(x, "_luojia_apply"):
        return x
    if isinstance(x, np.ndarray):
        return Tensor(x)
    if isinstance(x, (list, tuple)) and _has_tensor(x):
        return OPERATORS["stack"](*_same([tensor(v, who) for v in x]), axis=0)
    if isinstance(x, (bool, int, float, complex, np.generic, list, tuple)):
        try:
            value = narrow(x)
        except ValueError as e:
            raise ArgumentError(f"{who}: the nested lists do not form an array ({e}).") from None
        if value.dtype.kind in "biufc":
            return place(value)
    raise DTypeError(f"{who} expects a Tensor, a number, or a list or tuple of numbers, got {type(x).__name__}: {x!r}.")


def _has_tensor(x: Any) -> bool:
    return any(_has_tensor(v) if isinstance(v, (list, tuple)) else isinstance(v, Tensor) for v in x)


def _same(xs: list) -> list:
    from .._src.ops.compose import common

    return common(xs)


def tensors(xs: Any, who: str) -> list[Any]:
    """The Tensors of a list or tuple, or the slices of one Tensor."""
    if isinstance(xs, Tensor):
        return list(xs)
    if not isinstance(xs, (list, tuple)):
        raise DTypeError(f"{who} expects a list or tuple of Tensors, or a Tensor, got {type(xs).__name__}.")
    return [tensor(x, who) for x in xs]


def floating(x: Any) -> Any:
    """x, as float32 if it holds integers or booleans."""
    return OPERATORS["cast"](x, dtype=np.dtype(np.float32)) if isinstance(x, Tensor) and x.np_dtype.kind in "biu" else x


def cast(x: Any, dtype: Any) -> Any:
    """x in ``dtype``, unless that is None."""
    return x if dtype is None or x.np_dtype == to_np(dtype) else OPERATORS["cast"](x, dtype=to_np(dtype))


def shape_of(shape: Any, who: str) -> tuple[int, ...]:
    """A shape given as a number, a tuple, a list or a Tensor."""
    if isinstance(shape, Tensor):
        shape = shape.tolist()
    lengths = (shape,) if isinstance(shape, (int, np.integer)) else shape
    if not isinstance(lengths, Sequence) or not all(isinstance(n, (int, np.integer)) for n in lengths):
        raise DTypeError(f"{who}: the shape must be a number, tuple or list of numbers, got {shape!r}.")
    if any(n < 0 for n in lengths):
        raise ArgumentError(f"{who}: each length of a shape must be no less than 0, got {shape}.")
    return tuple([int(n) for n in lengths])


def host(x: Any, who: str = "luojia.numpy") -> np.ndarray:
    """The values of x for NumPy's own functions, in the default dtypes."""
    return tensor(x, who).asnumpy()
