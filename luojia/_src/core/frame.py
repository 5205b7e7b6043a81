"""Traces: Python run on Tensors whose arrays are placeholders.

A ``Frame`` is one trace. Every Tensor from outside that it meets becomes an input when it is first read, every one that
it rebinds is known in the end; afterwards those Tensors hold their own arrays again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .random import key_scope, next_key
from .tape import state
from .tensor import Tensor, wrap

tracing = threading.RLock()  # one thread traces at a time


def own_values(tensors: Sequence[Any], otherwise: Sequence[Any]) -> list:
    """The arrays of Tensors that another thread's trace may have held placeholders in, when that trace is over."""
    with tracing:
        return [t._value if isinstance(t, Tensor) else v for t, v in zip(tensors, otherwise)]


class Untraceable(Exception):
    """A trace met something that no region can hold; the message says what."""


class Pending(Untraceable):
    """A trace met a parameter without values yet; one eager run makes them."""


class Frame:
    """One trace: the Tensors from outside that it met, with what they held before it."""

    def __init__(self, engine: Any, device: Any) -> None:
        self.engine = engine
        self.device = device
        self.inputs: list[Input] = []
        self.given: list[Tensor] = []  # keys and host values to be used, in order, before new ones are asked for
        self._held: dict[int, tuple[Tensor, Any, Any]] = {}  # with the value and the node from before the trace
        self._first: dict[int, Any] = {}  # the value at the first reading, in the trace
        self._last: dict[int, Any] = {}  # the value when writes() looked last
        self.met: dict[int, Tensor] | None = None  # what was lifted, while control.py looks into a function
        self.hosted: Callable[[Callable], Any] | None = None  # gives host scalars inside a loop or branch
        self.momenta: dict[int, float] = {}  # what remains of the old value of each moving average, by Tensor

    def __enter__(self) -> Frame:
        self._outer, state.frame = state.frame, self
        self.engine.tracing.depth += 1
        self._keys = key_scope(self.key)
        self._keys.__enter__()
        return self

    def __exit__(self, *_: Any) -> None:
        self._keys.__exit__()
        self.engine.tracing.depth -= 1
        state.frame = self._outer
        for t, value, node in self._held.values():
            t._value, t._node = value, node

    def key(self) -> Any:
        """A random key: one more input, or the next of those given."""
        if self.given:
            return self.given.pop(0)
        return self.new(Input(_Key, (2,), np.dtype(np.uint32), source=lambda: next_key(self.device)))

    def host(self, fn: Callable[[], np.ndarray]) -> Any:
        """A scalar that Python computes before each run, by ``fn()``: a float32."""
        if self.given:
            return self.given.pop(0)._value
        if self.hosted is not None:
            return self.hosted(fn)
        return self.new(Input(Tensor, (), np.dtype(np.float32), source=fn))._value

    def new(self, spec: Input) -> Tensor:
        """A Tensor of a placeholder, one more input."""
        spec.value = self.engine.placeholder(spec.shape, spec.dtype)
        self.inputs.append(spec)
        return wrap(spec.cls, spec.value, self.device)

    def lift(self, t: Tensor) -> None:
        """Make a Tensor from outside an input, unless it is one; of a view, its base."""
        base = getattr(t, "_base", None)
        if base is not None:
            self.lift(base)
            return
        if self.met is not None:
            self.met[id(t)] = t
        if not self.engine.is_traced(t._value):
            if t._device is not self.device:
                raise Untraceable(f"a Tensor on {t._device} in a computation on {self.device}")
            spec = Input(t._result_class, t._value.shape, t._value.dtype, t)
            spec.value = self.engine.placeholder(spec.shape, spec.dtype)
            self.inputs.append(spec)
            self.bind(t, spec.value)

    def bind(self, t: Tensor, value: Any, node: Any = None) -> None:
        """Have a Tensor from outside hold ``value`` in this trace."""
        k = id(t)
        self._held.setdefault(k, (t, t._value, t._node))
        t._value = self._first[k] = self._last[k] = value
        if node is not None:
            t._node = node

    def see(self, tensors: Sequence[Any]) -> None:
        """Lift the Tensors among an operator's inputs."""
        for t in tensors:
            if isinstance(t, Tensor):
                self.lift(t)

    def note(self, t: Tensor) -> None:
        """A Tensor is about to be rebound."""
        k = id(t)
        if k not in self._held and not self.engine.is_traced(t._value):
            self._held[k] = (t, t._value, t._node)
            self._last[k] = t._value

    def renew(self, t: Tensor, momentum: float) -> None:
        """A moving average is about to get a new value, ``momentum`` times the old one and something else."""
        self.momenta[id(t)] = self.momenta.get(id(t), 1.0) * momentum

    def before(self, t: Tensor) -> Any:
        """The array that a Tensor from outside held before the trace."""
        return self._held[id(t)][1] if id(t) in self._held else t._value

    def writes(self) -> list[tuple[Tensor, Any]]:
        """The Tensors rebound since the last call, with their new values."""
        found = [(t, t._value) for k, (t, _, _) in self._held.items() if t._value is not self._last[k]]
        for t, value in found:
            self._last[id(t)] = value
        return found

    def holds(self, t: Tensor) -> bool:
        """Whether a Tensor is from outside the trace, and met."""
        return id(t) in self._held

    @contextmanager
    def inside(self, hosted: Callable[[Callable], Any], bound: Sequence[tuple[Tensor, Any]] = ()) -> Iterator[Inside]:
        """A block that runs in a trace within this one, of a loop's body or a branch.

        Tensors from outside hold ``bound`` in it, and afterwards what they held before it; ``hosted`` gives host
        scalars. What is yielded tells in the end which Tensors were met and which were written.
        """
        found = Inside()
        before = {k: (t, t._value, t._node) for k, (t, _, _) in self._held.items()}
        kept = self._held, self._first, self._last, self.met, self.hosted, len(self.inputs)
        self._held, self._first, self._last = dict(self._held), dict(self._first), dict(self._last)
        self.met, self.hosted = found.met, hosted
        try:
            for t, value in bound:
                t._value = value
            start = {k: t._value for k, (t, _, _) in before.items()}
            yield found
            for k, (t, value, _) in self._held.items():
                if k not in before:
                    found.met[k] = t
                    found.lifted = found.lifted or k in self._first
                if t._value is not (start[k] if k in start else self._first.get(k, value)):
                    found.written[k] = t
        finally:
            for t, value, node in {**self._held, **before}.values():
                t._value, t._node = value, node
            self._held, self._first, self._last, self.met, self.hosted, count = kept
            del self.inputs[count:]
            if self.met is not None:
                self.met.update(found.met)

    def snapshot(self) -> dict[int, Any]:
        """What the Tensors from outside hold now."""
        return {k: t._value for k, (t, _, _) in self._held.items()}

    def rollback(self, snapshot: dict[int, Any]) -> None:
        """Undo what was rebound since ``snapshot``."""
        for k, (t, value, _) in self._held.items():
            t._value = self._last[k] = snapshot[k] if k in snapshot else self._first.get(k, value)


class Inside:
    """What a function met: the Tensors that it read, and those from outside that it wrote."""

    def __init__(self) -> None:
        self.met: dict[int, Tensor] = {}
        self.written: dict[int, Tensor] = {}
        self.lifted = False  # whether some were met for the first time


class Input:
    """An input of a region: its class, shape and dtype; the Tensor from outside that it stands for; or the function
    that makes it before each run, as it does keys."""

    __slots__ = ("cls", "shape", "dtype", "holder", "source", "value")

    def __init__(self, cls: type, shape: tuple, dtype: Any, holder: Tensor | None = None,
                 source: Callable[[], Any] | None = None) -> None:
        self.cls, self.shape, self.dtype, self.holder, self.source = cls, shape, dtype, holder, source
        self.value: Any = None


class _Key(Tensor):
    """A random key in a trace; it decides the class of no result."""

    _role = True


_Key._result_class = Tensor
