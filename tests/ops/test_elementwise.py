"""Functions of one array, element by element."""

import numpy as np

import luojia
from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])
pos = np.abs(x) + 0.5
small = x / 3


def slope(fn, at):
    return ops.GradOperation()(fn)(Tensor([at])).asnumpy().tolist()[0]


def test_exponentials():
    check_op("exp", x, ref=np.exp)
    check_op("log", pos, ref=np.log)
    check_op("square", x, ref=np.square)
    check_op("expm1", x, ref=np.expm1)
    check_op("exp2", x, ref=np.exp2)
    check_op("log2", pos, ref=np.log2)
    check_op("log10", pos, ref=np.log10)
    check_op("log1p", pos, ref=np.log1p)


def test_roots():
    check_op("sqrt", pos, ref=np.sqrt)
    check_op("rsqrt", pos, ref=1 / np.sqrt(pos))
    check_op("cbrt", x, ref=np.cbrt)
    check_op("rcbrt", x, ref=1 / np.cbrt(x), tolerance=3)
    check_op("reciprocal", x, ref=1 / x, tolerance=3)
    check_op("abs", x, ref=np.abs)
    assert slope(ops.sqrt, 0.0) == np.inf
    assert slope(ops.abs, 0.0) == 0
    assert slope(OPERATORS["cbrt"], 0.0) == np.inf


def test_trigonometry():
    check_op("sin", x, ref=np.sin)
    check_op("cos", x, ref=np.cos)
    check_op("tan", small, ref=np.tan)
    check_op("arcsin", small, ref=np.arcsin)
    check_op("arccos", small, ref=np.arccos)
    check_op("arctan", x, ref=np.arctan)
    check_op("degrees", x, ref=np.degrees)
    check_op("radians", x, ref=np.radians)
    check_op("sinc", x, ref=np.sinc)


def test_hyperbolic():
    check_op("tanh", x, ref=np.tanh)
    check_op("sinh", x, ref=np.sinh)
    check_op("cosh", x, ref=np.cosh)
    check_op("arcsinh", x, ref=np.arcsinh)
    check_op("arccosh", pos + 1, ref=np.arccosh)
    check_op("arctanh", small, ref=np.arctanh)


def test_selection():
    check_op("where", x > 0, x, x * 2, ref=np.where)
    check_op("where", x > 0, x, 0.5, ref=np.where)
    check_op("where", np.array([True, False]), x, pos, attrs={"rows": True}, ref=np.stack([x[0], pos[1]]))
    check_op("masked_fill", x, x > 0, np.array(7.0), ref=np.where(x > 0, 7, x))
    check_op("identity", x, ref=x)
    check_op("zeros_like", x, ref=np.zeros_like)
    check_op("ones_like", x, ref=np.ones_like)
    check_op("replace_nonfinite", x, ref=x)
    odd = Tensor([np.nan, np.inf, -np.inf, 1.0])
    assert ops.nan_to_num(odd, 5.0, 6.0, 7.0).asnumpy().tolist() == [5, 6, 7, 1]
    assert ops.nan_to_num(odd).asnumpy()[1] == np.finfo(np.float32).max


def test_no_gradient_passes_to_what_is_not_finite():
    x = Tensor([1.0, np.nan, np.inf, -np.inf, -2.0])
    assert luojia.grad(lambda x: ops.nan_to_num(x) * 3)(x).asnumpy().tolist() == [3, 0, 0, 0, 3]
