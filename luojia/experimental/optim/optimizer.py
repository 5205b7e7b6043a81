"""The base of the optimizers: groups of parameters, their options and their states."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from ..._src.core.tape import recording_scope
from ..._src.errors import ArgumentError, DTypeError, ShapeError
from ..._src.ops import Parameter, ParameterTuple, Tensor
from ...nn import Module


class Optimizer(Module):
    """Base class: ``optimizer(gradients)`` updates the parameters, one gradient for each, and gives True.

    Args:
        params: Parameters, or dicts with "params" and options that differ from ``defaults`` for them.
        defaults: the options, ``lr`` among them.

    A subclass names its states in ``_states`` (name: value at the start, or a function of the group's options) and
    gives ``_rule(w, g, states, group, lr, t) -> (new w, new states)``.

    Attributes:
        param_groups: a dict of each group; its "lr" is a Parameter, so that compiled steps see it change.

    Raises:
        ValueError: no parameters, one that is in two groups, an option that is out of its range.
        TypeError: what is no Parameter, or a rate that is no number.
    """

    _states: ClassVar[dict[str, Any]] = {}
    _more: ClassVar[dict[str, Any]] = {}  # options that a group has and no argument gives
    _rate_zero = False  # whether the rate may be 0
    _step: Any = ("state_step", np.zeros((), np.float32))  # what counts the updates

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        super().__init__(auto_prefix=False)
        if params is None:
            raise ArgumentError("For 'Optimizer', the argument params can not be None.")
        if isinstance(params, Tensor) or not isinstance(params, Iterable):
            raise DTypeError(f"For 'Optimizer', the argument params must be Iterable type, but got {type(params)}.")
        groups = list(params)
        if not groups:
            raise ArgumentError("For 'Optimizer', the argument params must not be empty.")
        self.defaults = defaults
        self.param_groups: list[dict[str, Any]] = []
        self.group_start_id = [0]  # where in ``parameters`` each group begins, and the next would
        self._slots: dict[str, list[Parameter]] = {name: [] for name in self._states}
        self._all: list[Parameter] = []
        name, start = self._step
        self.insert_param_to_cell(name, Parameter(Tensor(start.copy()), name=name, requires_grad=False))
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own."""
        if not isinstance(param_group, dict):
            raise DTypeError("Param group must be a dict.")
        listed = param_group["params"]
        listed = [listed] if isinstance(listed, Parameter) else list(listed)
        for p in listed:
            if not isinstance(p, Parameter):
                raise DTypeError(f"For 'Optimizer', params must be Parameters, but got {type(p)}.")
        if len({*map(id, self._all), *map(id, listed)}) != len(self._all) + len(listed):
            raise ArgumentError("some parameters appear in more than one parameter group.")
        group = {**param_group, "params": listed}
        group.update({k: v for k, v in {**self.defaults, **self._more}.items() if k not in group})
        lr = group["lr"]
        if isinstance(lr, str) or not isinstance(lr, (int, float, Tensor, np.number)):
            raise DTypeError(f"For '{type(self).__name__}', the type of 'lr' should be one of '['float', 'int', "
                             f"'Tensor']', but got type '{type(lr).__name__}'.")
        if not math.isfinite(float(lr)):
            raise ArgumentError(f"For '{type(self).__name__}', the 'learning rate' must be a legal value, but got "
                                f"'{lr}'.")
        if float(lr) < 0 or float(lr) == 0 and not self._rate_zero:
            raise ArgumentError(f"Invalid learning rate: {lr}; it must be {'>=' if self._rate_zero else '>'} 0.")
        self._check(group)
        number = len(self.param_groups)
        group["lr"] = Parameter(Tensor(np.float32(float(lr))), name=f"learning_rate_group_{number}")
        setattr(self, f"_rate_{number}", group["lr"])
        self.param_groups.append(group)
        self._all += listed
        self.group_start_id.append(len(self._all))
        for name, start in self._states.items():
            for i, p in enumerate(listed):
                value = start(group) if callable(start) else start
                slot = Parameter(Tensor(np.full(p.shape, value, p.np_dtype)), name=f"{name}.{p.name}",
                                 requires_grad=False)
                self.insert_param_to_cell(f"{name}_{number}_{i}", slot)
                self._slots[name].append(slot)
        self.parameters = ParameterTuple(self._all)

    @property
    def lrs(self) -> list[Parameter]:
        """The rate of each group."""
        return [group["lr"] for group in self.param_groups]

    def _check(self, group: dict[str, Any]) -> None:
        """Raise for options that are out of their range."""

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        raise NotImplementedError(f"{type(self).__name__} defines no _rule; or override construct(gradients).")

    def construct(self, gradients: Any) -> bool:
        gradients = (gradients,) if isinstance(gradients, Tensor) else tuple(gradients)
        if len(gradients) != len(self._all):
            raise ArgumentError(f"{type(self).__name__} expects a gradient for each of its {len(self._all)} "
                                f"parameters, got {len(gradients)}.")
        for p, g in zip(self._all, gradients):
            if g.shape != p.shape:
                raise ShapeError(f"{type(self).__name__} expects a gradient of shape {p.shape} for '{p.name}', got "
                                 f"{g.shape}.")
        with recording_scope(False):
            count = getattr(self, self._step[0])
            count.set_data(count + 1)
            numbers = iter(range(len(self._all)))
            for group in self.param_groups:
                for p, i in zip(group["params"], numbers):
                    g = gradients[i]
                    if group.get("grad_centralization") and g.ndim > 1:
                        g = g - g.mean(tuple(range(1, g.ndim)), True)
                    g = -g if group.get("maximize") else g
                    slots = tuple([each[i] for each in self._slots.values()])
                    new, states = self._rule(p, g, slots, group, group["lr"], count)
                    p.set_data(new)
                    for slot, state in zip(slots, states):
                        slot.set_data(state)
        return True

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(("\n" if number else "") + f"Parameter Group {number}")
            for key in sorted(group):
                if key not in ("params", "initial_lr"):
                    value = group[key]
                    lines.append(f"    {key}: {str(value.asnumpy()) if isinstance(value, Tensor) else value}")
        return "\n".join(lines) + "\n)"


def number(x: Any) -> Any:
    """The number that a Tensor holds, where it is known: not while a graph is made, or on a device."""
    value = x._value if isinstance(x, Tensor) else x
    return value.item() if isinstance(value, (np.ndarray, np.generic)) and value.size == 1 else x


def at_least_zero(group: dict[str, Any], *names: str, **zero: bool) -> None:
    """Raise ValueError for an option below zero, or at it where ``zero`` says so of its name; NaN is below."""
    words = {"eps": "epsilon value"}
    for name in (*names, *zero):
        least_is_in = zero.get(name, True)
        if not (group[name] >= 0 if least_is_in else group[name] > 0):
            raise ArgumentError(f"Invalid {words.get(name, name + ' value')}: {group[name]}; it must be "
                                f"{'>=' if least_is_in else '>'} 0.")


def check_betas(group: dict[str, Any]) -> None:
    """Raise ValueError for a decay rate outside [0, 1)."""
    for i, beta in enumerate(group["betas"]):
        if not 0 <= beta < 1:
            raise ArgumentError(f"Invalid beta parameter at index {i}: {beta}")
