"""Losses of pairs: margins, angles and likelihoods of distributions. ``reduction`` as in ``loss.py``."""

from __future__ import annotations

from math import log, pi

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .distance import of_each
from .loss import reduced


def _above_zero(g, x):
    """g where x > 0, half of it where x is 0: the gradient of max(x, 0) as one of two that may be equal."""
    half = 0.5 * g
    return half * (x > 0) + half * (x >= 0)


@op(fn="hinge_embedding_loss(inputs:x, targets:y, margin=1.0, reduction='mean')", half="wide")
def hinge_embedding_loss(xp, x, y, *, margin=1.0, reduction="mean"):
    """x where y is 1, max(0, margin - x) where y is -1."""
    return reduced(xp, xp.where(y > 0, x, xp.maximum(margin - x, 0)), reduction)


@hinge_embedding_loss.vjp(keep="args")
def _(xp, g, ans, args, needs, *, margin, reduction):
    x, y = args
    each, near = of_each(g, reduction, x, y), y > 0
    dx = each * near - _above_zero(each, margin - x) * xp.logical_not(near) if needs[0] else None
    return dx, xp.zeros_like(y) if needs[1] else None


@op(fn="margin_ranking_loss(input1:a, input2:b, target:y, margin=0.0, reduction='mean')", half="wide")
def margin_ranking_loss(xp, a, b, y, *, margin=0.0, reduction="mean"):
    """max(0, margin - y (a - b)), for y of 1 where a should rank higher, -1 where b should."""
    return reduced(xp, xp.maximum(margin - y.astype(a.dtype) * (a - b), 0), reduction)


@margin_ranking_loss.vjp(keep="args")
def _(xp, g, ans, args, needs, *, margin, reduction):
    a, b, y = args
    ahead, sign = a - b, y.astype(a.dtype)
    each = of_each(g, reduction, ahead, y)
    felt = -each * (margin - sign * ahead >= 0)  # at 0 whole, as MindSpore has it here
    da = felt * sign
    return da, -da if needs[1] else None, felt * ahead if needs[2] else None


@op(fn="cosine_embedding_loss(input1:a, input2:b, target:y, margin=0.0, reduction='mean')", half="wide")
def cosine_embedding_loss(xp, a, b, y, *, margin=0.0, reduction="mean"):
    """1 - cos(a, b) where y is 1, max(0, cos(a, b) - margin) where y is -1, along the last axis of a and b."""
    if tuple(a.shape) != tuple(b.shape) or tuple(y.shape) != tuple(a.shape[:-1]):
        raise ShapeError(f"cosine_embedding_loss expects two arrays of one shape and a target for each of their rows, "
                         f"got {tuple(a.shape)}, {tuple(b.shape)} and {tuple(y.shape)}.")
    tiny = 1e-12 if a.dtype != "float16" else 1e-6
    square = (xp.sum(a * a, axis=-1) + tiny) * (xp.sum(b * b, axis=-1) + tiny)
    cosine = xp.sum(a * b, axis=-1) / xp.sqrt(square)
    return reduced(xp, xp.where(y > 0, 1 - cosine, xp.maximum(cosine - margin, 0)), reduction)


@cosine_embedding_loss.vjp(keep="args")
def _(xp, g, ans, args, needs, *, margin, reduction):
    a, b, y = args
    tiny = 1e-12 if a.dtype != "float16" else 1e-6
    of_a, of_b = xp.sum(a * a, axis=-1) + tiny, xp.sum(b * b, axis=-1) + tiny
    norms = xp.sqrt(of_a * of_b)
    cosine, near, each = xp.sum(a * b, axis=-1) / norms, y > 0, of_each(g, reduction, y)
    slope = _above_zero(each, cosine - margin) * xp.logical_not(near) - each * near  # of the loss by the cosine
    by_product, by_norm = xp.expand_dims(slope / norms, -1), slope * cosine
    da = by_product * b - xp.expand_dims(by_norm / of_a, -1) * a if needs[0] else None
    db = by_product * a - xp.expand_dims(by_norm / of_b, -1) * b if needs[1] else None
    return da, db, xp.zeros_like(y) if needs[2] else None


@op(fn="gaussian_nll_loss(x, target:y, var, full=False, eps=1e-06, reduction='mean')", half="wide")
def gaussian_nll_loss(xp, x, y, var, *, full=False, eps=1e-6, reduction="mean"):
    """(log var + (x - y)^2 / var) / 2, with log(2 pi) / 2 more if ``full``; var is kept above ``eps``.

    As in torch, no gradient feels that bound.
    """
    if eps <= 0:
        raise ArgumentError(f"gaussian_nll_loss: eps must be positive, got {eps}.")
    if tuple(var.shape) == tuple(x.shape[:-1]) != ():
        var = xp.expand_dims(var, -1)  # one for each row
    var = xp.where(var < eps, eps, var)
    d = x - y
    loss = 0.5 * (xp.log(var) + d * d / var)
    return reduced(xp, loss + 0.5 * log(2 * pi) if full else loss, reduction)
