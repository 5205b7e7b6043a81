import numpy as np
import pytest

from luojia._src.errors import FormatError
from luojia._src.formats.reader import Reader, open_source


def test_open_source(tmp_path):
    (tmp_path / "f").write_bytes(b"abc")
    assert open_source(bytearray(b"abc")) == (b"abc", "<bytes>")
    for path in (tmp_path / "f", str(tmp_path / "f")):
        assert open_source(path) == (b"abc", repr(str(tmp_path / "f")))
    with pytest.raises(FileNotFoundError):
        open_source(tmp_path / "none")


def test_arrays_are_owned_and_writable():
    a = Reader(np.float32([1, 2]).tobytes(), "t").array((2,), np.dtype("f4"), "a")
    a[0] = 5
    assert a.base is None or a.base.flags.writeable
    assert a.tolist() == [5, 2]


def test_bools_are_ones_and_zeros():
    a = Reader(b"\0\x07\x01", "t").array((3,), np.dtype(bool), "a")
    assert a.view(np.uint8).tolist() == [0, 1, 1]


def test_bfloat16_widens_exactly():
    bits = np.uint16([0x3FC0, 0xC000, 0x4049, 0x7F80, 0x0001])
    assert Reader(bits.tobytes(), "t").bfloat16((5,), "a").tolist() == [1.5, -2.0, 3.140625, np.inf, 2.0**-133]


def test_empty_arrays():
    assert Reader(b"", "t").array((0, 3), np.dtype("f4"), "a").shape == (0, 3)


@pytest.mark.parametrize("shape", [(-1,), (2**62, 4), (2**40, 2**40), (0, 2**62, 2**62)])
def test_impossible_shapes(shape):
    with pytest.raises(FormatError, match="impossible shape"):
        Reader(b"abcd", "t").array(shape, np.dtype("f4"), "a")


def test_too_many_dimensions():
    with pytest.raises(FormatError, match="has 33 dimensions, at most 32"):
        Reader(b"abcd", "t").array((1,) * 33, np.dtype("f4"), "a")


def test_truncated_leftover_and_text():
    r = Reader(b"ab\xff", "t")
    with pytest.raises(FormatError, match="t is truncated: expected 8 bytes for the size at byte 0, found 3; copy or"):
        r.unpack("<Q", "the size")
    assert r.position == 0 and r.text(2, "a name") == "ab"
    with pytest.raises(FormatError, match="1 bytes are left over at byte 2"):
        r.done()
    with pytest.raises(FormatError, match="a name is not UTF-8"):
        r.text(1, "a name")
