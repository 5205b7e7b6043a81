"""The loader: batches of NumPy arrays from a dataset, in this process, in threads or in forked processes.

A door's ``DataLoader`` wraps the arrays of each batch in its own tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from luojia._src.data.batchify import default_batchify
from luojia._src.data.datasets import Dataset
from luojia._src.data.samplers import BatchSampler, RandomSampler, Sampler, SequentialSampler, groups
from luojia._src.data.workers import in_processes, in_threads, processes_are_safe
from luojia._src.errors import ArgumentError


class DataLoader:
    """Iterates over ``dataset`` in batches; each pass begins anew.

    Args:
        dataset: anything with ``len`` and integer indices.  One with ``gather`` (arrays) is read a batch at a time.
        batch_size, shuffle, sampler, last_batch: as in Gluon; ``last_batch`` is 'keep', 'discard' or 'rollover'.
        batch_sampler: gives lists of indices, instead of the four above.
        batchify_fn: from a list of samples to a batch; default :func:`default_batchify`.
        num_workers: 0 reads here.  Else that many forked processes, or threads where forking is not safe (jax or
            other threads are running, no fork on this system) or ``thread_pool`` asks for them.
        prefetch: batches that threads read ahead, default ``2 * num_workers``; each process reads one ahead.
        timeout: seconds to wait for one batch of a worker.
        rng: source of the shuffling, with ``permutation(n)``.

    Raises:
        ArgumentError: arguments that exclude each other.

    Example:
        >>> from luojia._src.data.datasets import ArrayDataset
        >>> loader = DataLoader(ArrayDataset(np.arange(6).reshape(3, 2), np.arange(3)), batch_size=2)
        >>> [(x.shape, y.tolist()) for x, y in loader]
        [((2, 2), [0, 1]), ((1, 2), [2])]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = None,
        shuffle: bool = False,
        sampler: Sampler | None = None,
        last_batch: str | None = None,
        batch_sampler: Any = None,
        batchify_fn: Callable | None = None,
        num_workers: int = 0,
        prefetch: int | None = None,
        thread_pool: bool = False,
        timeout: float = 120,
        rng: Any = None,
    ) -> None:
        if batch_sampler is not None:
            if batch_size is not None or shuffle or sampler is not None or last_batch is not None:
                raise ArgumentError(
                    "DataLoader: batch_size, shuffle, sampler and last_batch must not be specified "
                    "if batch_sampler is specified."
                )
        else:
            if batch_size is None:
                raise ArgumentError("DataLoader: batch_size must be specified unless batch_sampler is specified")
            if sampler is not None and shuffle:
                raise ArgumentError("DataLoader: shuffle must not be specified if sampler is specified")
            if sampler is None:
                sampler = RandomSampler(len(dataset), rng) if shuffle else SequentialSampler(len(dataset))
            batch_sampler = BatchSampler(sampler, batch_size, last_batch or "keep")
        if not timeout > 0:
            raise ArgumentError(f"DataLoader expects a timeout > 0 seconds, got {timeout}.")
        self._dataset, self._batch_sampler, self._batchify_fn = dataset, batch_sampler, batchify_fn
        self._num_workers = max(0, num_workers)
        self._prefetch = max(1, prefetch if prefetch is not None else 2 * self._num_workers)
        self._thread_pool, self._timeout = thread_pool, timeout

    def __len__(self) -> int:
        return len(self._batch_sampler)

    def fetch(self, indices: list[int] | np.ndarray) -> Any:
        """The batch of these samples."""
        if self._batchify_fn is None:
            gather = getattr(self._dataset, "gather", None) if isinstance(self._dataset, Dataset) else None
            batch = gather(np.asarray(indices)) if gather is not None else None
            if batch is not None:
                return batch
        if isinstance(indices, np.ndarray):
            indices = indices.tolist()
        return (self._batchify_fn or default_batchify)([self._dataset[i] for i in indices])

    def __iter__(self) -> Iterator[Any]:
        jobs = groups(self._batch_sampler)
        if not self._num_workers:
            return map(self.fetch, jobs)
        if self._thread_pool or not processes_are_safe():
            return in_threads(self.fetch, jobs, self._num_workers, self._prefetch, self._timeout)
        return in_processes(self.fetch, jobs, self._num_workers, self._timeout)
