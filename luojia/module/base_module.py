"""The training, scoring and prediction loops that all modules share."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import metric, ndarray
from .._src.errors import ArgumentError
from ..initializer import Uniform
from ..io import DataDesc, DataIter
from ..model import BatchEndParam, save_params

SGD_PARAMS = (("learning_rate", 0.01),)


def called(callbacks: Any, *args: Any) -> None:
    """Call one callback, a list of them, or none."""
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks] if callbacks else []:
        callback(*args)


def descriptions(shapes: Any, names: Sequence[str], what: str) -> list[DataDesc]:
    """Descriptions of the inputs ``names``, in the order of ``shapes``: DataDescs or (name, shape) pairs.

    A batch's arrays come in that order, which is the iterator's.
    """
    found = [s if isinstance(s, DataDesc) else DataDesc(*s) for s in shapes or []]
    if sorted(d.name for d in found) != sorted(names):
        raise ArgumentError(f"Data provided by {what}_shapes don't match names specified by {what}_names "
                            f"({found} vs. {list(names)})")
    return found


class BaseModule:
    """What a network with its training loop does.

    It goes through states: ``bind`` gives it arrays, ``init_params`` values, ``init_optimizer`` an update rule; ``fit``
    does all three. A subclass gives ``bind``, ``init_params``, ``get_params``, ``init_optimizer``, ``forward``,
    ``backward``, ``update``, ``get_outputs``, ``get_input_grads`` and ``update_metric``.
    """

    symbol: Any
    label_shapes: Any

    def __init__(self, logger: Any = logging) -> None:
        self.logger = logger
        self.binded = False
        self.for_training = False
        self.inputs_need_grad = False
        self.params_initialized = False
        self.optimizer_initialized = False

    def _must(self, **states: str) -> None:
        for state, advice in states.items():
            assert getattr(self, state), advice

    def _must_be_ready(self) -> None:
        self._must(binded="call bind() first", params_initialized="call init_params() first")

    # -- loops -----------------------------------------------------------------------------------------------------

    def forward_backward(self, data_batch: Any) -> None:
        """A training forward and its backward."""
        self.forward(data_batch, is_train=True)
        self.backward()

    def fit(self, train_data: Any, eval_data: Any = None, eval_metric: Any = "acc", epoch_end_callback: Any = None,
            batch_end_callback: Any = None, kvstore: Any = "local", optimizer: Any = "sgd",
            optimizer_params: Any = SGD_PARAMS, eval_end_callback: Any = None, eval_batch_end_callback: Any = None,
            initializer: Any = None, arg_params: Any = None, aux_params: Any = None, allow_missing: bool = False,
            force_rebind: bool = False, force_init: bool = False, begin_epoch: int = 0, num_epoch: int | None = None,
            validation_metric: Any = None, monitor: Any = None, sparse_row_id_fn: Callable | None = None) -> None:
        """Train on ``train_data`` for the epochs from ``begin_epoch`` up to ``num_epoch``.

        Each batch: forward, backward, update, metric, callbacks. Each epoch: the metric is logged, the epoch's
        callbacks get (epoch, symbol, arg_params, aux_params), and ``eval_data`` is scored.

        Raises:
            StopIteration: ``train_data`` has no batch; ``reset`` it.
        """
        assert num_epoch is not None, "please specify number of epochs"
        self.bind(data_shapes=train_data.provide_data, label_shapes=train_data.provide_label, for_training=True,
                  force_rebind=force_rebind)
        if monitor is not None:
            self.install_monitor(monitor)
        self.init_params(initializer or Uniform(0.01), arg_params, aux_params, allow_missing, force_init)
        self.init_optimizer(kvstore, optimizer, optimizer_params)
        train_metric = metric.create(eval_metric)
        for epoch in range(begin_epoch, num_epoch):
            start = time.time()
            train_metric.reset()
            self._begin_epoch(epoch, train_data)
            batches, nbatch, values = iter(train_data), 0, []
            data_batch = next(batches)
            while data_batch is not None:
                if monitor is not None:
                    monitor.tic()
                self.forward_backward(data_batch)
                self.update()
                upcoming = next(batches, None)
                self.update_metric(train_metric, data_batch.label)
                if monitor is not None:
                    monitor.toc_print()
                if upcoming is None:  # before the callbacks, one of which may begin the metric anew
                    values = train_metric.get_global_name_value()
                called(batch_end_callback, BatchEndParam(epoch, nbatch, train_metric, locals()))
                data_batch, nbatch = upcoming, nbatch + 1
            for name, value in values:
                self.logger.info("Epoch[%d] Train-%s=%f", epoch, name, value)
            self.logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - start)
            called(epoch_end_callback, epoch, self.symbol, *self.get_params())
            if eval_data is not None:
                found = self.score(eval_data, validation_metric or eval_metric, epoch=epoch,
                                   score_end_callback=eval_end_callback, batch_end_callback=eval_batch_end_callback)
                for name, value in found:
                    self.logger.info("Epoch[%d] Validation-%s=%f", epoch, name, value)
            train_data.reset()

    def _begin_epoch(self, epoch: int, train_data: Any) -> None:
        """What a module does before the batches of an epoch."""

    def score(self, eval_data: Any, eval_metric: Any, num_batch: int | None = None, batch_end_callback: Any = None,
              score_end_callback: Any = None, reset: bool = True, epoch: int = 0,
              sparse_row_id_fn: Callable | None = None) -> list[tuple[str, float]]:
        """The metric over ``eval_data`` (its first ``num_batch`` batches), as (name, value) pairs."""
        self._must_be_ready()
        if reset:
            eval_data.reset()
        found = metric.create(eval_metric)
        found.reset()
        count = 0
        for nbatch, batch in enumerate(eval_data):
            if nbatch == num_batch:
                break
            self.forward(batch, is_train=False)
            self.update_metric(found, batch.label)
            called(batch_end_callback, BatchEndParam(epoch, nbatch, found, locals()))
            count += 1
        if score_end_callback:
            called(score_end_callback, BatchEndParam(epoch, count, found, locals()))
        return found.get_name_value()

    def iter_predict(self, eval_data: Any, num_batch: int | None = None, reset: bool = True,
                     sparse_row_id_fn: Callable | None = None) -> Iterator[tuple[list, int, Any]]:
        """(outputs, number of the batch, batch) of each batch, without the outputs of padding."""
        self._must_be_ready()
        if reset:
            eval_data.reset()
        for nbatch, batch in enumerate(eval_data):
            if nbatch == num_batch:
                break
            self.forward(batch, is_train=False)
            yield [out[0 : out.shape[0] - (batch.pad or 0)] for out in self.get_outputs()], nbatch, batch

    def predict(self, eval_data: Any, num_batch: int | None = None, merge_batches: bool = True, reset: bool = True,
                always_output_list: bool = False, sparse_row_id_fn: Callable | None = None) -> Any:
        """The outputs for all batches, joined; a list of lists per batch with ``merge_batches=False``."""
        if isinstance(eval_data, (ndarray.NDArray, np.ndarray)):
            from ..io import NDArrayIter

            eval_data = NDArrayIter(eval_data, batch_size=eval_data.shape[0])
        if not isinstance(eval_data, DataIter):
            raise ValueError("eval_data must be of type NDArray or DataIter")
        outputs = [[o.copy() for o in outs] for outs, _, _ in self.iter_predict(eval_data, num_batch, reset)]
        if not outputs or not merge_batches:
            return outputs
        assert len({len(o) for o in outputs}) == 1, (
            "Cannot merge batches, as num of outputs is not the same in mini-batches. Maybe bucketing is used?"
        )
        merged = [ndarray.concatenate(column) for column in zip(*outputs)]
        return merged[0] if len(merged) == 1 and not always_output_list else merged

    # -- parameters ------------------------------------------------------------------------------------------------

    def set_params(self, arg_params: Any, aux_params: Any, allow_missing: bool = False, force_init: bool = True,
                   allow_extra: bool = False) -> None:
        """Take parameters and auxiliary states by name."""
        self.init_params(None, arg_params, aux_params, allow_missing, force_init, allow_extra)

    def save_params(self, fname: str) -> None:
        """Write the parameters and auxiliary states to a file, under names with arg: and aux:."""
        save_params(fname, *self.get_params())

    def load_params(self, fname: str) -> None:
        """Take the parameters that ``save_params`` wrote."""
        kinds: dict[str, dict] = {"arg": {}, "aux": {}}
        for key, value in ndarray.load(fname).items():
            kind, _, name = key.partition(":")
            if kind not in kinds:
                raise ArgumentError(f"Invalid param file {fname}: expected names with arg: or aux:, found {key!r}.")
            kinds[kind][name] = value
        self.set_params(kinds["arg"], kinds["aux"])

    def prepare(self, data_batch: Any, sparse_row_id_fn: Callable | None = None) -> None:
        """Called before a batch's forward; nothing to do but for buckets."""

    def _refuse(self, name: str) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define {name}().")

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        self._refuse("bind")

    def init_params(self, initializer: Any = None, arg_params: Any = None, aux_params: Any = None,
                    allow_missing: bool = False, force_init: bool = False, allow_extra: bool = False) -> None:
        self._refuse("init_params")

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd", optimizer_params: Any = SGD_PARAMS,
                       force_init: bool = False) -> None:
        self._refuse("init_optimizer")

    def get_params(self) -> tuple[dict, dict]:
        return self._refuse("get_params")

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        self._refuse("forward")

    def backward(self, out_grads: Any = None) -> None:
        self._refuse("backward")

    def update(self) -> None:
        self._refuse("update")

    def get_outputs(self, merge_multi_context: bool = True) -> list:
        return self._refuse("get_outputs")

    def get_states(self, merge_multi_context: bool = True) -> list:
        """The inputs that are kept between batches: none, unless a subclass has some."""
        self._must_be_ready()
        assert not merge_multi_context, "merge_multi_context=True is not supported for get_states yet."
        return []

    def set_states(self, states: Any = None, value: Any = None) -> None:
        self._must_be_ready()
        assert not states and not value, f"{type(self).__name__} keeps no states"

    def get_input_grads(self, merge_multi_context: bool = True) -> list:
        return self._refuse("get_input_grads")

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        self._refuse("update_metric")

    def install_monitor(self, mon: Any) -> None:
        self._refuse("install_monitor")
