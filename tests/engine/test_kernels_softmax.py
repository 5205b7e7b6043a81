"""Cross entropy kernels against loops, in float64."""

import math

import numpy as np
import pytest

from luojia._src.engine.kernels.precision import working
from luojia._src.engine.kernels.softmax import (
    cross_entropy,
    cross_entropy_dx,
    cross_entropy_of_channels,
    cross_entropy_of_channels_dx,
)
from luojia._src.errors import ArgumentError, DTypeError, ShapeError
from tests.slopes import numeric_gradient

TOLERANCE = {np.float16: 2e-3, np.float32: 2e-6, np.float64: 1e-13}


@pytest.fixture
def rng():
    return np.random.default_rng(17)


def naive(x, axis):
    y = np.empty(x.shape)
    moved, x = np.moveaxis(y, axis, -1), np.moveaxis(x, axis, -1)
    for at in np.ndindex(x.shape[:-1]):
        e = [math.exp(v - max(x[at])) for v in x[at]]
        moved[at] = [v / sum(e) for v in e]
    return y


def close(got, expected, dtype):
    assert got.dtype == dtype and got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def test_large_logits_do_not_overflow():
    x = np.array([[1e4, 0], [-6e4, -6e4]], np.float16)
    loss, p = cross_entropy(x, np.array([1, 0]))
    assert p.tolist() == [[1, 0], [0.5, 0.5]]
    assert loss.tolist() == pytest.approx([1e4, math.log(2)], rel=1e-3)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("batch", [(6,), (2, 3), ()])
def test_cross_entropy_equals_the_loops(batch, dtype, rng):
    x, labels = (3 * rng.standard_normal((*batch, 4))).astype(dtype), rng.integers(0, 4, batch)
    labels = np.asarray(labels)
    g = np.asarray(rng.standard_normal(batch)).astype(dtype)
    p = naive(x.astype(np.float64), -1)
    loss, saved = cross_entropy(x, labels)
    close(loss, np.array([-math.log(row[k]) for row, k in zip(p.reshape(-1, 4), labels.ravel())]).reshape(batch), dtype)
    close(saved, p, working(dtype).type)
    onehot = np.eye(4)[labels]
    close(cross_entropy_dx(g, saved, labels), (p - onehot) * g.astype(float)[..., None], dtype)


def test_cross_entropy_gradient_equals_finite_differences(rng):
    x, labels, g = rng.standard_normal((3, 5)), np.array([4, 0, 2]), rng.standard_normal(3)
    numeric = numeric_gradient(lambda v: np.vdot(g, cross_entropy(v, labels)[0]), x)
    np.testing.assert_allclose(cross_entropy_dx(g, cross_entropy(x, labels)[1], labels), numeric, atol=1e-8)


def test_softmax_takes_any_layout_and_leaves_its_inputs_alone(rng):
    x, labels = rng.standard_normal((6, 8))[::2, ::-2], np.array([1, 9, 0, 9, 3, 9])[::2]
    before = x.copy()
    loss, p = cross_entropy(x, labels)
    np.testing.assert_allclose(p, naive(before, -1), rtol=1e-13)
    np.testing.assert_allclose(loss, -np.log(naive(before, -1)[range(3), labels]), rtol=1e-13)
    g = loss[::-1]
    np.testing.assert_allclose(cross_entropy_dx(g, p, labels), cross_entropy_dx(g.copy(), p.copy(), labels.copy()))
    assert np.array_equal(x, before)


def test_softmax_of_an_empty_batch():
    x, none = np.ones((0, 3), np.float32), np.zeros(0, np.int64)
    loss, p = cross_entropy(x, none)
    assert loss.shape == (0,) and p.shape == (0, 3)
    assert cross_entropy_dx(loss, p, none).shape == (0, 3)


def test_cross_entropy_refuses_what_does_not_fit():
    x = np.ones((2, 3))
    with pytest.raises(ShapeError, match=r"one label for each row of x \(2, 3\), got labels of shape \(3,\)"):
        cross_entropy(x, np.zeros(3, int))
    with pytest.raises(DTypeError, match=r"integer labels, got float64"):
        cross_entropy(x, np.zeros(2))
    for bad in ([0, 3], [-1, 0]):
        with pytest.raises(ArgumentError, match=rf"labels in \[0, 3\) .* from {min(bad)} to {max(bad)}"):
            cross_entropy(x, np.array(bad))
    with pytest.raises(ShapeError, match=r"one gradient for each label, \(2,\), got \(1,\)"):
        cross_entropy_dx(np.ones(1), x, np.zeros(2, int))


def test_cross_entropy_of_logits_that_lie_by_columns(rng):
    x, labels, g = rng.standard_normal((4, 3)), np.array([2, 0, 1, 2], np.uint8), rng.standard_normal(4)
    by_columns = np.asfortranarray(x)
    loss, p = cross_entropy(by_columns, labels)
    np.testing.assert_allclose(loss, cross_entropy(x, labels)[0], rtol=1e-14)
    expected = numeric_gradient(lambda x: np.vdot(g, cross_entropy(x, labels)[0]), x)
    np.testing.assert_allclose(cross_entropy_dx(g, p, labels), expected, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("rest", [(), (1,), (5,), (3, 4), (2, 3, 2)], ids=str)
def test_cross_entropy_of_channels_is_that_of_rows(dtype, rest):
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 4, (3, *rest))
    first = (3 * rng.standard_normal((3, 4, *rest))).astype(dtype)
    last = np.moveaxis(np.ascontiguousarray(np.moveaxis(first, 1, -1)), -1, 1)
    for x in (first, last):
        loss, p = cross_entropy_of_channels(x, labels)
        expected, q = cross_entropy(np.moveaxis(x, 1, -1), labels)
        assert loss.dtype == dtype
        np.testing.assert_allclose(loss, expected, rtol=1e-3 if dtype == "float16" else 1e-5)
        for g in (rng.standard_normal((3, *rest)), np.array(0.5)):
            g = g.astype(dtype)
            dx = cross_entropy_of_channels_dx(g, p, labels)
            assert dx.dtype == dtype
            np.testing.assert_allclose(dx, np.moveaxis(cross_entropy_dx(g, q, labels), -1, 1),
                                       atol=1e-3 if dtype == "float16" else 1e-6)
