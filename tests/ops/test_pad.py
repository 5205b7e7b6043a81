"""Padding, triangles and diagonals."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

x = np.arange(6.0).reshape(2, 3) / 4 - 0.3
t = Tensor(x)
WIDTH = ((1, 1), (2, 0))


def test_padding():
    check_op("pad", x, attrs={"pad_width": WIDTH}, ref=np.pad(x, WIDTH))
    check_op("pad", x, attrs={"pad_width": (1, 1, 2, 0), "constant_values": 7}, ref=np.pad(x, WIDTH, constant_values=7))
    check_op("pad", x, attrs={"pad_width": ((0, -1), (-1, 2))}, ref=np.pad(x[:1, 1:], ((0, 0), (0, 2))))
    g = np.arange(10.0).reshape(2, 5)
    check_op("unpad", g, attrs={"shape": (2, 3), "pad_width": ((0, 0), (1, 1)), "mode": "reflect"},
             ref=np.stack([g[:, 1], g[:, 0] + g[:, 2] + g[:, 4], g[:, 3]], 1))
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        check_op("pad", x, attrs={"pad_width": WIDTH, "mode": mode}, ref=np.pad(x, WIDTH, mode))
    check_op("pad", x, attrs={"pad_width": ((1, 2), (-1, 1)), "mode": "symmetric"},
             ref=np.pad(x[:, 1:], ((1, 2), (0, 1)), "symmetric"))
    check_op("unpad", np.ones((2, 6)), attrs={"shape": (2, 3), "pad_width": ((0, 0), (1, 2)), "mode": "reflect"},
             ref=[[2, 3, 1]] * 2)
    check_op("mirror_pad", x, attrs={"pad_width": WIDTH}, ref=np.pad(x, WIDTH, "reflect"))
    check_op("mirror_pad", x, attrs={"pad_width": WIDTH, "mode": "SYMMETRIC"}, ref=np.pad(x, WIDTH, "symmetric"))
    check_op("pad_last", x, attrs={"padding": (2, 0)}, ref=np.pad(x, ((0, 0), (2, 0))))
    check_op("pad_last", x, attrs={"padding": (2, 0, 1, 1), "mode": "replicate"}, ref=np.pad(x, WIDTH, "edge"))


def test_padding_errors():
    pad = OPERATORS["pad"]
    with pytest.raises(ArgumentError, match="must name .before, after. for each of 2 axes"):
        pad(t, pad_width=(1, 1))
    with pytest.raises(ArgumentError, match="mode must be 'constant', 'edge', .* or 'minimum', got 'foo'"):
        pad(t, pad_width=WIDTH, mode="foo")
    with pytest.raises(ShapeError, match="reflecting 2 elements needs more than 2 along axis 0"):
        pad(t, pad_width=((2, 2), (0, 0)), mode="reflect")
    with pytest.raises(ArgumentError, match=r"padding \(1, 2, 3\) must hold"):
        ops.pad(t, (1, 2, 3))


def test_triangles_and_diagonals():
    check_op("tril", x, ref=np.tril(x))
    check_op("triu", x, attrs={"k": 1}, ref=np.triu(x, 1))
    check_op("diag", x, attrs={"k": 1}, ref=np.diag(x, 1))
    check_op("diag", x[0], attrs={"k": -1}, ref=np.diag(x[0], -1))
    check_op("diagonal", x, attrs={"offset": -1}, ref=np.diagonal(x, -1))
    check_op("diagonal", x[None], attrs={"axis1": 1, "axis2": 2}, ref=np.diagonal(x[None], 0, 1, 2))
    check_op("trace", x, ref=np.trace(x))
    check_op("trace", np.stack([x, -x, x * 2], -1), ref=np.trace(np.stack([x, -x, x * 2], -1)))
    check_op("on_diagonal", x[:1, :3], attrs={"shape": (4, 1, 3), "offset": -1, "axis1": 0, "axis2": 2},
             ref=np.diag(x[0, :3], -1)[:, None, :3])
