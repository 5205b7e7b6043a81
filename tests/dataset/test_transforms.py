"""Transforms of any data; values are those of mindspore 2.8.0."""

import importlib

import numpy as np
import pytest

import luojia as ms
from luojia.dataset import transforms as T

ADD, DOUBLE = (lambda x: x + 1), (lambda x: x * 2)


def test_types():
    for dtype in (ms.float16, np.float16, "float16"):
        assert T.TypeCast(dtype)(np.ones(2)).dtype == np.float16
    assert T.TypeCast(ms.int32)(ms.Tensor(1.5)) == 1
    with pytest.raises(TypeError, match="TypeCast expects a luojia or NumPy dtype, got 'nonsense'"):
        T.TypeCast("nonsense")


def test_one_hot(assert_close):
    assert T.OneHot(4)(2).tolist() == [0, 0, 1, 0] and T.OneHot(4)(np.int32(2)).dtype == np.int32
    assert T.OneHot(3)(np.array([0, 2])).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert_close(T.OneHot(4, 0.1)(np.array(1)), [0.025, 0.925, 0.025, 0.025])
    for value, message in ((7, "index values should not bigger than num classes: 4, but got: 7"), (-1, "but got: -1"),
                           (1.0, "Only support input of int type, but got: float64")):
        with pytest.raises(RuntimeError, match=message):
            T.OneHot(4)(np.array(value))
    with pytest.raises(ValueError, match="must be an integer greater than 0, got 0"):
        T.OneHot(0)


def test_shapes():
    assert T.Fill(3)(np.ones(2)).tolist() == [3, 3]
    assert T.Concatenate(0, np.array([9]), np.array([8]))(np.array([1])).tolist() == [9, 1, 8]
    assert [a.tolist() for a in T.Duplicate()(np.ones(1))] == [[1], [1]]
    assert T.PadEnd([3], 7)(np.array([1])).tolist() == [1, 7, 7]
    assert T.PadEnd([2, None])(np.ones((3, 2))).shape == (2, 2)
    assert T.Slice(slice(0, 2))(np.arange(4)).tolist() == [0, 1]
    assert T.Slice(None, 1)(np.arange(6).reshape(2, 3)).tolist() == [[1], [4]]
    assert T.Mask(T.Relational.GE, 2)(np.arange(4)).tolist() == [False, False, True, True]
    assert T.Mask(T.Relational.NE, 2, ms.int8)(np.arange(4)).dtype == np.int8
    with pytest.raises(ValueError, match=r"PadEnd to \[3\] expects an array of 1 axes, got \(2, 2\)"):
        T.PadEnd([3])(np.ones((2, 2)))


def test_composition():
    assert T.Compose([ADD, DOUBLE])(1) == 4
    assert T.Compose([T.Duplicate(), lambda a, b: (a, b + 1)])(np.zeros(1))[1].tolist() == [1]
    assert T.RandomApply([ADD], 1.0)(1) == 2 and T.RandomApply([ADD], 0.0)(1) == 1
    assert {T.RandomChoice([ADD, DOUBLE])(5) for _ in range(40)} == {6, 10}
    assert {T.RandomOrder([ADD, DOUBLE])(5) for _ in range(40)} == {12, 11}


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: T.Compose([]), ValueError, "transforms list can not be empty"),
        (lambda: T.Compose(3), TypeError, "transforms list is not of type list, but int"),
        (lambda: T.Compose([3]), TypeError, r"transforms\[0\] is neither a transform nor a callable"),
        (lambda: T.RandomApply([ADD], 2), ValueError, r"required interval of \[0.0, 1.0\], got 2"),
        (lambda: T.RandomApply([ADD], "a"), TypeError, "prob expects a float, got 'a'"),
    ],
)
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


@pytest.mark.parametrize("old", ["c_transforms", "py_transforms", "transforms"])
def test_old_paths(old):
    module = importlib.import_module(f"luojia.dataset.transforms.{old}")
    assert module.TypeCast is T.TypeCast and module.OneHot is getattr(T, old).OneHot is T.OneHot
    assert importlib.import_module("luojia.dataset.transforms.py_transforms").OneHotOp is T.OneHot
