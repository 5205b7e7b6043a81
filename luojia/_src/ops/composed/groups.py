"""What is counted, grouped, compared and found: segments, histograms, differences of lists, distances of words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.dtypes import to_np
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, ShapeError
from ..compose import placed, reshaped
from .reduce import unsorted_segment_max, unsorted_segment_min, unsorted_segment_prod


def _segments(name: str, doc: str) -> Callable:
    def function(input_x: Tensor, segment_ids: Tensor) -> Tensor:
        ids = segment_ids.asnumpy()
        if ids.shape != input_x.shape[:1] or (np.diff(ids) < 0).any() or ids.min(initial=0) < 0:
            raise ArgumentError(f"segment_{name}: segment_ids must be {input_x.shape[0]} numbers >= 0 that do not "
                                f"fall, got {ids.tolist()}.")
        n = int(ids[-1]) + 1 if ids.size else 0
        here = np.isin(np.arange(n), ids).reshape(-1, *(1,) * (input_x.ndim - 1))
        if name in ("sum", "mean"):
            total = OP["unsorted_segment_sum"](input_x, segment_ids, num_segments=n)
            count = np.maximum(np.bincount(ids, minlength=n), 1).astype(input_x.np_dtype).reshape(here.shape)
            if name == "mean":
                total = OP["cast"](total / placed(count, input_x), dtype=input_x.np_dtype)  # of integers cut off
            return total
        found = {"max": unsorted_segment_max, "min": unsorted_segment_min, "prod": unsorted_segment_prod}[name](
            input_x, segment_ids, n)
        return found if name == "prod" else OP["where"](placed(here, input_x), found, OP["filled_like"](found, value=0))

    function.__name__ = function.__qualname__ = f"segment_{name}"
    function.__doc__ = doc + " of the slices of each segment, whose numbers rise."
    return function


segment_sum, segment_mean = _segments("sum", "The sum"), _segments("mean", "The mean, or 0,")
segment_max, segment_min = _segments("max", "The greatest, or 0,"), _segments("min", "The least, or 0,")
segment_prod = _segments("prod", "The product")


def confusion_counts(labels: Tensor, predictions: Tensor, weights: Tensor | None = None, *, num_classes: int,
                     dtype: Any = "int32") -> Tensor:
    """How often each prediction (columns) met each label (rows), or the sums of ``weights``."""
    at = [t.asnumpy().ravel() for t in (labels, predictions)]
    if at[0].shape != at[1].shape or max(int(a.max(initial=0)) for a in at) >= num_classes:
        raise ShapeError(f"ConfusionMatrix expects equally many labels and predictions below {num_classes}, got "
                         f"{at[0].tolist()} and {at[1].tolist()}.")
    out = np.zeros((num_classes, num_classes), to_np(dtype))
    np.add.at(out, tuple(at), 1 if weights is None else weights.asnumpy())
    return placed(out, labels)


def list_difference(x: Tensor, y: Tensor, out_idx: Any = "int32") -> tuple[Tensor, Tensor]:
    """The elements of x that are not in y, in order, and their positions."""
    at = np.flatnonzero(~np.isin(x.asnumpy(), y.asnumpy()))
    return x[at], placed(at.astype(to_np(out_idx)), x)


def histogram_fixed_width(x: Tensor, limits: Tensor, nbins: int, dtype: Any = "int32") -> Tensor:
    """How many elements lie in each of ``nbins`` equal parts of limits; those outside count in the first and last."""
    low, high = limits.asnumpy().tolist()
    if nbins < 1 or low >= high:
        raise ArgumentError(f"HistogramFixedWidth expects nbins >= 1 and rising limits, got {nbins} and {[low, high]}.")
    at = np.floor((x.asnumpy().ravel().astype(float) - low) / (high - low) * nbins).clip(0, nbins - 1).astype(int)
    return placed(np.bincount(at, minlength=nbins).astype(to_np(dtype)), x)


def weighted_bincount(array: Tensor, size: Any, weights: Tensor) -> Tensor:
    """For each integer below ``size`` the sum of the weights where it stands, or how often it does without weights."""
    n, x, w = int(size), array.asnumpy().ravel(), weights.asnumpy().ravel()
    keep = x < n
    out = np.bincount(x[keep], w[keep] if w.size else None, minlength=n)
    return placed(out.astype(weights.np_dtype), array)


def bound(sorted_x: Tensor, values: Tensor, side: str, out_type: Any = "int32") -> Tensor:
    """Where each value would be inserted into its sorted row, before ('left') or after ('right') equal ones."""
    return OP["search_sorted"](sorted_x, values, right=side == "right", dtype=to_np(out_type).name)


def nth_element(input: Tensor, n: Any, reverse: bool = False) -> Tensor:
    """The n-th least element of each row, counted from 0, or the n-th greatest if ``reverse``."""
    k = int(n)
    if not 0 <= k < input.shape[-1]:
        raise ArgumentError(f"NthElement expects n between 0 and {input.shape[-1] - 1}, got {k}.")
    return OP["sort_with_index"](input, axis=-1, descending=reverse)[0][..., k]


def edit_distance(hypothesis: tuple, truth: tuple, normalize: bool = True) -> Tensor:
    """Levenshtein's distance of sequences, each given as a sparse array (places, values, shape).

    The last axis counts within a sequence. ``normalize`` divides by the length of the truth.
    """
    words = [_words(*(t.asnumpy() for t in part)) for part in (hypothesis, truth)]
    shape = np.maximum(hypothesis[2].asnumpy(), truth[2].asnumpy())[:-1]
    out = np.zeros(tuple(shape), np.float32)
    for at in np.ndindex(*out.shape):
        a, b = (w.get(at, []) for w in words)
        d = _levenshtein(a, b)
        out[at] = d if not normalize else d / len(b) if b else float("inf") if a else 0
    return placed(out, truth[1])


def _words(places: np.ndarray, values: np.ndarray, shape: np.ndarray) -> dict[tuple, list]:
    found: dict[tuple, list] = {}
    for place, value in zip(places, values):
        found.setdefault(tuple(place[:-1].tolist()), []).append(value)
    return found


def _levenshtein(a: list, b: list) -> int:
    row = list(range(len(b) + 1))
    for i, p in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, q in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (p != q))
    return row[-1]


def ragged_range(starts: Tensor, limits: Tensor, deltas: Tensor, splits_dtype: Any = np.int32) -> tuple[Tensor, Tensor]:
    """The ranges of each row joined, after where each of them begins: (splits, values)."""
    parts = [np.arange(*t) for t in zip(*np.broadcast_arrays(*(np.atleast_1d(x.asnumpy()) for x in (
        starts, limits, deltas))))]
    splits = np.cumsum([0, *map(len, parts)]).astype(splits_dtype)
    return placed(splits, starts), placed(np.concatenate(parts).astype(starts.np_dtype), starts)


def compare_and_bitpack(x: Tensor, threshold: Tensor) -> Tensor:
    """Whether elements are above ``threshold``, eight along the last axis as the bits of one UInt8, greatest first.

    As in MindSpore and TensorFlow, elements that are booleans are the bits themselves, the least first.
    """
    if not x.ndim or x.shape[-1] % 8:
        raise ShapeError(f"CompareAndBitpack expects a last length that is a multiple of 8, got shape {x.shape}.")
    values = x.asnumpy()
    if values.dtype == bool:
        return placed(np.packbits(values, axis=-1, bitorder="little"), x)
    return placed(np.packbits(values > threshold.asnumpy(), axis=-1), x)


def sub_and_filter(input_x: Tensor, max_num: Any, offset: Any) -> tuple[Tensor, Tensor]:
    """x - offset where that lies within [0, max_num), and where it stood, in the dtype of x."""
    moved = input_x.asnumpy().ravel() - int(offset)
    at = np.flatnonzero((moved >= 0) & (moved < int(max_num)))
    return placed(moved[at], input_x), placed(at.astype(moved.dtype), input_x)


def check_numbers(x: Tensor) -> Tensor:
    """x; an error if it holds what is no number, or infinite."""
    if not np.isfinite(x.asnumpy()).all():
        raise ArgumentError("CheckNumerics: the Tensor holds nan or inf.")
    return OP["identity"](x)


def tridiagonal_matmul(superdiag: Tensor, maindiag: Tensor, subdiag: Tensor, rhs: Tensor) -> Tensor:
    """A @ rhs (..., M, N) for the tridiagonal A; the last of ``superdiag`` and the first of ``subdiag`` do not count.

    The diagonals are (..., 1, M) or (..., M).
    """
    m, n = rhs.shape[-2:]
    up, main, down = (reshaped(d, (*d.shape[:-1 - (d.ndim == rhs.ndim)], m, 1)) for d in (superdiag, maindiag, subdiag))
    zero = 0 * rhs[..., :1, :]
    below = OP["concatenate"](rhs[..., 1:, :], zero, axis=-2)
    above = OP["concatenate"](zero, rhs[..., :-1, :], axis=-2)
    return up * below + main * rhs + down * above


def volume_patches(x: Tensor, kernel_size: Any, strides: Any, padding: str) -> Tensor:
    """Patches of the last axes of (N, C, *size) as channels: (N, prod(kernel) C, *out), 'VALID' or 'SAME' padded."""
    axes = x.ndim - 2
    kernel, steps = (tuple(v)[-axes:] if isinstance(v, (tuple, list)) else (v,) * axes for v in (kernel_size, strides))
    sizes = x.shape[2:]
    if padding.upper() == "SAME":
        totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(sizes, steps, kernel)]
        x = OP["pad"](x, pad_width=((0, 0), (0, 0), *((t // 2, t - t // 2) for t in totals)))
    elif padding.upper() != "VALID":
        raise ArgumentError(f"patches: padding must be 'VALID' or 'SAME', got {padding!r}.")
    out = [(n - k) // s + 1 for n, k, s in zip(x.shape[2:], kernel, steps)]
    if min(out) < 1:
        raise ShapeError(f"patches: a window of {kernel} is larger than x {x.shape}.")
    parts = [x[(slice(None), slice(None), *(slice(i, i + (o - 1) * s + 1, s) for i, o, s in zip(at, out, steps)))]
             for at in np.ndindex(*kernel)]
    return OP["concatenate"](*parts, axis=1)


def no_repeat_ngram(state_seq: Tensor, log_probs: Tensor, ngram_size: int = 1) -> Tensor:
    """``log_probs`` (B, M, words) with the least number for words that would repeat ``ngram_size`` words.

    ``state_seq`` (B, M, length) are the words so far.
    """
    words, n = state_seq.asnumpy(), ngram_size
    if words.ndim != 3 or log_probs.ndim != 3 or words.shape[:2] != log_probs.shape[:2]:
        raise ShapeError("NoRepeatNGram expects state_seq (B, M, length) and log_probs (B, M, words), got "
                         f"{words.shape} and {log_probs.shape}.")
    if not 0 < n <= words.shape[2]:
        raise ArgumentError(f"NoRepeatNGram: ngram_size must lie in [1, {words.shape[2]}], got {n}.")
    windows = np.lib.stride_tricks.sliding_window_view(words, n, axis=2)  # (B, M, places, n)
    last = words[:, :, None, words.shape[2] - n + 1:]
    b, m, at = np.nonzero((windows[..., :-1] == last).all(axis=-1))
    banned = np.zeros(log_probs.shape, bool)
    banned[b, m, windows[b, m, at, -1]] = True
    least = placed(np.full((), np.finfo(log_probs.np_dtype).min, log_probs.np_dtype), log_probs)
    return OP["where"](placed(banned, log_probs), least, log_probs)
