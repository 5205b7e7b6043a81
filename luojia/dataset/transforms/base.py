"""What all transforms share: values in, values out, outside the tape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..._src.errors import ArgumentError, DTypeError


def dtype_of(data_type: Any, who: str) -> np.dtype:
    """A NumPy dtype of a luojia or NumPy dtype or its name."""
    try:
        return np.dtype(getattr(data_type, "np", data_type))
    except TypeError as error:
        raise DTypeError(f"{who} expects a luojia or NumPy dtype, got {data_type!r}.") from error


def probability(prob: Any, who: str) -> float:
    """``prob`` as a float, if it is within [0, 1]."""
    if isinstance(prob, bool) or not isinstance(prob, (int, float)):
        raise DTypeError(f"{who}: prob expects a float, got {prob!r}.")
    if not 0 <= prob <= 1:
        raise ArgumentError(f"{who}: Input prob is not within the required interval of [0.0, 1.0], got {prob}.")
    return float(prob)


def operations(transforms: Any, who: str) -> list[Callable]:
    """A list of callables, not empty."""
    if not isinstance(transforms, (list, tuple)):
        raise DTypeError(f"{who}: transforms list is not of type list, but {type(transforms).__name__}.")
    if not transforms:
        raise ArgumentError(f"{who}: transforms list can not be empty.")
    for i, transform in enumerate(transforms):
        if not callable(transform):
            raise DTypeError(f"{who}: transforms[{i}] is neither a transform nor a callable, but {transform!r}.")
    return list(transforms)


def apply_all(transforms: Sequence[Callable], values: tuple[Any, ...]) -> Any:
    """The transforms one after the other; a tuple is several values."""
    for transform in transforms:
        made = transform(*values)
        values = made if isinstance(made, tuple) else (made,)
    return values[0] if len(values) == 1 else values


def array_of(value: Any) -> np.ndarray:
    """A value as a NumPy array."""
    return value.asnumpy() if hasattr(value, "asnumpy") else np.asarray(value)
