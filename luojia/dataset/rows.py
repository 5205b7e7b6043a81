"""Rows of a pipeline: what they are made from, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import is_known
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import current_context
from .._src.errors import MXNetError
from . import checks

Row = tuple  # one value per column, NumPy arrays


class Fresh(tuple):
    """A row whose arrays were made for it and are known to nothing else, so that Tensors may take them as they are."""

    __slots__ = ()


class PipelineError(MXNetError):
    """A pipeline that cannot run, or a user's function in it that failed; MindSpore raises RuntimeError.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).map(lambda a: {1: 10}[int(a)])
    >>> try:
    ...     list(data.create_tuple_iterator(num_epochs=1))
    ... except dataset.PipelineError as error:
    ...     print(type(error.__cause__).__name__)
    KeyError
    """


class ColumnError(PipelineError):
    """Columns that a step names and that are not there, or that it would give twice: said when the pipeline is used."""


def converter(output_numpy: Any) -> Callable[[Row], list]:
    if output_numpy is not None:
        checks.flag(output_numpy, "output_numpy")
    return _arrays if output_numpy else _tensors


def _arrays(row: Row) -> list:
    return [array_of(value) for value in row]


def _tensors(row: Row) -> list:
    if row.__class__ is not Fresh:
        return [_tensor(value) for value in row]
    device = current_context()
    put = device.engine.put
    return [wrap(Tensor, put(v, device), device) if is_known(v.dtype) else _tensor(v) for v in row]


def array_of(value: np.ndarray) -> Any:
    return _unpacked(value) if value.dtype == object else value


def raw(value: np.ndarray) -> Any:
    """The array, or the dict that it holds, as it was given."""
    return value.item() if value.dtype == object and not value.ndim else value


def _unpacked(value: np.ndarray, convert: Callable[[np.ndarray], Any] = np.asarray) -> Any:
    """A dict, which a column may hold, with arrays, or what is made of them, in it."""
    found = raw(value)
    return _within(found, convert) if isinstance(found, dict) else found


def _within(value: Any, convert: Callable[[np.ndarray], Any]) -> Any:
    """Dicts and lists as they are, with ``convert`` of the arrays of what is in them."""
    if isinstance(value, dict):
        return {k: _within(v, convert) for k, v in value.items()}
    return [_within(v, convert) for v in value] if isinstance(value, list) else convert(np.asarray(value))


def _tensor(value: np.ndarray) -> Any:
    if value.dtype.kind in "US":
        return value
    return _unpacked(value, _tensor) if value.dtype == object else Tensor(value)


def as_row(values: Any) -> Row:
    """What a user's function gave, as a tuple of NumPy arrays.

    Raises:
        PipelineError: a value is None, or a list of lists of different lengths.
    """
    values = values if isinstance(values, (tuple, list)) else (values,)
    return tuple([
        v if v.__class__ is np.ndarray else np.asarray(v) if isinstance(v, np.generic) else _as_array(v) for v in values
    ])


def _as_array(value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value
    if value is None:
        raise PipelineError("A value of a row is None: Python functions and sources give numbers, text or arrays.")
    try:
        made = value.asnumpy() if isinstance(value, Tensor) else np.asarray(value)
    except ValueError as error:
        raise PipelineError(f"A value of a row cannot be an array: {error}.") from error
    if made.dtype.kind == "O" and not isinstance(value, dict):
        raise PipelineError(f"A value of a row cannot be an array: it is of type {type(value)}.")
    return made
