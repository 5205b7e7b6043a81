"""TensorArray: Tensors of one shape and dtype that are written and read by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from .._src.core.dtypes import DType, to_np
from .._src.errors import ArgumentError, DTypeError, GraphError
from .._src.ops import Tensor
from .module import Module

__all__ = ["TensorArray"]


class TensorArray(Module):
    """An array of Tensors.

    Args:
        dtype, element_shape: of every Tensor in it.
        dynamic_size: whether writing past the end makes it longer.
        size: how many there are at first, zeros.
        name: of the array; it changes nothing here.

    Raises:
        RuntimeError: a number that is not there, a value of another shape or dtype, or the array is closed.

    >>> import luojia
    >>> from luojia import nn
    >>> array = nn.TensorArray(luojia.int64, ())
    >>> array.write(0, 1), array.write(2, 5), array.read(2).item(), array.stack().tolist(), array.size().item()
    (True, True, 5, [1, 0, 5], 3)
    """

    def __init__(self, dtype: Any, element_shape: Any, dynamic_size: bool = True, size: int = 0,
                 name: str = "TA") -> None:
        super().__init__()
        if not isinstance(dtype, DType):
            raise DTypeError("For 'TensorArray', the 'dtype' must be a dtype such as luojia.float32, but got "
                             f"{dtype!r}.")
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise ArgumentError(f"For 'TensorArray', the 'size' must be int and must >= 0, but got '{size}' with type "
                                f"'{type(size).__name__}'.")
        self.dtype, self.element_shape = dtype, tuple(element_shape) if np.iterable(element_shape) else (element_shape,)
        self.dynamic_size, self._open = dynamic_size, True
        self._values = [self._zeros() for _ in range(size)]

    def _zeros(self) -> Tensor:
        return Tensor(np.zeros(self.element_shape, to_np(self.dtype)))

    def _number(self, index: Any, last: int | None) -> int:
        if not self._open:
            raise GraphError("TensorArray: the array was closed.")
        at = int(index)
        if at < 0 or last is not None and at >= last:
            raise GraphError(f"TensorArray: the index must be from 0 on and below {last}, got {at}.")
        return at

    def write(self, index: Any, value: Any) -> bool:
        """Put ``value`` at ``index``; what is between it and the end so far is zeros."""
        at = self._number(index, None if self.dynamic_size else len(self._values))
        given = value if isinstance(value, Tensor) else Tensor(value, self.dtype)
        if given.shape != self.element_shape or given.dtype is not self.dtype:
            raise GraphError(f"TensorArray.write: expected shape {self.element_shape} and {self.dtype}, got "
                             f"{given.shape} and {given.dtype}.")
        self._values += [self._zeros() for _ in range(at + 1 - len(self._values))]
        self._values[at] = given
        return True

    def read(self, index: Any) -> Tensor:
        """The Tensor at ``index``."""
        return self._values[self._number(index, len(self._values))]

    def stack(self) -> Tensor:
        """All of them, along a new first axis."""
        self._number(0, None)
        return ops.stack(tuple(self._values)) if self._values else Tensor(
            np.zeros((0, *self.element_shape), to_np(self.dtype)))

    def size(self) -> Tensor:
        """How many there are."""
        self._number(0, None)
        return Tensor(np.int64(len(self._values)))

    def clear(self) -> bool:
        """Take all of them out."""
        self._number(0, None)
        self._values.clear()
        return True

    def close(self) -> bool:
        """End the array: it can no longer be used."""
        self._open, self._values = False, []
        return True
