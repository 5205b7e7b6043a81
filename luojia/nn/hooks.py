"""Hooks of networks: functions that are called with what goes in and comes out, forward and backward."""

from __future__ import annotations

from collections.abc import Callable

from .._src.core.compiled import Compiled
from .._src.errors import DTypeError
from .custom import HookHandle, WithKwargs


class HooksMixin:
    """The part of Module that takes hooks."""

    _luojia_not_plain: Callable[[], None]

    def register_forward_pre_hook(self, hook_fn: Callable, with_kwargs: bool = False) -> HookHandle:
        """Call ``hook_fn(module, inputs)`` before each forward; what it returns replaces the inputs.

        ``with_kwargs``: call ``hook_fn(module, inputs, kwargs)``; it returns None or both anew.
        """
        return self._luojia_hook("_forward_pre_hooks", hook_fn, with_kwargs)

    def register_forward_hook(self, hook_fn: Callable, with_kwargs: bool = False) -> HookHandle:
        """Call ``hook_fn(module, inputs, output)`` after each forward; what it returns replaces the output.

        ``with_kwargs``: call ``hook_fn(module, inputs, kwargs, output)``.

        >>> from luojia import Tensor, nn
        >>> net = nn.ReLU()
        >>> handle = net.register_forward_hook(lambda module, inputs, output: output * 2)
        >>> net(Tensor([3.0]))
        Tensor(shape=[1], dtype=Float32, value= [ 6.00000000e+00])
        >>> handle.remove()
        >>> net(Tensor([3.0]))
        Tensor(shape=[1], dtype=Float32, value= [ 3.00000000e+00])
        """
        return self._luojia_hook("_forward_hooks", hook_fn, with_kwargs)

    def register_backward_pre_hook(self, hook_fn: Callable) -> HookHandle:
        """Call ``hook_fn(module, grad_output)`` in each backward; what it returns replaces the gradient."""
        return self._luojia_hook("_backward_pre_hooks", hook_fn)

    def register_backward_hook(self, hook_fn: Callable) -> HookHandle:
        """Call ``hook_fn(module, grad_input, grad_output)`` in each backward; what it returns replaces grad_input."""
        return self._luojia_hook("_backward_hooks", hook_fn)

    def _luojia_hook(self, kind: str, hook_fn: Callable, with_kwargs: bool = False) -> HookHandle:
        if not callable(hook_fn):
            raise DTypeError(f"Expected a callable hook function, but got {type(hook_fn).__name__}.")
        if isinstance(getattr(hook_fn, "_jit", hook_fn), Compiled):
            raise DTypeError(f"Decorating hook function {hook_fn.name} with '@jit' is not supported.")
        hooks = self.__dict__[kind]
        handle = HookHandle(hooks)
        hooks[handle.id] = WithKwargs(hook_fn) if with_kwargs else hook_fn
        self._luojia_not_plain()
        return handle
