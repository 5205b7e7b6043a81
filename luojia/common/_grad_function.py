"""Functions of Tensors with a derivative of their own: MindSpore's ``_Function``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.tape import recording_scope, state
from .._src.core.tensor import Tensor
from .._src.errors import GraphError


class _Function:
    """A function whose backward pass is its own; ``apply`` calls it.

    A subclass has two static methods: ``forward(ctx, *args)``, which computes, and ``backward(ctx, *gradients)``, which
    is given a gradient for each output (None for one that is no Tensor) and returns one for each argument (None for
    what has none). ``ctx`` is an object of the class, for them to pass things on.

    >>> from luojia import Tensor, _Function, grad
    >>> class Cube(_Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * x * x * 3
    >>> grad(Cube.apply)(Tensor([2.0])).tolist()
    [12.0]

    Matches ``mindspore._Function`` (2.8).
    """

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self.materialize_grads = True
        self.non_differentiable: tuple = ()
        self.dirty_tensors: tuple = ()
        self._saved: tuple = ()

    @property
    def saved_tensors(self) -> tuple:
        """What ``save_for_backward`` was given."""
        return self._saved

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep Tensors, or None, for ``backward``."""
        for t in tensors if any(self.needs_input_grad) else ():
            if t is not None and not isinstance(t, Tensor):
                raise GraphError("save_for_backward() only supports None and Tensors, but got "
                                 f"{type(t).__name__}; make it an attribute of ctx.")
        self._saved = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which arguments ``forward`` wrote into; it must return them."""
        self.dirty_tensors = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which outputs pass no gradient on."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether ``backward`` is given zeros (True, the default) or None for outputs that no gradient reached."""
        self.materialize_grads = value

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        """What is computed."""
        raise NotImplementedError("forward function should be customized.")

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """The gradients of the arguments."""
        raise NotImplementedError("backward function should be customized.")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """``forward`` of the arguments, which ``backward`` differentiates.

        Raises:
            NotImplementedError: the class does not define what is asked for.
            RuntimeError: ``backward`` returns too few gradients, or one that does not fit its argument.
        """
        from ..nn.custom import record

        ctx = cls()
        ctx.needs_input_grad = tuple([
            isinstance(a, Tensor) and state.recording and a._node is not None for a in args])
        given = [a for a in args if isinstance(a, Tensor)]
        before = [a._node for a in given]
        with recording_scope(False):
            out = cls.forward(ctx, *args)
        if not any(ctx.needs_input_grad):
            return out
        several = isinstance(out, tuple)
        outs = list(out) if several else [out]
        places = [i for i, o in enumerate(outs) if isinstance(o, Tensor)]
        for a, node in zip(given, before):
            a._node = node
        linked = record(_Pull(cls, ctx, args, outs, places), cls.__name__, given, [outs[i] for i in places],
                        ctx.materialize_grads)
        for i, t in zip(places, linked):
            if any(outs[i] is n for n in ctx.non_differentiable):
                continue
            if any(outs[i] is d for d in ctx.dirty_tensors):
                outs[i]._node = t._node
            else:
                outs[i] = t
        return tuple(outs) if several else outs[0]


class _Pull:
    """The backward pass of one call."""

    def __init__(self, cls: type[_Function], ctx: _Function, args: tuple, outs: list, places: list[int]) -> None:
        self.backward: Callable = cls.backward
        self.name, self.ctx, self.saved = cls.__name__, ctx, ctx._saved
        self.tensors = [isinstance(a, Tensor) for a in args]
        given = [a for a in args if isinstance(a, Tensor)]
        self.count, self.places = len(outs), places
        # saved Tensors that are arguments or outputs are these, so that a gradient of the gradient goes on
        self.sources = [next(((0, i) for i, a in enumerate(given) if a is t), None)
                        or next(((1, k) for k, i in enumerate(places) if outs[i] is t), None) for t in self.saved]

    def __call__(self, inputs: list, outputs: list, cotangents: list) -> list:
        groups = (inputs, outputs)
        self.ctx._saved = tuple([t if source is None else groups[source[0]][source[1]]
                                 for t, source in zip(self.saved, self.sources)])
        gradients: list = [None] * self.count
        for i, g in zip(self.places, cotangents):
            gradients[i] = g
        found = self.backward(self.ctx, *gradients)
        found = found if isinstance(found, tuple) else (found,)
        if len(found) < len(self.tensors):
            raise GraphError(f"Function {self.name}.backward returned a wrong number of gradients, expect: "
                             f"{len(self.tensors)} but: {len(found)}")
        rest = iter(inputs)
        pulled = []
        for i, g in enumerate(found):
            takes = i < len(self.tensors) and self.tensors[i]
            if g is not None and not takes:
                raise GraphError(f"Input is not tensor, but gradient is not none, position: {i} type: {type(g)}")
            if takes:
                pulled.append(_fitting(g, next(rest), i))
        return pulled


def _fitting(g: Any, x: Tensor, position: int) -> Any:
    if g is None:
        return None
    if not isinstance(g, Tensor):
        raise GraphError(f"Gradient should be none or tensor, position: {position} type: {type(g)}")
    if g.shape == x.shape:
        return g
    try:
        fits = np.broadcast_shapes(g.shape, x.shape) == x.shape
    except ValueError:
        fits = False
    if not fits:
        raise GraphError(f"For a custom function, the gradient should be broadcast to the expected shape {x.shape}, "
                         f"but got {g.shape}.")
    return OPERATORS["broadcast_to"](g, shape=x.shape)


__all__ = ["_Function"]
