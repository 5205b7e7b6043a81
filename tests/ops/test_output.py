"""Output operators: their values and gradients are those of mxnet 1.9.1; second derivatives those of their losses."""

import numpy as np
import pytest

import luojia as mx
from luojia import sym
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope
from luojia._src.core.tensor import Tensor
from luojia.ops import GradOperation
from tests.check import check_op

X = np.array([[1.764052345967664, 0.4001572083672233, 0.9787379841057392],
              [2.240893199201458, 1.8675579901499675, -0.977277879876411]])
X3 = np.array([[[0.9500884175255894, -0.1513572082976979], [-0.10321885179355784, 0.41059850193837233],
                [0.144043571160878, 1.454273506962975]],
               [[0.7610377251469934, 0.12167501649282841], [0.44386323274542566, 0.33367432737426683],
                [1.4940790731576061, -0.20515826376580087]]])
LABEL = [0.0, 2.0]
PLAIN = [[-0.41576, 0.14937, 0.2664], [0.57855, 0.39829, -0.97684]]


def gradient(name, x, *labels, head=3.0, **attrs):
    x, labels = Tensor(np.asarray(x)), [Tensor(np.asarray(v, np.float64)) for v in labels]
    x.attach_grad()
    with recording_scope(True):
        y = OPERATORS[name](x, *labels, **attrs)
    y.backward(Tensor(np.full(y.shape, head)))
    return y.asnumpy(), x.grad.asnumpy()


@pytest.mark.parametrize(("attrs", "expected"), [
    ({}, PLAIN),
    ({"grad_scale": 2.0}, [[-0.83153, 0.29873, 0.53279], [1.1571, 0.79659, -1.95368]]),
    ({"normalization": "batch"}, [[-0.20788, 0.07468, 0.1332], [0.28927, 0.19915, -0.48842]]),
    ({"normalization": "valid"}, [[-0.20788, 0.07468, 0.1332], [0.28927, 0.19915, -0.48842]]),
    ({"normalization": "valid", "ignore_label": 2.0}, PLAIN),
    ({"use_ignore": True, "ignore_label": 2.0}, [PLAIN[0], [0, 0, 0]]),
    ({"smooth_alpha": 0.1}, [[-0.31576, 0.09937, 0.2164], [0.52855, 0.34829, -0.87684]]),
    ({"out_grad": True}, 3 * np.array(PLAIN)),
])
def test_softmax_output(attrs, expected):
    value, grad = gradient("softmax_output", X, LABEL, **attrs)
    np.testing.assert_allclose(value, [[0.584235, 0.149367, 0.266397], [0.578549, 0.398293, 0.023158]], atol=1e-6)
    np.testing.assert_allclose(grad, expected, atol=2e-5)


@pytest.mark.parametrize("name", ["softmax_output", "svm_output"])
def test_labels_are_read_as_integers(name):
    whole, parts = (gradient(name, X, label)[1] for label in (LABEL, [-0.7, 2.9]))
    np.testing.assert_array_equal(whole, parts)


def test_softmax_output_with_probabilities():
    _, grad = gradient("softmax_output", X, np.full((2, 3), 0.3), grad_scale=2.0, normalization="batch")
    np.testing.assert_allclose(grad, [[0.56847, -0.30127, -0.06721], [0.5571, 0.19659, -0.55368]], atol=2e-5)


PER_PLACE = np.array([[[-0.22151, 0.06464], [0.09713, -0.38661], [0.12438, 0.32197]],
                      [[0.13125, -0.33093], [0.09557, 0.209], [-0.22682, 0.12193]]])


@pytest.mark.parametrize(("attrs", "expected"), [
    ({}, PER_PLACE), ({"normalization": "batch"}, PER_PLACE / 2), ({"normalization": "valid"}, PER_PLACE / 2),
    ({"use_ignore": True, "ignore_label": 2.0, "normalization": "valid"},
     [[[-0.14767, 0.04309], [0.06475, -0.25774], [0.08292, 0.21465]],
      [[0, -0.22062], [0, 0.13933], [0, 0.08129]]]),
])
def test_softmax_output_of_many_places(attrs, expected):
    _, grad = gradient("softmax_output", X3, [[0, 1], [2, 0]], multi_output=True, **attrs)
    np.testing.assert_allclose(grad, expected, atol=2e-5)


def test_softmax_output_over_the_last_axis():
    value, grad = gradient("softmax_output", X3, [[0, 1, 1], [1, 0, 1]], preserve_shape=True)
    np.testing.assert_allclose(value[0], [[0.750531, 0.249469], [0.374299, 0.625701], [0.212448, 0.787552]], atol=1e-6)
    np.testing.assert_allclose(grad[0], [[-0.24947, 0.24947], [0.3743, -0.3743], [0.21245, -0.21245]], atol=2e-5)


def test_softmax_output_over_all_axes_but_the_first():
    value, grad = gradient("softmax_output", X3, LABEL)
    np.testing.assert_allclose(value.sum(axis=(1, 2)), [1, 1])
    np.testing.assert_allclose(grad[0, 0, 0], value[0, 0, 0] - 1)
    np.testing.assert_allclose(grad[1, 1, 0], value[1, 1, 0] - 1)


@pytest.mark.parametrize(("name", "value", "expected"), [
    ("linear_regression_output", X, (X - 1) / 3),
    ("logistic_regression_output", 1 / (1 + np.exp(-X)), (1 / (1 + np.exp(-X)) - 1) / 3),
    ("mae_regression_output", X, np.sign(X - 1) / 3),
])
def test_regression_outputs(name, value, expected):
    out, grad = gradient(name, X, np.ones((2, 3)))
    np.testing.assert_allclose(out, value)
    np.testing.assert_allclose(grad, expected)
    np.testing.assert_allclose(gradient(name, X, np.ones((2, 3)), grad_scale=2.0)[1], 2 * expected)
    np.testing.assert_allclose(gradient(name, X[:, :1], [1.0, 1.0])[1], 3 * expected[:, :1])
    np.testing.assert_allclose(gradient(name, X[:, 0], [[1.0], [1.0]])[1], 3 * expected[:, 0])


@pytest.mark.parametrize(("attrs", "expected"), [
    ({"margin": 0.5, "regularization_coefficient": 2.0}, [[0, 3.60063, 5.91495], [10.96357, 9.47023, -5.90911]]),
    ({"use_linear": True}, [[0, 1, 1], [1, 1, -1]]),
])
def test_svm_output(attrs, expected):
    value, grad = gradient("svm_output", X, LABEL, **attrs)
    np.testing.assert_array_equal(value, X)
    np.testing.assert_allclose(grad, expected, atol=1e-5)


@pytest.mark.parametrize(("name", "attrs", "expected"), [
    ("make_loss", {}, 1), ("make_loss_scaled", {}, 1), ("make_loss_scaled", {"normalization": "valid"}, 0.2),
    ("make_loss_scaled", {"grad_scale": 2.0, "normalization": "batch"}, 1),
])
def test_losses_ignore_the_head_gradient(name, attrs, expected):
    value, grad = gradient(name, X, **attrs)
    np.testing.assert_array_equal(value, X)
    np.testing.assert_allclose(grad, np.full((2, 3), expected))


def finite(fn, x, step=1e-6):
    """The derivative of the sum of ``fn(x)``."""
    out = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[i] = step
        out[i] = (fn(x + d) - fn(x - d)).sum() / (2 * step)
    return out


@pytest.mark.parametrize(("name", "x", "label", "attrs"), [
    ("softmax_output", X, LABEL, {"normalization": "batch"}),
    ("softmax_output", X3, [[0, 1], [2, 0]], {"multi_output": True}),
    ("linear_regression_output", X, np.ones((2, 3)), {}),
    ("logistic_regression_output", X, np.ones((2, 3)), {}),
    ("svm_output", X, LABEL, {"margin": 0.5}),
])
def test_the_second_derivative_is_that_of_the_loss(name, x, label, attrs):
    label = Tensor(np.asarray(label, np.float64))
    weight = np.arange(x.size).reshape(x.shape) / x.size

    def weighted(t):
        return GradOperation()(lambda u: OPERATORS[name](u, label, **attrs))(t) * Tensor(weight)

    second = GradOperation()(weighted)(Tensor(x)).asnumpy()
    np.testing.assert_allclose(second, finite(lambda v: weighted(Tensor(v)).asnumpy(), x), atol=1e-6)


def test_softmax_error():
    how = {"grad_scale": 2.0, "ignore_label": -1.0, "multi_output": False, "use_ignore": False,
           "preserve_shape": False, "normalization": "null", "smooth_alpha": 0.0}
    p = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    check_op("softmax_error", p, np.array([1.0, 2.0]), attrs=how, grad=(0,),
             ref=np.array([[0.4, -1.0, 0.6], [0.2, 0.2, -0.4]]))


def test_svm_error():
    how = {"margin": 0.5, "regularization_coefficient": 2.0, "use_linear": False}
    check_op("svm_error", X, np.array(LABEL), attrs=how, grad=(0,),
             ref=lambda x, _: np.array([[0, 4 * (0.5 + x[0, 1]), 4 * (0.5 + x[0, 2])],
                                        [4 * (0.5 + x[1, 0]), 4 * (0.5 + x[1, 1]), -4 * (0.5 - x[1, 2])]]))


def test_as_symbols():
    e = sym.LinearRegressionOutput(sym.var("x") * 2, name="lro").simple_bind(mx.cpu(), x=(2, 1))
    e.forward(is_train=True, x=np.array([[1.0], [2.0]]), lro_label=np.array([1.0, 1.0]))
    e.backward()
    assert e.grad_dict["x"].asnumpy().tolist() == [[2], [6]]


@pytest.mark.parametrize(("name", "arrays", "attrs", "message"), [
    ("softmax_output", (X, [0.0, 1.0, 2.0]), {}, r"labels of shape \(2,\), or probabilities .* got \(3,\)"),
    ("softmax_output", (X3, np.zeros((2, 3))), {}, "set preserve_shape=True or multi_output=True"),
    ("softmax_output", (X, LABEL), {"normalization": "x"}, "normalization must be one of 'null', 'batch', 'valid'"),
    ("make_loss_scaled", (X,), {"normalization": "x"}, "MakeLoss: normalization must be one of"),
    ("linear_regression_output", (X, LABEL), {}, r"shape of the data, \(2, 3\), got \(2,\)"),
    ("logistic_regression_output", (X, LABEL), {}, "LogisticRegressionOutput: the label"),
    ("mae_regression_output", (X, LABEL), {}, "MAERegressionOutput: the label"),
    ("svm_output", (X, X), {}, r"expected data \(N, K\) and labels \(N,\)"),
])
def test_errors(name, arrays, attrs, message):
    with pytest.raises(ValueError, match=message):
        OPERATORS[name](*[Tensor(np.asarray(a)) for a in arrays], **attrs)
