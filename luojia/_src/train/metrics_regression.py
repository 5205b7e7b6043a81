"""Metrics of numbers and of probabilities: MAE, MSE, RMSE, cross-entropy, perplexity, correlation, loss."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from luojia._src.errors import ShapeError, UnfitDataError
from luojia._src.train.metric import Mean, Metric, check_option, check_sizes

_PER = ("batch", "sample")


class _Error(Mean):
    """A mean of errors: over the batches' means (mxnet), or the sum over all samples per sample (MindSpore)."""

    def __init__(self, per: str = "batch") -> None:
        check_option(type(self).__name__, "per", per, _PER)
        self.per = per
        super().__init__()

    def count(self, labels, preds):
        if labels.ndim == 1:
            labels = labels.reshape(-1, 1)
        if preds.ndim == 1:
            preds = preds.reshape(-1, 1)
        if labels.shape != preds.shape and (self.per == "sample" or labels.shape[0] != preds.shape[0]):
            raise ShapeError(
                f"{type(self).__name__}: Shape of labels {labels.shape} does not match "
                f"shape of predictions {preds.shape}."
            )
        error = self.errors(labels - preds)
        if self.per == "sample":
            return np.array([error.sum(), len(preds)], float)
        return np.array([self.finish(error.mean()), 1.0], float)

    def errors(self, difference):
        raise NotImplementedError

    def finish(self, mean):
        return mean


class MAE(_Error):
    """Mean of ``|label - prediction|``.

    >>> m = MAE()
    >>> m.update(np.array([1.0, 2.0]), np.array([1.5, 1.0]))
    >>> m.value()
    0.75
    """

    name = "mae"

    def errors(self, difference):
        return np.abs(difference)


class MSE(_Error):
    """Mean of ``(label - prediction)**2``."""

    name = "mse"

    def errors(self, difference):
        return difference**2


class RMSE(MSE):
    """Root of the mean squared error, of each batch (``per='batch'``, mxnet) or of all samples."""

    name = "rmse"

    def finish(self, mean):
        return math.sqrt(mean)

    def score(self, counts):
        value = super().score(counts)
        return math.sqrt(value) if self.per == "sample" else value


def _picked(name, labels, preds, axis=-1):
    """The probabilities of the labels, flat."""
    if preds.ndim < 2:
        raise UnfitDataError(f"{name} expects predictions with an axis of classes, got shape {preds.shape}.")
    preds = np.moveaxis(preds, axis, -1).reshape(-1, preds.shape[axis])
    labels = labels.reshape(-1).astype(np.int64)
    if len(labels) != len(preds):
        raise UnfitDataError(f"{name}: Shape of labels {labels.shape} does not match shape of predictions "
                            f"{preds.shape}.")
    return labels, preds[np.arange(len(labels)), labels]


class CrossEntropy(Mean):
    """Mean over the samples of ``-log(p[label] + eps)``.  mxnet CrossEntropy.

    >>> m = CrossEntropy()
    >>> m.update(np.array([0]), np.array([[0.5, 0.5]]))
    >>> round(m.value(), 6)
    0.693147
    """

    name = "cross-entropy"

    def __init__(self, eps: float = 1e-12) -> None:
        self.eps = eps
        super().__init__()

    def count(self, labels, preds):
        labels, p = _picked(type(self).__name__, labels, preds)
        return np.array([-np.log(p.astype(float) + self.eps).sum(), labels.size])


class NegativeLogLikelihood(CrossEntropy):
    """The same number under mxnet's other name."""

    name = "nll-loss"


class Perplexity(Mean):
    """``exp`` of the mean of ``-log(max(p[label], 1e-10))``; labels equal to ``ignore_label`` do not count.

    mxnet Perplexity, MindSpore Perplexity.
    """

    name = "perplexity"

    def __init__(self, ignore_label: int | None = None, axis: int = -1) -> None:
        self.ignore_label, self.axis = ignore_label, axis
        super().__init__()

    def count(self, labels, preds):
        labels, p = _picked("Perplexity", labels, preds, self.axis)
        counted = np.ones(labels.shape, bool) if self.ignore_label is None else labels != self.ignore_label
        return np.array([-np.log(np.maximum(p.astype(float), 1e-10))[counted].sum(), counted.sum()], float)

    def score(self, counts):
        return math.exp(super().score(counts))


class PearsonCorrelation(Metric):
    """Pearson's correlation: the mean over the batches (``macro``), or that of all entries together (``micro``).

    >>> m = PearsonCorrelation()
    >>> m.update(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    >>> round(m.value(), 6)
    1.0
    """

    name = "pearsonr"

    def __init__(self, average: str = "macro") -> None:
        check_option("PearsonCorrelation", "average", average, ("macro", "micro"))
        self.average = average
        super().__init__()

    def count(self, labels, preds):
        check_sizes("PearsonCorrelation", labels, preds)
        x, y = labels.reshape(-1).astype(float), preds.reshape(-1).astype(float)
        sums = np.array([x.size, x.sum(), y.sum(), x @ x, y @ y, x @ y])
        return sums if self.average == "micro" else np.array([_correlation(sums), 1.0])

    def score(self, counts):
        return _correlation(counts) if self.average == "micro" else float(counts[0] / counts[1])


def _correlation(sums):
    n, sx, sy, sxx, syy, sxy = sums
    var_x, var_y = n * sxx - sx * sx, n * syy - sy * sy
    return float((n * sxy - sx * sy) / math.sqrt(var_x * var_y)) if var_x > 0 and var_y > 0 else math.nan


class Loss(Mean):
    """Mean of the loss values, over all entries (mxnet) or with ``per='batch'`` over the batches' means (MindSpore).

    ``labels`` is not read.
    """

    name = "loss"

    def __init__(self, per: str = "sample") -> None:
        check_option("Loss", "per", per, _PER)
        self.per = per
        super().__init__()

    def count(self, labels, preds):
        return np.array([preds.sum(), preds.size] if self.per == "sample" else [preds.mean(), 1], float)


class CustomMetric(Mean):
    """Mean over the batches of ``feval(label, pred)``, which gives a number or ``(sum, number)``.  mxnet CustomMetric.

    >>> m = CustomMetric(lambda label, pred: abs(label - pred).max())
    >>> m.update(np.array([1.0]), np.array([4.0]))
    >>> m.value()
    3.0
    """

    def __init__(self, feval: Callable, name: str | None = None) -> None:
        self.feval = feval
        given = name or getattr(feval, "__name__", type(feval).__name__)
        self.name = given if name or "<" not in given else f"custom({given})"
        super().__init__()

    def count(self, labels, preds):
        result = self.feval(labels, preds)
        return np.array(result if isinstance(result, tuple) else (result, 1), float)


class CosineSimilarity(Metric):
    """``x @ x.T`` of the rows scaled to length one; ``zero_diagonal`` clears the diagonal; reduction 'sum' or 'mean'
    over the last axis.  MindSpore CosineSimilarity, which keeps the last batch only.
    """

    name = "cosine_similarity"

    def __init__(self, similarity: str = "cosine", reduction: str = "none", zero_diagonal: bool = True) -> None:
        check_option("CosineSimilarity", "similarity", similarity, ("cosine", "dot"))
        check_option("CosineSimilarity", "reduction", reduction, ("none", "sum", "mean"))
        self.similarity, self.reduction, self.zero_diagonal = similarity, reduction, zero_diagonal
        super().__init__()

    def count(self, labels, preds):
        if preds.ndim != 2:
            raise ShapeError(f"CosineSimilarity expects a matrix of rows to compare, got shape {preds.shape}.")
        rows = preds / np.linalg.norm(preds, axis=1, keepdims=True) if self.similarity == "cosine" else preds
        products = rows @ rows.T
        if self.zero_diagonal:
            np.fill_diagonal(products, 0)
        return products if self.reduction == "none" else getattr(products, self.reduction)(-1)

    def _merge(self, a, b):
        return a if b is None else b

    def score(self, counts):
        return counts
