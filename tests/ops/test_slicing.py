"""Slices by numbers."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError
from tests.check import check_op

x = np.arange(12.0).reshape(3, 4) / 4
t = Tensor(x)


def test_slices():
    check_op("slice_range", x, attrs={"begin": (None, 2), "end": (None, None), "step": (None, -1)}, ref=x[:, 2::-1])
    check_op("slice_range", x, attrs={"begin": (1,), "end": (3,)}, ref=x[1:3])
    check_op("slice_range", x, attrs={"begin": 1, "end": 3}, ref=x[1:3])
    check_op("slice_size", x, attrs={"begin": (1, 0), "size": (2, -1)}, ref=x[1:3])
    check_op("slice_axis", x, attrs={"axis": -1, "begin": 1, "end": None}, ref=x[:, 1:])
    check_op("slice_axis", x, attrs={"axis": 0, "begin": -2, "end": -1}, ref=x[-2:-1])
    check_op("narrow", x, attrs={"axis": 1, "start": 1, "length": 2}, ref=x[:, 1:3])
    check_op("slice_like", x, np.zeros((2, 2)), grad=(0,), ref=x[:2, :2])
    check_op("slice_like", x, np.zeros((2, 2)), attrs={"axes": (0,)}, grad=(0,), ref=x[:2])


def test_strided():
    plain = {"begin": (0, 1), "end": (3, 4), "strides": (2, 1)}
    check_op("strided_slice", x, attrs=plain, ref=x[0:3:2, 1:4])
    check_op("strided_slice", x, attrs={**plain, "begin_mask": 2, "end_mask": 1}, ref=x[::2, :4])
    check_op("strided_slice", x, attrs={**plain, "shrink_axis_mask": 2}, ref=x[::2, 1])
    check_op("strided_slice", x, attrs={**plain, "new_axis_mask": 1}, ref=x[None, 1:4])
    check_op("strided_slice", x, attrs={**plain, "ellipsis_mask": 1}, ref=x[..., 1:4])


def test_errors():
    with pytest.raises(ArgumentError, match=r"slice: begin \(1,\) and end \(3, 3\) must be equally long"):
        OPERATORS["slice_range"](t, begin=(1,), end=(3, 3))
    with pytest.raises(ArgumentError, match="names more axes than shape"):
        OPERATORS["slice_range"](t, begin=(0, 0, 0), end=(1, 1, 1))
    with pytest.raises(ArgumentError, match="must name every axis"):
        ops.slice(t, (0,), (1,))
    with pytest.raises(ArgumentError, match=r"slice: begin \(2, 0\) and size \(2, 4\) leave the shape \(3, 4\)"):
        ops.Slice()(t, (2, 0), (2, 4))
    with pytest.raises(ArgumentError, match="strided_slice: begin .* must be equally long"):
        ops.strided_slice(t, (0,), (1, 1), (1,))
