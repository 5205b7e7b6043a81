"""Estimator: fits and evaluates a network, calling handlers at the turns of the loop."""

from __future__ import annotations

import copy
import logging
import sys
import warnings
from collections.abc import Iterable
from typing import Any

from .... import initializer
from ...._src.engine.devices import Context, current_context, num_gpus
from ....metric import Accuracy, EvalMetric
from ....metric import Loss as LossMetric
from ...loss import Loss, SoftmaxCrossEntropyLoss
from ...trainer import Trainer
from .batch_processor import BatchProcessor
from .event_handler import (
    BatchBegin,
    BatchEnd,
    EpochBegin,
    EpochEnd,
    GradientUpdateHandler,
    LoggingHandler,
    MetricHandler,
    StoppingHandler,
    TrainBegin,
    TrainEnd,
    ValidationHandler,
)


class Estimator:
    """A network with its loss, metrics and trainer.

    Args:
        net: the network.
        loss: a gluon Loss.
        train_metrics, val_metrics: metrics, one or a list; by default the mean loss, and accuracy where the loss is
            softmax cross-entropy.
        initializer: for a network without values.
        trainer: SGD with rate 0.001 if not given.
        context: a device or a list of them.
        val_net, val_loss: for evaluation, if others.
        batch_processor: what is done with a batch.
    """

    def __init__(self, net: Any, loss: Loss, train_metrics: Any = None, val_metrics: Any = None,
                 initializer: Any = None, trainer: Trainer | None = None, context: Any = None, val_net: Any = None,
                 val_loss: Loss | None = None, batch_processor: BatchProcessor | None = None) -> None:
        for what, value in (("loss", loss), ("val_loss", val_loss)):
            if value is not None and not isinstance(value, Loss):
                raise ValueError(f"Estimator: {what} must be a gluon Loss, got {type(value).__name__}.")
        if trainer is not None and not isinstance(trainer, Trainer):
            raise ValueError(f"Estimator: trainer must be a gluon.Trainer, got {type(trainer).__name__}.")
        contexts = [] if context is None else [context] if isinstance(context, (Context, str)) else list(context)
        if not all(isinstance(c, Context) for c in contexts):
            raise ValueError("Estimator: context must be a Context or a list of Contexts, for example mx.cpu(), got "
                             f"{context!r}.")
        for c in map(Context, contexts):
            assert c.device_type != "gpu" or c.device_id < num_gpus(), (
                f"{c} is not available, please make sure your context is in one of: mx.cpu()"
                + "".join(f", mx.gpu({i})" for i in range(num_gpus())))
        if batch_processor is not None and not all(hasattr(batch_processor, f"{k}_batch") for k in ("fit", "evaluate")):
            raise ValueError("Estimator: batch_processor must have the methods fit_batch and evaluate_batch, got "
                             f"{batch_processor!r}.")
        self.net = net
        self.loss = loss
        self.val_net = net if val_net is None else val_net
        self.val_loss = loss if val_loss is None else val_loss
        self.context = contexts or [current_context()]
        self.batch_processor = BatchProcessor() if batch_processor is None else batch_processor
        self.logger = logging.Logger("Estimator", logging.INFO)  # as MXNet's: not below the root, and to stdout
        self.logger.addHandler(logging.StreamHandler(sys.stdout))
        self.stop_training = False
        self.max_epoch: int | None = None
        self.max_batch: int | None = None
        self._initialize(initializer)
        if trainer is None:
            warnings.warn("No trainer specified, default SGD optimizer with learning rate 0.001 is used.", stacklevel=2)
            trainer = Trainer(net.collect_params(), "sgd", {"learning_rate": 0.001})
        self.trainer = trainer
        self._train_metrics: list[EvalMetric] = self._metrics(train_metrics)
        if train_metrics is None and isinstance(loss, SoftmaxCrossEntropyLoss):
            self._train_metrics = [Accuracy()]
        self._val_metrics = self._metrics(val_metrics) or [copy.deepcopy(m) for m in self._train_metrics]
        for metric in self._train_metrics:
            metric.name = "training " + metric.name
        if train_metrics is None:
            self._train_metrics.append(LossMetric("training " + type(loss).__name__.lower()))
        for metric in self._val_metrics:
            metric.name = "validation " + metric.name
        if train_metrics is None and val_metrics is None:
            self._val_metrics.append(LossMetric("validation " + type(self.val_loss).__name__.lower()))

    def _metrics(self, metrics: Any) -> list[EvalMetric]:
        listed = [] if metrics is None else list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]
        for metric in listed:
            if not isinstance(metric, EvalMetric):
                raise ValueError(f"Estimator: metrics must be EvalMetrics, got {type(metric).__name__}.")
        return listed

    def _initialize(self, init: Any) -> None:
        params = [p for p in self.net.collect_params().values() if p._data is None and not p._deferred_init]
        if init is not None and not params:
            warnings.warn("Network already fully initialized, skipping initialization. You don't need to pass "
                          "initializer if you already initialized your net. You can use "
                          "net.initialize(init=your_initializer, force_reinit=True) to force re-initialize.",
                          stacklevel=3)
        for parameter in params:
            parameter.initialize(None, self.context, init or initializer.Uniform())

    @property
    def train_metrics(self) -> list[EvalMetric]:
        """The metrics of training, the loss's last."""
        return self._train_metrics

    @property
    def val_metrics(self) -> list[EvalMetric]:
        """The metrics of validation, the loss's last."""
        return self._val_metrics

    def evaluate(self, val_data: Any, batch_axis: int = 0, event_handlers: Any = None) -> None:
        """Compute the validation metrics over ``val_data``."""
        _check_data("evaluate", "val_data", val_data)
        for metric in self._val_metrics:
            metric.reset()
        handlers = _handlers(event_handlers)
        if not any(isinstance(h, LoggingHandler) for h in handlers):
            handlers.append(LoggingHandler(metrics=self._val_metrics))
        _call(handlers, EpochBegin, "epoch_begin", self)
        for batch in val_data:
            _call(handlers, BatchBegin, "batch_begin", self, batch=batch)
            _, label, pred, loss = self.batch_processor.evaluate_batch(self, batch, batch_axis)
            _update(self._val_metrics, label, pred, loss)
            _call(handlers, BatchEnd, "batch_end", self, batch=batch, pred=pred, label=label, loss=loss)
        _call(handlers, EpochEnd, "epoch_end", self)

    def fit(self, train_data: Any, val_data: Any = None, epochs: int | None = None, event_handlers: Any = None,
            batches: int | None = None, batch_axis: int = 0) -> None:
        """Train for a number of epochs or of batches.

        Args:
            train_data, val_data: DataLoaders, or iterables of (data, label).
            epochs, batches: one of them.
            event_handlers: handlers besides the default ones, or in their place where of one kind.
            batch_axis: the axis of the samples.

        Raises:
            ValueError: both or neither of ``epochs`` and ``batches``.
        """
        if (not epochs) == (not batches):
            raise ValueError("Estimator.fit: please specify only one of epochs or batches.")
        _check_data("fit", "train_data", train_data)
        if val_data is not None:
            _check_data("fit", "val_data", val_data)
        self.max_epoch, self.max_batch = epochs, batches
        self.stop_training = False
        stopping = StoppingHandler(self.max_epoch, self.max_batch)
        handlers = self._with_defaults([stopping, *_handlers(event_handlers)], val_data)
        _call(handlers, TrainBegin, "train_begin", self)
        stopping.max_epoch, stopping.max_batch = self.max_epoch, self.max_batch  # a checkpoint may have left less to do
        stopping.train_begin(self)
        while not self.stop_training:
            _call(handlers, EpochBegin, "epoch_begin", self)
            for batch in train_data:
                _call(handlers, BatchBegin, "batch_begin", self, batch=batch)
                _, label, pred, loss = self.batch_processor.fit_batch(self, batch, batch_axis)
                _call(handlers, BatchEnd, "batch_end", self, batch=batch, pred=pred, label=label, loss=loss)
                if self.stop_training:
                    break
            _call(handlers, EpochEnd, "epoch_end", self)
        _call(handlers, TrainEnd, "train_end", self)

    def _with_defaults(self, handlers: list, val_data: Any) -> list:
        def lacks(kind: type) -> bool:
            return not any(isinstance(h, kind) for h in handlers)

        added: list[Any] = []
        if lacks(GradientUpdateHandler):
            added.append(GradientUpdateHandler())
        if lacks(MetricHandler):
            added.append(MetricHandler(self._train_metrics))
        if val_data is not None and lacks(ValidationHandler):
            added.append(ValidationHandler(val_data, self.evaluate))
        if lacks(LoggingHandler):
            added.append(LoggingHandler(metrics=self._train_metrics))
        return sorted(added + handlers, key=lambda h: getattr(h, "priority", 0))


def _check_data(method: str, what: str, data: Any) -> None:
    if not isinstance(data, Iterable):
        raise ValueError(f"Estimator.{method}: {what} must be a DataLoader, got {type(data).__name__}.")


def _handlers(given: Any) -> list:
    found = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    if not all(isinstance(h, (TrainBegin, TrainEnd, EpochBegin, EpochEnd, BatchBegin, BatchEnd)) for h in found):
        raise ValueError(f"handlers must be an EventHandler or a list of EventHandler, got: {given}; derive each from "
                         "TrainBegin, TrainEnd, EpochBegin, EpochEnd, BatchBegin or BatchEnd.")
    return found


def _call(handlers: list, kind: type, method: str, estimator: Estimator, **kwargs: Any) -> None:
    for handler in handlers:
        if isinstance(handler, kind):
            getattr(handler, method)(estimator, **kwargs)


def _update(metrics: list, label: Any, pred: Any, loss: Any) -> None:
    for metric in metrics:
        if isinstance(metric, LossMetric):
            metric.update(0, loss)
        else:
            metric.update(label, pred)


__all__ = ["Estimator"]
