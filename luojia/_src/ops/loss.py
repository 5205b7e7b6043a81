"""Losses of classes and probabilities: cross entropies of logits and the like.

``reduction`` is 'none', 'sum' or 'mean' of the elements' losses.
"""

from __future__ import annotations

import math

import numpy as np

from ..core.op import op
from ..engine.kernels import softmax as kernels
from ..engine.numpy_engine import ENGINE
from ..errors import ArgumentError, ShapeError
from .gather import positions
from .softmax import log_softmax_last


def reduced(xp, loss, reduction, count=None):
    """The elements' losses, their sum, or their mean (the sum over ``count``, where given)."""
    if reduction == "none":
        return loss
    if reduction == "sum":
        return xp.sum(loss)
    if reduction == "mean":
        return xp.mean(loss) if count is None else xp.sum(loss) / count
    raise ArgumentError(f"The 'reduction' must be in ['mean', 'sum', 'none'], but got {reduction!r}.")


def same_shape(name, x, y):
    if tuple(x.shape) != tuple(y.shape):
        raise ShapeError(f"{name} expects logits and labels of one shape, got {tuple(x.shape)} and {tuple(y.shape)}.")


# -- of classes ------------------------------------------------------------------------------------------------------


def _classes(xp, labels, x):
    if tuple(labels.shape) != tuple(x.shape[:-1]):
        raise ShapeError(f"sparse_softmax_cross_entropy expects one label for each row of x {tuple(x.shape)}, got "
                         f"labels of shape {tuple(labels.shape)}.")
    return labels.astype(np.int64)


def each_share(g, shape, reduction):
    """The gradient of each loss, of which there are so many, for that of the reduced one."""
    if reduction not in ("mean", "batchmean"):
        return g
    return g / max(shape[0] if reduction == "batchmean" else math.prod(shape), 1)


@op(fn=(), mx="softmax_cross_entropy(data:x, label:labels) | reduction='sum', rank1=True")
def sparse_softmax_cross_entropy(xp, x, labels, *, reduction="none", rank1=False):
    """-log softmax(x)[label] of each row of x (*batch, classes), for labels (*batch,) that are whole numbers.

    One node on the tape, that keeps the softmax. ``rank1`` gives a reduced loss the shape (1,), as mxnet has it.
    """
    labels = _classes(xp, labels, x)
    if xp.engine.name == "numpy":
        loss = kernels.cross_entropy(x, labels)[0]
    else:
        loss = -xp.take_along_axis(log_softmax_last(xp, x), labels[..., None], -1)[..., 0]
    loss = reduced(xp, loss, reduction)
    return xp.reshape(loss, (1,)) if rank1 else loss


@sparse_softmax_cross_entropy.vjp(keep="args")
def _(xp, g, ans, args, needs, *, reduction, rank1):
    x, labels = args
    g = xp.reshape(g, ()) if rank1 else g
    g = xp.reshape(each_share(g, labels.shape, reduction), (*g.shape, 1))
    e = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
    p = e / xp.sum(e, axis=-1, keepdims=True)
    return g * (p - xp.label_rows(labels, classes=x.shape[-1], dtype=str(x.dtype).lower())), None


@sparse_softmax_cross_entropy.fast
def _(needs, x, labels, *, reduction, rank1):
    labels = _classes(ENGINE.xp, labels, x)
    loss, p = kernels.cross_entropy(x, labels)
    loss = reduced(ENGINE.xp, loss, reduction)
    return loss.reshape(1) if rank1 else loss, (p, labels)


@sparse_softmax_cross_entropy.fast_vjp
def _(saved, g, args, needs, *, reduction, rank1):
    p, labels = saved
    g = each_share(g.reshape(()) if rank1 else g, labels.shape, reduction)
    return kernels.cross_entropy_dx(g.astype(args[0].dtype, copy=False), p, labels), None


@op(fn=(), differentiable=False)
def label_rows(xp, labels, *, classes, dtype):
    """A row of zeros with a one at the label, for each label."""
    return (labels.astype("int64")[..., None] == xp.arange(classes)).astype(dtype)


@op("SoftmaxCrossEntropyWithLogits()(logits:x, labels)", fn=(), outputs=2)
def softmax_cross_entropy_with_logits(xp, x, labels):
    """(loss, p - labels) with p = softmax(x) and loss = -sum(labels log p), for each row of x (N, classes).

    The gradient by x is p - labels, as in MindSpore: labels count as probabilities, whatever their sum.
    """
    same_shape("SoftmaxCrossEntropyWithLogits", x, labels)
    log_p = log_softmax_last(xp, x)
    return -xp.sum(labels * log_p, axis=-1), xp.exp(log_p) - labels


@softmax_cross_entropy_with_logits.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, labels = args
    of_loss, of_slope = g
    of_loss = xp.reshape(of_loss, (*of_loss.shape, 1))
    e = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
    total = xp.sum(e, axis=-1, keepdims=True)
    p = e / total
    dx = of_loss * (p - labels)
    dx = dx + p * (of_slope - xp.sum(of_slope * p, axis=-1, keepdims=True))
    return dx, None  # labels are constants, as in MindSpore


def _picked(xp, log_p, labels, weight, ignore_index, reduction, smoothing=0.0):
    """The negative log-likelihood of classes on axis 1 of log_p (N, C, ...)."""
    if len(log_p.shape) == 1 and len(labels.shape) < 2:  # one set of classes: for each of the labels
        labels = xp.reshape(labels, (-1,))
        log_p = xp.broadcast_to(log_p, (labels.shape[0], log_p.shape[0]))
        loss, own = _picked(xp, log_p, labels, weight, ignore_index, reduction, smoothing)
        return (xp.reshape(loss, ()) if labels.shape[0] == 1 else loss), own
    classes = log_p.shape[1]
    labels = labels.astype("int64")
    if tuple(labels.shape) != (log_p.shape[0], *log_p.shape[2:]):
        raise ShapeError(f"nll_loss expects labels of shape {(log_p.shape[0], *log_p.shape[2:])} for logits "
                         f"{tuple(log_p.shape)}, got {tuple(labels.shape)}.")
    counts = labels != ignore_index
    labels = xp.mod(positions(xp, xp.where(counts, labels, 0), classes, "raise", "nll_loss"), classes)
    shape = (1, classes) + (1,) * (len(log_p.shape) - 2)
    chosen = xp.expand_dims(labels, 1) == xp.reshape(xp.arange(classes), shape)
    scale = chosen.astype(log_p.dtype)
    weights = xp.ones((classes,), log_p.dtype) if weight is None else weight
    scale = scale * xp.reshape(weights, shape)
    counted = counts.astype(log_p.dtype)
    own = xp.sum(scale, axis=1) * counted
    loss = -xp.sum(xp.where(chosen, log_p, xp.zeros_like(log_p)) * scale, axis=1) * counted
    if smoothing:
        spread = -xp.sum(log_p * xp.reshape(weights, shape), axis=1) * counted
        loss = loss * (1 - smoothing) + spread * (smoothing / classes)
    if reduction == "mean":
        return xp.sum(loss) / xp.sum(own), own
    return reduced(xp, loss, reduction), own


@op("NLLLoss(reduction='mean', ignore_index=-100)(logits:x, labels, weight) | with_total=True",
    fn="nll_loss(inputs:x, target:labels, weight=None, ignore_index=-100, reduction='mean', label_smoothing=0.0)",
    outputs=lambda with_total=False, **_: 2 if with_total else 1)
def nll_loss(xp, x, labels, weight=None, *, ignore_index=-100, reduction="mean", label_smoothing=0.0, with_total=False):
    """-weight[label] x[label] for log-probabilities x (N, C, ...) and labels (N, ...); the mean is over the weights.

    ``with_total`` adds the sum of the labels' weights.
    """
    if xp.engine.name == "numpy" and (classes := _plain(x, labels, weight, ignore_index, label_smoothing)) is not None:
        loss = reduced(xp, -np.take_along_axis(x, classes[:, None], 1)[:, 0], reduction)
        return (loss, np.asarray(classes.size, x.dtype)) if with_total else loss
    loss, own = _picked(xp, x, labels, weight, ignore_index, reduction, label_smoothing)
    return (loss, xp.sum(own)) if with_total else loss


def _rowwise(rule):
    """A rule for rows of classes also for one set of classes, (C,), that each label, or the probabilities, are of."""
    def pull(xp, g, ans, args, needs, **attrs):
        x, labels, *weight = args
        if len(x.shape) > 1:
            return rule(xp, g, ans, args, needs, **attrs)
        whole = str(labels.dtype).lower().startswith(("int", "uint"))
        rows = xp.reshape(labels, (-1,) if whole else (1, -1))
        count = rows.shape[0]
        if attrs["reduction"] == "none":
            g = (xp.reshape(g[0], (count,)), g[1]) if isinstance(g, tuple) else xp.reshape(g, (count,))
        args = xp.broadcast_to(x, (count, x.shape[0])), rows, *weight
        dx, dlabels, *rest = rule(xp, g, ans, args, needs, **attrs)
        return xp.sum(dx, axis=0), dlabels if dlabels is None else xp.reshape(dlabels, labels.shape), *rest

    return pull


def _chosen(xp, x, labels, ignore_index):
    """One at each label's class on axis 1, of x's shape and dtype, and none where the label is ignored."""
    counts = labels != ignore_index
    classes = xp.mod(xp.where(counts, labels, 0), x.shape[1])
    rows = xp.moveaxis(xp.label_rows(classes, classes=x.shape[1], dtype=str(x.dtype).lower()), -1, 1)
    return xp.where(xp.expand_dims(counts, 1), rows, xp.zeros_like(rows))


def _of_picked(xp, g, chosen, weight, reduction):
    """The gradient of each sample's loss, (N, 1, ...), for that of the reduced one; and the weights, (1, C, 1, ...)."""
    wide = None if weight is None else xp.reshape(weight, (1, -1) + (1,) * (len(chosen.shape) - 2))
    if reduction == "mean":
        g = g / xp.sum(chosen if wide is None else chosen * wide)
    return (xp.expand_dims(g, 1) if reduction == "none" else g), wide


def _picked_dx(xp, g, chosen, wide, smoothing):
    """The gradient of log_p in `_picked`, for those of `_of_picked`."""
    own = chosen if wide is None else chosen * wide
    if smoothing:
        counted = xp.sum(chosen, axis=1, keepdims=True)
        spread = counted * (xp.ones_like(chosen) if wide is None else wide)
        own = own * (1 - smoothing) + spread * (smoothing / chosen.shape[1])
    return -g * own


def _picked_dw(xp, g, ans, log_p, chosen, smoothing, reduction):
    """The gradient of the classes' weights in `_picked`."""
    terms = chosen * log_p
    if smoothing:
        counted = xp.sum(chosen, axis=1, keepdims=True)
        terms = terms * (1 - smoothing) + counted * log_p * (smoothing / chosen.shape[1])
    if reduction == "mean":  # which is divided by the weights' sum
        terms = terms + chosen * ans
    return -xp.sum(g * terms, axis=_all_but_classes(chosen))


def _all_but_classes(x):
    return (0, *range(2, len(x.shape)))


@nll_loss.vjp(keep="args ans")
@_rowwise
def _(xp, g, ans, args, needs, *, ignore_index, reduction, label_smoothing, with_total):
    x, labels, weight = args if len(args) == 3 else (*args, None)
    g, of_total = g if with_total else (g, None)
    chosen = _chosen(xp, x, labels, ignore_index)
    share, wide = _of_picked(xp, g, chosen, weight, reduction)
    dx = _picked_dx(xp, share, chosen, wide, label_smoothing)
    dw = None
    if len(needs) == 3 and needs[2]:
        dw = _picked_dw(xp, share, ans[0] if with_total else ans, x, chosen, label_smoothing, reduction)
        if with_total:
            dw = dw + of_total * xp.sum(chosen, axis=_all_but_classes(x))
    return (dx, None, dw)[: len(args)]


@nll_loss.fast
def _(needs, x, labels, weight=None, **how):
    ans = nll_loss.fn(ENGINE.xp, x, labels, weight, **how)
    return ans, _plain(x, labels, weight, how["ignore_index"], how["label_smoothing"])


@nll_loss.fast_vjp
def _(classes, g, args, needs, *, reduction, with_total, **_):
    share = each_share(g[0] if with_total else g, classes.shape, reduction)
    dx = np.zeros(args[0].shape, args[0].dtype)
    np.put_along_axis(dx, classes[:, None], -np.broadcast_to(share, classes.shape)[:, None], 1)
    return dx, *[None] * (len(args) - 1)


def _plain(x, labels, weight, ignore_index, smoothing):
    """The classes, where each row of x has one that counts as much as the others; else None."""
    if weight is not None or smoothing or x.ndim < 2 or labels.shape != (x.shape[0], *x.shape[2:]) or not x.size:
        return None
    if labels.dtype.kind not in "iu" or 0 <= ignore_index < x.shape[1] and ignore_index in labels:
        return None
    classes = labels.astype(np.int64, copy=False)
    return classes if np.maximum.reduce(classes.view(np.uint64), axis=None) < x.shape[1] else None  # nor negative


def _of_classes(x, classes):
    return kernels.cross_entropy(x, classes) if x.ndim == 2 else kernels.cross_entropy_of_channels(x, classes)


@op(fn="cross_entropy(input:x, target:labels, weight=None, ignore_index=-100, reduction='mean', label_smoothing=0.0)")
def cross_entropy(xp, x, labels, weight=None, *, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """The cross entropy of logits x (N, C, ...) with classes (N, ...), or with probabilities of x's shape."""
    if xp.engine.name == "numpy" and (classes := _plain(x, labels, weight, ignore_index, label_smoothing)) is not None:
        return reduced(xp, _of_classes(x, classes)[0], reduction)
    axis = min(1, len(x.shape) - 1)
    s = x - xp.max(x, axis=axis, keepdims=True)
    log_p = s - xp.log(xp.sum(xp.exp(s), axis=axis, keepdims=True))
    if len(labels.shape) != len(x.shape) or axis == 0 and labels.dtype.kind in "iu":
        return _picked(xp, log_p, labels, weight, ignore_index, reduction, label_smoothing)[0]
    same_shape("cross_entropy", x, labels)
    target = labels * (1 - label_smoothing) + label_smoothing / x.shape[axis] if label_smoothing else labels
    if weight is not None:
        target = target * xp.reshape(weight, (1,) * axis + (-1,) + (1,) * (len(x.shape) - 2))
    loss = -xp.sum(target * log_p, axis=axis)
    return xp.sum(loss) / (loss.size or 1) if reduction == "mean" else reduced(xp, loss, reduction)


@cross_entropy.vjp(keep="args ans")
@_rowwise
def _(xp, g, ans, args, needs, *, ignore_index, reduction, label_smoothing):
    x, labels, weight = args if len(args) == 3 else (*args, None)
    of_weight = len(needs) == 3 and needs[2]
    s = x - xp.max(x, axis=1, keepdims=True)
    e = xp.exp(s)
    total = xp.sum(e, axis=1, keepdims=True)
    p, log_p, dlabels, dw = e / total, s - xp.log(total), None, None
    if len(labels.shape) != len(x.shape):
        chosen = _chosen(xp, x, labels, ignore_index)
        share, wide = _of_picked(xp, g, chosen, weight, reduction)
        if of_weight:
            dw = _picked_dw(xp, share, ans, log_p, chosen, label_smoothing, reduction)
        slope = _picked_dx(xp, share, chosen, wide, label_smoothing)
    else:
        share = each_share(g, (x.shape[0], *x.shape[2:]), reduction)
        share = xp.expand_dims(share, 1) if reduction == "none" else share
        target = labels * (1 - label_smoothing) + label_smoothing / x.shape[1] if label_smoothing else labels
        if of_weight:
            dw = -xp.sum(share * target * log_p, axis=_all_but_classes(x))
        wide = 1.0 if weight is None else xp.reshape(weight, (1, -1) + (1,) * (len(x.shape) - 2))
        if needs[1]:
            dlabels = -share * log_p * wide * (1 - label_smoothing)
        slope = -share * target * wide
    return (slope - p * xp.sum(slope, axis=1, keepdims=True), dlabels, dw)[: len(args)]


@cross_entropy.fast
def _(needs, x, labels, weight=None, *, ignore_index, reduction, label_smoothing):
    classes = _plain(x, labels, weight, ignore_index, label_smoothing)
    if classes is not None:
        loss, p = _of_classes(x, classes)
        return reduced(ENGINE.xp, loss, reduction), (p, classes)
    given = (x, labels) if weight is None else (x, labels, weight)
    how = {"ignore_index": ignore_index, "reduction": reduction, "label_smoothing": label_smoothing}
    ans = cross_entropy.fn(ENGINE.xp, *given, **how)
    return ans, ans


@cross_entropy.fast_vjp
def _(saved, g, args, needs, *, ignore_index, reduction, label_smoothing):
    if not isinstance(saved, tuple):
        assert cross_entropy.rule is not None
        return cross_entropy.rule(ENGINE.xp, g, saved, args, needs, ignore_index=ignore_index, reduction=reduction,
                                  label_smoothing=label_smoothing)
    p, labels = saved
    g = each_share(g, labels.shape, reduction).astype(args[0].dtype, copy=False)
    pull = kernels.cross_entropy_dx if p.ndim == 2 else kernels.cross_entropy_of_channels_dx
    return pull(g, p, labels), *[None] * (len(args) - 1)


# -- of probabilities ----------------------------------------------------------------------------------------------


def _bce(xp, x, z):
    """-z log s(x) - (1 - z) log(1 - s(x)) = max(x, 0) - x z + log(1 + e^-|x|), s the sigmoid."""
    return xp.maximum(x, 0) - x * z + xp.log1p(xp.exp(-xp.abs(x)))


@op("SigmoidCrossEntropyWithLogits()(logits:x, label:labels)", fn=(), half="wide")
def sigmoid_cross_entropy_with_logits(xp, x, labels):
    """The cross entropy of each sigmoid(x) with a probability ``labels``."""
    same_shape("SigmoidCrossEntropyWithLogits", x, labels)
    return _bce(xp, x, labels)


@sigmoid_cross_entropy_with_logits.vjp(keep="args")
def _(xp, g, ans, args, needs):
    return g * (xp.sigmoid(args[0]) - args[1]), None  # labels are constants, as in MindSpore


@op("BCEWithLogitsLoss(reduction='mean')(input:x, target:labels, weight=None, pos_weight=None)",
    fn=("binary_cross_entropy_with_logits(input:x, target:labels, weight=None, pos_weight=None, reduction='mean')",),
    half="wide")
def bce_with_logits(xp, x, labels, weight=None, pos_weight=None, *, reduction="mean"):
    """The cross entropy of sigmoid(x) with ``labels``, times ``weight``, its positive part times ``pos_weight``."""
    same_shape("binary_cross_entropy_with_logits", x, labels)
    if pos_weight is None:
        loss = _bce(xp, x, labels)
    else:  # log(1 + e^-x) = max(-x, 0) + log(1 + e^-|x|)
        soft = xp.maximum(-x, 0) + xp.log1p(xp.exp(-xp.abs(x)))
        loss = (1 - labels) * x + (1 + (pos_weight - 1) * labels) * soft
    return reduced(xp, loss if weight is None else loss * weight, reduction)


@bce_with_logits.vjp(keep="args")
def _(xp, g, ans, args, needs, *, reduction):
    x, labels = args[:2]
    weight, pos_weight = (*args[2:], None, None)[:2]
    each = each_share(g, x.shape, reduction)
    of_loss = each if weight is None else each * weight
    soft = xp.maximum(-x, 0) + xp.log1p(xp.exp(-xp.abs(x)))
    if pos_weight is None:
        loss, dx, dlabels = (1 - labels) * x + soft, xp.sigmoid(x) - labels, -x
    else:
        scale = 1 + (pos_weight - 1) * labels
        loss, dx = (1 - labels) * x + scale * soft, (1 - labels) - scale * xp.sigmoid(-x)
        dlabels = (pos_weight - 1) * soft - x
    found = (of_loss * dx, of_loss * dlabels if needs[1] else None, each * loss if weight is not None else None,
             of_loss * labels * soft if pos_weight is not None else None)
    return found[: len(args)]


@op("BinaryCrossEntropy(reduction='mean')(logits:x, labels, weight=None)",
    fn="binary_cross_entropy(logits:x, labels, weight=None, reduction='mean')", half="wide")
def binary_cross_entropy(xp, x, labels, weight=None, *, reduction="mean"):
    """-labels log(x + e) - (1 - labels) log(1 - x + e) of probabilities x, with e = 1e-12, as in MindSpore.

    The derivative by x is (x - labels) / max(x (1 - x), e).
    """
    same_shape("binary_cross_entropy", x, labels)
    tiny = _tiny(x)
    # maximum, as compilers take 1 - x + e for (1 + e) - x, which is 0 at 1
    loss = -(labels * xp.log(x + tiny) + (1 - labels) * xp.log(xp.maximum(1 - x, 0) + tiny))
    return reduced(xp, loss if weight is None else loss * weight, reduction)


def _tiny(x):
    return 6e-8 if x.dtype == "float16" else 1e-12


@binary_cross_entropy.vjp(keep="args")
def _(xp, g, ans, args, needs, *, reduction):
    x, labels, weight = args
    shape = tuple(x.shape) if weight is None else np.broadcast_shapes(tuple(x.shape), tuple(weight.shape))
    tiny, g = _tiny(x), each_share(g, shape, reduction)
    weighted = g if weight is None else g * weight
    dx = weighted * (x - labels) / xp.maximum(x * (1 - x), tiny)
    inside, outside = xp.log(x + tiny), xp.log(xp.maximum(1 - x, 0) + tiny)
    dweight = -g * (labels * inside + (1 - labels) * outside) if needs[2] else None
    return dx, weighted * (outside - inside) if needs[1] else None, dweight


@op("KLDivLoss(reduction='mean')(logits:x, labels)", fn="kl_div(logits:x, labels, reduction='mean')", half="wide")
def kl_div(xp, x, labels, *, reduction="mean"):
    """labels (log labels - x), 0 where labels is 0, for log-probabilities x."""
    same_shape("kl_div", x, labels)
    positive = labels > 0
    safe = xp.where(positive, labels, xp.ones_like(labels))
    loss = xp.where(positive, labels * (xp.log(safe) - x), xp.zeros_like(x))
    return xp.sum(loss) / loss.shape[0] if reduction == "batchmean" else reduced(xp, loss, reduction)


@kl_div.vjp(keep="args")
def _(xp, g, ans, args, needs, *, reduction):
    x, labels = args
    return -each_share(g, x.shape, reduction) * labels, None  # of labels below 0 too, as MindSpore
