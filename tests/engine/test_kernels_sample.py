"""The kernel of grid_sample against the derivative of its definition."""

import numpy as np
import pytest

import luojia.ops  # noqa: F401 - which defines the operators
from luojia._src.core.op import OPERATORS
from luojia._src.engine.kernels.sample import sample, sample_dx
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
