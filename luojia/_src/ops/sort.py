"""Sorting, the greatest k, and searching in what is sorted."""

from __future__ import annotations

import numpy as np

from ..core.dtypes import to_np
from ..core.op import op
from ..engine.kernels.top import top
from ..errors import ArgumentError
from .shape import axis_in

_TABLED = 256  # integers among which equal ones are found by a table


def order(xp, x, axis: int, descending: bool):
    """The positions that sort x along ``axis``; equal elements keep their order."""
    if not descending:
        return xp.stable_argsort(x, axis)
    return x.shape[axis] - 1 - xp.flip(xp.stable_argsort(xp.flip(x, axis), axis), axis)


@op(mx="sort(data:x, axis=-1, is_ascend=True)")
def sort(xp, x, *, axis=-1, is_ascend=True):
    """x sorted along ``axis`` (flattened, if None)."""
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    axis = axis_in(axis, len(x.shape), "sort")
    return xp.take_along(x, order(xp, x, axis, not is_ascend), axis=axis)


@sort.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, is_ascend):
    x = args[0]
    shape = tuple(x.shape)
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    at = xp.argsort_stable(x, axis=axis, descending=not is_ascend)
    return (xp.reshape(xp.put_along(g, at, axis=axis, shape=tuple(x.shape)), shape),)


@op(fn=("argsort(input:x, axis=-1, descending=False) | dtype='int32'",), differentiable=False)
def argsort_stable(xp, x, *, axis=-1, descending=False, dtype="int64"):
    """The positions that sort x along ``axis``; equal elements keep their order."""
    return order(xp, x, axis_in(axis, len(x.shape), "argsort"), descending).astype(to_np(dtype))


@op(mx="argsort(data:x, axis=-1, is_ascend=True, dtype='float32')", differentiable=False)
def argsort_as(xp, x, *, axis=-1, is_ascend=True, dtype="float32"):
    """The positions that sort x along ``axis`` (flattened, if None), as floats."""
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    return order(xp, x, axis % len(x.shape), not is_ascend).astype(to_np(dtype))


@op("Sort(axis=-1, descending=False)(x)", fn="sort(input_x:x, axis=-1, descending=False)", outputs=2)
def sort_with_index(xp, x, *, axis=-1, descending=False):
    """x sorted along ``axis``, and the positions from which its elements came."""
    axis = axis_in(axis, len(x.shape), "sort")
    at = order(xp, x, axis, descending)
    return xp.take_along(x, at, axis=axis), at.astype("int32")


@sort_with_index.vjp
def _(xp, g, ans, args, needs, *, axis, descending):
    return (xp.put_along(g[0], ans[1], axis=axis, shape=tuple(args[0].shape)),)


@op("TopK(sorted:_=True)(input_x:x, k) | dtype='int32'",
    fn="topk(input:x, k, dim:axis=None, largest=True, sorted:_=True)"
    " | dtype='int32'",
    mx="topk(data:x, axis=-1, k=1, ret_typ='indices', is_ascend=False, dtype='float32') | flat=True",
    outputs=lambda *, ret_typ="both", **_: 2 if ret_typ == "both" else 1, half="wide")
def topk(xp, x, *, k=1, axis=-1, ret_typ="both", is_ascend=False, largest=True, dtype="int32", flat=False):
    """The ``k`` greatest elements along ``axis`` (least, if ``is_ascend`` or not ``largest``), sorted.

    An ``axis`` of None is all of x for MXNet (``flat``), and the last axis for MindSpore, whose ``ret_typ`` is 'both'.
    ``ret_typ`` is 'value', 'indices', 'both', or 'mask': 1 where an element is among them.
    """
    if ret_typ not in ("value", "indices", "both", "mask"):
        raise ArgumentError(f"topk: ret_typ must be 'value', 'indices', 'both' or 'mask', got {ret_typ!r}.")
    shape = tuple(x.shape)
    if axis is None and (flat or ret_typ != "both"):
        x, axis = xp.reshape(x, (-1,)), 0
    axis = axis_in(-1 if axis is None else axis, len(x.shape), "topk")
    n = x.shape[axis]
    k = k if k > 0 else n
    if k > n:
        raise ArgumentError(f"topk: k is {k}, but axis {axis} has only {n} elements.")
    greatest = not is_ascend and largest
    at = top(x, k, axis, greatest) if isinstance(x, np.ndarray) else None
    if at is None:
        at = order(xp, x, axis, greatest)[(slice(None),) * axis + (slice(0, k),)]
    if ret_typ == "indices":
        return at.astype(to_np(dtype))
    if ret_typ == "mask":
        ones = xp.ones(tuple(at.shape), x.dtype)
        return xp.reshape(xp.put_along(ones, at, axis=axis, shape=tuple(x.shape)), shape)
    value = xp.take_along(x, at, axis=axis)
    return value if ret_typ == "value" else (value, at.astype(to_np(dtype)))


@topk.vjp
def _(xp, g, ans, args, needs, *, k, axis, ret_typ, is_ascend, largest, dtype, flat):
    x = args[0]
    if ret_typ in ("indices", "mask"):
        return (xp.zeros_like(x),)
    shape = tuple(x.shape)
    if axis is None and (flat or ret_typ != "both"):
        x, axis = xp.reshape(x, (-1,)), 0
    axis = len(x.shape) - 1 if axis is None else axis % len(x.shape)
    if ret_typ == "both" and to_np(dtype).kind == "i":
        at = ans[1]
    else:
        at = xp.topk(x, k=k, axis=axis, ret_typ="indices", is_ascend=is_ascend, largest=largest, dtype="int64")
    dx = xp.put_along(g[0] if ret_typ == "both" else g, at, axis=axis, shape=tuple(x.shape))
    return (xp.reshape(dx, shape),)


@op("SearchSorted(dtype='int64', right=False)(sorted_sequence:x, values:v)",
    fn=(), differentiable=False)
def search_sorted(xp, x, v, *, right=False, dtype="int64"):
    """Where each value would be inserted in the sorted x: how many elements are less (``right``: not above it)."""
    side = "right" if right else "left"
    if len(x.shape) == 1:
        return xp.searchsorted(x, v, side=side).astype(to_np(dtype))
    n = x.shape[-1]
    rows, values = xp.reshape(x, (-1, n)), xp.reshape(v, (-1, v.shape[-1]))
    found = [xp.searchsorted(rows[i], values[i], side=side) for i in range(rows.shape[0])]
    return xp.reshape(xp.stack(found), tuple(v.shape)).astype(to_np(dtype))


@op(fn="bincount(input:x, weights:w=None, minlength=0)")
def bincount(xp, x, w=None, *, minlength=0):
    """How often each integer from 0 on occurs in x, or the sum of the weights where it does."""
    x = x.astype("int64") if x.dtype.kind == "f" else x
    counts = xp.bincount(x, minlength=minlength) if w is None else xp.bincount(x, w, minlength=minlength)
    return counts.astype("float32" if w is None or w.dtype.kind in "iub" else w.dtype)


@bincount.vjp(keep="args")
def _(xp, g, ans, args, needs, *, minlength):
    return None, xp.take(g, xp.cast(args[0], dtype="int64")) if needs[1] else None


@op("Histogram(bins=100, min:low=0.0, max:high=0.0)(x)",
    fn="histc(input:x, bins=100, min:low=0.0, max:high=0.0)",
    differentiable=False)
def histogram_counts(xp, x, *, bins=100, low=0.0, high=0.0, dtype=None):
    """How many elements of x lie in each of ``bins`` equal intervals from ``low`` to ``high`` (x's own, if equal).

    The counts are int32, and of floats float32, unless ``dtype`` is given.
    """
    dtype = dtype or ("int32" if x.dtype.kind in "iub" else "float32")
    if low == high:
        low, high = float(x.min()), float(x.max())
    return xp.histogram(x, bins=bins, range=(low, high))[0].astype(dtype)


def unique_in_range(x: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """What ``unique_with_index`` gives of integers, by a table of what lies between the least and the greatest; None
    where that is much longer than x."""
    low, high = int(x.min()), int(x.max())
    if x.size < _TABLED or high - low >= 2 * x.size:
        return None
    at = np.subtract(x.reshape(-1), x.dtype.type(low)).astype(np.int64)
    first = np.full(high - low + 1, -1)
    first[at[::-1]] = np.arange(x.size - 1, -1, -1)  # of values for one place the last one stays
    seen = np.flatnonzero(first >= 0)
    seen = seen[np.argsort(first[seen])]
    rank = np.empty(len(first), np.int64 if x.dtype == np.int64 else np.int32)
    rank[seen] = np.arange(len(seen))
    return (seen + low).astype(x.dtype), rank[at].reshape(x.shape)


@op("Unique()(x)", fn="unique(input:x)", differentiable=False, outputs=2)
def unique_with_index(xp, x):
    """The distinct elements of x, in order of first occurrence, and for each element of x its position among them."""
    if x.__class__ is np.ndarray and x.dtype.kind in "iu" and x.size:
        found = unique_in_range(x)
        if found is not None:
            return found
    values, first, inverse = xp.unique(x, return_index=True, return_inverse=True, equal_nan=False)
    by_first = xp.argsort(first)
    rank = xp.argsort(by_first)
    place = xp.reshape(rank[inverse], tuple(x.shape))
    return values[by_first], place.astype("int64" if x.dtype == "int64" else "int32")
