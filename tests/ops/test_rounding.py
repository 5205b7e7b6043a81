"""Rounding, and which way each door sends a half."""

import numpy as np

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from tests.check import check_op

x = np.array([0.3, -1.2, 2.7, -0.6])
halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]


def test_rounding():
    check_op("floor", x, ref=np.floor)
    check_op("ceil", x, ref=np.ceil)
    check_op("trunc", x, ref=np.trunc)
    check_op("fix", x, ref=np.trunc)
    check_op("rint", x, ref=np.rint)
    check_op("sign", x, ref=np.sign)
    check_op("frac", x, ref=x - np.trunc(x))
    check_op("round", x, ref=np.round)
    check_op("round", x, attrs={"decimals": 1}, ref=np.round(x, 1))


def test_halves():
    t = Tensor(halves)
    assert ops.round(t).asnumpy().tolist() == [-2, -2, 0, 0, 2, 2]
    assert OPERATORS["round"](t, ties="away").asnumpy().tolist() == [-3, -2, -1, 1, 2, 3]
    assert OPERATORS["round"](t, ties="down").asnumpy().tolist() == [-3, -2, -1, 0, 1, 2]
