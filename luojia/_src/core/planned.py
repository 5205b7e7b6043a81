"""Graphs on NumPy as straight-line Python: one function for the forward, one for the backward, one node on the tape.

A ``CachedGraph`` that is called a second time with inputs of one kind (shapes, layouts, dtypes, which of them are
linked to the tape, recording or not) gets a ``Program`` for that kind. Its two functions are written out, an operator a
line, and compiled by Python: what remains of a call is the operators' own functions and rules, without Tensors and
nodes between them. Whatever a program does not take (see ``plannable``) runs operator by operator, and so does the
gradient of a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.numpy_engine import ENGINE
from .apply import Spec, fit
from .op import Operator
from .tape import Pullback, RichNode, select, state
from .tensor import Tensor, wrap
from .transforms import Recorded

_NUMBERS = (int, float, type(None))
_LITERALS = (bool, int, str, type(None))
KEPT = 16  # programs of one graph, the latest


class Call(NamedTuple):
    """One operator of a plan as it ran: the places of its inputs and of its output, and the output's shape and dtype."""

    op: Operator
    attrs: dict[str, Any]
    slots: tuple[int, ...]
    out: int
    spec: Spec


def plannable(op: Operator, values: Sequence[Any], result: Any) -> bool:
    """Whether a program may call this operator for such inputs as ``apply`` would: on the arrays, without more ado."""
    arrays = [v for v in values if isinstance(v, Tensor)]
    if not arrays or not isinstance(result, Tensor) or op.aux or op.run is not None or op.outputs != 1:
        return False
    dtypes = {t._value.dtype for t in arrays}
    return (
        all([isinstance(v, Tensor) or v.__class__ in _NUMBERS for v in values])
        and arrays[0]._value.dtype.kind == "f"
        and all([d.kind != "V" for d in dtypes])
        and not (op.elementwise and len(dtypes) > 1)
        and result._value.__class__ is np.ndarray
    )


def kind_of(arrays: Sequence[Any]) -> tuple | None:
    """What a program is made for; None where there can be none for these inputs."""
    cls, device = arrays[0].__class__ if arrays else None, getattr(arrays[0], "_device", None) if arrays else None
    if device is None or device.engine is not ENGINE or getattr(cls, "_result_class", None) is not cls:
        return None
    found: list[Any] = [state.recording]
    for t in arrays:
        if t.__class__ is not cls or t._device is not device or t._value.__class__ is not np.ndarray:
            return None
        v = t._value
        found.append((v.shape, v.strides, v.dtype, t._node is not None and state.recording))
    return cls, device, *found


class Program(Pullback):
    """A graph for inputs of one kind; ``run(*arrays)`` gives its outputs, or None for inputs of another kind.

    Args:
        calls: the operators in order. Places count the inputs, then constants, then what is computed.
        kind: what ``kind_of`` said of the inputs.
        constants: the Python numbers at places.
        heads: the places of the outputs.
        plain: the graph as a function of Tensors, for the gradient of a gradient.
    """

    name = "program"

    def __init__(self, calls: Sequence[Call], kind: tuple, constants: dict[int, Any], heads: Sequence[int],
                 plain: Callable) -> None:
        self.calls, self.heads, self.plain, self.constants = calls, heads, plain, constants
        self.cls, self.device, self.recording, *self.inputs = kind
        self.linked = {i for i, (_, _, _, linked) in enumerate(self.inputs) if linked}
        for call in calls:
            if call.op.differentiable and not self.linked.isdisjoint(call.slots):
                self.linked.add(call.out)
        self.specs = {call.out: call.spec for call in calls}
        self.specs.update({i: Spec.of(shape, dtype) for i, (shape, _, dtype, _) in enumerate(self.inputs)})
        self.names: dict[str, Any] = {
            "xp": ENGINE.xp, "np": np, "fit": fit, "pull": _pull, "wrap": wrap, "select": select, "Node": RichNode,
            "state": state, "program": self, "cls": self.cls, "device": self.device, "array": np.ndarray, "attrs": {},
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
        tests = ["not state.depth", "state.frame is None", f"state.recording is {self.recording}"]
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
        last = {slot: n for n, call in enumerate(self.calls) for slot in call.slots}
        kept = self._kept()
        for n, call in enumerate(self.calls):
            op = self._constant(f"op{n}", call.op)
            arrays = "".join([f", v{s}" for s in call.slots])
            attrs = self._written(n, call.attrs)
            if self.recording and call.out in self.linked and call.op.fast_forward is not None:
                needs = self._constant(f"n{n}", [s in self.linked for s in call.slots])
                lines.append(f"    v{call.out}, f{n} = {op}.fast_forward({needs}{arrays}{attrs})")
            else:
                lines.append(f"    v{call.out} = {op}.fn(xp{arrays}{attrs})")
            if not call.spec.shape:
                lines.append(f"    v{call.out} = np.asarray(v{call.out})")
            done = [s for s in set(call.slots) if last[s] == n and s >= count and s not in self.constants]
            lines += [f"    v{s} = None" for s in done if f"v{s}" not in kept and s not in self.heads]
        outs = [f"v{h}" for h in self.heads]
        if not self.recording or self.linked.isdisjoint(self.heads):
            return [*lines, f"    return [{', '.join(f'wrap(cls, {v}, device)' for v in outs)}]"]
        ans = outs[0] if len(outs) == 1 else f"({', '.join(outs)})"
        parents = "".join([f"t{i}._node, " for i in places])
        values = "".join([f"v{i}, " for i in places])
        lines.append(f"    node = Node(program, attrs, ({parents}), ({values}), {ans}, device, "
                     f"saved=({''.join(f'{v}, ' for v in kept)}))")
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
        found: dict[str, None] = {}
        for n, call in self._live():
            args, ans = self._held(call)
            if call.op.fast_forward is not None:
                found[f"f{n}"] = None
            found.update(dict.fromkeys([a for a in (*args, ans) if a[0] == "v" and int(a[1:]) not in self.constants]))
        return list(found)

    def _backward(self) -> list[str]:
        outs = [f"g{h}" for h in self.heads]
        kept = self._kept()
        places = sorted(self.linked - set(self.heads))
        lines = [f"def backward(saved, {', '.join(outs)}):"]
        lines += [f"    {', '.join(kept)}, = saved"] if kept else []
        lines += [f"    {' = '.join(f'g{i}' for i in places)} = None"] if places else []
        met = set(self.heads)
        for n, call in reversed(self._live()):
            lines += self._pulled(n, call, met)
        return [*lines, f"    return [{', '.join(f'g{i}' if i in self.linked else 'None' for i in range(len(self.inputs)))}]"]

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
            return self.backward(node.saved, *g) if g.__class__ is list else self.backward(node.saved, g)
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


class Notes:
    """What ran in a call of a graph: enough to make the program of its kind, unless something ran that none takes."""

    def __init__(self, kind: tuple) -> None:
        self.kind = kind
        self.calls: list[Call] = []
        self.plannable = True

    def add(self, op: Operator, attrs: dict, slots: tuple, out: int, values: Sequence[Any], result: Any) -> None:
        """Note that ``op`` took these values from ``slots``."""
        self.plannable = self.plannable and plannable(op, values, result)
        if self.plannable:
            self.calls.append(Call(op, attrs, slots, out, Spec(result._value)))


class Programs:
    """The programs of one graph: made at the second call of a kind, the latest first.

    ``steps``, ``heads`` and ``constants`` are the graph's plan, ``plain`` runs it operator by operator.
    """

    def __init__(self, steps: Sequence[Any], heads: Sequence[int], constants: dict[int, Any], plain: Callable) -> None:
        self.heads, self.constants, self.plain = heads, constants, plain
        self.made: list[Program] = []
        self.met: dict[tuple, bool] = {}  # by kind, whether there may be a program
        made = {step.out for step in steps}
        self.possible = (
            len(set(heads)) == len(heads) and made.issuperset(heads)
            and all([c.__class__ in _NUMBERS for c in constants.values()])
            and not any([s.late or s.source or s.op.run is not None or s.count != 1 or s.op.aux for s in steps])
        )

    def run(self, arrays: Sequence[Any]) -> list | None:
        """The outputs by the program for such arrays, if there is one; None also where it failed."""
        for program in self.made:
            try:
                found = program.run(*arrays)
            except Exception:  # noqa: BLE001 - the operators one by one say what is wrong
                return None
            if found is not None:
                return found
        return None

    def due(self, arrays: Sequence[Any]) -> Notes | None:
        """Where arrays of this kind are met a second time, what is to be told of their run."""
        kind = None if state.depth or state.frame is not None else kind_of(arrays)
        if kind is None or len(self.met) > 4 * KEPT:
            return None
        if kind not in self.met:
            self.met[kind] = True
            return None
        return Notes(kind) if self.met[kind] else None

    def make(self, notes: Notes) -> None:
        """A program of what ran, if one can do it."""
        self.met[notes.kind] = False
        if notes.plannable:
            program = Program(notes.calls, notes.kind, self.constants, self.heads, self.plain)
            self.made = [program, *self.made[: KEPT - 1]]
