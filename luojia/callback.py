"""Callbacks of training loops: they are called with a record of ``epoch, nbatch, eval_metric, locals``."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

from ._src.paths import public_names

__all__ = ["LogValidationMetricsCallback", "ProgressBar", "Speedometer", "do_checkpoint", "log_train_metric",
           "module_checkpoint", "save_checkpoint"]
__dir__ = public_names(__name__)


def save_checkpoint(prefix: str, epoch: int, symbol: Any, arg_params: dict, aux_params: dict,
                    remove_amp_cast: bool = True) -> None:
    """``model.save_checkpoint``: write ``prefix-symbol.json`` and ``prefix-0001.params``."""
    from .model import save_checkpoint as save

    save(prefix, epoch, symbol, arg_params, aux_params, remove_amp_cast)


def module_checkpoint(mod: Any, prefix: str, period: int = 1, save_optimizer_states: bool = False) -> Callable:
    """An epoch-end callback that saves a Module every ``period`` epochs."""
    period = int(max(1, period))

    def callback(epoch: int, symbol: Any = None, arg: Any = None, aux: Any = None) -> None:
        if (epoch + 1) % period == 0:
            mod.save_checkpoint(prefix, epoch + 1, save_optimizer_states)

    return callback


def do_checkpoint(prefix: str, period: int = 1) -> Callable:
    """An epoch-end callback that writes ``prefix-symbol.json`` and ``prefix-0001.params``.

    >>> import luojia as mx
    >>> net = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=1, name="fc")
    >>> save = mx.callback.do_checkpoint("net", period=2)
    >>> for epoch in range(4):
    ...     save(epoch, net, {"fc_weight": mx.nd.ones((1, 2)), "fc_bias": mx.nd.zeros((1,))}, {})
    >>> import glob
    >>> sorted(glob.glob("net-*"))
    ['net-0002.params', 'net-0004.params', 'net-symbol.json']
    """
    period = int(max(1, period))

    def callback(epoch: int, symbol: Any, arg: Any, aux: Any) -> None:
        if (epoch + 1) % period == 0:
            save_checkpoint(prefix, epoch + 1, symbol, arg, aux)

    return callback


def log_train_metric(period: int, auto_reset: bool = False) -> Callable:
    """A batch-end callback that logs the metric every ``period`` batches."""

    def callback(param: Any) -> None:
        if param.nbatch % period == 0 and param.eval_metric is not None:
            for name, value in param.eval_metric.get_name_value():
                logging.info("Iter[%d] Batch[%d] Train-%s=%f", param.epoch, param.nbatch, name, value)
            if auto_reset:
                param.eval_metric.reset_local()

    return callback


class Speedometer:
    """A batch-end callback that logs samples per second and the metrics.

    Args:
        batch_size: samples per batch.
        frequent: batches between two lines.
        auto_reset: start the metric's local score anew after each line.

    >>> speed = luojia.callback.Speedometer(batch_size=32, frequent=10)
    >>> speed.frequent
    10
    """

    def __init__(self, batch_size: int, frequent: int = 50, auto_reset: bool = True) -> None:
        self.batch_size = batch_size
        self.frequent = frequent
        self.auto_reset = auto_reset
        self.init = False
        self.tic = 0.0
        self.last_count = 0

    def __call__(self, param: Any) -> None:
        count = param.nbatch
        if self.last_count > count:
            self.init = False
        self.last_count = count
        if not self.init:
            self.init = True
            self.tic = time.time()
            return
        if count % self.frequent:
            return
        elapsed = time.time() - self.tic
        speed = self.frequent * self.batch_size / elapsed if elapsed else math.inf
        if param.eval_metric is None:
            logging.info("Iter[%d] Batch [%d]\tSpeed: %.2f samples/sec", param.epoch, count, speed)
        else:
            pairs = param.eval_metric.get_name_value()
            if self.auto_reset:
                param.eval_metric.reset_local()
            text = "".join(f"\t{name}={value:f}" for name, value in pairs)
            start = count - self.frequent if self.auto_reset else 0
            logging.info("Epoch[%d] Batch [%d-%d]\tSpeed: %.2f samples/sec%s", param.epoch, start, count, speed, text)
        self.tic = time.time()


class ProgressBar:
    """A batch-end callback that logs a bar of ``length`` characters for ``total`` batches."""

    def __init__(self, total: int, length: int = 80) -> None:
        self.bar_len = length
        self.total = total

    def __call__(self, param: Any) -> None:
        filled = round(self.bar_len * param.nbatch / float(self.total))
        percents = math.ceil(100.0 * param.nbatch / float(self.total))
        logging.info("[%s] %s%%\r", "=" * filled + "-" * (self.bar_len - filled), percents)


class LogValidationMetricsCallback:
    """An evaluation-end callback that logs the metrics."""

    def __call__(self, param: Any) -> None:
        if not param.eval_metric:
            return
        for name, value in param.eval_metric.get_name_value():
            logging.info("Epoch[%d] Validation-%s=%f", param.epoch, name, value)
