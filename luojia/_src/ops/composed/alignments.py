"""Losses of sequences, summed over all alignments with the labels: MindSpore's CTC losses, and the transducer's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...core.transforms import pullback
from ...errors import ArgumentError, ShapeError
from ..compose import placed

_NEVER = -1e30  # log of an impossible alignment; finite, so that no difference is a NaN


def _with_gradient(loss_of: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    """The losses of x, linked to it, and the gradient of their sum."""
    _, _, pull = pullback(loss_of, [x], positions=[0])
    return loss_of(x), pull(retain=False)[0][0]


def ctc_loss_of_places(x: Tensor, labels_indices: Tensor, labels_values: Tensor, sequence_length: Tensor, *,
                       preprocess_collapse_repeated: bool = False, ctc_merge_repeated: bool = True,
                       ignore_longer_outputs_than_inputs: bool = False) -> tuple[Tensor, Tensor]:
    """(loss (N,), gradient (T, N, C)) of logits x (T, N, C) whose last class is the blank.

    Labels are given by their places (batch, position) and values. ``preprocess_collapse_repeated`` joins equal
    neighbours among them first; without ``ctc_merge_repeated`` equal classes at neighbouring times are two labels.
    With ``ignore_longer_outputs_than_inputs`` more labels than times are a loss of inf with the gradient 0.
    """
    places, values, lengths = (t.asnumpy() for t in (labels_indices, labels_values, sequence_length))
    if x.ndim != 3 or lengths.shape != (x.shape[1],):
        raise ShapeError(f"For 'CTCLoss', x (T, N, C) and sequence_length (N,) are expected, got {x.shape} and "
                         f"{lengths.shape}.")
    steps, batch, classes = x.shape
    if places.ndim != 2 or places.shape != (len(values), 2):
        raise ShapeError(f"For 'CTCLoss', labels_indices must have shape ({len(values)}, 2), got {places.shape}.")
    if lengths.max(initial=0) > steps:
        raise ArgumentError(f"For 'CTCLoss', sequence_length must not exceed {steps}, got {lengths.tolist()}.")
    if values.size and (values.min() < 0 or values.max() >= classes):
        raise ArgumentError(f"For 'CTCLoss', labels must lie in [0, {classes}), got {values.tolist()}.")
    rows: list[list[int]] = [[] for _ in range(batch)]
    for (n, _), value in zip(places.tolist(), values.tolist()):
        if not (preprocess_collapse_repeated and rows[n] and rows[n][-1] == value):
            rows[n].append(value)
    longer = np.array([len(row) > t for row, t in zip(rows, lengths.tolist())])
    if longer.any() and not ignore_longer_outputs_than_inputs:
        n = int(np.flatnonzero(longer)[0])
        raise ArgumentError("For 'CTCLoss', input time(sequence length) must be greater than output size(label "
                            f"length), but got sequence length: {lengths[n]} and label length: {len(rows[n])}.")
    rows = [[] if skip else row for row, skip in zip(rows, longer.tolist())]
    counts = np.array([len(row) for row in rows])
    labels = np.zeros((batch, max(1, int(counts.max(initial=0)))), np.int64)
    for row, label in zip(labels, rows):
        row[: len(label)] = label

    def loss_of(logits: Tensor) -> Tensor:
        if ctc_merge_repeated:
            found = OP["ctc_loss"](logits, placed(labels, x), placed(lengths, x), placed(counts, x),
                                   use_data_lengths=True, use_label_lengths=True, blank=classes - 1)
        else:
            found = _apart(logits, labels, lengths, counts)
        return OP["where"](placed(longer, x), float("inf"), found)

    return _with_gradient(loss_of, x)


def _add(*terms: Any) -> Any:
    top = OP["stop_gradient"](terms[0])
    for term in terms[1:]:
        top = OP["maximum"](top, OP["stop_gradient"](term))
    total: Any = 0.0
    for term in terms:
        total = total + OP["exp"](term - top)
    return top + OP["log"](total)


def _moved(alpha: Tensor, by: int) -> Tensor:
    """alpha (N, S) moved to the right, where nothing is impossible."""
    out = OP["pad"](alpha, pad_width=((0, 0), (by, 0)), constant_values=_NEVER)
    return out[:, : alpha.shape[1]]


def _apart(logits: Tensor, labels: np.ndarray, lengths: np.ndarray, counts: np.ndarray) -> Tensor:
    """The CTC losses where a label lasts for one step: blanks stay, labels follow a blank or any label."""
    steps, batch, classes = logits.shape
    size = 2 * labels.shape[1] + 1
    z = np.full((batch, size), classes - 1)
    z[:, 1::2] = labels
    log_p = OP["log_softmax"](logits, axis=-1)
    emitted = OP["take_along"](log_p, placed(np.broadcast_to(z, (steps, batch, size)).copy(), logits), axis=2)
    blank = placed(np.broadcast_to(np.arange(size) % 2 == 0, (batch, size)).copy(), logits)
    first = placed(np.broadcast_to(np.arange(size) < 2, (batch, size)) & (np.arange(size) <= 2 * counts[:, None]),
                   logits)
    alpha = OP["where"](first, emitted[0], _NEVER)
    for t in range(1, steps):
        stay = OP["where"](blank, alpha, _NEVER)
        leap = OP["where"](blank, _NEVER, _moved(alpha, 2))
        new = OP["maximum"](_add(stay, _moved(alpha, 1), leap) + emitted[t], _NEVER)
        alpha = OP["where"](placed((t < lengths)[:, None], logits), new, alpha)
    ends = [OP["take_along"](alpha, placed(at[:, None], logits), axis=1)
            for at in (2 * counts, np.maximum(2 * counts - 1, 0))]
    second = OP["where"](placed((counts > 0)[:, None], logits), ends[1], _NEVER)
    return -_add(ends[0], second)[:, 0]


def ctc_loss_with_paths(log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, *,
                        blank: int = 0, reduction: str = "none", zero_infinity: bool = False) -> tuple[Tensor, Tensor]:
    """(loss (N,), log of the forward variables (N, T, 2 S + 1)) of log-probabilities (T, N, C) and targets (N, S)."""
    loss, alpha = OP["ctc_loss"](log_probs, targets, input_lengths, target_lengths, blank=blank, reduction=reduction,
                                 zero_infinity=zero_infinity, logits=False, with_alpha=True, use_data_lengths=True,
                                 use_label_lengths=True)
    steps, places = np.arange(alpha.shape[1]), np.arange(alpha.shape[2])
    reached = (steps < input_lengths.asnumpy()[:, None])[:, :, None] & (
        places <= 2 * target_lengths.asnumpy()[:, None])[:, None, :]
    possible = OP["logical_and"](OP["greater"](alpha, _NEVER / 2), placed(reached, alpha))
    return loss, OP["where"](possible, alpha, float("-inf"))


def transducer_loss(acts: Tensor, labels: Tensor, input_lengths: Tensor, label_lengths: Tensor, *,
                    blank_label: int = 0) -> tuple[Tensor, Tensor]:
    """(loss (N,), gradient) of a transducer's logits acts (N, T, U, V), for labels (N, U - 1).

    -log of the sum over all paths from (0, 0) to (T - 1, U - 1) that emit a blank to go on in time, or the next label.
    Graves 2012, "Sequence transduction with recurrent neural networks".
    """
    if acts.ndim != 4 or labels.shape != (acts.shape[0], acts.shape[2] - 1):
        raise ShapeError("For 'RNNTLoss', acts (N, T, U, V) and labels (N, U - 1) are expected, got "
                         f"{acts.shape} and {labels.shape}.")
    batch, steps, size, classes = acts.shape
    if not 0 <= blank_label < classes:
        raise ArgumentError(f"For 'RNNTLoss', blank_label must lie in [0, {classes}), got {blank_label}.")
    frames, counts = input_lengths.asnumpy(), label_lengths.asnumpy()
    if frames.shape != (batch,) or counts.shape != (batch,) or frames.max() > steps or counts.max() > size - 1 or (
            frames.min() < 1):
        raise ArgumentError(f"For 'RNNTLoss', the lengths must be {batch} numbers up to {steps} and {size - 1}, got "
                            f"{frames.tolist()} and {counts.tolist()}.")
    at = np.broadcast_to(labels.asnumpy()[:, None, :, None], (batch, steps, size - 1, 1)).copy()

    def loss_of(x: Tensor) -> Tensor:
        log_p = OP["log_softmax"](x, axis=-1)
        blanks = log_p[:, :, :, blank_label]
        spoken = OP["take_along"](log_p[:, :, : size - 1], placed(at, x), axis=3)[..., 0]
        rows: list[Tensor] = []
        for t in range(steps):
            row: list[Tensor] = []
            for u in range(size):
                terms = ([rows[t - 1][:, u] + blanks[:, t - 1, u]] if t else []) + (
                    [row[u - 1] + spoken[:, t, u - 1]] if u else [])
                row.append(_add(*terms) if terms else blanks[:, 0, 0] * 0)
            rows.append(OP["stack"](*row, axis=1))
        total = OP["stack"](*rows, axis=1) + blanks
        ends = placed(np.stack([np.arange(batch), frames - 1, counts], 1), x)
        return -OP["gather_nd"](total, ends)

    return _with_gradient(loss_of, acts)
