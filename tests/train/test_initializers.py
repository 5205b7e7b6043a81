"""Bounds and deviations are those that mxnet 1.9.1 and mindspore 2.8.0 showed for these shapes."""

import numpy as np
import pytest

from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.train import initializers as init

CONV, DENSE = (200, 100, 3, 3), (300, 200)


@pytest.fixture(params=["Generator", "RandomState"])
def rng(request):
    return np.random.default_rng(1) if request.param == "Generator" else np.random.RandomState(1)


UNIFORM = [  # the bound
    (lambda r: init.xavier(r, CONV, "uniform", "avg", 3), 0.04714),
    (lambda r: init.xavier(r, CONV, "uniform", "in", 3), 0.05773),
    (lambda r: init.xavier(r, CONV, "uniform", "out", 3), 0.04082),
    (lambda r: init.xavier(r, DENSE), 0.10954),
    (lambda r: init.uniform(r, DENSE), 0.07),
    (lambda r: init.he_uniform(r, CONV), 0.08165),
    (lambda r: init.he_uniform(r, DENSE), 0.17320),
    (lambda r: init.variance_scaling(r, DENSE, 2.0, "fan_avg", "uniform"), 0.15492),
]
NORMAL = [  # the standard deviation
    (lambda r: init.xavier(r, CONV, "gaussian", "avg", 3), 0.04714),
    (lambda r: init.xavier(r, CONV, "gaussian", "in", 3), 0.05773),
    (lambda r: init.xavier(r, CONV, "gaussian", "out", 3), 0.04082),
    (lambda r: init.xavier(r, DENSE, "gaussian", "avg", 1.0), 0.06325),  # mindspore's XavierNormal
    (lambda r: init.xavier(r, CONV, "gaussian", "avg", 2 / (1 + 0.25**2)), 0.03735),  # mxnet's MSRAPrelu
    (lambda r: init.xavier(r, CONV, "gaussian", "in", 2 / (1 + 0.25**2)), 0.04571),
    (lambda r: init.normal(r, DENSE), 0.01),
    (lambda r: init.he_normal(r, CONV), 0.04714),
    (lambda r: init.he_normal(r, CONV, 0, "fan_out"), 0.03333),
    (lambda r: init.he_normal(r, DENSE), 0.1),
    (lambda r: init.variance_scaling(r, CONV, 2.0, "fan_out", "untruncated_normal"), 0.03333),
    (lambda r: init.variance_scaling(r, DENSE), 0.07071),
]


@pytest.mark.parametrize("make, bound", UNIFORM)
def test_uniform_families(rng, make, bound):
    a = make(rng)
    assert a.dtype == np.float32
    assert 0.999 * bound < abs(a).max() < 1.0005 * bound
    assert abs(a.std() - bound / 3**0.5) < 0.01 * bound and abs(a.mean()) < 0.01 * bound


@pytest.mark.parametrize("make, std", NORMAL)
def test_normal_families(rng, make, std):
    a = make(rng)
    assert a.dtype == np.float32
    assert abs(a.std() / std - 1) < 0.015 and abs(a.mean()) < 0.015 * std


def test_variance_scaling_is_cut_at_two_deviations(rng):
    assert abs(init.variance_scaling(rng, DENSE)).max() <= 2.0001 * 0.07071 / 0.8796


def test_truncated_normal(rng):
    a = init.truncated_normal(rng, DENSE, 0.5, 1.0)
    assert 0 <= a.min() < 0.01 and 1.99 < a.max() <= 2 and abs(a.std() - 0.8796 * 0.5) < 0.005
    b = init.truncated_normal(rng, DENSE, 0.01, 0.0, -2, 2)
    assert abs(b.std() - 0.01) < 2e-4 and abs(b).max() > 0.035
    tail = init.truncated_normal(rng, (20000,), 1.0, 0.0, 3.0, 4.0)
    assert 3 <= tail.min() and tail.max() <= 4 and abs(tail.mean() - 3.2665) < 0.01  # by the density's quotient
    lower = init.truncated_normal(rng, (20000,), 1.0, 0.0, -4.0, -3.0)
    assert abs(lower.mean() + 3.2665) < 0.01


def test_the_same_seed_gives_the_same_numbers():
    for make, _ in UNIFORM + NORMAL:
        np.testing.assert_array_equal(make(np.random.default_rng(7)), make(np.random.default_rng(7)))


def test_constants():
    assert not init.zero(None, (2, 3)).any() and init.one(None, (2,)).tolist() == [1, 1]
    np.testing.assert_array_equal(init.constant(None, (2, 2), [1, 2]), [[1, 2], [1, 2]])
    assert init.constant(None, (2,), 1, np.int32).dtype == np.int32
    assert init.constant(None, (2,), 1.0).flags.writeable


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (4, 3, 2), (4, 2, 3, 3)])
@pytest.mark.parametrize("rand_type", ["uniform", "normal"])
def test_orthogonal(rng, shape, rand_type):
    a = init.orthogonal(rng, shape, 1.414, rand_type).reshape(shape[0], -1)
    product = a @ a.T if a.shape[0] <= a.shape[1] else a.T @ a
    np.testing.assert_allclose(product, 1.9994 * np.eye(len(product)), atol=1e-4)


def test_bilinear_identity_dirac_lstm_bias():
    tent = np.array([0.25, 0.75, 0.75, 0.25])
    np.testing.assert_allclose(init.bilinear(None, (2, 3, 4, 4)), np.broadcast_to(np.outer(tent, tent), (2, 3, 4, 4)))
    np.testing.assert_array_equal(init.identity(None, (2, 3)), [[1, 0, 0], [0, 1, 0]])
    one, two = init.dirac(None, (4, 2, 3)), init.dirac(None, (4, 2, 3), 2)
    assert one.sum() == 2 and one[0, 0, 1] == one[1, 1, 1] == 1
    assert two.sum() == 4 and two[2, 0, 1] == two[3, 1, 1] == 1
    assert init.lstm_bias(None, (8,), 2.0).tolist() == [0, 0, 2, 2, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda r: init.xavier(r, (5,), name="w"), ShapeError, "applied to vector w. It requires at least 2D"),
        (lambda r: init.he_normal(r, ()), ShapeError, "at least 2D"),
        (lambda r: init.xavier(r, DENSE, "x"), ArgumentError, "Unknown random type"),
        (lambda r: init.xavier(r, DENSE, factor_type="x"), ArgumentError, "Incorrect factor type"),
        (lambda r: init.he_normal(r, DENSE, mode="x"), ArgumentError, "'fan_in' or 'fan_out', got 'x'"),
        (lambda r: init.gain("x"), ArgumentError, "gain expects one of leaky_relu"),
        (lambda r: init.variance_scaling(r, DENSE, -1.0), ArgumentError, "scale > 0, got -1.0"),
        (lambda r: init.variance_scaling(r, DENSE, 1.0, "x"), ArgumentError, "variance_scaling expects mode"),
        (lambda r: init.variance_scaling(r, DENSE, 1.0, "fan_in", "x"), ArgumentError, "expects distribution"),
        (lambda r: init.truncated_normal(r, DENSE, a=1.0, b=0.0), ArgumentError, "expects a < b"),
        (lambda r: init.truncated_normal(r, DENSE, a=1.0, b=2.0), ArgumentError, "within 8 deviations"),
        (lambda r: init.orthogonal(r, (5,)), ShapeError, "orthogonal expects a shape of at least two axes"),
        (lambda r: init.orthogonal(r, DENSE, rand_type="x"), ArgumentError, "orthogonal expects rand_type"),
        (lambda r: init.bilinear(r, (5, 5)), ShapeError, "bilinear expects a weight of shape"),
        (lambda r: init.identity(r, (5,)), ShapeError, "identity expects a shape of two axes"),
        (lambda r: init.dirac(r, (5, 5)), ShapeError, "dirac expects a shape of three to five axes"),
        (lambda r: init.dirac(r, (5, 5, 3), 2), ArgumentError, "groups to divide the 5 output channels, got 2"),
        (lambda r: init.lstm_bias(r, ()), ShapeError, "4 . hidden rows"),
    ],
)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call(np.random.default_rng(0))
