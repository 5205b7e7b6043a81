"""The executors of several devices, as MXNet's ``Module`` has them: each takes a part of a batch."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from .._src.engine.devices import Context
from .group import ExecutorGroup
from .module import Module

__all__ = ["DataParallelExecutorGroup"]


class DataParallelExecutorGroup(ExecutorGroup):
    """A graph bound on several devices, among which each batch is split.

    Args:
        symbol: the graph.
        contexts: the devices. workload: each one's share of a batch.
        data_shapes, label_shapes: DataDescs of the inputs.
        param_names: the arguments that are trained, but for ``fixed_param_names``.
        for_training: whether there are gradients. inputs_need_grad: whether the data's are among them.
        shared_group: a group whose parameters this one shares.
        grad_req: 'write', 'add' or 'null', or one for each argument: a list, or a dict by name.
        state_names: inputs that are kept between batches.

    Raises:
        AssertionError: inputs of different batch sizes. ValueError: more devices than samples.

    >>> import luojia as mx
    >>> net = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, no_bias=True, name="fc")
    >>> group = DataParallelExecutorGroup(net, [mx.cpu()], [1], [mx.io.DataDesc("data", (3, 4))], None, ["fc_weight"],
    ...                                   for_training=False, inputs_need_grad=False)
    >>> group.set_params({"fc_weight": mx.nd.ones((2, 4))}, {})
    >>> group.forward(mx.io.DataBatch([mx.nd.ones((3, 4))]))
    >>> group.get_outputs()[0].asnumpy()[0].tolist()
    [4.0, 4.0]

    Matches ``mxnet.module.executor_group.DataParallelExecutorGroup``; ``mod.Module`` does the same and trains.
    """

    def __init__(self, symbol: Any, contexts: Sequence[Context], workload: Sequence[float] | None, data_shapes: Any,
                 label_shapes: Any, param_names: Sequence[str], for_training: bool, inputs_need_grad: bool,
                 shared_group: DataParallelExecutorGroup | None = None, logger: Any = logging,
                 fixed_param_names: Sequence[str] | None = None, grad_req: Any = "write",
                 state_names: Sequence[str] | None = None, group2ctxs: Any = None) -> None:
        arguments = symbol.list_arguments()
        data, labels = [d[0] for d in data_shapes], [d[0] for d in label_shapes or []]
        inputs = {*data, *labels, *(state_names or [])}
        untrained = [n for n in arguments if n not in inputs and n not in param_names]
        module = Module(symbol, data, labels, logger, contexts, workload,
                        [*(fixed_param_names or []), *untrained], state_names, group2ctxs)
        module._param_names = [n for n in arguments if n in param_names]
        if isinstance(grad_req, (list, tuple)):
            grad_req = dict(zip(arguments, grad_req))
        module.bind(data_shapes, label_shapes, for_training, inputs_need_grad, grad_req=grad_req,
                    shared_module=None if shared_group is None else shared_group._module)
        module.params_initialized = True  # they are zeros until set_params
        self._module, self.workload, self.logger = module, workload, logger
        super().__init__(module)

    @property
    def data_layouts(self) -> list[int]:
        """The axis of the samples in each of the data."""
        return [_batch_axis(d) for d in self.data_shapes]

    @property
    def label_layouts(self) -> list[int] | None:
        """The axis of the samples in each of the labels."""
        return [_batch_axis(d) for d in self.label_shapes] if self.label_shapes else None

    @property
    def output_layouts(self) -> list[int]:
        """The axis of the samples in each output."""
        return [0] * len(self.output_names)

    def reshape(self, data_shapes: Any, label_shapes: Any) -> None:
        """Take batches of other shapes; parameters stay."""
        self._module.reshape(data_shapes, label_shapes)
        super().__init__(self._module)

    def bind_exec(self, data_shapes: Any, label_shapes: Any, shared_group: Any = None, reshape: bool = False) -> None:
        """As ``reshape``: the executors are bound when the group is made."""
        self.reshape(data_shapes, label_shapes)

    def set_params(self, arg_params: dict[str, Any], aux_params: dict[str, Any], allow_extra: bool = False) -> None:
        """Copy parameters and auxiliary states, by name, to all devices.

        Raises:
            ValueError: a name that the graph does not have, unless ``allow_extra``.
        """
        for e in self.execs:
            e.copy_params_from(arg_params, aux_params, allow_extra_params=allow_extra)

    def get_params(self, arg_params: dict[str, Any], aux_params: dict[str, Any]) -> None:
        """Write the parameters and auxiliary states, their mean over the devices, into the arrays of two dicts."""
        for kind, names, targets in (("arg_dict", self.param_names, arg_params),
                                     ("aux_dict", self.aux_names, aux_params)):
            for name in names:
                parts = [getattr(e, kind)[name].asnumpy() for e in self.execs]
                targets[name][:] = sum(parts) / len(parts)

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Run each device's part of a batch; ``is_train`` is ``for_training`` unless it is said."""
        self._module.forward(data_batch, is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients of the last forward."""
        self._module.backward(out_grads)

    def get_outputs(self, merge_multi_context: bool = True, begin: int = 0, end: int | None = None) -> list:
        """The outputs from ``begin`` to ``end``, those of several devices joined."""
        return self._module.get_outputs(merge_multi_context)[begin:end]

    def get_output_shapes(self) -> list[tuple[str, tuple]]:
        """The name and the shape of each output."""
        return self._module.output_shapes

    def get_input_grads(self, merge_multi_context: bool = True) -> list:
        """The gradients of the data, for which the group needs ``inputs_need_grad=True``."""
        return self._module.get_input_grads(merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> list:
        """The inputs that are kept between batches."""
        return self._module.get_states(merge_multi_context)

    def set_states(self, states: Any = None, value: float | None = None) -> None:
        """Set the inputs that are kept between batches."""
        self._module.set_states(states, value)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Count each device's outputs against its part of the labels; ``pre_sliced`` labels are a list for each."""
        for k, (part, e) in enumerate(zip(self.slices, self.execs)):
            mine = labels[k] if pre_sliced else [a[part.start:part.stop] for a in labels]
            eval_metric.update_dict(dict(zip(self.label_names, mine)), dict(zip(self.output_names, e.outputs)))

    def install_monitor(self, mon: Any) -> None:
        """Have a monitor watch the executors."""
        self._module.install_monitor(mon)


def _batch_axis(described: Any) -> int:
    return described.get_batch_axis(described.layout)
