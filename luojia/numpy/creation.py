"""Tensors made of nothing: MindSpore's array creation, Float32 unless a dtype or integers say otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.dtypes import DType, to_np
from .._src.core.op import OPERATORS
from .._src.core.random import next_key
from .._src.engine.devices import current_context
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Tensor
from .adopt import lift, settle


def _np_dtype(dtype: Any, default: str = "float32") -> np.dtype:
    if dtype is int or dtype is float:
        return np.dtype("int32" if dtype is int else "float32")
    return np.dtype(default) if dtype is None else np.dtype(to_np(dtype))


def array(obj: Any, dtype: Any = None, copy: bool = True, ndmin: int = 0) -> Tensor:
    """A Tensor of numbers, lists, arrays or Tensors: Int32 of integers, Float32 of floats, arrays keep their dtype.

    >>> from luojia import numpy
    >>> numpy.array([1, 2]), numpy.array([1.5])
    (Tensor(shape=[2], dtype=Int32, value= [1, 2]), Tensor(shape=[1], dtype=Float32, value= [ 1.50000000e+00]))

    Raises:
        TypeError: a string, a dict or None.
    """
    out = lift(obj)
    if not isinstance(out, Tensor):
        out = Tensor(settle(np.asarray(out)))
    elif out is obj and copy:
        out = OPERATORS["identity"](out)
    if dtype is not None:
        out = OPERATORS["cast"](out, dtype=_np_dtype(dtype))
    missing = ndmin - out.ndim
    return OPERATORS["reshape"](out, shape=(1,) * missing + out.shape) if missing > 0 else out


def asarray(a: Any, dtype: Any = None) -> Tensor:
    """As ``array``, without a copy."""
    return array(a, dtype, copy=False)


def asfarray(a: Any, dtype: Any = None) -> Tensor:
    """As ``array``, in a float dtype, Float32 by default."""
    kind = _np_dtype(dtype)
    return array(a, kind if kind.kind == "f" else np.dtype("float32"), copy=False)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """``fill_value`` everywhere, in its own dtype by default."""
    value = np.asarray(fill_value)
    value = settle(value, isinstance(fill_value, Tensor))
    return Tensor(np.full(_shape(shape), value, _np_dtype(dtype, value.dtype.name)))


def _shape(shape: Any) -> tuple:
    if isinstance(shape, bool) or not isinstance(shape, (int, tuple, list)):
        raise DTypeError(f"luojia.numpy: shape must be an int, a tuple or a list of ints, got {shape!r}.")
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) for n in shape):
        raise DTypeError(f"luojia.numpy: shape must hold ints, got {shape!r}.")
    if any(n < 0 for n in shape):
        raise ArgumentError(f"luojia.numpy: the lengths of a shape must be >= 0, got {shape}.")
    return shape


def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Zeros, Float32 by default."""
    return Tensor(np.zeros(_shape(shape), _np_dtype(dtype)))


def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Ones, Float32 by default."""
    return Tensor(np.ones(_shape(shape), _np_dtype(dtype)))


def empty(shape: Any, dtype: Any = None) -> Tensor:
    """Zeros: no Tensor holds values that nobody gave it."""
    return zeros(shape, dtype)


def full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """``fill_value`` in the shape and dtype of ``a``."""
    a = asarray(a)
    return full(a.shape if shape is None else shape, fill_value, a.np_dtype if dtype is None else dtype)


def zeros_like(a: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Zeros in the shape and dtype of ``a``."""
    return full_like(a, 0, dtype, shape)


def ones_like(a: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Ones in the shape and dtype of ``a``."""
    return full_like(a, 1, dtype, shape)


def empty_like(prototype: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Zeros in the shape and dtype of ``prototype``."""
    return zeros_like(prototype, dtype, shape)


def _spaced(name: str, *args: Any, dtype: Any = None, **kwargs: Any) -> Any:
    made = getattr(np, name)(*[a.asnumpy() if isinstance(a, Tensor) else a for a in args], **kwargs)
    values, *step = made if isinstance(made, tuple) else (made,)
    out = Tensor(values.astype(_np_dtype(dtype)) if dtype is not None else settle(values))
    return (out, float(step[0])) if step else out


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """start, start + step, ... below ``stop``: Int32 of ints, Float32 of floats.

    >>> from luojia import numpy
    >>> numpy.arange(0, 1, 0.5)
    Tensor(shape=[2], dtype=Float32, value= [ 0.00000000e+00,  5.00000000e-01])
    """
    start, stop = (0, start) if stop is None else (start, stop)
    return _spaced("arange", start, stop, 1 if step is None else step, dtype=dtype)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
             axis: int = 0) -> Any:
    """``num`` numbers evenly from ``start`` to ``stop``; with ``retstep`` the pair with their distance."""
    return _spaced("linspace", start, stop, num, dtype=dtype or "float32", endpoint=endpoint, retstep=retstep,
                   axis=axis)


def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: float = 10.0, dtype: Any = None,
             axis: int = 0) -> Tensor:
    """Powers of ``base``, their exponents evenly from ``start`` to ``stop``."""
    return _spaced("logspace", start, stop, num, dtype=dtype or "float32", endpoint=endpoint, base=base, axis=axis)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Tensor:
    """``num`` numbers from ``start`` to ``stop``, each the same multiple of the one before."""
    return _spaced("geomspace", start, stop, num, dtype=dtype or "float32", endpoint=endpoint, axis=axis)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:  # noqa: N803 - MindSpore's name
    """Ones on the diagonal ``k``."""
    return Tensor(np.eye(N, M, k, _np_dtype(dtype)))


def identity(n: int, dtype: Any = None) -> Tensor:
    """The identity matrix of n rows."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:  # noqa: N803 - MindSpore's name
    """Ones at and below the diagonal ``k``."""
    return Tensor(np.tri(N, M, k, _np_dtype(dtype)))


def meshgrid(*xi: Any, sparse: bool = False, indexing: str = "xy") -> list[Tensor]:
    """The coordinates of the points of a grid, one Tensor per axis."""
    out = OPERATORS["meshgrid"](*[asarray(x) for x in xi], indexing=indexing)
    if sparse:
        keep = [1, 0, *range(2, len(xi))] if indexing == "xy" and len(xi) > 1 else list(range(len(xi)))
        out = [o[tuple(slice(None) if i == k else slice(0, 1) for i in range(len(xi)))] for o, k in zip(out, keep)]
    return list(out)


def _draw(operator: str, shape: tuple, dtype: Any, **attrs: Any) -> Tensor:
    kind = "float32" if dtype is None else to_np(dtype)
    device = current_context()
    with device:
        return OPERATORS[operator](next_key(device), shape=tuple(shape), dtype=str(np.dtype(kind)), **attrs)


def rand(*shape: int, dtype: Any = None) -> Tensor:
    """Numbers drawn evenly from [0, 1)."""
    return _draw("random_uniform", shape, dtype, low=0.0, high=1.0)


def randn(*shape: int, dtype: Any = None) -> Tensor:
    """Numbers drawn from the standard normal distribution."""
    return _draw("random_normal", shape, dtype, loc=0.0, scale=1.0)


def randint(minval: int, maxval: int | None = None, shape: Any = None, dtype: DType | None = None) -> Tensor:
    """Integers drawn evenly from [minval, maxval), or from [0, minval); Int32 by default."""
    low, high = (0, minval) if maxval is None else (minval, maxval)
    if low >= high:
        raise ArgumentError(f"luojia.numpy.randint: minval must be less than maxval, got {low} and {high}.")
    return _draw("random_randint", () if shape is None else _shape(shape), dtype or "int32", low=low, high=high)


class _Grid:
    """``mgrid[0:3, 0:2]`` and its sparse form ``ogrid``."""

    def __init__(self, grid: Any) -> None:
        self._grid = grid

    def __getitem__(self, key: Any) -> Any:
        found = self._grid[key]
        return [Tensor(settle(f)) for f in found] if isinstance(found, (list, tuple)) else Tensor(settle(found))


mgrid, ogrid = _Grid(np.mgrid), _Grid(np.ogrid)
