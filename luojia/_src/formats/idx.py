"""IDX files, the form of MNIST: one array of big-endian numbers, plain or gzipped.

Layout: two zero bytes, one byte of type, one of rank, u32 sizes, the data in C order.

Source: http://yann.lecun.com/exdb/mnist/, section "FILE FORMATS".
"""

from __future__ import annotations

import gzip
import io
import os
import zlib

import numpy as np

from luojia._src.errors import DTypeError
from luojia._src.formats.atomic import write_bytes
from luojia._src.formats.reader import Reader, Source, open_source

_DTYPES = {8: "u1", 9: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_MOST_DEFLATE = 1032  # deflate cannot pack more bytes than this into one


def dump(array: np.ndarray, *, compress: bool = False) -> bytes:
    """The bytes of an IDX file that holds `array` (uint8, int8, int16, int32, float32 or float64), gzipped if asked.

    Raises:
        DTypeError: an array of another dtype.

    >>> load(dump(np.uint8([[1, 2]]), compress=True))
    array([[1, 2]], dtype=uint8)
    """
    array = np.asarray(array)
    codes = {np.dtype(d).newbyteorder("="): (code, d) for code, d in _DTYPES.items()}
    if array.dtype.newbyteorder("=") not in codes:
        known = ", ".join(d.name for d in codes)
        raise DTypeError(f"saving IDX expects an array of {known}, got {array.dtype.name}; cast it first.")
    code, dtype = codes[array.dtype.newbyteorder("=")]
    head = bytes([0, 0, code, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    raw = head + array.astype(dtype, copy=False).tobytes()
    return gzip.compress(raw, mtime=0) if compress else raw


def save(path: str | os.PathLike[str], array: np.ndarray) -> None:
    """Write `dump(array)` to `path`, gzipped where its name ends in .gz; a failure leaves the old file whole."""
    write_bytes(path, dump(array, compress=os.fspath(path).endswith(".gz")))


def load(source: Source) -> np.ndarray:
    """The array of an IDX file, gzipped or not, in this machine's byte order.

    Args:
        source: the path of a file, or its bytes.

    Raises:
        FormatError: the file is truncated, corrupted or of another format.
    """
    data, label = open_source(source)
    label = f"load of IDX: {label}"
    if data[:2] == _GZIP:
        data = _unpack(Reader(data, label))
    reader = Reader(data, label)
    shape, dtype = _read_head(reader)
    size = reader.nbytes(shape, dtype.itemsize, "the array")
    raw = reader.take(size, f"the values of {dtype.name} {shape}")
    reader.done()
    return np.frombuffer(raw, dtype).astype(dtype.newbyteorder("=")).reshape(shape)


def _read_head(reader: Reader) -> tuple[tuple[int, ...], np.dtype]:
    zero, code = reader.unpack(">H", "the magic number"), reader.unpack("B", "the type")
    ndim = reader.unpack("B", "the rank")
    if zero or code not in _DTYPES:
        raise reader.fail(f"is no IDX file: it starts with {bytes(reader.data[:4])!r}, expected two zeros and a type")
    return tuple(reader.unpack(">I", "the shape") for _ in range(ndim)), np.dtype(_DTYPES[code])


def _unpack(packed: Reader) -> bytes:
    """The unzipped file, no more of it than its own header announces and its packed size can hold."""
    with gzip.GzipFile(fileobj=io.BytesIO(packed.data)) as stream:
        try:
            head = stream.read(4)
            head += stream.read(4 * head[3] if len(head) == 4 else 0)
            reader = Reader(head, packed.label)
            shape, dtype = _read_head(reader)
            size = reader.nbytes(shape, dtype.itemsize, "the array")
            if size > _MOST_DEFLATE * packed.remaining:
                raise packed.fail(f"is truncated: {shape} {dtype.name} cannot come out of {packed.remaining} bytes")
            return head + stream.read(size + 1)  # one byte more: surplus shows, and the stream's checksum is reached
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise packed.fail(f"is truncated or corrupted: {error}") from None
