"""The wire format of protocol buffers: a message is a row of fields, each a number, a kind and its bytes.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from luojia._src.formats.reader import Reader

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_SIZES = {FIXED64: 8, FIXED32: 4}


def varint(n: int) -> bytes:
    """A whole number, seven bits a byte; a negative one as 64 bits.

    >>> varint(300), len(varint(-1))
    (b'\\xac\\x02', 10)
    """
    n &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])


def field(number: int, content: bytes | str) -> bytes:
    """A field of bytes, of a string or of a message."""
    content = content.encode("utf-8") if isinstance(content, str) else content
    return varint(number << 3 | BYTES) + varint(len(content)) + content


def whole(number: int, value: int) -> bytes:
    """A field of a whole number."""
    return varint(number << 3 | VARINT) + varint(int(value))


def single(number: int, value: float) -> bytes:
    """A field of a float of 32 bits."""
    return varint(number << 3 | FIXED32) + struct.pack("<f", value)


def double(number: int, value: float) -> bytes:
    """A field of a float of 64 bits."""
    return varint(number << 3 | FIXED64) + struct.pack("<d", value)


def read_varint(reader: Reader, what: str) -> int:
    """The next whole number, 0 to 2^64 - 1."""
    value = 0
    for shift in range(0, 70, 7):
        byte = reader.take(1, what)[0]
        value |= (byte & 127) << shift
        if byte < 128:
            return value & 0xFFFFFFFFFFFFFFFF
    raise reader.fail(f"is corrupted: a number of more than ten bytes ends at byte {reader.position}")


def signed(value: int) -> int:
    """What ``read_varint`` gave, as a number of 64 bits with a sign."""
    return value - (value >> 63 << 64)


def fields(reader: Reader, what: str) -> Iterator[tuple[int, Any]]:
    """The number of each field and what it holds: an int, or a Reader of its bytes.

    Raises:
        FormatError: a field has a kind that none has, or more bytes than there are.
    """
    while reader.remaining:
        key = read_varint(reader, what)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            yield number, signed(read_varint(reader, what))
            continue
        if kind != BYTES and kind not in _SIZES:
            raise reader.fail(f"is corrupted: field {number} of {what} has the kind {kind} at byte {reader.position}")
        size = _SIZES.get(kind) or read_varint(reader, what)
        start = reader.position
        reader.take(size, what)
        yield number, Reader(reader.data, reader.label, start, start + size)


def text(value: Any, what: str) -> str:
    """A field's bytes as a string."""
    return _bytes(value, what).text(value.remaining, what)


def wholes(value: Any, what: str) -> list[int]:
    """The whole numbers of a field that may hold one or, packed, many."""
    if isinstance(value, int):
        return [value]
    found = []
    while value.remaining:
        found.append(signed(read_varint(value, what)))
    return found


def numbers(value: Any, dtype: str, what: str) -> np.ndarray:
    """The numbers of a fixed size in a field that may hold one or, packed, many."""
    reader = _bytes(value, what)
    return reader.array((reader.remaining // np.dtype(dtype).itemsize,), np.dtype(dtype), what)


def _bytes(value: Any, what: str) -> Reader:
    if not isinstance(value, Reader):
        raise TypeError(f"{what} holds a number, no bytes")
    return value
