import numpy as np
import pytest

from luojia._src.errors import ArgumentError, FormatError
from luojia._src.formats import recordio
from luojia._src.formats.recordio import dump, dump_index, load_index, pack, read, unpack

MAGIC = (0xCED7230A).to_bytes(4, "little")
CONTENTS = [b"abc", b"", MAGIC, b"abcd" + MAGIC + b"x", b"a" + MAGIC + b"bcd", MAGIC * 3 + b"tail", bytes(range(16))]


def test_files_of_mxnet(fixtures):
    """Records that hold the magic number, at multiples of four and elsewhere."""
    assert list(read(fixtures / "mxnet/records.rec")) == CONTENTS
    index = load_index((fixtures / "mxnet/records.idx").read_text())
    assert list(index) == [0, 10, 20, 30, 40, 50, 60]
    for position, content in zip(index.values(), CONTENTS):
        assert next(read(fixtures / "mxnet/records.rec", position)) == content


def test_writes_the_bytes_of_mxnet(fixtures):
    data, positions = dump(CONTENTS)
    assert data == (fixtures / "mxnet/records.rec").read_bytes()
    assert dump_index(range(0, 70, 10), positions) == (fixtures / "mxnet/records.idx").read_text()


def test_image_records_of_mxnet(fixtures):
    one, three = map(unpack, read(fixtures / "mxnet/images.rec"))
    assert one == (3.5, 7, 0, b"one label")
    assert three[0].tolist() == [1, 2, 3] and three[1:] == (8, 9, b"three labels")
    data, _ = dump([pack(3.5, 7, b"one label"), pack(np.array([1, 2, 3]), 8, b"three labels", number2=9)])
    assert data == (fixtures / "mxnet/images.rec").read_bytes()


def test_refusals(monkeypatch):
    with pytest.raises(FormatError, match="no record starts at byte 2"):
        list(read(dump(CONTENTS)[0], 2))
    with pytest.raises(FormatError, match="expected 999 bytes for the records before the position asked"):
        list(read(MAGIC, 999))
    with pytest.raises(FormatError, match="a part of kind 3 stands at byte 0"):
        list(read(MAGIC + (3 << 29).to_bytes(4, "little")))
    with pytest.raises(FormatError, match="the labels at byte 24, found 2"):
        unpack(pack([1.0, 2.0], 0, b"")[:26])
    for text in ("0 0\n", "a\t1\n", "1\t-1\n", "1\t²\n", "1\t2\t3\n", "\n", "1\t" + "9" * 5000):
        with pytest.raises(FormatError, match="x.idx expects 'key, tab, position' in line 2, got "):
            load_index("0\t0\n" + text, "x.idx")
    monkeypatch.setattr(recordio, "_MOST", 7)
    with pytest.raises(ArgumentError, match="records of at most 7 bytes, record 1 has 8"):
        dump([b"", bytes(8)])


def test_every_cut_is_refused(fixtures, damage):
    """But between two records, where the file is one too."""
    data, positions = dump(CONTENTS)
    damage.every_cut(lambda d: list(read(d)), data, whole=positions)
    damage.every_cut(unpack, pack([1.0, 2.0], 0, b""))


def test_random_corruption(damage):
    damage.random_corruption(lambda d: list(read(d)), dump(CONTENTS)[0])
