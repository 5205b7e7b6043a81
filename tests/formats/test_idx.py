import gzip
import os
import zlib

import numpy as np
import pytest

from luojia._src.errors import DTypeError, FormatError
from luojia._src.formats.idx import dump, load, save

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
FILE = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]) + bytes(range(24))


def test_reads_and_writes_the_format():
    np.testing.assert_array_equal(load(FILE), IMAGES)
    np.testing.assert_array_equal(load(gzip.compress(FILE)), IMAGES)
    assert dump(IMAGES) == FILE and gzip.decompress(dump(IMAGES, compress=True)) == FILE


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("compress", [False, True])
def test_round_trip(dtype, compress):
    for shape in [(), (0, 3), (2, 3)]:
        array = np.full(shape, 5, dtype)
        found = load(dump(array, compress=compress))
        assert found.dtype == array.dtype and found.shape == shape and found.flags.writeable
        np.testing.assert_array_equal(found, array)


def test_files(tmp_path):
    for name in ("a.idx", "a.gz"):
        save(tmp_path / name, IMAGES)
        np.testing.assert_array_equal(load(tmp_path / name), IMAGES)
    assert (tmp_path / "a.gz").read_bytes()[:2] == b"\x1f\x8b"
    with pytest.raises(DTypeError, match="expects an array of uint8, .* got int64; cast it first"):
        save(tmp_path / "b", np.arange(3))
    assert sorted(os.listdir(tmp_path)) == ["a.gz", "a.idx"]


@pytest.mark.parametrize("wrap", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    "match, data",
    [
        ("is no IDX file: it starts with b'PNG!'", b"PNG!"),
        ("is no IDX file", bytes([0, 0, 7, 1, 0, 0, 0, 0])),
        (r"expected 24 bytes for the values of uint8 \(2, 3, 4\) at byte 16, found 23", FILE[:-1]),
        ("1 bytes are left over at byte 40", FILE + b"x"),
        ("has 33 dimensions", bytes([0, 0, 8, 33]) + bytes(33 * 4)),
    ],
)
def test_broken_files(wrap, match, data):
    with pytest.raises(FormatError, match=match):
        load(wrap(data))


def test_sizes_are_checked_before_allocation(damage):
    """A header of 2**60 bytes, plain and gzipped; a gzip of 60 MB of zeros under a header of four."""
    huge = bytes([0, 0, 8, 2]) + b"\x40\0\0\0" * 2
    bomb = gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 4]) + bytes(60_000_000), 1)
    with pytest.raises(FormatError, match="cannot come out of"):
        load(gzip.compress(huge))
    for data in (huge, gzip.compress(huge), bomb):
        assert not damage.bounded(load, data)


def test_every_cut_is_refused(damage):
    for data in (FILE, dump(IMAGES, compress=True)):
        damage.every_cut(load, data)


def test_corrupted_gzip(damage):
    data = dump(IMAGES, compress=True)
    with pytest.raises(FormatError, match="truncated or corrupted: .*CRC"):
        load(data[:-8] + (zlib.crc32(FILE) ^ 1).to_bytes(4, "little") + data[-4:])
    damage.random_corruption(load, FILE)
    damage.random_corruption(load, data, factor=1100)
