"""What layers and training say of arguments that they cannot take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError


def check_bool(who: str, name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise DTypeError(f"For '{who}', the '{name}' must be bool, but got {type(value).__name__}.")
    return bool(value)


def check_positive_int(who: str, name: str, value: Any) -> int:
    """An int > 0: TypeError for another type, ValueError for another value."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DTypeError(f"For '{who}', the '{name}' must be int, but got '{type(value).__name__}'.")
    if value <= 0:
        raise ArgumentError(f"For '{who}', the '{name}' must be int and must > 0, but got '{value}' with type 'int'.")
    return int(value)


def check_choice(who: str, name: str, value: Any, choices: Iterable) -> Any:
    choices = list(choices)
    if value not in choices:
        raise ArgumentError(f"For '{who}', the '{name}' must be in {choices}, but got {value}.")
    return value


def named(who: str, weight: Any) -> str:
    """A layer in a message: its class and the name that its weight's has, if it has one."""
    name = weight.name.rpartition(".")[0]
    return f"{who} '{name}'" if name else who


def check_same_dtype(who: str, x: Any, weight: Any) -> None:
    """TypeError for an input of another dtype than the weight's: nothing is promoted on the way into a layer."""
    if isinstance(x, Tensor) and x._value.dtype != weight._value.dtype:
        raise other_dtype(who, x, weight)


def other_dtype(who: str, x: Any, weight: Any) -> DTypeError:
    return DTypeError(f"For '{who}', the input must be of the weight's dtype {weight.dtype}, but got {x.dtype}; cast "
                      "it first, as in x.astype(...), or let to_float do it.")
