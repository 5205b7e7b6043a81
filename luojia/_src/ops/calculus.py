"""Differences, derivatives, integrals and interpolation of sampled functions."""

from __future__ import annotations

import math

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .pad import bordered
from .shape import axis_in


def _part(axis: int, start, stop) -> tuple:
    return (slice(None),) * axis + (slice(start, stop),)


@op(fn=(), half="wide")
def diff(xp, x, *, n=1, axis=-1):
    """The differences of neighbours along ``axis``, ``n`` times over."""
    if n < 0:
        raise ArgumentError(f"diff: n must not be negative, got {n}.")
    axis = axis_in(axis, len(x.shape), "diff")
    for _ in range(n):
        later, earlier = x[_part(axis, 1, None)], x[_part(axis, None, -1)]
        x = xp.not_equal(later, earlier) if x.dtype.kind == "b" else later - earlier
    return x


@diff.vjp(keep="")
def _(xp, g, ans, args, needs, *, n, axis):
    """The differences of g between zeros, with the other sign each time."""
    ndim = len(args[0].shape)
    if not g.shape[axis]:
        return (xp.zeros(tuple(args[0].shape), g.dtype),)
    width = tuple([(n, n) if i == axis % ndim else (0, 0) for i in range(ndim)])
    wide = bordered(g, width, 0) if hasattr(g, "flags") else xp.pad(g, pad_width=width)
    dx = xp.diff(wide, n=n, axis=axis)
    return (-dx if n % 2 else dx,)


@op(fn=())
def derivative_along(xp, f, *, axis, spacing=1.0, edge_order=1):
    """df/dx along one axis, by central differences inside and one-sided ones of ``edge_order`` at the ends."""
    axis = axis_in(axis, len(f.shape), "gradient")
    n = f.shape[axis]
    if edge_order not in (1, 2):
        raise ArgumentError(f"gradient: edge_order must be 1 or 2, got {edge_order}.")
    if n <= edge_order:
        raise ShapeError(f"gradient: axis {axis} has {n} elements, at least {edge_order + 1} are needed.")

    def at(i: int):
        return f[_part(axis, i, i + 1 or None)]

    if edge_order == 1:
        first, last = at(1) - at(0), at(-1) - at(-2)
    else:
        first, last = -1.5 * at(0) + 2 * at(1) - 0.5 * at(2), 1.5 * at(-1) - 2 * at(-2) + 0.5 * at(-3)
    inside = (f[_part(axis, 2, None)] - f[_part(axis, None, -2)]) / 2
    return xp.concatenate((first, inside, last), axis) / spacing


@op(fn=())
def trapz(xp, y, x=None, *, dx=1.0, axis=-1):
    """The integral of y over x along ``axis``, by the trapezoidal rule."""
    axis = axis_in(axis, len(y.shape), "trapz")
    if x is None:
        d = dx
    elif len(x.shape) == 1:
        d = xp.reshape(x[1:] - x[:-1], tuple([-1 if i == axis else 1 for i in range(len(y.shape))]))
    else:
        d = x[_part(axis, 1, None)] - x[_part(axis, None, -1)]
    return xp.sum(d * (y[_part(axis, 1, None)] + y[_part(axis, None, -1)]) / 2, axis=axis)


@op(fn=())
def interp(xp, x, points, values, *, left=None, right=None):
    """The piecewise linear function through (points, values) at x; ``left`` and ``right`` outside the points.

    The points increase. Without ``left`` and ``right`` the first and last value go on.
    """
    n = points.shape[0]
    if len(points.shape) != 1 or tuple(values.shape) != (n,):
        raise ShapeError(f"interp expects points and values of one length, got shapes {tuple(points.shape)} and "
                         f"{tuple(values.shape)}.")
    if n == 1:
        inside = values[0] + 0 * x
    else:
        at = xp.searchsorted(xp.stop_gradient(points), xp.stop_gradient(x), side="right")
        k = xp.clip(at - 1, 0, n - 2)
        low, high = points[k], points[k + 1]
        share = xp.clip((x - low) / (high - low), 0, 1)
        inside = values[k] * (1 - share) + values[k + 1] * share
    if left is not None:
        inside = xp.where(x < points[0], left + 0 * inside, inside)
    if right is not None:
        inside = xp.where(x > points[n - 1], right + 0 * inside, inside)
    return inside


@op(fn=())
def unwrap(xp, p, *, discont=math.pi, axis=-1):
    """Angles with jumps of ``discont`` or more along ``axis`` replaced by their complements of 2 pi."""
    axis = axis_in(axis, len(p.shape), "unwrap")
    step = xp.stop_gradient(p[_part(axis, 1, None)] - p[_part(axis, None, -1)])
    short = xp.mod(step + math.pi, 2 * math.pi) - math.pi
    short = xp.where((short == -math.pi) & (step > 0), short + 2 * math.pi, short)
    turn = xp.where(xp.abs(step) < discont, 0 * step, short - step)
    return xp.concatenate((p[_part(axis, None, 1)], p[_part(axis, 1, None)] + xp.cumsum(turn, axis)), axis)
