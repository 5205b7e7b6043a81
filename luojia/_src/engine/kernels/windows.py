"""Unfolds the windows of images that lie channels last, (N, H, W, C), a block at a time, along their rows only.

The windows of one row of outputs at one kernel row are runs of kernel width x channels numbers, copied whole. Those at
the next kernel row are a slice of the same buffer, so that a convolution is one GEMM for each kernel row, accumulated,
both of whose factors lie as BLAS likes them in all three directions (see conv_last.py). A block fits an L2 cache of
1 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from luojia._src.engine.kernels.columns import Ints, span

BUFFER_BYTES = 896 * 1024  # of a block's windows, read in turn; half as many took 2 to 4% longer
LEAST_ROWS = 256  # of a GEMM, below which it loses more than the cache gives


class Tap(NamedTuple):
    """``matrix`` (n, outputs, kernel width * C): the windows of the outputs start:stop of a block at a kernel row."""

    row: int
    matrix: np.ndarray
    start: int
    stop: int


class Block(NamedTuple):
    """Some images and outputs, counted row by row in each image, and the products that make their convolution."""

    images: slice
    outputs: slice
    taps: list[Tap]


class Windows:
    """The windows of x (N, H, W, C) for a kernel, as blocks.

    ``out`` is the output's size, ``lo`` the padding before each axis (negative crops); the padding after is whatever
    ``out`` implies. Iterating fills one buffer again and again: use a block before the next is asked for.
    """

    def __init__(self, x: np.ndarray, kernel: Ints, out: Ints, stride: Ints, lo: Ints, dilation: Ints, dtype: np.dtype):
        self.x, self.kernel, self.out, self.stride, self.lo, self.dilation = x, kernel, out, stride, lo, dilation
        self.dtype = np.dtype(dtype)
        self.inner = kernel[1] * x.shape[3]
        self.reach = (kernel[0] - 1) * dilation[0] // stride[0]  # further rows of a phase in a window
        row_bytes = max(1, out[1] * self.inner * self.dtype.itemsize)
        rows = out[0]
        if (rows + self.reach) * row_bytes * stride[0] > BUFFER_BYTES:
            rows = max(BUFFER_BYTES // (row_bytes * stride[0]) - self.reach, -(-LEAST_ROWS // max(1, out[1])))
        self.rows = min(rows, out[0])
        self.images = max(1, min(x.shape[0], BUFFER_BYTES // (row_bytes * stride[0] * (self.rows + self.reach))))

    def __iter__(self) -> Iterator[Block]:
        n, height, width, channels = self.x.shape
        (k0, k1), (s0, s1), (lo0, lo1), (d0, d1) = self.kernel, self.stride, self.lo, self.dilation
        if not (n and self.rows and self.out[1] and channels):
            return
        if k0 * k1 * s0 * s1 == 1 and not (lo0 or lo1) and (height, width) == self.out:
            yield from self._pointwise()
            return
        deep = self.rows + self.reach  # rows of each phase, h % s0
        padded = np.zeros((self.images, s0 * deep, (self.out[1] - 1) * s1 + (k1 - 1) * d1 + 1, channels), self.dtype)
        image, row, pixel, number = padded.strides
        seen = as_strided(padded, (self.images, s0, deep, self.out[1], k1, channels),
                          (image, row, s0 * row, s1 * pixel, d1 * pixel, number))
        buffer = np.empty(seen.shape, self.dtype)
        matrix = buffer.reshape(self.images, s0, deep * self.out[1], self.inner)
        across = span(0, padded.shape[2], width, -lo1, 1)
        for start in range(0, self.out[0], self.rows):
            stop = min(start + self.rows, self.out[0])
            base = start * s0 - lo0  # the input row that is the buffer's first
            down = span(0, padded.shape[1], height, base, 1)
            if start and (down is None or down.stop < padded.shape[1]):
                padded[:, down.stop if down else 0 :] = 0
            if lo0 > 0 and down is not None and down.start and start:
                padded[:, : down.start] = 0
            taps = [
                Tap(i, matrix[:, i * d0 % s0, (first := at.start + i * d0 // s0 - start) * self.out[1] :
                              (first + at.stop - at.start) * self.out[1]],
                    (at.start - start) * self.out[1], (at.stop - start) * self.out[1])
                for i in range(k0)
                if (at := span(start, stop, height, i * d0 - lo0, s0)) is not None
            ]
            outputs = slice(start * self.out[1], stop * self.out[1])
            for first in range(0, n, self.images):
                images = slice(first, min(first + self.images, n))
                count = images.stop - first
                if down is not None and across is not None:
                    padded[:count, down.start : down.stop, across.start : across.stop] = self.x[
                        images, down.source, across.source]
                    buffer[:count] = seen[:count]
                else:
                    buffer[:count] = 0
                if count < self.images:
                    taps = [Tap(t.row, t.matrix[:count], t.start, t.stop) for t in taps]
                yield Block(images, outputs, taps)

    def _pointwise(self) -> Iterator[Block]:
        """A kernel of 1 reads x as it lies."""
        n, _, _, channels = self.x.shape
        count = self.out[0] * self.out[1]
        for first in range(0, n, self.images):
            images = slice(first, min(first + self.images, n))
            x = np.ascontiguousarray(self.x[images], self.dtype).reshape(images.stop - first, count, channels)
            yield Block(images, slice(0, count), [Tap(0, x, 0, count)])
