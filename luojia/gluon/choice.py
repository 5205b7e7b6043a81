"""``engine="auto"`` for Gluon's loop: record, backward and Trainer.step are timed on NumPy, then tried on XLA.

On NumPy a ``Watch`` stands where a waiting step would (see ``_src/core/waiting.py``): it notes what hybridized Blocks
compute, and from which of their outputs backward starts. If that is all there is of a step, the Trainer can have it
again on XLA, with everything that it changes put back after each trial, and the faster engine is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from .._src.core import choice
from .._src.core.random import stream_of
from .._src.core.tape import Leaf, recording_scope, state
from .._src.core.tensor import Tensor, run_backward
from .._src.core.waiting import Step
from .._src.engine.devices import keep_engine
from .._src.errors import DeviceError
from ..optimizer.optimizer import Optimizer

_TRIALS = 7  # on XLA; the first compiles, and so may the fourth
_times: list[float] = []  # of steps on NumPy


class Watch:
    """One step on NumPy, as far as it has come."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, list[Tensor], list[Tensor]]] = []  # graph, inputs, outputs
        self.heads: tuple[list[Tensor], list[Any]] | None = None
        self.training = state.training
        self.seconds = 0.0

    def run(self) -> None:
        """Nothing waits on NumPy."""

    def takes(self, grads: Sequence[Any]) -> bool:
        return False

    def call(self, graph: Any, held: Any, flat: list[Tensor]) -> list[Tensor]:
        """A graph's outputs, timed."""
        start = perf_counter()
        outputs = list(graph.directly(held, flat))
        self.seconds += perf_counter() - start
        self.calls.append((graph, flat, outputs))
        return outputs

    def backward(self, heads: list, grads: list, retain: bool) -> bool:
        """The backward pass, timed."""
        state.waiting = None
        start = perf_counter()
        run_backward(heads, grads, retain)
        self.seconds += perf_counter() - start
        again = self.heads is not None or retain
        self.heads = ([], []) if again else (list(heads), list(grads))
        state.waiting = self
        return True

    def step(self, trainer: Any, batch_size: int, ignore_stale_grad: bool) -> None:
        """The Trainer's step, timed; or, after enough of them, once the engine is chosen."""
        state.waiting = None
        if len(_times) > choice.CALLS:
            self._decide(trainer, batch_size)
        start = perf_counter()
        trainer.step(batch_size, ignore_stale_grad)
        _times.append(self.seconds + perf_counter() - start)

    # -- trials ----------------------------------------------------------------------------------------------------

    def _decide(self, trainer: Any, batch_size: int) -> None:
        numpy = min(_times[1:])
        _times.clear()
        why = self._why_not(trainer)
        if why is None:
            try:
                keep_engine("xla")
            except DeviceError:
                why = "jax is not installed, or too old"
        if why is not None:
            choice.keep("numpy", why)
            return
        device = self.calls[0][1][0]._device
        stream = stream_of(device)
        place, kept = stream.state, "numpy"
        saved = _Saved(trainer, self.calls, device)
        try:
            xla = min([self._trial(trainer, batch_size, saved) for _ in range(_TRIALS)][1:])
            if xla < choice.MARGIN * numpy:
                kept = "xla"
            why = f"a step of Gluon's took {numpy * 1e3:.3g} ms on NumPy, {xla * 1e3:.3g} ms on XLA"
        except Exception as e:  # NumPy runs it, and raises what is the program's own fault
            why = f"a step of Gluon's {e if isinstance(e, _Draws) else f'cannot be compiled ({type(e).__name__})'}"
        finally:
            state.waiting = None
            saved.restore()
            if kept == "numpy":
                keep_engine("numpy")
                stream.state = place
        choice.keep(kept, why)

    def _why_not(self, trainer: Any) -> str | None:
        """Why this step cannot be had again."""
        made = {id(t) for _, _, outputs in self.calls for t in outputs}
        if self.heads is None or not self.heads[0] or any(id(h) not in made for h in self.heads[0]):
            return "a step of Gluon's is more than hybridized Blocks and one backward from their outputs"
        if type(trainer._optimizer).update is not Optimizer.update or trainer._optimizer.multi_precision:
            return "a step of Gluon's has an update that is not compiled"
        if len(trainer._check_contexts()) > 1 or trainer._kvstore is not None:
            return "a step of Gluon's runs on several devices"
        return None

    def _trial(self, trainer: Any, batch_size: int, saved: _Saved) -> float:
        """Seconds of the step on XLA; what it changes is as before afterwards."""
        assert self.heads is not None
        start = perf_counter()
        try:
            made: dict[int, Tensor] = {}
            with recording_scope(True, self.training):
                for graph, flat, outputs in self.calls:
                    inputs = [made.get(id(t), t) for t in flat]
                    found = graph.outputs(graph.held(inputs[0]._device), inputs)
                    made.update(zip([id(t) for t in outputs], found))
            step = state.waiting
            if step.__class__ is Step and any(call.region.draws for call in step.calls):
                raise _Draws("draws random numbers")
            run_backward([made[id(h)] for h in self.heads[0]], self.heads[1])
            trainer.step(batch_size)
            for t in saved.tensors:
                t._device.engine.to_numpy(t._value)  # waits for it
            return perf_counter() - start
        finally:
            state.waiting = None
            saved.restore()


class _Draws(Exception):
    """The numbers that a seed gives would be others."""


class _Saved:
    """What a step may change, as it was."""

    def __init__(self, trainer: Any, calls: list, device: Any) -> None:
        held = [t for graph, _, _ in calls for t in graph.held(device).values if isinstance(t, Tensor)]
        leaves = [leaf for p in trainer._params for leaf in p.leaves()]
        states = [s for updater in trainer._updaters for s in updater.states.values()]
        nodes = [t._node for t in [*held, *leaves] if isinstance(t._node, Leaf)]
        self.tensors = [*held, *leaves, *[n.grad for n in nodes if n.grad is not None], *_tensors(states)]
        self._values = [t._value for t in self.tensors]
        self._fresh = [(n, n.fresh) for n in nodes]
        optimizer = trainer._optimizer
        schedule = optimizer.lr_scheduler
        self._counted: list[tuple[Any, dict]] = [(optimizer, {name: copy.deepcopy(getattr(optimizer, name))
                                                              for name in ("num_update", "rescale_grad")})]
        self._counted += [] if schedule is None else [(schedule, copy.deepcopy(vars(schedule)))]
        self._updates = [(counts, dict(counts)) for counts in optimizer._all_index_update_counts.values()]

    def restore(self) -> None:
        for t, value in zip(self.tensors, self._values):
            t._value = value
        for node, fresh in self._fresh:
            node.fresh = fresh
        for owner, values in self._counted:
            vars(owner).update(copy.deepcopy(values))
        for counts, before in self._updates:
            counts.clear()
            counts.update(before)


def _tensors(states: Sequence[Any]) -> list[Tensor]:
    found = []
    for s in states:
        found += [s] if isinstance(s, Tensor) else _tensors(s) if isinstance(s, (tuple, list)) else []
    return found


def watched(graph: Any, held: Any, flat: list[Tensor]) -> list[Tensor]:
    """A graph's outputs on NumPy, while the engine is to be chosen."""
    if state.waiting.__class__ is not Watch:
        state.waiting = Watch()
    return state.waiting.call(graph, held, flat)
