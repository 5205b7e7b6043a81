"""Max-pooling by pairs against the general kernel."""

import numpy as np
import pytest

from luojia._src.engine.kernels.pool import max_pool, max_pool_dx
from luojia._src.engine.kernels.pool_pairs import max_pool_pairs, max_pool_pairs_dx, takes

HOW = dict(kernel=(2, 2), stride=(2, 2), pad=((0, 0), (0, 0)))
SHAPES = [(3, 4, 6, 8), (2, 3, 7, 5), (1, 1, 2, 2), (2, 5, 3, 2), (0, 2, 4, 4)]


def layouts(a):
    """a, channels last, and with gaps."""
    gaps = np.zeros((*a.shape[:3], 2 * a.shape[3]), a.dtype)[..., ::2]
    gaps[...] = a
    return a, np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2), gaps


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
@pytest.mark.parametrize("shape", SHAPES)
def test_pairs_equal_the_general_kernel(shape, ties, dtype):
    rng = np.random.default_rng(41)
    values = (rng.integers(-1, 2, shape) if ties else rng.standard_normal(shape)).astype(dtype)
    expected = max_pool(values, **HOW)
    g = rng.standard_normal(expected.shape).astype(dtype)
    slope = max_pool_dx(g, values, expected, **HOW)
    for x in layouts(values):
        y, winners = max_pool_pairs(x)
        assert y.dtype == dtype and np.array_equal(y, expected)
        for seen in layouts(g):
            dx = max_pool_pairs_dx(seen, winners, shape)
            assert dx.dtype == dtype and np.array_equal(dx, slope)


def test_channels_last_stay_last():
    _, x, _ = layouts(np.ones((2, 3, 5, 4), np.float32))
    y, winners = max_pool_pairs(x)
    for a in (y, max_pool_pairs_dx(y, winners, x.shape)):
        assert a.transpose(0, 2, 3, 1).flags.c_contiguous


@pytest.mark.parametrize("place", range(4))
def test_nan_wins_and_an_infinite_gradient_leaves_none(place):
    x = np.zeros((1, 1, 2, 2), np.float32)
    x.flat[place] = np.nan
    y, winners = max_pool_pairs(x)
    assert np.isnan(y).all()
    dx = max_pool_pairs_dx(np.full((1, 1, 1, 1), np.inf, np.float32), winners, x.shape)
    assert np.isinf(dx).sum() == 1 and (dx == 0).sum() == 3


def test_only_halves_without_padding_are_taken():
    assert takes(**HOW)
    for change in ({"kernel": (3, 3)}, {"stride": (1, 1)}, {"pad": ((0, 1), (0, 0))}):
        assert not takes(**{**HOW, **change})
