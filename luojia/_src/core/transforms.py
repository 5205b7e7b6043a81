"""Functions to gradient functions: the one mechanism under GradOperation, grad, vjp, jvp and jacobians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError
from . import tape
from .tape import Leaf, Node, recording_scope, state
from .tensor import Tensor, wrap


def alias(t: Tensor) -> Tensor:
    """A fresh Tensor of ``t``'s value: a node of its own, linked to ``t`` where ``t`` is on the tape."""
    from .op import OPERATORS

    parent = t._node if state.recording else None
    node = Node(OPERATORS["identity"], {}, (parent,), (t._value,), None, t._device)
    return wrap(t._result_class, t._value, t._device, node)


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
    """One recorded call of a function: its outputs, and the gradients that can be asked of it.

    ``inputs`` holds, per differentiable Tensor among the arguments, its alias; the graph is entered no deeper than the
    nodes recorded since the call began, so what the function closes over is constant.
    """

    def __init__(self, fn: Callable, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        self.outer = state.recording
        self.floor = tape.next_id()
        self.aliases: list[Tensor | None] = [alias(a) if isinstance(a, Tensor) else None for a in args]
        self.keyword_aliases = {k: alias(v) for k, v in kwargs.items() if isinstance(v, Tensor)}
        call = [a if b is None else b for a, b in zip(args, self.aliases)]
        # An alias is rebound if the function writes to it; its node is what the gradient is taken at.
        self.nodes = [None if a is None else a._node for a in self.aliases]
        self.keyword_nodes = {k: a._node for k, a in self.keyword_aliases.items()}
        self.primals = [None if a is None else (a._value, a._device, a._result_class) for a in self.aliases]
        state.depth += 1
        try:
            with recording_scope(True):
                self.out = fn(*call, **{**kwargs, **self.keyword_aliases})
        finally:
            state.depth -= 1

    def pull(self, seeds: list[tuple[Tensor, Any]], wanted: list[Any], retain: bool = False) -> dict[Any, Any]:
        """Gradients at the ``wanted`` nodes for (output, cotangent) pairs, linked to the tape if one is open outside."""
        linked = self.outer
        heads = []
        for t, g in seeds:
            if t._node is None or (t._node.id <= self.floor and t._node not in wanted):
                continue
            if linked:
                heads.append((t._node, g if isinstance(g, Tensor) else wrap(Tensor, g, t._device)))
            else:
                heads.append((t._node, g._value if isinstance(g, Tensor) else g))
        with recording_scope(linked):
            return tape.backward(
                heads, floor=self.floor, wanted={n for n in wanted if n is not None}, linked=linked,
                retain=retain or linked,
            )

    def gradient(self, results: dict[Any, Any], node: Any, primal: tuple) -> Tensor:
        """The gradient found at a node as a Tensor of its primal's class; zeros where none arrived."""
        value, device, cls = primal
        g = results.get(node)
        if g is None:
            return wrap(cls, device.engine.zeros_like(value), device)
        if isinstance(g, Tensor):
            return wrap(cls, g._value, device, g._node)
        return wrap(cls, device.engine.asarray(g), device)


def seeds_for(out: Any, sens: Any) -> list[tuple[Tensor, Any]]:
    """Pair each Tensor of the output with its cotangent: those of ``sens``, checked, or ones."""
    outs = tensors_in(out)
    if sens is None:
        return [(t, t._device.engine.ones_like(t._value)) for t in outs]
    given = tensors_in(sens)
    if isinstance(out, (tuple, list)) and isinstance(sens, Tensor):
        raise ArgumentError(
            f"the output is a tuple of {len(outs)} Tensors, so sens must be a tuple of as many, got one Tensor."
        )
    if len(given) != len(outs):
        raise ArgumentError(f"the network has {len(outs)} output Tensors, but sens has {len(given)}.")
    for t, s in zip(outs, given):
        if t.shape != s.shape:
            raise ShapeError(
                f"The shape should be {t.shape}, the output's, but sens has shape {s.shape}; "
                "sens is not broadcast."
            )
        if t.np_dtype != s.np_dtype:
            raise DTypeError(f"The dtype should be {Tensor.dtype.fget(t)}, but got {Tensor.dtype.fget(s)}")
    return list(zip(outs, given))


def leaf_of(weight: Any) -> Tensor:
    """The Tensor that is the leaf of a weight: of a parameter itself, or of a recipe that owns it."""
    if isinstance(weight, Tensor):
        return weight
    leaves = getattr(weight, "leaves", None)
    if leaves is None:
        raise DTypeError(f"weights must hold Parameters, got {type(weight).__name__}.")
    return leaves()[0]


def primal_of(t: Tensor) -> tuple:
    return (t._value, t._device, t._result_class)


def node_of_leaf(t: Tensor) -> Any:
    return t._node if isinstance(t._node, Leaf) else None


__all__ = ["Recorded", "alias", "leaf_of", "node_of_leaf", "np", "primal_of", "seeds_for", "tensors_in"]
