"""The tape: what was computed, in order of recording, and the backward pass over it.

A node stands for one application. It keeps arrays and links to the nodes of its inputs, never a Tensor, so there are
no reference cycles. Nodes are numbered as they are recorded; a node's inputs always have smaller numbers, hence taking
the reachable nodes by descending number is a valid order for the backward pass.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from contextvars import ContextVar
from heapq import heappop, heappush, heapreplace
from typing import Any

from numpy import ndarray

from ..errors import GraphError

_NEED = ((False,), (True,))
_NEEDS = (((False, False), (False, True)), ((True, False), (True, True)))
ALIGNED: dict[str, Any] = {}
"""The attributes of a node that has none, and whose cotangents have the shapes and dtypes of its inputs."""
UNREAD: tuple[None, None] = (None, None)
"""The arguments of an aligned node of two parents whose rule does not read them."""
next_id = itertools.count(1).__next__


_recording = ContextVar("recording", default=False)
now_recording, set_recording = _recording.get, _recording.set
"""Whether this thread records: ``state.recording``, in a third of its time."""


class State(threading.local):
    """The recording state of one thread.

    What reads several of them takes the thread's ``__dict__``, which costs as much as one.
    """

    training: bool = False
    frame: Any = None  # the trace that runs (see pure.py)
    waiting: Any = None  # the recorded step that has not run yet (see waiting.py)
    journal: Any = None  # what is told of each Tensor that is about to be rebound (see recompute.py)
    retain = False  # whether the node that is being pulled is to keep what it saved
    depth = 0  # open grad networks; inside one a backward pass frees nothing, as the outer one may need it

    def __init__(self) -> None:
        for name in ("training", "frame", "depth"):
            self.__dict__[name] = getattr(State, name)

    @property
    def recording(self) -> bool:
        return now_recording()

    @recording.setter
    def recording(self, value: bool) -> None:
        set_recording(value)


state = State()


class recording_scope:
    """Set recording and training for a block; None leaves a flag as it is."""

    __slots__ = ("_new", "_old")
    _old: Any

    def __init__(self, recording: bool | None = None, training: bool | None = None) -> None:
        self._new = (recording, training)
        self._old = None

    def __enter__(self) -> None:
        self._old = (now_recording(), state.training, self._old)  # a stack: one scope may be entered within itself
        recording, training = self._new
        try:
            if training is not None:
                state.training = training
            if recording is not None:
                set_recording(recording)
        except BaseException:  # an interrupt; the block is not entered then
            self.__exit__()
            raise

    def __exit__(self, *_: Any) -> None:
        recording, state.training, self._old = self._old
        set_recording(recording)  # last: an interrupt may come with the call


class Node:
    """One application on the tape.

    ``op`` has ``pull(node, g, needs, linked)``, giving one cotangent or None per parent: arrays, or Tensors with their
    tape links if ``linked``; and ``direct_rule``, an operator's own rule for arrays where it has one, else None.
    ``parents`` are the nodes of the inputs (None for constants); it is None once freed, and ``args`` is then the number
    that the backward pass drew, among those of the nodes.
    """

    __slots__ = ("id", "op", "attrs", "parents", "args", "ans", "device")
    saved: Any = None
    effect: Any = None

    def __init__(self, op: Any, attrs: dict, parents: tuple, args: tuple, ans: Any, device: Any) -> None:
        self.id = next_id()
        self.op = op
        self.attrs = attrs
        self.parents = parents
        self.args = args
        self.ans = ans
        self.device = device


class RichNode(Node):
    """A node with ``saved`` values of a fast path, or with an ``effect`` that each backward pass through it has."""

    __slots__ = ("saved", "effect")

    def __init__(self, op: Any, attrs: dict, parents: tuple, args: tuple, ans: Any, device: Any, saved: Any = None,
                 effect: Any = None) -> None:
        self.id = next_id()  # its base's __init__, written out
        self.op = op
        self.attrs = attrs
        self.parents = parents
        self.args = args
        self.ans = ans
        self.device = device
        self.saved = saved
        self.effect = effect


class Leaf:
    """The end of a link: a variable. Owns the gradient of its Tensor and says what backward does with it.

    ``grad_req`` is 'write', 'add' or 'null'; ``fresh`` tells whether a backward wrote since the last update;
    ``owner`` is a weak reference to the parameter whose leaf this is, None for other variables.
    """

    __slots__ = ("id", "grad_req", "grad", "fresh", "owner", "__weakref__")
    op = None
    parents = ()

    def __init__(self, grad_req: str = "write", grad: Any = None, owner: Any = None) -> None:
        self.id = next_id()
        self.grad_req = grad_req
        self.grad = grad
        self.fresh = False
        self.owner = None if owner is None else weakref.ref(owner)


class Place:
    """The end of a link that is nobody's variable: an input of a recorded function, at which a gradient is wanted."""

    __slots__ = ("id",)
    op = None
    parents = ()

    def __init__(self) -> None:
        self.id = next_id()


class Reached(set):
    """A set of wanted nodes to which every parameter's leaf belongs: all that the computation used is wanted."""

    def __contains__(self, node: object) -> bool:
        return set.__contains__(self, node) or (isinstance(node, Leaf) and node.owner is not None)

    def __bool__(self) -> bool:
        return True


class Pullback:
    """Base of the operations of nodes that no operator made: they have ``pull``."""

    __slots__ = ()
    direct_rule = None
    lasting = False  # whether one object serves call after call


class _Select(Pullback):
    """The operation of a node that stands for one output of a node with several."""

    name = "select"
    lasting = True

    @staticmethod
    def pull(node: Any, g: Any, needs: tuple, linked: bool) -> tuple:
        return (g,)


SELECT = _Select()


class _Stop(Pullback):
    """The operation of a node at which gradients stop: to what lies before, zero."""

    name = "stop_gradient"
    lasting = True

    @staticmethod
    def pull(node: Any, g: Any, needs: tuple, linked: bool) -> tuple:
        return (None,) * len(needs)


STOP = _Stop()


def stopped(parents: tuple, device: Any) -> Node:
    """A node for what depends on these nodes with a gradient of zero."""
    return Node(STOP, {}, parents, (None,) * len(parents), None, device)


def variables(nodes: list) -> set[Leaf]:
    """The leaves that these nodes depend on, less those behind nodes that were freed."""
    seen, stack = set(nodes), list(nodes)
    while stack:
        for p in stack.pop().parents or ():
            if p is not None and p not in seen:
                seen.add(p)
                stack.append(p)
    return {n for n in seen if n.__class__ is Leaf}


def select(node: Node, index: int, ans: Any) -> Node:
    """A node for output ``index`` of ``node``."""
    return Node(SELECT, {"index": index}, (node,), (), ans, node.device)


def _refuse_freed(node: Any, heads: list, ended: list | None) -> None:
    if ended is None or any([head.id < node.args for head, _ in heads]):
        raise GraphError(
            "backward: part of this graph was freed by an earlier backward. "
            "Call the earlier one with retain_graph=True, or record the computation again."
        )


def backward(
    heads: list[tuple[Any, Any]],
    *,
    floor: int = 0,
    wanted: frozenset | set = frozenset(),
    linked: bool = False,
    retain: bool = False,
    ended: list | None = None,
) -> dict[Any, Any]:
    """Run the pullbacks of all nodes reachable from ``heads`` and return the gradients of leaves and wanted nodes.

    ``heads`` pairs nodes with cotangents (arrays, or Tensors if ``linked``). Nodes numbered up to ``floor`` are not
    entered unless ``wanted``. Each node's buffers are freed as it is passed, unless ``retain``. ``ended`` receives the
    nodes to which some rule gave no gradient; a variable that they alone lead to is among the results with None. With
    it, as in MXNet, a node that was freed before the heads were recorded counts as a constant: the state of a
    recurrent network goes from step to step without detach().
    """
    if state.waiting is not None and state.frame is None:
        state.waiting.run()
    pending: dict[Any, Any] = {}  # by node and by leaf; those that are left over are the results
    results: dict[Any, Any] = {}
    owned: set[Any] = set()  # nodes whose pending gradient is an array of our own, to be added to in place
    heap: list[tuple[int, Any]] = []  # the pending nodes, to be taken by descending number
    retain = retain or state.depth > 0
    now = next_id()
    for head, g in heads:
        if head in pending:
            pending[head] = pending[head] + g
        else:
            pending[head] = g
            if head.op is not None:
                heappush(heap, (-head.id, head))
    device: Any = None
    parents: Any
    direct, xp = False, None
    node, g = None, None  # the node to be passed now, and its gradient, which is not among those pending
    if heap:
        node = heappop(heap)[1]
        g = pending.pop(node)
    while node is not None:
        top = top_g = None  # the last recorded of the nodes that become pending now; it alone is not in ``pending``
        parents = node.parents
        if wanted and node in wanted:
            results[node] = g
        if parents is None:
            _refuse_freed(node, heads, ended)
            if not heap:
                break
            node = heappop(heap)[1]
            g = pending.pop(node)
            continue
        op = node.op
        count = len(parents)
        # What arrives next: gi at parent, then gj at other, then those in more.
        parent = other = gi = gj = None
        more: list[tuple[Any, Any]] | None = None
        if op is SELECT:
            source = parents[0]
            if not floor or source.id > floor or source in wanted:
                parts = pending.get(source)
                k = node.attrs["index"]
                if parts is None and source.parents is None:
                    _refuse_freed(source, heads, ended)
                elif parts is None:
                    top, top_g = source, [None] * len(source.ans)
                    top_g[k] = g
                else:
                    parts[k] = g if parts[k] is None else parts[k] + g
        else:
            if count == 2:
                parent, other = parents
                if floor:
                    if parent is not None and parent.id <= floor and parent not in wanted:
                        parent = None
                    if other is not None and other.id <= floor and other not in wanted:
                        other = None
                needs = _NEEDS[parent is not None][other is not None]
            elif count == 1:
                parent = parents[0]
                if floor and parent is not None and parent.id <= floor and parent not in wanted:
                    parent = None
                needs = _NEED[parent is not None]
            else:
                needs = tuple([p is not None and (not floor or p.id > floor or p in wanted) for p in parents])
            if parent is not None or other is not None or count > 2 and True in needs:
                if node.device is not device:
                    device = node.device
                    direct, xp = device._engine.direct, device._engine.xp
                rule = op.direct_rule
                if rule is None or linked or not direct or node.__class__ is not Node:
                    state.retain = retain
                    gs = op.pull(node, g, needs, linked)  # these gradients fit
                    if count == 2:
                        gi, gj = gs
                    elif count == 1:
                        gi = gs[0]
                    else:
                        more = [(p, a) for p, a, need in zip(parents, gs, needs) if need]
                else:
                    attrs = node.attrs
                    if attrs is ALIGNED:
                        gs = rule(xp, g, node.ans, node.args, needs)
                        if count == 2:
                            gi, gj = gs
                        else:
                            gi = gs[0] if gs.__class__ is tuple else gs
                    else:
                        args = node.args
                        if attrs:
                            gs = rule(xp, g, node.ans, args, needs, **attrs)
                        else:
                            gs = rule(xp, g, node.ans, args, needs)
                        if count == 2:
                            gi, gj = gs
                            if parent is not None and gi is not None:
                                a = args[0]
                                if gi.dtype is not a.dtype or gi.shape != a.shape:
                                    gi = op.fit(gi, a)
                            if other is not None and gj is not None:
                                a = args[1]
                                if gj.dtype is not a.dtype or gj.shape != a.shape:
                                    gj = op.fit(gj, a)
                        elif count == 1:
                            gi = gs[0] if gs.__class__ is tuple else gs
                            a = args[0]
                            if gi is not None and (gi.dtype is not a.dtype or gi.shape != a.shape):
                                gi = op.fit(gi, a)
                        else:
                            more = [(p, b if b is None or b.dtype is a.dtype and b.shape == a.shape else op.fit(b, a))
                                    for p, b, a, need in zip(parents, gs, args, needs) if need]
            while True:
                if parent is not None and gi is None:
                    if op.direct_rule is not None:
                        op.partial = True
                    if ended is not None:
                        ended.append(parent)
                elif parent is not None:
                    old = top_g if parent is top else pending.get(parent)
                    if old is None:
                        if parent.op is None:
                            pending[parent] = gi
                        elif top is None:
                            top, top_g = parent, gi
                        elif parent.id > top.id:
                            heappush(heap, (-top.id, top))
                            pending[top] = top_g
                            top, top_g = parent, gi
                        else:
                            heappush(heap, (-parent.id, parent))
                            pending[parent] = gi
                    elif parent in owned:
                        old += gi
                    else:
                        try:
                            total = old + gi
                        except ValueError:  # one lies on several devices (mesh.py), the other on one of them
                            total = node.device.engine.add(old, gi)
                        if parent is top:
                            top_g = total
                        else:
                            pending[parent] = total
                        if not linked and total.__class__ is ndarray:
                            owned.add(parent)
                if other is not None:
                    parent, gi, other = other, gj, None
                elif more:
                    parent, gi = more.pop()
                else:
                    break
        if node.__class__ is RichNode:
            if node.effect is not None:
                node.effect()
                if linked:  # the gradient of this gradient passes here again, and must not commit a second time
                    node.effect = None
            if not retain:
                node.saved = node.effect = None
        if not retain:
            node.parents = node.ans = None
            node.args = now
        if not heap or top is not None and -heap[0][0] < top.id:
            node, g = top, top_g
        elif top is None:
            node = heappop(heap)[1]
            g = pending.pop(node)
        else:
            pending[top] = top_g
            node = heapreplace(heap, (-top.id, top))[1]
            g = pending.pop(node)
    pending.update(results)
    if ended:
        for leaf in variables(ended):
            pending.setdefault(leaf, None)
    return pending
