"""Joining and splitting."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

x = np.arange(6.0).reshape(2, 3) / 4 - 0.3
y = x * 2 + 1
t = Tensor(x)


# symbol=False: how many outputs there are depends on the shape.


def test_joining():
    check_op("concatenate", x, y, attrs={"axis": 1}, ref=np.concatenate([x, y], 1))
    check_op("concatenate", x, y, x, attrs={"axis": -2}, ref=np.concatenate([x, y, x], 0))
    check_op("stack", x, y, attrs={"axis": 1}, ref=np.stack([x, y], 1))
    check_op("stack", x, y, attrs={"axis": -1}, ref=np.stack([x, y], -1))
    check_op("hstack", x, y, ref=np.hstack([x, y]))
    check_op("vstack", x, y, ref=np.vstack([x, y]))
    check_op("dstack", x, y, ref=np.dstack([x, y]))
    check_op("column_stack", x[:, 0], y, ref=np.column_stack([x[:, 0], y]))
    check_op("meshgrid", x[0], y[:, 0], ref=np.meshgrid(x[0], y[:, 0]), symbol=False)
    check_op("meshgrid", x[0], y[:, 0], x[1], attrs={"indexing": "ij"},
             ref=np.meshgrid(x[0], y[:, 0], x[1], indexing="ij"), symbol=False)


def test_splitting():
    check_op("split", x, attrs={"indices_or_sections": 3, "axis": 1}, ref=np.split(x, 3, 1))
    check_op("split", x, attrs={"indices_or_sections": (1,), "axis": 1}, ref=np.split(x, [1], 1))
    check_op("slice_channel", x, attrs={"num_outputs": 3}, ref=np.split(x, 3, 1))
    check_op("slice_channel", x, attrs={"num_outputs": 3, "squeeze_axis": True}, ref=list(x.T))
    check_op("slice_channel", x, attrs={"num_outputs": 1}, ref=x)
    check_op("split_sizes", x, attrs={"sizes": (1, -1), "axis": 1}, ref=[x[:, :1], x[:, 1:]])
    check_op("split_every", x, attrs={"size": 2, "axis": 1}, ref=[x[:, :2], x[:, 2:]], symbol=False)
    check_op("split_every", x, attrs={"size": (1, 2), "axis": 1}, ref=[x[:, :1], x[:, 1:]], symbol=False)
    check_op("chunk", x, attrs={"chunks": 2, "axis": 1}, ref=[x[:, :2], x[:, 2:]], symbol=False)
    check_op("unstack", x, attrs={"axis": 1}, ref=list(x.T), symbol=False)


def test_errors():
    with pytest.raises(ShapeError, match=r"concat: shapes \[\(2, 3\), \(3,\)\] must agree on every axis but 0"):
        ops.concat([t, Tensor([1.0, 2, 3])])
    with pytest.raises(ShapeError, match="stack: arrays must have one shape"):
        ops.stack([t, Tensor([1.0, 2, 3])])
    with pytest.raises(ArgumentError, match="split: an axis of length 2 does not split into 4 equal parts"):
        ops.Split(0, 4)(t)
    with pytest.raises(ShapeError, match="squeeze_axis needs parts of length 1, got 3"):
        OPERATORS["slice_channel"](t, num_outputs=1, squeeze_axis=True)
    with pytest.raises(ArgumentError, match=r"split: sizes \(1, 3\) must add up to the length of axis 1, 3"):
        ops.split(t, (1, 3), 1)
    with pytest.raises(ArgumentError, match="the size of a part must be at least 1, got 0"):
        ops.split(t, 0)
    with pytest.raises(ArgumentError, match="meshgrid: indexing must be 'xy' or 'ij', got 'foo'"):
        ops.meshgrid(t[0], t[0], indexing="foo")


@pytest.mark.parametrize("name, shape", [("concat", (1, 2)), ("cat", (1, 2)), ("concatenate", (1, 2)),
                                         ("stack", (1, 2, 1))])
def test_an_axis_after_a_list_of_tensors(name, shape):
    x = Tensor([[1.0]])
    for listed in ([x, x], (x, x)):
        assert getattr(ops, name)(listed, 1).shape == shape == getattr(ops, name)(listed, axis=1).shape
    with pytest.raises(TypeError, match=r"takes a list of Tensors and \(axis\), got 2 arguments after the list"):
        getattr(ops, name)([x, x], 1, 2)


def test_split_v2_of_mxnets_files():
    import json

    import luojia as mx

    x, values = mx.sym.var("x"), np.arange(36.0).reshape(6, 6)
    check_op("split_at", values, attrs={"sections": 3, "axis": 1}, ref=tuple(np.split(values, 3, 1)))
    check_op("split_at", values, attrs={"indices": (0, 1, 3)}, ref=tuple(np.split(values, [1, 3])), xla=False)
    for given, attrs in (((2,), {"sections": "2", "indices": "()"}),
                         (((1, 3),), {"sections": "0", "indices": "(0, 1, 3)"})):
        node = json.loads(mx.sym.split_v2(x, *given).tojson())["nodes"][-1]
        assert node["op"] == "_split_v2" and node["attrs"] == {"axis": "0", "squeeze_axis": "False", **attrs}
        assert json.loads(x.split_v2(*given).tojson())["nodes"][-1]["attrs"] == node["attrs"]
    columns = mx.sym.split_v2(x, 2, axis=1, squeeze_axis=True, name="s")
    assert columns.list_outputs() == ["s_output0", "s_output1"]
    assert [p.shape for p in columns.eval(x=mx.nd.ones((6, 2)))] == [(6,), (6,)]
    assert mx.sym.split_v2(x, 1).eval(x=mx.nd.ones((6, 2)))[0].shape == (6, 2)
    with pytest.raises(ValueError, match="must either int or tuple of ints, got 'a'"):
        mx.sym.split_v2(x, "a")
