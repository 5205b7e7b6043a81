"""Functions of one array, element by element."""

import numpy as np

from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])
pos = np.abs(x) + 0.5


def test_exponentials():
    check_op("exp", x, ref=np.exp)
    check_op("log", pos, ref=np.log)
    check_op("square", x, ref=np.square)


def test_hyperbolic():
    check_op("tanh", x, ref=np.tanh)
    check_op("sinh", x, ref=np.sinh)


def test_activations():
    check_op("sigmoid", x, ref=lambda x: 1 / (1 + np.exp(-x)))
    check_op("relu", x, ref=lambda x: np.maximum(x, 0))


def test_selection():
    check_op("where", x > 0, x, x * 2, ref=np.where)
    check_op("identity", x, ref=x)
