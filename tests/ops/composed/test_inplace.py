"""Methods that give a Tensor another value in place, and what the tape makes of them."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, DTypeError, ShapeError

a = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], np.float32)
b = np.array([[2.0, 1.0, 0.5], [-1.0, 3.0, 2.0]], np.float32)
B = Tensor(b)
INDEX = Tensor(np.array([[0, 1], [2, 0]]))
CASES = {
    "exp_": (lambda x: x.exp_(), np.exp(a)), "log_": (lambda x: x.exp_().log_(), a),
    "sigmoid_": (lambda x: x.sigmoid_(), 1 / (1 + np.exp(-a))), "tanh_": (lambda x: x.tanh_(), np.tanh(a)),
    "sign_": (lambda x: x.sign_(), np.sign(a)), "floor_": (lambda x: x.floor_(), np.floor(a)),
    "erfinv_": (lambda x: x.zero_().erfinv_(), 0 * a), "relu_": (lambda x: x.relu_(), np.maximum(a, 0)),
    "add_": (lambda x: x.add_(B, alpha=2), a + 2 * b), "sub_": (lambda x: x.sub_(1), a - 1),
    "mul_": (lambda x: x.mul_(B), a * b), "div_": (lambda x: x.div_(B), a / b),
    "div_ trunc": (lambda x: x.div_(B, rounding_mode="trunc"), np.trunc(a / b)),
    "floor_divide_": (lambda x: x.floor_divide_(B), a // b), "remainder_": (lambda x: x.remainder_(B), a % b),
    "addmm_": (lambda x: x.addmm_(B[:, :2], B[:2], beta=2, alpha=3), 2 * a + 3 * b[:, :2] @ b),
    "clamp_": (lambda x: x.clamp_(-1, 2), a.clip(-1, 2)), "clamp_ max": (lambda x: x.clamp_(max=0), a.clip(None, 0)),
    "copy_": (lambda x: x.copy_(Tensor([1, 2, 3])), np.broadcast_to([1, 2, 3], a.shape)),
    "fill_": (lambda x: x.fill_(Tensor(2.0)), np.full_like(a, 2)), "fill_ number": (lambda x: x.fill_(3), 0 * a + 3),
    "fill_diagonal_": (lambda x: x.fill_diagonal_(9), np.where(np.eye(2, 3) > 0, 9, a)),
    "masked_fill_": (lambda x: x.masked_fill_(x > 2, 7), np.where(a > 2, 7, a)),
    "masked_scatter_": (lambda x: x.masked_scatter_(x < 0, Tensor([7.0, 8.0])), [[1, 7, 3], [0.5, 4, 8]]),
    "index_add_": (lambda x: x.index_add_(1, Tensor([0, 0]), B[:, :2], alpha=2),
                   [[7, -2, 3], [4.5, 4, -1]]),
    "index_copy_": (lambda x: x.index_copy_(0, Tensor([1]), B[:1]), [a[0], b[0]]),
    "index_fill_": (lambda x: x.index_fill_(1, Tensor([0, 2]), Tensor(5.0)), [[5, -2, 5], [5, 4, 5]]),
    "index_put_": (lambda x: x.index_put_([Tensor([0, 1])], Tensor([7.0, 8.0, 9.0])), [[7, 8, 9]] * 2),
    "put_": (lambda x: x.put_(Tensor([0, 0]), Tensor([7.0, 8.0]), True), [[16, -2, 3], [0.5, 4, -1]]),
    "scatter_": (lambda x: x.scatter_(1, INDEX, B), [[2, 1, 3], [3, 4, -1]]),
    "scatter_ number": (lambda x: x.scatter_(1, INDEX, 3.0), [[3, 3, 3], [3, 4, 3]]),
    "scatter_add_": (lambda x: x.scatter_add_(1, INDEX, B), [[3, -1, 3], [3.5, 4, -2]]),
    "bernoulli_": (lambda x: x.bernoulli_(Tensor([1.0, 0.0, 1.0])), [[1, 0, 1]] * 2),
}


@pytest.mark.parametrize("name", CASES)
def test_values(name):
    call, expected = CASES[name]
    x = Tensor(a)
    alias = x
    before = x * 1
    assert call(x) is x
    np.testing.assert_allclose(alias.asnumpy(), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(before.asnumpy(), a)
    assert x.dtype == ms.float32


def test_draws():
    ms.set_seed(1)
    x = Tensor(np.zeros(4000, np.float32))
    assert abs(x.uniform_(2, 4).asnumpy().mean() - 3) < 0.1 and abs(x.normal_(1, 2).asnumpy().std() - 2) < 0.1
    assert abs(x.exponential_(2).asnumpy().mean() - 0.5) < 0.05 and abs(x.bernoulli_(0.3).asnumpy().mean() - 0.3) < 0.05
    assert set(x.random_(2, 5).asnumpy()) == {2, 3, 4} and x.random_().asnumpy().max() <= 2**24
    n = Tensor(np.zeros(100, np.int8))
    assert n.random_().asnumpy().min() >= 0 and n.random_(3).asnumpy().max() < 3 and n.dtype == ms.int8
    with pytest.raises(TypeError, match="generator must be a Generator or None, but got int"):
        x.uniform_(generator=3)


def test_the_tape_sees_each_value():
    def f(x):
        y = x * x
        z = y * 1  # the value before
        y.mul_(3).add_(x)
        y.clamp_(max=100.0)
        return (y * z).sum()  # (3 x^2 + x) x^2

    x = np.array([0.5, 2.0])
    np.testing.assert_allclose(ops.grad(f)(Tensor(x)).asnumpy(), 12 * x**3 + 3 * x**2)
    np.testing.assert_allclose(ops.grad(lambda x: ops.grad(f)(x).sum())(Tensor(x)).asnumpy(), 36 * x**2 + 6 * x)

    def g(x):
        y = ops.zeros_like(x)
        y.copy_(x * x)
        y.index_put_((Tensor([0]),), x[1:])
        return (y * y).sum()  # x1^2 + x1^4

    np.testing.assert_allclose(ops.grad(g)(Tensor(x)).asnumpy(), [0, 2 * x[1] + 4 * x[1] ** 3])


def test_parameters_take_values_in_place():
    p = ms.Parameter(Tensor(a), name="p")
    assert p.add_(1) is p and p.requires_grad
    np.testing.assert_allclose(p.asnumpy(), a + 1)


def test_what_is_refused():
    n = Tensor([1, 2])
    with pytest.raises(DTypeError, match=r"Tensor.add_: the result has dtype Float32, which does not fit .* Int64"):
        n.add_(0.5)
    with pytest.raises(ShapeError, match=r"Tensor.mul_: the result has shape \(2, 3\), the Tensor \(3,\)"):
        Tensor(a[0]).mul_(B)
    with pytest.raises(ArgumentError, match="div_: rounding_mode must be None, 'floor' or 'trunc', got 'up'"):
        n.div_(2, rounding_mode="up")
    with pytest.raises(ArgumentError, match="clamp_: give min, max or both"):
        n.clamp_()
    with pytest.raises(ShapeError, match="the mask chooses 2 elements, source has 1"):
        n.masked_scatter_(n > 0, Tensor([1]))
    assert n.tolist() == [1, 2]
