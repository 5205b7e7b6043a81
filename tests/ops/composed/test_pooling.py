"""Windows of other kinds: derivatives, random places, refusals. Their values are lines of observed.txt."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, ShapeError
from tests.observed import T

X = np.random.default_rng(5).permutation(50).reshape(1, 2, 5, 5) / 20 + 0.1
SMOOTH = {
    "lp_pool1d": lambda x: ops.lp_pool1d(x[0], 3, 2),
    "lp_pool2d": lambda x: ops.lp_pool2d(x, 2, 2, ceil_mode=True),
    "max_unpool": lambda x: ops.max_unpool2d(*ops.max_pool2d(x[..., :4, :4], 2, return_indices=True), 2),
    "max_unpool1d of (C, L)": lambda x: ops.max_unpool1d(x[0, :, 0, :2], Tensor([[1, 2], [0, 3]]), 2),
    "adaptive": lambda x: ops.adaptive_max_pool2d(x, (2, 3), True)[0],
    "fractional": lambda x: ops.fractional_max_pool2d(x, 2, 3, _random_samples=T([[[0.3, 0.9], [0.6, 0.1]]])),
    "conv3d_transpose": lambda x: ops.conv3d_transpose(x[:, None], x[None, :, :, :2, :2] * x[:, :1, :2, :2].sum(),
                                                       stride=2, pad_mode="pad", padding=1, output_padding=1),
    "conv3d_transpose same": lambda x: ops.conv3d_transpose(x[:, None], x[None, :1, :, :2, :2], "same", stride=2),
    "col2im": lambda x: ops.col2im(x[..., :4, :4], (3, 3), 2, 1, 0, 1),
    "rrelu": lambda x: ops.rrelu(x - 1, 0.25, 0.25),
    "interpolate": lambda x: ops.interpolate(x, size=(3, 7), mode="bicubic"),
    "adaptive 3d": lambda x: ops.adaptive_max_pool3d(x, 2),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients(name):
    def f(x):
        y = SMOOTH[name](x)
        return (y * y).sum()

    found, rng = ops.grad(f)(Tensor(X)).asnumpy(), np.random.default_rng(0)
    for _ in range(3):
        d = rng.normal(size=X.shape)
        expected = (float(f(Tensor(X + 1e-6 * d))) - float(f(Tensor(X - 1e-6 * d)))) / 2e-6
        assert (found * d).sum() == pytest.approx(expected, rel=1e-5, abs=1e-4)


def test_random_places():
    ms.set_seed(3)
    y, at = ops.fractional_max_pool2d(Tensor(X), 2, output_ratio=0.6, return_indices=True)
    assert y.shape == at.shape == (1, 2, 3, 3)
    np.testing.assert_array_equal(np.take_along_axis(X.reshape(1, 2, 25), at.asnumpy().reshape(1, 2, 9), 2).ravel(),
                                  y.asnumpy().ravel())
    assert ops.fractional_max_pool3d(Tensor(X), (1, 2, 2), (1, 3, 3)).shape == (1, 1, 3, 3)
    x = np.full(1000, -1.0, np.float32)
    drawn = -ops.rrelu(Tensor(x)).asnumpy()
    assert 1 / 8 <= drawn.min() and drawn.max() <= 1 / 3 and drawn.std() > 0.03


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda x: ops.lp_pool2d(x[0, 0], 2, 2), ShapeError, "'lp_pool2d', 'x' must have 4 axes"),
    (lambda x: ops.lp_pool1d(x[0], 0, 2), ArgumentError, "'lp_pool1d', the norm_type must not be 0"),
    (lambda x: ops.max_unpool2d(x, Tensor(np.zeros((1, 1, 1, 1), np.int64)), 2), ShapeError,
     "'max_unpool2d', x and indices must have one shape"),
    (lambda x: ops.max_unpool1d(x, Tensor(np.zeros(x.shape, np.int64)), 2), ShapeError,
     "'max_unpool1d', the input must have 3 axes"),
    (lambda x: ops.max_unpool2d(T([[[5.0]]]), Tensor([[[4]]]), 2), ArgumentError, "the indices reach 4, but an"),
    (lambda x: ops.adaptive_max_pool3d(x[0, 0], 2), ShapeError, "'adaptive_max_pool3d', the input must have 5 axes"),
    (lambda x: ops.fractional_max_pool2d(x, 2), ArgumentError, "give either 'output_size' or 'output_ratio'"),
    (lambda x: ops.fractional_max_pool2d(x[0, 0], 2, 2), ShapeError, "'fractional_max_pool2d', the input must have 4"),
    (lambda x: ops.fractional_max_pool2d(x, 4, 3), ShapeError, r"windows of \(4, 4\) do not make \(3, 3\) of \(5, 5\)"),
    (lambda x: ops.conv3d_transpose(x[None], x[None], "full"), ArgumentError, "the 'pad_mode' must be 'valid', 'same'"),
    (lambda x: ops.conv3d_transpose(x[None], x[None], padding=1), ArgumentError, "padding and output_padding must be"),
    (lambda x: ops.rrelu(x, 0.5, 0.2), ArgumentError, "'rrelu', 0 <= lower <= upper <= 1 must hold"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call(Tensor(X))
