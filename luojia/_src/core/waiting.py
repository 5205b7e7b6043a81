"""Recorded regions that wait, so that a Gluon training step runs as one program.

A hybridized Block that is called under ``record()``, on an engine that compiles, does not run: it joins the step of its
thread, and its outputs are Tensors whose arrays are still to come. ``backward`` from such outputs joins too, and the
Trainer's update then runs all of it as one program, which is compiled once for each structure that a step can have.

Reading an array that is still to come (printing a loss, an operator outside a hybridized Block) runs what has joined so
far, as does whatever cannot join. So a program gives the same values, put off or not.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from . import tape
from .later import described, exclusive, get_value, later_of, put_off
from .tape import Leaf, RichNode, state
from .tensor import Tensor, wrap

_MOST_CALLS = 16  # in one step
_MOST_PROGRAMS = 32  # of one region
_TRIED = 3  # runs of a step before its time counts, the first of which compiles
_LONG = 0.02  # seconds that a step takes for which its parts are tried
_MARGIN = 0.95  # of the whole's time that the parts must stay below
notes: list[str] = []
"""How long steps took as one program and in parts, where both were tried in this process."""


class Waiting:
    """Whether regions wait: not while a profiler tells them apart, nor with LUOJIA_WHOLE_STEP=0 in the environment."""

    allowed = os.environ.get("LUOJIA_WHOLE_STEP", "1") != "0"


def run_waiting() -> None:
    """Compute what this thread has put off."""
    if state.waiting is not None:
        state.waiting.run()


class Later:
    """An array to come: output ``number`` of a step; the Tensor that gets it is not kept alive by this.

    ``like`` has its shape and dtype.
    """

    __slots__ = ("step", "number", "like", "tensor")

    def __init__(self, step: Step, like: Any, tensor: Tensor) -> None:
        self.step, self.number, self.like = step, len(step.outputs), like
        self.tensor = weakref.ref(tensor)
        step.outputs.append(self)
        put_off(tensor, self)

    @property
    def shape(self) -> tuple:
        return self.like.shape

    @property
    def dtype(self) -> Any:
        return self.like.dtype


class _Call:
    """A region in a step: where its arguments come from (inputs by number, outputs by ~number), the number of its first
    output, and per target of its gradient the leaf (by number), the output (by ~number) or None."""

    __slots__ = ("region", "refs", "first", "links", "node", "selected")

    def __init__(self, region: Any, refs: tuple, first: int, links: tuple, node: Any) -> None:
        self.region, self.refs, self.first, self.links, self.node = region, refs, first, links, node
        self.selected: list[Any] = []


class _Backward:
    """A backward pass in a step: its heads (outputs with a seed: an input's number or None for ones), and per leaf that
    it reaches the number of what its gradient is added to, None where it is written."""

    __slots__ = ("heads", "leaves", "sums")

    def __init__(self, heads: tuple, leaves: tuple, sums: tuple) -> None:
        self.heads, self.leaves, self.sums = heads, leaves, sums


def join(region: Any, sources: Sequence[Any]) -> list[Tensor] | None:
    """The outputs of a recorded region, to come; None if it is to run now."""
    if not Waiting.allowed or state.depth or state.frame is not None or state.journal is not None:
        return None
    step = state.waiting
    if step is not None and not step.takes_calls(region.device):
        step.run()
        step = None
    if step is None:
        step = state.waiting = Step(region.device)
    return step.join(region, sources)


class Step:
    """What has joined since the last run: calls of regions, then at most one backward pass.

    Attributes:
        outputs: the arrays to come.
        leaves: the variables whose gradients may be asked for, numbered.
    """

    def __init__(self, device: Any) -> None:
        self.device = device
        self.calls: list[_Call] = []
        self.pass_: _Backward | None = None
        self.outputs: list[Later] = []
        self.leaves: dict[Leaf, int] = {}
        self._inputs: list[Any] = []
        self._numbers: dict[int, int] = {}  # of inputs, by the Tensors that held them
        self._lock = threading.RLock()
        self._ran = False

    # -- joining ---------------------------------------------------------------------------------------------------

    def takes_calls(self, device: Any) -> bool:
        """Whether more regions may join, on this device."""
        return not self._ran and self.pass_ is None and self.device is device and len(self.calls) < _MOST_CALLS

    def join(self, region: Any, sources: Sequence[Any]) -> list[Tensor] | None:
        parents = tuple([s._node if isinstance(s, Tensor) else None for s in sources])
        links = self._linked(region, parents)
        if links is None:
            return None
        refs = self._first_places(sources) or self._places(sources)
        node = RichNode(region, {}, parents, (), (), self.device)
        call = _Call(region, refs, len(self.outputs), links, node)
        node.saved = call
        outs = []
        for i, o in enumerate(region.outputs):
            t = wrap(o.cls, None, self.device)
            later = Later(self, o, t)
            if o.linked:
                t._node = tape.select(node, i, later)
                call.selected.append(t._node)
            outs.append(t)
        for t in region.written:
            Later(self, _kind(t), t)
        self.calls.append(call)
        return outs

    def _first_places(self, sources: Sequence[Any]) -> tuple[int, ...] | None:
        """The same for a first call of Tensors that have their arrays, without a loop in Python."""
        if self._inputs:
            return None
        try:
            self._inputs = list(map(get_value, sources))
        except (AttributeError, TypeError):
            return None
        refs = tuple(range(len(self._inputs)))
        self._numbers = dict(zip(map(id, sources), refs))
        return refs

    def _places(self, sources: Sequence[Any]) -> tuple[int, ...]:
        """Of each source the number of an input, or the ~number of an output of this step."""
        inputs, numbers, found = self._inputs, self._numbers, []
        for s in sources:
            if isinstance(s, Tensor):
                try:
                    value = get_value(s)
                except AttributeError:
                    later = later_of(s)
                    if later is not None and later.step is self:
                        found.append(~later.number)
                        continue
                    value = s._value
                number = numbers.get(id(s))
                if number is not None and inputs[number] is value:
                    found.append(number)
                    continue
                numbers[id(s)] = len(inputs)
                s = value
            found.append(len(inputs))
            inputs.append(s)
        return tuple(found)

    def _linked(self, region: Any, parents: tuple) -> tuple | None:
        """Where the gradients of a region go; None if one goes to a node that is not of this step."""
        if not self.leaves and region.linked_before[0] == parents:
            _, leaves, links_before = region.linked_before
            self.leaves.update(leaves)
            return links_before
        links: list[int | None] = []
        for k in region.targets:
            node = parents[k]
            if node is None:
                links.append(None)
            elif node.__class__ is Leaf:
                links.append(self.leaves.setdefault(node, len(self.leaves)))
            else:
                call = self._call_of(node)
                if call is None:
                    return None
                links.append(~(call.first + node.attrs["index"]))
        found = tuple(links)
        if not self.calls and not any([p is not None and p.__class__ is not Leaf for p in parents]):
            region.linked_before = parents, dict(self.leaves), found
        return found

    def _call_of(self, node: Any) -> _Call | None:
        """The call of this step that a node stands for an output of."""
        if node is None or node.op is not tape.SELECT or not node.parents:
            return None
        call = getattr(node.parents[0], "saved", None)
        return call if call.__class__ is _Call and call in self.calls else None

    def backward(self, heads: Sequence[Tensor], grads: Sequence[Any], retain: bool) -> bool:
        """Have the backward pass from these heads join; False if it is to run now."""
        if retain or self.pass_ is not None or state.depth or state.frame is not None or state.journal is not None:
            return False
        places = []
        for head, g in zip(heads, grads):
            call = self._call_of(head._node)
            later = later_of(head)
            if call is None or later is None or g is not None and not (
                    isinstance(g, Tensor) and g._value.shape == later.shape and g._value.dtype == later.dtype):
                return False
            places.append((later.number, None if g is None else self._places([g])[0]))
        reached, passed = self._reached({number for number, _ in places})
        if len(passed) < len(self.calls):  # a later pass may come for what this one does not need
            return False
        leaves, holders, sums = [], [], []
        variables = list(self.leaves)
        for i in reached:
            leaf = variables[i]
            holder = _holder(leaf)
            if leaf.grad_req != "null" and holder is not None:
                leaves.append(i)
                holders.append(holder)
                sums.append(self._places([holder])[0] if leaf.grad_req == "add" else None)
        if not leaves:
            return False
        self.pass_ = _Backward(tuple(places), tuple(leaves), tuple(sums))
        for i, holder in zip(leaves, holders):
            Later(self, _kind(holder), holder)
            variables[i].fresh = True
        for call in passed:
            for t in call.region.late:
                Later(self, _kind(t), t)
        now = tape.next_id()
        for call in self.calls:
            for node in (call.node, *call.selected):
                node.parents = node.ans = None
                node.args = now
            call.node.saved = None
        return True

    def _reached(self, numbers: set[int]) -> tuple[list[int], list[_Call]]:
        """The leaves that outputs of these numbers depend on, and the calls, the last first."""
        leaves: dict[int, None] = {}
        passed = []
        for call in reversed(self.calls):
            if not numbers.isdisjoint(range(call.first, call.first + len(call.region.outputs))):
                passed.append(call)
                for link in call.links:
                    if link is not None and link >= 0:
                        leaves[link] = None
                    elif link is not None:
                        numbers.add(~link)
        return list(leaves), passed

    # -- running ---------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Compute what has joined."""
        with self._lock:
            if self._ran:
                return
            if state.waiting is self:
                state.waiting = None
            if self.pass_ is None:
                self._run_calls()
            else:
                self._deliver(self._program(None, ())(*self._inputs))
            self._ran = True

    def update(self, plan: tuple, update: Callable, holders: Sequence[Tensor], grads: Sequence[Tensor],
               scalars: Any) -> list:
        """Compute what has joined and ``update(values of holders, values of grads, scalars)``, as one program.

        The values of ``holders`` are used up. ``plan`` stands for ``update``.
        """
        with self._lock:
            places, wanted = self._places(holders), self._places(grads)
            self._inputs.append(scalars)
            state.waiting = None
            program = self._program((plan, places, wanted, len(self._inputs) - 1), places, update)
            for number, t in zip(places, holders):
                self._inputs[number] = None
                self._inputs[number] = exclusive(t)
            found = program(*self._inputs)
            self._ran = True
            count = len(self.outputs)
            self._deliver(found[:count])
            return found[count:]

    def takes(self, grads: Sequence[Any]) -> bool:
        """Whether these gradients are of this step's backward pass, some of them at least."""
        if self.pass_ is None:
            return False
        for g in grads:
            later = later_of(g) if isinstance(g, Tensor) else None
            if later is not None and later.step is self:
                return True
        return False

    def _run_calls(self) -> None:
        """Each region by itself; the tape's nodes become what they are where regions do not wait."""
        values: list[Any] = []
        for call in self.calls:
            args = [self._inputs[r] if r >= 0 else values[~r] for r in call.refs]
            args, out, saved = call.region.forward(args)
            values += out
            node = call.node
            node.args, node.ans, node.saved = tuple(args), tuple(out[: len(call.region.outputs)]), saved
            for select in call.selected:
                select.ans = out[select.attrs["index"]]
        self._deliver(values)

    def _deliver(self, values: Sequence[Any]) -> None:
        for later, value in zip(self.outputs, values):
            t = later.tensor()
            if t is not None and later_of(t) is later:
                t._value = value
                del t._later
        self._inputs, self._numbers, self.calls, self.outputs = [], {}, [], []

    def _program(self, updates: Any, donate: tuple, update: Callable | None = None) -> Callable:
        """The program for steps like this one."""
        first = self.calls[0].region
        pass_ = self.pass_
        assert pass_ is not None
        key = (tuple([(c.region, c.refs, c.links) for c in self.calls]), pass_.heads, pass_.leaves, pass_.sums, updates)
        programs = first.steps
        found = programs.get(key)
        if found is None:
            if len(programs) >= _MOST_PROGRAMS:
                programs.pop(next(iter(programs)))
            calls = [(c.region, c.refs, c.first, c.links) for c in self.calls]
            whole = first.engine.program(_composed(calls, pass_, updates, update), donate)
            if self.device.device_type == "cpu" and not any([c.region.draws for c in self.calls]):
                parts = None if update is None else first.engine.jit(("fused updates", updates[0]), update, (0,))
                whole = _Faster(first.engine, whole, _composed(calls, pass_, updates, parts))
            found = programs[key] = whole
        return found


class _Faster:
    """A step as one program, or in parts: on a CPU a long step is tried both ways, and the faster way kept.

    Where random numbers are drawn nothing is tried, so that a seed gives the same numbers in every run.
    """

    def __init__(self, engine: Any, whole: Callable, parts: Callable) -> None:
        self.engine, self.ways = engine, (whole, parts)
        self.times: tuple[list[float], list[float]] = ([], [])
        self.kept: Callable | None = None

    def __call__(self, *inputs: Any) -> list:
        if self.kept is not None:
            return self.kept(*inputs)
        way = int(len(self.times[0]) == _TRIED)
        start = perf_counter()
        found = self.engine.ready(self.ways[way](*inputs))
        self.times[way].append(perf_counter() - start)
        if len(self.times[way]) == _TRIED:
            whole, *parts = [min(t[1:]) for t in self.times if t]
            if parts:
                self.kept = self.ways[parts[0] < _MARGIN * whole]
                notes.append(f"{whole * 1e3:.3g} ms as one program, {parts[0] * 1e3:.3g} ms in parts")
            elif whole < _LONG:
                self.kept = self.ways[0]
        return found


def _kind(t: Tensor) -> Any:
    """What has the shape and dtype of a Tensor, and no memory of its own."""
    found = described(t)
    return found.like if found.__class__ is Later else getattr(found, "aval", found)


def _holder(leaf: Leaf) -> Any:
    """Where the gradient of a leaf goes."""
    if leaf.grad is not None or leaf.owner is None:
        return leaf.grad
    owner = leaf.owner()
    return None if owner is None else owner.grad


def _composed(calls: list[tuple], pass_: _Backward, updates: Any, update: Callable | None) -> Callable:
    """A step as one function of its inputs, which gives all outputs, and then what the update gives."""
    def run(*inputs: Any) -> list:
        values: list[Any] = []
        kept = []
        for region, refs, _, _ in calls:
            args = [inputs[r] if r >= 0 else values[~r] for r in refs]
            out, saved = region.ahead(*args)
            values += out
            kept.append((args, saved))
        late: list[Any] = []  # what the backward pass gives to Tensors from outside
        held: dict[int, Any] = {}  # the last of it, by Tensor
        pending: dict[int, Any] = {}  # cotangents of outputs
        found: dict[int, Any] = {}  # gradients of leaves
        engine = calls[0][0].engine
        for number, seed in pass_.heads:
            g = engine.ones_like(values[number]) if seed is None else inputs[seed]
            pending[number] = pending[number] + g if number in pending else g
        for (region, _, first, links), (args, saved) in zip(reversed(calls), reversed(kept)):
            count = len(region.outputs)
            gs = [pending.get(first + i) for i in range(count)]
            if not any([g is not None for g in gs]):
                continue
            back = region.backward(args, saved, gs, values[first : first + count])
            given = back[len(links) :]
            now = [held.get(id(t), v) for t, v in zip(region.late, region.before(args))]
            held.update(zip(map(id, region.late), region.renewed(args, now, given)))
            late += [held[id(t)] for t in region.late]
            for link, g in zip(links, back):
                if link is not None:
                    where, k = (found, link) if link >= 0 else (pending, ~link)
                    where[k] = where[k] + g if k in where else g
        for k, add in zip(pass_.leaves, pass_.sums):
            values.append(found[k] if add is None else inputs[add] + found[k])
        values += late
        if update is None:
            return values
        _, places, wanted, scalars = updates
        new = update(tuple([inputs[r] for r in places]),
                     tuple([inputs[r] if r >= 0 else values[~r] for r in wanted]), inputs[scalars])
        return [*values, *new]

    return run
