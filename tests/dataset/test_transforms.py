"""Transforms of any data; values are those of mindspore 2.8.0."""

import importlib

import numpy as np
import pytest

import luojia as ms
from luojia.dataset import transforms as T
from luojia.dataset import vision

ADD, DOUBLE = (lambda x: x + 1), (lambda x: x * 2)


def test_types():
    for dtype in (ms.float16, np.float16, "float16"):
        assert T.TypeCast(dtype)(np.ones(2)).dtype == np.float16
    assert T.TypeCast(ms.int32)(ms.Tensor(1.5)) == 1
    with pytest.raises(TypeError, match="Argument data_type with value nonsense is not of type"):
        T.TypeCast("nonsense")


def test_one_hot(assert_close):
    assert T.OneHot(4)(2).tolist() == [0, 0, 1, 0] and T.OneHot(4)(np.int32(2)).dtype == np.int32
    assert T.OneHot(3)(np.array([0, 2])).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert_close(T.OneHot(4, 0.1)(np.array(1)), [0.025, 0.925, 0.025, 0.025])
    assert T.OneHot(2)(-1).tolist() == [0, 0] and T.OneHot(2)(np.array([[1]])).tolist() == [0, 1]
    for value, message in ((7, "index values should not bigger than num classes: 4, but got: 7"),
                           (1.0, "Only support input of int type, but got: float64"),
                           ([[1, 2], [0, 1]], "Only support scalar or 1D input, got rank: 2")):
        with pytest.raises(RuntimeError, match=message):
            T.OneHot(4)(np.array(value))
    with pytest.raises(ValueError, match="Input must be greater than 0"):
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
    assert T.Slice(..., 1)(np.arange(6).reshape(2, 3)).tolist() == [[1], [4]]
    assert T.Slice([1, 0], [2, 1])(np.arange(6).reshape(2, 3)).tolist() == [[5, 4], [2, 1]]
    with pytest.raises(RuntimeError, match="rank of input is: 2, and rank of pad value: 1"):
        T.PadEnd([3])(np.ones((2, 2)))
    with pytest.raises(RuntimeError, match=r"Index 7 is out of bounds"):
        T.Slice(7)(np.arange(5))
    with pytest.raises(RuntimeError, match="got input datatype: int64, append datatype:float64"):
        T.Concatenate(0, None, np.ones(1))(np.array([1]))
    with pytest.raises(RuntimeError, match="one column each time, got column num: 2"):
        T.Duplicate()(1, 2)
    assert T.not_random(ADD) is ADD and not T.not_random(ADD).random and vision.not_random is T.not_random
    with pytest.raises(NotImplementedError, match="Plugin is not provided"):
        T.Plugin  # noqa: B018
    assert not hasattr(T, "nonsense")


def test_composition():
    image = pytest.importorskip("PIL.Image", reason="Pillow comes with the [data] extra").new("RGB", (4, 4))
    (only,) = T.Compose([lambda x: x])(image)  # MindSpore's way with PIL images
    assert only is image
    assert T.Compose([ADD, DOUBLE])(1) == 4
    assert T.Compose([T.Duplicate(), lambda a, b: (a, b + 1)])(np.zeros(1))[1].tolist() == [1]
    assert T.RandomApply([ADD], 1.0)(1) == 2 and T.RandomApply([ADD], 0.0)(1) == 1
    assert {T.RandomChoice([ADD, DOUBLE])(5) for _ in range(40)} == {6, 10}
    assert {T.RandomOrder([ADD, DOUBLE])(5) for _ in range(40)} == {12, 11}


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: T.Compose([]), ValueError, "transforms list can not be empty"),
        (lambda: T.Compose(3), TypeError, "Argument transforms list with value 3 is not of type"),
        (lambda: T.Compose([3]), TypeError, r"transforms\[0\] is neither a transforms op"),
        (lambda: T.RandomApply([ADD], 2), ValueError, r"required interval of \[0, 1\]"),
        (lambda: T.RandomApply([ADD], "a"), TypeError, "Argument prob with value a is not of type"),
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


def test_messages_say_what_does_not_fit():
    for make, message in (
        (lambda: T.Fill(b"a")("b"), "data type bytes and input tensor data type string"),
        (lambda: T.PadEnd([2], 1)("b"), "can not pad numeric and string tensors together, but got: int64 and string"),
        (lambda: T.Mask(T.Relational.EQ, 2)("b"), "both should be numeric or non-numerical in the same time"),
        (lambda: T.OneHot(4)(np.ones((2, 2), int)), "OneHot: Only support scalar or 1D input, got rank: 2"),
        (lambda: T.Slice(0)(3), "Invalid shape, should be greater than slices index"),
        (lambda: T.TypeCast(np.int8)(1, 2), "The op is OneToOne, can only accept one tensor as input"),
    ):
        with pytest.raises(RuntimeError, match=message):
            make()
    assert T.Compose([lambda x: x])([1, 2]).tolist() == [1, 2] and T.RandomApply([len], 0.0)("a").item() == "a"
