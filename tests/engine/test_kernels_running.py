"""Running extrema and products against NumPy's."""

import numpy as np
import pytest

from luojia._src.engine.kernels import running as module
from luojia._src.engine.kernels.running import products, products_dx, running_extremum


@pytest.mark.parametrize("greatest", [True, False])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_running_extrema(axis, greatest, rng):
    x = rng.integers(-3, 4, (6, 7, 5)).astype(float)
    x[2, 3, 1] = x[2, 5, 1] = np.nan
    values, places = running_extremum(x, axis, greatest, np.dtype("int32"))
    assert places.dtype == np.int32
    rows, found, at = (np.moveaxis(a, axis, -1).reshape(-1, x.shape[axis]) for a in (x, values, places))
    for row, v, p in zip(rows, found, at):
        best = 0
        for i in range(len(row)):
            better = row[i] >= row[best] if greatest else row[i] <= row[best]
            best = i if i and (better or np.isnan(row[i])) else best
            assert p[i] == best and (v[i] == row[best] or np.isnan(row[best]) and np.isnan(v[i]))


@pytest.mark.parametrize("axis", [None, (1,), (1, 2), (0,), (2,)])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_products(axis, keepdims, dtype, rng, monkeypatch):
    monkeypatch.setattr(module, "LEAST", 1)
    x = rng.choice([1, 1, 1, 2], (3, 5, 7)).astype(dtype)
    found = products(x, axis, keepdims)
    expected = np.prod(x, axis, keepdims=keepdims)
    assert found.shape == expected.shape and np.array_equal(found, expected)


def test_gradients_of_products_hold_at_zeros_and_where_products_vanish(rng):
    x = rng.uniform(0.5, 1.5, (6, 5)).astype(np.float32)
    x[1, 2] = x[2, 0] = x[2, 4] = 0
    x[3] = 1e-20
    x[5, 0] = 1e-7
    wide = x.astype(np.float64)
    expected = np.stack([np.prod(np.delete(wide, i, 1), 1) for i in range(5)], 1)
    g = rng.standard_normal(6).astype(np.float32)
    with np.errstate(all="ignore"):
        ans = np.prod(x, 1)
    found = products_dx(g, ans, x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[:4], g[:4, None] * expected[:4], rtol=1e-5, atol=1e-38)
    np.testing.assert_allclose(found[5], g[5] * expected[5], rtol=1e-5)


def test_products_that_overflow_in_one_order_alone(monkeypatch):
    monkeypatch.setattr(module, "LEAST", 1)
    x = np.array([[1e30, 1e-30] * 8, [2.0] * 16], np.float32)
    assert products(x, (1,)).tolist() == pytest.approx([1, 65536])
