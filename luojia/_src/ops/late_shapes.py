"""Operators of graphs whose results' shapes or dtypes follow from the input only when they run.

Functions of arrays know shapes when they are called; traced with symbols they leave these operators to find out.
"""

from __future__ import annotations

import numpy as np

from ..core.op import op
from .shape import axis_in


@op(fn=())
def floated(xp, x):
    """x, as float32 if it holds integers or booleans."""
    return x.astype("float32") if x.dtype.kind in "biu" else x


@floated.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (g,)


@op(fn=())
def at_least(xp, x, *, ndim):
    """x with at least ``ndim`` axes: new ones come first, but of three the last one behind."""
    shape = tuple(x.shape)
    if len(shape) >= ndim:
        return x
    if ndim == 3 and shape:
        return xp.reshape(x, (1, *shape, 1) if len(shape) == 1 else (*shape, 1))
    return xp.reshape(x, (1,) * (ndim - len(shape)) + shape)


@op(fn=())
def array_part(xp, x, *, part, parts=None, before=(), axis=0):
    """Part number ``part`` of x cut along ``axis``: into ``parts`` whose lengths differ by one at most, or ``before``
    indices.

    The axis 'second' is the second one, of a vector its only one.
    """
    axis = min(1, len(x.shape) - 1) if axis == "second" else axis_in(axis, len(x.shape), "array_split")
    n = x.shape[axis]
    if parts is None:
        start, stop = (0, *before)[part], (*before, n)[part]
    else:
        start, stop = (i * (n // parts) + min(i, n % parts) for i in (part, part + 1))
    return x[(*(slice(None),) * axis, slice(start, stop))]


@op(fn=())
def repeated_to(xp, x, *, shape):
    """The elements of x in a row, over and over, in the given ``shape``; zeros where x has none."""
    count, n = int(np.prod(shape)), int(np.prod(x.shape))
    if not n:
        return xp.zeros(shape, x.dtype)
    return xp.reshape(xp.reshape(x, (-1,))[np.arange(count) % n], shape)


def _chosen(*, index=False, inverse=False, counts=False, **_) -> int:
    return 1 + sum(map(bool, (index, inverse, counts)))


@op(fn=(), differentiable=False, outputs=_chosen)
def unique_sorted(xp, x, *, index=False, inverse=False, counts=False, axis=None):
    """The distinct elements of x in order, or its distinct parts along ``axis``; also, as int64, the first place of
    each, the place of each element among them, and how often each occurs."""
    found = np.unique(np.asarray(x), index, inverse, counts, axis)
    if not isinstance(found, tuple):
        return xp.asarray(found)
    places = [a.reshape(-1) for a in found[1:]]  # newer NumPys give the inverse the shape of x
    return tuple([xp.asarray(a) for a in (found[0], *places)])
