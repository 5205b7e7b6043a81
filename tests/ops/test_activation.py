"""Activation functions, and their slopes at the corners, as the originals have them."""

import numpy as np
import pytest
import scipy.special as sp

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError
from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1, 4.0], [1.4, 0.6, -0.5, -3.5]])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.log1p(np.exp(x))


def elu(x, a=1.0):
    return np.where(x > 0, x, a * np.expm1(x))


def slopes(fn, *at):
    return [ops.GradOperation()(fn)(Tensor([float(a)])).asnumpy().tolist()[0] for a in at]


def test_rectifiers():
    check_op("relu", x, ref=lambda x: np.maximum(x, 0))
    check_op("relu6", x * 3, ref=lambda x: np.clip(x, 0, 6))
    check_op("leaky_relu", x, attrs={"slope": 0.1}, ref=np.where(x > 0, x, 0.1 * x))
    check_op("prelu", x, np.array([0.25]), ref=np.where(x > 0, x, 0.25 * x))
    check_op("prelu", x.reshape(1, 2, 4), np.array([0.25, 0.5]),
             ref=np.where(x > 0, x, np.array([[0.25], [0.5]]) * x)[None])
    check_op("elu", x, attrs={"alpha": 0.7}, ref=elu(x, 0.7))
    check_op("celu", x, attrs={"alpha": 0.7}, ref=np.where(x > 0, x, 0.7 * np.expm1(x / 0.7)))
    check_op("selu", x, ref=1.0507009873554805 * elu(x, 1.6732632423543772))
    check_op("threshold", x, attrs={"thr": 0.5, "value": 9.0}, ref=np.where(x > 0.5, x, 9.0))
    assert slopes(ops.relu, 0) == [0] and slopes(ops.relu6, 0, 6) == [0, 1]
    assert slopes(OPERATORS["elu"], 0) == [1]


def test_bounds_of_infinite_numbers_are_mindspores():
    ends = Tensor(np.float32([np.inf, -np.inf]))
    assert ops.hardsigmoid(ends).tolist() == [1, 0] and ops.hardtanh(ends).tolist() == [1, -1]


def test_smooth_ones():
    check_op("sigmoid", x, ref=sigmoid)
    check_op("gelu", x, ref=0.5 * x * (1 + sp.erf(x / np.sqrt(2))))
    check_op("gelu", x, attrs={"approximate": "tanh"},
             ref=0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))))
    check_op("fast_gelu", x, ref=x * sigmoid(1.702 * x))
    check_op("silu", x, ref=x * sigmoid(x))
    check_op("softplus", x, ref=softplus)
    check_op("scaled_softplus", x, attrs={"beta": 2}, ref=softplus(2 * x) / 2)
    check_op("log_sigmoid", x, ref=np.log(sigmoid(x)))
    check_op("squareplus", x, ref=(x + np.sqrt(x * x + 4)) / 2)
    check_op("mish", x, ref=x * np.tanh(softplus(x)))
    check_op("softsign", x, ref=x / (1 + np.abs(x)))
    check_op("tanhshrink", x, ref=x - np.tanh(x))
    check_op("glu", x, ref=x[:, :2] * sigmoid(x[:, 2:]))
    assert slopes(ops.Softplus(), 0) == [0.5] and slopes(ops.softsign, 0) == [1]
    assert np.isfinite(ops.Softplus()(Tensor([1000.0, -1000.0])).asnumpy()).all()


def test_piecewise():
    check_op("hard_sigmoid", x, ref=np.clip(0.2 * x + 0.5, 0, 1))
    check_op("hard_swish", x, ref=x * np.clip(x + 3, 0, 6) / 6)
    check_op("hard_tanh", x, ref=np.clip(x, -1, 1))
    check_op("hard_shrink", x * 1.1, ref=np.where(np.abs(x * 1.1) > 0.5, x * 1.1, 0))
    check_op("soft_shrink", x * 1.1, ref=np.sign(x) * np.maximum(np.abs(x * 1.1) - 0.5, 0))
    check_op("smooth_l1", x, ref=np.where(np.abs(x) < 1, 0.5 * x * x, np.abs(x) - 0.5))
    assert OPERATORS["smooth_l1"](Tensor(x), scalar=0).asnumpy().tolist() == (x * 0).tolist()
    np.testing.assert_allclose(ops.HSigmoid()(Tensor(x)).asnumpy(), np.clip(x / 6 + 0.5, 0, 1))


@pytest.mark.parametrize("act_type", ["relu", "sigmoid", "tanh", "softrelu", "softsign"])
def test_mxnet_by_name(act_type):
    check_op("activation", x, attrs={"act_type": act_type})


def test_mxnet_rectifiers_by_name():
    check_op("leaky_relu_family", x, ref=np.where(x > 0, x, 0.25 * x))
    check_op("leaky_relu_family", x, attrs={"act_type": "elu"}, ref=elu(x, 0.25))
    check_op("leaky_relu_family", x, attrs={"act_type": "selu"})
    check_op("leaky_relu_family", x, attrs={"act_type": "rrelu", "lower_bound": 0.1, "upper_bound": 0.2},
             ref=np.where(x > 0, x, 0.15 * x))
    check_op("leaky_relu_family", x, attrs={"act_type": "gelu"}, ref=0.5 * x * (1 + sp.erf(x / np.sqrt(2))))
    check_op("leaky_relu_family", x[None], np.array([0.25, 0.5]), attrs={"act_type": "prelu"},
             ref=np.where(x > 0, x, np.array([[0.25], [0.5]]) * x)[None])
    family = OPERATORS["leaky_relu_family"]
    at_zero = [slopes(lambda t, a=a: family(t, act_type=a, slope=0.5), 0)[0] for a in ("elu", "leaky", "selu")]
    np.testing.assert_allclose(at_zero, [0.5, 0.5, 1.7580993], rtol=1e-6)


def test_errors():
    t = Tensor(x)
    with pytest.raises(ArgumentError, match="act_type must be one of 'relu', 'sigmoid', .*, got 'foo'"):
        OPERATORS["activation"](t, act_type="foo")
    with pytest.raises(ArgumentError, match="LeakyReLU: act_type must be 'leaky', .*, got 'foo'"):
        OPERATORS["leaky_relu_family"](t, act_type="foo")
    with pytest.raises(ArgumentError, match="act_type='prelu' needs gamma"):
        OPERATORS["leaky_relu_family"](t, act_type="prelu")
    with pytest.raises(ArgumentError, match="approximate must be 'none' or 'tanh', got 'foo'"):
        ops.gelu(t, approximate="foo")
