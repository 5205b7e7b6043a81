"""What follows a convolution, against NumPy."""

import numpy as np
import pytest

from luojia._src.engine.kernels import finish as module
from luojia._src.engine.kernels.finish import Finish

SHAPES = [(2, 3, 5, 4), (1, 70, 9), (0, 3, 4), (5, 1), (4, 3000)]


def layouts(a):
    """a, channels last, and with gaps."""
    gaps = np.zeros((*a.shape[:-1], 2 * a.shape[-1]))[..., ::2]
    gaps[...] = a
    return a.copy(), np.moveaxis(np.moveaxis(a, 1, -1).copy(), -1, 1), gaps


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("block", [1, 1 << 18])
@pytest.mark.parametrize("which", ["scale", "shift", "rectified", "scale shift rectified"])
def test_arrays_of_any_layout_are_changed_in_place(shape, block, which, rng, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", block)
    values, vectors = rng.standard_normal(shape), rng.standard_normal((2, shape[1]))
    scale, shift = [v if name in which else None for name, v in zip(("scale", "shift"), vectors)]
    along = (-1, *(1,) * (len(shape) - 2))
    expected = values.copy()
    if scale is not None:
        expected *= scale.reshape(along)
    if shift is not None:
        expected += shift.reshape(along)
    if "rectified" in which:
        expected = np.maximum(expected, 0)
    finish = Finish(scale, shift, "rectified" in which)
    for y in layouts(values):
        finish.whole(y)
        assert np.array_equal(y, expected)
        rows = np.moveaxis(values, 1, -1).copy()
        finish.rows(rows)
        assert np.array_equal(rows, np.moveaxis(expected, 1, -1))
    several = np.stack([np.moveaxis(values, 1, -1)] * 2, 1)[:, 0]
    finish.rows(several)
    assert np.array_equal(several, np.moveaxis(expected, 1, -1))
