"""``luojia.numpy``: the answers of mindspore.numpy 2.8.0 (observed.txt), NumPy's where it has none, and derivatives."""

from pathlib import Path

import numpy as np
import pytest

import luojia.numpy as mnp
from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, DTypeError, NotSupportedError, ShapeError
from tests.slopes import numeric_gradient

OBSERVED = Path(__file__).with_name("observed.txt").read_text("utf-8").splitlines()
x = Tensor(np.array([[1.0, 2.0], [3.0, 4.0]], np.float32))
xi = Tensor(np.array([[1, 2], [3, 4]], np.int32))
x3 = Tensor(np.arange(12, dtype=np.float32).reshape(2, 3, 2))
n = Tensor(np.array([[1.0, np.nan], [3.0, 4.0]], np.float32))


def told(r):
    """An answer as observed.txt writes it: dtype, shape and five digits of each element."""
    if isinstance(r, Tensor):
        return f"{r.dtype}{list(r.shape)} " + " ".join(f"{v:.5g}" for v in r.asnumpy().astype(float).ravel())
    if isinstance(r, (list, tuple)):
        return type(r).__name__ + "(" + " | ".join(map(told, r)) + ")"
    return repr(r)


def test_answers_are_mindspores():
    assert len(OBSERVED) > 300
    names = {"mnp": mnp, "np": np, "x": x, "xi": xi, "x3": x3, "n": n}
    wrong = []
    for line in OBSERVED:
        expression, _, expected = line.partition(" => ")
        got = told(eval(expression, dict(names)))
        if got != expected:
            wrong.append(f"{expression}: expected {expected}, got {got}")
    assert wrong == []


@pytest.mark.parametrize(("got", "expected"), [  # where mindspore 2.8.0 refuses, or errs: NumPy's answer
    (lambda: mnp.exp(xi), np.exp([[1.0, 2], [3, 4]])),
    (lambda: mnp.std(xi), np.std([1, 2, 3, 4])),
    (lambda: mnp.var(xi), 1.25),
    (lambda: mnp.matrix_power(x, -1), [[-2, 1], [1.5, -0.5]]),
    (lambda: mnp.cross([1.0, 2.0], [4.0, 5.0]), -3),
    (lambda: mnp.nanmax([mnp.nan, mnp.nan]), np.nan),
    (lambda: mnp.norm(x, -1), np.linalg.norm([[1, 2], [3, 4]], -1)),
    (lambda: mnp.norm(x, np.inf, keepdims=True), [[7]]),
    (lambda: mnp.pad(x, ((1, 0), (0, 2)), constant_values=((5, 0), (0, 7))),
     np.pad([[1, 2], [3, 4]], ((1, 0), (0, 2)), constant_values=((5, 0), (0, 7)))),
    (lambda: mnp.logspace(0, 2, 3, dtype=mnp.int32), [1, 10, 100]),
    (lambda: mnp.array([x, x]), [[[1, 2], [3, 4]]] * 2),
    (lambda: mnp.array(np.array([1.5])), [1.5]),
])
def test_answers_are_numpys(got, expected):
    np.testing.assert_allclose(got().asnumpy(), expected, rtol=1e-5)


def test_derivatives_at_the_ends_of_clip():
    assert ops.grad(lambda t: mnp.clip(t, -1, 1))(Tensor([-1.0, 0, 1, 2])).tolist() == [0.5, 1, 0.5, 0]  # mindspore's


def test_random_draws():
    u = mnp.rand(2000).asnumpy()
    assert 0 <= u.min() and u.max() < 1 and abs(u.mean() - 0.5) < 0.05
    z = mnp.randn(2000).asnumpy()
    assert abs(z.mean()) < 0.15 and abs(z.std() - 1) < 0.1
    assert set(mnp.randint(2, 5, (200,)).asnumpy().tolist()) == {2, 3, 4}
    assert mnp.rand(2, 3, dtype=mnp.float16).dtype == mnp.float16


A = np.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])
DIFFERENTIABLE = {
    "arithmetic": lambda a: mnp.divide(mnp.add(a, 2), mnp.square(a) + 1) * mnp.hypot(a, 1.0),
    "exp and log": lambda a: mnp.log1p(mnp.exp(a)) + mnp.power(mnp.abs(a), 1.5),
    "joining": lambda a: mnp.square(mnp.concatenate((a, mnp.vstack((a[0], a[1])), mnp.append(a, a, 0)))),
    "splitting": lambda a: mnp.split(a, 3, 1)[1] * mnp.array_split(a, [1], 1)[0],
    "turning": lambda a: mnp.square(mnp.rot90(a)) + mnp.flipud(mnp.rot90(a, 3)) * mnp.rot90(a, -1),
    "axes": lambda a: mnp.rollaxis(mnp.expand_dims(a * a, (0, 2)), 3).reshape(2, 3) * mnp.swapaxes(a, 0, 1).T,
    "selecting": lambda a: mnp.select([a < 0, a > 1], [a * a, a * 3], a * a * a) + mnp.where(a > 0.5, a, a * a),
    "choosing": lambda a: mnp.choose([0, 1, 0], [a[0] * a[1], a[1] * a[1]]),
    "taking": lambda a: mnp.take(a, mnp.array([0, 2, 2]), 1) * mnp.repeat(a, [1, 1, 1], 1) * mnp.roll(a, 1, 1),
    "padding": lambda a: mnp.square(mnp.pad(a, 1, "reflect")) + mnp.pad(a, ((1, 1), (1, 1))),
    "piecewise": lambda a: mnp.piecewise(a, [a < 0, a >= 0], [lambda t: t * t, lambda t: 2 * t]),
    "reductions": lambda a: mnp.var(a) + mnp.max(a * a) + mnp.sum(a * a, 0) + mnp.nanstd(a, 0) + mnp.average(
        a * a, 0, mnp.array([1.0, 2.0])),
    "products": lambda a: mnp.dot(a, a.T) + mnp.inner(a, a) + mnp.trace(mnp.matmul(a, a.T)) + mnp.norm(a),
    "chains": lambda a: mnp.multi_dot((a, a.T, a)) + mnp.tensordot(a, a, ((0,), (0,)))[:2],
    "gradient": lambda a: mnp.square(mnp.gradient(a, axis=1)) + mnp.gradient(a)[0],
    "differences": lambda a: mnp.square(mnp.diff(a, prepend=0)) * mnp.cumsum(a, 1),
    "interpolation": lambda a: mnp.interp(a, [-2.0, 0.0, 3.0], mnp.square(a[0])),
    "slices": lambda a: mnp.apply_along_axis(lambda v: mnp.cumsum(v * v), 0, a),
    "covariance": lambda a: mnp.cov(a) * mnp.corrcoef(a),
    "polynomials": lambda a: mnp.polyval(a[0], a[1]) * mnp.polymul(a[0], a[1])[:3],
    "clipping": lambda a: mnp.clip(a * a, 0.1, 2.0) + mnp.maximum(a, mnp.minimum(a * a, 1.0)),
    "triangles": lambda a: mnp.tril(mnp.matmul(a, a.T)) + mnp.diagflat(a[0, :2] * a[1, :2]),
}


@pytest.mark.parametrize("case", DIFFERENTIABLE)
def test_derivatives_of_first_and_second_order(case):
    f = DIFFERENTIABLE[case]

    def total(a):
        return ops.sum(ops.sin(f(a)))

    def slope(a):
        return ops.sum(ops.grad(total)(a) * Tensor(np.cos(A)))

    for g, tolerance in ((total, 1e-6), (slope, 1e-5)):
        exact = ops.grad(g)(Tensor(A)).asnumpy()
        expected = numeric_gradient(lambda v, g=g: g(Tensor(v)).asnumpy(), A)
        np.testing.assert_allclose(exact, expected, tolerance, tolerance)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: mnp.exp("a"), DTypeError, "exp expects a Tensor, a number, or a list or tuple of numbers, got str: 'a'"),
    (lambda: mnp.sin([1.0]), DTypeError, r"sin expects a Tensor, got list: \[1.0\]; make one first"),
    (lambda: mnp.multiply(x, 2), DTypeError, "multiply expects a Tensor, got int: 2"),
    (lambda: mnp.inner(x, xi), DTypeError, "inner expects Tensors of one dtype, got float32 and int32; cast one"),
    (lambda: mnp.choose(mnp.array(1), [1, 2]), ArgumentError, r"choose expects an array of integers, got shape \(\)"),
    (lambda: mnp.choose([0], [1, 2], "x"), ArgumentError, "choose: mode must be 'clip', 'wrap' or 'raise', got 'x'"),
    (lambda: mnp.hstack(()), ArgumentError, "hstack: need at least one array"),
    (lambda: mnp.tril(2.5), ArgumentError, "tril expects an array of at least 1 axis, got a number"),
    (lambda: mnp.hanning(1.5), DTypeError, "hanning expects an int, got float: 1.5"),
    (lambda: mnp.ix_(x), ArgumentError, r"ix_ expects vectors, got shapes \(2, 2\)"),
    (lambda: mnp.meshgrid(x[0], sparse=1), DTypeError, "meshgrid: sparse must be a bool and indexing a string, got 1"),
    (lambda: mnp.array([[1], [1, 2]]), ArgumentError, "array: the nested lists do not form an array"),
    (lambda: mnp.zeros("a"), DTypeError, "zeros: the shape must be a number, tuple or list of numbers, got 'a'"),
    (lambda: mnp.zeros(-1), ArgumentError, "zeros: each length of a shape must be no less than 0, got -1"),
    (lambda: mnp.concatenate(3), DTypeError, "concatenate expects a list or tuple of Tensors, or a Tensor, got int"),
    (lambda: mnp.concatenate(()), ArgumentError, "concatenate: need at least one array"),
    (lambda: mnp.split(x, 3), ArgumentError, "array split does not result in an equal division: an axis of length 2"),
    (lambda: mnp.where(x > 2), DTypeError, "where expects x and y; for the positions of what is true call argwhere"),
    (lambda: mnp.select([x > 1], []), ArgumentError, "select: got 1 conditions and 0 choices"),
    (lambda: mnp.pad(x, 1, "median"), ArgumentError, "pad: mode 'median' is not supported; use one of"),
    (lambda: mnp.pad(x, 1, "reflect", reflect_type="up"), ArgumentError, "reflect_type must be 'even' or 'odd', got"),
    (lambda: mnp.pad(x, 9, "reflect", reflect_type="odd"), ShapeError, "odd reflection of 9 places needs more than"),
    (lambda: mnp.take_along_axis(x, mnp.array([0]), 0), ShapeError,
     "indices must have as many axes as the array, 2, got 1"),
    (lambda: mnp.amax(x, where=x > 2), ArgumentError, "amax: initial value must be provided for where masks"),
    (lambda: mnp.bincount([1.5]), DTypeError, "bincount: `x` should be an array of ints, got Float32"),
    (lambda: mnp.norm(x, "q"), ArgumentError, "norm: invalid norm order for matrices: 'q'"),
    (lambda: mnp.norm(x, "nuc"), NotSupportedError, "norm: the matrix norm 'nuc' takes singular values"),
    (lambda: mnp.gradient(x, [1.0, 2.0]), NotSupportedError, "gradient: coordinates are not supported"),
    (lambda: mnp.gradient(x, 1.0, 2.0, 3.0), ArgumentError, "gradient: 2 axes need one spacing or as many, got 3"),
    (lambda: mnp.rollaxis(x, 0, 5), ArgumentError, "rollaxis: start must lie between -2 and 2, got 5"),
    (lambda: mnp.rot90(x, axes=(0, 0)), ArgumentError, "rot90: the two axes must differ"),
    (lambda: mnp.expand_dims(x, (0, 0)), ArgumentError, r"expand_dims: repeated axis in \(0, 0\)"),
    (lambda: mnp.broadcast_arrays(x, mnp.array([1, 2, 3])), ShapeError,
     "broadcast_arrays: shapes .* do not broadcast together"),
    (lambda: mnp.meshgrid(x[0], x[1], sparse=True, indexing="ab"), ArgumentError, "indexing must be 'xy' or 'ij'"),
    (lambda: mnp.randint(3, 2), ArgumentError, "randint: maxval must be greater than minval, got 3 and 2"),
    (lambda: mnp.nothing, AttributeError, "module 'luojia.numpy' has no attribute 'nothing'"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_every_name_of_the_list_exists():
    assert all(hasattr(mnp, name) for name in mnp.__all__)
    assert len(set(mnp.__all__)) == len(mnp.__all__)
