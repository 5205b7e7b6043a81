"""NumPy functions that operators call most, without the Python wrappers that NumPy puts around them.

Each takes what NumPy's function of that name takes; what is not an ndarray goes there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from . import threads
from .kernels import select, skinny, sums

_ndarray = np.ndarray
_SMALL = 1024  # elements up to which a broadcast array is written out; a view of it costs six times as much

_FEWEST = 256
_LARGE = 1 << 14
_ROW = 1 << 13  # of zeros, 32 KB of float32
_WHOLE = 1 << 16  # elements up to which an array meets as many zeros, which are read faster than a row is set up
_PASSED = 2e3  # numbers in a microsecond, of an array that no cache holds
_KINDS = 256  # of arrays that are remembered
_zeros: dict[tuple, tuple[np.ndarray]] = {}  # by dtype and shape, in a tuple: an array has no truth


def reshape(a: Any, shape: Any, order: Any = "C") -> np.ndarray:
    plain = order == "C" and (a.__class__ is _ndarray or isinstance(a, np.generic))  # a full sum is a scalar
    return a.reshape(shape) if plain else np.reshape(a, shape, order=order)


def swapaxes(a: Any, axis1: int, axis2: int) -> np.ndarray:
    return a.swapaxes(axis1, axis2) if a.__class__ is _ndarray else np.swapaxes(a, axis1, axis2)


def transpose(a: Any, axes: Any = None) -> np.ndarray:
    if a.__class__ is _ndarray:
        return a.T if axes is None else a.transpose(axes)
    return np.transpose(a, axes)


def broadcast_to(a: Any, shape: Any, **kwargs: Any) -> np.ndarray:
    if a.__class__ is _ndarray and not kwargs and shape.__class__ is tuple:
        count = 1
        for n in shape:
            count *= n
        if count <= _SMALL and a.ndim <= len(shape):
            out = np.empty(shape, a.dtype)
            if a.size == 1 or not a.ndim or out.shape[-a.ndim:] == a.shape:  # else empty shapes and errors are NumPy's
                out[...] = a
                return out
    return np.broadcast_to(a, shape, **kwargs)


def in_order(a: np.ndarray) -> np.ndarray | None:
    """a as one axis in order of memory, a view; None where it has gaps or overlaps itself.

    >>> in_order(np.arange(6).reshape(2, 3).T).tolist()
    [0, 1, 2, 3, 4, 5]
    """
    if not a.flags.c_contiguous:
        a = a.transpose(sorted(range(a.ndim), key=lambda i: -a.strides[i]))
    return a.reshape(-1) if a.flags.c_contiguous else None


def maximum(a: Any, b: Any, out: Any = None, **kwargs: Any) -> Any:
    """NumPy's loop over numbers and one number does not use vectors: with zeros it is three times as fast."""
    if b.__class__ is int and b == 0 and a.__class__ is _ndarray and a.size >= _FEWEST and not kwargs:
        if a.size <= _WHOLE and a.flags.c_contiguous:
            zeros = _zeros.get((a.dtype.char, a.shape)) or _zeros_like(a)
            if zeros is not None:
                return np.maximum(a, zeros[0], out=out)
        alike = a.size >= _LARGE and a.dtype.kind == "f" and (out is None or out.strides == a.strides)
        flat = in_order(a) if alike else None
        if flat is not None:
            result = np.empty_like(a) if out is None else out
            target = in_order(result)
            assert target is not None
            zeros = _all_zeros(a.dtype)[:_ROW]
            whole = a.size - a.size % _ROW
            source, into = flat[:whole].reshape(-1, _ROW), target[:whole].reshape(-1, _ROW)
            parts = threads.ranges(len(source), a.size / _PASSED)
            threads.spread(lambda part: np.maximum(source[part], zeros, out=into[part]), parts)
            np.maximum(flat[whole:], zeros[: a.size - whole], out=target[whole:])
            return result
    if out is None and not kwargs and _is_bound(a, b):
        return np.clip(a, b, np.inf if a.dtype.kind == "f" else np.iinfo(a.dtype).max)
    return np.maximum(a, b, out=out, **kwargs)


@lru_cache
def _all_zeros(dtype: np.dtype) -> np.ndarray:
    return np.zeros(_WHOLE, dtype)


def _zeros_like(a: np.ndarray) -> tuple[np.ndarray] | None:
    """Zeros of the shape of floats a, which share their memory with all others; None for what is no float."""
    if a.dtype.kind != "f":
        return None
    if len(_zeros) >= _KINDS:
        _zeros.clear()
    zeros = _zeros[a.dtype.char, a.shape] = (_all_zeros(a.dtype)[: a.size].reshape(a.shape),)
    return zeros


def minimum(a: Any, b: Any, **kwargs: Any) -> Any:
    if kwargs or not _is_bound(a, b):
        return np.minimum(a, b, **kwargs)
    return np.clip(a, -np.inf if a.dtype.kind == "f" else np.iinfo(a.dtype).min, b)


def _is_bound(a: Any, b: Any) -> bool:
    """Whether b is a number for whose comparison with many numbers a clip, which uses vectors, gives the same: of 0 and
    -0 it gives what it meets."""
    if b.__class__ is int and a.__class__ is _ndarray and a.size >= _SMALL and a.dtype.kind in "iu":
        limits = np.iinfo(a.dtype)
        return limits.min <= b <= limits.max
    return (b.__class__ is float or b.__class__ is int) and b == b and b != 0 and a.__class__ is _ndarray and (
        a.size >= _SMALL and a.dtype.kind == "f")


def where(c: Any, *chosen: Any) -> Any:
    """By bits where the mask is large and without pattern: see ``kernels/select.py``."""
    if c.__class__ is _ndarray and c.size >= select.LEAST and c.dtype.char == "?" and len(chosen) == 2:
        found = select.select(c, *chosen)
        if found is not None:
            return found
    return np.where(c, *chosen)


def where_positive(g: np.ndarray, y: np.ndarray) -> np.ndarray:
    """g where y > 0, else 0, in memory as y lies; by several threads where the arrays are large.

    >>> where_positive(np.array([1.0, 2.0]), np.array([0.0, 3.0])).tolist()
    [0.0, 2.0]
    """
    if not (g.__class__ is y.__class__ is _ndarray and g.shape == y.shape):
        return g * (y > 0)
    if g.size >= _LARGE and g.strides == y.strides:
        parts = threads.ranges(g.size, g.size / _PASSED)
        source, sign = in_order(g), in_order(y)
        if len(parts) > 1 and source is not None and sign is not None:
            out = np.empty_like(g)
            into = in_order(out)
            assert into is not None

            def compute(part: slice) -> None:
                np.multiply(source[part], (sign[part] > 0).astype(g.dtype), out=into[part])

            threads.spread(compute, parts)
            return out
    out = (y > 0).astype(g.dtype)  # a product with booleans goes through buffers, which takes longer
    return np.multiply(g, out, out=out)


def _reduction(name: str, reduce: Callable) -> Callable:
    wrapped = getattr(np, name)

    def function(a: Any, axis: Any = None, *, keepdims: bool = False, **kwargs: Any) -> Any:
        if a.__class__ is _ndarray and not kwargs:
            return reduce(a, axis=axis, keepdims=keepdims)
        return wrapped(a, axis=axis, keepdims=keepdims, **kwargs)

    function.__name__ = name
    return function


def matmul(a: Any, b: Any, dtype: Any = None) -> Any:
    """Of two matrices ``dot``, which costs half of ``matmul`` where they are small.

    Many matrices that meet one are one long matrix, whose product is up to a third faster; pairs of matrices go to
    several threads, as each is too small for BLAS's own. float16, of which BLAS has none, is multiplied in float32.
    """
    if a.__class__ is _ndarray is b.__class__ and dtype is None and a.dtype in _WIDE:
        if b.ndim == 2 and (a.ndim == 2 or a.ndim > 2 and a.flags.c_contiguous):
            try:
                if a.ndim > 2:
                    return matmul(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], b.shape[1])
                if a.size * b.shape[1] > skinny.SMALL and (found := skinny.product(a, b)) is not None:
                    return found
                return threads.product(a, b) if threads.recent > 0 else a.dot(b)
            except ValueError:
                pass  # which matmul words
        elif b.ndim > 2 and a.shape[:-2] == b.shape[:-2] and a.shape[-1] == b.shape[-2] and a.dtype == b.dtype:
            parts = threads.ranges(len(a), a.size * b.shape[-1] / threads.PRODUCTS)
            if len(parts) > 1:
                out = np.empty((*a.shape[:-1], b.shape[-1]), a.dtype)
                threads.spread(lambda part: np.matmul(a[part], b[part], out=out[part]), parts)
                return out
    elif a.__class__ is _ndarray is b.__class__ and a.dtype.char == "e" == b.dtype.char and dtype is None:
        from .kernels.halves import half, single

        return half(matmul(single(a), single(b)))
    return np.matmul(a, b, dtype=dtype)


def mean(a: Any, axis: Any = None, *, keepdims: bool = False, **kwargs: Any) -> Any:
    if a.__class__ is _ndarray and a.dtype in _WIDE and a.size and not kwargs:
        total = sums.total(a, axis, keepdims)
        return total / (a.size // total.size)
    return np.mean(a, axis=axis, keepdims=keepdims, **kwargs)


_WIDE = (np.dtype(np.float32), np.dtype(np.float64))  # NumPy adds up narrower floats in a wider dtype

SHORTCUTS: dict[str, Callable] = {
    "reshape": reshape,
    "swapaxes": swapaxes,
    "transpose": transpose,
    "broadcast_to": broadcast_to,
    "maximum": maximum,
    "where": where,
    "minimum": minimum,
    "matmul": matmul,
    "sum": _reduction("sum", sums.total),
    "mean": mean,
    "max": _reduction("max", np.maximum.reduce),
    "min": _reduction("min", np.minimum.reduce),
}
