"""Metrics of class predictions: accuracy, top-k, F1, MCC, precision, recall, confusion matrices."""

from __future__ import annotations

import math

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.train.metric import Mean, Metric, check_option, check_sizes

_KINDS = ("classification", "multilabel")


def _classes(name, labels, preds, axis=1):
    """Labels and predicted classes, flat; predictions of another shape than the labels are class scores."""
    if preds.shape != labels.shape and preds.ndim > 1:
        preds = preds.argmax(axis)
    check_sizes(name, labels, preds)
    return labels.reshape(-1).astype(np.int64), preds.reshape(-1).astype(np.int64)


class Accuracy(Mean):
    """Share of the predictions that equal the label.

    Predictions are class scores along ``axis`` or, in the labels' shape, classes.  With ``one_hot`` labels in the
    predictions' shape are one-hot (MindSpore).  With ``kind='multilabel'`` a sample counts if all of its labels are
    right.  mxnet Accuracy, MindSpore Accuracy.

    >>> m = Accuracy()
    >>> m.update(np.array([1, 0]), np.array([[0.2, 0.8], [0.4, 0.6]]))
    >>> m.value()
    0.5
    """

    name = "accuracy"

    def __init__(self, axis: int = 1, kind: str = "classification", one_hot: bool = False) -> None:
        check_option("Accuracy", "kind", kind, _KINDS)
        self.axis, self.kind, self.one_hot = axis, kind, one_hot
        super().__init__()

    def count(self, labels, preds):
        if self.kind == "multilabel":
            if labels.shape != preds.shape or labels.ndim < 2:
                raise ShapeError(
                    f"Accuracy of multilabel data expects labels and predictions of one shape (batch, labels, ...), "
                    f"got {labels.shape} and {preds.shape}."
                )
            right = (_samples(labels) == _samples(preds)).all(1)
            return np.array([right.sum(), right.size], float)
        if self.one_hot and labels.ndim > 1 and labels.shape == preds.shape:
            labels = labels.argmax(self.axis)
        labels, preds = _classes("Accuracy", labels, preds, self.axis)
        return np.array([(labels == preds).sum(), labels.size], float)


def _samples(a):
    """(batch, labels, ...) as one row of labels per sample."""
    return np.moveaxis(a, 1, -1).reshape(-1, a.shape[1])


class TopKAccuracy(Mean):
    """Share of the samples whose label is among the ``top_k`` highest scores.

    Among equal scores the later class is taken first (mxnet), with ``ties='first'`` the earlier (MindSpore).

    >>> m = TopKAccuracy(2)
    >>> m.update(np.array([2]), np.array([[0.5, 0.2, 0.3]]))
    >>> m.value()
    1.0
    """

    def __init__(self, top_k: int, ties: str = "last") -> None:
        if not isinstance(top_k, int) or top_k < 1:
            raise ArgumentError(f"TopKAccuracy expects an integer top_k >= 1, got {top_k!r}.")
        check_option("TopKAccuracy", "ties", ties, ("first", "last"))
        self.top_k, self.ties = top_k, ties
        self.name = f"top_k_accuracy_{top_k}"
        super().__init__()

    def count(self, labels, preds):
        if preds.ndim == 2 and labels.shape == preds.shape:
            labels = labels.argmax(1)
        if preds.ndim != 2 or labels.size != len(preds):
            raise ShapeError(
                f"TopKAccuracy expects predictions of shape (batch, classes) and one label per sample, "
                f"got {preds.shape} and labels {labels.shape}."
            )
        k = min(self.top_k, preds.shape[1])
        if self.ties == "last":
            top = np.argsort(preds, axis=1, kind="stable")[:, preds.shape[1] - k :]
        else:
            top = np.argsort(-preds, axis=1, kind="stable")[:, :k]
        hits = (top == labels.reshape(-1, 1).astype(np.int64)).any(1)
        return np.array([hits.sum(), hits.size], float)


class _Binary(Metric):
    """Counts (tp, fp, tn, fn) of two classes, 1 being positive.

    ``average='macro'`` is the mean of the batches' scores, ``'micro'`` the score of all samples together.
    """

    def __init__(self, average: str = "macro") -> None:
        check_option(type(self).__name__, "average", average, ("macro", "micro"))
        self.average = average
        super().__init__()

    def count(self, labels, preds):
        labels, preds = _classes(type(self).__name__, labels, preds)
        if np.unique(labels).size > 2:
            raise ArgumentError(
                f"{type(self).__name__} currently only supports binary classification, "
                f"got the labels {np.unique(labels)[:5].tolist()}; use Fbeta or ConfusionMatrix for more classes."
            )
        pred_true, label_true = preds == 1, labels == 1
        counts = np.array(
            [(pred_true & label_true).sum(), (pred_true & ~label_true).sum(),
             (~pred_true & ~label_true).sum(), (~pred_true & label_true).sum()], float,
        )  # fmt: skip
        return counts if self.average == "micro" else np.array([self.rate(*counts), 1.0])

    def score(self, counts):
        return self.rate(*counts) if self.average == "micro" else float(counts[0] / counts[1])

    def rate(self, tp, fp, tn, fn) -> float:
        raise NotImplementedError


class F1(_Binary):
    """``2 * precision * recall / (precision + recall)`` of binary predictions, 0 where undefined.  mxnet F1.

    >>> m = F1()
    >>> m.update(np.array([1, 0, 1]), np.array([1, 1, 1]))
    >>> round(m.value(), 6)
    0.8
    """

    name = "f1"

    def rate(self, tp, fp, tn, fn):
        return float(2 * tp / (2 * tp + fp + fn)) if tp else 0.0


class MCC(_Binary):
    """Matthews correlation ``(tp * tn - fp * fn) / sqrt((tp+fp)(tp+fn)(tn+fp)(tn+fn))``, empty sums taken as 1.

    mxnet MCC.
    """

    name = "mcc"

    def rate(self, tp, fp, tn, fn):
        product = math.prod(s or 1.0 for s in (tp + fp, tp + fn, tn + fp, tn + fn))
        return float((tp * tn - fp * fn) / math.sqrt(product))


def _confusion(labels, preds, size):
    return np.bincount(labels * size + preds, minlength=size * size).reshape(size, size).astype(float)


class PCC(Metric):
    """Matthews correlation for any number of classes (Gorodkin's R_K), from the confusion matrix.  mxnet PCC."""

    name = "pcc"

    def count(self, labels, preds):
        labels, preds = _classes("PCC", labels, preds)
        return _confusion(labels, preds, int(max(labels.max(), preds.max())) + 1)

    def score(self, counts):
        n, rows, cols = counts.sum(), counts.sum(1), counts.sum(0)
        cov_xy = n * np.trace(counts) - rows @ cols
        cov_xx, cov_yy = n * n - cols @ cols, n * n - rows @ rows
        return float(cov_xy / math.sqrt(cov_xx * cov_yy)) if cov_xx * cov_yy else math.nan


class ConfusionMatrix(Metric):
    """``matrix[label, prediction]``; ``normalize``: 'label' (rows sum to 1), 'prediction' (columns), 'all', or None.

    Two classes may be given as scores, counted positive from ``threshold`` on.  MindSpore ConfusionMatrix.

    >>> m = ConfusionMatrix(2)
    >>> m.update(np.array([0, 1, 1]), np.array([0, 1, 0]))
    >>> m.value()
    array([[1., 0.],
           [1., 1.]])
    """

    name = "confusion_matrix"

    def __init__(self, num_classes: int, normalize: str | None = None, threshold: float = 0.5) -> None:
        check_option("ConfusionMatrix", "normalize", normalize, ("all", "prediction", "label", "no_norm", None))
        self.num_classes, self.normalize, self.threshold = num_classes, normalize, threshold
        super().__init__()

    def count(self, labels, preds):
        if preds.shape == labels.shape and preds.dtype.kind == "f":
            preds = preds >= self.threshold
        labels, preds = _classes("ConfusionMatrix", labels, preds)
        if labels.size and not 0 <= min(labels.min(), preds.min()) <= max(labels.max(), preds.max()) < self.num_classes:
            raise ArgumentError(
                f"ConfusionMatrix expects classes below num_classes={self.num_classes}, "
                f"got up to {max(labels.max(), preds.max())}."
            )
        return _confusion(labels, preds, self.num_classes)

    def score(self, counts):
        if self.normalize in (None, "no_norm"):
            return counts.copy()
        sums = {"label": counts.sum(1, keepdims=True), "prediction": counts.sum(0, keepdims=True), "all": counts.sum()}
        total = sums[self.normalize]
        return np.divide(counts, total, out=np.zeros_like(counts), where=np.broadcast_to(total, counts.shape) > 0)


class _PerClass(Metric):
    """Per class (true positives, predicted, labelled), or for multilabel data per sample, one after the other."""

    def __init__(self, kind: str = "classification", average: bool = False) -> None:
        check_option(type(self).__name__, "kind", kind, _KINDS)
        self.kind, self.average = kind, average
        super().__init__()

    def count(self, labels, preds):
        name = type(self).__name__
        if self.kind == "multilabel":
            if labels.shape != preds.shape or labels.ndim < 2:
                raise ShapeError(f"{name} of multilabel data expects one shape, got {labels.shape} and {preds.shape}.")
            labels, preds, axis = _samples(labels).astype(bool), _samples(preds).astype(bool), 1
        else:
            if preds.ndim != labels.ndim + 1 and not (preds.ndim > 1 and preds.shape == labels.shape):
                raise ShapeError(
                    f"{name} expects class scores (batch, classes, ...) and labels (batch, ...), "
                    f"got {preds.shape} and {labels.shape}."
                )
            size, axis = preds.shape[1], 0
            labels = labels.argmax(1) if labels.shape == preds.shape else labels
            labels, preds = _classes(name, labels, preds)
            labels, preds = np.eye(size, dtype=bool)[labels], np.eye(size, dtype=bool)[preds]
        return np.stack([(labels & preds).sum(axis), preds.sum(axis), labels.sum(axis)]).astype(float)

    def _merge(self, a, b):
        if self.kind == "multilabel" and a is not None and b is not None:
            return np.concatenate([a, b], axis=1)
        return super()._merge(a, b)

    def score(self, counts):
        values = self.rates(*counts)
        return float(values.mean()) if self.average else values

    def rates(self, hits, predicted, labelled):
        raise NotImplementedError


def _divide(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


class Precision(_PerClass):
    """``tp / (tp + fp)`` per class, 0 where nothing was predicted; with ``average`` the mean.  MindSpore Precision.

    >>> m = Precision()
    >>> m.update(np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]]))
    >>> m.value()
    array([0.5, 0. ])
    """

    name = "precision"

    def rates(self, hits, predicted, labelled):
        return _divide(hits, predicted)


class Recall(_PerClass):
    """``tp / (tp + fn)`` per class, 0 where no label is of the class; with ``average`` the mean.  MindSpore Recall."""

    name = "recall"

    def rates(self, hits, predicted, labelled):
        return _divide(hits, labelled)


class Fbeta(_PerClass):
    """``(1 + beta**2) * tp / (beta**2 * labelled + predicted)`` per class.  MindSpore Fbeta; beta 1 is its F1."""

    name = "fbeta"

    def __init__(self, beta: float = 1.0, average: bool = False) -> None:
        if beta <= 0:
            raise ArgumentError(f"Fbeta expects beta > 0, got {beta}.")
        self.beta = beta
        super().__init__("classification", average)

    def rates(self, hits, predicted, labelled):
        square = self.beta**2
        return _divide((1 + square) * hits, square * labelled + predicted)
