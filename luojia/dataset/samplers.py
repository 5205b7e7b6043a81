"""Samplers of sources: which of ``n`` samples, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError


class Sampler:
    """Base class; a subclass gives ``indices(n, rng)``, or MindSpore's ``__iter__`` with ``self.dataset_size`` known.

    Args:
        num_samples: how many at most; None takes all.
    """

    dataset_size = 0

    def __init__(self, num_samples: int | None = None) -> None:
        if num_samples is not None and (not isinstance(num_samples, (int, np.integer)) or num_samples < 0):
            raise ArgumentError(f"{type(self).__name__}: num_samples expects an integer >= 0, got {num_samples!r}.")
        self.num_samples = num_samples or None

    def indices(self, n: int, rng: Any) -> np.ndarray:
        """The samples' numbers in order."""
        self.dataset_size = n
        return np.fromiter(iter(self), np.int64)  # type: ignore[call-overload]

    def take(self, n: int, rng: Any) -> np.ndarray:
        """``indices``, no more than ``num_samples``."""
        return np.asarray(self.indices(n, rng), np.int64)[: self.num_samples]


class SequentialSampler(Sampler):
    """In order, from ``start_index``."""

    def __init__(self, start_index: int | None = None, num_samples: int | None = None) -> None:
        super().__init__(num_samples)
        self.start_index = start_index or 0

    def indices(self, n: int, rng: Any) -> np.ndarray:
        return np.arange(self.start_index, n)


class RandomSampler(Sampler):
    """A random order, or with ``replacement`` random draws."""

    def __init__(self, replacement: bool = False, num_samples: int | None = None, shuffle: Any = None) -> None:
        super().__init__(num_samples)
        self.replacement = replacement

    def indices(self, n: int, rng: Any) -> np.ndarray:
        return rng.randint(n, size=self.num_samples or n) if self.replacement else rng.permutation(n)


class SubsetSampler(Sampler):
    """These samples, in this order."""

    def __init__(self, indices: int | Iterable[int], num_samples: int | None = None) -> None:
        super().__init__(num_samples)
        self._indices = np.atleast_1d(np.asarray(indices if isinstance(indices, int) else list(indices), np.int64))

    def indices(self, n: int, rng: Any) -> np.ndarray:
        wrong = self._indices[(self._indices < 0) | (self._indices >= n)]
        if len(wrong):
            raise ArgumentError(f"{type(self).__name__}: sample {wrong[0]} is not within the source's {n} samples.")
        return self._indices


class SubsetRandomSampler(SubsetSampler):
    """These samples, in a random order."""

    def indices(self, n: int, rng: Any) -> np.ndarray:
        return rng.permutation(super().indices(n, rng))


class DistributedSampler(Sampler):
    """Every ``num_shards``-th sample from ``shard_id``; the shards are of one length, by beginning again.

    Shuffled, all processes must draw one order: without a seed of the datasets' own (``config.set_seed``) it depends on
    the number of the pass alone, not on the process's random stream.
    """

    def __init__(self, num_shards: int, shard_id: int, shuffle: bool = True, num_samples: int | None = None,
                 offset: int = -1) -> None:
        super().__init__(num_samples)
        if num_shards < 1:
            raise ArgumentError(f"num_shards should be 1 or more, got {num_shards}.")
        if not 0 <= shard_id < num_shards:
            raise ArgumentError(
                f"shard_id should be less than num_shards and not negative, got {shard_id} of {num_shards}."
            )
        self.num_shards, self.shard_id, self.shuffle = num_shards, shard_id, shuffle
        self.offset = max(offset, 0)
        self._passes = 0

    def indices(self, n: int, rng: Any) -> np.ndarray:
        if rng is np.random:
            rng = np.random.RandomState(5489 + self._passes)
        self._passes += 1
        order = rng.permutation(n) if self.shuffle else np.arange(n)
        each = -(-n // self.num_shards) if n else 0
        return order[(np.arange(each) * self.num_shards + self.shard_id + self.offset) % max(n, 1)]


class WeightedRandomSampler(Sampler):
    """Draws with these probabilities, up to a factor."""

    def __init__(self, weights: Sequence[float], num_samples: int | None = None, replacement: bool = True) -> None:
        super().__init__(num_samples)
        self.weights, self.replacement = np.asarray(weights, np.float64), replacement
        if self.weights.ndim != 1 or (self.weights < 0).any() or not self.weights.sum() > 0:
            raise ArgumentError("WeightedRandomSampler expects a list of weights >= 0, one of them > 0.")

    def indices(self, n: int, rng: Any) -> np.ndarray:
        share = self.weights[:n] / self.weights[:n].sum()
        return rng.choice(len(share), self.num_samples or len(share), replace=self.replacement, p=share)


def resolve(who: str, sampler: Any, shuffle: bool | None, num_samples: int | None, num_shards: int | None,
            shard_id: int | None, default_shuffle: bool = True) -> Sampler:
    """The sampler that a source's arguments describe.

    Raises:
        ArgumentError: arguments that exclude each other.
    """
    if (num_shards is None) != (shard_id is None):
        raise ArgumentError(f"{who}: num_shards and shard_id need to be passed in together.")
    if sampler is not None:
        if shuffle is not None or num_shards is not None:
            raise ArgumentError(f"{who}: sampler excludes shuffle, num_shards and shard_id; pass one or the others.")
        if not isinstance(sampler, Sampler):
            if not hasattr(sampler, "__iter__"):
                raise ArgumentError(f"{who}: sampler expects a Sampler or a list of numbers, got {sampler!r}.")
            sampler = SubsetSampler(sampler)
        if num_samples is not None:
            Sampler.__init__(sampler, num_samples)
        return sampler
    shuffle = default_shuffle if shuffle is None else shuffle
    if num_shards is not None and shard_id is not None:
        return DistributedSampler(num_shards, shard_id, bool(shuffle), num_samples)
    return RandomSampler(num_samples=num_samples) if shuffle else SequentialSampler(num_samples=num_samples)
