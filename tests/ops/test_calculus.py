"""Differences, derivatives, integrals and interpolation, against NumPy's own."""

import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1, 0.9], [1.4, 0.6, -0.5, 3.1]])


def test_differences():
    check_op("diff", x, ref=np.diff(x))
    check_op("diff", x, attrs={"n": 2, "axis": 1}, ref=np.diff(x, 2))
    check_op("diff", x > 0, attrs={"axis": 0}, ref=np.diff(x > 0, axis=0))
    check_op("derivative_along", x, attrs={"axis": 1}, ref=np.gradient(x, axis=1))
    check_op("derivative_along", x, attrs={"axis": 0, "spacing": 2.0}, ref=np.gradient(x, 2.0, axis=0))
    check_op("derivative_along", x, attrs={"axis": 1, "edge_order": 2}, ref=np.gradient(x, axis=1, edge_order=2))


def test_integrals():
    t = np.array([0.0, 0.5, 2.0, 2.5])
    trapezoid = getattr(np, "trapezoid", None) or np.trapz
    check_op("trapz", x, attrs={"dx": 0.5}, ref=trapezoid(x, dx=0.5))
    check_op("trapz", x, t, ref=trapezoid(x, t))
    check_op("trapz", x, x + 1, attrs={"axis": 0}, ref=trapezoid(x, x + 1, axis=0))


def test_interpolation():
    at, points, values = np.array([-0.5, 0.2, 1.1, 1.9, 3.4]), np.array([0.0, 1.0, 1.5, 3.0]), x[0]
    check_op("interp", at, points, values, ref=np.interp(at, points, values))
    check_op("interp", at, points, values, attrs={"left": -1.0, "right": 7.0},
             ref=np.interp(at, points, values, -1, 7))
    assert OPERATORS["interp"](Tensor(at), Tensor([2.0]), Tensor([5.0])).asnumpy().tolist() == [5.0] * 5


def test_unwrap():
    p = np.array([[0.0, 0.78, 5.49, 6.28], [0.0, -3.5, 3.5, 9.9]])
    check_op("unwrap", p, ref=np.unwrap(p))
    check_op("unwrap", p, attrs={"axis": 0, "discont": 4.0}, ref=np.unwrap(p, 4.0, axis=0))


def test_errors():
    with pytest.raises(ArgumentError, match="diff: n must not be negative, got -1"):
        OPERATORS["diff"](Tensor(x), n=-1)
    with pytest.raises(ArgumentError, match="edge_order must be 1 or 2, got 3"):
        OPERATORS["derivative_along"](Tensor(x), axis=0, edge_order=3)
    with pytest.raises(ShapeError, match="axis 0 has 1 elements, at least 2 are needed"):
        OPERATORS["derivative_along"](Tensor([1.0]), axis=0)
    with pytest.raises(ShapeError, match="points and values of one length"):
        OPERATORS["interp"](Tensor(x), Tensor([1.0, 2.0]), Tensor([1.0]))
