"""The kernel of grid_sample against the derivative of its definition."""

import numpy as np
import pytest

import luojia.ops  # noqa: F401 - which defines the operators
from luojia._src.core.op import OPERATORS
from luojia._src.engine.kernels.sample import nearest, nearest_dx, sample, sample_dx
from luojia._src.engine.numpy_engine import ENGINE

rng = np.random.default_rng(0)


@pytest.mark.parametrize("padding_mode", ["zeros", "border"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_as_defined(padding_mode, align_corners):
    op = OPERATORS["grid_sample"]
    how = {"mode": "bilinear", "padding_mode": padding_mode, "align_corners": align_corners}
    x, grid = rng.normal(size=(2, 3, 5, 7)), rng.uniform(-1.4, 1.4, (2, 4, 6, 2))
    y, saved = op.fast_forward((True, True), x, grid, **how)
    want, _ = ENGINE.vjp(lambda xp, x, grid: op.fn(xp, x, grid, **how), x, grid)
    np.testing.assert_allclose(y, want, atol=1e-12)
    g = rng.normal(size=y.shape)
    wanted = op._differentiate(ENGINE, g, (x, grid), (True, True), how)
    for needs in ((True, True), (True, False), (False, True)):
        for dx, d, need in zip(op.fast_backward(saved, g, (x, grid), needs, **how), wanted, needs):
            assert (dx is None) != need
            if need:
                np.testing.assert_allclose(dx, d, atol=1e-12)
    half = op.fn(ENGINE.xp, x.astype("float16"), grid.astype("float16"), **how)
    assert half.dtype == np.float16
    assert np.median(np.abs(half - want)) < 1e-2


def test_at_pixels():
    """At a pixel the slope is the right neighbour's difference, as PyTorch has it."""
    x = np.array([[[[1.0, 3.0, 7.0]]]])
    y, saved = sample(x, np.array([[[1.0]]]), np.zeros((1, 1, 1)))
    _, columns, _ = sample_dx(np.ones((1, 1, 1)), saved, x.shape, (False, True))
    assert y.tolist() == [[[3.0]]] and columns.tolist() == [4.0]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_nearest_pixels_and_their_gradient(dtype):
    x = rng.standard_normal((2, 3, 5, 4)).astype(dtype)
    column, row = (rng.uniform(-2, 6, (2, 2, 7, 6))).astype(dtype)
    column[0, 0, :3] = 0.5, np.nan, -0.5
    y, saved = nearest(x, column, row)
    g = rng.standard_normal(y.shape).astype(dtype)
    expected, dx = np.zeros(y.shape, dtype), np.zeros(x.shape)
    for n, place in np.ndindex(2, 42):
        i, j = np.round(row[n].ravel()[place]), np.round(column[n].ravel()[place])
        if np.isnan(j):
            expected[n, :, place] = np.nan
        elif 0 <= i < 5 and 0 <= j < 4:
            expected[n, :, place] = x[n, :, int(i), int(j)]
            dx[n, :, int(i), int(j)] += g[n, :, place]
    np.testing.assert_array_equal(y, expected)
    assert y.dtype == dtype
    np.testing.assert_allclose(nearest_dx(g, saved, x.shape), dx, rtol=1e-5, atol=2e-2 if dtype == "float16" else 1e-5)
