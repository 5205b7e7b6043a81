"""Factors of matrices. Numbers of mxnet 1.9.1's own examples."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ShapeError
from tests.check import check_op

M = np.array([[[2.0, 0.3, -0.5], [0.3, -1.0, 0.4], [-0.5, 0.4, 0.7]],
              [[1.0, 0.1, 0.2], [0.1, 3.0, 0.3], [0.2, 0.3, 5]]])


def test_symmetric_eigen():
    u, values = nd.linalg.syevd(nd.array([[[1, 2], [2, 4]], [[1, 2], [2, 5]]]))
    np.testing.assert_allclose(u.asnumpy(), [[[0.89442719, -0.4472136], [0.4472136, 0.89442719]],
                                             [[0.92387953, -0.38268343], [0.38268343, 0.92387953]]], rtol=1e-4)
    np.testing.assert_allclose(values.asnumpy(), [[0, 5], [0.17157288, 5.82842712]], atol=1e-5)
    check_op("symmetric_eigen", M, grad=False, dtypes=("float32",))


def test_the_derivative_of_eigenvectors():
    """Against central differences along a symmetric direction, which is all that an eigenvector has a derivative by."""
    rng = np.random.RandomState(3)
    d, wu, wl = rng.randn(*M.shape), rng.randn(*M.shape), rng.randn(2, 3)
    d = d + d.swapaxes(1, 2)

    def value(m):
        u, values = OPERATORS["symmetric_eigen"](Tensor(m))
        return (u.asnumpy() * wu).sum() + (values.asnumpy() * wl).sum()

    x = nd.array(M, dtype="float64")
    x.attach_grad()
    with mx.autograd.record():
        u, values = nd.linalg.syevd(x)
        total = (u * nd.array(wu, dtype="float64")).sum() + (values * nd.array(wl, dtype="float64")).sum()
    total.backward()
    slope = (value(M + 1e-6 * d) - value(M - 1e-6 * d)) / 2e-6
    np.testing.assert_allclose((x.grad.asnumpy() * d).sum(), slope, rtol=1e-6)


def test_lower_orthogonal():
    q, l = nd.linalg.gelqf(nd.array([[1, 2, 3], [4, 5, 6]]))
    np.testing.assert_allclose(q.asnumpy(), [[-0.26726124, -0.53452248, -0.80178373],
                                             [0.87287156, 0.21821789, -0.43643578]], rtol=1e-4)
    np.testing.assert_allclose(l.asnumpy(), [[-3.74165739, 0], [-8.55235974, 1.96396101]], rtol=1e-4, atol=1e-5)
    check_op("lower_orthogonal", np.random.RandomState(0).randn(2, 2, 4), dtypes=("float32",), tolerance=10)


def test_symbols():
    s = mx.sym.linalg.gelqf(mx.sym.var("x"), name="f")
    assert s.list_outputs() == ["f_output0", "f_output1"]
    assert '"op": "_linalg_gelqf"' in s.tojson()
    assert s.infer_shape(x=(2, 2, 3))[1] == [(2, 2, 3), (2, 2, 2)]
    product = mx.sym.linalg.gemm2(mx.sym.var("x"), mx.sym.var("y"))
    assert mx.sym.load_json(product.tojson()).list_arguments() == ["x", "y"]
    assert '"op": "_linalg_potrf"' in mx.sym.linalg.potrf(mx.sym.var("x")).tojson()


def test_upper_factors_are_mxnets():
    x = np.array([[4.0, 1, 0.5], [1, 3, 0.2], [0.5, 0.2, 2]])
    upper = [[2, 0.5, 0.25], [0, 1.6583124, 0.0452267], [0, 0, 1.3912061]]
    np.testing.assert_allclose(mx.nd.linalg.potrf(mx.nd.array(x), lower=False).asnumpy(), upper, rtol=1e-5)
    a = mx.nd.array(x)
    a.attach_grad()
    with mx.autograd.record():
        y = mx.nd.linalg.potrf(a, lower=False)
    y.backward()
    np.testing.assert_allclose(a.grad.asnumpy(), [[0.1984, 0.1401, 0.1321], [0.1401, 0.2936, 0.2917],
                                                  [0.1321, 0.2917, 0.3594]], atol=1e-4)
    found = mx.nd.linalg.potri(mx.nd.array(upper), lower=False)
    np.testing.assert_allclose(found.asnumpy(), np.linalg.inv(x), rtol=1e-5)


@pytest.mark.parametrize(("name", "shape", "text"), [
    ("symmetric_eigen", (2, 3), "linalg_syevd expects square"),
    ("lower_orthogonal", (3, 2), "linalg_gelqf expects matrices"),
])
def test_errors(name, shape, text):
    with pytest.raises(ShapeError, match=text):
        OPERATORS[name](Tensor(np.ones(shape, np.float32)))
