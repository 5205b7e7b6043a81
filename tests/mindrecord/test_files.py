"""FileWriter, FileReader and MindPage; behaviour is that of mindspore 2.8.0."""

import json
from pathlib import Path

import numpy as np
import pytest

from luojia import mindrecord
from luojia.mindrecord import FileReader, FileWriter, MindPage

FOLDER = Path(__file__).parent.parent / "fixtures" / "mindspore"
SCHEMA = {"a": {"type": "int32"}, "b": {"type": "bytes"}, "c": {"type": "float32", "shape": [2, 2]}}
ROW = {"a": 1, "b": b"q", "c": np.zeros((2, 2), np.float32)}


def writer_of(path, schema=None, shards=1, **options):
    writer = FileWriter(str(path), shards, **options)
    writer.set_header_size(1 << 14)
    writer.set_page_size(1 << 15)
    writer.add_schema(schema or SCHEMA)
    return writer


def numbers(name, **options):
    return [row["a"] for row in FileReader(str(name), **options).get_next()]


def test_write_and_read(tmp_path):
    path = tmp_path / "x"
    writer = writer_of(path)
    assert writer.write_raw_data([{**ROW, "a": i} for i in range(3)]) is None
    writer.write_raw_data([{**ROW, "a": np.int32(3), "c": np.arange(4, dtype=np.float32)}])
    assert writer.commit() is None
    reader = FileReader(str(path))
    rows = list(reader.get_next())
    assert reader.len() == 4 and [r["a"] for r in rows] == [0, 1, 2, 3] and rows[3]["c"].tolist() == [[0, 1], [2, 3]]
    assert rows[0]["b"] == b"q" and reader.schema() == SCHEMA
    assert list(FileReader(str(path), columns=["a"]).get_next())[1] == {"a": 1}
    reader.close()
    with pytest.raises(RuntimeError, match="call `FileWriter.open_for_append`"):
        writer.write_raw_data([ROW])
    more = FileWriter.open_for_append(str(path))
    more.write_raw_data([{**ROW, "a": i} for i in range(4, 30)])
    more.commit()
    assert numbers(path) == list(range(30)) and (tmp_path / "x.db").exists()


def test_shards(tmp_path):
    writer = writer_of(tmp_path / "x", shards=3)
    at = 0
    for count in (7, 1, 1, 2):
        writer.write_raw_data([{**ROW, "a": i} for i in range(at, at + count)])
        at += count
    writer.commit()
    parts = [numbers(tmp_path / "x0"), *(numbers(tmp_path / f"x{i}", ) for i in range(1, 3))]
    assert parts[0] == parts[1] == parts[2] and sorted(parts[0]) == list(range(11))
    alone = [[r["a"] for r in FileReader([str(tmp_path / f"x{i}")]).get_next()] for i in range(3)]
    assert [len(part) for part in alone] == [4, 4, 3] and sum(alone, []) == parts[0] and alone[0][:3] == [0, 1, 2]
    (tmp_path / "x1").unlink()
    with pytest.raises(FileNotFoundError, match="x1 is not exists"):
        FileReader(str(tmp_path / "x0"))


def test_renamed_files_are_read(tmp_path):
    writer = writer_of(tmp_path / "x")
    writer.write_raw_data([ROW])
    writer.commit()
    (tmp_path / "x").rename(tmp_path / "y")
    assert numbers(tmp_path / "y") == [1]


def test_rows_that_do_not_fit_are_left_out(tmp_path):
    writer = writer_of(tmp_path / "x")
    with pytest.warns(UserWarning, match="0 th data is wrong, there is not field: 'b' in the raw data"):
        writer.write_raw_data([{"a": 1}, {**ROW, "a": 7}])
    for change, message in [
        ({"a": 1.5}, "data type: 'float' for field: 'a'"), ({"a": "x"}, "data type: 'str' for field: 'a'"),
        ({"a": True}, "data type: 'bool' for field: 'a'"), ({"a": 2**40}, "1099511627776 for field: 'a' does not fit"),
        ({"a": np.zeros(1, np.int32)}, "data type: 'ndarray' for field: 'a'"), ({"b": "s"}, "'str' for field: 'b'"),
        ({"c": np.zeros(3, np.float32)}, r"data shape: '\(3,\)' for field: 'c'"),
        ({"c": np.zeros((2, 2))}, "data type: 'float64' for field: 'c'"), ({"c": 1.0}, "'float' for field: 'c'"),
    ]:
        with pytest.warns(UserWarning, match=message), pytest.raises(RuntimeError, match="There is no valid data"):
            writer.write_raw_data([{**ROW, **change}])
    writer.commit()
    assert numbers(tmp_path / "x") == [7]


def test_files_without_rows_and_an_existing_file(tmp_path):
    writer_of(tmp_path / "x").commit()
    assert numbers(tmp_path / "x") == []
    with pytest.raises(mindrecord.MRMOpenError, match="Set the 'overwrite' parameter to True"):
        writer_of(tmp_path / "x").write_raw_data([ROW])
    writer = writer_of(tmp_path / "x", overwrite=True)
    writer.write_raw_data([ROW])
    writer.commit()
    writer.commit()
    assert numbers(tmp_path / "x") == [1]
    with pytest.raises(mindrecord.MRMOpenError, match="There is no folder .*nowhere"):
        writer_of(tmp_path / "nowhere" / "x").write_raw_data([ROW])
    with pytest.raises(mindrecord.MRMWriteDatasetError, match="does not fit in a page of 32768"):
        writer_of(tmp_path / "y").write_raw_data([{**ROW, "b": bytes(40000)}])


def test_pages(tmp_path):
    path = tmp_path / "x"
    writer = writer_of(path, {"i": {"type": "int32"}, "s": {"type": "string"}, "f": {"type": "float32"}})
    writer.write_raw_data([{"i": i % 3, "s": f"q{i % 2}", "f": i / 2} for i in range(7)])
    writer.commit()
    page = MindPage(str(path))
    assert page.candidate_fields == ["f", "i", "s"] and page.category_field is None
    with pytest.raises(mindrecord.MRMReadCategoryInfoError, match="Set category_field first"):
        page.read_category_info()
    page.category_field = "i"
    assert json.loads(page.read_category_info()) == {"key": "i_0", "categories": [
        {"count": 3, "id": 0, "name": "0"}, {"count": 2, "id": 1, "name": "1"}, {"count": 2, "id": 2, "name": "2"},
    ]}
    assert [r["f"] for r in page.read_at_page_by_id(0, 0, 2)] == [0, 1.5]
    assert [r["f"] for r in page.read_at_page_by_id(0, 1, 2)] == [3]
    assert [r["f"] for r in page.read_at_page_by_name("1", 0, 10)] == [0.5, 2]
    page.category_field = "f"
    assert json.loads(page.read_category_info())["categories"][1] == {"count": 1, "id": 1, "name": "0.5"}
    for call, kind, message in [
        (lambda: page.read_at_page_by_id(10, 0, 2), mindrecord.MRMFetchDataError, r"in the range \[0, 6\]"),
        (lambda: page.read_at_page_by_id(0, 5, 2), mindrecord.MRMFetchDataError, "page no: 5 or page size: 2"),
        (lambda: page.read_at_page_by_id(-1, 0, 2), mindrecord.ParamValueError, "Category id should be int"),
        (lambda: page.read_at_page_by_id(0, -1, 2), mindrecord.ParamValueError, "Page should be int"),
        (lambda: page.read_at_page_by_id(0, 0, 0), mindrecord.ParamValueError, "num_row should be int"),
        (lambda: page.read_at_page_by_name("no", 0, 2), mindrecord.MRMFetchDataError, "no could not found"),
        (lambda: page.read_at_page_by_name(3, 0, 2), mindrecord.ParamValueError, "Category name should be str"),
        (lambda: setattr(page, "category_field", "z"), mindrecord.MRMDefineCategoryError, "'z' is not a candidate"),
        (lambda: setattr(page, "category_field", 3), mindrecord.ParamTypeError, "'category_fields' expect str"),
    ]:
        with pytest.raises(kind, match=message):
            call()


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: FileWriter(3), mindrecord.ParamValueError, "File path: 3 is not string"),
        (lambda: FileWriter(""), mindrecord.ParamValueError, "not allowed None or empty"),
        (lambda: FileWriter("x/"), mindrecord.ParamValueError, "can not end with '/'"),
        (lambda: FileWriter("a:b"), mindrecord.ParamValueError, "File name should not contains"),
        (lambda: FileWriter(" a"), mindrecord.ParamValueError, "should not start/end with space"),
        (lambda: FileWriter("a", 0), mindrecord.ParamValueError, "shard_num's value: 0 should between 1 and 1000"),
        (lambda: FileWriter("a", "1"), mindrecord.ParamValueError, "shard_num's type is not int"),
        (lambda: FileWriter("a", 1, 1), mindrecord.ParamValueError, "overwrite's type is not bool"),
        (lambda: FileWriter("a").set_header_size(5), mindrecord.MRMInvalidHeaderSizeError, "between 16384 and"),
        (lambda: FileWriter("a").set_page_size("x"), mindrecord.MRMInvalidPageSizeError, "between 32768 and"),
        (lambda: FileWriter("a").add_index(["a"]), mindrecord.MRMGetMetaError, "add_schema"),
        (lambda: FileWriter("a").write_raw_data([ROW]), mindrecord.MRMGetMetaError, "use 'add_schema'"),
        (lambda: writer_of("a").add_schema(SCHEMA), mindrecord.MRMAddSchemaError, "Failed to add schema"),
        (lambda: writer_of("a").add_index("a"), mindrecord.ParamTypeError, "'index_fields' expect list"),
        (lambda: writer_of("a").add_index([3]), mindrecord.ParamTypeError, "'index field' expect str"),
        (lambda: writer_of("a").add_index(["q"]), mindrecord.MRMAddIndexError, "q can not found in schema"),
        (lambda: writer_of("a").add_index(["a", "a"]), mindrecord.MRMAddIndexError, "given twice"),
        (lambda: writer_of("a").add_index(["b"]), mindrecord.MRMDefineIndexError, "b since it's not primitive"),
        (lambda: writer_of("a").write_raw_data({}), mindrecord.ParamTypeError, "'raw_data' expect list"),
        (lambda: writer_of("a").write_raw_data([1]), mindrecord.ParamTypeError, "'raw_data item' expect dict"),
        (lambda: writer_of("a").write_raw_data([], 1), TypeError, "`parallel_writer` must be bool"),
        (lambda: FileReader("x", columns="a"), mindrecord.ParamTypeError, "'columns' expect list type"),
        (lambda: FileReader(3), mindrecord.ParamValueError, "3 is not a string"),
        (lambda: FileReader([]), mindrecord.ParamValueError, "The list of files is empty"),
        (lambda: FileReader("x", 0), mindrecord.ParamValueError, "num_consumer: 0 should be 1 or more"),
        (lambda: FileReader("x", "y"), mindrecord.ParamValueError, "num_consumer is not int"),
        (lambda: FileReader("nowhere"), RuntimeError, "nowhere is not exists"),
        (lambda: FileReader(str(FOLDER / "plain.mindrecord"), columns=["q"]), RuntimeError, "q can not found"),
        (lambda: FileReader([str(FOLDER / "plain.mindrecord"), str(FOLDER / "array.mindrecord")]),
         mindrecord.MRMUnsupportedSchemaError, "differ from those of"),
    ],
)
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
    assert issubclass(kind, (RuntimeError, TypeError))


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({}, "Schema content is empty"), ([1], "should be dict"), ({"a": "int32"}, "Field 'a' should be dict"),
        ({"a": {"type": "int8"}}, "Field 'a' contain illegal attribute 'int8'"),
        ({"a-b": {"type": "int32"}}, "Field 'a-b' should be composed of"),
        ({"a": {"type": "bytes", "shape": [1]}}, "Field 'a' contain illegal attribute 'bytes'"),
        ({"a": {"type": "int32", "shape": 3}}, "Field 'a' contain illegal attribute '3'"),
        ({"a": {"shape": [1]}}, "contains illegal attributes"),
        ({"a": {"type": "int32", "q": 1}}, "contains illegal attributes"),
    ],
)
def test_no_schema(schema, message):
    with pytest.raises(mindrecord.MRMInvalidSchemaError, match=message):
        FileWriter("a").add_schema(schema)
