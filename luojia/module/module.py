"""Module: a symbol with its executors, one per device, its parameters and its optimizer."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import kvstore as kvstores
from .. import ndarray
from .. import optimizer as optimizers
from .._src.core.executor import copy_into
from .._src.engine.devices import Context, current_context
from .._src.errors import ArgumentError, MXNetError, UnfitDataError, within
from .._src.formats import atomic
from .._src.formats.reader import open_source
from ..executor_manager import _split_input_slice
from ..initializer import InitDesc, Uniform
from ..io import DataDesc
from ..model import load_checkpoint, save_checkpoint
from .base_module import SGD_PARAMS, BaseModule, descriptions
from .group import ExecutorGroup


def _same_batch(inputs: list[DataDesc]) -> None:
    """Refuse inputs of different batch sizes, by the axis N of their layouts."""
    size: int | None = None
    for d in inputs:
        axis = DataDesc.get_batch_axis(d.layout)
        if axis == -1 or len(d.shape) <= axis:
            continue
        if size is not None and d.shape[axis] != size:
            raise UnfitDataError(f"all data must have the same batch size: batch_size = {size}, but {d.name} has shape "
                                 f"{d.shape}")
        size = d.shape[axis]


class Module(BaseModule):
    """A network given as a symbol.

    Args:
        symbol: the graph, which usually ends in an output operator such as ``SoftmaxOutput``.
        data_names, label_names: its inputs; all other arguments are parameters.
        context: a device, or several, among which each batch is split: evenly, or in proportion to ``work_load_list``.
        fixed_param_names: parameters that are not trained. ``state_names``: inputs that are kept between batches.

    >>> import luojia as mx
    >>> fc = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc")
    >>> net = Module(mx.sym.SoftmaxOutput(fc, name="softmax"))
    >>> net.bind([("data", (3, 4))], [("softmax_label", (3,))])
    >>> net.init_params()
    >>> net.forward(mx.io.DataBatch([mx.nd.ones((3, 4))], [mx.nd.zeros((3,))]), is_train=False)
    >>> net.get_outputs()[0].shape
    (3, 2)
    """

    def __init__(self, symbol: Any, data_names: Sequence[str] | None = ("data",),
                 label_names: Sequence[str] | None = ("softmax_label",), logger: Any = logging,
                 context: Context | Sequence[Context] | None = None, work_load_list: Any = None,
                 fixed_param_names: Sequence[str] | None = None, state_names: Sequence[str] | None = None,
                 group2ctxs: Any = None, compression_params: Any = None) -> None:
        super().__init__(logger)
        context = context or current_context()
        self._context = [context] if isinstance(context, Context) else list(context)
        self._shares = [1] * len(self._context) if work_load_list is None else list(work_load_list)
        assert len(self._shares) == len(self._context), (
            f"work_load_list {self._shares} needs a share for each of {self._context}")
        self.symbol = symbol
        arguments = symbol.list_arguments()
        self.data_names = list(data_names or [])
        self.label_names = [n for n in label_names or []]
        self._state_names = list(state_names or [])
        self._fixed_param_names = list(fixed_param_names or [])
        for what, names, strict in (("data", self.data_names, True), ("label", self.label_names, False),
                                    ("state", self._state_names, True), ("fixed_param", self._fixed_param_names, True)):
            self._check_names(what, names, arguments, strict)
        inputs = {*self.data_names, *self.label_names, *self._state_names}
        self._param_names = [n for n in arguments if n not in inputs]
        self._aux_names = symbol.list_auxiliary_states()
        self.output_names = symbol.list_outputs()
        self._arg_params: Any = None
        self._aux_params: Any = None
        self._optimizer: Any = None
        self._updater: Any = None
        self._kvstore: Any = None
        self._update_on_kvstore = False
        self._preload: str | None = None
        self._unbind()

    @staticmethod
    def _check_names(what: str, names: list[str], arguments: list[str], strict: bool) -> None:
        for name in names:
            if name not in arguments:
                weights = ("_weight", "_bias", "_gamma", "_beta")
                near = "".join(f"\n\t{a}" for a in arguments if not a.endswith(weights))
                message = (f"You created Module with Module(..., {what}_names={names}) but input with name '{name}' is "
                           f"not found in symbol.list_arguments(). Did you mean one of:{near}")
                if strict:
                    raise ArgumentError(message)
                warnings.warn(message, stacklevel=4)

    def _reset_bind(self) -> None:
        self._unbind()

    def _sync_params_from_devices(self) -> None:
        """Nothing to do: parameters are read from the devices when they are asked for."""

    def _unbind(self) -> None:
        self.binded = False
        self._executors: list[Any] = []
        self._data: Any = None  # lists of DataDesc once bound
        self._labels: Any = None

    @property
    def data_shapes(self) -> Any:
        """The descriptions of the data: a list of DataDesc."""
        assert self.binded, "call bind() first"
        return self._data

    @property
    def label_shapes(self) -> Any:  # type: ignore[override]
        """The descriptions of the labels; None where the module was bound without."""
        assert self.binded, "call bind() first"
        return self._labels or None

    @property
    def _exec_group(self) -> ExecutorGroup:
        assert self.binded, "call bind() first"
        return ExecutorGroup(self)

    # -- arrays ----------------------------------------------------------------------------------------------------

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Module | None = None,
             grad_req: Any = "write") -> None:
        """Allocate arrays for batches of these shapes; with ``shared_module`` share that module's parameters."""
        if force_rebind:
            self._unbind()
        if self.binded:
            self.logger.warning("Already bound, ignoring bind()")
            return
        data = descriptions(data_shapes, self.data_names, "data")
        labels = self._described(label_shapes)
        _same_batch([*data, *labels])
        assert for_training or not inputs_need_grad, "gradients of the inputs need for_training=True"
        if shared_module is not None:
            assert isinstance(shared_module, Module) and shared_module.binded and shared_module.params_initialized, (
                "shared_module needs a Module that is bound and has parameters")
        requests, fixed = {}, {*self._fixed_param_names, *self.label_names, *self._state_names}
        for name in self.symbol.list_arguments():
            if not for_training or name in fixed:
                requests[name] = "null"
            elif name in self.data_names:
                requests[name] = "write" if inputs_need_grad else "null"
            else:
                requests[name] = grad_req.get(name, "null") if isinstance(grad_req, dict) else grad_req
        executors = []
        for k, ctx in enumerate(self._context):
            shapes = {d.name: self._part(d, k) for d in [*data, *labels]}
            types = {d.name: d.dtype for d in [*data, *labels]}
            shared = shared_module._executors[k] if shared_module is not None else None
            executors.append(self.symbol.simple_bind(ctx, requests, types, shared_exec=shared, **shapes))
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._requests = requests
        self._executors, self._data, self._labels = executors, data, labels
        self.binded = True
        if shared_module is not None and shared_module.params_initialized:
            self._arg_params, self._aux_params = shared_module.get_params()
            self.params_initialized = True
        elif self.params_initialized:
            self._spread()
        if shared_module is not None and shared_module.optimizer_initialized:
            self.borrow_optimizer(shared_module)

    def _described(self, label_shapes: Any) -> list[DataDesc]:
        if label_shapes:
            arguments = self.symbol.list_arguments()
            return [d for d in descriptions(label_shapes, self.label_names, "label") if d.name in arguments]
        if self.label_names:
            warnings.warn("Data provided by label_shapes don't match names specified by label_names "
                          f"([] vs. {self.label_names})", stacklevel=3)
        return []

    def _batch_size(self) -> int:
        return self._data[0].shape[max(DataDesc.get_batch_axis(self._data[0].layout), 0)]

    def _part(self, d: DataDesc, k: int) -> tuple:
        """The shape of device k's part of an input."""
        axis = max(DataDesc.get_batch_axis(d.layout), 0)
        start, stop = self._slice(d.shape[axis], k)
        return (*d.shape[:axis], stop - start, *d.shape[axis + 1 :])

    def _slice(self, n: int, k: int) -> tuple[int, int]:
        part = self._slices(n)[k]
        return part.start, part.stop

    def _slices(self, n: int) -> list[slice]:
        return _split_input_slice(n, self._shares)

    def reshape(self, data_shapes: Any, label_shapes: Any = None) -> None:
        """Take batches of other shapes; parameters stay."""
        assert self.binded, "call bind() before reshape()"
        data = descriptions(data_shapes, self.data_names, "data")
        labels = self._described(label_shapes)
        executors = [
            e.reshape(allow_up_sizing=True, **{d.name: self._part(d, k) for d in [*data, *labels]})
            for k, e in enumerate(self._executors)
        ]
        self._executors, self._data, self._labels = executors, data, labels

    @property
    def output_shapes(self) -> list[tuple[str, tuple]]:
        assert self.binded, "call bind() first"
        shapes = {d.name: d.shape for d in [*self._data, *self._labels]}
        return list(zip(self.output_names, self.symbol.infer_shape(**shapes)[1]))

    # -- parameters ------------------------------------------------------------------------------------------------

    def init_params(self, initializer: Any = None, arg_params: Any = None, aux_params: Any = None,
                    allow_missing: bool = False, force_init: bool = False, allow_extra: bool = False) -> None:
        """Give the parameters values: those given, else those of the initializer (default Uniform(0.01)).

        Raises:
            RuntimeError: a parameter that ``arg_params`` lacks, unless ``allow_missing``.
        """
        if self.params_initialized and not force_init:
            warnings.warn("Parameters already initialized and force_init=False. init_params call ignored.",
                          stacklevel=2)
            return
        assert self.binded, "call bind before initializing the parameters"
        arg_params = self._arg_params if arg_params is None and not force_init else arg_params
        aux_params = self._aux_params if aux_params is None and not force_init else aux_params
        attributes = self.symbol.attr_dict()
        first = self._executors[0]
        made: list[dict[str, Any]] = [{}, {}]
        for values, names, bound, given in ((made[0], self._param_names, first.arg_dict, arg_params),
                                            (made[1], self._aux_names, first.aux_dict, aux_params)):
            for name in sorted(names):
                target = bound[name]
                if given is not None and name in given:
                    if tuple(given[name].shape) != target.shape:
                        raise MXNetError(f"{name!r} has shape {target.shape}, got {tuple(given[name].shape)}.")
                    values[name] = ndarray.array(given[name].asnumpy(), dtype=target.dtype)
                elif given is not None and not allow_missing:
                    raise MXNetError(f"{name} is not presented")
                else:
                    values[name] = ndarray.zeros(target.shape, dtype=target.dtype)
                    (initializer or Uniform(0.01))(InitDesc(name, attributes.get(name)), values[name])
        self._arg_params, self._aux_params = made
        self.params_initialized = True
        self._spread()

    def set_params(self, arg_params: Any, aux_params: Any, allow_missing: bool = False, force_init: bool = True,
                   allow_extra: bool = False) -> None:
        """Take parameters and auxiliary states by name; with ``allow_missing`` those not given stay as they are."""
        if not allow_missing:
            self.init_params(None, arg_params, aux_params, allow_missing, force_init, allow_extra)
            return
        if self.params_initialized and not force_init:
            warnings.warn("Parameters already initialized and force_init=False. set_params call ignored.",
                          stacklevel=2)
            return
        assert self.binded, "call bind before setting the parameters"
        for e in self._executors:
            e.copy_params_from(arg_params or {}, aux_params, allow_extra_params=allow_extra)
        self.params_initialized = True

    def _spread(self) -> None:
        """Copy the parameters into every device's arrays."""
        for e in self._executors:
            e.copy_params_from(self._arg_params, self._aux_params)

    def get_params(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Copies of the parameters and the auxiliary states (their mean over devices), by name."""
        self._must_be_ready()
        first = self._executors[0]
        self._arg_params = {n: ndarray.array(first.arg_dict[n].asnumpy(), dtype=first.arg_dict[n].dtype).tostype(
            first.arg_dict[n].stype) for n in self._param_names}
        self._aux_params = {
            n: ndarray.array(np.mean([e.aux_dict[n].asnumpy() for e in self._executors], axis=0),
                             dtype=first.aux_dict[n].dtype) for n in self._aux_names
        }
        return dict(self._arg_params), dict(self._aux_params)

    # -- training --------------------------------------------------------------------------------------------------

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd", optimizer_params: Any = SGD_PARAMS,
                       force_init: bool = False) -> None:
        """Make the optimizer; by name it rescales gradients by 1 / batch size, and biases have no weight decay.

        With kvstore='dist_sync' parameters begin as rank 0's, and the batch is that of all processes together.
        """
        self._must_be_ready()
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring...")
            return
        if not (kvstore is None or isinstance(kvstore, (str, kvstores.KVStoreBase))):
            raise TypeError(f"kvstore must be KVStore, str or None, got {type(kvstore).__name__}")
        one = len(self._context) == 1 and isinstance(kvstore, str) and "dist" not in kvstore  # needs no store
        store = None if one else kvstores.create(kvstore) if isinstance(kvstore, str) else kvstore
        self._kvstore = store if store is not None and store.spans else None
        if self._kvstore is not None:
            self._kvstore._share([*zip(self._param_names, [self._executors[0].arg_dict[n] for n in self._param_names]),
                                  *self._executors[0].aux_dict.items()])
            self._follow()
        self._optimizer = self._make_optimizer(optimizer, dict(optimizer_params))
        self._updater = optimizers.get_updater(self._optimizer)
        self.optimizer_initialized = True
        if self._preload is not None:
            self.load_optimizer_states(self._preload)
            self._preload = None

    def _make_optimizer(self, given: Any, params: dict[str, Any]) -> Any:
        workers = 1 if self._kvstore is None else self._kvstore.num_workers
        rescale = 1.0 / (self._batch_size() * workers)
        names = dict(enumerate(self._param_names))
        if isinstance(given, str):
            params.setdefault("rescale_grad", rescale)
            return optimizers.create(given, sym=self.symbol, param_idx2name=names, **params)
        assert isinstance(given, optimizers.Optimizer), (
            f"optimizer must be a name or an Optimizer, got {type(given).__name__}")
        if given.rescale_grad != rescale:
            warnings.warn(
                "Optimizer created manually outside Module but rescale_grad is not normalized to 1.0/batch_size/"
                f"num_workers ({given.rescale_grad} vs. {rescale}). Is this intended?", stacklevel=4,
            )
        if not given.idx2name:
            given.idx2name = names
        return given

    def borrow_optimizer(self, shared_module: Module) -> None:
        """Use another module's optimizer and its states."""
        assert shared_module.optimizer_initialized, "the other module has no optimizer: call its init_optimizer()"
        self._optimizer, self._updater = shared_module._optimizer, shared_module._updater
        self.optimizer_initialized = True

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Run the network on a batch; a batch of other shapes than before rebinds the inputs."""
        self._must_be_ready()
        arrays = dict(zip([d.name for d in self._data], data_batch.data))
        labels = getattr(data_batch, "label", None)  # which a namedtuple of data alone lacks
        if labels and self._labels:
            arrays.update(zip([d.name for d in self._labels], labels))
        known = {d.name: d for d in [*self._data, *self._labels]}
        if any(tuple(a.shape) != known[n].shape for n, a in arrays.items()):
            shapes = {n: tuple(a.shape) for n, a in arrays.items()}
            inferred = dict(zip(self.symbol.list_arguments(), self.symbol.infer_shape_partial(**shapes)[0]))
            self.reshape(*[[DataDesc(d.name, inferred[d.name] or d.shape, d.dtype, d.layout) for d in described]
                           for described in (self._data, self._labels)])
        is_train = self.for_training if is_train is None else is_train
        for k, e in enumerate(self._executors):
            e.forward(is_train, **{n: self._cut(known[n], a, k) for n, a in arrays.items()})

    def _cut(self, d: DataDesc, array: Any, k: int) -> Any:
        """Device k's part of an array."""
        if len(self._context) == 1:
            return array
        axis = max(DataDesc.get_batch_axis(d.layout), 0)
        return array.slice_axis(axis, *self._slice(array.shape[axis], k))

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients of the last forward."""
        self._must_be_ready()
        assert self.for_training, "re-bind with for_training=True to run backward"
        grads = [out_grads] if isinstance(out_grads, ndarray.NDArray) else out_grads
        for k, e in enumerate(self._executors):
            cut = None if grads is None else [
                g if len(self._context) == 1 else
                g.slice_axis(0, *self._slice(g.shape[0], k)).as_in_context(self._context[k]) for g in grads
            ]
            e.backward(cut)

    def update(self) -> None:
        """Update the parameters by their gradients, summed over the devices, and over processes."""
        self._must_be_ready()
        assert self.optimizer_initialized, "call init_optimizer() first"
        first, *others = self._executors
        trained = [(i, n) for i, n in enumerate(self._param_names) if first.grad_dict[n] is not None]
        grads = []
        for _, name in trained:
            grad = first.grad_dict[name]
            for e in others:
                grad = grad + e.grad_dict[name].as_in_context(self._context[0])
            grads.append(grad)
        if self._kvstore is not None:
            grads = self._kvstore._across(grads)
        for (i, name), grad in zip(trained, grads):
            self._updater(i, grad, first.arg_dict[name])
        self._follow()

    def _follow(self) -> None:
        """Give the other devices the first's parameters."""
        first, *others = self._executors
        for e in others:
            for name in self._param_names:
                copy_into(e.arg_dict[name], first.arg_dict[name])

    def get_outputs(self, merge_multi_context: bool = True) -> list:
        """The outputs of the last forward, those of several devices joined."""
        self._must_be_ready()
        return self._joined([e.outputs for e in self._executors], merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list:
        """The gradients of the inputs, for which ``bind`` needs ``inputs_need_grad=True``."""
        self._must_be_ready()
        assert self.inputs_need_grad, "bind with inputs_need_grad=True to get gradients of the inputs"
        names = [d.name for d in self._data]
        return self._joined([[e.grad_dict[n] for n in names] for e in self._executors], merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> list:
        """The inputs that are kept between batches (``state_names``): for each a list with one array per device."""
        self._must_be_ready()
        assert not merge_multi_context, "merge_multi_context=True is not supported for get_states yet."
        return [[e.arg_dict[name] for e in self._executors] for name in self._state_names]

    def set_states(self, states: Any = None, value: float | None = None) -> None:
        """Set the inputs that are kept between batches: to ``states`` as ``get_states`` gives them, or to one value."""
        self._must_be_ready()
        assert states is not None or value is not None, "At least one of states & value must be specified."
        assert states is None or value is None, "Only one of states & value can be specified."
        held = self.get_states(merge_multi_context=False)
        if states is not None and len(states) != len(held):
            raise ValueError(f"Module.set_states: this module keeps {len(held)} states, got {len(states)}.")
        for number, arrays in enumerate(held):
            for device, array in enumerate(arrays):
                array[:] = value if states is None else states[number][device]

    def _joined(self, parts: list[list], merge: bool) -> list:
        if not merge:
            return [list(column) for column in zip(*parts)]
        if len(parts) == 1:
            return list(parts[0])
        return [ndarray.concatenate([a.as_in_context(self._context[0]) for a in column]) for column in zip(*parts)]

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Count the last forward's outputs against the labels."""
        names = [d.name for d in self._labels or ()] or self.label_names  # in the order of the iterator's arrays
        eval_metric.update_dict(dict(zip(names, labels or [])),
                                dict(zip(self.output_names, self.get_outputs())))

    def install_monitor(self, mon: Any) -> None:
        """Have a monitor watch the executors."""
        assert self.binded, "call bind() first"
        for e in self._executors:
            mon.install(e)

    # -- files -----------------------------------------------------------------------------------------------------

    def save_checkpoint(self, prefix: str, epoch: int, save_optimizer_states: bool = False,
                        remove_amp_cast: bool = True) -> None:
        """Write ``prefix-symbol.json``, ``prefix-<epoch>.params`` and, if asked, ``prefix-<epoch>.states``."""
        save_checkpoint(prefix, epoch, self.symbol, *self.get_params())
        if save_optimizer_states:
            name = f"{prefix}-{epoch:04d}.states"
            self.save_optimizer_states(name)
            self.logger.info('Saved optimizer state to "%s"', name)

    @staticmethod
    def load(prefix: str, epoch: int, load_optimizer_states: bool = False, **kwargs: Any) -> Module:
        """A module from a checkpoint; it takes the parameters when it is bound."""
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        made = Module(symbol, **kwargs)
        made._arg_params, made._aux_params = arg_params, aux_params
        made.params_initialized = True
        if load_optimizer_states:
            made._preload = f"{prefix}-{epoch:04d}.states"
        return made

    def save_optimizer_states(self, fname: str) -> None:
        """Write the optimizer's states."""
        assert self.optimizer_initialized, "call init_optimizer() first"
        atomic.write_bytes(fname, self._updater.get_states())

    def load_optimizer_states(self, fname: str) -> None:
        """Take the optimizer's states from a file."""
        assert self.optimizer_initialized, "call init_optimizer() first"
        content, called = open_source(fname)
        with within(called):
            self._updater.set_states(content)
