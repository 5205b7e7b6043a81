"""Gaussian blur; its bytes are compared with mindspore's in tests/dataset/test_answers.py."""

import numpy as np
from scipy.ndimage import gaussian_filter

from luojia._src.data import blur


def test_floats_are_scipys(rng):
    image = rng.random((9, 12))
    expected = gaussian_filter(image, 1.2, mode="mirror", radius=(3, 2))
    np.testing.assert_allclose(blur.gaussian(image, (5, 7), (1.2, 1.2)), expected, atol=1e-12)


def test_bytes_stay_near_and_flat_ones_stay(rng):
    image = rng.integers(0, 256, (9, 12, 3)).astype(np.uint8)
    exact = blur.gaussian(image.astype(np.float64), (5, 3), (1.0, 2.0))
    assert np.abs(blur.gaussian(image, (5, 3), (1.0, 2.0)) - exact).max() < 2
    assert (blur.gaussian(np.full((4, 4), 200, np.uint8), (3, 3), (0.8, 0.8)) == 200).all()
