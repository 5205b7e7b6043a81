"""What layers and training say of arguments that they cannot take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

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
