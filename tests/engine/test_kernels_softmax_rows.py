"""Softmax by blocks of rows against the formula, on one thread and on several."""

import numpy as np
import pytest

import luojia as ms
from luojia import ops
from luojia._src.engine.kernels import softmax_rows as kernels


def plain(x):
    e = np.exp(x.astype(np.float64) - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (4, 3, 24), (4, 3, 25), (2, 700), (0, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_of_rows_in_small_blocks(rng, monkeypatch, assert_close, shape, dtype):
    monkeypatch.setattr(kernels, "BLOCK", 48)
    x, g = [(9 * rng.standard_normal(shape)).astype(dtype) for _ in range(2)]
    p, log = plain(x), np.log(plain(x))
    found = {kernels.softmax: p, kernels.log_softmax: log}
    for function, expected in found.items():
        assert_close(function(x), expected.astype(dtype))
    assert_close(kernels.softmax_dx(g, p.astype(dtype)), (p * (g - (g * p).sum(-1, keepdims=True))).astype(dtype))
    assert_close(kernels.log_softmax_dx(g, log.astype(dtype)), (g - p * g.sum(-1, keepdims=True)).astype(dtype))


@pytest.mark.parametrize("length", [8, 40])
def test_what_is_not_finite(length):
    x = np.zeros((3, length))
    x[0, 0], x[1, 1], x[2] = np.nan, -np.inf, -1e30
    found, log = kernels.softmax(x), kernels.log_softmax(x)
    assert np.isnan(found[0]).all() and found[1, 1] == 0 and log[1, 1] == -np.inf
    np.testing.assert_allclose(found[1:, 2], [1 / (length - 1), 1 / length], rtol=1e-12)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("length", [10, 128])
def test_operators_of_large_arrays_agree_with_small_ones(rng, name, length):
    """A large array is the small ones that it is made of, through both orders of gradients."""
    x, g = rng.standard_normal((2, 3, kernels.LEAST // length, length)).astype(np.float32)
    assert kernels.fits(-1, x) and not kernels.fits(-1, x[:, :9]) and not kernels.fits(1, x)
    assert not kernels.fits(-1, x.swapaxes(0, 1)) and not kernels.fits(-1, x.astype(np.float16))

    def run(part):
        def loss(a):
            return (getattr(ops, name)(a, -1) * ms.Tensor(g[part])).sum()

        a = ms.Tensor(x[part])
        second = ms.grad(lambda b: (ms.grad(loss)(b) ** 2).sum())
        return [getattr(ops, name)(a, -1).asnumpy(), ms.grad(loss)(a).asnumpy(), second(a).asnumpy()]

    for whole, part in zip(run(np.s_[:]), run(np.s_[:, :9])):
        np.testing.assert_allclose(whole[:, :9], part, rtol=2e-5, atol=1e-6)
