"""``Tensor`` under MindSpore's path."""

from __future__ import annotations

from typing import Any

from .._src.core.dtypes import DType
from .._src.ops import Tensor


def tensor(input_data: Any = None, dtype: DType | None = None, shape: Any = None, init: Any = None) -> Tensor:
    """A Tensor, as its constructor makes it.

    >>> tensor([1, 2])
    Tensor(shape=[2], dtype=Int64, value= [1, 2])
    """
    return Tensor(input_data, dtype, shape, init)


__all__ = ["Tensor", "tensor"]
