"""The columns of a convolution against the windows gathered one by one."""

from itertools import product

import numpy as np
import pytest

from luojia._src.engine.kernels import columns
from luojia._src.engine.kernels.columns import Columns, span


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("offset", range(-7, 8))
@pytest.mark.parametrize("start, stop", [(0, 5), (2, 4), (3, 3)])
def test_span_names_the_outputs_that_reach_the_input(start, stop, offset, stride):
    size = 6
    reached = [o for o in range(start, stop) if 0 <= o * stride + offset < size]
    found = span(start, stop, size, offset, stride)
    if found is None:
        assert not reached
    else:
        assert reached == list(range(found.start, found.stop))
        assert [o * stride + offset for o in reached] == list(range(size))[found.source]


# x (N, G, C/G, *size), kernel, out, stride, lo, dilation
CASES = {
    "whole": ((3, 1, 2, 7, 6), (3, 2), (7, 3), (1, 2), (1, 0), (1, 1)),
    "rows": ((3, 2, 16, 9, 6), (3, 3), (4, 6), (2, 1), (1, 2), (2, 1)),
    "cropped": ((2, 1, 16, 9, 9), (2, 2), (5, 4), (1, 1), (-2, -1), (1, 2)),
    "pointwise": ((3, 2, 5, 4, 3), (1, 1), (4, 3), (1, 1), (0, 0), (1, 1)),
    "3d": ((2, 1, 4, 5, 4, 6), (2, 3, 3), (5, 4, 3), (1, 1, 2), (1, 1, 0), (1, 1, 1)),
}


@pytest.mark.parametrize("small", [False, True], ids=["one block", "many blocks"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_products_hold_every_window(case, small, monkeypatch):
    """The products of ones, tap by tap, are the windows that were asked for, each once."""
    if small:
        monkeypatch.setattr(columns, "BUFFER_BYTES", 1)
        monkeypatch.setattr(columns, "LEAST_COLUMNS", 1)
    shape, kernel, out, stride, lo, dilation = case
    x = np.random.default_rng(29).standard_normal(shape)
    windows = Columns(x, kernel, out, stride, lo, dilation, x.dtype)
    n, groups, channels = shape[:3]
    ones = np.eye(channels * int(np.prod(kernel))).reshape(1, -1, channels, *kernel)
    weights = windows.weights(ones.repeat(groups, 0))
    got = np.zeros((n, groups, weights.shape[2], int(np.prod(out))))
    blocks = 0
    for block in windows:
        blocks += 1
        for p in block.products:
            assert block.start <= p.start < p.stop <= block.stop
            got[block.images, :, :, p.start * windows.rest : p.stop * windows.rest] += weights[p.tap] @ p.columns
    expected = np.zeros((n, groups, channels, *kernel, *out))
    for k, o in product(product(*map(range, kernel)), product(*map(range, out))):
        i = [a * s + b * d - c for a, s, b, d, c in zip(o, stride, k, dilation, lo)]
        if all(0 <= a < m for a, m in zip(i, shape[3:])):
            expected[(..., *k, *o)] = x[(..., *i)]
    assert np.array_equal(got, expected.reshape(got.shape))
    assert blocks >= (n if small else 1)


@pytest.mark.parametrize("name", ["whole", "rows", "3d"])
def test_unweights_inverts_weights(name):
    shape, kernel, *rest = CASES[name]
    windows = Columns(np.zeros(shape), kernel, *rest, np.float64)
    w = np.random.default_rng(31).standard_normal((shape[1], 4, shape[2], *kernel))
    assert np.array_equal(windows.unweights(windows.weights(w), shape[2]), w)


def test_the_buffer_stays_small():
    """All the columns of 64 images of 3x224x224 would take 472 MB."""
    x = np.zeros((64, 1, 3, 224, 224), np.float32)
    windows = Columns(x, (7, 7), (112, 112), (2, 2), (3, 3), (1, 1), x.dtype)
    block = next(iter(windows))
    held = block.products[0].columns
    while held.base is not None:
        held = held.base
    assert held.nbytes <= 2 * columns.BUFFER_BYTES
