"""Running sums, products and extrema."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.errors import ArgumentError
from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])


def test_sums():
    check_op("cumsum", x, ref=np.cumsum)
    check_op("cumsum", x, attrs={"axis": 1}, ref=x.cumsum(1))
    check_op("cumsum", x, attrs={"axis": -1, "exclusive": True}, ref=x.cumsum(1) - x)
    check_op("cumsum", x, attrs={"axis": 0, "reverse": True}, ref=x[::-1].cumsum(0)[::-1])
    check_op("running_sum", x, attrs={"axis": 1, "exclusive": True, "reverse": True},
             ref=x[:, ::-1].cumsum(1)[:, ::-1] - x)
    assert ops.CumSum()(Tensor(np.array([1, 2], np.int32)), 0).np_dtype == np.int32
    with pytest.raises(ArgumentError, match="cumsum: axis 2 is out of bounds"):
        ops.cumsum(Tensor(x), 2)


def test_products():
    check_op("cumulative_product", x, attrs={"axis": 1}, ref=x.cumprod(1), tolerance=3)
    check_op("cumulative_product", x + 3, attrs={"axis": 1}, ref=(x + 3).cumprod(1), tolerance=3)
    check_op("cumulative_product", x, attrs={"axis": 0, "reverse": True}, ref=x[::-1].cumprod(0)[::-1])
    check_op("cumulative_product", np.array([2.0, 0.0, 3.0]), attrs={"axis": 0, "exclusive": True}, ref=[1, 2, 0])


def test_extrema():
    check_op("cummax", x, attrs={"axis": 1}, ref=(np.maximum.accumulate(x, 1), [[0, 0, 2], [0, 0, 0]]))
    check_op("cummin", x, attrs={"axis": 1}, ref=(np.minimum.accumulate(x, 1), [[0, 1, 1], [0, 1, 2]]))


@pytest.mark.parametrize("axis", [0, 1, -2])
def test_long_slices(axis):
    """Slice by slice as number by number."""
    x = np.random.default_rng(0).normal(size=(5, 7, 300)).astype("float32")
    for y in (x, x[::2, :, ::-1], np.asfortranarray(x), x[:0]):
        assert np.array_equal(ops.cumsum(Tensor(y), axis).asnumpy(), np.cumsum(y, axis))
        assert np.array_equal(ops.cumprod(Tensor(y), axis).asnumpy(), np.cumprod(y, axis))
