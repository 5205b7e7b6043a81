"""Gathering and its transposes."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.ops.index import encode
from tests.check import check_op

x = np.arange(6.0).reshape(2, 3) / 4 - 0.3
t = Tensor(x)
i = np.array([1, 1, 0])
coordinates = np.array([[0, 1], [1, 2], [1, 2]])


def test_indexing():
    template, _ = encode((slice(None), i))
    check_op("getitem", x, i, attrs={"index": template}, ref=x[:, i])
    check_op("put_add", x[:, i], i, attrs={"index": template, "shape": (2, 3)})
    some = np.array([2, 0])
    check_op("setitem", x, x[:, :2] * 3, some, attrs={"index": encode((slice(None), some))[0]})


@pytest.mark.parametrize("at, value, expected", [((0, 1), [6.0], [12.0]), ((0, 1), [[6.0]], [[12.0]]),
                                                (0, [[6.0, 8.0, 10.0]], [[12.0, 16.0, 20.0]])])
def test_setting_what_has_further_axes_of_one(at, value, expected):
    def loss(x, v):
        y = x * 2
        y[at] = v
        return (y * y).sum()

    dx, dv = ops.grad(loss, (0, 1))(Tensor(np.ones((2, 3), np.float32)), Tensor(value))
    assert dv.asnumpy().tolist() == expected and not dx.asnumpy()[at].any() and (dx.asnumpy()[1] == 8).all()


def test_take():
    check_op("take", x, i, attrs={"axis": 1}, ref=x[:, i])
    check_op("take", x, i.reshape(1, 3), attrs={"axis": 0}, ref=x[i.reshape(1, 3)])
    check_op("take", x, np.array([-1, 5]), attrs={"axis": 1, "mode": "clip"}, ref=x[:, [0, 2]])
    check_op("take", x, np.array([-1, 5]), attrs={"axis": 1, "mode": "wrap"}, ref=x[:, [2, 2]])
    check_op("take", x, i, ref=x.reshape(-1)[i])
    pairs = np.arange(24.0).reshape(2, 3, 4) / 7
    rows = np.array([[0, 2], [1, 1]])
    check_op("take", pairs, rows, attrs={"axis": 2, "batch_dims": 1},
             ref=np.stack([p[:, r] for p, r in zip(pairs, rows)]))
    with pytest.raises(ValueError, match="the first 1 axes must be equal and lie before axis 0"):
        ops.gather(Tensor(pairs), Tensor(rows % 2), 0, 1)
    change = np.stack([2 * x[:, 2], 2 * x[:, :2].sum(1), 0 * x[:, 0]], 1)
    check_op("add_slices", x, i, x[:, :3] * 2, attrs={"axis": 1}, ref=x + change)
    assert OPERATORS["take"](t, Tensor([1.0]), axis=0).asnumpy().tolist() == [x[1].tolist()]
    with pytest.raises(ArgumentError, match="mode must be 'clip', 'wrap' or 'raise', got 'foo'"):
        OPERATORS["take"](t, Tensor([0]), axis=0, mode="foo")


def test_one_element_per_row():
    rows = np.array([2, 0])
    check_op("pick", x, rows, ref=x[[0, 1], rows])
    check_op("pick", x, rows, attrs={"keepdims": True}, ref=x[[0, 1], rows][:, None])
    check_op("pick", x, np.array([1, 0, 1]), attrs={"axis": 0}, ref=x[[1, 0, 1], [0, 1, 2]])
    check_op("pick", x, np.array([7, -1]), attrs={"mode": "wrap"}, ref=[x[0, 1], x[1, 2]])
    check_op("pick", x, np.array([4, 1]), attrs={"axis": None}, ref=x.reshape(-1)[[4, 1]])
    check_op("put_picked", x[:, 0], rows, attrs={"axis": 1, "shape": (2, 3), "mode": "clip"})
    check_op("batch_take", x, rows, ref=x[[0, 1], rows])
    check_op("fill_element", x, np.array([7.0, 8.0]), rows, ref=[[x[0, 0], x[0, 1], 7], [8, x[1, 1], x[1, 2]]])


def test_along():
    at = np.array([[0, 2], [1, 1]])
    check_op("take_along", x, at, attrs={"axis": 1}, ref=np.take_along_axis(x, at, 1))
    check_op("put_along", x[:, :2], at, attrs={"axis": 1, "shape": (2, 3)})
    check_op("scatter_along", x, at, x[:, :2] * 5, attrs={"axis": 1}, grad=(0,))
    check_op("scatter_along", x, at, x[:, :2] * 5, attrs={"axis": 1, "reduction": "add"})
    with pytest.raises(ValueError, match="reduction must be 'none' or 'add', got 'foo'"):
        OPERATORS["scatter_along"](t, Tensor(at), t[:, :2], axis=1, reduction="foo")


def test_coordinates():
    check_op("gather_nd", x, coordinates, ref=x[[0, 1, 1], [1, 2, 2]])
    check_op("gather_nd", x, coordinates[:, :1], ref=x[[0, 1, 1]])
    check_op("gather_nd", x, coordinates.T, attrs={"leading": True}, ref=x[[0, 1, 1], [1, 2, 2]])
    added = np.zeros((2, 3))
    np.add.at(added, ([0, 1, 1], [1, 2, 2]), x[0])
    check_op("scatter_nd", coordinates, x[0], attrs={"shape": (2, 3)}, ref=added)
    check_op("write_nd", x[0, :2], coordinates[:2].T, attrs={"shape": (2, 3)}, ref=[[0, x[0, 0], 0], [0, 0, x[0, 1]]])
    with pytest.raises(ArgumentError, match="hold too many coordinates for shape"):
        ops.gather_nd(t, Tensor([[0, 0, 0]]))


@pytest.mark.numpy_engine  # XLA cannot ask for values
def test_positions_out_of_range():
    with pytest.raises(ArgumentError, match=r"take: indices should be in the range \[0, 3\), got 5"):
        ops.gather(t, Tensor([5]), 1)
    with pytest.raises(ArgumentError, match=r"gather_nd: indices should lie in the shape \(2, 3\), got \[2 0\]"):
        ops.gather_nd(t, Tensor([[2, 0]]))
    for call in (lambda at: ops.gather_nd(t, at), lambda at: ops.tensor_scatter_add(t, at, t[0, :1]),
                 lambda at: ops.scatter_nd(at, Tensor([1.0]), (2, 3))):
        with pytest.raises(ArgumentError, match=r"indices should lie in the shape \(2, 3\), got \[ 0 -1\]"):
            call(Tensor([[0, -1]]))


def test_one_hot():
    hot = [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    check_op("one_hot", np.array([1, 5, -1]), attrs={"depth": 3, "dtype": "float64"}, ref=np.array(hot, float))
    check_op("one_hot_between", np.array([1, 5, -1]), 2.0, 3.0, attrs={"depth": 3}, ref=3.0 - np.array(hot))
    check_op("one_hot_between", np.array([1, 5, -1]), attrs={"depth": 3, "axis": 0}, ref=np.array(hot).T)
    assert ops.OneHot()(Tensor([1]), 2, Tensor(1.0), Tensor(0.0)).asnumpy().tolist() == [[0.0, 1.0]]


def test_flat_positions():
    check_op("ravel_index", coordinates.T, attrs={"shape": (2, 3)}, ref=np.array([1, 5, 5]))
    check_op("unravel", np.array([1, 5]), attrs={"shape": (2, 3)}, ref=np.array([[0, 1], [1, 2]]))


def test_by_value():
    check_op("nonzero", np.array([[0, 2], [3, 0]]), ref=np.array([[0, 1], [1, 0]]), symbol=False, xla="eager")
    check_op("masked_select", x, x > 0, ref=x[x > 0], symbol="value", xla="eager")
    check_op("masked_select", x, np.array([[True], [False]]), ref=x[0], symbol="value", xla="eager")
    check_op("masked_select", x, x > 9, ref=np.zeros(0), symbol="value", xla="eager")
    check_op("masked_select", x, np.array([False, True]), attrs={"rows": True}, ref=x[1:], symbol="value", xla="eager")
    check_op("masked_select", x, np.array([False, True, True]), ref=x[:, 1:].ravel(), symbol="value", xla="eager")


def test_scatter():
    once = coordinates[:2]
    written = x.copy()
    written[[0, 1], [1, 2]] = [7, 8]
    values = np.array([7.0, 8.0])
    check_op("tensor_scatter_update", x, once, values, ref=written)
    added = x.copy()
    np.add.at(added, ([0, 1, 1], [1, 2, 2]), x[0])
    check_op("tensor_scatter_add", x, coordinates, x[0], ref=added)
    check_op("tensor_scatter_sub", x, coordinates, x[0], ref=2 * x - added)
    check_op("tensor_scatter_max", x, once, np.array([7.0, -8.0]), ref=[[x[0, 0], 7, x[0, 2]], x[1]])
    check_op("tensor_scatter_min", x, once, np.array([7.0, -8.0]), ref=[x[0], [x[1, 0], x[1, 1], -8]])
    check_op("scatter_product", once, values, attrs={"shape": (2, 3)}, ref=np.where(written == x, 1, written))
    check_op("tensor_scatter_mul", x, once, values, ref=np.where(written == x, x, x * written))
    check_op("tensor_scatter_div", x, once, values, ref=np.where(written == x, x, x / written))
    with pytest.raises(ShapeError, match=r"TensorScatterAdd: updates must have shape \(3,\) .* got \(2,\)"):
        ops.TensorScatterAdd()(t, Tensor(coordinates), Tensor(values))


def test_rows():
    check_op("index_copy", x, np.array([1]), x[:1] * 3, ref=np.stack([x[0], x[0] * 3]))
    check_op("index_fill", x, np.array([0, 2]), attrs={"axis": 1, "value": 7}, ref=[[7, x[0, 1], 7], [7, x[1, 1], 7]])
    check_op("unsorted_segment_sum", x, np.array([1, 1]), attrs={"num_segments": 3}, ref=[[0] * 3, x.sum(0), [0] * 3])


@pytest.mark.parametrize("dtype", ["int32", "int64"])
@pytest.mark.parametrize("depth", [0, 1, 4, 300])
def test_one_hot_of_any_positions(depth, dtype):
    i = np.array([[0, 3, -1], [299, 300, 1]], dtype)
    expected = i[..., None] == np.arange(depth)
    on, off = Tensor(np.float32(3)), Tensor(np.float32(-1))
    np.testing.assert_array_equal(ops.one_hot(Tensor(i), depth, on, off).asnumpy(), np.where(expected, 3.0, -1.0))
    found = OPERATORS["one_hot_between"](Tensor(i), 2.5, depth=depth).asnumpy()
    np.testing.assert_array_equal(found, np.where(expected, np.float32(2.5), np.float32(0)))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(OPERATORS["one_hot"](Tensor(i + 0.5), depth=depth).asnumpy(),
                                  (i + 0.5).astype(int)[..., None] == np.arange(depth))
