"""``mindspore.dataset.dataloader``: batches of a Python object's samples, as PyTorch programs read them.

Samples are read by the calling process; with ``num_workers`` each batch is made as the worker whose turn it is would
make it, so that ``get_worker_info`` tells what a program goes by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, islice
from typing import Any, NamedTuple

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, NotSupportedError, ShapeError

__all__ = [
    "BatchSampler", "DataLoader", "Dataset", "DistributedSampler", "IterableDataset", "RandomSampler", "Sampler",
    "SequentialSampler", "TensorDataset", "default_collate", "default_convert", "get_worker_info",
]


class Dataset:
    """Samples by number: a subclass gives ``__getitem__``, and ``__len__`` where something asks for it."""

    def __getitem__(self, index: Any) -> Any:
        raise NotSupportedError(f"{type(self).__name__} must implement __getitem__ method.")


class IterableDataset(Dataset):
    """Samples one after the other: a subclass gives ``__iter__``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotSupportedError(f"{type(self).__name__} must implement __iter__ method.")


class TensorDataset(Dataset):
    """The slices of Tensors of one length along their first axis; a sample is a tuple.

    >>> data = TensorDataset(luojia.Tensor([0, 1]), luojia.Tensor([2, 3]))
    >>> len(data), [int(x) for x in data[1]]
    (2, [1, 3])
    """

    def __init__(self, *tensors: Any) -> None:
        if len({len(tensor) for tensor in tensors}) > 1:
            raise ShapeError("All tensors must have the same size in the first dimension.")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Sampler:
    """Base class; a subclass gives ``__iter__``."""

    def __init__(self, data_source: Any = None) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[Any]:
        raise DTypeError(f"'{type(self).__name__}' object is not iterable: give it a method __iter__.")


class SequentialSampler(Sampler):
    """The samples in order."""

    def __init__(self, data_source: Any) -> None:
        super().__init__(data_source)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """The samples in a random order, or with ``replacement`` random draws.

    Args:
        num_samples: how many; default as many as there are. Without replacement more begin again.
        generator: a ``numpy.random.Generator``.
    """

    def __init__(self, data_source: Any, replacement: bool = False, num_samples: int | None = None,
                 generator: np.random.Generator | None = None) -> None:
        super().__init__(data_source)
        _typed(replacement, bool, "replacement")
        if num_samples is not None and _typed(num_samples, int, "num_samples") <= 0:
            raise ArgumentError(f"num_samples must be a positive integer value, but got num_samples = {num_samples}")
        if generator is not None:
            _typed(generator, np.random.Generator, "generator")
        self.replacement, self.generator, self._num_samples = replacement, generator, num_samples

    @property
    def num_samples(self) -> int:
        """How many samples are drawn."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng(np.random.randint(2**31)) if self.generator is None else self.generator
        size = len(self.data_source)
        if self.replacement:
            return iter(rng.integers(0, size, self.num_samples).tolist())
        whole = (i for _ in count() for i in rng.permutation(size).tolist())
        return islice(whole, self.num_samples if size else 0)

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """Lists of ``batch_size`` samples' numbers.

    >>> list(BatchSampler(range(5), 2, False)), list(BatchSampler(range(5), 2, True))
    ([[0, 1], [2, 3], [4]], [[0, 1], [2, 3]])
    """

    def __init__(self, sampler: Sampler | Iterable, batch_size: int, drop_last: bool) -> None:
        super().__init__()
        if _typed(batch_size, int, "batch_size") <= 0:
            raise ArgumentError(f"batch_size must be positive, but got: {batch_size}.")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, _typed(drop_last, bool, "drop_last")

    def __iter__(self) -> Iterator[list]:
        numbers = iter(self.sampler)
        while batch := list(islice(numbers, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        whole = len(self.sampler)  # type: ignore[arg-type] - a sampler with a length
        return whole // self.batch_size if self.drop_last else -(-whole // self.batch_size)


class DistributedSampler(Sampler):
    """Every ``num_replicas``-th sample from ``rank``; default those of the group of processes.

    Args:
        shuffle: in an order that depends on ``seed`` and on what ``set_epoch`` was given.
        drop_last: leave out what does not fill all shards; else they are filled up from the begin.
    """

    def __init__(self, dataset: Any, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True,
                 seed: int = 0, drop_last: bool = False) -> None:
        super().__init__(dataset)
        if num_replicas is None or rank is None:
            from ..communication import get_group_size, get_rank

            num_replicas = get_group_size() if num_replicas is None else num_replicas
            rank = get_rank() if rank is None else rank
        if num_replicas <= 0:
            raise ArgumentError(f"Invalid num_replicas: {num_replicas}, num_replicas must be greater than 0.")
        if not 0 <= rank < num_replicas:
            raise ArgumentError(f"Invalid rank: {rank}, rank must be in the interval [0, {num_replicas - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0

    def set_epoch(self, epoch: int) -> None:
        """Another random order."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        size = len(self.dataset)
        rng = np.random.default_rng(self.seed + self.epoch)
        order = rng.permutation(size) if self.shuffle else np.arange(size)
        return iter(order[(np.arange(len(self)) * self.num_replicas + self.rank) % max(size, 1)].tolist())

    def __len__(self) -> int:
        size = len(self.dataset)
        return size // self.num_replicas if self.drop_last else -(-size // self.num_replicas)


class WorkerInfo(NamedTuple):
    """Which worker reads samples: its number, of how many, its seed, and the data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_worker: list[WorkerInfo] = []


def get_worker_info() -> WorkerInfo | None:
    """Whose turn it is to read samples; None without ``num_workers``."""
    return _worker[-1] if _worker else None


@contextmanager
def _at_work(info: WorkerInfo | None) -> Iterator[None]:
    if info is not None:
        _worker.append(info)
    try:
        yield
    finally:
        if info is not None:
            _worker.pop()


def default_collate(batch: list) -> Any:
    """Samples as a batch: numbers, arrays and Tensors as one Tensor; texts as they are; columns of lists, tuples and
    dicts each by itself.

    >>> default_collate([{"a": 0, "b": "x"}, {"a": 1, "b": "y"}])
    {'a': Tensor(shape=[2], dtype=Int64, value= [0, 1]), 'b': ['x', 'y']}

    Raises:
        DTypeError: samples of another type.
        ArgumentError: sequences of different lengths.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return Tensor(np.stack([one.asnumpy() for one in batch]))
    if isinstance(first, (np.ndarray, np.generic)):
        if first.dtype.kind in "USO":
            raise DTypeError(f"NumPy arrays with dtype {first.dtype} are not supported for collation.")
        return Tensor(np.stack(batch))
    if isinstance(first, (bool, int, float)):
        return Tensor(np.array(batch))
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _like(first, {key: default_collate([one[key] for one in batch]) for key in first})
    if isinstance(first, Sequence):
        if any(len(one) != len(first) for one in batch):
            raise ArgumentError("Each element in list of batch must be of equal size.")
        columns = [default_collate(column) for column in zip(*batch)]  # type: ignore[arg-type] - tuples will do
        return type(first)(*columns) if hasattr(first, "_fields") else columns
    raise DTypeError(f"Cannot find the appropriate collate function for type {type(first)} in collate_fn_map.")


def default_convert(data: Any) -> Any:
    """A sample with Tensors for its arrays of numbers.

    >>> default_convert([np.array([0, 1]), "x"])
    [Tensor(shape=[2], dtype=Int64, value= [0, 1]), 'x']
    """
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in "USO" else Tensor(np.asarray(data))
    if isinstance(data, Mapping):
        return _like(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        values = [default_convert(value) for value in data]
        return type(data)(*values) if hasattr(data, "_fields") else values
    return data


def _like(mapping: Mapping, made: dict) -> Any:
    try:
        return type(mapping)(made)  # type: ignore[call-arg] - a mapping of a mapping
    except TypeError:
        return made


class DataLoader:
    """Batches of a data set's samples.

    Args:
        dataset: an object with ``__getitem__`` and ``__len__``, or an :class:`IterableDataset`.
        batch_size: how many samples are a batch; None gives the samples themselves.
        shuffle: in a random order.
        sampler: the samples' numbers in order, instead of ``shuffle``.
        batch_sampler: lists of numbers, instead of ``batch_size``, ``shuffle``, ``sampler`` and ``drop_last``.
        num_workers: as how many workers to read; all in this process.
        collate_fn: makes a batch of a list of samples; default :func:`default_collate`.
        drop_last: leave out a last batch that is not full.
        worker_init_fn: called with the number of each worker before it begins.
        generator: a ``numpy.random.Generator`` for ``shuffle``.
        pin_memory, timeout, multiprocessing_context, prefetch_factor, persistent_workers, in_order: checked; they
            change nothing.

    >>> [batch.tolist() for batch in DataLoader(range(5), 2)]
    [[0, 1], [2, 3], [4]]

    Matches ``mindspore.dataset.dataloader.DataLoader``.
    """

    def __init__(self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
                 batch_sampler: Any = None, num_workers: int = 0, collate_fn: Callable | None = None,
                 pin_memory: bool = False, drop_last: bool = False, timeout: float = 0.0,
                 worker_init_fn: Callable[[int], None] | None = None, multiprocessing_context: Any = None,
                 generator: np.random.Generator | None = None, *, prefetch_factor: int | None = None,
                 persistent_workers: bool = False, in_order: bool = True) -> None:
        for name, value, kind in (("batch_size", batch_size, int), ("shuffle", shuffle, bool),
                                  ("generator", generator, np.random.Generator),
                                  ("prefetch_factor", prefetch_factor, int)):
            if value is not None:
                _typed(value, kind, name)
        for name, flag in (("pin_memory", pin_memory), ("drop_last", drop_last), ("in_order", in_order),
                           ("persistent_workers", persistent_workers)):
            _typed(flag, bool, name)
        for name, value in (("num_workers", _typed(num_workers, int, "num_workers")),
                            ("timeout", _typed(timeout, (int, float), "timeout"))):
            if value < 0:
                raise ArgumentError(f"{name} must be non-negative, but got: {value}.")
        for name, value in (("batch_size", batch_size), ("prefetch_factor", prefetch_factor)):
            if value is not None and value <= 0 and (name == "batch_size" or num_workers):
                raise ArgumentError(f"{name} must be positive, but got: {value}.")
        for name, value in (("prefetch_factor", prefetch_factor), ("persistent_workers", persistent_workers),
                            ("multiprocessing_context", multiprocessing_context)):
            if value and not num_workers:
                raise ArgumentError(
                    f"{name} must only be specified when num_workers is greater than 0, but got: {num_workers}."
                )
        iterable = isinstance(dataset, IterableDataset)
        if not iterable and not hasattr(dataset, "__getitem__"):
            raise NotSupportedError(f"{type(dataset).__name__} should implement __getitem__ method if it is map style.")
        given = {"shuffle": shuffle, "sampler": sampler is not None, "batch_sampler": batch_sampler is not None}
        _exclusive("when dataset is iterable style" if iterable else "", given)
        _exclusive("with shuffle" if shuffle else "", {"sampler": sampler is not None})
        _exclusive("with batch_sampler" if batch_sampler is not None else "",
                   {"batch_size": batch_size != 1, "shuffle": shuffle, "sampler": sampler is not None,
                    "drop_last": drop_last})
        if sampler is None and not iterable:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is None and batch_size is not None and sampler is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset, self.batch_size, self.sampler, self.batch_sampler = dataset, batch_size, sampler, batch_sampler
        self.num_workers, self.drop_last, self.timeout, self.pin_memory = num_workers, drop_last, timeout, pin_memory
        self.worker_init_fn, self.generator, self.in_order = worker_init_fn, generator, in_order
        self.multiprocessing_context, self.persistent_workers = multiprocessing_context, persistent_workers
        self.prefetch_factor = prefetch_factor if prefetch_factor or not num_workers else 2
        self.auto_collation = batch_size is not None
        self.collate_fn = collate_fn or (default_collate if self.auto_collation else default_convert)

    @property
    def index_sampler(self) -> Any:
        """What is read in turn: lists of numbers, or numbers."""
        return self.batch_sampler if self.auto_collation else self.sampler

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self.index_sampler)
        whole = len(self.dataset)  # type: ignore[arg-type] - one that has a length
        if self.batch_size is None:
            return whole
        return whole // self.batch_size if self.drop_last else -(-whole // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        seed = int(np.random.randint(2**31)) if self.num_workers else 0
        infos: list[Any] = [WorkerInfo(i, self.num_workers, seed + i, self.dataset) for i in range(self.num_workers)]
        for info in infos if self.worker_init_fn is not None else ():
            with _at_work(info):
                self.worker_init_fn(info.id)  # type: ignore[misc] - not None
        infos = infos or [None]
        return self._in_turn(infos) if isinstance(self.dataset, IterableDataset) else self._picked(infos)

    def _picked(self, infos: list) -> Iterator[Any]:
        for turn, numbers in enumerate(self.index_sampler):
            with _at_work(infos[turn % len(infos)]):
                many = self.auto_collation
                made = self.collate_fn([self.dataset[i] for i in numbers] if many else self.dataset[numbers])
            yield made

    def _in_turn(self, infos: list) -> Iterator[Any]:
        lanes = []
        for info in infos:
            with _at_work(info):
                lanes.append((info, iter(self.dataset)))
        while lanes:
            left = []
            for info, samples in lanes:
                with _at_work(info):
                    batch = list(islice(samples, self.batch_size or 1))
                    if not batch or (self.drop_last and len(batch) < (self.batch_size or 1)):
                        continue
                    made = self.collate_fn(batch if self.auto_collation else batch[0])
                left.append((info, samples))
                yield made
            lanes = left


def _exclusive(when: str, given: dict[str, Any]) -> None:
    for name, value in given.items():
        if when and value:
            raise ArgumentError(f"{name} cannot be specified {when}.")


def _typed(value: Any, kind: Any, name: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise DTypeError(f"{name} must be {kind}, but got: {type(value).__name__}.")
    return value
