"""Metrics with MindSpore's interface: ``clear``, ``update``, ``eval``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError
from .._src.paths import public_names
from .._src.train import metrics as counters
from .checks import check_choice
from .metric import Metric, array_of, rearrange_inputs
from .metrics_confusion import ConfusionMatrixMetric
from .metrics_special import BleuScore, MeanSurfaceDistance, OcclusionSensitivity, RootMeanSquareDistance


class _Counted(Metric):
    """A metric whose state and formula are a counter of ``_src.train.metrics``."""

    _inputs = 2
    _counter: Any

    def __init__(self, counter: Any) -> None:
        super().__init__()
        self._counter = counter

    def clear(self) -> None:
        self._counter.reset()

    def update(self, *inputs: Any) -> None:
        if self.indexes is not None:
            inputs = tuple([inputs[i] for i in self.indexes])
        if len(inputs) != self._inputs:
            raise ArgumentError(f"For '{type(self).__name__}.update', it needs {self._inputs} inputs "
                                f"{'(predicted value, true value)' if self._inputs == 2 else ''}, but got "
                                f"{len(inputs)}.")
        arrays = [array_of(i) for i in inputs]
        preds, labels = arrays if self._inputs == 2 else (arrays[0], arrays[0])
        if self._of_classes():
            _check_classes(preds, labels)
        self._counter.update(labels, preds)

    def _of_classes(self) -> bool:
        """Whether predictions are scores of classes, and labels classes or one-hot."""
        return False

    def _need(self) -> None:
        if self._counter.empty:
            raise ArgumentError(f"The '{type(self).__name__}' can not be calculated, because the number of samples is "
                                "0; call update first.")

    def eval(self) -> Any:
        self._need()
        return self._counter.value()


def _check_classes(preds: np.ndarray, labels: np.ndarray) -> None:
    one_hot = labels.ndim > 1 and bool((labels * labels == labels).all() and (labels.sum(1) == 1).all())
    if preds.ndim != labels.ndim + 1 and not (one_hot and preds.ndim == labels.ndim):
        raise ArgumentError("In classification case, the dimension of y_pred (predicted value) should equal to the "
                            f"dimension of y (true value) add 1, but got y_pred dimension: {preds.ndim} and y "
                            f"dimension: {labels.ndim}.")


class Accuracy(_Counted):
    """The share of correct predictions.

    Args:
        eval_type: 'classification', or 'multilabel' where a sample is right if all its labels are.

    >>> from luojia import Tensor, nn
    >>> m = nn.Accuracy()
    >>> m.update(Tensor([[0.2, 0.8], [0.7, 0.3]]), Tensor([1, 1]))
    >>> m.eval()
    0.5

    Matches ``mindspore.train.Accuracy``.
    """

    def __init__(self, eval_type: str = "classification") -> None:
        self._type = eval_type
        super().__init__(counters.Accuracy(kind=eval_type, one_hot=True))

    def _of_classes(self) -> bool:
        return self._type == "classification"


class Loss(_Counted):
    """The mean of the losses it is updated with.

    >>> from luojia import Tensor, nn
    >>> nn.Loss()(Tensor(2.0))
    2.0
    """

    _inputs = 1

    def __init__(self) -> None:
        super().__init__(counters.Loss(per="batch"))


class _PerClass(_Counted):
    _kind: type

    def __init__(self, eval_type: str = "classification") -> None:
        self._type = eval_type
        super().__init__(self._kind(eval_type))

    def _of_classes(self) -> bool:
        return getattr(self, "_type", "") == "classification"

    def eval(self, average: bool = False) -> Any:
        """For each class, or their mean if ``average``."""
        self._need()
        value = self._counter.value()
        return float(np.mean(value)) if average else value


class Precision(_PerClass):
    """True positives per predicted, for each class.

    >>> from luojia import nn, Tensor
    >>> m = nn.Precision("classification")
    >>> m.update(Tensor([[0.9, 0.1], [0.2, 0.8]]), Tensor([0, 1]))
    >>> m.eval()
    array([1., 1.])
    """

    _kind = counters.Precision


class Recall(_PerClass):
    """True positives per labelled, for each class.

    >>> from luojia import nn, Tensor
    >>> m = nn.Recall("classification")
    >>> m.update(Tensor([[0.9, 0.1], [0.2, 0.8]]), Tensor([0, 1]))
    >>> m.eval()
    array([1., 1.])
    """

    _kind = counters.Recall


class Fbeta(_PerClass):
    """(1 + beta^2) precision recall / (beta^2 precision + recall), for each class.

    >>> from luojia import nn, Tensor
    >>> m = nn.Fbeta(2)
    >>> m.update(Tensor([[0.9, 0.1], [0.2, 0.8]]), Tensor([0, 1]))
    >>> m.eval()
    array([1., 1.])
    """

    def __init__(self, beta: float) -> None:
        if isinstance(beta, bool) or not isinstance(beta, (int, float)):
            raise DTypeError(f"For 'Fbeta', the 'beta' must be a number, but got {type(beta).__name__}.")
        if beta <= 0:
            raise ArgumentError(f"For 'Fbeta', the argument 'beta' must be greater than 0, but got {beta}.")
        _Counted.__init__(self, counters.Fbeta(beta))


class F1(Fbeta):
    """``Fbeta`` with beta 1.

    >>> from luojia import nn, Tensor
    >>> m = nn.F1()
    >>> m.update(Tensor([[0.9, 0.1], [0.2, 0.8]]), Tensor([0, 1]))
    >>> m.eval()
    array([1., 1.])
    """

    def __init__(self) -> None:
        super().__init__(1.0)


class MAE(_Counted):
    """The sum of |y_pred - y| per sample.

    >>> from luojia import nn, Tensor
    >>> m = nn.MAE()
    >>> m.update(Tensor([1.0, 2.0]), Tensor([1.0, 4.0]))
    >>> float(m.eval())
    1.0
    """

    def __init__(self) -> None:
        super().__init__(counters.MAE(per="sample"))


class MSE(_Counted):
    """The sum of (y_pred - y)^2 per sample.

    >>> from luojia import nn, Tensor
    >>> m = nn.MSE()
    >>> m.update(Tensor([1.0, 2.0]), Tensor([1.0, 4.0]))
    >>> float(m.eval())
    2.0
    """

    def __init__(self) -> None:
        super().__init__(counters.MSE(per="sample"))


class TopKCategoricalAccuracy(_Counted):
    """The share of samples whose label is among the k highest scores.

    >>> from luojia import nn, Tensor
    >>> m = nn.TopKCategoricalAccuracy(2)
    >>> m.update(Tensor([[0.9, 0.1, 0.0], [0.2, 0.8, 0.3]]), Tensor([1, 0]))
    >>> float(m.eval())
    0.5
    """

    def __init__(self, k: int) -> None:
        if isinstance(k, bool) or not isinstance(k, int):
            raise DTypeError(f"For 'TopKCategoricalAccuracy', the type of 'k' must be int, but got {type(k).__name__}.")
        if k < 1:
            raise ArgumentError("For 'TopKCategoricalAccuracy', the argument 'k' must be greater than or equal to 1, "
                                f"but got {k}.")
        self.k = k
        super().__init__(counters.TopKAccuracy(k, ties="first"))


class Top1CategoricalAccuracy(TopKCategoricalAccuracy):
    """``TopKCategoricalAccuracy`` with k 1.

    >>> from luojia import nn, Tensor
    >>> m = nn.Top1CategoricalAccuracy()
    >>> m.update(Tensor([[0.9, 0.1], [0.2, 0.8]]), Tensor([0, 0]))
    >>> float(m.eval())
    0.5
    """

    def __init__(self) -> None:
        super().__init__(1)


class Top5CategoricalAccuracy(TopKCategoricalAccuracy):
    """``TopKCategoricalAccuracy`` with k 5.

    >>> from luojia import Tensor, train
    >>> scores = Tensor(np.arange(16, dtype=np.float32).reshape(2, 8))  # the last five are the largest
    >>> metric = train.Top5CategoricalAccuracy()
    >>> metric.update(scores, Tensor(np.array([3, 2], np.int32)))
    >>> float(metric.eval())
    0.5
    """

    def __init__(self) -> None:
        super().__init__(5)


class ConfusionMatrix(_Counted):
    """matrix[label, prediction]; ``normalize``: 'no_norm', 'target', 'prediction' or 'all'.

    >>> from luojia import nn, Tensor
    >>> m = nn.ConfusionMatrix(2)
    >>> m.update(Tensor([0, 1, 1]), Tensor([0, 0, 1]))
    >>> m.eval()
    array([[1., 1.],
           [0., 1.]])
    """

    def __init__(self, num_classes: int, normalize: str = "no_norm", threshold: float = 0.5) -> None:
        check_choice("ConfusionMatrix", "normalize", normalize, ["no_norm", "target", "prediction", "all"])
        how = {"no_norm": None, "target": "label"}.get(normalize, normalize)
        if isinstance(num_classes, bool) or not isinstance(num_classes, int):
            raise DTypeError(f"The type of 'num_classes' should be 'int', but got type '{type(num_classes).__name__}'.")
        super().__init__(counters.ConfusionMatrix(num_classes, how, threshold))


class Perplexity(_Counted):
    """e to the mean of -log p[label]; labels equal to ``ignore_label`` do not count.

    >>> from luojia import nn, Tensor
    >>> m = nn.Perplexity()
    >>> m.update(Tensor([[0.5, 0.5], [0.5, 0.5]]), Tensor([0, 1]))
    >>> round(float(m.eval()), 4)
    2.0
    """

    def __init__(self, ignore_label: int | None = None) -> None:
        if ignore_label is not None and (isinstance(ignore_label, bool) or not isinstance(ignore_label, int)):
            raise DTypeError("For 'Perplexity', the type of 'ignore_label' must be int, but got "
                             f"{type(ignore_label).__name__}.")
        super().__init__(counters.Perplexity(ignore_label))


class Dice(_Counted):
    """2 sum(p y) / (sum(p^2) + sum(y^2) + smooth).

    >>> from luojia import nn, Tensor
    >>> m = nn.Dice(smooth=0.0)
    >>> m.update(Tensor([[1.0, 0.0]]), Tensor([[1.0, 1.0]]))
    >>> round(m.eval(), 4)
    0.6667
    """

    def __init__(self, smooth: float = 1e-5) -> None:
        super().__init__(counters.Dice(smooth))


class CosineSimilarity(_Counted):
    """The similarities of the rows of the input, by pairs.

    >>> from luojia import nn
    >>> m = nn.CosineSimilarity(zero_diagonal=False)
    >>> m.update(np.array([[3.0, 4.0], [4.0, 3.0]]))
    >>> m.eval().round(2)
    array([[1.  , 0.96],
           [0.96, 1.  ]])
    """

    _inputs = 1

    def __init__(self, similarity: str = "cosine", reduction: str = "none", zero_diagonal: bool = True) -> None:
        super().__init__(counters.CosineSimilarity(similarity, reduction, zero_diagonal))


class ROC(_Counted):
    """(false positive rates, true positive rates, thresholds) over all thresholds.

    >>> from luojia import nn, Tensor
    >>> m = nn.ROC(pos_label=1)
    >>> m.update(Tensor([0.2, 0.8]), Tensor([0, 1]))
    >>> [list(map(float, x)) for x in m.eval()[:2]]
    [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    """

    def __init__(self, class_num: int | None = None, pos_label: int | None = None) -> None:
        super().__init__(counters.ROC(class_num, pos_label))


class HausdorffDistance(Metric):
    """The largest distance from one mask's edge to the other's.

    >>> from luojia import Tensor, train
    >>> found, wanted = Tensor(np.eye(3, dtype=np.float32)), Tensor(np.eye(3, k=1, dtype=np.float32))
    >>> metric = train.HausdorffDistance()
    >>> metric.update(found, wanted, 0)
    >>> metric.eval()
    1.0
    """

    def __init__(self, distance_metric: str = "euclidean", percentile: float | None = None, directed: bool = False,
                 crop: bool = True) -> None:
        super().__init__()
        counters.HausdorffDistance(1, distance_metric, percentile, directed)  # checks
        self._how = (distance_metric, percentile, directed)
        self.clear()

    def clear(self) -> None:
        self._value: Any = None

    @rearrange_inputs
    def update(self, *inputs: Any) -> None:
        """Add (prediction, label, label_idx)."""
        if len(inputs) != 3:
            raise ArgumentError("For 'HausdorffDistance.update', it needs 3 inputs (predicted value, true value, label "
                                f"index), but got {len(inputs)}.")
        counter = counters.HausdorffDistance(inputs[2], *self._how)
        counter.update(array_of(inputs[1]), array_of(inputs[0]))
        self._value = counter.value()

    def eval(self) -> Any:
        if self._value is None:
            raise ArgumentError("The 'HausdorffDistance' can not be calculated, because the number of samples is 0; "
                                "call update first.")
        return self._value


def auc(x: Any, y: Any, reorder: bool = False) -> float:
    """The area under the curve of the points (x, y), by trapezoids.

    >>> from luojia import nn
    >>> nn.auc(np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 1.0]))
    0.75
    """
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        raise DTypeError(f"For 'auc', the argument 'x' and 'y' must all be np.ndarray, but got {type(x)}, {type(y)}")
    return counters.auc(array_of(x), array_of(y), reorder)


_FACTORY: dict[str, Callable] = {
    "accuracy": Accuracy, "acc": Accuracy, "precision": Precision, "recall": Recall, "F1": F1, "dice": Dice, "roc": ROC,
    "auc": auc, "bleu_score": BleuScore, "cosine_similarity": CosineSimilarity,
    "occlusion_sensitivity": OcclusionSensitivity, "topk": TopKCategoricalAccuracy,
    "hausdorff_distance": HausdorffDistance, "top_1_accuracy": Top1CategoricalAccuracy,
    "top_5_accuracy": Top5CategoricalAccuracy, "mae": MAE, "mse": MSE, "loss": Loss,
    "mean_surface_distance": MeanSurfaceDistance, "root_mean_square_distance": RootMeanSquareDistance,
    "perplexity": Perplexity, "confusion_matrix": ConfusionMatrix, "confusion_matrix_metric": ConfusionMatrixMetric,
}


def names() -> list[str]:
    """The names that ``get_metric_fn`` knows.

    >>> from luojia import train
    >>> "accuracy" in train.names()
    True
    """
    return sorted(_FACTORY)


def get_metric_fn(name: str, *args: Any, **kwargs: Any) -> Any:
    """The metric of that name.

    >>> from luojia import nn
    >>> type(nn.get_metric_fn("acc")).__name__
    'Accuracy'

    Raises:
        KeyError: no metric of that name.
    """
    if name not in _FACTORY:
        raise KeyError(f"Unsupported metric {name!r}; there are {', '.join(names())}.")
    return _FACTORY[name](*args, **kwargs)


def get_metrics(metrics: Any) -> dict[str, Metric]:
    """Metrics by name from None, a set of names, or a dict.

    Raises:
        TypeError: something else.

    >>> from luojia import train
    >>> {name: type(metric).__name__ for name, metric in train.get_metrics({"mae"}).items()}
    {'mae': 'MAE'}
    """
    if metrics is None:
        return {}
    if isinstance(metrics, dict):
        for name, metric in metrics.items():
            if not isinstance(name, str) or not isinstance(metric, Metric):
                raise DTypeError("For 'Model', the argument 'metrics' must be a dict of str and Metric, but got "
                                 f"{name!r}: {type(metric).__name__}.")
        return dict(metrics)
    if isinstance(metrics, set):
        return {name: get_metric_fn(name) for name in sorted(metrics)}
    raise DTypeError("For 'Model', the argument 'metrics' must be None, dict or set, but got "
                     f"{type(metrics).__name__}.")


__all__ = ["Accuracy", "BleuScore", "ConfusionMatrix", "ConfusionMatrixMetric", "CosineSimilarity", "Dice", "F1",
           "Fbeta", "HausdorffDistance", "Loss", "MAE", "MSE", "MeanSurfaceDistance", "Metric",
           "OcclusionSensitivity", "Perplexity", "Precision", "ROC", "Recall", "RootMeanSquareDistance",
           "Top1CategoricalAccuracy", "Top5CategoricalAccuracy", "TopKCategoricalAccuracy", "auc", "get_metric_fn",
           "get_metrics", "names", "rearrange_inputs"]
__dir__ = public_names(__name__)
