"""Dataset.save: one pass of a pipeline into MindSpore's record files."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError
from ..mindrecord import FileWriter
from . import checks, config
from .dataset import Dataset
from .rows import PipelineError

_KINDS = {
    "int8": "int32", "uint8": "int32", "int16": "int32", "uint16": "int32", "int32": "int32", "bool": "int32",
    "uint32": "int64", "int64": "int64", "uint64": "int64", "float16": "float32", "float32": "float32",
    "float64": "float64",
}


def save(dataset: Dataset, file_name: str, num_files: int, file_type: str) -> None:
    """See :meth:`Dataset.save`."""
    checks.kind(file_name, (str,), "file_name")
    checks.kind(file_type, (str,), "file_type")
    checks.kind(num_files, (int,), "num_files")
    if file_type != "mindrecord":
        raise ArgumentError(f"save: {file_type} dataset format is not supported, only mindrecord.")
    if not 0 < num_files <= 1000:
        raise ArgumentError(f"save: num_files should between 0 and 1000, got {num_files!r}.")
    names = dataset.get_col_names()
    rows = dataset.rows(config.new_order())
    first = list(islice(rows, 256))
    if not first:
        raise ArgumentError("save: the dataset has no rows.")
    schema: dict[str, dict[str, Any]] = {}
    for name, value in zip(names, first[0]):
        kind = {"U": "string", "S": "bytes"}.get(value.dtype.kind) or _KINDS.get(value.dtype.name)
        if kind is None or (value.ndim and kind == "string"):
            raise DTypeError(f"save: column {name} of {value.dtype} {value.shape} cannot be in a record file.")
        schema[name] = {"type": kind}
        if value.ndim and kind != "bytes":
            schema[name]["shape"] = [-1, *value.shape[1:]]
    writer = FileWriter(file_name, num_files)
    writer.add_schema(schema)
    while first:
        writer.write_raw_data([
            {name: _plain(name, value, schema[name]) for name, value in zip(names, row)} for row in first
        ])
        first = list(islice(rows, 256))
    writer.commit()


def _plain(name: str, value: np.ndarray, field: dict[str, Any]) -> Any:
    if field["type"] == "bytes":
        return value.tobytes()
    shape = field.get("shape")
    if (value.ndim != len(shape) or [*value.shape[1:]] != shape[1:]) if shape else value.ndim:
        raise PipelineError(
            f"save: column {name} has the shapes {shape or []} and {value.shape}: only the first axis may be of any "
            "length in a record file."
        )
    return value.astype(field["type"]) if shape else value.item() if value.dtype != bool else int(value)
