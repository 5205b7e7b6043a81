"""The backward pass for many cotangents at once, on NumPy: one pass for a block of rows of a Jacobian.

Every gradient carries a leading axis, one entry for each cotangent. Rules that are pointwise in the cotangent take it
as it is, the rules in ``RULES`` (see ops/batched.py) treat it, and all others are called once for each entry, so that
any graph passes.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import numpy as np

from ..engine.numpy_engine import ENGINE
from ..errors import GraphError
from .tape import ALIGNED, SELECT, Node, state

Array = np.ndarray
RULES: dict[str, Callable[..., tuple]] = {}
"""For an operator's name, its rule for cotangents (B, *shape): ``rule(g, args, needs, **attrs)``."""


def backward_batched(head: Any, g: Array, floor: int, wanted: set) -> dict[Any, Array]:
    """The gradients (B, *shape) at the wanted nodes for cotangents g (B, *shape) of ``head``; frees nothing."""
    pending: dict[Any, Any] = {head: g}
    results: dict[Any, Array] = {}
    heap = [(-head.id, head)]
    while heap:
        node = heappop(heap)[1]
        g = pending.pop(node)
        if node in wanted:
            results[node] = g
        if node.op is None:
            continue
        parents = node.parents
        if parents is None:
            raise GraphError("backward: part of this graph was freed by an earlier backward; call it with "
                             "retain_graph=True, or record the computation again.")
        needs = tuple([p is not None and (p.id > floor or p in wanted) for p in parents])
        if True not in needs:
            continue
        if node.op is SELECT:
            parent, k = parents[0], node.attrs["index"]
            parts = pending.get(parent)
            if parts is None:
                pending[parent] = parts = [None] * len(parent.ans)
                heappush(heap, (-parent.id, parent))
            parts[k] = g if parts[k] is None else parts[k] + g
            continue
        for parent, gi in zip(parents, _pull(node, g, needs)):
            if gi is None:
                continue
            old = pending.get(parent)
            if old is None:
                pending[parent] = gi
                heappush(heap, (-parent.id, parent))
            else:
                pending[parent] = old + gi
        if node.effect is not None:
            node.effect()
    return results


def _pull(node: Any, g: Any, needs: tuple) -> list:
    op, args = node.op, node.args
    if node.__class__ is Node and g.__class__ is not list:
        own = RULES.get(getattr(op, "name", ""))
        if own is not None:
            gs: Any = own(g, args, needs, **node.attrs)
        elif getattr(op, "pointwise", False) and op.direct_rule is not None:
            gs = op.rule(ENGINE.xp, g, node.ans, args, needs, **node.attrs)
            gs = gs if gs.__class__ is tuple else (gs,)
        else:
            gs = None
        if gs is not None:
            if node.attrs is ALIGNED:
                return [gi if need else None for gi, need in zip(gs, needs)]
            return [_fit(gi, a) if need and gi is not None else None for gi, a, need in zip(gs, args, needs)]
    several = g.__class__ is list
    state.retain = True
    count = next(len(part) for part in (g if several else [g]) if part is not None)
    rows = [
        op.pull(node, [None if part is None else part[b] for part in g] if several else g[b], needs, False)
        for b in range(count)
    ]
    return [None if column[0] is None else np.stack(column) for column in zip(*rows)]


def _fit(g: Array, primal: Any) -> Array:
    """``g`` (B, *wide) summed over broadcast axes to (B, *shape of the primal), in its dtype."""
    shape = primal.shape
    if g.shape[1:] != shape:
        lead = g.ndim - 1 - len(shape)
        axes = (*range(1, 1 + lead), *[1 + lead + i for i, n in enumerate(shape) if n == 1 != g.shape[1 + lead + i]])
        g = g.sum(axis=axes, keepdims=True).reshape(len(g), *shape)
    if g.dtype != primal.dtype:
        g = (np.real(g) if g.dtype.kind == "c" and primal.dtype.kind != "c" else g).astype(primal.dtype)
    return g
