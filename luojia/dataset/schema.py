"""Schema: the columns of a source that does not name them itself."""

from __future__ import annotations

import json
import os
from typing import Any

from .._src.errors import ArgumentError, DTypeError, FormatError
from .._src.formats.text import open_text
from . import checks

_TYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
    "string",
)


class Schema:
    """Columns with their types and shapes.

    Args:
        schema_file: a JSON file ``{"columns": {name: {"type": ..., "rank": ..., "shape": [...]}}}`` or with a list of
            such columns, each with its "name"; "numRows" is the number of rows.

    >>> schema = Schema()
    >>> schema.parse_columns([{"name": "x", "type": "float32", "shape": [2]}])
    >>> schema.add_column("y", luojia.int8, [2, -1])
    >>> [(column["name"], column["type"]) for column in schema.columns]
    [('x', 'float32'), ('y', 'int8')]
    """

    def __init__(self, schema_file: str | None = None) -> None:
        self.columns: list[dict[str, Any]] = []
        self.num_rows: int | None = None
        self.dataset_type = ""
        if schema_file is not None:
            checks.kind(schema_file, (str,), "schema_file")
            if not os.path.isfile(schema_file):
                raise ArgumentError(f"The file {schema_file} does not exist or permission denied!")
            with open_text(schema_file) as file:
                try:
                    described = json.load(file)
                except ValueError as error:
                    raise FormatError(f"Schema: {schema_file} is not JSON: {error}.") from error
            self.from_json(described)

    def add_column(self, name: str, de_type: Any, shape: list[int] | None = None) -> None:
        """A column.

        Args:
            name: its name.
            de_type: its type: luojia's, or the name of one; 'string' is text.
            shape: its shape, with -1 for any length; None is any shape of one axis.
        """
        if not checks.kind(name, (str,), "name"):
            raise DTypeError("Expected non-empty string for column name.")
        for i, length in enumerate(checks.kind(shape, (list,), "shape") if shape is not None else ()):
            checks.kind(length, (int,), f"shape[{i}]")
        kind = str(getattr(de_type, "name", None) or getattr(de_type, "__name__", de_type)).lower()
        if kind not in _TYPES:
            raise DTypeError(f"Unknown column type {de_type!r}; expected one of {', '.join(_TYPES)}.")
        column: dict[str, Any] = {"name": name, "rank": 1 if shape is None else len(shape)}
        if shape is not None:
            column["shape"] = list(shape)
        self.columns = [c for c in self.columns if c["name"] != name] + [{**column, "type": kind}]

    def parse_columns(self, columns: list[dict] | dict[str, dict]) -> None:
        """Columns as a list of dicts with "name", or as a dict by name, in place of those
        before; each with "type" and perhaps "shape"."""
        if isinstance(columns, dict):
            listed = [{"name": name, **checks.kind(columns[name], (dict,), name)} for name in sorted(columns)]
        elif isinstance(columns, list):
            listed = columns
        else:
            raise DTypeError(
                f"columns must be dict or list, columns contain name, type, shape(optional). Got {columns!r}."
            )
        for column in listed:
            for key in ("name", "type"):
                if key not in checks.kind(column, (dict,), "column"):
                    raise ArgumentError(f"Column's {key} is missing. It is {column!r}.")
        self.columns = []
        for column in listed:
            shape = column.get("shape", [] if column.get("rank", 1) == 0 else None)
            self.add_column(column["name"], column["type"], shape)

    def from_json(self, json_obj: dict) -> None:
        """Columns of a dict with "columns", and perhaps "datasetType" and "numRows"."""
        if not isinstance(json_obj, dict) or "columns" not in json_obj:
            raise ArgumentError(f'"columns" node is required in the schema json JSON. Got {json_obj!r}.')
        rows = json_obj.get("numRows")
        if rows is not None and (isinstance(rows, bool) or not isinstance(rows, int) or rows < 1):
            raise ArgumentError(f"numRows must be greater than 0, got {rows!r}.")
        self.num_rows, self.dataset_type = rows, json_obj.get("datasetType", "")
        self.parse_columns(json_obj["columns"])

    def to_json(self) -> str:
        """The columns as JSON."""
        made: dict[str, Any] = {"columns": self.columns}
        if self.dataset_type:
            made["datasetType"] = self.dataset_type
        if self.num_rows is not None:
            made["numRows"] = self.num_rows
        return json.dumps(made, indent=2)

    __str__ = to_json
