"""Whole windows of images of few channels against windows gathered one by one."""

from itertools import product

import numpy as np
import pytest

from luojia._src.engine.kernels import thin

# x (N, C, H, W), kernel, out, stride, lo, dilation
CASES = {
    "valid": ((3, 1, 7, 6), (3, 2), (5, 5), (1, 1), (0, 0), (1, 1)),
    "padded": ((3, 2, 6, 5), (3, 3), (6, 5), (1, 1), (1, 1), (1, 1)),
    "strided, dilated": ((2, 3, 13, 12), (3, 3), (4, 3), (3, 4), (1, 2), (2, 3)),
    "cropped": ((2, 3, 9, 9), (2, 2), (5, 4), (1, 1), (-2, -1), (1, 2)),
    "wide padding": ((2, 2, 2, 3), (3, 3), (8, 9), (1, 1), (4, 5), (1, 1)),
}


@pytest.mark.parametrize("small", [False, True], ids=["few blocks", "many blocks"])
@pytest.mark.parametrize("last", [False, True], ids=["channels first", "channels last"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_blocks_hold_every_window(case, last, small, monkeypatch):
    if small:
        monkeypatch.setattr(thin, "BUFFER_BYTES", 1)
    shape, kernel, out, stride, lo, dilation = case
    x = np.random.default_rng(29).standard_normal(shape)
    given = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2) if last else x
    got = np.full((shape[0], kernel[0], shape[1], kernel[1], *out), np.nan)
    flat = got.reshape(shape[0], -1, out[0] * out[1])
    blocks = 0
    for images, outputs, matrix in thin.windows(given, kernel, out, stride, lo, dilation, x.dtype):
        blocks += 1
        flat[images, :, outputs] = matrix
    expected = np.zeros_like(got)
    for o, k in product(product(*map(range, out)), product(*map(range, kernel))):
        i = [a * s + b * d - c for a, s, b, d, c in zip(o, stride, k, dilation, lo)]
        if all(0 <= a < m for a, m in zip(i, shape[2:])):
            expected[:, k[0], :, k[1], o[0], o[1]] = x[:, :, i[0], i[1]]
    assert np.array_equal(got, expected)
    assert blocks >= (shape[0] if small else 1)


@pytest.mark.parametrize("channels, kernel, expected", [(1, (5, 5), True), (16, (3, 3), False), (1, (1, 5), False)])
def test_few_channels_are_thin(channels, kernel, expected):
    assert thin.is_thin(channels, kernel) is expected
