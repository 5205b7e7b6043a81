"""FeedForward: MXNet's oldest way to train a symbol, here a Module behind scikit-learn's names."""

from __future__ import annotations

import logging
import time
from typing import Any

import numpy as np

from .. import metric, model, ndarray
from .._src.errors import ArgumentError
from ..callback import LogValidationMetricsCallback
from ..initializer import Uniform
from ..io import DataIter, NDArrayIter
from ..model import BatchEndParam
from .base_module import called
from .module import Module


class FeedForward:
    """A network that is given as a symbol, with ``fit``, ``predict`` and ``score``.

    Args:
        symbol: the graph.
        ctx: a device, or several.
        num_epoch: epochs to train. ``begin_epoch``: the first one's number.
        epoch_size: batches that make an epoch; all of the data if not given.
        optimizer: a name or an Optimizer; ``kwargs`` are its arguments. The gradient is divided by the batch size.
        initializer: of the parameters that ``arg_params`` and ``aux_params`` do not give.
        numpy_batch_size: of batches, where the data is an array.
        allow_extra_params: let ``arg_params`` hold more than the graph has.

    >>> import luojia as mx
    >>> fc = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc")
    >>> net = FeedForward(mx.sym.SoftmaxOutput(fc, name="softmax"), num_epoch=2, learning_rate=0.1)
    >>> net.fit(np.ones((4, 3), np.float32), np.zeros(4, np.float32))
    >>> net.predict(np.ones((4, 3), np.float32)).shape
    (4, 2)
    """

    def __init__(self, symbol: Any, ctx: Any = None, num_epoch: int | None = None, epoch_size: int | None = None,
                 optimizer: Any = "sgd", initializer: Any = None, numpy_batch_size: int = 128, arg_params: Any = None,
                 aux_params: Any = None, allow_extra_params: bool = False, begin_epoch: int = 0,
                 **kwargs: Any) -> None:
        self.symbol, self.ctx, self.num_epoch, self.epoch_size = symbol, ctx, num_epoch, epoch_size
        self.optimizer, self.initializer = optimizer, initializer or Uniform(0.01)
        self.numpy_batch_size, self.begin_epoch = numpy_batch_size, begin_epoch
        self.arg_params, self.aux_params, self.allow_extra_params = arg_params, aux_params, allow_extra_params
        self.kwargs = kwargs
        self._predictor: Any = None

    def _data(self, X: Any, y: Any, is_train: bool) -> Any:
        """The iterator over the samples, which are iterated already or are arrays."""
        if isinstance(X, DataIter) or hasattr(X, "provide_data"):
            return X
        if not isinstance(X, (np.ndarray, ndarray.NDArray)):
            raise TypeError("X must be DataIter, NDArray or numpy.ndarray")
        if y is None:
            if is_train:
                raise ValueError("y must be specified when X is numpy.ndarray")
            y = np.zeros(X.shape[0], np.float32)
        if not isinstance(y, (np.ndarray, ndarray.NDArray)):
            raise TypeError("y must be ndarray when X is numpy.ndarray")
        if X.shape[0] != y.shape[0]:
            raise ValueError("The numbers of data points and labels not equal")
        if len(y.shape) == 2 and y.shape[1] == 1:
            y = y.reshape(-1)
        if len(y.shape) != 1:
            raise ValueError("Label must be 1D or 2D (with 2nd dimension being 1)")
        return NDArrayIter(X, y, min(X.shape[0], self.numpy_batch_size), shuffle=is_train,
                           last_batch_handle="roll_over" if is_train else "pad")

    def _module(self, data: Any) -> Module:
        return Module(self.symbol, [d[0] for d in data.provide_data], [d[0] for d in data.provide_label],
                      context=self.ctx)

    def _bound(self, data: Any) -> Module:
        """A module for predictions with these parameters, made anew where the shapes are others."""
        if self.arg_params is None:
            raise ArgumentError("FeedForward: there are no parameters yet; call fit, or load a checkpoint.")
        shapes = [tuple(d[1]) for d in data.provide_data]
        if self._predictor is None or self._predictor[0] != shapes:
            given = {d[0]: tuple(d[1]) for d in data.provide_data}
            sizes = self.symbol.infer_shape(**given)[0]
            labels = [(n, size) for n, size in zip(self.symbol.list_arguments(), sizes)
                      if n not in given and n not in self.arg_params]
            net = Module(self.symbol, list(given), [n for n, _ in labels], context=self.ctx)
            net.bind(data.provide_data, labels, for_training=False)
            self._predictor = shapes, net
        net = self._predictor[1]
        net.init_params(None, self.arg_params, self.aux_params, force_init=True, allow_extra=self.allow_extra_params)
        return net

    def fit(self, X: Any, y: Any = None, eval_data: Any = None, eval_metric: Any = "acc",
            epoch_end_callback: Any = None, batch_end_callback: Any = None, kvstore: Any = "local", logger: Any = None,
            work_load_list: Any = None, monitor: Any = None, eval_end_callback: Any = None,
            eval_batch_end_callback: Any = None) -> None:
        """Train on an iterator, or on arrays of samples and labels."""
        if self.num_epoch is None:
            raise ArgumentError("FeedForward.fit needs num_epoch, which was not given to FeedForward.")
        data = self._data(X, y, is_train=True)
        if isinstance(eval_data, (tuple, list)):
            eval_data = self._data(*eval_data, is_train=False)
        net = self._module(data)
        logger = logger or logging.getLogger()
        given = [p and {k: v for k, v in p.items() if k in names or not self.allow_extra_params} for p, names in (
            (self.arg_params, self.symbol.list_arguments()), (self.aux_params, self.symbol.list_auxiliary_states()))]
        net.bind(data.provide_data, data.provide_label)
        if monitor is not None:
            net.install_monitor(monitor)
        net.init_params(self.initializer, *given, allow_missing=True)
        net.init_optimizer(kvstore, self.optimizer, self.kwargs if isinstance(self.optimizer, str) else ())
        found = metric.create(eval_metric)
        logger.info("Start training with %s", net._context)
        data.reset()
        for epoch in range(self.begin_epoch, self.num_epoch):
            start = time.time()
            self._epoch(net, data, found, epoch, batch_end_callback, logger, monitor)
            logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - start)
            called(epoch_end_callback, epoch, self.symbol, *net.get_params())
            if eval_data is not None:
                found.reset()
                net.score(eval_data, found, batch_end_callback=eval_batch_end_callback, epoch=epoch,
                          score_end_callback=eval_end_callback or LogValidationMetricsCallback())
                eval_data.reset()
        self.arg_params, self.aux_params = net.get_params()
        self._predictor = None

    def _epoch(self, net: Module, data: Any, found: Any, epoch: int, batch_end_callback: Any, logger: Any,
               monitor: Any) -> None:
        """The batches of an epoch, counted from 1: all of the data, or ``epoch_size`` from where the last one ended."""
        found.reset()
        nbatch = 0
        while True:
            for batch in data:
                if monitor is not None:
                    monitor.tic()
                net.forward_backward(batch)
                net.update()
                if monitor is not None:
                    monitor.toc_print()
                net.update_metric(found, batch.label)
                nbatch += 1
                called(batch_end_callback, BatchEndParam(epoch, nbatch, found, locals()))
                if nbatch == self.epoch_size:
                    return
            logger.info("Epoch[%d] Resetting Data Iterator", epoch)
            data.reset()
            if self.epoch_size is None:
                return

    def predict(self, X: Any, num_batch: int | None = None, return_data: bool = False, reset: bool = True) -> Any:
        """The outputs as NumPy arrays; with ``return_data`` (outputs, data, labels)."""
        data = self._data(X, None, is_train=False)
        net = self._bound(data)
        rows: list[list] = []
        for outputs, _, batch in net.iter_predict(data, num_batch, reset):
            stop = batch.data[0].shape[0] - (batch.pad or 0)
            parts = (batch.data, batch.label) if return_data else ()
            given = [[a[:stop].asnumpy() for a in part or []] for part in parts]
            rows.append([[o.asnumpy() for o in outputs], *given])
        joined = [[np.concatenate(c) for c in zip(*part)] for part in zip(*rows)]
        found = [part[0] if len(part) == 1 else part for part in joined]
        return tuple(found) if return_data else found[0]

    def score(self, X: Any, eval_metric: Any = "acc", num_batch: int | None = None, batch_end_callback: Any = None,
              reset: bool = True) -> float:
        """The value of a metric."""
        data = self._data(X, None, is_train=False)
        found = metric.create(eval_metric)
        self._bound(data).score(data, found, num_batch, batch_end_callback, reset=reset)
        return found.get()[1]

    def save(self, prefix: str, epoch: int | None = None, remove_amp_cast: bool = True) -> None:
        """Write ``prefix-symbol.json`` and ``prefix-<epoch>.params``."""
        epoch = self.num_epoch if epoch is None else epoch
        assert epoch is not None, "FeedForward.save needs an epoch: it was given no num_epoch"
        model.save_checkpoint(prefix, epoch, self.symbol, self.arg_params or {}, self.aux_params or {})

    @staticmethod
    def load(prefix: str, epoch: int, ctx: Any = None, **kwargs: Any) -> FeedForward:
        """The network that ``save`` wrote, which can be trained on from that epoch."""
        symbol, arg_params, aux_params = model.load_checkpoint(prefix, epoch)
        return FeedForward(symbol, ctx, arg_params=arg_params, aux_params=aux_params, begin_epoch=epoch, **kwargs)

    @staticmethod
    def create(symbol: Any, X: Any, y: Any = None, ctx: Any = None, num_epoch: int | None = None,
               epoch_size: int | None = None, optimizer: Any = "sgd", initializer: Any = None, eval_data: Any = None,
               eval_metric: Any = "acc", epoch_end_callback: Any = None, batch_end_callback: Any = None,
               kvstore: Any = "local", logger: Any = None, work_load_list: Any = None, eval_end_callback: Any = None,
               eval_batch_end_callback: Any = None, **kwargs: Any) -> FeedForward:
        """A network, trained."""
        net = FeedForward(symbol, ctx, num_epoch, epoch_size, optimizer, initializer, **kwargs)
        net.fit(X, y, eval_data, eval_metric, epoch_end_callback, batch_end_callback, kvstore, logger, work_load_list,
                eval_end_callback=eval_end_callback, eval_batch_end_callback=eval_batch_end_callback)
        return net
