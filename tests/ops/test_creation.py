"""Arrays from numbers."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError


def test_constants():
    zeros = ops.zeros((2, 3))
    assert zeros.shape == (2, 3) and zeros.dtype is mx.float32 and not zeros.asnumpy().any()
    assert ops.Ones()((2,), mx.int32).dtype is mx.int32 and ops.ones(3).asnumpy().tolist() == [1, 1, 1]
    assert ops.full((2,), 7).dtype is mx.int64
    assert ops.full((2,), 0.5, dtype=mx.float32).asnumpy().tolist() == [0.5, 0.5]
    assert ops.Fill()(mx.float16, (2,), 3).dtype is mx.float16
    assert ops.full_like(Tensor([1, 2]), 5).asnumpy().tolist() == [5, 5]
    assert ops.eye(2, 3).asnumpy().tolist() == [[1, 0, 0], [0, 1, 0]]
    assert OPERATORS["filled_eye"](n=3, k=1, dtype="int64").asnumpy().tolist() == np.eye(3, k=1).tolist()


def test_ranges():
    assert OPERATORS["filled_range"](start=1, stop=7, step=2).asnumpy().tolist() == [1, 3, 5]
    assert OPERATORS["filled_range"](start=2, repeat=2, dtype="float32").asnumpy().tolist() == [0, 0, 1, 1]
    assert ops.range(0, 3, 1).dtype is mx.int64
    assert ops.linspace(0, 1, 3).asnumpy().tolist() == [0, 0.5, 1]


def test_numbers_in_the_shape_of_another_array():
    x = mx.nd.ones((2, 3))
    data = mx.sym.Variable("data")
    for face, expected in (
        (mx.sym.contrib.arange_like(data, start=1, step=2, axis=1), [1, 3, 5]),
        (mx.sym.contrib.arange_like(data, repeat=4), [[0, 0, 0], [0, 1, 1]]),
        (mx.sym.contrib.index_array(data, axes=(-1,)), [[[0], [1], [2]]] * 2),
    ):
        assert face.eval(data=x)[0].asnumpy().tolist() == expected
    with pytest.raises(ArgumentError, match="index_array"):
        OPERATORS["index_array"](x, axes=(2,))
