"""Loops and branches inside a trace: one equation each, instead of Python's choice.

``branch``, ``scan`` and ``loop`` take functions of Tensors. What these read from outside is found by looking: each is
run once on stand-ins first. Tensors that they write (statistics, weights) are carried along; random keys come in as
inputs. Outside a trace the doors run Python's own loops instead.

Recorded, each is one node. The gradient of a branch is the branch of the gradients, the gradient of a scan a scan from
the end to the beginning that runs each step again, under the tape. As both are written in ``branch`` and ``scan``,
derivatives of any order follow, and every rule, ``bprop`` and hook counts as it does eagerly.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError
from . import tape
from .frame import Frame, Untraceable
from .random import key_scope, next_key
from .tape import Leaf, Pullback, RichNode, recording_scope, state
from .tensor import Tensor, wrap
from .transforms import Recorded, alias, gradients_at

Flat = Callable[..., list[Tensor]]


def tracing(*tensors: Any) -> bool:
    """Whether a trace is under way, in which these, where they are Tensors, are placeholders now."""
    frame = state.frame
    if frame is None:
        return False
    frame.see(tensors)
    return True


class _Look:
    """What a function of Tensors does: the form of its outputs, what it reads and writes from outside, the nodes from
    outside on which the outputs depend, and how many random keys it draws."""

    def __init__(self, frame: Frame, fn: Flat, inputs: Sequence[tuple], once: bool = False) -> None:
        """``inputs``: class, shape and dtype of each argument; ``once``: it runs once at most, so that scalars that
        Python computes may come in."""
        self.draws = 0
        self.hosts: list[Callable] = []
        self.outs: list[tuple] = []
        self.met: dict[int, Tensor] = {}
        self.written: list[Tensor] = []
        self.free: dict[Any, list[Tensor]] = {}  # with the Tensors that are there on the tape

        def key() -> Tensor:
            self.draws += 1
            return wrap(Tensor, frame.engine.placeholder((2,), np.dtype(np.uint32)), frame.device)

        def host(source: Callable) -> Any:
            if not once:
                raise Untraceable("a schedule, which Python computes, inside a compiled loop")
            self.hosts.append(source)
            return frame.engine.placeholder((), np.dtype(np.float32))

        def run(*arrays: Any) -> None:
            floor = tape.next_id()
            with frame.inside(host) as inside, key_scope(key):
                ts = [wrap(cls, a, frame.device) for (cls, *_), a in zip(inputs, arrays)]
                outs = fn(*[alias(t) if state.recording and _is_float(t) else t for t in ts])
                frame.see(outs)
                self.outs = [(o._result_class, o._value.shape, o._value.dtype) for o in outs]
                for node in _outer_nodes(outs, floor):
                    there = [t for t in inside.met.values() if t._node is node and _is_float(t)]
                    if there:
                        self.free[node] = there
            self.met, self.written = inside.met, list(inside.written.values())

        frame.engine.look(run, *[i[1:] for i in inputs])
        for t in self.met.values():  # of those made inside nothing is kept
            if not frame.engine.is_traced(t._value):
                frame.lift(t)
        for t in self.written:
            frame.lift(t)
        self.held = [(t, t._value) for t in self.met.values() if frame.holds(t)]

    def keys(self, frame: Frame, count: int) -> Any:
        """The keys of ``count`` runs: an array (count, draws, 2), drawn in the order of eager running."""
        draw = [next_key(frame.device) for _ in range(count * self.draws)]
        xp = frame.engine.xp
        return xp.reshape(xp.stack([k._value for k in draw]), (count, self.draws, 2)) if draw else None


def _outer_nodes(outs: Sequence[Tensor], floor: int) -> list[Any]:
    """The nodes recorded before ``floor`` on which Tensors depend."""
    stack = [o._node for o in outs if o._node is not None]
    seen, found = set(), []
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.id <= floor:
            found.append(node)
        elif not isinstance(node, Leaf):
            stack += [p for p in node.parents if p is not None]
    return sorted(found, key=lambda n: n.id)


def _is_float(t: Any) -> bool:
    """Of a Tensor or an input of a recorded run."""
    return np.dtype((t._value if isinstance(t, Tensor) else t.value).dtype).kind in "fcV"


def _form(t: Tensor) -> tuple:
    return t._result_class, t._value.shape, t._value.dtype


def _told(forms: Sequence[tuple]) -> str:
    return ", ".join(f"{shape} {dtype}" for _, shape, dtype in forms) or "nothing"


def _given(keys: Any, device: Any) -> key_scope:
    """Keys from the rows of an array (draws, 2), in order."""
    rows = iter(() if keys is None else [keys[i] for i in range(keys.shape[0])])
    return key_scope(lambda: wrap(Tensor, next(rows), device))


def _run(frame: Frame, fn: Flat, arrays: Sequence[Any], like: Sequence[Tensor], states: list[Tensor],
         values: Sequence[Any], keys: Any, what: str, hosts: Sequence[Any] = ()) -> tuple[list, list]:
    """The arrays that ``fn`` gives for ``arrays``, and those that the written Tensors ``states`` have in the end."""
    host = iter(hosts)
    bound = list(zip(states, values))
    with frame.inside(lambda _: next(host), bound) as inside, _given(keys, frame.device), recording_scope(False):
        outs = fn(*[wrap(t._result_class, a, frame.device) for t, a in zip(like, arrays)])
        frame.see(outs)
        after = [t._value for t in states]
        for old, new in zip(values, after):
            if old.shape != new.shape or old.dtype != new.dtype:
                raise Untraceable(f"{what} gives a Tensor of shape {old.shape} and dtype {old.dtype} values of "
                                  f"{new.shape} and {new.dtype}")
        arrays = [o._value for o in outs]
    if inside.lifted:
        raise Untraceable(f"{what} reads other Tensors at every call")
    return arrays, after


def _cells(fn: Any) -> list[tuple[Any, Any]]:
    """The variables that a function, and those that it refers to, close over, with what they are now."""
    found, stack, seen = [], [fn], set()
    while stack:
        value = stack.pop()
        if isinstance(value, (tuple, list)):
            stack += value
        value = getattr(value, "__func__", value)
        if not isinstance(value, types.FunctionType) or value in seen:
            continue
        seen.add(value)
        for cell in value.__closure__ or ():
            try:
                found.append((cell, cell.cell_contents))
            except ValueError:  # not assigned yet
                continue
            stack.append(cell.cell_contents)
    return found


def _exchange(cells: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Give variables these contents; what they were."""
    before = [(cell, cell.cell_contents) for cell, _ in cells]
    for cell, value in cells:
        cell.cell_contents = value
    return before


def _again(frame: Frame, fn: Flat, inputs: Sequence[Tensor], free: dict[Any, list[Tensor]], held: Sequence[tuple],
           cells: Sequence[tuple], keys: Any) -> Recorded:
    """``fn`` run under the tape on inputs, and on aliases of what is free, with what Tensors from outside and the
    variables that it closes over were then: ``x = cond(p, lambda: f(x), ...)`` has given ``x`` another value since.

    What it writes is undone.
    """
    def run(*ts: Tensor) -> list[Tensor]:
        groups = list(free.values())
        before = [(t, t._node) for group in groups for t in group]
        for group, place in zip(groups, ts[len(inputs) :]):
            for t in group:
                t._node = place._node
        try:  # an output may be one of those that are there again after it
            return [wrap(o._result_class, o._value, o._device, o._node) for o in fn(*ts[: len(inputs)])]
        finally:
            for t, node in before:
                t._node = node

    now = [(t, t._value) for t, _ in held]
    for t, value in held:
        t._value = value
    before = frame.snapshot()
    variables = _exchange(cells)
    try:
        with _given(keys, frame.device):
            return Recorded(run, [*inputs, *[group[0] for group in free.values()]])
    finally:
        _exchange(variables)
        frame.rollback(before)
        for t, value in now:
            t._value = value


def _cotangents(g: Sequence[Any], ans: Sequence[Any], device: Any) -> list[Tensor]:
    """The cotangents of float outputs as Tensors, zeros where none arrived."""
    zeros = device.engine.zeros_like
    out = []
    for gi, a in zip(g, ans):
        if np.dtype(a.dtype).kind in "fcV":
            gi = zeros(a) if gi is None else gi
            out.append(gi if isinstance(gi, Tensor) else wrap(Tensor, gi, device))
    return out


def _gradients(run: Recorded, gs: Sequence[Tensor]) -> list[Tensor]:
    """The gradients at the float inputs of a run for cotangents of its float outputs."""
    inputs = [i for i in run.inputs if i is not None and _is_float(i)]
    found = run.pull(zip([o for o in run.out if _is_float(o)], gs), [i.node for i in inputs])
    return list(gradients_at(found, inputs))


def _results(found: Sequence[Tensor | None], needs: Sequence[bool], linked: bool) -> list[Any]:
    return [(t if linked else t._value) if need and t is not None else None for t, need in zip(found, needs)]


def _wrapped(op: Any, arrays: list, outs: Sequence[tuple], parents: tuple, device: Any, shown: int) -> list[Tensor]:
    """The first ``shown`` outputs as Tensors, on the tape where there are parents."""
    if not parents:
        return [wrap(cls, a, device) for (cls, *_), a in zip(outs[:shown], arrays)]
    node = RichNode(op, {}, parents, (), tuple(arrays), device)
    return [wrap(cls, a, device, tape.select(node, i, a) if np.dtype(a.dtype).kind in "fcV" else None)
            for i, ((cls, *_), a) in enumerate(zip(outs[:shown], arrays))]


# -- branches ----------------------------------------------------------------------------------------------------------


def branch(pred: Tensor, fns: Sequence[Flat], what: str) -> list[Tensor]:
    """What ``fns[0]()`` gives where ``pred`` is not zero, else what ``fns[1]()`` gives; one number and one form of
    outputs.

    Raises:
        ArgumentError: the two give outputs of different number, shape or dtype.
    """
    frame: Frame = state.frame
    frame.see([pred])
    looks = [_Look(frame, fn, (), once=True) for fn in fns]
    forms = [[form[1:] for form in look.outs] for look in looks]
    if forms[0] != forms[1]:
        raise ArgumentError(f"{what}: both branches must give outputs of the same shapes and dtypes where it is "
                            f"compiled, got ({_told(looks[0].outs)}) and ({_told(looks[1].outs)}).")
    op = _Branch(frame, pred, fns, looks, what)
    arrays = op.forward()
    return _wrapped(op, arrays, looks[0].outs, tuple(op.free) if state.recording else (), frame.device, len(arrays))


class _Branch(Pullback):
    """The operation of a branch's node."""

    name = "branch"

    def __init__(self, frame: Frame, pred: Tensor, fns: Sequence[Flat], looks: list[_Look], what: str) -> None:
        self.frame, self.pred, self.fns, self.looks, self.what = frame, pred, fns, looks, what
        self.choice = frame.engine.xp.reshape(pred._value, ()) != 0
        self.free = {node: [*looks[0].free.get(node, ()), *looks[1].free.get(node, ())]
                     for node in {**looks[0].free, **looks[1].free}}
        self.keys = [look.keys(frame, 1) for look in looks]
        self.hosts = [[frame.host(source) for source in look.hosts] for look in looks]
        self.cells = [_cells(fn) for fn in fns]
        self.states = list({id(t): t for look in looks for t in look.written}.values())
        self.values = [t._value for t in self.states]

    def forward(self) -> list:
        def run(k: int) -> Callable:
            keys = None if self.keys[k] is None else self.keys[k][0]
            return lambda: _run(self.frame, self.fns[k], (), (), self.states, self.values, keys, self.what,
                                self.hosts[k])

        arrays, after = self.frame.engine.cond(self.choice, run(0), run(1))
        for t, value in zip(self.states, after):
            t._rebind(value)
        return arrays

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> list:
        gs = _cotangents(g, node.ans, node.device)

        def gradient(k: int) -> Flat:
            def run() -> list[Tensor]:
                keys = None if self.keys[k] is None else self.keys[k][0]
                again = _again(self.frame, self.fns[k], (), self.free, self.looks[k].held, self.cells[k], keys)
                return _gradients(again, gs)

            return run

        with recording_scope(linked):
            found = branch(wrap(Tensor, self.choice, node.device), [gradient(0), gradient(1)], self.what)
        return _results(found, needs, linked)


# -- loops of known length ---------------------------------------------------------------------------------------------


def scan(body: Callable[[list[Tensor], list[Tensor]], tuple[list[Tensor], list[Tensor]]], xs: Sequence[Tensor],
         carry: Sequence[Tensor], length: int, what: str, reverse: bool = False) -> tuple[list[Tensor], list[Tensor]]:
    """``carry, ys = body(slices, carry)`` over the first axis of ``xs``: the last carry, and the ys stacked.

    Raises:
        ArgumentError: the carry changes in number, shape or dtype.
    """
    frame: Frame = state.frame
    frame.see([*xs, *carry])
    n, m = len(xs), len(carry)

    def step(*ts: Tensor) -> list[Tensor]:
        """The new carry, the ys, and the carry as it was, which the gradient needs."""
        new, ys = body(list(ts[:n]), list(ts[n:]))
        if len(new) != m:
            raise ArgumentError(f"{what}: {m} states went into the body, {len(new)} came out.")
        return [*new, *ys, *ts[n:]]

    slices = [(x._result_class, x._value.shape[1:], x._value.dtype) for x in xs]
    look = _Look(frame, step, [*slices, *map(_form, carry)])
    for i, (c, (_, shape, dtype)) in enumerate(zip(carry, look.outs)):
        if c._value.shape != shape or c._value.dtype != dtype:
            raise ArgumentError(
                f"{what}: state {i} must keep its shape and dtype, {c._value.shape} {c._value.dtype}, where it is "
                f"compiled; the body gives {shape} {dtype}.")
    op = _Scan(frame, step, list(xs), list(carry), look, length, reverse, what)
    inputs = [*xs, *carry]
    linked = state.recording and (bool(look.free) or any(t._node is not None for t in inputs))
    outs = op.forward(linked)
    count = len(look.outs) - m
    parents = (*[t._node if _is_float(t) else None for t in inputs], *look.free) if linked else ()
    found = _wrapped(op, outs, look.outs, parents, frame.device, count)
    return found[:m], found[m:]


class _Scan(Pullback):
    """The operation of a scan's node."""

    name = "scan"

    def __init__(self, frame: Frame, step: Flat, xs: list[Tensor], carry: list[Tensor], look: _Look, length: int,
                 reverse: bool, what: str) -> None:
        self.frame, self.step, self.xs, self.carry, self.look = frame, step, xs, carry, look
        self.length, self.reverse, self.what = length, reverse, what
        self.keys = look.keys(frame, length)
        self.states = look.written
        self.cells = _cells(step)
        self.before: Any = None

    def forward(self, linked: bool) -> list:
        """The last carry, the ys, and if ``linked`` the carries before each step; the states are renewed."""
        m = len(self.carry)
        like = [*self.xs, *self.carry]
        count = len(self.look.outs) - m
        states = self.states

        def step(held: tuple, given: tuple) -> tuple:
            now, values = held
            outs, after = _run(self.frame, self.step, [*given[0], *now], like, states, values, given[1], self.what)
            ys = outs[m:] if linked else outs[m:count]
            return (outs[:m], after), (ys, list(values) if linked else [])

        start = ([t._value for t in self.carry], [t._value for t in states])
        (last, after), (ys, before) = self.frame.engine.scan(
            step, start, ([t._value for t in self.xs], self.keys), self.length, self.reverse)
        self.before = before
        for t, value in zip(states, after):
            t._rebind(value)
        return [*last, *ys]

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> list:
        frame, device = self.frame, node.device
        n, m, floats = len(self.xs), len(self.carry), [_is_float(t) for t in (*self.xs, *self.carry)]
        inner = len(self.look.outs) - m
        gs = _cotangents(g, node.ans, device)
        at_carry = sum(floats[n:])
        befores = [wrap(c._result_class, a, device,
                        tape.select(node, inner + i, a) if linked and _is_float(c) else None)
                   for i, (c, a) in enumerate(zip(self.carry, node.ans[inner:]))]
        keys = [] if self.keys is None else [wrap(Tensor, self.keys, device)]
        kept = [wrap(Tensor, a, device) for a in self.before]
        rows = [*self.xs, *befores, *gs[at_carry:], *kept, *keys]
        totals = [wrap(Tensor, device.engine.zeros_like(ts[0]._value), device) for ts in self.look.free.values()]

        def back(slices: list[Tensor], carry: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
            inputs, rest = slices[: n + m], slices[n + m :]
            seeds, rest = rest[: len(gs) - at_carry], rest[len(gs) - at_carry :]
            held = {id(t): (t, v) for t, v in self.look.held}
            held.update({id(t): (t, s._value) for t, s in zip(self.states, rest)})
            again = _again(frame, self.step, inputs, self.look.free, list(held.values()), self.cells,
                           rest[-1]._value if keys else None)
            grads = _gradients(again, [*carry[:at_carry], *seeds])
            at_xs = sum(floats[:n])
            added = [t + a for t, a in zip(carry[at_carry:], grads[at_xs + at_carry :])]
            return [*grads[at_xs : at_xs + at_carry], *added], grads[:at_xs]

        with recording_scope(linked):
            last, rows_out = scan(back, rows, [*gs[:at_carry], *totals], self.length, self.what, not self.reverse)
        arrived = iter([*rows_out, *last[:at_carry]])
        return _results([*[next(arrived) if f else None for f in floats], *last[at_carry:]], needs, linked)


# -- loops of unknown length -------------------------------------------------------------------------------------------


def loop(test: Callable[..., Tensor], body: Flat, carry: Sequence[Tensor], what: str) -> list[Tensor]:
    """``carry = body(*carry)`` while ``test(*carry)``, which must have one element, is not zero.

    Raises:
        ArgumentError: the carry changes in number, shape or dtype.
        Untraceable: it would have to be differentiated, which takes a number of steps to keep values for.
    """
    frame: Frame = state.frame
    frame.see(carry)
    xp = frame.engine.xp
    forms = [_form(c) for c in carry]
    tested, look = _Look(frame, lambda *ts: [test(*ts)], forms), _Look(frame, body, forms)
    if [form[1:] for form in forms] != [form[1:] for form in look.outs]:
        raise ArgumentError(f"{what}: the body must keep number, shapes and dtypes of its values where it is compiled, "
                            f"({_told(forms)}); it gives ({_told(look.outs)}).")
    if tested.written or tested.draws:
        raise Untraceable(f"the condition of {what} writes Tensors or draws random numbers")
    if state.recording and (look.free or any(c._node is not None and _is_float(c) for c in carry)):
        raise Untraceable(f"{what} is differentiated, for which the number of its steps must be bounded, as that of "
                          "nd.contrib.while_loop(max_iterations=...), ops.ForiLoop or ops.Scan is")
    keys = look.keys(frame, 1)
    states = look.written

    def goes_on(held: tuple) -> Any:
        outs, _ = _run(frame, lambda *ts: [test(*ts)], held[0], carry, states, held[1], None, what)
        return xp.reshape(outs[0], ()) != 0

    def step(held: tuple) -> tuple:
        shift = xp.stack([xp.zeros((), np.uint32), held[2]])
        mine = None if keys is None else keys[0] + shift
        outs, after = _run(frame, body, held[0], carry, states, held[1], mine, what)
        return outs, after, held[2] + np.uint32(1)

    start = ([c._value for c in carry], [t._value for t in states], xp.zeros((), np.uint32))
    last, after, _ = frame.engine.while_loop(goes_on, step, start)
    for t, value in zip(states, after):
        t._rebind(value)
    return [wrap(cls, a, frame.device) for (cls, *_), a in zip(look.outs, last)]
