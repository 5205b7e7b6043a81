"""Samplers of sources: which of ``n`` samples, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, NotSupportedError
from .order import Order, SeededOrder


class Shuffle(str, Enum):  # noqa: UP042 - str() of a StrEnum is another than MindSpore's
    """What is put in a random order: all rows, the files, or the rows within each file.

    >>> from luojia import dataset
    >>> print(*dataset.Shuffle)
    Shuffle.FALSE Shuffle.ADAPTIVE Shuffle.GLOBAL Shuffle.PARTIAL Shuffle.FILES Shuffle.INFILE
    """

    FALSE, ADAPTIVE, GLOBAL, PARTIAL, FILES, INFILE = "false", "adaptive", "global", "partial", "files", "infile"


def shuffle_of(shuffle: Any, who: str) -> Shuffle:
    """The mode that True, False, None or a mode means.

    Raises:
        DTypeError: it is none of them.
    """
    if shuffle is None or isinstance(shuffle, (bool, np.bool_)):
        return Shuffle.FALSE if shuffle is not None and not shuffle else Shuffle.GLOBAL
    if not isinstance(shuffle, Shuffle):
        raise DTypeError(
            f"{who}: shuffle must be of boolean or enum of 'Shuffle' values like 'Shuffle.ADAPTIVE' or "
            f"'Shuffle.GLOBAL' or 'Shuffle.PARTIAL' or 'Shuffle.FILES' or 'Shuffle.INFILE'. Got {shuffle!r}."
        )
    return Shuffle.GLOBAL if shuffle in (Shuffle.ADAPTIVE, Shuffle.PARTIAL) else shuffle


class Sampler:
    """Base class; a subclass gives ``indices(n, rng)``, or MindSpore's ``__iter__`` with ``self.dataset_size`` known.

    Args:
        num_samples: how many at most; None takes all.

    >>> from luojia import dataset
    >>> class Backwards(dataset.Sampler):
    ...     def __init__(self, count):
    ...         super().__init__()
    ...         self.count = count
    ...     def __iter__(self):
    ...         yield from range(self.count - 1, -1, -1)
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], sampler=Backwards(3))
    >>> [int(row[0]) for row in data.create_tuple_iterator(num_epochs=1, output_numpy=True)]
    [3, 2, 1]
    """

    dataset_size = 0
    child: Sampler | None = None

    def __init__(self, num_samples: int | None = None) -> None:
        if num_samples is not None:
            _integer(num_samples, "num_samples")
            if num_samples < 0:
                raise ArgumentError(
                    f"num_samples exceeds the boundary between 0 and {2**63 - 1}(INT64_MAX)! Got {num_samples}."
                )
        self.num_samples = num_samples or None

    def indices(self, n: int, rng: Any) -> np.ndarray:
        """The samples' numbers in order."""
        self.dataset_size = n
        listed = [*iter(self)]  # type: ignore[call-overload]
        for index in listed:
            if isinstance(index, bool) or not isinstance(index, (int, np.integer)):
                raise DTypeError(f"{type(self).__name__} should give numbers of type int, got {index!r}.")
            if not -n <= index < n:
                raise ArgumentError(f"Sample ID ({index}) is out of bound, expected range [0, {n - 1}].")
        return np.array(listed, np.int64)

    def take(self, n: int, rng: Any) -> np.ndarray:
        """``indices``, no more than ``num_samples``; of a child's samples, if there is one."""
        if self.child is None:
            self.check()
            return np.asarray(self.indices(n, rng), np.int64)[: self.num_samples]
        below = self.child.take(n, rng)
        self.check()
        return below[np.asarray(self.indices(len(below), rng), np.int64)[: self.num_samples]]

    def check(self) -> None:
        """Raises where what the sampler was made of cannot be: MindSpore says so when a pipeline uses it."""

    def is_shuffled(self) -> bool:
        """Whether the order is random, of this sampler or of a child."""
        return self.child is not None and self.child.is_shuffled()

    def is_sharded(self) -> bool:
        """Whether the samples are those of one shard, of this sampler or of a child."""
        return self.child is not None and self.child.is_sharded()

    @property
    def child_sampler(self) -> Sampler | None:
        """The sampler from whose samples this one draws."""
        return self.child

    def add_child(self, sampler: Sampler) -> None:
        """Draw from the samples that ``sampler`` gives; a sampler has one child."""
        if not isinstance(sampler, Sampler):
            raise DTypeError(f"add_child expects a Sampler, got {sampler!r}.")
        if self.child is not None:
            raise ArgumentError("add_child: this sampler has a child already; call replace_child.")
        self.child = sampler

    def replace_child(self, sampler: Sampler) -> None:
        """Another child."""
        self.child = None
        self.add_child(sampler)

    def get_child(self) -> Sampler | None:
        """The sampler from whose samples this one draws."""
        return self.child

    def innermost(self) -> Sampler:
        """The last child of the chain, itself if it has none."""
        return self if self.child is None else self.child.innermost()

    def get_num_samples(self) -> int | None:
        """How many samples at most, by this sampler and its children."""
        below = None if self.child is None else self.child.get_num_samples()
        return min((n for n in (self.num_samples, below) if n is not None), default=None)

    def bind(self, source: Any) -> None:
        """Tells the sampler whose samples it gives."""


class SequentialSampler(Sampler):
    """In order, from ``start_index``.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset(np.arange(5), sampler=dataset.SequentialSampler(1, 3))
    >>> [int(row[0]) for row in data.create_tuple_iterator(output_numpy=True)]
    [1, 2, 3]
    """

    def __init__(self, start_index: int | None = None, num_samples: int | None = None) -> None:
        super().__init__(num_samples)
        if start_index is not None:
            _integer(start_index, "start_index")
        self.start_index = start_index or 0

    def indices(self, n: int, rng: Any) -> np.ndarray:
        if self.start_index < 0:
            raise ArgumentError(
                f"SequentialSampler: start_index_ must be greater than or equal to 0, but got: {self.start_index}."
            )
        if self.start_index >= n:
            raise ArgumentError(
                f"Invalid parameter, start_index must be less than num_rows, but got start_index: {self.start_index}, "
                f"num_rows: {n}."
            )
        return np.arange(self.start_index, n)


class RandomSampler(Sampler):
    """A random order, or with ``replacement`` random draws.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset(np.arange(4), sampler=dataset.RandomSampler())
    >>> sorted(int(row[0]) for row in data.create_tuple_iterator(output_numpy=True))
    [0, 1, 2, 3]
    """

    def __init__(self, replacement: bool = False, num_samples: int | None = None, shuffle: Any = None) -> None:
        super().__init__(num_samples)
        if not isinstance(replacement, bool):
            raise DTypeError(f"replacement must be a boolean value but was: {replacement}.")
        if shuffle is not None and not isinstance(shuffle, Shuffle):
            raise DTypeError(f"RandomSampler: shuffle must be valid shuffle mode but was: {shuffle!r}.")
        self.replacement = replacement

    def is_shuffled(self) -> bool:
        return True

    def indices(self, n: int, rng: Any) -> np.ndarray:
        if self.replacement:
            return rng.integers(self, n, min(self.num_samples or n, n))
        return rng.shuffled(self, np.arange(n))


class SubsetSampler(Sampler):
    """These samples, in this order.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset(np.arange(5), sampler=dataset.SubsetSampler([4, 0]))
    >>> [int(row[0]) for row in data.create_tuple_iterator(output_numpy=True)]
    [4, 0]
    """

    def __init__(self, indices: int | Iterable[int], num_samples: int | None = None) -> None:
        super().__init__(num_samples)
        listed = [indices] if isinstance(indices, (int, np.integer)) or not hasattr(indices, "__iter__") else [*indices]
        for i, index in enumerate(listed):
            if isinstance(index, bool) or not isinstance(index, (int, np.integer)):
                raise DTypeError(
                    f"SubsetSampler: Type of indices element must be int, but got list[{i}]: {index}, type: "
                    f"{type(index)}."
                )
        self._indices = np.array(listed, np.int64)

    def get_num_samples(self) -> int | None:
        own, most = len(self._indices), super().get_num_samples()
        return own if most is None else min(own, most)

    def indices(self, n: int, rng: Any) -> np.ndarray:
        wrong = self._indices[(self._indices < 0) | (self._indices >= n)]
        if len(wrong):
            raise ArgumentError(f"Sample ID ({wrong[0]}) is out of bound, expected range [0, {n - 1}].")
        return self._indices


class SubsetRandomSampler(SubsetSampler):
    """These samples, in a random order.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset(np.arange(5), sampler=dataset.SubsetRandomSampler([4, 0]))
    >>> sorted(int(row[0]) for row in data.create_tuple_iterator(output_numpy=True))
    [0, 4]
    """

    def is_shuffled(self) -> bool:
        return True

    def indices(self, n: int, rng: Any) -> np.ndarray:
        return rng.shuffled(self, super().indices(n, rng), step=0)


class DistributedSampler(Sampler):
    """Every ``num_shards``-th sample from ``shard_id``; the shards are of one length, by beginning again.

    Shuffled, all processes must draw one order: without a seed of the datasets' own (``config.set_seed``) it depends on
    the number of the pass alone, not on the process's random stream.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset(np.arange(6), sampler=dataset.DistributedSampler(2, 1, shuffle=False))
    >>> [int(row[0]) for row in data.create_tuple_iterator(output_numpy=True)]
    [1, 3, 5]
    """

    def __init__(self, num_shards: int, shard_id: int, shuffle: bool = True, num_samples: int | None = None,
                 offset: int = -1) -> None:
        super().__init__(num_samples)
        for value, name in ((num_shards, "num_shards"), (shard_id, "shard_id"), (offset, "offset")):
            _integer(value, name)
        if not isinstance(shuffle, bool):
            raise DTypeError(f"shuffle must be a boolean value or valid shuffle mode but was: {shuffle}.")
        self.num_shards, self.shard_id, self.shuffle, self.offset = num_shards, shard_id, shuffle, offset
        self._order = SeededOrder(5489)

    def check(self) -> None:
        if self.num_shards < 1:
            raise ArgumentError(f"DistributedSampler: num_shards must be greater than 0, but got: {self.num_shards}.")
        if self.shard_id < 0:
            raise ArgumentError(
                f"DistributedSampler: shard_id must be greater than or equal to 0, but got: {self.shard_id}."
            )
        if self.shard_id >= self.num_shards:
            raise ArgumentError(
                f"DistributedSampler: shard_id must be less than num_shards, but got shard_id: {self.shard_id}, "
                f"num_shards: {self.num_shards}. Input shard_id is not within the required interval of [0, "
                f"{self.num_shards - 1}]."
            )
        if self.offset > self.num_shards:
            raise ArgumentError(
                f"DistributedSampler: offset must be no more than num_shards({self.num_shards}), but got: "
                f"{self.offset}."
            )

    def is_shuffled(self) -> bool:
        return self.shuffle or super().is_shuffled()

    def is_sharded(self) -> bool:
        return self.num_shards > 1 or super().is_sharded()

    def indices(self, n: int, rng: Any) -> np.ndarray:
        if type(rng) is Order:  # without a seed
            rng = self._order
        order = rng.shuffled(self, np.arange(n), 1) if self.shuffle else np.arange(n)
        if self.offset < 0:  # the shards are of one length
            each = -(-n // self.num_shards) if n else 0
            return order[(np.arange(each) * self.num_shards + self.shard_id) % max(n, 1)]
        first = self.shard_id - self.offset
        return order[first % self.num_shards if first < 0 else first :: self.num_shards]


class WeightedRandomSampler(Sampler):
    """Draws with these probabilities, up to a factor.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset(np.arange(3), sampler=dataset.WeightedRandomSampler([0.0, 1.0, 0.0], 3))
    >>> [int(row[0]) for row in data.create_tuple_iterator(output_numpy=True)]
    [1, 1, 1]
    """

    def __init__(self, weights: Sequence[float], num_samples: int | None = None, replacement: bool = True) -> None:
        super().__init__(num_samples)
        if not isinstance(replacement, bool):
            raise DTypeError(f"replacement must be a boolean value but was: {replacement}.")
        for i, weight in enumerate(weights if isinstance(weights, Iterable) else [weights]):
            if isinstance(weight, bool) or not isinstance(weight, (int, float, np.number)):
                raise DTypeError(
                    f"type of weights element must be number, but got w[{i}]: {weight}, type: {type(weight)}."
                )
        self.weights, self.replacement = np.asarray(weights, np.float64), replacement

    def check(self) -> None:
        if not self.weights.size:
            raise ArgumentError("WeightedRandomSampler: weights vector must not be empty.")
        if self.weights.ndim != 1 or (self.weights < 0).any():
            raise ArgumentError(
                f"WeightedRandomSampler: weights vector must not contain negative numbers, got {self.weights}."
            )
        if not self.weights.sum() > 0:
            raise ArgumentError("WeightedRandomSampler: elements of weights vector must not be all zero.")

    def is_shuffled(self) -> bool:
        return True

    def indices(self, n: int, rng: Any) -> np.ndarray:
        if len(self.weights) > n:
            raise ArgumentError(
                "Invalid parameter, size of sample weights must be less than or equal to num of data, otherwise might "
                f"cause generated id out of bound or other errors, but got weight size: {len(self.weights)}, num of "
                f"data: {n}."
            )
        count, weights = min(self.num_samples or len(self.weights), n), self.weights
        if not self.replacement:
            count = min(count, len(weights))
            if np.count_nonzero(weights) < count:  # those of weight 0 come after the others
                weights = np.maximum(weights, weights.max() * 1e-300)
        return rng.weighted(self, weights, count, self.replacement)


class PKSampler(Sampler):
    """``num_val`` samples of every class, class after class.

    Args:
        num_val: how many of each class; of a class with fewer, some come again.
        num_class: not supported, as in MindSpore: all classes.
        shuffle: whether the classes are in a random order.
        class_column: the column with the classes.

    >>> from luojia import dataset
    >>> import os
    >>> for name in ("cat", "dog"):
    ...     os.makedirs(f"images/{name}")
    ...     for i in range(3):
    ...         dataset.vision.write_png(f"images/{name}/{i}.png", np.zeros((4, 6, 3), np.uint8))
    >>> data = dataset.ImageFolderDataset("images", sampler=dataset.PKSampler(2))
    >>> [int(row["label"]) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [0, 0, 1, 1]
    """

    def __init__(self, num_val: int, num_class: int | None = None, shuffle: bool = False, class_column: str = "label",
                 num_samples: int | None = None) -> None:
        super().__init__(num_samples)
        _integer(num_val, "num_val")
        if num_class is not None:
            raise NotSupportedError("Not supported to specify num_class for PKSampler; leave it None for all classes.")
        if not isinstance(shuffle, bool):
            raise DTypeError(f"shuffle must be a boolean value but was: {shuffle}.")
        if not isinstance(class_column, str):
            raise DTypeError(f"PKSampler: class_column must be a str, got {class_column!r}.")
        self.num_val, self.shuffle, self.class_column = num_val, shuffle, class_column
        self._source: Any = None

    def check(self) -> None:
        if self.num_val < 1:
            raise ArgumentError(f"PKSampler: num_val must be greater than 0, but got: {self.num_val}.")
        if self._source is None:
            raise ArgumentError("PKSampler: GetClassIds needs to be override to support PK: it cannot be a child.")

    def is_shuffled(self) -> bool:
        return self.shuffle or super().is_shuffled()

    def bind(self, source: Any) -> None:
        self._source = source

    def indices(self, n: int, rng: Any) -> np.ndarray:
        labels = np.asarray(self._source.classes(self.class_column))
        parts = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        if self.shuffle:
            parts = [parts[i] for i in rng.shuffled(self, np.arange(len(parts)))]
        drawn = [part[rng.weighted(self, np.ones(len(part)), self.num_val, self.num_val > len(part))] for part in parts]
        return np.concatenate(drawn) if drawn else np.zeros(0, np.int64)


class IterSampler(Sampler):
    """The samples that an iterable names, each time it is iterated over.

    Args:
        sampler: the iterable, of samples' numbers.
        num_samples: how many at most.

    >>> from luojia import dataset as ds
    >>> data = ds.GeneratorDataset([5, 6, 7], "a", sampler=IterSampler([2, 0]))
    >>> [int(a) for a, in data]
    [7, 5]

    Matches ``mindspore.dataset.IterSampler``.
    """

    def __init__(self, sampler: Iterable[int], num_samples: int | None = None) -> None:
        if not isinstance(sampler, Iterable):
            raise DTypeError(f"IterSampler: sampler should be iterable, got {sampler!r}.")
        super().__init__(num_samples)
        self.sampler = sampler

    def __iter__(self) -> Iterator[int]:
        return iter(self.sampler)


class Picked(Sampler):
    """The samples of these numbers among those that another sampler gives in an order that stays: of ``split``."""

    def __init__(self, sampler: Sampler, order: Callable[[], Any], picked: np.ndarray, shuffled: bool) -> None:
        super().__init__()
        self._sampler, self._fixed, self._picked, self._shuffled = sampler, order, picked, shuffled

    def is_shuffled(self) -> bool:
        return self._shuffled or self._sampler.is_shuffled()

    def is_sharded(self) -> bool:
        return self._sampler.is_sharded()

    def take(self, n: int, rng: Any) -> np.ndarray:
        return self._sampler.take(n, self._fixed())[self._picked]


def _integer(value: Any, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DTypeError(f"{name} must be integer but was: {value}.")


def resolve(who: str, sampler: Any, shuffle: bool | None, num_samples: int | None, num_shards: int | None,
            shard_id: int | None, default_shuffle: bool = True) -> Sampler:
    """The sampler that a source's arguments describe.

    Raises:
        ArgumentError: arguments that exclude each other.
    """
    if shuffle is not None and not isinstance(shuffle, (bool, np.bool_)):
        raise DTypeError(
            f"{who}: Argument shuffle with value {shuffle} is not of type [{bool}], but got {type(shuffle)}."
        )
    if (num_shards is None) != (shard_id is None):
        raise ArgumentError(
            f"{who}: num_shards and shard_id need to be passed in together: num_shards is specified and currently "
            "requires shard_id as well."
        )
    if sampler is not None:
        own = isinstance(sampler, Sampler)
        if num_shards is not None or (own and (shuffle is not None or num_samples is not None)):
            raise ArgumentError(
                f"{who}: sampler and shuffle cannot be specified at the same time. "
                f"Conflicting arguments during sampler assignments. num_samples: {num_samples}, num_shards: "
                f"{num_shards}, shard_id: {shard_id}, shuffle: {shuffle}. A sampler excludes the others."
            )
        if isinstance(sampler, str):
            raise DTypeError(f"Unsupported sampler object of type ({type(sampler)}).")
        if not own:
            if not hasattr(sampler, "__iter__") and not hasattr(sampler, "__getitem__"):
                raise DTypeError(
                    f"{who}: sampler should be either iterable or from the datasets' samplers, got {sampler!r}."
                )
            sampler = SubsetSampler([sampler[i] for i in range(len(sampler))] if not hasattr(sampler, "__iter__")
                                    else sampler)
        if num_samples is not None:
            Sampler.__init__(sampler, num_samples)
        return sampler
    shuffle = default_shuffle if shuffle is None else shuffle
    if num_shards is not None and shard_id is not None:
        made = DistributedSampler(num_shards, shard_id, bool(shuffle), num_samples)
        if num_shards < 1:
            raise ArgumentError(f"Input num_shards is not within the required interval of [1, {2**31 - 1}].")
        if shard_id >= 0:
            made.check()
        return made
    if shuffle and num_samples:  # MindSpore draws with replacement here
        return RandomSampler(True, num_samples)
    return RandomSampler() if shuffle else SequentialSampler(num_samples=num_samples)
