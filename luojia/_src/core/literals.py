"""NumPy arrays of what a Tensor is made of: numbers, and nested lists of numbers and Tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DTypeError
from . import dtypes


def array_of(data: Any) -> np.ndarray:
    """A NumPy array for data under MindSpore's rules of dtype."""
    if isinstance(data, np.ndarray):
        if not data.dtype.isnative:
            return data.astype(data.dtype.newbyteorder("="))
        dtypes.from_np(data.dtype)
        return data.copy()
    if isinstance(data, (bool, int, np.generic)):
        array = np.asarray(data)
        dtypes.from_np(array.dtype)  # refuses integers of more than 64 bits, and what is no number
        return array
    if isinstance(data, float):
        return np.asarray(data, np.float32)
    if isinstance(data, complex):
        return np.asarray(data, np.complex128)
    if isinstance(data, (list, tuple)):
        lists = plain(data)
        try:
            array = np.array(lists)
        except ValueError as e:
            unlike = "their lengths differ" if "inhomogeneous" in str(e) else e
            raise DTypeError(f"Tensor: the nested lists do not form an array ({unlike}).") from None
        if array.dtype.kind not in "biufc":
            raise DTypeError(f"Tensor: expected numbers, got a list with elements like {_first_odd(data)!r}.")
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        return array
    raise DTypeError(
        f"Tensor: data must be a number, a list or tuple of numbers, a NumPy array or a Tensor, "
        f"got {type(data).__name__}."
    )


def plain(data: Any) -> Any:
    """Nested lists with arrays in place of Tensors."""
    if isinstance(data, (list, tuple)):
        return [plain(d) for d in data]
    return data.asnumpy() if _is_tensor(data) else data


def _is_tensor(x: Any) -> bool:
    return hasattr(x, "_result_class")  # whose module imports this one


def _first_odd(data: Any) -> Any:
    for d in data:
        if isinstance(d, (list, tuple)):
            odd = _first_odd(d)
            if odd is not d:
                return odd
        elif not isinstance(d, (bool, int, float, complex, np.ndarray, np.generic)) and not _is_tensor(d):
            return d
    return data
