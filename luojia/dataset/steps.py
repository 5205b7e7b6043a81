"""The steps of a pipeline: each is a Dataset over another."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.data.batchify import pile
from .._src.errors import ArgumentError, DTypeError
from . import checks, config
from .arguments import tuning
from .callback import callbacks_of, called
from .dataset import Dataset, Fresh, PipelineError, Row, _array, as_row, names_of, positions
from .order import Still
from .samplers import DistributedSampler, RandomSampler

_MOST = 2**31 - 1


def _count(value: Any, low: int, who: str, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DTypeError(f"{who}: {name} expects an integer, got {value!r}.")
    if not low <= value <= _MOST:
        raise ArgumentError(
            f"{who}: Input {name} is not within the required interval of [{low}, {_MOST}], got {value}."
        )
    return int(value)


def _turns(value: Any, who: str) -> int:
    """A number of 1 or more, or -1 for all."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DTypeError(f"{who}: Argument count with value {value!r} is not of type {int}, but got {type(value)}.")
    if value != -1 and not 0 < value <= _MOST:
        raise ArgumentError(
            f"{who}: count should be either -1 or positive integer, got {value}: it is not within the required "
            f"interval of (0, {_MOST}]."
        )
    return int(value)


class BatchInfo:
    """What a function of ``batch`` is told: the number of the batch in this pass, and of the pass."""

    def __init__(self, batch: int, epoch: int = 0) -> None:
        self._batch, self._epoch = batch, epoch

    def get_batch_num(self) -> int:
        return self._batch

    def get_epoch_num(self) -> int:
        return self._epoch


class BatchDataset(Dataset):
    def __init__(self, child: Dataset, batch_size: Any, drop_remainder: bool = False,
                 per_batch_map: Callable | None = None, input_columns: Any = None, output_columns: Any = None,
                 python_multiprocessing: bool = False, max_rowsize: Any = None) -> None:
        super().__init__(child)
        tuning("batch", python_multiprocessing, max_rowsize)
        if not callable(batch_size) and (isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer))):
            raise DTypeError(f"batch: batch_size should either be an int or a callable, got {batch_size!r}.")
        fn: Any = batch_size
        self.size_fn: Callable[[BatchInfo], int] | None = fn if callable(batch_size) else None
        self.batch_size = -1 if callable(batch_size) else _count(batch_size, 1, "batch", "batch_size")
        if callable(batch_size) and parameters_of(batch_size) not in (None, 1):
            raise ArgumentError("batch: callable batch_size should take one parameter (BatchInfo).")
        if not isinstance(drop_remainder, bool):
            raise DTypeError(f"batch: drop_remainder expects a bool, got {drop_remainder!r}.")
        if per_batch_map is not None and not callable(per_batch_map):
            raise ArgumentError(f"batch: per_batch_map should be a callable Python function, got {per_batch_map!r}.")
        if per_batch_map is None and input_columns is not None:
            raise ArgumentError("batch: input_columns can be specified only when per_batch_map is set.")
        self.drop, self.fn = drop_remainder, per_batch_map
        self.pad_info: dict[str, Any] | None = None
        self.inputs = None if input_columns is None else names_of(input_columns, "batch: input_columns")
        if per_batch_map is not None and self.inputs is None:
            self.inputs = child.get_col_names()
        self.outputs = self.inputs if output_columns is None else names_of(output_columns, "batch: output_columns")
        if self.inputs is not None and self.outputs is not None:
            positions(child, self.inputs, "batch")
            if per_batch_map is not None and parameters_of(per_batch_map) not in (None, len(self.inputs) + 1):
                raise ArgumentError(
                    f"batch: the signature of per_batch_map should match with input columns, {self.inputs}, and a "
                    "BatchInfo after them."
                )
            others = [name for name in child.get_col_names() if name not in self.inputs and name in self.outputs]
            if others:
                raise PipelineError(
                    "batch: Invalid output_columns, columns that are not involved in 'per_batch_map' should not be in "
                    f"output_columns, but got columns that are not in input_columns: {others}."
                )
        self.limit: int | None = None  # the length that open axes are padded to, of a bucket

    def get_col_names(self) -> list[str]:
        names = self.children[0].get_col_names()
        return names if self.fn is None else _renamed(names, self.inputs or [], self.outputs or [])

    def get_dataset_size(self) -> int:
        count = self.children[0].get_dataset_size()
        if self.size_fn is None:
            return count // self.batch_size if self.drop else -(-count // self.batch_size)
        batches = 0
        while count > 0:
            size = _size(self.size_fn, batches)
            if self.drop and size > count:
                break
            count, batches = count - size, batches + 1
        return batches

    def get_batch_size(self) -> int:
        return self.batch_size

    def rows(self, rng: Any) -> Iterator[Row]:
        whole = self.children[0].gather(rng)
        if whole is not None and self.fn is None and self.pad_info is None and self.size_fn is None:
            columns, order = whole
            last = len(order) - self.batch_size if self.drop else len(order) - 1
            for start in range(0, last + 1, self.batch_size):
                picked = order[start : start + self.batch_size]
                yield Fresh([column.take(picked, 0) for column in columns])
            return
        rows, number = self.children[0].rows(rng), 0
        while True:
            size = self.batch_size if self.size_fn is None else _size(self.size_fn, number)
            batch = list(islice(rows, size))
            if not batch or (self.drop and len(batch) < size):
                return
            yield self.stack(batch, number)
            number += 1

    def stack(self, batch: list[Row], number: int) -> Row:
        """The rows as one."""
        names = self.children[0].get_col_names()
        columns: dict[str, Any] = {name: [row[i] for row in batch] for i, name in enumerate(names)}
        if self.fn is not None:
            inputs, outputs = self.inputs or [], self.outputs or []
            made = _call(self.fn, [columns[name] for name in inputs] + [BatchInfo(number)], "batch: per_batch_map")
            made = made if isinstance(made, tuple) else (made,)
            if len(made) != len(outputs):
                raise PipelineError(f"batch: per_batch_map gave {len(made)} columns, expected {outputs}.")
            for name, values in zip(outputs, made):
                if not isinstance(values, (list, np.ndarray)) or (isinstance(values, np.ndarray) and not values.ndim):
                    raise PipelineError(
                        f"batch: per_batch_map should give a list of values, or an array, for column {name}, got "
                        f"{values!r}."
                    )
                if len(values) != len(made[0]) or (len(names) > len(inputs) and len(values) != len(batch)):
                    raise PipelineError(
                        f"batch: Invalid data, column: {name} expects: {len(batch)} rows returned from "
                        f"'per_batch_map', got: {len(values)}."
                    )
            columns.update(zip(outputs, made))
            names = self.get_col_names()
        return Fresh([self._one(columns[name], name) for name in names])

    def _one(self, values: list[np.ndarray], name: str) -> np.ndarray:
        if values.__class__ is not list or {*map(type, values)} != {np.ndarray}:  # of per_batch_map
            values = [np.asarray(v) for v in values]
        if self.pad_info is not None and (not self.pad_info or name in self.pad_info):
            return self._padded(values, name, *(self.pad_info.get(name) or (None, None)))
        alike = len({v.shape for v in values}) == 1 and len({v.dtype for v in values}) == 1
        for v in () if alike else values:
            if v.dtype != values[0].dtype and v.dtype.kind not in "US":
                raise PipelineError(
                    f"batch: Cannot batch tensors with different types in column '{name}'. First element had type "
                    f"{values[0].dtype} and this element had type {v.dtype}."
                )
            if v.shape != values[0].shape:
                raise PipelineError(
                    f"batch: Cannot batch tensors with different shapes in column '{name}'. First element had shape "
                    f"{values[0].shape} and this element had shape {v.shape}; use padded_batch, or map to one shape."
                )
        return pile(values)

    def _padded(self, values: list[np.ndarray], name: str, shape: Any = None, fill: Any = None) -> np.ndarray:
        most = np.max([v.shape for v in values], axis=0).astype(int).tolist()
        shape = [None] * len(most) if shape is None else list(shape)
        if len(shape) != len(most):
            raise PipelineError(
                "padded_batch: Invalid pad_info, rank of pad_shape must be equal to rank of specified column. "
                f"pad_shapes rank:{len(shape)}, column rank: {len(most)} of '{name}'."
            )
        shape = [(m if self.limit is None else self.limit) if n in (None, -1) else n for n, m in zip(shape, most)]
        text = values[0].dtype.kind in "US"
        if fill is not None and isinstance(fill, (str, bytes)) != text:
            raise PipelineError(
                f"padded_batch: can not pad numeric and string tensors together, but got: {fill!r} for '{name}' of "
                f"{values[0].dtype}."
            )
        dtype = np.result_type(*values, *([np.asarray(fill)] if fill else [])) if text else values[0].dtype
        out = np.full((len(values), *shape), (dtype.type() if text else 0) if fill is None else fill, dtype)
        for i, v in enumerate(values):
            part = tuple(slice(min(a, b)) for a, b in zip(shape, v.shape))
            out[(i, *part)] = v[part]
        return out


class PaddedBatchDataset(BatchDataset):
    """Batches of rows that are padded to one shape; see :meth:`Dataset.padded_batch`."""

    def __init__(self, child: Dataset, batch_size: Any, drop_remainder: bool = False,
                 pad_info: dict[str, Any] | None = None) -> None:
        super().__init__(child, batch_size, drop_remainder)
        if pad_info is not None:
            checks.kind(pad_info, (dict,), "pad_info")
            for name, asked in pad_info.items():
                _pad_of(name, asked)
            positions(child, list(pad_info), "padded_batch")
        self.pad_info = pad_info


def _pad_of(name: Any, asked: Any) -> None:
    """Raises unless it is a column's name, and its shape and value to be."""
    checks.kind(name, (str,), "key in pad_info")
    if asked is None:
        return
    if not isinstance(asked, tuple) or len(asked) != 2:
        raise ArgumentError(f"padded_batch: value of pad_info should be a tuple of size 2, got {asked!r} for {name}.")
    shape, fill = asked
    if shape is not None:
        checks.kind(shape, (list,), "shape in pad_info")
        for length in shape:
            if length is not None:
                checks.kind(length, (int, np.integer), "dim in shape of pad_info")
                if length <= 0:
                    raise ArgumentError(f"padded_batch: pad shape must be positive integers, got {shape} for {name}.")
    if fill is not None:
        checks.kind(fill, (int, float, str, bytes, np.number), "pad_value")


def _size(size_of: Callable[[BatchInfo], Any], number: int) -> int:
    """The number of rows in a batch, which a function says."""
    size = _call(size_of, [BatchInfo(number)], "batch: batch_size")
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
        raise PipelineError(f"batch: batch_size's function should return a number of 1 or more, got {size!r}.")
    return int(size)


class MapDataset(Dataset):
    def __init__(self, child: Dataset, operations: Any, inputs: Any = None, outputs: Any = None,
                 callbacks: Any = None) -> None:
        super().__init__(child)
        self.callbacks = callbacks_of(callbacks)
        self.operations = list(operations) if isinstance(operations, (list, tuple)) else [operations]
        if operations is None:
            raise PipelineError("map: No 'operations' are specified.")
        for operation in self.operations:
            if not callable(operation) or isinstance(operation, type):
                raise ArgumentError(
                    f"map expects operations that are callable, got {operation!r}. It may be missing parentheses for "
                    "instantiation."
                )
        if not self.operations:
            raise PipelineError("map: No 'operations' are specified.")
        self.inputs = child.get_col_names()[:1] if inputs is None else names_of(inputs, "map: input_columns")
        self.outputs = self.inputs if outputs is None else names_of(outputs, "map: output_columns")
        self.at = positions(child, self.inputs, "map")

    def get_col_names(self) -> list[str]:
        return _renamed(self.children[0].get_col_names(), self.inputs, self.outputs)

    def rows(self, rng: Any) -> Iterator[Row]:
        names, order = self.children[0].get_col_names(), self.get_col_names()
        rows = self.children[0].rows(rng)
        if self.callbacks and not isinstance(rng, Still):
            return called(self.callbacks, self, rows, lambda row: self._made(row, names, order, rng), rng)
        return (self._made(row, names, order, rng) for row in rows)

    def _made(self, row: Row, names: list[str], order: list[str], rng: Any) -> Row:
        values: Any = tuple(_array(row[i]) for i in self.at)
        for operation in config.watched(self.operations):
            with config.drawing(rng, operation):
                values = _call(operation, values, "map operation")
            values = values if isinstance(values, tuple) else (values,)
        if len(values) != len(self.outputs):
            raise PipelineError(
                "map: the number of columns returned in 'map' operations should match the number of 'output_columns', "
                f"but got {len(values)} for {self.outputs}."
            )
        columns = dict(zip(names, row))
        columns.update(zip(self.outputs, as_row(values)))
        return tuple(columns[name] for name in order)


def flat_map(data: Dataset, func: Callable[..., Dataset]) -> ConcatDataset:
    """See :meth:`Dataset.flat_map`."""
    if not callable(func):
        raise DTypeError(f"flat_map: func must be a function, got {func!r}.")
    made = [func(*map(_array, row)) for row in data.rows(config.new_order())]
    for part in made:
        if not isinstance(part, Dataset):
            raise DTypeError(f"flat_map must return a Dataset object, got a {type(part).__name__}.")
    if not made:
        raise PipelineError("flat_map: there are no rows.")
    return ConcatDataset(made)


class SyncWaitDataset(Dataset):
    """The rows as they are, and a callback for ``sync_update``."""

    def __init__(self, child: Dataset, condition_name: str, num_batch: int = 1, callback: Any = None) -> None:
        super().__init__(child)
        if not isinstance(condition_name, str):
            raise DTypeError(f"sync_wait: condition_name expects a str, got {condition_name!r}.")
        _count(num_batch, 1, "sync_wait", "num_batch")
        if callback is not None and not callable(callback):
            raise DTypeError(f"sync_wait: callback is not callable: {callback!r}.")
        below = child
        while below is not None:
            if isinstance(below, SyncWaitDataset) and below.condition_name == condition_name:
                raise PipelineError(f"sync_wait: Condition name is already in use: {condition_name}.")
            below = below.children[0] if below.children else None
        self.condition_name, self.callback = condition_name, callback

    def sync_update(self, condition_name: str, num_batch: int | None = None, data: Any = None) -> None:
        if condition_name != self.condition_name:
            super().sync_update(condition_name, num_batch, data)
        elif self.callback is not None:
            self.callback(data)


class FilterDataset(Dataset):
    def __init__(self, child: Dataset, predicate: Callable, inputs: Any = None) -> None:
        super().__init__(child)
        if not callable(predicate):
            raise DTypeError(f"filter: Predicate should be a Python function or a callable object, got {predicate!r}.")
        self.predicate = predicate
        names = child.get_col_names() if inputs is None else names_of(inputs, "filter: input_columns")
        self.at = positions(child, names, "filter")

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
    def __init__(self, child: Dataset, buffer_size: int) -> None:
        super().__init__(child)
        self.buffer_size = _count(buffer_size, 2, "shuffle", "buffer_size")

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
    def __init__(self, child: Dataset, count: int | None = None) -> None:
        super().__init__(child)
        self.count = _turns(-1 if count is None else count, "repeat")

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
    def __init__(self, child: Dataset, count: int = -1) -> None:
        super().__init__(child)
        self.count = _turns(count, "take")

    def get_dataset_size(self) -> int:
        size = self.children[0].get_dataset_size()
        return size if self.count == -1 else min(size, self.count)

    def gather(self, rng: Any) -> Any:
        whole = self.children[0].gather(rng)
        return whole and (whole[0], whole[1][: None if self.count == -1 else self.count])

    def rows(self, rng: Any) -> Iterator[Row]:
        return islice(self.children[0].rows(rng), None if self.count == -1 else self.count)


class SkipDataset(Dataset):
    def __init__(self, child: Dataset, count: int) -> None:
        super().__init__(child)
        self.count = _count(count, 0, "skip", "count")

    def get_dataset_size(self) -> int:
        return max(0, self.children[0].get_dataset_size() - self.count)

    def gather(self, rng: Any) -> Any:
        whole = self.children[0].gather(rng)
        return whole and (whole[0], whole[1][self.count :])

    def rows(self, rng: Any) -> Iterator[Row]:
        return islice(self.children[0].rows(rng), self.count, None)


class ZipDataset(Dataset):
    def __init__(self, datasets: tuple) -> None:
        if not isinstance(datasets, tuple) or not all(isinstance(d, Dataset) for d in datasets):
            raise DTypeError(f"zip expects a tuple of two or more Datasets, got {datasets!r}.")
        if len(datasets) < 2:
            raise ArgumentError(f"zip: can't zip empty or just one dataset, got {datasets!r}.")
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
    def __init__(self, datasets: Sequence[Dataset]) -> None:
        for child in datasets:
            if not isinstance(child, Dataset):
                raise DTypeError(f"concat expects Datasets, got {child!r}.")
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
    def __init__(self, child: Dataset, columns: Any) -> None:
        super().__init__(child)
        self.columns = names_of(columns, "project")
        self.at = positions(child, self.columns, "project")

    def get_col_names(self) -> list[str]:
        return self.columns

    def gather(self, rng: Any) -> Any:
        whole = self.children[0].gather(rng)
        return whole and ([whole[0][i] for i in self.at], whole[1])

    def rows(self, rng: Any) -> Iterator[Row]:
        return (tuple(row[i] for i in self.at) for row in self.children[0].rows(rng))


class RenameDataset(Dataset):
    def __init__(self, child: Dataset, inputs: Any, outputs: Any) -> None:
        super().__init__(child)
        old, new = names_of(inputs, "rename: input_columns"), names_of(outputs, "rename: output_columns")
        if len(old) != len(new):
            raise ArgumentError(f"rename expects as many new names as old ones, got {old} and {new}.")
        positions(child, old, "rename")
        table = dict(zip(old, new))
        self.names = [table.get(name, name) for name in child.get_col_names()]
        for name in self.names:
            if self.names.count(name) > 1:
                raise PipelineError(
                    "rename: Invalid column, rename operation does not support rename one column name into another "
                    f"already exist column name, existing column name is: {name}."
                )

    def get_col_names(self) -> list[str]:
        return self.names

    def gather(self, rng: Any) -> Any:
        return self.children[0].gather(rng)


class Part(Dataset):
    """The rows of these numbers, of ``split``."""

    def __init__(self, child: Dataset, picked: np.ndarray) -> None:
        super().__init__(child)
        self.picked = picked
        self._same = config.fixed_order()

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
    if not isinstance(sizes, list):
        raise DTypeError(f"split expects a list of sizes, got {sizes!r}.")
    if not sizes:
        raise ArgumentError("split: sizes cannot be empty.")
    if any(isinstance(n, bool) or not isinstance(n, (int, float, np.number)) for n in sizes) or len(
            {isinstance(n, (float, np.floating)) for n in sizes}) > 1:
        raise ArgumentError(f"split: sizes should be list of int or list of float, got {sizes}.")
    if min(sizes) <= 0:
        raise ArgumentError(f"split: there should be no negative or zero numbers in sizes, got {sizes}.")
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
    lengths[int(np.argmax(lengths))] += count - sum(lengths)
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
        name = getattr(fn, "__name__", type(fn).__name__)
        raise PipelineError(f"{what}: [{name}] failed. {type(error).__name__}: {error}") from error
    return made.asnumpy() if isinstance(made, Tensor) else made
