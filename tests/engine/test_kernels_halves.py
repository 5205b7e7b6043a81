"""Conversions between float16 and float32 give NumPy's bits."""

import numpy as np
import pytest

from luojia._src.engine.kernels.halves import LEAST, cast, half, single

HALVES = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
FINITE = HALVES[np.isfinite(HALVES)]


def same(found, expected):
    unordered = np.isnan(expected)
    whole = np.dtype(f"u{expected.dtype.itemsize}")
    return found.dtype == expected.dtype and np.array_equal(np.isnan(found), unordered) and np.array_equal(
        found.view(whole)[~unordered], expected.view(whole)[~unordered])


@pytest.mark.parametrize("numbers", [HALVES, FINITE, FINITE[np.abs(FINITE) >= 2.0**-14], FINITE[::-2]])
def test_every_float16_widens_to_itself_and_comes_back(numbers):
    assert numbers.size > LEAST
    wide = single(numbers)
    assert same(wide, numbers.astype(np.float32)) and same(half(wide), numbers)


@pytest.mark.parametrize("shift", [0, 1, -1])
def test_ties_go_to_the_even_one_and_neighbours_of_ties_to_the_nearest(shift):
    small = FINITE[np.abs(FINITE.astype(float)) < 65000]
    ties = (small.astype(np.float32) + np.nextafter(small, np.float16(np.inf)).astype(np.float32)) / 2
    numbers = ties if not shift else np.nextafter(ties, np.float32(shift * np.inf))
    assert same(half(numbers), numbers.astype(np.float16))


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning", "ignore:invalid:RuntimeWarning")
def test_any_bits_of_float32(rng):
    numbers = rng.integers(0, 1 << 32, 1 << 18, dtype=np.uint32).view(np.float32)
    moderate = (rng.standard_normal(1 << 18) * 10.0 ** rng.uniform(-9, 4, 1 << 18)).astype(np.float32)
    for case in (numbers, moderate, -moderate * 0, np.full(LEAST, 65519.996, np.float32),
                 np.full(LEAST, -65520, np.float32)):
        assert same(half(case), case.astype(np.float16))


def test_layouts_stay(rng):
    x = rng.standard_normal((30, 20, 50)).astype(np.float32)
    for a in (x, x.T, x[:, ::2], x[:0], x.transpose(1, 0, 2)):
        found = half(a)
        assert same(found, a.astype(np.float16)) and found.strides == a.astype(np.float16).strides
        assert same(single(found), found.astype(np.float32))


def test_cast_is_astype(rng):
    x = rng.standard_normal(LEAST)
    for start in (np.float16, np.float32, np.float64):
        for end in (np.float16, np.float32, np.float64, np.int32):
            assert same(cast(x.astype(start), np.dtype(end)).astype(np.float64),
                        x.astype(start).astype(end).astype(np.float64))
