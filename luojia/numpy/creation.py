"""Arrays from numbers: constants, ranges, grids, windows, indices and random draws, as mindspore.numpy makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import DType, float32, int32, to_np
from .._src.core.op import OPERATORS
from .._src.core.random import next_key
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .._src.ops.compose import at_least, grid
from .convert import cast, host, narrow, place, shape_of, tensor, tensors, whole


def _np_of(dtype: Any) -> np.dtype:
    """The NumPy dtype of what is made: Python's ``int`` and ``float``, by name too, are int32 and float32."""
    if dtype in (int, "int", float, "float"):
        return (int32 if dtype in (int, "int") else float32).np
    return to_np(dtype)


def array(obj: Any, dtype: Any = None, copy: bool = True, ndmin: int = 0) -> Tensor:
    """A Tensor of a number, nested lists or an array: integers as int32, floats as float32, unless ``dtype`` says.

    >>> array([1, 2, 3])
    Tensor(shape=[3], dtype=Int32, value= [1, 2, 3])
    """
    made = cast(tensor(obj, "array"), None if dtype is None else _np_of(dtype))
    if copy and made is obj:
        made = OPERATORS["identity"](made)
    return at_least(1, made) if ndmin == 1 else OPERATORS["reshape"](
        made, shape=(1,) * (ndmin - made.ndim) + made.shape) if ndmin > made.ndim else made


def asarray(a: Any, dtype: Any = None) -> Tensor:
    """``array`` without a copy of what is a Tensor already."""
    return array(a, dtype, copy=False)


def asfarray(a: Any, dtype: Any = float32) -> Tensor:
    """``asarray`` in a float dtype."""
    return asarray(a, float32 if to_np(dtype).kind in "biu" else dtype)


def _filled(name: str, value: int) -> Callable:
    def make(shape: Any, dtype: Any = float32) -> Tensor:
        return place(np.full(shape_of(shape, name), value, _np_of(dtype)))

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"A Tensor of ``shape``, filled with {value}s; float32 by default."
    return make


zeros, ones, empty = _filled("zeros", 0), _filled("ones", 1), _filled("empty", 0)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """A Tensor of ``shape``, filled with a number, or with an array that is broadcast."""
    value = cast(tensor(fill_value, "full"), None if dtype is None else _np_of(dtype))
    return OPERATORS["broadcast_to"](value, shape=shape_of(shape, "full"))


def full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """A Tensor with the shape and dtype of ``a``, filled with a number."""
    a = tensor(a, "full_like")
    return full(a.shape if shape is None else shape, fill_value, a.dtype if dtype is None else dtype)


def zeros_like(a: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Zeros with the shape and dtype of ``a``."""
    return full_like(a, 0, dtype, shape)


def ones_like(a: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Ones with the shape and dtype of ``a``."""
    return full_like(a, 1, dtype, shape)


def empty_like(prototype: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Zeros with the shape and dtype of ``prototype`` (its values are not to be relied on)."""
    return full_like(prototype, 0, dtype, shape)


def _made(value: Any, dtype: Any) -> Tensor:
    return place(narrow(value) if dtype is None else np.asarray(value).astype(to_np(dtype)))


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """Numbers from ``start`` up to ``stop`` (from 0 up to ``start``, if alone), ``step`` apart.

    >>> arange(0, 1, 0.25)
    Tensor(shape=[4], dtype=Float32, value= [ 0.00000000e+00,  2.50000000e-01,  5.00000000e-01,  7.50000000e-01])
    """
    start, stop = (0, start) if stop is None else (start, stop)
    return _made(np.arange(*[host(v).item() for v in (start, stop, 1 if step is None else step)]), dtype)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
             axis: int = 0) -> Any:
    """``num`` numbers at equal distances from ``start`` to ``stop``; with ``retstep`` also the distance, of one nan."""
    whole(num, "linspace")
    first, last = host(start), host(stop)
    found: Any = np.linspace(first, last, num, endpoint, axis=axis)
    found = place(found.astype(_np_of(dtype or float32)))
    if not retstep:
        return found
    gaps = num - endpoint
    return found, place(np.asarray((last - first) / gaps, np.float32)) if gaps > 0 else float("nan")


def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None,
             axis: int = 0) -> Tensor:
    """``num`` numbers at equal ratios from base^start to base^stop."""
    whole(num, "logspace")
    return _made(np.logspace(host(start), host(stop), num, endpoint, base, axis=axis), dtype or float32)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Tensor:
    """``num`` numbers at equal ratios from ``start`` to ``stop``."""
    whole(num, "geomspace")
    start, stop = host(start).astype(np.float64), host(stop).astype(np.float64)
    if dtype is None or to_np(dtype).kind == "f":
        return _made(np.geomspace(start, stop, num, endpoint, axis=axis), dtype or float32)
    return _made(np.geomspace(start, stop, num, endpoint, dtype=to_np(dtype), axis=axis), dtype)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = float32) -> Tensor:
    """Ones on the k-th diagonal of zeros (N, M)."""
    return place(np.eye(N, M, k, _np_of(dtype)))


def identity(n: int, dtype: Any = float32) -> Tensor:
    """The n x n identity matrix."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = float32) -> Tensor:
    """Ones at and below the k-th diagonal of zeros (N, M)."""
    for n in (N, N if M is None else M, k):
        whole(n, "tri")
    shape_of((N, N if M is None else M), "tri")
    return place(np.tri(N, M, k, _np_of(dtype)))


def meshgrid(*xi: Any, sparse: bool = False, indexing: str = "xy") -> list[Tensor]:
    """Coordinates of the grid of these vectors, one array for each; ``sparse`` ones broadcast to the grid."""
    if not isinstance(sparse, bool) or not isinstance(indexing, str):
        raise DTypeError(f"meshgrid: sparse must be a bool and indexing a string, got {sparse!r} and {indexing!r}.")
    vectors = [OPERATORS["reshape"](t, shape=(-1,)) for t in tensors(xi, "meshgrid")]
    if not sparse:
        return list(OPERATORS["meshgrid"](*vectors, indexing=indexing))
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"meshgrid: indexing must be 'xy' or 'ij', got {indexing!r}.")
    n = len(vectors)
    order = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else list(range(n))
    return [OPERATORS["reshape"](v, shape=tuple([-1 if a == order[i] else 1 for a in range(n)]))
            for i, v in enumerate(vectors)]


class _Grid:
    """``mgrid[0:2, 0:3]``: the coordinates of a grid of ranges; a step ``5j`` means that many points."""

    def __init__(self, sparse: bool) -> None:
        self.sparse = sparse

    def __getitem__(self, key: Any) -> Any:
        found = grid(key, self.sparse)
        return [place(narrow(f)) for f in found] if isinstance(found, (list, tuple)) else place(narrow(found))


mgrid, ogrid = _Grid(False), _Grid(True)


def indices(dimensions: Any, dtype: Any = int32, sparse: bool = False) -> list[Tensor]:
    """The index of every element along each axis of an array of shape ``dimensions``, one array for each axis."""
    return [place(i) for i in np.indices(shape_of(dimensions, "indices"), to_np(dtype), sparse=sparse)]


def _indices(name: str, doc: str) -> Callable:
    def of_shape(n: int, k: int = 0, m: int | None = None) -> tuple[Tensor, ...]:
        return tuple([place(i.astype(np.int32)) for i in getattr(np, name)(n, k, m)])

    of_shape.__name__ = of_shape.__qualname__ = name
    of_shape.__doc__ = f"The rows and columns of the {doc} triangle of an (n, m) matrix."
    return of_shape


tril_indices, triu_indices = _indices("tril_indices", "lower"), _indices("triu_indices", "upper")


def tril_indices_from(arr: Any, k: int = 0) -> tuple[Tensor, ...]:
    """The rows and columns of a matrix's lower triangle."""
    rows, columns = tensor(arr, "tril_indices_from").shape
    return tril_indices(rows, k, columns)


def triu_indices_from(arr: Any, k: int = 0) -> tuple[Tensor, ...]:
    """The rows and columns of a matrix's upper triangle."""
    rows, columns = tensor(arr, "triu_indices_from").shape
    return triu_indices(rows, k, columns)


def diag_indices(n: int, ndim: int = 2) -> tuple[Tensor, ...]:
    """The indices of the main diagonal of an array of ``ndim`` axes of length n."""
    whole(n, "diag_indices")
    whole(ndim, "diag_indices")
    return tuple([place(np.arange(n, dtype=np.int32)) for _ in range(ndim)])


def ix_(*args: Any) -> tuple[Tensor, ...]:
    """Index vectors shaped so that together they index a grid."""
    found = [tensor(a, "ix_") for a in args]
    if any(x.ndim != 1 for x in found):
        raise ArgumentError(f"ix_ expects vectors, got shapes {', '.join(str(x.shape) for x in found)}.")
    return tuple([OPERATORS["reshape"](x, shape=tuple([-1 if a == i else 1 for a in range(len(found))]))
                  for i, x in enumerate(found)])


def _window(name: str) -> Callable:
    def window(M: int) -> Tensor:
        whole(M, name)
        return place(getattr(np, name)(M).astype(np.float32))

    window.__name__ = window.__qualname__ = name
    window.__doc__ = f"The {name} window of M points."
    return window


bartlett, blackman, hamming, hanning = map(_window, ("bartlett", "blackman", "hamming", "hanning"))


def rand(*shape: int, dtype: DType = float32) -> Tensor:
    """Uniform numbers of [0, 1): ``rand(2, 3)``."""
    return _drawn("random_uniform", shape or (1,), dtype)


def randn(*shape: int, dtype: DType = float32) -> Tensor:
    """Standard normal numbers: ``randn(2, 3)``."""
    return _drawn("random_normal", shape or (1,), dtype)


def randint(minval: int, maxval: int | None = None, shape: Any = None, dtype: DType = int32) -> Tensor:
    """Integers of [minval, maxval), or of [0, minval)."""
    low, high = (0, minval) if maxval is None else (minval, maxval)
    whole(low, "randint")
    whole(high, "randint")
    if high <= low:
        raise ArgumentError(f"randint: maxval must be greater than minval, got {low} and {high}.")
    return _drawn("random_randint", (1,) if shape is None else shape, dtype, low=int(low), high=int(high))


def _drawn(name: str, shape: Any, dtype: Any, **params: Any) -> Tensor:
    shape = shape[0] if isinstance(shape, tuple) and len(shape) == 1 and not isinstance(shape[0], int) else shape
    return OPERATORS[name](next_key(), **params, shape=shape_of(shape, name), dtype=to_np(dtype).name)


__all__ = [
    "arange", "array", "asarray", "asfarray", "bartlett", "blackman", "diag_indices", "empty", "empty_like", "eye",
    "full", "full_like", "geomspace", "hamming", "hanning", "identity", "indices", "ix_", "linspace", "logspace",
    "meshgrid", "mgrid", "ogrid", "ones", "ones_like", "rand", "randint", "randn", "tri", "tril_indices",
    "tril_indices_from", "triu_indices", "triu_indices_from", "zeros", "zeros_like",
]
