"""``Tensor`` under MindSpore's path."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.dtypes import DType
from .._src.errors import DTypeError
from .._src.ops import Tensor, composed


def tensor(input_data: Any = None, dtype: DType | None = None, shape: Any = None, init: Any = None) -> Tensor:
    """A Tensor, as its constructor makes it.

    >>> tensor([1, 2])
    Tensor(shape=[2], dtype=Int64, value= [1, 2])
    """
    return Tensor(input_data, dtype, shape, init)


def from_numpy(array: Any) -> Tensor:
    """A Tensor of a NumPy array; on NumPy it is a view of the array, whose later changes it shows.

    >>> import numpy as np
    >>> from_numpy(np.array([1, 2], np.int32))
    Tensor(shape=[2], dtype=Int32, value= [1, 2])
    """
    if not isinstance(array, np.ndarray):
        raise DTypeError(f"For 'from_numpy', the input must be a numpy.ndarray, got {type(array).__name__}.")
    return composed.find("queries.from_numpy")(array)


def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor."""
    return isinstance(obj, Tensor)


__all__ = ["Tensor", "from_numpy", "is_tensor", "tensor"]
