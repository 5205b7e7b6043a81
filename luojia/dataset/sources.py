"""Sources of pipelines: Python objects, arrays in memory, and data sets in files."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from .._src.data import cifar, mnist
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.formats import cifar as cifar_format
from .._src.formats import idx
from . import checks, config
from .arguments import Checking, tuning
from .dataset import Dataset, names_of
from .order import Still
from .rows import PipelineError, Row, as_row
from .samplers import Picked, PKSampler, Sampler, SequentialSampler, resolve
from .schema import Schema


class Source(Checking, Dataset):
    """Columns, and ``n`` rows that can be read in any order."""

    def __init__(self, columns: list[str], count: int, sampler: Any) -> None:
        super().__init__()
        self._columns, self._count = columns, count
        sampler.bind(self)
        self._sampler = sampler

    def use_sampler(self, new_sampler: Any) -> None:
        """Another order: ``new_sampler`` in place of the present sampler, whose child becomes its own.

        Raises:
            DTypeError: it is no sampler.
        """
        if not isinstance(new_sampler, Sampler):
            raise DTypeError(f"use_sampler: Input sampler is not an instance of a sampler, got {new_sampler!r}.")
        child = self._sampler.child
        if child is not None:
            new_sampler.innermost().add_child(child)
        new_sampler.bind(self)
        self._sampler = new_sampler

    def part(self, picked: np.ndarray, shuffled: bool) -> Dataset:
        made = copy.copy(self)
        made._sampler = SequentialSampler()
        made._sampler.add_child(Picked(self._sampler, config.fixed_order(), picked, shuffled))
        return made

    def add_sampler(self, new_sampler: Any) -> None:
        """A sampler of the samples that the present one gives."""
        if not isinstance(new_sampler, Sampler):
            raise DTypeError(f"add_sampler: expected a Sampler, got {new_sampler!r}.")
        new_sampler.add_child(self._sampler)
        new_sampler.bind(self)
        self._sampler = new_sampler

    def split_order(self, rng: Any, count: int) -> np.ndarray:
        return rng.shuffled(self, np.arange(count))

    def classes(self, column: str) -> Sequence[int]:
        """The class of every sample."""
        if column not in self._columns:
            raise PipelineError(f"{type(self).__name__}: PKSampler's class_column {column} is not in {self._columns}.")
        at = self._columns.index(column)
        return [int(self.row(i)[at]) for i in range(self._count)]

    def get_col_names(self) -> list[str]:
        return self._columns

    def is_shuffled(self) -> bool:
        return self._sampler.is_shuffled()

    def is_sharded(self) -> bool:
        return self._sampler.is_sharded()

    def get_dataset_size(self) -> int:
        return len(self._sampler.take(self._count, Still()))

    def rows(self, rng: Any) -> Iterator[Row]:
        return map(self.row, self._sampler.take(self._count, rng).tolist())

    def row(self, i: int) -> Row:
        """Row ``i`` of the source."""
        raise NotImplementedError


class NumpySlicesDataset(Source):
    """The slices of arrays or lists in memory, along their first axis.

    Args:
        data: a list, an array, a tuple of columns, or a dict of columns by name.
        column_names: a name or names; default the dict's keys, or column_0, column_1, ...
        num_samples, shuffle, sampler, num_shards, shard_id: which rows, in which order; shuffled by default.
        num_parallel_workers: accepted; rows are read in this process.

    >>> data = NumpySlicesDataset(([1, 2], [3.0, 4.0]), ["a", "b"], shuffle=False)
    >>> [(int(a), float(b)) for a, b in data.create_tuple_iterator(output_numpy=True)]
    [(1, 3.0), (2, 4.0)]
    """

    def __init__(self, data: Any, column_names: Any = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None) -> None:
        who = "NumpySlicesDataset"
        checks.kind(data, (list, tuple, dict, np.ndarray), "data")
        if not len(data):
            raise ArgumentError(f"{who}: Argument data cannot be empty.")
        if isinstance(data, dict):
            names, columns = list(data), list(data.values())
            for name in names:
                checks.kind(name, (str,), "the key of data")
        else:
            columns = list(data) if isinstance(data, tuple) else [data]
            names = [f"column_{i}" for i in range(len(columns))]
        if column_names is not None:
            given = names_of(column_names, "column_names")
            if len(given) != len(names):
                raise ArgumentError(
                    f"{who}: Num of input column names is {len(given)}, but required is {len(names)} as data is "
                    f"{type(data).__name__}."
                )
            names = given
        self._arrays: list[Any] = [_column(column) for column in columns]
        lengths = [len(a) if isinstance(a, list) or a.ndim else -1 for a in self._arrays]
        if len(set(lengths)) > 1:
            raise ShapeError(f"{who}: Data length in each column is not equal: {lengths}.")
        chosen = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(names, len(self._arrays[0]), chosen)

    def row(self, i: int) -> Row:
        return tuple(np.asarray(a[i]) for a in self._arrays)

    def gather(self, rng: Any) -> Any:
        if any(isinstance(a, list) for a in self._arrays):
            return None
        return self._arrays, self._sampler.take(self._count, rng)


def _column(values: Any) -> Any:
    """An array; a list of arrays where they differ in shape."""
    try:
        made = np.asarray(values)
    except ValueError:
        return [np.asarray(value) for value in values]
    if made.dtype == object:
        raise DTypeError(f"NumpySlicesDataset: a column of {values!r} is neither of numbers nor of text.")
    if not made.ndim:
        raise DTypeError(f"NumpySlicesDataset: a column should be a list or an array, got {values!r}.")
    return made


class GeneratorDataset(Source):
    """The samples of a Python object.

    Args:
        source: an object with ``__getitem__`` and ``__len__``, an iterable, or a function that gives an iterator; a
            sample is a value, or a tuple of one value per column.
        column_names: a name or names.
        column_types: their dtypes; values of others are refused.
        schema: a :class:`Schema`, or its JSON file, that names the columns instead.
        num_samples, shuffle, sampler, num_shards, shard_id: which samples, in which order; shuffled by default where
            the source has ``__getitem__``, and not available where it has not.
        batch_sampler: lists of samples' numbers; each list is a batch.
        collate_fn: makes the columns of a batch of the lists of their values; default stacks them.
        num_parallel_workers and the rest: accepted; samples are read in this process.

    >>> data = GeneratorDataset([(1, 2.0), (3, 4.0)], ["x", "y"], shuffle=False)
    >>> data.get_dataset_size(), data.get_col_names(), data.output_types()
    (2, ['x', 'y'], [dtype('int64'), dtype('float64')])
    """

    def __init__(self, source: Any, column_names: Any = None, column_types: Sequence | None = None, schema: Any = None,
                 num_samples: int | None = None, num_parallel_workers: int | None = 1, shuffle: bool | None = None,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 python_multiprocessing: bool = True, max_rowsize: Any = None, batch_sampler: Any = None,
                 collate_fn: Callable | None = None) -> None:
        who = "GeneratorDataset"
        workers_of(num_parallel_workers)
        tuning(python_multiprocessing, max_rowsize)
        if schema is not None and not isinstance(schema, (str, Schema)):
            raise ArgumentError(f"{who}: schema should be a path to schema file or a schema object, got {schema!r}.")
        if collate_fn is not None and not callable(collate_fn):
            raise DTypeError(f"{who}: collate_fn is not a callable object: {collate_fn!r}.")
        if column_names is None and schema is None:
            raise ArgumentError(f"{who}: Neither columns_names nor schema are provided; name the columns.")
        if column_names is None:
            columns = (schema if isinstance(schema, Schema) else Schema(schema)).columns
            column_names, column_types = [c["name"] for c in columns], [_numpy_type(c["type"]) for c in columns]
        if not column_names:
            raise ArgumentError(f"{who}: column_names should not be empty.")
        self._random = hasattr(source, "__getitem__") and hasattr(source, "__len__")
        if not (self._random or callable(source) or hasattr(source, "__iter__")):
            raise DTypeError(
                "Input `source` function of GeneratorDataset should be callable, iterable or random accessible, "
                "commonly it should implement one of the method like yield, __getitem__ or __next__(__iter__). Got "
                f"{source!r}."
            )
        once = isinstance(source, (Generator, zip, map, filter, enumerate))
        self.source: Any = _Kept(source) if once else source
        names = names_of(column_names, "column_names")
        if column_types is not None:
            checks.kind(column_types, (list,) if schema is None else (list, tuple), "column_types")
        types = column_types and [getattr(t, "np", t) for t in column_types]
        if types and len(types) != len(names):
            raise ArgumentError(f"{who} expects a type for each of {len(names)} columns, got {len(types)}.")
        self._types = types and [np.dtype(t) for t in types]
        if isinstance(sampler, PKSampler):
            raise ArgumentError(f"{who}: GeneratorDataset doesn't support PKSampler.")
        for name, value in (("sampler", sampler), ("num_shards", num_shards), ("batch_sampler", batch_sampler)):
            if not self._random and value is not None:
                raise ArgumentError(f"{who}: {name} is not supported if source does not have attribute '__getitem__'.")
        self._batches, self._collate = batch_sampler, collate_fn
        if batch_sampler is None and collate_fn is not None:
            raise ArgumentError(f"{who}: collate_fn can be specified only when batch_sampler is set.")
        if batch_sampler is not None:
            if not hasattr(batch_sampler, "__iter__") and not hasattr(batch_sampler, "__getitem__"):
                raise DTypeError(f"{who}: batch_sampler should have __getitem__ or __iter__, got {batch_sampler!r}.")
            if any(v is not None for v in (num_samples, shuffle, num_shards, shard_id, sampler)):
                raise ArgumentError(
                    f"{who}: batch_sampler is mutually exclusive with num_samples, shuffle, num_shards, shard_id and "
                    "sampler."
                )
        chosen = resolve(who, sampler, shuffle if self._random else False, num_samples, num_shards, shard_id)
        super().__init__(names, len(self.source) if self._random else -1, chosen)

    def _samples(self) -> Iterator[Any]:
        try:
            samples = self.source() if callable(self.source) else self.source
            yield from iter(samples)  # type: ignore[call-overload]
        except Exception as error:
            raise _failed(error) from error

    def get_dataset_size(self) -> int:
        if self._batches is not None:
            return len(self._batches) if hasattr(self._batches, "__len__") else sum(1 for _ in self._batches)
        if self._count < 0:
            self._count = sum(1 for _ in self._samples())
        return super().get_dataset_size()

    def get_batch_size(self) -> int:
        return 1 if self._batches is None else -1

    def part(self, picked: np.ndarray, shuffled: bool) -> Dataset:
        return super().part(picked, shuffled) if self._random else Dataset.part(self, picked, shuffled)

    def rows(self, rng: Any) -> Iterator[Row]:
        if self._batches is not None:
            return map(self._batch, self._batches)
        if not self._count:
            raise PipelineError("GeneratorNode: data row of input source must not be 0, got: 0")
        if self._random:
            return super().rows(rng)
        limit = self._sampler.num_samples
        return (self._convert(s) for i, s in zip(range(2**62 if limit is None else limit), self._samples()))

    def row(self, i: int) -> Row:
        try:
            sample = self.source[i]
        except Exception as error:
            raise _failed(error) from error
        return self._convert(sample)

    def _batch(self, numbers: Sequence[int]) -> Row:
        if not isinstance(numbers, Iterable):
            raise PipelineError(f"GeneratorDataset: batch_sampler should give lists of numbers, got {numbers!r}.")
        columns = [list(column) for column in zip(*map(self.row, numbers))]
        try:
            made = self._collate(*columns) if self._collate else tuple(map(np.stack, columns))
        except Exception as error:
            raise _failed(error) from error
        return as_row(made if isinstance(made, tuple) else (made,))

    def _convert(self, sample: Any) -> Row:
        width = len(self._columns)
        row = as_row(sample if isinstance(sample, (tuple, list)) or width > 1 else (sample,))
        if len(row) != width:
            raise PipelineError(
                "Invalid Python function, the 'source' of 'GeneratorDataset' should return same number of NumPy arrays "
                f"as specified in column_names, the size of column_names is:{len(self._columns)} and number of "
                f"returned NumPy array is:{len(row)}."
            )
        if not self._types:
            return row
        for value, dtype, name in zip(row, self._types, self._columns):
            if value.dtype != dtype and not value.dtype.kind == dtype.kind == "U":
                raise PipelineError(
                    "Invalid Python function, type of returned data in 'GeneratorDataset' should be same with "
                    f"specified column_types, but column {name} has {value.dtype}, specified column type: {dtype}."
                )
        return row


class _Kept:
    """An iterator that can be passed through once only, again and again: what it gave is kept."""

    def __init__(self, source: Iterator[Any]) -> None:
        self._source, self._items = source, []

    def __iter__(self) -> Iterator[Any]:
        yield from self._items
        for item in self._source:
            self._items.append(item)
            yield item


def _failed(error: Exception) -> PipelineError:
    if isinstance(error, PipelineError):
        return error
    text = f"{type(error).__name__}: {error}"
    return PipelineError(
        "Exception thrown from user defined Python function in dataset. Execute user Python code failed, check 'Python "
        f"Call Stack' above. {text}"
    )


def _numpy_type(name: str) -> np.dtype:
    return np.dtype(np.str_ if name == "string" else name)


def workers_of(num_parallel_workers: Any) -> int | None:
    """``num_parallel_workers``, a number of 1 or more, or None."""
    if num_parallel_workers is None:
        return None
    checks.kind(num_parallel_workers, (int,), "num_parallel_workers")
    if num_parallel_workers < 1:
        raise ArgumentError(
            f"num_parallel_workers exceeds the boundary between 1 and {os.cpu_count()}! Got {num_parallel_workers}."
        )
    return num_parallel_workers


class _InMemory(Source):
    """Images and labels that were read whole."""

    def __init__(self, columns: list[str], arrays: Sequence[np.ndarray], sampler: Any) -> None:
        super().__init__(columns, len(arrays[0]), sampler)
        self._arrays = list(arrays)

    def row(self, i: int) -> Row:
        return tuple(np.asarray(a[i]) for a in self._arrays)

    def gather(self, rng: Any) -> Any:
        return self._arrays, self._sampler.take(self._count, rng)


def _folder(who: str, folder: str) -> str:
    if not os.path.isdir(os.path.expanduser(folder)):
        raise ArgumentError(f"{who}: The folder {folder} does not exist or is not a directory or permission denied!")
    return os.path.expanduser(folder)


def _usage(who: str, usage: str | None) -> list[bool]:
    """Whether to read training files, for each part, in MindSpore's order."""
    table = {"train": [True], "test": [False], "all": [False, True], None: [False, True]}
    if usage not in table:
        raise ArgumentError(
            f"{who}: Input usage is not within the valid set of ['train', 'test', 'all'], got {usage!r}."
        )
    return table[usage]


class MnistDataset(_InMemory):
    """MNIST: columns image, (28, 28, 1) uint8, and label, uint32.

    Args:
        dataset_dir: the folder of the IDX files, gzipped or not; where they are missing the usual folders are tried.
        usage: 'train', 'test' or 'all' (default), which takes those of both that lie in the folder.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.

    Raises:
        MissingDataError: a file is missing; the message names the files, the folders and luojia.data.digits().

    >>> np.array([2051, 1, 28, 28] + [0] * 196, ">i4").tofile("t10k-images-idx3-ubyte")
    >>> np.uint8([0, 0, 8, 1, 0, 0, 0, 1, 7]).tofile("t10k-labels-idx1-ubyte")
    >>> rows = MnistDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((28, 28, 1), 7)]
    """

    _name = "mnist"

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = type(self).__name__
        folder, parts = _folder(who, dataset_dir), _usage(who, usage)
        chosen = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        if len(parts) > 1:
            parts = mnist.present(folder, self._name) or parts
        read = [mnist.load(train, idx.load, folder, self._name) for train in parts]
        images, labels = (np.concatenate(column) for column in zip(*read))
        super().__init__(["image", "label"], [images, labels.astype(np.uint32)], chosen)


class FashionMnistDataset(MnistDataset):
    """Fashion-MNIST, in MNIST's form.

    >>> np.array([2051, 1, 28, 28] + [0] * 196, ">i4").tofile("t10k-images-idx3-ubyte")
    >>> np.uint8([0, 0, 8, 1, 0, 0, 0, 1, 7]).tofile("t10k-labels-idx1-ubyte")
    >>> [int(row["label"]) for row in FashionMnistDataset(".", "test").create_dict_iterator(num_epochs=1)]
    [7]
    """

    _name = "fashion-mnist"


class Cifar10Dataset(_InMemory):
    """CIFAR-10 from its binary files: columns image, (32, 32, 3) uint8, and label, uint32.

    Arguments and errors are those of :class:`MnistDataset`.

    >>> np.uint8([7] + [0] * 3072).tofile("test_batch.bin")
    >>> rows = Cifar10Dataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((32, 32, 3), 7)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "Cifar10Dataset"
        folder, parts = _folder(who, dataset_dir), _usage(who, usage)
        chosen = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        images, labels = cifar.load(None if len(parts) > 1 else parts[0], cifar_format.load, folder, some=True)
        super().__init__(["image", "label"], [images, labels.astype(np.uint32)], chosen)


class Cifar100Dataset(_InMemory):
    """CIFAR-100 from its binary files: columns image, coarse_label and fine_label, uint32.

    >>> np.uint8([7, 42] + [0] * 3072).tofile("test.bin")
    >>> [int(row["fine_label"]) for row in Cifar100Dataset(".", "test").create_dict_iterator(num_epochs=1)]
    [42]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "Cifar100Dataset"
        folder, parts = _folder(who, dataset_dir), _usage(who, usage)
        chosen = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        if len(parts) > 1:
            kept = [os.path.isfile(os.path.join(folder, "train.bin" if train else "test.bin")) for train in parts]
            parts = [train for train, here in zip(parts, kept) if here] or parts
        read = [cifar.load(train, cifar_format.load, folder, "cifar100") for train in parts]
        images, both = (np.concatenate(column) for column in zip(*read))
        both = both.astype(np.uint32)
        super().__init__(["image", "coarse_label", "fine_label"], [images, both[:, 0], both[:, 1]], chosen)
