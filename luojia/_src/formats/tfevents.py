"""TensorBoard's event files: records of protocol buffers, each with its length and check sums.

Source: TensorFlow's record format (length, masked CRC-32C of it, data, masked CRC-32C) and event.proto.
"""

from __future__ import annotations

import functools
import struct

import numpy as np


def scalar(tag: str, value: float, step: int, time: float) -> bytes:
    """A record that holds one number under a name."""
    return _event(tag, _key(2, 5) + struct.pack("<f", value), step, time)


def image(tag: str, file: bytes, height: int, width: int, channels: int, step: int, time: float) -> bytes:
    """A record that holds a PNG file under a name."""
    sizes = b"".join(_key(i, 0) + _varint(n) for i, n in ((1, height), (2, width), (3, channels)))
    return _event(tag, _bytes(4, sizes + _bytes(4, file)), step, time)


def histogram(tag: str, values: np.ndarray, step: int, time: float, bins: int = 30) -> bytes:
    """A record that holds how often values lie in each of ``bins`` parts of their range."""
    flat = np.asarray(values, np.float64).ravel()
    flat = flat[np.isfinite(flat)]
    counts, edges = np.histogram(flat, bins)
    least, most = (flat.min(), flat.max()) if flat.size else (0.0, 0.0)
    numbers = (least, most, flat.size, flat.sum(), (flat * flat).sum())
    body = b"".join(_key(i, 1) + struct.pack("<d", n) for i, n in enumerate(numbers, 1))
    body += _bytes(6, edges[1:].astype("<f8").tobytes()) + _bytes(7, counts.astype("<f8").tobytes())
    return _event(tag, _bytes(5, body), step, time)


def _event(tag: str, value: bytes, step: int, time: float) -> bytes:
    summary = _bytes(1, _bytes(1, tag.encode()) + value)
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
