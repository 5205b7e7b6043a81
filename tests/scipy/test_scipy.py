"""luojia.scipy: the answers of mindspore.scipy 2.8.0 (observed.txt), SciPy's, derivatives, errors."""

import importlib
from pathlib import Path

import numpy as np
import pytest
import scipy.fft
import scipy.linalg

import luojia
from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, DTypeError, ShapeError
from luojia.scipy import fft, linalg, optimize
from tests.check import check_op
from tests.observed import T, names, wrong_answers

A, S, V = (names()[k] for k in "asv")
X = np.random.default_rng(8).normal(size=(2, 4, 4))


def test_answers_are_mindspores():
    more = {"SL": linalg, "SF": fft, "SO": optimize}
    assert wrong_answers(Path(__file__).with_name("observed.txt"), at_least=28, more=more) == []
    assert luojia.scipy.linalg is linalg


def test_factors():
    p, low, up = (t.asnumpy() for t in linalg.lu(Tensor(X)))
    np.testing.assert_allclose(p @ low @ up, X, atol=1e-12)
    permuted, up = linalg.lu(Tensor(X[0]), permute_l=True)
    np.testing.assert_allclose((permuted @ up).asnumpy(), X[0], atol=1e-12)
    packed, pivots = linalg.lu_factor(Tensor(X[0]))
    expected = scipy.linalg.lu_factor(X[0])
    np.testing.assert_allclose(packed.asnumpy(), expected[0], atol=1e-12)
    assert pivots.tolist() == expected[1].tolist()
    easy = np.eye(3) * 3 + X[0, :3, :3] / 4
    check_op("lower_upper", easy, dtypes=("float32",), tolerance=3)
    with pytest.raises(ShapeError, match="lower_upper expects square matrices in the last two axes"):
        OPERATORS["lower_upper"](A)


SMOOTH = {
    "lu": lambda x: linalg.lu(x)[1] * linalg.lu(x)[2],
    "lu_factor": lambda x: linalg.lu_factor(x)[0] ** 2,
    "eigh": lambda x: linalg.eigh(x)[0] * linalg.eigh(x, lower=False)[1][..., 0],
    "cho_solve": lambda x: linalg.cho_solve(linalg.cho_factor(x @ ops.swapaxes(x, -1, -2)), x),
    "dct": lambda x: fft.dct(x, n=3) ** 2,
    "idctn": lambda x: fft.idctn(x * x, axes=(0, 1), s=(3, 5)),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients(name):
    def f(x):
        y = SMOOTH[name](x)
        return (y * y).sum()

    found, d = ops.grad(f)(Tensor(X)).asnumpy(), np.random.default_rng(2).normal(size=X.shape)
    expected = (float(f(Tensor(X + 1e-6 * d))) - float(f(Tensor(X - 1e-6 * d)))) / 2e-6
    assert (found * d).sum() == pytest.approx(expected, rel=1e-4)


def test_cosine_transforms():
    np.testing.assert_allclose(fft.dct(Tensor(X), n=6, axis=1).asnumpy(), scipy.fft.dct(X, n=6, axis=1, norm="ortho"))
    np.testing.assert_allclose(fft.idctn(fft.dctn(Tensor(X))).asnumpy(), X)
    np.testing.assert_allclose(fft.dctn(Tensor(X), s=(2, 3)).asnumpy(), scipy.fft.dctn(X, s=(2, 3), norm="ortho"))
    assert fft.dct(Tensor([1, 2])).dtype == luojia.float32


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


@pytest.mark.parametrize("method", [None, "BFGS", "LBFGS", "cg", "TNC"])
def test_minimize(method):
    found = optimize.minimize(rosenbrock, Tensor(np.zeros(3)), method=method, options={"line_search_maxiter": 5})
    np.testing.assert_allclose(found.x.asnumpy(), 1, atol=5e-3)
    assert found.success and found.nit > 3 and found.jac.shape == (3,)


def test_search_and_assignment():
    found = optimize.line_search(lambda x: ((x - 2) ** 2).sum(), T([0, 5]), T([4, -6]))
    assert not found.failed and float(found.a_k) == 0.5 and float(found.f_k) == 0 and found.g_k.tolist() == [0, 0]
    up = optimize.line_search(lambda x: (x * x).sum(), T([1]), T([1]), maxiter=2)
    assert up.failed and up.a_k is None
    cost = T([[4, 1, 3], [2, 0, 5], [3, 2, 2]])
    assert [t.tolist() for t in optimize.linear_sum_assignment(cost)] == [[0, 1, 2], [1, 0, 2]]
    assert [t.tolist() for t in optimize.linear_sum_assignment(cost, True, 2)] == [[0, 2, -1], [0, 1, -1]]


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: linalg.inv(A), ShapeError, "'inv', the matrix 'a' should be a square matrix like"),
    (lambda: linalg.eigh(S, S), ArgumentError, "eigh: b and eigvals are not supported"),
    (lambda: linalg.inv([[1.0]]), DTypeError, "'a' must be a Tensor, but got list"),
    (lambda: linalg.det(S.astype("float16")), DTypeError, "'det', the dtype of 'a' must be one of Float32, Float64"),
    (lambda: linalg.lu(S, permute_l=1), DTypeError, "'lu', the type of 'permute_l' should be 'bool'"),
    (lambda: linalg.lstsq(S, S.astype("float16")), DTypeError, "'lstsq', A and B must be of one dtype"),
    (lambda: linalg.solve_triangular(S[0], S), ShapeError, "'a' must have at least 2 axes"),
    (lambda: linalg.cho_solve((S, 1), S), DTypeError, "'cho_solve', 'lower' must be a bool, but got int"),
    (lambda: linalg.cho_solve((S, True), S.astype("float16")), DTypeError, "'c' and 'b' must have one dtype"),
    (lambda: linalg.cho_solve((S, True), S[0, :1]), ShapeError, "'cho_solve', b must have . rows as the matrix"),
    (lambda: linalg.lu_solve((S, Tensor([0])), S), DTypeError, "'lu_solve', the pivots must be Int32, but got Int64"),
    (lambda: linalg.solve_triangular(S, S, trans="X"), ArgumentError, "trans must be 0, 1, 2, 'N', 'T' or"),
    (lambda: fft.dct(V, 3), ArgumentError, "'dct', only dct type II is supported currently, got type 3"),
    (lambda: fft.idct(V, norm="forward"), ArgumentError, "'idct', only norm 'ortho' is supported currently"),
    (lambda: fft.dct(V, n=0), ArgumentError, "'dct', n must be at least 1, got 0"),
    (lambda: fft.dctn(A, s=(2,), axes=(0, 1)), ArgumentError, "'dctn', s and axes must be equally long"),
    (lambda: optimize.minimize(rosenbrock, V, method="lagrange"), ArgumentError, "minimize: method must be one of"),
    (lambda: optimize.minimize(rosenbrock, [0.0]), ArgumentError, "minimize: x0 must be a Tensor, got list"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_determinants_and_factors():
    a, b = np.random.default_rng(0).random((2, 2, 4, 4))
    factors = linalg.lu_factor(Tensor(a))
    np.testing.assert_allclose(linalg.lu_solve(factors, Tensor(b)).asnumpy(), np.linalg.solve(a, b))
    np.testing.assert_allclose(linalg.lu_solve(factors, Tensor(b), 1).asnumpy(), np.linalg.solve(a.swapaxes(1, 2), b))
    np.testing.assert_allclose(linalg.det(Tensor(a)).asnumpy(), np.linalg.det(a))
    with pytest.raises(ArgumentError, match="trans must be 0, 1 or 2, got 3"):
        linalg.lu_solve(factors, Tensor(b), 3)
    with pytest.raises(ShapeError, match="b must have 4 rows as the matrix"):
        linalg.lu_solve(factors, Tensor(b[:, :2]))


def test_assignment_as_a_module():
    found = importlib.import_module("luojia.scipy.optimize.linear_sum_assignment")
    assert found.linear_sum_assignment is optimize.linear_sum_assignment
