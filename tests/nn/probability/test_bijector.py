"""Bijectors with mindspore 2.8.0's numbers."""

import subprocess
import sys

import numpy as np
import pytest

from luojia import Tensor
from luojia.nn.probability import bijector as msb

X = Tensor([0.125, 0.25, 0.5])
# forward, inverse, and the logarithms of their derivatives
OBSERVED = [
    (msb.PowerTransform(0.5), "PowerTransform(power = 0.5)", [1.1289, 1.2656, 1.5625], [-1.2929, -1.0, -0.5858],
     [0.0606, 0.1178, 0.2231], [1.0397, 0.6931, 0.3466]),
    (msb.PowerTransform(), "PowerTransform(power = 0.0)", [1.1331, 1.2840, 1.6487], [-2.0794, -1.3863, -0.6931],
     [0.125, 0.25, 0.5], [2.0794, 1.3863, 0.6931]),
    (msb.Exp(), "Exp(exp)", [1.1331, 1.2840, 1.6487], [-2.0794, -1.3863, -0.6931], [0.125, 0.25, 0.5],
     [2.0794, 1.3863, 0.6931]),
    (msb.ScalarAffine(2.0, 1.0), "ScalarAffine(scale = 2.0, shift = 1.0)", [1.25, 1.5, 2.0], [-0.4375, -0.375, -0.25],
     0.6931, -0.6931),
    (msb.Softplus(2.0), "Softplus(sharpness = 2.0)", [0.4130, 0.4870, 0.6566], [-0.6293, -0.2164, 0.2707],
     [-0.5759, -0.4741, -0.3133], [1.5087, 0.9328, 0.4587]),
    (msb.GumbelCDF(0.5, 2.0), "GumbelCDF(loc = 0.5, scale = 2.0)", [0.2993, 0.3220, 0.3679], [-0.9642, -0.1533, 1.2330],
     [-1.7119, -1.7013, -1.6931], [2.0405, 1.7528, 1.7528]),
    (msb.Invert(msb.Exp()), "Invert(\n  (_bijector): Exp(exp)\n)", [-2.0794, -1.3863, -0.6931],
     [1.1331, 1.2840, 1.6487], [2.0794, 1.3863, 0.6931], [0.125, 0.25, 0.5]),
]


@pytest.mark.parametrize("row", OBSERVED, ids=lambda row: row[0].name)
def test_numbers(row):
    bijector, shown, *expected = row
    assert repr(bijector) == shown
    for name, numbers in zip(("forward", "inverse", "forward_log_jacobian", "inverse_log_jacobian"), expected):
        np.testing.assert_allclose(getattr(bijector, name)(X).asnumpy(), numbers, atol=1e-4)
        np.testing.assert_allclose(bijector(name, X).asnumpy(), numbers, atol=1e-4)


def test_what_they_tell():
    exp, line = msb.Exp(), msb.ScalarAffine(2.0, 1.0)
    assert (exp.name, exp.is_constant_jacobian, exp.is_injective) == ("Exp", False, True)
    assert line.is_constant_jacobian and line.parameters["param_dict"] == {"scale": 2.0, "shift": 1.0}
    assert msb.Invert(exp).name == "InvertExp" and msb.Invert(exp).bijector is exp


def test_a_bijector_of_ones_own():
    class Double(msb.Bijector):
        def _forward_of(self, x):
            return 2 * x

        def _inverse_of(self, y):
            return y / 2

        def _forward_slope(self, x):
            return Tensor(float(np.log(2)))

    assert float(Double().inverse_log_jacobian(X)) == pytest.approx(-np.log(2))


@pytest.mark.parametrize("call, error, message", [
    (lambda: msb.PowerTransform(-1.0), ValueError, "Power must be greater than or equal to zero"),
    (lambda: msb.GumbelCDF(0.0, 0.0), ValueError, "scale must be greater than zero"),
    (lambda: msb.ScalarAffine("a"), TypeError, "Unable to convert input of type <class 'str'>"),
    (lambda: msb.Exp().forward(3.0), TypeError, "For input value of bijector, input type must be a Tensor"),
    (lambda: msb.Exp()("nope", X), NotImplementedError, "nope is not implemented for Exp"),
    (lambda: msb.Bijector().forward(X), NotImplementedError, "Bijector has no forward"),
    (lambda: msb.Bijector().inverse(X), NotImplementedError, "Bijector has no inverse"),
    (lambda: msb.Invert(3), TypeError, "the type of 'bijector' should be"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_nn_has_probability_without_its_import():
    code = "from luojia import nn; print(nn.probability.bijector.Exp())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "Exp(exp)\n"
