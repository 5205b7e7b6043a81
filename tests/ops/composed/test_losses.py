"""Margin losses and fused steps of networks, against plain NumPy."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, ShapeError
from tests.observed import T

x = np.array([[0.1, 0.2, 0.4, 0.8], [0.5, -0.3, 0.2, 0.9]])


def test_multilabel_margin():
    expected = []
    for row, labels in zip(x, ([3, 0], [2])):
        others = [j for j in range(4) if j not in labels]
        expected.append(sum(max(0, 1 - row[y] + row[j]) for y in labels for j in others) / 4)
    target = Tensor(np.int32([[3, 0, -1, 1], [2, -1, -1, -1]]))
    np.testing.assert_allclose(ops.multilabel_margin_loss(Tensor(x), target, "none").asnumpy(), expected)
    assert float(ops.multilabel_margin_loss(Tensor(x[0]), target[0])) == pytest.approx(expected[0])
    g = ops.grad(lambda t: ops.multilabel_margin_loss(t, target))(Tensor(x)).asnumpy()
    for at in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[at] = 1e-6
        ends = [float(ops.multilabel_margin_loss(Tensor(x + s * d), target)) for s in (1, -1)]
        assert g[at] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)


def test_normalizations_of_sums():
    a, b, gamma, beta = Tensor(x), Tensor(x[::-1].copy()), T([1, 2, 3, 4], float), T([1, 0, 0, 1], float)
    total = x + x[::-1]
    y, scale, s = (t.asnumpy() for t in ops.add_rms_norm(a, b, gamma))
    np.testing.assert_allclose(scale[:, 0], 1 / np.sqrt((total**2).mean(1) + 1e-6))
    np.testing.assert_allclose(y, total * scale * gamma.asnumpy())
    np.testing.assert_allclose(s, total)
    y, mean, scale, s = (t.asnumpy() for t in ops.add_layer_norm(a, b, gamma, beta))
    np.testing.assert_allclose(mean[:, 0], total.mean(1))
    np.testing.assert_allclose(y, (total - mean) / np.sqrt(total.var(1, keepdims=True) + 1e-5) * gamma.asnumpy()
                               + beta.asnumpy())


def test_rotary_position():
    cos, sin = T([0, 0, 0, 0], float), T([1, 1, 1, 1], float)
    np.testing.assert_allclose(ops.rotary_position_embedding(Tensor(x), cos, sin).asnumpy()[0], [-0.4, -0.8, 0.1, 0.2])
    np.testing.assert_allclose(ops.rotary_position_embedding(Tensor(x), cos, sin, 1).asnumpy()[0],
                               [-0.2, 0.1, -0.8, 0.4])


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.multilabel_margin_loss(T([[1]]), Tensor(np.int32([[1, 2]]))), ShapeError, "must have one shape"),
    (lambda: ops.multilabel_soft_margin_loss(T([[1]]), T([[1]]), None, "max"), ArgumentError, "'reduction' must"),
    (lambda: ops.rotary_position_embedding(T([1]), T([1]), T([1]), 2), ArgumentError, "mode must be 0 .halves. or 1"),
    (lambda: ops.rotary_position_embedding(T([1]), T([1]), T([1])), ShapeError, "the last length must be even"),
    (lambda: ops.ctc_greedy_decoder(T([[[1, 2]]]), T([2], np.int32)), ShapeError, r"sequence_length must be \(1,\) n"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
