"""What all transforms share: values in, values out, outside the tape."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from ..._src.errors import DTypeError
from .. import config
from ..rows import PipelineError


def dtype_of(data_type: Any, name: str) -> np.dtype:
    """A NumPy dtype of a luojia or NumPy dtype or its name."""
    try:
        if data_type is None or isinstance(data_type, (int, float)):
            raise TypeError("no dtype")
        return np.dtype(getattr(data_type, "np", data_type))
    except TypeError as error:
        raise DTypeError(
            f"Argument {name} with value {data_type} is not of type [a luojia dtype, {np.dtype}], but got "
            f"{type(data_type)}."
        ) from error


class OneToOne:
    """A transform of one value, which says so where it is called with none or with several."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__call__" in cls.__dict__:
            cls.__call__ = _of_one(cls.__dict__["__call__"])  # type: ignore[method-assign]


def _of_one(call: Callable[[Any, Any], Any]) -> Callable:
    @wraps(call)
    def of_one(self: Any, *values: Any) -> Any:
        if len(values) == 1:
            return call(self, values[0])
        who = type(self).__name__
        if not values:
            raise PipelineError(f"{who}: Input Tensor is not valid. There is none.")
        raise PipelineError(f"{who}: The op is OneToOne, can only accept one tensor as input. Got {len(values)}.")

    return of_one


def sort_of(array: np.ndarray) -> str:
    """The name of an array's dtype in messages."""
    return {"U": "string", "S": "bytes"}.get(array.dtype.kind, array.dtype.name)


def as_value(value: Any) -> Any:
    """A number, text, a list or a Tensor as an array; anything else, such as an image, as it is."""
    if value.__class__ in (int, float, bool, str, bytes, list, tuple):
        return np.asarray(value)
    return value.asnumpy() if hasattr(value, "asnumpy") else value


def apply_all(transforms: Sequence[Callable], values: tuple[Any, ...]) -> Any:
    """The transforms one after the other; a tuple is several values."""
    for transform in transforms:
        with config.drawing(None, transform):
            made = transform(*values)
        values = made if isinstance(made, tuple) else (made,)
    return values[0] if len(values) == 1 else values


def array_of(value: Any) -> np.ndarray:
    """A value as a NumPy array.

    Raises:
        DTypeError: it is not of numbers, nor of text.
    """
    array = value.asnumpy() if hasattr(value, "asnumpy") else np.asarray(value)
    if array.dtype.kind not in "biufUS":
        raise DTypeError(f"Invalid user input. Got {type(value)} of {array.dtype}, cannot be converted into tensor.")
    return array


def is_pil(image: Any) -> bool:
    """Whether it is a PIL image (of which there are none unless PIL was imported)."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(image, module.Image)
