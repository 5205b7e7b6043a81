"""Updater: an optimizer with the states of the weights it has met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.profiling import time_too
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.formats import trainer_states
from ..ndarray import NDArray
from .optimizer import Optimizer

_PLAIN = (type(None), bool, int, float, str)
_MODULE = "mxnet.optimizer.optimizer."


class Updater:
    """``updater(index, grad, weight)`` updates the weight, making its state at the first meeting."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.states: dict[Any, Any] = {}
        self.states_synced: dict[Any, bool] = {}
        self.aggregate_updates = optimizer.aggregate_num > 0

    def __call__(self, index: Any, grad: Any, weight: Any) -> None:
        several = isinstance(index, (list, tuple))
        for i, g, w in zip(index, grad, weight) if several else ((index, grad, weight),):
            self.optimizer._set_current_context(w._device.device_id)
            self.optimizer.update_multi_precision(i, w, g, self._state(i, w))

    def together(self, updates: Sequence[tuple[int, Any, Any]]) -> None:
        """The updates (index, gradient, weight) of weights on one device, in one go."""
        if updates:
            self.optimizer._set_current_context(updates[0][2]._device.device_id)
            states, synced = self.states, self.states_synced
            self.optimizer.update_together([
                (i, w, g, states[i] if i in states and synced.get(i, True) else self._state(i, w))
                for i, g, w in updates])

    def _state(self, index: Any, weight: Any) -> Any:
        if index not in self.states:
            self.states[index] = self.optimizer.create_state_multi_precision(index, weight)
        elif not self.states_synced.get(index, True):
            self.states[index] = self.sync_state_context(self.states[index], weight._device)
        self.states_synced[index] = True
        return self.states[index]

    def sync_state_context(self, state: Any, context: Context) -> Any:
        """The state on the device of its weight."""
        if isinstance(state, Tensor):
            if state._device is context:
                return state
            value = state._device.engine.to_numpy(state._value)
            return wrap(type(state), context.engine.put(value, context), context)
        if isinstance(state, (tuple, list)):
            return type(state)(self.sync_state_context(s, context) for s in state)
        return state

    def get_states(self, dump_optimizer: bool = False) -> bytes:
        """The states, and with ``dump_optimizer`` the optimizer, in the bytes of MXNet's states files."""
        states = {index: _arrays(state) for index, state in self.states.items()}
        return trainer_states.dump(states, _record(self.optimizer) if dump_optimizer else None)

    def set_states(self, states: bytes) -> None:
        """Take the states, and the optimizer if it is there, that ``get_states`` (or mxnet) gave."""
        arrays, optimizer = trainer_states.load(states)
        if optimizer is not None:
            self.optimizer = _revive(optimizer, self.optimizer)
        self.states = {index: _tensors(state) for index, state in arrays.items()}
        self.states_synced = dict.fromkeys(self.states, False)


def get_updater(optimizer: Optimizer) -> Updater:
    """An Updater around ``optimizer``.

    >>> from luojia import nd, optimizer
    >>> update, w = optimizer.get_updater(optimizer.create("sgd", learning_rate=0.1)), nd.array([1.0])
    >>> update(0, nd.array([0.5]), w)
    >>> w.asnumpy()
    array([0.95], dtype=float32)
    """
    return Updater(optimizer)


def _arrays(state: Any) -> Any:
    if isinstance(state, Tensor):
        return state.asnumpy()
    return tuple([_arrays(s) for s in state]) if isinstance(state, (tuple, list)) else state


def _tensors(state: Any) -> Any:
    if isinstance(state, np.ndarray):
        device = current_context()
        return wrap(NDArray, device.engine.put(state, device), device)
    return tuple([_tensors(s) for s in state]) if isinstance(state, (tuple, list)) else state


def _record(optimizer: Optimizer) -> trainer_states.Object:
    """The optimizer's plain attributes and its schedule, under MXNet's class names."""
    attributes = {k: v for k, v in optimizer.__getstate__().items() if _is_plain(v)}
    schedule = optimizer.lr_scheduler
    if schedule is not None:
        attributes["lr_scheduler"] = trainer_states.Object(
            f"mxnet.lr_scheduler.{type(schedule).__name__}", {k: v for k, v in vars(schedule).items() if _is_plain(v)}
        )
    return trainer_states.Object(_MODULE + type(optimizer).__name__, attributes)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(k) and _is_plain(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _revive(record: trainer_states.Object, current: Optimizer) -> Optimizer:
    """The optimizer of a file: of the class that it names; what it lacks (and unknown schedules) as the current has."""
    from .. import lr_scheduler

    name = record.kind.rpartition(".")[2]
    klass = type(current)
    if name != klass.__name__:
        klass = Optimizer.opt_registry.get(name.lower(), klass)
    attributes = {k: v for k, v in record.attributes.items() if not isinstance(v, trainer_states.Object)}
    schedule = record.attributes.get("lr_scheduler")
    if isinstance(schedule, trainer_states.Object):
        kind = getattr(lr_scheduler, schedule.kind.rpartition(".")[2], None)
        attributes["lr_scheduler"] = current.lr_scheduler
        if kind is not None:
            attributes["lr_scheduler"] = made = kind.__new__(kind)
            vars(made).update(schedule.attributes)
    made = klass.__new__(klass)
    made.__setstate__({**vars(current), **attributes})
    return made


for _method in ("together", "__call__"):
    time_too(Updater, _method, lambda updater: f"{type(updater.optimizer).__name__}.update")
