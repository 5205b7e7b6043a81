"""SequentialModule: modules one after the other, the outputs of each the data of the next."""

from __future__ import annotations

import logging
from typing import Any

from .._src.errors import ArgumentError
from ..initializer import Uniform
from ..io import DataBatch, DataDesc
from .base_module import SGD_PARAMS, BaseModule

_BOUND = "call bind() first"


class SequentialModule(BaseModule):
    """A chain of modules.

    >>> import luojia as mx
    >>> first = mx.mod.Module(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="a"), label_names=None)
    >>> fc = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="b")
    >>> second = mx.mod.Module(mx.sym.SoftmaxOutput(fc, name="softmax"))
    >>> net = SequentialModule().add(first).add(second, take_labels=True, auto_wiring=True)
    >>> net.bind([("data", (4, 5))], [("softmax_label", (4,))])
    >>> net.output_shapes
    [('softmax_output', (4, 2))]
    """

    META_TAKE_LABELS = "take_labels"
    META_AUTO_WIRING = "auto_wiring"
    _KNOWN = (META_TAKE_LABELS, META_AUTO_WIRING)

    def __init__(self, logger: Any = logging) -> None:
        super().__init__(logger)
        self.symbol = None
        self._modules: list[Any] = []
        self._metas: list[dict[str, Any]] = []
        self._label_shapes: Any = None

    def add(self, module: Any, **kwargs: Any) -> SequentialModule:
        """Append a module; gives this chain, so that calls can be chained.

        Args:
            take_labels: hand the labels to this module too.
            auto_wiring: rename the outputs before it to what its data are called.
        """
        for key in kwargs:
            assert key in self._KNOWN, f'Unknown meta "{key}", a typo?'
        self._modules.append(module)
        self._metas.append(kwargs)
        self.binded = self.params_initialized = self.optimizer_initialized = False
        return self

    # -- what it takes and gives -------------------------------------------------------------------------------------

    @property
    def data_names(self) -> list[str]:
        return self._modules[0].data_names if self._modules else []

    @property
    def output_names(self) -> list[str]:
        return self._modules[-1].output_names if self._modules else []

    @property
    def data_shapes(self) -> Any:
        self._must(binded=_BOUND)
        return self._modules[0].data_shapes

    @property
    def label_shapes(self) -> Any:  # type: ignore[override]
        self._must(binded=_BOUND)
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        self._must(binded=_BOUND)
        return self._modules[-1].output_shapes

    # -- the states --------------------------------------------------------------------------------------------------

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """Bind the modules in order, each to the shapes of the outputs before it."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if inputs_need_grad:
            assert for_training, "inputs_need_grad needs for_training"
        assert shared_module is None, "Shared module is not supported"
        assert self._modules, "Attempting to bind an empty SequentialModule"
        takes_labels = False
        shapes = [DataDesc(*s[:2]) if not isinstance(s, DataDesc) else s for s in data_shapes]
        for i, (module, meta) in enumerate(zip(self._modules, self._metas)):
            labels = label_shapes if meta.get(self.META_TAKE_LABELS) else None
            takes_labels = takes_labels or labels is not None
            if meta.get(self.META_AUTO_WIRING):
                names = module.data_names
                if len(names) != len(shapes):
                    raise ArgumentError(f"SequentialModule: module {i} takes the data {names}, but the outputs before "
                                        f"it are {[s.name for s in shapes]}.")
                shapes = [DataDesc(n, s.shape) for n, s in zip(names, shapes)]
            module.bind(data_shapes=shapes, label_shapes=labels, for_training=for_training,
                        inputs_need_grad=bool(for_training and (inputs_need_grad or i)), force_rebind=force_rebind,
                        shared_module=None, grad_req=grad_req)
            shapes = [DataDesc(*s[:2]) for s in module.output_shapes]
        self._label_shapes = label_shapes if takes_labels else None
        self.for_training, self.inputs_need_grad, self.binded = for_training, inputs_need_grad, True

    def get_params(self) -> tuple[dict, dict]:
        self._must_be_ready()
        arg_params: dict = {}
        aux_params: dict = {}
        for module in self._modules:
            args, aux = module.get_params()
            arg_params.update(args)
            aux_params.update(aux)
        return arg_params, aux_params

    def init_params(self, initializer: Any = None, arg_params: Any = None, aux_params: Any = None,
                    allow_missing: bool = False, force_init: bool = False, allow_extra: bool = False) -> None:
        """Initialize the modules' parameters, whose names must all differ."""
        if self.params_initialized and not force_init:
            return
        self._must(binded="call bind before initializing the parameters")
        for module in self._modules:
            module.init_params(initializer=initializer or Uniform(0.01), arg_params=arg_params, aux_params=aux_params,
                               allow_missing=allow_missing, force_init=force_init, allow_extra=True)
        seen: dict[str, int] = {}
        for i, module in enumerate(self._modules):
            for name in [n for params in module.get_params() for n in params]:
                assert name not in seen, (
                    f'Duplicated parameter names: name "{name}" in layer {i} ({type(module)}) is already used in layer '
                    f"{seen[name]} ({type(self._modules[seen[name]])}).")
                seen[name] = i
        self.params_initialized = True

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd", optimizer_params: Any = SGD_PARAMS,
                       force_init: bool = False) -> None:
        self._must_be_ready()
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        for module in self._modules:
            module.init_optimizer(kvstore=kvstore, optimizer=optimizer, optimizer_params=optimizer_params,
                                  force_init=force_init)
        self.optimizer_initialized = True

    # -- a batch -----------------------------------------------------------------------------------------------------

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Run the modules in order."""
        self._must_be_ready()
        batch = DataBatch(data=data_batch.data, label=data_batch.label, pad=data_batch.pad, index=data_batch.index,
                          provide_data=data_batch.provide_data, provide_label=data_batch.provide_label)
        for i, module in enumerate(self._modules):
            module.forward(batch, is_train=is_train)
            if i + 1 == len(self._modules):
                break
            batch.data = module.get_outputs()
            if batch.provide_data is not None:
                names = [d[0] for d in module.output_shapes]
                batch.provide_data = [DataDesc(n, x.shape) for n, x in zip(names, batch.data)]

    def backward(self, out_grads: Any = None) -> None:
        """Run the modules backward, the gradients of each one's data those of the outputs before it."""
        self._must_be_ready()
        for i, module in reversed(list(enumerate(self._modules))):
            module.backward(out_grads=out_grads)
            if i:
                out_grads = module.get_input_grads()

    def update(self) -> None:
        self._must(optimizer_initialized="call init_optimizer() first")
        for module in self._modules:
            module.update()

    def get_outputs(self, merge_multi_context: bool = True) -> list:
        self._must_be_ready()
        return self._modules[-1].get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list:
        self._must_be_ready()
        self._must(inputs_need_grad="bind() with inputs_need_grad=True")
        return self._modules[0].get_input_grads(merge_multi_context=merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Update the metric by each module that takes the labels."""
        self._must_be_ready()
        for module, meta in zip(self._modules, self._metas):
            if meta.get(self.META_TAKE_LABELS):
                module.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        self._must(binded=_BOUND)
        for module in self._modules:
            module.install_monitor(mon)
