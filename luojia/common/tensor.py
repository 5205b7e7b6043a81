"""``Tensor`` under MindSpore's path."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.dtypes import DType
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Tensor, composed


class StubTensor(Tensor):
    """What MindSpore gives before a value is there; luojia has no such objects, and every Tensor can wait."""


def tensor(input_data: Any = None, dtype: DType | None = None, shape: Any = None, init: Any = None,
           const_arg: bool = False) -> Tensor:
    """A Tensor, as its constructor makes it.

    >>> tensor([1, 2])
    Tensor(shape=[2], dtype=Int64, value= [1, 2])
    """
    return Tensor(input_data, dtype, shape, init, const_arg=const_arg)


def from_numpy(array: Any) -> Tensor:
    """A Tensor of a NumPy array; on NumPy it is a view of the array, whose later changes it shows.

    >>> import numpy as np
    >>> from_numpy(np.array([1, 2], np.int32))
    Tensor(shape=[2], dtype=Int32, value= [1, 2])
    """
    if not isinstance(array, np.ndarray):
        raise DTypeError(f"For 'from_numpy', the input must be a numpy.ndarray, got {type(array).__name__}.")
    return composed.find("queries.from_numpy")(array)


def frombuffer(buffer: Any, *, dtype: Any = None, count: int = -1, offset: int = 0) -> Tensor:
    """A Tensor of one axis of the bytes in a buffer.

    Args:
        buffer: bytes, a bytearray, or what else has Python's buffer interface.
        dtype: of the elements.
        count: how many; -1 takes all.
        offset: how many bytes come before them.

    Raises:
        TypeError: no buffer, or no dtype.
        ValueError: bytes that are too few, or no whole number of elements.

    >>> import luojia
    >>> frombuffer(bytearray([1, 2, 3]), dtype=luojia.uint8)
    Tensor(shape=[3], dtype=UInt8, value= [1, 2, 3])

    Matches ``mindspore.frombuffer``; the memory is shared as by ``from_numpy``.
    """
    if not isinstance(dtype, DType):
        raise DTypeError(f"frombuffer: dtype must be mindspore dtype object such as luojia.uint8, but got {dtype!r}.")
    try:
        view = memoryview(buffer)
    except TypeError:
        raise DTypeError(f"frombuffer: {type(buffer).__name__} object does not implement Python buffer protocol."
                         ) from None
    size, length = dtype.np.itemsize, view.nbytes
    if not length or not count:
        raise ArgumentError(f"frombuffer: both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ArgumentError(f"frombuffer: offset ({offset} bytes) must be non-negative and no greater than buffer "
                            f"length ({length} bytes) minus 1.")
    if count < 0 and (length - offset) % size:
        raise ArgumentError(f"frombuffer: buffer length ({length - offset} bytes) after offset ({offset} bytes) must "
                            f"be a multiple of element size ({size}).")
    if count > 0 and offset + count * size > length:
        raise ArgumentError(f"frombuffer: requested buffer length ({count} * {size} bytes) after offset ({offset} "
                            f"bytes) must not be greater than actual buffer length ({length} bytes).")
    return from_numpy(np.frombuffer(view, dtype.np, count, offset))


def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor.

    >>> from luojia import Tensor
    >>> luojia.is_tensor(Tensor([1.0])), luojia.is_tensor(np.ones(1))
    (True, False)
    """
    return isinstance(obj, Tensor)


__all__ = ["Tensor", "from_numpy", "frombuffer", "is_tensor", "tensor"]
