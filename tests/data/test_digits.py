import sys

import numpy as np
import pytest

from luojia._src.data.digits import MissingPackageError, digits, split
from luojia._src.errors import ArgumentError


def test_the_digits():
    pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
    images, labels = digits()
    assert images.shape == (1797, 1, 8, 8) and images.dtype == np.float32 and labels.dtype == np.int64
    assert images.min() == 0 and images.max() == 1 and np.bincount(labels).min() > 170
    big, same = digits(28)
    assert big.shape == (1797, 1, 28, 28) and big.min() >= 0 and big.max() <= 1 and big.flags.c_contiguous
    np.testing.assert_array_equal(same, labels)
    assert abs(big.mean() - images.mean()) < 0.01  # the picture is the same, only larger
    doubled, _ = digits(16, "nearest")
    np.testing.assert_array_equal(doubled, images.repeat(2, 2).repeat(2, 3))


def test_bilinear_keeps_straight_ramps():
    from luojia._src.data.digits import _weights

    ramp = np.arange(8.0)
    enlarged = _weights(8, 16, "bilinear") @ ramp
    np.testing.assert_allclose(enlarged[1:-1], (np.arange(16) + 0.5)[1:-1] / 2 - 0.5, rtol=1e-6)


def test_split_is_fixed_by_its_seed():
    x, y = np.arange(50), np.arange(50) * 2
    (a, b), (c, d) = split(x, y, test=0.3)
    assert len(a) == 35 and len(c) == 15 and sorted([*a, *c]) == list(range(50))
    np.testing.assert_array_equal(b, 2 * a)
    np.testing.assert_array_equal(d, 2 * c)
    np.testing.assert_array_equal(split(x, test=0.3)[1][0], c)
    assert split(x, test=0.3, seed=1)[1][0].tolist() != c.tolist()


def test_errors(monkeypatch):
    with pytest.raises(ArgumentError, match="size of 8 or more .the images are 8x8., got 4"):
        digits(4)
    with pytest.raises(ArgumentError, match="'bilinear' or 'nearest', got 'cubic'"):
        digits(8, "cubic")
    with pytest.raises(ArgumentError, match=r"arrays of one length, got lengths \[2, 3\]"):
        split(np.zeros(2), np.zeros(3))
    with pytest.raises(ArgumentError, match="between 0 and 1, got 1.5"):
        split(np.zeros(2), test=1.5)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingPackageError, match=r"pip install luojia\[data\]"):
        digits()
