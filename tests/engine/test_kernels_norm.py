"""Normalization kernels against loops over every group of values, in float64."""

from itertools import product

import numpy as np
import pytest

from luojia._src.engine.kernels import norm, norm_groups, norm_rows, rows
from luojia._src.engine.kernels.norm import normalize, normalize_dx, scale_and_shift
from luojia._src.errors import ShapeError

TOLERANCE = {np.float16: 4e-3, np.float32: 5e-6, np.float64: 1e-12}
EPS = 1e-3

# x shape, gamma shape, axes of the statistics
CASES = {
    "batch of rows": ((7, 5), (1, 5), (0,)),
    "batch of images": ((4, 3, 5, 6), (1, 3, 1, 1), (0, 2, 3)),
    "batch channels last": ((4, 5, 6, 3), (1, 1, 1, 3), (0, 1, 2)),
    "layer": ((3, 4, 6), (1, 1, 6), (2,)),
    "layer over two axes": ((3, 4, 6), (1, 4, 6), (1, 2)),
    "layer over a middle axis": ((3, 4, 6), (1, 4, 1), (1,)),
    "instance": ((3, 4, 5, 2), (1, 4, 1, 1), (2, 3)),
    "group": ((3, 2, 4, 5), (1, 2, 4, 1), (2, 3)),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@pytest.fixture
def rng():
    return np.random.default_rng(13)


def naive(x, gamma, beta, axes):
    """(y, mean, var) by loops over the groups that share statistics."""
    x = x.astype(np.float64)
    kept = [range(1) if a in axes else range(n) for a, n in enumerate(x.shape)]
    normal, mean, var = np.empty(x.shape), np.empty([len(k) for k in kept]), np.empty([len(k) for k in kept])
    for at in product(*kept):
        group = tuple(slice(None) if a in axes else i for a, i in enumerate(at))
        mean[at], var[at] = np.mean(x[group]), np.mean((x[group] - np.mean(x[group])) ** 2)
        normal[group] = (x[group] - mean[at]) / np.sqrt(var[at] + EPS)
    return normal * gamma + beta, mean, var


def arrays(rng, case, dtype=np.float64):
    x_shape, gamma_shape, _ = case
    return [(rng.standard_normal(s) + 0.5).astype(dtype) for s in (x_shape, gamma_shape, gamma_shape, x_shape)]


def close(got, expected, dtype):
    assert got.dtype == dtype and got.shape == expected.shape
    scale = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=TOLERANCE[dtype])


@every_case
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_normalize_equals_the_loops(case, dtype, rng):
    x, gamma, beta, _ = arrays(rng, case, dtype)
    expected, mean, var = naive(x, gamma, beta, case[2])
    y, *statistics = normalize(x, gamma, beta, axes=case[2], eps=EPS)
    wide = np.float32 if dtype == np.float16 else dtype
    close(y, expected, dtype)
    for got, want in zip(statistics, (mean, var, 1 / np.sqrt(var + EPS))):
        close(got, want, wide)


def backward(x, gamma, beta, g, axes, **options):
    _, mean, _, inv = normalize(x, gamma, beta, axes=axes, eps=EPS)
    return normalize_dx(g, x, gamma, mean, inv, axes=axes, **options)


@every_case
def test_gradients_equal_finite_differences_of_the_loops(case, rng):
    x, gamma, beta, g = arrays(rng, case)
    e = 1e-6
    for i, grad in enumerate(backward(x, gamma, beta, g, case[2])):
        numeric = np.empty_like(grad)
        for at in np.ndindex(grad.shape):
            low, high = [a.copy() for a in (x, gamma, beta)], [a.copy() for a in (x, gamma, beta)]
            low[i][at] -= e
            high[i][at] += e
            numeric[at] = np.vdot(g, naive(*high, case[2])[0] - naive(*low, case[2])[0]) / (2 * e)
        np.testing.assert_allclose(grad, numeric, atol=2e-8, rtol=1e-6)


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_gradients_in_lower_precision_equal_float64(case, dtype, rng):
    low = arrays(rng, case, dtype)
    for got, expected in zip(backward(*low, case[2]), backward(*(a.astype(np.float64) for a in low), case[2])):
        close(got, expected, dtype)


def test_half_images_with_single_parameters_keep_their_dtypes(rng):
    x, gamma, beta, g = arrays(rng, CASES["batch of images"], np.float32)
    dx, dgamma, dbeta = backward(x.astype(np.float16), gamma, beta, g.astype(np.float16), (0, 2, 3))
    assert (dx.dtype, dgamma.dtype, dbeta.dtype) == (np.float16, np.float32, np.float32)


@every_case
def test_normalize_takes_any_layout_and_leaves_its_inputs_alone(case, rng):
    plain = arrays(rng, case)
    x, gamma, beta, g = (np.flip(np.ascontiguousarray(np.flip(a, -1).T), 0).T for a in plain)
    assert not x.flags.c_contiguous
    np.testing.assert_allclose(normalize(x, gamma, beta, axes=case[2], eps=EPS)[0],
                               naive(*plain[:3], case[2])[0], rtol=1e-12, atol=1e-13)
    for got, want in zip(backward(x, gamma, beta, g, case[2]), backward(*plain, case[2])):
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)
    assert all(np.array_equal(a, b) for a, b in zip((x, gamma, beta, g), plain))


@pytest.fixture(params=[None, 16], ids=["one block", "many blocks"])
def blocks(request, monkeypatch):
    if request.param:
        monkeypatch.setattr(rows, "BLOCK", request.param)
        monkeypatch.setattr(rows, "FOLDED", 8)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape", [(3, 5, 7, 2), (1, 1, 3, 5), (11, 13), (2, 3, 4), (300, 9)])
def test_channels_last_in_memory_equal_channels_first(shape, dtype, rng, blocks):
    x, gamma, beta, g = arrays(rng, (shape, (1, shape[1], *(1,) * (len(shape) - 2)), None), dtype)
    axes = (0, *range(2, len(shape)))
    y, mean, var, inv = normalize(last(x), gamma, beta, axes=axes, eps=EPS)
    assert y.strides == last(x).strides and y.dtype == dtype
    wide = [a.astype(np.float64) for a in (x, gamma, beta, g)]
    expected = naive(wide[0], wide[1], wide[2], axes)
    work = np.float32 if dtype == np.float16 else dtype
    for got, one, kind in zip((y, mean, var), expected, (dtype, work, work)):
        close(got, one, kind)
    reference = normalize_dx(wide[3], wide[0], wide[1], expected[1], 1 / np.sqrt(expected[2] + EPS), axes=axes)
    for layout in (last(g), g, np.flip(np.ascontiguousarray(np.flip(g, 0)), 0)):
        for got, one in zip(normalize_dx(layout, last(x), gamma, mean, inv, axes=axes), reference):
            close(got, one, dtype)


def last(a):
    """The same values with axis 1 last in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1)


def test_blocks_of_different_means_do_not_swallow_the_variance(blocks):
    x = np.repeat(np.float32([1000.0, -1000.0, 3.0]), 100)[:, None] + np.tile(np.float32([[0.5], [-0.5]]), (150, 1))
    _, mean, var, _ = normalize(x, np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32), axes=(0,), eps=0)
    assert mean.item() == pytest.approx(x.mean(dtype=np.float64), abs=1e-4)
    assert var.item() == pytest.approx(x.var(dtype=np.float64), rel=1e-6)


def test_dx_is_left_out_where_nothing_needs_it(rng):
    x, gamma, beta, g = arrays(rng, CASES["batch of images"])
    dx, dgamma, _ = backward(x, gamma, beta, g, (0, 2, 3), needs_dx=False)
    assert dx is None and np.array_equal(dgamma, backward(x, gamma, beta, g, (0, 2, 3))[1])


def test_gradients_do_not_share_memory(rng):
    x, gamma, beta, g = arrays(rng, ((1, 3), (1, 3), (1,)))
    _, _, dbeta = backward(x, gamma, beta, g, (1,))
    assert not np.shares_memory(dbeta, g)


def test_a_large_mean_does_not_swallow_the_variance(rng):
    x = (rng.standard_normal((64, 2, 8, 8)) + 3000).astype(np.float32)
    one = np.ones((1, 2, 1, 1), np.float32)
    var = normalize(x, one, 0 * one, axes=(0, 2, 3), eps=1e-5)[2]
    np.testing.assert_allclose(var.ravel(), x.astype(np.float64).var((0, 2, 3)), rtol=1e-3)


def test_float16_accumulates_in_float32():
    x = np.full((4096, 1), 100, np.float16)  # the sum, 409600, is beyond float16
    y, mean, _, _ = normalize(x, np.ones((1, 1), np.float16), np.zeros((1, 1), np.float16), axes=(0,), eps=1e-5)
    assert mean.item() == 100 and not y.any()


def test_layer_norm_of_no_rows():
    one = np.ones((1, 3))
    y, mean, _, inv = normalize(np.ones((0, 3)), one, 0 * one, axes=(1,), eps=EPS)
    dx, dgamma, dbeta = normalize_dx(y, y, one, mean, inv, axes=(1,))
    assert y.shape == dx.shape == (0, 3) and dgamma.tolist() == dbeta.tolist() == [[0, 0, 0]]


def test_normalize_refuses_what_does_not_fit():
    x, one = np.ones((4, 3)), np.ones((1, 3))
    with pytest.raises(ShapeError, match=r"at least one value to average over, got x \(0, 3\) with axes \(0,\)"):
        normalize(x[:0], one, one, axes=(0,), eps=EPS)
    for gamma, beta in [(np.ones(3), np.ones(3)), (np.ones((1, 2)), np.ones((1, 2))), (one, np.ones((1, 1)))]:
        with pytest.raises(ShapeError, match=r"one shape that broadcasts to x \(4, 3\), got gamma"):
            normalize(x, gamma, beta, axes=(0,), eps=EPS)
    with pytest.raises(ShapeError, match=r"gradient of the input's shape \(4, 3\), got \(3, 3\)"):
        normalize_dx(x[1:], x, one, one, one, axes=(0,))
    with pytest.raises(ShapeError, match=r"scale_and_shift of x \(4, 3\) over channel axis 1 .* \(3,\), got \(4,\)"):
        scale_and_shift(x, np.ones(4), np.ones(4))


@pytest.mark.parametrize("shape, axis, last", [
    ((2, 3, 4, 5), 1, False), ((2, 3, 4, 5), 3, False), ((2, 3, 4, 5), 0, False), ((6, 4, 60, 50), 1, False),
    ((2, 4, 60, 50), 1, False), ((70, 300), 1, False), ((6, 4, 60, 50), 1, True), ((3, 5, 4, 5000), 2, False),
    ((0, 3, 2), 1, False),
], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scale_and_shift_by_channels(shape, axis, last, dtype, rng):
    x = rng.standard_normal(shape).astype(dtype)
    if last:
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    scale, shift = rng.standard_normal((2, shape[axis])).astype(dtype)
    broadcast = tuple(n if i == axis else 1 for i, n in enumerate(shape))
    got = scale_and_shift(x, scale, shift, axis=axis)
    np.testing.assert_array_equal(got, x * scale.reshape(broadcast) + shift.reshape(broadcast))
    assert got.dtype == dtype and (not x.size or got.strides == x.strides)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_rows_in_blocks_of_a_layer_norm(dtype, rng, monkeypatch):
    """Several blocks and the last of them smaller: each row is as if it were alone."""
    monkeypatch.setattr(norm_rows, "BLOCK", 100)
    x, g = (rng.standard_normal((4, 5, 33)) * 3 + 2).astype(dtype), rng.standard_normal((4, 5, 33)).astype(dtype)
    gamma, beta = rng.standard_normal((2, 1, 1, 33)).astype(dtype)
    y, mean, _, inv = normalize(x, gamma, beta, axes=(2,), eps=EPS)
    expected, *_ = naive(x, gamma, beta, (2,))
    close(y, expected, dtype)
    dx, dgamma, dbeta = normalize_dx(g, x, gamma, mean, inv, axes=(2,))
    normal = (x.astype(float) - mean) * inv
    u = g.astype(float) * gamma
    close(dx, inv * (u - u.mean(2, keepdims=True) - normal * (u * normal).mean(2, keepdims=True)), dtype)
    close(dgamma, (g * normal).sum((0, 1), keepdims=True), dtype)
    close(dbeta, g.astype(float).sum((0, 1), keepdims=True), dtype)


GROUPED = [  # shape, axes, shape of gamma
    ((4, 3, 5, 9, 8), (2, 3, 4), (1, 3, 5, 1, 1)), ((4, 3, 5, 9, 8), (2, 3, 4), (1, 3, 1, 1, 1)),
    ((6, 7, 11, 10), (2, 3), (1, 7, 1, 1)), ((6, 7, 110), (2,), (1, 1, 1)), ((6, 7, 110), (1, 2), (1, 7, 1)),
]


@pytest.mark.parametrize("shape, axes, of_gamma", GROUPED)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_groups_in_blocks_equal_the_plain_way(shape, axes, of_gamma, dtype, rng, monkeypatch):
    x, g = (rng.standard_normal((2, *shape)) * 3 + 5).astype(dtype)
    gamma, beta = rng.standard_normal((2, *of_gamma)).astype(dtype)
    monkeypatch.setattr(norm_groups, "BLOCK", 1000)
    found = []
    for least in (0, 1 << 30):
        monkeypatch.setattr(norm, "_GROUPED", least)
        y, mean, var, inv = norm.normalize(x, gamma, beta, axes=axes, eps=1e-5)
        found.append((y, mean, var, inv, *norm.normalize_dx(g, x, gamma, mean, inv, axes=axes)))
    assert norm_groups.channels(norm.widen(x), gamma, axes) is not None
    for a, b in zip(*found):
        assert a.shape == b.shape and a.dtype == b.dtype
        error = {"float16": 2e-2, "float32": 2e-5, "float64": 1e-12}[dtype]
        np.testing.assert_allclose(a, b, rtol=error, atol=error * 10)


def test_other_layouts_are_no_groups(rng):
    x, gamma = rng.standard_normal((4, 6, 8)), np.ones((1, 6, 1))
    assert norm_groups.channels(x.swapaxes(1, 2), gamma, (1, 2)) is None
    assert norm_groups.channels(x, gamma, (0, 2)) is None and norm_groups.channels(x[:0], gamma, (1, 2)) is None
    assert norm_groups.channels(x, np.ones((1, 6, 8)), (1, 2)) is None


@pytest.mark.parametrize("shape, axes", [((4, 3, 5, 6), (0, 2, 3)), ((4, 5, 6, 3), (0, 1, 2)), ((40, 30), (0,)),
                                         ((3, 2, 400), (0, 2)), ((2, 0, 3), (0, 2)), ((0, 3, 4), (0, 2))])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_centred_sums(shape, axes, dtype, rng):
    x, g = rng.standard_normal((2, *shape)).astype(dtype)
    mean = rng.standard_normal([1 if a in axes else n for a, n in enumerate(shape)]).astype(dtype)
    error = {"float16": 1e-2, "float32": 2e-5, "float64": 1e-12}[dtype]
    for each in ((g, x), (np.asfortranarray(g), np.asfortranarray(x)), (g, np.asfortranarray(x))):
        moment, total = norm.centred_sums(*each, mean, axes)
        np.testing.assert_allclose(moment, (g.astype(float) * (x.astype(float) - mean)).sum(axes, keepdims=True),
                                   rtol=error, atol=error)
        np.testing.assert_allclose(total, g.astype(float).sum(axes, keepdims=True), rtol=error, atol=error)
