"""The values in MindSpore's record files: MessagePack maps of numbers and strings, and narrowed arrays of integers."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from luojia._src.formats.reader import Reader

_WIDTHS = (np.dtype("<i1"), np.dtype("<i2"), np.dtype("<i4"), np.dtype("<i8"))


def pack_numbers(values: np.ndarray) -> bytes:
    """Integers, each in the fewest of 1, 2, 4, 8 bytes: their count, two bits of width for each, the numbers.

    >>> pack_numbers(np.array([1, 300])).hex(" ")
    '00 00 00 02 10 01 2c 01'
    """
    flat = values.reshape(-1).astype(np.int64)
    wide = np.zeros(flat.size, np.uint8)
    for width in (8, 16, 32):
        wide += (flat >= 1 << (width - 1)) | (flat < -(1 << (width - 1)))
    fours = np.zeros((-(-flat.size // 4), 4), np.uint8)
    fours.reshape(-1)[: flat.size] = wide
    bits = (fours << np.array([6, 4, 2, 0], np.uint8)).sum(1, dtype=np.uint8)
    sizes = 1 << wide.astype(np.int64)
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]) if flat.size else 0, np.uint8)
    for code, dtype in enumerate(_WIDTHS):
        chosen = wide == code
        starts = (ends - sizes)[chosen]
        out[starts[:, None] + np.arange(dtype.itemsize)] = flat[chosen].astype(dtype).view(np.uint8).reshape(
            -1, dtype.itemsize)
    return struct.pack(">I", flat.size) + bits.tobytes() + out.tobytes()


def unpack_numbers(reader: Reader, dtype: np.dtype) -> np.ndarray:
    """The numbers that :func:`pack_numbers` packed, (n,).

    Raises:
        FormatError: the bytes do not hold as many numbers as they say.

    >>> unpack_numbers(Reader(pack_numbers(np.array([1, -70000])), "demo"), np.dtype("int32"))
    array([     1, -70000], dtype=int32)
    """
    count = reader.unpack(">I", "the number of integers")
    bits = np.frombuffer(reader.take(-(-count // 4), "the widths of the integers"), np.uint8)
    wide = ((bits[:, None] >> np.array([6, 4, 2, 0], np.uint8)) & 3).reshape(-1)[:count]
    sizes = 1 << wide.astype(np.int64)
    ends = np.cumsum(sizes)
    content = np.frombuffer(reader.take(int(ends[-1]) if count else 0, "the integers"), np.uint8)
    reader.done()
    out = np.empty(count, np.int64)
    for code, width in enumerate(_WIDTHS):
        chosen = wide == code
        starts = (ends - sizes)[chosen]
        out[chosen] = content[starts[:, None] + np.arange(width.itemsize)].reshape(-1).view(width)
    return out.astype(dtype)


def pack_map(values: Mapping[str, Any]) -> bytes:
    """A MessagePack map of strings to integers, floats and strings, each in its shortest form.

    >>> pack_map({"a": -3, "b": "x"}).hex(" ")
    '82 a1 61 fd a1 62 a1 78'
    """
    out = bytearray([0x80 | len(values)] if len(values) < 16 else b"\xde" + len(values).to_bytes(2, "big"))
    for name, value in values.items():
        out += _pack(name) + _pack(value)
    return bytes(out)


_TEXT_HEADS = ((32, "", 0xA0), (1 << 8, ">BB", 0xD9), (1 << 16, ">BH", 0xDA), (1 << 32, ">BI", 0xDB))
_NUMBER_HEADS = ((1 << 8, ">BB", 0xCC), (1 << 16, ">BH", 0xCD), (1 << 32, ">BI", 0xCE), (1 << 64, ">BQ", 0xCF))


def _pack(value: Any) -> bytes:
    if isinstance(value, (str, np.str_)):
        text = value.encode()
        size = len(text)
        return _head(size, _TEXT_HEADS) + text
    if isinstance(value, (float, np.floating)):
        number = float(value)
        with np.errstate(over="ignore"):
            short = float(np.float32(number)) == number
        return struct.pack(">Bf", 0xCA, number) if short else struct.pack(">Bd", 0xCB, number)
    number = int(value)
    if number >= 0:
        if number < 128:
            return bytes([number])
        return _head(number, _NUMBER_HEADS)
    if number >= -32:
        return struct.pack(">b", number)
    for width, layout, code in ((8, ">Bb", 0xD0), (16, ">Bh", 0xD1), (32, ">Bi", 0xD2)):
        if number >= -(1 << (width - 1)):
            return struct.pack(layout, code, number)
    return struct.pack(">Bq", 0xD3, number)


def _head(size: int, table: tuple[tuple[int, str, int], ...]) -> bytes:
    for limit, layout, code in table:
        if size < limit:
            return struct.pack(layout, code, size) if layout else bytes([code | size])
    raise OverflowError(f"{size} does not fit in 64 bits")


_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i",
    0xD3: ">q",
}
_TEXTS = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}


def unpack_map(reader: Reader) -> dict[str, Any]:
    """The map in a MessagePack text of maps, strings, numbers, booleans and None.

    Raises:
        FormatError: it is no map, or truncated.

    >>> unpack_map(Reader(pack_map({"a": -3, "b": "x", "c": 0.5}), "demo"))
    {'a': -3, 'b': 'x', 'c': 0.5}
    """
    code = reader.unpack(">B", "the fields of a row")
    if not (0x80 <= code < 0x90 or code == 0xDE):
        raise reader.fail(f"is corrupted: the fields of a row begin with {code:#x}, not as a MessagePack map")
    count = code & 15 if code < 0x90 else reader.unpack(">H", "the number of fields")
    return {_unpack(reader): _unpack(reader) for _ in range(count)}


def _unpack(reader: Reader) -> Any:
    code = reader.unpack(">B", "a field")
    if code < 0x80 or code >= 0xE0:
        return code if code < 0x80 else code - 256
    if code in _NUMBERS:
        return reader.unpack(_NUMBERS[code], "a number")
    if 0xA0 <= code < 0xC0 or code in _TEXTS:
        return reader.text(code & 31 if code < 0xC0 else reader.unpack(_TEXTS[code], "the size of a text"), "a text")
    if code in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[code]
    raise reader.fail(f"is corrupted: a field of a row has the unknown MessagePack kind {code:#x}")
