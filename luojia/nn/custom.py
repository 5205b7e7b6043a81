"""Nodes on the tape whose backward is a Module's own: ``bprop``, and the hooks on its gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._src.core import tape
from .._src.core.apply import fit
from .._src.core.tape import RichNode, recording_scope, state
from .._src.core.tensor import Tensor, wrap
from .._src.core.tensor_namespace import TENSORS
from .._src.core.transforms import like, tensors_in
from .._src.errors import ArgumentError, DTypeError, GraphError, ShapeError


def record(pull: Callable, name: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor],
           materialize: bool = True) -> list[Tensor]:
    """The outputs, linked to the inputs by a node with ``pull(inputs, outputs, cotangents)`` as its backward.

    ``pull`` gets and gives Tensors, one cotangent (or None) per input; they are linked to the tape when a gradient of
    this gradient is being recorded. Outputs that no gradient reached have zeros, or None unless ``materialize``.
    """
    device = outputs[0]._device if outputs else inputs[0]._device
    parents = tuple([t._node for t in inputs])
    values = tuple([t._value for t in inputs])
    answers = tuple([t._value for t in outputs])
    classes = [t._result_class for t in (*inputs, *outputs)]
    node = RichNode(_Pull(pull, name, classes, materialize), {}, parents, values, answers, device)
    return [wrap(t._result_class, t._value, device, tape.select(node, i, t._value)) for i, t in enumerate(outputs)]


class _Pull(tape.Pullback):
    """The operation of a node whose backward is a function of Tensors."""

    def __init__(self, pull: Callable, name: str, classes: list[type], materialize: bool) -> None:
        self.function, self.name, self.classes, self.materialize = pull, name, classes, materialize

    def pull(self, node: Any, g: list, needs: tuple, linked: bool) -> list:
        n, device = len(node.args), node.device
        links = node.parents if linked else (None,) * n
        inputs = [wrap(c, a, device, p) for c, a, p in zip(self.classes, node.args, links)]
        outputs, cotangents = [], []
        for i, (c, a) in enumerate(zip(self.classes[n:], node.ans)):
            outputs.append(wrap(c, a, device, tape.select(node, i, a) if linked else None))
            if g[i] is None and not self.materialize:
                cotangents.append(None)
                continue
            gi = g[i] if g[i] is not None else device.engine.zeros_like(a)
            cotangents.append(wrap(c, gi._value, device, gi._node) if isinstance(gi, Tensor) else wrap(c, gi, device))
        with recording_scope(linked):
            gradients = self.function(inputs, outputs, cotangents)
        out = []
        for t, gi, need in zip(inputs, gradients, needs):
            if not need or gi is None:
                out.append(None)
            elif linked:
                out.append(fit(TENSORS, gi if isinstance(gi, Tensor) else t * 0 + gi, t))
            else:
                xp = device.engine.xp
                value = gi._value if isinstance(gi, Tensor) else device.engine.asarray(gi, t.np_dtype)
                out.append(fit(xp, xp.broadcast_to(value, t.shape) if not value.shape else value, t._value))
        return out


def call_with_bprop(module: Any, args: tuple) -> Any:
    """``module``'s forward on ``args``, unrecorded, with its ``bprop(*inputs, out, dout)`` as the derivative."""
    tensors = tensors_in(args)
    linked = state.recording and any(t._node is not None for t in tensors)
    with recording_scope(False):
        out = module._luojia_forward(*like(args, iter([t.detach() for t in tensors])))
    if not linked:
        return out
    many = isinstance(out, (tuple, list))
    outs = list(out) if many else [out]
    if not all(isinstance(o, Tensor) for o in outs):
        raise ArgumentError(f"{_named(module)} has a bprop, so it must return Tensors, got "
                            f"{[type(o).__name__ for o in outs]}.")

    def pull(inputs: list, outputs: list, cotangents: list) -> list:
        grads = module.bprop(*like(args, iter(inputs)), tuple(outputs) if many else outputs[0],
                             tuple(cotangents) if many else cotangents[0])
        leaves, grads = _flat(args), _flat(grads)
        if len(grads) < len(leaves):
            raise GraphError(f"{_named(module)}.bprop must return one gradient for each of its {len(leaves)} inputs, "
                             f"got {len(grads)}; return zeros for an input that has none.")
        found = []
        for i, (a, g) in enumerate(zip(leaves, grads)):
            if not isinstance(a, Tensor):
                continue
            if isinstance(g, Tensor) and g.shape != a.shape and g.size != 1:
                raise ShapeError(f"{_named(module)}.bprop: the gradient of input {i} must have its shape {a.shape}, "
                                 f"got {g.shape}.")
            found.append(g)
        return found

    linked_outs = record(pull, f"{_named(module)}.bprop", tensors, outs)
    return type(out)(linked_outs) if many else linked_outs[0]


def _flat(items: Any) -> list:
    """What nested tuples and lists hold, in order: the gradients are the inputs' in this order, however nested."""
    return [leaf for item in items for leaf in _flat(item)] if isinstance(items, (tuple, list)) else [items]


def _named(module: Any) -> str:
    return type(module).__name__


def call_with_hooks(module: Any, args: tuple, kwargs: dict) -> Any:
    """``module``'s forward with its forward hooks and the hooks on its gradients."""
    for hook in list(module._forward_pre_hooks.values()):
        if isinstance(hook, WithKwargs):
            changed = hook.function(module, args, kwargs)
            if changed is not None:
                args, kwargs = _both(changed)
            continue
        changed = hook(module, args)
        if changed is not None:
            args = changed if isinstance(changed, tuple) else (changed,)
    watch = state.recording and (module._backward_hooks or module._backward_pre_hooks)
    seen: dict[str, tuple] = {}
    tensors = [a for a in args if isinstance(a, Tensor)]
    if watch and any(t._node is not None for t in tensors):
        entered = record(lambda ins, outs, gs: _run_backward_hooks(module, gs, seen), "backward_hook", tensors, tensors)
        rest = iter(entered)
        inner = tuple([next(rest) if isinstance(a, Tensor) else a for a in args])
        out = module._luojia_compute(inner, kwargs)
    else:
        entered, out = [], module._luojia_compute(args, kwargs)
    if watch:
        out = _watch_output(module, out, seen, call_hooks=not entered)
    for hook in list(module._forward_hooks.values()):
        changed = (hook.function(module, args, kwargs, out) if isinstance(hook, WithKwargs)
                   else hook(module, args, out))
        if changed is not None:
            out = changed
    return out


class WithKwargs:
    """A forward hook that gets the keyword arguments too."""

    def __init__(self, function: Callable) -> None:
        self.function = function


def _both(changed: Any) -> tuple[tuple, dict]:
    if not (isinstance(changed, tuple) and len(changed) == 2 and isinstance(changed[1], dict)):
        raise GraphError("a forward pre-hook with_kwargs must return None or a tuple (inputs, kwargs), but got "
                         f"{type(changed).__name__}.")
    args, kwargs = changed
    return (args if isinstance(args, tuple) else (args,)), kwargs


def _watch_output(module: Any, out: Any, seen: dict, call_hooks: bool) -> Any:
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    tensors = [t for t in outs if isinstance(t, Tensor)]
    if not any(t._node is not None for t in tensors):
        return out

    def pull(ins: list, outputs: list, gs: list) -> list:
        for hook in list(module._backward_pre_hooks.values()):
            changed = hook(module, tuple(gs))
            if changed is not None:
                changed = list(changed) if isinstance(changed, (tuple, list)) else [changed]
                if len(changed) != len(gs):
                    raise DTypeError(f"a backward pre-hook of {_named(module)} returned {len(changed)} gradients for "
                                     f"{len(gs)} outputs.")
                gs = changed
        seen["output"] = tuple(gs)
        if call_hooks:  # no input needs a gradient
            for hook in list(module._backward_hooks.values()):
                hook(module, (None,), tuple(gs))
        return gs

    rest = iter(record(pull, "backward_pre_hook", tensors, tensors))
    outs = [next(rest) if isinstance(t, Tensor) else t for t in outs]
    return type(out)(outs) if isinstance(out, (tuple, list)) else outs[0]


def _run_backward_hooks(module: Any, gs: list, seen: dict) -> list:
    for hook in list(module._backward_hooks.values()):
        changed = hook(module, tuple(gs), seen.get("output", ()))
        if changed is not None:
            changed = list(changed) if isinstance(changed, (tuple, list)) else [changed]
            if len(changed) != len(gs):
                raise DTypeError(f"a backward hook of {_named(module)} returned {len(changed)} gradients for "
                                 f"{len(gs)} inputs.")
            if not all(isinstance(g, Tensor) or g is None for g in changed):
                raise DTypeError(f"a backward hook of {_named(module)} must return Tensors, but got "
                                 f"{[type(g).__name__ for g in changed]}.")
            gs = changed
    return gs


class HookHandle:
    """What registering a hook returns; ``remove()`` takes the hook away."""

    def __init__(self, hooks: dict) -> None:
        self._hooks = hooks
        self.id = next(_ids)

    def remove(self) -> None:
        """Remove the hook; doing so twice is no error."""
        self._hooks.pop(self.id, None)


_ids = iter(range(1 << 62))
