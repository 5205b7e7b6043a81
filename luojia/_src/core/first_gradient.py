"""The gradient of a function by its first argument: ``GradOperation()(fn)(x)``, which tutorials write most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .repeated import repeated
from .tape import Place, next_id, now_recording, set_recording, state
from .tensor import Tensor, _new, wrap
from .transforms import Input, Recorded, gradient_at


def gradient_of_first(fn: Callable, args: Sequence[Any]) -> Tensor | None:
    """The gradient of ``fn(*args)``, seeded with ones, by its first argument; None where that is no Tensor.

    ``Recorded`` does the same, and this is its common case written out: outside recording and tracing, one output.
    """
    first, flags = args[0], state.__dict__
    if not isinstance(first, Tensor):
        return None
    if now_recording() or flags["frame"] is not None or flags["depth"] or first._hooked:
        run = Recorded(fn, args, None, (0,))
        return run.gradient(run.inputs[0])
    floor, place, value = next_id(), Place(), first._value
    given, node = [], place
    for a in args:
        if isinstance(a, Tensor):  # ``wrap``, written out here and below
            seen, a = a, _new(a._result_class)
            a._value, a._device, a._node = seen._value, seen._device, node
            node = None  # the others are constants
        given.append(a)
    before = flags["training"]
    try:
        flags["depth"] = 1
        set_recording(True)
        out = fn(*given)
    finally:
        flags["depth"] = 0
        set_recording(False)
        flags["training"] = before
    head, found = out._node if isinstance(out, Tensor) else None, None
    if head is not None and head.op is not None and head.id > floor:
        found = repeated(head, out._device.engine.ones_like(out._value), floor, {place})
        g = None if found is None else found.get(place)
        if g.__class__ is np.ndarray and value.__class__ is np.ndarray:
            gradient = _new(first._result_class)
            gradient._value, gradient._device, gradient._node = g, first._device, None
            return gradient
    where = Input(wrap(first._result_class, value, first._device, place))
    if found is not None:
        return gradient_at(found, where)
    run = object.__new__(Recorded)
    run.linked, run.floor, run.out = False, floor, out
    return run.gradient(where)
