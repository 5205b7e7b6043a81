"""Callbacks that watch a value: they stop the training, or lower the learning rate, once it gets no better."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .._checkparam import check_bool, check_non_negative_int, check_value_type
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError
from .._src.ops import Parameter
from .callback import Callback, RunContext, loss_of

_LESS = ("eval_loss", "hausdorff_distance", "loss", "mae", "mean_surface_distance", "mse", "perplexity",
         "root_mean_square_distance")  # what is the better the smaller it is, in the mode 'auto'


class _Watch(Callback):
    """Keeps the best value of ``monitor`` and counts the epochs since."""

    def __init__(self, monitor: str, min_delta: float, patience: int, verbose: bool, mode: str) -> None:
        who = type(self).__name__
        check_value_type("monitor", monitor, str, who)
        check_value_type("min_delta", min_delta, (float, int), who)
        check_non_negative_int(patience, "patience", who)
        check_bool(verbose, "verbose", who)
        if mode not in ("auto", "min", "max"):
            raise ArgumentError(f"mode should be 'auto', 'min' or 'max', but got {mode!r}.")
        self.monitor, self.min_delta, self.patience, self.verbose = monitor, abs(min_delta), patience, verbose
        self.mode = mode
        more_is_better = mode == "max" or (mode == "auto" and monitor not in _LESS)
        self._sign = 1 if more_is_better else -1
        self.wait = 0

    def on_train_begin(self, run_context: RunContext) -> None:
        self.wait, self._best = 0, -np.inf

    def _improved(self, value: float) -> bool:
        if self._sign * value - self.min_delta > self._best:
            self._best = self._sign * value
            return True
        return False

    def _value(self, params: Any) -> float | None:
        results = params.eval_results or {}
        if self.monitor == "loss" or (self.monitor == "eval_loss" and not results):
            return loss_of(params)
        found = results.get(self.monitor, results.get("loss") if self.monitor == "eval_loss" else None)
        if found is None:
            warnings.warn(f"{type(self).__name__} monitors {self.monitor!r}, but the evaluation gave "
                          f"{sorted(results)}; pass valid_dataset to Model.fit and name one of its metrics.",
                          stacklevel=2)
            return None
        found = np.asarray(found.asnumpy() if isinstance(found, Tensor) else found)
        if found.size != 1:
            raise ArgumentError(f"{type(self).__name__} only supports scalar monitor now: {self.monitor!r} has the "
                                f"shape {found.shape}.")
        return float(found.reshape(()))


class EarlyStopping(_Watch):
    """Requests a stop after ``patience`` evaluations without an improvement of ``monitor`` by ``min_delta``.

    Args:
        monitor: 'loss', 'eval_loss' or a metric of ``Model.fit``.
        verbose: whether to print ``Epoch 00002: early stopping``.
        mode: 'min', 'max', or 'auto': 'min' for a loss, 'mae', 'mse' and the like, 'max' for any other monitor.
        baseline: the value to be better than at first.
        restore_best_weights: give the network back the weights of its best epoch.

    >>> from luojia import nn, train
    >>> from luojia.dataset import NumpySlicesDataset
    >>> columns = {"data": np.ones((4, 2), np.float32), "label": np.ones((4, 1), np.float32)}
    >>> data = NumpySlicesDataset(columns, shuffle=False).batch(2)
    >>> net = nn.Dense(2, 1)
    >>> sgd = nn.SGD(net.trainable_params(), learning_rate=0.1)
    >>> model = train.Model(net, nn.MSELoss(), sgd, metrics={"loss"})
    >>> stop = train.EarlyStopping("eval_loss", min_delta=1e9, patience=2)
    >>> history = train.History()
    >>> model.fit(9, data, data, callbacks=[stop, history], dataset_sink_mode=False)
    >>> history.epoch["epoch"]
    [1, 2, 3]

    Matches ``mindspore.train.EarlyStopping``.
    """

    def __init__(self, monitor: str = "eval_loss", min_delta: float = 0, patience: int = 0, verbose: bool = False,
                 mode: str = "auto", baseline: float | None = None, restore_best_weights: bool = False) -> None:
        super().__init__(monitor, min_delta, patience, verbose, mode)
        self.baseline = baseline
        self.restore_best_weights = check_bool(restore_best_weights, "restore_best_weights", "EarlyStopping")

    def on_train_begin(self, run_context: RunContext) -> None:
        super().on_train_begin(run_context)
        self._weights: list | None = None
        self.stopped_epoch = 0
        if self.baseline is not None:
            self._best = self._sign * self.baseline

    def on_train_epoch_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        value = self._value(params)
        if value is None:
            return
        self.wait += 1
        if self._improved(value):
            self.wait = 0
            if self.restore_best_weights:
                self._weights = [(p, p.asnumpy()) for p in params.train_network.get_parameters()]
        if self.wait >= self.patience:  # with patience 0 this is the first epoch, as in MindSpore
            self.stopped_epoch = params.cur_epoch_num
            run_context.request_stop()
            if self._weights and self.verbose:
                print("Restoring model weights from the end of the best epoch.", flush=True)
            for p, array in self._weights or ():
                p.set_data(Tensor(array))

    def on_train_end(self, run_context: RunContext) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch:05d}: early stopping", flush=True)


class ReduceLROnPlateau(_Watch):
    """Multiplies the learning rate by ``factor`` once ``monitor`` has not improved for ``patience`` epochs.

    Args:
        monitor, min_delta, mode: see ``EarlyStopping``.
        factor: between 0 and 1.
        verbose: whether to print ``Epoch 00003: ReduceLROnPlateau reducing learning rate to 0.01.``
        cooldown: the epochs after a reduction that do not count.
        min_lr: the rate goes no lower.

    >>> from luojia.train import ReduceLROnPlateau
    >>> ReduceLROnPlateau(monitor="acc", factor=0.5).mode
    'auto'

    Raises:
        TypeError, ValueError: an argument of another type or value.

    Matches ``mindspore.train.ReduceLROnPlateau``; the optimizer's rate must be one number.
    """

    def __init__(self, monitor: str = "eval_loss", factor: float = 0.1, patience: int = 10, verbose: bool = False,
                 mode: str = "auto", min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0) -> None:
        super().__init__(monitor, min_delta, patience, verbose, mode)
        check_value_type("factor", factor, float, "ReduceLROnPlateau")
        if not 0 < factor < 1:
            raise ArgumentError("For 'ReduceLROnPlateau', the 'factor' must be in range of (0.0, 1.0), but got "
                                f"{factor}.")
        check_non_negative_int(cooldown, "cooldown", "ReduceLROnPlateau")
        check_value_type("min_lr", min_lr, (float, int), "ReduceLROnPlateau")
        self.factor, self.cooldown, self.min_lr, self.cooldown_counter = factor, cooldown, min_lr, 0

    def on_train_begin(self, run_context: RunContext) -> None:
        super().on_train_begin(run_context)
        self.cooldown_counter = 0
        rate = run_context.original_args().optimizer.learning_rate
        if not isinstance(rate, Parameter) or rate.ndim or run_context.original_args().optimizer.is_group_lr:
            raise ArgumentError("ReduceLROnPlateau does not support dynamic learning rates: the optimizer's is "
                                f"{type(rate).__name__} of several values; give it a float.")

    def on_train_epoch_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        value = self._value(params)
        if value is None:
            return
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.wait = 0
        if self._improved(value):
            self.wait = 0
        elif not self.cooldown_counter:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(params)

    def _reduce(self, params: Any) -> None:
        rate = params.optimizer.learning_rate
        old = np.float32(rate.asnumpy())
        if old > np.float32(self.min_lr):
            new = max(np.float32(old * np.float32(self.factor)), np.float32(self.min_lr))
            rate.set_data(Tensor(new))
            if self.verbose:
                print(f"Epoch {params.cur_epoch_num:05d}: ReduceLROnPlateau reducing learning rate to {new}.",
                      flush=True)
            self.cooldown_counter, self.wait = self.cooldown, 0


__all__ = ["EarlyStopping", "ReduceLROnPlateau"]
