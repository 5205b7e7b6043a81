"""NDArray's operators: dtype rules, comparisons, forms in place. Expected numbers are mxnet 1.9.1's."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd

INTS = [1, 2, -7]


@pytest.mark.parametrize("f, expected", [
    (lambda a: a * 1.5, [1, 2, -7]),
    (lambda a: a + 1.7, [2, 3, -6]),
    (lambda a: a - 0.6, [1, 2, -7]),
    (lambda a: a / 2, [0, 1, -3]),
    (lambda a: 3 / a, [3, 1, 0]),
    (lambda a: a / a, [1, 1, 1]),
    (lambda a: a % 4, [1, 2, 1]),
    (lambda a: 5 % a, [0, 1, -2]),
    (lambda a: a**2, [1, 4, 49]),
    (lambda a: 2**a, [2, 4, 0]),
    (lambda a: a**0.5, [1, 1, 1]),
    (lambda a: a > 1.5, [0, 1, 0]),
    (lambda a: a == 2, [0, 1, 0]),
    (lambda a: a != 2, [1, 0, 1]),
    (lambda a: -a, [-1, -2, 7]),
    (lambda a: abs(a), [1, 2, 7]),
    (lambda a: a + True, [2, 3, -6]),
    (lambda a: a * np.float64(2.0), [2, 4, -14]),
])
def test_integers_stay_integers(f, expected):
    out = f(nd.array(INTS, dtype="int32"))
    assert out.dtype == np.int32 and out.asnumpy().tolist() == expected


@pytest.mark.parametrize("f, expected", [
    (lambda a: a + 1, [2, 3]), (lambda a: 1 - a, [0, -1]), (lambda a: a / 2, [0.5, 1]), (lambda a: 2 / a, [2, 1]),
    (lambda a: a**2, [1, 4]), (lambda a: 2**a, [2, 4]), (lambda a: a > 1, [0, 1]), (lambda a: a >= 2, [0, 1]),
    (lambda a: a < 2, [1, 0]), (lambda a: a <= 1, [1, 0]), (lambda a: 1 < a, [0, 1]), (lambda a: a == a, [1, 1]),
    (lambda a: a + np.array([1.0, 2.0]), [2, 4]), (lambda a: np.array([1.0, 2.0]) * a, [1, 4]),
    (lambda a: a * np.float64(2), [2, 4]), (lambda a: np.float64(2) * a, [2, 4]),
    (lambda a: a > np.array([0.5, 3.0]), [1, 0]),
])
def test_float32_stays_float32(f, expected):
    out = f(nd.array([1, 2]))
    assert type(out) is nd.NDArray and out.dtype == np.float32 and out.asnumpy().tolist() == expected


def test_modulo_has_the_sign_of_the_divisor():
    x = nd.array([7.0, -7.0])
    assert (x % 3).asnumpy().tolist() == [1, 2] and (x % -3).asnumpy().tolist() == [-2, -1]


def test_comparison_broadcasts():
    assert (nd.array([1, 2]) > nd.array([[1], [2]])).asnumpy().tolist() == [[0, 1], [0, 0]]


def test_mixed_dtypes_are_refused():
    with pytest.raises(mx.MXNetError, match="Incompatible attr in node  at 1-th input: expected float32, got float64"):
        nd.ones((2,)) + nd.ones((2,), dtype="float64")
    with pytest.raises(mx.MXNetError, match="expected float32, got int32"):
        nd.ones((2,)) == nd.ones((2,), dtype="int32")  # noqa: B015


def test_shapes_that_do_not_broadcast():
    with pytest.raises(mx.MXNetError):
        nd.ones((2, 3)) + nd.ones((2, 4))


@pytest.mark.parametrize("f", [
    lambda x: x + "a", lambda x: "a" + x, lambda x: x == None, lambda x: x == "a", lambda x: x > [1],  # noqa: E711
    lambda x: nd.add("a", "b"), lambda x: nd.maximum(x, "a"), lambda x: x.__iadd__("a"),
])
def test_operands_of_other_types(f):
    with pytest.raises(TypeError, match="not supported|must be str|concatenate"):
        f(nd.ones((2, 3)))


def test_no_floor_division():
    with pytest.raises(TypeError, match="unsupported operand type.s. for //"):
        nd.ones((2,)) // 2
    with pytest.raises(TypeError, match="unsupported operand type.s. for //"):
        2 // nd.ones((2,))


@pytest.mark.parametrize("f, expected", [
    (lambda: nd.add(1, 2), 3), (lambda: nd.maximum(2, 3), 3), (lambda: nd.minimum(2, 3), 2),
    (lambda: nd.add(nd.ones((1,)), 2), [3]), (lambda: nd.maximum(nd.array([1, 3]), 2), [2, 3]),
    (lambda: nd.power(2, nd.array([3])), [8]), (lambda: nd.equal(nd.ones((1,)), 1), [1]),
    (lambda: nd.modulo(nd.array([5]), 3), [2]), (lambda: nd.true_divide(3, nd.ones((1,))), [3]),
    (lambda: nd.subtract(nd.array([5]), 3), [2]), (lambda: nd.lesser(nd.array([5]), 3), [0]),
    (lambda: nd.minimum(nd.array([1, 3]), nd.array([2, 2])), [1, 2]),
    (lambda: nd.logical_and(nd.array([1, 0]), nd.array([1, 1])), [1, 0]),
    (lambda: nd.logical_xor(nd.array([1, 0]), nd.array([1, 1])), [0, 1]),
])
def test_functions_of_two_operands(f, expected):
    out = f()
    assert (out.asnumpy().tolist() if isinstance(out, nd.NDArray) else out) == expected


def test_maximum_gives_ties_to_the_left():
    x, y = nd.array([1.0]), nd.array([1.0])
    x.attach_grad(), y.attach_grad()
    with autograd.record():
        z = nd.maximum(x, y)
    z.backward()
    assert (x.grad.asscalar(), y.grad.asscalar()) == (1, 0)


@pytest.mark.parametrize("f, start, expected", [
    ("__iadd__", 1.0, 3.0), ("__isub__", 1.0, -1.0), ("__imul__", 3.0, 6.0), ("__itruediv__", 3.0, 1.5),
    ("__imod__", 3.0, 1.0),
])
def test_in_place(f, start, expected):
    x = y = nd.array([start])
    assert getattr(x, f)(2) is x and y.asscalar() == expected


def test_a_power_is_a_new_array():
    x = y = nd.array([3.0])
    x **= 2
    assert x is not y and (x.asscalar(), y.asscalar()) == (9, 3)


def test_in_place_keeps_dtype_and_shape():
    x = nd.arange(6, dtype="int32")
    x += 1.7
    assert x.asnumpy().tolist() == [1, 2, 3, 4, 5, 6]
    x /= 2
    assert x.dtype == np.int32 and x.asnumpy().tolist() == [0, 1, 1, 2, 2, 3]
    y = nd.ones((2, 3))
    y += nd.ones((2, 1))
    assert y.asnumpy().tolist() == [[2, 2, 2]] * 2
    z = nd.ones((2, 1))
    with pytest.raises(mx.MXNetError, match=r"Shape inconsistent, Provided = \[2,1\], inferred shape=\[2,3\]"):
        z += nd.ones((2, 3))
    assert z.shape == (2, 1) and z.asnumpy().tolist() == [[1], [1]]


def test_in_place_leaves_copies_and_recorded_values_alone():
    x = nd.array([3.0])
    x.attach_grad()
    with autograd.record():
        y = x * x
    x += 1  # outside of recording: y's gradient is taken at the recorded value
    y.backward()
    assert x.asscalar() == 4 and x.grad.asscalar() == 6


def test_scalars_of_numpy_do_not_widen():
    x = nd.array([1.0])
    x.attach_grad()
    with autograd.record():
        y = x * np.float64(3) + np.array([1.0])
    assert y.dtype == np.float32
    y.backward()
    assert x.grad.asscalar() == 3


@pytest.mark.parametrize("order", ["array first", "number first"])
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_at_a_tie_with_a_number_the_array_has_the_gradient(name, order):
    x = nd.array([1.0])
    x.attach_grad()
    f = getattr(nd, name)
    with mx.autograd.record():
        y = f(x, 1) if order == "array first" else f(1, x)
    y.backward()
    assert x.grad.asscalar() == 1
    g = getattr(mx.sym, name)
    s = g(mx.sym.var("x"), 1) if order == "array first" else g(1, mx.sym.var("x"))
    executor = s.bind(mx.cpu(), {"x": nd.array([1.0])}, {"x": nd.zeros(1)})
    executor.forward(is_train=True)
    executor.backward(nd.ones(1))
    assert executor.grad_dict["x"].asscalar() == 1
    assert g(2, 3) == f(2, 3) and type(g(2, 3)) is int


def test_a_product_with_what_is_no_array_is_a_type_error():
    x = nd.ones((2, 2))
    for call in (lambda: x @ 2, lambda: 2 @ x, lambda: x @ None, lambda: x @ [[1.0]]):
        with pytest.raises(TypeError, match="unsupported operand"):
            call()
    assert (x @ x).asnumpy().tolist() == [[2, 2], [2, 2]]
