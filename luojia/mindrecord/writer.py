"""FileWriter: rows into MindSpore's record files."""

from __future__ import annotations

import os
import re
import warnings
from typing import Any

import numpy as np

from .._src.formats import mindrecord, mindrecord_index
from . import errors

_TYPES = ("int32", "int64", "float32", "float64", "string", "bytes")
_ARRAYS = _TYPES[:4]
_KINDS = {
    "int": ("int32", "int64"), "float": ("float32", "float64"), "str": ("string",), "bytes": ("bytes",),
    "int32": ("int32",), "int64": ("int64",), "float32": ("float32",), "float64": ("float64",), "ndarray": _ARRAYS,
}


def file_name_of(name: Any) -> str:
    """``name``, if it can be the name of a record file."""
    if not isinstance(name, str):
        raise errors.ParamValueError(f"File path: {name} is not string.")
    if not name:
        raise errors.ParamValueError("File path is not allowed None or empty!")
    if name.endswith("/"):
        raise errors.ParamValueError(f"File path can not end with '/', got {name!r}.")
    base = os.path.basename(name)
    if re.search(r'[\\:*?"<>|`&;\']', base):
        raise errors.ParamValueError(rf"""File name should not contains \/:*?"<>|`&;', got {base!r}.""")
    if base != base.strip(" "):
        raise errors.ParamValueError(f"File name should not start/end with space, got {base!r}.")
    return name


class FileWriter:
    """Writes rows to MindSpore's record files, each with its index ``<file>.db``; what it writes MindSpore reads.

    Args:
        file_name: the file; of several shards the names are this and a number from 0 on.
        shard_num: in how many files the rows are, 1 to 1000. A call's rows are cut in as many runs, and those left over
            go to the files with the fewest (MindSpore draws them by lot).
        overwrite: whether files that exist are replaced.

    Raises:
        ParamValueError: an argument that cannot be.

    >>> writer = FileWriter("some.mindrecord", overwrite=True)
    >>> writer.add_schema({"label": {"type": "int32"}, "x": {"type": "float32", "shape": [-1]}}, "some rows")
    >>> writer.write_raw_data([{"label": i, "x": np.full(2, i, np.float32)} for i in range(3)])
    >>> writer.commit()
    >>> reader = luojia.mindrecord.FileReader("some.mindrecord")
    >>> [(row["label"], row["x"].tolist()) for row in reader.get_next()]
    [(0, [0.0, 0.0]), (1, [1.0, 1.0]), (2, [2.0, 2.0])]
    >>> reader.close()
    """

    def __init__(self, file_name: str, shard_num: int = 1, overwrite: bool = False) -> None:
        name = file_name_of(file_name)
        if isinstance(shard_num, bool) or not isinstance(shard_num, int):
            raise errors.ParamValueError(f"Parameter shard_num's type is not int, got {shard_num!r}.")
        if not 1 <= shard_num <= 1000:
            raise errors.ParamValueError(f"Parameter shard_num's value: {shard_num} should between 1 and 1000.")
        if not isinstance(overwrite, bool):
            raise errors.ParamValueError(f"Parameter overwrite's type is not bool, got {overwrite!r}.")
        width = len(str(shard_num - 1))
        self._paths = [name] if shard_num == 1 else [f"{name}{i:0{width}}" for i in range(shard_num)]
        self._overwrite, self._committed = overwrite, False
        self._fields: dict[str, Any] = {}
        self._desc, self._index = "", None
        self._sizes = [1 << 24, 1 << 25]
        self._shards: list[mindrecord.Writer] = []
        self._append: mindrecord.File | None = None

    @classmethod
    def open_for_append(cls, file_name: str) -> FileWriter:
        """A writer that adds rows to a file that is there.

        Raises:
            MissingFileError: there is no such file.
        """
        file = mindrecord.File(file_name_of(file_name))
        writer = cls(file_name, overwrite=True)
        writer._append, writer._fields = file, file.fields
        return writer

    def add_schema(self, content: dict, desc: str | None = None) -> None:
        """The fields of a row.

        Args:
            content: a dict from a field's name to ``{"type": ...}``, or for an array ``{"type": ..., "shape": [...]}``;
                the types are int32, int64, float32, float64, and without a shape string and bytes.
            desc: what the rows are.

        Raises:
            MRMInvalidSchemaError: the content says no such thing.
            MRMAddSchemaError: there is a schema already.
        """
        check_schema(content)
        if desc is not None and not isinstance(desc, str):
            raise TypeError(f"The parameter `desc` must be a string, got {desc!r}.")
        if self._fields:
            raise errors.MRMAddSchemaError("A file has one schema, and this writer has been given it.")
        self._fields, self._desc = {name: dict(field) for name, field in content.items()}, desc or ""

    def add_index(self, index_fields: list[str]) -> None:
        """The fields by which rows are found, numbers or strings; without this call all of them.

        Raises:
            ParamTypeError: no list of names.
            MRMDefineIndexError: a field of bytes, or an array.
            MRMAddIndexError: no such field.
            MRMGetMetaError: there is no schema yet.
        """
        if not index_fields or not isinstance(index_fields, list):
            raise errors.ParamTypeError("index_fields", "list")
        if not self._fields:
            raise errors.MRMGetMetaError("Call add_schema() first.")
        for name in index_fields:
            if not isinstance(name, str):
                raise errors.ParamTypeError("index field", "str")
            if name not in self._fields:
                raise errors.MRMAddIndexError(f"{name} can not found in schema: {list(self._fields)}.")
            if mindrecord.is_blob(self._fields[name]):
                raise errors.MRMDefineIndexError(f"Failed to set field {name} since it's not primitive type.")
        if len(set(index_fields)) < len(index_fields):
            raise errors.MRMAddIndexError(f"A field is given twice in {index_fields}.")
        self._index = list(index_fields)

    def set_header_size(self, header_size: int) -> None:
        """The size of the header in bytes, 16 KB to 128 MB, a multiple of 4; default 16 MB."""
        self._sizes[0] = _size(header_size, mindrecord.HEADER_BYTES, "header_size", errors.MRMInvalidHeaderSizeError)

    def set_page_size(self, page_size: int) -> None:
        """The size of a page in bytes, 32 KB to 256 MB, a multiple of 4; default 32 MB. A row must fit in it."""
        self._sizes[1] = _size(page_size, mindrecord.PAGE_BYTES, "page_size", errors.MRMInvalidPageSizeError)

    def write_raw_data(self, raw_data: list[dict], parallel_writer: bool = False) -> None:
        """Writes rows, each a dict by field. Rows that do not fit the schema are left out, with a warning.

        Args:
            raw_data: the rows.
            parallel_writer: accepted; rows are written by this process.

        Raises:
            ParamTypeError: no list of dicts.
            MRMGetMetaError: there is no schema.
            RuntimeError: no row fits the schema, or the files exist and ``overwrite`` is False.
        """
        if not isinstance(parallel_writer, bool):
            raise TypeError("The parameter `parallel_writer` must be bool.")
        if not isinstance(raw_data, list):
            raise errors.ParamTypeError("raw_data", "list")
        for row in raw_data:
            if not isinstance(row, dict):
                raise errors.ParamTypeError("raw_data item", "dict")
        if self._committed:
            raise errors.MindRecordException(
                "Not allowed to call `write_raw_data` after `commit`; to add rows to a file call "
                "`FileWriter.open_for_append`."
            )
        self._open()
        rows = []
        for i, row in enumerate(raw_data):
            wrong = _misfit(row, self._fields)
            if wrong:
                warnings.warn(f"for schema, {i} th data is wrong, {wrong}", stacklevel=2)
            else:
                rows.append(row)
        if not rows:
            raise errors.MindRecordException(
                "There is no valid data which can be written by 'write_raw_data' to mindrecord file; the warnings say "
                "what is wrong with each row."
            )
        blobs = self._shards[0].header["schema"][0]["blob_fields"]
        pieces = [mindrecord.encode(row, self._fields, blobs) for row in rows]
        page_size = self._shards[0].header["page_size"]
        for raw, blob, _ in pieces:
            if not mindrecord.fits(raw, blob, page_size):
                raise errors.MRMWriteDatasetError(
                    f"A row of {max(len(raw), len(blob))} bytes does not fit in a page of {page_size}; set_page_size()."
                )
        each, rest = divmod(len(pieces), len(self._shards))
        more = sorted(self._shards, key=lambda shard: shard.count)[:rest]
        at = 0
        for shard in self._shards:
            count = each + (shard in more)
            for piece in pieces[at : at + count]:
                shard.write(*piece)
            at += count

    def commit(self) -> None:
        """Writes the headers and the indices, and closes the files."""
        if self._committed:
            return
        self._open()
        self._committed = True
        for shard in self._shards:
            shard.commit()
        for shard in self._shards:
            mindrecord_index.write(mindrecord.File(shard.path))

    def _open(self) -> None:
        if self._shards:
            return
        if not self._fields:
            raise errors.MRMGetMetaError("schema is not found in header, please use 'add_schema' to add one first.")
        if self._append is not None:
            self._shards = [mindrecord.Writer(self._append.path, self._append.header, self._append)]
            return
        there = [path for path in self._paths if os.path.exists(path)]
        if there and not self._overwrite:
            raise errors.MRMOpenError(
                f"mindrecord files already exist: {', '.join(there)}. Set the 'overwrite' parameter to True to "
                "replace them."
            )
        plain = [name for name in sorted(self._fields) if not mindrecord.is_blob(self._fields[name])]
        index, names = self._index or plain, [os.path.basename(path) for path in self._paths]
        for path in self._paths:
            folder = os.path.dirname(os.path.abspath(path))
            if not os.path.isdir(folder):
                raise errors.MRMOpenError(f"There is no folder {folder!r}; create it.")
        self._shards = [
            mindrecord.Writer(path, mindrecord.new_header(self._fields, self._desc, index, names, i, *self._sizes))
            for i, path in enumerate(self._paths)
        ]

    def __del__(self) -> None:
        for shard in getattr(self, "_shards", ()):
            shard.close()


def check_schema(content: Any) -> None:
    """Raises MRMInvalidSchemaError unless ``content`` is a schema."""
    if not content:
        raise errors.MRMInvalidSchemaError("Schema content is empty.")
    if not isinstance(content, dict):
        raise errors.MRMInvalidSchemaError("Schema content should be dict.")
    for name, field in content.items():
        if not isinstance(name, str):
            raise TypeError(f"Field {name!r} should be a string.")
        if not re.fullmatch(r"[0-9a-zA-Z_]+", str(name)):
            raise errors.MRMInvalidSchemaError(
                f"Field '{name}' should be composed of '0-9' or 'a-z' or 'A-Z' or '_'."
            )
        if not field or not isinstance(field, dict):
            raise errors.MRMInvalidSchemaError(f"Field '{name}' should be dict.")
        if "type" not in field or not {*field} <= {"type", "shape"}:
            raise errors.MRMInvalidSchemaError(f"Field '{field}' contains illegal attributes.")
        if field["type"] not in (_ARRAYS if "shape" in field else _TYPES):
            raise errors.MRMInvalidSchemaError(f"Field '{name}' contain illegal attribute '{field['type']}'.")
        if not isinstance(field.get("shape", []), list):
            raise errors.MRMInvalidSchemaError(f"Field '{name}' contain illegal attribute '{field['shape']}'.")


def _size(value: Any, limits: tuple[int, int], name: str, error: type[Exception]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not limits[0] <= value <= limits[1] or value % 4:
        raise error(f"{name} should be an integer between {limits[0]} and {limits[1]}, a multiple of 4, got {value!r}.")
    return value


def _misfit(row: dict, fields: dict) -> str:
    """What is wrong with a row; the empty string if nothing."""
    for name, field in fields.items():
        if name not in row:
            return f"there is not field: '{name}' in the raw data."
        value, kind = row[name], type(row[name]).__name__
        if field["type"] not in _KINDS.get(kind, ()) or isinstance(value, np.ndarray) != ("shape" in field):
            return f"data type: '{kind}' for field: '{name}' is not matched, the schema has {field}."
        if isinstance(value, np.ndarray):
            if str(value.dtype) != field["type"]:
                return f"data type: '{value.dtype}' for field: '{name}' is not matched, the schema has {field}."
            try:
                np.reshape(value, field["shape"])
            except ValueError:
                return f"data shape: '{value.shape}' for field: '{name}' is not matched, the schema has {field}."
        elif field["type"] in _TYPES[:2]:
            most = np.iinfo(field["type"]).max
            if not -most - 1 <= value <= most:
                return f"the number {value} for field: '{name}' does not fit {field['type']}."
    return ""
