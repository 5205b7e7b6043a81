"""TFRecord files of tf.train.Example: a row is a dict of lists of bytes, floats or integers by name.

A record: u64 size, its checksum, the content, its checksum; the checksum is CRC-32C turned by 15 bits, plus a constant.
The content is the protocol buffer Example { features = 1: { feature = 1: map<string, Feature> } } with
Feature { bytes_list = 1 | float_list = 2 | int64_list = 3 }, each { repeated value = 1 }.

Source: TensorFlow's "TFRecord and tf.train.Example", and the protocol buffers' encoding.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from luojia._src.formats.protobuf import field, varint
from luojia._src.formats.reader import Reader, Source, open_source

Example = dict[str, "list[bytes] | np.ndarray"]


def _byte_table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ (np.uint32(0x82F63B78) * (table & np.uint32(1)))
    return table


_TABLE = _byte_table()
_LIST = _TABLE.tolist()
_BLOCK = 32


def _step(crc: np.ndarray) -> np.ndarray:
    """The checksums after one more zero byte."""
    return _TABLE[crc & np.uint32(255)] ^ (crc >> np.uint32(8))


def _shift_tables(count: int) -> list[np.ndarray]:
    """For ``_BLOCK``, twice it, ... zero bytes: a checksum's bytes to what each becomes after them, (4, 256)."""
    one = np.stack([np.arange(256, dtype=np.uint32) << np.uint32(8 * i) for i in range(4)])
    for _ in range(_BLOCK):
        one = _step(one)
    tables = [one]
    while len(tables) < count:
        tables.append(_shifted(tables[-1], tables[-1]))
    return tables


def _shifted(crc: np.ndarray, table: np.ndarray) -> np.ndarray:
    eight = np.uint32(255)
    out = table[0][crc & eight] ^ table[1][(crc >> np.uint32(8)) & eight]
    return out ^ table[2][(crc >> np.uint32(16)) & eight] ^ table[3][crc >> np.uint32(24)]


_SHIFTS = _shift_tables(26)  # up to 2 GB


def crc32c(data: bytes | memoryview) -> int:
    """The CRC-32C (Castagnoli) of some bytes: of blocks side by side, then of pairs of them.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    if len(data) < 48 * _BLOCK:  # NumPy takes as long for fewer
        crc = 0xFFFFFFFF
        for byte in bytes(data):
            crc = _LIST[(crc ^ byte) & 255] ^ (crc >> 8)
        return crc ^ 0xFFFFFFFF
    levels = (-(-len(data) // _BLOCK) - 1).bit_length()
    padded = np.zeros(_BLOCK << levels, np.uint8)  # zeros in front leave a checksum that starts at 0 as it is
    start = len(padded) - len(data)
    padded[start:] = np.frombuffer(data, np.uint8)
    padded[start : start + 4] ^= 255
    columns = np.ascontiguousarray(padded.reshape(-1, _BLOCK).T)
    crc = np.zeros(columns.shape[1], np.uint32)
    for column in columns:
        crc = _TABLE[(crc ^ column) & np.uint32(255)] ^ (crc >> np.uint32(8))
    for level in range(levels):
        crc = _shifted(crc[::2], _SHIFTS[level]) ^ crc[1::2]
    return int(crc[0]) ^ 0xFFFFFFFF


def _mask(crc: int) -> int:
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def dump(records: Iterable[bytes]) -> bytes:
    """A TFRecord file of these records.

    >>> [bytes(record) for record in read(dump([b"abc", b""]))]
    [b'abc', b'']
    """
    return b"".join(map(record, records))


def record(content: bytes) -> bytes:
    """One record of a file."""
    size = struct.pack("<Q", len(content))
    return size + struct.pack("<I", _mask(crc32c(size))) + content + struct.pack("<I", _mask(crc32c(content)))


def read(source: Source) -> Iterator[memoryview]:
    """The records of a TFRecord file.

    Raises:
        FormatError: the file is truncated, or a checksum is wrong.
    """
    data, label = open_source(source)
    reader = Reader(data, f"load of TFRecord: {label}")
    while reader.remaining:
        start = reader.position
        size = reader.take(8, "the size of a record")
        if reader.unpack("<I", "the checksum of a size") != _mask(crc32c(size)):
            raise reader.fail(f"is corrupted or no TFRecord file: no record starts at byte {start}")
        content = reader.take(struct.unpack("<Q", size)[0], "a record")
        if reader.unpack("<I", "the checksum of a record") != _mask(crc32c(content)):
            raise reader.fail(f"is corrupted: the checksum of the record at byte {start} is wrong")
        yield content


def count(source: Source) -> int:
    """The number of records, by their sizes alone."""
    data, label = open_source(source)
    reader, found = Reader(data, f"load of TFRecord: {label}"), 0
    while reader.remaining:
        size = reader.unpack("<Q", "the size of a record")
        reader.take(4, "the checksum of a size")
        reader.take(size + 4, "a record")
        found += 1
    return found


def dump_example(features: Mapping[str, Any]) -> bytes:
    """An Example of bytes, strings, numbers and lists or arrays of them.

    >>> load_example(dump_example({"a": [1, 2], "b": 0.5, "c": "x"}))
    {'a': array([1, 2]), 'b': array([0.5], dtype=float32), 'c': [b'x']}
    """
    entries = []
    for name, value in features.items():
        values = [value] if isinstance(value, (bytes, str)) else list(np.ravel(np.asarray(value)))
        if values and isinstance(values[0], (bytes, str)):
            items = b"".join(field(1, v.encode() if isinstance(v, str) else bytes(v)) for v in values)
            feature = field(1, items)
        elif values and isinstance(values[0], (float, np.floating)):
            feature = field(2, field(1, np.asarray(values, "<f4").tobytes()))
        else:
            feature = field(3, field(1, b"".join(varint(int(v)) for v in values)))
        entries.append(field(1, field(1, name.encode()) + field(2, feature)))
    return field(1, b"".join(entries))


def load_example(record: bytes | memoryview, label: str = "<bytes>") -> Example:
    """The features of an Example, in the order in which they stand: lists of bytes, arrays of float32 or int64.

    Raises:
        FormatError: the bytes are no Example.
    """
    found: Example = {}
    for features in _parts(Reader(record, f"load of tf.train.Example: {label}"), 1):
        for entry in _parts(features, 1):
            name, value = "", None
            for number, part in _fields(entry):
                if number == 1:
                    name = part.text(part.remaining, "the name of a feature")
                elif number == 2:
                    value = part
            found[name] = np.zeros(0, np.int64) if value is None else _feature(value)
    return found


def _feature(reader: Reader) -> list[bytes] | np.ndarray:
    for number, items in _fields(reader):
        if number == 1:
            return [bytes(part.take(part.remaining, "a value")) for part in _parts(items, 1)]
        if number == 2:
            pieces = [part.take(part.remaining, "floats") for part in _parts(items, 1, ">f")]
            if any(len(piece) % 4 for piece in pieces):
                raise reader.fail("is corrupted: a list of floats has no whole number of them")
            return np.frombuffer(b"".join(pieces), "<f4").astype(np.float32)
        if number == 3:
            pieces = [part.take(part.remaining, "integers") for part in _parts(items, 1, "varint")]
            return _varints(reader, b"".join(pieces))
    return np.zeros(0, np.int64)


def _varints(reader: Reader, content: bytes) -> np.ndarray:
    raw = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(raw < 128) + 1
    if len(raw) and (not len(ends) or ends[-1] != len(raw)):
        raise reader.fail("is corrupted: a list of integers ends within one")
    starts = np.concatenate([np.zeros(1, np.int64), ends])[:-1] if len(ends) else ends
    sizes = ends - starts
    if len(sizes) and sizes.max() > 10:
        raise reader.fail("is corrupted: an integer takes more than 10 bytes")
    values = np.zeros(len(ends), np.uint64)
    for i in range(int(sizes.max()) if len(sizes) else 0):
        longer = sizes > i
        bits = (raw[starts[longer] + i] & 127).astype(np.uint64)
        values[longer] |= bits << np.uint64(7 * i)
    return values.view(np.int64)


def _parts(reader: Reader, wanted: int, lone: str = "") -> Iterator[Reader]:
    return (part for number, part in _fields(reader, lone) if number == wanted)


def _fields(reader: Reader, lone: str = "") -> Iterator[tuple[int, Reader]]:
    """Number and content of every field; single numbers (lists that are not packed) only where ``lone`` names them."""
    while reader.remaining:
        key = _one(reader)
        start = reader.position
        kind = key & 7
        if kind == 2:
            size = _one(reader)
            start = reader.position
            reader.take(size, "a field")
        elif kind == 0:
            _one(reader)
        elif kind in (1, 5):
            reader.take(8 if kind == 1 else 4, "a number")
        else:
            raise reader.fail(f"is corrupted or no tf.train.Example: a field of kind {kind} at byte {start}")
        if kind == 2 or (lone and kind == (5 if lone == ">f" else 0)):
            yield key >> 3, Reader(reader.data, reader.label, start, reader.position)


def _one(reader: Reader) -> int:
    value = shift = 0
    while True:
        byte = reader.unpack("B", "a number")
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        shift += 7
        if shift > 63:
            raise reader.fail("is corrupted or no tf.train.Example: an integer takes more than 10 bytes")
