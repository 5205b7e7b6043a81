"""The greatest and least of rows against a stable sort."""

import numpy as np
import pytest

from luojia._src.engine.kernels.top import top

rng = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint8"])
def test_as_a_stable_sort(dtype):
    plain = (rng.normal(size=(7, 40, 5)) * 30).astype("int8").astype(dtype)
    crowded = rng.integers(0, 3, (7, 40, 5)).astype(dtype)
    for x in (plain, crowded, plain.T, crowded[::2, ::-1], np.where(plain > 9, plain, plain * 0), crowded * 0):
        for axis in range(3):
            n = x.shape[axis]
            for k in (1, 2, n // 4):
                least, greatest = top(x, k, axis, False), top(x, k, axis, True)
                if n < 24:
                    assert least is greatest is None
                    continue
                first = (slice(None),) * axis + (slice(0, k),)
                up = np.argsort(x, axis=axis, kind="stable")
                down = n - 1 - np.flip(np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)
                assert np.array_equal(least, up[first]) and np.array_equal(greatest, down[first])


def test_sorting_is_as_well():
    x = rng.normal(size=(3, 40)).astype("f")
    assert top(x, 11, 1, True) is None  # most of the row
    assert top(x[:0], 2, 1, True) is None
    assert top(x > 0, 2, 1, True) is None
    assert top(x + 1j, 2, 1, True) is None
    x[1, 1] = np.nan  # which a sort puts last
    assert top(x, 2, 1, True) is None
    x[1, 1] = np.inf
    assert top(x, 2, 1, True)[1, 0] == 1
    x[2, 2] = -np.inf
    assert top(x, 2, 1, False)[2, 0] == 2
