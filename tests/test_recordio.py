"""RecordIO files; the bytes and values are those of mxnet 1.9.1, which wrote the fixtures."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia.recordio import IRHeader, MXIndexedRecordIO, MXRecordIO, pack, pack_img, unpack, unpack_img

FIXTURES = Path(__file__).parent / "fixtures" / "mxnet"
MAGIC = b"\x0a\x23\xd7\xce"


def test_records_in_order(tmp_path):
    contents = [b"abc", b"", MAGIC * 3, b"12345678", b"x" + MAGIC + b"y"]
    file = MXRecordIO(tmp_path / "x.rec", "w")
    for content in contents:
        file.write(content)
    assert file.is_open and file.writable
    file.close()
    with MXRecordIO(tmp_path / "x.rec", "r") as file:
        for _ in range(2):
            assert [file.read() for _ in range(6)] == [*contents, None]
            file.reset()


def test_records_by_key(tmp_path):
    file = MXIndexedRecordIO(tmp_path / "x.idx", tmp_path / "x.rec", "w")
    file.write_idx(5, b"abc")
    file.write_idx(2, b"d")
    assert (file.tell(), file.keys, file.idx) == (24, [5, 2], {5: 0, 2: 12})
    with pytest.raises(mx.MXNetError, match="is being written: close it before"):
        pickle.dumps(file)
    file.close()
    file = MXIndexedRecordIO(tmp_path / "x.idx", tmp_path / "x.rec", "r")
    assert (file.keys, file.read_idx(2), file.read_idx(5)) == ([5, 2], b"d", b"abc")
    for other in (pickle.loads(pickle.dumps(file)), copy.deepcopy(file)):
        assert other.read_idx(5) == b"abc"
        other.close()
    file.reset()
    assert file.read() == b"abc"
    with pytest.raises(KeyError, match="has no record 9; it has 2 keys"):
        file.read_idx(9)
    file.close()
    (tmp_path / "x.rec").write_bytes((tmp_path / "x.rec").read_bytes()[:12])
    with MXIndexedRecordIO(tmp_path / "x.idx", tmp_path / "x.rec", "r") as file, pytest.raises(
        mx.MXNetError, match="ends before record 2"
    ):
        file.read_idx(2)


def test_files_that_mxnet_wrote():
    with MXIndexedRecordIO(FIXTURES / "records.idx", FIXTURES / "records.rec", "r") as file:
        records = [file.read_idx(key) for key in file.keys]
        file.reset()
        assert [file.read() for _ in records] == records and len(records) > 1 and file.read() is None


def test_headers():
    packed = pack(IRHeader(0, 4, 2574, 0), b"xx")
    assert packed == b"\0\0\0\0\0\0\x80@\x0e\n" + bytes(14) + b"xx"
    assert str(unpack(packed)) == "(HEADER(flag=0, label=4.0, id=2574, id2=0), b'xx')"
    header, content = unpack(pack(IRHeader(0, [1, 2], 3, 0), b"xx"))
    assert header.flag == 2 and header.label.tolist() == [1, 2] and header.id == 3 and content == b"xx"
    with pytest.raises(mx.MXNetError, match="unpack of an image record"):
        unpack(b"abc")


def test_images_have_opencvs_order():
    pixels = np.zeros((4, 5, 3), np.uint8)
    pixels[..., 0] = 200  # blue
    record = pack_img(IRHeader(0, 1.0, 0, 0), pixels, 9, ".png")
    header, image = unpack_img(record)
    assert header.label == 1 and (image == pixels).all()
    assert (mx.image.imdecode(unpack(record)[1]).asnumpy()[0, 0] == [0, 0, 200]).all()
    assert unpack_img(record, 0)[1].shape == (4, 5)


def test_errors(tmp_path):
    with pytest.raises(ValueError, match="Invalid flag a"):
        MXRecordIO(tmp_path / "x.rec", "a")
    with pytest.raises(mx.MXNetError, match="could not open .*nope.rec: No such file"):
        MXRecordIO(tmp_path / "nope.rec", "r")
    with MXRecordIO(tmp_path / "x.rec", "w") as file:
        with pytest.raises(AssertionError, match="is open with flag 'w'; open it with 'r'"):
            file.read()
        file.write(b"abcdefgh")
    with MXRecordIO(tmp_path / "x.rec", "r") as file, pytest.raises(AssertionError, match="open it with 'w'"):
        file.write(b"a")
    with pytest.raises(AssertionError, match="is closed"):
        file.read()
    raw = (tmp_path / "x.rec").read_bytes()
    for damaged in (raw[:-2], raw[:6], b"abcd" + raw[4:]):
        (tmp_path / "x.rec").write_bytes(damaged)
        with MXRecordIO(tmp_path / "x.rec", "r") as file, pytest.raises(mx.MXNetError, match="RecordIO"):
            file.read()


def test_keys_may_be_words(tmp_path):
    paths = str(tmp_path / "k.idx"), str(tmp_path / "k.rec")
    with MXIndexedRecordIO(*paths, "w", key_type=str) as file:
        file.write_idx("a", b"1")
        file.write_idx("b c", b"2")
    with MXIndexedRecordIO(*paths, "r", key_type=str) as file:
        assert file.keys == ["a", "b c"] and file.read_idx("b c") == b"2"
