"""What makes Tensors: of a value, of a range, of chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from .._src.core.dtypes import float32, int64, to_np
from .._src.core.generator import drawing_from
from .._src.core.op import OPERATORS as OP
from .._src.core.random import next_key
from .._src.ops import Tensor
from .._src.ops.composed import draws


def _cast(x: Tensor, dtype: Any) -> Tensor:
    return x if dtype is None else OP["cast"](x, dtype=to_np(dtype))


def zeros(size: Any, *, dtype: Any = None) -> Tensor:
    """Zeros of a shape; Float32 by default."""
    return ops.zeros(size, dtype)


def ones(size: Any, *, dtype: Any = None) -> Tensor:
    """Ones of a shape; Float32 by default."""
    return ops.ones(size, dtype)


def full(size: Any, fill_value: Any, *, dtype: Any = None) -> Tensor:
    """A Tensor of shape ``size`` full of a value; its dtype that of the value by default.

    >>> full((2,), 1.5).dtype, full((2,), 1).dtype, full((2,), True).dtype
    (mindspore.float32, mindspore.int64, mindspore.bool)
    """
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    return OP["filled"](shape=size, value=value, dtype=None if dtype is None else to_np(dtype))


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None) -> Tensor:
    """A Tensor like ``input`` full of a value."""
    return OP["filled_like"](_cast(input, dtype), value=fill_value)


def zeros_like(input: Tensor, *, dtype: Any = None) -> Tensor:
    """Zeros in the shape of ``input``."""
    return _cast(OP["zeros_like"](input), dtype)


def ones_like(input: Tensor, *, dtype: Any = None) -> Tensor:
    """Ones in the shape of ``input``."""
    return _cast(OP["ones_like"](input), dtype)


def empty(*size: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A Tensor of a shape; zeros here."""
    shape = size[0] if len(size) == 1 and not isinstance(size[0], int) else size
    return Tensor(np.zeros(tuple(shape), to_np(dtype or float32)))


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None) -> Tensor:
    """A Tensor of the shape of ``input``; zeros here."""
    return zeros_like(input, dtype=dtype)


def linspace(start: float, end: float, steps: int, *, dtype: Any = None) -> Tensor:
    """``steps`` numbers evenly from ``start`` to ``end``."""
    return Tensor(np.linspace(start, end, steps).astype(to_np(dtype or float32)))


def _size(size: tuple) -> tuple:
    return tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size


def rand(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """Uniform numbers of [0, 1)."""
    with drawing_from(generator):
        return ops.rand(*_size(size), dtype=dtype)


def randn(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1."""
    with drawing_from(generator):
        return ops.randn(*_size(size), dtype=dtype)


def rand_like(input: Tensor, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Uniform numbers of [0, 1) in the shape of ``input``."""
    return ops.rand_like(input, dtype=dtype)


def randn_like(input: Tensor, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Normal numbers in the shape of ``input``."""
    return ops.randn_like(input, dtype=dtype)


def randint(*args: Any, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """Whole numbers of [low, high): ``randint(high, size)`` or ``randint(low, high, size)``, Int64."""
    with drawing_from(generator):
        low, high, size = (0, *args) if len(args) == 2 else args
        return ops.randint(low, high, tuple(size), dtype=dtype or int64)


def randint_like(input: Tensor, *args: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Whole numbers of [0, high) or [low, high) in the shape of ``input``, in its dtype by default."""
    low, high = (0, *args) if len(args) == 1 else args
    return OP["cast"](ops.randint(low, high, input.shape), dtype=input.np_dtype if dtype is None else to_np(dtype))


def randperm(n: int, *, generator: Any = None, dtype: Any = int64) -> Tensor:
    """0 to n - 1 in random order."""
    with drawing_from(generator):
        return ops.randperm(n, dtype=dtype)


def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None, generator: Any = None) -> Tensor:
    """Normal numbers of ``size``, or of the shape of ``mean`` and ``std`` broadcast together."""
    with drawing_from(generator):
        if size is None:
            size = np.broadcast_shapes(*[v.shape for v in (mean, std) if isinstance(v, Tensor)])
        drawn = OP["random_normal"](next_key(), loc=0.0, scale=1.0, shape=tuple(size), dtype="float32")
        return drawn * std + mean


def bernoulli(input: Tensor, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands in each element, else 0."""
    return draws.bernoulli(input, generator=generator)


def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Tensor:
    """``num_samples`` positions per row, drawn with the weights in ``input``, Int64."""
    with drawing_from(generator):
        return OP["cast"](draws.multinomial(input, num_samples, replacement), dtype="int64")


__all__ = [n for n, f in list(globals().items())  # pyright: ignore[reportUnsupportedDunderAll] - all that is public
           if n[0] != "_" and getattr(f, "__module__", "") == __name__]
