"""Printing, to the letter as mindspore 2.8.0 prints."""

import numpy as np
import pytest

from luojia import Parameter, Tensor
from luojia import dtype as mstype


@pytest.mark.parametrize("data, dtype, expected", [
    (3, None, "Tensor(shape=[], dtype=Int64, value= 3)"),
    (3.0, None, "Tensor(shape=[], dtype=Float32, value= 3)"),
    (1 / 3, None, "Tensor(shape=[], dtype=Float32, value= 0.333333)"),
    (1234567.0, None, "Tensor(shape=[], dtype=Float32, value= 1.23457e+06)"),
    (1e-7, None, "Tensor(shape=[], dtype=Float32, value= 1e-07)"),
    (1 / 3, mstype.float16, "Tensor(shape=[], dtype=Float16, value= 0.333252)"),
    (float("nan"), None, "Tensor(shape=[], dtype=Float32, value= nan)"),
    (True, None, "Tensor(shape=[], dtype=Bool, value= True)"),
    (1 + 2j, None, "Tensor(shape=[], dtype=Complex128, value= 1+2j)"),
    ([21.5359993], None, "Tensor(shape=[1], dtype=Float32, value= [ 2.15359993e+01])"),
    ([1.5, -2.25], mstype.float16, "Tensor(shape=[2], dtype=Float16, value= [ 1.5000e+00, -2.2500e+00])"),
    ([1.5, float("nan"), float("inf"), -float("inf")], None,
     "Tensor(shape=[4], dtype=Float32, value= [ 1.50000000e+00,             nan,             inf,            -inf])"),
    ([[1, 2], [3, 4]], mstype.int32, "Tensor(shape=[2, 2], dtype=Int32, value=\n[[1, 2],\n [3, 4]])"),
    ([True, False], None, "Tensor(shape=[2], dtype=Bool, value= [ True, False])"),
    ([-1, 2], mstype.int8, "Tensor(shape=[2], dtype=Int8, value= [-1,  2])"),
    ([1 + 2j, 3.5 - 1j], None, "Tensor(shape=[2], dtype=Complex128, value= [1+2j, 3.5-1j])"),
    ([], None, "Tensor(shape=[0], dtype=Float32, value= )"),
    (np.zeros((0, 3), np.float32), None, "Tensor(shape=[0, 3], dtype=Float32, value=\n)"),
    (np.arange(8).reshape(2, 2, 2), None,
     "Tensor(shape=[2, 2, 2], dtype=Int64, value=\n[[[0, 1],\n  [2, 3]],\n [[4, 5],\n  [6, 7]]])"),
    (np.float16([[np.nan, 1]]), None, "Tensor(shape=[1, 2], dtype=Float16, value=\n[[        nan,  1.0000e+00]])"),
    (np.arange(80).reshape(2, 40), None,
     "Tensor(shape=[2, 40], dtype=Int64, value=\n[[ 0,  1,  2 ... 37, 38, 39],\n [40, 41, 42 ... 77, 78, 79]])"),
    (np.arange(1001, dtype=np.float32), None,
     "Tensor(shape=[1001], dtype=Float32, value= [ 0.00000000e+00,  1.00000000e+00,  2.00000000e+00 ...  "
     "9.98000000e+02,  9.99000000e+02,  1.00000000e+03])"),
])
def test_repr(data, dtype, expected):
    assert repr(Tensor(data, dtype)) == expected


def test_elided_rows():
    assert repr(Tensor(np.arange(2000).reshape(40, 50))) == (
        "Tensor(shape=[40, 50], dtype=Int64, value=\n"
        "[[   0,    1,    2 ...   47,   48,   49],\n"
        " [  50,   51,   52 ...   97,   98,   99],\n"
        " [ 100,  101,  102 ...  147,  148,  149],\n"
        " ...\n"
        " [1850, 1851, 1852 ... 1897, 1898, 1899],\n"
        " [1900, 1901, 1902 ... 1947, 1948, 1949],\n"
        " [1950, 1951, 1952 ... 1997, 1998, 1999]])")


def test_line_breaks():
    ints, floats, flags = (repr(Tensor(np.arange(60).astype(t))) for t in (np.int64, np.float32, np.bool_))
    assert ints.splitlines()[1] == " " + ", ".join(str(i) for i in range(24, 48)) + ", "
    assert floats.splitlines()[1].startswith("  1.20000000e+01,  1.30000000e+01")
    assert floats.endswith("5.90000000e+01\n ])") and flags.endswith("True\n ])")


def test_str_is_numpys():
    for array in (np.float32([1.0, 2.5]), np.arange(2000).reshape(40, 50), np.float32(3)):
        assert str(Tensor(array)) == str(array)
    assert str((Tensor([[1.0]]),)) == "(Tensor(shape=[1, 1], dtype=Float32, value=\n[[ 1.00000000e+00]]),)"


def test_parameter_and_html():
    p = Parameter(Tensor([1.0]), name="z")
    assert repr(p) == str(p) == "Parameter (name=z, shape=(1,), dtype=Float32, requires_grad=True)"
    card = Tensor([[1.5, 2.0]])._repr_html_()
    assert all(part in card for part in ("Tensor", "1 × 2", "float32", "cpu(0)", "1.5"))
