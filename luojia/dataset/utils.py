"""``mindspore.dataset.utils``: a text file by its lines."""

from __future__ import annotations

import os
import sys
from typing import Any

from .._src.errors import ArgumentError, DTypeError, MissingFileError
from .._src.paths import open_paths, refusing


class LineReader:
    """The lines of a text file by number, from 1 on, without reading it whole.

    Raises:
        TypeError: a name that is no string.
        RuntimeError: there is no such file.

    >>> with open("lines.txt", "w") as file:
    ...     _ = file.write("one\\ntwo")
    >>> reader = LineReader("lines.txt")
    >>> reader.len(), reader.readline(2)
    (2, 'two')
    >>> reader.close()

    Matches ``mindspore.dataset.LineReader``.
    """

    def __init__(self, filename: str) -> None:
        if not isinstance(filename, str):
            raise DTypeError(f"path: {filename} is not string")
        if not os.path.isfile(filename):
            raise MissingFileError(f"The input file [{filename}] does not exist.")
        self._file = open(filename, "rb")  # noqa: SIM115 - open until close()
        self._starts = [0]
        for line in self._file:
            self._starts.append(self._starts[-1] + len(line))

    def len(self) -> int:
        """How many lines there are."""
        return len(self._starts) - 1

    __len__ = len

    def readline(self, line: int) -> str:
        """Line ``line``, without its end."""
        if isinstance(line, bool) or not isinstance(line, int):
            raise DTypeError(f"Argument line with value {line} is not of type [<class 'int'>], but got {type(line)}.")
        if not 1 <= line <= self.len():
            raise ArgumentError(f"Input line is not within the required interval of [1, {self.len()}].")
        if self._file.closed:
            self._file = open(self._file.name, "rb")  # noqa: SIM115 - as MindSpore, which reads on
        self._file.seek(self._starts[line - 1])
        return self._file.readline().decode().rstrip("\r\n")

    __getitem__ = readline

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __del__(self) -> Any:
        if hasattr(self, "_file"):
            self._file.close()


__all__ = ["LineReader"]
_REFUSED = ("imshow_det_bbox",)
__getattr__ = refusing("luojia.dataset.utils", "draw with matplotlib: imshow, "
                       "and a patches.Rectangle for each box.", _REFUSED)

open_paths(sys.modules[__name__])
