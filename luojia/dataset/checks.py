"""What the transforms' constructors ask of their arguments, in the words that MindSpore has for it."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError

FLOAT_MAX = 16777216
INT_MAX = 2147483647
REAL = (float, int)
WHOLE = (int, float)
SIZES = (int, list, tuple)


def kind(value: Any, types: Sequence[type], name: str) -> Any:
    """``value``, if it is of one of the types; a bool is a number only where ``types`` name bool."""
    if isinstance(value, bool) and bool not in types and Number not in types:
        known = list(types) if len(types) == 1 and types[0] is not int else tuple(types)  # as MindSpore prints them
        raise DTypeError(f"Argument {name} with value {value} is not of type {known}, but got {bool}.")
    if not isinstance(value, tuple(types)):
        raise DTypeError(f"Argument {name} with value {value} is not of type {list(types)}, but got {type(value)}.")
    return value


def within(value: Any, low: float, high: float, name: str = "", ends: str = "[]") -> Any:
    """``value``, if it lies from ``low`` to ``high``; ``ends`` says which of them belong: '(]' leaves out the first."""
    under = value < low if ends[0] == "[" else value <= low
    over = value > high if ends[1] == "]" else value >= high
    if under or over:  # not a number is neither, and passes
        raise ArgumentError(
            f"Input {name + ' ' if name else ''}is not within the required interval of "
            f"{ends[0]}{low}, {high}{ends[1]}."
        )
    return value


def real(value: Any, name: str, low: float = 0, high: float = FLOAT_MAX, *, shown: str | None = None,
         types: Sequence[type] = REAL, ends: str = "[]") -> float:
    """A number from ``low`` to ``high``; ``shown`` is the name that the message about the range bears."""
    return within(kind(value, types, name), low, high, name if shown is None else shown, ends)


def whole(value: Any, name: str, low: int = 0, high: int = INT_MAX, *, shown: str | None = None) -> int:
    """An integer from ``low`` to ``high``."""
    return within(kind(value, (int,), name), low, high, name if shown is None else shown)


def probability(value: Any, name: str = "prob", types: Sequence[type] = REAL, ends: tuple = (0.0, 1.0)) -> float:
    """A number from 0 to 1."""
    return within(kind(value, types, name), ends[0], ends[1], name)


def positive(value: Any, name: str, types: Sequence[type] = WHOLE, shown: str | None = None) -> Any:
    """A number greater than 0."""
    if kind(value, types, name) <= 0:
        raise ArgumentError(f"Input {name if shown is None else shown} must be greater than 0.".replace("  ", " "))
    return value


def count(value: Any, name: str, low: int = 1) -> int:
    """An integer of ``low`` or more; NumPy's too."""
    return int(whole(value.item() if isinstance(value, np.integer) else value, name, low))


def turns(value: Any, name: str = "count") -> int:
    """A number of 1 or more, or -1 for all."""
    value = kind(value.item() if isinstance(value, np.integer) else value, (int,), name)
    if value != -1 and not 0 < value <= INT_MAX:
        raise ArgumentError(
            f"count should be either -1 or positive integer, range[1, INT32_MAX]: count should be either -1 or within "
            f"the required interval of (0, {INT_MAX}], got {value}."
        )
    return value


def flag(value: Any, name: str) -> bool:
    """A bool."""
    return kind(value, (bool,), name)


def operations(transforms: Any) -> list:
    """A list of callables, not empty."""
    kind(transforms, (list,), "transforms list")
    if not transforms:
        raise ArgumentError("transforms list can not be empty.")
    callables(transforms)
    return transforms


def callables(transforms: Sequence[Any]) -> None:
    """Raises unless each can be called."""
    for i, transform in enumerate(transforms):
        if not callable(transform):
            raise DTypeError(f"transforms[{i}] is neither a transforms op (TensorOperation) nor a callable pyfunc.")
        if isinstance(transform, type):
            raise ArgumentError(
                f"transforms[{i}] should be a transform, got the class {transform.__name__}. It may be missing "
                "parentheses for instantiation."
            )
