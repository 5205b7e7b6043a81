"""Densities. The numbers without a formula beside them are mxnet 1.9.1's own examples."""

import numpy as np
import pytest
from scipy import stats

import luojia as mx
from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ShapeError
from tests.check import check_op

X = np.array([[0.3, 1.2], [2.5, 0.7]])
COUNTS = np.array([[0.0, 3.0], [1.0, 2.0]])
A, B, P = np.array([0.8, 1.7]), np.array([2.1, 3.2]), np.array([0.3, 0.6])


def column(a):
    return a[:, None]


@pytest.mark.parametrize(("operator", "sample", "params", "density"), [
    (OPERATORS["random_pdf_uniform"], X, (A * 0, B), lambda x, a, b: stats.uniform.pdf(x * 0.1, a, b - a)),
    (OPERATORS["random_pdf_normal"], X, (A, B), stats.norm.pdf),
    (OPERATORS["random_pdf_gamma"], X, (A, B), lambda x, a, b: stats.gamma.pdf(x, a, scale=1 / b)),
    (OPERATORS["random_pdf_exponential"], X, (A,), lambda x, a: stats.expon.pdf(x, scale=1 / a)),
    (OPERATORS["random_pdf_poisson"], COUNTS, (A,), stats.poisson.pmf),
    (OPERATORS["random_pdf_negative_binomial"], COUNTS, (B, P), stats.nbinom.pmf),
    (OPERATORS["random_pdf_generalized_negative_binomial"], COUNTS, (A, B),
     lambda x, a, b: stats.nbinom.pmf(x, 1 / b, 1 / (a * b + 1))),
])
def test_densities(operator, sample, params, density):
    expected = density(sample, *map(column, params))
    wrt = tuple(range(1, 1 + len(params))) if sample is COUNTS else True
    check_op(operator, sample, *params, ref=expected, grad=wrt)
    check_op(operator, sample, *params, attrs={"is_log": True}, ref=np.log(expected), grad=wrt)


def test_dirichlet():
    sample, alpha = np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([[2.5, 1.5], [0.9, 3.0]])
    expected = [stats.dirichlet.pdf(s, a) for s, a in zip(sample, alpha)]
    check_op("random_pdf_dirichlet", sample, alpha, ref=expected)
    check_op("random_pdf_dirichlet", sample[:, None], alpha, attrs={"is_log": True}, ref=np.log(expected)[:, None])
    y = nd.random_pdf_dirichlet(nd.array([[1, 2], [2, 3], [3, 4]]), nd.array([2.5, 2.5]))
    np.testing.assert_allclose(y.asnumpy(), [38.413498, 199.60245, 564.56085], rtol=1e-5)


def test_counts_have_no_gradient():
    x, lam = nd.array(COUNTS), nd.array(A)
    x.attach_grad()
    with mx.autograd.record():
        y = nd.random_pdf_poisson(x, lam)
    y.backward()
    assert not x.grad.asnumpy().any()


@pytest.mark.parametrize(("name", "shapes", "text"), [
    ("random_pdf_normal", ((2, 3), (3,), (3,)), "random_pdf_normal expects parameters of one shape with which"),
    ("random_pdf_dirichlet", ((2, 3), (4,)), "random_pdf_dirichlet expects samples"),
])
def test_errors(name, shapes, text):
    with pytest.raises(ShapeError, match=text):
        OPERATORS[name](*[Tensor(np.ones(s, np.float32)) for s in shapes])
