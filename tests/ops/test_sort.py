"""Sorting, the greatest k, and searching."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError
from luojia._src.ops.sort import unique_in_range
from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1, 0.3], [1.4, 0.6, -0.5, 0.1]])


def test_sort():
    check_op("sort", x[1:], ref=np.sort(x[1:]))
    check_op("sort", x, attrs={"axis": 0, "is_ascend": False}, ref=np.sort(x, 0)[::-1])
    check_op("sort", x[1:], attrs={"axis": None}, ref=np.sort(x[1]))
    check_op("sort_with_index", x[1:], ref=(np.sort(x[1:]), np.argsort(x[1:])))
    check_op("sort_with_index", x[1:], attrs={"descending": True}, ref=(np.sort(x[1:])[:, ::-1], [[0, 1, 3, 2]]))


def test_positions_keep_the_order_of_equals():
    check_op("argsort_stable", x, attrs={"descending": True}, ref=np.array([[2, 0, 3, 1], [0, 1, 3, 2]]), dtypes=())
    check_op("argsort_as", x, ref=np.array([[1, 0, 3, 2], [2, 3, 1, 0]]), dtypes=())
    check_op("argsort_as", x[0], attrs={"axis": None, "is_ascend": False}, ref=np.array([2, 0, 3, 1]), dtypes=())


def test_topk():
    check_op("topk", x[:, 1:], attrs={"k": 2}, ref=([[2.1, 0.3], [0.6, 0.1]], [[1, 2], [0, 2]]))
    check_op("topk", x, attrs={"k": 1, "axis": 0, "ret_typ": "value", "is_ascend": True}, ref=x.min(0)[None])
    check_op("topk", x, attrs={"k": 2, "axis": None, "ret_typ": "value"}, ref=[2.1, 1.4])
    values, places = mx.nd.topk(mx.nd.array([[1, 2], [3, 0]]), axis=None, ret_typ="both")
    assert values.asnumpy() == [3] and places.asnumpy() == [2]
    check_op("topk", x, attrs={"k": 2, "ret_typ": "indices"}, ref=[[2, 0], [0, 1]], grad=False, dtypes=())
    check_op("topk", x, attrs={"k": 2, "ret_typ": "mask"}, ref=[[1, 0, 1, 0], [1, 1, 0, 0]], grad=False)
    check_op("topk", x, attrs={"k": 1, "largest": False}, ref=([[-1.2], [-0.5]], [[1], [2]]))
    values, index = ops.TopK()(Tensor([1.0, 3.0, 2.0]), 2)
    assert values.asnumpy().tolist() == [3, 2] and index.asnumpy().tolist() == [1, 2] and index.dtype is mx.int32
    with pytest.raises(ArgumentError, match="topk: k is 5, but axis 1 has only 4 elements"):
        OPERATORS["topk"](Tensor(x), k=5)
    with pytest.raises(ArgumentError, match="ret_typ must be 'value', 'indices', 'both' or 'mask', got 'foo'"):
        OPERATORS["topk"](Tensor(x), ret_typ="foo")


def test_search_and_counts():
    ladder = np.array([1.0, 3.0, 5.0])
    check_op("search_sorted", ladder, np.array([3.0, 4.0]), ref=np.array([1, 2]), dtypes=())
    check_op("search_sorted", ladder, np.array([3.0, 4.0]), attrs={"right": True}, ref=np.array([2, 2]), dtypes=())
    check_op("search_sorted", np.stack([ladder, ladder + 1]), np.array([[3.0], [3.0]]), ref=np.array([[1], [1]]),
             dtypes=())
    check_op("bincount", np.array([1, 1, 3]), ref=np.array([0, 2, 0, 1]), symbol="value", xla="eager")
    check_op("bincount", np.array([1, 1, 3]), np.array([0.5, 2.0, 3.0]), ref=np.array([0, 2.5, 0, 3]), symbol="value",
             xla="eager")
    check_op("histogram_counts", x, attrs={"bins": 2, "low": -2.0, "high": 2.0}, ref=np.array([2, 5]), dtypes=())
    check_op("histogram_counts", x, attrs={"bins": 2}, ref=np.histogram(x, 2)[0], dtypes=(), xla="eager")
    check_op("unique_with_index", np.array([3, 1, 3]), ref=([3, 1], [0, 1, 0]), symbol="value", xla="eager")


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "int8", "int16", "uint32"])
def test_equal_integers_are_found_by_a_table_as_by_sorting(dtype, rng):
    limits = np.iinfo(dtype)
    for low in (max(limits.min, -100), limits.min, limits.max - 60):
        x = (rng.integers(0, 60, (50, 40)) + low).astype(dtype)
        values, places = unique_in_range(x)
        expected, first, inverse = np.unique(x, return_index=True, return_inverse=True)
        order = np.argsort(first)
        np.testing.assert_array_equal(values, expected[order])
        np.testing.assert_array_equal(places, np.argsort(order)[inverse].reshape(x.shape))
        assert values.dtype == x.dtype and places.dtype == ("int64" if dtype == "int64" else "int32")


def test_integers_far_apart_are_sorted():
    assert unique_in_range(np.arange(300) * 1000) is None and unique_in_range(np.arange(5)) is None
