"""NDArray: the Tensor with MXNet's conventions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.tensor import wrap
from .._src.engine.devices import Context, current_context
from .._src.ops import Tensor


class NDArray(Tensor):
    """An n-dimensional array that prints, compares and indexes as MXNet's does."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The NumPy type of the elements, as ``numpy.float32``."""
        return self._value.dtype.type

    @property
    def context(self) -> Context:
        return self._device

    ctx = context

    def asscalar(self) -> Any:
        """The one element as a NumPy scalar."""
        if self.size != 1:
            raise ValueError("The current array is not a scalar")
        return self.asnumpy().reshape(-1)[0]

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.shape))
        return f"\n{self.asnumpy()}\n<{type(self).__name__} {shape} @{self._device}>"

    __str__ = __repr__


NDArray._result_class = NDArray


def array(source: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """An NDArray from nested lists or an array; float32 unless ``dtype`` says otherwise or the source is an NDArray."""
    if dtype is None:
        dtype = source.np_dtype if isinstance(source, Tensor) else np.float32
    device = ctx or (source._device if isinstance(source, Tensor) else current_context())
    value = np.array(source.asnumpy() if isinstance(source, Tensor) else source, dtype=dtype)
    return wrap(NDArray, device.engine.put(value, device), device)
