"""Small operators of ``contrib``. Numbers of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

X = np.array([[-1.5, -0.4, 0.5], [1.5, 2.6, -2.2]])
ODD = np.array([1, np.nan, np.inf])


def test_quadratic():
    check_op("quadratic", X, attrs={"a": 1.0, "b": 2.0, "c": 3.0}, ref=X**2 + 2 * X + 3)


@pytest.mark.parametrize(("operator", "attrs", "value", "slope"), [
    (OPERATORS["gradient_multiplier"], {"scalar": -0.5}, X, -0.5),
    (OPERATORS["round_straight"], {}, [[-2, 0, 1], [2, 3, -2]], 1), (OPERATORS["sign_straight"], {}, np.sign(X), 1),
])
def test_replaced_gradients(operator, attrs, value, slope):
    check_op(operator, X, attrs=attrs, ref=np.array(value), grad=False, dtypes=())
    x = nd.array(X)
    x.attach_grad()
    with mx.autograd.record():
        y = operator(x, **attrs)
    y.backward(nd.array(X))  # not that of the value, by design
    np.testing.assert_allclose(x.grad.asnumpy(), slope * X, rtol=1e-6)


def test_places():
    check_op("index_array", np.ones((2, 2)), ref=np.array([[[0, 0], [0, 1]], [[1, 0], [1, 1]]]))
    check_op("index_array", np.ones((2, 3, 4)), attrs={"axes": (2, -3)},
             ref=np.stack(np.indices((2, 3, 4))[[2, 0]], -1))
    check_op("arange_like", X, attrs={"start": 2.0, "step": 0.5, "repeat": 2}, ref=[[2, 2, 2.5], [2.5, 3, 3]])
    check_op("arange_like", X, attrs={"axis": -1}, ref=[0, 1, 2])
    check_op("count_stored", np.array([[1.0, 0, 2], [0, 0, 3]]), ref=[3])
    check_op("count_stored", np.array([[1.0, 0, 2], [0, 0, 3]]), attrs={"axis": 0}, ref=[1, 0, 2])


def test_boolean_mask():
    for axis, m in ((0, [0.0, 1.0]), (1, [1.0, 0.0, 1.0]), (-1, [0.0, 0.0, 0.0])):
        m = np.array(m)
        check_op("boolean_mask", X, m, attrs={"axis": axis}, ref=np.compress(m, X, axis), grad=(0,), symbol="value",
                 xla=False)


def test_finite():
    check_op("finite_as_number", ODD, ref=[1, 0, 0])
    check_op("nan_as_number", ODD, ref=[0, 1, 0])
    check_op("infinite_as_number", ODD, ref=[0, 0, 1])
    check_op("all_finite", X, ref=[1])
    check_op("all_finite", ODD, ref=[0])
    check_op("multi_all_finite", X, ODD, ref=[0])
    check_op("multi_all_finite", X, X, ref=[1])
    check_op("all_close", X, X + 1e-9, ref=1)
    check_op("all_close", X, X + 1e-2, ref=0)
    check_op("all_close", ODD, ODD, ref=1)
    check_op("all_close", ODD, ODD, attrs={"equal_nan": False}, ref=0)


def test_many_arrays():
    found = nd.multi_sum_sq(nd.array(X), nd.array([3, 4]), num_arrays=2)
    np.testing.assert_allclose(found.asnumpy(), [(X**2).sum(), 25], rtol=1e-6)
    check_op("multi_sum_sq", X, X + 1, dtypes=())
    lars = [np.array(v) for v in ([.1, .2, .3], [4.0, 0, 1], [1.0, 1, 0], [.1, .1, .2])]
    attrs = {"eta": .5, "eps": 1e-3, "rescale_grad": .5}
    check_op("multi_lars", *lars, attrs=attrs, ref=[.1 * .5 * 2 / (.5 + .2 + 1e-3), .2, .3], symbol="value")


def test_amp_multicast():
    half, single = nd.array([1], dtype="float16"), nd.array([2], dtype="float32")
    assert [y.dtype for y in nd.amp_multicast(half, single, num_outputs=2)] == [np.float32] * 2
    assert [y.dtype for y in nd.amp_multicast(half, single, num_outputs=2, cast_narrow=True)] == [np.float16] * 2
    check_op("amp_multicast", X, X + 1, attrs={"num_outputs": 2}, ref=(X, X + 1))
    assert nd.amp_multicast(half, num_outputs=1).dtype == np.float16


def test_fourier():
    def interleave(x):
        z = np.fft.fft(x)
        return np.stack([z.real, z.imag], -1).reshape(*x.shape[:-1], -1)

    check_op("interleaved_fft", X, ref=interleave)
    check_op("interleaved_ifft", interleave(X), ref=X * 3, tolerance=10)
    back = nd.contrib.ifft(nd.contrib.fft(nd.array(X))) / 3
    np.testing.assert_allclose(back.asnumpy(), X, rtol=1e-5)


@pytest.mark.parametrize(("name", "shapes", "attrs", "error", "text"), [
    ("index_array", ((2, 2),), {"axes": (2,)}, ArgumentError, "index_array: axis 2 is out of bounds"),
    ("boolean_mask", ((2, 3), (3,)), {}, ShapeError, "boolean_mask of data"),
    ("amp_multicast", ((2,), (2,)), {"num_outputs": 1}, ArgumentError, "num_outputs is 1, got 2 arrays"),
    ("interleaved_ifft", ((2, 3),), {}, ShapeError, "an even last length"),
])
def test_errors(name, shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS[name](*[Tensor(np.ones(s, np.float32)) for s in shapes], **attrs)


# -- sketches, and what graphs have of functions on arrays -------------------------------------------------------------


def test_count_sketch():
    x, h, s = np.arange(10.0).reshape(2, 5), np.array([[0, 2, 1, 2, 0.0]]), np.array([[1, -1, 1, 1, -1.0]])
    check_op("count_sketch", x, h, s, attrs={"out_dim": 3}, grad=(0,), ref=np.array([[-4.0, 2, 2], [-4, 7, 2]]),
             symbol="value")
    with pytest.raises(ShapeError, match="count_sketch expects h and s of 5 numbers"):
        nd.contrib.count_sketch(nd.array(x), nd.zeros((4,)), nd.zeros((4,)), out_dim=3)


def test_histogram_of_a_symbol():
    a, x = mx.sym.var("a"), nd.array([1.0, 2, 2.5, 9])
    net = mx.sym.histogram(a, bins=4, range=(0, 4))
    counts, edges = net.eval(a=x)
    assert counts.asnumpy().tolist() == [0, 1, 2, 0] and edges.asnumpy().tolist() == [0, 1, 2, 3, 4]
    assert counts.dtype == np.int64 and net.list_outputs()[1].endswith("_output1")
    counts, _ = mx.sym.histogram(a, mx.sym.var("b")).eval(a=x, b=nd.array([0.0, 2, 4, 9]))
    assert counts.asnumpy().tolist() == [1, 2, 1]
    for bins, error, message in ((4, ValueError, "needs the range"), ("x", TypeError, "either an integer or a Symbol")):
        with pytest.raises(error, match=message):
            mx.sym.histogram(a, bins)
    with pytest.raises(ValueError, match="expects bins, a number of them with a range"):
        OPERATORS["histogram_of"](x)
    check_op("cast_storage", np.ones((2, 3)))
    assert mx.sym.cast_storage(a, stype="csr").eval(a=x)[0].asnumpy().tolist() == [1, 2, 2.5, 9]


def test_sparse_embedding():
    found = nd.contrib.SparseEmbedding(nd.array([0, 2]), nd.arange(6).reshape((3, 2)), input_dim=3, output_dim=2)
    assert found.asnumpy().tolist() == [[0, 1], [4, 5]]
    net = mx.sym.contrib.SparseEmbedding(mx.sym.var("a"), input_dim=3, output_dim=2, name="e")
    assert net.list_arguments() == ["a", "e_weight"]
