"""FileReader and MindPage: rows from MindSpore's record files, one after the other or by a field's value."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from .._src.formats import mindrecord
from . import errors


def open_files(file_name: str | Sequence[str]) -> list[mindrecord.File]:
    """The files of a list; of one file's name, all that were written with it.

    Raises:
        FormatError: the files' schemas differ, or one is no record file.
        MissingFileError: a file is missing.
    """
    if isinstance(file_name, str):
        first = mindrecord.File(file_name)
        folder = os.path.dirname(file_name)
        mine = os.path.basename(file_name)
        if mine not in first.shards and len(first.shards) == 1:  # renamed, which MindSpore refuses
            return [first]
        return [first if name == mine else mindrecord.File(os.path.join(folder, name)) for name in first.shards]
    files = [mindrecord.File(name) for name in file_name]
    if not files:
        raise errors.ParamValueError("The list of files is empty.")
    for file in files[1:]:
        if file.fields != files[0].fields:
            raise errors.MRMUnsupportedSchemaError(
                f"The fields of {files[0].path}, {files[0].fields}, differ from those of {file.path}, {file.fields}."
            )
    return files


def _check(file_name: Any, num_consumer: Any) -> None:
    names = file_name if isinstance(file_name, list) else [file_name]
    for name in names:
        if not isinstance(name, str) or not name:
            raise errors.ParamValueError(f"File path: {name!r} is not a string, or empty.")
    if isinstance(num_consumer, bool) or not isinstance(num_consumer, int):
        raise errors.ParamValueError(f"Parameter num_consumer is not int, got {num_consumer!r}.")
    if num_consumer < 1:
        raise errors.ParamValueError(f"Parameter num_consumer: {num_consumer} should be 1 or more.")


class FileReader:
    """The rows of record files, in order.

    Args:
        file_name: one file, with which all that were written together are read; or a list of files, only they.
        num_consumer: accepted; this process reads.
        columns: the fields to read; default all.
        operator: accepted.

    Raises:
        MissingFileError: a file is missing.
        FormatError: a file is truncated, corrupted or no record file.
        MindRecordException: no such field.
    """

    def __init__(self, file_name: str | list[str], num_consumer: int = 4, columns: list[str] | None = None,
                 operator: Any = None) -> None:
        if columns and not isinstance(columns, list):
            raise errors.ParamTypeError("columns", "list")
        _check(file_name, num_consumer)
        self._files = open_files(file_name)
        self._columns = columns or None
        for name in columns or ():
            if name not in self._files[0].fields:
                raise errors.MindRecordException(
                    f"column name: {name} can not found in schema, which has {list(self._files[0].fields)}."
                )

    def get_next(self) -> Iterator[dict[str, Any]]:
        """The rows, each a dict from a field to an int, a float, a str, bytes or an array."""
        for file in self._files:
            for i in range(len(file)):
                yield file.row(i, self._columns)

    def close(self) -> None:
        """Ends reading."""
        self._files = []

    def schema(self) -> dict[str, Any]:
        """The fields, as ``FileWriter.add_schema`` was given them."""
        return self._files[0].fields

    def len(self) -> int:
        """The number of rows."""
        return sum(map(len, self._files))


class MindPage:
    """The rows of record files by the values of an index field, page by page.

    Args:
        file_name: one file, with which all that were written together are read; or a list of files, only they.
        num_consumer: accepted; this process reads.

    >>> writer = luojia.mindrecord.FileWriter("x")
    >>> writer.add_schema({"i": {"type": "int32"}, "of": {"type": "string"}})
    >>> writer.write_raw_data([{"i": i, "of": "ab"[i % 2]} for i in range(5)])
    >>> writer.commit()
    >>> page = MindPage("x")
    >>> page.category_field = "of"
    >>> page.read_category_info()
    '{"categories":[{"count":3,"id":0,"name":"a"},{"count":2,"id":1,"name":"b"}],"key":"of_0"}'
    >>> page.read_at_page_by_name("a", 1, 2)
    [{'i': 4, 'of': 'a'}]
    """

    def __init__(self, file_name: str | list[str], num_consumer: int = 4) -> None:
        _check(file_name, num_consumer)
        self._files = open_files(file_name)
        self._field: str | None = None
        self._groups: dict[Any, list[tuple[mindrecord.File, int]]] = {}

    @property
    def candidate_fields(self) -> list[str]:
        """The index fields."""
        return list(self._files[0].index_fields)

    @property
    def category_field(self) -> str | None:
        """The field by whose values rows are grouped; set it first."""
        return self._field

    @category_field.setter
    def category_field(self, category_field: str) -> None:
        if not category_field or not isinstance(category_field, str):
            raise errors.ParamTypeError("category_fields", "str")
        if category_field not in self.candidate_fields:
            raise errors.MRMDefineCategoryError(f"Field '{category_field}' is not a candidate category field.")
        groups: dict[Any, list[tuple[mindrecord.File, int]]] = {}
        for file in self._files:
            for i in range(len(file)):
                groups.setdefault(file.row(i, [category_field])[category_field], []).append((file, i))
        self._field, self._groups = category_field, {value: groups[value] for value in sorted(groups)}

    def _chosen(self) -> list[list[tuple[mindrecord.File, int]]]:
        if self._field is None:
            raise errors.MRMReadCategoryInfoError("Set category_field first, to one of candidate_fields.")
        return list(self._groups.values())

    def read_category_info(self) -> str:
        """JSON: the values of the field with their numbers and how many rows have each."""
        found = [
            {"count": len(rows), "id": i, "name": str(value)}
            for i, (value, rows) in enumerate(zip(self._groups, self._chosen()))
        ]
        return json.dumps({"categories": found, "key": f"{self._field}_0"}, separators=(",", ":"), ensure_ascii=False)

    def read_at_page_by_id(self, category_id: int, page: int, num_row: int) -> list[dict[str, Any]]:
        """The rows of page ``page``, of ``num_row`` each, of those with the value of this number."""
        if not isinstance(category_id, int) or category_id < 0:
            raise errors.ParamValueError(
                f"Category id should be int and greater than or equal to 0, got {category_id!r}."
            )
        groups = self._chosen()
        if category_id >= len(groups):
            raise errors.MRMFetchDataError(f"category_id: {category_id} must be in the range [0, {len(groups) - 1}].")
        return self._page(groups[category_id], page, num_row)

    def read_at_page_by_name(self, category_name: str, page: int, num_row: int) -> list[dict[str, Any]]:
        """The rows of page ``page``, of ``num_row`` each, of those with this value, given as a string."""
        if not isinstance(category_name, str):
            raise errors.ParamValueError(f"Category name should be str, got {category_name!r}.")
        for value, rows in zip(self._groups, self._chosen()):
            if str(value) == category_name:
                return self._page(rows, page, num_row)
        raise errors.MRMFetchDataError(f"category_name: {category_name} could not found.")

    def _page(self, rows: list[tuple[mindrecord.File, int]], page: Any, num_row: Any) -> list[dict[str, Any]]:
        if not isinstance(page, int) or page < 0:
            raise errors.ParamValueError(f"Page should be int and greater than or equal to 0, got {page!r}.")
        if not isinstance(num_row, int) or num_row <= 0:
            raise errors.ParamValueError(f"num_row should be int and greater than 0, got {num_row!r}.")
        if page * num_row >= len(rows):
            raise errors.MRMFetchDataError(f"page no: {page} or page size: {num_row} is invalid for {len(rows)} rows.")
        return [file.row(i) for file, i in rows[page * num_row : (page + 1) * num_row]]
