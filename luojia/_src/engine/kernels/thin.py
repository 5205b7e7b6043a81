"""Unfolds the whole windows of images of few channels, (N, C, H, W), a block at a time.

First along the width, then along the height, where the copies are runs of whole planes: for a kernel of 5 x 5 that is
twice as fast as copying each of its 25 positions from the image.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from luojia._src.engine.kernels.columns import Ints, span

BUFFER_BYTES = 512 * 1024  # of a block's windows, within an L2 cache of 1 MB
LEAST_DEPTH = 32  # channels x kernel width from which windows are unfolded along their rows only: see windows.py


def is_thin(channels: int, kernel: Ints) -> bool:
    """Whether there are so few channels that the whole window had better be the inner axis of one GEMM."""
    return kernel[0] > 1 and channels * kernel[1] < LEAST_DEPTH


class Block(NamedTuple):
    """Some images and outputs, counted row by row, and their windows (n, kernel height * C * kernel width, outputs)."""

    images: slice
    outputs: slice
    matrix: np.ndarray


def windows(x: np.ndarray, kernel: Ints, out: Ints, stride: Ints, lo: Ints, dilation: Ints,
            work: np.dtype) -> Iterator[Block]:
    """The windows of x (N, C, H, W) in one buffer that is filled again and again.

    ``out`` is the output's size, ``lo`` the padding before each axis (negative crops).
    """
    n, channels, height, width = x.shape
    (k0, k1), (s0, s1), (d0, d1) = kernel, stride, dilation
    if not (n and channels and min(out)):
        return
    inner = channels * k0 * k1
    row_bytes = inner * out[1] * work.itemsize
    rows = min(out[0], max(1, BUFFER_BYTES // row_bytes))
    count = max(1, min(n, BUFFER_BYTES // (row_bytes * rows)))
    deep = (rows - 1) * s0 + (k0 - 1) * d0 + 1
    across = np.zeros((count, channels, k1, deep, out[1]), work)
    image, channel, tap, row, number = across.strides
    seen = as_strided(across, (count, k0, channels, k1, rows, out[1]),
                      (image, d0 * row, channel, tap, s0 * row, number))
    buffer = np.empty(seen.shape, work)
    taps = [(j, at) for j in range(k1) if (at := span(0, out[1], width, j * d1 - lo[1], s1)) is not None]
    for start in range(0, out[0], rows):
        stop = min(start + rows, out[0])
        down = span(0, deep, height, start * s0 - lo[0], 1)
        if start:
            across[:, :, :, : down.start if down else deep] = 0
            across[:, :, :, down.stop if down else deep :] = 0
        for first in range(0, n, count):
            images = slice(first, min(first + count, n))
            held = images.stop - first
            if down is not None:
                for j, at in taps:
                    source = x[images, :, down.source, at.source]
                    across[:held, :, j, down.start : down.stop, at.start : at.stop] = source
            part = buffer[:held, ..., : stop - start, :]
            part[...] = seen[:held, ..., : stop - start, :]
            yield Block(images, slice(start * out[1], stop * out[1]),
                        part.reshape(held, inner, (stop - start) * out[1]))
