"""Max-pooling that keeps where the maxima were, against the general kernel."""

import numpy as np
import pytest

from luojia._src.engine.kernels.pool import max_pool, max_pool_dx
from luojia._src.engine.kernels.pool_winners import LARGEST, max_pool_winners, max_pool_winners_dx, takes
from luojia._src.errors import ShapeError

CASES = {  # shape, kernel, stride, pad
    "pairs": ((3, 4, 6, 8), (2, 2), (2, 2), ((0, 0), (0, 0))),
    "pairs of odd sizes": ((2, 3, 7, 5), (2, 2), (2, 2), ((0, 0), (0, 0))),
    "overlapping": ((2, 3, 9, 8), (3, 3), (2, 2), ((0, 0), (0, 0))),
    "padded": ((2, 3, 9, 8), (3, 3), (2, 2), ((1, 1), (1, 1))),
    "rounded up": ((2, 3, 8, 8), (3, 3), (2, 2), ((0, 1), (0, 1))),
    "every step": ((1, 2, 5, 6), (3, 3), (1, 1), ((1, 1), (1, 1))),
    "gaps": ((2, 2, 9, 11), (2, 3), (4, 5), ((0, 0), (1, 0))),
    "uneven": ((2, 2, 7, 6), (4, 1), (3, 1), ((2, 3), (0, 0))),
    "wide padding": ((1, 2, 3, 3), (2, 2), (2, 2), ((4, 4), (0, 3))),
    "one window": ((2, 2, 3, 4), (3, 4), (1, 1), ((0, 0), (0, 0))),
    "one axis": ((2, 3, 9), (3,), (2,), ((1, 0),)),
    "three axes": ((2, 2, 5, 4, 6), (3, 2, 3), (2, 2, 1), ((1, 1), (0, 0), (1, 1))),
    "no images": ((0, 2, 4, 4), (2, 2), (2, 2), ((0, 0), (0, 0))),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def layouts(a):
    """a, channels last, and with gaps."""
    gaps = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)[..., ::2]
    gaps[...] = a
    return a, np.moveaxis(np.moveaxis(a, 1, -1).copy(), -1, 1), gaps


@every_case
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
def test_winners_equal_the_general_kernel(case, ties, dtype, rng, assert_close):
    shape, kernel, stride, pad = case
    how = {"kernel": kernel, "stride": stride, "pad": pad}
    values = (rng.integers(-1, 2, shape) if ties else rng.standard_normal(shape)).astype(dtype)
    expected = max_pool(values, **how)
    g = rng.standard_normal(expected.shape).astype(dtype)
    if pad[0][0] > kernel[0]:
        g[np.isinf(expected)] = 0  # windows of padding alone
    slope = max_pool_dx(g, values, expected, **how)
    for x in layouts(values):
        y, winners = max_pool_winners(x, **how)
        assert y.dtype == dtype and np.array_equal(y, expected)
        for seen in layouts(g):
            dx = max_pool_winners_dx(seen, winners, shape)
            assert dx.dtype == dtype
            assert_close(dx, slope)


def test_channels_last_stay_last():
    x = layouts(np.ones((2, 3, 5, 4), np.float32))[1]
    y, winners = max_pool_winners(x, kernel=(3, 3), stride=(2, 2), pad=((0, 0), (1, 1)))
    for a in (y, max_pool_winners_dx(y, winners, x.shape)):
        assert a.transpose(0, 2, 3, 1).flags.c_contiguous


@pytest.mark.parametrize("place", range(9))
def test_nan_wins_and_an_infinite_gradient_leaves_none(place):
    x = np.zeros((1, 1, 3, 3), np.float32)
    x.flat[place] = np.nan
    y, winners = max_pool_winners(x, kernel=(3, 3), stride=(1, 1), pad=((0, 0), (0, 0)))
    assert np.isnan(y).all()
    dx = max_pool_winners_dx(np.full((1, 1, 1, 1), np.inf, np.float32), winners, x.shape)
    assert np.isinf(dx).sum() == 1 and (dx == 0).sum() == 8


def test_nothing_goes_to_the_padding_where_all_is_minus_infinity():
    x = np.full((1, 1, 4, 4), -np.inf)
    y, winners = max_pool_winners(x, kernel=(3, 3), stride=(2, 2), pad=((1, 0), (1, 0)))
    assert max_pool_winners_dx(np.ones_like(y), winners, x.shape).sum() == y.size


def test_what_is_taken():
    assert takes(np.ones((1, 1, 4), np.float32), (LARGEST,))
    assert not takes(np.ones((1, 1, 4), np.int32), (2,))
    assert not takes(np.ones((1, 1, 4)), (LARGEST + 1,))


def test_windows_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match=r"the window \(5,\) is larger than the input"):
        max_pool_winners(np.ones((1, 1, 3)), kernel=(5,), stride=(1,), pad=((0, 0),))
