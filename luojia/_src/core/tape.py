"""The tape: what was computed, in order of recording, and the backward pass over it.

A node stands for one application. It keeps arrays and links to the nodes of its inputs, never a Tensor, so there are
no reference cycles. Nodes are numbered as they are recorded; a node's inputs always have smaller numbers, hence taking
the reachable nodes by descending number is a valid order for the backward pass.
"""

from __future__ import annotations

import itertools
import threading
from heapq import heappop, heappush
from typing import Any

from ..errors import GraphError

next_id = itertools.count(1).__next__


class State(threading.local):
    """The recording state of one thread."""

    recording = False
    training = False
    depth = 0  # open grad networks; inside one a backward pass frees nothing, as the outer one may need it


state = State()


class recording_scope:
    """Set recording and training for a block; None leaves a flag as it is."""

    __slots__ = ("_new", "_old")

    def __init__(self, recording: bool | None = None, training: bool | None = None) -> None:
        self._new = (recording, training)

    def __enter__(self) -> None:
        self._old = (state.recording, state.training)
        recording, training = self._new
        if recording is not None:
            state.recording = recording
        if training is not None:
            state.training = training

    def __exit__(self, *_: Any) -> None:
        state.recording, state.training = self._old


class Node:
    """One application on the tape.

    ``op`` has ``pull(node, g, needs, linked)``, giving one cotangent or None per parent: arrays, or Tensors with their
    tape links if ``linked``. ``parents`` are the nodes of the inputs (None for constants); it is None once freed.
    """

    __slots__ = ("id", "op", "attrs", "parents", "args", "ans", "saved", "device", "effect")

    def __init__(self, op: Any, attrs: dict, parents: tuple, args: tuple, ans: Any, device: Any) -> None:
        self.id = next_id()
        self.op = op
        self.attrs = attrs
        self.parents = parents
        self.args = args
        self.ans = ans
        self.device = device
        self.saved = None
        self.effect = None


class Leaf:
    """The end of a link: a variable. Owns the gradient of its Tensor and says what backward does with it.

    ``grad_req`` is 'write', 'add' or 'null'; ``fresh`` tells whether a backward wrote since the last update.
    """

    __slots__ = ("id", "grad_req", "grad", "fresh", "__weakref__")
    op = None

    def __init__(self, grad_req: str = "write", grad: Any = None) -> None:
        self.id = next_id()
        self.grad_req = grad_req
        self.grad = grad
        self.fresh = False


class _Select:
    """The operation of a node that stands for one output of a node with several."""

    name = "select"

    @staticmethod
    def pull(node: Any, g: Any, needs: tuple, linked: bool) -> tuple:
        return (g,)


SELECT = _Select()


def select(node: Node, index: int, ans: Any) -> Node:
    """A node for output ``index`` of ``node``."""
    return Node(SELECT, {"index": index}, (node,), (), ans, node.device)


def backward(
    heads: list[tuple[Any, Any]],
    *,
    floor: int = 0,
    wanted: frozenset | set = frozenset(),
    linked: bool = False,
    retain: bool = False,
) -> dict[Any, Any]:
    """Run the pullbacks of all nodes reachable from ``heads`` and return the gradients of leaves and wanted nodes.

    ``heads`` pairs nodes with cotangents (arrays, or Tensors if ``linked``). Nodes numbered up to ``floor`` are not
    entered unless ``wanted``. Each node's buffers are freed as it is passed, unless ``retain``.
    """
    pending: dict[Any, Any] = {}
    heap: list[tuple[int, Any]] = []
    owned: set[Any] = set()
    results: dict[Any, Any] = {}
    for node, g in heads:
        if node in pending:
            pending[node] = pending[node] + g
        else:
            pending[node] = g
            heappush(heap, (-node.id, node))
    retain = retain or state.depth > 0
    while heap:
        node = heappop(heap)[1]
        g = pending.pop(node)
        if node.op is None:
            results[node] = g
            continue
        if node in wanted:
            results[node] = g
        parents = node.parents
        if parents is None:
            raise GraphError(
                "backward: part of this graph was freed by an earlier backward. "
                "Call the earlier one with retain_graph=True, or record the computation again."
            )
        if floor:
            needs = tuple([p is not None and (p.id > floor or p in wanted) for p in parents])
        else:
            needs = tuple([p is not None for p in parents])
        if True in needs:
            if node.op is SELECT:
                parent = parents[0]
                parts = pending.get(parent)
                if parts is None:
                    pending[parent] = parts = [None] * len(parent.ans)
                    heappush(heap, (-parent.id, parent))
                k = node.attrs["index"]
                parts[k] = g if parts[k] is None else parts[k] + g
            else:
                for parent, need, gi in zip(parents, needs, node.op.pull(node, g, needs, linked)):
                    if gi is None or not need:
                        continue
                    if parent not in pending:
                        pending[parent] = gi
                        heappush(heap, (-parent.id, parent))
                    elif parent in owned:
                        pending[parent] += gi
                    else:
                        pending[parent] = pending[parent] + gi
                        if not linked and pending[parent].ndim and hasattr(pending[parent], "setflags"):
                            owned.add(parent)
        if node.effect is not None:
            node.effect()
            if linked:  # the gradient of this gradient passes here again, and must not commit a second time
                node.effect = None
        if not retain:
            node.parents = None
            node.args = node.ans = node.saved = node.effect = None
    return results
