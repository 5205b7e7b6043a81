"""Calls of distributions and bijectors as mindspore 2.8.0 answers or refuses them, line by line; and what follows."""

from pathlib import Path

import numpy as np
import pytest

from luojia import Parameter, Tensor, int32, nn, ops
from luojia.nn.probability import bijector as b
from luojia.nn.probability import distribution as d
from tests.observed import T, wrong_answers


@pytest.mark.numpy_engine  # the operators have their own checks on XLA; 600 programs compile for long
def test_answers_are_mindspores():
    assert wrong_answers(Path(__file__).with_name("observed_calls.txt"), 600, {"d": d, "b": b}) == []


def test_derivatives():
    x, mean, sd = T([0.5, 2.0]), T([1.0, 1.0]), T([2.0, 0.5])
    normal = d.Normal()
    got = ops.grad(lambda m, s: normal.log_prob(x, m, s).sum(), (0, 1))(mean, sd)
    z = (x.asnumpy() - mean.asnumpy()) / sd.asnumpy()
    np.testing.assert_allclose(got[0].asnumpy(), z / sd.asnumpy(), rtol=1e-5)
    np.testing.assert_allclose(got[1].asnumpy(), (z * z - 1) / sd.asnumpy(), rtol=1e-5)
    path = ops.grad(lambda m: d.Normal().sample((5,), m, sd).sum())(mean)  # through the sample
    np.testing.assert_allclose(path.asnumpy(), [5, 5])


def test_in_a_network():
    class Loss(nn.Cell):
        def __init__(self):
            super().__init__()
            self.normal = d.Normal(Parameter(T([0.0]), name="mean"), 1.0)

        def construct(self, x):
            return -self.normal("log_prob", x).mean()

    net = Loss()
    step = nn.TrainOneStepCell(net, nn.SGD(net.trainable_params(), 0.5))
    for _ in range(30):
        step(T([1.0, 3.0]))
    np.testing.assert_allclose(net.trainable_params()[0].asnumpy(), [2.0], rtol=1e-3)


def test_transformed():
    one = b.Exp()(d.Normal(0.0, 1.0))
    assert isinstance(one, d.TransformedDistribution) and isinstance(one.bijector, b.Exp)
    other = d.TransformedDistribution(b.ScalarAffine(2.0, 1.0), d.Normal())
    np.testing.assert_allclose(other.mean(T([1.0]), T([1.0])).asnumpy(), [3])
    assert other.sample((4,), T([1.0]), T([1.0])).shape == (4, 1)
    power = b.PowerTransform([0.0, 2.0])
    assert power.batch_shape == (2,) and not power.is_scalar_batch and b.Exp().is_scalar_batch
    np.testing.assert_allclose(power.forward(T([1.0, 1.5])).asnumpy(), [np.e, 2], rtol=1e-6)


@pytest.mark.parametrize(("make", "kind", "message"), [
    (lambda: d.Normal(0.0, 1.0).log_prob(T([1]), 1.0), TypeError, "For mean, input type must be a Tensor"),
    (lambda: d.Categorical(0.5), ValueError, "must have rank >= 1"),
    (lambda: b.Exp().forward(Tensor([1], int32)), TypeError, "must be or be subclass of Float, but got Int32"),
])
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
