"""The index beside each of MindSpore's record files: an SQLite table with every row's place and index fields."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from luojia._src.formats.mindrecord import File

_SQL = {"int32": "INTEGER", "int64": "INTEGER", "float32": "REAL", "float64": "REAL", "string": "TEXT"}
_PLACES = (
    "ROW_ID", "PAGE_ID_RAW", "PAGE_OFFSET_RAW", "PAGE_OFFSET_RAW_END", "ROW_GROUP_ID", "PAGE_ID_BLOB",
    "PAGE_OFFSET_BLOB", "PAGE_OFFSET_BLOB_END",
)


def write(file: File) -> None:
    """Writes ``<file>.db`` anew."""
    import sqlite3  # not every build of Python has it, and only writing needs it

    target = file.path + ".db"
    if os.path.exists(target):
        os.unlink(target)
    names = file.index_fields
    columns = ",".join(f"{place} INT NOT NULL" for place in _PLACES)
    columns += "".join(f",INC_{i} INT,{name}_0 {_SQL[file.fields[name]['type']]}" for i, name in enumerate(names))
    key = ",".join(["ROW_ID", *(f"INC_{i}" for i in range(len(names)))])
    marks = ",".join("?" * (len(_PLACES) + 2 * len(names)))
    connection = sqlite3.connect(target)
    try:
        with connection:
            connection.execute(f"CREATE TABLE INDEXES({columns},PRIMARY KEY({key}))")
            connection.executemany(f"INSERT INTO INDEXES VALUES({marks})", _rows(file, names))
            connection.execute("CREATE TABLE SHARD_NAME(NAME TEXT NOT NULL)")
            connection.execute("INSERT INTO SHARD_NAME VALUES(?)", (os.path.basename(file.path),))
    finally:
        connection.close()


def _rows(file: File, names: list[str]) -> Iterable[tuple[Any, ...]]:
    header, width = file.header["header_size"], file.header["page_size"]
    group_of = {page["page_id"]: page["page_type_id"] for page in file.header["page"]}
    for i in range(len(file)):
        raw, raw_end, blob, blob_end = (place - header for place in file.pieces(i))
        raw, blob = raw - 8, blob - 8  # a place begins with the size
        raw_page, blob_page = raw // width, blob // width
        place = (i, raw_page, raw - raw_page * width, raw_end - raw_page * width, group_of[blob_page], blob_page,
                 blob - blob_page * width, blob_end - blob_page * width)
        fields = file.row(i, names) if names else {}
        yield place + tuple(value for name in names for value in (0, fields[name]))
