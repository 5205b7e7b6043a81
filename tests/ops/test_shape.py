"""Shapes: reshape, transpose, broadcast, repeat."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, MXNetError, ShapeError
from luojia._src.ops.codes import target_shape
from tests.check import check_op

x = np.arange(6.0).reshape(2, 3) / 4 - 0.3
t = Tensor(x)


def test_reshape():
    check_op("reshape", x, attrs={"shape": (3, -1)}, ref=x.reshape(3, 2))
    check_op("reshape_codes", x, attrs={"shape": (-1, 0)}, ref=x.reshape(2, 3))
    check_op("reshape_codes", x, attrs={"shape": (-3,)}, ref=x.reshape(6))
    check_op("reshape_codes", x, attrs={"target": (2, 0)}, ref=x.reshape(2, 3))
    check_op("reshape_codes", x, attrs={"target": (0, 0), "keep_highest": True}, ref=x)
    check_op("reshape_like", x, np.zeros((3, 2)), grad=(0,), ref=x.reshape(3, 2))
    check_op("reshape_like", x[None], np.zeros((6,)), grad=(0,), ref=x.reshape(1, 6),
             attrs={"lhs_begin": 1, "lhs_end": 3, "rhs_begin": 0, "rhs_end": 1})
    check_op("flatten", x.reshape(1, 2, 3), ref=x.reshape(1, 6))
    check_op("flatten", x.reshape(1, 2, 3), attrs={"start_dim": 0, "end_dim": 1}, ref=x.reshape(2, 3))
    check_op("flatten", x[0], attrs={"rows": True}, ref=x[0].reshape(3, 1))
    check_op("flatten", x[0], ref=x[0])


@pytest.mark.parametrize(("old", "codes", "reverse", "new"), [  # as mxnet 1.9.1 answers
    ((2, 3, 4), (4, 0, 2), False, (4, 3, 2)), ((2, 3, 4), (6, 1, -1), False, (6, 1, 4)),
    ((2, 3, 4), (-2, 1, 1), False, (2, 3, 4, 1, 1)), ((2, 3, 4), (-3, 4), False, (6, 4)),
    ((2, 3, 4, 5), (-3, -3), False, (6, 20)), ((2, 3, 4), (-4, 1, 2, -2), False, (1, 2, 3, 4)),
    ((2, 3, 4), (2, -4, -1, 3, -2), False, (2, 1, 3, 4)), ((10, 5, 4), (-1, 0), False, (40, 5)),
    ((10, 5, 4), (-1, 0), True, (50, 4)),
])
def test_reshape_codes(old, codes, reverse, new):
    assert target_shape(old, codes, reverse) == new


def test_reshape_errors():
    codes = OPERATORS["reshape_codes"]
    with pytest.raises(ValueError, match=r"Cannot reshape array of size 6 into shape \(4,\)"):
        codes(t, shape=(4,))
    with pytest.raises(MXNetError, match=r"\(4, 4\) has 16 elements, \(2, 3\) has 6"):
        codes(t, shape=(4, 4))
    with pytest.raises(ArgumentError, match="codes -2, -3, -4, got -5"):
        codes(t, shape=(-5,))
    with pytest.raises(ShapeError, match="asks for more axes than"):
        codes(t, shape=(0, 0, 0))
    with pytest.raises(ShapeError, match="only one dim can be inferred"):
        codes(t, shape=(-1, -1))
    with pytest.raises(ShapeError, match="reshape_like: shape"):
        OPERATORS["reshape_like"](t, Tensor([1.0]))


def test_order_of_axes():
    check_op("transpose", x, ref=x.T)
    check_op("transpose", x[None], attrs={"axes": (2, 0, 1)}, ref=x[None].transpose(2, 0, 1))
    check_op("transpose", x[None], attrs={"axes": (-1, 0, 1)}, ref=x[None].transpose(2, 0, 1))
    check_op("swapaxes", x, attrs={"axis1": 0, "axis2": 1}, ref=x.T)
    check_op("moveaxis", x[None], attrs={"source": 0, "destination": -1}, ref=x[..., None])
    with pytest.raises(ArgumentError, match=r"axes \(0, 0\) are not a permutation of the 2 axes"):
        ops.Transpose()(t, (0, 0))


def test_axes_of_length_one():
    check_op("expand_dims", x, attrs={"axis": 1}, ref=x[:, None])
    check_op("expand_dims", x, attrs={"axis": -1}, ref=x[..., None])
    check_op("squeeze", x[None, :, None], ref=x)
    check_op("squeeze", x[None, :, None], attrs={"axis": (0,)}, ref=x[:, None])
    with pytest.raises(ShapeError, match=r"squeeze: axis 0 of shape \(2, 3\) has length 2, not 1"):
        OPERATORS["squeeze"](t, axis=0)
    with pytest.raises(ArgumentError, match="expand_dims: axis 5 is out of bounds"):
        ops.ExpandDims()(t, 5)


def test_broadcast():
    check_op("broadcast_to", x, attrs={"shape": (4, 2, 3)}, ref=np.broadcast_to(x, (4, 2, 3)))
    check_op("broadcast_to", x[:, :1], attrs={"shape": (-1, 3)}, ref=np.broadcast_to(x[:, :1], (2, 3)))
    check_op("broadcast_axes_to", x[:, :1], attrs={"shape": (0, 4)}, ref=np.broadcast_to(x[:, :1], (2, 4)))
    check_op("broadcast_axis", x[:, :1], attrs={"axis": 1, "size": 4}, ref=np.broadcast_to(x[:, :1], (2, 4)))
    check_op("broadcast_like", x[:, :1], np.zeros((2, 4)), grad=(0,), ref=np.broadcast_to(x[:, :1], (2, 4)))
    check_op("broadcast_like", x[:, :1], np.zeros((4, 2)), attrs={"lhs_axes": (1,), "rhs_axes": (0,)}, grad=(0,),
             ref=np.broadcast_to(x[:, :1], (2, 4)))
    with pytest.raises(ShapeError, match="axis 0 of shape .* has length 2; only an axis of length 1 becomes 4"):
        OPERATORS["broadcast_axes_to"](t, shape=(4, 3))
    with pytest.raises(ShapeError, match="broadcast_to: shape .* must have as many axes"):
        OPERATORS["broadcast_axes_to"](t, shape=(4, 2, 3))


def test_repetition():
    check_op("tile", x, attrs={"reps": (2, 2)}, ref=np.tile(x, (2, 2)))
    check_op("tile", x, attrs={"reps": (2, 1, 2)}, ref=np.tile(x, (2, 1, 2)))
    check_op("tile", x, attrs={"reps": 2}, ref=np.tile(x, 2))
    check_op("repeat", x, attrs={"repeats": 2}, ref=np.repeat(x, 2))
    check_op("repeat", x, attrs={"repeats": tuple(range(1, len(x) + 1)), "axis": 0},
             ref=np.repeat(x, range(1, len(x) + 1), 0))
    check_op("repeat", x, attrs={"repeats": 2, "axis": 0}, ref=np.repeat(x, 2, 0))


def test_order_along_axes():
    check_op("flip", x, attrs={"axis": 1}, ref=x[:, ::-1])
    check_op("flip", x, attrs={"axis": (0, 1)}, ref=x[::-1, ::-1])
    check_op("roll", x, attrs={"shift": 1, "axis": 1}, ref=np.roll(x, 1, 1))
    check_op("roll", x, attrs={"shift": (1, 2), "axis": (0, 1)}, ref=np.roll(x, (1, 2), (0, 1)))


def test_blocks():
    y = np.arange(16.0).reshape(1, 4, 2, 2)
    expected = [[0, 4, 1, 5], [8, 12, 9, 13], [2, 6, 3, 7], [10, 14, 11, 15]]
    check_op("depth_to_space", y, attrs={"block_size": 2}, ref=np.reshape(expected, (1, 1, 4, 4)))
    check_op("space_to_depth", np.reshape(expected, (1, 1, 4, 4)).astype(float), attrs={"block_size": 2}, ref=y)
    with pytest.raises(ShapeError, match="4 channels are not a multiple of block_size squared, 9"):
        ops.depth_to_space(Tensor(y), 3)
    with pytest.raises(ShapeError, match="height 2 and width 2 must be multiples of block_size 3"):
        ops.space_to_depth(Tensor(y), 3)
    for name, size in (("depth_to_space", "squared, 0"), ("space_to_depth", "block_size 0")):
        with pytest.raises(ShapeError, match=size):
            OPERATORS[name](Tensor(y), block_size=0)


def test_sizes():
    check_op("shape_array", x, ref=np.array([2, 3]), dtypes=())
    check_op("size_array", x, ref=np.array([6]), dtypes=())
