"""Sums by BLAS in place, against NumPy's."""

import numpy as np
import pytest

from luojia._src.engine import blas, threads
from luojia._src.train.inplace import update_inplace

pytestmark = pytest.mark.numpy_engine

N = blas.LEAST + 7


@pytest.fixture(autouse=True)
def idle(monkeypatch):
    monkeypatch.setattr(threads, "recent", 0)


def test_there_is_a_routine_here():
    assert threads.library() is None or blas._axpy(threads.library(), "f") is not None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("factor", [0.5, -0.1, 3.0])
def test_values(dtype, factor, rng):
    x, y = rng.standard_normal((2, N)).astype(dtype)
    expected = y + np.asarray(factor, dtype) * x
    done = blas.add_scaled(y, x, factor)
    assert done is (threads.library() is not None)
    if done:
        np.testing.assert_allclose(y, expected, rtol=1e-6, atol=1e-6 if dtype == "float32" else 1e-15)


def test_what_is_left_to_numpy(rng, monkeypatch):
    x, y = rng.standard_normal((2, N))
    before = y.copy()
    small, half = np.ones(8), np.ones(N, np.float16)
    assert not any([blas.add_scaled(small, small, 1.0), blas.add_scaled(half, half, 1.0), blas.add_scaled(y, x, 0.0)])
    monkeypatch.setattr(threads, "recent", 1)  # the crew is at work
    assert not blas.add_scaled(y, x, 1.0)
    monkeypatch.setattr(threads, "recent", 0)
    monkeypatch.setattr(threads, "library", lambda: None)
    assert not blas.add_scaled(y, x, 1.0)
    np.testing.assert_array_equal(y, before)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("name", ["sgd", "dampened_sgd"])
def test_updates_equal_those_without(name, order, rng, monkeypatch):
    w, g = [np.asarray(a, np.float32, order=order) for a in rng.standard_normal((2, 300, 200))]
    g[3, 4], g[5, 6] = np.inf, np.nan
    plain = w.copy(order="K")
    update_inplace(name, w, g, (), 0.1, 0.01, 1, rescale_grad=0.5, momentum=0.0)
    monkeypatch.setattr(threads, "library", lambda: None)
    update_inplace(name, plain, g, (), 0.1, 0.01, 1, rescale_grad=0.5, momentum=0.0)
    np.testing.assert_allclose(w, plain, rtol=1e-6, atol=1e-7)
    assert w[3, 4] == -np.inf and np.isnan(w[5, 6])
