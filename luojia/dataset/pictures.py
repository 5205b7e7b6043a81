"""What the data sets of images share: rows that name files, read when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .._src.data import codecs
from .._src.data.digits import MissingPackageError
from .._src.errors import FormatError
from .._src.formats.text import open_text
from .rows import PipelineError, Row
from .samplers import resolve
from .sources import Source

COMMON = """
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, (H, W, 3) uint8; else the file's bytes, (n,) uint8, for ``vision.Decode``.
        num_parallel_workers, cache: accepted.
"""


class File(str):
    """The name of an image's file among the values of a row."""

    __slots__ = ()


class Pictures(Source):
    """Rows of files and arrays. The other arguments are those that all such data sets have."""

    def __init__(self, columns: str, items: Iterable[Sequence[Any]], decode: Any = False,
                 num_samples: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None) -> None:
        who = type(self).__name__
        self._items, self._decode = list(items), bool(decode)
        if not self._items:
            raise PipelineError(
                f"{who}: Invalid data, the dataset API can't read the data file (interface mismatch or no data found)."
            )
        names = columns.split()
        super().__init__(names, len(self._items), resolve(who, sampler, shuffle, num_samples, num_shards, shard_id))

    def row(self, i: int) -> Row:
        return tuple(self._value(value) for value in self._items[i])

    def _value(self, value: Any) -> np.ndarray:
        if not isinstance(value, File):
            return value
        try:
            return codecs.read(value) if self._decode else np.fromfile(value, np.uint8)
        except OSError as error:
            raise PipelineError(f"{type(self).__name__}: Failed to open file: {value}: {error.strerror}") from error

    def classes(self, column: str) -> Sequence[int]:
        if column in self._columns:
            at = self._columns.index(column)
            if not any(isinstance(item[at], File) for item in self._items):
                return [int(item[at]) for item in self._items]
        return super().classes(column)


class Outline(str):
    """The name of a MATLAB file with an outline."""

    __slots__ = ()


def number(value: int, dtype: Any = np.uint32) -> np.ndarray:
    """A label."""
    return np.array(value, dtype)


def images_in(folder: str, extensions: Sequence[str] = (".jpg", ".jpeg", ".png", ".bmp", ".JPG", ".JPEG", ".PNG"),
              within: bool = False) -> list[File]:
    """The images of a folder, by name; with ``within`` those of its folders too."""
    if not os.path.isdir(folder):
        raise PipelineError(f"Invalid path, {folder} does not exist or is no folder.")
    if within:
        return [image for inner, _, _ in sorted(os.walk(folder)) for image in images_in(inner, extensions)]
    return [File(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(tuple(extensions))]


def numbered(folder: str, names: Sequence[str], dtype: Any = np.uint32) -> list[tuple[File, np.ndarray]]:
    """The images of the folders of these names in ``folder``, each with the number of its folder's name."""
    return [(image, number(i, dtype)) for i, name in enumerate(names)
            for image in images_in(os.path.join(folder, name))]


def folders_in(folder: str) -> list[str]:
    """The folders of a folder, by name."""
    if not os.path.isdir(folder):
        raise PipelineError(f"Invalid path, {folder} does not exist or is no folder.")
    return sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())


def lines(path: str) -> list[str]:
    """The lines of a text file that are not empty, without white space around them."""
    if not os.path.isfile(path):
        raise PipelineError(f"Invalid path, the file {path} does not exist.")
    with open_text(path) as file:
        return [line.strip() for line in file if line.strip()]


def matlab(path: str) -> dict[str, Any]:
    """The arrays of a MATLAB file.

    Raises:
        MissingPackageError: SciPy is not installed.
        FormatError: the file is damaged.
    """
    try:
        from scipy.io import loadmat
    except ImportError as error:
        raise MissingPackageError("Reading MATLAB's files takes SciPy: pip install scipy") from error
    if not os.path.isfile(path):
        raise PipelineError(f"Invalid path, the file {path} does not exist.")
    try:
        return loadmat(path)
    except Exception as error:  # SciPy's reader has exceptions of its own
        raise FormatError(f"{path} is no MATLAB file that SciPy reads: {error}") from error
