"""Connectionist temporal classification: the likelihood of a label sequence, over all its alignments with the data.

Source: Graves et al., 2006. The scan runs in log-space over the labels with blanks between them, S = 2 L + 1 places.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.op import op
from ..engine.kernels.precision import widen
from ..engine.numpy_engine import ENGINE
from ..errors import ArgumentError, ShapeError
from .loss import reduced
from .softmax import log_softmax_last

_NEVER = -1e30  # log of an impossible alignment; finite, so that no difference is a NaN


def _places(xp: Any, labels: Any, blank: int) -> tuple[Any, Any]:
    """The labels (N, S) with blanks between them, and where a step may skip the blank before a label."""
    n, length = labels.shape
    blanks = xp.zeros_like(labels) + blank
    pairs = xp.reshape(xp.stack([blanks, labels], -1), (n, 2 * length))
    z = xp.concatenate([pairs, xp.zeros((n, 1), "int64") + blank], 1)
    skips = (z[:, 2:] != blank) & (z[:, 2:] != z[:, :-2])
    return z, xp.concatenate([xp.zeros((n, 2), bool), skips], 1)


def _shift(xp: Any, a: Any, by: int) -> Any:
    """a (N, S) moved to the right by ``by`` places, or to the left by -by."""
    if by > 0:
        return xp.concatenate([xp.zeros((a.shape[0], by), a.dtype) + _NEVER, a[:, :-by]], 1)[:, : a.shape[1]]
    return xp.concatenate([a[:, -by:], xp.zeros((a.shape[0], -by), a.dtype) + _NEVER], 1)[:, : a.shape[1]]


def _add(xp: Any, *terms: Any) -> Any:
    """log of the sum of exponentials."""
    top = xp.stop_gradient(terms[0])
    for term in terms[1:]:
        top = xp.maximum(top, xp.stop_gradient(term))
    total = 0.0
    for term in terms:
        total = total + xp.exp(term - top)
    return top + xp.log(total)


def _prepared(xp, x, labels, data_lengths, label_lengths, blank, blank_label, use_data_lengths, use_label_lengths):
    """(labels, steps, label counts, blank) as integers, from either door's conventions."""
    if len(x.shape) != 3 or len(labels.shape) != 2 or labels.shape[0] != x.shape[1]:
        raise ShapeError("ctc_loss expects data (time, batch, classes) and labels (batch, length), got "
                         f"{tuple(x.shape)} and {tuple(labels.shape)}.")
    labels = labels.astype("int64")
    padding = None
    if blank_label is not None:
        if blank_label not in ("first", "last"):
            raise ArgumentError(f"ctc_loss: blank_label must be 'first' or 'last', got {blank_label!r}.")
        blank, padding = (0, 0) if blank_label == "first" else (x.shape[2] - 1, -1)
    if not 0 <= blank < x.shape[2]:
        raise ArgumentError(f"ctc_loss: blank must be one of the {x.shape[2]} classes, got {blank}.")
    given = {"data_lengths": (data_lengths, use_data_lengths), "label_lengths": (label_lengths, use_label_lengths)}
    for name, (lengths, used) in given.items():
        if used and (lengths is None or tuple(lengths.shape) != (x.shape[1],)):
            raise ShapeError(f"ctc_loss expects {name} of shape ({x.shape[1]},), got "
                             f"{None if lengths is None else tuple(lengths.shape)}.")
    steps = data_lengths.astype("int64") if use_data_lengths else xp.zeros((x.shape[1],), "int64") + x.shape[0]
    if use_label_lengths:
        counts = label_lengths.astype("int64")
    elif padding is None:
        counts = xp.zeros((x.shape[1],), "int64") + labels.shape[1]
    else:
        counts = xp.sum(xp.cumprod(labels != padding, 1), 1)
    return xp.clip(labels, 0, x.shape[2] - 1), steps, counts, blank


def _final(xp: Any, alpha: Any, counts: Any) -> Any:
    """The log-likelihood (N,): the last label or the blank after it."""
    rows = np.arange(alpha.shape[0])
    end = alpha[rows, 2 * counts]
    label = alpha[rows, xp.maximum(2 * counts - 1, 0)]
    return xp.where(counts > 0, _add(xp, end, xp.where(counts > 0, label, _NEVER)), end)


@op(fn="ctc_loss(log_probs:x, targets:labels, input_lengths:data_lengths, target_lengths:label_lengths, blank=0, "
       "reduction='mean', zero_infinity=False) | logits=False, with_alpha=True, use_data_lengths=True, "
       "use_label_lengths=True",
    mx=tuple([f"{name}(data:x, label:labels, data_lengths=None, label_lengths=None, use_data_lengths=False, "
              "use_label_lengths=False, blank_label='first')" for name in ("CTCLoss", "ctc_loss")]),
    outputs=lambda with_alpha=False, **_: 2 if with_alpha else 1)
def ctc_loss(xp, x, labels, data_lengths=None, label_lengths=None, *, use_data_lengths=False, use_label_lengths=False,
             blank_label=None, blank=0, reduction="none", zero_infinity=False, logits=True, with_alpha=False):
    """-log of the probability that x (T, N, C) spells ``labels`` (N, L), for each of the batch.

    x holds logits, or log-probabilities if not ``logits``. ``blank`` is the class of no label; MXNet's ``blank_label``
    'first' makes it 0 with labels padded by 0, 'last' the last class with labels padded by -1. The lengths (N,) say how
    much of x and of the labels counts. ``reduction`` 'mean' divides each loss by its number of labels first. An
    impossible sequence costs inf, or 0 with ``zero_infinity``. ``with_alpha`` adds the log of the forward variables,
    (N, T, 2 L + 1).

    The gradient for log-probabilities is that of the loss; MindSpore 2.8.0's has exp(x) added to it, which a
    log_softmax before takes away again.
    """
    labels, steps, counts, blank = _prepared(xp, x, labels, data_lengths, label_lengths, blank, blank_label,
                                             use_data_lengths, use_label_lengths)
    dtype = x.dtype
    wide = widen(x)
    log_p = log_softmax_last(xp, wide) if logits else wide
    z, skips = _places(xp, labels, blank)
    n, size = z.shape
    emitted = log_p[:, np.arange(n)[:, None], z]  # (T, N, S)
    first = np.arange(size) < 2
    alpha = xp.where(first & (xp.arange(size) <= 2 * counts[:, None]), emitted[0], _NEVER)
    alphas = [alpha]
    for t in range(1, x.shape[0]):
        new = _add(xp, alpha, _shift(xp, alpha, 1), xp.where(skips, _shift(xp, alpha, 2), _NEVER)) + emitted[t]
        alpha = xp.where((t < steps)[:, None], xp.maximum(new, _NEVER), alpha)
        alphas.append(alpha)
    found = _final(xp, alpha, counts)
    never = found < _NEVER / 2
    loss = xp.where(never, 0.0 if zero_infinity else np.inf, -found)
    if reduction == "mean":
        loss = loss / xp.maximum(counts, 1)
    loss = reduced(xp, loss, reduction).astype(dtype)
    if not with_alpha:
        return loss
    return loss, _reached(xp, xp.stack(alphas), counts).astype(dtype)


@ctc_loss.fast
def _(needs, x, labels, data_lengths=None, label_lengths=None, **attrs):
    xp = ENGINE.xp
    how = {k: attrs[k] for k in ("blank", "blank_label", "use_data_lengths", "use_label_lengths")}
    labels, steps, counts, blank = _prepared(xp, x, labels, data_lengths, label_lengths, **how)
    wide = widen(x)
    log_p = log_softmax_last(xp, wide) if attrs["logits"] else wide
    z, skips = _places(xp, labels, blank)
    rows = np.arange(len(z))
    emitted = log_p[:, rows[:, None], z]
    alpha = _forward(emitted, skips, steps, counts)
    found = _final(xp, alpha[-1], counts)
    never = found < _NEVER / 2
    loss = np.where(never, 0.0 if attrs["zero_infinity"] else np.inf, -found).astype(wide.dtype)
    share = np.where(never, 0, 1).astype(wide.dtype)
    if attrs["reduction"] == "mean":
        loss, share = (a / np.maximum(counts, 1).astype(wide.dtype) for a in (loss, share))
    if attrs["reduction"] in ("mean", "batchmean"):
        share = share / len(z)
    loss = np.asarray(reduced(xp, loss, attrs["reduction"])).astype(x.dtype)
    posterior = np.exp(alpha + _backward(emitted, skips, steps, counts) - np.where(never, 0, found)[:, None])
    slope = np.zeros_like(log_p)
    times = np.arange(len(x))[:, None, None]
    np.add.at(slope, (times, rows[:, None], z), np.where((times < steps[:, None]), posterior, 0))
    if attrs["logits"]:
        slope -= np.exp(log_p) * (times < steps[:, None])
    slope *= -share[:, None]
    return (loss, _reached(xp, alpha, counts).astype(x.dtype)) if attrs["with_alpha"] else loss, slope


@ctc_loss.fast_vjp
def _(slope, g, args, needs, **attrs):
    if attrs["with_alpha"]:
        g, of_alpha = g
        if of_alpha.any():
            return tuple(ctc_loss._differentiate(ENGINE, (g, of_alpha), args, needs, attrs))
    return (slope * (g[:, None] if g.ndim else g), *[None] * (len(args) - 1))


def _reached(xp: Any, alphas: Any, counts: Any) -> Any:
    """The forward variables (N, T, S), -inf where none leads."""
    paths = xp.transpose(alphas, (1, 0, 2))
    reached = (paths > _NEVER / 2) & (np.arange(paths.shape[2]) <= 2 * counts[:, None])[:, None, :]
    return xp.where(reached, paths, -np.inf)


def _logsum(*terms: np.ndarray) -> np.ndarray:
    top = np.maximum.reduce(terms)
    return top + np.log(sum(np.exp(t - top) for t in terms))


def _forward(emitted: np.ndarray, skips: np.ndarray, steps: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """log of the probability (T, N, S) of all starts of alignments that reach a place at a time."""
    alpha = np.full_like(emitted, _NEVER)
    reach = np.arange(emitted.shape[2]) <= 2 * counts[:, None]
    alpha[0, :, :2] = np.where(reach[:, :2], emitted[0, :, :2], _NEVER)
    for t in range(1, len(alpha)):
        a = alpha[t - 1]
        new = _logsum(a, _shift(np, a, 1), np.where(skips, _shift(np, a, 2), _NEVER)) + emitted[t]
        alpha[t] = np.where((t < steps)[:, None], np.maximum(new, _NEVER), a)
    return alpha


def _backward(emitted: np.ndarray, skips: np.ndarray, steps: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """log of the probability (T, N, S) of all ends of alignments from a place at a time on, without what it emits."""
    beta = np.full_like(emitted, _NEVER)
    place = np.arange(emitted.shape[2])
    end = np.where((place <= 2 * counts[:, None]) & (place >= 2 * counts[:, None] - 1), 0.0, _NEVER)
    beta[-1] = end
    skipped = np.concatenate([skips[:, 2:], np.zeros((len(skips), 2), bool)], 1)[:, : skips.shape[1]]
    for t in range(len(beta) - 2, -1, -1):
        b = beta[t + 1] + emitted[t + 1]
        new = _logsum(b, _shift(np, b, -1), np.where(skipped, _shift(np, b, -2), _NEVER))
        beta[t] = np.where((t + 1 < steps)[:, None], np.maximum(new, _NEVER), end)
    return beta


@ctc_loss.shape
def _(shapes, *, reduction="none", with_alpha=False, **_):
    (steps, batch, _classes), (_n, length) = shapes[:2]
    loss = (batch,) if reduction == "none" else ()
    return (loss, (batch, steps, 2 * length + 1)) if with_alpha else loss
