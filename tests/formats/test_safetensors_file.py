import json
import os

import numpy as np
import pytest

from luojia._src.errors import DTypeError, FormatError, NotSupportedError
from luojia._src.formats.safetensors_file import dump, load, load_metadata, save

DTYPES = "float64 float32 float16 int64 int32 int16 int8 uint64 uint32 uint16 uint8 bool".split()


def file(header, data=b""):
    raw = json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + data


def test_round_trip(tmp_path):
    arrays = {name: np.arange(6).reshape(2, 3).astype(name) for name in DTYPES}
    arrays |= {"t": np.arange(6).reshape(2, 3).T, "s": np.array(3.5), "z": np.zeros((0, 3))}
    arrays["big"] = np.array([1], ">f4")
    save(tmp_path / "x.safetensors", arrays, {"format": "ms", "步": "1"})
    found = load(tmp_path / "x.safetensors")
    assert list(found) == sorted(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype.newbyteorder("=") and found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)
        assert found[name].flags.writeable
    assert load_metadata(tmp_path / "x.safetensors") == {"format": "ms", "步": "1"}
    assert load_metadata(dump(arrays)) == {} and load(dump({})) == {}


def test_layout_of_the_format():
    data = dump({"w": np.float32([1.5])})
    size = int.from_bytes(data[:8], "little")
    assert json.loads(data[8 : 8 + size]) == {"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    assert data[8 + size :] == np.float32([1.5]).tobytes()


def test_bfloat16_and_unsupported_dtypes():
    entry = {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}
    assert load(file({"w": entry}, b"\xc0\x3f\x00\xc0"))["w"].tolist() == [1.5, -2.0]
    with pytest.raises(NotSupportedError, match="holds the tensor 'w' of F8_E4M3, which luojia does not have"):
        load(file({"w": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}, b"abcd"))


def test_refused_to_write(tmp_path):
    save(tmp_path / "f", {"w": np.ones(2)})
    old = (tmp_path / "f").read_bytes()
    with pytest.raises(DTypeError, match="names that are strings, got 3"):
        save(tmp_path / "f", {3: np.ones(2)})
    with pytest.raises(DTypeError, match="expects arrays of float64, .* got complex128 for 'c'"):
        save(tmp_path / "f", {"c": np.ones(2, complex)})
    with pytest.raises(DTypeError, match="metadata that are strings by string, got {'epoch': 3}"):
        save(tmp_path / "f", {}, {"epoch": 3})
    assert (tmp_path / "f").read_bytes() == old and os.listdir(tmp_path) == ["f"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" * 8 + b"{}",
        file({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, b"abcd"),
        file({"w": {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 4]}}, b"abcd"),
        file({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 2**62]}}, b"abcd"),
        file({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"abcdefgh"),
    ],
)
def test_broken_files(data, damage):
    with pytest.raises(FormatError, match="load of .safetensors: <bytes> is truncated, corrupted or of"):
        load(data)
    with pytest.raises(FormatError, match="truncated, corrupted"):
        load_metadata(data)
    assert not damage.bounded(load, data)


def test_every_cut_is_refused(damage):
    damage.every_cut(load, dump({"w": np.arange(3.0), "b": np.int8([1])}, {"a": "b"}))


def test_random_corruption(damage):
    damage.random_corruption(load, dump({"w": np.arange(3.0), "b": np.int8([1])}, {"a": "b"}))
