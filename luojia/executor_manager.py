"""MXNet's old manager of executors on several devices, which ``mod.Module`` has replaced."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from ._src.engine.devices import Context
from ._src.paths import public_names

__all__ = ["DataParallelExecutorGroup", "DataParallelExecutorManager", "_check_arguments", "_split_input_slice"]
__dir__ = public_names(__name__)


def _split_input_slice(batch_size: int, work_load_list: Sequence[float]) -> list[slice]:
    """The part of a batch for each device, in proportion to its share of the work.

    >>> _split_input_slice(10, [1, 1, 2])
    [slice(0, 2, None), slice(2, 4, None), slice(4, 10, None)]
    """
    total, slices, end = sum(work_load_list), [], 0
    parts = [round(share * batch_size / total) for share in work_load_list]
    parts[-1] += batch_size - sum(parts)
    for part in parts:
        begin, end = int(min(end, batch_size)), int(min(end + part, batch_size))
        if begin >= end:
            raise ValueError("Too many slices. Some splits are empty.")
        slices.append(slice(begin, end))
    return slices


def _check_arguments(symbol: Any) -> None:
    """Raise ValueError where two arguments, or two auxiliary states, have one name."""
    for what, names in (("argument", symbol.list_arguments()), ("auxiliary param", symbol.list_auxiliary_states())):
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ValueError(f'Find duplicated {what} name "{name}", please make the weight name non-duplicated'
                                 f"(using name arguments), arguments are {names}")


class DataParallelExecutorGroup:
    """A graph bound on several devices, each of which takes one of the ``slices`` of a batch.

    Args:
        sym: the graph. arg_names: its arguments. param_names: those that are trained.
        ctx: the devices. slices: each one's part of a batch.
        train_data: what has ``provide_data`` and ``provide_label``: an iterator, or a batch.
        shared_group: a group whose parameters this one shares.

    Attributes:
        train_execs: the executors; param_arrays, grad_arrays, aux_arrays: for each name a list with one array a device;
        data_arrays, label_arrays: for each name a list of (slice, array).

    Matches ``mxnet.executor_manager.DataParallelExecutorGroup``.
    """

    def __init__(self, sym: Any, arg_names: Sequence[str], param_names: Sequence[str], ctx: Sequence[Context],
                 slices: Sequence[slice], train_data: Any,
                 shared_group: DataParallelExecutorGroup | None = None) -> None:
        _check_arguments(sym)
        described = [*train_data.provide_data, *(train_data.provide_label or [])]
        self.data_names = [d[0] for d in train_data.provide_data]
        self.label_names = [d[0] for d in train_data.provide_label or []]
        self.param_idx = [i for i, name in enumerate(arg_names) if name in param_names]
        self.param_names = [arg_names[i] for i in self.param_idx]
        self.aux_names, self.slices = sym.list_auxiliary_states(), list(slices)
        requests = {name: "write" if name in self.param_names else "null" for name in arg_names}
        self.train_execs = []
        for k, (device, part) in enumerate(zip(ctx, self.slices)):
            shapes = {d[0]: (part.stop - part.start, *d[1][1:]) for d in described}
            types = {d[0]: d.dtype for d in described if hasattr(d, "dtype")}
            shared = None if shared_group is None else shared_group.train_execs[k]
            self.train_execs.append(sym.simple_bind(device, requests, types, shared_exec=shared, **shapes))
        self.param_arrays = [[e.arg_dict[name] for e in self.train_execs] for name in self.param_names]
        self.grad_arrays = [[e.grad_dict[name] for e in self.train_execs] for name in self.param_names]
        self.aux_arrays = [[e.aux_dict[name] for e in self.train_execs] for name in self.aux_names]
        self.data_arrays = [self._parts(name) for name in self.data_names]
        self.label_arrays = [self._parts(name) for name in self.label_names]
        self.shared_data_arrays = [{d[0]: e.arg_dict[d[0]] for d in described} for e in self.train_execs]

    def _parts(self, name: str) -> list[tuple[slice, Any]]:
        return [(part, e.arg_dict[name]) for part, e in zip(self.slices, self.train_execs)]

    def load_data_batch(self, data_batch: Any) -> None:
        """Copy a batch into the executors' arrays, each its part."""
        for arrays, targets in ((data_batch.data, self.data_arrays), (data_batch.label or [], self.label_arrays)):
            for array, parts in zip(arrays, targets):
                for part, target in parts:
                    target[:] = array[part.start:part.stop].as_in_context(target.context)

    def forward(self, is_train: bool = False) -> None:
        """Run all executors."""
        for e in self.train_execs:
            e.forward(is_train=is_train)

    def backward(self) -> None:
        """Compute the gradients of the last forward, which end in ``grad_arrays``."""
        for e in self.train_execs:
            e.backward()

    def update_metric(self, metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Count each device's outputs against its part of the labels; ``pre_sliced`` labels are a list for each."""
        for k, (part, e) in enumerate(zip(self.slices, self.train_execs)):
            metric.update(labels[k] if pre_sliced else [a[part.start:part.stop] for a in labels], e.outputs)


class DataParallelExecutorManager:
    """The executors of several devices, and of several lengths of sequences, with one set of parameters.

    Args:
        symbol: the graph. ctx: the devices. train_data: the iterator whose batches are split among them.
        arg_names, param_names, aux_names: the graph's arguments, those that are trained, and its auxiliary states.
        work_load_list: each device's share of a batch.
        sym_gen: gives the graph of a batch's ``bucket_key``.

    Raises:
        AssertionError: a ``work_load_list`` without a share for each device.

    >>> import numpy as np
    >>> import luojia as mx
    >>> net = mx.sym.LinearRegressionOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=1, name="fc"),
    ...                                     mx.sym.var("label"))
    >>> data = mx.io.NDArrayIter(np.ones((4, 2)), np.zeros(4), 4, label_name="label")
    >>> manager = DataParallelExecutorManager(net, [mx.cpu(0), mx.cpu(1)], data, net.list_arguments(),
    ...                                       ["fc_weight", "fc_bias"], [])
    >>> manager.set_params({"fc_weight": mx.nd.ones((1, 2)), "fc_bias": mx.nd.zeros(1)}, {})
    >>> manager.load_data_batch(next(data))
    >>> manager.forward(is_train=True)
    >>> manager.backward()
    >>> [g.asnumpy().tolist() for g in manager.grad_arrays[0]]
    [[[4.0, 4.0]], [[4.0, 4.0]]]

    Matches ``mxnet.executor_manager.DataParallelExecutorManager``.
    """

    def __init__(self, symbol: Any, ctx: Sequence[Context], train_data: Any, arg_names: Sequence[str],
                 param_names: Sequence[str], aux_names: Sequence[str], work_load_list: Sequence[float] | None = None,
                 logger: Any = None, sym_gen: Callable | None = None) -> None:
        shares = [1] * len(ctx) if work_load_list is None else list(work_load_list)
        assert len(shares) == len(ctx), "Invalid settings for work load. "
        self.logger = logger or logging
        self.slices = _split_input_slice(train_data.batch_size, shares)
        self.arg_names, self.param_names, self.aux_names = list(arg_names), list(param_names), list(aux_names)
        self.ctx, self.symbol, self.sym_gen = list(ctx), symbol, sym_gen
        self.execgrp = DataParallelExecutorGroup(symbol, self.arg_names, self.param_names, ctx, self.slices, train_data)
        self.curr_execgrp = self.execgrp
        self.execgrp_bucket = {train_data.default_bucket_key: self.execgrp} if sym_gen is not None else {}

    @property
    def param_arrays(self) -> list[list]:
        """For each trained argument a list with one array a device."""
        return self.execgrp.param_arrays

    @property
    def grad_arrays(self) -> list[list]:
        """Their gradients."""
        return self.execgrp.grad_arrays

    @property
    def aux_arrays(self) -> list[list]:
        """For each auxiliary state a list with one array a device."""
        return self.execgrp.aux_arrays

    def install_monitor(self, monitor: Any) -> None:
        """Have a monitor watch the executors, unless there are several graphs."""
        if self.sym_gen is not None:
            raise NotImplementedError("Monitoring is not implemented for bucketing: install it in the executors of "
                                      "curr_execgrp.")
        for e in self.execgrp.train_execs:
            monitor.install(e)

    def set_params(self, arg_params: dict[str, Any], aux_params: dict[str, Any]) -> None:
        """Copy parameters and auxiliary states, by name, to all devices."""
        for e in self.execgrp.train_execs:
            e.copy_params_from(arg_params, aux_params)

    def copy_to(self, arg_params: dict[str, Any], aux_params: dict[str, Any]) -> None:
        """Write the parameters and auxiliary states, their mean over the devices, into the arrays of two dicts."""
        for names, columns, targets in ((self.execgrp.param_names, self.param_arrays, arg_params),
                                        (self.aux_names, self.aux_arrays, aux_params)):
            for name, column in zip(names, columns):
                targets[name][:] = sum(a.asnumpy() for a in column) / len(column)

    def load_data_batch(self, data_batch: Any) -> None:
        """Copy a batch into the arrays of its executors, each its part; with ``sym_gen`` those of its length."""
        if self.sym_gen is not None:
            key = data_batch.bucket_key
            if key not in self.execgrp_bucket:
                symbol = self.sym_gen(key)
                self.execgrp_bucket[key] = DataParallelExecutorGroup(
                    symbol, symbol.list_arguments(), self.param_names, self.ctx, self.slices, data_batch, self.execgrp)
            self.curr_execgrp = self.execgrp_bucket[key]
        self.curr_execgrp.load_data_batch(data_batch)

    def forward(self, is_train: bool = False) -> None:
        """Run the executors of the last batch."""
        self.curr_execgrp.forward(is_train)

    def backward(self) -> None:
        """Compute the gradients of the last forward."""
        self.curr_execgrp.backward()

    def update_metric(self, metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Count the last forward's outputs against the labels."""
        self.curr_execgrp.update_metric(metric, labels, pre_sliced)
