"""MindSpore's ``.ckpt`` files: arrays and strings by name.

A file is one protobuf message::

    message Checkpoint { repeated Value value = 1; }
    message Value { string tag = 1; Tensor tensor = 2; MapTensor maptensor = 3; }
    message Tensor { repeated int64 dims = 1; string tensor_type = 2; bytes tensor_content = 3; }

A tensor over 512 MB is several Values with one tag and the whole dims, whose contents join. A scalar has no dims (in
older files the dims [0]), a string the dims [0], the type "str" and its UTF-32 code units. ``crc_check`` adds "crc_num"
and ten bytes of big-endian CRC-32 at the end of the file.

Messages may end at any Value, so a file cut there is a file too. Those that luojia writes start with one field more
(15: u64 size and u32 CRC-32 of what follows), which MindSpore skips, and so no cut of them goes unseen.

Source: the files of mindspore 2.8.0.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Mapping

import numpy as np

from luojia._src.errors import ArgumentError, DTypeError, NotSupportedError
from luojia._src.formats.atomic import write_bytes
from luojia._src.formats.protobuf import field as _field
from luojia._src.formats.protobuf import read_varint as _read_varint
from luojia._src.formats.protobuf import signed
from luojia._src.formats.protobuf import varint as _varint
from luojia._src.formats.reader import Reader, Source, open_source

Value = np.ndarray | float | str  # a float stands for any Python number
PART_BYTES = 512 * 1024 * 1024
_NAMES = "Int8 UInt8 Int16 UInt16 Int32 UInt32 Int64 UInt64 Float16 Float32 Float64 Bool"
_DTYPES = {name: np.dtype(name.lower()) for name in _NAMES.split()}
_TYPE_OF = {dtype: name for name, dtype in _DTYPES.items()}
_CRC_MARK = b"crc_num"
_SEAL = 15  # the number of the field that luojia adds
_VARINT, _BYTES = 0, 2  # protobuf's wire types


def dump(values: Mapping[str, Value], *, crc_check: bool = False, part_bytes: int = PART_BYTES) -> bytes:
    """The bytes of a ``.ckpt`` file that holds `values`.

    Args:
        values: arrays, strings, or Python numbers (as ``append_dict`` takes them: an int is written as int64, a float
            as float32), by name. MindSpore reads an array of shape (0,) as a scalar.
        crc_check: end with the checksum that MindSpore checks under ``load_checkpoint(crc_check=True)``.
        part_bytes: the size above which a tensor is written in parts.

    Raises:
        DTypeError: a name that is no string, or a dtype that MindSpore has not.
        ArgumentError: a string with a NUL at its end, which the format cannot hold.

    >>> load(dump({"w": np.int32([1, 2]), "note": "ok"}))
    {'w': array([1, 2], dtype=int32), 'note': 'ok'}
    """
    body = b"".join(part for name, value in values.items() for part in _value(name, value, part_bytes))
    sealed = _field(_SEAL, struct.pack("<QI", len(body), zlib.crc32(body))) + body
    return sealed + _CRC_MARK + zlib.crc32(sealed).to_bytes(10, "big") if crc_check else sealed


def save(path: str | os.PathLike[str], values: Mapping[str, Value], *, crc_check: bool = False) -> None:
    """Write `dump(values)` to `path`; a failure leaves the old file whole."""
    write_bytes(path, dump(values, crc_check=crc_check))


def load(source: Source, *, keep_bfloat16: bool = False) -> dict[str, np.ndarray | str]:
    """The arrays and strings of a ``.ckpt`` file, by name, in its order.

    Args:
        source: the path of a file, or its bytes.

    BFloat16 tensors come back as float32, or with ``keep_bfloat16``, and the package ml_dtypes, as they are. A checksum
    is checked wherever there is one.

    Raises:
        FormatError: the file is empty, truncated, corrupted or of another format.
        NotSupportedError: it holds a MapParameter or a tensor of Int4.
    """
    data, label = open_source(source)
    label = f"load of .ckpt: {label}"
    end = len(data)
    if data[-17:-10] == _CRC_MARK:
        end -= 17
        if zlib.crc32(memoryview(data)[:end]) != int.from_bytes(data[-10:], "big"):
            raise Reader(data, label).fail("is corrupted: its checksum does not match its content")
    reader = Reader(data, label, 0, end)
    if not end:
        raise reader.fail("is empty, or truncated to nothing")
    parts: dict[str, list[tuple[list[int], str, Reader]]] = {}
    last = None
    while reader.remaining:
        number, wire, value = _read_field(reader, "a value")
        if number == _SEAL:
            _check_seal(reader, value)
        elif number == 1 and wire == _BYTES:
            tag, part = _read_value(value)
            if tag in parts and tag != last:
                raise reader.fail(f"is corrupted: {tag!r} occurs twice")
            parts.setdefault(tag, []).append(part)
            last = tag
        else:
            raise reader.fail(f"is no checkpoint: it has the unknown field {number}")
    return {tag: _join(reader, tag, found, keep_bfloat16) for tag, found in parts.items()}


def _value(name: str, value: Value, part_bytes: int) -> Iterator[bytes]:
    if not isinstance(name, str):
        raise DTypeError(f"saving .ckpt expects names that are strings, got {name!r}.")
    if isinstance(value, str):
        if value.endswith("\0"):
            raise ArgumentError(f"saving .ckpt expects strings that do not end in a NUL, got {value!r} for {name!r}.")
        dims, kind, content = [0], "str", (value or "\0").encode("utf-32-le")  # as NumPy's fixed-width strings are
    else:
        array = np.asarray(value, np.float32 if type(value) is float else None)  # as mindspore's Tensor(0.5)
        bfloat16 = array.dtype.name == "bfloat16"
        kind = "BFloat16" if bfloat16 else _TYPE_OF.get(array.dtype.newbyteorder("="))
        if kind is None:
            known = ", ".join(d.name for d in _TYPE_OF)
            raise DTypeError(f"saving .ckpt expects arrays of {known}, or strings; got {array.dtype} for {name!r}.")
        dims, raw = array.shape, array.view(np.uint16) if bfloat16 else array
        content = raw.astype(raw.dtype.newbyteorder("<"), copy=False).tobytes()
    head = b"".join(b"\x08" + _varint(n) for n in dims) + _field(2, kind.encode())
    tag = _field(1, name.encode("utf-8"))
    for start in range(0, max(len(content), 1), part_bytes):
        tensor = head + _field(3, content[start : start + part_bytes])
        yield _field(1, tag + _field(2, tensor))


def _read_field(reader: Reader, what: str) -> tuple[int, int, Reader]:
    """The number of the next field, its wire type, and a Reader of its bytes, a varint's own or those announced."""
    key = _read_varint(reader, what)
    number, wire = key >> 3, key & 7
    if wire == _VARINT:
        start = reader.position
        _read_varint(reader, what)
        return number, wire, Reader(reader.data, reader.label, start, reader.position)
    if wire != _BYTES:
        raise reader.fail(f"is corrupted or no checkpoint: field {number} has wire type {wire} at {reader.position}")
    size = _read_varint(reader, what)
    start = reader.position
    reader.take(size, what)
    return number, wire, Reader(reader.data, reader.label, start, start + size)


def _fields(reader: Reader, what: str, wanted: set[tuple[int, int]]) -> Iterator[tuple[int, Reader]]:
    while reader.remaining:
        number, wire, value = _read_field(reader, what)
        if (number, wire) not in wanted:
            raise reader.fail(f"is corrupted: {what} has the unexpected field {number} before byte {reader.position}")
        yield number, value


def _read_value(reader: Reader) -> tuple[str, tuple[list[int], str, Reader]]:
    tag, tensor = None, None
    for number, value in _fields(reader, "a value", {(1, _BYTES), (2, _BYTES), (3, _BYTES)}):
        if number == 1:
            tag = value.text(value.remaining, "a name")
        elif number == 2:
            tensor = value
        else:
            raise NotSupportedError(f"{reader.label} holds the MapParameter {tag!r}, which luojia does not have.")
    if tag is None or tensor is None:
        raise reader.fail(f"is corrupted: a value before byte {reader.position} lacks its name or its tensor")
    dims: list[int] = []
    kind, content, what = None, None, f"the tensor of {tag!r}"
    for number, value in _fields(tensor, what, {(1, _VARINT), (1, _BYTES), (2, _BYTES), (3, _BYTES)}):
        if number == 1:
            while value.remaining:  # one number, or, as newer protobufs write them, all of them
                dims.append(signed(_read_varint(value, what)))
        elif number == 2:
            kind = value.text(value.remaining, "a type")
        else:
            content = value
    if kind is None or content is None:
        raise reader.fail(f"is corrupted: {what} lacks its type or its content")
    return tag, (dims, kind, content)


def _check_seal(reader: Reader, value: Reader) -> None:
    if value.remaining != 12:
        raise reader.fail("is corrupted: the field 15 of its size and checksum is damaged")
    size, crc = value.unpack("<Q", "the size"), value.unpack("<I", "the checksum")
    if size != reader.remaining:
        raise reader.fail(f"is truncated: expected {size} bytes at byte {reader.position}, found {reader.remaining}; "
                          "copy or save the file again")  # fmt: skip
    if zlib.crc32(reader.data[reader.position : reader.end]) != crc:
        raise reader.fail("is corrupted: its checksum does not match its content")


def _join(reader: Reader, tag: str, parts: list[tuple[list[int], str, Reader]], keep: bool) -> np.ndarray | str:
    dims, kind, first = parts[0]
    if any(p[:2] != (dims, kind) for p in parts):
        raise reader.fail(f"is corrupted: the parts of {tag!r} have different shapes or types")
    whole = first
    if len(parts) > 1:
        whole = Reader(b"".join(p.data[p.position : p.end] for _, _, p in parts), reader.label)
    what = f"the tensor {tag!r} of {kind} {tuple(dims)}"
    if kind == "str":
        try:
            return str(whole.take(whole.remaining, what), "utf-32-le").rstrip("\0")
        except UnicodeDecodeError as error:
            raise reader.fail(f"is corrupted: the string {tag!r} is not UTF-32 ({error.reason})") from None
    if kind == "Int4":
        raise NotSupportedError(f"{reader.label} holds {what}; luojia has no four-bit integers.")
    if kind not in _DTYPES and kind != "BFloat16":
        raise reader.fail(f"is corrupted: {tag!r} has the unknown type {kind!r}")
    itemsize = 2 if kind == "BFloat16" else _DTYPES[kind].itemsize
    if dims == [0] and whole.remaining == itemsize:  # a scalar of an older MindSpore
        dims = []
    size = whole.nbytes(dims, itemsize, what)
    if size != whole.remaining:
        raise reader.fail(f"is truncated or corrupted: {what} expects {size} bytes, found {whole.remaining}")
    return whole.bfloat16(dims, what, keep) if kind == "BFloat16" else whole.array(dims, _DTYPES[kind], what)
