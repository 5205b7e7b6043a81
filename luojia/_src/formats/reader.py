"""Reading binary files with every size checked against the bytes that are there, before anything is allocated."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Sequence

import numpy as np

from luojia._src.core.dtypes import bfloat16
from luojia._src.errors import DTypeError, FormatError, MissingFileError

Source = bytes | bytearray | memoryview | str | os.PathLike
MAX_NDIM = 32  # numpy 1's limit, and mxnet's
_LIMIT = 2**63 - 1


def open_source(source: Source) -> tuple[bytes, str]:
    """The bytes of a file (given by its path) or of a buffer, and how messages call it."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), "<bytes>"
    if not isinstance(source, (str, os.PathLike)):
        raise DTypeError(f"expected the name of a file or its bytes, got {type(source).__name__}.")
    try:
        with open(source, "rb") as file:
            return file.read(), repr(os.fspath(source))
    except OSError as e:
        raise MissingFileError(f'Open "{os.fspath(source)}": {e.strerror}') from e


class Reader:
    """A position in a buffer; everything taken from it is checked to be there.

    >>> r = Reader(b"\\x01\\x02\\x00\\x00\\x00", "demo: <bytes>")
    >>> r.unpack("<B", "the version"), r.unpack("<I", "the size")
    (1, 2)
    >>> r.take(3, "the name")
    Traceback (most recent call last):
    luojia._src.errors.FormatError: demo: <bytes> is truncated: expected 3 bytes for the name at byte 5, found 0; \
copy or save the file again.
    """

    def __init__(self, data: bytes | bytearray | memoryview, label: str, start: int = 0, end: int | None = None):
        self.data = memoryview(data)
        self.label = label
        self.position = start
        self.end = len(data) if end is None else end

    @property
    def remaining(self) -> int:
        return self.end - self.position

    def fail(self, what: str) -> FormatError:
        """The error that says what is wrong with the file; the caller raises it."""
        return FormatError(f"{self.label} {what}.")

    def take(self, size: int, what: str) -> memoryview:
        """The next `size` bytes, as a view."""
        if size > self.remaining:
            raise self.fail(
                f"is truncated: expected {size} bytes for {what} at byte {self.position}, found {self.remaining}; "
                "copy or save the file again"
            )
        self.position += size
        return self.data[self.position - size : self.position]

    def unpack(self, layout: str, what: str) -> int:
        """One number of the `struct` layout."""
        return struct.unpack(layout, self.take(struct.calcsize(layout), what))[0]

    def text(self, size: int, what: str) -> str:
        """The next `size` bytes as UTF-8."""
        raw = self.take(size, what)
        try:
            return str(raw, "utf-8")
        except UnicodeDecodeError as error:
            raise self.fail(f"is corrupted: {what} is not UTF-8 ({error.reason})") from None

    def done(self) -> None:
        """Check that nothing is left."""
        if self.remaining:
            raise self.fail(f"is corrupted: {self.remaining} bytes are left over at byte {self.position}")

    def nbytes(self, shape: Sequence[int], itemsize: int, what: str) -> int:
        """How many bytes an array of `shape` takes, if that can be an array at all."""
        if len(shape) > MAX_NDIM:
            raise self.fail(f"is corrupted: {what} has {len(shape)} dimensions, at most {MAX_NDIM} are possible")
        if any(n < 0 for n in shape) or math.prod(n for n in shape if n) * itemsize > _LIMIT:
            raise self.fail(f"is corrupted: {what} has the impossible shape {tuple(shape)}")
        return math.prod(shape) * itemsize

    def array(self, shape: Sequence[int], dtype: np.dtype, what: str) -> np.ndarray:
        """The next array: little-endian, contiguous; returned as a writable copy of its own."""
        raw = self.take(self.nbytes(shape, dtype.itemsize, what), what)
        if dtype == np.bool_:  # any byte but 0 is true; a bool array holding other bytes would misbehave
            return (np.frombuffer(raw, np.uint8) != 0).reshape(shape)
        return np.frombuffer(raw, dtype.newbyteorder("<")).astype(dtype.newbyteorder("=")).reshape(shape)

    def bfloat16(self, shape: Sequence[int], what: str, keep: bool = False) -> np.ndarray:
        """The next array of bfloat16, widened to float32, which holds each of its values exactly.

        With ``keep`` it stays bfloat16 where the package ml_dtypes is installed.
        """
        bits = self.array(shape, np.dtype(np.uint16), what)
        if keep:
            try:
                return bits.view(bfloat16.np)
            except DTypeError:  # ml_dtypes is missing
                pass
        return (bits.astype(np.uint32) << 16).view(np.float32)
