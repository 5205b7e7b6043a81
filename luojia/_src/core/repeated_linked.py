"""Repeated backward passes that are themselves recorded, for gradients of gradients; see repeated.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy import ndarray

from .apply import fit
from .repeated import Writer
from .tape import Node, now_recording, state
from .tensor import Tensor, wrap
from .tensor_namespace import TENSORS


class LinkedWriter(Writer):
    """Writes a pass in which rules run on Tensors, linked to the tape, and which frees nothing."""

    linked = True

    def function(self) -> Callable:
        self.space.update(wrap=wrap, Tensor=Tensor, fitted=_fitted)
        run, device = super().function(), self.nodes[0].device

        def recorded(head: Node, g: Any, floor: int, wanted: Any) -> dict[Any, Any] | None:
            if head.device is not device or state.frame is not None or not now_recording():
                return None
            with device:  # where a rule creates arrays
                return run(head, g, floor, wanted)

        return recorded

    def _walk(self, node: Node, after: Node | None, seen: set) -> None:
        super()._walk(node, after, seen)
        n = self.names[node]
        differs = [f"{n}.device is not {self._bake(node.device)}"]
        differs += [f"{n}.args[{i}].__class__ is not {self._bake(a.__class__)}" for i, a in enumerate(node.args)]
        self._add("        ", f"if {' or '.join(differs)}: return None")

    def _begin(self) -> None:
        pass

    def _done(self, node: Node, g: str) -> str:
        return f"{g} = None"

    def _settled(self, n: str) -> str:
        return f"{n}.effect = None"  # the gradient of this gradient passes here again, and commits nothing

    def _names(self, node: Node) -> dict[str, str]:
        n = self.names[node]
        ans = "None" if node.ans is None else f"wrap(Tensor, {n}.ans, {n}.device, {n})"
        return {"_xp_": self._bake(TENSORS), "_ans_": ans}

    def _arguments(self, node: Node) -> str:
        return f"({''.join(f'{self._argument(node, i)}, ' for i in range(len(node.args)))})"

    def _argument(self, node: Node, i: int) -> str:
        n = self.names[node]
        if node.args[i].__class__ is ndarray:
            return f"wrap(Tensor, {n}.args[{i}], {n}.device, {n}.parents[{i}])"
        return f"{n}.args[{i}]"

    def _fit(self, node: Node, i: int) -> str:
        a, to = f"a{i}", f"{self.names[node]}.args[{i}]"
        return (f"if {a}._value.dtype is not {to}.dtype or {a}._value.shape != {to}.shape: "
                f"{a} = {self._bake(fit)}({self._bake(TENSORS)}, {a}, {to})")


def _fitted(node: Node, i: int, g: Any) -> Any:
    """The cotangent ``g``, a Tensor or None, in the shape and dtype of argument ``i``."""
    a = node.args[i]
    return g if g is None or g._value.dtype is a.dtype and g._value.shape == a.shape else fit(TENSORS, g, a)
