"""Text files: UTF-8, and an error that names the file where what is in it is none."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from luojia._src.errors import FormatError


@contextmanager
def open_text(path: str | os.PathLike[str], newline: str | None = None, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """The file, open to be read; to be read, and parsed as JSON or CSV, within the ``with`` block.

    Raises:
        OSError: it cannot be opened.
        FormatError: it is not in this encoding, its JSON is nested too deeply, or its CSV has endless fields.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pathlib.Path(folder, "words").write_text("one")
    ...     with open_text(folder + "/words") as file:
    ...         file.read()
    3
    'one'
    """
    with open(path, encoding=encoding, newline=newline) as file:
        try:
            yield file
        except UnicodeDecodeError as error:
            found = f"{error.reason} {error.object[error.start : error.end]!r}"
            raise FormatError(f"{os.fspath(path)} is no text in {encoding.upper()}: {found}.") from error
        except RecursionError as error:
            raise FormatError(f"{os.fspath(path)} is corrupted: it is nested too deeply.") from error
        except csv.Error as error:
            raise FormatError(f"{os.fspath(path)} is no CSV file: {error}.") from error
