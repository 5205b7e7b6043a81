"""BucketingModule: one network for batches of several lengths, a Module per length, all sharing parameters."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .. import ndarray
from .._src.errors import NotSupportedError
from ..model import load_params, save_params
from .base_module import SGD_PARAMS, BaseModule
from .module import Module


class BucketingModule(BaseModule):
    """Modules made on demand by ``sym_gen(bucket_key) -> (symbol, data_names, label_names)``.

    Args:
        default_bucket_key: the key of the largest bucket, whose arrays the others share.
        context, fixed_param_names, state_names: as for Module.
    """

    def __init__(self, sym_gen: Callable, default_bucket_key: Any = None, logger: Any = logging, context: Any = None,
                 work_load_list: Any = None, fixed_param_names: Any = None, state_names: Any = None,
                 group2ctxs: Any = None, compression_params: Any = None) -> None:
        super().__init__(logger)
        assert default_bucket_key is not None, "BucketingModule needs a default_bucket_key"
        self._sym_gen = sym_gen
        self._default = default_bucket_key
        self._how = {"logger": logger, "context": context, "fixed_param_names": fixed_param_names,
                     "state_names": state_names}
        symbol, data_names, label_names = sym_gen(default_bucket_key)
        Module(symbol, data_names, label_names, **self._how)  # which compares the names with the graph's
        self._made: dict[Any, Module] = {}
        self._loaded: tuple[dict, dict] | None = None
        self._current_key = default_bucket_key

    def _make(self, key: Any) -> Module:
        symbol, data_names, label_names = self._sym_gen(key)
        return Module(symbol, data_names, label_names, **self._how)

    @property
    def _curr_bucket_key(self) -> Any:
        return self._current_key

    @property
    def _buckets(self) -> dict[Any, Module]:
        return self._made

    @property
    def _current(self) -> Module:
        assert self.binded, "call bind() first"
        return self._made[self._current_key]

    @property
    def symbol(self) -> Any:
        return self._current.symbol

    @property
    def data_names(self) -> list[str]:
        return self._current.data_names if self.binded else list(self._sym_gen(self._default)[1])

    @property
    def output_names(self) -> list[str]:
        return self._current.output_names if self.binded else self._sym_gen(self._default)[0].list_outputs()

    @property
    def data_shapes(self) -> Any:
        return self._current.data_shapes

    @property
    def label_shapes(self) -> Any:  # type: ignore[override]
        return self._current.label_shapes

    @property
    def output_shapes(self) -> Any:
        return self._current.output_shapes

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """Bind the default bucket; the others are bound when a batch asks for them."""
        if shared_module is not None:
            raise NotSupportedError("BucketingModule.bind: shared_module is not supported.")
        if force_rebind:
            self.binded = False
            self._made = {}
        if self.binded:
            self.logger.warning("Already bound, ignoring bind()")
            return
        made = self._make(self._default)
        made.bind(data_shapes, label_shapes, for_training, inputs_need_grad, grad_req=grad_req)
        self.for_training, self.inputs_need_grad, self._grad_req = for_training, inputs_need_grad, grad_req
        self._made, self._current_key = {self._default: made}, self._default
        self.binded = True
        if self._loaded is not None:
            made.set_params(*self._loaded)

    def switch_bucket(self, bucket_key: Any, data_shapes: Any, label_shapes: Any = None) -> None:
        """Go to the module of a bucket, making it if need be."""
        assert self.binded, "call bind before switching bucket"
        if bucket_key not in self._made:
            made = self._make(bucket_key)
            made.bind(data_shapes, label_shapes, self.for_training, self.inputs_need_grad,
                      shared_module=self._made[self._default], grad_req=self._grad_req)
            self._made[bucket_key] = made
        self._current_key = bucket_key
        current, default = self._made[bucket_key], self._made[self._default]
        current.params_initialized = default.params_initialized
        if default.optimizer_initialized and current is not default:
            current.borrow_optimizer(default)

    def prepare(self, data_batch: Any, sparse_row_id_fn: Callable | None = None) -> None:
        """Make the bucket of a batch ready, and come back to the current one."""
        key = self._current_key
        self._switch(data_batch)
        self._current_key = key

    def _switch(self, batch: Any) -> None:
        self.switch_bucket(self._default if batch.bucket_key is None else batch.bucket_key,
                           batch.provide_data or self.data_shapes, batch.provide_label or self.label_shapes)

    def init_params(self, initializer: Any = None, arg_params: Any = None, aux_params: Any = None,
                    allow_missing: bool = False, force_init: bool = False, allow_extra: bool = False) -> None:
        if self.params_initialized and not force_init:
            return
        assert self.binded, "call bind before initializing the parameters"
        self._made[self._default].init_params(initializer, arg_params, aux_params, allow_missing, force_init,
                                              allow_extra)
        for made in self._made.values():
            made.params_initialized = True
        self.params_initialized = True

    def get_params(self) -> tuple[dict, dict]:
        self._must_be_ready()
        return self._made[self._default].get_params()

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd", optimizer_params: Any = SGD_PARAMS,
                       force_init: bool = False) -> None:
        self._must_be_ready()
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        default = self._made[self._default]
        default.init_optimizer(kvstore, optimizer, optimizer_params, force_init)
        for made in self._made.values():
            if made is not default:
                made.borrow_optimizer(default)
        self.optimizer_initialized = True

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Run the batch's bucket, ``data_batch.bucket_key``."""
        self._must_be_ready()
        self._switch(data_batch)
        self._current.forward(data_batch, is_train)

    def backward(self, out_grads: Any = None) -> None:
        self._must_be_ready()
        self._current.backward(out_grads)

    def update(self) -> None:
        self._must_be_ready()
        assert self.optimizer_initialized, "call init_optimizer() first"
        self._current.update()

    def get_outputs(self, merge_multi_context: bool = True) -> list:
        self._must_be_ready()
        return self._current.get_outputs(merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list:
        self._must_be_ready()
        return self._current.get_input_grads(merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        self._current.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        assert self.binded, "call bind() first"
        for made in self._made.values():
            made.install_monitor(mon)

    def get_states(self, merge_multi_context: bool = True) -> list:
        self._must_be_ready()
        return self._current.get_states(merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        self._must_be_ready()
        self._current.set_states(states, value)

    def save_checkpoint(self, prefix: str, epoch: int, remove_amp_cast: bool = False) -> None:
        """Write each bucket's graph to ``prefix-<key>-symbol.json``, the parameters, and the keys, which are numbers.

        The keys stand in ``prefix.buckets``, an array of int32; keys that are no integers have no such file.
        """
        params = self.get_params()
        for key, made in self._made.items():
            made.symbol.save(f"{prefix}-{key}-symbol.json")
        save_params(f"{prefix}-{epoch:04d}.params", *params)
        if all(isinstance(key, int) for key in self._made):
            ndarray.save(f"{prefix}.buckets", ndarray.array(list(self._made), dtype="int32"))

    @staticmethod
    def load(prefix: str, epoch: int, sym_gen: Callable | None = None, default_bucket_key: Any = None,
             **kwargs: Any) -> BucketingModule:
        """A module with the parameters of a checkpoint, which it takes when it is bound."""
        assert sym_gen is not None, "sym_gen is required for loading BucketingModule"
        assert default_bucket_key is not None, "default_bucket_key is required for loading BucketingModule"
        made = BucketingModule(sym_gen, default_bucket_key, **kwargs)
        made._loaded = load_params(prefix, epoch)
        made.params_initialized = True
        return made

    @staticmethod
    def load_dict(sym_dict: dict | None = None, sym_gen: Callable | None = None, default_bucket_key: Any = None,
                  arg_params: dict | None = None, aux_params: dict | None = None, **kwargs: Any) -> BucketingModule:
        """A module of the graphs in ``sym_dict``, by bucket, with these parameters, which it takes when it is bound.

        Buckets that ``sym_dict`` lacks are made by ``sym_gen``, which also tells the names of data and labels.
        """
        assert sym_dict is not None, "sym_dict needs to be provided for BucketingModule.load_dict"
        assert arg_params is not None, "arg_params need to be provided for BucketingModule.load_dict"
        assert aux_params is not None, "aux_params need to be provided for BucketingModule.load_dict"
        assert sym_gen is not None, "sym_gen is required for loading BucketingModule"
        assert default_bucket_key is not None, "default_bucket_key is required for loading BucketingModule"
        given = sym_gen

        def generate(key: Any) -> tuple:
            symbol, *names = given(key)
            return (sym_dict.get(key, symbol), *names)

        made = BucketingModule(generate, default_bucket_key, **kwargs)
        made._loaded = arg_params, aux_params
        made.params_initialized = True
        return made
