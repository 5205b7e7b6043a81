"""Nodes of a graph that run a Python function on Tensors: loops, branches, and operators of a user's own.

The function is written in operators, so a run of it is recorded, nests and differentiates like any other part of the
graph.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from .naming import AttrScope
from .op import Operator
from .symbol import Entry, SymNode, extra_attributes


class _Kept(threading.local):
    """What an executor keeps from one forward to the next, while it runs: what its nodes made, by what it is for."""

    made: dict | None = None


kept = _Kept()


class Call(Operator):
    """``run(*tensors) -> tensors`` as the operator of a node.

    Args:
        name: what messages call it.
        inputs: the names of its inputs; ``aux`` those that it writes to.
        outputs: their number.
        run: called with one Tensor per input; gives a Tensor, or a tuple of ``outputs`` of them.
        shapes: from the shapes of all inputs to a list of the outputs' shapes.
        complete: from shapes of which some are None to the shapes that they determine.
        loss: whether a backward needs no head gradient.
        stems: what the outputs' names end in; 'output', or 'output0', 'output1', ... by default.
        types: from the dtypes of all inputs to a list of the outputs' dtypes; by default all share one.
    """

    def __init__(self, name: str, inputs: Sequence[str], outputs: int, run: Callable[..., Any],
                 shapes: Callable[[list], list], complete: Callable[[list], list] | None = None, *,
                 aux: Sequence[str] = (), loss: bool = False, stems: Sequence[str] = (),
                 types: Callable[[list], list] | None = None) -> None:
        super().__init__(lambda xp: None, name, outputs=outputs, aux=tuple(aux), loss=loss)
        self.inputs = tuple(inputs)
        self.stems = tuple(stems)
        self.types = types
        self.run = run
        self.parts: dict[str, Any] = {}  # of a loop or branch: the graphs inside, for files
        self.shape_rule = lambda found: list(shapes(found))
        if complete is not None:
            self.complete_rule = lambda found, out: complete(found)


def call_node(cls: type, call: Call, kind: str, name: str, args: Sequence[Entry], given: dict[str, Any] | None = None,
              attr: dict[str, str] | None = None) -> Any:
    """A symbol of class ``cls`` with the outputs of a node that runs ``call``."""
    extra = extra_attributes(AttrScope.current().get(attr))
    node = SymNode(name, call, kind, tuple(args), {}, given or {}, extra, count=int(call.outputs))  # type: ignore
    return cls([Entry(node, i) for i in range(node.count)])
