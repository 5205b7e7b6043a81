"""Grids. Numbers of mindspore 2.8.0."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, NotSupportedError, ShapeError
from tests.check import check_op

X = np.arange(12.0).reshape(1, 1, 3, 4) ** 1.5
GRID = np.array([1.1350067736555125, 1.1060031793512002, 0.9757331981308293, 0.657713598476733, -0.40045163513125936,
                 -1.0053566640288076, -0.22262118860686242, -0.6426380587897375, -0.8820296765808409,
                 -1.0717747637116193, 0.5414264741053891, -1.1725740992999254]).reshape(1, 2, 3, 2)


@pytest.mark.parametrize(("mode", "padding", "align", "expected"), [
    ("bilinear", "zeros", False, [2.86114, 19.87975, 0.34393, 1.47038, 0, 1.01482]),
    ("bilinear", "zeros", True, [26.01058, 30.17052, 0.89451, 5.0419, 0.16425, 2.95183]),
    ("bilinear", "border", False, [36.48287, 36.24164, 0.6991, 1.47038, 0, 4.20846]),
    ("bilinear", "border", True, [36.48287, 30.17052, 0.89932, 5.0419, 0.17696, 3.56749]),
    ("bilinear", "reflection", False, [36.48287, 36.24164, 0.6991, 1.47038, 0, 4.20846]),
    ("bilinear", "reflection", True, [33.61681, 30.17052, 0.95268, 5.0419, 0.77885, 5.69409]),
    ("nearest", "zeros", False, [0, 36.48287, 0, 1, 0, 0]),
    ("nearest", "zeros", True, [36.48287, 36.48287, 1, 1, 0, 2.82843]),
    ("nearest", "border", False, [36.48287, 36.48287, 1, 1, 0, 5.19615]),
    ("nearest", "reflection", True, [36.48287, 36.48287, 1, 1, 0, 2.82843]),
])
def test_grid_sample(mode, padding, align, expected):
    y = ops.grid_sample(Tensor(X.astype(np.float32)), Tensor(GRID.astype(np.float32)), mode, padding, align)
    np.testing.assert_allclose(y.asnumpy().ravel(), expected, rtol=1e-4, atol=1e-4)
    check_op("grid_sample", X, GRID, attrs={"mode": mode, "padding_mode": padding, "align_corners": align},
             second=False, dtypes=())


def test_grid_sample_twice():
    check_op("grid_sample", X[:, :, :2, :2], GRID[:, :1, :2] * 0.5, dtypes=("float32",), tolerance=10)


def test_affine_grid():
    theta = np.array([[[.8, .1, .2], [-.2, .9, .1]]])
    check_op("affine_grid", theta, attrs={"size": (1, 1, 2, 3), "align_corners": True},
             ref=np.reshape([-.7, -.6, .1, -.8, .9, -1, -.5, 1.2, .3, 1, 1.1, .8], (1, 2, 3, 2)))
    y = ops.AffineGrid()(Tensor(theta.astype(np.float32)), (1, 1, 2, 3)).asnumpy()
    np.testing.assert_allclose(y.ravel()[:4], [-0.38333, -0.21667, 0.15, -0.35], rtol=1e-4)
    assert ops.affine_grid(Tensor(theta.astype(np.float32)), (1, 1, 1, 1)).shape == (1, 1, 1, 2)


@pytest.mark.parametrize(("name", "shapes", "attrs", "error", "text"), [
    ("grid_sample", ((1, 1, 2, 2), (1, 2, 2, 2)), {"mode": "bicubic"}, NotSupportedError, "mode 'bicubic'"),
    ("grid_sample", ((1, 1, 2, 2), (1, 2, 2, 2)), {"padding_mode": "x"}, ArgumentError, "padding_mode must be"),
    ("grid_sample", ((1, 1, 2, 2), (1, 2, 2, 3)), {}, ShapeError, "grid_sample expects data"),
    ("affine_grid", ((1, 2, 3),), {"size": (1, 1, 2, 2, 2)}, ShapeError, "or theta \\(N, 3, 4\\)"),
])
def test_errors(name, shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS[name](*[Tensor(np.zeros(s, np.float32)) for s in shapes], **attrs)
