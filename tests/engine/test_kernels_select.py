"""The choice by a mask on bits equals numpy.where's, or is left to it."""

import numpy as np
import pytest

from luojia._src.engine import threads
from luojia._src.engine.kernels.select import LEAST, kept, select
from luojia._src.engine.numpy_engine import ENGINE

SHAPE = (3, LEAST + 7)
RNG = np.random.default_rng(8)
MASK = RNG.random(SHAPE) > 0.4


def numbers(dtype):
    a = (RNG.normal(size=SHAPE) * 9).astype(dtype)
    if a.dtype.kind == "f":
        a[0, :5000] = np.resize([np.nan, np.inf, -np.inf, -0.0, 0.0], 5000)
    return a


def same(found, expected):
    assert found is not None and found.dtype == expected.dtype and found.shape == expected.shape
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", "uint16"])
def test_numbers_are_chosen_bit_by_bit(dtype):
    x, y = numbers(dtype), numbers(dtype)
    zero = np.zeros((), dtype)
    for pair in ((x, y), (x, zero), (zero, y), (x, zero[()])):
        same(select(MASK, *pair), np.where(MASK, *pair))
        same(ENGINE.xp.where(MASK, *pair), np.where(MASK, *pair))
    if x.dtype.kind == "f":
        for number in (0.0, -2, 0.1, float("inf"), float("nan")):
            same(select(MASK, x, number), np.where(MASK, x, number))
            same(select(MASK, number, y), np.where(MASK, number, y))


def test_threads_share_the_work():
    x, y = numbers("float32"), numbers("float32")
    try:
        threads.use(2)
        mask, many = np.tile(MASK, (9, 1)), [np.tile(a, (9, 1)) for a in (x, y)]
        same(select(mask, *many), np.where(mask, *many))
    finally:
        threads.use(0)


def test_the_rest_is_left_to_numpy():
    x, y = numbers("float32"), numbers("float32")
    ints = numbers("int32")
    for c, a, b in ((np.zeros(SHAPE, bool), x, y), (np.arange(MASK.size).reshape(SHAPE) < 9999, x, y),
                    (MASK, x, y.astype(float)), (MASK, x, y[:1]), (MASK, x, y[0]), (MASK, 1.0, 2.0), (MASK, ints, 1),
                    (MASK, x, 1e39), (MASK, x, None), (MASK[:, ::2], x[:, ::2], y[:, ::2]),
                    (MASK, np.asfortranarray(x), y), (MASK, x, np.float64(1)), (MASK, MASK, ~MASK)):
        assert select(c, a, b) is None
    same(ENGINE.xp.where(MASK, x, y[0]), np.where(MASK, x, y[0]))
    np.testing.assert_array_equal(ENGINE.xp.where(MASK)[0], np.where(MASK)[0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
def test_what_is_kept(dtype):
    a = numbers(dtype)
    for g, mask in ((a, MASK), (a.T, MASK.T), (a[:, ::2], MASK[:, ::2])):
        found = kept(g, mask)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, np.where(mask, g, np.zeros((), dtype)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_product_with_a_mask_in_blocks(dtype):
    x = np.tile(numbers(dtype), (2, 1))
    mask = np.tile(MASK, (2, 1))
    expected = np.where(mask, x, np.zeros((), dtype))
    for g, m, e in ((x, mask, expected), (x.T, mask.T, expected.T), (x[:, ::2], mask[:, ::2], expected[:, ::2])):
        found = kept(g, m)
        assert found.dtype == g.dtype
        np.testing.assert_array_equal(found, e)
