"""Lines of text and of CSV; orders and types are those of mindspore 2.8.0."""

import numpy as np
import pytest

from luojia import dataset as ds


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, count in (("a", 3), ("b", 1), ("c", 4)):
        (tmp_path / f"{name}.txt").write_text("".join(f"{name}{i}\n" for i in range(count)))
    (tmp_path / "h.csv").write_text('x,y,s\n1,2.5,ab\n2,3.5,"c,d"\n')
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "n.csv").write_text("1,2.5,ab\n2,3.5,cd\n")
    (tmp_path / "i.csv").write_text("1,2\n3,4\n")
    return tmp_path


def texts(*args, **kwargs):
    data = ds.TextFileDataset(*args, **kwargs)
    found = [str(row["text"]) for row in data.create_dict_iterator(output_numpy=True, num_epochs=1)]
    assert data.get_dataset_size() == len(found)
    return " ".join(found)


ABC = ["a.txt", "b.txt", "c.txt"]


def test_lines(folder):
    assert texts("a.txt", shuffle=False) == "a0 a1 a2"
    assert texts(ABC, shuffle=False, num_parallel_workers=1) == "a0 a1 a2 b0 c0 c1 c2 c3"
    assert texts(ABC, shuffle=False, num_parallel_workers=2) == "a0 b0 a1 a2 c0 c1 c2 c3"
    assert texts("[abc].txt", shuffle=False, num_parallel_workers=1) == "a0 a1 a2 b0 c0 c1 c2 c3"
    assert texts(ABC, num_samples=4, shuffle=False, num_parallel_workers=2) == "a0 b0 a1 a2"
    shards = [texts(ABC, num_shards=3, shard_id=i, shuffle=False, num_parallel_workers=1) for i in range(3)]
    assert shards == ["a0 a1 a2", "b0 c0 c1", "c2 c3 a0"]
    (folder / "e.txt").write_bytes(" x y \n\n\nlast é".encode())
    assert [str(r[0]) for r in ds.TextFileDataset("e.txt", shuffle=False)] == [" x y ", "last é"]
    (folder / "crlf.txt").write_bytes(b"one\r\ntwo\r\n")
    assert [str(r[0]) for r in ds.TextFileDataset("crlf.txt", shuffle=False)] == ["one\r", "two\r"]
    batch = next(ds.TextFileDataset("a.txt", shuffle=False).batch(2).create_dict_iterator())
    assert batch["text"].tolist() == ["a0", "a1"] and ds.TextFileDataset("a.txt").output_types() == [np.dtype("U")]


def test_as_many_files_side_by_side_as_there_are_workers(folder, monkeypatch):
    one, two = texts(ABC, shuffle=False, num_parallel_workers=1), texts(ABC, shuffle=False, num_parallel_workers=2)
    assert one != two
    monkeypatch.setattr(ds.config, "_settings", dict(ds.config._settings))
    for workers, expected in ((1, one), (2, two)):
        ds.config.set_num_parallel_workers(workers)
        assert texts(ABC, shuffle=False) == expected


def test_orders(folder):
    assert sorted(texts(ABC).split()) == texts(ABC, shuffle=False, num_parallel_workers=1).split()
    assert len({texts(ABC) for _ in range(9)}) > 1
    by_file = {texts(ABC, shuffle=ds.Shuffle.FILES, num_parallel_workers=1) for _ in range(30)}
    assert 1 < len(by_file) <= 6 and all("a0 a1 a2" in line and "c0 c1 c2 c3" in line for line in by_file)
    within = {texts(ABC, shuffle=ds.Shuffle.INFILE, num_parallel_workers=1) for _ in range(9)}
    assert len(within) > 1 and all(line.split()[3] == "b0" for line in within)


def read(*args, **kwargs):
    data = ds.CSVDataset(*args, shuffle=False, **kwargs)
    types = [t.kind + (str(t.itemsize) if t.kind in "if" else "") for t in data.output_types()]
    rows = [[v.tolist() for v in row] for row in data.create_tuple_iterator(output_numpy=True)]
    return data.get_col_names(), types, rows


def test_csv(folder):
    assert read("h.csv") == (["x", "y", "s"], ["U"] * 3, [["1", "2.5", "ab"], ["2", "3.5", "c,d"]])
    assert read("h.csv", column_defaults=[0, 0.0, ""]) == (
        ["x", "y", "s"], ["i4", "f4", "U"], [[1, 2.5, "ab"], [2, 3.5, "c,d"]])
    assert read("n.csv", ",", [0, 0.0, ""], ["a", "b", "c"])[2] == [[1, 2.5, "ab"], [2, 3.5, "cd"]]
    assert read("n.csv", ",", [0, 0], ("a", "b", "c"))[2] == [[1, 2, "ab"], [2, 3, "cd"]]  # what a cell begins with
    assert read("n.csv", column_names=[]) == (["1", "2.5", "ab"], ["U"] * 3, [["2", "3.5", "cd"]])
    assert read("i.csv", column_names=["a", "b"])[2] == [["1", "2"], ["3", "4"]]
    (folder / "t.csv").write_text("a;b\n1;\n;2\n")
    assert read("t.csv", ";") == (["a", "b"], ["U", "U"], [["1", ""], ["", "2"]])


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: ds.TextFileDataset("nope.txt"), ValueError, r"did not match any files: \['nope.txt'\]"),
        (lambda: ds.TextFileDataset(3), TypeError, "dataset files with value 3"),
        (lambda: ds.TextFileDataset([3]), TypeError, "expected as str, got 3"),
        (lambda: ds.TextFileDataset([]), ValueError, "dataset_files can not be empty"),
        (lambda: ds.TextFileDataset("a.txt", num_samples=-1), ValueError,
         "num_samples exceeds the boundary between 0 and"),
        (lambda: ds.TextFileDataset("a.txt", shuffle="q"), TypeError, "shuffle must be of boolean or enum"),
        (lambda: ds.TextFileDataset("a.txt", num_shards=0, shard_id=0), ValueError,
         "Input num_shards is not within the required interval"),
        (lambda: ds.CSVDataset("h.csv", ";;"), ValueError, "field_delim is invalid"),
        (lambda: ds.CSVDataset("h.csv", 3), TypeError, "field_delim should be a string"),
        (lambda: ds.CSVDataset("h.csv", column_defaults=(0,)), TypeError, "column_defaults should be a list"),
        (lambda: ds.CSVDataset("h.csv", column_defaults=[None]), TypeError, "type in column_defaults is invalid"),
        (lambda: ds.CSVDataset("h.csv", column_defaults=[0] * 4), ValueError, "has 4 values for 3 columns"),
        (lambda: ds.CSVDataset("h.csv", column_names=["a", "a"]), ValueError, "Every column name should not be same"),
        (lambda: ds.CSVDataset(["h.csv", "i.csv"]), RuntimeError, "h.csv has the columns"),
        (lambda: list(ds.CSVDataset("i.csv", column_names=["a"])), RuntimeError, "it has 2 cells, expected 1"),
        (lambda: list(ds.CSVDataset("n.csv", column_defaults=[0, 0, 0], column_names=["a", "b", "c"], shuffle=False)),
         RuntimeError, "n.csv parse failed at line 1, type does not match: 'ab' is no number of 32 bits"),
        (lambda: list(ds.CSVDataset("n.csv", column_defaults=["", "", 0.0], column_names=["a", "b", "c"])),
         RuntimeError, "type does not match: '[ac][bd]' is no number"),
        (lambda: ds.CSVDataset("n.csv", column_names="a"), TypeError, "should be a list of names, got 'a'"),
        (lambda: list(ds.TextFileDataset("empty.txt")), RuntimeError, "no data found"),
    ],
)
def test_errors(folder, make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def test_a_quote_that_is_not_closed(folder):
    (folder / "q.csv").write_text('a\n"b\n')
    with pytest.raises(ValueError, match="failed to parse csv file: q.csv at line 2"):
        list(ds.CSVDataset("q.csv"))
