"""Reductions over axes."""

from __future__ import annotations

from ..core.op import op


def kept(shape: tuple, axis) -> tuple:
    """``shape`` with the reduced axes at length 1."""
    if axis is None:
        return (1,) * len(shape)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    axes = {a % len(shape) for a in axes}
    return tuple([1 if i in axes else n for i, n in enumerate(shape)])


@op("ReduceSum(keep_dims:keepdims=False)(x, axis=())", fn="sum(input:x, axis=None, keepdims=False)",
    mx=("sum(data:x, axis=None, keepdims=False)",))
def sum(xp, x, *, axis=None, keepdims=False):
    """The sum over ``axis`` (all axes by default)."""
    return xp.sum(x, axis=axis, keepdims=keepdims)


@sum.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis, keepdims):
    shape = args[0].shape
    if not keepdims:
        g = xp.reshape(g, kept(shape, axis))
    return (xp.broadcast_to(g, shape),)
