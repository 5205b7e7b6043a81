"""Derivatives by complex numbers: the convention, in one place.

The gradient of a real function f of z = x + i y is df/dx + i df/dy, the direction of steepest ascent, as MindSpore and
PyTorch have it. Rules of operators are written for real numbers and transpose without conjugating: they give the
conjugate of that, as JAX and autograd define it. A node with complex arrays therefore conjugates what comes in and what
goes out. Operators that make complex numbers of real ones have rules in the convention of the gradient.
"""

from __future__ import annotations

from typing import Any

from ..engine.namespace import OPERATORS
from .tape import Pullback

_twins: dict[Any, Conjugated] = {}
_ALIKE = ("cast", "real")  # whose rules are the same in both conventions


class Conjugated(Pullback):
    """The operation of a node of ``op`` with complex arrays."""

    __slots__ = ("op", "name")
    lasting = True

    def __init__(self, op: Any) -> None:
        self.op = op
        self.name = f"conjugated {op.name}"

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> list:
        g = [_conj(node, part) for part in g] if g.__class__ is list else _conj(node, g)
        return [_conj(node, gi) for gi in self.op.pull(node, g, needs, linked)]


def _conj(node: Any, g: Any) -> Any:
    if g is None:
        return None
    if hasattr(g, "np_dtype"):
        return OPERATORS["conj"](g) if g.np_dtype.kind == "c" else g
    return node.device.engine.xp.conj(g) if g.dtype.kind == "c" else g


def conjugated(op: Any) -> Any:
    """What stands for ``op`` in a node with complex arrays."""
    if op.name in _ALIKE:
        return op
    found = _twins.get(op)
    if found is None:
        found = _twins[op] = Conjugated(op)
    return found
