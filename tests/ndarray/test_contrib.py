"""Loops and branches, and small functions of nd.contrib, nd.image and nd.sparse. Expected values are mxnet 1.9.1's."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia.ndarray import contrib, image, sparse


def test_foreach():
    outs, states = contrib.foreach(lambda d, s: (d + s[0], [d + s[0]]), nd.arange(3), [nd.zeros((1,))])
    assert outs.asnumpy().tolist() == [[0], [1], [3]] and states[0].asnumpy().tolist() == [3]
    outs, state = contrib.foreach(lambda d, s: ([d, s], s + d), nd.array([[1, 2], [3, 4]]), nd.zeros((2,)))
    assert [o.asnumpy().tolist() for o in outs] == [[[1, 2], [3, 4]], [[0, 0], [1, 2]]]
    assert state.asnumpy().tolist() == [4, 6]
    outs, state = contrib.foreach(lambda d, s: ([d, [d, s[0]]], s), nd.arange(2), [nd.ones((1,)), [nd.zeros((1,))]])
    assert isinstance(outs[1], list) and outs[1][0].asnumpy().tolist() == [[0], [1]] and isinstance(state[1], list)
    outs, _ = contrib.foreach(lambda d, s: (d[0] * d[1], s), [nd.arange(3), nd.arange(3)], nd.zeros((1,)))
    assert outs.asnumpy().tolist() == [[0], [1], [4]]


def test_gradients_through_foreach():
    x, w = nd.array([1.0, 2.0, 3.0]), nd.array([2.0])
    x.attach_grad(), w.attach_grad()
    with autograd.record():
        _, s = contrib.foreach(lambda d, s: (s, s * w + d), x, nd.zeros((1,)))
    s.backward()
    assert x.grad.asnumpy().tolist() == [4, 2, 1] and w.grad.asnumpy().tolist() == [2 * 1 * 2 + 2]


def test_while_loop():
    outs, variables = contrib.while_loop(lambda i, s: i < 3, lambda i, s: ([i + s], [i + 1, s]),
                                         [nd.array([0]), nd.array([10])], max_iterations=5)
    assert [o.asnumpy().tolist() for o in outs] == [[[10], [11], [12], [0], [0]]]
    assert [v.asnumpy().tolist() for v in variables] == [[3], [10]]
    outs, variable = contrib.while_loop(lambda i: i < 3, lambda i: (i * 2, i + 1), nd.array([0]), max_iterations=4)
    assert outs.asnumpy().tolist() == [[0], [2], [4], [0]] and variable.asnumpy().tolist() == [3]
    outs, variable = contrib.while_loop(lambda i: i < 0, lambda i: (i * 2, i + 1), nd.array([0]), max_iterations=4)
    assert outs == [] and variable.asnumpy().tolist() == [0]
    outs, variable = contrib.while_loop(lambda i: i < 9, lambda i: (i, i + 1), nd.array([0]), max_iterations=2)
    assert outs.asnumpy().tolist() == [[0], [1]]


def test_cond():
    assert contrib.cond(nd.array([1]), lambda: nd.ones((1,)), lambda: nd.zeros((1,))).asscalar() == 1
    assert contrib.cond(nd.array([0]), lambda: nd.ones((1,)), lambda: nd.zeros((1,))).asscalar() == 0


@pytest.mark.parametrize("call, error, message", [
    (lambda: contrib.foreach(lambda d, s: (d, s), 3, nd.zeros((2,))), AssertionError, "foreach input must be"),
    (lambda: contrib.foreach(lambda d, s: (3, s), nd.ones((2,)), nd.zeros((2,))), TypeError, "foreach output must be"),
    (lambda: contrib.foreach(lambda d, s: (d, 3), nd.ones((2,)), nd.zeros((2,))), TypeError, "foreach states must be"),
    (lambda: contrib.foreach(lambda d, s: (d, s), nd.ones((2,)), "a"), TypeError, "foreach states must be"),
    (lambda: contrib.while_loop(lambda i: i, lambda i: (i, i), nd.ones((1,))), ValueError, "max_iterations should be"),
    (lambda: contrib.while_loop(lambda i: i, lambda i: (i, i), nd.ones((1,)), -1), ValueError, "not be negative"),
    (lambda: contrib.while_loop(lambda: 1, lambda: 1, [], 1), ValueError, "loop_vars should contain at least one"),
    (lambda: contrib.while_loop(lambda i: 1, lambda i: (i, [i, i]), [nd.ones((1,))], 1), ValueError,
     "The number of loop_vars should be consistent"),
    (lambda: contrib.cond(nd.ones((2,)), int, int), ValueError, "pred must have one element"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_small_functions():
    x = nd.array([1, np.nan, np.inf])
    assert contrib.isnan(x).asnumpy().tolist() == [0, 1, 0] and contrib.isinf(x).asnumpy().tolist() == [0, 0, 1]
    assert contrib.isfinite(x).asnumpy().tolist() == [1, 0, 0]
    assert contrib.arange_like(nd.ones((2, 3))).asnumpy().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert contrib.arange_like(nd.ones((2, 3)), axis=1, start=1, step=2).asnumpy().tolist() == [1, 3, 5]
    assert contrib.arange_like(nd.ones((4,)), repeat=2).asnumpy().tolist() == [0, 0, 1, 1]
    assert contrib.index_array(nd.ones((2, 2))).asnumpy().tolist() == [[[0, 0], [0, 1]], [[1, 0], [1, 1]]]
    assert contrib.index_array(nd.ones((2, 2)), axes=(1,)).shape == (2, 2, 1)
    assert contrib.allclose(x, x).asnumpy() == 1 and contrib.allclose(x, x + 1).asnumpy() == 0
    assert contrib.allclose(x, x, equal_nan=False).asnumpy() == 0
    assert contrib.allclose(x, x).dtype == np.uint8 and contrib.arange_like(x).dtype == np.float32
    assert contrib.boolean_mask(nd.arange(3), nd.array([1, 0, 1])).asnumpy().tolist() == [0, 2]
    assert contrib.boolean_mask(nd.ones((2, 3)), nd.array([1, 0, 1]), axis=1).shape == (2, 2)
    assert contrib.div_sqrt_dim(nd.ones((1, 4))).asnumpy().tolist() == [[0.5] * 4]
    assert "foreach" in dir(contrib)


def test_rand_zipfian():
    classes, true, drawn = contrib.rand_zipfian(nd.array([0, 3]), 1000, 50)
    values = classes.asnumpy()
    assert values.dtype == np.int64 and values.min() >= 0 and values.max() < 50
    assert abs((values == 0).sum() - true.asnumpy()[0]) < 80
    np.testing.assert_allclose(true.asnumpy(), np.log([2 / 1, 5 / 4]) / np.log(51) * 1000)
    assert drawn.shape == (1000,)


def test_image():
    x = nd.array(np.arange(12).reshape(2, 2, 3), dtype="uint8")
    t = image.to_tensor(x)
    assert t.shape == (3, 2, 2) and t.dtype == np.float32
    np.testing.assert_allclose(t.asnumpy(), np.arange(12).reshape(2, 2, 3).transpose(2, 0, 1) / 255, rtol=1e-6)
    assert image.to_tensor(nd.zeros((4, 2, 5, 3))).shape == (4, 3, 2, 5)
    out = image.normalize(nd.ones((3, 1, 1)), (0, 0.5, 1), (1, 1, 2))
    assert out.asnumpy().ravel().tolist() == [1, 0.5, 0]
    assert image.normalize(nd.ones((2, 3, 1, 1)), 1.0, 2.0).asnumpy().max() == 0
    assert image.crop(x, 1, 0, 1, 2).asnumpy()[:, 0, 0].tolist() == [3, 9]
    assert image.flip_left_right(x).asnumpy()[0, 0].tolist() == [3, 4, 5]
    assert image.flip_top_bottom(x).asnumpy()[0, 0].tolist() == [6, 7, 8]
    assert image.random_flip_left_right(x, p=1.1).asnumpy()[0, 0].tolist() == [3, 4, 5]
    assert (image.random_flip_top_bottom(x, p=0) == x).asnumpy().all()
    with pytest.raises(mx.MXNetError, match=r"to_tensor expects an image of 3 axes, or a batch of 4, got shape \(2,\)"):
        image.to_tensor(nd.ones((2,)))
    with pytest.raises(mx.MXNetError, match="3 channels need 1 or as many values, got 2"):
        image.normalize(nd.ones((3, 1, 1)), (0, 1))
    with pytest.raises(mx.MXNetError, match=r"crop: a part of 3 x 1 at \(0, 0\) leaves the image of 2 x 2"):
        image.crop(x, 0, 0, 3, 1)


def test_sparse_labels():
    dense = [[0, 1], [2, 0]]
    csr = sparse.csr_matrix(([1, 2], [1, 0], [0, 1, 2]))
    assert csr.stype == "csr" and csr.asnumpy().tolist() == dense and csr.dtype == np.float32
    assert sparse.csr_matrix(np.array(dense)).asnumpy().tolist() == dense
    assert sparse.csr_matrix((2, 3)).shape == (2, 3)
    assert sparse.csr_matrix(([], [], [0, 0]), shape=(1, 2)).shape == (1, 2)
    rows = sparse.row_sparse_array(([[1, 2]], [1]), shape=(3, 2))
    assert rows.stype == "row_sparse" and rows.asnumpy().tolist() == [[0, 0], [1, 2], [0, 0]]
    assert sparse.row_sparse_array(nd.ones((2, 2))).stype == "row_sparse"
    assert sparse.zeros("csr", (2, 2)).stype == sparse.array(csr).stype == "csr"
    assert sparse.array([1]).stype == "default"
    kept = sparse.retain(sparse.row_sparse_array(nd.ones((3, 2))), nd.array([1]))
    assert kept.asnumpy().tolist() == [[0, 0], [1, 1], [0, 0]]
    assert sparse.dot(csr, nd.ones((2, 1))).asnumpy().tolist() == [[1], [2]]
    with pytest.raises(ValueError, match=r"expected an array of shape \(3, 3\), got \(2, 2\)"):
        sparse.csr_matrix(np.array(dense), shape=(3, 3))


def test_sync_batch_norm():
    x, moving = nd.arange(8).reshape((2, 2, 2)), [nd.zeros(2), nd.ones(2)]
    with mx.autograd.record():
        x.attach_grad()
        y = nd.contrib.SyncBatchNorm(x, nd.ones(2), nd.zeros(2), *moving, key="a", ndev=1, fix_gamma=False)
    y.backward()
    np.testing.assert_allclose(y.asnumpy().ravel()[:2], [-1.2126, -0.7276], atol=5e-4)
    np.testing.assert_allclose(moving[0].asnumpy(), [0.25, 0.45], rtol=1e-5)
    graph = mx.sym.contrib.SyncBatchNorm(mx.sym.var("d"), name="b", key="k")
    assert graph.list_auxiliary_states() == ["b_moving_mean", "b_moving_var"]
    assert '"node_row_ptr": [0, 1, 2, 3, 4, 5, 8]' in graph.tojson()
