"""Complex numbers and Fourier transforms: the answers of mindspore 2.8.0, and derivatives to second order."""

from pathlib import Path

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, autograd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, DTypeError, ShapeError
from tests.check import check_op
from tests.observed import T, wrong_answers

Z = np.array([[1.5 - 0.5j, 0.3 + 2j, -1 + 1j], [0.7j, 2 - 1j, -0.4 - 0.9j], [1 + 1j, 0.2 - 2j, 3 + 0j]])
X = np.array([[1.2, 0.7, -0.9], [0.6, 1.4, 1.1], [0.8, -0.5, 1.3]])


def test_answers_are_mindspores():
    more = {"z": T([3 + 4j, 1 - 2j], np.complex64), "u": T([1 + 1j, 2 - 1j], np.complex64)}
    path = Path(__file__).parent / "composed" / "observed_complex.txt"
    assert wrong_answers(path, at_least=115, more=more) == []


def test_parts():
    check_op("real", X, ref=np.real)
    check_op("real", Z, ref=np.real, symbol=False)
    check_op("imag", X, ref=np.imag)
    check_op("imag", Z, ref=np.imag, symbol=False)
    check_op("conj", X, ref=np.conj)
    check_op("conj", Z, ref=np.conj, symbol=False)
    check_op("angle", X, ref=np.angle)
    check_op("angle", Z, ref=np.angle, symbol=False)
    check_op("complex_abs", X, ref=np.abs)
    check_op("complex_abs", Z, ref=np.abs, symbol=False)
    check_op("abs", Z, ref=np.abs, symbol=False)
    check_op("complex", X, X.T, ref=X + 1j * X.T, grad=False, dtypes=(), symbol=False)
    assert np.isinf(ops.Complex()(Tensor([0.0]), Tensor([np.inf])).asnumpy().imag).all()
    with pytest.raises(DTypeError, match="'real' must be one of Float32, Float64, but got Float16"):
        ops.Complex()(Tensor([1.0], ms.float16), Tensor([1.0], ms.float16))


def test_transform():
    check_op("dft", Z, attrs={"axes": (1,)}, ref=np.fft.fft(Z), symbol=False)
    check_op("dft", Z, attrs={"axes": (0, 1), "inverse": True, "norm": "ortho"}, ref=np.fft.ifft2(Z, norm="ortho"),
             symbol=False)


def test_eig():
    w, v = ops.eig(Tensor(Z))
    np.testing.assert_allclose((Tensor(Z) @ v).asnumpy(), (v * w).asnumpy(), atol=1e-12)
    check_op("eig", np.eye(2) + 0j, ref=(np.ones(2), np.eye(2)), symbol=False)


COMPLEX = {  # real functions of a real matrix that pass through complex numbers
    "modulus": lambda x: ops.ComplexAbs()(ops.Complex()(x, x * x)),
    "abs": lambda x: ops.real(ops.abs(ops.Complex()(x, x * x))),
    "angle": lambda x: ops.angle(ops.Complex()(x, x * x)),
    "product": lambda x: ops.imag(ops.Complex()(x, x * x) * ops.Complex()(x.T, x)),
    "quotient": lambda x: ops.real(ops.Complex()(x, x * x) / ops.Complex()(x.T, x + 1)),
    "product with a real factor": lambda x: ops.imag(ops.Complex()(x, x * x) * x.T),
    "matrix product": lambda x: ops.imag(OPERATORS["matmul"](ops.Complex()(x, x * x), x)),
    "real by complex": lambda x: ops.imag(OPERATORS["matmul"](x, ops.Complex()(x, x * x))),
    "power": lambda x: ops.imag(ops.Complex()(x, x * x) ** 3),
    "conj": lambda x: ops.imag(ops.conj(ops.Complex()(x, x * x)) ** 2),
    "exp": lambda x: ops.imag(ops.exp(ops.Complex()(x, x.T))),
    "tanh": lambda x: ops.imag(ops.tanh(ops.Complex()(x, x.T))),
    "polar": lambda x: ops.real(ops.polar(x, x * x) ** 2),
    "norm": lambda x: ops.real(ops.norm(ops.Complex()(x, x * x))),
    "as real": lambda x: ops.view_as_real(ops.Complex()(x, x * x) ** 2)[..., 1],
    "fft": lambda x: ops.ComplexAbs()(ops.fft(x)),
    "fft of complex": lambda x: ops.ComplexAbs()(ops.fft2(ops.Complex()(x, x * x), (4, 2), norm="ortho")),
    "rfft": lambda x: ops.imag(ops.rfft(x * x, 4)),
    "irfft": lambda x: ops.irfft2(ops.Complex()(x, x * x)) ** 2,
    "hfft": lambda x: ops.hfft(ops.Complex()(x, x * x), 5) ** 2,
    "ihfft": lambda x: ops.ComplexAbs()(ops.ihfftn(x)),
    "stft": lambda x: ops.stft(x.reshape(-1), 4, 2) ** 2,
    "eigvals": lambda x: ops.ComplexAbs()(ops.eigvals(x)),
    "eig": lambda x: (ops.ComplexAbs()(ops.eig(x)[1]) * x),
}


@pytest.mark.parametrize("name", COMPLEX)
def test_derivatives(name):
    x, direction, probe = X, np.cos(np.arange(9.0)).reshape(3, 3), np.sin(np.arange(9.0)).reshape(3, 3)
    weights = None

    def loss(t):
        nonlocal weights
        out = COMPLEX[name](t)
        weights = Tensor(np.cos(np.arange(out.size) + 0.5).reshape(out.shape)) if weights is None else weights
        return (out * weights).sum()

    step = 1e-6
    gradient = ops.grad(loss)
    first = gradient(Tensor(x)).asnumpy()
    slope = (float(loss(Tensor(x + step * direction))) - float(loss(Tensor(x - step * direction)))) / (2 * step)
    np.testing.assert_allclose(np.sum(first * direction), slope, rtol=1e-6, atol=1e-7)
    second = ops.grad(lambda t: (gradient(t) * Tensor(probe)).sum())(Tensor(x)).asnumpy()
    ends = [np.sum(gradient(Tensor(x + s * step * direction)).asnumpy() * probe) for s in (1, -1)]
    np.testing.assert_allclose(np.sum(second * direction), (ends[0] - ends[1]) / (2 * step), rtol=1e-5, atol=1e-6)


def test_the_gradient_is_df_dx_plus_i_df_dy():
    def f(z):
        return ops.imag(z * z * ops.exp(z)).sum()

    z, step = Tensor(Z), 1e-6
    slopes = [(np.imag((Z + d) ** 2 * np.exp(Z + d)) - np.imag((Z - d) ** 2 * np.exp(Z - d))) / (2 * step)
              for d in (step, step * 1j)]
    np.testing.assert_allclose(ops.grad(f)(z).asnumpy(), slopes[0] + 1j * slopes[1], rtol=1e-7)
    z.attach_grad()
    with autograd.record():
        y = f(z)
    y.backward()
    np.testing.assert_allclose(z.grad.asnumpy(), slopes[0] + 1j * slopes[1], rtol=1e-7)
    np.testing.assert_allclose(ops.jvp(f, z, Tensor(np.full((3, 3), 1j)))[1].asnumpy(), slopes[1].sum(), rtol=1e-7)
    jitted = ms.jit(ops.grad(f))(z).asnumpy()
    np.testing.assert_allclose(jitted, slopes[0] + 1j * slopes[1], rtol=1e-7)


def test_inverses_of_real_transforms_of_one_element_are_empty():
    """As in mindspore 2.8.0, of one axis and of two."""
    assert [f(Tensor([3.0])).shape for f in (ops.irfft, ops.irfftn, ops.hfft)] == [(0,)] * 3
    assert ops.irfft2(Tensor(np.ones((2, 1)))).shape == (2, 0) == ops.irfft(Tensor(np.ones((2, 1)))).shape
    assert ops.hfft2(Tensor([[3.0]])).shape == (1, 0) == ops.hfftn(Tensor([[3.0]])).shape
    assert ops.irfft(Tensor(np.ones(1, np.complex128))).dtype is ms.float64


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.fft(Tensor([1.0]), 0), ArgumentError, r"the argument\[n\] must be greater than 0, but got 0"),
    (lambda: ops.irfft(Tensor([1.0]), 0), ArgumentError, r"the argument\[n\] must be greater than 0, but got 0"),
    (lambda: ops.FFTWithSize(1, True, True)(Tensor(np.ones(1, np.complex64))), ArgumentError, "must be longer than 1"),
    (lambda: ops.fft(Tensor([1.0]), dim=1), ArgumentError, r"the dim must be in \[-1,1\), but got 1"),
    (lambda: ops.fft(Tensor([1.0]), norm="x"), ArgumentError, "norm must be 'backward', 'forward', 'ortho' or None"),
    (lambda: ops.fft(Tensor([True])), DTypeError, "the input must be of numbers, got Bool"),
    (lambda: ops.fft2(Tensor([[1.0]]), dim=(0, 0)), ArgumentError, "each axis may appear once in dim"),
    (lambda: ops.fft2(Tensor([[1.0]]), (1, 2, 3)), ArgumentError, "s and dim must be equally long"),
    (lambda: ops.stft(Tensor([1.0]), 2), ArgumentError, "the hop_length must be greater than 0, but got 0"),
    (lambda: ops.stft(Tensor([1.0]), 4, win_length=5), ArgumentError, "the win_length must lie in"),
    (lambda: ops.stft(Tensor([1.0]), 4, pad_mode="edge"), ArgumentError, "pad_mode must be 'REFLECT', 'CONSTANT'"),
    (lambda: ops.stft(Tensor([1.0]), 4, center=False), ShapeError, "must have at least n_fft = 4 elements, got 1"),
    (lambda: ops.stft(Tensor([1.0] * 9), 4, window=Tensor([1.0])), ShapeError, r"the window must have shape \(4,\)"),
    (lambda: ops.view_as_real(Tensor([1.0])), DTypeError, "the input must be complex, got Float32"),
    (lambda: ops.eig(Tensor([[1.0, 2.0]])), ShapeError, "eig expects square matrices"),
    (lambda: ops.MatrixLogarithm()(Tensor([[1.0]])), DTypeError, "must be one of Complex64, Complex128"),
    (lambda: ops.MatrixLogarithm()(Tensor(np.ones((1, 2), complex))), ShapeError, "x must have square matrices"),
])
def test_bad_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()
