"""Functions that see a gradient on its way, and may change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
        out = self.fn((gradient,) if self.as_tuple else gradient)
        if isinstance(out, tuple):
            out = out[0]
        if out is None:
            return (g,)
        if not isinstance(out, Tensor) or out.shape != gradient.shape:
            got = f"shape {out.shape}" if isinstance(out, Tensor) else type(out).__name__
            raise ArgumentError(f"a function on a gradient must return a Tensor of its shape {gradient.shape}, got "
                                f"{got}.")
        return (out if linked else out._value,)


def hooked(x: Any, operation: Hooked) -> Any:
    """x, its gradient passing through ``operation``."""
    if not isinstance(x, Tensor) or x._node is None or not state.recording:
        return x
    node = Node(operation, {}, (x._node,), (x._value,), None, x._device)
    return wrap(x._result_class, x._value, x._device, node)


class TensorHook:
    """What ``Tensor.register_hook`` returns; ``remove()`` takes the hook away."""

    def __init__(self, operation: Hooked | None, hooks: dict | None = None) -> None:
        self._operation, self._hooks = operation, hooks

    def remove(self) -> None:
        """Remove the hook; doing so twice is no error."""
        if self._operation is not None:
            self._operation.fn = None
        if self._hooks is not None:
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
        hooks = self.__dict__.setdefault("_grad_hooks", {})
        handle = TensorHook(None, hooks)
        hooks[handle] = hook
        self._hooked = True
        return handle
    operation = Hooked(hook, False)
    self._node = hooked(self, operation)._node
    return TensorHook(operation)
