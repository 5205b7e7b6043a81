"""Distances block by block against all differences at once."""

import numpy as np
import pytest

from luojia._src.engine.kernels import distances as module
from luojia._src.engine.kernels.distances import distances, distances_dx

rng = np.random.default_rng(0)


@pytest.mark.parametrize("dtype, tolerance", [("float16", 2e-2), ("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("p", [1, 2])
def test_as_all_at_once(p, dtype, tolerance, monkeypatch):
    x, y = rng.normal(size=(2, 3, 7, 5)).astype(dtype), rng.normal(size=(2, 3, 5, 4)).astype(dtype).swapaxes(-1, -2)
    x[0, 0, 1] = y[0, 0, 2]
    wide, other = x.astype("float64"), y.astype("float64")
    d = wide[..., :, None, :] - other[..., None, :, :]
    want = np.linalg.norm(d, p, -1)
    g = rng.normal(size=want.shape).astype(dtype)
    share = d / np.where(want, want, 1)[..., None] if p == 2 else np.sign(d)
    parts = g[..., None] * share
    for block in (1, 20, 1 << 16):
        monkeypatch.setattr(module, "_BLOCK", block)
        ans = distances(x, y, p)
        assert ans.dtype == dtype and ans[0, 0, 1, 2] == 0
        np.testing.assert_allclose(ans, want, rtol=tolerance, atol=tolerance)
        dx, dy = distances_dx(g, ans, x, y, p)
        assert dx.dtype == dy.dtype == dtype
        np.testing.assert_allclose(dx, parts.sum(-2), rtol=tolerance, atol=4 * tolerance)
        np.testing.assert_allclose(dy, -parts.sum(-3), rtol=tolerance, atol=4 * tolerance)


def test_nothing_to_measure():
    x, y = np.ones((0, 3), "f"), np.ones((2, 3), "f")
    assert distances(x, y, 2).shape == (0, 2) and distances(y, x, 1).shape == (2, 0)
    assert distances(y[:, :0], y[:, :0], 2).tolist() == [[0, 0], [0, 0]]
    dx, dy = distances_dx(np.ones((0, 2), "f"), distances(x, y, 2), x, y, 2)
    assert dx.shape == (0, 3) and dy.tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("case", ["spread", "far from 0", "some alike", "all alike", "not a number"])
def test_many_rows(case, dtype, tolerance):
    x, y = rng.normal(size=(40, 9)), rng.normal(size=(50, 9))
    if case == "far from 0":
        x, y = x + 100, y + 100
    if case == "some alike":
        y[:3] = x[:3] + 1e-3
        y[4] = x[4]
    if case == "all alike":
        x, y = x[:1] + x * 1e-2, x[:1] + y * 1e-2
    if case == "not a number":
        x[2, 1] = np.nan
    x, y = x.astype(dtype), y.astype(dtype)
    d = x.astype("float64")[:, None] - y.astype("float64")
    want = np.sqrt((d * d).sum(-1))
    ans = distances(x, y, 2)
    assert ans.dtype == dtype
    np.testing.assert_allclose(ans, want, rtol=tolerance, atol=0)
    g = rng.normal(size=want.shape).astype(dtype)
    parts = g[..., None] * d / np.where(want == 0, 1, want)[..., None]
    dx, dy = distances_dx(g, ans, x, y, 2)
    np.testing.assert_allclose(dx, parts.sum(1), rtol=tolerance, atol=10 * tolerance)
    np.testing.assert_allclose(dy, -parts.sum(0), rtol=tolerance, atol=10 * tolerance)
