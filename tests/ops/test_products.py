"""Kronecker and cross products, matrix powers and chains, against NumPy's own."""

import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

x = np.array([[0.3, -1.2], [1.4, 0.6]])
y = np.array([[0.5, 2.0, -1.0], [1.0, 0.1, 0.7]])


def test_kronecker():
    check_op("kron", x, y, ref=np.kron(x, y))
    check_op("kron", y[0], x, ref=np.kron(y[0], x))
    check_op("kron", x, y[None], ref=np.kron(x, y[None]))


def test_cross():
    check_op("cross", y, y[::-1] + 1, ref=np.cross(y, y[::-1] + 1))
    check_op("cross", y.T, y[0], attrs={"axisa": 0}, ref=np.cross(y.T, y[0], axisa=0))
    check_op("cross", y.T, -2 * y.T + 1, attrs={"axis": 0}, ref=np.cross(y.T, -2 * y.T + 1, axis=0))
    three = np.concatenate((y[:, :2], 0 * y[:, :1]), 1)
    check_op("cross", y[:, :2], y[0], ref=np.cross(three, y[0]))
    check_op("cross", y[0], y[:, :2], attrs={"axisc": 0}, ref=np.cross(y[0], three, axisc=0))
    check_op("cross", y[:, :2], y[0, 1:], ref=np.cross(three, np.append(y[0, 1:], 0))[..., 2])
    check_op("cross", np.array([1.0, 2.0]), np.array([3.0, 5.0]), ref=-1.0)
    check_op("cross", np.array([1.0, 2.0]), y[0], ref=[-2.0, 1.0, 1.0])


@pytest.mark.parametrize("n", [0, 1, 2, 5, -2])
def test_matrix_power(n):
    dtypes = ("float32", "float16") if n >= 0 else ("float32",)  # LAPACK has no float16
    check_op("matrix_power", x, attrs={"n": n}, ref=np.linalg.matrix_power(x, n), tolerance=5, dtypes=dtypes)


def test_dot():
    check_op("dot", x, y, ref=x @ y)
    check_op("dot", y, y[0], ref=y @ y[0])
    check_op("dot", y[1], y[0], ref=y[1] @ y[0])
    check_op("dot", y, np.array(2.0), ref=2 * y)
    deep = np.arange(12.0).reshape(2, 3, 2)
    check_op("dot", y, deep, ref=np.dot(y, deep))


def test_chains():
    check_op("multi_dot", x, y, y.T, ref=x @ y @ y.T)
    check_op("multi_dot", x[0], x, y, ref=x[0] @ x @ y)
    check_op("vdot", x, x + 1, ref=np.vdot(x, x + 1))


def test_errors():
    with pytest.raises(ShapeError, match="cross expects vectors of 2 or 3 elements, got 4 and 3"):
        OPERATORS["cross"](Tensor(np.ones(4)), Tensor(y))
    with pytest.raises(ShapeError, match="matrix_power expects square matrices"):
        OPERATORS["matrix_power"](Tensor(y), n=2)
    with pytest.raises(ArgumentError, match="multi_dot expects at least two arrays, got 1"):
        OPERATORS["multi_dot"](Tensor(x))
    with pytest.raises(ShapeError, match=r"dot: the last length of \(2, 3\) must be length 0 of \(2, 2\)"):
        OPERATORS["dot"](Tensor(y), Tensor(x))
    with pytest.raises(ShapeError, match="vdot expects two arrays of one shape"):
        OPERATORS["vdot"](Tensor(x), Tensor(y))


def test_pair_distances():
    x, y = np.random.default_rng(1).normal(size=(2, 3, 4)), np.random.default_rng(2).normal(size=(2, 2, 4))
    for p in (1, 2):
        check_op("pair_distances", x, y, attrs={"p": p},
                 ref=np.linalg.norm(x[:, :, None] - y[:, None], p, -1), tolerance=2)
