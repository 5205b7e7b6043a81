"""Sums at positions that repeat, against numpy.add.at in float64."""

import numpy as np
import pytest

from luojia._src.engine.kernels import scatter
from luojia._src.engine.kernels.scatter import ROUNDS, add_rows, scatter_add

rng = np.random.default_rng(3)


@pytest.fixture(autouse=True, params=[0, scatter.FEW])
def both_ways(request, monkeypatch):
    """Few numbers are added one by one."""
    monkeypatch.setattr(scatter, "FEW", request.param)


def plain(shape, index, update):
    out = np.zeros(shape)
    np.add.at(out, index, update.astype(float))
    return out


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("tail", [(), (1,), (3,), (5, 7), (40,), (0,)], ids=str)
@pytest.mark.parametrize("rows", [
    [], [1], [2, 0, 1], [3, 1, 3, 3, 0], [2] * (ROUNDS + 1), [0, *[4] * (3 * ROUNDS), 1, 1, *[3] * ROUNDS],
], ids=len)
def test_rows_add_up(rows, tail, dtype):
    rows = np.array(rows, int)
    g = rng.standard_normal((len(rows), *tail)).astype(dtype)
    found = add_rows(g, rows, count=5)
    assert found.dtype == dtype and found.shape == (5, *tail)
    np.testing.assert_allclose(found, plain((5, *tail), rows, g), rtol=2e-3 if dtype == "float16" else 1e-5, atol=1e-5)


def test_rows_add_up_in_order():
    """Large and small numbers, so that another order would give another sum."""
    g = np.tile(np.array([1e8, 1.0, -1e8, 1.0], np.float32)[:, None], (1, 20))
    assert (add_rows(g, np.zeros(4, int), count=1) == np.float32(1e8) + np.float32(1) - np.float32(1e8) + 1).all()


I = np.array([[0, -1, 2], [2, 2, 0]])
CASES = {
    "rows": ((4, 30), (I,), (2, 3, 30)),
    "a number": ((4, 30), (I[0], I[1]), (3,)),
    "numbers of a grid": ((3, 4, 5), (np.arange(2)[:, None], I, np.array(1)), (2, 3)),
    "an axis": ((20, 4, 3), (slice(None), I), (20, 2, 3, 3)),
    "the last axis": ((20, 3, 4), (slice(None), slice(None), I), (20, 3, 2, 3)),
    "unsigned": ((4, 30), (I.clip(0).astype("uint8"),), (2, 3, 30)),
    "a scalar everywhere": ((4, 30), (I,), ()),
    "with a slice": ((6, 4), (slice(1, 4), I[0]), (3, 3)),
    "with a number": ((6, 4, 5), (1, I[0]), (3, 5)),
    "two of three": ((6, 4, 5), (I[0], I[1]), (3, 5)),
    "a mask": ((4, 3), (np.arange(12).reshape(4, 3) % 2 == 0,), (6,)),
    "basic": ((6, 4), (slice(0, 6, 2), -1), (3,)),
    "ellipsis": ((6, 4), (Ellipsis, I[0]), (6, 3)),
    "nothing": ((4, 30), (np.zeros((0, 2), int),), (0, 2, 30)),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "int32"])
def test_scatter_add(case, dtype):
    shape, index, size = CASES[case]
    update = np.asarray(rng.standard_normal(size) * 9).astype(dtype)
    for which in (index, index[0]) if len(index) == 1 else (index,):
        found = scatter_add(shape, np.dtype(dtype), which, update)
        expected = np.zeros(shape, dtype)
        np.add.at(expected, which, update)
        assert found.dtype == dtype and found.shape == shape
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("index", [(np.array([4]),), (np.array([-5]),), (np.array([0]), np.array([30]))], ids=str)
def test_positions_outside(index):
    with pytest.raises(IndexError, match="out of bounds"):
        scatter_add((4, 30), np.float32, index, np.ones(1, np.float32))
