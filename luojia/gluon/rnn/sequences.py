"""Sequences for recurrent cells: one array with a time axis, or a list of steps; begin states; valid lengths."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ... import ndarray
from ..._src.core.symbol import Symbol
from ..._src.core.tensor import Tensor


def namespace_of(value: Any) -> Any:
    """``nd`` or ``sym``, whichever works on ``value``."""
    first = value[0] if isinstance(value, (list, tuple)) else value
    if isinstance(first, Symbol):
        from ... import symbol

        return symbol
    return ndarray


def to_steps(length: int | None, inputs: Any, layout: str) -> tuple[Any, list, int]:
    """``(F, steps, batch axis of a step)`` of a sequence given merged or as a list."""
    assert layout.find("T") in (0, 1), f"Unsupported layout {layout}; the time axis T must be first or second."
    axis = layout.find("T")
    F = namespace_of(inputs)
    if isinstance(inputs, (list, tuple)):
        assert length is None or len(inputs) == length, f"{len(inputs)} steps were given, length is {length}"
        return F, list(inputs), axis
    if isinstance(inputs, Tensor):
        assert length is None or length == inputs.shape[axis], (
            f"the sequence has {inputs.shape[axis]} steps, length is {length}"
        )
        length = inputs.shape[axis]
    assert length is not None, "unroll of a Symbol needs the length"
    steps = F.split(inputs, axis=axis, num_outputs=length, squeeze_axis=True)
    return F, [steps] if length == 1 and isinstance(steps, Tensor) else list(steps), axis


def merge(F: Any, steps: list, layout: str) -> Any:
    """The steps as one array with a time axis."""
    return F.stack(*steps, axis=layout.find("T"))


def zeros_for(F: Any, step: Any, size: int) -> Any:
    """A state of zeros, (N, size), for a step (N, C): of its device, and made in the graph for Symbols."""
    column = F.zeros_like(F.slice_axis(step, axis=1, begin=0, end=1))
    return F.broadcast_axis(column, axis=1, size=size)


def call_begin(func: Callable, name: str, info: dict[str, Any]) -> Any:
    """Call ``func`` with those of name and info that it takes."""
    known = inspect.signature(func).parameters
    given = {"name": name, **info}
    if not any(p.kind is p.VAR_KEYWORD for p in known.values()):
        given = {k: v for k, v in given.items() if k in known}
    elif "name" not in known:
        given.pop("__layout__", None)
    return func(**given)


def mask(F: Any, steps: list, length: int, valid_length: Any, layout: str, merged: bool) -> Any:
    """The steps, zero from each sample's valid length on."""
    stacked = F.SequenceMask(F.stack(*steps, axis=0), sequence_length=valid_length, use_sequence_length=True, axis=0)
    if merged:
        return stacked if layout.find("T") == 0 else F.swapaxes(stacked, dim1=0, dim2=1)
    parts = F.split(stacked, num_outputs=length, axis=0, squeeze_axis=True)
    return [parts] if length == 1 and not isinstance(parts, (list, tuple)) else list(parts)


def last_valid(F: Any, steps: list, valid_length: Any) -> Any:
    """Of each sample the step at its valid length."""
    return F.SequenceLast(F.stack(*steps, axis=0), sequence_length=valid_length, use_sequence_length=True, axis=0)


def reverse(F: Any, steps: list, length: int, valid_length: Any = None) -> list:
    """The steps in reverse; with lengths each sample's valid part reversed."""
    if valid_length is None:
        return list(reversed(steps))
    turned = F.SequenceReverse(F.stack(*steps, axis=0), sequence_length=valid_length, use_sequence_length=True)
    parts = F.split(turned, num_outputs=length, axis=0, squeeze_axis=True)
    return [parts] if length == 1 and not isinstance(parts, (list, tuple)) else list(parts)
