"""A graph as straight-line Python on NumPy's arrays: one function for the forward, one for the backward.

``Program`` writes them out, an operator a line, and has Python compile them. What remains of a call are the operators'
own functions and rules, without Tensors and nodes between them; an elementwise operator may write into an array that
nobody reads again. The tape sees one node; a gradient of a gradient runs the graph again, operator by operator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.kernels.chain import UFUNCS
from ..engine.numpy_engine import ENGINE
from .ambient import draw_key
from .apply import Spec, fit
from .op import Operator
from .profiling import running
from .random import key_scope
from .symbol import KEY
from .tape import Pullback, RichNode, recording_scope, select, state
from .tensor import wrap
from .transforms import Recorded

_LITERALS = (bool, int, str, type(None))
FRESH = frozenset({"dense", *UFUNCS})  # operators whose results are arrays of their own, never views


class Call(NamedTuple):
    """One operator of a plan as it ran: the places of its inputs and of its output, and the output's form."""

    op: Operator
    attrs: dict[str, Any]
    slots: tuple[int, ...]
    out: int
    spec: Spec


class Program(Pullback):
    """A graph for inputs of one kind; ``run(*arrays)`` gives its outputs, or None for inputs of another kind.

    Args:
        calls: the operators in order. Places count the inputs, then constants, then what is computed.
        kind: what ``kind_of`` said of the inputs.
        constants: the Python numbers at places, and KEY where a random key is to be drawn.
        heads: the places of the outputs.
        plain: the graph as a function of Tensors, for the gradient of a gradient.
    """

    name = "program"
    lasting = True

    def __init__(self, calls: Sequence[Call], kind: tuple, constants: dict[int, Any], heads: Sequence[int],
                 plain: Callable) -> None:
        self.calls, self.heads, self.plain, self.constants = calls, heads, plain, constants
        self.cls, self.device, self.recording, self.training, *self.inputs = kind
        self.drawn = [s for call in calls for s in call.slots if constants.get(s) is KEY]
        self.linked = {i for i, (_, _, _, linked) in enumerate(self.inputs) if linked}
        for call in calls:
            if call.op.differentiable and not self.linked.isdisjoint(call.slots):
                self.linked.add(call.out)
        self.specs = {call.out: call.spec for call in calls}
        self.specs.update({i: Spec.of(shape, dtype) for i, (shape, _, dtype, _) in enumerate(self.inputs)})
        self.names: dict[str, Any] = {
            "xp": ENGINE.xp, "np": np, "array": np.ndarray, "fit": fit, "pull": _pull, "wrap": wrap, "select": select,
            "Node": RichNode, "attrs": {}, "state": state, "timed": running, "draw": draw_key,
            "program": self, "cls": self.cls, "device": self.device,
        }
        self.source = "\n".join([*self._forward(), "", *self._backward()])
        exec(compile(self.source, "<planned graph>", "exec"), self.names)
        self.run, self.backward = self.names["run"], self.names["backward"]

    # -- writing -------------------------------------------------------------------------------------------------------

    def _held(self, call: Call) -> tuple[list[str], str]:
        """What the tape would keep of a call: its arguments, and its answer."""
        op = call.op
        args = [f"v{s}" if op.keep_args else self._constant(f"p{s}", self.specs[s]) if s in self.specs
                else f"v{s}" for s in call.slots]
        return args, f"v{call.out}" if op.keep_ans else "None"

    def _constant(self, name: str, value: Any) -> str:
        self.names[name] = value
        return name

    def _written(self, number: int, attrs: dict[str, Any]) -> str:
        """Attributes as keyword arguments."""
        return "".join([
            f", {k}={v!r}" if v.__class__ in _LITERALS else f", {k}={self._constant(f'{k}_{number}', v)}"
            for k, v in attrs.items()
        ])

    def _forward(self) -> list[str]:
        count = len(self.inputs)
        places = range(count)
        tests = ["not timed", "not state.depth", "state.frame is None", f"state.recording is {self.recording}"]
        if self.training is not None:
            tests.append(f"state.training is {self.training}")
        for i, (shape, strides, dtype, linked) in enumerate(self.inputs):
            self.names.update({f"s{i}": shape, f"z{i}": strides, f"d{i}": dtype})
            tests += [f"t{i}.__class__ is cls", f"t{i}._device is device", f"v{i}.__class__ is array",
                      f"v{i}.dtype is d{i}", f"v{i}.shape == s{i}", f"v{i}.strides == z{i}"]
            if self.recording:
                tests.append(f"t{i}._node is {'not ' if linked else ''}None")
        for place, value in self.constants.items():
            self.names[f"v{place}"] = value
        lines = [f"def run({', '.join(f't{i}' for i in places)}):"]
        lines += [f"    v{i} = t{i}._value" for i in places]
        lines += [f"    if not ({' and '.join(tests)}):", "        return None"]
        kept, last = self._kept(), {slot: n for n, call in enumerate(self.calls) for slot in call.slots}
        readers = Counter(slot for call in self.calls for slot in set(call.slots))
        fresh: set[int] = set()  # places of arrays that nothing but their readers in the program can see
        for n, call in enumerate(self.calls):
            op, attrs = self._constant(f"op{n}", call.op), self._written(n, call.attrs)
            lines += [f"    v{s} = draw(device)" for s in call.slots if s in self.drawn]
            arrays = "".join([f", v{s}" for s in call.slots])
            done = [s for s in dict.fromkeys(call.slots) if last[s] == n and s >= count and s not in self.constants
                    and s not in self.heads and f"v{s}" not in kept]
            into = next((s for s in done if s in fresh and readers[s] == 1 and self.specs[s].shape == call.spec.shape
                         and self.specs[s].dtype == call.spec.dtype), None)
            if self.recording and call.out in self.linked and call.op.fast_forward is not None:
                needs = self._constant(f"n{n}", [s in self.linked for s in call.slots])
                lines.append(f"    v{call.out}, f{n} = {op}.fast_forward({needs}{arrays}{attrs})")
            elif into is not None and call.op.name in UFUNCS:
                fresh.add(call.out)
                ufunc = self._constant(f"u{n}", UFUNCS[call.op.name])
                lines.append(f"    v{call.out} = {ufunc}({arrays[2:]}, out=v{into})")
            else:
                if call.op.name in FRESH:
                    fresh.add(call.out)
                lines.append(f"    v{call.out} = {op}.fn(xp{arrays}{attrs})")
            if not call.spec.shape:
                lines.append(f"    v{call.out} = np.asarray(v{call.out})")
            lines += [f"    v{s} = None" for s in done]
        outs = [f"v{h}" for h in self.heads]
        if not self.recording or self.linked.isdisjoint(self.heads):
            return [*lines, f"    return [{', '.join(f'wrap(cls, {v}, device)' for v in outs)}]"]
        ans = outs[0] if len(outs) == 1 else f"({', '.join(outs)})"
        parents = "".join([f"t{i}._node, " for i in places])
        values = "".join([f"v{i}, " for i in places])
        lines.append(f"    node = Node(program, attrs, ({parents}), ({values}), {ans}, device, "
                     f"saved=[{', '.join(kept)}])")
        if len(outs) == 1:
            return [*lines, f"    return [wrap(cls, {ans}, device, node)]"]
        wrapped = [f"wrap(cls, {v}, device{f', select(node, {i}, {v})' if h in self.linked else ''})"
                   for i, (h, v) in enumerate(zip(self.heads, outs))]
        return [*lines, f"    return [{', '.join(wrapped)}]"]

    def _live(self) -> list[tuple[int, Call]]:
        """The numbered calls by which a gradient passes, in order."""
        wanted, found = {h for h in self.heads if h in self.linked}, []
        for n, call in reversed(list(enumerate(self.calls))):
            if call.out in wanted:
                found.append((n, call))
                wanted.update(s for s in call.slots if s in self.linked)
        return found[::-1]

    def _kept(self) -> list[str]:
        """What the backward reads of the forward."""
        if not self.recording:
            return []
        found: dict[str, None] = {f"v{s}": None for s in self.drawn}
        for n, call in self._live():
            args, ans = self._held(call)
            if call.op.fast_forward is not None:
                found[f"f{n}"] = None
            found.update(dict.fromkeys([a for a in (*args, ans) if a[0] == "v" and int(a[1:]) not in self.constants]))
        return list(found)

    def _backward(self) -> list[str]:
        outs = [f"g{h}" for h in self.heads]
        kept, live = self._kept(), self._live()
        places = sorted(self.linked - set(self.heads))
        lines = [f"def backward(saved, retain, {', '.join(outs)}):"]
        lines += [f"    {', '.join(kept)}, = saved"] if kept else []
        lines += ["    if not retain:", "        saved.clear()"]
        lines += [f"    {' = '.join(f'g{i}' for i in places)} = None"] if places else []
        met = set(self.heads)
        read = {name: n for n, call in reversed(live) for name in (*self._held(call)[0], self._held(call)[1], f"f{n}")}
        for n, call in reversed(live):
            lines += self._pulled(n, call, met)
            lines += [f"    {name} = None" for name in kept if read.get(name) == n]  # nobody reads it any more
        found = [f"g{i}" if i in self.linked else "None" for i in range(len(self.inputs))]
        return [*lines, f"    return [{', '.join(found)}]"]

    def _pulled(self, n: int, call: Call, met: set[int]) -> list[str]:
        """The lines that give the gradients of a call's inputs for that of its output."""
        op, (args, ans) = call.op, self._held(call)
        wants = tuple([s in self.linked for s in call.slots])
        needs = self._constant(f"w{n}", wants)
        given = f"({''.join(f'{a}, ' for a in args)})"
        if op.fast_forward is None and op.direct_rule is not None:
            ran = f"op{n}.direct_rule(xp, g{call.out}, {ans}, {given}, {needs}{self._written(n, call.attrs)})"
        else:
            saved = f"f{n}" if op.fast_forward is not None else "None"
            self.names[f"a{n}"] = call.attrs
            ran = f"pull(op{n}, {saved}, g{call.out}, {ans}, {given}, {needs}, a{n})"
        lines = [f"    if g{call.out} is not None:", f"        gs = {ran}", f"        g{call.out} = None"]
        if len(call.slots) == 1:
            lines.append("        if gs.__class__ is not tuple and gs.__class__ is not list:")
            lines.append("            gs = gs,")
        for k, s in enumerate(call.slots):
            if not wants[k]:
                continue
            spec = self.specs[s]
            self.names.update({f"p{s}": spec, f"d{s}": spec.dtype, f"s{s}": spec.shape})
            lines += [f"        h = gs[{k}]", f"        if h is not None and (h.dtype is not d{s} or h.shape != s{s}):",
                      f"            h = fit(None, h, p{s})"]
            if s in met:
                lines.append(f"        g{s} = h if g{s} is None else g{s} if h is None else g{s} + h")
            else:
                lines.append(f"        g{s} = h")
                met.add(s)
        return lines

    # -- as the operation of a node --------------------------------------------------------------------------------

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> list:
        """The gradients of the inputs; ``linked``, of a second run, operator by operator."""
        if not linked:
            return self.backward(node.saved, state.retain, *(g if g.__class__ is list else (g,)))
        keys = iter(node.saved[: len(self.drawn)])
        with key_scope(lambda: next(keys)), recording_scope(None, self.training):
            again = Recorded(self.plain, [wrap(self.cls, a, self.device, p) for a, p in zip(node.args, node.parents)])
        gs = g if g.__class__ is list else [g]
        inputs = [i.node for i in again.inputs if i is not None]
        found = again.pull([(t, gi) for t, gi in zip(again.out, gs) if gi is not None],
                           [i for i, need in zip(inputs, needs) if need])
        return [found.get(i) if need else None for i, need in zip(inputs, needs)]

    def expand(self, apply: Callable, inputs: Sequence[Any]) -> Any:
        """The outputs by ``apply(op, values, attrs)``, operator by operator."""
        values: dict[int, Any] = dict(enumerate(inputs)) | self.constants
        for call in self.calls:
            args = [values[s] for s in call.slots]
            values[call.out] = (apply(call.op, args, call.attrs) if call.op.expand is None
                                else call.op.expand(apply, args))
        outs = [values[h] for h in self.heads]
        return outs if len(outs) > 1 else outs[0]


def _pull(op: Operator, saved: Any, g: Any, ans: Any, args: tuple, needs: tuple, attrs: dict[str, Any]) -> Any:
    """What ``Operator.pull`` does with a node, less the fitting."""
    if saved is not None:
        return saved(g) if callable(saved) else op.fast_backward(saved, g, args, needs, **attrs)
    if op.rule is not None:
        return op.rule(ENGINE.xp, g, ans, args, needs, **attrs)
    return op._differentiate(ENGINE, g, args, needs, attrs)
