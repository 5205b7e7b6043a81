"""The base of MXNet's optimizers: learning rates, counts and states around an update rule of ``_src.train.rules``."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import numpy as np

from .._src.core import tape
from .._src.core.dtypes import is_half
from .._src.core.frame import Untraceable
from .._src.core.tensor import Tensor, wrap
from .._src.errors import nearest
from .._src.train.inplace import KERNELS, all_in_place, own, update_inplace, updater
from .._src.train.rules import RULES
from ..ndarray import NDArray
from ..ndarray.sparse_array import RowSparseNDArray
from .fused import fused_updates, fusing, put_off, put_off_all

_Class = TypeVar("_Class", bound=type)


class Optimizer:
    """Base class of all optimizers.

    A subclass names a pure rule (``rule``) and the attributes that are the rule's hyperparameters (``hyper``), or
    overrides ``create_state`` and ``update`` in the manner of MXNet.

    Args:
        rescale_grad: factor on every gradient; ``Trainer`` sets it to 1 / batch_size.
        param_idx2name: names of the parameters by index; those not ending in ``_weight`` or ``_gamma`` get no decay.
        wd: weight decay.
        clip_gradient: bound on each entry of the rescaled gradient.
        learning_rate: the learning rate (0.01 where no schedule says otherwise).
        lr_scheduler: a schedule, a callable of the number of the update.
        sym: a Symbol whose ``__lr_mult__`` and ``__wd_mult__`` attributes multiply rates and decays.
        begin_num_update: the number of updates done before.
        multi_precision: keep float32 master copies of float16 and bfloat16 weights.
        param_dict: parameters by index, whose ``lr_mult`` and ``wd_mult`` count.
    """

    opt_registry: ClassVar[dict[str, type[Optimizer]]] = {}
    rule: ClassVar[str | None] = None
    hyper: ClassVar[Mapping[str, str]] = {}  # the rule's hyperparameter -> the attribute that holds it
    fixed: ClassVar[Mapping[str, Any]] = {}
    state_is_tuple: ClassVar[bool] = False  # of one array too; this and the next are as in MXNet's states files
    master_is_last: ClassVar[bool] = False  # of (float32 copy, state)

    def __init__(self, rescale_grad: float = 1.0, param_idx2name: Mapping[int, str] | None = None, wd: float = 0.0,
                 clip_gradient: float | None = None, learning_rate: float | None = None,
                 lr_scheduler: Callable[[int], float] | None = None, sym: Any = None, begin_num_update: int = 0,
                 multi_precision: bool = False, param_dict: Mapping[int, Any] | None = None) -> None:
        if lr_scheduler is not None:
            if learning_rate is None:
                learning_rate = getattr(lr_scheduler, "base_lr", None)  # any function of the count may be one
            elif lr_scheduler.base_lr != learning_rate:
                print("learning rate from ``lr_scheduler`` has been overwritten by ``learning_rate`` in optimizer.")
                lr_scheduler.base_lr = learning_rate
        assert param_idx2name is None or isinstance(param_idx2name, dict), (
            "param_idx2name should be a dict of param indexes to names."
        )
        self.rescale_grad = rescale_grad
        self.lr_scheduler = lr_scheduler
        self.lr: Any = 0.01 if learning_rate is None and lr_scheduler is None else learning_rate
        self.wd = wd
        self.lr_mult: dict[Any, float] = {}
        self.wd_mult: dict[Any, float] = {}
        self.begin_num_update = begin_num_update
        self.num_update = begin_num_update
        self._all_index_update_counts: dict[int, dict[int, int]] = {0: {}}
        self._index_update_count = self._all_index_update_counts[0]
        self.clip_gradient = clip_gradient
        self.multi_precision = multi_precision
        self.aggregate_num = 0
        self.idx2name = dict(param_idx2name or {})
        self.sym_info = (sym.attr_dict(), sym.list_arguments()) if sym is not None else ()
        self.param_dict = dict(param_dict or {})
        self.set_lr_mult({})
        self.set_wd_mult({})

    # -- the registry ----------------------------------------------------------------------------------------------

    @staticmethod
    def register(klass: _Class) -> _Class:
        """Register an optimizer class under its name in lower case (a decorator)."""
        name = klass.__name__.lower()
        if (old := Optimizer.opt_registry.get(name)) is not None and old is not klass:
            warnings.warn(f"WARNING: New optimizer {klass.__module__}.{klass.__name__} is overriding existing "
                          f"optimizer {old.__module__}.{old.__name__}", stacklevel=2)
        Optimizer.opt_registry[name] = klass
        return klass

    @staticmethod
    def create_optimizer(name: str, **kwargs: Any) -> Optimizer:
        """The optimizer registered as ``name``; ValueError if there is none."""
        if name.lower() not in Optimizer.opt_registry:
            raise ValueError(f"Cannot find optimizer {name}{nearest(name.lower(), Optimizer.opt_registry)}")
        made = Optimizer.opt_registry[name.lower()]
        try:
            return made(**kwargs)
        except TypeError as e:
            if e.__class__ is TypeError and "unexpected keyword" in str(e):
                taken = [k for cls in (made, Optimizer) for k in inspect.signature(cls).parameters if k != "kwargs"]
                e.add_note(f"{made.__name__} takes {', '.join(dict.fromkeys(taken))}.")
            raise

    # -- rates -----------------------------------------------------------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """The current learning rate."""
        return self.lr if self.lr_scheduler is None else self.lr_scheduler(self.num_update)

    def set_learning_rate(self, lr: float) -> None:
        """Change the learning rate; raises UserWarning where a schedule decides it."""
        if self.lr_scheduler is not None:
            raise UserWarning(
                "LRScheduler of the optimizer has already been defined. Note that set_learning_rate can mutate the "
                "value of the learning rate of the optimizer only when the LRScheduler of the optimizer is undefined."
            )
        self.lr = lr

    def set_lr_scale(self, args_lrscale: Any) -> None:
        """Gone in MXNet too.

        Raises:
            DeprecationWarning: always; use ``set_lr_mult``.
        """
        raise DeprecationWarning("Optimizer.set_lr_scale is gone; use set_lr_mult.")

    def set_lr_mult(self, args_lr_mult: Mapping[Any, float]) -> None:
        """Multiply learning rates of single parameters, by index or name."""
        self.lr_mult = {**self._from_symbol("__lr_mult__"), **args_lr_mult}

    def set_wd_mult(self, args_wd_mult: Mapping[Any, float]) -> None:
        """Multiply weight decays of single parameters, by index or name."""
        silent = {n: 0.0 for n in self.idx2name.values() if not n.endswith(("_weight", "_gamma"))}
        self.wd_mult = {**silent, **self._from_symbol("__wd_mult__"), **args_wd_mult}

    def _from_symbol(self, key: str) -> dict[str, float]:
        if not self.sym_info:
            return {}
        attributes, names = self.sym_info
        return {n: float(attributes[n][key]) for n in names if key in attributes.get(n, {})}

    def _update_count(self, index: Any) -> None:
        """Count one more update of a parameter, or of several."""
        indices: Any = index if isinstance(index, (list, tuple)) else (index,)
        counts, begin, latest = self._index_update_count, self.begin_num_update, self.num_update
        for i in indices:
            counts[i] = count = counts.get(i, begin) + 1
            if count > latest:
                latest = count
        self.num_update = latest

    def _set_current_context(self, device_id: int) -> None:
        """Count the updates of another device apart."""
        self._index_update_count = self._all_index_update_counts.setdefault(device_id, {})

    def _mult(self, index: int, table: Mapping[Any, float], attribute: str) -> float:
        if index in self.param_dict:
            return getattr(self.param_dict[index], attribute, 1.0)
        if index in table:
            return table[index]
        return table.get(self.idx2name.get(index), 1.0)

    def _get_lr(self, index: int) -> float:
        """The learning rate of one parameter."""
        return self.learning_rate * self._mult(index, self.lr_mult, "lr_mult")

    def _get_lrs(self, indices: Sequence[int]) -> list[float]:
        return [self._get_lr(i) for i in indices]

    def _get_wd(self, index: int) -> float:
        """The weight decay of one parameter."""
        return self.wd * self._mult(index, self.wd_mult, "wd_mult")

    def _get_wds(self, indices: Sequence[int]) -> list[float]:
        return [self._get_wd(i) for i in indices]

    # -- states ----------------------------------------------------------------------------------------------------

    def hyperparameters(self, index: int) -> dict[str, Any]:
        """The rule's hyperparameters for one parameter, read from the attributes at every update."""
        return {**self.fixed, **{k: getattr(self, attribute) for k, attribute in self.hyper.items()}}

    def rule_of(self, index: int) -> str:
        """The rule that updates one parameter."""
        assert self.rule is not None
        return self.rule

    def create_state(self, index: int, weight: Tensor) -> Any:
        """The state of one parameter before its first update: None, an NDArray, or a tuple of them."""
        if self.rule is None:
            return None
        device = weight._device
        arrays = RULES[self.rule_of(index)].init(device.engine.xp, weight._value, **self.hyperparameters(index))
        state = tuple([wrap(NDArray, a, device) for a in arrays])
        return None if not state else state[0] if len(state) == 1 and not self.state_is_tuple else state

    def create_state_multi_precision(self, index: int, weight: Tensor) -> Any:
        """As ``create_state``; under ``multi_precision`` for a float16 or bfloat16 weight (float32 copy, its state)."""
        if self.multi_precision and is_half(weight.np_dtype):
            master = wrap(NDArray, weight._value.astype(np.float32), weight._device)
            inner = self.create_state(index, master)
            return (inner, master) if self.master_is_last else (master, inner)
        if weight.np_dtype == np.float16:
            warnings.warn("Accumulating with float16 in optimizer can lead to poor accuracy or slow convergence. "
                          "Consider using multi_precision=True option of the optimizer", stacklevel=2)
        return self.create_state(index, weight)

    # -- updates ---------------------------------------------------------------------------------------------------

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Update a weight by its gradient, and its state; or lists of them."""
        if isinstance(index, (list, tuple)):
            for one in zip(index, weight, grad, state):
                self.update(*one)
            return
        if self.rule is None:
            raise NotImplementedError(f"{type(self).__name__}.update: an optimizer without a rule must override it.")
        self._update_count(index)
        lr, wd, t = self._get_lr(index), self._get_wd(index), self._index_update_count[index]
        states = arrays_of(state)
        how = {"rescale_grad": self.rescale_grad, "clip_gradient": self.clip_gradient, **self.hyperparameters(index)}
        if grad.__class__ is RowSparseNDArray and self._updates_rows(weight):
            _update_rows(self.rule_of(index), weight, grad, states, lr, wd, t, how)
        else:
            apply_rule(self.rule_of(index), weight, grad._value, states, lr, wd, t, how)

    def _updates_rows(self, weight: Any) -> bool:
        """Whether a row_sparse gradient changes its own rows only, and their state."""
        return getattr(self, "lazy_update", False)

    def update_together(self, updates: Sequence[tuple[int, Any, Any, Any]]) -> None:
        """``update_multi_precision`` of each (index, weight, gradient, state): what they share is worked out once."""
        counts, begin = self._index_update_count, self.begin_num_update
        shared = self.rule is not None and _inherits_updates(type(self))
        if shared and updates[0][1]._device.engine.compiles and tape.state.frame is None and self._fused(updates):
            return
        done = counts.get(updates[0][0], begin)
        if not (
            shared
            and self.rule in KERNELS
            and all([g.__class__ is not RowSparseNDArray and counts.get(i, begin) == done for i, _, g, _ in updates])
            and all_in_place([w for _, w, _, _ in updates])
        ):
            for one in updates:
                self.update_multi_precision(*one)
            return
        assert self.rule is not None
        t = done + 1
        self.num_update = max(t, self.num_update)
        rate, decay = self.learning_rate, self.wd
        how = {"rescale_grad": self.rescale_grad, "clip_gradient": self.clip_gradient, **self.hyperparameters(0)}
        made: dict[tuple, Callable] = {}
        params = self.param_dict
        for i, weight, grad, state in updates:
            counts[i] = t
            g = grad._value
            w = own(weight, g)
            p = params.get(i)
            if p is None:
                key = (self._mult(i, self.lr_mult, "lr_mult"), self._mult(i, self.wd_mult, "wd_mult"), w.dtype.num)
            else:
                key = (getattr(p, "lr_mult", 1.0), getattr(p, "wd_mult", 1.0), w.dtype.num)
            run = made.get(key)
            if run is None:
                run = made[key] = updater(self.rule, w.dtype, rate * key[0], decay * key[1], t, **how)
            if state is None:
                run(w, g, ())
            else:
                states = (state,) if isinstance(state, Tensor) else arrays_of(state)
                run(w, g, tuple([own(s, w) for s in states]))

    def _fused(self, updates: Sequence[tuple[int, Any, Any, Any]]) -> bool:
        """The updates put off to one program; whether a block that runs it is open."""
        if self.multi_precision or not fusing() or any([g.__class__ is RowSparseNDArray for _, _, g, _ in updates]):
            return False
        assert self.rule is not None
        self._update_count([i for i, _, _, _ in updates])
        rate, decay, counts, params = self.learning_rate, self.wd, self._index_update_count, self.param_dict
        how = {"rescale_grad": self.rescale_grad, "clip_gradient": self.clip_gradient, **self.hyperparameters(0)}
        jobs = []
        for i, weight, grad, state in updates:
            p = params.get(i)
            if p is None:
                lr, wd = rate * self._mult(i, self.lr_mult, "lr_mult"), self._get_wd(i)
            else:
                lr, wd = rate * getattr(p, "lr_mult", 1.0), decay * getattr(p, "wd_mult", 1.0)
            jobs.append((self.rule, weight, grad, () if state is None else arrays_of(state), lr, wd, counts[i], how))
        put_off_all(jobs)
        return True

    def update_multi_precision(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """As ``update``, on the float32 master copy where there is one."""
        if isinstance(index, (list, tuple)):
            for one in zip(index, weight, grad, state):
                self.update_multi_precision(*one)
        elif self.multi_precision and is_half(weight.np_dtype):
            inner, master = state if self.master_is_last else state[::-1]
            self.update(index, master, wrap(NDArray, grad._value.astype(np.float32), grad._device), inner)
            weight._rebind(master._value.astype(weight.np_dtype))
        else:
            self.update(index, weight, grad, state)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        state["param_dict"] = {}
        state["sym_info"] = ()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._index_update_count = self._all_index_update_counts.setdefault(0, {})


def arrays_of(state: Any) -> tuple:
    """The arrays that a state, or a tuple of states of which some are None, consists of."""
    if state is None or isinstance(state, Tensor):
        return () if state is None else (state,)
    return tuple([s for s in state if s is not None])


_SHARED = ("update", "update_multi_precision", "rule_of", "hyperparameters", "_get_lr", "_get_wd", "_mult")


@lru_cache
def _inherits_updates(mine: type[Optimizer]) -> bool:
    """Whether a subclass left as it is all that ``update_together`` stands for."""
    return all(getattr(mine, name) is getattr(Optimizer, name) for name in _SHARED)


def refuse_trace() -> None:
    """Raise where a trace is under way, before anything is counted."""
    if tape.state.frame is not None:
        raise Untraceable("a Gluon optimizer counts its updates in Python; compile the network, not the step")


def apply_rule(name: str, weight: Tensor, grad: Any, states: tuple, lr: float, wd: float, t: int, how: dict) -> None:
    """One update by the rule ``name``: into the weight's buffer where nothing else can see it, else to a new one."""
    engine = weight._device.engine
    if engine.name == "numpy" and name in KERNELS and weight.np_dtype.itemsize >= 4:
        w = own(weight, grad)
        update_inplace(name, w, grad, tuple([own(s, w) for s in states]), lr, wd, t, **how)
        return
    refuse_trace()
    if put_off(name, weight, grad, states, lr, wd, t, how):
        return
    new, new_states = RULES[name].update(
        engine.xp, weight._value, grad, tuple([s._value for s in states]), lr, wd, t, **how
    )
    weight._rebind(new)
    for s, value in zip(states, new_states):
        s._rebind(value)


register = Optimizer.register
create = Optimizer.create_optimizer


def _update_rows(rule: str, weight: Any, grad: Any, states: tuple, lr: float, wd: float, t: int, how: dict) -> None:
    """The update of the rows that a row_sparse gradient has, as if there were no others."""
    if weight._device.engine.compiles:  # all rows, of which the others are kept: a program for any number of rows
        xp = weight._device.engine.xp
        parts = [wrap(NDArray, a._value, a._device) for a in (weight, *states)]
        with fused_updates():  # now, as the next lines read what it gives
            apply_rule(rule, parts[0], grad._value, tuple(parts[1:]), lr, wd, t, how)
        touched = xp.any(grad._value != 0, axis=tuple(range(1, grad.ndim)), keepdims=True)
        for whole, part in zip((weight, *states), parts):
            whole._rebind(xp.where(touched, part._value, whole._value) if whole.ndim else part._value)
        return
    rows = grad.indices
    index = rows._value
    parts = [wrap(NDArray, a._value[index] if a.ndim else a._value, a._device) for a in (weight, *states)]
    if rows.size:
        apply_rule(rule, parts[0], grad._value[index], tuple(parts[1:]), lr, wd, t, how)
    for whole, part in zip((weight, *states), parts):
        NDArray.__setitem__(whole, rows if whole.ndim else ..., part)
