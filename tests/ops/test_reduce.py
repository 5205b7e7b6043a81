"""Reductions over axes."""

import numpy as np

from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])


def test_sum():
    check_op("sum", x, ref=np.sum)
    check_op("sum", x, attrs={"axis": (0,), "keepdims": True}, ref=x.sum(0, keepdims=True))
    check_op("sum", x, attrs={"axis": -1}, ref=x.sum(-1))
