"""Less memory for more time: parts of a computation that the tape keeps as one node, and computes again in backward.

``recomputed(fn, args)`` runs ``fn`` under the tape, keeps of it what its gradient flows to, and forgets the rest. The
node's pullback runs ``fn`` again on the same arrays and with the same random keys, and goes backward through that
(Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"). What ``fn`` assigns to Tensors from outside, as
BatchNorm does to its statistics, is assigned once. Inside a trace the second run waits for the cotangents, so that a
compiler does not take it for the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.devices import current_context
from .random import key_log, key_scope
from .tape import Leaf, Pullback, RichNode, recording_scope, select, state
from .tensor import Tensor, wrap
from .transforms import Recorded, like, tensors_in


def recomputed(fn: Callable, *args: Any, **kwargs: Any) -> Any:
    """``fn(*args, **kwargs)``; where it is recorded, its intermediate arrays are computed again in backward.

    ``fn`` must do the same when it is called again.

    >>> from luojia import Tensor, ops
    >>> def cube(x):
    ...     return recomputed(lambda x: x * x * x, x)
    >>> float(ops.grad(cube)(Tensor(2.0))), float(ops.grad(ops.grad(cube))(Tensor(2.0)))
    (12.0, 12.0)
    """
    if not state.recording:
        return fn(*args, **kwargs)
    tensors = tensors_in((args, kwargs))
    held = [t._role or isinstance(t._node, Leaf) for t in tensors]  # parameters and variables go in as they are
    template = like((args, kwargs), iter([t if h else _HOLE for t, h in zip(tensors, held)]))
    region = _Recomputed(fn, template, [t for t, h in zip(tensors, held) if h])
    return region.first([t for t, h in zip(tensors, held) if not h])


_HOLE = wrap(Tensor, np.zeros(()), current_context())


class _Journal(dict):
    """The Tensors rebound while it is ``state.journal``, with their values before: {id: (Tensor, value)}."""

    def __enter__(self) -> _Journal:
        self._outer, state.journal = state.journal, self
        return self

    def __exit__(self, *_: Any) -> None:
        state.journal = self._outer
        if self._outer is not None:
            for k, found in self.items():
                self._outer.setdefault(k, found)

    def note(self, t: Tensor) -> None:
        self.setdefault(id(t), (t, t._value))

    def restore(self) -> None:
        for t, value in self.values():
            t._value = value


class _Recomputed(Pullback):
    """The operation of a node that stands for all that a function computed."""

    name = "recompute"

    def __init__(self, fn: Callable, template: tuple, held: list[Tensor]) -> None:
        self.fn, self.template, self.held = fn, template, held

    def _call(self, *tensors: Tensor) -> Any:
        rest = iter(tensors)
        args, kwargs = like(self.template, (next(rest) if t is _HOLE else t for t in tensors_in(self.template)))
        return self.fn(*args, **kwargs)

    def first(self, tensors: list[Tensor]) -> Any:
        """The result for ``tensors``, on the tape by one node."""
        self.training, self.classes = state.training, [t._result_class for t in tensors]
        self.keys = key_log()
        self.journal = _Journal()
        with self.keys, self.journal:
            run = Recorded(self._call, tensors)
        outs = tensors_in(run.out)
        aliases = [i.node for i in run.inputs if i is not None]
        self.outside = _outside([o._node for o in outs], run.floor, set(aliases))
        self.owners = [(t, t._value) for t in (*self.held, *map(_owner, self.outside)) if t is not None]
        parents = (*[t._node for t in tensors], *self.outside)
        linked = [o._node is not None and not isinstance(o._node, Leaf) for o in outs]
        if not any(linked) or all(p is None for p in parents):
            return like(run.out, iter([o if isinstance(o._node, Leaf) else _placed(o, None) for o in outs]))
        self.linked = linked
        device = next(o._device for o in outs)
        node = RichNode(self, {}, parents, tuple([t._value for t in tensors]), tuple([o._value for o in outs]), device)
        return like(run.out, iter([_placed(o, select(node, i, o._value)) if link
                                   else o if isinstance(o._node, Leaf) else _placed(o, None)
                                   for i, (o, link) in enumerate(zip(outs, linked))]))

    def pull(self, node: Any, g: list, needs: tuple, linked: bool) -> list:
        """The cotangents of the arrays that went in and of what ``fn`` used besides, from a second run."""
        device = node.device
        values, gs = node.args, [gi for gi in g if gi is not None]
        if state.frame is not None:
            values = device.engine.after(values, [gi._value if linked else gi for gi in gs])
        tensors = [wrap(c, v, device, p if linked else None)
                   for c, v, p in zip(self.classes, values, node.parents)]
        keys = iter(self.keys)
        again = _Journal()
        held = [(t, t._value) for t, _ in (*self.journal.values(), *self.owners)]
        if state.frame is None:
            for t, value in self.owners:
                t._value = value
        self.journal.restore()
        try:
            with recording_scope(linked, self.training), key_scope(lambda: next(keys)), again:
                run = Recorded(self._call, tensors)
        finally:
            again.restore()
            for t, value in held:
                t._value = value
        nodes = [*[i.node for i in run.inputs if i is not None], *self.outside]
        seeds = [(o, gi) for o, gi, link in zip(tensors_in(run.out), g, self.linked) if link and gi is not None]
        with _Ends(self.outside):
            results = run.pull(seeds, [n for n, need in zip(nodes, needs) if need])
        return [results.get(n) if need else None for n, need in zip(nodes, needs)]


class _Ends:
    """Keeps a backward pass that arrives at these nodes from going on, and from freeing them, in a block."""

    _fields = ("parents", "args", "ans", "saved", "effect")

    def __init__(self, nodes: list[Any]) -> None:
        self.kept = [(n, f, getattr(n, f)) for n in nodes if n.op is not None
                     for f in self._fields[: 5 if isinstance(n, RichNode) else 3]]

    def __enter__(self) -> None:
        for node, field, _ in self.kept:
            if field in ("parents", "effect"):
                setattr(node, field, () if field == "parents" else None)

    def __exit__(self, *_: Any) -> None:
        for node, field, value in self.kept:
            setattr(node, field, value)


def _placed(t: Tensor, node: Any) -> Tensor:
    return wrap(t._result_class, t._value, t._device, node)


def _owner(node: Any) -> Tensor | None:
    """The parameter whose leaf a node is, if it is a Tensor."""
    owner = node.owner() if isinstance(node, Leaf) and node.owner is not None else None
    return owner if isinstance(owner, Tensor) else None


def _outside(heads: list[Any], floor: int, inputs: set) -> list[Any]:
    """The leaves, and the nodes from before ``floor``, that lead to ``heads``; without those of ``inputs``."""
    found: dict[Any, None] = {}
    seen = set(inputs)
    stack = [h for h in heads if h is not None]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op is None or node.id <= floor:
            found[node] = None
        else:
            stack.extend([p for p in node.parents or () if p is not None])
    return list(found)
