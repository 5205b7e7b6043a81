"""Transforms of any data: types, one-hot vectors, and how transforms are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

import numpy as np

from ..._src.errors import AbsentName, ArgumentError, DTypeError, RefusedName
from ..._src.paths import public_names
from .. import checks, config
from ..rows import PipelineError
from .base import OneToOne, apply_all, array_of, as_value, dtype_of, is_pil, sort_of

__all__ = [
    "Compose", "Concatenate", "Duplicate", "Fill", "Mask", "OneHot", "PadEnd", "RandomApply", "RandomChoice",
    "RandomOrder", "Relational", "Slice", "TypeCast", "Unique", "not_random",
]
__dir__ = public_names(__name__)
_CONSTANT = (str, float, bool, int, bytes)
_REFUSED = ["Plugin"]


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(
            f"dataset.transforms.{name} is not provided: luojia loads no libraries of MindSpore's; pass a function to "
            "Dataset.map."
        )
    raise AbsentName("luojia.dataset.transforms", name)


def not_random(function: Any) -> Any:
    """The transform, marked as one that gives the same each time.

    >>> from luojia import dataset
    >>> plus_one = dataset.transforms.not_random(lambda x: x + 1)
    >>> plus_one(2)
    3
    """
    function.random = False
    return function


class Compose:
    """Transforms one after the other; where a PIL image passes through, the result is a tuple, as in MindSpore 2.8.

    >>> Compose([Fill(2), TypeCast(luojia.float16)])(np.zeros(3))
    array([2., 2., 2.], dtype=float16)
    """

    def __init__(self, transforms: list[Callable]) -> None:
        self.transforms = checks.operations(transforms)

    def __call__(self, *values: Any) -> Any:
        seen = False
        values = tuple(map(as_value, values))
        for transform in self.transforms:
            seen = seen or any(map(is_pil, values))
            with config.drawing(None, transform):
                made = transform(*values)
            values = made if isinstance(made, tuple) else (made,)
        return values if seen or len(values) != 1 or is_pil(values[0]) else values[0]


class TypeCast(OneToOne):
    """Another dtype: luojia's, NumPy's or its name.

    >>> from luojia import dataset
    >>> dataset.transforms.TypeCast(luojia.float16)(np.array([1, 2]))
    array([1., 2.], dtype=float16)
    """

    def __init__(self, data_type: Any) -> None:
        self.dtype = dtype_of(data_type, "data_type")

    def __call__(self, value: Any) -> np.ndarray:
        array = array_of(value)
        if array.dtype.kind in "US" and self.dtype.kind not in "US":
            raise PipelineError(f"TypeCast: TypeCast does not support cast from string to {self.dtype}")
        if self.dtype.kind not in "biufUS":
            raise PipelineError(f"TypeCast: Invalid data type {self.dtype}.")
        if array.dtype.kind == "f" and self.dtype.kind == "u":
            array = array.astype(np.int64)  # -1.7 becomes 255 as uint8, on every machine
        with np.errstate(invalid="ignore", over="ignore"):
            return array.astype(self.dtype)


class OneHot(OneToOne):
    """A class number, or an array of them, as vectors of ``num_classes``: 1 at the class, 0 elsewhere.

    With ``smoothing_rate`` s the class has ``1 - s + s / num_classes``, the others ``s / num_classes``. A negative
    number has no class: its vector is of zeros.

    >>> OneHot(4)(2)
    array([0, 0, 1, 0])
    """

    def __init__(self, num_classes: int, smoothing_rate: float = 0.0) -> None:
        if isinstance(num_classes, np.integer):
            num_classes = int(num_classes)
        self.num_classes = checks.positive(num_classes, "num_classes", (int,), shown="")
        self.smoothing = checks.probability(smoothing_rate, "smoothing_rate", checks.WHOLE)

    def __call__(self, value: Any) -> np.ndarray:
        classes = array_of(value)
        if classes.dtype.kind not in "iu":
            raise PipelineError(f"OneHot: Only support input of int type, but got: {sort_of(classes)}")
        classes = classes.squeeze() if classes.ndim > 1 or classes.size == 1 else classes
        if classes.ndim > 1:
            raise PipelineError(f"OneHot: Only support scalar or 1D input, got rank: {classes.ndim}")
        if classes.size and classes.max() >= self.num_classes:
            raise PipelineError(
                f"OneHot: index values should not bigger than num classes: {self.num_classes}, but got: {classes.max()}"
            )
        hot = (classes[..., None] == np.arange(self.num_classes)).astype(classes.dtype)
        return hot if not self.smoothing else hot * (1 - self.smoothing) + self.smoothing / self.num_classes


def _one_kind(value: Any, array: np.ndarray, who: str, words: str) -> None:
    """Raises if one is text and the other is not."""
    names = [sort_of(a) for a in (np.asarray(value), array)]
    if names[0] != names[1] and {"string", "bytes"} & {*names}:
        raise PipelineError(f"{who}: {words.format(*names)}")


class Fill(OneToOne):
    """An array of the same shape and dtype, filled with one value.

    >>> from luojia import dataset
    >>> dataset.transforms.Fill(7)(np.zeros(2, np.int32))
    array([7, 7], dtype=int32)
    """

    def __init__(self, fill_value: Any) -> None:
        self.value = checks.kind(fill_value, _CONSTANT, "fill_value")

    def __call__(self, value: Any) -> np.ndarray:
        array = array_of(value)
        _one_kind(self.value, array, "Fill", "fill_value and the input tensor must be of the same data type when "
                  "involving strings or bytes, but got fill_value data type {} and input tensor data type {}")
        if array.dtype.kind in "US":
            return np.full(array.shape, self.value)
        return np.full(array.shape, np.asarray(self.value).astype(array.dtype))


class Concatenate:
    """``prepend``, the values, of one axis, and ``append`` one after the other.

    >>> from luojia import dataset
    >>> dataset.transforms.Concatenate(0, np.array([9]), np.array([8]))(np.array([1, 2]))
    array([9, 1, 2, 8])
    """

    def __init__(self, axis: int = 0, prepend: Any = None, append: Any = None) -> None:
        if checks.kind(axis, (int,), "axis") not in (0, -1):
            raise ArgumentError(f"only 1D concatenation supported. Got axis {axis}.")
        for name, part in (("prepend", prepend), ("append", append)):
            if part is not None:
                checks.kind(part, (np.ndarray,), name)
        self.prepend, self.append = prepend, append

    def __call__(self, *values: Any) -> np.ndarray:
        arrays = [array_of(value) for value in values]
        for array in arrays:
            if array.ndim != 1:
                raise PipelineError(f"Concatenate: only 1D input supported, got rank of input: {array.ndim}")
            for name, part in (("prepend", self.prepend), ("append", self.append)):
                if part is not None and part.dtype != array.dtype and {part.dtype.kind, array.dtype.kind} - {*"US"}:
                    raise PipelineError(
                        f"Concatenate: input datatype does not match the {name} datatype, got input datatype: "
                        f"{sort_of(array)}, {name} datatype:{sort_of(part)}"
                    )
        return np.concatenate([p for p in (self.prepend, *arrays, self.append) if p is not None])


class Duplicate:
    """The value twice: a second column.

    >>> from luojia import dataset
    >>> dataset.transforms.Duplicate()(np.float32([1, 2]))
    (array([1., 2.], dtype=float32), array([1., 2.], dtype=float32))
    """

    def __call__(self, *values: Any) -> tuple[np.ndarray, np.ndarray]:
        if len(values) != 1:
            raise PipelineError(
                f"Duplicate: only supports transform one column each time, got column num: {len(values)}, check "
                "'input_columns' when call this operator."
            )
        array = array_of(values[0])
        return array, array.copy()


class PadEnd(OneToOne):
    """Cut and padded at the ends of its axes to ``pad_shape`` (None keeps a length).

    >>> from luojia import dataset
    >>> dataset.transforms.PadEnd([4], -1)(np.array([1, 2]))
    array([ 1,  2, -1, -1])
    """

    def __init__(self, pad_shape: Sequence[int | None], pad_value: Any = None) -> None:
        for length in checks.kind(pad_shape, (list,), "pad_shape"):
            if length is None:
                continue
            if isinstance(length, bool) or not isinstance(length, (int, np.integer)):
                raise DTypeError(f"a value in the list is not an integer. Got {length!r}.")
            checks.within(length, 1, 2**63 - 1)
        if pad_value is not None:
            checks.kind(pad_value, (*_CONSTANT, np.generic), "pad_value")
        self.shape, self.value = list(pad_shape), pad_value

    def __call__(self, value: Any) -> np.ndarray:
        array = array_of(value)
        fill: Any = array.dtype.type() if self.value is None else self.value
        _one_kind(fill, array, "PadEnd", "can not pad numeric and string tensors together, but got: {} and {}.")
        if array.ndim == 0:
            return array
        if array.ndim != len(self.shape):
            raise PipelineError(
                f"PadEnd: invalid pad shape, as rank of input is: {array.ndim}, and rank of pad value: "
                f"{len(self.shape)}"
            )
        shape = [old if new is None else new for old, new in zip(array.shape, self.shape)]
        dtype = np.result_type(array, np.asarray(fill)) if array.dtype.kind in "US" else array.dtype
        out = np.full(shape, fill if array.dtype.kind in "US" else np.asarray(fill).astype(dtype), dtype)
        part = tuple(slice(min(a, b)) for a, b in zip(shape, array.shape))
        out[part] = array[part]
        return out


class Slice(OneToOne):
    """Part of the array, by slices, numbers, lists, None (all of an axis) or an ellipsis, one per axis.

    >>> Slice(-1)(np.arange(5))
    array([4])
    """

    def __init__(self, *slices: Any) -> None:
        for one in slices:
            if one is not None and not isinstance(one, (int, list, slice, bool, type(...))):
                raise DTypeError(
                    f"Argument slice with value {one} is not of type {[int, list, slice, bool, type(...)]}, but got "
                    f"{type(one)}."
                )
            for n in one if isinstance(one, list) else ():
                checks.kind(n, (int,), "slice")
        self.index = tuple(slice(None) if s is None or s is True else [s] if isinstance(s, int) else s for s in slices)

    def __call__(self, value: Any) -> np.ndarray:
        array = array_of(value)
        try:
            for axis, index in enumerate(self.index):  # one after the other: lists do not pair up
                whole = [slice(None)] * (axis if ... not in self.index[:axis] else 0)
                after = len(self.index) - axis - 1
                if index is ...:
                    continue
                if ... in self.index[:axis]:
                    array = array[(..., index, *[slice(None)] * after)]
                else:
                    array = array[(*whole, index)]
        except IndexError as error:
            if array.ndim < len(self.index):
                words = "Invalid shape, should be greater than slices index."
            else:
                numbers = [str(n) for index in self.index if isinstance(index, list) for n in index]
                words = f"Index {', '.join(numbers)} is out of bounds."
            raise PipelineError(f"Slice: {words} The array is of shape {array.shape}: {error}") from error
        return array


class Relational(IntEnum):
    """Comparisons, for :class:`Mask`.

    >>> from luojia import dataset
    >>> list(dataset.transforms.Relational)
    [<Relational.EQ: 0>, <Relational.NE: 1>, <Relational.GT: 2>, <Relational.GE: 3>, <Relational.LT: 4>,
     <Relational.LE: 5>]
    """

    EQ = 0
    NE = 1
    GT = 2
    GE = 3
    LT = 4
    LE = 5


_COMPARE = [np.equal, np.not_equal, np.greater, np.greater_equal, np.less, np.less_equal]


class Mask(OneToOne):
    """The comparison of the array with a constant, made of its dtype (1.5 is 1 among integers), as ``dtype``.

    >>> from luojia import dataset
    >>> dataset.transforms.Mask(dataset.transforms.Relational.GT, 2)(np.array([1, 2, 3]))
    array([False, False,  True])
    """

    def __init__(self, operator: Relational, constant: Any, dtype: Any = np.bool_) -> None:
        self.compare = _COMPARE[checks.kind(operator, (Relational,), "operator")]
        self.constant = checks.kind(constant, _CONSTANT, "constant")
        self.dtype = dtype_of(dtype, "dtype")

    def __call__(self, value: Any) -> np.ndarray:
        array = array_of(value)
        _one_kind(self.constant, array, "Mask", "input datatype does not match the value datatype, both should be "
                  "numeric or non-numerical in the same time. They are {} and {}.")
        constant = np.asarray(self.constant)
        if array.dtype.kind not in "US":
            constant = constant.astype(array.dtype)
        return np.asarray(self.compare(array, constant)).astype(self.dtype)


class Unique(OneToOne):
    """The different numbers of a batch, in the order in which they come; the places of all in them; their counts.

    The batch has two axes or more; the second and third results are int32.

    >>> [a.tolist() for a in Unique()(np.array([[3, 1], [3, 2]]))]
    [[3, 1, 2], [0, 1, 0, 2], [2, 1, 1]]
    """

    def __call__(self, value: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        array = array_of(value)
        if array.dtype.kind in "US":
            raise PipelineError("Unique: only support numeric datatype of input, got string.")
        if array.ndim < 2:
            raise PipelineError(
                f"Unique: input must be at least 2-D in order to do unique op, got rank:{array.ndim}"
            )
        found, first, inverse, counts = np.unique(array.ravel(), return_index=True, return_inverse=True,
                                                  return_counts=True)
        order = np.argsort(first)
        place = np.argsort(order)
        return found[order], place[inverse.ravel()].astype(np.int32), counts[order].astype(np.int32)


class RandomApply:
    """All transforms, with probability ``prob``.

    >>> from luojia import dataset
    >>> dataset.transforms.RandomApply([dataset.transforms.Fill(7)], prob=1.0)(np.zeros(2, np.int32))
    array([7, 7], dtype=int32)
    """

    def __init__(self, transforms: list[Callable], prob: float = 0.5) -> None:
        self.transforms = checks.operations(transforms)
        self.prob = checks.probability(prob, "prob", checks.REAL, (0, 1))

    def __call__(self, *values: Any) -> Any:
        values = tuple(map(as_value, values))
        if config.stream().random_sample() < self.prob:
            return apply_all(self.transforms, values)
        return values[0] if len(values) == 1 else values


class RandomChoice:
    """One of the transforms, drawn anew each time.

    >>> from luojia import dataset
    >>> dataset.transforms.RandomChoice([dataset.transforms.Fill(7)])(np.zeros(2, np.int32))
    array([7, 7], dtype=int32)
    """

    def __init__(self, transforms: list[Callable]) -> None:
        self.transforms = checks.operations(transforms)

    def __call__(self, *values: Any) -> Any:
        return apply_all([self.transforms[config.stream().randint(len(self.transforms))]], values)


class RandomOrder:
    """All transforms, in an order drawn anew each time.

    >>> from luojia import dataset
    >>> flips = [dataset.vision.HorizontalFlip(), dataset.vision.VerticalFlip()]
    >>> dataset.transforms.RandomOrder(flips)(np.uint8([[1, 2], [3, 4]]))
    array([[4, 3],
           [2, 1]], dtype=uint8)
    """

    def __init__(self, transforms: list[Callable]) -> None:
        self.transforms = checks.operations(transforms)

    def __call__(self, *values: Any) -> Any:
        order = config.stream().permutation(len(self.transforms))
        return apply_all([self.transforms[i] for i in order], values)
