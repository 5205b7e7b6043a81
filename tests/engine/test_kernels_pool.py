"""Pooling kernels against loops over every window, in float64."""

from itertools import product

import numpy as np
import pytest

from luojia._src.engine import threads
from luojia._src.engine.kernels.pool import (
    avg_pool,
    avg_pool_dx,
    max_pool,
    max_pool_dx,
    max_pool_select,
    pool_shape,
    sum_pool,
    sum_pool_dx,
)
from luojia._src.errors import ShapeError

TOLERANCE = {np.float16: 2e-3, np.float32: 2e-6, np.float64: 1e-12}

# x shape, kernel, stride, pad
CASES = {
    "halves": ((3, 2, 6, 8), (2, 2), (2, 2), ((0, 0), (0, 0))),
    "halves with a rest": ((3, 2, 7, 5), (2, 2), (2, 2), ((0, 0), (0, 0))),
    "rounded up": ((2, 3, 7, 5), (2, 2), (2, 2), ((0, 1), (0, 1))),
    "overlapping": ((2, 3, 9, 8), (3, 3), (2, 2), ((1, 1), (1, 0))),
    "stride 1": ((2, 2, 5, 6), (3, 2), (1, 1), ((1, 1), (0, 1))),
    "stride over kernel": ((2, 2, 9, 11), (2, 1), (3, 4), ((0, 0), (1, 2))),
    "window outside": ((1, 2, 3, 4), (2, 2), (2, 2), ((0, 3), (2, 0))),
    "whole": ((2, 3, 4, 5), (4, 5), (1, 1), ((0, 0), (0, 0))),
    "whole padded": ((2, 3, 4, 5), (6, 7), (1, 1), ((1, 1), (0, 2))),
    "1d": ((2, 3, 11), (3,), (2,), ((1, 2),)),
    "3d": ((2, 2, 5, 4, 6), (2, 3, 2), (2, 1, 2), ((1, 0), (1, 1), (0, 1))),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def attributes(case):
    return dict(zip(("kernel", "stride", "pad"), case[1:]))


def windows(case):
    """For every output position: (position, [input positions inside], cells inside the padded input)."""
    shape, kernel, stride, pad = case
    for o in product(*map(range, pool_shape(shape, **attributes(case))[2:])):
        starts = [a * s - lo for a, s, (lo, _) in zip(o, stride, pad)]
        cells = list(product(*(range(a, a + k) for a, k in zip(starts, kernel))))
        yield o, [i for i in cells if all(0 <= a < n for a, n in zip(i, shape[2:]))], cells


def naive_max(x, h, g, case):
    """(y, dx, chosen): the maximum, the gradient of x for g, and h at each first maximum."""
    shape = pool_shape(x.shape, **attributes(case))
    y, chosen, dx = np.full(shape, -np.inf), np.zeros(shape), np.zeros(x.shape)
    for o, inside, _ in windows(case):
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            if inside:
                best = max(inside, key=lambda i: x[(n, c, *i)])  # the first of equals
                y[(n, c, *o)], chosen[(n, c, *o)] = x[(n, c, *best)], h[(n, c, *best)]
                dx[(n, c, *best)] += g[(n, c, *o)]
    return y, dx, chosen


def naive_sum(x, g, case, count):
    """(y, dx) of each window's sum over ``count(inside, cells)``."""
    y, dx = np.zeros(pool_shape(x.shape, **attributes(case))), np.zeros(x.shape)
    for o, inside, cells in windows(case):
        for i in inside:
            y[(..., *o)] += x[(..., *i)] / count(inside, cells)
            dx[(..., *i)] += g[(..., *o)] / count(inside, cells)
    return y, dx


def close(got, expected, dtype):
    assert got.dtype == dtype and got.shape == expected.shape
    scale = max(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0))
    np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=TOLERANCE[dtype])


def arrays(rng, case, dtype, values=np.float64):
    """x with many ties where values is int, h of its shape, g of the output's."""
    shape = pool_shape(case[0], **attributes(case))
    x = rng.integers(-2, 3, case[0]) if values is int else rng.standard_normal(case[0])
    return x.astype(dtype), rng.standard_normal(case[0]).astype(dtype), rng.standard_normal(shape).astype(dtype)


def check_max(x, h, g, case, dtype):
    y, dx, chosen = naive_max(x, h, g, case)
    attrs = attributes(case)
    close(max_pool(x, **attrs), y, dtype)
    close(max_pool_dx(g, x, y.astype(dtype), **attrs), dx, dtype)
    close(max_pool_select(h, x, y.astype(dtype), **attrs), chosen, dtype)


@every_case
@pytest.mark.parametrize("values", [float, int], ids=["distinct", "ties"])
def test_max_pool_equals_the_loops(case, values, rng):
    check_max(*arrays(rng, case, np.float64, values), case, np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("name", ["halves", "overlapping", "3d"])
def test_max_pool_in_lower_precision(name, dtype, rng):
    check_max(*arrays(rng, CASES[name], dtype), CASES[name], dtype)


def loosen(a):
    """Equal to a, but with no axis in memory order and a negative stride."""
    return np.flip(np.ascontiguousarray(np.flip(a, -1).T), 0).T


@pytest.mark.parametrize("name", ["halves", "overlapping", "1d"])
def test_pools_take_arrays_of_any_layout(name, rng):
    case = CASES[name]
    x, h, g = map(loosen, arrays(rng, case, np.float64))
    assert not (x.flags.c_contiguous or g.flags.c_contiguous)
    check_max(x, h, g, case, np.float64)
    y, dx = naive_sum(x, g, case, lambda inside, cells: 1)
    close(sum_pool(x, **attributes(case)), y, np.float64)
    close(sum_pool_dx(g, shape=x.shape, **attributes(case)), dx, np.float64)


def test_all_of_a_tied_window_goes_to_its_first():
    """As mx.nd.Pooling (1.9.1) and ops.MaxPool (mindspore 2.8.0) give for these windows."""
    x = np.array([[[[1, 1, 1, 2], [1, 1, 2, 2], [5, 5, 0, 1], [5, 5, 1, 1]]]], np.float32)
    window = dict(kernel=(2, 2), stride=(2, 2), pad=((0, 0), (0, 0)))
    g = np.array([[[[1, 2], [3, 4]]]], np.float32)
    dx = max_pool_dx(g, x, max_pool(x, **window), **window)
    assert dx[0, 0].tolist() == [[1, 0, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4], [0, 0, 0, 0]]
    window = dict(kernel=(3, 3), stride=(1, 1), pad=((0, 0), (0, 0)))
    dx = max_pool_dx(np.ones_like(g), x, max_pool(x, **window), **window)
    assert dx[0, 0].tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [2, 2, 0, 0], [0, 0, 0, 0]]


def test_an_infinite_gradient_leaves_no_nan():
    x = np.array([[[[1, 2], [4, 3]]]], np.float32)
    window = dict(kernel=(2, 2), stride=(2, 2), pad=((0, 0), (0, 0)))
    dx = max_pool_dx(np.full((1, 1, 1, 1), np.inf, np.float32), x, max_pool(x, **window), **window)
    assert dx[0, 0].tolist() == [[0, 0], [np.inf, 0]]


def test_a_nan_wins_its_window_alone():
    x = np.array([[[[1, np.nan, 2, 3], [0, 0, 0, 0]]]])
    y = max_pool(x, kernel=(2, 2), stride=(2, 2), pad=((0, 0), (0, 0)))
    assert np.isnan(y[0, 0, 0, 0]) and y[0, 0, 0, 1] == 3


def test_max_pool_of_integers():
    x = np.array([[[-5, -7, -9]]])
    assert max_pool(x, kernel=(2,), stride=(2,), pad=((1, 0),)).tolist() == [[[-5, -7]]]


def test_select_is_the_transpose_of_dx(rng):
    case = CASES["overlapping"]
    x, h, g = arrays(rng, case, np.float64, int)
    y = max_pool(x, **attributes(case))
    assert np.vdot(g, max_pool_select(h, x, y, **attributes(case))) == pytest.approx(
        np.vdot(max_pool_dx(g, x, y, **attributes(case)), h), rel=1e-12)


@pytest.mark.parametrize("name", ["overlapping", "3d"])
def test_pool_gradients_equal_finite_differences(name, rng):
    case, e = CASES[name], 1e-6
    attrs = attributes(case)
    x, h, g = arrays(rng, case, np.float64)
    for pool, dx in [
        (max_pool, max_pool_dx(g, x, max_pool(x, **attrs), **attrs)),
        (avg_pool, avg_pool_dx(g, shape=x.shape, **attrs)),
    ]:
        slope = np.vdot(g, pool(x + e * h, **attrs) - pool(x - e * h, **attrs)) / (2 * e)
        assert slope == pytest.approx(np.vdot(dx, h), rel=1e-6)


@every_case
def test_sum_and_average_equal_the_loops(case, rng):
    x, _, g = arrays(rng, case, np.float64)
    attrs = attributes(case)
    y, dx = naive_sum(x, g, case, lambda inside, cells: 1)
    close(sum_pool(x, **attrs), y, np.float64)
    close(sum_pool_dx(g, shape=x.shape, **attrs), dx, np.float64)
    for include, count in [(True, lambda inside, cells: len(cells)), (False, lambda inside, cells: len(inside))]:
        y, dx = naive_sum(x, g, case, count)
        close(avg_pool(x, **attrs, count_include_pad=include), y, np.float64)
        close(avg_pool_dx(g, shape=x.shape, **attrs, count_include_pad=include), dx, np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("name", ["overlapping", "whole", "3d"])
def test_average_in_lower_precision(name, dtype, rng):
    x, _, g = arrays(rng, CASES[name], dtype)
    y, dx = naive_sum(x.astype(np.float64), g.astype(np.float64), CASES[name], lambda inside, cells: len(cells))
    close(avg_pool(x, **attributes(CASES[name])), y, dtype)
    close(avg_pool_dx(g, shape=x.shape, **attributes(CASES[name])), dx, dtype)


def test_float16_is_added_in_float32():
    x = np.ones((1, 1, 64, 64), np.float16)
    assert avg_pool(x * 100, kernel=(64, 64), stride=(1, 1), pad=((0, 0), (0, 0))).item() == 100  # the sum is 409600


@pytest.mark.parametrize("include, expected", [
    (True, [[0.25, 0.5, 0], [0.5, 1, 0], [0, 0, 0]]),
    (False, [[1, 1, 0], [1, 1, 0], [0, 0, 0]]),
])
def test_a_rounded_up_average_as_mxnet_counts_it(include, expected):
    """mx.nd.Pooling(ones 3x3, kernel 2, stride 2, pad 1, avg, pooling_convention='full'), mxnet 1.9.1."""
    attrs = dict(kernel=(2, 2), stride=(2, 2), pad=((1, 2), (1, 2)), extra=(1, 1), count_include_pad=include)
    assert avg_pool(np.ones((1, 1, 3, 3)), **attrs)[0, 0].tolist() == expected
    dx = avg_pool_dx(np.ones((1, 1, 3, 3)), shape=(1, 1, 3, 3), **attrs)
    assert dx.sum() == np.sum(expected)


@pytest.mark.parametrize("name", ["halves", "overlapping", "whole", "1d"])
def test_pools_of_an_empty_batch(name):
    case = CASES[name]
    attrs = attributes(case)
    x = np.ones((0, *case[0][1:]), np.float32)
    y = max_pool(x, **attrs)
    assert y.shape == pool_shape(x.shape, **attrs) == avg_pool(x, **attrs).shape
    assert max_pool_dx(y, x, y, **attrs).shape == x.shape == avg_pool_dx(y, shape=x.shape, **attrs).shape
    assert max_pool_select(x, x, y, **attrs).shape == y.shape


def test_pools_leave_their_inputs_alone(rng):
    case = CASES["overlapping"]
    x, h, g = arrays(rng, case, np.float32)
    before = [a.copy() for a in (x, h, g)]
    check_max(x, h, g, case, np.float32)
    avg_pool(x, **attributes(case)), avg_pool_dx(g, shape=x.shape, **attributes(case))
    assert all(np.array_equal(a, b) for a, b in zip((x, h, g), before))


@pytest.mark.parametrize("shape, changes, message", [
    ((4, 5), {}, r"x of shape \(N, C, \*size\).*got x \(4, 5\)"),
    ((1, 1, 4, 4), {"stride": (1,)}, r"for each spatial axis.*stride \(1,\)"),
    ((1, 1, 4, 4), {"kernel": (0, 2)}, r"at least 1, got kernel \(0, 2\)"),
    ((1, 1, 4, 1), {}, r"window \(2, 2\) is larger than the input of size \(4, 1\)"),
])
def test_pools_refuse_what_does_not_fit(shape, changes, message):
    attrs = {**dict(kernel=(2, 2), stride=(2, 2), pad=((0, 0), (0, 0))), **changes}
    for pool in (max_pool, avg_pool, sum_pool):
        with pytest.raises(ShapeError, match=message):
            pool(np.ones(shape), **attrs)


def test_gradients_refuse_another_shape():
    x, bad = np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 2))
    attrs = dict(kernel=(2, 2), stride=(2, 2), pad=((0, 0), (0, 0)))
    y = max_pool(x, **attrs)
    message = r"{} expects an array of the output's shape \(1, 1, 2, 2\), got \(1, 1, 3, 2\)"
    with pytest.raises(ShapeError, match=message.format("max_pool_dx")):
        max_pool_dx(bad, x, y, **attrs)
    with pytest.raises(ShapeError, match=message.format("max_pool_select")):
        max_pool_select(x, x, bad, **attrs)
    with pytest.raises(ShapeError, match=r"h of the input's shape \(1, 1, 4, 4\), got \(1, 1, 3, 2\)"):
        max_pool_select(bad, x, y, **attrs)
    with pytest.raises(ShapeError, match=message.format("avg_pool_dx")):
        avg_pool_dx(bad, shape=x.shape, **attrs)
    with pytest.raises(ShapeError, match=message.format("sum_pool_dx")):
        sum_pool_dx(bad, shape=x.shape, **attrs)


@pytest.mark.parametrize("stride", [(1, 1), (2, 2)])
def test_padded_poolings_leave_images_channels_last(stride):
    x = np.random.default_rng(0).standard_normal((2, 7, 8, 5)).transpose(0, 3, 1, 2)
    how = dict(kernel=(3, 3), stride=stride, pad=((1, 1), (1, 1)))
    for pool in (max_pool, avg_pool, sum_pool):
        y = pool(x, **how)
        assert y.transpose(0, 2, 3, 1).flags.c_contiguous
        np.testing.assert_allclose(y, pool(np.ascontiguousarray(x), **how))


@pytest.mark.parametrize("two", [False, True], ids=["whole", "by parts"])
@pytest.mark.parametrize("dx", [sum_pool_dx, avg_pool_dx])
def test_the_gradient_of_a_mean_of_all_pixels_lies_channels_last(dx, two, monkeypatch):
    """As convolutions have theirs; an array of one pixel says nothing of how the images lie."""
    if two:
        monkeypatch.setattr(threads, "ranges", lambda n, micros: [slice(0, 1), slice(1, n)])
    g = np.arange(6, dtype=np.float32).reshape(2, 3, 1, 1)
    found = dx(g, shape=(2, 3, 4, 5), kernel=(4, 5), stride=(1, 1), pad=((0, 0), (0, 0)))
    np.testing.assert_allclose(found, np.broadcast_to(g / (1 if dx is sum_pool_dx else 20), found.shape), rtol=1e-6)
    assert found.transpose(0, 2, 3, 1).flags.c_contiguous
