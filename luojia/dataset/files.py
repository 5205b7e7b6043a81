"""Sources of rows that files hold one after the other: lines of text, CSV, TFRecord."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError
from .._src.formats.text import open_text
from . import config
from .arguments import Checking
from .dataset import Dataset
from .rows import PipelineError, Row
from .samplers import Shuffle, shuffle_of
from .sources import workers_of
from .steps import drawn

_BUFFER = 10000  # MindSpore's least buffer of rows to draw from


def matching(patterns: Any, who: str) -> list[str]:
    """The files of a name or pattern, or of a list of them.

    Raises:
        ArgumentError: a pattern matches no file.
    """
    if not isinstance(patterns, (str, list)):
        raise DTypeError(
            f"{who}: Argument dataset files with value {patterns} "
            f"is not of type {[str, list]}, but got {type(patterns)}."
        )
    patterns = [patterns] if isinstance(patterns, str) else patterns
    if not patterns:
        raise ArgumentError(f"{who}: Input dataset_files can not be empty, but got '[]'.")
    found, missing = [], []
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise DTypeError(f"{who}: a dataset file is expected as str, got {pattern!r}.")
        name = os.path.expanduser(pattern)
        names = [name] if os.path.isfile(name) else sorted(n for n in glob.glob(name) if os.path.isfile(n))
        found += names
        if not names:
            missing.append(pattern)
    if missing:
        raise ArgumentError(f"{who}: The following patterns did not match any files: {missing}.")
    return found


def folder_of(who: str, folder: Any) -> str:
    """The folder ``folder``, which must be there."""
    if not isinstance(folder, (str, os.PathLike)):
        raise DTypeError(f"{who}: path: {folder!r} is not string.")
    path = os.path.expanduser(os.fspath(folder))
    if not os.path.isdir(path):
        raise ArgumentError(f"{who}: The folder {folder} does not exist or is not a directory or permission denied!")
    return path


class FileRows(Checking, Dataset):
    """The rows of files, several files at a time side by side (as many as ``num_parallel_workers``).

    A subclass gives ``read(path)``. The rows are cut in as many runs of one length as there are shards, then shuffled.
    """

    def __init__(self, who: str, files: Sequence[str], columns: Sequence[str], num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        super().__init__()
        check_shards(who, num_shards, shard_id)
        self._shuffle = shuffle_of(shuffle, who)
        self._files, self._columns, self._num_samples = list(files), list(columns), num_samples or None
        self._shards = (num_shards or 1, shard_id or 0)
        self._workers = workers_of(num_parallel_workers) or config.get_num_parallel_workers()
        self._read: dict[str, list[Row]] = {}
        self._key = object()  # asks for the rows' order, as the pipeline itself asks for that of the files

    def read(self, path: str) -> Iterator[Row]:
        """The rows of a file."""
        raise NotImplementedError

    def get_col_names(self) -> list[str]:
        return self._columns

    def is_shuffled(self) -> bool:
        return self._shuffle is not Shuffle.FALSE

    def is_sharded(self) -> bool:
        return self._shards[0] > 1

    def _rows_of(self, path: str) -> list[Row]:
        if path not in self._read:
            self._read[path] = list(self.read(path))
        return self._read[path]

    def get_dataset_size(self) -> int:
        each = -(-sum(len(self._rows_of(path)) for path in self._files) // self._shards[0])
        return each if self._num_samples is None else min(each, self._num_samples)

    def rows(self, rng: Any) -> Iterator[Row]:
        files = list(range(len(self._files)))
        if self._shuffle in (Shuffle.GLOBAL, Shuffle.FILES):
            files = rng.shuffled(self, np.array(files)).tolist()
        parts = [self._rows_of(self._files[i]) for i in files]
        if not any(parts):
            raise PipelineError(
                f"{type(self).__name__}: Invalid data, the dataset API can't read the data file (interface mismatch or "
                f"no data found). Check file path: {self._files}."
            )
        if self._shuffle is Shuffle.INFILE:
            parts = [[part[i] for i in rng.shuffled(part, np.arange(len(part)))] for part in parts]
        shards, shard = self._shards
        if shards > 1:
            whole = list(chain.from_iterable(parts))
            each = -(-len(whole) // shards)
            parts = [[whole[i % len(whole)] for i in range(shard * each, (shard + 1) * each)] if whole else []]
        rows = islice(side_by_side(parts, self._workers), self._num_samples)
        if self._shuffle is not Shuffle.GLOBAL:
            return rows
        return drawn(rows, max(_BUFFER, 4 * max(map(len, parts), default=0)), rng.places(self._key))


def check_shards(who: str, num_shards: Any, shard_id: Any) -> None:
    """Raises ArgumentError unless both or neither is given, and they fit each other."""
    if (num_shards is None) != (shard_id is None):
        raise ArgumentError(
            f"{who}: num_shards and shard_id need to be passed in together: num_shards is specified and currently "
            "requires shard_id as well, and the other way round."
        )
    if num_shards is not None:
        if num_shards < 1:
            raise ArgumentError(f"{who}: Input num_shards is not within the required interval of [1, 2147483647].")
        if not 0 <= shard_id < num_shards:
            raise ArgumentError(
                f"{who}: Input shard_id is not within the required interval of [0, {num_shards - 1}], got {shard_id}: "
                "it should be less than num_shards."
            )


def side_by_side(parts: Sequence[Sequence[Row]], workers: int) -> Iterator[Row]:
    """The rows of several files as that many workers read them: each has every so manieth file, and they take turns."""
    lanes = [chain.from_iterable(parts[i::workers]) for i in range(min(workers, len(parts)))]
    lanes = [iter(lane) for lane in lanes]
    while lanes:
        left = []
        for lane in lanes:
            for row in lane:
                yield row
                left.append(lane)
                break
        lanes = left


def lines_of(path: str) -> Iterator[str]:
    """The lines of a text file as MindSpore reads them: ended by a line feed, which is cut off; empty ones left out."""
    with open_text(path, newline="\n") as file:
        for line in file:
            text = line[:-1] if line.endswith("\n") else line
            if text:
                yield text


class TextFileDataset(FileRows):
    """The lines of text files: column text. Empty lines are left out.

    Args:
        dataset_files: a file's name or pattern, or a list of them.
        num_samples: how many rows at most.
        num_parallel_workers: how many files are read side by side, their lines taking turns; 1 is one after the other.
        shuffle: True or Shuffle.GLOBAL (default) rows, Shuffle.FILES files, Shuffle.INFILE rows within files, False
            nothing.
        num_shards, shard_id: in how many parts, and which.

    >>> import pathlib
    >>> path = pathlib.Path("some.txt")
    >>> _ = path.write_text("one\\n\\ntwo\\n")
    >>> [str(row["text"]) for row in TextFileDataset(str(path), shuffle=False).create_dict_iterator()]
    ['one', 'two']
    """

    def __init__(self, dataset_files: str | list[str], num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "TextFileDataset"
        super().__init__(who, matching(dataset_files, who), ["text"], num_samples, num_parallel_workers, shuffle,
                         num_shards, shard_id)

    def read(self, path: str) -> Iterator[Row]:
        return ((np.array(line),) for line in lines_of(path))
