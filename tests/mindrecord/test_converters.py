"""Converters into MindSpore's record files."""

from types import SimpleNamespace

import numpy as np
import pytest

from luojia import mindrecord
from luojia._src.data import codecs
from luojia._src.formats import idx, tfrecord
from luojia.mindrecord import FileReader


def rows(path):
    return list(FileReader(str(path)).get_next())


def test_csv(tmp_path):
    source, made = tmp_path / "x.csv", tmp_path / "x.mindrecord"
    source.write_text('i,f,s,b,e\n1,0.5,"a,b",True,\n-2,3,c,False,1.5\n')
    mindrecord.CsvToMR(str(source), str(made)).transform()
    reader = FileReader(str(made))
    assert {name: field["type"] for name, field in reader.schema().items()} == {
        "i": "int64", "f": "float64", "s": "string", "b": "int32", "e": "float64",
    }
    first, second = reader.get_next()
    assert first["i"] == 1 and first["f"] == 0.5 and first["s"] == "a,b" and first["b"] == 1 and np.isnan(first["e"])
    assert second == {"i": -2, "f": 3.0, "s": "c", "b": 0, "e": 1.5}
    mindrecord.CsvToMR(str(source), str(tmp_path / "y"), ["s"]).transform()
    assert rows(tmp_path / "y") == [{"s": "a,b"}, {"s": "c"}]
    with pytest.raises(RuntimeError, match="column q does not exist"):
        mindrecord.CsvToMR(str(source), str(tmp_path / "z"), ["q"]).transform()
    with pytest.raises(ValueError, match="columns_list must be list of str"):
        mindrecord.CsvToMR(str(source), str(made), "i")
    with pytest.raises(ValueError, match="partition_number must be int"):
        mindrecord.CsvToMR(str(source), str(made), None, "1")
    with pytest.raises(OSError, match="nowhere do not exist"):
        mindrecord.CsvToMR(str(tmp_path / "nowhere"), str(tmp_path / "z")).transform()
    source.write_text("1,2\n3,4\n")
    with pytest.raises(ValueError, match="names the columns, '1' is a number"):
        mindrecord.CsvToMR(str(source), str(tmp_path / "z")).transform()
    source.write_text("a,b\n")
    with pytest.raises(RuntimeError, match="has no columns or no rows"):
        mindrecord.CsvToMR(str(source), str(tmp_path / "z")).transform()


def test_folders_of_images(tmp_path):
    pytest.importorskip("PIL", reason="the fields hold JPEG")
    (tmp_path / "images" / "n2").mkdir(parents=True)
    image = codecs.encode(np.zeros((4, 5, 3), np.uint8))
    (tmp_path / "images" / "n2" / "a.jpg").write_bytes(image)
    (tmp_path / "images" / "n2" / "b.txt").write_bytes(b"")
    (tmp_path / "map").write_text("n2 7\nn3 8\n")
    converter = mindrecord.ImageNetToMR(str(tmp_path / "map"), str(tmp_path / "images"), str(tmp_path / "x"))
    with pytest.warns(UserWarning, match="not suffix with JPEG/jpg"):
        converter.transform()
    assert rows(tmp_path / "x") == [
        {"file_name": str(tmp_path / "images" / "n2" / "a.jpg"), "label": 7, "image": image}
    ]
    with pytest.raises(mindrecord.PathNotExistsError, match="not valid image dir"):
        mindrecord.ImageNetToMR(str(tmp_path / "map"), str(tmp_path / "none"), str(tmp_path / "y")).transform()
    with pytest.raises(OSError, match="map file .* not exists"):
        mindrecord.ImageNetToMR(str(tmp_path / "none"), str(tmp_path), str(tmp_path / "y")).transform()


def test_mnist(tmp_path):
    pytest.importorskip("PIL", reason="the fields hold JPEG")
    images = np.zeros((3, 28, 28), np.uint8)
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx.dump(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx.dump(np.arange(3, dtype=np.uint8)))
    mindrecord.MnistToMR(str(tmp_path), str(tmp_path / "m")).transform()
    made = rows(tmp_path / "m_test.mindrecord")
    assert [row["label"] for row in made] == [0, 1, 2] and len(rows(tmp_path / "m_train.mindrecord")) == 3
    assert codecs.decode(made[0]["data"], colour=False).shape == (28, 28, 1)


def test_cifar(tmp_path):
    pytest.importorskip("PIL", reason="the fields hold JPEG")
    record = bytes([3]) + bytes(3072)
    for name in [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]:
        (tmp_path / name).write_bytes(record)
    mindrecord.Cifar10ToMR(str(tmp_path), str(tmp_path / "c")).transform(["label"])
    assert [(row["id"], row["label"]) for row in rows(tmp_path / "c")] == [(i, 3) for i in range(5)]
    assert len(rows(tmp_path / "c_test")) == 1
    for name in ("train.bin", "test.bin"):
        (tmp_path / name).write_bytes(bytes([4]) + record)
    mindrecord.Cifar100ToMR(str(tmp_path), str(tmp_path / "d")).transform()
    (row,) = rows(tmp_path / "d")
    assert (row["coarse_label"], row["fine_label"]) == (4, 3)
    with pytest.raises(mindrecord.PathNotExistsError, match="nowhere"):
        mindrecord.Cifar10ToMR(str(tmp_path / "nowhere"), "x")
    with pytest.raises(ValueError, match="fields should be None or list"):
        mindrecord.Cifar10ToMR(str(tmp_path), "x").transform("label")


def feature(shape, dtype):
    return SimpleNamespace(shape=shape, dtype=dtype)


def test_tfrecord(tmp_path):
    source = tmp_path / "x.tfrecord"
    records = [{"image/name": f"n{i}", "bytes": b"\xff", "n": i, "f": 0.5, "many": [1, i]} for i in range(3)]
    source.write_bytes(tfrecord.dump(map(tfrecord.dump_example, records)))
    features = {
        "image/name": feature([], "string"), "bytes": feature([], "string"), "n": feature([], np.int64),
        "f": feature([], np.dtype("float32")), "many": feature([2], "int32"),
    }
    mindrecord.TFRecordToMR(str(source), str(tmp_path / "x"), features, ["bytes"]).transform()
    made = rows(tmp_path / "x")
    assert [(r["image_name"], r["bytes"], r["n"], r["f"], r["many"].tolist()) for r in made] == [
        (f"n{i}", b"\xff", i, 0.5, [1, i]) for i in range(3)
    ]
    for features, fields, message in [
        (None, None, "feature_dict is None or not dict"), ({"n": 3}, None, "only support FixedLenFeature"),
        ({"n": feature([2, 2], "int64")}, None, r"shape should be \[\] or"),
        ({"n": feature([2], "string")}, None, r"shape should be \[\] or"),
        ({"n": feature([], "complex64")}, None, "Type complex64"),
        ({"n": feature([], "int64")}, "n", "must be list"), ({"n": feature([], "int64")}, ["q"], "q is not in feature"),
        ({"n": feature([], "int64")}, ["n"], "n should be tf.string"),
    ]:
        with pytest.raises(ValueError, match=message):
            mindrecord.TFRecordToMR(str(source), str(tmp_path / "y"), features, fields)
    with pytest.raises(ValueError, match="n should be 3 of int64"):
        mindrecord.TFRecordToMR(str(source), str(tmp_path / "y"), {"n": feature([3], "int64")}).transform()
