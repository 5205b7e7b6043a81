"""Sources without files, and what is asked of whole pipelines."""

import json

import numpy as np
import pytest

import luojia
from luojia import dataset as ds


def test_random_rows():
    schema = ds.Schema()
    schema.add_column("image", luojia.uint8, [2, 2])
    schema.add_column("x", "float32", [-1])
    schema.add_column("b", "bool", [])
    schema.add_column("s", "string", [2])
    data = ds.RandomDataset(3, schema, shuffle=False)
    rows = [[v.tolist() for v in row] for row in data.create_tuple_iterator(output_numpy=True)]
    assert len(rows) == len(data) == 3 and data.get_col_names() == ["image", "x", "b", "s"]
    assert rows == [[v.tolist() for v in row] for row in data.create_tuple_iterator(output_numpy=True)]
    assert [t.name for t in data.output_types()][:3] == ["uint8", "float32", "bool"] and len(rows[0][3]) == 2
    assert ds.RandomDataset(3, schema, ["b"]).get_col_names() == ["b"] and len(ds.RandomDataset()) > 0
    assert ds.RandomDataset(2).output_types() == [np.int64]


def test_fake_images():
    data = ds.FakeImageDataset(3, (2, 4, 3), 4, 7, shuffle=False)
    rows = list(data.create_tuple_iterator(output_numpy=True))
    assert len(data) == 3 and data.num_classes() == 4 and data.output_shapes() == [[2, 4, 3], []]
    assert all(row[0].dtype == np.uint8 and row[1].dtype == np.uint32 and row[1] < 4 for row in rows)
    shifted = list(ds.FakeImageDataset(3, (2, 4, 3), 4, 8, shuffle=False).create_tuple_iterator(output_numpy=True))
    assert (shifted[0][0] == rows[1][0]).all() and (rows[0][0] != rows[1][0]).any()


def test_padding():
    data = ds.PaddedDataset([{"image": np.zeros(2, np.uint8), "x": 1}, {"image": np.zeros(3, np.uint8), "x": 2}])
    assert data.get_col_names() == ["image", "x"]
    assert [row["x"].item() for row in data.create_dict_iterator(output_numpy=True)] == [1, 2]


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: ds.RandomDataset("a"), TypeError, "total_rows should be an int, got 'a'"),
        (lambda: ds.RandomDataset(-1), ValueError, "total_rows should be 0 or more, got -1"),
        (lambda: ds.RandomDataset(1, 3), TypeError, "schema should be a path to schema file or a schema object"),
        (lambda: ds.RandomDataset(1, "nope"), ValueError, "nope does not exist"),
        (lambda: ds.RandomDataset(1, columns_list=["q"]), ValueError, "there is no column q"),
        (lambda: ds.FakeImageDataset(0), ValueError, "num_images is not within the required interval"),
        (lambda: ds.FakeImageDataset("a"), TypeError, "num_images with value a is not of type"),
        (lambda: ds.FakeImageDataset(1, (2, 2)), ValueError, "image_size should be a list or tuple of length 3"),
        (lambda: ds.PaddedDataset([]), ValueError, "padded_samples cannot be empty"),
        (lambda: ds.PaddedDataset(3), TypeError, "padded_samples with value 3 is not of type"),
        (lambda: ds.PaddedDataset([{"a": 1}, {"b": 1}]), ValueError, r"should have the columns \['a'\], got \['b'\]"),
        (lambda: ds.DatasetCache("a"), TypeError, "session_id with value a is not of type"),
        (lambda: ds.DatasetCache(-1), ValueError, "session_id is not within the required interval"),
        (lambda: ds.DatasetCache(1, spilling=3), TypeError, "spilling with value 3 is not of type"),
        (lambda: ds.DatasetCache(1).get_stat(), NotImplementedError, "get_stat is not supported"),
        (lambda: ds.compare(1, 2), TypeError, "expected a Dataset, got int"),
        (lambda: ds.show(ds.NumpySlicesDataset([1]), -1), ValueError, "indentation should be an int of 0 or more"),
        (lambda: ds.serialize(ds.NumpySlicesDataset([1]), "nowhere/x.json"), ValueError, "nowhere' does not exist"),
        (lambda: ds.deserialize, NotImplementedError, "keep the function that makes it"),
    ],
)
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def test_pipelines_described(tmp_path, capsys, monkeypatch):
    def made(size):
        return ds.FakeImageDataset(4, num_classes=2).batch(size, drop_remainder=True).repeat(2)

    assert ds.compare(made(2), made(2)) and not ds.compare(made(2), made(3))
    path = tmp_path / "x.json"
    described = ds.serialize(made(2), str(path))
    assert described == json.loads(path.read_text()) and described["op_type"] == "Repeat" and described["count"] == 2
    assert described["children"][0]["batch_size"] == 2
    ds.show(made(2))
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("GLOG_v", "1")
    ds.show(made(2))
    shown = capsys.readouterr().err
    assert json.loads(shown[shown.index("{") :]) == described
    assert made(2).to_json(str(path)) == described
    assert ds.sync_wait_for_dataset(0, 1, 1) is None
    cache = ds.DatasetCache(1, size=0, spilling=False)
    assert len(ds.FakeImageDataset(4, cache=cache).map(lambda x: x, "image", cache=cache)) == 4
