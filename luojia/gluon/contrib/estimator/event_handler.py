"""Handlers: what happens at the turns of an Estimator's loop. Those of lower ``priority`` come first."""

from __future__ import annotations

import math
import os
import re
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ....metric import EvalMetric
from ....metric import Loss as LossMetric


class TrainBegin:
    """Called as training begins."""

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None: ...


class TrainEnd:
    """Called as training ends."""

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None: ...


class EpochBegin:
    """Called before each epoch."""

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None: ...


class EpochEnd:
    """Called after each epoch."""

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None: ...


class BatchBegin:
    """Called before each batch."""

    def batch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None: ...


class BatchEnd:
    """Called after each batch, with ``batch, pred, label, loss``."""

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None: ...


class StoppingHandler(TrainBegin, BatchEnd, EpochEnd):
    """Stops after a number of epochs or batches: those that ``fit`` was given."""

    def __init__(self, max_epoch: int | None = None, max_batch: int | None = None) -> None:
        self.max_epoch = max_epoch
        self.max_batch = max_batch
        self.current_batch = self.current_epoch = 0

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.current_batch = self.current_epoch = 0
        self.max_epoch, self.max_batch = estimator.max_epoch, estimator.max_batch  # as MXNet: fit's numbers count
        if self.max_epoch == 0 or self.max_batch == 0:
            estimator.stop_training = True

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.current_batch += 1
        if self.current_batch == self.max_batch:
            estimator.stop_training = True

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.current_epoch += 1
        if self.current_epoch == self.max_epoch:
            estimator.stop_training = True


class GradientUpdateHandler(BatchEnd):
    """Steps the trainer after each batch."""

    def __init__(self, priority: float = -2000) -> None:
        self.priority = priority

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        loss = kwargs["loss"]
        loss = loss if isinstance(loss, (list, tuple)) else [loss]
        estimator.trainer.step(sum(part.shape[0] for part in loss))


class MetricHandler(EpochBegin, BatchEnd):
    """Resets the metrics before an epoch and updates them after a batch."""

    def __init__(self, metrics: Any, priority: float = -1000) -> None:
        self.metrics = metrics if isinstance(metrics, (list, tuple)) else [metrics]
        self.priority = priority

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        for metric in self.metrics:
            metric.reset()

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        for metric in self.metrics:
            if isinstance(metric, LossMetric):
                metric.update(0, kwargs["loss"])
            else:
                metric.update(kwargs["label"], kwargs["pred"])


class ValidationHandler(TrainBegin, BatchEnd, EpochEnd):
    """Evaluates every so many epochs or batches."""

    def __init__(self, val_data: Any, eval_fn: Callable, epoch_period: int | None = 1,
                 batch_period: int | None = None, priority: float = -1000, event_handlers: Any = None) -> None:
        self.val_data = val_data
        self.eval_fn = eval_fn
        self.epoch_period = epoch_period
        self.batch_period = batch_period
        self.priority = priority
        self.event_handlers = event_handlers
        self.current_batch = self.current_epoch = 0

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.current_batch = self.current_epoch = 0

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.current_batch += 1
        if self.batch_period and self.current_batch % self.batch_period == 0:
            self.eval_fn(val_data=self.val_data, event_handlers=self.event_handlers)

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.current_epoch += 1
        if self.epoch_period and self.current_epoch % self.epoch_period == 0:
            self.eval_fn(val_data=self.val_data, event_handlers=self.event_handlers)


class LoggingHandler(TrainBegin, TrainEnd, EpochBegin, EpochEnd, BatchBegin, BatchEnd):
    """Logs time and metrics, per epoch, or every ``log_interval`` batches as well, in MXNet's words."""

    def __init__(self, log_interval: int | str = "epoch", metrics: list | None = None,
                 priority: float = math.inf) -> None:
        if log_interval != "epoch" and not isinstance(log_interval, int):
            raise ValueError(f"log_interval must be 'epoch' or a number of batches, got {log_interval!r}.")
        self.log_interval = log_interval
        self.metrics = metrics or []
        self.priority = priority
        self.batch_index = self.current_epoch = self.processed_samples = 0
        self.start = self.epoch_start = self.batch_start = self.log_interval_time = 0.0

    def _log(self, estimator: Any, text: str) -> None:
        """A line with the metrics behind it."""
        scores = [f"{name}: {value:.4f}" for m in self.metrics for name, value in m.get_name_value()]
        estimator.logger.info((text + ", ".join(scores)).rstrip(", "))

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.start = time.time()
        self.current_epoch = self.processed_samples = 0
        estimator.logger.info("Training begin: using optimizer %s with current learning rate %.4f ",
                              type(estimator.trainer.optimizer).__name__, estimator.trainer.learning_rate)
        if estimator.max_epoch is not None:
            estimator.logger.info("Train for %d epochs.", estimator.max_epoch)
        else:
            estimator.logger.info("Train for %d batches.", estimator.max_batch)

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        took = int(time.time() - self.start)
        self._log(estimator, f"Train finished using total {took}s with {self.current_epoch} epochs. ")

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.epoch_start = time.time()
        self.batch_index = 0
        self.log_interval_time = 0.0
        if any("training" in m.name for m in self.metrics):
            estimator.logger.info("[Epoch %d] Begin, current learning rate: %.4f", self.current_epoch,
                                  estimator.trainer.learning_rate)
        else:
            estimator.logger.info("Validation Begin")

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self._log(estimator, f"[Epoch {self.current_epoch}] Finished in {time.time() - self.epoch_start:.3f}s, ")
        self.current_epoch += 1

    def batch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.batch_start = time.time()

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        if isinstance(self.log_interval, int):
            self.log_interval_time += time.time() - self.batch_start
            self.processed_samples += kwargs["batch"][0].shape[0]
            if self.batch_index % self.log_interval == 0:
                self._log(estimator, f"[Epoch {self.current_epoch}][Batch {self.batch_index}]"
                          f"[Samples {self.processed_samples}] time/interval: {self.log_interval_time:.3f}s ")
                self.log_interval_time = 0.0
        self.batch_index += 1


class _Monitor:
    """Whether a metric's score is better than the best so far."""

    def __init__(self, who: str, monitor: Any, mode: str) -> None:
        if mode not in ("auto", "min", "max"):
            warnings.warn(f"{who} mode {mode} is unknown, fallback to auto mode. {who} supports auto, min, max.",
                          RuntimeWarning, stacklevel=3)
        name = monitor.get()[0]
        rising = mode == "max" or mode != "min" and any(
            word in name.lower() for word in ("acc", "f1", "mcc", "pcc", "pearson"))
        if mode not in ("min", "max"):
            chosen, other, turn, back = (("greater", "less", "min", "max") if rising else
                                         ("less", "greater", "max", "min"))
            warnings.warn(f"`{chosen}` operator will be used to determine if {name} has improved. Please specify "
                          f"`mode='{turn}'` to use the `{other}` operator. Specify `mode='{back}' to disable this "
                          "warning.`", stacklevel=3)
        self.op = np.greater if rising else np.less
        self.sign = 1.0 if rising else -1.0

    def better(self, value: float, best: float | None, min_delta: float = 0.0) -> bool:
        return value == value and (best is None or self.sign * (value - best) > min_delta)  # nan never is


class EarlyStoppingHandler(TrainBegin, EpochEnd, TrainEnd):
    """Stops where a metric has not become better for ``patience`` epochs.

    Args:
        monitor: the metric.
        min_delta: what counts as better.
        patience: epochs to wait.
        mode: 'min', 'max', or 'auto' by the metric's name.
        baseline: a score to be beaten first.
    """

    def __init__(self, monitor: Any, min_delta: float = 0, patience: int = 0, mode: str = "auto",
                 baseline: float | None = None) -> None:
        if not isinstance(monitor, EvalMetric):
            raise ValueError("EarlyStoppingHandler: monitor must be one of the estimator's train_metrics or "
                             f"val_metrics, got {monitor!r}.")
        self._compare = _Monitor("EarlyStoppingHandler", monitor, mode)
        self.monitor = monitor
        self.monitor_op = self._compare.op
        self.min_delta = min_delta * self._compare.sign
        self.patience = patience
        self.baseline = baseline
        self.train_begin(None)

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        self.wait = self.stopped_epoch = self.current_epoch = 0
        self.stop_training = False
        self.best = self.baseline

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        value = self.monitor.get()[1]
        if self._compare.better(value, self.best, abs(self.min_delta)):
            self.best, self.wait = value, 0
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.stopped_epoch = self.current_epoch
                self.stop_training = estimator.stop_training = True
        self.current_epoch += 1

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        if self.stopped_epoch:
            estimator.logger.info("[Epoch %d] EarlyStoppingHanlder: early stopping due to %s not improving",
                                  self.stopped_epoch, self.monitor.get()[0])  # spelt as MXNet has it


class CheckpointHandler(TrainBegin, BatchEnd, EpochEnd):
    """Writes ``prefix-epoch0batch9.params`` and ``.states`` every so many epochs or batches.

    Args:
        model_dir: the folder.
        model_prefix: the beginning of the names.
        monitor: a metric, for ``save_best``.
        verbose: log what is written.
        save_best: also write ``prefix-best`` where the metric is the best so far.
        mode: 'min', 'max' or 'auto'.
        epoch_period, batch_period: how often.
        max_checkpoints: how many to keep, the last ones.
        resume_from_checkpoint: begin with the newest checkpoint there, and train what is left of the epochs or batches.
    """

    def __init__(self, model_dir: str, model_prefix: str = "model", monitor: Any = None, verbose: int = 0,
                 save_best: bool = False, mode: str = "auto", epoch_period: int | None = 1,
                 batch_period: int | None = None, max_checkpoints: int = 5,
                 resume_from_checkpoint: bool = False) -> None:
        if save_best and monitor is None:
            raise ValueError("CheckpointHandler: save_best needs monitor, the metric to be the best in.")
        self.model_dir = model_dir
        self.model_prefix = model_prefix
        self.monitor = monitor
        self.verbose = verbose
        self.save_best = save_best
        self._compare = _Monitor("CheckpointHandler", monitor, mode) if save_best else None
        self.monitor_op = self._compare.op if self._compare else None
        self.epoch_period = epoch_period
        self.batch_period = batch_period
        self.max_checkpoints = max_checkpoints
        self.resume_from_checkpoint = resume_from_checkpoint
        self.saved: list[str] = []
        self.best: float | None = None
        self.current_epoch = self.current_batch = 0

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        os.makedirs(self.model_dir, exist_ok=True)
        self.current_epoch = self.current_batch = 0
        if self.resume_from_checkpoint:
            self._resume(estimator)

    def _resume(self, estimator: Any) -> None:
        """Load the checkpoint of the most batches, and take what was trained off what is to be trained."""
        pattern = re.compile(re.escape(self.model_prefix) + r"-epoch(\d+)batch(\d+)\.params")
        found = [tuple(map(int, m.groups())) for m in map(pattern.fullmatch, os.listdir(self.model_dir)) if m]
        if not found:
            estimator.logger.info("CheckpointHandler: No checkpoint found, training from scratch")
            return
        epoch, batch = max(found, key=lambda pair: pair[::-1])
        left, what = ((estimator.max_epoch - epoch - 1, "epochs") if estimator.max_epoch is not None
                      else (estimator.max_batch - batch - 1, "batches"))
        if left < 0:
            raise ValueError(f"CheckpointHandler: the checkpoint at epoch {epoch} batch {batch} has trained more than "
                             f"is asked for; ask for more {what}, or use another folder than {self.model_dir}.")
        name = os.path.join(self.model_dir, f"{self.model_prefix}-epoch{epoch}batch{batch}")
        estimator.net.load_parameters(name + ".params", ctx=estimator.context)
        estimator.trainer.load_states(name + ".states")
        if what == "epochs":
            estimator.max_epoch = left
        else:
            estimator.max_batch = left
        self.current_epoch, self.current_batch = epoch + 1, batch
        estimator.logger.info("CheckpointHandler: Checkpoint resumed from epoch %d batch %d, continue to train for "
                              "%d %s ", epoch, batch, left, what)

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        if self.current_batch == 0:
            self._save_symbol(estimator)
        if self.batch_period and (self.current_batch + 1) % self.batch_period == 0:
            self._save(estimator)
        self.current_batch += 1

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        if self.epoch_period and (self.current_epoch + 1) % self.epoch_period == 0:
            self._save(estimator)
        self.current_epoch += 1

    def _save(self, estimator: Any) -> None:
        path = os.path.join(self.model_dir, self.model_prefix)
        name = f"{path}-epoch{self.current_epoch}batch{self.current_batch}"
        self._tell(estimator, "trained total %d batches, saving model at %s with prefix: %s", self.current_batch + 1,
                   self.model_dir, os.path.basename(name))
        self._write(estimator, name)
        if name not in self.saved:
            self.saved.append(name)
        while len(self.saved) > self.max_checkpoints:
            old = self.saved.pop(0)
            for ending in (".params", ".states"):
                if os.path.exists(old + ending):
                    os.remove(old + ending)
        if self.save_best and self._compare is not None:
            value = self.monitor.get()[1]
            if self._compare.better(value, self.best):
                self._tell(estimator, "%s improved from %0.5f to %0.5f, updating best model at %s with prefix: %s",
                           self.monitor.get()[0], value if self.best is None else self.best, value, self.model_dir,
                           f"{self.model_prefix}-best")
                self.best = value
                self._write(estimator, path + "-best")
            else:
                self._tell(estimator, "%s did not improve from %0.5f, skipping updating best model",
                           self.monitor.get()[0], -self._compare.sign * math.inf if self.best is None else self.best)

    def _save_symbol(self, estimator: Any) -> None:
        """Write the graph of a hybridized net."""
        file = os.path.join(self.model_dir, self.model_prefix + "-symbol.json")
        graph = getattr(estimator.net, "_cached_graph", ())
        if graph:
            graph[1].save(file)
            return
        estimator.logger.info("Model architecture(symbol file) is not saved, please use HybridBlock to construct your "
                              "model, and call net.hybridize() before passing to Estimator in order to save model "
                              "architecture as %s.", file)

    def _tell(self, estimator: Any, text: str, *values: Any) -> None:
        if self.verbose:
            estimator.logger.info("[Epoch %d] CheckpointHandler: " + text, self.current_epoch, *values)

    def _write(self, estimator: Any, name: str) -> None:
        estimator.net.save_parameters(name + ".params")
        estimator.trainer.save_states(name + ".states")
