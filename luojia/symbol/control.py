"""Loops and branches in graphs: ``sym.contrib.foreach``, ``while_loop`` and ``cond``.

The body is called once, with variables, and becomes a graph of its own inside one node. What it uses from outside
enters the node as further inputs, so gradients reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from .._src.core.graph import CachedGraph
from .._src.core.infer import Shapes, known
from .._src.core.naming import AttrScope
from .._src.core.symbol import Entry, SymNode, new_name, walk
from .._src.core.symbol_calls import Call, call_node
from .._src.errors import ArgumentError, NoArrayError, UnfitDataError
from ..ndarray import contrib
from .symbol import Symbol

_MARK = "__subgraph_name__"
_numbers = count()


class Inner:
    """A graph inside a node: a function of arrays for the variables ``names``, in this order."""

    def __init__(self, symbol: Symbol, names: Sequence[str]) -> None:
        self.symbol, self.names = symbol, list(names)
        self.graph = CachedGraph(symbol, self.names)
        self.aux = {n for n in symbol.list_auxiliary_states() if n in self.names}

    def shapes(self, found: Sequence[Any]) -> Shapes:
        return Shapes(self.symbol, dict(zip(self.names, found)))

    def completed(self, found: Sequence[Any]) -> list:
        """The shapes of ``names`` that those known determine."""
        inner = self.shapes(found)
        by_name = {n.name: inner.of[id(n), 0] for n in inner.nodes if n.op is None}
        return [by_name.get(n, s) for n, s in zip(self.names, found)]


class Body(Inner):
    """A function of symbols as a graph of its own.

    Args:
        fn: the function. ``inputs``: the symbols to call it with, fresh variables.

    Attributes:
        output: what ``fn`` returned. ``graph``: it as a function of arrays for ``inputs`` and then ``free``.
        free: the outputs of nodes outside, and the variables, that the function uses besides.
    """

    def __init__(self, what: str, fn: Callable, inputs: Any) -> None:
        mark = f"{what}_{next(_numbers)}"
        with AttrScope(**{_MARK: mark}):
            self.output = fn(*inputs)
        self.flat = _flat(self.output)
        if not self.flat or not all(isinstance(s, Symbol) for s in self.flat):
            raise NoArrayError(f"{what}: the function must return symbols, or lists of them, got {self.output!r}.")
        self.mark, self.own = mark, {id(s._outputs[0].node) for s in _flat(inputs)}
        self.free: list[Entry] = []
        self.names = [s._outputs[0].node.name for s in _flat(inputs)]
        heads = [e for s in self.flat for e in s._outputs]
        replaced: dict[tuple[int, int], Entry] = {}
        copies: dict[int, SymNode] = {}
        order = [n for n in walk(heads) if self._inside(n)]
        for node in order:
            args = tuple([self._inner(a, copies, replaced) if a.__class__ is Entry else a for a in node.args])
            extra = {k: v for k, v in node.extra.items() if k != _MARK}
            copies[id(node)] = SymNode(node.name, node.op, node.kind, args, node.attrs, node.given, extra, node.count,
                                       node.order, node.late)
        outputs = [self._inner(e, copies, replaced) for e in heads]
        for entry in self.free:
            if entry.node.extra.get(_MARK) == mark:
                del entry.node.extra[_MARK]
        super().__init__(Symbol(outputs), self.names)

    def _inside(self, node: SymNode) -> bool:
        return node.op is not None and node.extra.get(_MARK) == self.mark

    def _inner(self, entry: Entry, copies: dict, replaced: dict) -> Entry:
        """The entry in the body's own graph: a copy's, a loop variable, or the variable for what comes from outside."""
        if self._inside(entry.node):
            return Entry(copies[id(entry.node)], entry.index)
        if id(entry.node) in self.own:
            return entry
        key = (id(entry.node), entry.index)
        if key not in replaced:
            self.free.append(entry)
            self.names.append(f"{self.mark}_free{len(self.free) - 1}")
            replaced[key] = Entry(SymNode(self.names[-1]))
        return replaced[key]


def _flat(nested: Any) -> list:
    return [t for n in nested for t in _flat(n)] if isinstance(nested, (list, tuple)) else [nested]


def _like(structure: Any, flat: list) -> Any:
    """Take the items of ``flat`` into the nesting of ``structure``."""
    if isinstance(structure, (list, tuple)):
        return [_like(s, flat) for s in structure]
    return flat.pop(0)


def _stacked(length: int, shape: tuple | None) -> tuple | None:
    return None if shape is None else (length, *shape)


def _entries(symbols: Any, what: str) -> list[Entry]:
    flat = _flat(symbols)
    if not all(isinstance(s, Symbol) and len(s) == 1 for s in flat):
        raise NoArrayError(f"{what} should be a Symbol or a nested list of Symbols.")
    return [s._outputs[0] for s in flat]


def _variables(structure: Any, stem: str) -> Any:
    return _like(structure, [Symbol([Entry(SymNode(f"{stem}{i}"))]) for i in range(len(_flat(structure)))])


def _input_names(*bodies: Inner, lead: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    own = [*lead, *[n for body in bodies for n in body.names]]
    return own, [n for body in bodies for n in body.aux]


def foreach(body: Callable, data: Any, init_states: Any, name: str = "foreach") -> tuple[Any, Any]:
    """Run ``out, states = body(slice, states)`` over the first axis of ``data``; stack the outs. See ``nd.contrib``."""
    entries = _entries(data, "data") + _entries(init_states, "init_states")
    name = new_name(None, name)
    slices, states = _variables(data, f"{name}_in"), _variables(init_states, f"{name}_state")
    traced = Body(name, body, (slices, states))
    if not isinstance(traced.output, (list, tuple)) or len(traced.output) != 2:
        raise ArgumentError("foreach: body must return a pair: an output, or list of outputs, and the states.")
    outs, last = traced.output
    n_data, n_outs, n_states = len(_flat(data)), len(_flat(outs)), len(_flat(last))
    if n_states != len(_flat(init_states)):
        raise UnfitDataError(f"foreach: body returned {n_states} states, init_states has {len(_flat(init_states))}.")
    made = foreach_node(traced, n_data, n_outs, n_states, new_name(None, "_foreach"), entries + traced.free)
    return _like(outs, made[:n_outs]), _like(last, made[n_outs:])


def foreach_node(traced: Inner, n_data: int, n_outs: int, n_states: int, name: str, entries: list[Entry]) -> list:
    """The outputs of a loop whose body takes slices, states and free arrays, and gives outputs and states."""
    def run(*arrays: Any) -> tuple:
        free = arrays[n_data + n_states :]

        def step(sliced: list, held: list) -> tuple:
            found = traced.graph(*sliced, *held, *free)
            return found[:n_outs], found[n_outs:]

        stacked, final = contrib.foreach(step, list(arrays[:n_data]), list(arrays[n_data : n_data + n_states]))
        return (*stacked, *final)

    def sliced(found: list) -> list:
        return [None if s is None else tuple(s[1:]) for s in found[:n_data]] + list(found[n_data:])

    def shapes(found: list) -> list:
        inner = traced.shapes(sliced(found))
        of = [inner.get(e) for e in traced.symbol._outputs]
        return [_stacked(found[0][0], s) for s in of[:n_outs]] + of[n_outs:]

    def complete(found: list) -> list:
        inner = traced.completed(sliced(found))
        return found[:n_data] + [s if known(s) else None for s in inner[n_data:]]

    inputs, aux = _input_names(traced)
    call = Call("foreach", inputs, n_outs + n_states, run, shapes, complete, aux=aux)
    call.parts = {"body": traced, "n_data": n_data, "n_outs": n_outs, "n_states": n_states}
    return list(call_node(Symbol, call, "_foreach", name, entries))


def while_loop(cond: Callable, func: Callable, loop_vars: Any, max_iterations: int | None = None,
               name: str = "while_loop") -> tuple[Any, Any]:
    """Run ``out, loop_vars = func(*loop_vars)`` while ``cond(*loop_vars)`` holds. See ``nd.contrib``.

    Raises:
        ArgumentError: ``max_iterations``, the length of the stacked outputs, is missing.
    """
    if max_iterations is None:
        raise ArgumentError("max_iterations should be specified")
    held = list(loop_vars) if isinstance(loop_vars, (list, tuple)) else [loop_vars]
    if not held:
        raise ArgumentError("loop_vars should contain at least one element")
    entries = _entries(held, "loop_vars")
    name = new_name(None, name)
    if int(max_iterations) < 0:
        raise ArgumentError(f"while_loop: max_iterations must not be negative, got {max_iterations}.")

    def one(*now: Symbol) -> Symbol:
        found = cond(*now)
        if not isinstance(found, Symbol):
            raise ArgumentError(f"while_loop: Return of cond must be a Symbol, got {found!r}.")
        return found

    test = Body(f"{name}_cond", one, _variables(held, f"{name}_test"))
    traced = Body(f"{name}_func", func, _variables(held, f"{name}_var"))
    if not isinstance(traced.output, (list, tuple)) or len(traced.output) != 2:
        raise ArgumentError("while_loop: func must return a pair: an output, or list of outputs, and the loop_vars.")
    outs, last = traced.output
    n, n_outs = len(held), len(_flat(outs))
    if len(_flat(last)) != n:
        raise ArgumentError(f"while_loop: func returned {len(_flat(last))} loop_vars, it was given {n}.")
    made = while_node(test, traced, n, n_outs, int(max_iterations), new_name(None, "_while_loop"),
                      entries + test.free + traced.free)
    return _like(outs, made[:n_outs]), _like(last, made[n_outs:])


def while_node(test: Inner, traced: Inner, n: int, n_outs: int, max_iterations: int, name: str,
               entries: list[Entry]) -> list:
    """The outputs of a loop: ``test`` and ``traced`` take the n loop variables and then their own free arrays."""
    n_test = len(test.names) - n

    def run(*arrays: Any) -> tuple:
        tested, free = arrays[n : n + n_test], arrays[n + n_test :]

        def step(*now: Any) -> tuple:
            found = traced.graph(*now, *free)
            return found[:n_outs], found[n_outs:]

        stacked, final = contrib.while_loop(lambda *now: test.graph(*now, *tested)[0], step, list(arrays[:n]),
                                            max_iterations)
        return (*stacked, *final)

    def shapes(found: list) -> list:
        inner = traced.shapes([*found[:n], *found[n + n_test :]])
        of = [inner.get(e) for e in traced.symbol._outputs]
        return [_stacked(max_iterations, s) for s in of[:n_outs]] + of[n_outs:]

    def complete(found: list) -> list:
        inner = traced.completed([*found[:n], *found[n + n_test :]])
        tested = test.completed(found[: n + n_test])
        return [s if known(s) else None for s in [*inner[:n], *tested[n:], *inner[n:]]]

    inputs = [*traced.names[:n], *test.names[n:], *traced.names[n:]]
    call = Call("while_loop", inputs, n_outs + n, run, shapes, complete, aux=[*traced.aux, *test.aux])
    call.parts = {"test": test, "body": traced, "n": n, "n_outs": n_outs, "max_iterations": max_iterations}
    return list(call_node(Symbol, call, "_while_loop", name, entries))


def cond(pred: Symbol, then_func: Callable, else_func: Callable, name: str = "cond") -> Any:
    """``then_func()`` where ``pred``, of one element, is not zero, else ``else_func()``; only one of them is run."""
    entries = _entries(pred, "pred")
    name = new_name(None, name)
    yes, no = Body(f"{name}_then", then_func, ()), Body(f"{name}_else", else_func, ())
    if len(yes.flat) != len(no.flat):
        raise ArgumentError(f"cond: then_func returned {len(yes.flat)} outputs, else_func {len(no.flat)}; they must "
                            "return as many.")
    named = {e.node.name: e for e in yes.free if e.node.op is None}
    free = yes.free + [named.get(e.node.name, e) if e.node.op is None else e for e in no.free]
    return _like(yes.output, cond_node(yes, no, new_name(None, "_cond"), entries + free))


def cond_node(yes: Inner, no: Inner, name: str, entries: list[Entry]) -> list:
    """The outputs of a branch on the first entry; the others are what ``yes`` takes, then what ``no`` takes."""
    n = len(yes.names)

    def run(test: Any, *arrays: Any) -> Any:
        found = contrib.cond(test, lambda: yes.graph(*arrays[:n]), lambda: no.graph(*arrays[n:]))
        return tuple(found) if len(found) > 1 else found[0]

    def shapes(found: list) -> list:
        inner = yes.shapes(found[1 : n + 1])
        return [inner.get(e) for e in yes.symbol._outputs]

    def complete(found: list) -> list:
        inner = [*yes.completed(found[1 : n + 1]), *no.completed(found[n + 1 :])]
        return [found[0], *[s if known(s) else None for s in inner]]

    inputs, aux = _input_names(yes, no, lead=("pred",))
    call = Call("cond", inputs, len(yes.symbol._outputs), run, shapes, complete, aux=aux)
    call.parts = {"yes": yes, "no": no}
    return list(call_node(Symbol, call, "_cond", name, entries))


__all__ = ["cond", "foreach", "while_loop"]
