"""TensorBoard's event files: records of protocol buffers, each with its length and check sums.

Source: TensorFlow's record format (length, masked CRC-32C of it, data, masked CRC-32C) and event.proto.
"""

from __future__ import annotations

import functools
import struct

import numpy as np


def scalar(tag: str, value: float, step: int, time: float) -> bytes:
    """A record that holds one number under a name."""
    found = _bytes(1, tag.encode()) + _key(2, 5) + struct.pack("<f", value)
    summary = _bytes(1, found)
    return record(_key(1, 1) + struct.pack("<d", time) + _key(2, 0) + _varint(step) + _bytes(5, summary))


def header(time: float) -> bytes:
    """The first record of a file."""
    return record(_key(1, 1) + struct.pack("<d", time) + _bytes(3, b"brain.Event:2"))


def record(data: bytes) -> bytes:
    """Data as a record."""
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


def crc32c(data: bytes) -> int:
    """The check sum of Castagnoli.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    found, table = 0xFFFFFFFF, _table()
    for byte in data:
        found = table[(found ^ byte) & 0xFF] ^ found >> 8
    return found ^ 0xFFFFFFFF


@functools.cache
def _table() -> list[int]:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = values >> 1 ^ np.where(values & 1, np.uint32(0x82F63B78), np.uint32(0))
    return values.tolist()


def _masked(data: bytes) -> bytes:
    found = crc32c(data)
    return struct.pack("<I", (found >> 15 | found << 17 & 0xFFFFFFFF) + 0xA282EAD8 & 0xFFFFFFFF)


def _key(field: int, kind: int) -> bytes:
    return bytes([field << 3 | kind])


def _bytes(field: int, data: bytes) -> bytes:
    return _key(field, 2) + _varint(len(data)) + data


def _varint(n: int) -> bytes:
    out = bytearray()
    while True:
        n, low = n >> 7, n & 127
        out.append(low | (128 if n else 0))
        if not n:
            return bytes(out)
