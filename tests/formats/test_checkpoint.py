import os
import struct
import zlib

import numpy as np
import pytest

from luojia._src.errors import ArgumentError, DTypeError, FormatError, NotSupportedError
from luojia._src.formats.checkpoint import dump, load, save

DTYPES = "float32 float64 float16 uint8 uint16 uint32 uint64 int8 int16 int32 int64".split()


def field(number, content):
    """A protobuf field of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def value(tag=b"x", dims=(2,), kind=b"Int8", content=b"\1\2"):
    """A value as MindSpore writes it, put together by hand."""
    tensor = b"".join(bytes([8, n]) for n in dims) + field(2, kind) + field(3, content)
    return field(1, field(1, tag) + field(2, tensor))


def same(a, b):
    assert a.dtype == b.dtype and a.shape == b.shape
    np.testing.assert_array_equal(a, b)


def test_every_dtype_of_mindspore(fixtures):
    found = load(fixtures / "mindspore/dtypes.ckpt")
    for name in DTYPES:
        same(found[name], np.arange(6).reshape(2, 3).astype(name))
    same(found["bool"], np.array([True, False, True]))
    same(found["scalar"], np.array(3.5, np.float32))
    same(found["bfloat16"], np.float32([1.5, -2.0, 3.140625]))
    same(found["epoch_num"], np.array(3))
    same(found["step_num"], np.array(120))
    same(found["lr"], np.array(0.5, np.float32))
    same(found["done"], np.array(True))
    assert found["note"] == "Lúojiā 珞珈 🌱" and found["nothing"] == ""
    assert list(found)[-6:] == ["epoch_num", "step_num", "lr", "done", "note", "nothing"]


@pytest.mark.parametrize("name, values", [("net", "net_io"), ("momentum", "momentum_values")])
def test_networks_and_optimizers_of_mindspore(fixtures, name, values):
    found = load(str(fixtures / f"mindspore/{name}.ckpt"))
    with np.load(fixtures / f"mindspore/{values}.npz") as file:
        expected = dict(file)
    names = [k for k in expected if k not in "xy"]
    assert set(found) - {"epoch_num"} == set(names)
    for k in names:
        same(found[k], expected[k])


def test_writes_the_values_of_mindspore(fixtures):
    """After luojia's own first field come the bytes that MindSpore writes."""
    theirs = (fixtures / "mindspore/dtypes.ckpt").read_bytes()
    found = load(theirs)
    found.pop("bfloat16")  # read as float32
    start = theirs.index(b"\x0a\x08bfloat16") - 2
    assert dump(found)[14:] == theirs[:start] + theirs[start + 2 + theirs[start + 1] :]
    plain = (fixtures / "mindspore/crc.ckpt").read_bytes()[:-17]
    assert dump(load(plain))[14:] == plain


def test_round_trip(tmp_path):
    values = {"big": np.array([1, 2], ">i4"), "t": np.arange(6.0).reshape(2, 3).T, "empty": np.zeros((0, 3), "f4")}
    values |= {"none": np.zeros((0,), "f4"), "epoch": 3, "lr": 0.5, "on": True, "note": "步 \0 x", "nothing": ""}
    save(tmp_path / "x.ckpt", values)
    found = load(tmp_path / "x.ckpt")
    assert list(found) == list(values)
    same(found["big"], np.int32([1, 2]))
    for name in ("t", "empty", "none"):
        same(found[name], values[name])
    same(found["epoch"], np.array(3))
    same(found["lr"], np.array(0.5, np.float32))
    same(found["on"], np.array(True))
    assert found["note"] == "步 \0 x" and found["nothing"] == "" and load(dump({})) == {}
    found["t"][0] = 9  # arrays own their memory


def test_parts_of_mindspore(fixtures):
    path = fixtures / "mindspore/parts.ckpt"
    found = load(path)
    same(found["a"], np.arange(300, dtype=np.float32).reshape(3, 100))
    same(found["b"], np.int64([1, 2]))
    assert dump(found, part_bytes=1024)[14:] == path.read_bytes()


def test_large_tensors_come_in_parts():
    values = {"a": np.arange(100.0), "b": np.int8([1]), "s": "long " * 20}
    data = dump(values, part_bytes=64)
    assert data.count(b"Float64") == 13 and data.count(b"str") == 7
    found = load(data)
    same(found["a"], values["a"])
    same(found["b"], values["b"])
    assert found["s"] == values["s"]


def test_scalars_of_older_versions():
    same(load(value(dims=[0], content=b"\5"))["x"], np.array(5, np.int8))
    same(load(value(dims=[0], content=b""))["x"], np.zeros((0,), np.int8))
    packed = field(1, field(1, b"x") + field(2, field(1, b"\1\2") + field(2, b"Int8") + field(3, b"\1\2")))
    same(load(packed)["x"], np.int8([[1, 2]]))  # dims in one field, as newer protobufs may write them


def test_checksum(fixtures):
    data = bytearray((fixtures / "mindspore/crc.ckpt").read_bytes())
    assert list(load(data)) == ["float32", "float64"]
    data[40] ^= 1
    with pytest.raises(FormatError, match="its checksum does not match"):
        load(data)
    ours = bytearray(dump({"x": np.arange(4)}, crc_check=True))
    assert ours[-17:-10] == b"crc_num" and int.from_bytes(ours[-10:], "big") == zlib.crc32(ours[:-17])
    assert load(ours)["x"].tolist() == [0, 1, 2, 3]


def test_any_changed_byte_of_ours_is_seen():
    data = dump({"w": np.arange(3.0), "note": "ok"})
    for i in range(14, len(data)):
        with pytest.raises(FormatError):
            load(data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :])


def test_refused_to_write(tmp_path):
    save(tmp_path / "f", {"w": np.ones(2)})
    old = (tmp_path / "f").read_bytes()
    with pytest.raises(DTypeError, match="names that are strings, got 3"):
        save(tmp_path / "f", {3: np.ones(2)})
    with pytest.raises(DTypeError, match="expects arrays of int8, .* or strings; got complex128 for 'c'"):
        save(tmp_path / "f", {"c": np.ones(2, complex)})
    with pytest.raises(ArgumentError, match=r"do not end in a NUL, got 'a\\x00' for 'n'"):
        save(tmp_path / "f", {"n": "a\0"})
    assert (tmp_path / "f").read_bytes() == old and os.listdir(tmp_path) == ["f"]


ONE = value()
BROKEN = {
    "is empty, or truncated to nothing": b"",
    "is no checkpoint: it has the unknown field 4": field(4, b"ab"),
    "is corrupted or no checkpoint: field 10 has wire type 1": b"Q" + bytes(8),
    "a number of more than ten bytes": b"\x80" * 12,
    "a value before byte 4 lacks its name or its tensor": field(1, b"\x0a\x00"),
    "a value has the unexpected field 7": field(1, field(7, b"")),
    "the tensor of 'x' has the unexpected field 2": field(1, field(1, b"x") + field(2, b"\x10\x01")),
    "the tensor of 'x' lacks its type or its content": field(1, field(1, b"x") + field(2, field(2, b"Int8"))),
    "a name is not UTF-8": value(tag=b"\xff"),
    "'x' has the unknown type 'Int9'": value(kind=b"Int9"),
    r"the tensor 'x' of Int8 \(2,\) expects 2 bytes, found 1": value(content=b"\1"),
    r"the tensor 'x' of Int8 \(1,\) expects 1 bytes, found 2": value(dims=[1]),
    r"the tensor 'x' of Int16 \(2,\) expects 4 bytes, found 2": value(kind=b"Int16"),
    "the string 'x' is not UTF-32": value(dims=[0], kind=b"str", content=b"\xff\xff\xff\xff"),
    r"has the impossible shape \(-1,\)": field(
        1, field(1, b"x") + field(2, b"\x08" + b"\xff" * 9 + b"\1" + field(2, b"Int8") + field(3, b"\1"))
    ),
    "'x' occurs twice": ONE + value(tag=b"y") + ONE,
    "parts of 'x' have different shapes": ONE + value(dims=[3]),
    "the field 15 of its size and checksum is damaged": field(15, b"short") + ONE,
    "is truncated: expected 99 bytes at byte 14": field(15, struct.pack("<QI", 99, 0)) + ONE,
    "its checksum does not match": field(15, struct.pack("<QI", len(ONE), 1)) + ONE,
}


@pytest.mark.parametrize("match", BROKEN)
def test_broken_files(match):
    with pytest.raises(FormatError, match=match):
        load(BROKEN[match])


def test_unsupported_kinds_are_refused_by_name():
    with pytest.raises(NotSupportedError, match="holds the MapParameter 'm'"):
        load(field(1, field(1, b"m") + field(3, b"")))
    with pytest.raises(NotSupportedError, match="tensor 'x' of Int4 .* no four-bit integers"):
        load(value(kind=b"Int4"))


def test_every_cut_is_refused(fixtures, damage):
    """Ours everywhere; MindSpore's own files everywhere but between two values, where they too are whole files."""
    damage.every_cut(load, dump({"w": np.arange(3.0), "b": np.int8([1]), "note": "ok"}))
    damage.every_cut(load, dump({"w": np.arange(30.0)}, part_bytes=64))
    data = (fixtures / "mindspore/dtypes.ckpt").read_bytes()
    ends = [0]
    while ends[-1] < len(data):
        at = ends[-1]
        assert data[at] == 0x0A and data[at + 1] < 128
        ends.append(at + 2 + data[at + 1])
    damage.every_cut(load, data, whole=ends[1:])


def test_cut_of_a_checksum(damage):
    data = dump({"w": np.arange(3.0)}, crc_check=True)
    damage.every_cut(load, data, whole=[len(data) - 17])


@pytest.mark.parametrize("source", ["mindspore", "ours", "parts"])
def test_random_corruption(fixtures, damage, source):
    data = (fixtures / "mindspore/dtypes.ckpt").read_bytes()
    if source == "ours":
        data = dump({"w": np.arange(3.0), "b": np.int8([1]), "note": "ok"})
    if source == "parts":
        data = dump({"w": np.arange(30.0)}, part_bytes=64)[14:]
    damage.random_corruption(load, data)


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff\x07", b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"])
def test_sizes_are_checked_before_allocation(damage, size):
    assert not damage.bounded(load, b"\x0a" + size + b"ab")
    dims = b"\x08" + size
    tensor = dims * 2 + field(2, b"Int8") + field(3, b"")
    assert not damage.bounded(load, field(1, field(1, b"x") + field(2, tensor)))
