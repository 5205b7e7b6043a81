"""Losses, and steps of networks that are fused elsewhere."""

from __future__ import annotations

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, ShapeError
from ..compose import placed, reshaped


def reduced(name: str, loss: Tensor, reduction: str) -> Tensor:
    """The mean or the sum of the losses, or themselves for 'none'."""
    if reduction not in ("none", "mean", "sum"):
        raise ArgumentError(f"For '{name}', the 'reduction' must be in ['none', 'mean', 'sum'], but got {reduction}.")
    return loss if reduction == "none" else OP[reduction](loss)


def multilabel_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """sum over labels y and other classes j of max(0, 1 - (x[y] - x[j])) / C, for x (N, C) or (C,).

    ``target`` has the labels of each row first; the first -1 ends them.
    """
    x, y = (reshaped(t, (1, -1)) if t.ndim == 1 else t for t in (input, target))
    if x.ndim != 2 or x.shape != y.shape:
        raise ShapeError(f"For 'multilabel_margin_loss', input and target must have one shape (N, C) or (C,), got "
                         f"{input.shape} and {target.shape}.")
    labels = y.asnumpy()
    is_label = np.cumprod(labels >= 0, axis=1).astype(bool)
    hot = np.zeros(labels.shape, bool)
    rows, places = np.nonzero(is_label)
    hot[rows, labels[rows, places]] = True
    right = OP["take_along"](x, placed(np.where(is_label, labels, 0), x), axis=1)
    apart = OP["relu"](1 - OP["expand_dims"](right, axis=2) + OP["expand_dims"](x, axis=1))
    counted = placed((is_label[:, :, None] & ~hot[:, None, :]).astype(x.np_dtype), x)
    loss = OP["sum"](apart * counted, axis=(1, 2)) / x.shape[1]
    return reduced("multilabel_margin_loss", loss if input.ndim == 2 else loss[0], reduction)


def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None,
                                reduction: str = "mean") -> Tensor:
    """-mean over the classes of weight (y log s(x) + (1 - y) log s(-x)), s being the sigmoid, for x (N, C)."""
    loss = target * OP["softplus"](-input) + (1 - target) * OP["softplus"](input)
    loss = loss if weight is None else loss * weight
    return reduced("multilabel_soft_margin_loss", OP["mean"](loss, axis=-1), reduction)


def rms_norm(x: Tensor, gamma: Tensor, epsilon: float = 1e-6) -> tuple[Tensor, Tensor]:
    """(x / rms * gamma, 1 / rms), rms = sqrt(mean(x^2) + epsilon) over the axes of ``gamma``."""
    axes = tuple(range(x.ndim - gamma.ndim, x.ndim))
    scale = OP["rsqrt"](OP["mean"](x * x, axis=axes, keepdims=True) + epsilon)
    return x * scale * gamma, scale


def add_rms_norm(x1: Tensor, x2: Tensor, gamma: Tensor, epsilon: float = 1e-06) -> tuple[Tensor, Tensor, Tensor]:
    """``rms_norm`` of x1 + x2, and that sum: (normalized, 1 / rms, x1 + x2)."""
    x = x1 + x2
    return *rms_norm(x, gamma, epsilon), x


def add_layer_norm(x1: Tensor, x2: Tensor, gamma: Tensor, beta: Tensor, epsilon: float = 1e-05,
                   additional_output: bool = False) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Layer normalization of x1 + x2 over its last axis: (normalized, mean, 1 / deviation, x1 + x2)."""
    x = x1 + x2
    mean = OP["mean"](x, axis=-1, keepdims=True)
    centered = x - mean
    scale = OP["rsqrt"](OP["mean"](centered * centered, axis=-1, keepdims=True) + epsilon)
    return centered * scale * gamma + beta, mean, scale, x


def rotary_position_embedding(x: Tensor, cos: Tensor, sin: Tensor, mode: int = 0) -> Tensor:
    """x cos + turned(x) sin along the last axis, in which positions are angles (Su et al. 2021).

    ``mode`` 0 turns the halves (a, b) into (-b, a), 1 does so with neighbours.
    """
    if mode not in (0, 1):
        raise ArgumentError(f"For 'rotary_position_embedding', mode must be 0 (halves) or 1 (neighbours), got "
                            f"{mode!r}.")
    d = x.shape[-1]
    if d % 2:
        raise ShapeError(f"For 'rotary_position_embedding', the last length must be even, got shape {x.shape}.")
    if mode == 0:
        turned = OP["concatenate"](-x[..., d // 2:], x[..., : d // 2], axis=-1)
    else:
        turned = reshaped(OP["stack"](-x[..., 1::2], x[..., ::2], axis=-1), x.shape)
    return x * cos + turned * sin


def ctc_greedy_decoder(inputs: Tensor, sequence_length: Tensor, merge_repeated: bool = True) -> tuple:
    """The best path through (T, N, C) of logits or probabilities, class C - 1 being the blank: a sparse array.

    Gives the places (M, 2) of the decoded classes by sequence and position, the classes (M,), the shape (N, longest),
    Int64, and minus the sum of the best values (N, 1).
    """
    values, lengths = inputs.asnumpy(), sequence_length.asnumpy()
    steps, n, classes = values.shape
    if lengths.shape != (n,) or lengths.max(initial=0) > steps:
        raise ShapeError(f"For 'ctc_greedy_decoder', sequence_length must be ({n},) numbers up to {steps}, got "
                         f"{lengths.tolist()}.")
    best = values.argmax(-1)
    places, found, longest = [], [], 0
    for i in range(n):
        path = best[: lengths[i], i].tolist()
        kept = [c for t, c in enumerate(path) if c != classes - 1 and not (merge_repeated and t and path[t - 1] == c)]
        places += [(i, j) for j in range(len(kept))]
        found += kept
        longest = max(longest, len(kept))
    total = [-values[: lengths[i], i].max(-1).sum() for i in range(n)]
    return (placed(np.array(places, np.int64).reshape(-1, 2), inputs), placed(np.array(found, np.int64), inputs),
            placed(np.array([n, longest], np.int64), inputs),
            placed(np.array(total, values.dtype).reshape(n, 1), inputs))
