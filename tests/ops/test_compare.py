"""Comparison and logic."""

import numpy as np
import pytest

from luojia import Tensor, nd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ShapeError
from tests.check import check_op

x = np.array([[0.3, -1.2, 0.9], [1.7, 0.0, -0.5]])
y = np.array([1.7, 0.0, 0.9])
COMPARISONS = ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "logical_and", "logical_or",
               "logical_xor")


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons(name):
    check_op(name, x, y, ref=getattr(np, name), dtypes=())
    like = OPERATORS[name](Tensor(x.astype(np.float32)), Tensor(y.astype(np.float32)), like=True).asnumpy()
    assert like.dtype == np.float32
    np.testing.assert_array_equal(like, getattr(np, name)(x, y))


def test_of_one():
    odd = np.array([1.0, np.nan, np.inf, -np.inf])
    check_op("logical_not", x, ref=np.logical_not)
    check_op("isnan", odd, ref=np.isnan)
    check_op("isinf", odd, ref=np.isinf)
    check_op("isfinite", odd, ref=np.isfinite)
    check_op("isneginf", odd, ref=np.isneginf)
    check_op("isposinf", odd, ref=np.isposinf)
    check_op("signbit", x, ref=np.signbit)
    check_op("invert", np.array([1, 0, 7]), ref=np.invert, symbol="value")
    assert OPERATORS["logical_not"](Tensor([0.0, 2.0]), like=True).asnumpy().tolist() == [1.0, 0.0]


def test_nearness():
    check_op("isclose", x, x + 1e-9, ref=np.isclose, dtypes=())
    check_op("approximate_equal", x, x + 1e-9, ref=np.ones((2, 3), bool), dtypes=())
    assert not ops.isclose(Tensor([1.0]), Tensor([1.1])).asnumpy()[0]


def test_all_close_of_two_shapes():
    with pytest.raises(ShapeError, match=r"allclose expects arrays of one shape, got \(3,\) and \(1, 3\)"):
        nd.contrib.allclose(nd.ones((3,)), nd.ones((1, 3)))
