"""Arrays from numbers, as ``mx.np`` makes them: float32 unless a dtype says otherwise."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import to_numpys
from .._src.core.literals import plain
from .._src.core.op import OPERATORS
from .._src.core.tape import state, stopped
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.errors import ArgumentError, DTypeError, NoArrayError, UnfitArgumentError
from .._src.ops.compose import at_least
from .multiarray import as_np, ndarray


def place(value: Any, ctx: Any = None) -> ndarray:
    """An ndarray of NumPy's ``value`` on ``ctx`` (default: the current context)."""
    device = current_context() if ctx is None else Context(ctx)
    return wrap(ndarray, device.engine.put(np.asarray(value), device), device)


def array(object: Any, dtype: Any = None, ctx: Any = None) -> ndarray:
    """An ndarray of numbers or nested lists (float32 unless ``dtype`` says otherwise), or of an array in its dtype.

    >>> array([1, 2]), array([1, 2], dtype="int32")
    (array([1., 2.]), array([1, 2], dtype=int32))
    """
    if isinstance(object, Tensor):
        if object._node is not None and state.recording:
            made = as_np(OPERATORS["cast"](object, dtype=object.np_dtype if dtype is None else to_numpys(dtype)))
            return made if ctx is None else made.as_in_context(Context(ctx))
        ctx = object._device if ctx is None else ctx
    elif not isinstance(object, (np.ndarray, np.generic)) and dtype is None:
        dtype = np.float32
    try:
        value = np.array(plain(object), None if dtype is None else to_numpys(dtype))
    except (TypeError, ValueError) as e:
        raise DTypeError(f"np.array: expected nested lists of numbers or an array, got {object!r} ({e}).") from e
    return place(value, ctx)


def asarray(a: Any, dtype: Any = None) -> ndarray:
    """``a`` itself if it is an ndarray of that dtype, else an ndarray of it."""
    return a if isinstance(a, ndarray) and dtype in (None, a.np_dtype) else array(a, dtype)


def lift(x: Any, who: str = "mx.np") -> Any:
    """The ndarray that ``x`` is, or that its numbers make."""
    if isinstance(x, Tensor):
        return as_np(x)
    if isinstance(x, (bool, int, float, np.generic, np.ndarray, list, tuple, range)):
        return array(x)
    if hasattr(x, "_luojia_apply"):
        return x
    raise NoArrayError(f"np.{who}: type {type(x)} not supported; expected an ndarray, a number, or a list of numbers.")


def _shape(shape: Any, who: str) -> tuple[int, ...]:
    try:
        lengths = tuple([operator.index(n) for n in ((shape,) if isinstance(shape, (int, np.integer)) else shape)])
    except TypeError as e:
        raise UnfitArgumentError(f"np.{who}: a shape is a number or a tuple of numbers, got {shape!r}.") from e
    if any(n < 0 for n in lengths):
        raise ArgumentError(f"np.{who}: the lengths of a shape must not be negative, got {shape}.")
    return lengths


def _filled(name: str, value: int) -> Callable:
    def make(shape: Any, dtype: Any = None, order: str = "C", ctx: Any = None) -> ndarray:
        return place(np.full(_shape(shape, name), value, to_numpys(dtype or np.float32)), ctx)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"An ndarray of ``shape``, filled with {value}s; float32 by default."
    return make


zeros, ones, empty = _filled("zeros", 0), _filled("ones", 1), _filled("empty", 0)


def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", ctx: Any = None, out: Any = None) -> Any:
    """An ndarray of ``shape``, filled with a number, or with an array that is broadcast."""
    value = np.asarray(plain(fill_value))
    if dtype is None:
        dtype = value.dtype if isinstance(fill_value, (bool, np.ndarray, Tensor)) else np.float32
    made = place(np.full(_shape(shape, "full"), value, to_numpys(dtype)), ctx)
    return made if out is None else out._store(made)


def _typed_symbol(made: Any, dtype: Any) -> Any:
    return made if dtype is None else made.astype(dtype)


def full_like(a: Any, fill_value: Any, dtype: Any = None, order: str = "C", ctx: Any = None,
              out: ndarray | None = None) -> ndarray:
    """An ndarray with the shape and dtype of ``a``, filled with a number."""
    a = lift(a, "full_like")
    if not isinstance(a, Tensor):  # a Symbol, which tells no shape
        return _typed_symbol(OPERATORS["zeros_like"](a), dtype) + fill_value
    made = full(a.shape, fill_value, dtype or a.np_dtype, ctx=ctx or a._device, out=out)
    if out is None and a._node is not None and state.recording:  # as MXNet, which gives it a gradient of zero
        return wrap(ndarray, made._value, made._device, stopped((a._node,), made._device))
    return made


def zeros_like(a: Any, dtype: Any = None, order: str = "C", ctx: Any = None, out: ndarray | None = None) -> ndarray:
    """Zeros with the shape and dtype of ``a``."""
    if hasattr(a, "_luojia_apply"):
        return _typed_symbol(OPERATORS["zeros_like"](a), dtype)
    return full_like(a, 0, dtype, order, ctx, out)


def ones_like(a: Any, dtype: Any = None, order: str = "C", ctx: Any = None, out: ndarray | None = None) -> ndarray:
    """Ones with the shape and dtype of ``a``."""
    if hasattr(a, "_luojia_apply"):
        return _typed_symbol(OPERATORS["ones_like"](a), dtype)
    return full_like(a, 1, dtype, order, ctx, out)


def empty_like(prototype: Any, dtype: Any = None, order: str = "C", subok: bool = False, shape: Any = None) -> ndarray:
    """Zeros with the shape and dtype of ``prototype`` (its values are not to be relied on)."""
    a = lift(prototype, "empty_like")
    return full(a.shape if shape is None else shape, 0, dtype or a.np_dtype, ctx=a._device)


def _typed(who: str, dtype: Any, ctx: Any, *args: Any, **kwargs: Any) -> ndarray:
    """What NumPy's function called ``who`` gives, in a dtype and on a device."""
    try:
        value = getattr(np, who)(*args, **kwargs)
    except (TypeError, ValueError, OverflowError) as e:
        raise UnfitArgumentError(f"np.{who}: {e}.") from e
    return place(value.astype(to_numpys(dtype or np.float32)), ctx)


def arange(start: float, stop: float | None = None, step: float = 1, dtype: Any = None, ctx: Any = None) -> ndarray:
    """Numbers from ``start`` up to ``stop`` (from 0 up to ``start``, if alone), ``step`` apart."""
    return _typed("arange", dtype, ctx, *((0, start) if stop is None else (start, stop)), step)


def linspace(start: float, stop: float, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
             axis: int = 0, ctx: Any = None) -> Any:
    """``num`` numbers at equal distances from ``start`` to ``stop``; with ``retstep`` also the distance."""
    found = _typed("linspace", dtype, ctx, plain(start), plain(stop), num, endpoint, axis=axis)
    return (found, (stop - start) / max(num - endpoint, 1)) if retstep else found


def logspace(start: float, stop: float, num: int = 50, endpoint: bool = True, base: float = 10.0, dtype: Any = None,
             axis: int = 0, ctx: Any = None) -> ndarray:
    """``num`` numbers at equal ratios from base^start to base^stop."""
    return _typed("logspace", dtype, ctx, plain(start), plain(stop), num, endpoint, base, axis=axis)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = np.float32, ctx: Any = None) -> ndarray:
    """Ones on the k-th diagonal of zeros (N, M)."""
    return _typed("eye", dtype, ctx, N, M, k)


def identity(n: int, dtype: Any = None, ctx: Any = None) -> ndarray:
    """The n x n identity matrix."""
    return eye(n, dtype=dtype or np.float32, ctx=ctx)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = np.float32, ctx: Any = None) -> ndarray:
    """Ones at and below the k-th diagonal of zeros (N, M)."""
    return _typed("tri", dtype, ctx, N, M, k)


def indices(dimensions: Any, dtype: Any = np.int32, ctx: Any = None) -> ndarray:
    """The index of every element along each axis, the axes along the first."""
    return _typed("indices", dtype, ctx, dimensions)


def _window(name: str) -> Callable:
    def window(M: int, dtype: Any = np.float32, ctx: Any = None) -> ndarray:
        return _typed(name, dtype, ctx, M)

    window.__name__ = window.__qualname__ = name
    window.__doc__ = f"The {name} window of M points."
    return window


blackman, hamming, hanning = map(_window, ("blackman", "hamming", "hanning"))


def _at_least(ndim: int) -> Callable:
    def at_least_(*arys: Any) -> Any:
        found = [at_least(ndim, lift(x, name)) for x in arys]
        return found[0] if len(found) == 1 else found

    name = f"atleast_{ndim}d"
    at_least_.__name__ = at_least_.__qualname__ = name
    at_least_.__doc__ = f"The arrays with at least {ndim} ax{'i' if ndim == 1 else 'e'}s: one, or a list of several."
    return at_least_


atleast_1d, atleast_2d, atleast_3d = map(_at_least, (1, 2, 3))
__all__ = [
    "arange", "array", "asarray", "atleast_1d", "atleast_2d", "atleast_3d", "blackman", "empty", "empty_like", "eye",
    "full", "full_like", "hamming", "hanning", "identity", "indices", "linspace", "logspace", "ones", "ones_like",
    "tri", "zeros", "zeros_like",
]
