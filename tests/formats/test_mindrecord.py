"""MindSpore's record files: what mindspore 2.8.0 wrote, byte by byte again; damaged files."""

import json
import sqlite3
import struct
from pathlib import Path

import numpy as np
import pytest

from luojia._src.errors import FormatError, MissingFileError
from luojia._src.formats import mindrecord
from luojia._src.formats.mindrecord_values import pack_map, pack_numbers, unpack_map, unpack_numbers
from luojia._src.formats.reader import Reader
from luojia.mindrecord import FileWriter

FOLDER = Path(__file__).parent.parent / "fixtures" / "mindspore"
EDGES = [0, -1, 127, 128, -128, -129, 32767, 32768, -32768, -32769, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**62]


def test_every_kind():
    files = [mindrecord.File(FOLDER / f"kinds.mindrecord{i}") for i in range(2)]
    rows = [file.row(i) for file in files for i in range(len(file))]
    assert len(rows) == 5 and files[0].shards == files[1].shards == ["kinds.mindrecord0", "kinds.mindrecord1"]
    rows.sort(key=lambda row: -row["z"])  # which file a row is in is drawn by lot
    for i, row in enumerate(rows):
        assert (row["z"], row["l"], row["f"], row["d"], row["s"]) == (-i, -(3**i), i / 2, i / 10, "珞珈" * i)
        assert row["b"] == bytes(range(i + 1)) and row["a"].tolist() == EDGES[i:] and row["a"].dtype == np.int64
        assert row["n"].tolist() == [[300 * i] * 2] * 2 and row["n"].dtype == np.int32
        assert row["m"].tolist() == [[i] * 2] * 2 and row["m"].dtype == np.float32
    assert files[0].row(0, ["z", "b"]).keys() == {"z", "b"}


def test_several_pages_and_lone_fields():
    pages = mindrecord.File(FOLDER / "pages.mindrecord")
    assert [(r["i"], len(r["s"]), len(r["b"])) for r in map(pages.row, range(10))] == [
        (i, 5000, 9000 + i) for i in range(10)
    ]
    assert len({page["page_type_id"] for page in pages.header["page"]}) > 2 and pages.index_fields == ["i"]
    array = mindrecord.File(FOLDER / "array.mindrecord")
    assert [array.row(i)["a"].tolist() for i in range(3)] == [[0], [0, 100], [0, 100, 200]]
    plain = mindrecord.File(FOLDER / "plain.mindrecord")
    assert [plain.row(i) for i in range(5)] == [{"of": "ab"[i % 2], "x": i / 2} for i in range(5)]


def test_the_same_bytes_as_mindspore(tmp_path):
    def written(name, schema, rows):
        path = tmp_path / name
        writer = FileWriter(str(path))
        writer.set_header_size(1 << 14)
        writer.set_page_size(1 << 15)
        writer.add_schema(schema, "rows of luojia's tests")
        writer.write_raw_data(rows)
        writer.commit()
        return path.read_bytes()

    made = written("array.mindrecord", {"a": {"type": "int32", "shape": [-1]}},
                   [{"a": np.arange(i, dtype=np.int32) * 100} for i in range(1, 4)])
    assert made == (FOLDER / "array.mindrecord").read_bytes()
    made = written("plain.mindrecord", {"x": {"type": "float32"}, "of": {"type": "string"}},
                   [{"x": i / 2, "of": "ab"[i % 2]} for i in range(5)])
    assert made == (FOLDER / "plain.mindrecord").read_bytes()


def test_the_index(tmp_path):
    path = tmp_path / "x"
    writer = FileWriter(str(path))
    writer.set_page_size(1 << 15)
    writer.add_schema({"i": {"type": "int64"}, "s": {"type": "string"}, "b": {"type": "bytes"}})
    writer.write_raw_data([{"i": i, "s": "s" * i, "b": b"b" * 9000} for i in range(5)])
    writer.commit()
    connection = sqlite3.connect(f"{path}.db")
    rows = connection.execute("SELECT * FROM INDEXES").fetchall()
    names = [row[1] for row in connection.execute("PRAGMA table_info(INDEXES)")]
    shards = connection.execute("SELECT * FROM SHARD_NAME").fetchall()
    connection.close()
    assert shards == [("x",)] and names[8:] == ["INC_0", "i_0", "INC_1", "s_0"]
    assert rows[0] == (0, 1, 0, 15, 0, 0, 0, 9008, 0, 0, 0, "") and rows[3][:8] == (3, 1, 48, 66, 1, 2, 0, 9008)
    assert [row[9] for row in rows] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("values", [[], [5], EDGES, list(range(-300, 300, 7))])
def test_numbers(values):
    array = np.array(values, np.int64)
    assert unpack_numbers(Reader(pack_numbers(array), "x"), array.dtype).tolist() == values


def test_maps():
    values = {f"k{i}": v for i, v in enumerate(
        [0, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63, -1, -32, -33, -128, -129, -32768, -32769,
         -(2**31), -(2**31) - 1, -(2**63), 0.5, 0.1, 1e300, float("inf"), "", "é" * 20, "x" * 300,
         "x" * 70000, np.float32(0.5)]
    )}
    assert unpack_map(Reader(pack_map(values), "x")) == values
    assert unpack_map(Reader(b"\x83\xa1a\xc0\xa1b\xc2\xa1c\xc3", "x")) == {"a": None, "b": False, "c": True}
    with pytest.raises(FormatError, match="begin with 0x5, not as a MessagePack map"):
        unpack_map(Reader(b"\x05", "x"))
    with pytest.raises(FormatError, match="unknown MessagePack kind 0xc1"):
        unpack_map(Reader(b"\x81\xa1a\xc1", "x"))
    with pytest.raises(FormatError, match="truncated"):
        unpack_map(Reader(b"\x82\xa1a\x01", "x"))
    with pytest.raises(FormatError, match="5 bytes are left over"):
        unpack_numbers(Reader(pack_numbers(np.array([1])) + b"12345", "x"), np.dtype("int32"))


def damaged(tmp_path, change):
    """A file with its header changed by a function of it."""
    data = bytearray((FOLDER / "plain.mindrecord").read_bytes())
    size = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8 : 8 + size])
    change(header)
    text = json.dumps(header).encode()
    data[: 8 + len(text)] = struct.pack("<Q", len(text)) + text
    path = tmp_path / "damaged"
    path.write_bytes(data)
    return path


def set_page(which, **values):
    return lambda header: header["page"][which].update(values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header: header.pop("schema"), "KeyError: 'schema'"),
        (lambda header: header.update(page=3), "TypeError"),
        (lambda header: header.update(header_size=-5), "is corrupted: page 0"),
        (lambda header: header.update(page_size=1 << 40), "is corrupted: page 0"),
        (lambda header: header["schema"][0]["schema"]["x"].update(type="int33"), "the field 'x' is of 'int33'"),
        (lambda header: header["schema"][0]["schema"]["x"].update(shape=["a"]), r"of 'float32', \['a'\]"),
        (lambda header: header["schema"][0].update(blob_fields=["q"]), r"there are no fields \['q'\]"),
        (set_page(0, page_id=9), "is truncated: blob page 9 ends at byte"),
        (set_page(0, page_size=1 << 50), "is corrupted: page 0 of"),
        (set_page(0, page_size=61), "is truncated: expected 8 bytes for the size of a row"),
        (set_page(1, row_group_ids=[]), "the rows of group 0 have no raw page"),
        (set_page(1, row_group_ids=[{"id": 0, "offset": 1 << 40}]), "for the rows of the groups before"),
        (set_page(1, page_size=3), "truncated: expected 8 bytes for the size of a row"),
    ],
)
def test_damaged_headers(tmp_path, change, message):
    with pytest.raises(FormatError, match=message):
        mindrecord.File(damaged(tmp_path, change))


def test_a_row_without_a_field(tmp_path):
    data = (FOLDER / "plain.mindrecord").read_bytes()
    path = tmp_path / "x"
    path.write_bytes(data.replace(b"\xa1x\xca", b"\xa1y\xca"))
    with pytest.raises(FormatError, match=r"row 0 is corrupted: it has no field 'x', only \['of', 'y'\]"):
        mindrecord.File(path).row(0)


def test_damaged_rows(tmp_path):
    def field(**values):
        return lambda header: header["schema"][0]["schema"]["a"].update(values)

    data = (FOLDER / "array.mindrecord").read_bytes()
    path = tmp_path / "x"
    path.write_bytes(data[:1000])
    with pytest.raises(FormatError, match="is truncated: blob page 0 ends at byte"):
        mindrecord.File(path)
    path.write_bytes(b"")
    with pytest.raises(FormatError, match="truncated: expected 8 bytes for the size of the header"):
        mindrecord.File(path)
    path.write_bytes(b"PK\x03\x04" * 9)
    with pytest.raises(FormatError, match="its header would have an impossible size"):
        mindrecord.File(path)
    path.write_bytes(struct.pack("<Q", 2) + b"{]")
    with pytest.raises(FormatError, match="its header is not that of a MindRecord file"):
        mindrecord.File(path)
    with pytest.raises(MissingFileError, match="nowhere is not exists"):
        mindrecord.File(tmp_path / "nowhere")
    size = struct.unpack_from("<Q", data)[0]
    for old, new, message in (
        (b'"shape":[-1]', b'"shape":[ 7]', "has 1 numbers, which do not fit"),
        (b'"type":"int32"', b'"type":"float64"', "has 6 bytes, no whole number of float64"),
    ):
        header = data[8 : 8 + size].replace(old, new)
        path.write_bytes(struct.pack("<Q", len(header)) + header + data[8 + len(header) :])
        with pytest.raises(FormatError, match=message):
            mindrecord.File(path).row(0)


def test_a_header_that_is_too_large(tmp_path):
    fields = {"x" * 5000 + str(i): {"type": "int32"} for i in range(4)}
    writer = FileWriter(str(tmp_path / "x"))
    writer.set_header_size(1 << 14)
    writer.add_schema(fields)
    writer.write_raw_data([dict.fromkeys(fields, 1)])
    with pytest.raises(FormatError, match="the header of .* takes .* bytes, its size is 16384"):
        writer.commit()
