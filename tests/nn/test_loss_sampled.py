"""The softmax loss over sampled classes, with MindSpore 2.8's numbers."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, nn

RNG = np.random.RandomState(0)
W, B, X = (Tensor(RNG.randn(*shape).astype(np.float32)) for shape in ((7, 5), (7,), (3, 5)))
CASES = {}
for count in (1, 2):
    labels = Tensor(RNG.randint(0, 7, (3, count)).astype(np.int32))
    CASES[count] = labels, (Tensor(np.array([1, 3, 5, 0], np.int32)),
                            Tensor(np.abs(RNG.randn(3, count)).astype(np.float32)),
                            Tensor(np.abs(RNG.randn(4)).astype(np.float32)))
LABELS, DRAWN = CASES[1]


@pytest.mark.parametrize("true, remove, expected", [
    (1, True, [0.51093, 0.86692, 1.45216]), (1, False, [0.51093, 0.86692, 1.45216]),
    (2, True, [2.00985, 1.08155, 1.95817]),
])
def test_the_loss(true, remove, expected):
    labels, drawn = CASES[true]
    loss = nn.SampledSoftmaxLoss(4, 7, true, drawn, remove)(W, B, labels, X)
    assert np.allclose(loss.asnumpy(), expected, atol=1e-5)
    longs = Tensor(labels.asnumpy().astype(np.int64))
    assert np.allclose(nn.SampledSoftmaxLoss(4, 7, true, drawn)(W, B, longs, X).asnumpy(), expected, atol=1e-5)
    for reduction, value in (("sum", np.sum(expected)), ("mean", np.mean(expected))):
        reduced = nn.SampledSoftmaxLoss(4, 7, true, list(drawn), remove, 0, reduction)(W, B, labels, X)
        assert reduced.shape == () and np.isclose(float(reduced), value, atol=3e-5)


def test_the_gradient():
    def loss(w, b, x):
        return nn.SampledSoftmaxLoss(4, 7, 1, DRAWN, reduction="sum")(w, b, LABELS, x)

    gw, gb, gx = (g.asnumpy() for g in ms.grad(loss, (0, 1, 2))(W, B, X))
    assert np.allclose(gb, [-0.35432, 0.59268, -0.76594, 0.23282, 0, 0.29476, 0], atol=1e-5)
    assert np.allclose(gw[0], [-0.36698, 0.60262, 0.08848, 0.41129, -0.15985], atol=1e-5) and not gw[4].any()
    assert np.allclose(gx[2], [-0.73423, -0.64081, -0.63034, 0.44399, 0.30359], atol=1e-5)


def test_classes_are_drawn():
    loss = nn.SampledSoftmaxLoss(4, 7, seed=5)
    # four are left beside the true ones, which each call draws in another order, and adds up in it
    assert np.allclose(loss(W, B, LABELS, X).asnumpy(), loss(W, B, LABELS, X).asnumpy(), rtol=1e-6)
    # every class: the log of the count is the same everywhere, and the true one stands there once more
    scores = X.asnumpy() @ W.asnumpy().T + B.asnumpy()
    true = scores[np.arange(3), LABELS.asnumpy()[:, 0]]
    expected = np.log(np.exp(scores).sum(1) + np.exp(true)) - true
    assert np.allclose(nn.SampledSoftmaxLoss(7, 7)(W, B, LABELS[:, 0], X).asnumpy(), expected, atol=1e-5)


def call(*args, **kwargs):
    inputs = {"weights": W, "bias": B, "labels": LABELS, "logits": X, **kwargs}
    return nn.SampledSoftmaxLoss(*args)(*inputs.values())


@pytest.mark.parametrize("run, error, message", [
    (lambda: call(8, 7), ValueError, "'num_sampled' must be smaller than or equal to 'num_classes'"),
    (lambda: call(0, 7), ValueError, "'num_sampled' must be int and must > 0"),
    (lambda: call(4.0, 7), TypeError, "'num_sampled' must be int"),
    (lambda: call(4, 7, 8), ValueError, "'num_true' must be smaller than or equal to 'num_classes'"),
    (lambda: call(4, 7, 0), ValueError, "'num_true' must be greater than or equal to 1, but got 0"),
    (lambda: call(4, 7, "a"), TypeError, "the type of 'num_true' must be int"),
    (lambda: call(4, 7, 1, 3), TypeError, "'sampled_values' must be a list or tuple, but got int"),
    (lambda: call(4, 7, 1, DRAWN[:2]), ValueError, "length of 'sampled_values' must be equal to 3,but got 2"),
    (lambda: call(4, 7, 1, None, 3), TypeError, "'remove_accidental_hits' must be bool"),
    (lambda: call(4, 7, 1, None, True, "a"), TypeError, "the type of 'seed' must be int"),
    (lambda: call(4, 7, 1, None, True, 0, "avg"), ValueError, "'reduction' must be in"),
    (lambda: call(4, 7, labels=Tensor([0.0, 1.0, 2.0])), TypeError, "'labels' should be one of"),
    (lambda: call(4, 7, labels=[0, 1, 2]), TypeError, "'labels' must be a Tensor, but got 'list'"),
    (lambda: call(4, 7, 2, labels=Tensor([0, 1, 2])), ValueError, r"must have the shapes \(7, D\)"),
    (lambda: call(4, 7, logits=W), ValueError, r"but got \(7, 5\), \(7,\), \(3, 1\) and \(7, 5\)"),
    (lambda: call(4, 7, bias=X), ValueError, "must have the shapes"),
])
def test_errors(run, error, message):
    with pytest.raises(error, match=message):
        run()
