"""The receiver operating characteristic, and the area under a curve."""

from __future__ import annotations

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.train.metric import Metric


class ROC(Metric):
    """Receiver operating characteristic: ``(false positive rates, true positive rates, thresholds)``.

    Binary scores, or ``class_num`` > 1 classes with scores (N, classes), giving lists over the classes.  The curve
    starts at (0, 0) with a threshold of one above the highest score.  MindSpore ROC.

    >>> m = ROC(pos_label=1)
    >>> m.update(np.array([0, 1]), np.array([0.2, 0.7]))
    >>> m.value()[0], m.value()[1]
    (array([0., 0., 1.]), array([0., 1., 1.]))
    """

    name = "roc"

    def __init__(self, class_num: int | None = None, pos_label: int | None = None) -> None:
        self.class_num, self.pos_label = class_num, pos_label
        super().__init__()

    def count(self, labels, preds):
        several = self.class_num is not None and self.class_num > 1
        expected = (labels.size, self.class_num) if several else (labels.size,)
        if (preds.reshape(-1) if not several else preds).shape != expected:
            raise ShapeError(f"ROC expects scores of shape {expected} for {labels.size} labels, got {preds.shape}.")
        return np.column_stack([labels.reshape(-1).astype(float), preds.reshape(labels.size, -1).astype(float)])

    def _merge(self, a, b):
        return (b if a is None else a) if a is None or b is None else np.concatenate([a, b])

    def score(self, counts):
        labels, scores = counts[:, 0], counts[:, 1:]
        if scores.shape[1] == 1:
            return roc_curve(labels == (1 if self.pos_label is None else self.pos_label), scores[:, 0])
        curves = [roc_curve(labels == c, scores[:, c]) for c in range(scores.shape[1])]
        return tuple(list(part) for part in zip(*curves))


def roc_curve(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``(fpr, tpr, thresholds)`` with one point per distinct score, the highest first.

    Raises:
        ArgumentError: no positive or no negative sample.
    """
    if positive.all() or not positive.any():
        raise ArgumentError("ROC expects positive and negative samples, got one kind only.")
    order = np.argsort(-scores, kind="stable")
    scores, positive = scores[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(scores)), scores.size - 1)
    tps = np.cumsum(positive)[last]
    fps = 1 + last - tps
    thresholds = np.append(scores[last][0] + 1, scores[last])
    return np.append(0, fps) / fps[-1], np.append(0, tps) / tps[-1], thresholds


def auc(x: np.ndarray, y: np.ndarray, reorder: bool = False) -> float:
    """The area under a curve, by trapezoids; ``reorder`` sorts by ``x`` first.  MindSpore auc.

    >>> auc(np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 1.0]))
    0.75
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.ndim != 1 or x.shape != y.shape or x.size < 2:
        raise ShapeError(f"auc expects two vectors of one length >= 2, got {x.shape} and {y.shape}.")
    if reorder:
        order = np.lexsort((y, x))
        x, y = x[order], y[order]
    steps = np.diff(x)
    if (steps < 0).any() and (steps > 0).any():
        raise ArgumentError("auc expects x to rise or to fall throughout; pass reorder=True to sort it.")
    return float(abs((steps * (y[1:] + y[:-1]) / 2).sum()))
