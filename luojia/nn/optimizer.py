"""The optimizers' common part: parameters, groups, learning rates, weight decay."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .._src.core.dtypes import float32, int32
from .._src.core.profiling import time_too
from .._src.core.tape import state
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import Parameter, ParameterTuple
from .._src.train.inplace import KERNELS, all_in_place, own, reads_states, updater
from .._src.train.rules import Preset
from .learning_rate_schedule import LearningRateSchedule
from .module import Module
from .optimizer_base import OptimizerBase

_GROUP_KEYS = {"params", "lr", "weight_decay", "order_params", "grad_centralization"}


def number(who: str, name: str, value: Any, zero: bool = True) -> float:
    """A float >= 0 (> 0 unless ``zero``)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating)):
        raise DTypeError(f"For '{who}', the type of '{name}' should be 'float', but got type '{type(value).__name__}'.")
    if not math.isfinite(value):
        raise ArgumentError(f"For '{who}', the '{name}' must be a legal value, but got '{value}'.")
    if value < 0 or (value == 0 and not zero):
        raise ArgumentError(f"For '{who}', the '{name}' must be float and must {'>=' if zero else '>'} 0, but got "
                            f"'{value}' with type '{type(value).__name__}'.")
    return float(value)


class _Rates(ParameterTuple):
    """The rates of all parameters, of which several may be one object."""


class Optimizer(OptimizerBase, Module):
    """The base class of optimizers: ``optimizer(gradients)`` updates the parameters and returns a tuple of True.

    Args:
        learning_rate: a number, a list with one for each step, or a ``LearningRateSchedule``.
        parameters: Parameters (of either door), or dicts with 'params' and, for that group, 'lr' and 'weight_decay'; a
            dict with 'order_params' alone gives the order.
        weight_decay: added to the gradients as weight_decay * parameter, but for those named 'beta' or 'gamma'.
        loss_scale: gradients are divided by it.

    A subclass of one's own overrides ``construct(gradients)`` and uses ``parameters``, ``get_lr()``,
    ``decay_weight(gradients)`` and ``scale_grad(gradients)``.

    >>> from luojia import nn, Parameter, Tensor
    >>> w = Parameter(Tensor([1.0, 2.0]), name="w")
    >>> optimizer = nn.Momentum([w], learning_rate=0.1, momentum=0.9)
    >>> _ = optimizer((Tensor([1.0, 1.0]),))
    >>> w.asnumpy()
    array([0.9, 1.9], dtype=float32)

    Matches ``mindspore.nn.Optimizer``.
    """

    _luojia_batched = False  # its arguments are gradients

    def __init__(self, learning_rate: Any, parameters: Any, weight_decay: Any = 0.0, loss_scale: float = 1.0) -> None:
        super().__init__(auto_prefix=False)
        # what is private here begins with _o_: subclasses have attributes of their own
        self._o_who = type(self).__name__
        groups = self._o_groups(parameters)
        self.loss_scale = number(self._o_who, "loss_scale", loss_scale, zero=False)
        self.reciprocal_scale = 1.0 / self.loss_scale
        self.global_step = Parameter(Tensor([0], int32), name="global_step")
        rates = {"": self._o_rate(learning_rate, "learning_rate")}
        self.is_group = any(isinstance(g, dict) for g in groups)
        by_parameter: dict[int, tuple[Any, Any]] = {}
        centred: dict[int, bool] = {}
        ordered: list[Any] = []
        default_decay = weight_decay if isinstance(weight_decay, Module) else number(self._o_who, "weight_decay",
                                                                                    weight_decay)
        order = None
        for i, group in enumerate(groups):
            if not isinstance(group, dict):
                by_parameter[id(group)] = (rates[""], default_decay)
                ordered.append(group)
                continue
            if "order_params" in group:
                if len(group) > 1:
                    raise ArgumentError("For 'Optimizer', the order params dict in group parameters should only include"
                                        f" the 'order_params' key, but got {list(group)}.")
                order = list(group["order_params"])
                continue
            rate, decay = rates[""], default_decay
            if not isinstance(group.get("grad_centralization", False), bool):
                raise DTypeError("For 'Optimizer', the 'gradients_centralization' must be bool type, but got "
                                 f"{type(group['grad_centralization'])}.")
            centred.update({id(p): group.get("grad_centralization", False) for p in group["params"]})
            if "lr" in group:
                rate = rates[str(i)] = self._o_rate(group["lr"], f"learning_rate_group_{i}")
                if len({r.size for r in rates.values() if isinstance(r, Parameter) and r.ndim}) > 1:
                    raise ArgumentError("For 'Optimizer', the Tensor type dynamic learning rate in group must be the "
                                        "same size as the argument 'learning_rate'; give lists of one length.")
            if "weight_decay" in group:
                decay = group["weight_decay"]
                decay = decay if isinstance(decay, Module) else number(self._o_who, "weight_decay", decay)
            for p in group["params"]:
                if id(p) in by_parameter:
                    raise ArgumentError(f"For '{self._o_who}', the parameter {p.name} is in two groups; parameters must"
                                        " be in one group.")
                by_parameter[id(p)] = (rate, decay)
                ordered.append(p)
        if order is not None:
            if {id(p) for p in order} != set(by_parameter):
                raise ArgumentError(f"For '{self._o_who}', 'order_params' must hold the parameters of all groups.")
            ordered = order
        for p in ordered:
            rate, _ = by_parameter[id(p)]
            if isinstance(rate, Parameter):
                self._params[rate.name] = rate
        self.__dict__["learning_rate"] = rates[""]  # which is no parameter where each group has a rate of its own
        if isinstance(rates[""], Module):
            self.learning_rate = rates[""]
        self.parameters = ParameterTuple(ordered)
        self._o_own = [by_parameter[id(p)] for p in ordered]
        self.decay_flags = tuple(self.decay_filter(p) for p in ordered)
        self.exec_weight_decay = any(bool(decay) and flag for (_, decay), flag in zip(self._o_own, self.decay_flags))
        self.param_length = len(ordered)
        self.is_group_lr = len(rates) > 1
        self.is_group_params_ordered = order is not None
        self.dynamic_lr = any(not isinstance(r, Parameter) or r.ndim for r in rates.values())
        self.dynamic_weight_decay = any(isinstance(decay, Module) for _, decay in self._o_own)
        self.need_scale = self.loss_scale != 1
        self.grad_centralization_flags = tuple(bool(centred.get(id(p), False)) for p in ordered)
        self.weight_decay = default_decay if isinstance(default_decay, Module) else default_decay * self.loss_scale

    def _luojia_before_listing(self) -> None:
        for rate in dict.fromkeys([r for r, _ in self._o_own] + [self.learning_rate]):
            if isinstance(rate, Parameter) and rate.name in self._params and (
                    rate.ndim or (self.is_group_lr and self.dynamic_lr)):
                self._params.move_to_end(rate.name)  # MindSpore keeps them in networks below the optimizer

    # -- what it is given ------------------------------------------------------------------------------------------

    def _o_groups(self, parameters: Any) -> list:
        if parameters is None:
            raise ArgumentError("For 'Optimizer', the argument parameters can not be None.")
        if isinstance(parameters, Tensor) or not isinstance(parameters, Iterable):
            raise DTypeError(f"For 'Optimizer', the argument parameters must be Iterable type, but got "
                             f"{type(parameters)}; of a network give net.trainable_params().")
        groups = list(parameters.values()) if isinstance(parameters, Mapping) else list(parameters)
        if not groups:
            raise ArgumentError("For 'Optimizer', the argument parameters must not be empty. (A network knows the "
                                "layers in attributes, nn.CellList and nn.SequentialCell, not those in a list.)")
        for i, group in enumerate(groups):
            if isinstance(group, dict):
                unknown = set(group) - _GROUP_KEYS
                if unknown:
                    raise KeyError(f"For 'Optimizer', the key of a parameter group must be in {sorted(_GROUP_KEYS)}, "
                                   f"but got {sorted(unknown)}.")
                if "params" not in group and "order_params" not in group:
                    raise KeyError("params")
                if "params" in group:
                    if group["params"] is None:
                        raise ArgumentError("For 'Optimizer', the argument group 'params' can not be None.")
                    groups[i] = {**group, "params": list(group["params"])}
                    if not groups[i]["params"]:
                        raise ArgumentError("For 'Optimizer', the 'params' of a parameter group must not be empty.")
        if len({isinstance(g, dict) for g in groups}) > 1:
            raise DTypeError("For 'Optimizer', all elements of the argument 'parameters' must be 'Parameter' or "
                             "'dict', please check the 'parameters'.")
        members = [p for g in groups for p in (g.get("params", ()) if isinstance(g, dict) else (g,))]
        if any(not hasattr(p, "leaves") for p in members):
            raise DTypeError("For 'Optimizer', all elements of the argument 'parameters' must be 'Parameter' or "
                             "'dict', please check the 'parameters'.")
        return groups

    def _o_rate(self, rate: Any, name: str) -> Any:
        if isinstance(rate, LearningRateSchedule) or (isinstance(rate, Module) and callable(rate)):
            return rate
        if isinstance(rate, Tensor):
            if rate.ndim > 1:
                raise ArgumentError("For 'Optimizer', if 'learning_rate' is Tensor type, then the dimension of it "
                                    f"should be 0 or 1, but got {rate.ndim}.")
            rate = rate.asnumpy().tolist()
        if isinstance(rate, (int, float)):
            value = np.float32(number(self._o_who, "learning rate", float(rate)))
        elif isinstance(rate, Iterable):
            value = np.array([float(r) for r in rate], np.float32)
            if not value.size:
                raise ArgumentError(f"For '{self._o_who}', the list of learning rates must not be empty.")
            if (value < 0).any():
                raise ArgumentError(f"For '{self._o_who}', the 'learning rate' must be float and must >= 0, but got "
                                    f"'{value.min()}' with type 'float'.")
        else:
            raise DTypeError("For 'Optimizer', the argument 'learning_rate' must be int, float, list, Tensor or a "
                             f"LearningRateSchedule, but got {type(rate)}.")
        return Parameter(Tensor(value, float32), name=name)

    @staticmethod
    def decay_filter(parameter: Any) -> bool:
        """Whether weight decay applies: not to the scales and shifts of normalizations."""
        return "beta" not in parameter.name and "gamma" not in parameter.name

    # -- what it tells ---------------------------------------------------------------------------------------------

    def _o_rate_at(self, rate: Any, step: Any) -> Any:
        """The rate at a step: a number, or inside a trace a scalar that counts as one."""
        if state.frame is not None:
            if not isinstance(rate, Parameter):
                return self._traced(state.frame.host(lambda: self._host_value(rate)))
            value = rate._read()
            if value.ndim:
                value = value[rate._device.engine.xp.minimum(step, len(value) - 1)]
            return self._traced(value)
        if not isinstance(rate, Parameter):
            return _rate_of(rate, step)
        value = rate.asnumpy()
        return float(value if value.ndim == 0 else value[min(step, len(value) - 1)])

    def _host_value(self, schedule: Any) -> np.ndarray:
        """What a schedule, which is Python, gives for the coming update."""
        return np.asarray(_rate_of(schedule, self._o_step), np.float32)

    def _traced(self, value: Any) -> Any:
        return self.global_step._device.engine.weak(value)

    @property
    def _o_step(self) -> Any:
        """The number of updates done; inside a trace, a scalar."""
        return int(self.global_step) if state.frame is None else self.global_step._read().reshape(())

    def get_lr(self) -> Any:
        """The learning rate of the next update; with groups, a tuple, one for each parameter."""
        if not self.is_group_lr:
            return self._rate_tensor(self.learning_rate)
        found = [self._rate_tensor(rate) for rate, _ in self._o_own]
        if self.dynamic_lr:
            return tuple([rate.value() if isinstance(rate, Parameter) else rate for rate in found])
        return _Rates(found)

    def _rate_tensor(self, rate: Any) -> Tensor:
        if isinstance(rate, Parameter) and not rate.ndim:
            return rate
        return self._o_scalar(self._o_rate_at(rate, self._o_step))

    def _o_scalar(self, value: Any) -> Tensor:
        """A number, or inside a trace a scalar, as a Tensor."""
        if state.frame is None or isinstance(value, float):
            return Tensor(value)
        return wrap(Tensor, value.astype(np.float32), self.global_step._device)

    def get_lr_parameter(self, param: Any) -> Any:
        """The learning rate that ``param`` is updated with, as it is kept: a Parameter or a schedule.

        A list of parameters gives a list.
        """
        if isinstance(param, (list, tuple)):
            return [self.get_lr_parameter(p) for p in param]
        if not isinstance(param, Tensor):
            raise DTypeError("For 'get_lr_parameter', the 'param' must be 'Parameter' or 'list' type, but got "
                             f"{type(param)}.")
        for p, (rate, _) in zip(self.parameters, self._o_own):
            if p is param:
                return rate
        raise ArgumentError(f"For 'get_lr_parameter', the parameter {getattr(param, 'name', param)} is not in the "
                            "optimizer.")

    def get_weight_decay(self) -> Any:
        """The weight decay, a Tensor; with groups, a tuple, one for each parameter."""
        found = [(decay, self._o_scalar(self._own_decay(decay, True))) for _, decay in self._o_own]
        decays = tuple([t.reshape((1,)) if isinstance(decay, Module) else t for decay, t in found])  # as global_step is
        return decays if self.is_group else decays[0]

    def _decay_at(self, decay: Any, flag: bool) -> Any:
        if not flag:
            return 0.0
        if state.frame is not None and isinstance(decay, Module):
            return self._traced(state.frame.host(lambda: self._host_value(decay)))
        return _rate_of(decay, self._o_step) if isinstance(decay, Module) else decay

    def _own_decay(self, decay: Any, flag: bool) -> Any:
        """What ``decay_weight`` adds to gradients that ``scale_grad`` divides later: a number times the loss scale."""
        found = self._decay_at(decay, flag)
        return found if isinstance(decay, Module) else found * self.loss_scale

    # -- what it does ----------------------------------------------------------------------------------------------

    def scale_grad(self, gradients: Any) -> Any:
        """The gradients divided by ``loss_scale``."""
        return gradients if self.loss_scale == 1 else tuple([g * self.reciprocal_scale for g in gradients])

    def decay_weight(self, gradients: Any) -> Any:
        """The gradients plus weight decay times the parameters."""
        return tuple([
            g + self._own_decay(decay, flag) * leaf_of(p).detach() if flag and decay else g
            for g, p, (_, decay), flag in zip(gradients, self.parameters, self._o_own, self.decay_flags)
        ])

    def flatten_gradients(self, gradients: Any) -> Any:
        """The gradients: luojia's are not laid out in one buffer."""
        return gradients

    def gradients_centralization(self, gradients: Any) -> Any:
        """The gradients: as MindSpore's on CPU, they are left as they are where 'grad_centralization' asks for it."""
        return gradients

    def broadcast_params(self, optim_result: Any) -> Any:
        """``optim_result``: every rank updates all parameters itself."""
        return optim_result

    @property
    def target(self) -> str:
        """Where the update runs: with the parameters."""
        return self.__dict__.get("_target", "CPU")

    @target.setter
    def target(self, value: str) -> None:
        if value not in ("CPU", "Ascend", "GPU"):
            raise ArgumentError(f"For '{self._o_who}', the 'target' must be 'CPU', 'Ascend' or 'GPU', but got "
                                f"{value!r}.")
        self.__dict__["_target"] = value

    @property
    def unique(self) -> bool:
        """Whether rows that a sparse gradient names twice are added first; gradients are dense here."""
        return self.__dict__.get("_unique", True)

    @unique.setter
    def unique(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise DTypeError(f"For '{self._o_who}', the property 'unique' must be bool, but got {type(value)}.")
        self.__dict__["_unique"] = value

    def assignadd_global_step(self) -> None:
        """Count one update."""
        self.global_step._rebind(self.global_step._read() + 1)

    def _o_check(self, gradients: Any) -> list:
        gradients = [gradients] if isinstance(gradients, Tensor) else list(gradients)
        if len(gradients) != len(self.parameters):
            raise ArgumentError(f"{self._o_who} has {len(self.parameters)} parameters and takes a gradient for each, "
                                f"got {len(gradients)} gradients.")
        for g, p in zip(gradients, self.parameters):
            if not isinstance(g, Tensor):
                raise DTypeError(f"{self._o_who}: the gradient of {p.name} must be a Tensor, but got "
                                 f"{type(g).__name__}.")
            if g._value.shape != leaf_of(p)._value.shape:
                raise ShapeError(f"{self._o_who}: the gradient of {p.name} must have its shape {leaf_of(p).shape}, but "
                                 f"got {g.shape}.")
        return gradients

    def construct(self, gradients: Any) -> Any:
        raise NotImplementedError(f"{self._o_who} must override construct(self, gradients).")


def leaf_of(parameter: Any) -> Tensor:
    """The Tensor of a parameter of either door."""
    return parameter if isinstance(parameter, Tensor) else parameter.leaves()[0]


class RuleOptimizer(Optimizer):
    """An optimizer that follows an update rule of ``_src.train.rules``; its states are Parameters of their own."""

    _preset: Preset
    _states: dict[str, str]  # the rule's names of states, and the prefixes of the Parameters that hold them
    _single = False  # whether an update gives True, where others give a tuple of one for each parameter
    _listed: dict[str, tuple[float, bool]] = {}  # states that MindSpore has and the rule not: fill, whether for entries
    _powers: tuple[str, ...] = ()  # betas whose powers are kept, as MindSpore keeps them

    def _start(self, hyper: dict[str, Any]) -> None:
        """Make the states."""
        self._hyper = self._preset.arguments(**hyper)
        rule = self._preset.rule
        rule.hyper(self._hyper)
        for beta in self._powers:
            setattr(self, f"{beta}_power", Parameter(Tensor(1.0), name=f"{beta}_power"))
        self._kept = []
        names = rule.state_names(**self._hyper)
        initial = [rule.init(leaf_of(p)._device.engine.xp, leaf_of(p)._value, **self._hyper) for p in self.parameters]
        for i, name in enumerate(names):
            prefix = self._states.get(name, name)
            joined = prefix if prefix[-1] in "_." else prefix + "."
            made = []
            for p, states in zip(self.parameters, initial):
                made.append(Parameter(Tensor(np.asarray(states[i]), device=leaf_of(p)._device), name=joined + p.name))
            self._kept.append(ParameterTuple(made))
        for name in [*self._states, *[n for n in names if n not in self._states]]:  # in MindSpore's order
            prefix = self._states.get(name, name)
            if name in names:
                setattr(self, prefix.rstrip("_."), self._kept[names.index(name)])
            elif name in self._listed:
                fill, whole = self._listed[name]
                joined = prefix if prefix[-1] in "_." else prefix + "."
                made = [Parameter(Tensor(np.full(leaf_of(p).shape if whole else (), fill, np.float32)),
                                  name=joined + p.name) for p in self.parameters]
                setattr(self, prefix.rstrip("_."), ParameterTuple(made))

    def __call__(self, gradients: Any) -> Any:
        """One update; on an engine that compiles, one program."""
        compiles = self.global_step._device.engine.compiles
        if compiles and state.frame is None and not state.recording and self._luojia_plain:
            return self._luojia_graph()(gradients)
        return super().__call__(gradients)

    def construct(self, gradients: Any) -> Any:
        gradients = self._o_check(gradients)
        rule = self._preset.rule
        if not self._update_in_place(gradients):
            self._update(gradients)
        for beta in self._powers:
            power = getattr(self, f"{beta}_power")
            power._rebind(power._read() * np.float32(self._hyper.get(beta, rule.defaults.get(beta))))
        self.assignadd_global_step()
        return True if self._single else (True,) * len(gradients)

    def _update_in_place(self, gradients: list) -> bool:
        """The updates written into the parameters and states, where the rule and they allow it; whether they did."""
        if self._preset.name not in KERNELS:
            return False
        leaves = []
        for p in self.parameters:
            if isinstance(p, Tensor):
                leaves.append(p)
            elif len(found := p.leaves()) == 1:
                leaves += found
            else:
                return False
        if not all_in_place(leaves):
            return False
        step, hyper = self._o_step, self._hyper
        rates: dict[int, Any] = {}
        made: dict[tuple, Any] = {}
        runs: list[Any] = []
        before: Any = (None,) * 4
        for w, (rate, decay), flag in zip(leaves, self._o_own, self.decay_flags):
            dtype = w._value.dtype
            if rate is before[0] and decay is before[1] and flag is before[2] and dtype is before[3]:
                runs.append(runs[-1])
                continue
            before = rate, decay, flag, dtype
            key = (id(rate), id(decay), flag, dtype)
            run = made.get(key)
            if run is None:  # all schedules are asked before anything changes
                if id(rate) not in rates:
                    rates[id(rate)] = self._o_rate_at(rate, step)
                run = made[key] = updater(self._preset.name, dtype, rates[id(rate)], self._decay_at(decay, flag),
                                          step + 1, rescale_grad=self.reciprocal_scale, **hyper)
            runs.append(run)
        kept = self._kept if reads_states(self._preset.name, hyper) else ()
        for i, (run, w, g) in enumerate(zip(runs, leaves, gradients)):
            grad = g._value
            value = own(w, grad)
            run(value, grad, tuple([own(k[i], value) for k in kept]) if kept else ())
        return True

    def _update(self, gradients: list) -> None:
        """The updates by the pure rule."""
        step, rule = self._o_step, self._preset.rule
        count = step + 1 if state.frame is None else self._traced(step + 1)
        done = []
        rates: dict[int, Any] = {}
        for i, (p, g, (rate, decay), flag) in enumerate(zip(self.parameters, gradients, self._o_own, self.decay_flags)):
            if id(rate) not in rates:
                rates[id(rate)] = self._o_rate_at(rate, step)
            leaf = leaf_of(p)
            done.append(rule.update(
                leaf._device.engine.xp, leaf._read(), g._read(), tuple([s[i]._read() for s in self._kept]),
                rates[id(rate)], self._decay_at(decay, flag), count, rescale_grad=self.reciprocal_scale,
                **self._hyper))
        for i, (p, (value, states)) in enumerate(zip(self.parameters, done)):
            for leaf in [p] if isinstance(p, Tensor) else p.leaves():
                leaf._rebind(leaf._device.engine.put(value, leaf._device))
            for kept, new in zip(self._kept, states):
                kept[i]._rebind(np.asarray(new) if isinstance(value, np.ndarray) else new)


def _rate_of(schedule: Any, step: int) -> float:
    """What a schedule, or a Module, gives for a step: a float32, as a Python number."""
    number = getattr(schedule, "_number", None)
    return float(schedule(Tensor(np.array([step], np.int32))) if number is None else number(step))


for _method in ("_update_in_place", "_update"):
    time_too(RuleOptimizer, _method, lambda optimizer: f"{type(optimizer).__name__}.update")
