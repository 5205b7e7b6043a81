"""Sources of records: MindSpore's record files, TFRecord files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, FormatError, MissingFileError
from .._src.formats import tfrecord
from ..mindrecord import reader
from . import checks
from .files import FileRows, check_shards, matching
from .order import Order, RecordOrder
from .rows import PipelineError, Row
from .samplers import Sampler, Shuffle, WeightedRandomSampler, resolve, shuffle_of
from .schema import Schema
from .sources import Source


class MindDataset(Source):
    """The rows of MindSpore's record files: numbers are scalars, strings and bytes NumPy's (bytes of shape (1,)).

    Args:
        dataset_files: one file, with which all that were written together are read; or a list of files, only they.
        columns_list: the columns; default all, by name.
        shuffle: True or Shuffle.GLOBAL (default) rows, Shuffle.FILES files, Shuffle.INFILE rows within files, False
            nothing.
        num_shards, shard_id, sampler, num_samples: which rows.
        padded_sample, num_padded: a row, a dict, that follows the others so many times.

    >>> from luojia import dataset
    >>> dataset.NumpySlicesDataset({"a": [1, 2, 3]}, shuffle=False).save("./some.mindrecord")
    >>> data = dataset.MindDataset("./some.mindrecord", shuffle=False)
    >>> [int(row[0]) for row in data.create_tuple_iterator(num_epochs=1, output_numpy=True)]
    [1, 2, 3]
    """

    def __init__(self, dataset_files: str | list[str], columns_list: list[str] | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, sampler: Any = None, padded_sample: dict | None = None,
                 num_padded: int | None = None, num_samples: int | None = None, cache: Any = None) -> None:
        who = "MindDataset"
        names = dataset_files if isinstance(dataset_files, list) else [dataset_files]
        if not names or not all(isinstance(name, str) for name in names):
            raise DTypeError(f"{who}: path: {dataset_files!r} is not string, nor a list of them.")
        if (padded_sample is None) != (num_padded is None):
            raise ArgumentError(f"{who}: padded_sample is specified and requires num_padded as well, and columns_list.")
        if padded_sample is not None and not columns_list:
            raise ArgumentError(f"{who}: padded_sample is specified and requires columns_list as well.")
        if num_padded is not None and checks.kind(num_padded, (int,), "num_padded") < 0:
            raise ArgumentError(f"{who}: num_padded should be greater than or equal to zero, got {num_padded}.")
        if padded_sample is not None:
            checks.kind(padded_sample, (dict,), "padded_sample")
        if sampler is not None and not isinstance(sampler, Sampler):
            raise ArgumentError(f"{who}: The sampler is not supported yet: {sampler!r}.")
        if isinstance(sampler, WeightedRandomSampler):
            raise ArgumentError(f"{who}: The sampler is not supported yet: WeightedRandomSampler.")
        try:
            self._files = reader.open_files(dataset_files)
        except MissingFileError as error:
            raise ArgumentError(f"{who}: The file {names} does not exist or permission denied! {error}") from error
        fields = self._files[0].fields
        columns = columns_list or sorted(fields)
        for name in columns:
            if name not in fields:
                raise PipelineError(
                    f"{who}: column name: {name} can not found in schema, which has {sorted(fields)}. Please check the "
                    "'column_list'."
                )
            if padded_sample is not None and name not in padded_sample:
                raise ArgumentError(f"{who}: padded_sample cannot match columns_list: it has no {name}.")
        self._kinds = {name: str(fields[name]["type"]) for name in columns}
        self._padded = padded_sample
        self._ends = np.cumsum([len(file) for file in self._files])
        count = int(self._ends[-1]) + (num_padded or 0)
        self._order: Order | None = None  # the iterator's, and the numbers that the rows are drawn with under a seed
        self._drawn = RecordOrder(0)
        mode = shuffle_of(shuffle, who) if shuffle is not None else None
        whole = None if mode is None else mode is Shuffle.GLOBAL
        if mode is not None and mode not in (Shuffle.GLOBAL, Shuffle.FALSE) and sampler is None and num_shards is None:
            sampler, whole = _FileOrder(self._ends, mode), None
        check_shards(who, num_shards, shard_id)
        super().__init__(list(columns), count, resolve(who, sampler, whole, num_samples, num_shards, shard_id))

    def rows(self, rng: Any) -> Iterator[Row]:
        if rng.seed is not None and self._order is not rng:
            self._order, self._drawn = rng, RecordOrder(rng.seed)
        return super().rows(rng if rng.seed is None else self._drawn)

    def row(self, i: int) -> Row:
        if i >= self._ends[-1]:
            row: dict[str, Any] = self._padded or {}
        else:
            at = int(np.searchsorted(self._ends, i, "right"))
            row = self._files[at].row(i - (int(self._ends[at - 1]) if at else 0), self._columns)
        return tuple(_value(row[name], kind) for name, kind in self._kinds.items())


def _value(value: Any, kind: str) -> np.ndarray:
    if kind == "bytes":
        return np.array([bytes(value)])
    return np.asarray(value) if kind == "string" else np.asarray(value, kind)


class _FileOrder(Sampler):
    """The rows of files, whose order, or the order within each, is random."""

    def __init__(self, ends: np.ndarray, mode: Shuffle) -> None:
        super().__init__()
        self._ends, self._mode, self._keys = ends, mode, [object() for _ in ends]

    def is_shuffled(self) -> bool:
        return True

    def indices(self, n: int, rng: Any) -> np.ndarray:
        parts = [np.arange(a, b) for a, b in zip([0, *self._ends], [*self._ends[:-1], n])]
        if self._mode is Shuffle.FILES:
            return np.concatenate([parts[i] for i in rng.shuffled(self, np.arange(len(parts)))])
        return np.concatenate([rng.shuffled(key, part) for key, part in zip(self._keys, parts)])


class TFRecordDataset(FileRows):
    """The tf.train.Examples of TFRecord files: features of integers are int64, of floats float32, of bytes uint8.

    Args:
        dataset_files: a file's name or pattern, or a list of them.
        schema: a :class:`Schema` or its JSON file: the columns, their types and shapes. Default: the features of the
            first row by name, each of shape (n,); several values of bytes are put together, filled up with spaces.
        columns_list: the columns.
        num_samples, num_parallel_workers, shuffle: see :class:`TextFileDataset`.
        num_shards, shard_id: in how many parts, and which: files, or with ``shard_equal_rows`` rows.
        compression_type: '', 'GZIP' or 'ZLIB'.

    Raises:
        FormatError: a file is truncated, or a checksum is wrong.

    >>> from luojia import dataset
    >>> import pathlib
    >>> record = bytes.fromhex("0e00000000000000c5e5693f0a0c0a0a0a016112051a030a0107fa9aa804")  # of one integer, a: 7
    >>> _ = pathlib.Path("some.tfrecord").write_bytes(record)
    >>> rows = dataset.TFRecordDataset("some.tfrecord").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [row["a"].tolist() for row in rows]
    [[7]]
    """

    def __init__(self, dataset_files: str | list[str], schema: Schema | str | None = None,
                 columns_list: list[str] | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, shard_equal_rows: bool = False, cache: Any = None,
                 compression_type: str | None = None) -> None:
        who = "TFRecordDataset"
        files = matching(dataset_files, who)
        if schema is not None and not isinstance(schema, (str, Schema)):
            raise DTypeError(f"{who}: schema should be a path to schema file or a schema object, got {schema!r}.")
        if compression_type not in (None, "", "GZIP", "ZLIB"):
            raise ArgumentError(
                f"{who}: Input compression_type can be either '', 'GZIP', or 'ZLIB', got {compression_type!r}."
            )
        self._compression = compression_type
        self._by_rows = shard_equal_rows
        described = Schema(schema) if isinstance(schema, str) else schema
        self._wanted = None if described is None else {column["name"]: column for column in described.columns}
        if described is not None and described.num_rows is not None and num_samples is None:
            num_samples = described.num_rows
        known = list(self._wanted) if self._wanted else sorted(self._example(files[0]))
        checks.flag(shard_equal_rows, "shard_equal_rows")
        if columns_list and len(set(columns_list)) < len(columns_list):
            raise PipelineError(f"{who}: Invalid columns_list, a column is there twice in {columns_list}.")
        for name in columns_list or ():
            if name not in known:
                raise PipelineError(
                    f"{who}: Invalid columns_list, tfrecord file failed to find column name: {name}; there are {known}."
                )
        super().__init__(who, files, columns_list or known, num_samples, num_parallel_workers, shuffle, num_shards,
                         shard_id)
        shards, shard = self._shards
        if shards > 1 and not shard_equal_rows:
            if len(files) < shards:
                raise PipelineError(
                    f"{who}: numbers of tfrecord file should not less than num_shards when shard_equal_rows is false, "
                    f"but got numbers of tfrecord file: {len(files)}, num_shards: {shards}."
                )
            self._files, self._shards = files[shard::shards], (1, 0)

    def _records(self, path: str) -> Iterator[memoryview]:
        if not self._compression:
            return tfrecord.read(path)
        import zlib

        with open(path, "rb") as file:
            content = file.read()
        try:
            return tfrecord.read(zlib.decompress(content, 47))  # 47: gzip or zlib, as the data say
        except zlib.error as error:
            raise FormatError(f"load of TFRecord: {path!r} is no {self._compression} file: {error}.") from error

    def _example(self, path: str) -> tfrecord.Example:
        for record in self._records(path):
            return tfrecord.load_example(record, path)
        raise FormatError(f"load of TFRecord: {path!r} has no records; give a schema.")

    def read(self, path: str) -> Iterator[Row]:
        for record in self._records(path):
            example = tfrecord.load_example(record, path)
            yield tuple(self._column(name, example, path) for name in self._columns)

    def _column(self, name: str, example: tfrecord.Example, path: str) -> np.ndarray:
        if name not in example:
            raise PipelineError(
                f"TFRecordDataset: Feature name: {name} is required in schema but could not be found in tfrecord file "
                f"{path}."
            )
        column = self._wanted[name] if self._wanted else {}
        found, kind = example[name], column.get("type")
        if isinstance(found, list):
            longest = max(map(len, found), default=0)
            array: Any = np.array([v.decode() for v in found]) if kind == "string" else np.frombuffer(
                b"".join(v.ljust(longest) for v in found), np.uint8)
        else:
            array = found if kind is None or kind == "string" else found.astype(kind)
        shape = column.get("shape")
        if shape is None:
            return array
        try:
            return array.reshape(shape)
        except ValueError as error:
            raise PipelineError(
                f"TFRecordDataset: Column shape of {name} defined in schema does not match the shape actually load: "
                f"{shape}, {array.shape} in {path}."
            ) from error
