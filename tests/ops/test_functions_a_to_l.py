"""MindSpore's functions from a to l where an argument is at its edge: answers and errors of mindspore 2.8.0."""

import numpy as np
import pytest

import luojia as ms
from luojia import Parameter, Tensor, ops
from luojia.ops import CustomRegOp

X = Tensor(np.array([[4.0, 2.0], [2.0, 3.0]], np.float32))
ZEROS = Tensor([0, 0], ms.int32)
NAN = float("nan")


def P():
    return Parameter(Tensor([[1.0, 2.0], [3.0, 4.0]]))


@pytest.mark.parametrize(("call", "dtype", "expected"), [
    (lambda: ops.arange(0, 4, dtype=ms.bool_), ms.bool_, [False, True, True, True]),
    (lambda: ops.aminmax(X, axis=0, keepdims=1)[0], ms.float32, [[2, 2]]),
    (lambda: ops.aminmax(Tensor([[1.0, 2.0]]), axis=None, keepdims=1)[1], ms.float32, 2),
    (lambda: ops.argmax(Tensor([[1.0, 2.0]]), keepdim=True), ms.int64, 1),
    (lambda: ops.argmin(Tensor([[1.0, 2.0]]), None, True), ms.int32, 0),
    (lambda: ops.cross(Tensor([[1.0, 2.0, 3.0]] * 2), Tensor([[1.0], [2.0]])), ms.float32, [[-1, 2, -1], [-2, 4, -2]]),
    (lambda: ops.flatten(Tensor([[1, 2, 3], [4, 5, 6]]), "F"), ms.int64, [[1, 4], [2, 5], [3, 6]]),
    (lambda: ops.flatten(Tensor([[1, 2, 3], [4, 5, 6]]), "F", start_dim=0), ms.int64, [1, 4, 2, 5, 3, 6]),
    (lambda: ops.adaptive_avg_pool3d(Tensor(np.arange(16).reshape(1, 2, 2, 2, 2)), 1), ms.int64,
     [[[[[3]]], [[[11]]]]]),
    (lambda: ops.bincount(Tensor([1, 2]).astype(ms.float16)), ms.float32, [0, 1, 1]),
    (lambda: ops.bincount(Tensor([1, 2]), Tensor([1, 2])), ms.float32, [0, 1, 2]),
    (lambda: ops.cartesian_prod(Tensor(1), Tensor([1, 2])), ms.int64, [[1, 1], [1, 2]]),
    (lambda: ops.cholesky(X.astype(ms.float16)), ms.float16, [[2, 0], [1, 2 ** .5]]),
    (lambda: ops.cholesky_inverse(ops.cholesky(X).astype(ms.float16)), ms.float16, [[.375, -.25], [-.25, .5]]),
    (lambda: ops.geqrf(X.astype(ms.float16))[1], ms.float16, [1.894, 0]),
    (lambda: ops.det(X.astype(ms.float16)), ms.float16, 8),
    (lambda: ops.clip_by_value([X[0]], 3, 5)[0], ms.float32, [4, 3]),
    (lambda: ops.cummax(Tensor([1.0, NAN, 2.0]), 0)[1], ms.int64, [0, 1, 1]),
    (lambda: ops.cummin(Tensor([NAN, NAN]), 0)[1], ms.int32, [0, 1]),
    (lambda: ops.diagonal_scatter(Tensor(np.zeros((2, 2), np.int8)), Tensor([1.5]), 1), ms.float32, [[0, 1.5], [0, 0]]),
    (lambda: ops.fft(X[0], norm="ORTHO"), ms.complex64, [6 / 2 ** .5, 2 ** .5]),
    (lambda: ops.fftfreq(4, 0.0), ms.float32, [NAN, np.inf, -np.inf, -np.inf]),
    (lambda: ops.fftfreq(5, 0.5), ms.float32, [0, .4, .8, -.8, -.4]),
    (lambda: ops.rfftfreq(5, 0.5), ms.float32, [0, .4, .8]),
    (lambda: ops.fftshift(Tensor(3)), ms.int64, 3),
    (lambda: ops.float_power(X[0].astype(ms.complex64), 2), ms.complex128, [16, 4]),
    (lambda: ops.index_add(P(), Tensor([0], ms.int32), Tensor([[1.0], [1.0]]), -1), ms.float32, [[2, 2], [4, 4]]),
    (lambda: ops.intopk(X, Tensor([-1, 5], ms.int32), 2), ms.bool_, [False, False]),
    (lambda: ops.cross_entropy(Tensor([[1.0, 2.0, 3.0]]), Tensor([-1], ms.int32)), ms.float32, 0.407606),
    (lambda: ops.cross_entropy(Tensor([1.0, 2.0, 4.0]), Tensor(1, ms.int32)), ms.float32, 2.16985),
    (lambda: ops.cross_entropy(Tensor([1.0, 2.0, 4.0]), Tensor([1, 2], ms.int32)), ms.float32, 1.16985),
    (lambda: ops.cross_entropy(Tensor([1.0, 2.0, 4.0]), Tensor([1.0, 2.0, 4.0])), ms.float32, 8.18892),
    (lambda: ops.cross_entropy(Tensor([1.0, 2.0, 4.0]), Tensor(1), label_smoothing=0.1), ms.float32, 2.13651),
    (lambda: ops.nll_loss(Tensor([1.0, 2.0, 4.0]), Tensor(1, ms.int32), reduction="none"), ms.float32, -2),
    (lambda: ops.gaussian_nll_loss(X, X + 1, Tensor([1.0, 4.0])), ms.float32, 0.5 * (1 + 0.25 + np.log(4)) / 2),
    (lambda: ops.nll_loss(Tensor([[1.0, 2.0, 3.0]]), Tensor([-100], ms.int32), reduction="sum"), ms.float32, 0),
])
def test_answers(call, dtype, expected):
    found = call()
    assert found.dtype == dtype
    np.testing.assert_allclose(found.asnumpy(), expected, rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: ops.adaptive_avg_pool2d(X[None], 1.5), TypeError, "output_size to be an int or 2 ints, got 1.5"),
    (lambda: ops.assign(Parameter(Tensor([1])), Tensor([1.5])), TypeError, "of Float32 cannot be converted implicitly"),
    (lambda: ops.assign_add(P(), [1]), TypeError, "'value' must be a Tensor or a number, got list"),
    (lambda: ops.atleast_2d(1), TypeError, "each element of 'inputs' must be a tensor, but got int"),
    (lambda: ops.avg_pool2d(X[None, None], 1.5), TypeError, "expects kernel.* to be an int or 2 ints, .*, got 1.5"),
    (lambda: ops.block_diag(X, 2.5), TypeError, "each element of 'inputs' must be a tensor, but got float"),
    (lambda: ops.blackman_window(Tensor([5])), ValueError, r"must have no axes, got \(1,\)"),
    (lambda: ops.bounding_box_encode(X[:, [0, 1, 0, 1]], X[:, [0, 1, 0, 1]], stds=(0, 1.0, 1.0, 1.0)), TypeError,
     "stds must be a tuple of float"),
    (lambda: ops.bounding_box_decode(X[:, [0, 1, 0, 1]], X[:, [0, 1, 0, 1]], (1, 2, 3)), ValueError,
     "max_shape must be .height, width., got"),
    (lambda: ops.broadcast_to(X[0], (-1, 2)), ValueError, "-1 keeps a length, and the new leading axes"),
    (lambda: ops.bucketize(X, True), TypeError, "'boundaries' must be a list of numbers, got True"),
    (lambda: ops.cdist(X, X[None]), ValueError, "x1 and x2 must have as many axes"),
    (lambda: ops.celu(X, 0.0), ValueError, "alpha must not be 0"),
    (lambda: ops.chunk(X, -3), ValueError, "chunks must be at least 1, got -3"),
    (lambda: ops.cummax(X, 2), ValueError, "cummax: axis 2 is out of bounds"),
    (lambda: ops.cumprod(X, 7), ValueError, "cumprod: axis 7 is out of bounds"),
    (lambda: ops.fft(X, norm=1), TypeError, "the type of 'norm' should be 'str', but got type 'int': 1"),
    (lambda: ops.gumbel_softmax(X, -1.0), ValueError, "'tau' must be greater than 0, got -1.0"),
    (lambda: ops.hann_window(1.5), TypeError, "window_length must be an int, got 1.5"),
    (lambda: ops.hann_window(-1), ValueError, "window_length must be an int of at least 0, got -1"),
    (lambda: ops.bartlett_window(Tensor(5), dtype=ms.int32), TypeError, "dtype must be one of floats"),
    (lambda: ops.logspace(0, 1, 3, -1), ValueError, "steps and base must not be negative, got 3 and -1"),
    (lambda: ops.arange(None), TypeError, "start must be a number or a Tensor, but got NoneType"),
    (lambda: ops.arange(-3), ValueError, "a step of 1 does not lead from 0 to -3"),
    (lambda: ops.clamp(X, [X]), TypeError, "the bounds must be Tensors or numbers, but got list"),
    (lambda: ops.derivative(ops.sin, X.astype(ms.float16), 1), TypeError, "or Float64 are expected, but got Flo"),
    (lambda: ops.jvp(ops.sin, 1, (X, X)), TypeError, "For 'jvp', inputs and v must be Tensors, but got int"),
    (lambda: ops.jet(ops.sin, X, (X,)), TypeError, "primals and series must both be a Tensor, or both be tuples"),
    (lambda: ops.diff(X[:0]), ValueError, "x must not be empty, got shape"),
    (lambda: ops.fft2(X[:0]), ValueError, "For 'fft2', the input must not be empty"),
    (lambda: ops.hsplit(X[0], 2), ValueError, "the input must have at least 2 axes"),
    (lambda: ops.qr(Tensor([[1, 2], [3, 4]])), TypeError, "Float16, Float32, Float64, but got Int64"),
    (lambda: ops.Qr()(Tensor([[1, 2], [3, 4]])), TypeError, "Float64"),
    (lambda: ops.geqrf(Tensor([[1, 2], [3, 4]])), TypeError, "Float16, Float32, Float64, but got Int64"),
    (lambda: ops.orgqr(Tensor([[1, 2], [3, 4]]), Tensor([1, 2])), TypeError, "Float32, Float64, but got Int64"),
    (lambda: ops.lstsq(Tensor([[1, 2], [3, 4]]), Tensor([[1], [2]])), TypeError, "Float64, but got Int64"),
    (lambda: ops.matrix_exp(Tensor([[1, 2], [3, 4]])), TypeError, "Float64, but got Int64"),
    (lambda: ops.top_k(X, 0), ValueError, "'k' must be > 0, but got 0"),
    (lambda: ops.TopK()(X, 0), ValueError, "'k' must be > 0, but got 0"),
    (lambda: ops.sparse_segment_mean(X, Tensor([0, 1]), Tensor([1, 0])), RuntimeError, "segment_ids must rise"),
    (lambda: ops.lu_unpack(X, Tensor([[1, 2]], ms.int32)), ValueError, "the leading lengths differ"),
    (lambda: ops.batch_norm(X, *[X[0]] * 4, momentum=2.0), ValueError, "momentum must lie in .0, 1. and eps in"),
    (lambda: ops.channel_shuffle(X[None, None], 0), ValueError, "groups must be positive, got 0"),
    (lambda: ops.crop_and_resize(X[None, None], X[:, [0, 1, 0, 1]], ZEROS, (1, 1), "bogus"), ValueError,
     "method must be 'bilinear' or 'nearest', got 'bogus'"),
    (lambda: ops.cross(Tensor([1, 2, 3]), Tensor([1, 2])), ValueError, "cannot be broadcast"),
    (lambda: ops.flatten(X, start_dim=1, end_dim=0), ValueError, "start_dim 1 comes after end_dim 0"),
    (lambda: ops.full((2,), "a"), TypeError, "'fill_value' must be a number or a Tensor, but got str"),
    (lambda: ops.grid_sample(X[None, None], X[None, None], mode="bogus"), ValueError, "mode must be 'bilinear' or"),
    (lambda: ops.index_fill(X, 5, Tensor([0], ms.int32), 1.0), ValueError, "index_fill: axis 5 is out of bounds"),
    (lambda: ops.index_fill(X, 0, ZEROS[None], 1.0), ValueError, "the positions must be a number or a vector"),
    (lambda: ops.full(3, 2), TypeError, "'size' must be a tuple or list of ints, but got int"),
    (lambda: CustomRegOp().input("x"), TypeError, "index must be int, but got 'x'"),
    (lambda: CustomRegOp().output(0, 1), TypeError, "name must be str, but got 1"),
    (lambda: CustomRegOp().target(1), TypeError, "target must be str, but got 1"),
    (lambda: CustomRegOp().dtype_format(("f", "d")), ValueError, "each input and output described, 0 here, but got 1"),
])
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.skipif(ms.get_context("engine") == "xla", reason="XLA's programs cannot raise for values")
def test_a_class_out_of_range():
    for loss in (ops.nll_loss, ops.cross_entropy):
        with pytest.raises(ValueError, match=r"nll_loss: indices should be in the range \[0, 3\), got 7"):
            loss(Tensor([[1.0, 2.0, 3.0]]), Tensor([7], ms.int32))


def test_a_tuple_of_clipped_tensors():
    assert isinstance(ops.clip_by_value([X, X], 0, 1), tuple)
    with pytest.raises(TypeError, match="the type of argument 'x' must be Tensor or tuple"):
        ops.clip_by_value([3], 0, 1)


def test_a_kernels_description():
    info = CustomRegOp("f").input(0, "x", "dynamic").attr("a", "required", "int").get_op_info()
    assert info == {"op_name": "f", "inputs": [{"index": 0, "name": "x", "paramType": "dynamic"}], "outputs": [],
                    "attr": [{"name": "a", "paramType": "required", "type": "int"}], "fusion_type": "",
                    "dtype_format": [], "target": "UnKnown"}
