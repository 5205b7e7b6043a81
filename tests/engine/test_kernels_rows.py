"""Arrays as rows, and passes over rows with one number for each channel."""

import numpy as np
import pytest

from luojia._src.engine.kernels import rows as module
from luojia._src.engine.kernels.rows import rows, total

SHAPES = [(1, 1), (7, 3), (50, 9), (1000, 16), (3, 2000)]


def test_rows_are_views_of_what_lies_channels_last():
    x = np.arange(120.0).reshape(2, 5, 4, 3)
    for a, axes in ((x, (0, 1, 2)), (x.transpose(0, 3, 1, 2), (0, 2, 3)), (x[0, 0], (0,))):
        found = rows(a, axes)
        assert found.shape == (a.size // 3, 3) and np.shares_memory(found, x)
        assert np.array_equal(found[-1], [x[0, 0, 3], x[-1, -1, -1]][a.size == x.size])


@pytest.mark.parametrize("x, axes", [
    (np.zeros((2, 3, 4, 4)), (0, 2, 3)),
    (np.zeros((2, 4, 4, 3))[:, ::2], (0, 1, 2)),
    (np.zeros((2, 4, 4, 3)), (1, 2)),
    (np.zeros((0, 4, 4, 3)), (0, 1, 2)),
], ids=["channels first", "with gaps", "two axes kept", "empty"])
def test_other_arrays_have_no_rows(x, axes):
    assert rows(x, axes) is None


@pytest.mark.parametrize("block", [8, 1 << 18])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_equal_numpy(shape, block, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", block)
    x = np.random.default_rng(3).standard_normal(shape)
    np.testing.assert_allclose(total(x), x.sum(0), rtol=1e-12, atol=1e-12)
