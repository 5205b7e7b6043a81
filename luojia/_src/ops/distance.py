"""Losses that are distances between predictions and targets; ``reduction`` is 'none', 'sum' or 'mean'."""

from __future__ import annotations

import numpy as np

from ..core.dtypes import is_float
from ..core.op import op
from ..errors import ArgumentError, DTypeError
from .loss import each_share, reduced, same_shape


def of_each(g, reduction, x, *others):
    """The gradient of each loss of these arrays, which are broadcast, for that of the reduced one."""
    shape = tuple(x.shape)
    if any([tuple(y.shape) != shape for y in others]):
        shape = np.broadcast_shapes(shape, *[tuple(y.shape) for y in others])
    return each_share(g, shape, reduction)


def _pulled(part, each, needs):
    """The gradients of x and y for one of a function of x - y, whose derivative is ``part``, an array of its own."""
    if part.__class__ is np.ndarray and part.dtype == each.dtype:
        part *= each
    else:
        part = part * each
    return part if needs[0] else None, -part if needs[1] else None


def _bent(d, bound):
    """d^2 / 2 where d >= 0 is at most ``bound``, else bound (d - bound / 2), by min(d, bound); None where only a choice
    of the two will do."""
    if d.__class__ is not np.ndarray or d.dtype.char not in "fd" or not bound < 1e30:
        return None
    least = np.clip(d, 0.0, bound)  # twice as fast as minimum
    half = 0.5 * least
    d -= half
    d *= least
    return d


@op(fn="mse_loss(input:x, target:y, reduction='mean')", half="wide")
def mse_loss(xp, x, y, *, reduction="mean"):
    """(x - y)^2."""
    d = x - y
    return reduced(xp, d * d, reduction)


@mse_loss.vjp(keep="args")
def _(xp, g, ans, args, needs, *, reduction):
    x, y = args
    return _pulled(x - y, 2 * of_each(g, reduction, x, y), needs)


@op(fn="l1_loss(input:x, target:y, reduction='mean')", half="wide")
def l1_loss(xp, x, y, *, reduction="mean"):
    """|x - y|, with derivative 0 at 0."""
    return reduced(xp, xp.abs(x - y), reduction)


@l1_loss.vjp(keep="args")
def _(xp, g, ans, args, needs, *, reduction):
    x, y = args
    return _pulled(xp.sign(x - y), of_each(g, reduction, x, y), needs)


@op("SmoothL1Loss(beta=1.0, reduction='none')(logits:x, labels:y)",
    fn="smooth_l1_loss(input:x, target:y, beta=1.0, reduction='none')", half="wide")
def smooth_l1_loss(xp, x, y, *, beta=1.0, reduction="none"):
    """d^2 / (2 beta) where d = |x - y| is below beta, else d - beta / 2. Source: Girshick, 2015."""
    same_shape("smooth_l1_loss", x, y)
    if beta <= 0:
        raise ArgumentError(f"smooth_l1_loss: beta must be positive, got {beta}.")
    d = xp.abs(x - y)
    loss = _bent(d, beta) if beta > 1e-30 else None
    if loss is not None:
        loss *= 1 / beta
    else:
        loss = xp.where(d < beta, d * d * (0.5 / beta), d - 0.5 * beta)
    return reduced(xp, loss, reduction)


@smooth_l1_loss.vjp(keep="args")
def _(xp, g, ans, args, needs, *, beta, reduction):
    x, y = args
    d, each = x - y, of_each(g, reduction, x, y)
    if d.__class__ is np.ndarray and beta > 1e-4:  # which is not 0 in float16
        return _pulled(np.clip(d / beta, -1.0, 1.0), each, needs)
    return _pulled(xp.where(xp.abs(d) < beta, d / beta, xp.sign(d)), each, needs)


@op(fn="huber_loss(input:x, target:y, reduction='mean', delta=1.0)", half="wide")
def huber_loss(xp, x, y, *, reduction="mean", delta=1.0):
    """d^2 / 2 where d = |x - y| is at most delta, else delta (d - delta / 2). Source: Huber, 1964."""
    if delta <= 0:
        raise ArgumentError(f"huber_loss: delta must be positive, got {delta}.")
    d = xp.abs(x - y)
    loss = _bent(d, delta)
    if loss is None:
        loss = xp.where(d <= delta, 0.5 * d * d, delta * (d - 0.5 * delta))
    return reduced(xp, loss, reduction)


@huber_loss.vjp(keep="args")
def _(xp, g, ans, args, needs, *, reduction, delta):
    x, y = args
    d, each = x - y, of_each(g, reduction, x, y)
    if d.__class__ is np.ndarray:
        return _pulled(np.clip(d, -delta, delta), each, needs)
    return _pulled(xp.where(xp.abs(d) <= delta, d, delta * xp.sign(d)), each, needs)


@op("L2Loss()(input_x:x)", fn=(), half="wide")
def l2_loss(xp, x):
    """sum(x^2) / 2."""
    if not is_float(x.dtype):
        raise DTypeError(f"L2Loss expects floats, got {x.dtype}; cast them.")
    return xp.sum(x * x) / 2
