"""Polynomials and convolutions of vectors, against NumPy's own."""

import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

a, v = np.array([0.3, -1.2, 2.1, 0.9, 1.7]), np.array([1.4, 0.6, -0.5])


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolution(mode):
    check_op("convolve", a, v, attrs={"mode": mode}, ref=np.convolve(a, v, mode))
    check_op("convolve", v[:2], a, attrs={"mode": mode}, ref=np.convolve(v[:2], a, mode))
    check_op("correlate", a, v, attrs={"mode": mode}, ref=np.correlate(a, v, mode))
    check_op("correlate", v[:2], a, attrs={"mode": mode}, ref=np.correlate(v[:2], a, mode))


def test_values_and_sums():
    x = np.array([[0.5, -1.0], [0.0, 2.0]])
    check_op("polyval", v, x, ref=np.polyval(v, x))
    check_op("polyadd", a, v, ref=np.polyadd(a, v))
    check_op("polysub", v, a, ref=np.polysub(v, a))


def test_derivatives_and_integrals():
    check_op("polyder", a, ref=np.polyder(a))
    check_op("polyder", a, attrs={"m": 2}, ref=np.polyder(a, 2))
    check_op("polyint", a, ref=np.polyint(a))
    check_op("polyint", a, attrs={"m": 2, "k": (6, 5)}, ref=np.polyint(a, 2, [6, 5]))
    check_op("polyint", a, attrs={"m": 2, "k": 3}, ref=np.polyint(a, 2, [3, 3]))


def test_powers():
    check_op("vander", v, ref=np.vander(v))
    check_op("vander", a, attrs={"n": 2, "increasing": True}, ref=np.vander(a, 2, True))


def test_errors():
    with pytest.raises(ShapeError, match=r"convolve expects vectors of at least one element, got shape \(1, 3\)"):
        OPERATORS["convolve"](Tensor(a), Tensor(v[None]))
    with pytest.raises(ArgumentError, match="mode must be 'full', 'same' or 'valid', got 'half'"):
        OPERATORS["convolve"](Tensor(a), Tensor(v), mode="half")
    with pytest.raises(ArgumentError, match="polyder: the order m must not be negative"):
        OPERATORS["polyder"](Tensor(a), m=-1)
    with pytest.raises(ArgumentError, match="polyint: the order m must not be negative and have a constant k each"):
        OPERATORS["polyint"](Tensor(a), m=3, k=(1, 2))
