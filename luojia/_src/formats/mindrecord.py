"""MindSpore's record files: a header of JSON, then pages of equal size that hold either blobs or the rest of the rows.

A file: u64 size of the header's text, the text, zeros up to ``header_size``; then page after page of ``page_size``. A
row is a piece in a page of kind BLOB_DATA (bytes and arrays) and one in a page of kind RAW_DATA (numbers and strings as
a MessagePack map); a piece is its size as u64 and its bytes. A blob page holds one group of rows, a raw page the rows
of one or more groups, each from the offset that the header names. Where a row has several blob fields, each begins with
its size as big-endian u64. Arrays of integers are narrowed, number by number; see :mod:`.mindrecord_values`.

Beside each file stands ``<file>.db``, an SQLite table of the rows' places and index fields, which MindSpore needs and
luojia only writes; see :mod:`.mindrecord_index`.

Source: the files of mindspore 2.8.0 (version 3.0 of the format).
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from luojia._src.errors import FormatError, MissingFileError
from luojia._src.formats.mindrecord_values import pack_map, pack_numbers, unpack_map, unpack_numbers
from luojia._src.formats.reader import Reader

HEADER_BYTES = (1 << 14, 1 << 27)
PAGE_BYTES = (1 << 15, 1 << 28)
_SIZE = struct.Struct("<Q")
_NUMBERS = ("int32", "int64")
_TYPES = (*_NUMBERS, "float32", "float64", "string", "bytes")
Fields = Mapping[str, Mapping[str, Any]]


def is_blob(field: Mapping[str, Any]) -> bool:
    """Whether a field of a schema is kept among the blobs: bytes and arrays are."""
    return field["type"] == "bytes" or "shape" in field


def encode(row: Mapping[str, Any], fields: Fields, blob_fields: Sequence[str]) -> tuple[bytes, bytes, int]:
    """The raw piece and the blob piece of a row, and how many bytes narrowing saved."""
    blobs, saved = [], 0
    for name in blob_fields:
        value = row[name]
        content = value.tobytes() if isinstance(value, np.ndarray) else bytes(value)
        if "shape" in fields[name] and fields[name]["type"] in _NUMBERS:
            packed = pack_numbers(np.asarray(value))
            saved += len(content) - len(packed)
            content = packed
        blobs.append(content)
    if len(blobs) > 1:
        blobs = [len(b).to_bytes(8, "big") + b for b in blobs]
    raw = {name: row[name] for name in sorted(fields) if name not in blob_fields}
    return pack_map(raw or {"id": 0}), b"".join(blobs) if blobs else bytes(4), saved


class File:
    """A record file open for reading; rows are read when asked for.

    Raises:
        MissingFileError: there is no such file.
        FormatError: it is no record file, or a truncated or corrupted one.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        try:
            with open(self.path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                self._data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except OSError as error:
            raise MissingFileError(f"The input: {self.path} is not exists. ({error.strerror})") from error
        label = f"load of MindRecord: {self.path!r}"
        reader = Reader(self._data, label)
        length = reader.unpack("<Q", "the size of the header")
        if length > HEADER_BYTES[1]:
            raise reader.fail("is no MindRecord file: its header would have an impossible size")
        text = reader.text(length, "the header")
        try:
            self.header = json.loads(text)
            schema = self.header["schema"][0]
            self.fields: dict[str, Any] = schema["schema"]
            self.blob_fields: list[str] = list(schema["blob_fields"])
            self.shards: list[str] = [str(name) for name in self.header["shard_addresses"]]
            index = self.header["index_fields"] or []
            self.index_fields: list[str] = [str(entry["index_field"]) for entry in index]
            self._places = self._walk(label)
            self._kinds = {name: (f["type"], f.get("shape")) for name, f in self.fields.items()}
            for name, (kind, shape) in self._kinds.items():
                if kind not in _TYPES or not (shape is None or all(isinstance(n, int) for n in shape)):
                    raise ValueError(f"the field {name!r} is of {kind!r}, {shape!r}")
            unknown = [name for name in [*self.blob_fields, *self.index_fields] if name not in self.fields]
            if unknown:
                raise ValueError(f"there are no fields {unknown}")
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            if isinstance(error, FormatError):
                raise
            detail = f"{type(error).__name__}: {error}"
            raise reader.fail(f"is corrupted: its header is not that of a MindRecord file ({detail})") from error

    def __len__(self) -> int:
        return len(self._places)

    def page(self, number: int, size: int, label: str, what: str) -> Reader:
        """The first ``size`` bytes of a page."""
        header, width = self.header["header_size"], self.header["page_size"]
        if not (0 < header <= HEADER_BYTES[1] and 0 <= size <= width <= PAGE_BYTES[1] and number >= 0):
            raise FormatError(f"{label} is corrupted: page {number} of {size} bytes in pages of {width}.")
        start = header + number * width
        if start + size > len(self._data):
            raise FormatError(
                f"{label} is truncated: {what} ends at byte {start + size}, the file at {len(self._data)}; copy or "
                "save the file again."
            )
        return Reader(self._data, label, start, start + size)

    def _walk(self, label: str) -> list[tuple[int, int, int, int]]:
        """Start and end of every row's raw piece and of its blob piece."""
        raw_of = {}
        for page in self.header["page"]:
            if page["page_type"] == "RAW_DATA":
                for group in page["row_group_ids"]:
                    raw_of[group["id"]] = (page, group["offset"])
        blob_pages = [page for page in self.header["page"] if page["page_type"] == "BLOB_DATA"]
        places = []
        for page in sorted(blob_pages, key=lambda page: page["page_type_id"]):
            group = page["page_type_id"]
            blobs = self.page(page["page_id"], page["page_size"], label, f"blob page {page['page_id']}")
            if not blobs.remaining:
                continue
            if group not in raw_of:
                raise FormatError(f"{label} is corrupted: the rows of group {group} have no raw page.")
            raw_page, offset = raw_of[group]
            raws = self.page(raw_page["page_id"], raw_page["page_size"], label, f"raw page {raw_page['page_id']}")
            raws.take(offset, "the rows of the groups before")
            while blobs.remaining:
                place = []
                for reader in (raws, blobs):
                    size = reader.unpack("<Q", "the size of a row")
                    reader.take(size, "a row")
                    place += [reader.position - size, reader.position]
                places.append(tuple(place))
        return places

    def pieces(self, i: int) -> tuple[int, int, int, int]:
        """The place of row ``i``."""
        return self._places[i]

    def row(self, i: int, columns: Sequence[str] | None = None) -> dict[str, Any]:
        """Row ``i``: numbers, strings, bytes, and arrays in the schema's shape; the blobs come last."""
        raw_start, raw_end, start, end = self._places[i]
        label = f"load of MindRecord: {self.path!r}, row {i}"
        found = unpack_map(Reader(self._data, label, raw_start, raw_end))
        row = {name: found[name] for name in found if name in self.fields and (columns is None or name in columns)}
        for name in self.fields if columns is None else columns:
            if name not in found and name not in self.blob_fields:
                raise FormatError(f"{label} is corrupted: it has no field {name!r}, only {list(found)}.")
        reader = Reader(self._data, label, start, end)
        for name in self.blob_fields:
            size = reader.unpack(">Q", f"the size of {name}") if len(self.blob_fields) > 1 else reader.remaining
            content = reader.take(size, name)
            if columns is None or name in columns:
                row[name] = self._blob(name, content, label)
        return row

    def _blob(self, name: str, content: memoryview, label: str) -> Any:
        kind, shape = self._kinds[name]
        if shape is None:
            return bytes(content)
        if kind in _NUMBERS:
            array = unpack_numbers(Reader(content, label), np.dtype(kind))
        else:
            dtype = np.dtype(kind)
            if len(content) % dtype.itemsize:
                raise FormatError(f"{label} is corrupted: {name} has {len(content)} bytes, no whole number of {kind}.")
            array = np.frombuffer(bytes(content), dtype.newbyteorder("<")).astype(dtype)
        try:
            return array.reshape(shape)
        except ValueError as error:
            raise FormatError(f"{label}: {name} has {array.size} numbers, which do not fit {shape}.") from error


class Writer:
    """Rows appended to one record file; the header is written by ``commit``.

    A new file replaces what is there; with ``append_to`` (the file, read) it is continued.
    """

    def __init__(self, path: str, header: dict[str, Any], append_to: File | None = None) -> None:
        self.path, self.header = path, header
        self.pages: list[dict[str, Any]] = header["page"]
        self.places: list[tuple[int, int, int, int, int, int, int]] = []
        self._blob = self._last("BLOB_DATA")
        self._raw = self._last("RAW_DATA")
        self._file = open(path, "wb" if append_to is None else "r+b")  # noqa: SIM115 - closed by commit and close
        self.count = 0 if append_to is None else len(append_to)

    def _last(self, kind: str) -> dict[str, Any] | None:
        found = [page for page in self.pages if page["page_type"] == kind]
        return found[-1] if found else None

    def _new_page(self, kind: str, number: int) -> dict[str, Any]:
        page = {
            "end_row_id": self.count if kind == "BLOB_DATA" else 0, "page_id": len(self.pages), "page_size": 0,
            "page_type": kind, "page_type_id": number,
            "row_group_ids": [{"id": 0, "offset": 0}] if kind == "BLOB_DATA" else [],
            "shard_id": self.header["shard_id"], "start_row_id": self.count if kind == "BLOB_DATA" else 0,
        }
        self.pages.append(page)
        return page

    def write(self, raw: bytes, blob: bytes, saved: int) -> None:
        """One row, as :func:`encode` gives it; each piece fits in a page (``fits``)."""
        most = self.header["page_size"]
        full = self._raw is None or self._raw["page_size"] + 8 + len(raw) > most
        if self._blob is None or full or self._blob["page_size"] + 8 + len(blob) > most:
            self._blob = self._new_page("BLOB_DATA", 0 if self._blob is None else self._blob["page_type_id"] + 1)
            if self._raw is None or full:
                self._raw = self._new_page("RAW_DATA", 0 if self._raw is None else self._raw["page_type_id"] + 1)
            group = {"id": self._blob["page_type_id"], "offset": self._raw["page_size"]}
            self._raw["row_group_ids"].append(group)
        assert self._raw is not None
        for page, content in ((self._raw, raw), (self._blob, blob)):
            self._file.seek(self.header["header_size"] + page["page_id"] * most + page["page_size"])
            self._file.write(_SIZE.pack(len(content)) + content)
            page["page_size"] += 8 + len(content)
        self.count += 1
        self._blob["end_row_id"] = self.count
        self.header["compression_size"] += saved

    def commit(self) -> None:
        """Writes the header and closes the file."""
        text = json.dumps(self.header, separators=(",", ":"), ensure_ascii=False).encode()
        if len(text) + 8 > self.header["header_size"]:
            raise FormatError(
                f"saving MindRecord: the header of {self.path!r} takes {len(text) + 8} bytes, its size is "
                f"{self.header['header_size']}; set_header_size() or set_page_size() to more."
            )
        self._file.seek(0)
        self._file.write(_SIZE.pack(len(text)) + text)
        self._file.seek(0, os.SEEK_END)
        if self._file.tell() < self.header["header_size"]:
            self._file.truncate(self.header["header_size"])
        self._file.close()

    def close(self) -> None:
        """Closes the file without a header; what a full disk no longer takes is left out."""
        with suppress(OSError):
            self._file.close()


def fits(raw: bytes, blob: bytes, page_size: int) -> bool:
    """Whether a row's pieces each fit in a page."""
    return 8 + max(len(raw), len(blob)) <= page_size


def new_header(fields: Fields, desc: str, index_fields: Sequence[str], shards: Sequence[str], shard: int,
               header_size: int, page_size: int) -> dict[str, Any]:
    """The header of a file without rows."""
    return {
        "header_size": header_size,
        "index_fields": [{"index_field": name, "schema_id": 0} for name in index_fields] or None,
        "page": [], "page_size": page_size, "compression_size": 0,
        "schema": [{
            "blob_fields": [name for name in sorted(fields) if is_blob(fields[name])], "desc": desc,
            "schema": {name: dict(sorted(fields[name].items())) for name in sorted(fields)},
        }],
        "shard_addresses": list(shards), "shard_id": shard, "statistics": None, "version": "3.0",
    }
