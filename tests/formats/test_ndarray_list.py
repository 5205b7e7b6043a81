import os
import struct

import numpy as np
import pytest

from luojia._src.errors import DTypeError, FormatError
from luojia._src.formats.ndarray_list import dump, dump_array, load, load_array, save

DTYPES = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64"]
HEAD = struct.pack("<QQQ", 0x112, 0, 1)
TAIL = struct.pack("<Q", 0)


def record(start, shape_layout="", shape=(), dtype=0, data=b"", device=1):
    """A file of one array, put together by hand."""
    return HEAD + start + struct.pack("<" + shape_layout, *shape) + struct.pack("<iii", device, 0, dtype) + data + TAIL


def same(a, b):
    assert a.dtype == b.dtype and a.shape == b.shape
    np.testing.assert_array_equal(a, b)


def test_dtypes_of_mxnet(fixtures):
    found = load(fixtures / "mxnet/dtypes.params")
    assert list(found) == [*DTYPES, "bool", "deep"]
    for name in DTYPES:
        same(found[name], np.arange(6).reshape(2, 3).astype(name))
    same(found["bool"], np.array([True, False, True]))
    same(found["deep"], np.arange(24, dtype="float32").reshape(2, 1, 3, 4))


def test_lists_and_names_of_mxnet(fixtures):
    a, b = load(str(fixtures / "mxnet/list.params"))
    same(a, np.float32([1.5, -2.5]))
    same(b, np.int64([[1, 2], [3, 4]]))
    assert load(fixtures / "mxnet/empty.params") == []
    assert load(fixtures / "mxnet/unicode.params") == {"权重": np.float32([7])}


def test_np_shape_of_mxnet(fixtures):
    found = load(fixtures / "mxnet/np_shape.params")
    same(found["s"], np.array(3, "float32"))
    same(found["z"], np.zeros((0, 3), "float32"))
    same(found["v"], np.ones(2, "int32"))


def test_scalars_that_mxnet_cannot_read_back(fixtures):
    found = load(fixtures / "mxnet/scalar_legacy.params")
    same(found["s"], np.array(3, "float32"))
    same(found["v"], np.float32([1, 2]))
    same(load(fixtures / "mxnet/scalar_legacy_last.params")[0], np.array(3, "float32"))


@pytest.mark.parametrize("kind", ["structural", "full_names"])
def test_saved_networks_of_mxnet(fixtures, kind):
    with np.load(fixtures / "mxnet/net_io.npz") as file:
        values = dict(file)
    found = load(fixtures / f"mxnet/net_{kind}.params")
    exported = load(fixtures / "mxnet/net-0000.params")
    expected = [k for k in values if k.startswith("net_")]
    for array, name in zip(found.values(), expected, strict=True):
        same(array, values[name])
    assert {k.split(":")[1] for k in exported} == set(expected)
    assert all(k.startswith("aux:") == ("running" in k) for k in exported)
    for key, array in exported.items():
        same(array, values[key.split(":")[1]])


@pytest.mark.parametrize("name, dense", [
    ("row_sparse", [[0, 0], [1, 2], [0, 0], [3, 4], [0, 0]]),
    ("csr", [[1, 0, 0, 0], [0, 0, 2, 0], [0, 3, 0, 0]]),
])
def test_sparse_arrays_are_read_as_dense_ones(fixtures, name, dense):
    (array,) = load(fixtures / f"mxnet/{name}.params").values()
    same(array, np.array(dense, np.float32))


def test_sparse_arrays_that_cannot_be_dense_or_do_not_fit(fixtures):
    data = (fixtures / "mxnet/csr.params").read_bytes()
    shape = struct.pack("<I2q", 2, 3, 4)
    with pytest.raises(FormatError, match=r"of shape \(3, 4611686018427387904\) in array 0, which as a dense array"):
        load(data.replace(shape, struct.pack("<I2q", 2, 3, 2**62)))
    with pytest.raises(FormatError, match=r"do not fit its shape \(3, 2\)"):
        load(data.replace(shape, struct.pack("<I2q", 2, 3, 2)))


@pytest.mark.parametrize("name", ["dtypes", "list", "empty", "np_shape", "net-0000", "unicode"])
def test_writes_the_bytes_of_mxnet(fixtures, name):
    path = fixtures / f"mxnet/{name}.params"
    assert dump(load(path)) == path.read_bytes()


def test_forms_of_older_versions():
    """Both read by mxnet 1.9.1 as [1, 2]."""
    data = np.float32([1, 2]).tobytes()
    same(load(record(struct.pack("<II", 0xF993FAC8, 1), "q", (2,), data=data))[0], np.float32([1, 2]))
    same(load(record(struct.pack("<I", 1), "I", (2,), data=data))[0], np.float32([1, 2]))


def test_dtypes_beyond_those_written():
    v2 = struct.pack("<IiI", 0xF993FAC9, 0, 1)
    for number, name in enumerate(["int16", "uint16", "uint32", "uint64"], 8):
        data = np.array([7], name).tobytes()
        same(load(record(v2, "q", (1,), number, data))[0], np.array([7], name))
    same(load(record(v2, "q", (1,), 12, b"\xc0\x3f"))[0], np.float32([1.5]))


def test_round_trip_of_odd_arrays(tmp_path):
    arrays = {"": np.arange(6).reshape(2, 3).T, "big": np.array([1, 2], ">f4"), "步": np.ones((2, 2, 2))[:, ::2]}
    save(tmp_path / "x.params", arrays)
    found = load(tmp_path / "x.params")
    for name, array in arrays.items():
        same(found[name], array.astype(array.dtype.newbyteorder("=")))
        assert found[name].flags.writeable
    assert load(dump({})) == [] and os.listdir(tmp_path) == ["x.params"]


def test_np_shape_is_written_where_needed():
    assert dump([np.ones(1)])[24:28] == struct.pack("<I", 0xF993FAC9)
    assert dump([np.ones(1), np.array(2)])[24:28] == struct.pack("<I", 0xF993FACA)
    assert dump([np.ones(1)], np_shape=True)[24:28] == struct.pack("<I", 0xF993FACA)


def test_one_array():
    """The bytes in the pickle of nd.array([[1, 2]])."""
    raw = bytes.fromhex("c9fa93f9 00000000 02000000 0100000000000000 0200000000000000 01000000 00000000 00000000")
    raw += np.float32([1, 2]).tobytes()
    assert dump_array(np.float32([[1, 2]])) == raw
    same(load_array(raw), np.float32([[1, 2]]))
    with pytest.raises(FormatError, match="1 bytes are left over"):
        load_array(raw + b"x")
    with pytest.raises(FormatError, match="no data in array 0"):
        load_array(struct.pack("<IiI", 0xF993FAC9, 0, 0))


def test_refused_to_write(tmp_path):
    save(tmp_path / "f", [np.ones(2)])
    old = (tmp_path / "f").read_bytes()
    with pytest.raises(DTypeError, match="expects arrays of float32, .* got complex128 for 'c'; cast it first"):
        save(tmp_path / "f", {"c": np.ones(2, complex)})
    with pytest.raises(DTypeError, match="got int16 for 1"):
        save(tmp_path / "f", [np.ones(2), np.ones(2, "int16")])
    with pytest.raises(DTypeError, match="names that are strings, got 3 for array 0"):
        save(tmp_path / "f", {3: np.ones(2)})
    with pytest.raises(DTypeError, match="got uint16 for 'array'"):
        dump_array(np.uint16([1]))
    assert (tmp_path / "f").read_bytes() == old and os.listdir(tmp_path) == ["f"]


V2 = struct.pack("<IiI", 0xF993FAC9, 0, 1)
BROKEN = {
    "is no .params file: it starts with": b"PK\x03\x04 and so on",
    "storage type 7": record(struct.pack("<IiI", 0xF993FAC9, 7, 1), "q", (1,), data=b"abcd"),
    "has 33 dimensions|no magic number and no rank": record(struct.pack("<I", 33), data=bytes(200)),
    "impossible shape": record(V2, "q", (-1,), data=b"abcd"),
    "dtype number 99": record(V2, "q", (1,), 99, b"abcd"),
    "device type 77": record(V2, "q", (1,), data=b"abcd", device=77),
    "no data in array 0": HEAD + struct.pack("<IiI", 0xF993FAC9, 0, 0) + TAIL,
    "has 1 arrays and 2 names": record(V2, "q", (1,), data=b"abcd")[:-8] + struct.pack("<Q", 2),
    "8 bytes are left over": record(V2, "q", (1,), data=b"abcd") + bytes(8),
    "arrays do not fit": struct.pack("<QQQ", 0x112, 0, 2**60),
    "a name is not UTF-8": dump({"ab": np.ones(1)})[:-2] + b"\xff\xfe",
    "a name occurs twice, 'b'": dump({"a": np.ones(1), "b": np.ones(1)}).replace(b"a", b"b"),
}


@pytest.mark.parametrize("match", BROKEN)
def test_broken_files(match):
    with pytest.raises(FormatError, match=match):
        load(BROKEN[match])


@pytest.mark.parametrize("name", ["dtypes", "list", "np_shape", "scalar_legacy", "scalar_legacy_last", "empty"])
def test_every_cut_is_refused(fixtures, damage, name):
    damage.every_cut(load, (fixtures / f"mxnet/{name}.params").read_bytes())


@pytest.mark.parametrize("name", ["dtypes", "np_shape", "row_sparse", "csr"])
def test_random_corruption(fixtures, damage, name):
    damage.random_corruption(load, (fixtures / f"mxnet/{name}.params").read_bytes())


@pytest.mark.parametrize("shape", [(2**40,), (2**20, 2**20), (2**62, 2**62), (2**63 - 1,)])
def test_sizes_are_checked_before_allocation(damage, shape):
    start = struct.pack("<IiI", 0xF993FAC9, 0, len(shape))
    assert not damage.bounded(load, record(start, "q" * len(shape), shape, data=b"abcd"))
    name = dump({"a": np.ones(1)})
    assert not damage.bounded(load, name[:-9] + struct.pack("<Q", 2**62) + b"a")
