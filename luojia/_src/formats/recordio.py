"""MXNet's RecordIO files: a sequence of byte strings (``.rec``), its index (``.idx``), and the header of image records.

Each part: u32 magic, u32 (part << 29 | size), data padded to four bytes. A record is split wherever the magic stands at
a multiple of four in it, and the magic left out: part is 0 for a whole record, 1, 2, 3 for first, middle, last.

Source: the files of mxnet 1.9.1 (``mx.recordio``), dmlc-core's recordio.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, FormatError
from luojia._src.formats.reader import Reader, Source, open_source

MAGIC = struct.pack("<I", 0xCED7230A)
_MOST = (1 << 29) - 1
_HEADER = struct.Struct("<IfQQ")


def dump(records: Iterable[bytes]) -> tuple[bytes, list[int]]:
    """The bytes of a ``.rec`` file that holds `records`, and the position of each in it (what an index lists).

    Raises:
        ArgumentError: a record of 512 MB or more.

    >>> data, positions = dump([b"abc", b""])
    >>> list(read(data)), positions
    ([b'abc', b''], [0, 12])
    """
    pieces: list[bytes] = []
    positions, position = [], 0
    for i, record in enumerate(records):
        if len(record) > _MOST:
            size = len(record)
            raise ArgumentError(f"saving RecordIO expects records of at most {_MOST} bytes, record {i} has {size}.")
        positions.append(position)
        parts = _split(record)
        for j, part in enumerate(parts):
            flag = 0 if len(parts) == 1 else 1 if j == 0 else 3 if j == len(parts) - 1 else 2
            piece = MAGIC + struct.pack("<I", flag << 29 | len(part)) + part + bytes(-len(part) % 4)
            pieces.append(piece)
            position += len(piece)
    return b"".join(pieces), positions


def read(source: Source, position: int = 0, called: str | None = None) -> Iterator[bytes]:
    """The records of a ``.rec`` file from `position` on, one after the other.

    A file cut between two records is a file; the index tells how many there should be. ``called`` is what messages call
    bytes.

    Raises:
        FormatError: no record starts at `position`, or the file is truncated or corrupted; records before the damage
            come first.
    """
    data, label = open_source(source)
    reader = Reader(data, f"load of RecordIO: {called or label}")
    reader.take(position, "the records before the position asked")
    while reader.remaining:
        parts, last = [], False
        while not last:
            if reader.take(4, "the magic number of a record") != MAGIC:
                raise reader.fail(f"is corrupted or no RecordIO: no record starts at byte {reader.position - 4}")
            word = reader.unpack("<I", "the size of a record")
            flag, size = word >> 29, word & _MOST
            if flag not in ((2, 3) if parts else (0, 1)):
                raise reader.fail(f"is corrupted: a part of kind {flag} stands at byte {reader.position - 8}")
            parts.append(bytes(reader.take(size, "a record")))
            reader.take(-size % 4, "the padding of a record")
            last = flag in (0, 3)
        yield MAGIC.join(parts)


def dump_index(keys: Iterable[int], positions: Iterable[int]) -> str:
    """The text of an ``.idx`` file: a line "key, tab, position" for each record."""
    return "".join(f"{key}\t{position}\n" for key, position in zip(keys, positions))


def load_index(text: str, label: str = "<text>", key: Callable = int) -> dict[Any, int]:
    """The positions by key of an ``.idx`` file; ``key`` makes the keys of what the lines begin with.

    Raises:
        FormatError: a line is not a number (or what ``key`` takes), a tab and a number.

    >>> load_index("0\\t0\\n1\\t12\\n")
    {0: 0, 1: 12}
    """
    index = {}
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split("\t")
        numbers = fields if key is int else fields[1:]
        if len(fields) != 2 or not all(f.isascii() and f.isdecimal() and len(f) < 20 for f in numbers):
            raise FormatError(
                f"load of RecordIO index: {label} expects 'key, tab, position' in line {number}, got {line!r}."
            )
        index[key(fields[0])] = int(fields[1])
    return index


def pack(label: float | np.ndarray, number: int, content: bytes, *, number2: int = 0) -> bytes:
    """A record of MXNet's image files: header (how many labels, label, two numbers), further labels, content.

    >>> unpack(pack(np.float32([1, 2]), 5, b"jpeg"))
    (array([1., 2.], dtype=float32), 5, 0, b'jpeg')
    """
    if np.ndim(label) == 0:
        return _HEADER.pack(0, label, number, number2) + content
    labels = np.asarray(label, "<f4")
    return _HEADER.pack(labels.size, 0.0, number, number2) + labels.tobytes() + content


def unpack(record: bytes) -> tuple[float | np.ndarray, int, int, bytes]:
    """The label (a float, or an array of float32), the two numbers and the content of such a record.

    Raises:
        FormatError: the record is shorter than its header says.
    """
    reader = Reader(record, "unpack of an image record: <bytes>")
    count, label, number, number2 = _HEADER.unpack(reader.take(_HEADER.size, "the header"))
    if count:
        label = reader.array((count,), np.dtype(np.float32), "the labels")
    return label, number, number2, bytes(reader.take(reader.remaining, "the content"))


def _split(record: bytes) -> list[bytes]:
    parts, start, at = [], 0, record.find(MAGIC)
    while at >= 0:
        if at % 4 == 0:
            parts.append(record[start:at])
            start = at + 4
        at = record.find(MAGIC, at + (4 if at % 4 == 0 else 1))
    return [*parts, record[start:]]
