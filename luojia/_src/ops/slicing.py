"""Slices by numbers: parts of an array along its axes."""

from __future__ import annotations

from ..core.op import op
from ..errors import ArgumentError
from .shape import axis_in


def _template(slices: list) -> tuple:
    """The ``index`` attribute of getitem for slices, integers, None and Ellipsis."""
    return tuple([("slice", s.start, s.stop, s.step) if isinstance(s, slice) else s for s in slices])


def _put(xp, g, shape, slices):
    return xp.put_add(g, index=_template(slices), shape=tuple(shape))


def _slices(shape: tuple, begin, end, step) -> list:
    begin, end, step = [(v,) if isinstance(v, int) else v for v in (begin, end, step)]
    if len(begin) != len(end):
        raise ArgumentError(f"slice: begin {tuple(begin)} and end {tuple(end)} must be equally long.")
    if len(begin) > len(shape):
        raise ArgumentError(f"slice: begin {tuple(begin)} names more axes than shape {tuple(shape)} has.")
    step = tuple(step or ()) + (None,) * (len(begin) - len(step or ()))
    return [slice(b, e, s) for b, e, s in zip(begin, end, step)]


@op(mx=("slice(data:x, begin, end, step=())", "crop(data:x, begin, end, step=())"))
def slice_range(xp, x, *, begin, end, step=()):
    """x[begin:end:step] on the leading axes; None is an open end."""
    return x[tuple(_slices(x.shape, begin, end, step))]


@slice_range.vjp(keep="")
def _(xp, g, ans, args, needs, *, begin, end, step):
    return (_put(xp, g, args[0].shape, _slices(args[0].shape, begin, end, step)),)


@op("Slice()(input_x:x, begin, size)", fn="slice(input_x:x, begin, size)")
def slice_size(xp, x, *, begin, size):
    """The part of x that starts at ``begin`` and has lengths ``size`` (-1: to the end)."""
    return x[tuple(_sized(x.shape, begin, size))]


def _sized(shape, begin, size) -> list:
    if len(begin) != len(shape) or len(size) != len(shape):
        raise ArgumentError(f"slice: begin {tuple(begin)} and size {tuple(size)} must name every axis of "
                            f"{tuple(shape)}.")
    for b, s, n in zip(begin, size, shape):
        if b < 0 or b + max(s, 0) > n:
            raise ArgumentError(f"slice: begin {tuple(begin)} and size {tuple(size)} leave the shape {tuple(shape)}.")
    return [slice(b, n if s == -1 else b + s) for b, s, n in zip(begin, size, shape)]


@slice_size.vjp(keep="")
def _(xp, g, ans, args, needs, *, begin, size):
    return (_put(xp, g, args[0].shape, _sized(args[0].shape, begin, size)),)


@op(mx="slice_axis(data:x, axis, begin, end)")
def slice_axis(xp, x, *, axis, begin, end):
    """x[begin:end] along ``axis``."""
    at = axis_in(axis, len(x.shape), "slice_axis")
    if end is not None and end > x.shape[at] and x.shape[at]:
        raise ArgumentError(f"slice_axis: Invalid end for end={end} as axis_size is {x.shape[at]}; give at most that.")
    return x[(slice(None),) * at + (slice(begin, end),)]


@slice_axis.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis, begin, end):
    shape = args[0].shape
    return (_put(xp, g, shape, [slice(None)] * (axis % len(shape)) + [slice(begin, end)]),)


@op(fn="narrow(input:x, axis, start, length)")
def narrow(xp, x, *, axis, start, length):
    """x[start : start + length] along ``axis``."""
    return slice_axis.fn(xp, x, axis=axis, begin=start, end=start + length)


@narrow.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis, start, length):
    return slice_axis.rule(xp, g, ans, args, needs, axis=axis, begin=start, end=start + length)


@op(mx="slice_like(data:x, shape_like:y, axes=())")
def slice_like(xp, x, y, *, axes=()):
    """The leading part of x of the lengths of y, along ``axes`` (all by default)."""
    return x[tuple(_alike(x.shape, y.shape, axes))]


def _alike(shape, other, axes) -> list:
    named = (axes,) if isinstance(axes, int) else axes or range(len(shape))
    axes = [axis_in(a, len(shape), "slice_like") for a in named]
    return [slice(0, other[i]) if i in axes else slice(None) for i in range(len(shape))]


@slice_like.vjp(keep="")
def _(xp, g, ans, args, needs, *, axes):
    return _put(xp, g, args[0].shape, _alike(args[0].shape, args[1].shape, axes)), None


def masked_slices(begin, end, strides, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0,
                  shrink_axis_mask=0) -> tuple:
    """The index that MindSpore's StridedSlice means; bit i of a mask speaks of place i.

    >>> masked_slices((0, 1), (2, 2), (1, 1), shrink_axis_mask=2)
    (slice(0, 2, 1), 1)
    """
    out = []
    for i in range(len(begin)):
        bit = 1 << i
        if ellipsis_mask & bit:
            out.append(Ellipsis)
        elif new_axis_mask & bit:
            out.append(None)
        elif shrink_axis_mask & bit:
            out.append(begin[i])
        else:
            out.append(slice(None if begin_mask & bit else begin[i], None if end_mask & bit else end[i], strides[i]))
    return tuple(out)


@op("StridedSlice(begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0)"
    "(input_x:x, begin, end, strides)",
    fn="strided_slice(input_x:x, begin, end, strides, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, "
       "shrink_axis_mask=0)")
def strided_slice(xp, x, *, begin, end, strides, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0,
                  shrink_axis_mask=0):
    """x[begin:end:strides], with masks that open an end, insert an axis or drop one (see ``masked_slices``)."""
    if not len(begin) == len(end) == len(strides):
        raise ArgumentError(f"strided_slice: begin {begin}, end {end} and strides {strides} must be equally long.")
    return x[masked_slices(begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)]


@strided_slice.vjp(keep="")
def _(xp, g, ans, args, needs, **how):
    return (_put(xp, g, args[0].shape, masked_slices(**how)),)
