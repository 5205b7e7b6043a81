"""Modules whose computation is Python: subclass them, or give a loss's gradient as a function."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from .. import ndarray
from ..io import DataDesc
from .base_module import SGD_PARAMS, BaseModule


class PythonModule(BaseModule):
    """A module without parameters; a subclass gives ``forward``, ``backward``, ``get_outputs``, ``get_input_grads``
    and ``_compute_output_shapes``.

    Args:
        data_names, label_names, output_names: what it takes and gives.
    """

    def __init__(self, data_names: Sequence[str], label_names: Sequence[str] | None, output_names: Sequence[str],
                 logger: Any = logging) -> None:
        super().__init__(logger)
        self.symbol = None
        self.data_names = list(data_names)
        self.output_names = list(output_names)
        self._label_names = list(label_names) if label_names is not None else None
        self.data_shapes: Any = None
        self.label_shapes = None
        self.output_shapes: Any = None

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """Take the shapes, and work out those of the outputs."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        assert grad_req == "write", "Python module only support write gradient"
        shapes = [DataDesc(*s[:2]) if not isinstance(s, DataDesc) else s for s in data_shapes]
        assert [s.name for s in shapes] == self.data_names, (
            f"data_shapes are of {[s.name for s in shapes]}, the module's data are {self.data_names}")
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self.data_shapes, self.label_shapes = shapes, label_shapes
        if label_shapes is not None:
            assert self._label_names is not None, "label_shapes were given, the module has no label_names"
            assert len(self._label_names) == len(label_shapes), (
                f"label_shapes are {label_shapes}, the module's labels are {self._label_names}")
        self.output_shapes = self._compute_output_shapes()
        self.binded = True

    def _compute_output_shapes(self) -> list:
        """[(name, shape)] of the outputs, from ``data_shapes``."""
        return self._refuse("_compute_output_shapes")

    def get_params(self) -> tuple[dict, dict]:
        return {}, {}

    def init_params(self, initializer: Any = None, arg_params: Any = None, aux_params: Any = None,
                    allow_missing: bool = False, force_init: bool = False, allow_extra: bool = False) -> None:
        self.params_initialized = True

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd", optimizer_params: Any = SGD_PARAMS,
                       force_init: bool = False) -> None:
        self.optimizer_initialized = True

    def update(self) -> None:
        """Nothing: there are no parameters."""

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Update the metric by the outputs, if the module was bound with labels."""
        assert not pre_sliced, "PythonModule does not support presliced labels"
        if self.label_shapes is not None:
            eval_metric.update(labels, self.get_outputs())


class PythonLossModule(PythonModule):
    """A loss at the end of a chain: its output is its input, its gradient ``grad_func(scores, labels)``.

    Args:
        name: prefix of the output's name.
        grad_func: gives the gradient of the loss by the scores, an NDArray or what makes one. Else override
            ``_backward_impl``.

    >>> import luojia as mx
    >>> net = PythonLossModule(grad_func=lambda scores, labels: scores - labels)
    >>> net.bind([("data", (2,))], [("softmax_label", (2,))])
    >>> net.forward(mx.io.DataBatch([mx.nd.array([1.0, 2.0])], [mx.nd.array([0.0, 5.0])]), is_train=True)
    >>> net.backward()
    >>> net.get_input_grads()[0].asnumpy()
    array([ 1., -3.], dtype=float32)
    """

    def __init__(self, name: str = "pyloss", data_names: Sequence[str] = ("data",),
                 label_names: Sequence[str] = ("softmax_label",), logger: Any = logging,
                 grad_func: Callable | None = None) -> None:
        super().__init__(data_names, label_names, [f"{name}_output"], logger)
        assert len(self.data_names) == 1, f"PythonLossModule takes one data, got {self.data_names}"
        assert len(label_names) == 1, f"PythonLossModule takes one label, got {list(label_names)}"
        assert grad_func is None or callable(grad_func), "grad_func must be callable"
        self._name = name
        self._grad_func = grad_func
        self._scores: Any = None
        self._labels: Any = None
        self._scores_grad: Any = None

    def _compute_output_shapes(self) -> list:
        return [(f"{self._name}_output", self.data_shapes[0].shape)]

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        self._scores = data_batch.data[0]
        if self.for_training if is_train is None else is_train:
            self._labels = data_batch.label[0]

    def get_outputs(self, merge_multi_context: bool = True) -> list:
        assert merge_multi_context, "PythonLossModule gives merged outputs only"
        return [self._scores]

    def backward(self, out_grads: Any = None) -> None:
        assert out_grads is None, "For a loss module, out_grads should be None"
        assert self.for_training, "bind() with for_training=True"
        self._backward_impl()

    def _backward_impl(self) -> None:
        """Compute ``_scores_grad`` from ``_scores`` and ``_labels``."""
        if self._grad_func is None:
            self._refuse("_backward_impl")
        else:
            grad = self._grad_func(self._scores, self._labels)
            self._scores_grad = grad if isinstance(grad, ndarray.NDArray) else ndarray.array(grad)

    def get_input_grads(self, merge_multi_context: bool = True) -> list:
        assert merge_multi_context, "PythonLossModule gives merged gradients only"
        return [self._scores_grad]

    def install_monitor(self, mon: Any) -> None:
        self._refuse("install_monitor")
