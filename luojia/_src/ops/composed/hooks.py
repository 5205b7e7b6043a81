"""Functions that see a gradient on its way, and may change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.op import OPERATORS
from ...core.tape import Leaf, Node, state
from ...core.tensor import Tensor, wrap
from ...errors import ArgumentError, DTypeError, GraphError


class Hooked:
    """The operation of a node that hands the gradient to a function on its way."""

    name = "hook"
    direct_rule = None

    def __init__(self, fn: Callable | None, as_tuple: bool) -> None:
        self.fn = fn
        self.as_tuple = as_tuple

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> tuple:
        if self.fn is None:
            return (g,)
        gradient = g if linked else wrap(Tensor, g, node.device)
        out = self._changed(self.fn, gradient)
        return (out if linked else out._value,)

    def _changed(self, fn: Callable, gradient: Tensor) -> Tensor:
        """What ``fn`` makes of the gradient, in its dtype; the gradient itself where that is None."""
        out = fn((gradient,) if self.as_tuple else gradient)
        if isinstance(out, tuple):
            out = out[0]
        if out is None:
            return gradient
        if not isinstance(out, Tensor) or out.shape != gradient.shape:
            got = f"shape {out.shape}" if isinstance(out, Tensor) else type(out).__name__
            raise ArgumentError(f"a function on a gradient must return a Tensor of its shape {gradient.shape}, got "
                                f"{got}.")
        return out if out.np_dtype == gradient.np_dtype else OPERATORS["cast"](out, dtype=gradient.np_dtype)


class _Hooks(Hooked):
    """The operation of the node of a Tensor with hooks, which are called in the order in which they came."""

    def __init__(self) -> None:
        super().__init__(None, False)
        self.hooks: dict[TensorHook, Callable] = {}

    def pull(self, node: Any, g: Any, needs: tuple, linked: bool) -> tuple:
        if not self.hooks:
            return (g,)
        gradient = g if linked else wrap(Tensor, g, node.device)
        for hook in list(self.hooks.values()):
            gradient = self._changed(hook, gradient)
        return (gradient if linked else gradient._value,)


def hooked(x: Any, operation: Hooked) -> Any:
    """x, its gradient passing through ``operation``."""
    if not isinstance(x, Tensor) or x._node is None or not state.recording:
        return x
    node = Node(operation, {}, (x._node,), (x._value,), None, x._device)
    return wrap(x._result_class, x._value, x._device, node)


class TensorHook:
    """What ``Tensor.register_hook`` returns; ``remove()`` takes the hook away."""

    def __init__(self, hooks: dict) -> None:
        self._hooks = hooks

    def remove(self) -> None:
        """Remove the hook; doing so twice is no error."""
        self._hooks.pop(self, None)


def register_hook(self: Tensor, hook: Callable) -> TensorHook:
    """Call ``hook(gradient)`` when the gradient of this Tensor is computed; what it returns, if not None, replaces it.

    The Tensor is one that is being computed, in a recorded function, or an input of gradient functions, for which the
    hook is kept. (``Parameter.register_hook`` is of its own.)

    >>> from luojia import Tensor, ops
    >>> def f(x):
    ...     y = x * x
    ...     y.register_hook(lambda g: g * 10)
    ...     return y.sum()
    >>> ops.grad(f)(Tensor([3.0])).tolist()
    [60.0]
    """
    if not callable(hook):
        raise DTypeError(f"Tensor.register_hook: the hook must be a function, got {type(hook).__name__}.")
    if self._role or isinstance(self._node, Leaf):
        raise GraphError("Tensor.register_hook: a variable takes no hook; hand it through "
                         "ops.HookBackward(hook) where it is used.")
    if self._node is None and not state.recording:
        found = self.__dict__.setdefault("_grad_hooks", {})
        self._hooked = True
    else:
        operation = getattr(self._node, "op", None)
        if not isinstance(operation, _Hooks):
            operation = _Hooks()
            self._node = hooked(self, operation)._node
        found = operation.hooks
    handle = TensorHook(found)
    found[handle] = hook
    return handle


def hooks(self: Tensor) -> list[Callable]:
    """The functions that ``register_hook`` was given and that were not removed."""
    operation = getattr(self._node, "op", None)
    found = operation.hooks if isinstance(operation, _Hooks) else self.__dict__.get("_grad_hooks", {})
    return list(found.values())
