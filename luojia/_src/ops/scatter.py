"""Scattering: copies of an array with parts replaced, added to or compared."""

from __future__ import annotations

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .gather import _checked_nd, mesh, nd_index
from .shape import axis_in


def _fits(name: str, x, i, v) -> None:
    _checked_nd(name, i, x.shape)
    wanted = tuple(i.shape[:-1]) + tuple(x.shape[i.shape[-1] :])
    if tuple(v.shape) != wanted:
        raise ShapeError(f"{name}: updates must have shape {wanted} for indices {tuple(i.shape)} into "
                         f"{tuple(x.shape)}, got {tuple(v.shape)}.")


@op(("TensorScatterUpdate()(input_x:x, indices:i, updates:v)",),
    fn=("tensor_scatter_update(input_x:x, indices:i, updates:v)",))
def tensor_scatter_update(xp, x, i, v):
    """x with v written at coordinates i (..., K)."""
    _fits("TensorScatterUpdate", x, i, v)
    return xp.set_at(x, nd_index(i, False), v)


@tensor_scatter_update.vjp(keep="args")
def _(xp, g, ans, args, needs):
    _x, i, v = args
    return (xp.tensor_scatter_update(g, i, xp.zeros_like(v)) if needs[0] else None, None,
            xp.gather_nd(g, i) if needs[2] else None)


def _adding(name: str, ms: str, sign: int, doc: str):
    def function(xp, x, i, v):
        _fits(ms, x, i, v)
        v = v.astype(x.dtype) if v.dtype == "bool" else v
        change = xp.scatter_add(tuple(x.shape), v.dtype, nd_index(i, False), v)
        return x + change if sign > 0 else x - change

    function.__name__, function.__doc__ = name, doc
    made = op(f"{ms}()(input_x:x, indices:i, updates:v)", fn=f"{name}(input_x:x, indices:i, updates:v)")(function)

    @made.vjp(keep="args")
    def _(xp, g, ans, args, needs):
        dv = xp.gather_nd(g, args[1]) if needs[2] else None
        return g, None, -dv if dv is not None and sign < 0 else dv


_adding("tensor_scatter_add", "TensorScatterAdd", 1, "x with v added at coordinates i; repeated coordinates add up.")
_adding("tensor_scatter_sub", "TensorScatterSub", -1, "x with v subtracted at coordinates i.")


def _comparing(name: str, ms: str, how: str, doc: str):
    def function(xp, x, i, v):
        _fits(ms, x, i, v)
        return xp.scatter_with(x, nd_index(i, False), v, how=how)

    function.__name__, function.__doc__ = name, doc
    made = op(f"{ms}()(input_x:x, indices:i, updates:v)", fn=f"{name}(input_x:x, indices:i, updates:v)")(function)

    @made.vjp
    def _(xp, g, ans, args, needs):
        x, i, v = args  # what is equal shares, as in MindSpore
        held, given = xp.equal(ans, x) * xp.ones_like(x), xp.equal(xp.gather_nd(ans, i), v) * xp.ones_like(v)
        g = g / xp.maximum(xp.tensor_scatter_add(held, i, given), 1)
        return g * held, None, xp.gather_nd(g, i) * given


_comparing("tensor_scatter_max", "TensorScatterMax", "maximum", "x with v where greater, at coordinates i.")
_comparing("tensor_scatter_min", "TensorScatterMin", "minimum", "x with v where less, at coordinates i.")


@op(fn=())
def scatter_product(xp, i, v, *, shape):
    """Ones of ``shape`` with v multiplied in at coordinates i."""
    return xp.scatter_with(xp.ones(shape, v.dtype), nd_index(i, False), v, how="multiply")


@scatter_product.vjp(keep="args")
def _(xp, g, ans, args, needs, *, shape):
    i, v = args
    return None, xp.gather_nd(g, i) * _others(xp, i, v, shape)


def _others(xp, i, v, shape):
    """For each of v the product of those multiplied in beside it, zeros among them."""
    ones, none = xp.ones_like(v), xp.equal(v, 0)
    product = xp.scatter_product(i, xp.where(none, ones, v), shape=shape)
    zeros = xp.tensor_scatter_add(xp.scatter_product(i, ones, shape=shape), i, none * ones)  # their number, and one
    alone = xp.equal(xp.gather_nd(zeros, i), none * ones + 1)
    return xp.where(alone, xp.gather_nd(product, i) / xp.where(none, ones, v), 0 * ones)


def _scaling(name: str, ms: str, how: str, doc: str):
    def function(xp, x, i, v):
        _fits(ms, x, i, v)
        factor = xp.scatter_product(i, v, shape=tuple(x.shape))
        if how == "multiply":
            return x * factor
        return x / factor if x.dtype.kind not in "iu" else xp.trunc(x / factor).astype(x.dtype)

    function.__name__, function.__doc__ = name, doc
    made = op(f"{ms}()(input_x:x, indices:i, updates:v)", fn=f"{name}(input_x:x, indices:i, updates:v)")(function)

    @made.vjp(keep="args")
    def _(xp, g, ans, args, needs):
        x, i, v = args
        factor = xp.scatter_product(i, v, shape=tuple(x.shape))
        if how == "multiply":
            return g * factor, None, xp.gather_nd(g * x, i) * _others(xp, i, v, tuple(x.shape))
        return g / factor, None, -xp.gather_nd(g * x / factor, i) / v


_scaling("tensor_scatter_mul", "TensorScatterMul", "multiply", "x with v multiplied in, at coordinates i.")
_scaling("tensor_scatter_div", "TensorScatterDiv", "divide", "x divided by v at coordinates i.")


@op(("TensorScatterElements(axis=0, reduction='none')(data:x, indices:i, updates:v)",), fn=(
    "tensor_scatter_elements(input_x:x, indices:i, updates:v, axis=0, reduction='none')",
    "scatter(input:x, axis, index:i, src:v)"))
def scatter_along(xp, x, i, v, *, axis=0, reduction="none"):
    """x with v written ('none') or added ('add') at the positions i along ``axis``; i has the axes of x."""
    at = mesh(xp, i, axis % len(x.shape))
    if reduction == "add":
        return x + xp.scatter_add(tuple(x.shape), v.dtype, at, v)
    if reduction != "none":
        raise ValueError(f"TensorScatterElements: reduction must be 'none' or 'add', got {reduction!r}.")
    return xp.set_at(x, at, v)


@scatter_along.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, reduction):
    _x, i, v = args
    dx = g if reduction == "add" else xp.scatter_along(g, i, xp.zeros_like(v), axis=axis) if needs[0] else None
    return dx, None, xp.take_along(g, i, axis=axis) if needs[2] else None


@op(mx=("_contrib_index_copy(old_tensor:x, index_vector:i, new_tensor:v)",), fn=())
def index_copy(xp, x, i, v):
    """x with its rows at positions i replaced by v."""
    return xp.set_at(x, (i.astype("int64"),), v)


@index_copy.vjp(keep="args")
def _(xp, g, ans, args, needs):
    _x, i, v = args
    return (xp.index_copy(g, i, xp.zeros_like(v)) if needs[0] else None, None,
            xp.take(g, i, axis=0, mode="clip") if needs[2] else None)


@op(fn="index_fill(x, axis, index:i, value)")
def index_fill(xp, x, i, *, axis, value):
    """x with ``value`` in its slices at positions i along ``axis``."""
    if len(i.shape) > 1:
        raise ShapeError(f"index_fill: the positions must be a number or a vector, got shape {tuple(i.shape)}.")
    return xp.set_at(x, (slice(None),) * axis_in(axis, len(x.shape), "index_fill") + (i.astype("int64"),), value)


@index_fill.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, value):
    return xp.index_fill(g, args[1], axis=axis, value=0), None


@op(fn="unsorted_segment_sum(input_x:x, segment_ids:i, num_segments)",
    ms="UnsortedSegmentSum()(input_x:x, segment_ids:i, num_segments)")
def unsorted_segment_sum(xp, x, i, *, num_segments):
    """The sums of the slices of x with the same segment number; out[k] = sum of x[j] where i[j] = k.

    Slices of negative numbers belong to no segment.
    """
    check_segments("unsorted_segment_sum", x, i, num_segments)
    shape = (num_segments + 1, *tuple(x.shape)[len(i.shape) :])  # the last for those of none
    i = i.astype("int64")
    return xp.scatter_add(shape, x.dtype, (xp.where(i < 0, num_segments, i),), x)[:num_segments]


def check_segments(name: str, x, i, n) -> None:
    """Raise where the numbers of segments do not fit the slices of x."""
    if not i.shape or tuple(x.shape[: len(i.shape)]) != tuple(i.shape):
        raise ShapeError(f"For '{name}', segment_ids must have the first lengths of the input's shape "
                         f"{tuple(x.shape)}, got shape {tuple(i.shape)}.")
    if n < 1:
        raise ArgumentError(f"For '{name}', num_segments must be greater than 0, but got {n}.")


@unsorted_segment_sum.vjp(keep="args")
def _(xp, g, ans, args, needs, *, num_segments):
    x, i = args
    outside = xp.reshape(i < 0, tuple(i.shape) + (1,) * (len(x.shape) - len(i.shape)))
    taken = xp.take(g, i, axis=0, mode="wrap")
    return xp.where(outside, xp.zeros_like(taken), taken), None
