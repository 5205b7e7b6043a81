"""Loops and branches on nested values: Python's outside a trace, one equation each inside.

What both doors' control flow comes to. Functions get and give Tensors in tuples, lists and dicts; numbers among what
a loop carries become Tensors inside a trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError
from . import control
from .op import OPERATORS
from .packed import pack_output, unpack
from .tensor import Tensor, wrap

_NUMBERS = (bool, int, float, np.generic)


def tensors(value: Any) -> Any:
    """The same structure with numbers as Tensors."""
    if isinstance(value, _NUMBERS):
        return Tensor(value)
    if isinstance(value, (tuple, list)):
        items = [tensors(v) for v in value]
        return value._make(items) if hasattr(value, "_make") else type(value)(items)  # type: ignore[attr-defined]
    return {k: tensors(v) for k, v in value.items()} if isinstance(value, dict) else value


def _flat(value: Any) -> tuple[Any, list[Tensor]]:
    found: list[Tensor] = []
    return pack_output(tensors(value), found), found


def one(pred: Any, what: str) -> Any:
    """What decides, checked: a Tensor of one element, or anything with a truth value."""
    if isinstance(pred, Tensor) and pred.size != 1:
        raise ArgumentError(f"{what}: pred must have one element, got shape {pred.shape}.")
    return pred


def cond(pred: Any, then: Callable[[], Any], otherwise: Callable[[], Any], what: str = "cond") -> Any:
    """``then()`` where ``pred`` is true, else ``otherwise()``."""
    one(pred, what)
    if not isinstance(pred, Tensor) or not control.tracing(pred):
        return then() if bool(pred) else otherwise()
    templates: list[Any] = [None, None]

    def flat(k: int, fn: Callable) -> Callable:
        def run() -> list[Tensor]:
            templates[k], found = _flat(fn())
            return found

        return run

    outs = control.branch(pred, (flat(0, then), flat(1, otherwise)), what)
    if templates[0] != templates[1]:
        raise ArgumentError(f"{what}: both branches must give outputs of the same structure where it is compiled.")
    return unpack(templates[0], outs)


def scan(body: Callable[[Any, Any], tuple[Any, Any]], init: Any, xs: Any, length: int, what: str) -> tuple[Any, Any]:
    """Inside a trace: ``carry, y = body(carry, slice)`` over the first axis of the Tensors in ``xs``.

    Gives the last carry and the ys stacked along a new first axis.
    """
    carry_form, carry = _flat(init)
    xs_form, rows = _flat(xs)
    forms: list[Any] = [None]

    def run(slices: list[Tensor], now: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        new, y = body(unpack(carry_form, now), unpack(xs_form, slices))
        form, flat = _flat(new)
        if form != carry_form:
            raise ArgumentError(f"{what}: the body must give its state in the structure in which it gets it, where it "
                                "is compiled.")
        forms[0], ys = _flat(y)
        return flat, ys

    last, ys = control.scan(run, rows, carry, length, what)
    return unpack(carry_form, last), unpack(forms[0], ys)


def stacked(values: list, what: str) -> Any:
    """Values of one structure as that structure, their Tensors stacked along a new first axis."""
    forms, rows = zip(*[_flat(v) for v in values])
    if any(form != forms[0] for form in forms):
        raise ArgumentError(f"{what}: the elements of xs must have one structure where it is compiled with "
                            "unroll=False.")
    return unpack(forms[0], [_stack(column, what) for column in zip(*rows)])


def _stack(column: tuple[Tensor, ...], what: str) -> Tensor:
    first = column[0]
    if any(t.shape != first.shape or t.np_dtype != first.np_dtype for t in column):
        raise ArgumentError(f"{what}: the elements of xs must have one shape and dtype where it is compiled with "
                            f"unroll=False, got {[(t.shape, str(t.np_dtype)) for t in column]}.")
    reshape = OPERATORS["reshape"]
    return OPERATORS["concatenate"](*[reshape(t, shape=(1, *t.shape)) for t in column], axis=0)


def unstacked(value: Any, count: int) -> list:
    """The ``count`` values that ``stacked`` would make ``value`` of."""
    form, flat = _flat(value)
    return [unpack(form, [t[i] for t in flat]) for i in range(count)]


def while_loop(test: Callable[[Any], Any], body: Callable[[Any], Any], init: Any, what: str) -> Any:
    """``value = body(value)`` while ``test(value)``."""
    if not control.tracing():
        while bool(one(test(init), what)):
            init = body(init)
        return init
    form, carry = _flat(init)

    def run(*now: Tensor) -> list[Tensor]:
        new_form, flat = _flat(body(unpack(form, now)))
        if new_form != form:
            raise ArgumentError(f"{what}: the body must give a value of the structure of init_val, where it is "
                                "compiled.")
        return flat

    return unpack(form, control.loop(lambda *now: tensors(one(test(unpack(form, now)), what)), run, carry, what))


def bounded_loop(test: Callable[[Any], Any], body: Callable[[Any], tuple[Any, Any]], init: Any, most: int,
                 what: str) -> tuple[Any, Any]:
    """Inside a trace: ``value, y = body(value)`` while ``test(value)``, ``most`` times at most.

    Gives the last value and the ys stacked, zeros for the steps not taken.
    """
    form, carry = _flat(init)
    forms: list[Any] = [None]

    def step(held: tuple, _: Any) -> tuple:
        active, value = held
        goes_on = OPERATORS["logical_and"](active, OPERATORS["reshape"](tensors(one(test(value), what)), shape=()))

        def taken() -> tuple:
            new, y = body(value)
            new_form, flat = _flat(new)
            if new_form != form:
                raise ArgumentError(f"{what}: func must give the loop_vars in the structure in which it gets them, "
                                    "where it is compiled.")
            forms[0], ys = _flat(y)
            shapes[:] = [(t._result_class, t.shape, t.np_dtype) for t in ys]
            return flat, ys

        def rested() -> tuple:
            xp = active._device.engine.xp
            return _flat(value)[1], [wrap(cls, xp.zeros(s, d), active._device) for cls, s, d in shapes]

        new, ys = cond(goes_on, taken, rested, what)
        return (goes_on, unpack(form, new)), ys

    shapes: list[tuple] = []
    on = Tensor(True)
    (_, last), ys = scan(step, (on, unpack(form, carry)), (), most, what)
    return last, unpack(forms[0], ys)
