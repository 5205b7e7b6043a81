"""TFRecord files of tf.train.Example."""

import struct

import numpy as np
import pytest

from luojia._src.errors import FormatError
from luojia._src.formats import tfrecord

EXAMPLE = {
    "i": [1, -2, 300, 2**62, -(2**63)], "f": [0.5, -1.5], "b": b"\x00abc", "s": "é", "none": [], "bb": [b"", b"xy"],
}


def test_crc32c(rng):
    # RFC 3720, B.4
    assert tfrecord.crc32c(bytes(32)) == 0x8A9136AA and tfrecord.crc32c(b"\xff" * 32) == 0x62A8AB43
    assert tfrecord.crc32c(bytes(range(32))) == 0x46DD794E
    for size in (0, 1, 63, 64, 65, 100, 1535, 1536, 1537, 4096, 5001):
        data = rng.integers(0, 256, size, dtype=np.uint8).tobytes() if hasattr(rng, "integers") else rng.bytes(size)
        crc = 0xFFFFFFFF
        for byte in data:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        assert tfrecord.crc32c(data) == crc ^ 0xFFFFFFFF


def test_examples():
    found = tfrecord.load_example(tfrecord.dump_example(EXAMPLE))
    assert list(found) == list(EXAMPLE)
    assert found["i"].tolist() == EXAMPLE["i"] and found["i"].dtype == np.int64
    assert found["f"].tolist() == EXAMPLE["f"] and found["f"].dtype == np.float32
    assert found["b"] == [b"\x00abc"] and found["s"] == ["é".encode()] and found["bb"] == [b"", b"xy"]
    assert len(found["none"]) == 0


def field(number, content, kind=2):
    return bytes([number << 3 | kind]) + (bytes([len(content)]) if kind == 2 else b"") + content


def example(feature):
    return field(1, field(1, field(1, b"x") + field(2, feature)))


def test_lists_that_are_not_packed_and_unknown_fields():
    one = example(field(3, field(1, b"\x05", 0) + field(1, b"\x83\x01", 0)))
    assert tfrecord.load_example(one)["x"].tolist() == [5, 131]
    one = example(field(2, field(1, struct.pack("<f", 2.5), 5) + field(1, struct.pack("<f", -1), 5)))
    assert tfrecord.load_example(one)["x"].tolist() == [2.5, -1.0]
    one = field(9, b"abc") + field(8, bytes(8), 1) + field(7, b"\x01", 0) + example(field(1, field(1, b"q")))
    assert tfrecord.load_example(one) == {"x": [b"q"]}
    assert tfrecord.load_example(b"") == {}
    assert len(tfrecord.load_example(field(1, field(1, field(1, b"x"))))["x"]) == 0
    assert len(tfrecord.load_example(example(b""))["x"]) == 0


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"\x0b", "a field of kind 3"),
        (b"\x0a\x05ab", "truncated: expected 5 bytes for a field"),
        (b"\x0a" + b"\xff" * 11, "an integer takes more than 10 bytes"),
        (example(field(2, field(1, b"123"))), "a list of floats has no whole number of them"),
        (example(field(3, field(1, b"\x80"))), "a list of integers ends within one"),
        (example(field(3, field(1, b"\x80" * 11 + b"\x01"))), "an integer takes more than 10 bytes"),
        (field(1, field(1, field(1, b"\xff"))), "is not UTF-8"),
    ],
)
def test_no_example(record, message):
    with pytest.raises(FormatError, match=message):
        tfrecord.load_example(record)


def test_files(tmp_path):
    records = [b"", b"abc", bytes(1000)]
    data = tfrecord.dump(records)
    path = tmp_path / "x.tfrecord"
    path.write_bytes(data)
    assert [bytes(r) for r in tfrecord.read(path)] == records and tfrecord.count(path) == 3
    for at, message in ((0, "no record starts at byte 0"), (8, "no record starts at byte 0"),
                        (12, "the checksum of the record at byte 0 is wrong"),
                        (28, "the checksum of the record at byte 16 is wrong")):
        wrong = bytearray(data)
        wrong[at] ^= 1
        with pytest.raises(FormatError, match=message):
            list(tfrecord.read(bytes(wrong)))
    with pytest.raises(FormatError, match="truncated"):
        list(tfrecord.read(data[:-1]))
    with pytest.raises(FormatError, match="truncated"):
        tfrecord.count(data[:-1])
