"""Splitting, clipping, checksums, downloads, hooks."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from luojia.gluon import utils


def test_split_data():
    parts = utils.split_data(nd.array(np.arange(8).reshape(4, 2)), 2)
    assert [p.asnumpy().tolist() for p in parts] == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    parts = utils.split_data(nd.array(np.arange(8).reshape(2, 4)), 2, batch_axis=1)
    assert parts[1].asnumpy().tolist() == [[2, 3], [6, 7]]
    assert [p.shape for p in utils.split_data(nd.ones((5, 2)), 2, even_split=False)] == [(3, 2), (2, 2)]
    with pytest.raises(ValueError, match=r"data with shape \(5, 2\) cannot be evenly split into 2 slices along axis 0"):
        utils.split_data(nd.ones((5, 2)), 2)
    assert [p.shape for p in utils.split_data(nd.ones(3), 4, even_split=False)] == [(1,), (1,), (1,), (0,)]


def test_split_and_load():
    parts = utils.split_and_load(nd.ones((4, 2)), [mx.cpu(0), mx.cpu(1)])
    assert [p.context for p in parts] == [mx.cpu(0), mx.cpu(1)]
    assert utils.split_and_load(np.ones((4, 2)), [mx.cpu(1)])[0].dtype is np.float32


def test_clip_global_norm():
    arrays = [nd.ones((2,)) * 3, nd.ones((2,))]
    assert utils.clip_global_norm(arrays, 1.0) == pytest.approx(4.472136)
    np.testing.assert_allclose(arrays[0].asnumpy(), 3 / 4.472136, rtol=1e-5)
    before = arrays[0].asnumpy()
    assert utils.clip_global_norm(arrays, 5.0) == pytest.approx(1.0)
    np.testing.assert_array_equal(arrays[0].asnumpy(), before)
    assert utils.clip_global_norm(arrays, 5.0, check_isfinite=False).shape == (1,)
    half = nd.ones((3,), dtype="float16") * 300
    assert utils.clip_global_norm([half], 1.0) == pytest.approx(519.6, rel=1e-3)
    with pytest.warns(UserWarning, match="nan or inf is detected"):
        assert np.isnan(utils.clip_global_norm([nd.array([float("nan")])], 1.0))
    with pytest.raises(AssertionError, match="at least one array"):
        utils.clip_global_norm([], 1.0)


def test_checksums_and_downloads(tmp_path):
    source = tmp_path / "source.txt"
    source.write_bytes(b"abc")
    sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert utils.check_sha1(str(source), sha1) and not utils.check_sha1(str(source), "0" * 40)
    folder = tmp_path / "folder"
    folder.mkdir()
    url = source.as_uri()
    assert utils.download(url, str(folder), sha1_hash=sha1) == str(folder / "source.txt")
    source.write_bytes(b"other")
    utils.download(url, str(folder), sha1_hash=sha1)
    assert (folder / "source.txt").read_bytes() == b"abc"
    with pytest.raises(OSError, match="content hash does not match"):
        utils.download(url, str(folder), overwrite=True, sha1_hash=sha1, retries=0)
    assert (folder / "source.txt").read_bytes() == b"abc"
    assert sorted(p.name for p in folder.iterdir()) == ["source.txt"]
    with pytest.raises(OSError):
        utils.download((tmp_path / "none").as_uri(), str(folder), retries=1)
    with pytest.raises(ValueError, match="verify_ssl"):
        utils.download(url, verify_ssl=False)


def test_hook_handles():
    hooks = {}
    handle = utils.HookHandle()
    handle.attach(hooks, print)
    with pytest.raises(AssertionError, match="cannot be attached twice"):
        handle.attach(hooks, print)
    handle.detach()
    handle.detach()
    assert not hooks
