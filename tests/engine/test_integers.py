"""Integers as C, NumPy and both originals on CPUs have them, on whichever engine runs."""

import numpy as np
import pytest

from luojia import Tensor, nd, ops
from luojia.common import dtype as types

FLOATS = np.array([np.nan, np.inf, -1.0, -2.7, 300.0, 7e4, 3e9, 5e9, 1e19, -1e20], np.float32)
CAST = {  # observed on both originals and NumPy
    "int8": [0, 0, -1, -2, 44, 112, 0, 0, 0, 0],
    "uint8": [0, 0, 255, 254, 44, 112, 0, 0, 0, 0],
    "int32": [-(2**31), -(2**31), -1, -2, 300, 70000, *[-(2**31)] * 4],
    "int64": [-(2**63), -(2**63), -1, -2, 300, 70000, 3000000000, 5000000000, -(2**63), -(2**63)],
    "uint64": [2**63, 0, 2**64 - 1, 2**64 - 2, 300, 70000, 3000000000, 5000000000, 9999999980506447872, 2**63],
}


@pytest.mark.parametrize("name", CAST)
def test_floats_beyond_an_integers_range_wrap(name):
    found = Tensor(FLOATS).astype(getattr(types, name)).asnumpy()
    assert found.dtype == name and found.tolist() == CAST[name]
    assert Tensor(FLOATS, getattr(types, name)).asnumpy().tolist() == CAST[name]


def test_functions_of_integers_in_mxnet():
    assert nd.arccos(nd.array([3, 1], dtype="int64")).asnumpy().tolist() == [-(2**63), 0]


def test_divisions():
    x, zero = Tensor(np.array([7, -7, 0])), Tensor(np.zeros(3, np.int64))
    for by in (zero, 0):
        assert (x // by).asnumpy().tolist() == [2**63 - 1, -(2**63), 0]
        assert (x % by).asnumpy().tolist() == [0, 0, 0]
    flags = Tensor(np.array([True, False]))
    assert [str((flags % flags).dtype), str((flags // flags).dtype)] == ["Int8", "Int8"]
    found = ops.div(Tensor(np.array([100, 7], np.int8)), Tensor(np.array([0, -2], np.int8)), rounding_mode="trunc")
    assert found.asnumpy().tolist() == [0, -3]


def test_powers():
    x = Tensor(np.array([0, 2, 3, -1], np.int32))
    assert (x ** Tensor(np.array([64, 64, 100, 65], np.int32))).asnumpy().tolist() == [0, 0, -818408495, -1]
    assert ops.pow(Tensor(np.array([0, 2], np.int8)), -1).asnumpy().tolist() == [0, 0]


def test_the_least_integer():
    least = Tensor(np.array([-128, 6], np.int8))
    assert ops.gcd(least, Tensor(np.array([96, -128], np.int8))).asnumpy().tolist() == [32, 2]
    assert ops.lcm(least, Tensor(np.array([1, 4], np.int8))).asnumpy().tolist() == [-128, 12]


def test_booleans_and_zeros():
    assert round(Tensor(True)).asnumpy() == 1
    assert ops.digamma(Tensor([0.0, -0.0])).asnumpy().tolist() == [-np.inf, np.inf]
    assert ops.GradOperation()(ops.lgamma)(Tensor([0.0, -0.0])).asnumpy().tolist() == [-np.inf, np.inf]
    assert ops.GradOperation()(lambda x: ops.norm(x, ord=1))(Tensor([0.0, -2.0])).asnumpy().tolist() == [0, -1]
