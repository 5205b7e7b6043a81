"""MXNet's metrics by what they measure, around the counts of ``_src.train.metrics``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from .._src.train import metrics as counts
from .base import Counted, alias, array_of, listed, register


@register
@alias("acc")
class Accuracy(Counted):
    """Share of the predictions (classes, or scores along ``axis``) that equal the label.

    >>> from luojia import nd
    >>> metric = Accuracy()
    >>> metric.update([luojia.nd.array([1, 0])], [luojia.nd.array([[0.2, 0.8], [0.4, 0.6]])])
    >>> metric.get()
    ('accuracy', 0.5)
    """

    def __init__(self, axis: int = 1, name: str = "accuracy", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        super().__init__(counts.Accuracy(axis), name, output_names, label_names, axis=axis)
        self.axis = axis


@register
@alias("top_k_accuracy", "top_k_acc")
class TopKAccuracy(Counted):
    """Share of the samples whose label is among the ``top_k`` highest scores.

    >>> m = luojia.metric.TopKAccuracy(top_k=2)
    >>> m.update([luojia.nd.array([2, 0])], [luojia.nd.array([[0.1, 0.3, 0.6], [0.1, 0.5, 0.4]])])
    >>> m.get()
    ('top_k_accuracy_2', 0.5)
    """

    def __init__(self, top_k: int = 1, name: str = "top_k_accuracy", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        assert top_k > 1, "Please use Accuracy if top_k is no more than 1"
        super().__init__(counts.TopKAccuracy(top_k), f"{name}_{top_k}", output_names, label_names, top_k=top_k)
        self.top_k = top_k


@register
class F1(Counted):
    """F1 of binary predictions: of each batch (``macro``) or of all samples (``micro``).

    >>> m = luojia.metric.F1()
    >>> m.update([luojia.nd.array([0, 1, 1])], [luojia.nd.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])])
    >>> name, value = m.get()
    >>> name, round(value, 4)
    ('f1', 0.6667)
    """

    def __init__(self, name: str = "f1", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None, average: str = "macro") -> None:
        super().__init__(counts.F1(average), name, output_names, label_names)
        self.average = average


@register
class MCC(Counted):
    """Matthews correlation of binary predictions.

    >>> m = luojia.metric.MCC()
    >>> m.update([luojia.nd.array([0, 1, 1, 1])], [luojia.nd.array([[0.8, 0.2], [0.3, 0.7], [0.6, 0.4], [0.1, 0.9]])])
    >>> name, value = m.get()
    >>> name, round(float(value), 3)
    ('mcc', 0.577)
    """

    def __init__(self, name: str = "mcc", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None, average: str = "macro") -> None:
        super().__init__(counts.MCC(average), name, output_names, label_names)
        self.average = average


@register
class PCC(Counted):
    """Matthews correlation for any number of classes.

    >>> m = luojia.metric.PCC()
    >>> m.update([luojia.nd.array([0, 1, 1, 1])], [luojia.nd.array([[0.8, 0.2], [0.3, 0.7], [0.6, 0.4], [0.1, 0.9]])])
    >>> name, value = m.get()
    >>> name, round(float(value), 3)
    ('pcc', 0.577)
    """

    def __init__(self, name: str = "pcc", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None, has_global_stats: bool = True) -> None:
        super().__init__(counts.PCC(), name, output_names, label_names)


@register
class Perplexity(Counted):
    """``exp`` of the mean negative log-probability of the labels; labels equal to ``ignore_label`` do not count.

    >>> m = luojia.metric.Perplexity(ignore_label=None)
    >>> m.update([luojia.nd.array([0, 1])], [luojia.nd.array([[0.5, 0.5], [0.5, 0.5]])])
    >>> name, value = m.get()
    >>> name, round(value, 4)
    ('perplexity', 2.0)
    """

    def __init__(self, ignore_label: int | None, axis: int = -1, name: str = "perplexity",
                 output_names: Sequence[str] | None = None, label_names: Sequence[str] | None = None) -> None:
        super().__init__(counts.Perplexity(ignore_label, axis), name, output_names, label_names,
                         ignore_label=ignore_label)
        self.ignore_label = ignore_label
        self.axis = axis


class _Plain(Counted):
    """A metric without options: its counts, and its name."""

    make: ClassVar[Any]

    def __init__(self, name: str | None = None, output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        made = getattr(type(self), "make")()  # noqa: B009 - the subclasses bring it
        super().__init__(made, made.name if name is None else name, output_names, label_names)


@register
class MAE(_Plain):
    """Mean absolute error, over the batches' means.

    >>> m = luojia.metric.MAE()
    >>> m.update([luojia.nd.array([1.0, 2.0])], [luojia.nd.array([1.0, 4.0])])
    >>> m.get()[0], float(m.get()[1])
    ('mae', 1.0)
    """

    make = counts.MAE


@register
class MSE(_Plain):
    """Mean squared error, over the batches' means.

    >>> m = luojia.metric.MSE()
    >>> m.update([luojia.nd.array([1.0, 2.0])], [luojia.nd.array([1.0, 4.0])])
    >>> m.get()[0], float(m.get()[1])
    ('mse', 2.0)
    """

    make = counts.MSE


@register
class RMSE(_Plain):
    """Root mean squared error, over the batches'.

    >>> m = luojia.metric.RMSE()
    >>> m.update([luojia.nd.array([1.0, 2.0])], [luojia.nd.array([[1.0], [4.0]])])
    >>> name, value = m.get()
    >>> name, round(float(value), 3)
    ('rmse', 1.414)
    """

    make = counts.RMSE


@register
@alias("ce")
class CrossEntropy(Counted):
    """Mean of ``-log(p[label] + eps)``.

    >>> m = luojia.metric.CrossEntropy()
    >>> m.update([luojia.nd.array([0, 1])], [luojia.nd.array([[0.5, 0.5], [0.75, 0.25]])])
    >>> name, value = m.get()
    >>> name, round(float(value), 3)
    ('cross-entropy', 1.04)
    """

    def __init__(self, eps: float = 1e-12, name: str = "cross-entropy", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        super().__init__(counts.CrossEntropy(eps), name, output_names, label_names, eps=eps)
        self.eps = eps


@register
@alias("nll_loss")
class NegativeLogLikelihood(Counted):
    """Mean of ``-log(p[label] + eps)``.

    >>> m = luojia.metric.NegativeLogLikelihood()
    >>> m.update([luojia.nd.array([0, 1])], [luojia.nd.array([[0.5, 0.5], [0.75, 0.25]])])
    >>> name, value = m.get()
    >>> name, round(float(value), 3)
    ('nll-loss', 1.04)
    """

    def __init__(self, eps: float = 1e-12, name: str = "nll-loss", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        super().__init__(counts.NegativeLogLikelihood(eps), name, output_names, label_names, eps=eps)
        self.eps = eps


@register
@alias("pearsonr")
class PearsonCorrelation(Counted):
    """Pearson's correlation: the mean of the batches' (``macro``) or that of all entries (``micro``).

    >>> m = luojia.metric.PearsonCorrelation()
    >>> m.update([luojia.nd.array([[1.0, 2.0, 3.0]])], [luojia.nd.array([[2.0, 4.0, 6.0]])])
    >>> name, value = m.get()
    >>> name, round(float(value), 4)
    ('pearsonr', 1.0)
    """

    def __init__(self, name: str = "pearsonr", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None, average: str = "macro") -> None:
        super().__init__(counts.PearsonCorrelation(average), name, output_names, label_names)
        self.average = average


@register
class Loss(_Plain):
    """Mean of the outputs, which are losses; labels are not read.

    >>> m = luojia.metric.Loss()
    >>> m.update(None, [luojia.nd.array([1.0, 3.0])])
    >>> m.get()
    ('loss', 2.0)
    """

    make = counts.Loss

    def update(self, _: Any, preds: Any) -> None:
        for pred in listed(preds):
            value = array_of(pred)
            self.counts.update(value, value)


@register
class Torch(Loss):
    """Loss under another name."""

    def __init__(self, name: str = "torch", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        super().__init__(name, output_names, label_names)


@register
class Caffe(Loss):
    """Loss under another name."""

    def __init__(self, name: str = "caffe", output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        super().__init__(name, output_names, label_names)
