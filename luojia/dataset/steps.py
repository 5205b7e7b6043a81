"""The steps of a pipeline: each is a Dataset over another."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, cycle, islice
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from . import checks, config
from .callback import callbacks_of, called
from .dataset import Dataset, names_of, positions
from .order import Still
from .rows import ColumnError, PipelineError, Row, array_of, as_row, raw
from .samplers import DistributedSampler, RandomSampler

_KEPT = 100  # rows that may take the place of one whose function failed


class MapDataset(Dataset):
    """The rows with functions applied to some of their columns; see :meth:`Dataset.map`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).map(lambda a: a + 1)
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [2, 3, 4]
    """

    def __init__(self, child: Dataset, operations: Any, inputs: Any = None, outputs: Any = None,
                 callbacks: Any = None) -> None:
        super().__init__(child)
        self.callbacks = callbacks_of(callbacks)
        self.operations = list(operations) if isinstance(operations, (list, tuple)) else [operations]
        if operations is None:
            self.operations = []
        for operation in self.operations:
            if isinstance(operation, type):
                raise ArgumentError(
                    "Parameter operations's element of method map should be a dataset processing operation instance, "
                    f"but got: {operation}. It may be missing parentheses for instantiation."
                )
            if not callable(operation):
                raise ArgumentError(
                    "Parameter operations's element of method map should be a python function or class method which "
                    f"should be callable, but got: {operation}. It doesn't need parentheses for python function or "
                    "class method."
                )
        if not self.operations:
            raise ColumnError("Map: No 'operations' are specified.")
        self.inputs = child.get_col_names()[:1] if inputs is None else names_of(inputs, "input_columns")
        self.outputs = self.inputs if outputs is None else names_of(outputs, "output_columns")
        self.at = positions(child, self.inputs, "map")

    def get_col_names(self) -> list[str]:
        return _renamed(self.children[0].get_col_names(), self.inputs, self.outputs)

    def rows(self, rng: Any) -> Iterator[Row]:
        names, order = self.children[0].get_col_names(), self.get_col_names()
        rows = self.children[0].rows(rng)
        if config.error_mode() is not config.ErrorSamplesMode.RETURN:
            return self._mending(partial(self._made, row, names, order, rng) for row in rows)
        if self.callbacks and not isinstance(rng, Still):
            return called(self.callbacks, self, rows, lambda row: self._made(row, names, order, rng), rng)
        return (self._made(row, names, order, rng) for row in rows)

    def _mending(self, making: Iterator[Callable[[], Row]]) -> Iterator[Row]:
        """The rows that can be made; those that cannot are left out, or others come again for them at the end."""
        made, failed = [], 0
        for make in making:
            try:
                row = make()
            except PipelineError:
                failed += 1
                continue
            if len(made) < _KEPT:
                made.append(row)
            yield row
        if failed and config.error_mode() is config.ErrorSamplesMode.REPLACE:
            if not made:
                raise PipelineError("All data is garbage and cannot be replaced.")
            yield from islice(cycle(made), failed)

    def _made(self, row: Row, names: list[str], order: list[str], rng: Any) -> Row:
        values: Any = tuple(raw(row[i]) for i in self.at)
        for operation in config.watched(self.operations):
            with config.drawing(rng, operation):
                values = _call(operation, values, "map operation")
            values = values if isinstance(values, tuple) else (values,)
        if len(values) != len(self.outputs):
            raise PipelineError(
                "map: Invalid columns, the number of columns returned in 'map' operations should match the number of "
                "'output_columns', but got the number of columns returned in 'map' operations: "
                f"{len(values)}, the number of 'output_columns': {len(self.outputs)}. They are {self.outputs}."
            )
        columns = dict(zip(names, row))
        columns.update(zip(self.outputs, as_row(values)))
        return tuple(columns[name] for name in order)


def flat_map(data: Dataset, func: Callable[..., Dataset]) -> ConcatDataset:
    """See :meth:`Dataset.flat_map`."""
    if not callable(func):
        raise DTypeError(f"flat_map: func must be a function, got {func!r}.")
    made = [func(*map(array_of, row)) for row in data.rows(config.new_order())]
    for part in made:
        if not isinstance(part, Dataset):
            raise DTypeError(f"flat_map must return a Dataset object, got a {type(part).__name__}.")
    if not made:
        raise PipelineError("flat_map: there are no rows.")
    return ConcatDataset(made)


class SyncWaitDataset(Dataset):
    """The rows as they are, and a callback for ``sync_update``.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False)
    >>> data = data.sync_wait("policy", callback=lambda value: print("told", value))
    >>> data.sync_update("policy", data=0.5)
    told 0.5
    """

    def __init__(self, child: Dataset, condition_name: str, num_batch: int = 1, callback: Any = None) -> None:
        super().__init__(child)
        checks.kind(condition_name, (str,), "condition_name")
        if checks.kind(num_batch, (int,), "num_batch") < 1:
            raise ArgumentError(f"num_batch need to be greater than 0. Got {num_batch}.")
        below = child
        while below is not None:
            if isinstance(below, SyncWaitDataset) and below.condition_name == condition_name:
                raise PipelineError(f"Condition name is already in use. It is {condition_name}.")
            below = below.children[0] if below.children else None
        self.condition_name, self.callback = condition_name, callback

    def sync_update(self, condition_name: str, num_batch: int | None = None, data: Any = None) -> None:
        if condition_name != self.condition_name:
            super().sync_update(condition_name, num_batch, data)
        elif num_batch is not None and num_batch < 1:
            raise PipelineError(f"Sync_update batch size can only be positive integer, got: {num_batch}.")
        elif self.callback is not None:
            self.callback(data)


class FilterDataset(Dataset):
    """The rows of which a function is True; see :meth:`Dataset.filter`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).filter(lambda a: a != 2)
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [1, 3]
    """

    def __init__(self, child: Dataset, predicate: Callable, inputs: Any = None) -> None:
        super().__init__(child)
        if not callable(predicate):
            raise DTypeError(f"Predicate should be a Python function or a callable Python object. Got {predicate!r}.")
        self.predicate = predicate
        names = child.get_col_names() if inputs is None else names_of(inputs, "input_columns")
        self.at = positions(
            child, names, "filter", "Invalid parameter, column name: {} does not exist in the dataset columns"
        )

    def get_dataset_size(self) -> int:
        return sum(1 for _ in self.rows(Still()))

    def rows(self, rng: Any) -> Iterator[Row]:
        for row in self.children[0].rows(rng):
            kept = _call(self.predicate, [row[i] for i in self.at], "filter")
            if kept if isinstance(kept, bool) else _call(bool, [kept], "filter: the predicate's result"):
                yield tuple(row)  # no longer Fresh: the predicate has seen the arrays


def drawn(rows: Iterable[Any], buffer_size: int, place: Callable[[int], int]) -> Iterator[Any]:
    """The rows in a random order, each from a buffer: the last one there takes its place, the next row the last's."""
    rows = iter(rows)
    buffer = list(islice(rows, buffer_size))
    while buffer:
        i = place(len(buffer))
        last = buffer.pop()
        if i < len(buffer):
            buffer[i], last = last, buffer[i]
        yield last
        buffer.extend(islice(rows, 1))


class ShuffleDataset(Dataset):
    """The rows in an order drawn anew at each pass; see :meth:`Dataset.shuffle`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).shuffle(buffer_size=3)
    >>> sorted(row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True))
    [1, 2, 3]
    """

    def __init__(self, child: Dataset, buffer_size: int) -> None:
        super().__init__(child)
        self.buffer_size = checks.count(buffer_size, "buffer_size", 2)
        below = child
        while below.children and not isinstance(below, SyncWaitDataset):
            below = below.children[0]
        if isinstance(below, SyncWaitDataset):
            raise PipelineError("No shuffle after sync operators.")

    def is_shuffled(self) -> bool:
        return True

    def gather(self, rng: Any) -> Any:
        whole = self.children[0].gather(rng)
        if whole is None or len(whole[1]) > self.buffer_size:
            return None
        if rng.seed is None:  # all orders are alike, and this is the quick one
            return whole[0], rng.shuffled(self, whole[1])
        return whole[0], whole[1][np.fromiter(self._drawn(range(len(whole[1])), rng), np.int64, len(whole[1]))]

    def rows(self, rng: Any) -> Iterator[Row]:
        return self._drawn(self.children[0].rows(rng), rng)

    def _drawn(self, rows: Iterable[Any], rng: Any) -> Iterator[Any]:
        return drawn(rows, self.buffer_size, rng.places(self))


class RepeatDataset(Dataset):
    """The rows, several times; see :meth:`Dataset.repeat`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).repeat(2)
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [1, 2, 3, 1, 2, 3]
    """

    def __init__(self, child: Dataset, count: int | None = None) -> None:
        super().__init__(child)
        self.count = checks.turns(-1 if count is None else count, "repeat")

    def get_dataset_size(self) -> int:
        return self.children[0].get_dataset_size() * max(1, self.count)

    def get_repeat_count(self) -> int:
        return self.count

    def rows(self, rng: Any) -> Iterator[Row]:
        left = self.count
        while left:
            seen = False
            for row in self.children[0].rows(rng):
                seen = True
                yield row
            left = left - 1 if left > 0 else (-1 if seen else 0)


class TakeDataset(Dataset):
    """The first rows; see :meth:`Dataset.take`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).take(2)
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [1, 2]
    """

    def __init__(self, child: Dataset, count: int = -1) -> None:
        super().__init__(child)
        self.count = checks.turns(count)

    def get_dataset_size(self) -> int:
        size = self.children[0].get_dataset_size()
        return size if self.count == -1 else min(size, self.count)

    def gather(self, rng: Any) -> Any:
        whole = self.children[0].gather(rng)
        return whole and (whole[0], whole[1][: None if self.count == -1 else self.count])

    def rows(self, rng: Any) -> Iterator[Row]:
        return islice(self.children[0].rows(rng), None if self.count == -1 else self.count)


class SkipDataset(Dataset):
    """The rows after the first ones; see :meth:`Dataset.skip`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).skip(2)
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [3]
    """

    def __init__(self, child: Dataset, count: int) -> None:
        super().__init__(child)
        self.count = checks.count(count, "count", 0)

    def get_dataset_size(self) -> int:
        return max(0, self.children[0].get_dataset_size() - self.count)

    def gather(self, rng: Any) -> Any:
        whole = self.children[0].gather(rng)
        return whole and (whole[0], whole[1][self.count :])

    def rows(self, rng: Any) -> Iterator[Row]:
        return islice(self.children[0].rows(rng), self.count, None)


class ZipDataset(Dataset):
    """The columns of several pipelines side by side; see :meth:`Dataset.zip`.

    >>> from luojia import dataset
    >>> data = [dataset.NumpySlicesDataset([1, 2, 3], [name], shuffle=False) for name in "ab"]
    >>> dataset.zip(tuple(data)).get_col_names()
    ['a', 'b']
    """

    def __init__(self, datasets: tuple) -> None:
        if not isinstance(datasets, tuple) or not all(isinstance(d, Dataset) for d in datasets):
            checks.kind(datasets, (tuple,), "datasets")
            raise DTypeError(f"zip expects a tuple of two or more Datasets, got {datasets!r}.")
        if len(datasets) < 2:
            raise ArgumentError(f"Can't zip empty or just one dataset! Got {datasets!r}.")
        super().__init__(*datasets)
        names = self.get_col_names()
        if len(set(names)) < len(names):
            raise PipelineError(f"zip: two columns have one name in {names}; rename one of them.")

    def get_col_names(self) -> list[str]:
        return [name for child in self.children for name in child.get_col_names()]

    def get_dataset_size(self) -> int:
        return min(child.get_dataset_size() for child in self.children)

    def rows(self, rng: Any) -> Iterator[Row]:
        return (tuple(chain(*parts)) for parts in zip(*(child.rows(rng) for child in self.children)))


class ConcatDataset(Dataset):
    """The rows of one pipeline after those of another; see :meth:`Dataset.concat`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False)
    >>> data = data.concat(dataset.NumpySlicesDataset([4], ["a"], shuffle=False))
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [1, 2, 3, 4]
    """

    def __init__(self, datasets: Sequence[Dataset]) -> None:
        for i, child in enumerate(datasets[1:]):
            checks.kind(child, (Dataset,), f"dataset[{i}]")
        super().__init__(*datasets)
        for child in datasets:
            if child.get_col_names() != datasets[0].get_col_names():
                raise PipelineError(
                    f"concat expects the same columns, got {datasets[0].get_col_names()} and {child.get_col_names()}."
                )
        self._sampler: Any = None

    def use_sampler(self, sampler: Any) -> None:
        """Which of all rows: ``DistributedSampler`` without shuffling, as for a pipeline with padding, or
        ``RandomSampler``."""
        if not isinstance(sampler, (DistributedSampler, RandomSampler)):
            raise DTypeError(f"use_sampler: The parameter {sampler} of concat must be DistributedSampler or "
                             "RandomSampler!")
        if isinstance(sampler, DistributedSampler) and sampler.shuffle:
            raise ArgumentError("use_sampler: The parameter shuffle of DistributedSampler must be False!")
        if sampler.num_samples is not None:
            raise ArgumentError(f"use_sampler: The parameter num_samples of {type(sampler).__name__} is not support "
                                "to be set!")
        self._sampler = sampler

    def is_shuffled(self) -> bool:
        return super().is_shuffled() or self._sampler is not None and self._sampler.is_shuffled()

    def is_sharded(self) -> bool:
        return super().is_sharded() or self._sampler is not None and self._sampler.is_sharded()

    def get_dataset_size(self) -> int:
        whole = sum(child.get_dataset_size() for child in self.children)
        return whole if self._sampler is None else len(self._sampler.take(whole, Still()))

    def rows(self, rng: Any) -> Iterator[Row]:
        if self._sampler is not None:
            whole = list(chain.from_iterable(child.rows(rng) for child in self.children))
            yield from (whole[i] for i in self._sampler.take(len(whole), rng))
            return
        first: Row | None = None
        for child in self.children:
            for i, row in enumerate(child.rows(rng)):
                first = row if first is None else first
                if i == 0 and [v.dtype.kind for v in row] != [v.dtype.kind for v in first]:
                    raise PipelineError(
                        "concat: the data types of the two datasets to be concatenated should be the same, but got: "
                        f"{[v.dtype.name for v in first]} and {[v.dtype.name for v in row]}."
                    )
                if i == 0 and [v.ndim for v in row] != [v.ndim for v in first]:
                    raise PipelineError(
                        "concat: the data tensor rank of the two datasets to be concatenated should be the same, but "
                        f"got: {[v.ndim for v in first]} and {[v.ndim for v in row]}."
                    )
                yield row


class ProjectDataset(Dataset):
    """Some of the columns, in an order; see :meth:`Dataset.project`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset(([1, 2], [3, 4]), ["a", "b"], shuffle=False).project(["b", "a"])
    >>> data.get_col_names()
    ['b', 'a']
    """

    def __init__(self, child: Dataset, columns: Any) -> None:
        super().__init__(child)
        self.columns = names_of(columns, "columns")
        self.at = positions(child, self.columns, "project", "Invalid column, column name: {} does not exist")

    def get_col_names(self) -> list[str]:
        return self.columns

    def gather(self, rng: Any) -> Any:
        whole = self.children[0].gather(rng)
        return whole and ([whole[0][i] for i in self.at], whole[1])

    def rows(self, rng: Any) -> Iterator[Row]:
        return (tuple(row[i] for i in self.at) for row in self.children[0].rows(rng))


class RenameDataset(Dataset):
    """The rows with other names of columns; see :meth:`Dataset.rename`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).rename("a", "b")
    >>> data.get_col_names()
    ['b']
    """

    def __init__(self, child: Dataset, inputs: Any, outputs: Any) -> None:
        super().__init__(child)
        old, new = names_of(inputs, "input_columns"), names_of(outputs, "output_columns")
        if len(old) != len(new):
            raise ArgumentError(
                f"Number of column in input_columns and output_columns is not equal. Got {old} and {new}."
            )
        positions(child, old, "rename", "Invalid column, column to be renamed does not exist: {}")
        table = dict(zip(old, new))
        self.names = [table.get(name, name) for name in child.get_col_names()]
        for name in self.names:
            if self.names.count(name) > 1:
                raise ColumnError(
                    "rename: Invalid column, rename operation does not support rename one column name into another "
                    f"already exist column name, existing column name is: {name}."
                )

    def get_col_names(self) -> list[str]:
        return self.names

    def gather(self, rng: Any) -> Any:
        return self.children[0].gather(rng)


class Part(Dataset):
    """The rows of these numbers, of ``split``."""

    def __init__(self, child: Dataset, picked: np.ndarray, shuffled: bool) -> None:
        super().__init__(child)
        self.picked, self._shuffled = picked, shuffled
        self._same = config.fixed_order()

    def is_shuffled(self) -> bool:
        return self._shuffled or super().is_shuffled()

    def get_dataset_size(self) -> int:
        return len(self.picked)

    def rows(self, rng: Any) -> Iterator[Row]:
        wanted, kept = set(self.picked.tolist()), {}
        for i, row in enumerate(self.children[0].rows(self._same())):
            if i in wanted:
                kept[i] = row
        return iter([kept[i] for i in self.picked.tolist() if i in kept])


def part_sizes(sizes: Any, count: int) -> list[int]:
    """The numbers of rows that ``split`` is asked for."""
    checks.kind(sizes, (list,), "sizes")
    if not sizes:
        raise ArgumentError("split: sizes cannot be empty.")
    if any(isinstance(n, bool) or not isinstance(n, (int, float, np.number)) for n in sizes) or len(
            {isinstance(n, (float, np.floating)) for n in sizes}) > 1:
        raise ArgumentError(f"split: sizes should be list of int or list of float, got {sizes}.")
    if min(sizes) <= 0:
        what = "int" if isinstance(sizes[0], (int, np.integer)) else "float"
        raise ArgumentError(
            f"sizes is a list of {what}, but there should be no negative or zero numbers. Got {sizes}."
        )
    if all(isinstance(n, (int, np.integer)) for n in sizes):
        if sum(sizes) != count:
            raise PipelineError(f"Sum of split sizes {sum(sizes)} is not equal to dataset size {count}.")
        return list(sizes)
    if abs(sum(sizes) - 1) > 1e-9:
        raise ArgumentError("split: sizes is a list of float, but the percentages do not sum up to 1.")
    lengths = [round(share * count) for share in sizes]
    for share, length in zip(sizes, lengths):
        if length == 0:
            raise PipelineError(f"split: Split percentage {share} is too small for {count} rows.")
    over = sum(lengths) - count
    lengths[next((i for i, n in enumerate(lengths) if n > over), 0)] -= over
    return lengths


def _renamed(names: list[str], inputs: list[str], outputs: list[str]) -> list[str]:
    """The columns after ``outputs`` have taken the place of ``inputs``: each that of one, if they are as many; else
    they are the first columns."""
    if inputs == outputs:
        return names
    if len(inputs) != len(outputs):
        return outputs + [name for name in names if name not in inputs and name not in outputs]
    place = dict(zip(inputs, outputs))
    return [place.get(name, name) for name in names if name in place or name not in outputs]


def parameters_of(fn: Callable) -> int | None:
    """How many positional arguments a function takes; None if that is not known, or not one number."""
    try:
        found = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) or p.default is not p.empty for p in found):
        return None
    return len(found)


def _call(fn: Callable, values: Any, what: str) -> Any:
    try:
        made = fn(*values)
    except Exception as error:
        raise _failed(fn, what, error) from error
    return made.asnumpy() if isinstance(made, Tensor) else made


def _failed(fn: Callable, what: str, error: Exception) -> PipelineError:
    """What to raise where a step's function raised ``error``: MindSpore's words for its transforms, and for others."""
    if isinstance(error, PipelineError):
        return PipelineError(
            "Exception thrown from dataset pipeline. Refer to 'Dataset Pipeline Error Message'. "
            f"{what}: [{type(fn).__name__}] failed. {error}"
        )
    name = getattr(fn, "__name__", type(fn).__name__)
    return PipelineError(
        "Exception thrown from user defined Python function in dataset. Execute user Python code failed, check 'Python "
        f"Call Stack' above. {what}: [PyFunc] failed. Error description: [{name}] failed. "
        f"{type(error).__name__}: {error}"
    )
