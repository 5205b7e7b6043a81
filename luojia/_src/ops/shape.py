"""Shapes: reshape, transpose, broadcast, join and split."""

from __future__ import annotations

from ..core.op import op


@op("Reshape()(input:x, input_shape:shape)", fn="reshape(input:x, shape)")
def reshape(xp, x, *, shape):
    """x with another shape; one length may be -1."""
    return xp.reshape(x, shape)


@reshape.vjp(keep="")
def _(xp, g, ans, args, needs, *, shape):
    return (xp.reshape(g, args[0].shape),)


@op("Transpose()(input:x, input_perm:axes)", fn="transpose(input:x, input_perm:axes)",
    mx="transpose(data:x, axes=None)")
def transpose(xp, x, *, axes=None):
    """x with its axes permuted, reversed by default."""
    return xp.transpose(x, axes)


@transpose.vjp(keep="")
def _(xp, g, ans, args, needs, *, axes):
    inverse = None
    if axes is not None:
        inverse = [0] * len(axes)
        for i, a in enumerate(axes):
            inverse[a] = i
        inverse = tuple(inverse)
    return (xp.transpose(g, inverse),)


@op("BroadcastTo(shape)(x)", fn="broadcast_to(input:x, shape)")
def broadcast_to(xp, x, *, shape):
    """x repeated along axes of length 1, and new leading axes, to ``shape``."""
    return xp.broadcast_to(x, shape)


@broadcast_to.vjp(keep="")
def _(xp, g, ans, args, needs, *, shape):
    return (g,)  # the tape sums over the broadcast axes


@op("Concat(axis=0)(*xs)", fn=("cat(*xs, axis=0)", "concat(*xs, axis=0)"),
    mx=("concat(*xs, dim:axis=1)", "Concat(*xs, dim:axis=1)"))
def concatenate(xp, *xs, axis=0):
    """Arrays joined along ``axis``."""
    return xp.concatenate(xs, axis)


@concatenate.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis):
    axis %= len(g.shape)
    out, start = [], 0
    for x, need in zip(args, needs):
        stop = start + x.shape[axis]
        out.append(g[(slice(None),) * axis + (slice(start, stop),)] if need else None)
        start = stop
    return tuple(out)
