"""What becomes a Tensor, and in which dtype: mindspore.numpy's rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.dtypes import is_half, to_np
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import current_context
from .._src.errors import ArgumentError, DTypeError
from .._src.ops.compose import floating

# The functions that MindSpore gives Tensors only; the others take numbers and nested lists too.
OF_TENSORS = frozenset("""
amax amin append apply_along_axis arccos arccosh arcsin arcsinh arctan arctan2 arctanh array_split array_str atleast_1d
atleast_2d atleast_3d average broadcast_arrays broadcast_to cos cosh cumsum deg2rad diag diagflat diff dot dsplit
ediff1d expand_dims fix flip fliplr flipud float_power hsplit inner isneginf isposinf ix_ less_equal logaddexp2
logical_xor meshgrid moveaxis multiply nancumsum not_equal outer positive ptp rad2deg radians ravel reshape roll
rollaxis rot90 sin sinh split squeeze swapaxes take take_along_axis tan tanh tensordot tile transpose unique vsplit
""".split())
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
    if who in OF_TENSORS:
        raise DTypeError(f"{who} expects a Tensor, got {type(x).__name__}: {str(x)[:60]}; make one first, as in "
                         f"mnp.array(...).")
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


def halved(x: Any) -> Any:
    """``floating``, but integers of one byte and booleans as float16."""
    if isinstance(x, Tensor) and x.np_dtype.kind in "biu" and x.np_dtype.itemsize == 1:
        return OPERATORS["cast"](x, dtype=np.dtype(np.float16))
    return floating(x)


def single(x: Any) -> Any:
    """``floating``, and float16 and bfloat16 as float32."""
    if isinstance(x, Tensor) and is_half(x.np_dtype):
        return OPERATORS["cast"](x, dtype=np.dtype(np.float32))
    return floating(x)


def counting(x: Any) -> Any:
    """x, as int32 if it holds booleans or narrower integers."""
    if isinstance(x, Tensor) and (x.np_dtype.kind == "b" or x.np_dtype.kind in "iu" and x.np_dtype.itemsize < 4):
        return OPERATORS["cast"](x, dtype=np.dtype(np.int32))
    return x


def whole(n: Any, who: str) -> None:
    """Raise where what counts is no integer.

    Raises:
        DTypeError: a TypeError.
    """
    if not isinstance(n, (int, np.integer)):
        raise DTypeError(f"{who} expects an int, got {type(n).__name__}: {n!r}.")


def alike(who: str, *xs: Any) -> None:
    """Raise where Tensors that are to be multiplied as matrices differ in dtype.

    Raises:
        DTypeError: a TypeError.
    """
    found = {x.np_dtype for x in xs if isinstance(x, Tensor)}
    if len(found) > 1:
        raise DTypeError(f"{who} expects Tensors of one dtype, got {' and '.join(sorted(map(str, found)))}; cast one, "
                         "as in x.astype(y.dtype).")


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
