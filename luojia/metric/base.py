"""What MXNet's metrics have in common, how they are made by name, several as one, and those of a user's function."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy

from .. import registry
from .._src.core.tensor import Tensor
from .._src.train import metrics as counts


def check_label_shapes(labels: Any, preds: Any, wrap: bool = False, shape: bool = False) -> tuple[Any, Any]:
    """Raise ValueError unless there are as many labels as predictions (or, by ``shape``, of the same shape)."""
    if shape:
        label_shape, pred_shape = labels.shape, preds.shape
    else:
        label_shape, pred_shape = len(labels), len(preds)
    if label_shape != pred_shape:
        raise ValueError(f"Shape of labels {label_shape} does not match shape of predictions {pred_shape}")
    if wrap:
        labels = [labels] if isinstance(labels, Tensor) else labels
        preds = [preds] if isinstance(preds, Tensor) else preds
    return labels, preds


def listed(values: Any) -> list:
    return list(values) if isinstance(values, (list, tuple)) else [values]


def array_of(value: Any) -> numpy.ndarray:
    return value.asnumpy() if isinstance(value, Tensor) else numpy.asarray(value)


class EvalMetric:
    """Base class: a subclass gives ``update(labels, preds)``, which adds to ``sum_metric`` and ``num_inst`` (and, for
    the score since ``reset``, to ``global_sum_metric`` and ``global_num_inst``).

    Args:
        name: what ``get`` reports.
        output_names, label_names: what ``update_dict`` picks from its dicts; None takes all.

    >>> class Worst(luojia.metric.EvalMetric):
    ...     def update(self, labels, preds):
    ...         for label, pred in zip(labels, preds):
    ...             self.sum_metric += float(luojia.nd.abs(label - pred).max().asscalar())
    ...             self.num_inst += 1
    >>> m = Worst("worst")
    >>> m.update([luojia.nd.array([1.0, 2.0])], [luojia.nd.array([1.5, 4.0])])
    >>> m.get()
    ('worst', 2.0)
    """

    def __init__(self, name: str, output_names: Sequence[str] | None = None, label_names: Sequence[str] | None = None,
                 **kwargs: Any) -> None:
        self.name = str(name)
        self.output_names = output_names
        self.label_names = label_names
        self._has_global_stats = kwargs.pop("has_global_stats", False)
        self._kwargs = kwargs
        self.reset()

    def __str__(self) -> str:
        return f"EvalMetric: {dict(self.get_name_value())}"

    __repr__ = __str__

    def get_config(self) -> dict[str, Any]:
        """What ``create`` makes an equal metric of."""
        return {**self._kwargs, "metric": type(self).__name__, "name": self.name, "output_names": self.output_names,
                "label_names": self.label_names}

    def update_dict(self, label: dict[str, Any], pred: dict[str, Any]) -> None:
        """``update`` with the named labels and outputs."""
        preds = [pred[n] for n in self.output_names] if self.output_names is not None else list(pred.values())
        labels = [label[n] for n in self.label_names] if self.label_names is not None else list(label.values())
        self.update(labels, preds)

    def update(self, labels: Any, preds: Any) -> None:
        """Add a batch."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget every batch."""
        self.num_inst = 0
        self.sum_metric = 0.0
        self.global_num_inst = 0
        self.global_sum_metric = 0.0

    def reset_local(self) -> None:
        """Start a new local score; ``get_global`` keeps counting."""
        self.num_inst = 0
        self.sum_metric = 0.0

    def get(self) -> tuple[Any, Any]:
        """Name and score since the last ``reset`` or ``reset_local``; nan where nothing has been counted."""
        return self.name, self.sum_metric / self.num_inst if self.num_inst else math.nan

    def get_global(self) -> tuple[Any, Any]:
        """Name and score since the last ``reset``."""
        if not self._has_global_stats:
            return self.get()
        return self.name, self.global_sum_metric / self.global_num_inst if self.global_num_inst else math.nan

    def get_name_value(self) -> list[tuple[str, Any]]:
        """Pairs of name and score."""
        return _pairs(*self.get())

    def get_global_name_value(self) -> list[tuple[str, Any]]:
        """Pairs of name and global score."""
        return _pairs(*(self.get_global() if self._has_global_stats else self.get()))


def _pairs(name: Any, value: Any) -> list[tuple[str, Any]]:
    return list(zip(listed(name), listed(value)))


_Class = TypeVar("_Class", bound=type)
_register = registry.get_register_func(EvalMetric, "metric")
alias = registry.get_alias_func(EvalMetric, "metric")
_create = registry.get_create_func(EvalMetric, "metric")


def register(klass: _Class) -> _Class:
    """Register a metric class under its name in lower case (a decorator)."""
    return _register(klass)


def create(metric: Any, *args: Any, **kwargs: Any) -> EvalMetric:
    """A metric from its name, from a function ``feval(label, pred)``, or a composite from a list of them.

    >>> create(["acc", "mse"]).get()[0]
    ['accuracy', 'mse']
    """
    if callable(metric) and not isinstance(metric, EvalMetric):
        custom: Any = CustomMetric
        return custom(metric, *args, **kwargs)
    if isinstance(metric, list):
        composite: Any = CompositeEvalMetric()
        for child in metric:
            composite.add(create(child, *args, **kwargs))
        return composite
    return _create(metric, *args, **kwargs)


@register
@alias("composite")
class CompositeEvalMetric(EvalMetric):
    """Several metrics as one.

    >>> m = luojia.metric.CompositeEvalMetric(["acc", "mse"])
    >>> [child.name for child in m.metrics]
    ['accuracy', 'mse']
    """

    def __init__(self, metrics: Sequence[Any] | None = None, name: str = "composite",
                 output_names: Sequence[str] | None = None, label_names: Sequence[str] | None = None) -> None:
        self.metrics = [create(m) for m in metrics or []]
        super().__init__(name, output_names, label_names, has_global_stats=True)

    def add(self, metric: Any) -> None:
        """Add a metric."""
        self.metrics.append(create(metric))

    def get_metric(self, index: int) -> EvalMetric:
        """The metric at ``index``; ValueError if there is none."""
        try:
            return self.metrics[index]
        except IndexError:
            raise ValueError(f"Metric index {index} is out of range 0 and {len(self.metrics)}") from None

    def update_dict(self, labels: dict[str, Any], preds: dict[str, Any]) -> None:  # type: ignore[override]
        if self.label_names is not None:
            labels = OrderedDict((k, v) for k, v in labels.items() if k in self.label_names)
        if self.output_names is not None:
            preds = OrderedDict((k, v) for k, v in preds.items() if k in self.output_names)
        for metric in self.metrics:
            metric.update_dict(labels, preds)

    def update(self, labels: Any, preds: Any) -> None:
        for metric in self.metrics:
            metric.update(labels, preds)

    def reset(self) -> None:
        for metric in self.metrics:
            metric.reset()

    def reset_local(self) -> None:
        for metric in self.metrics:
            metric.reset_local()

    def get(self) -> tuple[list, list]:
        return self._collect("get_name_value")

    def get_global(self) -> tuple[list, list]:
        return self._collect("get_global_name_value")

    def _collect(self, what: str) -> tuple[list, list]:
        pairs = [pair for metric in self.metrics for pair in getattr(metric, what)()]
        return [name for name, _ in pairs], [value for _, value in pairs]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "metrics": [m.get_config() for m in self.metrics]}


class Counted(EvalMetric):
    """A metric whose counting is done by a pure one, ``self.counts``."""

    counts: counts.Metric

    def __init__(self, made: counts.Metric, name: str, output_names: Any, label_names: Any, **kwargs: Any) -> None:
        self.counts = made
        super().__init__(name, output_names, label_names, has_global_stats=True, **kwargs)

    def update(self, labels: Any, preds: Any) -> None:
        labels, preds = check_label_shapes(listed(labels), listed(preds), True)
        for label, pred in zip(labels, preds):
            self.counts.update(array_of(label), array_of(pred))

    def reset(self) -> None:
        self.counts.reset()

    def reset_local(self) -> None:
        self.counts.reset_local()

    def get(self) -> tuple[str, Any]:
        return self.name, self.counts.value()

    def get_global(self) -> tuple[str, Any]:
        return self.name, self.counts.global_value()

    sum_metric = property(lambda self: self._count(self.counts._local, 0))
    num_inst = property(lambda self: int(self._count(self.counts._local, 1)))
    global_sum_metric = property(lambda self: self._count(self._all(), 0))
    global_num_inst = property(lambda self: int(self._count(self._all(), 1)))

    def _all(self) -> Any:
        return self.counts._merge(self.counts._past, self.counts._local)

    @staticmethod
    def _count(array: Any, index: int) -> float:
        return 0.0 if array is None else float(array.reshape(-1)[index])


@register
class CustomMetric(Counted):
    """Mean over the batches of ``feval(label, pred)``, which gives a number or ``(sum, number)``.

    Args:
        feval: a function of NumPy arrays.
        name: ``custom(function name)`` if not given.
        allow_extra_outputs: take more predictions than labels, leaving the rest.

    >>> m = luojia.metric.CustomMetric(lambda label, pred: abs(label - pred).max(), name="worst")
    >>> m.update([luojia.nd.array([1.0, 2.0])], [luojia.nd.array([1.5, 4.0])])
    >>> m.get()[0], float(m.get()[1])
    ('worst', 2.0)
    """

    def __init__(self, feval: Callable, name: str | None = None, allow_extra_outputs: bool = False,
                 output_names: Sequence[str] | None = None, label_names: Sequence[str] | None = None) -> None:
        made = counts.CustomMetric(feval, name)
        super().__init__(made, made.name, output_names, label_names, feval=feval,
                         allow_extra_outputs=allow_extra_outputs)
        self._feval = feval
        self._allow_extra_outputs = allow_extra_outputs

    def update(self, labels: Any, preds: Any) -> None:
        labels, preds = listed(labels), listed(preds)
        if self._allow_extra_outputs:
            preds = preds[: len(labels)]
        super().update(labels, preds)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("CustomMetric cannot be serialized")


def np(numpy_feval: Callable, name: str | None = None, allow_extra_outputs: bool = False) -> CustomMetric:
    """A CustomMetric from a function of NumPy arrays."""

    def feval(label: numpy.ndarray, pred: numpy.ndarray) -> Any:
        return numpy_feval(label, pred)

    feval.__name__ = numpy_feval.__name__
    custom: Any = CustomMetric
    return custom(feval, name, allow_extra_outputs)
