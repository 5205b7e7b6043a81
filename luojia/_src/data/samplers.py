"""Samplers: the order in which a loader reads a dataset, and how indices are grouped into batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, UnfitDataError


class Sampler:
    """Base class; a subclass gives ``__iter__`` over indices and ``__len__``.

    >>> from luojia import gluon
    >>> class Even(gluon.data.Sampler):
    ...     def __iter__(self):
    ...         return iter(range(0, 6, 2))
    ...     def __len__(self):
    ...         return 3
    >>> list(gluon.data.BatchSampler(Even(), 2, "keep"))
    [[0, 2], [4]]
    """

    def __iter__(self) -> Iterator:
        raise NotImplementedError(f"{type(self).__name__} draws nothing: define __iter__(self).")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} has no length: define __len__(self).")


class SequentialSampler(Sampler):
    """``start, start + 1, ...``, ``length`` of them.

    >>> list(SequentialSampler(3, 2))
    [2, 3, 4]
    """

    def __init__(self, length: int, start: int = 0) -> None:
        self._length, self._start = length, start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._start, self._start + self._length))

    def _order(self) -> np.ndarray:
        return np.arange(self._start, self._start + self._length)

    def __len__(self) -> int:
        return self._length


class RandomSampler(Sampler):
    """``0 ... length - 1`` in a new random order at each pass.

    Args:
        rng: something with ``permutation(n)``; None is NumPy's global stream, as in mxnet.

    >>> from luojia import gluon
    >>> sorted(gluon.data.RandomSampler(4))
    [0, 1, 2, 3]
    """

    def __init__(self, length: int, rng: Any = None) -> None:
        self._length, self._rng = length, rng

    def __iter__(self) -> Iterator[int]:
        return iter(self._order().tolist())

    def _order(self) -> np.ndarray:
        return (np.random if self._rng is None else self._rng).permutation(self._length)

    def __len__(self) -> int:
        return self._length


class FilterSampler(Sampler):
    """The indices of the samples for which ``fn(sample)`` is true.

    >>> list(FilterSampler(lambda x: x > 5, [4, 6, 8]))
    [1, 2]
    """

    def __init__(self, fn: Callable[[Any], bool], dataset: Any) -> None:
        self._indices = [i for i in range(len(dataset)) if fn(dataset[i])]

    def __iter__(self) -> Iterator[int]:
        return iter(self._indices)

    def __len__(self) -> int:
        return len(self._indices)


class IntervalSampler(Sampler):
    """Every ``interval``-th index; with ``rollover`` then again from 1, 2, ... until all have been drawn.

    (mxnet 1.9.1 reports the full length even without ``rollover``; here the length is what is drawn.)

    >>> list(IntervalSampler(5, 2))
    [0, 2, 4, 1, 3]
    """

    def __init__(self, length: int, interval: int, rollover: bool = True) -> None:
        if not 1 <= interval <= length:
            raise UnfitDataError(
                f"IntervalSampler: Interval {interval} must be smaller than or equal to length {length}, and positive."
            )
        self._length, self._interval, self._rollover = length, interval, rollover

    def __iter__(self) -> Iterator[int]:
        for start in range(self._interval if self._rollover else 1):
            yield from range(start, self._length, self._interval)

    def __len__(self) -> int:
        return self._length if self._rollover else -(-self._length // self._interval)


class SplitSampler(Sampler):
    """Part ``part_index`` of ``num_parts`` of ``0 ... length - 1``, shuffled at each pass: what one worker reads.

    The parts are of one length; what is over at the end is left out.

    Args:
        shuffle: read the part in a new random order at each pass.

    Raises:
        ArgumentError: a ValueError: there is no such part.

    >>> sorted(SplitSampler(7, num_parts=2, part_index=1))
    [3, 4, 5]

    The sampler of MXNet's tutorial on distributed training.
    """

    def __init__(self, length: int, num_parts: int = 1, part_index: int = 0, shuffle: bool = True) -> None:
        if num_parts < 1 or not 0 <= part_index < num_parts:
            raise ArgumentError(f"SplitSampler: part_index must be in [0, num_parts), got {part_index} of {num_parts}.")
        self._part = length // num_parts
        self._start, self._shuffle = self._part * part_index, shuffle

    def __iter__(self) -> Iterator[int]:
        return iter(self._order().tolist())

    def _order(self) -> np.ndarray:
        order = np.arange(self._start, self._start + self._part)
        return np.random.permutation(order) if self._shuffle else order

    def __len__(self) -> int:
        return self._part


class BatchSampler(Sampler):
    """Lists of ``batch_size`` indices of ``sampler``.

    What is left at the end is a smaller batch (``keep``), dropped (``discard``) or the beginning of the next pass
    (``rollover``).

    >>> list(BatchSampler(SequentialSampler(5), 2, "keep"))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Sampler, batch_size: int, last_batch: str = "keep") -> None:
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ArgumentError(f"BatchSampler expects an integer batch_size >= 1, got {batch_size!r}.")
        if last_batch not in ("keep", "discard", "rollover"):
            raise ArgumentError(f"last_batch must be one of 'keep', 'discard', or 'rollover', but got {last_batch}")
        self._sampler, self._batch_size, self._last_batch = sampler, int(batch_size), last_batch
        self._left: list = []

    def __iter__(self) -> Iterator[list]:
        return (batch.tolist() if isinstance(batch, np.ndarray) else batch for batch in self._groups())

    def _groups(self) -> Iterator[Any]:
        """The batches of a pass: arrays where the sampler gives its whole order as one, else lists."""
        left, self._left = self._left, []
        size, whole = self._batch_size, _ORDERS.get(getattr(type(self._sampler), "__iter__", None))
        if whole is not None:
            order = whole(self._sampler)
            if left:
                order = np.concatenate([left, order])
            full = len(order) - len(order) % size
            for start in range(0, full, size):
                yield order[start : start + size]
            batch = order[full:].tolist()
        else:
            indices = chain(left, self._sampler)
            while len(batch := list(islice(indices, size))) == size:
                yield batch
        if batch and self._last_batch == "keep":
            yield batch
        elif self._last_batch == "rollover":
            self._left = batch

    def __len__(self) -> int:
        count = len(self._sampler)
        if self._last_batch == "keep":
            return -(-count // self._batch_size)
        return (count + len(self._left)) // self._batch_size


# The whole order as an array, by what iterates: a subclass with an ``__iter__`` of its own is read one by one.
_ORDERS: dict[Any, Callable[[Any], np.ndarray]] = {
    kind.__iter__: kind._order for kind in (SequentialSampler, RandomSampler, SplitSampler)
}


def groups(batch_sampler: Any) -> Iterable[Any]:
    """The batches of indices of any batch sampler; arrays where they are known as such.

    >>> [part.tolist() for part in groups(BatchSampler(SequentialSampler(4), 2))]
    [[0, 1], [2, 3]]
    """
    plain = getattr(type(batch_sampler), "__iter__", None) is BatchSampler.__iter__
    return batch_sampler._groups() if plain else batch_sampler
