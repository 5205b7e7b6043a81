"""Writing a file so that it is either the old one or the new one, whole, whatever happens in between."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from luojia._src.errors import MissingFileError


def write_bytes(path: str | os.PathLike[str], data: bytes | Iterable[bytes]) -> None:
    """Write `data` beside `path`, then put it in the place of `path` in one step.

    A failure (a full disk, an interrupt, an error in the iterable) leaves the old file as it was and no temporary file.
    The new file keeps the old one's permissions; a link is followed; a device or pipe is written to directly.

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
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise
