"""Python that computes with Tensors as pure functions of arrays, compiled and recorded as one application each.

``Region(fn, ...)`` runs ``fn`` once on Tensors whose arrays are placeholders. Every Tensor from outside that it meets
becomes an input when it is first read (``Frame.lift``), every Tensor that it rebinds an output: so state (statistics,
weights, optimizer states) is found without being named, and threaded through. Random keys become inputs too, drawn
before each call in the order in which eager running draws them. While the trace runs, those Tensors hold
placeholders; they have their own arrays again when it ends, however it ends.

Recorded, a region is one node. Its forward and backward are two programs, cut from one run of the function under the
tape, so every rule, hook and ``bprop`` counts. Its gradient is again a region, hence derivatives of any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import tape, waiting
from .frame import Frame, Input, own_values, tracing
from .later import exclusive
from .tape import Leaf, Pullback, RichNode, recording_scope, state
from .tensor import Tensor, wrap
from .transforms import Recorded


class _Check:
    """What a Tensor from outside was when a region was traced; ``constant`` where no gradient reaches it."""

    __slots__ = ("holder", "shape", "dtype", "constant", "kind")

    def __init__(self, spec: Input, constant: bool) -> None:
        self.holder: Any = spec.holder
        self.shape, self.dtype = spec.shape, spec.dtype
        self.constant = constant and _is_float(spec.dtype)
        self.kind: Any = None  # JAX's description of the array that was seen last and fitted


class _Output:
    """An output of a region: its class, shape and dtype, whether it is on the tape, and the Tensor from outside that
    it is, if any."""

    __slots__ = ("cls", "shape", "dtype", "linked", "holder")

    def __init__(self, cls: type, value: Any, linked: bool, holder: Tensor | None) -> None:
        self.cls, self.shape, self.dtype, self.linked, self.holder = cls, value.shape, value.dtype, linked, holder


class Region(Pullback):
    """A function of Tensors, traced, compiled, and applied as one node.

    Args:
        fn: ``fn(frame, tensors) -> list of Tensors``; it may read and rebind Tensors from outside.
        inputs: what ``tensors`` are.
        device: where it all is.
        recording, training: the modes of the trace.
        linked: which inputs are to be differentiated by, if the application is recorded, else None. Tensors from
            outside are differentiated by where they are on the tape.
        mesh: the devices that the programs run on together, if they are several.
    """

    def __init__(self, fn: Callable[[Frame, list[Tensor]], list[Tensor]], inputs: list[Input], device: Any,
                 recording: bool, training: bool, linked: tuple[bool, ...] | None, name: str = "region",
                 mesh: Any = None) -> None:
        self.batched = True  # whether the given inputs are batches, for the mesh
        self.mesh, self._placing = mesh, None if mesh is None else mesh.whole
        self.fn, self.given, self.device, self.name = fn, len(inputs), device, name
        self.training = training
        self.engine = device.engine
        self.linked = linked
        self.waits = False  # whether a recorded run may be put off, to be one program with what follows (waiting.py)
        self.steps: dict[Any, Callable] = {}  # the programs of steps that begin with this
        self.linked_before: tuple = (None, {}, ())  # nodes of inputs, leaves, links: see waiting.py
        self.specs = inputs
        self._gradient: Region | None = None
        with tracing:
            if linked is None:
                self._trace_forward(inputs, recording)
            else:
                self._trace_both(inputs, linked)

    # -- tracing ---------------------------------------------------------------------------------------------------

    def _trace_forward(self, inputs: list[Input], recording: bool) -> None:
        found: dict[str, Any] = {}

        def run() -> list:
            with Frame(self.engine, self.device) as frame, recording_scope(recording, self.training):
                tensors = [frame.new(i) for i in inputs]
                self._bind(frame, tensors, None)
                outs = self._checked(frame, self.fn(frame, tensors))
                writes = frame.writes()
                return self._gather(found, frame, outs, writes, [], [], [])

        equations = self.engine.equations(run)
        outs, writes = found["outs"], found["writes"]
        n = len(outs) + len(writes)
        wanted = equations.results[:n]
        places = self._choose(equations, found, wanted)
        holders = {id(t): i for i, t in enumerate(self.holders) if t is not None}
        self.donated = [holders[id(t)] for t, _ in writes if id(t) in holders]
        self._program = equations.program([places[i] for i in self.chosen], wanted, tuple(self.donated),
                                          self._placing, range(len(outs), n))
        self._written = [t for t, _ in writes]
        self.equations = equations

    def _trace_both(self, inputs: list[Input], linked: tuple[bool, ...]) -> None:
        found: dict[str, Any] = {}

        def run() -> list:
            with Frame(self.engine, self.device) as frame, recording_scope(False, self.training):
                recorded = self._recorded(frame, [frame.new(i) for i in inputs], linked)
                outs, writes = recorded.out, frame.writes()
                gs = [self.engine.placeholder(o._value.shape, o._value.dtype)
                      if _is_float(o._value.dtype) and o._node is not None else None for o in outs]
                nodes = self._nodes(recorded, frame.inputs, linked)
                results = recorded.pull([(o, g) for o, g in zip(outs, gs) if g is not None],
                                        [n for n in nodes if n is not None])
                found["reached"] = [i for i, n in enumerate(nodes) if n is not None and n in results]
                grads = [results[nodes[i]] for i in found["reached"]]
                found["momenta"] = frame.momenta
                return self._gather(found, frame, outs, writes, gs, grads, frame.writes())

        equations = self.engine.equations(run)
        outs, writes, late = found["outs"], found["writes"], found["late"]
        counts = (len(outs), len(writes), sum(1 for g in found["gs"] if g is not None), len(found["reached"]),
                  len(late))
        groups, start = [], 0
        for c in counts:
            groups.append(equations.results[start : start + c])
            start += c
        out_vars, write_vars, g_vars, grad_vars, late_vars = groups
        places = self._choose(equations, found, [*out_vars, *write_vars, *grad_vars, *late_vars])
        placed = (range(len(outs), len(outs) + len(writes)),
                  [k for k, i in enumerate([*found["reached"], *[self.given] * len(late)]) if i >= self.given])
        self.ahead, self._backward, self._again = equations.split(
            [places[i] for i in self.chosen], [*out_vars, *write_vars], g_vars, [*grad_vars, *late_vars],
            self._placing, placed)
        at = {i: k for k, i in enumerate(self.chosen)}
        self._reached = found["reached"]
        self.targets = [at[i] for i in self._reached]
        self._seeded = [g is not None for g in found["gs"]]
        self._written = [t for t, _ in writes]
        self.late = [t for t, _ in late]
        holders = {id(t): k for k, t in enumerate(self.holders) if t is not None}
        self._averages = [(holders.get(id(t)), found["momenta"].get(id(t))) for t in self.late]
        self.equations = equations

    def may_wait(self) -> None:
        """Have recorded runs put off, if a program of several regions can do the same."""
        self.waits = (self.linked is not None and self.mesh is None and self.equations.alone
                      and not any([o.holder is not None for o in self.outputs]))

    def _recorded(self, frame: Frame, tensors: list[Tensor], linked: tuple[bool, ...]) -> Recorded:
        """The function, recorded on aliases of ``tensors``; Tensors that inputs stand for hold those meanwhile."""
        def run(*ts: Tensor) -> list[Tensor]:
            self._bind(frame, ts, linked)
            return self._checked(frame, self.fn(frame, list(ts)))

        return Recorded(run, tensors)

    def _bind(self, frame: Frame, ts: Sequence[Tensor], linked: tuple[bool, ...] | None) -> None:
        for t, spec in zip(ts, self.specs):
            if spec.holder is not None:
                inner = spec.holder._node is None or isinstance(spec.holder._node, Leaf)
                frame.bind(spec.holder, t._value, None if inner or linked is None else t._node)

    def _nodes(self, recorded: Recorded, specs: list[Input], linked: tuple[bool, ...]) -> list[Any]:
        """The node at which the gradient of each input arrives, None for constants."""
        nodes: list[Any] = []
        for i, spec in enumerate(specs):
            if spec.source is not None:
                nodes.append(None)
            elif spec.holder is not None and (i >= self.given or isinstance(spec.holder._node, Leaf)):
                nodes.append(spec.holder._node)
            else:
                place = recorded.inputs[i]
                nodes.append(place.node if linked[i] and place is not None else None)
        return nodes

    def _checked(self, frame: Frame, outs: list[Tensor]) -> list[Tensor]:
        frame.see(outs)
        return outs

    def _gather(self, found: dict, frame: Frame, outs: list, writes: list, gs: list, grads: list, late: list) -> list:
        held = {k: t for k, (t, _, _) in frame._held.items()}
        found.update(
            outs=[_Output(o._result_class, o._value, o._node is not None, held.get(id(o))) for o in outs],
            writes=writes, gs=gs, late=late, inputs=frame.inputs)
        values = [*[o._value for o in outs], *[v for _, v in writes], *[g for g in gs if g is not None], *grads,
                  *[v for _, v in late], *[i.value for i in frame.inputs]]
        for i in frame.inputs:
            i.value = None
        return values

    def _choose(self, equations: Any, found: dict, wanted: list) -> list:
        """Keep the inputs that count; give the variables of all."""
        self.outputs = found["outs"]
        self.inputs = found["inputs"]
        places = equations.results[len(equations.results) - len(self.inputs) :]
        used = equations.used(wanted, places)
        reached = found.get("reached", ())
        self.chosen = [i for i, v in enumerate(places) if v in used or i in reached]
        self.holders = [self.inputs[i].holder if i >= self.given else None for i in self.chosen]
        self._checks = [_Check(self.inputs[i], i not in reached)
                        for i in self.chosen if i >= self.given and self.inputs[i].holder is not None]
        self._front = [i for i in self.chosen if i < self.given]
        at = {i: k for k, i in enumerate(self.chosen)}
        # all of them are made at each run, used or not, as eager running draws keys
        self._sources = [(at.get(i), s.source) for i, s in enumerate(self.inputs)
                         if s.source is not None and i >= self.given]
        return places

    # -- running ---------------------------------------------------------------------------------------------------

    @property
    def written(self) -> list[Tensor]:
        """The Tensors from outside that it gives new values."""
        return self._written

    @property
    def draws(self) -> bool:
        """Whether it takes random keys."""
        return bool(self._sources)

    def stale(self) -> bool:
        """Whether a Tensor from outside has another shape, dtype or device than when this was traced, or is on the
        tape now and was not."""
        linked, device = self.linked is not None, self.device
        for check in self._checks:
            t = check.holder
            value = t._value
            kind = getattr(value, "aval", value)
            if kind is not check.kind:  # one object for all results of a program, in the usual case
                if value.shape != check.shape or value.dtype != check.dtype:
                    return True
                check.kind = kind
            if t._device is not device or linked and check.constant and t._node is not None:
                return True
        return False

    def __call__(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The outputs for ``tensors``, which are the given inputs; Tensors from outside give theirs themselves."""
        sources: list[Any] = [tensors[i] for i in self._front] + self.holders[len(self._front) :]
        made = [(k, source()) for k, source in self._sources]
        for k, value in made:
            if k is not None:
                sources[k] = value
        if self.waits:
            put_off = waiting.join(self, sources)
            if put_off is not None:
                return put_off
        if self.mesh is None:
            values = [s._value if isinstance(s, Tensor) else s for s in sources]
        else:
            trains = bool(self._written) or self.linked is not None
            values = self.mesh.place(sources, [self.batched and i < self.given for i in self.chosen], trains, self.name)
        device, count = self.device, len(self.outputs)
        if self.linked is None:
            for k in self.donated:
                values[k] = None
                values[k] = exclusive(sources[k])
            try:
                out = self._program(*values)
            except (ValueError, TypeError) as e:
                out = self._program(*self._mended(e, values, sources))
            self.engine.settle(out)
            self._commit(self._written, out[count:])
            return [o.holder if o.holder is not None else wrap(o.cls, v, device) for o, v in zip(self.outputs, out)]
        values, out, saved = self.forward(values, sources)
        parents = tuple([s._node if isinstance(s, Tensor) else None for s in sources])
        node = RichNode(self, {}, parents, tuple(values), tuple(out[:count]), device, saved=saved)
        self._commit(self._written, out[count:])
        return [o.holder if o.holder is not None
                else wrap(o.cls, v, device, tape.select(node, i, v) if o.linked else None)
                for i, (o, v) in enumerate(zip(self.outputs, out))]

    def forward(self, values: list, sources: Sequence[Any] = ()) -> tuple[list, list, tuple]:
        """(the values where they were computed with, outputs and written values, what the backward pass needs)."""
        try:
            out, saved = self.ahead(*values)
        except (ValueError, TypeError) as e:
            values = self._mended(e, values, sources)
            out, saved = self.ahead(*values)
        self.engine.settle((out, saved))
        return values, out, saved

    def _mended(self, error: Exception, values: list, sources: Sequence[Any]) -> list:
        """Values with which a run that failed can be tried again: on one device, and none of another thread's trace."""
        if isinstance(error, ValueError):
            return self.engine.together(error, values)
        if state.frame is None and any(map(self.engine.is_traced, values)) and len(sources) == len(values):
            return own_values(sources, values)
        raise error

    def backward(self, args: Sequence[Any], saved: tuple, gs: Sequence[Any], ans: Sequence[Any]) -> list:
        """The gradients of the targets, then the values that the backward pass gives to Tensors from outside.

        ``gs`` has a cotangent or None per output.
        """
        seeds = [self.engine.zeros_like(a) if g is None else g for g, seeded, a in zip(gs, self._seeded, ans) if seeded]
        if self.mesh is not None:
            seeds = self.mesh.take(seeds)
        return self._backward(tuple([args[i] for i in self._again]), saved, tuple(seeds))

    def before(self, args: Sequence[Any]) -> list:
        """The values that the Tensors in ``late`` have among the inputs."""
        return [None if k is None else args[k] for k, _ in self._averages]

    def renewed(self, args: Sequence[Any], now: Sequence[Any], values: Sequence[Any]) -> list:
        """What the Tensors in ``late``, of values ``now``, get of a backward pass that gave ``values`` for those in
        ``args``: another call may have renewed a moving average since (see ambient.py)."""
        found = list(values)
        for i, (k, momentum) in enumerate(self._averages):
            if k is not None and momentum is not None and self.mesh is None and now[i] is not args[k]:
                found[i] = found[i] + momentum * (now[i] - args[k])
        return found

    @staticmethod
    def _commit(written: list[Tensor], values: Sequence[Any]) -> None:
        if state.frame is not None:
            for t in written:
                state.frame.note(t)
        for t, v in zip(written, values):
            t._value = v

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> Any:
        if linked:
            device = self.device
            gs = [wrap(Tensor, self.engine.zeros_like(a), device) if gi is None else gi
                  for gi, seeded, a in zip(g, self._seeded, node.ans) if seeded]
            full: list[Any] = [None] * len(self.inputs)
            for k, i in enumerate(self.chosen):
                full[i] = wrap(self.inputs[i].cls, node.args[k], device, node.parents[k])
            for i, spec in enumerate(self.inputs):
                if full[i] is None:
                    full[i] = wrap(spec.cls, self.engine.put(np.zeros(spec.shape, spec.dtype), device), device)
            grads: Any = self._gradient_region()([*full, *gs])
        else:
            found = self.backward(node.args, node.saved, g, node.ans)
            self.engine.settle(found)
            grads = found[: len(self.targets)]
            now = [t._value for t in self.late]
            self._commit(self.late, self.renewed(node.args, now, found[len(grads) :]))
        out: list[Any] = [None] * len(node.parents)
        for k, gi in zip(self.targets, grads):
            if needs[k]:
                out[k] = gi
        return out

    def _gradient_region(self) -> Region:
        """The region (inputs, cotangents) -> gradients of the inputs that are reached."""
        if self._gradient is None:
            seeds = [Input(Tensor, o.shape, o.dtype) for o, seeded in zip(self.outputs, self._seeded) if seeded]
            inputs = [Input(i.cls, i.shape, i.dtype, i.holder, i.source) for i in self.inputs]
            reached = set(self._reached)
            linked = tuple([i in reached for i in range(len(inputs))] + [True] * len(seeds))
            self._gradient = Region(self._differentiated, [*inputs, *seeds], self.device, True, self.training, linked,
                                    f"gradient of {self.name}", self.mesh)
        return self._gradient

    def _differentiated(self, frame: Frame, tensors: list[Tensor]) -> list[Tensor]:
        count = len(self.inputs)
        inputs, gs = tensors[:count], tensors[count:]
        frame.given = [t for t, spec in zip(inputs, self.inputs) if spec.source is not None]
        before = frame.snapshot()
        linked = self.linked or ()
        run = Recorded(lambda *ts: self.fn(frame, list(ts)), inputs[: self.given])
        frame.rollback(before)
        seeds = zip([o for o, seeded in zip(run.out, self._seeded) if seeded], gs)
        nodes = self._nodes(run, self.inputs, linked)
        results = run.pull(seeds, [nodes[i] for i in self._reached])
        grads = []
        for i in self._reached:
            g, spec = results.get(nodes[i]), self.inputs[i]
            if g is None:
                g = self.engine.xp.zeros(spec.shape, spec.dtype)
            grads.append(wrap(Tensor, g._value, self.device, g._node) if isinstance(g, Tensor)
                         else wrap(Tensor, g, self.device))
        return grads


def _is_float(dtype: Any) -> bool:
    return np.dtype(dtype).kind in "fcV"
