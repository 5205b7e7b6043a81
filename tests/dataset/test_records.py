"""MindDataset, TFRecordDataset and Schema; columns, types and orders are those of mindspore 2.8.0."""

import gzip
import json
import zlib
from pathlib import Path

import numpy as np
import pytest

import luojia
from luojia import dataset as ds
from luojia._src.data import codecs
from luojia._src.formats import tfrecord
from luojia.mindrecord import FileWriter

FOLDER = Path(__file__).parent.parent / "fixtures" / "mindspore"


@pytest.fixture
def files(tmp_path):
    """Five rows, z from 0 to 4, in two files of 3 and 2."""
    writer = FileWriter(str(tmp_path / "md"), 2)
    writer.add_schema({
        "z": {"type": "int32"}, "f": {"type": "float32"}, "s": {"type": "string"}, "b": {"type": "bytes"},
        "a": {"type": "int64", "shape": [-1]},
    })
    writer.write_raw_data([
        {"z": i, "f": i / 2, "s": f"s{i}", "b": b"b" * (i + 1), "a": np.arange(i + 1)} for i in range(5)
    ])
    writer.commit()
    return str(tmp_path / "md0"), str(tmp_path / "md1")


def column(data, name="z"):
    found = [row[name].tolist() for row in data.create_dict_iterator(output_numpy=True, num_epochs=1)]
    assert data.get_dataset_size() == len(found)
    return found


def test_record_files(files):
    data = ds.MindDataset(files[0], shuffle=False)
    assert data.get_col_names() == ["a", "b", "f", "s", "z"] and column(data) == [0, 1, 2, 3, 4]
    row = list(data.create_dict_iterator(num_epochs=1, output_numpy=True))[2]
    assert row["a"].tolist() == [0, 1, 2] and row["a"].dtype == np.int64
    assert row["b"].tolist() == [b"bbb"] and row["b"].shape == (1,) and row["b"].dtype == np.dtype("S3")
    assert row["f"].dtype == np.float32 and row["f"].shape == () and row["z"].dtype == np.int32
    assert row["s"] == np.array("s2") and row["s"].dtype.kind == "U"
    some = ds.MindDataset([files[1]], ["s", "z"], shuffle=False)
    assert some.get_col_names() == ["s", "z"] and column(some) == [3, 4]
    assert column(ds.MindDataset(files[0], ["z"], num_shards=2, shard_id=0, shuffle=False)) == [0, 2, 4]
    assert column(ds.MindDataset(files[0], ["z"], num_shards=2, shard_id=1, shuffle=False)) == [1, 3, 0]
    assert column(ds.MindDataset(files[0], ["z"], num_samples=3, shuffle=False)) == [0, 1, 2]
    assert column(ds.MindDataset(files[0], ["z"], sampler=ds.SubsetSampler([3, 1]))) == [3, 1]
    assert column(ds.MindDataset(files[0], ["z"], sampler=ds.SequentialSampler(2, 2))) == [2, 3]
    assert column(ds.MindDataset(files[0], ["z"], shuffle=False).batch(2)) == [[0, 1], [2, 3], [4]]
    assert column(ds.MindDataset(str(FOLDER / "plain.mindrecord"), ["of"], shuffle=False), "of") == list("ababa")


def test_images_in_record_files(tmp_path):
    pytest.importorskip("PIL", reason="about decoding images")
    image = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    writer = FileWriter(str(tmp_path / "images"))
    writer.add_schema({"image": {"type": "bytes"}})
    writer.write_raw_data([{"image": codecs.encode(image, ".png")}])
    writer.commit()
    data = ds.MindDataset(str(tmp_path / "images")).map([ds.vision.Decode(), ds.vision.HWC2CHW()], "image").batch(1)
    assert (next(data.create_tuple_iterator(output_numpy=True))[0] == image.transpose(2, 0, 1)).all()


def test_record_files_shuffled(files):
    drawn = {str(column(ds.MindDataset(files[0], ["z"]))) for _ in range(9)}
    assert len(drawn) > 1 and all(sorted(json.loads(d)) == [0, 1, 2, 3, 4] for d in drawn)
    by_file = {str(column(ds.MindDataset(files[0], ["z"], shuffle=ds.Shuffle.FILES))) for _ in range(20)}
    assert by_file == {"[0, 1, 2, 3, 4]", "[3, 4, 0, 1, 2]"}
    within = [column(ds.MindDataset(files[0], ["z"], shuffle=ds.Shuffle.INFILE)) for _ in range(20)]
    assert all(sorted(d[:3]) == [0, 1, 2] for d in within) and len(set(map(str, within))) > 1
    classes = column(ds.MindDataset(files[0], ["z"], sampler=ds.PKSampler(2, class_column="z")))
    assert classes == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_padded_rows(files):
    sample = {"z": -1, "s": "pad"}
    data = ds.MindDataset(files[0], ["s", "z"], shuffle=False, num_shards=2, shard_id=1, padded_sample=sample,
                          num_padded=1)
    assert column(data) == [1, 3, -1] and column(data, "s") == ["s1", "s3", "pad"]


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"columns_list": ["q"]}, RuntimeError, "q can not found in schema"),
        ({"columns_list": "z"}, TypeError, "columns_list with value z is not of type"),
        ({"dataset_files": 3}, TypeError, "path: 3 is not string"),
        ({"dataset_files": "nowhere"}, ValueError, "nowhere'] does not exist"),
        ({"num_shards": 2}, RuntimeError, "num_shards is specified and currently requires shard_id"),
        ({"num_shards": 2, "shard_id": 2}, ValueError, r"within the required interval of \[0, 1\]"),
        ({"sampler": ds.SubsetSampler([1]), "shuffle": True}, RuntimeError,
         "Conflicting arguments during sampler assignments"),
        ({"padded_sample": {"z": 1}}, RuntimeError, "requires num_padded as well"),
        ({"padded_sample": {"z": 1}, "num_padded": 1}, RuntimeError, "requires columns_list as well"),
        ({"padded_sample": {"z": 1}, "num_padded": 1, "columns_list": ["s"]}, ValueError, "it has no s"),
        ({"shuffle": "x"}, TypeError, "shuffle must be of boolean or enum of 'Shuffle'"),
        ({"sampler": ds.WeightedRandomSampler([1, 1])}, ValueError, "not supported yet: WeightedRandomSampler"),
        ({"sampler": [1]}, ValueError, r"The sampler is not supported yet: \[1\]"),
        ({"padded_sample": {"z": 1}, "num_padded": -1, "columns_list": ["z"]}, ValueError, "greater than or equal to"),
        ({"padded_sample": {"z": 1}, "num_padded": "a", "columns_list": ["z"]}, TypeError, "num_padded with value a"),
        ({"padded_sample": 3, "num_padded": 1, "columns_list": ["z"]}, TypeError, "padded_sample with value 3"),
    ],
)
def test_record_files_errors(files, options, kind, message):
    with pytest.raises(kind, match=message):
        ds.MindDataset(**{"dataset_files": files[0], **options})


@pytest.fixture
def records(tmp_path):
    rows = [{"i": [1, -2, 300], "f": [0.5, 1.5], "b": b"abc", "s": "x", "one": i, "bl": [b"p", b"qq"],
             "v": list(range(i + 1)), "m": [1, 2, 3, 4]} for i in range(5)]
    path = tmp_path / "x.tfrecord"
    path.write_bytes(tfrecord.dump(map(tfrecord.dump_example, rows)))
    return str(path)


def test_tfrecord(records):
    data = ds.TFRecordDataset(records, shuffle=False)
    assert data.get_col_names() == ["b", "bl", "f", "i", "m", "one", "s", "v"]
    row = next(data.create_dict_iterator(output_numpy=True))
    assert {k: (v.dtype.name, v.tolist()) for k, v in row.items()} == {
        "b": ("uint8", [97, 98, 99]), "bl": ("uint8", [112, 32, 113, 113]), "f": ("float32", [0.5, 1.5]),
        "i": ("int64", [1, -2, 300]), "m": ("int64", [1, 2, 3, 4]), "one": ("int64", [0]), "s": ("uint8", [120]),
        "v": ("int64", [0]),
    }
    assert [t.name for t in data.output_types()][:3] == ["uint8", "uint8", "float32"]
    assert data.output_shapes()[:4] == [[3], [4], [2], [3]]
    data = ds.TFRecordDataset(records, columns_list=["one", "i"], num_samples=2, shuffle=False)
    assert data.get_col_names() == ["one", "i"] and column(data, "one") == [[0], [1]]
    both = ds.TFRecordDataset([records, records], columns_list=["one"], shuffle=False, num_parallel_workers=2)
    assert sum(column(both, "one"), []) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    one = ds.TFRecordDataset([records, records], columns_list=["one"], num_shards=2, shard_id=1, shuffle=False)
    assert sum(column(one, "one"), []) == [0, 1, 2, 3, 4]
    part = ds.TFRecordDataset(records, None, ["one"], num_shards=2, shard_id=1, shard_equal_rows=True, shuffle=False)
    assert sum(column(part, "one"), []) == [3, 4, 0]
    assert sorted(sum(column(ds.TFRecordDataset(records, columns_list=["one"]), "one"), [])) == [0, 1, 2, 3, 4]


def test_tfrecord_with_a_schema(records, tmp_path):
    schema = ds.Schema()
    schema.add_column("i", luojia.int32, [3])
    schema.add_column("one", "int64", [])
    schema.add_column("v", "int8", [-1])
    schema.add_column("s", luojia.string)
    schema.add_column("m", "int64", [2, 2])
    schema.add_column("bl", "string")
    schema.add_column("b", "string", [])
    data = ds.TFRecordDataset(records, schema, shuffle=False)
    assert data.get_col_names() == ["i", "one", "v", "s", "m", "bl", "b"]
    row = list(data.create_dict_iterator(output_numpy=True, num_epochs=1))[2]
    assert {k: (v.dtype.kind, v.tolist()) for k, v in row.items()} == {
        "i": ("i", [1, -2, 300]), "one": ("i", 2), "v": ("i", [0, 1, 2]), "s": ("U", ["x"]),
        "m": ("i", [[1, 2], [3, 4]]),
        "bl": ("U", ["p", "qq"]), "b": ("U", "abc"),
    }
    assert row["i"].dtype == np.int32 and row["v"].dtype == np.int8
    path = tmp_path / "s.json"
    path.write_text('{"datasetType":"TF","numRows":3,"columns":{"one":{"type":"int64","rank":0},'
                    '"f":{"type":"float32","rank":1,"shape":[2]},"i":{"type":"int64","rank":1}}}')
    data = ds.TFRecordDataset(records, str(path), shuffle=False)
    assert data.get_col_names() == ["f", "i", "one"] and column(data, "one") == [0, 1, 2]


def test_compressed_tfrecord(records, tmp_path):
    content = Path(records).read_bytes()
    for kind, packed in (("GZIP", gzip.compress(content)), ("ZLIB", zlib.compress(content))):
        path = tmp_path / kind
        path.write_bytes(packed)
        data = ds.TFRecordDataset(str(path), columns_list=["one"], compression_type=kind, shuffle=False)
        assert sum(column(data, "one"), []) == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="is no GZIP file"):
        ds.TFRecordDataset(records, compression_type="GZIP")


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"dataset_files": "nope"}, ValueError, r"patterns did not match any files: \['nope'\]"),
        ({"columns_list": ["zz"]}, RuntimeError, "failed to find column name: zz"),
        ({"num_shards": 2, "shard_id": 0}, RuntimeError, "tfrecord file: 1, num_shards: 2"),
        ({"schema": 3}, TypeError, "schema should be a path to schema file or a schema object"),
        ({"compression_type": "LZ"}, ValueError, "compression_type can be either"),
        ({"num_samples": -1}, ValueError, "num_samples exceeds the boundary between 0 and"),
        ({"columns_list": ["one", "one"]}, RuntimeError, "a column is there twice"),
        ({"shard_equal_rows": 1}, TypeError, "shard_equal_rows with value 1"),
    ],
)
def test_tfrecord_errors(records, options, kind, message):
    with pytest.raises(kind, match=message):
        ds.TFRecordDataset(**{"dataset_files": records, **options})


def test_tfrecord_that_does_not_fit_its_schema(records, tmp_path):
    for name, shape, message in (("nope", None, "Feature name: nope is required"), ("i", [4], "Column shape of i")):
        schema = ds.Schema()
        schema.add_column(name, "int64", shape)
        with pytest.raises(RuntimeError, match=message):
            list(ds.TFRecordDataset(records, schema))
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    with pytest.raises(ValueError, match="has no records; give a schema"):
        ds.TFRecordDataset(str(empty))


def test_schema():
    schema = ds.Schema()
    schema.add_column("i", luojia.int32, [3])
    schema.add_column("b", "uint8")
    assert str(schema) == schema.to_json()
    assert json.loads(schema.to_json()) == {"columns": [
        {"name": "i", "rank": 1, "shape": [3], "type": "int32"}, {"name": "b", "rank": 1, "type": "uint8"},
    ]}
    listed = ds.Schema()
    listed.parse_columns([{"name": "image", "type": "int8", "shape": [3, 3]}])
    assert listed.columns == [{"name": "image", "rank": 2, "shape": [3, 3], "type": "int8"}]
    listed.from_json({"columns": {"a": {"type": "int32", "shape": []}}, "numRows": 3})
    assert listed.num_rows == 3 and json.loads(listed.to_json())["numRows"] == 3


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda s: s.add_column(3, "int64"), TypeError, "Argument name with value 3 is not of type"),
        (lambda s: s.add_column("a", 3), TypeError, "Unknown column type 3"),
        (lambda s: s.add_column("a", "nope"), TypeError, "Unknown column type 'nope'"),
        (lambda s: s.add_column("a", "int64", 3), TypeError, "Argument shape with value 3"),
        (lambda s: s.add_column("", "int64"), TypeError, "Expected non-empty string for column name"),
        (lambda s: s.add_column("a", "int64", (2,)), TypeError, r"Argument shape with value \(2,\) is not of type"),
        (lambda s: s.add_column("a", "int64", [2.0]), TypeError, r"Argument shape\[0\] with value 2.0 is not of type"),
        (lambda s: s.parse_columns({"a": 3}), RuntimeError, "Argument a with value 3 is not of type"),
        (lambda s: ds.Schema(3), TypeError, "Argument schema_file with value 3"),
        (lambda s: ds.Schema(__file__), RuntimeError, "is not JSON"),
        (lambda s: s.parse_columns(3), TypeError, "columns must be dict or list"),
        (lambda s: s.parse_columns([{"name": "a"}]), ValueError, "Column's type is missing"),
        (lambda s: s.from_json({}), ValueError, "node is required in the schema json"),
        (lambda s: s.from_json({"columns": {}, "numRows": 0}), ValueError, "numRows must be greater than 0, got 0"),
        (lambda s: ds.Schema("nowhere.json"), ValueError, "nowhere.json does not exist"),
    ],
)
def test_schema_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make(ds.Schema())
