"""Dataset.save."""

import numpy as np
import pytest

from luojia import dataset as ds
from luojia.mindrecord import FileReader


def test_save(tmp_path):
    path = str(tmp_path / "x.mindrecord")
    data = ds.NumpySlicesDataset({
        "a": [1, 2], "b": [[1.0, 2.0], [3.0, 4.0]], "s": ["x", "yy"], "h": np.ones(2, np.float16), "t": [b"p", b"q"],
    }, shuffle=False)
    data.save(path)
    reader = FileReader(path)
    assert reader.schema() == {
        "a": {"type": "int64"}, "b": {"type": "float64", "shape": [-1]}, "s": {"type": "string"},
        "h": {"type": "float32"}, "t": {"type": "bytes"},
    }
    rows = list(reader.get_next())
    assert [(r["a"], r["b"].tolist(), r["s"], r["h"], r["t"]) for r in rows] == [
        (1, [1, 2], "x", 1.0, b"p"), (2, [3, 4], "yy", 1.0, b"q")]
    again = ds.MindDataset(path, shuffle=False)
    assert [row["s"].item() for row in again.create_dict_iterator(output_numpy=True)] == ["x", "yy"]
    data.save(str(tmp_path / "y"), num_files=2)
    assert len(ds.MindDataset(str(tmp_path / "y0"))) == 2
    for options, message in (
        ({"file_type": "x"}, "x dataset format is not supported"), ({"num_files": 0}, "num_files should between 0 and"),
    ):
        with pytest.raises(ValueError, match=message):
            data.save(str(tmp_path / "z"), **options)
    with pytest.raises(RuntimeError, match="already exist"):
        data.save(path)
    with pytest.raises(TypeError, match="column a of complex128"):
        ds.NumpySlicesDataset({"a": [1j]}).save(str(tmp_path / "z"))
    with pytest.raises(ValueError, match="has no rows"):
        data.skip(2).save(str(tmp_path / "z"))


def test_arrays_keep_their_shapes(tmp_path):
    data = ds.GeneratorDataset([(np.full((n, 3), n, np.float32), n > 1) for n in (1, 2)], ["x", "b"], shuffle=False)
    data.save(str(tmp_path / "x"))
    schema = {"x": {"type": "float32", "shape": [-1, 3]}, "b": {"type": "int32"}}
    assert FileReader(str(tmp_path / "x")).schema() == schema
    rows = ds.MindDataset(str(tmp_path / "x"), shuffle=False).create_dict_iterator(output_numpy=True)
    assert [(row["x"].tolist(), row["b"].item()) for row in rows] == [([[1.0] * 3], 0), ([[2.0] * 3] * 2, 1)]
    wrong = ds.GeneratorDataset([np.zeros((2, 3)), np.zeros((2, 4))], ["x"], shuffle=False)
    with pytest.raises(RuntimeError, match=r"column x has the shapes \[-1, 3\] and \(2, 4\)"):
        wrong.save(str(tmp_path / "y"))
    for options, message in (({"num_files": "a"}, "num_files with value a"), ({"file_type": 3}, "file_type with")):
        with pytest.raises(TypeError, match=message):
            data.save(str(tmp_path / "z"), **options)
