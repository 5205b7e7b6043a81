"""Between NumPy's arrays, which datasets and workers handle, and NDArrays, which users see."""

from __future__ import annotations

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
    return _to_nd(value, device or current_context(), array_class())


def _to_nd(value: Any, device: Context, made: type) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "biufc":
            raise DTypeError(
                f"DataLoader makes NDArrays of numbers, but a batch has dtype {value.dtype}; turn the samples into "
                "numbers with dataset.transform, or pass batchify_fn=list to take them as they are."
            )
        return wrap(made, device.engine.put(np.asarray(value), device), device)
    if type(value) in (list, tuple):
        return type(value)([_to_nd(part, device, made) for part in value])
    if type(value) is dict:
        return {key: _to_nd(part, device, made) for key, part in value.items()}
    return value


def to_numpy(value: Any) -> np.ndarray:
    """A NumPy array of an NDArray, a Tensor or anything array-like, sharing memory where it can."""
    return value._device.engine.to_numpy(value._value) if isinstance(value, Tensor) else np.asarray(value)
