"""What the tape saves for the backward pass, given to functions of the user's: to be kept elsewhere, or made smaller.

The nodes that ``apply`` makes in a ``with`` block are of a class that, once filled in, hands its arrays over and
becomes a plain node again: outside of such blocks nothing is asked, and nothing costs time.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ..errors import DTypeError, ShapeError
from . import apply as applying
from .apply import Spec
from .tape import Node, Pullback, RichNode, recording_scope
from .tensor import Tensor, wrap

_hooks: ContextVar[tuple] = ContextVar("saved_tensors_hooks", default=())
_lock = threading.Lock()
_open = 0  # blocks that are open, in all threads


class saved_tensors_hooks:
    """In a block: what is computed there hands the Tensors that it saves for the backward pass to ``pack_hook``.

    What ``pack_hook`` gives is kept in their place, and handed to ``unpack_hook`` when the backward pass needs the
    Tensor. Saved are the inputs and the output of each recorded operator that its derivative reads. Of blocks
    in one another the innermost counts. Compiled networks keep what they need to themselves.

    Args:
        pack_hook: takes a Tensor, gives anything; by ``lambda x: x.asnumpy().astype("float16")`` half as much is kept.
        unpack_hook: takes what ``pack_hook`` gave, gives a Tensor of the same shape.

    Raises:
        TypeError: a hook that is no function; in the backward pass, an ``unpack_hook`` that gives no Tensor.
        ValueError: in the backward pass, an ``unpack_hook`` that gives a Tensor of another shape.

    >>> import luojia as ms
    >>> def cube(x):
    ...     with ms.saved_tensors_hooks(lambda x: x.asnumpy(), lambda kept: ms.Tensor(kept * 10)):
    ...         return x ** 3
    >>> float(ms.grad(cube)(ms.Tensor(2.0)))
    1200.0

    Matches ``mindspore.saved_tensors_hooks``; which Tensors an operator saves may differ.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        for name, hook in (("pack_hook", pack_hook), ("unpack_hook", unpack_hook)):
            if not callable(hook):
                raise DTypeError(f"saved_tensors_hooks: {name} must be a function, but got {type(hook).__name__}.")
        self.hooks = (pack_hook, unpack_hook)

    def __enter__(self) -> saved_tensors_hooks:
        global _open
        _hooks.set((*_hooks.get(), self.hooks))
        with _lock:
            _open += 1
            applying.Node, applying.RichNode = _Packing, _RichPacking
        return self

    def __exit__(self, *_: Any) -> None:
        global _open
        _hooks.set(_hooks.get()[:-1])
        with _lock:
            _open -= 1
            if not _open:
                applying.Node, applying.RichNode = Node, RichNode


def register_saved_tensors_hooks(pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> Callable:
    """Decorate a function: it runs in a block of ``saved_tensors_hooks(pack_hook, unpack_hook)``.

    Raises:
        TypeError: a hook that is no function.

    >>> import luojia as ms
    >>> @ms.register_saved_tensors_hooks(lambda x: x + 1, lambda x: x)
    ... def product(x, y):
    ...     return x * y
    >>> [float(g) for g in ms.grad(product, (0, 1))(ms.Tensor(2.0), ms.Tensor(5.0))]
    [6.0, 3.0]

    Matches ``mindspore.register_saved_tensors_hooks``, which is for compiled functions only.
    """
    block = saved_tensors_hooks(pack_hook, unpack_hook)

    def decorate(fn: Callable) -> Callable:
        @functools.wraps(fn)
        def hooked(*args: Any, **kwargs: Any) -> Any:
            with block:
                return fn(*args, **kwargs)

        return hooked

    return decorate


class _Packing(Node):
    """A node that packs what it saves when its last field, the device, is set."""

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name == "device":
            _pack(self, Node)


class _RichPacking(RichNode):
    """The same, with what a fast path saved; its last field is the effect."""

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name == "effect":
            _pack(self, RichNode)


class _Box:
    """What a hook gave for one array, and how to get that back."""

    __slots__ = ("kept", "unpack", "shape", "dtype")

    def __init__(self, value: Any, device: Any, hooks: tuple) -> None:
        pack, self.unpack = hooks
        self.kept = pack(wrap(Tensor, value, device))
        self.shape, self.dtype = tuple(value.shape), value.dtype

    def open(self, device: Any) -> Any:
        found = self.unpack(self.kept)
        if not isinstance(found, Tensor):
            raise DTypeError("saved_tensors_hooks: unpack_hook must give a Tensor, but got "
                             f"{type(found).__name__}; make one of what pack_hook gave.")
        if found.shape != self.shape:
            raise ShapeError(f"saved_tensors_hooks: unpack_hook must give a Tensor of the shape {self.shape}, which "
                             f"pack_hook got, but gave {found.shape}.")
        value = found._value if found._device is device else device.engine.put(found.asnumpy(), device)
        return value if value.dtype == self.dtype else value.astype(self.dtype)


def _pack(node: Any, plain: type) -> None:
    node.__class__ = plain
    hooks, op = _hooks.get(), node.op
    if not hooks or isinstance(op, _Unpacking):
        return
    source = getattr(op, "op", op)  # what a conjugated one stands for
    if plain is RichNode and node.saved is not None and source.fast_forward is None:
        return  # an engine's own closure, which stands for the arrays
    derived = source.rule is None  # then the engine derives the operator's function at the arguments
    saves = not derived and not isinstance(node.ans, tuple) and node.ans is not None
    boxed = _hooks.set(())
    try:
        with recording_scope(False):
            args = [_Box(a, node.device, hooks[-1]) if source.keep_args and _is_array(a) else a for a in node.args]
            ans = _Box(node.ans, node.device, hooks[-1]) if saves else node.ans
    finally:
        _hooks.reset(boxed)
    node.op = _Unpacking(op, args, ans)
    node.args = tuple([Spec(a) if isinstance(a, _Box) else a for a in args])
    if saves or derived and not isinstance(node.ans, tuple):
        node.ans = None
    if plain is RichNode:
        node.saved = None


def _is_array(a: Any) -> bool:
    return a is not None and hasattr(a, "dtype") and not isinstance(a, Spec)


class _Unpacking(Pullback):
    """The operation of a node whose arrays are with the user."""

    __slots__ = ("op", "name", "args", "ans")

    def __init__(self, op: Any, args: list, ans: Any) -> None:
        self.op, self.name, self.args, self.ans = op, op.name, args, ans

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> Any:
        boxed = _hooks.set(())
        try:
            with recording_scope(False):
                args = tuple([a.open(node.device) if isinstance(a, _Box) else a for a in self.args])
                ans = self.ans.open(node.device) if isinstance(self.ans, _Box) else self.ans
        finally:
            _hooks.reset(boxed)
        whole = Node(self.op, node.attrs, node.parents, args, ans, node.device)
        whole.id = node.id  # it takes this node's place, also in a backward pass over this one
        return self.op.pull(whole, g, needs, linked)
