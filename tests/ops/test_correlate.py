"""Correlation, crops and the sparse identity. Numbers of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

X, Y = (f(np.arange(40)).reshape(1, 2, 4, 5) for f in (np.cos, np.sin))


def near(found, expected):
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-3, atol=1e-4)


def test_correlation():
    attrs = {"stride1": 2}
    check_op("correlation", X, Y, attrs=attrs)
    near(nd.Correlation(nd.array(X), nd.array(Y), **attrs).asnumpy()[0, :, 0],
         [[0.2953, -0.0619], [0.6746, 0.397], [0.4337, 0.4909], [-0.5032, -0.5081], [0.1125, -0.2024],
          [0.6248, 0.2894], [-0.5808, -0.2264], [-0.6108, -0.5118], [-0.0792, -0.3267]])
    attrs = {"kernel_size": 3, "max_displacement": 2, "stride1": 3, "stride2": 2, "pad_size": 2, "is_multiply": False}
    check_op("correlation", X, Y, attrs=attrs, second=False, dtypes=("float32",))
    near(nd.Correlation(nd.array(X), nd.array(Y), **attrs).asnumpy()[0, :, 0, 0],
         [0.5931, 0.6256, 0.8328, 0.8168, 0.8888, 0.2677, 0.5193, 0.9237, 0.9264])


def test_crop():
    check_op("crop_maps", X, attrs={"h_w": (2, 3), "offset": (1, 2)}, ref=X[:, :, 1:3, 2:5])
    check_op("crop_maps", X, attrs={"h_w": (2, 3), "center_crop": True}, ref=X[:, :, 1:3, 1:4])
    check_op("crop_maps", X, Y[:, :, :3, :2], attrs={"offset": (1, 2)}, ref=X[:, :, 1:4, 2:4], grad=(0,))
    s = mx.sym.Crop(mx.sym.var("a"), mx.sym.var("b"), center_crop=True)
    assert s.infer_shape(a=(1, 2, 5, 5), b=(1, 3, 2, 3))[1] == [(1, 2, 2, 3)]


def test_kl_sparse_identity():
    """Its gradient is by design not that of its value."""
    p = np.linspace(0.1, 0.9, 12).reshape(4, 3)
    check_op("kl_sparse_identity", p, np.full(3, 0.3), ref=(p, 0.27 + 0.1 * p.mean(0)), grad=False, symbol=False)
    s = mx.sym.IdentityAttachKLSparseReg(mx.sym.var("x"), name="k", penalty=.5, sparseness_target=.2)
    assert s.list_auxiliary_states() == ["k_moving_avg"]
    e = s.simple_bind(mx.cpu(), x=(4, 3))
    e.arg_dict["x"][:] = p
    e.aux_dict["k_moving_avg"][:] = 0.3
    e.forward(is_train=True)
    near(e.outputs[0], p)
    e.backward(nd.ones((4, 3)))
    average = 0.9 * 0.3 + 0.1 * p.mean(0)
    near(e.aux_dict["k_moving_avg"], average)
    near(e.grad_dict["x"], np.broadcast_to(1 + .5 * (.8 / (1 - average) - .2 / average), (4, 3)))


@pytest.mark.parametrize(("name", "shapes", "attrs", "error", "text"), [
    ("correlation", ((1, 2, 3, 3), (1, 2, 3, 4)), {}, ShapeError, "two arrays of one shape"),
    ("correlation", ((1, 2, 3, 3), (1, 2, 3, 3)), {"kernel_size": 2}, ArgumentError, "kernel_size must be odd"),
    ("correlation", ((1, 2, 2, 2), (1, 2, 2, 2)), {}, ShapeError, "are too small for displacements of 1"),
    ("crop_maps", ((1, 2, 3),), {"h_w": (1, 1)}, ShapeError, "one or two arrays"),
    ("crop_maps", ((1, 2, 3, 3),), {}, ArgumentError, "expects its size"),
    ("crop_maps", ((1, 2, 3, 3),), {"h_w": (2, 2), "offset": (2, 0)}, ShapeError, "does not lie within"),
    ("kl_sparse_identity", ((3,), (3,)), {}, ShapeError, r"expects data \(N, D\)"),
])
def test_errors(name, shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS[name](*[Tensor(np.zeros(s, np.float32)) for s in shapes], **attrs)
