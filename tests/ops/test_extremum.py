"""The greatest and the least, with or without their positions, and the gradient at ties."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])
tied = Tensor([3.0, 1.0, 3.0])


def grad(fn, at=tied):
    return ops.GradOperation()(fn)(at).asnumpy().tolist()


@pytest.mark.parametrize("name", ["max", "min"])
def test_values(name):
    for how in ({}, {"axis": 0}, {"axis": (0, 1), "keepdims": True}, {"axis": -1, "keepdims": True}):
        check_op(name, x, attrs=how, ref=getattr(np, name)(x, **how))
    check_op(name, x, attrs={"axis": 0, "exclude": True, "ties": "each"}, ref=getattr(np, name)(x, 1))
    check_op(name, x, attrs={"rank1": True}, ref=getattr(np, name)(x).reshape(1))
    check_op(f"{name}_with_index", x, ref=(getattr(np, name)(x), getattr(np, f"arg{name}")(x)))
    check_op(f"{name}_with_index", x, attrs={"axis": 1}, ref=(getattr(np, name)(x, 1), getattr(np, f"arg{name}")(x, 1)))
    check_op(f"{name}_with_index", x, attrs={"axis": 0, "keepdims": True, "index_first": True},
             ref=(getattr(np, f"arg{name}")(x, 0)[None], getattr(np, name)(x, 0)[None]))


def test_every_name_has_a_line():
    check_op("max", x, ref=x.max())
    check_op("min", x, ref=x.min())
    check_op("max_with_index", x, attrs={"keepdims": True}, ref=([[2.1]], [[2]]))
    check_op("min_with_index", x, attrs={"keepdims": True}, ref=([[-1.2]], [[1]]))


def test_ties():
    assert grad(ops.amax) == [0.5, 0, 0.5]
    assert grad(ops.ReduceMax()) == [0.5, 0, 0.5]
    assert grad(lambda t: ops.max(t, axis=0)[0]) == [1, 0, 0]
    assert grad(lambda t: ops.ArgMaxWithValue()(t)[1]) == [1, 0, 0]
    assert grad(lambda t: OPERATORS["max"](t, ties="each")) == [1, 0, 1]
    assert grad(lambda t: OPERATORS["min"](-t, ties="each")) == [-1, 0, -1]


def test_positions():
    check_op("argmax", x, ref=np.argmax, dtypes=())
    check_op("argmin", x, attrs={"axis": 1}, ref=x.argmin(1), dtypes=())
    check_op("argmax", x, attrs={"axis": 1, "keepdims": True}, ref=x.argmax(1)[:, None], dtypes=())
    check_op("argmax", x, attrs={"rank1": True, "dtype": "float32"}, ref=np.array([2.0]), dtypes=())
    assert ops.Argmax()(tied).dtype is mx.int32 and ops.argmax(tied).dtype is mx.int64
    index, value = ops.ArgMaxWithValue(axis=0)(tied)
    assert index.asnumpy() == 0 and index.dtype is mx.int64 and value.asnumpy() == 3


def test_median():
    check_op("median_with_index", x, ref=([0.3, 0.6], [0, 1]))
    check_op("median_with_index", x, attrs={"axis": 0, "keepdims": True}, ref=([[0.3, -1.2, -0.5]], [[0, 0, 1]]))
    check_op("median_with_index", x, attrs={"global_median": True}, ref=(0.3, 0))
