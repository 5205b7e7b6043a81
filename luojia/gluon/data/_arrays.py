"""Between NumPy's arrays, which datasets and workers handle, and NDArrays, which users see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._src.core.tensor import Tensor, wrap
from ..._src.engine.devices import Context, current_context
from ..._src.errors import DTypeError
from ...util import array_class


def to_nd(value: Any, device: Context | None = None) -> Any:
    """Every NumPy array in ``value`` as an NDArray of its own dtype, without a copy; lists and dicts stay such.

    Under ``npx.set_np()`` they are ``np.ndarray``.

    >>> to_nd([np.float64([1, 2])])
    [
    [1. 2.]
    <NDArray 2 @cpu(0)>]
    """
    device = device or current_context()
    return _to_nd(value, device, array_class(), device.engine.put)


def _to_nd(value: Any, device: Context, made: type, put: Callable) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "biufc":
            raise DTypeError(
                f"DataLoader makes NDArrays of numbers, but a batch has dtype {value.dtype}; turn the samples into "
                "numbers with dataset.transform, or pass batchify_fn=list to take them as they are."
            )
        return wrap(made, put(np.asarray(value), device), device)
    kind = type(value)
    if kind is list or kind is tuple:
        parts = [  # the commonest kind of part without another call
            wrap(made, put(part, device), device)
            if part.__class__ is np.ndarray and part.dtype.kind in "biufc"
            else _to_nd(part, device, made, put)
            for part in value
        ]
        return parts if kind is list else tuple(parts)
    if kind is dict:
        return {key: _to_nd(part, device, made, put) for key, part in value.items()}
    return value


def to_numpy(value: Any) -> np.ndarray:
    """A NumPy array of an NDArray, a Tensor or anything array-like, sharing memory where it can."""
    return value._device.engine.to_numpy(value._value) if isinstance(value, Tensor) else np.asarray(value)
