"""Writing a file so that it is either the old one or the new one, whole, whatever happens in between."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from typing import IO

from luojia._src.errors import MissingFileError


def write_bytes(path: str | os.PathLike[str], data: bytes | Iterable[bytes]) -> None:
    """Write `data` beside `path`, then put it in the place of `path` in one step.

    A failure (a full disk, an interrupt, an error in the iterable) leaves the old file as it was and no temporary file;
    on Linux so does the end of the process, for what is written has no name before it is whole. The new file keeps the
    old one's permissions; a link is followed; a device or pipe is written to directly.

    Args:
        path: the file to write; its folder must exist.
        data: the bytes, or an iterable of pieces, written in turn.

    Raises:
        MissingFileError: a FileNotFoundError and MXNetError: the folder does not exist.
        IsADirectoryError: `path` is a folder.
        OSError: the system refused the write.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bytes(folder + "/x.bin", [b"ab", b"c"])
    ...     os.listdir(folder), pathlib.Path(folder, "x.bin").read_bytes()
    (['x.bin'], b'abc')
    """
    target = os.path.realpath(os.fspath(path))
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise MissingFileError(f"saving {os.fspath(path)!r} needs the folder {folder!r}; create it")
    if os.path.isdir(target):
        raise IsADirectoryError(f"saving expects the name of a file, got the folder {os.fspath(path)!r}")
    pieces = [data] if isinstance(data, (bytes, bytearray, memoryview)) else data
    mode = os.stat(target).st_mode if os.path.exists(target) else None
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "wb") as file:
            file.writelines(pieces)
        return
    beside = os.path.join(folder, f".{os.urandom(8).hex()}.tmp")
    try:
        nameless = _nameless(folder)
        with open(_named(beside) if nameless is None else nameless, "w+b") as file:
            file.writelines(pieces)
            _store(file)
            if nameless is not None:
                _give_name(file, beside)
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


_OPEN = "/proc/self/fd"


def _nameless(folder: str) -> int | None:
    """A new file that takes a name once it is written, by a link; None where the system has no such files."""
    try:
        return os.open(folder, os.O_RDWR | os.O_TMPFILE, 0o666) if os.path.isdir(_OPEN) else None
    except (OSError, AttributeError):
        return None


def _named(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)


def _store(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _give_name(file: IO[bytes], path: str) -> None:
    try:
        os.link(f"{_OPEN}/{file.fileno()}", path)
    except OSError:  # a file system that has nameless files and cannot name them
        file.seek(0)
        with open(_named(path), "wb") as copy:
            shutil.copyfileobj(file, copy)
            _store(copy)
