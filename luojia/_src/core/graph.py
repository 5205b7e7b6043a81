"""Running graphs: a Symbol as a function of arrays, and functions of arrays as Symbols.

``CachedGraph(symbol)`` is a plan: the graph's operators in order, with the places of their inputs and outputs. Called
with arrays it applies each operator as the user would, so the run is recorded where recording is on, nests in grad
networks, and differentiates to any order. HybridBlock, SymbolBlock, executors and ``Symbol.eval`` all run through it.

``trace(fn, inputs, params)`` is the other way: it calls a function with Symbols and gives the graph of what it does.

``symbol_of(tensor)`` is the graph of a recorded computation.

>>> import luojia as mx
>>> x, w = mx.sym.var("x"), mx.sym.var("w")
>>> run = CachedGraph(mx.sym.exp(x) * w)
>>> run.inputs
['x', 'w']
>>> run(mx.nd.array([0.0]), mx.nd.array([3.0]))[0].asnumpy()
array([3.], dtype=float32)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.devices import Context, current_context
from ..errors import ArgumentError, GraphError
from .ambient import commit, draw_key
from .apply import apply
from .chains import find as find_chains
from .groups import find as find_groups
from .op import OPERATORS
from .planned import Notes, Programs
from .symbol import KEY, Entry, Symbol, SymNode, variable, walk
from .symbol_ops import apply_to_symbols, traces
from .tape import SELECT, Leaf, Node, recording_scope, state
from .tensor import Tensor, wrap


class Step(NamedTuple):
    """One operator of a plan: where its inputs are, where its outputs go, and what may be forgotten after it."""

    op: Any
    attrs: dict[str, Any]
    slots: tuple[int, ...]
    out: int
    count: int
    late: bool
    source: bool
    dead: tuple[int, ...]
    node: SymNode


class CachedGraph:
    """A graph as a function of arrays.

    Args:
        symbol: the graph; its outputs are the function's.
        inputs: the names of its variables in the order in which a call gives their arrays; by default
            ``symbol.list_inputs()``, which is arguments and auxiliary states in order of the graph. Names that the
            graph does not use are allowed.

    Attributes:
        inputs: the names of the variables, in order of the call. ``arguments``, ``auxiliary``: their two kinds.

    Raises:
        ArgumentError: ``inputs`` lacks a variable, or a name stands for two variables.

    A call returns a list of arrays. Whether operators run in training mode is ``autograd.is_training()`` at the call;
    random keys are drawn at each call; auxiliary states are renewed when a backward passes (see ambient.py).
    """

    def __init__(self, symbol: Symbol, inputs: Sequence[str] | None = None) -> None:
        self.symbol = symbol
        self.arguments = symbol.list_arguments()
        self.auxiliary = symbol.list_auxiliary_states()
        own = symbol.list_inputs()
        twice = sorted({n for n in own if own.count(n) > 1})
        if twice:
            raise ArgumentError(f"the graph has two variables named {twice[0]!r}; variables need distinct names.")
        self.inputs = list(own if inputs is None else inputs)
        lacking = [n for n in own if n not in self.inputs]
        if lacking:
            raise ArgumentError(f"the graph needs {lacking}, which are not among the inputs {self.inputs}.")
        self._plan()

    def _plan(self) -> None:
        nodes = walk(self.symbol._outputs)
        applied = [n for n in nodes if n.op is not None]
        place = {(id(n), 0): self.inputs.index(n.name) for n in nodes if n.op is None}
        # The values of a run stand in one list: inputs, then constants, then what each node computes.
        constants = [a for n in applied for a in n.args if a.__class__ is not Entry]
        constant = len(self.inputs)
        out = first = constant + len(constants)
        self.steps = []
        for node in applied:
            slots = []
            for a in node.args:
                if a.__class__ is Entry:
                    slots.append(place[id(a.node), a.index])
                else:
                    slots.append(constant)
                    constant += 1
            for i in range(node.count):
                place[id(node), i] = out + i
            source = not any(a.__class__ is Entry for a in node.args)
            late = bool(node.late)
            self.steps.append(Step(node.op, node.attrs, tuple(slots), out, node.count, late, source, (), node))
            out += node.count
        self._heads = [place[id(e.node), e.index] for e in self.symbol._outputs]
        self._blank = constants + [None] * (out - first)
        last = {slot: number for number, step in enumerate(self.steps) for slot in step.slots}
        for head in self._heads:
            last.pop(head, None)
        for number, step in enumerate(self.steps):
            dead = tuple([s for s in set(step.slots) if s >= first and last.get(s) == number])
            self.steps[number] = step._replace(dead=dead)
        numbers = dict(enumerate(constants, len(self.inputs)))
        self._groups = find_groups(self.steps, self._heads)
        grouped = {number for group in self._groups for number in range(group.start, group.stop)}
        self._chains = find_chains(self.steps, self._heads, numbers, grouped)
        self._places = sorted([*self._groups, *self._chains], key=lambda place: (place.start, -place.stop))
        self._programs = Programs(self.steps, self._heads, numbers, self._plainly)

    def __call__(self, *arrays: Tensor, watch: Callable[[SymNode, Any, list], None] | None = None,
                 device: Context | None = None) -> list[Tensor]:
        """The outputs for arrays in the order of ``inputs``; ``watch`` sees each node with its outputs and inputs."""
        if len(arrays) != len(self.inputs):
            raise ArgumentError(f"the graph takes {len(self.inputs)} arrays, for {self.inputs}, got {len(arrays)}.")
        note = None
        if watch is None and self._programs.possible:
            found = self._programs.run(arrays)
            if found is not None:
                return found
            note = self._programs.due(arrays)
        outputs = self._plainly(*arrays, watch=watch, device=device, note=note)
        if note is not None:
            self._programs.make(note)
        return outputs

    def _plainly(self, *arrays: Tensor, watch: Callable | None = None, device: Context | None = None,
                 note: Notes | None = None) -> list[Tensor]:
        """The outputs, operator by operator."""
        if device is None:
            device = next((a._device for a in arrays if isinstance(a, Tensor)), None)
        env = [*arrays, *self._blank]
        self._run(env, arrays, device, watch, note)
        return [env[i] for i in self._heads]

    def _run(self, env: list, arrays: Sequence[Any], device: Context | None, watch: Callable | None,
             note: Notes | None = None) -> None:
        """Fill in the places of ``env``; ``note`` is told what runs."""
        done = 0
        for place in self._places if watch is None else ():
            if place.start < done:
                continue
            self._run_steps(self.steps[done : place.start], env, arrays, device, note=note)
            done = place.start
            values = [env[i] for i in place.slots]
            if place.takes(values):
                done = place.stop
                out = self.steps[done - 1].out
                env[out], attrs = place.run(values)
                if note is not None:
                    note.add(place.op, attrs, place.slots, out, values, env[out])
                for i in {i for step in self.steps[place.start : done] for i in step.dead}:
                    env[i] = None
        self._run_steps(self.steps[done:], env, arrays, device, watch, note)

    def _run_steps(self, steps: Sequence[Step], env: list, arrays: Sequence[Any], device: Context | None,
                   watch: Callable | None = None, note: Notes | None = None) -> None:
        for op, attrs, slots, out, count, late, source, dead, node in steps:
            values = [env[i] for i in slots]
            if late:
                values = [draw_key(device) if v is KEY else v for v in values]
                if "training" in node.late:
                    attrs = {**attrs, "training": state.training}
            if op.run is None:
                result = apply(op, values, attrs)
                if op.aux:
                    result = commit(op, values, result, attrs)
            else:
                result = op.run(*values)
            if source:
                result = self._placed(result, arrays, device)
            if result.__class__ is tuple:
                env[out : out + count] = result
            else:
                env[out] = result
            if watch is not None:
                watch(node, result, values)
            if note is not None:
                note.add(op, attrs, slots, out, values, result)
            for i in dead:
                env[i] = None

    def _placed(self, result: Any, arrays: Sequence[Any], device: Context | None) -> Any:
        """What an operator without inputs made, in the class and on the device of the arrays."""
        first = next((a for a in arrays if isinstance(a, Tensor)), None)
        cls = first._result_class if first is not None else self.symbol._array_class
        place = device or current_context()
        put = [wrap(cls, t._value if t._device is place else place.engine.put(np.asarray(t._value), place), place)
               for t in (result if result.__class__ is tuple else (result,))]
        return tuple(put) if result.__class__ is tuple else put[0]


class Traced(NamedTuple):
    """What a trace gives.

    ``symbol``: a group of all output symbols. ``output``: what the function returned, its structure unchanged.
    ``params``: the parameters that the graph uses, by name. ``constants``: arrays that were no parameters, by the name
    of the variable that stands for them.
    """

    symbol: Any
    output: Any
    params: dict[str, Any]
    constants: dict[str, Tensor]


def trace(fn: Callable, inputs: Sequence[Any], params: Mapping[str, Any] | None = None, **kwargs: Any) -> Traced:
    """Call ``fn(*inputs, **kwargs)`` with Symbols and return the graph of what it computed.

    Args:
        inputs: the arguments, Symbols among them (variables usually).
        params: Tensors by name (or recipes with ``leaves()``) that become variables of those names wherever they meet
            a Symbol in an operator. Other Tensors become variables ``constant0, ...``, returned with their values.
            Computations among parameters alone are followed through the tape.

    Raises:
        NotImplementedForSymbol: ``fn`` asks for values, as ``if x.sum() > 0`` does.
        GraphError: ``fn`` returns no Symbol.
    """
    cls = next((type(s) for s in inputs if isinstance(s, Symbol)), None)
    if cls is None:
        raise ArgumentError("trace: inputs must hold a Symbol, such as sym.var('data').")
    owners: dict[int, str] = {}
    leaves: dict[Any, str] = {}
    held = {}
    for name, p in (params or {}).items():
        for t in p.leaves() if hasattr(p, "leaves") else [p]:
            owners[id(t)] = name
            held[name] = p
            if t._node is not None:
                leaves[t._node] = name
    used: dict[str, Any] = {}
    made: dict[Any, Symbol] = {}
    constants: dict[str, Tensor] = {}
    done: dict[Any, Any] = {}
    alive: list[Any] = []  # so that no other array takes its id

    def capture(t: Any, cls: type) -> Symbol:
        name = owners.get(id(t))
        if name is None and isinstance(t, Tensor) and t._node is not None and t._node.__class__ is not Leaf:
            return symbol_of(t, cls, leaf=leaf_variable, constant=hold, done=done)
        if name is None:
            return hold(t)
        return named(name)

    def named(name: str) -> Symbol:
        used[name] = held[name]
        if name not in made:
            made[name] = variable(cls, name)
        return made[name]

    def leaf_variable(node: Any) -> Symbol | None:
        return named(leaves[node]) if node in leaves else None

    def hold(t: Any) -> Symbol:
        if id(t) not in made:
            name = f"constant{len(constants)}"
            constants[name] = t if isinstance(t, Tensor) else Tensor(t)
            alive.append(t)
            made[id(t)] = variable(cls, name)
        return made[id(t)]

    traces.captures.append(capture)
    try:
        with recording_scope(bool(params) or None):
            out = fn(*inputs, **kwargs)
    finally:
        traces.captures.pop()
    found = _symbols(out)
    if not found:
        raise GraphError(f"trace: {getattr(fn, '__name__', fn)} returned {type(out).__name__}, no Symbol; "
                         "its result does not depend on its inputs through operators.")
    return Traced(cls([e for s in found for e in s._outputs]), out, used, constants)


def _symbols(out: Any) -> list[Symbol]:
    if isinstance(out, Symbol):
        return [out]
    if isinstance(out, (list, tuple)):
        return [s for o in out for s in _symbols(o)]
    if isinstance(out, dict):
        return [s for o in out.values() for s in _symbols(o)]
    return []


def symbol_of(tensor: Tensor, cls: type, leaf: Callable[[Any], Any] | None = None,
              constant: Callable[[Any], Any] | None = None, done: dict[Any, Any] | None = None) -> Any:
    """The graph of a recorded Tensor, its variables named ``var0, var1, ...`` in order of use.

    ``leaf`` and ``constant`` may give the Symbol for a leaf's node and for an array that was not recorded; ``done``
    holds the symbols of nodes that earlier calls met.

    Raises:
        GraphError: the Tensor was not recorded, or its graph was freed by a backward.
    """
    if tensor._node is None:
        raise GraphError("get_symbol: the array was not computed while recording; use autograd.record().")
    done = {} if done is None else done
    count = 0

    def fresh() -> Any:
        nonlocal count
        count += 1
        return variable(cls, f"var{count - 1}")

    def visit(node: Any) -> Any:
        if node.__class__ is Leaf:
            found = None if leaf is None else leaf(node)
            return fresh() if found is None else found
        if node.op is SELECT:
            return done[node.parents[0]][node.attrs["index"]]
        if not any(p is not None for p in node.parents):
            return fresh()
        inputs: list[Any] = []
        for parent, arg in zip(node.parents, node.args):
            if parent is not None:
                inputs.append(done[parent])
            elif arg is None or isinstance(arg, (int, float)):
                inputs.append(arg)
            elif constant is not None and isinstance(arg, np.ndarray):
                inputs.append(constant(arg))
            else:
                inputs.append(fresh())
        if node.op.expand is not None:
            return node.op.expand(apply_to_symbols, inputs)
        return apply_to_symbols(node.op, inputs, node.attrs)

    stack = [tensor._node]
    while stack:
        node = stack[-1]
        if node in done:
            stack.pop()
            continue
        parents = () if node.__class__ is Leaf else node.parents
        if parents is None:
            raise GraphError("get_symbol: the graph was freed by a backward; pass retain_graph=True to it.")
        waiting = [p for p in parents if p is not None and p not in done]
        if waiting:
            stack.extend(reversed(waiting))
        else:
            done[node] = visit(node)
            stack.pop()
    return done[tensor._node]


__all__ = ["CachedGraph", "Node", "OPERATORS", "Traced", "symbol_of", "trace"]
