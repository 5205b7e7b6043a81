"""Attributes of operator classes that change what they compute; expected numbers are mindspore 2.8.0's."""

import numpy as np
import pytest

from luojia import Tensor, ops

A = np.sin(np.arange(4) * 0.7 + 0.3).reshape(2, 2).astype(np.float32) + 3 * np.eye(2, dtype=np.float32)
X = np.sin(np.arange(6) * 0.7 + 0.3).reshape(2, 3).astype(np.float32)


def test_adjoint():
    np.testing.assert_allclose(ops.MatrixInverse(adjoint=True)(Tensor(A)).asnumpy(), np.linalg.inv(A).T, rtol=1e-5)
    np.testing.assert_allclose(ops.MatrixSolve(adjoint=True)(Tensor(A), Tensor(X)).asnumpy(), [
        [0.0369158, 0.2705739, 0.3769769], [0.1753248, -0.0506329, -0.2527771]], rtol=1e-4)
    z = np.array([[3, 0], [1j, 2]], np.complex64)
    np.testing.assert_allclose(ops.MatrixInverse(True)(Tensor(z)).asnumpy(), np.linalg.inv(z).conj().T, rtol=1e-5)
    b = np.ones((2, 1), np.complex64)
    found = ops.MatrixTriangularSolve(lower=True, adjoint=True)(Tensor(z), Tensor(b)).asnumpy()
    np.testing.assert_allclose(found, np.linalg.solve(z.conj().T, b), rtol=1e-5)


def test_solve_of_least_squares_is_regularized_if_fast_alone():
    a, b, l2 = X.T, X.T[:, :1].copy(), Tensor(np.float64(0.5))
    np.testing.assert_allclose(ops.MatrixSolveLs(False)(Tensor(a), Tensor(b), l2).asnumpy(), [[1], [0]], atol=1e-5)
    ridge = np.linalg.solve(a.T @ a + 0.5 * np.eye(2), a.T @ b)
    np.testing.assert_allclose(ops.MatrixSolveLs(True)(Tensor(a), Tensor(b), l2).asnumpy(), ridge, rtol=1e-4)


@pytest.mark.parametrize("p, epsilon, expected", [
    (2, 1e-12, [1.3337184, 0.9123319]), (2, 10.0, [10.0, 10.0]), (3, 1.0, [1.168835, 1.0]),
    (1, 1e-12, [2.128656, 1.328902])])
def test_lp_norm_is_at_least_epsilon(p, epsilon, expected):
    np.testing.assert_allclose(ops.LpNorm(1, p, False, epsilon)(Tensor(X)).asnumpy(), expected, rtol=1e-5)


def test_gradient_of_lp_norm():
    zero = ops.grad(lambda x: ops.LpNorm(1)(x))(Tensor(X * 0))
    np.testing.assert_array_equal(zero.asnumpy(), 0)
    bounded = ops.grad(lambda x: ops.LpNorm(1, 2, False, 10.0)(x))(Tensor(X))
    np.testing.assert_allclose(bounded.asnumpy(), X / 10, rtol=1e-5)
    free = ops.grad(lambda x: ops.LpNorm([0, 1], 3, True)(x))(Tensor(X)).asnumpy()
    np.testing.assert_allclose(free, X * np.abs(X) / (np.abs(X) ** 3).sum() ** (2 / 3), rtol=1e-5)


def test_matrices_of_float16():
    a, b = Tensor(np.float16([[3, 1], [0.5, 2]])), Tensor(np.float16([[1], [2]]))
    for found, expected in ((ops.MatrixSolve()(a, b), [[0], [1]]), (ops.slogdet(a)[1], np.log(5.5)),
                            (ops.lstsq(a, b), [[0], [1]])):
        assert found.asnumpy().dtype == np.float16
        np.testing.assert_allclose(found.asnumpy(), expected, atol=2e-3)


def test_linspace_and_logspace_compute_in_the_wider_float():
    start, stop = Tensor(np.float64(3)), Tensor(np.float64(10))
    for found in (ops.linspace(start, stop, 5), ops.LinSpace()(start, stop, Tensor(5))):
        assert found.asnumpy().dtype == np.float64
        np.testing.assert_allclose(found.asnumpy(), [3, 4.75, 6.5, 8.25, 10])
    assert ops.linspace(1, 10, 5).asnumpy().dtype == np.float32
    found = ops.LogSpace(4)(Tensor(np.float16(1)), Tensor(np.float16(6)))
    np.testing.assert_allclose(found.asnumpy(), [10, 464.1589, 21544.35, 1e6], rtol=1e-4)
    with pytest.raises(ValueError, match="the number of steps must be positive, but got 0"):
        ops.linspace(1, 10, 0)
    with pytest.raises(TypeError, match="the type of 'steps' should be 'int', but got type 'float'"):
        ops.linspace(1, 10, 2.5)


def test_gradients_of_constants_and_zeros():
    x, y = Tensor([1.0, 2.0, np.inf]), Tensor([0.0, 2.0, 0.0])
    np.testing.assert_array_equal(ops.MulNoNan()(x, y).asnumpy(), [0, 4, 0])
    found = ops.grad(lambda x, y: ops.MulNoNan()(x, y), (0, 1))(x[:2], y[:2])
    np.testing.assert_array_equal([g.asnumpy() for g in found], [[0, 2], [1, 2]])
    loss = ops.SigmoidCrossEntropyWithLogits()
    np.testing.assert_array_equal(ops.grad(loss, 1)(Tensor([0.3, 0.8]), Tensor([1.0, 0.0])).asnumpy(), 0)


def test_strides_beyond_the_kernel_leave_zeros_behind_a_transposed_convolution():
    x, weight = Tensor(np.ones((1, 1, 1, 2, 2), np.float32)), Tensor(np.ones((1, 1, 2, 2, 2), np.float32))
    found = ops.Conv3DTranspose(1, 1, 2, pad_mode="valid", stride=(3, 1, 2))(x, weight).asnumpy()
    assert found.shape == (1, 1, 3, 3, 4)
    np.testing.assert_array_equal(found[0, 0, :, 1, 0], [2, 2, 0])
