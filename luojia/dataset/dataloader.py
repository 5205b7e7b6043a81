"""A DataLoader in PyTorch's manner, as ``mindspore.dataset.dataloader`` has it: datasets that are indexed or iterated.

>>> from luojia.dataset.dataloader import DataLoader, TensorDataset
>>> from luojia import Tensor
>>> loader = DataLoader(TensorDataset(Tensor([1, 2, 3]), Tensor([4, 5, 6])), batch_size=2)
>>> [(x.tolist(), y.tolist()) for x, y in loader]
[([1, 2], [4, 5]), ([3], [6])]
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from .._src.data.workers import in_processes, in_threads, processes_are_safe
from .._src.errors import ArgumentError, DTypeError, GraphError, ShapeError
from .._src.ops import Tensor
from .._src.paths import also_at, open_paths, public_names
from ..communication import get_group_size, get_rank

__all__ = ["BatchSampler", "DataLoader", "Dataset", "DistributedSampler", "IterableDataset", "RandomSampler", "Sampler",
           "SequentialSampler", "TensorDataset", "default_collate", "default_convert", "get_worker_info"]
__dir__ = public_names(__name__)
_SEEDS = np.iinfo(np.int64).max
_AHEAD = 2  # batches that a worker reads before they are asked for
_FOREVER = 1e6  # seconds
_END = "no more"


def _of_type(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind) or kind is int and isinstance(value, bool):
        raise DTypeError(f"{name} must be {kind}, but got: {type(value).__name__}.")


# -- datasets ----------------------------------------------------------------------------------------------------------


class Dataset:
    """Base class of datasets whose samples have a number: a subclass gives ``__getitem__``, and ``__len__``."""

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must implement __getitem__ method.")


class IterableDataset(Dataset):
    """Base class of datasets that are read in order: a subclass gives ``__iter__``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} must implement __iter__ method.")


class TensorDataset(Dataset):
    """Tensors of one first size, whose sample i is the tuple of their rows i.

    Raises:
        ValueError: the first sizes differ.
    """

    def __init__(self, *tensors: Tensor) -> None:
        for t in tensors:
            _of_type("a tensor of a TensorDataset", t, Tensor)
        if len({t.shape[0] for t in tensors}) > 1:
            raise ShapeError("All tensors must have the same size in the first dimension.")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple([t[index] for t in self.tensors])

    def __len__(self) -> int:
        return self.tensors[0].shape[0]


# -- samplers ----------------------------------------------------------------------------------------------------------


class Sampler:
    """Base class of what gives the numbers of samples, or lists of them: a subclass gives ``__iter__``."""

    def __init__(self, data_source: Any = None) -> None:
        self.data_source = data_source


class SequentialSampler(Sampler):
    """The numbers of ``data_source``'s samples in order.

    >>> list(SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """The numbers of ``data_source``'s samples in a random order, or drawn one by one with ``replacement``.

    Args:
        data_source: anything with a length.
        num_samples: how many; without replacement further orders follow the first. By default the length.
        generator: a ``numpy.random.Generator``; by default one seeded from ``numpy.random`` at each pass, which
            ``set_seed`` seeds.

    >>> sorted(RandomSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Any, replacement: bool = False, num_samples: int | None = None,
                 generator: Any = None) -> None:
        super().__init__(data_source)
        if not isinstance(replacement, bool):
            raise DTypeError(f"replacement must be bool, but got: {type(replacement).__name__}")
        if num_samples is not None and (not isinstance(num_samples, int) or isinstance(num_samples, bool)):
            raise DTypeError(f"num_samples must be int, but got: {type(num_samples).__name__}")
        if num_samples is not None and num_samples < 1:
            raise ArgumentError(f"num_samples must be a positive integer value, but got num_samples = {num_samples}")
        if generator is not None and not isinstance(generator, np.random.Generator):
            raise DTypeError(f"generator must be numpy.random.Generator, but got: {type(generator).__name__}")
        self.replacement, self._num_samples, self.generator = replacement, num_samples, generator

    @property
    def num_samples(self) -> int:
        """How many numbers a pass gives."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        rng, n = self.generator or np.random.default_rng(np.random.randint(0, _SEEDS)), len(self.data_source)
        if self.replacement:
            yield from rng.integers(0, n, self.num_samples).tolist()
            return
        rest = self.num_samples if n else 0
        while rest:
            order = rng.permutation(n).tolist()[:rest]
            yield from order
            rest -= len(order)

    def __len__(self) -> int:
        return self.num_samples


class DistributedSampler(Sampler):
    """The samples of one of several processes: every ``num_replicas``-th from ``rank`` on, of an order that is theirs.

    Args:
        num_replicas, rank: by default the processes of the job, and this one's number.
        shuffle: a random order, of ``seed`` and the epoch that ``set_epoch`` tells; else in order.
        drop_last: leave the last out that do not go round; else the first are repeated.

    >>> list(DistributedSampler("abcde", num_replicas=2, rank=1, shuffle=False))
    [1, 3, 0]
    """

    def __init__(self, dataset: Any, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True,
                 seed: int = 0, drop_last: bool = False) -> None:
        super().__init__(dataset)
        count = get_group_size() if num_replicas is None else num_replicas
        mine = get_rank() if rank is None else rank
        if count < 1:
            raise ArgumentError(f"Invalid num_replicas: {count}, num_replicas must be greater than 0.")
        if not 0 <= mine < count:
            raise ArgumentError(f"Invalid rank: {mine}, rank must be in the interval [0, {count - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, count, mine
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0

    def set_epoch(self, epoch: int) -> None:
        """Say which pass comes, so that each has an order of its own."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        n, total = len(self.dataset), len(self) * self.num_replicas
        order = np.random.default_rng(self.seed + self.epoch).permutation(n).tolist() if self.shuffle else range(n)
        return itertools.islice(itertools.cycle(order), self.rank, total, self.num_replicas)

    def __len__(self) -> int:
        n = len(self.dataset)
        return n // self.num_replicas if self.drop_last else -(-n // self.num_replicas)


class BatchSampler(Sampler):
    """Lists of ``batch_size`` numbers of another sampler; the last may be shorter, unless ``drop_last``.

    >>> list(BatchSampler(range(3), 2, drop_last=False))
    [[0, 1], [2]]
    """

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        super().__init__()
        _of_type("batch_size", batch_size, int)
        if batch_size < 1:
            raise ArgumentError(f"batch_size must be positive, but got: {batch_size}.")
        _of_type("drop_last", drop_last, bool)
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        return _batches(iter(self.sampler), self.batch_size, self.drop_last)

    def __len__(self) -> int:
        return _count(len(self.sampler), self.batch_size, self.drop_last)


class InfiniteSampler(Sampler):
    """None again and again: what asks an iterable dataset for its next sample."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


def _batches(items: Iterator[Any], size: int, drop_last: bool) -> Iterator[list[Any]]:
    while (batch := list(itertools.islice(items, size))) and (len(batch) == size or not drop_last):
        yield batch


def _count(samples: int, size: int, drop_last: bool) -> int:
    return samples // size if drop_last else math.ceil(samples / size)


# -- samples to batches ------------------------------------------------------------------------------------------------


def default_collate(batch: list) -> Any:
    """A list of samples as a batch: numbers and arrays become Tensors, mappings and sequences are gone into.

    Raises:
        TypeError: there is no rule for a type of sample.
        RuntimeError: sequences of different lengths.

    >>> default_collate([(1, "a"), (2, "b")])
    [Tensor(shape=[2], dtype=Int64, value= [1, 2]), ('a', 'b')]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return ops.stack(tuple(batch))
    if isinstance(first, np.ndarray):
        _check_numbers(first)
        return Tensor(np.stack(batch))
    if first.__class__ is float:
        return Tensor(np.asarray(batch, np.float64))
    if isinstance(first, (int, float, np.generic)) and not isinstance(first, (str, bytes)):
        found = np.asarray(batch)
        return Tensor(found.astype(np.float32) if isinstance(first, np.float64) else found)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([sample[key] for sample in batch]) for key in first}
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise GraphError("Each element in list of batch must be of equal size.")
        parts = [default_collate(part) for part in zip(*batch)]  # type: ignore[arg-type]
        return type(first)(*parts) if hasattr(first, "_fields") else parts
    raise DTypeError(f"Cannot find the appropriate collate function for type {type(first)} in collate_fn_map.")


def default_convert(data: Any) -> Any:
    """A sample with its arrays as Tensors, which is what a loader without batches gives.

    >>> default_convert((1, "a"))
    [1, 'a']
    """
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind not in "biufc" else Tensor(np.asarray(data))
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        parts = [default_convert(part) for part in data]
        return type(data)(*parts) if hasattr(data, "_fields") else parts
    return data


def _check_numbers(array: np.ndarray) -> None:
    if array.dtype.kind not in "biufc":
        raise DTypeError(f"NumPy arrays with dtype {array.dtype} are not supported for collation.")


# -- the loader --------------------------------------------------------------------------------------------------------


class WorkerInfo(NamedTuple):
    """What ``get_worker_info`` tells: the worker's number, how many there are, its seed, and its copy of the data."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_worker: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """Which worker of a DataLoader this is; None in the process that made the loader.

    >>> get_worker_info() is None
    True
    """
    return _worker


class DataLoader:
    """Iterates over a dataset in batches.

    Args:
        dataset: with ``__getitem__`` and ``__len__``, or an IterableDataset.
        batch_size: samples in a batch; None gives the samples one by one.
        shuffle: a new random order at each pass.
        sampler: gives the numbers of the samples, instead of ``shuffle``.
        batch_sampler: gives lists of numbers, instead of the three above and ``drop_last``.
        num_workers: 0 reads here. Else that many forked processes, or threads where forking is not safe (jax or other
            threads are running, the system has no fork).
        collate_fn: from a list of samples to a batch; without batches, from a sample.
        pin_memory: accepted.
        drop_last: leave out a last batch that is smaller.
        timeout: seconds to wait for a batch of a worker; 0 waits for ever.
        worker_init_fn: called in each worker with its number.
        multiprocessing_context: 'fork', the way there is.
        generator: a ``numpy.random.Generator`` for the order.
        prefetch_factor: batches that each thread reads ahead, 2 by default; a process reads one.
        persistent_workers, in_order: accepted; workers begin with each pass, and batches come in order.

    Raises:
        ValueError, TypeError: arguments that exclude each other, or of a wrong type; see the messages.

    >>> [batch.tolist() for batch in DataLoader([1, 2, 3], batch_size=2)]
    [[1, 2], [3]]
    """

    def __init__(self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
                 batch_sampler: Any = None, num_workers: int = 0, collate_fn: Callable | None = None,
                 pin_memory: bool = False, drop_last: bool = False, timeout: float = 0.0,
                 worker_init_fn: Callable[[int], Any] | None = None, multiprocessing_context: Any = None,
                 generator: Any = None, *, prefetch_factor: int | None = None, persistent_workers: bool = False,
                 in_order: bool = True) -> None:
        iterable = isinstance(dataset, IterableDataset)
        if not iterable and not hasattr(dataset, "__getitem__"):
            raise NotImplementedError(f"{type(dataset).__name__} should implement __getitem__ method if it is map "
                                      "style.")
        for name, value, kind in (("batch_size", batch_size, int), ("shuffle", shuffle, bool)):
            if value is not None:
                _of_type(name, value, kind)
        for name, value, kind in (("num_workers", num_workers, int), ("pin_memory", pin_memory, bool),
                                  ("drop_last", drop_last, bool), ("persistent_workers", persistent_workers, bool)):
            _of_type(name, value, kind)
        if generator is not None:
            _of_type("generator", generator, np.random.Generator)
        if batch_size is not None and batch_size < 1:
            raise ArgumentError(f"batch_size must be positive, but got: {batch_size}.")
        _exclude({"shuffle": shuffle, "sampler": sampler is not None, "batch_sampler": batch_sampler is not None},
                 "when dataset is iterable style", iterable)
        _exclude({"sampler": sampler is not None}, "with shuffle", bool(shuffle))
        _exclude({"batch_size": batch_size != 1, "shuffle": shuffle, "sampler": sampler is not None,
                  "drop_last": drop_last}, "with batch_sampler", batch_sampler is not None)
        for name, value in (("num_workers", num_workers), ("timeout", timeout)):
            if value < 0:
                raise ArgumentError(f"{name} must be non-negative, but got: {value}.")
        if num_workers == 0:
            for name, given in (("prefetch_factor", prefetch_factor is not None), ("persistent_workers",
                                persistent_workers), ("multiprocessing_context", multiprocessing_context is not None)):
                if given:
                    raise ArgumentError(f"{name} must only be specified when num_workers is greater than 0, but got: "
                                        "0.")
        elif prefetch_factor is not None and prefetch_factor < 1:
            raise ArgumentError(f"prefetch_factor must be positive, but got: {prefetch_factor}.")
        method = getattr(multiprocessing_context, "_name", multiprocessing_context)
        if method not in (None, "fork"):
            raise ArgumentError(f"cannot find context for {method!r}: workers are forked, or threads.")
        if sampler is None:
            sampler = (InfiniteSampler() if iterable else
                       RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset))
        if batch_sampler is None and batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        elif batch_sampler is not None:
            batch_size = None
        self.dataset: Any = dataset
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.num_workers, self.timeout, self.worker_init_fn = num_workers, timeout, worker_init_fn
        self.prefetch_factor = _AHEAD if num_workers and prefetch_factor is None else prefetch_factor
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.pin_memory, self.persistent_workers, self.in_order = pin_memory, persistent_workers, in_order
        self._iterable = iterable

    def __len__(self) -> int:
        if not self._iterable:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)
        samples = len(self.dataset)
        return samples if self.batch_size is None else _count(samples, self.batch_size, self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        if self._iterable:
            return self._stream() if self.num_workers else self._read(iter(self.dataset))
        jobs: Iterable[Any] = self.sampler if self.batch_sampler is None else self.batch_sampler
        if not self.num_workers:
            return map(self._fetch, jobs)
        wait = self.timeout or _FOREVER
        work = _Worker(self, self._fetch)
        if processes_are_safe():
            return in_processes(work, enumerate(jobs), self.num_workers, wait)
        for number in range(self.num_workers) if self.worker_init_fn else ():
            self.worker_init_fn(number)  # type: ignore[misc]
        return in_threads(self._fetch, jobs, self.num_workers, self.num_workers * (self.prefetch_factor or 1), wait)

    def _fetch(self, numbers: Any) -> Any:
        """The batch of these samples, or the one sample."""
        if self.batch_sampler is None:
            return self.collate_fn(self.dataset[numbers])
        return self.collate_fn([self.dataset[i] for i in numbers])

    def _read(self, samples: Iterator[Any]) -> Iterator[Any]:
        """The batches of an iterable dataset."""
        if self.batch_size is None:
            return map(self.collate_fn, samples)
        return map(self.collate_fn, _batches(samples, self.batch_size, self.drop_last))

    def _stream(self) -> Iterator[Any]:
        """The batches of an iterable dataset by its workers in turn, each of which reads what is its part."""
        work = _Worker(self, _Streams(self))
        jobs = ((turn, turn % self.num_workers) for turn in itertools.count())
        answers = (in_processes(work, jobs, self.num_workers, self.timeout or _FOREVER)
                   if processes_are_safe() else map(work, jobs))
        ended: set[int] = set()
        for turn, answer in enumerate(answers):
            if answer[0] == _END:
                ended.add(turn % self.num_workers)
                if len(ended) == self.num_workers:
                    return
            else:
                yield answer[1]


class _Worker:
    """A function of jobs (number, job), of which worker number % count does each, that knows which worker it is."""

    def __init__(self, loader: DataLoader, fn: Callable[[Any], Any]) -> None:
        self.loader, self.fn, self.seed = loader, fn, int(np.random.randint(0, _SEEDS))
        self.begun: set[int] = set()

    def __call__(self, job: tuple[int, Any]) -> Any:
        global _worker
        number, of_job = job
        loader, me = self.loader, number % self.loader.num_workers
        _worker = WorkerInfo(me, loader.num_workers, self.seed + me, loader.dataset)
        try:
            if me not in self.begun:
                self.begun.add(me)
                if loader.worker_init_fn is not None:
                    loader.worker_init_fn(me)
            return self.fn(of_job)
        finally:
            _worker = None


class _Streams:
    """A worker's next batch of an iterable dataset: ('a batch', it), or (_END, None)."""

    def __init__(self, loader: DataLoader) -> None:
        self.loader = loader
        self.open: dict[int, Iterator[Any]] = {}

    def __call__(self, worker: int) -> tuple[str, Any]:
        if worker not in self.open:
            self.open[worker] = self.loader._read(iter(self.loader.dataset))
        for batch in self.open[worker]:
            return "a batch", batch
        return _END, None


def _exclude(given: dict[str, Any], reason: str, applies: bool) -> None:
    for name, there in given.items():
        if applies and there:
            raise ArgumentError(f"{name} cannot be specified {reason}.")


also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in ("dataloader", "dataset", "distributed", "sampler")))

open_paths(sys.modules[__name__])
