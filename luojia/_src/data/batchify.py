"""From a list of samples to a batch of NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError


def stack(samples: Sequence[Any]) -> np.ndarray:
    """Samples of one shape along a new first axis.

    Raises:
        ShapeError: samples of different shapes; the message names the first that differs.

    >>> stack([1, 2]), stack([np.zeros(2), np.ones(2)]).shape
    (array([1, 2]), (2, 2))
    """
    kinds = {*map(type, samples)}
    if len(kinds) == 1 and issubclass(next(iter(kinds)), (int, float, np.number)):
        return np.array(samples)
    arrays = samples if kinds == {np.ndarray} else [_array(s) for s in samples]
    if len({a.shape for a in arrays}) > 1:
        i, a = next((i, a) for i, a in enumerate(arrays) if a.shape != arrays[0].shape)
        raise ShapeError(
            f"A batch expects samples of one shape, but sample 0 has {arrays[0].shape} and sample {i} has "
            f"{a.shape}; transform them to one size, or pass batchify_fn=Pad()."
        )
    return pile(arrays)


def pile(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """``np.stack`` of arrays of one shape; ``np.array`` does it in half the time where they are of one dtype too."""
    first = arrays[0].dtype if arrays else None
    if first is not None and first.kind in "biufc" and first.isnative and {a.dtype for a in arrays} == {first}:
        return np.array(arrays)
    return np.stack(arrays)


def default_batchify(samples: Sequence[Any]) -> Any:
    """Arrays, and lists of numbers, are stacked; tuples become a list with one batch per position; recursively. So do
    lists of anything else.

    >>> default_batchify([(1.0, (2, 3)), (1.5, (4, 5))])
    [array([1. , 1.5]), [array([2, 4]), array([3, 5])]]
    """
    if isinstance(samples[0], tuple) or isinstance(samples[0], list) and not _numbers(samples[0]):
        size = len(samples[0])
        for i, sample in enumerate(samples):
            if len(sample) != size:
                raise ShapeError(
                    f"A batch expects samples of {size} elements like sample 0, sample {i} has {len(sample)}."
                )
        return [default_batchify(part) for part in zip(*samples)]
    return stack(samples)


def _numbers(x: list) -> bool:
    """Whether a list holds numbers, or lists of them, alone."""
    return all([_numbers(v) if isinstance(v, list) else isinstance(v, (bool, int, float, np.generic)) for v in x])


class Stack:
    """``Stack()(samples)``: see :func:`stack`."""

    def __call__(self, samples: Sequence[Any]) -> np.ndarray:
        return stack(samples)


class Pad:
    """Samples padded at the end of each axis to the largest of them, with ``val``; optionally their lengths.

    >>> Pad(val=-1)([[1, 2, 3], [4]])
    array([[ 1,  2,  3],
           [ 4, -1, -1]])
    """

    def __init__(self, val: float = 0, dtype: Any = None, ret_length: bool = False) -> None:
        self._val, self._dtype, self._ret_length = val, dtype, ret_length

    def __call__(self, samples: Sequence[Any]) -> Any:
        arrays = [_array(s) for s in samples]
        if len({a.ndim for a in arrays}) != 1:
            raise ShapeError(
                f"Pad expects samples with one number of axes, got shapes {[a.shape for a in arrays][:4]}."
            )
        shape = np.max([a.shape for a in arrays], axis=0) if arrays[0].ndim else ()
        out = np.full((len(arrays), *shape), self._val, self._dtype or np.result_type(*arrays))
        for row, a in zip(out, arrays):
            row[tuple(slice(n) for n in a.shape)] = a
        if not self._ret_length:
            return out
        return out, np.array([a.shape[0] if a.ndim else 1 for a in arrays])


class Append:
    """A list of the samples as arrays, each with a batch axis of one (``expand``)."""

    def __init__(self, expand: bool = True) -> None:
        self._expand = expand

    def __call__(self, samples: Sequence[Any]) -> list[np.ndarray]:
        return [_array(s)[None] if self._expand else _array(s) for s in samples]


class AsList:
    """The samples as a list, untouched."""

    def __call__(self, samples: Sequence[Any]) -> list:
        return list(samples)


class Group:
    """One batchify function per position of the samples.

    >>> Group(Stack(), Pad())([(1, [1, 2]), (2, [3])])
    (array([1, 2]), array([[1, 2],
           [3, 0]]))
    """

    def __init__(self, *fns: Callable) -> None:
        if len(fns) == 1 and isinstance(fns[0], (list, tuple)):
            fns = tuple(fns[0])
        for i, fn in enumerate(fns):
            if not callable(fn):
                raise ArgumentError(f"Group expects functions, argument {i} is a {type(fn).__name__}.")
        self._fns = fns

    def __call__(self, samples: Sequence[Any]) -> tuple:
        if len(samples[0]) != len(self._fns):
            raise ShapeError(f"Group has {len(self._fns)} functions, but the samples have {len(samples[0])} elements.")
        return tuple(fn([sample[i] for sample in samples]) for i, fn in enumerate(self._fns))


def _array(sample: Any) -> np.ndarray:
    return sample.asnumpy() if hasattr(sample, "asnumpy") else np.asarray(sample)
