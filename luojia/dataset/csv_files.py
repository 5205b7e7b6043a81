"""CSVDataset: the lines of CSV files, as columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, FormatError
from .._src.formats.text import open_text
from .dataset import names_of
from .files import FileRows, matching
from .rows import PipelineError, Row
from .samplers import Shuffle


def cells_of(path: str, delimiter: str = ",", header: bool = False) -> Iterator[list[str]]:
    """The cells of a CSV file's lines (quotes may hold delimiters and ends of lines); empty lines are left out.

    Raises:
        FormatError: a quote is not closed.
    """
    with open_text(path, newline="") as file:
        lines = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(lines):
                if cells and not (header and number == 0):
                    yield cells
        except csv.Error as error:
            where = f"{path} at line {lines.line_num}"
            raise FormatError(f"Invalid file, failed to parse csv file: {where}: {error}.") from error


_WHOLE, _REAL = re.compile(r"\s*[+-]?\d+"), re.compile(r"\s*[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf|nan)", re.I)


def _whole(cell: str) -> np.ndarray:
    """The integer that the cell begins with."""
    found = _WHOLE.match(cell)
    if not found or not -(2**31) <= int(found[0]) < 2**31:
        raise ValueError(f"{cell!r} is no number of 32 bits")
    return np.array(int(found[0]), np.int32)


def _real(cell: str) -> np.ndarray:
    """The number that the cell begins with."""
    found = _REAL.match(cell)
    if not found:
        raise ValueError(f"{cell!r} is no number")
    return np.array(float(found[0]), np.float32)


_KINDS: dict[type, Callable[[str], np.ndarray]] = {int: _whole, float: _real, str: np.array}


class CSVDataset(FileRows):
    """The lines of CSV files: columns of int32, float32 or str.

    Args:
        dataset_files: a file's name or pattern, or a list of them.
        field_delim: the mark between cells.
        column_defaults: by column a value, whose type (int, float or str) the column has; default str, of columns
            beyond them too.
        column_names: the columns' names; default the first line of each file.
        num_samples, num_parallel_workers, shuffle, num_shards, shard_id: see :class:`TextFileDataset`.

    >>> import pathlib
    >>> path = pathlib.Path("some.csv")
    >>> _ = path.write_text("x,y\\n1,0.5\\n2,1.5\\n")
    >>> data = CSVDataset(str(path), column_defaults=[0, 0.0], shuffle=False)
    >>> [(int(x), float(y)) for x, y in data.create_tuple_iterator(output_numpy=True)]
    [(1, 0.5), (2, 1.5)]
    """

    def __init__(self, dataset_files: str | list[str], field_delim: str = ",", column_defaults: list | None = None,
                 column_names: list[str] | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "CSVDataset"
        files = matching(dataset_files, who)
        if not isinstance(field_delim, str):
            raise DTypeError(f"{who}: field_delim should be a string, got {field_delim!r}.")
        if len(field_delim) != 1 or field_delim in '"\r\n':
            raise ArgumentError(f"{who}: field_delim is invalid, expected one character, got {field_delim!r}.")
        if column_defaults is not None and not isinstance(column_defaults, list):
            raise DTypeError(f"{who}: column_defaults should be a list, got {column_defaults!r}.")
        for value in column_defaults or ():
            if isinstance(value, bool) or not isinstance(value, (int, float, str)):
                raise DTypeError(f"{who}: column type in column_defaults is invalid, got {value!r}.")
        if isinstance(column_names, str):
            raise DTypeError(f"{who}: column_names should be a list of names, got {column_names!r}.")
        self._delimiter, self._header = field_delim, not column_names
        if not column_names:
            heads = [next(cells_of(path, field_delim), []) for path in files]
            for path, head in zip(files, heads):
                if head != heads[0]:
                    raise PipelineError(f"{who}: {files[0]} has the columns {heads[0]}, {path} has {head}.")
            column_names = heads[0]
        names = names_of(list(column_names), "column_names")
        given = column_defaults or []
        if len(given) > len(names):
            raise ArgumentError(f"{who}: column_defaults has {len(given)} values for {len(names)} columns, {names}.")
        self._types = [_KINDS[type(value)] for value in [*given, *[""] * (len(names) - len(given))]]
        super().__init__(who, files, names, num_samples, num_parallel_workers, shuffle, num_shards, shard_id)

    def read(self, path: str) -> Iterator[Row]:
        for number, cells in enumerate(cells_of(path, self._delimiter, self._header), 1):
            if len(cells) != len(self._types):
                raise PipelineError(
                    f"Invalid file, failed to parse csv file: {path} at line {number}: it has {len(cells)} cells, "
                    f"expected {len(self._types)}, {self._columns}."
                )
            try:
                yield tuple(t(cell) for t, cell in zip(self._types, cells))
            except ValueError as error:
                raise PipelineError(
                    f"Invalid csv, csv file: {path} parse failed at line {number}, type does not match: {error}."
                ) from error
