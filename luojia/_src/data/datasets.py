"""Datasets in Gluon's manner: ``len(d)`` samples, ``d[i]`` one of them, and views that filter, cut and transform.

A dataset that can gather many samples at once says so through ``gather(indices)``, which the loader asks first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from luojia._src.data.batchify import stack
from luojia._src.data.samplers import Sampler
from luojia._src.errors import ArgumentError, DTypeError, UnfitDataError


class Dataset:
    """Base class; a subclass gives ``__getitem__`` and ``__len__``.

    >>> d = SimpleDataset(list(range(10)))
    >>> list(d.filter(lambda x: x % 3 == 0)), list(d.shard(3, 1)), list(d.take(2))
    ([0, 3, 6, 9], [4, 5, 6], [0, 1])
    """

    def __getitem__(self, idx: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} gives no samples: define __getitem__(self, idx).")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} has no length: define __len__(self).")

    def gather(self, indices: np.ndarray) -> Any:
        """The batch of these samples in one step, or None where that is not possible."""
        return None

    def filter(self, fn: Callable[[Any], bool]) -> Dataset:
        """The samples for which ``fn(sample)`` is true (every sample is read once, now)."""
        return _View(self, [i for i in range(len(self)) if fn(self[i])])

    def shard(self, num_shards: int, index: int) -> Dataset:
        """Part ``index`` of ``num_shards``; where the length does not divide, the first parts are one longer."""
        if not isinstance(num_shards, int) or num_shards < 1:
            raise UnfitDataError(f"Dataset.shard expects an integer num_shards >= 1, got {num_shards!r}.")
        if not isinstance(index, int) or not 0 <= index < num_shards:
            raise UnfitDataError(f"Dataset.shard: Shard index of out bound: {index} out of {num_shards}.")
        length, rest = divmod(len(self), num_shards)
        start = length * index + min(index, rest)
        return _View(self, range(start, start + length + (index < rest)))

    def take(self, count: int | None) -> Dataset:
        """The first ``count`` samples (all of them for None or more than there are)."""
        if count is not None and (not isinstance(count, int) or count < 0):
            raise ArgumentError(f"Dataset.take expects a count of 0 or more, or None, got {count!r}.")
        return _View(self, range(len(self) if count is None else min(count, len(self))))

    def sample(self, sampler: Sampler) -> Dataset:
        """The samples that ``sampler`` draws, in its order (drawn once, now)."""
        if not isinstance(sampler, Sampler):
            raise DTypeError(
                f"Dataset.sample: Invalid sampler type: {type(sampler)}. Expected gluon.data.Sampler instead."
            )
        return _View(self, list(sampler))

    def transform(self, fn: Callable, lazy: bool = True) -> Dataset:
        """``fn(*sample)`` for tuple samples, else ``fn(sample)``; once and for all unless ``lazy``.

        >>> d = ArrayDataset([1, 2], [10, 20])
        >>> list(d.transform(lambda x, y: x + y))
        [11, 22]
        """
        view = _Transformed(self, fn)
        return view if lazy else SimpleDataset([view[i] for i in range(len(view))])

    def transform_first(self, fn: Callable, lazy: bool = True) -> Dataset:
        """``fn`` applied to the first element of each sample, the others untouched."""
        return self.transform(_First(fn), lazy)


class SimpleDataset(Dataset):
    """A dataset over a list, or anything with a length and integer indices.

    >>> from luojia import gluon
    >>> data = gluon.data.SimpleDataset([1, 2, 3]).transform(lambda x: x * x)
    >>> list(data)
    [1, 4, 9]
    """

    def __init__(self, data: Sequence) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, idx: int) -> Any:
        return self._data[idx]


class ArrayDataset(Dataset):
    """Arrays, lists or datasets of one length, zipped: ``d[i]`` is ``(a[i], b[i], ...)``, or ``a[i]`` for one.

    >>> ArrayDataset(np.arange(6).reshape(3, 2), [7, 8, 9])[1]
    (array([2, 3]), 8)
    """

    def __init__(self, *args: Any) -> None:
        if not args:
            raise UnfitDataError("ArrayDataset: Needs at least 1 arrays, got none.")
        for i, data in enumerate(args):
            if len(data) != len(args[0]):
                raise UnfitDataError(
                    f"ArrayDataset: All arrays must have the same length; array[0] has length {len(args[0])} "
                    f"while array[{i}] has {len(data)}."
                )
        self._data = list(args)

    def __len__(self) -> int:
        return len(self._data[0])

    def __getitem__(self, idx: int) -> Any:
        if len(self._data) == 1:
            return self._data[0][idx]
        return tuple(data[idx] for data in self._data)

    def plain(self, data: Any) -> np.ndarray | None:
        """``data`` as an ndarray that rows can be gathered from, or None.  Doors extend it to their arrays."""
        return data if isinstance(data, np.ndarray) and data.ndim and data.dtype.kind != "O" else None

    def gather(self, indices: np.ndarray) -> Any:
        parts = []
        for data in self._data:
            array = self.plain(data)
            if array is not None:
                parts.append(array.take(indices, axis=0))
            elif isinstance(data, list) and data and isinstance(data[0], (int, float, np.generic)):
                parts.append(stack([data[i] for i in indices.tolist()]))
            else:
                return None
        return parts[0] if len(parts) == 1 else parts


class _View(Dataset):
    """Some samples of a dataset, by their indices."""

    def __init__(self, dataset: Dataset, indices: Iterable[int]) -> None:
        self._dataset = dataset
        self._indices = indices if isinstance(indices, range) else np.asarray(list(indices), np.int64)

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, idx: int) -> Any:
        return self._dataset[int(self._indices[idx])]

    def gather(self, indices: np.ndarray) -> Any:
        return self._dataset.gather(np.asarray(self._indices)[indices])


class _Transformed(Dataset):
    def __init__(self, dataset: Dataset, fn: Callable) -> None:
        self._dataset, self._fn = dataset, fn

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, idx: int) -> Any:
        item = self._dataset[idx]
        return self._fn(*item) if isinstance(item, tuple) else self._fn(item)


class _First:
    """A class, not a closure, so that worker processes can be sent it."""

    def __init__(self, fn: Callable) -> None:
        self._fn = fn

    def __call__(self, x: Any, *rest: Any) -> Any:
        return (self._fn(x), *rest) if rest else self._fn(x)
