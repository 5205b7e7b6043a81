"""Gathering: elements of an array at positions that another array names."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .shape import axis_in


def positions(xp: Any, i: Any, n: int, mode: str, name: str) -> Any:
    """Integer positions in an axis of length n: out-of-range ones clipped, wrapped, or refused."""
    if i.dtype.kind not in "iu":
        i = i.astype("int64")
    if mode == "clip":
        return xp.clip(i, 0, n - 1)
    if mode == "wrap":
        return xp.mod(i, n)
    if mode != "raise":
        raise ArgumentError(f"{name}: mode must be 'clip', 'wrap' or 'raise', got {mode!r}.")
    if isinstance(i, np.ndarray) and i.size:
        low, high = i.min(), i.max()
        if low < -n or high >= n:
            raise ArgumentError(f"{name}: indices should be in the range [0, {n}), got {low if low < -n else high}.")
    return i


@op("Gather(batch_dims=0)(input_params:x, input_indices:i, axis) | mode='raise'",
    fn=("gather(input_params:x, input_indices:i, axis, batch_dims=0) | mode='raise'",),
    mx="take(a:x, indices:i, axis=0, mode='clip')")
def take(xp, x, i, *, axis=None, mode="raise", batch_dims=0):
    """The slices of x along ``axis`` at positions i (of x flattened, if None).

    ``mode`` says what a position out of range means: 'clip' the nearest, 'wrap' modulo the length, 'raise' an error.
    The first ``batch_dims`` axes of x and i count pairs, each of which is taken by itself.
    """
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    axis = axis_in(axis, len(x.shape), "take")
    if batch_dims:
        return _by_pairs(xp, x, positions(xp, i, x.shape[axis], mode, "take"), axis, batch_dims)
    i = positions(xp, i, x.shape[axis], mode, "take")
    return x.take(i, axis) if axis and isinstance(x, np.ndarray) else x[(slice(None),) * axis + (i,)]


def _order(ndim: int, axis: int, pairs: int) -> tuple:
    """The axes with ``axis`` behind those of the pairs."""
    rest = [a for a in range(pairs, ndim) if a != axis]
    return (*range(pairs), axis, *rest)


def _pairs_index(xp, i, pairs: int) -> tuple:
    """The index of the rows i of each pair: a grid of the pairs, and i."""
    grid = [np.arange(n).reshape((1,) * a + (n,) + (1,) * (len(i.shape) - a - 1))
            for a, n in enumerate(i.shape[:pairs])]
    return (*grid, i)


def _by_pairs(xp, x, i, axis: int, pairs: int):
    pairs = axis_in(pairs, len(i.shape) + 1, "gather")
    if axis < pairs or tuple(x.shape[:pairs]) != tuple(i.shape[:pairs]):
        raise ArgumentError(f"gather: the first {pairs} axes must be equal and lie before axis {axis}, got shapes "
                            f"{tuple(x.shape)} and {tuple(i.shape)}.")
    found = xp.transpose(x, _order(len(x.shape), axis, pairs))[_pairs_index(xp, i, pairs)]
    new = len(i.shape) - pairs  # the axes of i, which stand behind the pairs and belong to where the axis was
    lead = axis - pairs
    ndim = len(found.shape)
    order = (*range(pairs), *range(pairs + new, pairs + new + lead), *range(pairs, pairs + new),
             *range(pairs + new + lead, ndim))
    return xp.transpose(found, order)


@take.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, mode, batch_dims):
    x, i = args
    shape = tuple(x.shape)
    if batch_dims:
        axis, pairs = axis % len(shape), batch_dims % (len(i.shape) + 1)
        new, lead, ndim = len(i.shape) - pairs, axis - pairs, len(g.shape)
        g = xp.transpose(g, (*range(pairs), *range(pairs + lead, pairs + lead + new), *range(pairs, pairs + lead),
                             *range(pairs + lead + new, ndim)))
        order = _order(len(shape), axis, pairs)
        moved = tuple([shape[a] for a in order])
        rest, count = moved[pairs + 1:], prod(moved[:pairs])  # add rows to (count * length, *rest), counted through
        lead_rows = (np.arange(count) * shape[axis]).reshape(moved[:pairs] + (1,) * new)
        rows = xp.reshape(xp.add(xp.cast(i, dtype="int64") % shape[axis], xp.asarray(lead_rows)), (-1,))
        zeros = xp.reshape(xp.transpose(xp.zeros_like(x), order), (count * shape[axis], *rest))
        dx = xp.add_slices(zeros, rows, xp.reshape(g, (-1, *rest)), axis=0)
        back = [0] * len(order)
        for k, a in enumerate(order):
            back[a] = k
        return xp.transpose(xp.reshape(dx, moved), tuple(back)), None
    if axis is None:
        flat = xp.add_slices(xp.zeros_like(xp.reshape(x, (-1,))), i, g, axis=0, mode=mode)
        return xp.reshape(flat, shape), None
    if hasattr(g, "flags"):  # NumPy's arrays: what is added to zeros as it is
        axis %= len(shape)
        at = (slice(None),) * axis + (positions(xp, i, shape[axis], mode, "gather"),)
        return xp.scatter_add(shape, g.dtype, at, g), None
    return xp.add_slices(xp.zeros_like(x), i, g, axis=axis % len(shape), mode=mode), None


@op("IndexAdd(axis, use_lock:_=True, check_index_bound:_=True)(x, indices:i, y:v)", fn=(
    "index_add(x, indices:i, y:v, axis, use_lock:_=True, check_index_bound:_=True)",))
def add_slices(xp, x, i, v, *, axis, mode="raise"):
    """x with v added to its slices at positions i along ``axis``; repeated positions add up."""
    axis = axis_in(axis, len(x.shape), "index_add")
    at = (slice(None),) * axis + (positions(xp, i, x.shape[axis], mode, "index_add"),)
    return x + xp.scatter_add(tuple(x.shape), v.dtype, at, v)


@add_slices.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, mode):
    mode = "wrap" if mode == "raise" else mode  # the positions are checked by now, and XLA cannot raise
    return g, None, xp.take(g, args[1], axis=axis, mode=mode) if needs[2] else None


def mesh(xp: Any, i: Any, axis: int) -> tuple:
    """The index that pairs each element of i, along ``axis``, with its own position on the other axes."""
    ndim = len(i.shape)
    i = i if i.dtype.kind in "iu" else i.astype("int64")
    return tuple([
        i if a == axis else np.arange(i.shape[a]).reshape((-1,) + (1,) * (ndim - 1 - a)) for a in range(ndim)
    ])


@op(("GatherD()(x, dim:axis, index:i)",),
    fn=("gather_d(x, dim:axis, index:i)", "gather_elements(input:x, dim:axis, index:i)"))
def take_along(xp, x, i, *, axis):
    """out[a, b, ...] = x with the position on ``axis`` replaced by i[a, b, ...]."""
    axis = axis_in(axis, len(x.shape), "gather_elements")
    i = positions(xp, i, x.shape[axis], "raise", "gather_elements")
    if isinstance(x, np.ndarray) and isinstance(i, np.ndarray) and len(x.shape) == len(i.shape):
        if all(n <= m for a, (n, m) in enumerate(zip(i.shape, x.shape)) if a != axis):
            return _take_counted(x, i, axis)
    return x[mesh(xp, i, axis)]


def _take_counted(x: np.ndarray, i: np.ndarray, axis: int) -> np.ndarray:
    """``x[mesh(i, axis)]`` by the places counted through, in half of the time."""
    n = x.shape[axis]
    place: Any = np.where(i < 0, i + n, i) if i.size and i.min() < 0 else i
    steps = [prod(x.shape[a + 1 :]) for a in range(x.ndim)]
    others = sum([(np.arange(i.shape[a]) * steps[a]).reshape((-1,) + (1,) * (x.ndim - 1 - a))
                  for a in range(x.ndim) if a != axis], np.zeros((), np.int64))
    place = place.astype(np.int64, copy=False)
    return x.reshape(-1).take((place if steps[axis] == 1 else place * steps[axis]) + others)


@take_along.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis):
    return xp.put_along(g, args[1], axis=axis, shape=tuple(args[0].shape)), None


@op(fn=())
def put_along(xp, g, i, *, axis, shape):
    """Zeros of ``shape`` with g added at the positions i along ``axis``: the transpose of ``take_along``."""
    return xp.scatter_add(shape, g.dtype, mesh(xp, i, axis % len(shape)), g)


@put_along.vjp(keep="args")
def _(xp, h, ans, args, needs, *, axis, shape):
    return xp.take_along(h, args[1], axis=axis), None


@op(mx=("pick(data:x, index:i, axis=-1, keepdims=False, mode='clip')",
        "choose_element_0index(data:x, index:i, axis=-1, keepdims=False, mode='clip')"))
def pick(xp, x, i, *, axis=-1, keepdims=False, mode="clip"):
    """One element per row: out[a, ...] = x[a, ..., i[a, ...]] along ``axis`` (of x flattened, if None).

    Of a vector it has shape (1,).
    """
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
        i = xp.reshape(i, (-1,))
        return take.fn(xp, x, i, axis=0, mode=mode)
    axis = axis_in(axis, len(x.shape), "pick")
    if len(i.shape) < len(x.shape):
        i = xp.expand_dims(i, axis)
    if tuple(i.shape) != (*x.shape[:axis], 1, *x.shape[axis + 1:]):
        raise ShapeError(f"pick of data {tuple(x.shape)} along axis {axis} expects an index of the other axes' shape, "
                         f"{(*x.shape[:axis], *x.shape[axis + 1:])}, got {tuple(i.shape)} (with the axis as 1).")
    out = x[mesh(xp, positions(xp, i, x.shape[axis], mode, "pick"), axis)]
    return out if keepdims or len(x.shape) == 1 else xp.squeeze(out, axis=axis)


@pick.complete
def _(shapes, out, *, axis, **_):
    x, i = shapes
    if x is not None and i is None and axis is not None:
        i = tuple([n for k, n in enumerate(x) if k != axis % len(x)])
    return [x, i]


@pick.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, keepdims, mode):
    x, i = args
    shape = tuple(x.shape)
    if axis is None:
        flat = xp.zeros_like(xp.reshape(x, (-1,)))
        return xp.reshape(xp.add_slices(flat, xp.reshape(i, (-1,)), g, axis=0, mode=mode), shape), None
    axis %= len(shape)
    return xp.put_picked(g, i, axis=axis, shape=shape, mode=mode), None


@op(fn=())
def put_picked(xp, g, i, *, axis, shape, mode):
    """Zeros of ``shape`` with g at the places that ``pick`` reads."""
    if len(i.shape) < len(shape):
        i = xp.expand_dims(i, axis)
    if len(g.shape) < len(shape):
        g = xp.expand_dims(g, axis)
    return xp.scatter_add(shape, g.dtype, mesh(xp, positions(xp, i, shape[axis], mode, "pick"), axis), g)


@put_picked.vjp(keep="args")
def _(xp, h, ans, args, needs, *, axis, shape, mode):
    keepdims = len(args[0].shape) == len(shape)
    return xp.pick(h, args[1], axis=axis, keepdims=keepdims, mode=mode), None


@op(mx="batch_take(a:x, indices:i)")
def batch_take(xp, x, i):
    """out[a] = x[a, i[a]], for x of shape (N, C)."""
    return pick.fn(xp, x, i, axis=1)


@batch_take.vjp(keep="args")
def _(xp, g, ans, args, needs):
    return xp.put_picked(g, args[1], axis=1, shape=tuple(args[0].shape), mode="clip"), None


@op(mx="fill_element_0index(lhs:x, mhs:v, rhs:i)")
def fill_element(xp, x, v, i):
    """x with x[a, i[a]] = v[a] in every row a."""
    return xp.set_at(x, (np.arange(x.shape[0]), i.astype("int64")), v)


@fill_element.vjp(keep="args")
def _(xp, g, ans, args, needs):
    _x, v, i = args
    return xp.fill_element(g, xp.zeros_like(v), i), xp.pick(g, i, axis=1), None


def nd_index(i: Any, leading: bool) -> tuple:
    """The index that an array of coordinates means; the coordinates are its first axis, or its last."""
    i = i if i.dtype.kind in "iu" else i.astype("int64")
    return tuple([i[k] for k in range(i.shape[0])]) if leading else tuple([i[..., k] for k in range(i.shape[-1])])


def _checked_nd(name: str, i: Any, shape: tuple) -> None:
    if len(i.shape) == 0 or i.shape[-1] > len(shape):
        raise ArgumentError(f"{name}: indices of shape {tuple(i.shape)} hold too many coordinates for shape "
                            f"{tuple(shape)}.")
    if isinstance(i, np.ndarray) and i.size:
        limits = np.asarray(shape[: i.shape[-1]])
        if (i >= limits).any() or (i < 0).any():
            odd = i.reshape(-1, i.shape[-1])
            odd = odd[((odd < 0) | (odd >= limits)).any(1)][0]
            raise ArgumentError(f"{name}: indices should lie in the shape {tuple(shape)}, got {odd}.")


@op("GatherNd()(input_x:x, indices:i)", fn="gather_nd(input_x:x, indices:i)",
    mx="gather_nd(data:x, indices:i) | leading=True")
def gather_nd(xp, x, i, *, leading=False):
    """The elements, or slices, of x at coordinates i: (..., K) in MindSpore, (K, ...) in MXNet (``leading``)."""
    if not leading:
        _checked_nd("gather_nd", i, x.shape)
    return x[nd_index(i, leading)]


@gather_nd.vjp(keep="args")
def _(xp, g, ans, args, needs, *, leading):
    return xp.scatter_nd(args[1], g, shape=tuple(args[0].shape), leading=leading), None


@op("ScatterNd()(indices:i, updates:v, shape)", fn="scatter_nd(indices:i, updates:v, shape)")
def scatter_nd(xp, i, v, *, shape, leading=False):
    """Zeros of ``shape`` with v added at coordinates i: the transpose of gather_nd."""
    if not leading:
        _checked_nd("scatter_nd", i, shape)
    return xp.scatter_add(tuple(shape), v.dtype, nd_index(i, leading), v)


@scatter_nd.vjp(keep="args")
def _(xp, g, ans, args, needs, *, shape, leading):
    return None, xp.gather_nd(g, args[0], leading=leading)


@op(mx="scatter_nd(data:v, indices:i, shape)")
def write_nd(xp, v, i, *, shape):
    """Zeros of ``shape`` with v written at coordinates i of shape (K, ...)."""
    return xp.set_at(xp.zeros(tuple(shape), v.dtype), nd_index(i, True), v)


@write_nd.vjp(keep="args")
def _(xp, g, ans, args, needs, *, shape):
    return xp.gather_nd(g, args[1], leading=True), None


@op(("OneHot(axis=-1)(indices:i, depth, on_value:on, off_value:off)",), fn=(
    "one_hot(indices:i, depth, on_value:on=1, off_value:off=0, axis=-1)",), differentiable=False)
def one_hot_between(xp, i, on=None, off=None, *, depth, axis=-1):
    """``on`` (1) at position i along a new ``axis`` of length ``depth``, else ``off`` (0); i may be out of range."""
    on, off = 1 if on is None else on, 0 if off is None else off
    plain = all([isinstance(v, (int, float, np.ndarray)) and not np.ndim(v) for v in (on, off)])
    if plain and i.__class__ is np.ndarray and i.dtype.kind in "iu" and axis in (-1, i.ndim):
        if isinstance(on, float) or isinstance(off, float):
            on, off = (np.float32(v) if isinstance(v, (int, float)) else v for v in (on, off))
        return _hot(i, depth, on, off, np.where(True, on, off).dtype)
    hot = xp.expand_dims(i, axis if axis != -1 else len(i.shape))
    n = len(i.shape) + 1
    place = xp.arange(depth).reshape((-1,) + (1,) * (n - 1 - axis % n))
    if isinstance(on, float) or isinstance(off, float):
        on, off = (xp.asarray(v, "float32") if isinstance(v, (int, float)) else v for v in (on, off))
    return xp.where(hot == place, on, off)


def _hot(i: np.ndarray, depth: int, on, off, dtype) -> np.ndarray:
    """``on`` at the positions i along a new last axis, else ``off``."""
    flat = i.reshape(-1).astype(np.int64)
    out = np.full((flat.size, depth), off, dtype)
    at = np.flatnonzero((flat >= 0) & (flat < depth))
    out[at, flat[at]] = on
    return out.reshape(*i.shape, depth)


@op(mx="one_hot(indices:i, depth, on_value=1.0, off_value=0.0, dtype='float32')", differentiable=False)
def one_hot(xp, i, *, depth, on_value=1.0, off_value=0.0, dtype="float32"):
    """``on_value`` at position i along a new last axis of length ``depth``, else ``off_value``."""
    if i.__class__ is np.ndarray:
        return _hot(i, depth, on_value, off_value, np.dtype(dtype))
    hot = xp.expand_dims(i, len(i.shape)).astype("int64") == xp.arange(depth)
    return xp.where(hot, on_value, off_value).astype(dtype)


@op(mx=("ravel_multi_index(data:i, shape)",), differentiable=False)
def ravel_index(xp, i, *, shape):
    """Flat positions of the coordinates i of shape (K, ...)."""
    flat = i[0] * 0
    for k, n in enumerate(shape):
        flat = flat * n + i[k]
    return flat


@op(mx=("unravel_index(data:i, shape)",), differentiable=False)
def unravel(xp, i, *, shape):
    """Coordinates (K, ...) of the flat positions i."""
    rows, rest = [], i
    for n in shape[::-1]:
        rows.append(xp.mod(rest, n))
        rest = xp.floor_divide(rest, n)
    return xp.stack(rows[::-1])


@op(fn=(), differentiable=False)
def nonzero(xp, x):
    """The coordinates (N, ndim) of the elements that are not 0."""
    return xp.stack(xp.nonzero(x), -1)


@op("MaskedSelect()(x, mask:m)", fn="masked_select(input:x, mask:m)", mx="boolean_mask(data:x, index:m) | rows=True")
def masked_select(xp, x, m, *, rows=False):
    """The elements (or ``rows``) where the mask is true; its shape depends on values, so it cannot be compiled."""
    m = m.astype("bool")
    if not rows:
        shape = np.broadcast_shapes(x.shape, m.shape)
        x, m = xp.broadcast_to(x, shape), xp.broadcast_to(m, shape)
    return x[m]


@masked_select.vjp(keep="args")
def _(xp, g, ans, args, needs, *, rows):
    """The k-th true place, found by counting, has the k-th gradient."""
    x, m = args
    shape = tuple(x.shape) if rows else np.broadcast_shapes(tuple(x.shape), tuple(m.shape))
    if not g.shape[0]:
        return xp.zeros_like(x), None
    hit = xp.cast(m if rows else xp.reshape(xp.broadcast_to(m, shape), (-1,)), dtype="int64")
    found = xp.take(g, xp.cumsum(hit, axis=0) - 1, axis=0, mode="clip")
    hit = xp.reshape(hit, (-1,) + (1,) * (len(g.shape) - 1))
    return xp.reshape(xp.where(hit != 0, found, xp.zeros_like(found)), shape), None
