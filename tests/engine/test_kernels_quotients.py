"""Remainders and whole quotients of large arrays are NumPy's to the last bit."""

import numpy as np
import pytest

from luojia._src.engine.kernels import quotients

FUNCTIONS = [(quotients.fmod, np.fmod), (quotients.mod, np.mod), (quotients.floor_divide, np.floor_divide)]


def same(found, expected):
    assert found.dtype == expected.dtype and found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)
    kept = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found[kept]), np.signbit(expected[kept]))


@pytest.mark.parametrize("function, plain", FUNCTIONS)
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e3, 1e7])
def test_of_any_numbers(function, plain, scale, rng):
    x = (rng.standard_normal(20001) * scale).astype(np.float32)
    y = rng.standard_normal(20001).astype(np.float32)
    for a, b in ((x, y), (x.round(), y.round() + np.float32(0.5)), (x.round(), np.sign(y) * 2)):
        same(function(a, b), plain(a, b))
    for b in (0.7, 3, -2.0, np.float32(0.1), np.full((1,), 0.3, np.float32)):
        same(function(x, b), plain(x, np.float32(b) if isinstance(b, float) else b))


@pytest.mark.parametrize("function, plain", FUNCTIONS)
def test_quotients_next_to_integers(function, plain, rng):
    y = rng.standard_normal(20000).astype(np.float32)
    x = (y * rng.integers(-(1 << 24), 1 << 24, 20000)).astype(np.float32)
    for a in (x, np.nextafter(x, np.float32(np.inf)), np.nextafter(x, np.float32(-np.inf))):
        same(function(a, y), plain(a, y))


@pytest.mark.parametrize("function, plain", FUNCTIONS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_of_special_numbers(function, plain):
    special = np.array([0, -0.0, 1, -1, 2.5, 1e-45, -1e-40, 3e38, np.inf, -np.inf, np.nan], np.float32)
    pairs = np.stack(np.meshgrid(special, special), -1).reshape(-1, 2)
    for pair in pairs:
        x, y = [np.full(quotients.LEAST, v) for v in pair]
        same(function(x, y), plain(x, y))


@pytest.mark.parametrize("function, plain", FUNCTIONS)
def test_of_other_layouts_and_dtypes(function, plain, rng):
    x, y = rng.standard_normal((2, 90, 80)).astype(np.float32)
    for a, b in ((x.T, y.T), (x[:, ::2], y[:, ::2]), (x, y[0]), (x, y[:, :1]), (x[:0], y[:0]), (x, y.astype(float)),
                 (x[:5], y[:5]), (x.astype(np.float64), y.astype(np.float64)), (x, np.full((1, 1, 1), 2, np.float32))):
        same(function(a, b), plain(a, b))
