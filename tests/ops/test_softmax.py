"""Softmax and its kin."""

import numpy as np
import pytest
import scipy.special as sp

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError
from tests.check import check_op

x = np.array([[[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]]])


def test_softmax():
    check_op("softmax", x, ref=sp.softmax(x, -1))
    check_op("softmax", x, attrs={"axis": 1, "temperature": 2.0}, ref=sp.softmax(x / 2, 1))
    check_op("softmax", x, attrs={"axis": (1, 2)}, ref=sp.softmax(x, (1, 2)))
    check_op("softmax", x, attrs={"mode": "channel"}, ref=sp.softmax(x, 1))
    check_op("softmax", x, attrs={"mode": "instance"}, ref=sp.softmax(x, -1))
    check_op("log_softmax", x, attrs={"axis": 1}, ref=sp.log_softmax(x, 1))
    check_op("log_softmax", x, attrs={"temperature": 0.5}, ref=sp.log_softmax(2 * x, -1))
    check_op("softmin", x, ref=sp.softmax(-x, -1))
    check_op("softmin", x, attrs={"temperature": 0.5}, ref=sp.softmax(-2 * x, -1))


def test_lengths():
    length = np.array([[2, 1]])
    expected = np.zeros_like(x)
    expected[0, 0, :2] = sp.softmax(x[0, 0, :2])
    expected[0, 1, 0] = 1
    check_op("softmax", x, length, attrs={"use_length": True}, ref=expected)
    expected[0, 1, 0] = 0  # as MXNet's, a row of length 0
    check_op("softmax", x, np.array([[2, 0]]), attrs={"use_length": True}, ref=expected, second=False)


def test_dtype_and_large_values():
    out = OPERATORS["softmax"](Tensor([[1, 2]]), dtype="float16")
    assert out.np_dtype == np.float16
    assert OPERATORS["log_softmax"](Tensor([[1, 2]]), dtype="float32").np_dtype == np.float32
    np.testing.assert_allclose(OPERATORS["softmax"](Tensor([1000.0, 0.0])).asnumpy(), [1, 0])


def test_errors():
    with pytest.raises(ArgumentError, match="mode must be 'channel' or 'instance', got 'foo'"):
        OPERATORS["softmax"](Tensor(x), mode="foo")
