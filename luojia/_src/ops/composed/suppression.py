"""Non-maximum suppression of boxes under MindSpore's three other names; found on the host, without gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.tensor import Tensor
from ...errors import ArgumentError, ShapeError
from ..compose import placed


def _number(value: Any) -> Any:
    return value.asnumpy().item() if isinstance(value, Tensor) else value


def _overlaps(boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of all pairs of boxes (y1, x1, y2, x2), corners in any order."""
    low = np.minimum(boxes[:, :2], boxes[:, 2:])
    high = np.maximum(boxes[:, :2], boxes[:, 2:])
    area = (high - low).prod(1)
    common = np.clip(np.minimum(high[:, None], high) - np.maximum(low[:, None], low), 0, None).prod(2)
    union = area[:, None] + area - common
    return np.where(union > 0, common / np.where(union > 0, union, 1), 0)


def _kept(overlaps: np.ndarray, scores: np.ndarray, most: int, overlap: float, least: float) -> list[int]:
    """The numbers of the boxes that stay, by falling score."""
    found: list[int] = []
    for i in np.argsort(-scores, kind="stable").tolist():
        if len(found) == most or scores[i] <= least:
            break
        if not any(overlaps[i, j] > overlap for j in found):
            found.append(i)
    return found


def suppress_boxes(boxes: Tensor, scores: Tensor, max_output_size: Any, iou_threshold: Any,
                   score_threshold: Any) -> Tensor:
    """The numbers (Int32) of boxes (N, 4) that stay: at most so many, by falling score, none over another by more.

    >>> boxes = Tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.9, 1.0], [2.0, 2.0, 3.0, 3.0]])
    >>> suppress_boxes(boxes, Tensor([0.9, 0.8, 0.7]), 3, 0.5, 0.0).tolist()
    [0, 2]
    """
    if boxes.ndim != 2 or boxes.shape[1] != 4 or scores.shape != boxes.shape[:1]:
        raise ShapeError(f"NonMaxSuppressionV3 expects boxes (N, 4) and scores (N,), got {boxes.shape} and "
                         f"{scores.shape}.")
    found = _kept(_overlaps(boxes.asnumpy().astype(np.float64)), scores.asnumpy(), _number(max_output_size),
                  _number(iou_threshold), _number(score_threshold))
    return placed(np.array(found, np.int32), boxes)


def suppress_overlaps(overlaps: Tensor, scores: Tensor, max_output_size: Any, overlap_threshold: Any,
                      score_threshold: Any) -> Tensor:
    """As ``suppress_boxes``, of the boxes' overlaps (N, N)."""
    if overlaps.ndim != 2 or overlaps.shape != (*scores.shape, *scores.shape):
        raise ShapeError("NonMaxSuppressionWithOverlaps expects overlaps (N, N) and scores (N,), got "
                         f"{overlaps.shape} and {scores.shape}.")
    found = _kept(overlaps.asnumpy(), scores.asnumpy(), _number(max_output_size), _number(overlap_threshold),
                  _number(score_threshold))
    return placed(np.array(found, np.int32), overlaps)


def suppress_classes(boxes: Tensor, scores: Tensor, max_output_size_per_class: Any, max_total_size: Any,
                     iou_threshold: Any, score_threshold: Any, *, pad_per_class: bool = False,
                     clip_boxes: bool = True) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(boxes (B, K, 4), scores (B, K), classes (B, K), counts (B,)) that stay, class by class, the best first.

    ``boxes`` (B, N, Q, 4) are those of each class, or of all if Q is 1; ``scores`` are (B, N, classes). The rest are
    zeros. ``pad_per_class`` gives at most classes * max_output_size_per_class; ``clip_boxes`` clips to [0, 1].
    """
    all_boxes, all_scores = boxes.asnumpy(), scores.asnumpy()
    if all_boxes.ndim != 4 or all_scores.ndim != 3 or all_boxes.shape[:2] != all_scores.shape[:2] or (
            all_boxes.shape[2] not in (1, all_scores.shape[2])):
        raise ShapeError("CombinedNonMaxSuppression expects boxes (B, N, Q, 4) and scores (B, N, classes), Q being 1 "
                         f"or classes, got {all_boxes.shape} and {all_scores.shape}.")
    per_class, total = _number(max_output_size_per_class), _number(max_total_size)
    if per_class < 1 or total < 1:
        raise ArgumentError(f"CombinedNonMaxSuppression: the sizes must be at least 1, got {per_class} and {total}.")
    classes = all_scores.shape[2]
    size = min(total, per_class * classes) if pad_per_class else total
    batch = len(all_boxes)
    out = np.zeros((batch, size, 4), all_boxes.dtype)
    best, kinds = np.zeros((batch, size), all_scores.dtype), np.zeros((batch, size), all_scores.dtype)
    counts = np.zeros(batch, np.int32)
    for b in range(batch):
        found = []
        for k in range(classes):
            mine = all_boxes[b, :, k if all_boxes.shape[2] > 1 else 0]
            kept = _kept(_overlaps(mine.astype(np.float64)), all_scores[b, :, k], per_class, _number(iou_threshold),
                         _number(score_threshold))
            found += [(all_scores[b, i, k], k, mine[i]) for i in kept]
        found.sort(key=lambda f: -f[0])
        counts[b] = len(found[:size])
        for i, (score, k, box) in enumerate(found[:size]):
            out[b, i], best[b, i], kinds[b, i] = box, score, k
    out = out.clip(0, 1) if clip_boxes else out
    return placed(out, boxes), placed(best, boxes), placed(kinds, boxes), placed(counts, boxes)
