"""HIPS autograd under the NumPy engine: the primitives' derivatives, nested, and dtypes."""

import numpy as np
import pytest

from luojia._src.engine.autograd_rules import value_of
from luojia._src.engine.numpy_engine import ENGINE


def gradient(fn, x, order=1):
    """The derivative of sum(fn(xp, x)), nested ``order`` times."""

    def scalar(xp, x, order=order):
        if order == 0:
            return xp.sum(fn(xp, x))
        ans, pull = xp.vjp(lambda xp, x: scalar(xp, x, order - 1), x)
        return xp.sum(pull(np.ones(()))[0])

    return ENGINE.vjp(lambda xp, x: scalar(xp, x, order - 1), x)[1](np.ones(()))[0]


INDEX = np.array([0, 2, 2])
CASES = {
    "erf": lambda xp, x: xp.erf(x),
    "erfinv": lambda xp, x: xp.erfinv(x * 0.3),
    "gammaln": lambda xp, x: xp.gammaln(x + 2.0),
    "digamma": lambda xp, x: xp.digamma(x + 2.0),
    "gamma": lambda xp, x: xp.gamma(x + 2.0),
    "scatter_add": lambda xp, x: xp.scatter_add((4,), np.float64, INDEX, x * x) ** 2,
    "scatter_add of a slice": lambda xp, x: xp.scatter_add((5,), np.float64, slice(1, 4), xp.sin(x)) ** 2,
    "set_at into x": lambda xp, x: xp.set_at(x * x, 1, 5.0) ** 2,
    "set_at of x": lambda xp, x: xp.set_at(np.ones((2, 3)), 1, x * x) ** 2,
    "set_at of x, broadcast": lambda xp, x: xp.set_at(np.ones((2, 3)), slice(None), x * x) ** 2,
}


@pytest.mark.parametrize("name", CASES)
def test_primitives_to_second_order(name):
    fn, x, h = CASES[name], np.array([0.3, -0.8, 1.1]), 1e-6
    d = np.array([1.0, -0.5, 2.0])
    ends = [np.sum(fn(ENGINE.xp, x + s * h * d)) for s in (1, -1)]
    np.testing.assert_allclose(np.sum(gradient(fn, x) * d), (ends[0] - ends[1]) / (2 * h), rtol=1e-6)
    slopes = [np.sum(gradient(fn, x + s * h * d)) for s in (1, -1)]
    np.testing.assert_allclose(np.sum(gradient(fn, x, 2) * d), (slopes[0] - slopes[1]) / (2 * h), rtol=1e-5)


def test_stop_gradient_at_every_level():
    fn = lambda xp, x: xp.stop_gradient(x) * x * x
    x = np.array([2.0, 3.0])
    np.testing.assert_allclose(gradient(fn, x), 2 * x * x)
    np.testing.assert_allclose(gradient(fn, x, 2), 2 * x)


def test_cotangents_keep_float32():
    ans, pull = ENGINE.vjp(lambda xp, x: xp.sum(xp.erf(x) * x), np.ones(3, np.float32))
    assert ans.dtype == np.float32 and pull(np.ones((), np.float32))[0].dtype == np.float32


def test_random_bits_are_a_function_of_the_key():
    key = np.array([1, 2], np.uint32)
    plain, traced = ENGINE.xp.random_bits(key, (3,)), ENGINE.traced.random_bits(key, (3,))
    np.testing.assert_array_equal(plain, traced)
    assert not np.array_equal(plain, ENGINE.xp.random_bits(np.array([2, 1], np.uint32), (3,)))
    assert ENGINE.traced.generator(key).random() == ENGINE.xp.generator(key).random()


def test_value_of_opens_all_boxes():
    seen = []

    def fn(xp, x):
        seen.append(value_of(x))
        return xp.sum(x)

    gradient(fn, np.ones(2), 2)
    assert all(type(v) is np.ndarray for v in seen)
