"""Functions of ``mx.np`` that are more than one operator: creation, joining and cutting, products, differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as onp

from .._src.core import dtypes
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.engine.devices import Context
from .._src.errors import ArgumentError
from .array import array, is_wide, ndarray, put, to_array, to_result


def _dtype(dtype: Any) -> onp.dtype:
    return onp.dtype("float32") if dtype is None else dtypes.to_np(dtype)


def _made(value: Any, ctx: Any) -> ndarray:
    return put(onp.asarray(value), None if ctx is None else Context(ctx))


def zeros(shape: Any, dtype: Any = None, order: str = "C", ctx: Any = None) -> ndarray:
    """Zeros of a shape, float32 by default."""
    return _made(onp.zeros(shape, _dtype(dtype)), ctx)


def ones(shape: Any, dtype: Any = None, order: str = "C", ctx: Any = None) -> ndarray:
    """Ones of a shape, float32 by default."""
    return _made(onp.ones(shape, _dtype(dtype)), ctx)


empty = zeros


def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", ctx: Any = None, out: Any = None) -> ndarray:
    """``fill_value`` in every place, float32 by default."""
    value = fill_value.asnumpy() if isinstance(fill_value, Tensor) else fill_value
    kind = onp.dtype(bool) if dtype is None and isinstance(value, bool) else _dtype(dtype)
    return _made(onp.full(shape, value, kind), ctx)


def full_like(a: Any, fill_value: Any, dtype: Any = None, order: str = "C", ctx: Any = None, out: Any = None) -> Any:
    """``fill_value`` in the shape and dtype of ``a``."""
    return full(a.shape, fill_value, a.np_dtype if dtype is None else dtype, order, ctx or a._device)


def empty_like(prototype: Any, dtype: Any = None, order: str = "C") -> Any:
    return full_like(prototype, 0, dtype)


def arange(start: float, stop: float | None = None, step: float = 1, dtype: Any = None, ctx: Any = None) -> ndarray:
    """Numbers from ``start`` to before ``stop``, float32 by default."""
    return _made(onp.arange(start, stop, step).astype(_dtype(dtype)) if stop is not None
                 else onp.arange(0, start, step).astype(_dtype(dtype)), ctx)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
             axis: int = 0, ctx: Any = None) -> Any:
    """``num`` numbers evenly from ``start`` to ``stop``, float32 by default."""
    values, step = onp.linspace(start, stop, num, endpoint=endpoint, retstep=True, axis=axis)
    made = _made(values.astype(_dtype(dtype)), ctx)
    return (made, step) if retstep else made


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None, ctx: Any = None) -> ndarray:  # noqa: N803
    """Ones on the diagonal ``k``."""
    return _made(onp.eye(N, M, k, _dtype(dtype)), ctx)


def identity(n: int, dtype: Any = None, ctx: Any = None) -> ndarray:
    """The identity matrix of n rows."""
    return eye(n, dtype=dtype, ctx=ctx)


def copy(a: Any) -> Any:
    """A copy, on the tape."""
    return to_result(OPERATORS["identity"](to_array(a)), True)


def asarray(a: Any, dtype: Any = None) -> Any:
    """``a`` itself if it is an ndarray of that dtype, else an ndarray of it."""
    return a if isinstance(a, ndarray) and dtype in (None, a.np_dtype) else array(a, dtype)


def reshape(a: Any, newshape: Any, order: str = "C") -> Any:
    """``a`` in another shape; one length may be -1."""
    return to_array(a).reshape(newshape if isinstance(newshape, (tuple, list)) else (newshape,), order=order)


def ravel(x: Any, order: str = "C") -> Any:
    """``x`` with one axis."""
    return to_array(x).reshape(-1, order=order)


def transpose(a: Any, axes: Any = None) -> Any:
    """``a`` with its axes permuted, reversed by default."""
    return to_array(a).transpose(*(axes or ()))


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Matrix product, inner product of vectors, product with a number; else the last axis of ``a`` with the last but
    one of ``b``."""
    a, b = to_array(a), to_array(b)
    if not isinstance(a, Tensor) or not isinstance(b, Tensor) or not a.shape or not b.shape:
        return to_result(OPERATORS["multiply"](a, b), is_wide((a, b)))
    if b.ndim > 2:
        return to_result(OPERATORS["tensordot"](a, b, axes=((a.ndim - 1,), (b.ndim - 2,))), is_wide((a, b)))
    return to_result(OPERATORS["matmul"](a, b), is_wide((a, b)))


def vdot(a: Any, b: Any) -> Any:
    """The inner product of all elements."""
    return dot(ravel(a), ravel(b))


def einsum(subscripts: str, *operands: Any, out: Any = None, optimize: bool = False) -> Any:
    """The sum of products that ``subscripts`` says, as "ij,jk->ik"."""
    arrays = [to_array(x) for x in operands]
    return to_result(OPERATORS["einsum"](*arrays, equation=subscripts), is_wide(arrays))


def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False) -> Any:
    """The mean, weighted if ``weights`` are given."""
    a = to_array(a)
    if weights is None:
        mean = a.mean(axis=axis)
        return (mean, full_like(mean, a.size / max(mean.size, 1))) if returned else mean
    weights = to_array(weights)
    if weights.shape != a.shape:
        if not isinstance(axis, int):
            raise ArgumentError("average: weights of another shape than a need one axis.")
        weights = weights.reshape(tuple([-1 if i == axis % a.ndim else 1 for i in range(a.ndim)]))
    weights = weights * OPERATORS["ones_like"](a)
    total = weights.sum(axis=axis)
    mean = (a * weights).sum(axis=axis) / total
    return (mean, total) if returned else mean


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Differences of neighbours along an axis, ``n`` times."""
    a = to_array(a)
    lead = (slice(None),) * (axis % a.ndim)
    for _ in range(n):
        a = a[(*lead, slice(1, None))] - a[(*lead, slice(None, -1))]
    return a


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """``arr`` and ``values`` joined; flat where no axis is given."""
    arr, values = array(arr) if not isinstance(arr, Tensor) else to_array(arr), to_array(values)
    values = values if isinstance(values, Tensor) else array([values])
    if axis is None:
        arr, values, axis = ravel(arr), ravel(values), 0
    return to_result(OPERATORS["concatenate"](arr, values, axis=axis), is_wide((arr, values)))


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    """``ary`` cut along an axis: in equal sections, or at indices."""
    n = ary.shape[axis]
    if isinstance(indices_or_sections, int) and n % indices_or_sections:
        raise ArgumentError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    """As ``split``; the first of the sections may be longer by one."""
    ary = to_array(ary)
    n = ary.shape[axis]
    if isinstance(indices_or_sections, int):
        each, more = divmod(n, indices_or_sections)
        cuts = onp.cumsum([0] + [each + 1] * more + [each] * (indices_or_sections - more)).tolist()
    else:
        cuts = [0, *indices_or_sections, n]
    lead = (slice(None),) * (axis % ary.ndim)
    return [ary[(*lead, slice(a, b))] for a, b in zip(cuts, cuts[1:])]


def hsplit(ary: Any, indices_or_sections: Any) -> list:
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary: Any, indices_or_sections: Any) -> list:
    return split(ary, indices_or_sections, 0)


def dsplit(ary: Any, indices_or_sections: Any) -> list:
    return split(ary, indices_or_sections, 2)


def fliplr(m: Any) -> Any:
    return to_array(m)[:, ::-1]


def flipud(m: Any) -> Any:
    return to_array(m)[::-1]


def rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """``m`` turned by ``k`` quarters in the plane of two axes."""
    m, (a, b) = to_array(m), axes
    order = list(range(m.ndim))
    order[a], order[b] = order[b], order[a]

    def flipped(x: Any, axis: int) -> Any:
        return x[(*(slice(None),) * (axis % m.ndim), slice(None, None, -1))]

    return {0: lambda: copy(m), 1: lambda: flipped(m, b).transpose(order), 2: lambda: flipped(flipped(m, a), b),
            3: lambda: flipped(m.transpose(order), b)}[k % 4]()


def take(a: Any, indices: Any, axis: int | None = None, mode: str = "clip", out: Any = None) -> Any:
    """The elements of ``a`` at ``indices`` along an axis; those out of range are clipped, or wrapped."""
    a = to_array(a)
    at = indices if isinstance(indices, Tensor) else put(onp.asarray(indices), a._device)
    return to_result(OPERATORS["take"](a, at, axis=axis, mode=mode), True)


def diag(v: Any, k: int = 0) -> Any:
    """The diagonal of a matrix, or a matrix with that diagonal."""
    v = to_array(v)
    return to_result(OPERATORS["diag"](v, k=k), True)


def diagflat(v: Any, k: int = 0) -> Any:
    return diag(ravel(v), k)


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: float = 0) -> Any:
    """``x`` with edges added: before and after each axis."""
    x = to_array(x)
    width = [tuple(p) for p in onp.broadcast_to(onp.asarray(pad_width), (x.ndim, 2)).tolist()]
    return to_result(OPERATORS["pad"](x, pad_width=tuple(width), mode=mode, constant_values=constant_values), True)


def _atleast(n: int, arys: tuple) -> Any:
    out = []
    for a in arys:
        a = a if isinstance(a, Tensor) else array(a)
        shape = onp.empty(a.shape)
        shape = (onp.atleast_1d, onp.atleast_2d, onp.atleast_3d)[n - 1](shape).shape
        out.append(a.reshape(shape) if a.shape != shape else to_array(a))
    return out[0] if len(out) == 1 else out


def atleast_1d(*arys: Any) -> Any:
    return _atleast(1, arys)


def atleast_2d(*arys: Any) -> Any:
    return _atleast(2, arys)


def atleast_3d(*arys: Any) -> Any:
    return _atleast(3, arys)


def broadcast_arrays(*args: Any) -> list:
    """The arrays in their common shape."""
    arrays = [a if isinstance(a, Tensor) else array(a) for a in args]
    shape = onp.broadcast_shapes(*[a.shape for a in arrays])
    return [to_result(OPERATORS["broadcast_to"](a, shape=shape), True) for a in arrays]


def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """``a`` with one axis moved back to before ``start``."""
    a = to_array(a)
    axis, start = axis % a.ndim, start + a.ndim if start < 0 else start
    order = [i for i in range(a.ndim) if i != axis]
    order.insert(start - (axis < start), axis)
    return a.transpose(order)


def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """``x`` with numbers in the place of nan and the infinities."""
    x = to_array(x)
    limits = onp.finfo(x.np_dtype) if x.np_dtype.kind == "f" else onp.iinfo(x.np_dtype)
    value = x.asnumpy()
    where = OPERATORS["where"]
    for mask, number in ((onp.isnan(value), nan), (onp.isposinf(value), limits.max if posinf is None else posinf),
                         (onp.isneginf(value), limits.min if neginf is None else neginf)):
        if mask.any():
            x = to_result(where(put(mask, x._device), full_like(x, number), x), True)
    return x


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """The greatest less the least."""
    a = to_array(a)
    return a.max(axis=axis, keepdims=keepdims) - a.min(axis=axis, keepdims=keepdims)


def positive(x: Any, out: Any = None) -> Any:
    return copy(x)


def logical_and(x1: Any, x2: Any) -> Any:
    return (to_array(x1) != 0) & (to_array(x2) != 0)


def logical_or(x1: Any, x2: Any) -> Any:
    return (to_array(x1) != 0) | (to_array(x2) != 0)


def logical_xor(x1: Any, x2: Any) -> Any:
    return (to_array(x1) != 0) ^ (to_array(x2) != 0)


def shape(a: Any) -> tuple[int, ...]:
    return a.shape if isinstance(a, Tensor) else onp.shape(a)


def ndim(a: Any) -> int:
    return len(shape(a))


def size(a: Any) -> int:
    return int(onp.prod(shape(a)))


def set_printoptions(*args: Any, **kwargs: Any) -> None:
    """NumPy's own options, which printing follows."""
    onp.set_printoptions(*args, **kwargs)
