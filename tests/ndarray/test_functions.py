"""``nd`` functions beside the operators. Expected values are mxnet 1.9.1's."""

from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import nd


def test_concatenate():
    a, b = nd.ones((1, 2)), nd.zeros((1, 2))
    assert nd.concatenate([a, b]).asnumpy().tolist() == [[1, 1], [0, 0]]
    assert nd.concatenate([a, b], axis=1).asnumpy().tolist() == [[1, 1, 0, 0]]
    assert nd.concatenate([a], always_copy=False) is a and nd.concatenate([a]) is not a
    with pytest.raises(mx.MXNetError, match="expected a list of at least one NDArray"):
        nd.concatenate([])


def test_onehot_encode():
    out = nd.ones((2, 3))
    assert nd.onehot_encode(nd.array([0, 2]), out) is out
    assert out.asnumpy().tolist() == [[1, 0, 0], [0, 0, 1]]


def test_moveaxis():
    x = nd.ones((2, 3, 4))
    assert nd.moveaxis(x, 0, 2).shape == (3, 4, 2) and nd.moveaxis(x, [0, 1], [-1, -2]).shape == (4, 3, 2)
    values = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(nd.moveaxis(nd.array(values), -1, 0).asnumpy(), np.moveaxis(values, -1, 0))
    with pytest.raises(ValueError, match="Source should verify 0 <= source < tensor.ndim.*Got 5"):
        nd.moveaxis(x, 5, 2)
    with pytest.raises(ValueError, match="Destination should verify"):
        nd.moveaxis(x, 0, -4)
    with pytest.raises(ValueError, match="must have the same number of elements"):
        nd.moveaxis(x, [0, 1], 0)
    with pytest.raises(ValueError, match="repeated axis in source"):
        nd.moveaxis(x, [0, 0], [0, 1])


def test_split_v2():
    x = nd.arange(6)
    assert [p.asnumpy().tolist() for p in nd.split_v2(x, (2, 4))] == [[0, 1], [2, 3], [4, 5]]
    assert [p.asnumpy().tolist() for p in x.split_v2(2)] == [[0, 1, 2], [3, 4, 5]]
    assert [p.shape for p in nd.split_v2(nd.ones((2, 3)), 2, squeeze_axis=True)] == [(3,), (3,)]
    assert [p.shape for p in nd.split_v2(nd.ones((2, 3)), [1], axis=1)] == [(2, 1), (2, 2)]
    with pytest.raises(ValueError, match="array split does not result in an equal division"):
        nd.split_v2(x, 4)


def test_histogram():
    counts, edges = found = nd.histogram(nd.array([0, 1, 1, 2]), bins=3)
    assert type(found) is tuple and counts.dtype == edges.dtype == np.float32
    assert counts.asnumpy().tolist() == [1, 2, 1]
    np.testing.assert_allclose(edges.asnumpy(), [0, 0.6666667, 1.3333334, 2], rtol=1e-6)
    counts, edges = nd.histogram(nd.array([0, 1, 1, 2]), bins=nd.array([0, 1, 3]))
    assert counts.asnumpy().tolist() == [1, 3] and counts.dtype == np.int64
    counts, edges = nd.histogram(nd.array([0, 1, 1, 2]), bins=2, range=(0, 4))
    assert counts.asnumpy().tolist() == [3, 1] and edges.asnumpy().tolist() == [0, 2, 4]
    with pytest.raises(TypeError, match="bins argument should be either an integer or an NDArray, got list"):
        nd.histogram(nd.ones((2,)), bins=[0, 1])


def test_small_ones():
    nd.waitall()
    x = nd.arange(6).reshape((2, 3))
    assert nd.cast_storage(x, "csr").stype == "csr"
    assert nd.transpose(x).shape == (3, 2) and nd.transpose(x, axes=(0, 1)).shape == (2, 3)
    out = nd.zeros((3, 2))
    assert nd.transpose(x, out=out) is out and out.asnumpy().tolist() == [[0, 3], [1, 4], [2, 5]]
    assert nd.crop(x, (0, 1), (2, 3)).asnumpy().tolist() == [[1, 2], [4, 5]]


@pytest.mark.parametrize("data", [
    [nd.ones((2, 3)), nd.array([1, 2], dtype="int64")],
    {"w": nd.ones((2, 3), dtype="float16"), "b": nd.zeros((1,), dtype="uint8")},
])
def test_save_and_load(tmp_path, data):
    path = str(tmp_path / "x.params")
    nd.save(path, data)
    for found in (nd.load(path), nd.load_frombuffer(Path(path).read_bytes())):
        assert type(found) is type(data)
        pairs = [(data[k], found[k]) for k in data] if isinstance(data, dict) else zip(data, found)
        for a, b in pairs:
            assert type(b) is nd.NDArray and a.dtype == b.dtype
            np.testing.assert_array_equal(a.asnumpy(), b.asnumpy())


def test_save_of_one_array(tmp_path):
    nd.save(str(tmp_path / "x"), nd.array([1, 2])[0:1])
    assert [x.asnumpy().tolist() for x in nd.load(str(tmp_path / "x"))] == [[1]]


def test_save_and_load_errors(tmp_path):
    path = str(tmp_path / "x")
    nd.save(path, [nd.ones((2,))])
    before = Path(path).read_bytes()
    with pytest.raises(ValueError, match="data needs to either be a NDArray, dict of str, NDArray pairs or a list"):
        nd.save(path, 3)
    with pytest.raises(TypeError, match="save only accept dict str->NDArray or list of NDArray, got a int"):
        nd.save(path, [nd.ones((1,)), 3])
    with pytest.raises(TypeError, match="the keys must be strings"):
        nd.save(path, {1: nd.ones((1,))})
    assert Path(path).read_bytes() == before
    with pytest.raises(mx.MXNetError, match=r'Open ".*nope": No such file or directory'):
        nd.load(str(tmp_path / "nope"))
    with pytest.raises(mx.MXNetError):
        nd.load_frombuffer(before[:-3])
    with pytest.raises(TypeError, match="load_frombuffer takes bytes, got str"):
        nd.load_frombuffer("a")
