"""RecordIO: MXNet's files of records, read and written one by one.

>>> header = IRHeader(0, 4, 2574, 0)
>>> unpack(pack(header, b"jpeg"))
(HEADER(flag=0, label=4.0, id=2574, id2=0), b'jpeg')
"""

from __future__ import annotations

import os
import threading
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

from ._src.errors import ArgumentError, FormatError, GraphError, MissingFileError
from ._src.formats import recordio as _format
from ._src.formats.text import open_text
from ._src.paths import public_names

__all__ = ["IRHeader", "MXIndexedRecordIO", "MXRecordIO", "RecordIOError", "pack", "pack_img", "unpack", "unpack_img"]
__dir__ = public_names(__name__)

IRHeader = namedtuple("HEADER", ["flag", "label", "id", "id2"])
"""The header of an image record: how many labels follow (0: the one in ``label``), the label, two numbers."""

_READING = threading.RLock()
_LARGE = 1 << 20


class MXRecordIO:
    """A ``.rec`` file, opened to read ('r') or to write ('w') records in order.

    Raises:
        ValueError: another flag. MXNetError: the file cannot be opened.

    >>> from luojia import recordio
    >>> file = recordio.MXRecordIO("some.rec", "w")
    >>> file.write(b"one")
    >>> file.close()
    >>> recordio.MXRecordIO("some.rec", "r").read()
    b'one'
    """

    def __init__(self, uri: str | os.PathLike[str], flag: str) -> None:
        self.uri, self.flag = os.fspath(uri), flag
        self.is_open = False
        self.open()

    def open(self) -> None:
        """Open the file anew, at its beginning."""
        if self.flag not in ("r", "w"):
            raise ArgumentError(f"Invalid flag {self.flag}: MXRecordIO opens a file with 'r' to read or 'w' to write.")
        self.writable = self.flag == "w"
        try:
            self._file, self._pid = open(self.uri, self.flag + "b"), os.getpid()
        except OSError as error:
            raise MissingFileError(f"MXRecordIO could not open {self.uri}: {error.strerror}.") from error
        self.is_open = True

    def close(self) -> None:
        """Close the file; what was written is whole then."""
        if self.is_open:
            self._file.close()
            self.is_open = False

    def reset(self) -> None:
        """Back to the beginning; a file being written starts anew."""
        self.close()
        self.open()

    def write(self, buf: bytes) -> None:
        """Append a record."""
        self._check(True, "write")
        data, _ = _format.dump([buf])
        self._file.write(data)

    def read(self) -> bytes | None:
        """The next record; None at the end.

        Raises:
            FormatError: the file is truncated or corrupted here.
        """
        self._check(False, "read")
        return _read_record(self._file, self.uri)

    def tell(self) -> int:
        """The position in the file, in bytes: where the next record will be written."""
        return self._file.tell()

    def _check(self, writable: bool, verb: str) -> None:
        if self.is_open and self._pid != os.getpid() and not self.writable:  # forked: a position of one's own
            position = self._file.tell()
            self._file, self._pid = open(self.uri, "rb"), os.getpid()
            self._file.seek(position)
        if not self.is_open or self.writable is not writable:
            state = f"open with flag '{self.flag}'" if self.is_open else "closed"
            raise RecordIOError(f"MXRecordIO.{verb}: {self.uri} is {state}; open it with '{'w' if writable else 'r'}'.")

    def __getstate__(self) -> dict:
        state = {k: v for k, v in self.__dict__.items() if k not in ("_file", "_pid")}
        if self.is_open and self.writable:
            raise RecordIOError(f"{self.uri} is being written: close it before it is pickled or copied.")
        return state

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        if self.is_open:
            self.open()

    def __enter__(self) -> MXRecordIO:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "is_open", False):
            self.close()


class RecordIOError(GraphError, AssertionError):
    """A file used in another way than it was opened for; MXNet raises AssertionError."""


class MXIndexedRecordIO(MXRecordIO):
    """A ``.rec`` file with an index, ``.idx``, to read records by their keys in any order.

    Args:
        idx_path, uri, flag: the index, the records, 'r' or 'w'.
        key_type: of the keys, as ``str``.

    >>> from luojia import recordio
    >>> file = recordio.MXIndexedRecordIO("some.idx", "some.rec", "w")
    >>> file.write_idx(5, b"five")
    >>> file.close()
    >>> recordio.MXIndexedRecordIO("some.idx", "some.rec", "r").read_idx(5)
    b'five'
    """

    def __init__(self, idx_path: str | os.PathLike[str], uri: str | os.PathLike[str], flag: str,
                 key_type: Callable = int) -> None:
        self.idx_path, self.key_type = os.fspath(idx_path), key_type
        self.idx: dict[Any, int] = {}
        self.keys: list[Any] = []
        super().__init__(uri, flag)

    def open(self) -> None:
        super().open()
        self.idx, self.keys = {}, []
        if self.writable:
            return
        try:
            with open_text(self.idx_path) as file:
                self.idx = _format.load_index(file.read(), self.idx_path, self.key_type)
        except OSError as error:
            self.close()
            raise MissingFileError(f"MXIndexedRecordIO could not open {self.idx_path}: {error.strerror}.") from error
        self.keys = list(self.idx)

    def close(self) -> None:
        if self.is_open and self.writable:
            with open(self.idx_path, "w", encoding="ascii") as file:
                file.write(_format.dump_index(self.keys, [self.idx[key] for key in self.keys]))
        super().close()

    def seek(self, idx: Any) -> None:
        """Go to the record of this key."""
        self._check(False, "seek")
        if idx not in self.idx:
            raise KeyError(f"{self.idx_path} has no record {idx!r}; it has {len(self.keys)} keys.")
        try:
            self._file.seek(self.idx[idx])
        except (OSError, OverflowError) as error:  # a place that no file can have
            raise FormatError(f"{self.idx_path} has record {idx!r} at byte {self.idx[idx]}: {error}.") from error

    def read_idx(self, idx: Any) -> bytes:
        """The record of this key."""
        with _READING:  # threads share the file's position
            self.seek(idx)
            record = self.read()
        if record is None:
            raise ArgumentError(f"{self.uri} ends before record {idx!r}, which {self.idx_path} lists; is it truncated?")
        return record

    def write_idx(self, idx: Any, buf: bytes) -> None:
        """Append a record under this key."""
        key, position = self.key_type(idx), self.tell()
        self.write(buf)
        self.idx[key] = position
        self.keys.append(key)


def _read_record(file: Any, label: str) -> bytes | None:
    """The record at the file's position; reads no more than this record."""
    start, raw = file.tell(), b""
    while True:
        head = file.read(8)
        if not head and not raw:
            return None
        word = int.from_bytes(head[4:], "little")
        size = ((word & (1 << 29) - 1) + 3) & ~3 if len(head) == 8 else 0
        if size > _LARGE:  # a damaged size takes no memory that the file does not justify
            size = max(min(size, os.fstat(file.fileno()).st_size - file.tell()), 0)
        raw += head + file.read(size)
        if word >> 29 in (0, 3) or len(head) < 8 or not raw.startswith(_format.MAGIC):
            break
    for record in _format.read(raw, called=f"the record at byte {start} of {label!r}"):
        return record
    raise ArgumentError(f"{label} holds no record at byte {start}.")


def pack(header: IRHeader, s: bytes) -> bytes:
    """A record of a header and a string of bytes; an array of labels sets the header's flag.

    >>> from luojia import recordio
    >>> header = recordio.IRHeader(0, 3.0, 7, 0)
    >>> record = recordio.pack(header, b"bytes")
    >>> recordio.unpack(record)[0].label, recordio.unpack(record)[1]
    (3.0, b'bytes')
    """
    header = IRHeader(*header)
    return _format.pack(header.label, header.id, s, number2=header.id2)


def unpack(s: bytes) -> tuple[IRHeader, bytes]:
    """The header and the string of bytes of a record.

    Raises:
        FormatError: the record is shorter than its header says.

    >>> from luojia import recordio
    >>> header, content = recordio.unpack(recordio.pack(recordio.IRHeader(0, [1.0, 2.0], 7, 0), b"bytes"))
    >>> header.label, content
    (array([1., 2.], dtype=float32), b'bytes')
    """
    label, number, number2, content = _format.unpack(s)
    return IRHeader(len(label) if isinstance(label, np.ndarray) else 0, label, number, number2), content


def pack_img(header: IRHeader, img: np.ndarray, quality: int = 95, img_fmt: str = ".jpg") -> bytes:
    """A record of a header and an image, compressed; the channels of ``img`` are blue, green, red, as in OpenCV."""
    from ._src.data.codecs import encode

    return pack(header, encode(img[..., ::-1] if img.ndim == 3 and img.shape[2] == 3 else img, img_fmt, quality))


def unpack_img(s: bytes, iscolor: int = -1) -> tuple[IRHeader, np.ndarray]:
    """The header and the image of a record, (H, W, 3) in the order blue, green, red; ``iscolor=0``: (H, W), grey."""
    from ._src.data.codecs import decode

    header, content = unpack(s)
    image = decode(content, colour=iscolor != 0)
    return header, image[..., ::-1] if iscolor != 0 else image[..., 0]
