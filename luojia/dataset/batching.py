"""Batches of rows: of one size or of several, made by functions, padded to one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from .._src.data.batchify import pile
from .._src.errors import ArgumentError, DTypeError, UnfitArgumentError
from . import checks
from .arguments import tuning
from .dataset import Dataset, names_of, positions
from .rows import Fresh, PipelineError, Row
from .steps import _call, _renamed, parameters_of


class BatchInfo:
    """What a function of ``batch`` is told: the number of the batch in this pass, and of the pass.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3, 4, 5, 6], ["a"], shuffle=False)
    >>> data = data.batch(lambda info: info.get_batch_num() + 1)
    >>> [row[0].tolist() for row in data.create_tuple_iterator(num_epochs=1, output_numpy=True)]
    [[1], [2, 3], [4, 5, 6]]
    """

    def __init__(self, batch: int, epoch: int = 0) -> None:
        self._batch, self._epoch = batch, epoch

    def get_batch_num(self) -> int:
        return self._batch

    def get_epoch_num(self) -> int:
        return self._epoch


class BatchDataset(Dataset):
    """Rows put together, so many at a time; see :meth:`Dataset.batch`.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).batch(2)
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [[1, 2], [3]]
    """

    def __init__(self, child: Dataset, batch_size: Any, drop_remainder: bool = False,
                 per_batch_map: Callable | None = None, input_columns: Any = None, output_columns: Any = None,
                 python_multiprocessing: bool = False, max_rowsize: Any = None) -> None:
        super().__init__(child)
        tuning(python_multiprocessing, max_rowsize)
        if not callable(batch_size) and not isinstance(batch_size, (int, np.integer)):
            raise DTypeError(f"batch_size should either be an int or a callable. Got {batch_size!r}.")
        fn: Any = batch_size
        self.size_fn: Callable[[BatchInfo], int] | None = fn if callable(batch_size) else None
        self.batch_size = -1 if callable(batch_size) else checks.count(int(batch_size), "batch_size")
        if callable(batch_size) and parameters_of(batch_size) not in (None, 1):
            raise ArgumentError("batch: callable batch_size should take one parameter (BatchInfo).")
        checks.flag(drop_remainder, "drop_remainder")
        if per_batch_map is not None and not callable(per_batch_map):
            raise UnfitArgumentError(
                f"{per_batch_map!r} is not a callable object: per_batch_map of batch is a function."
            )
        if per_batch_map is None and input_columns is not None:
            raise ArgumentError("batch: input_columns can be specified only when per_batch_map is set.")
        self.drop, self.fn = drop_remainder, per_batch_map
        self.pad_info: dict[str, Any] | None = None
        self.inputs = None if input_columns is None else names_of(input_columns, "input_columns")
        if per_batch_map is not None and self.inputs is None:
            self.inputs = child.get_col_names()
        self.outputs = self.inputs if output_columns is None else names_of(output_columns, "output_columns")
        if self.inputs is not None and self.outputs is not None:
            positions(child, self.inputs, "batch", "Invalid input_columns, '{}' of 'input_columns' doesn't exist")
            if per_batch_map is not None and parameters_of(per_batch_map) not in (None, len(self.inputs) + 1):
                raise ArgumentError(
                    "The signature of per_batch_map should match with input columns. It takes "
                    f"{', '.join(self.inputs)} and a BatchInfo."
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
        whole = self.children[0].gather(rng) if self.fn is None and self.pad_info is None and not self.size_fn else None
        if whole is not None and not any(column.dtype.kind in "US" for column in whole[0]):  # text of its own width
            columns, order = whole
            last = len(order) - self.batch_size if self.drop else len(order) - 1
            for start in range(0, last + 1, self.batch_size):
                picked = order[start : start + self.batch_size]
                yield Fresh([column.take(picked, 0) for column in columns])
            return
        rows, number, epoch = self.children[0].rows(rng), 0, rng.epoch
        while True:
            size = self.batch_size if self.size_fn is None else _size(self.size_fn, number, epoch)
            batch = list(islice(rows, size))
            if not batch or (self.drop and len(batch) < size):
                return
            yield self.stack(batch, number, epoch)
            number += 1

    def stack(self, batch: list[Row], number: int, epoch: int = 0) -> Row:
        """The rows as one."""
        names = self.children[0].get_col_names()
        columns: dict[str, Any] = {name: [row[i] for row in batch] for i, name in enumerate(names)}
        if self.fn is not None:
            inputs, outputs = self.inputs or [], self.outputs or []
            info = BatchInfo(number, epoch)
            made = _call(self.fn, [*(columns[name] for name in inputs), info], "batch: per_batch_map")
            made = made if isinstance(made, tuple) else (made,)
            if len(made) != len(outputs):
                raise PipelineError(
                    "batch: Invalid per_batch_map, the number of columns returned in 'per_batch_map' function should "
                    f"be {len(outputs)} , but got: {len(made)}. The columns are {outputs}."
                )
            for name, values in zip(outputs, made):
                if not isinstance(values, (list, np.ndarray)) or (isinstance(values, np.ndarray) and not values.ndim):
                    raise PipelineError(
                        "Execute user Python code failed, check 'Python Call Stack' above. "
                        f"batch: per_batch_map should give a list of values, or an array, for column {name}, got "
                        f"{values!r}."
                    )
                if len(values) != len(made[0]) or len(values) != len(batch):
                    raise PipelineError(
                        f"batch: Invalid data, column: {name} expects: {len(batch)} rows returned from "
                        f"'per_batch_map', got: {len(values)}."
                    )
            columns.update(zip(outputs, made))
            names = self.get_col_names()
        return Fresh([self._one(columns[name], name, at) for at, name in enumerate(names)])

    def _one(self, values: list[np.ndarray], name: str, at: int) -> np.ndarray:
        if values.__class__ is not list or {*map(type, values)} != {np.ndarray}:  # of per_batch_map
            values = [np.asarray(v) for v in values]
        if self.pad_info is not None and (not self.pad_info or name in self.pad_info):
            return self._padded(values, name, *(self.pad_info.get(name) or (None, None)))
        if values and values[0].dtype == object and not values[0].ndim:
            made = np.empty((), object)
            made[()] = _of_dicts([v.item() for v in values])
            return made
        alike = len({v.shape for v in values}) == 1 and len({v.dtype for v in values}) == 1
        for v in () if alike else values:
            if v.dtype != values[0].dtype and v.dtype.kind not in "US":
                raise PipelineError(
                    f"Cannot batch tensors with different types in column {at}. First element had type "
                    f"{values[0].dtype} and this element had type {v.dtype}. The column is '{name}'."
                )
            if v.shape != values[0].shape:
                raise PipelineError(
                    f"Cannot batch tensors with different shapes in column {at}. First element had shape "
                    f"{_angled(values[0].shape)} and this element had shape {_angled(v.shape)}. The column is "
                    f"'{name}'; use padded_batch, or map to one shape."
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
                "PadEnd: can not pad numeric and string tensors together, but got: "
                f"{_sort(np.asarray(fill))} and {_sort(values[0])}. The column is '{name}'."
            )
        dtype = np.result_type(*values, *([np.asarray(fill)] if fill else [])) if text else values[0].dtype
        out = np.full((len(values), *shape), (dtype.type() if text else 0) if fill is None else fill, dtype)
        for i, v in enumerate(values):
            part = tuple(slice(min(a, b)) for a, b in zip(shape, v.shape))
            out[(i, *part)] = v[part]
        return out


def _of_dicts(rows: list[Any]) -> Any:
    """A dict of batches from dicts of values."""
    if isinstance(rows[0], dict):
        return {key: _of_dicts([row[key] for row in rows]) for key in rows[0]}
    return pile([np.asarray(row) for row in rows])


def _angled(shape: tuple[int, ...]) -> str:
    """A shape as MindSpore's pipelines print it."""
    return f"<{','.join(map(str, shape))}>"


def _sort(value: np.ndarray) -> str:
    return "string" if value.dtype.kind in "US" else value.dtype.name


class PaddedBatchDataset(BatchDataset):
    """Batches of rows that are padded to one shape; see :meth:`Dataset.padded_batch`.

    >>> from luojia import dataset
    >>> rows = [np.array([1]), np.array([2, 3])]
    >>> data = dataset.GeneratorDataset(rows, ["a"], shuffle=False).padded_batch(2, pad_info={"a": ([3], 0)})
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [[[1, 0, 0], [2, 3, 0]]]
    """

    def __init__(self, child: Dataset, batch_size: Any, drop_remainder: bool = False,
                 pad_info: dict[str, Any] | None = None) -> None:
        super().__init__(child, batch_size, drop_remainder)
        if pad_info is not None:
            checks.kind(pad_info, (dict,), "pad_info")
            for name, asked in pad_info.items():
                _pad_of(name, asked)
            positions(child, list(pad_info), "padded_batch", "Invalid pad_info, column name: {} does not exist")
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


def _size(size_of: Callable[[BatchInfo], Any], number: int, epoch: int = 0) -> int:
    """The number of rows in a batch, which a function says."""
    size = _call(size_of, [BatchInfo(number, epoch)], "batch: batch_size")
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
        raise PipelineError(
            "Execute user Python code failed, check 'Python Call Stack' above. batch: Batch size function should "
            f"return an integer greater than 0, got {size!r}."
        )
    return int(size)
