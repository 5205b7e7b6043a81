"""Arithmetic of two arrays and the cast between dtypes."""

import numpy as np

from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])
y = np.array([1.7, -0.8, 0.9])
pos = np.abs(x) + 0.5


def test_add_subtract_multiply_divide():
    check_op("add", x, y, ref=np.add)
    check_op("subtract", x, y, ref=np.subtract)
    check_op("multiply", x, y, ref=np.multiply)
    check_op("divide", x, y, ref=np.divide)


def test_negative_and_power():
    check_op("negative", x, ref=np.negative)
    check_op("power", pos, y, ref=np.power)
    check_op("power", x, 3, ref=np.power)
    check_op("power", x, 0, ref=np.power)


def test_cast():
    check_op("cast", x, attrs={"dtype": "float64"}, ref=x, dtypes=())
