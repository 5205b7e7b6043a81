"""The shortcuts give what NumPy's functions give, with the same errors."""

from __future__ import annotations

import numpy as np
import pytest

from luojia._src.engine import shortcuts
from luojia._src.engine.shortcuts import SHORTCUTS

ARRAYS = [
    np.arange(6.0, dtype=np.float32).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(12, dtype=np.float16).reshape(2, 6)[:, ::2], np.ones((2, 3), bool),
    np.arange(6, dtype=np.int8).reshape(2, 3),
]  # fmt: skip


def same(name: str, *args: object, **kwargs: object) -> None:
    found, expected = SHORTCUTS[name](*args, **kwargs), getattr(np, name)(*args, **kwargs)
    assert found.dtype == expected.dtype and found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("x", ARRAYS, ids=lambda x: f"{x.dtype}{x.strides}")
def test_they_agree_with_numpy(x: np.ndarray) -> None:
    same("reshape", x, (3, -1))
    same("reshape", x, 6, order="F")
    same("reshape", x[0, 0], (1,))
    same("reshape", x[0, 0], (1, -1), order="F")
    same("swapaxes", x, 0, -1)
    same("transpose", x)
    same("transpose", x, (1, 0))
    for shape in ((2, 3), (4, 2, 3), (0, 2, 3), (500, 2, 3)):
        same("broadcast_to", x, shape)
    same("broadcast_to", x[:, :1], (2, 5))
    for name in ("sum", "mean", "max", "min"):
        for axis in (None, 0, -1, (0, 1)):
            same(name, x, axis=axis)
            same(name, x, axis, keepdims=True)
    same("sum", x, axis=0, dtype=np.float64)
    same("mean", x, axis=0, dtype=np.float64)


def test_scalars_lists_and_empty_arrays() -> None:
    same("reshape", 1.0, (1, 1))
    same("sum", [1.0, 2.0])
    same("mean", [1.0, 2.0])
    same("mean", np.zeros((0, 3)), axis=1)
    same("max", np.float32(3))
    same("broadcast_to", np.array(2.0), (3,))
    same("broadcast_to", np.array([2.0]), (0,))
    same("sum", np.zeros((0, 3)), axis=0)
    same("broadcast_to", np.zeros((0, 3)), (0, 3))


def test_errors_are_numpys() -> None:
    with pytest.raises(ValueError, match="cannot reshape array of size 6"):
        SHORTCUTS["reshape"](ARRAYS[0], (4,))
    with pytest.raises(ValueError, match="could not be broadcast"):
        SHORTCUTS["broadcast_to"](ARRAYS[0], (2, 4))
    with pytest.raises(ValueError, match="input operand has more dimensions|could not be broadcast"):
        SHORTCUTS["broadcast_to"](ARRAYS[0], (3,))
    with pytest.raises(ValueError, match="zero-size array"):
        SHORTCUTS["max"](np.zeros((0,)))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("size", [100, (1 << 14) + 5, 3 << 13, 50_001])
def test_maximum_with_zero_equals_numpy(size, dtype):
    x = np.random.default_rng(5).standard_normal(size).astype(dtype)
    x[:4] = np.nan, np.inf, -np.inf, -1
    got = shortcuts.maximum(x, 0)
    assert got.dtype == dtype and np.array_equal(got, np.maximum(x, 0), equal_nan=True)


def test_maximum_keeps_the_layout_and_takes_any():
    x = np.random.default_rng(5).standard_normal((4, 9, 8, 100), np.float32)
    for a in (x.transpose(0, 3, 1, 2), x[:, ::2], np.broadcast_to(x[:1], x.shape), x.astype(int)):
        got = shortcuts.maximum(a, 0)
        assert np.array_equal(got, np.maximum(a, 0)) and got.strides == np.maximum(a, 0).strides


def test_in_order_is_a_view_in_order_of_memory():
    x = np.arange(24).reshape(2, 3, 4)
    assert np.shares_memory(shortcuts.in_order(x.transpose(2, 0, 1)), x)
    assert shortcuts.in_order(x.transpose(2, 0, 1)).tolist() == list(range(24))
    assert shortcuts.in_order(x[:, :, ::2]) is None and shortcuts.in_order(np.broadcast_to(x, (2, *x.shape))) is None


def test_products_of_matrices() -> None:
    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    for b in (a.T, a.astype(np.float64).T, a.astype(np.float16).T, a.astype(np.int8).T, np.zeros((3, 0), np.float32),
              np.ones(3, np.float32), np.ones((4, 3, 2), np.float32)):
        same("matmul", a, b)
    same("matmul", a[:, :0], a[:, :0].T)
    same("matmul", a, a.T, dtype=np.float64)
    many = np.arange(24, dtype=np.float32).reshape(2, 2, 2, 3)
    for x in (many, many[:, ::2], many.transpose(1, 0, 2, 3), many[:0], many[..., :0], many[..., :0, :]):
        for b in (np.ones((3, 4), np.float32)[: x.shape[-1]], np.ones((3, 0))[: x.shape[-1]]):
            same("matmul", x, b)
    same("matmul", many[0], many[1].swapaxes(1, 2))
    with pytest.raises(ValueError, match="matmul: Input operand 1 has a mismatch"):
        SHORTCUTS["matmul"](many, a)
    with pytest.raises(ValueError, match="matmul: Input operand 1 has a mismatch"):
        SHORTCUTS["matmul"](a, a)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("bound", [-1.5, 2, 0, 0.0, float("inf"), float("-inf"), float("nan")])
def test_bounds_that_are_numbers(dtype, bound):
    a = np.random.default_rng(0).standard_normal(3000).astype(dtype)
    a[:6] = np.nan, np.inf, -np.inf, 0.0, -0.0, bound
    for ours, plain in ((shortcuts.maximum, np.maximum), (shortcuts.minimum, np.minimum)):
        for x in (a, a[::2], a.reshape(30, 100).T, a[:10]):
            found, expected = ours(x, bound), plain(x, bound)
            assert found.dtype == expected.dtype == dtype
            np.testing.assert_array_equal(found, expected)
            if bound:
                np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))
    assert shortcuts.minimum(a, a[::-1]).dtype == dtype and shortcuts.minimum(np.arange(5000), 1.5).dtype == np.float64


@pytest.mark.parametrize("a, b", [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((4,), (4, 5))])
def test_products_of_float16_are_those_of_float32(a, b, rng):
    a, b = (rng.standard_normal(s).astype(np.float16) for s in (a, b))
    found = shortcuts.matmul(a, b)
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, np.matmul(a.astype(np.float32), b.astype(np.float32)).astype(np.float16))


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint32"])
def test_bounds_of_many_integers(dtype, rng):
    limits = np.iinfo(dtype)
    x = rng.integers(limits.min, limits.max, 5000, dtype)
    for bound in (0, 1, 100, limits.min, limits.max):
        for name in ("maximum", "minimum"):
            found, expected = SHORTCUTS[name](x, bound), getattr(np, name)(x, bound)
            np.testing.assert_array_equal(found, expected)
            assert found.dtype == expected.dtype
    with pytest.raises(OverflowError):
        SHORTCUTS["maximum"](x, limits.max + 1)
