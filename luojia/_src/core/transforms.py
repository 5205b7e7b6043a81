"""Functions to gradient functions: the one mechanism under GradOperation, grad, vjp, jvp and jacobians.

``Recorded`` runs a function on fresh aliases of its Tensors and keeps the graph; gradients are asked of it afterwards.
If recording is open around it, what it computes is itself on the tape, so transforms nest to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError
from . import tape
from .batched import backward_batched
from .dtypes import from_np
from .op import OPERATORS
from .repeated import is_end, repeated
from .tape import Leaf, Node, Place, next_id, now_recording, recording_scope, set_recording, state
from .tensor import Tensor, wrap

_new = object.__new__
_ROWS_AT_ONCE = 1 << 18  # elements of the widest of input and output in a block of rows


def alias(t: Tensor) -> Tensor:
    """A fresh Tensor of ``t``'s value: a node of its own, linked to ``t`` where ``t`` is on the tape."""
    value, device = t._value if state.frame is None else t._read(), t._device
    if t._node is None or not now_recording():
        return wrap(t._result_class, value, device, Place())
    return wrap(t._result_class, value, device, Node(OPERATORS["identity"], {}, (t._node,), (value,), None, device))


def constant(t: Tensor) -> Tensor:
    """A fresh Tensor of ``t``'s value by which nothing is differentiated here; an outer gradient may pass."""
    if state.recording and t._node is not None:
        return alias(t)
    return wrap(t._result_class, t._value, t._device)


def tensors_in(out: Any) -> list[Tensor]:
    """The Tensors of nested tuples, lists and dicts, in order."""
    if isinstance(out, Tensor):
        return [out]
    if isinstance(out, (tuple, list)):
        return [t for o in out for t in tensors_in(o)]
    if isinstance(out, dict):
        return [t for o in out.values() for t in tensors_in(o)]
    return []


class Recorded:
    """One recorded call ``fn(*args, **kwargs)``: its output, and the gradients that can be asked of it.

    The graph is entered no deeper than the nodes recorded since the call began: what the function closes over is
    constant, except for the weights that are asked for; so is each input whose number is not in ``positions``, where
    they are given. ``inputs`` has what a gradient needs of each argument by which it can be asked, None for others.
    """

    __slots__ = ("linked", "floor", "inputs", "keyword_inputs", "device", "out")

    def __init__(self, fn: Callable, args: Sequence[Any], kwargs: dict[str, Any] | None = None,
                 positions: Sequence[int] | None = None) -> None:
        self.linked = linked = now_recording()
        self.floor = next_id()
        flags = state.__dict__
        plain = not linked and flags["frame"] is None
        # The function may write to an alias and so rebind it; node and value are those at the call.
        self.inputs: list[Input | None] = []
        self.keyword_inputs: list[Input] = []
        self.device = None  # that of the first Tensor
        positional: list[Any] = []
        for a in args:
            found = None
            if isinstance(a, Tensor):
                given, asked = a, positions is None or len(positional) in positions
                if plain:  # ``alias`` and ``constant``, written out
                    a = _new(given._result_class)
                    a._value, a._device, a._node = given._value, given._device, Place() if asked else None
                else:
                    a = alias(given) if asked else constant(given)
                self.device = self.device or given._device
                if asked:
                    found = Input(a)
                    if given._hooked:
                        found.hooks = given.__dict__["_grad_hooks"]
            positional.append(a)
            self.inputs.append(found)
        if kwargs:
            enter = alias if positions is None or args == () and positions else constant
            kwargs = {k: enter(v) if isinstance(v, Tensor) else v for k, v in kwargs.items()}
            self.keyword_inputs = [Input(v) for v in kwargs.values() if isinstance(v, Tensor)]
            if self.keyword_inputs:
                self.device = self.device or self.keyword_inputs[0].device
        before, depth = flags["training"], flags["depth"]
        try:
            flags["depth"] = depth + 1
            set_recording(True)
            self.out = fn(*positional, **kwargs) if kwargs else fn(*positional)
        finally:
            flags["depth"] = depth
            set_recording(linked)
            flags["training"] = before

    def pull(self, seeds: Iterable[tuple[Tensor, Any]], wanted: Iterable[Any], retain: bool = False) -> dict[Any, Any]:
        """Gradients at the ``wanted`` nodes for (output, cotangent) pairs; on the tape if one is open outside."""
        wanted = wanted if isinstance(wanted, tape.Reached) else {n for n in wanted if n is not None}
        linked, floor = self.linked, self.floor
        heads = []
        for t, g in seeds:
            node = t._node
            if node is None or (node.id <= floor and node not in wanted):
                continue
            if linked:
                heads.append((node, g if isinstance(g, Tensor) else wrap(Tensor, g, t._device)))
            else:
                heads.append((node, g._value if isinstance(g, Tensor) else g))
        if len(heads) == 1 and (linked or not (retain or state.depth)) and now_recording() is linked:
            head, g = heads[0]
            if head.op is not None and all([is_end(n, floor) for n in wanted]):
                found = repeated(head, g, floor, wanted, linked)
                if found is not None:
                    return found
        if now_recording() is linked:
            return tape.backward(heads, floor=floor, wanted=wanted, linked=linked, retain=retain or linked)
        with recording_scope(linked):
            return tape.backward(heads, floor=floor, wanted=wanted, linked=linked, retain=retain or linked)

    def gradient(self, where: Any) -> Tensor:
        """The gradient of the outputs, seeded with ones, at one place."""
        return gradient_at(self.pull(seeds_for(self.out, None), (where.node,)), where)

    def rows(self, t: Tensor, inputs: Sequence[Input]) -> list[Tensor] | None:
        """The Jacobians of the output ``t`` at ``inputs``, a block of rows at a time.

        None where this engine cannot, or where the passes must be recorded.
        """
        node, engine = t._node, t._device.engine
        if self.linked or engine.name != "numpy" or not t.size or t.np_dtype.kind != "f" or (
            node is not None and node.id <= self.floor and node not in [i.node for i in inputs]
        ):
            return None
        found = [np.zeros((t.size, *i.value.shape), i.value.dtype) for i in inputs]
        if node is not None:
            widest = max([t.size, *[i.value.size for i in inputs]])
            block = max(1, min(t.size, _ROWS_AT_ONCE // widest))
            for start in range(0, t.size, block):
                stop = min(start + block, t.size)
                seeds = np.zeros((stop - start, t.size), t.np_dtype)
                seeds[np.arange(stop - start), np.arange(start, stop)] = 1
                with recording_scope(False):
                    results = backward_batched(
                        node, seeds.reshape(-1, *t.shape), self.floor, {i.node for i in inputs if i.node is not None}
                    )
                for array, i in zip(found, inputs):
                    if i.node in results:
                        array[start:stop] = results[i.node]
        return [wrap(i.cls, a.reshape((*t.shape, *i.value.shape)), i.device) for a, i in zip(found, inputs)]


class Input:
    """What a gradient needs of an input: its node, and value, device and class of its primal."""

    __slots__ = ("node", "value", "device", "cls", "hooks")

    def __init__(self, t: Tensor) -> None:
        self.node, self.value, self.device, self.cls = t._node, t._value, t._device, t._result_class
        self.hooks = t.__dict__.get("_grad_hooks") if t._role else None


def gradient_at(results: dict[Any, Any], where: Input) -> Tensor:
    """The gradient found at an input or weight as a Tensor of its primal's class; zeros where none arrived."""
    g = _gradient_at(results, where)
    for hook in list(where.hooks.values()) if where.hooks and where.node in results else ():
        changed = hook(g)
        g = g if changed is None else changed
    return g


def _gradient_at(results: dict[Any, Any], where: Input) -> Tensor:
    g = results.get(where.node)
    if g is None:
        return wrap(where.cls, where.device.engine.zeros_like(where.value), where.device)
    if g.__class__ is np.ndarray and where.value.__class__ is np.ndarray:
        return wrap(where.cls, g, where.device)
    if isinstance(g, Tensor):
        return wrap(where.cls, g._value, where.device, g._node)
    return wrap(where.cls, where.device.engine.asarray(g), where.device)


def gradients_at(results: dict[Any, Any], places: Sequence[Input]) -> tuple[Tensor, ...]:
    """``gradient_at`` each of the places."""
    found = []
    for where in places:
        g = results.get(where.node)
        if g.__class__ is np.ndarray and not where.hooks and where.value.__class__ is np.ndarray:
            found.append(wrap(where.cls, g, where.device))  # the common case, written out
        else:
            found.append(gradient_at(results, where))
    return tuple(found)


def weight_input(weight: Any, device: Any = None) -> Input:
    """A weight as something to differentiate by: a parameter, or a recipe's leaf on ``device``.

    A Tensor that is no parameter is a constant, whose gradient is zero.
    """
    found = weight
    if not isinstance(weight, Tensor):
        leaves = weight.leaves()
        found = next((t for t in leaves if t._device is device), leaves[0])
    where = Input(found)
    if not isinstance(where.node, Leaf):
        where.node = None
    return where


def check_function(fn: Any, who: str) -> None:
    """Raise TypeError where what is to be transformed cannot be called."""
    if not callable(fn):
        raise DTypeError(f"For '{who}', the first argument must be a function or a Module, "
                         f"but got {type(fn).__name__}.")


def check_weights(weights: Any, who: str) -> list | None:
    """The weights as a list: None stays None, a single one becomes a list of one."""
    if weights is None:
        return None
    listed = list(weights) if isinstance(weights, (tuple, list)) else [weights]
    for w in listed:
        if not isinstance(w, Tensor) and not hasattr(w, "leaves"):
            raise DTypeError(f"For '{who}', the weights should be Parameters, but got {type(w).__name__}: {w!r}.")
    return listed


def seeds_for(out: Any, sens: Any) -> list[tuple[Tensor, Any]]:
    """Pair each Tensor of the output with its cotangent: those of ``sens``, checked, or ones."""
    if sens is None and isinstance(out, Tensor):
        return [(out, out._device.engine.ones_like(out._value))]
    outs = [out] if isinstance(out, Tensor) else tensors_in(out)
    if sens is None:
        return [(t, t._device.engine.ones_like(t._value)) for t in outs]
    given = [sens] if isinstance(sens, (int, float)) else tensors_in(sens)
    if not outs and isinstance(out, (int, float)):
        return []  # a Python number depends on nothing
    if isinstance(out, (tuple, list)) and isinstance(sens, Tensor) and len(outs) != 1:
        raise ArgumentError(
            f"the network returns {len(outs)} outputs, so sens must be a tuple of as many Tensors, got one Tensor."
        )
    if len(given) != len(outs):
        raise ArgumentError(f"the network returns {len(outs)} Tensors, but sens has {len(given)}; give one for each.")
    return [(t, _seed(t, s)) for t, s in zip(outs, given)]


def _seed(t: Tensor, s: Any) -> Any:
    """The cotangent of an output without axes may be a number or of any shape and dtype: its sum; others must match."""
    if not isinstance(s, Tensor):
        if t.shape != ():
            raise ShapeError(f"The shape should be {t.shape}, that of the output, but sens is the number {s}.")
        return t._device.engine.asarray(s, t.np_dtype)
    if t.shape == () and (s.shape != () or s.np_dtype != t.np_dtype):
        return OPERATORS["cast"](OPERATORS["sum"](s), dtype=t.np_dtype)
    if t.shape != s.shape:
        raise ShapeError(
            f"The shape should be {t.shape}, that of the output, but sens has shape {s.shape}; sens is not broadcast."
        )
    if t.np_dtype != s.np_dtype:
        raise DTypeError(f"The dtype should be {_dtype_name(t)}, but got {_dtype_name(s)}")
    return s


def _dtype_name(t: Tensor) -> str:
    return str(from_np(t.np_dtype))


# -- gradients of functions ----------------------------------------------------------------------------------------


def pullback(fn: Callable, args: Sequence[Any], *, weights: list | None = None, positions: Any = None,
             has_aux: bool = False) -> tuple[Any, Any, Callable]:
    """(output, aux, pull): ``pull(sens)`` gives (gradients at positions, of weights), as often as one likes."""
    run = Recorded(fn, args, positions=None if positions is None else [p % len(args) for p in positions])
    out, aux = run.out, ()
    if has_aux:
        out, aux = with_aux(out)[0], out[1:]
    inputs = [i for i in (run.inputs if positions is None else [run.inputs[p] for p in positions]) if i is not None]
    device = run.device if weights else None
    at_weights = [weight_input(w, device) for w in weights or ()]
    nodes = [i.node for i in (*inputs, *at_weights)]

    def pull(sens: Any = None, retain: bool = True) -> tuple[tuple, tuple]:
        results = run.pull(seeds_for(out, sens), nodes, retain=retain)
        return gradients_at(results, inputs), gradients_at(results, at_weights)

    pull.rows = lambda t: run.rows(t, inputs)  # type: ignore[attr-defined]
    return out, aux, pull


def with_aux(out: Any) -> tuple:
    """What a function returns that was said to return (output, *aux)."""
    if not isinstance(out, tuple) or len(out) < 2:
        raise ArgumentError("When has_aux is True, the function must return more than one output: the one to "
                            f"differentiate and then the others; got {type(out).__name__}.")
    return out


def unlinked(out: Any) -> Any:
    """The same structure, its Tensors off the tape, unless recording is open here."""
    if state.recording:
        return out
    if isinstance(out, Tensor):
        return out.detach() if out._node is not None and not isinstance(out._node, Leaf) else out
    if isinstance(out, (tuple, list)):
        return _rebuilt(out, [unlinked(o) for o in out])
    if isinstance(out, dict):
        return {k: unlinked(v) for k, v in out.items()}
    return out


def _rebuilt(like: Any, items: list) -> Any:
    """A sequence of the class of ``like``, namedtuples included."""
    return like._make(items) if hasattr(like, "_make") else type(like)(items)


def pushforward(fn: Callable, args: Sequence[Any], tangents: Sequence[Tensor]) -> tuple[Any, Any]:
    """(output, tangent) of ``fn`` along ``tangents``, one per Tensor argument.

    The pullback g(u) is linear in the cotangent u, so the pushforward of v is d/du <g(u), v>: the pullback,
    differentiated. Hence no operator needs a forward-mode rule.
    """
    linked = state.recording
    with recording_scope(True):
        run = Recorded(fn, args)
        inputs = [i for i in run.inputs if i is not None]
        outs = tensors_in(run.out)
        cotangents = [alias(wrap(Tensor, t._device.engine.zeros_like(t._value), t._device)) for t in outs]
        results = run.pull(zip(outs, cotangents), [i.node for i in inputs], retain=True)
        gradients = gradients_at(results, inputs)
    heads = [
        (g._node, v if linked else v._value) for g, v in zip(gradients, tangents) if g._node is not None
    ]
    with recording_scope(linked):
        found = tape.backward(heads, floor=run.floor, wanted={c._node for c in cotangents}, linked=linked,
                              retain=linked)
    pushed = []
    for t, c in zip(outs, cotangents):
        where = Input(c)
        where.cls = t._result_class
        pushed.append(gradient_at(found, where))
    return run.out, like(run.out, iter(pushed))


def like(out: Any, leaves: Any) -> Any:
    """The structure of ``out`` with its Tensors replaced in order."""
    if isinstance(out, Tensor):
        return next(leaves)
    if isinstance(out, (tuple, list)):
        return _rebuilt(out, [like(o, leaves) for o in out])
    if isinstance(out, dict):
        return {k: like(v, leaves) for k, v in out.items()}
    return out


def jacobian_reverse(fn: Callable, args: Sequence[Any], positions: Sequence[int], has_aux: bool) -> tuple[Any, Any]:
    """(per output: Jacobians at ``positions``, aux), many rows in one backward pass where none is recorded."""
    out, aux, pull = pullback(fn, args, positions=positions, has_aux=has_aux)
    outs = tensors_in(out)
    rows: list = []
    for k, t in enumerate(outs):
        batched = pull.rows(t)  # type: ignore[attr-defined]
        if batched is not None:
            rows.append(batched)
            continue
        columns = [[] for _ in positions]
        for basis in _basis(t):
            sens = [basis if i == k else _zeros(o) for i, o in enumerate(outs)]
            for column, g in zip(columns, pull(sens if isinstance(out, (tuple, list)) else sens[0])[0]):
                column.append(g)
        rows.append([_stack_to(column, t.shape, args[p]) for column, p in zip(columns, positions)])
    return _arrange(out, rows), aux


def jacobian_forward(fn: Callable, args: Sequence[Any], positions: Sequence[int], has_aux: bool) -> tuple[Any, Any]:
    """(per output: Jacobians at ``positions``, aux), one forward-mode pass per input element."""
    aux: tuple = ()

    def main(*xs: Any) -> Any:
        nonlocal aux
        out = fn(*xs)
        if has_aux:
            out, aux = with_aux(out)[0], out[1:]
        return out

    where = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
    columns: list[list[list[Tensor]]] = []
    out: Any = None
    for p in positions:
        per_output: list[list[Tensor]] = []
        for basis in _basis(args[p]):
            out, pushed = pushforward(main, args, [basis if i == p else _zeros(args[i]) for i in where])
            for k, t in enumerate(tensors_in(pushed)):
                if k == len(per_output):
                    per_output.append([])
                per_output[k].append(t)
        columns.append(per_output)
    rows = []
    for k, t in enumerate(tensors_in(out)):
        row = []
        for p, per_output in zip(positions, columns):
            stacked = _stack_to(per_output[k], args[p].shape, t)
            n, m = args[p].ndim, t.ndim
            if n and m:
                axes = (*range(n, n + m), *range(n))
                stacked = OPERATORS["transpose"](stacked, axes=axes)
            row.append(stacked)
        rows.append(row)
    return _arrange(out, rows), aux


def _arrange(out: Any, rows: list) -> Any:
    """One Jacobian bare, several positions as a tuple, several outputs as a tuple of those."""
    per_output = [row[0] if len(row) == 1 else tuple(row) for row in rows]
    return tuple(per_output) if isinstance(out, (tuple, list)) else per_output[0]


def _basis(t: Tensor) -> Iterable[Tensor]:
    """The unit Tensors of ``t``'s shape, in order of its elements."""
    engine = t._device.engine
    for i in range(t.size):
        unit = np.zeros(t.size, t.np_dtype)
        unit[i] = 1
        yield wrap(Tensor, engine.put(unit.reshape(t.shape), t._device), t._device)


def _zeros(t: Tensor) -> Tensor:
    return wrap(Tensor, t._device.engine.zeros_like(t._value), t._device)


def _stack_to(parts: list[Tensor], lead: tuple, like: Tensor) -> Tensor:
    """Stack the parts and give them the leading shape ``lead``."""
    reshape, concatenate = OPERATORS["reshape"], OPERATORS["concatenate"]
    if not parts:
        return wrap(like._result_class, like._device.engine.asarray(like._value[None][:0].reshape(*lead, *like.shape)),
                    like._device)
    shape = parts[0].shape
    joined = concatenate(*[reshape(p, shape=(1, *shape)) for p in parts], axis=0)
    return reshape(joined, shape=(*lead, *shape))


def taylor(fn: Callable, primals: Sequence[Tensor], series: Sequence[Sequence[Tensor]]) -> tuple[Any, list[Any]]:
    """Output and derivatives 1..n of t -> fn(x + s1 t + s2 t^2/2! + ...) at t = 0, elementwise in t.

    ``series`` holds per order one Tensor per primal. Each order is one more nested pushforward.
    """
    multiply, add = OPERATORS["multiply"], OPERATORS["add"]

    def path(t: Tensor) -> Any:
        points = []
        for i, x in enumerate(primals):
            point, power, factorial = x, None, 1.0
            for order, terms in enumerate(series, 1):
                power = t if power is None else multiply(power, t)
                factorial *= order
                point = add(point, multiply(terms[i], multiply(power, 1.0 / factorial)))
            points.append(point)
        return fn(*points)

    x = primals[0]
    t0 = wrap(Tensor, x._device.engine.asarray(0.0, x.np_dtype), x._device)
    one = wrap(Tensor, x._device.engine.asarray(1.0, x.np_dtype), x._device)
    derivatives: list[Any] = []
    current: Callable = path
    for _ in series:
        current = _slope(current, one)
        derivatives.append(current(t0))
    return path(t0), derivatives


def _slope(fn: Callable, one: Tensor) -> Callable:
    """The derivative of a function of one number."""
    return lambda t: pushforward(fn, [t], [one])[1]
