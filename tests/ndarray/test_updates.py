"""Steps of optimizers as functions. The expected numbers are mxnet 1.9.1's."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd

COMMON = dict(lr=0.1, wd=0.2, rescale_grad=0.5, clip_gradient=1.0)


@pytest.mark.parametrize("name, states, hyper, weight, after", [
    ("sgd_update", [], {}, [0.965, -1.86, 0.39], []),
    ("sgd_mom_update", [0.1], dict(momentum=0.9), [1.055, -1.77, 0.48], [[0.055, 0.23, -0.02]]),
    ("nag_mom_update", [0.1], dict(momentum=0.9), [1.014502, -1.653, 0.372], [[0.055, 0.23, -0.02]]),
    ("adam_update", [0.1, 0.2], dict(beta1=0.8, beta2=0.9, epsilon=1e-3), [0.96586746, -1.9773649, 0.4471848],
     [[0.15, -0.12, 0.28], [0.19225, 0.28, 0.28]]),
    ("rmsprop_update", [0.1], dict(gamma1=0.8, epsilon=1e-3), [0.8922439, -1.8113543, 0.31135434],
     [[0.1045, 0.28, 0.28]]),
    ("rmsprop_update", [0.1], dict(gamma1=0.8, clip_weights=0.5), [0.5, -0.5, 0.31101775], [[0.1045, 0.28, 0.28]]),
    ("rmspropalex_update", [0.3, 0.1, 0.1], dict(gamma1=0.8, gamma2=0.7, epsilon=1e-3),
     [0.99899894, -1.7768949, 0.40393192],
     [[0.2645, 0.44, 0.44], [0.15, -0.12, 0.28], [-0.00100107, 0.22310507, -0.09606808]]),
    ("ftrl_update", [0.1, 0.2], dict(lamda1=0.05, beta=0.7), [0.0, -0.6618008, 0.11518705],
     [[0.00514532, 12.0646315, -2.1411579], [0.2225, 1.2, 1.2]]),
    ("signsgd_update", [], {}, [0.88, -1.86, 0.39], []),
    ("signum_update", [0.1], dict(momentum=0.9, wd_lh=0.05), [1.095, -1.89, 0.3975], [[0.055, 0.23, -0.02]]),
])
def test_steps(name, states, hyper, weight, after):
    w, g = nd.array([1.0, -2.0, 0.5]), nd.array([0.3, -5.0, 2.0])
    held = [nd.full((3,), s) for s in states]
    out = getattr(nd, name)(w, g, *held, **hyper, **COMMON)
    np.testing.assert_allclose(out.asnumpy(), weight, rtol=2e-6, atol=1e-7)
    for s, e in zip(held, after, strict=True):
        np.testing.assert_allclose(s.asnumpy(), e, rtol=1e-5, atol=1e-6)
    assert w.asnumpy().tolist() == [1, -2, 0.5] and g.asnumpy()[1] == -5 and out.dtype == np.float32
    held = [nd.full((3,), s) for s in states]
    assert getattr(nd, name)(w, g, *held, **hyper, **COMMON, out=w, lazy_update=True) is w
    np.testing.assert_allclose(w.asnumpy(), weight, rtol=2e-6, atol=1e-7)


def test_positional_hyperparameters():
    out = nd.sgd_update(nd.ones((1,)), nd.ones((1,)), 0.1, 0.5)
    np.testing.assert_allclose(out.asnumpy(), [1 - 0.1 * 1.5])


@pytest.mark.parametrize("name, states, hyper, master, after", [
    ("mp_sgd_update", [], {}, [0.9649976, -1.86, 0.39], []),
    ("mp_sgd_mom_update", [0.1], dict(momentum=0.9), [1.0549976, -1.77, 0.48], [[0.0549976, 0.23, -0.02]]),
])
def test_mixed_precision(name, states, hyper, master, after):
    w32 = nd.array([1.0, -2.0, 0.5])
    w = w32.astype("float16")
    g = nd.array([0.3, -5.0, 2.0], dtype="float16")
    held = [nd.full((3,), s) for s in states]
    out = getattr(nd, name)(w, g, *held, w32, out=w, **hyper, **COMMON)
    assert out is w and w.dtype == np.float16 and w32.dtype == np.float32
    np.testing.assert_allclose(w32.asnumpy(), master, rtol=1e-6)
    np.testing.assert_array_equal(w.asnumpy(), w32.asnumpy().astype(np.float16))
    for s, e in zip(held, after, strict=True):
        np.testing.assert_allclose(s.asnumpy(), e, rtol=1e-5, atol=1e-6)


def test_errors():
    w = nd.ones((2,))
    with pytest.raises(mx.MXNetError, match=r"sgd_update\(\) misses the required argument 'lr'"):
        nd.sgd_update(w, w)
    with pytest.raises(mx.MXNetError, match=r"sgd_mom_update\(\) misses the required argument 'mom'"):
        nd.sgd_mom_update(w, w, lr=0.1)
    with pytest.raises(TypeError, match=r"sgd_update\(\) got an unexpected keyword argument 'foo'"):
        nd.sgd_update(w, w, lr=0.1, foo=1)
    with pytest.raises(TypeError, match=r"sgd_update\(\) takes weight, grad, lr, .*got 7 arguments"):
        nd.sgd_update(w, w, 1, 2, 3, 4, 5)
    with pytest.raises(mx.MXNetError, match=r"grad has shape \(3,\), expected \(2,\)"):
        nd.sgd_update(w, nd.ones((3,)), lr=0.1)
    assert w.asnumpy().tolist() == [1, 1]
