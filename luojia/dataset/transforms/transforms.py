"""Transforms of any data: types, one-hot vectors, and how transforms are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import numpy as np

from ..._src.errors import ArgumentError, ShapeError
from .. import config
from ..dataset import PipelineError
from .base import apply_all, array_of, dtype_of, operations, probability

__all__ = [
    "Compose", "Concatenate", "Duplicate", "Fill", "Mask", "OneHot", "PadEnd", "RandomApply", "RandomChoice",
    "RandomOrder", "Relational", "Slice", "TypeCast",
]


class Compose:
    """Transforms one after the other.

    >>> Compose([Fill(2), TypeCast(luojia.float16)])(np.zeros(3))
    array([2., 2., 2.], dtype=float16)
    """

    def __init__(self, transforms: list[Callable]) -> None:
        self.transforms = operations(transforms, "Compose")

    def __call__(self, *values: Any) -> Any:
        return apply_all(self.transforms, values)


class TypeCast:
    """Another dtype: luojia's, NumPy's or its name."""

    def __init__(self, data_type: Any) -> None:
        self.dtype = dtype_of(data_type, "TypeCast")

    def __call__(self, value: Any) -> np.ndarray:
        return array_of(value).astype(self.dtype)


class OneHot:
    """A class number, or an array of them, as vectors of ``num_classes``: 1 at the class, 0 elsewhere.

    With ``smoothing_rate`` s the class has ``1 - s + s / num_classes``, the others ``s / num_classes``.

    >>> OneHot(4)(2)
    array([0, 0, 1, 0])
    """

    def __init__(self, num_classes: int, smoothing_rate: float = 0.0) -> None:
        if isinstance(num_classes, bool) or not isinstance(num_classes, (int, np.integer)) or num_classes < 1:
            raise ArgumentError(f"OneHot: Input num_classes must be an integer greater than 0, got {num_classes!r}.")
        self.num_classes, self.smoothing = int(num_classes), probability(smoothing_rate, "OneHot: smoothing_rate")

    def __call__(self, value: Any) -> np.ndarray:
        classes = array_of(value)
        if classes.dtype.kind not in "iu":
            raise PipelineError(f"OneHot: Only support input of int type, but got: {classes.dtype}.")
        if classes.size and (classes.max() >= self.num_classes or classes.min() < 0):
            raise PipelineError(
                f"OneHot: index values should not bigger than num classes: {self.num_classes}, but got: "
                f"{classes.max() if classes.max() >= self.num_classes else classes.min()}."
            )
        hot = np.eye(self.num_classes, dtype=classes.dtype)[classes]
        return hot if not self.smoothing else hot * (1 - self.smoothing) + self.smoothing / self.num_classes


class Fill:
    """An array of the same shape and dtype, filled with one value."""

    def __init__(self, fill_value: Any) -> None:
        self.value = fill_value

    def __call__(self, value: Any) -> np.ndarray:
        return np.full_like(array_of(value), self.value)


class Concatenate:
    """``prepend``, the values and ``append`` along an axis."""

    def __init__(self, axis: int = 0, prepend: Any = None, append: Any = None) -> None:
        self.axis, self.prepend, self.append = axis, prepend, append

    def __call__(self, *values: Any) -> np.ndarray:
        parts = [self.prepend, *values, self.append]
        return np.concatenate([array_of(p) for p in parts if p is not None], self.axis)


class Duplicate:
    """The value twice: a second column."""

    def __call__(self, value: Any) -> tuple[np.ndarray, np.ndarray]:
        array = array_of(value)
        return array, array.copy()


class PadEnd:
    """Cut and padded at the ends of its axes to ``pad_shape`` (None keeps a length)."""

    def __init__(self, pad_shape: Sequence[int | None], pad_value: Any = None) -> None:
        self.shape, self.value = list(pad_shape), 0 if pad_value is None else pad_value

    def __call__(self, value: Any) -> np.ndarray:
        array = array_of(value)
        if array.ndim != len(self.shape):
            raise ShapeError(f"PadEnd to {self.shape} expects an array of {len(self.shape)} axes, got {array.shape}.")
        shape = [old if new is None else new for old, new in zip(array.shape, self.shape)]
        out = np.full(shape, self.value, array.dtype)
        part = tuple(slice(min(a, b)) for a, b in zip(shape, array.shape))
        out[part] = array[part]
        return out


class Slice:
    """Part of the array, by slices, numbers or lists, one per axis."""

    def __init__(self, *slices: Any) -> None:
        self.index = tuple(slice(None) if s is None else [s] if isinstance(s, int) else s for s in slices)

    def __call__(self, value: Any) -> np.ndarray:
        return array_of(value)[self.index]


class Relational(Enum):
    """Comparisons, for :class:`Mask`."""

    EQ, NE, GT, GE, LT, LE = "equal", "not_equal", "greater", "greater_equal", "less", "less_equal"


class Mask:
    """The comparison of the array with a constant, as ``dtype`` (default bool)."""

    def __init__(self, operator: Relational, constant: Any, dtype: Any = np.bool_) -> None:
        self.compare, self.constant = getattr(np, Relational(operator).value), constant
        self.dtype = dtype_of(dtype, "Mask")

    def __call__(self, value: Any) -> np.ndarray:
        return self.compare(array_of(value), self.constant).astype(self.dtype)


class RandomApply:
    """All transforms, with probability ``prob``."""

    def __init__(self, transforms: list[Callable], prob: float = 0.5) -> None:
        self.transforms, self.prob = operations(transforms, "RandomApply"), probability(prob, "RandomApply")

    def __call__(self, *values: Any) -> Any:
        if config.stream().random_sample() < self.prob:
            return apply_all(self.transforms, values)
        return values[0] if len(values) == 1 else values


class RandomChoice:
    """One of the transforms, drawn anew each time."""

    def __init__(self, transforms: list[Callable]) -> None:
        self.transforms = operations(transforms, "RandomChoice")

    def __call__(self, *values: Any) -> Any:
        return apply_all([self.transforms[config.stream().randint(len(self.transforms))]], values)


class RandomOrder:
    """All transforms, in an order drawn anew each time."""

    def __init__(self, transforms: list[Callable]) -> None:
        self.transforms = operations(transforms, "RandomOrder")

    def __call__(self, *values: Any) -> Any:
        order = config.stream().permutation(len(self.transforms))
        return apply_all([self.transforms[i] for i in order], values)
