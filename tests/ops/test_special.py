"""The error function, the gamma function and their kin, against SciPy."""

import numpy as np
import pytest
import scipy.special as sp

import luojia as ms
from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import NotSupportedError
from tests.check import check_op

x = np.array([0.3, -1.2, 0.9])
pos = np.array([0.7, 1.5, 3.2])


def test_error_function():
    check_op("erf", x, ref=sp.erf)
    check_op("erfc", x, ref=sp.erfc)
    check_op("erfinv", x / 2, ref=sp.erfinv)


def test_gamma_function():
    check_op("gamma", pos, ref=sp.gamma)
    check_op("gammaln", pos, ref=sp.gammaln)
    check_op("digamma", pos, ref=sp.digamma, tolerance=3)


@pytest.mark.parametrize("op", [
    OPERATORS["special_i0"], OPERATORS["special_i1"],
    OPERATORS["special_i0e"], OPERATORS["special_i1e"], OPERATORS["special_j0"], OPERATORS["special_j1"],
])
def test_bessel_functions_of_the_first_kind(op):
    x = np.array([-2.3, -0.4, 0.7, 3.1])
    check_op(op, x, ref=getattr(sp, op.name[8:])(x))
    with np.errstate(all="ignore"):
        at_zero = ops.grad(lambda t: op(t).sum())(Tensor([0.0])).asnumpy()
    assert at_zero == (0.5 if "1" in op.name else 0)


@pytest.mark.parametrize("op", [
    OPERATORS["special_k0"], OPERATORS["special_k1"],
    OPERATORS["special_k0e"], OPERATORS["special_k1e"], OPERATORS["special_y0"], OPERATORS["special_y1"],
])
def test_bessel_functions_of_the_second_kind(op):
    x = np.array([0.4, 0.9, 2.2])
    check_op(op, x, ref=getattr(sp, op.name[8:])(x), tolerance=4)
    assert getattr(ops, f"bessel_{op.name[8:]}")(Tensor([0.5])).dtype == ms.float32


def test_incomplete_integrals():
    a, x = np.array([0.5, 1.0, 3.0]), np.array([0.4, 2.0, 2.5])
    check_op("igamma", a, x, second=False, ref=sp.gammainc(a, x))
    check_op("igammac", a, x, second=False, ref=sp.gammaincc(a, x))
    check_op("igamma_slope", a, x, grad=(1,),
             ref=[-0.7095350994606, -0.2208254262119, -0.2471173574833])  # jax.lax.igamma_grad_a
    check_op("zeta", a + 1.2, x, grad=(1,), ref=sp.zeta(a + 1.2, x))
    assert ops.grad(lambda t: ops.zeta(t + 1.2, Tensor(x)).sum())(Tensor(a)).tolist() == [0, 0, 0]
    check_op("betainc", a, x, x / 4, grad=(2,), ref=sp.betainc(a, x, x / 4))
    slope = ops.grad(lambda t: ops.igamma(t, Tensor(x)).sum())
    with pytest.raises(NotSupportedError, match="no second derivative with respect to its first argument"):
        ops.grad(lambda t: slope(t).sum())(Tensor(a))
    assert ops.grad(lambda t: ops.Betainc()(t, Tensor(x), Tensor(x / 4)).sum())(Tensor(a)).tolist() == [0, 0, 0]


def test_igamma_s_parameter_has_mindspore_s_gradient():
    a, x = (Tensor(np.array(v, np.float32)) for v in ([0.5, 1, 2, 5, 10, 3], [0.3, 1, 4, 5, 30, 0.01]))
    found = ops.grad(ops.igamma)(a, x).asnumpy()
    np.testing.assert_allclose(found, [-0.77057, -0.43173, -0.11033, -0.18142, -1e-5, 0], atol=6e-6)
    np.testing.assert_allclose(ops.grad(ops.igammac)(a, x).asnumpy(), -found)
    mixed = ops.grad(lambda t: ops.grad(ops.igamma, 1)(t, x).sum())(a)
    np.testing.assert_allclose(mixed.asnumpy(), [0.5796, 0.21235, 0.07059, 0.01813, 1e-5, -2.7e-4], atol=6e-6)


def test_gamma_s_relatives():
    x = np.array([1.4, 2.0, 3.5])
    check_op("polygamma_of", np.array(2), x, grad=(1,), ref=sp.polygamma(2, x), symbol=False)
    assert ops.polygamma(Tensor(1), Tensor([1.0])).asnumpy() == pytest.approx(np.pi**2 / 6)
    check_op("mvlgamma", x, attrs={"p": 2}, ref=sp.multigammaln(x, 2))
    check_op("nextafter", x, x + 1, ref=np.nextafter(x, x + 1), dtypes=())
