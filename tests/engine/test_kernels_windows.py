"""The windows of images that lie channels last, against windows gathered one by one."""

from itertools import product

import numpy as np
import pytest

from luojia._src.engine.kernels import windows
from luojia._src.engine.kernels.windows import Windows

# x (N, H, W, C), kernel, out, stride, lo, dilation
CASES = {
    "same": ((3, 6, 5, 4), (3, 3), (6, 5), (1, 1), (1, 1), (1, 1)),
    "strided": ((3, 9, 8, 2), (3, 2), (5, 4), (2, 2), (1, 0), (1, 1)),
    "dilated": ((2, 9, 9, 3), (3, 2), (9, 7), (1, 1), (2, 0), (2, 3)),
    "stride and dilation": ((2, 13, 12, 2), (3, 3), (4, 3), (3, 4), (1, 2), (2, 3)),
    "cropped": ((2, 9, 9, 3), (2, 2), (5, 4), (1, 1), (-2, -1), (1, 2)),
    "pointwise": ((5, 4, 3, 6), (1, 1), (4, 3), (1, 1), (0, 0), (1, 1)),
    "wide padding": ((2, 2, 2, 3), (3, 3), (8, 9), (1, 1), (4, 5), (1, 1)),
}


@pytest.mark.parametrize("small", [False, True], ids=["few blocks", "many blocks"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_taps_hold_every_window(case, small, monkeypatch):
    if small:
        monkeypatch.setattr(windows, "BUFFER_BYTES", 1)
        monkeypatch.setattr(windows, "LEAST_ROWS", 1)
    shape, kernel, out, stride, lo, dilation = case
    x = np.random.default_rng(29).standard_normal(shape)
    got = np.zeros((shape[0], *out, *kernel, shape[3]))
    flat = got.reshape(shape[0], out[0] * out[1], kernel[0], -1)
    blocks = 0
    for images, outputs, held in Windows(x, kernel, out, stride, lo, dilation, x.dtype):
        blocks += 1
        for tap in held.taps:
            flat[images, outputs][:, tap.start : tap.stop, tap.row] = tap.matrix
        if held.stack is not None:
            assert np.array_equal(flat[images, outputs], np.moveaxis(held.stack, 0, 2))
    expected = np.zeros_like(got)
    for o, k in product(product(*map(range, out)), product(*map(range, kernel))):
        i = [a * s + b * d - c for a, s, b, d, c in zip(o, stride, k, dilation, lo)]
        if all(0 <= a < m for a, m in zip(i, shape[1:3])):
            expected[:, o[0], o[1], k[0], k[1]] = x[:, i[0], i[1]]
    assert np.array_equal(got, expected)
    assert blocks >= (shape[0] if small else 1)


def test_the_buffer_stays_small():
    """All the windows of 64 images of 224 x 224 x 16 would take 616 MB."""
    x = np.zeros((4, 224, 224, 16), np.float32)
    block = next(iter(Windows(x, (3, 3), (224, 224), (1, 1), (1, 1), (1, 1), x.dtype)))
    held = block.held.taps[0].matrix
    while held.base is not None:
        held = held.base
    assert held.nbytes < 2 * windows.BUFFER_BYTES
