"""Unfolds the windows of images that lie channels last, (N, H, W, C), a block at a time, along their rows only.

The windows of one row of outputs at one kernel row are runs of kernel width x channels numbers, copied whole. Those at
the next kernel row are a slice of the same buffer, so that a convolution is one GEMM for each kernel row, accumulated,
both of whose factors lie as BLAS likes them in all three directions (see conv_last.py). A block fits an L2 cache of
1 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from luojia._src.engine.kernels.columns import Ints, Span, span

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


class _Step(NamedTuple):
    """What is done for some rows of outputs, of as many images as a block has."""

    outputs: slice
    cleared: tuple[slice, ...]  # rows of padding, where the step before had the image's
    filled: Span | None  # rows of the image
    taps: tuple[tuple[int, int, slice, int, int], ...]  # a Tap's row, where its matrix lies, its start and stop


class _Plan(NamedTuple):
    rows: int  # of outputs in a block
    images: int  # in a block
    deep: int  # rows of each phase, h % stride
    across: Span | None  # the padded row that the image's columns fill
    steps: tuple[_Step, ...]


@lru_cache(1024)
def _plan(shape: Ints, kernel: Ints, out: Ints, stride: Ints, lo: Ints, dilation: Ints, itemsize: int,
          most_bytes: int, least_rows: int) -> _Plan:
    n, height, width, channels = shape
    (k0, k1), (s0, s1), (lo0, lo1), (d0, d1) = kernel, stride, lo, dilation
    reach = (k0 - 1) * d0 // s0  # further rows of a phase in a window
    row_bytes = max(1, out[1] * k1 * channels * itemsize) * s0
    rows = out[0]
    if (rows + reach) * row_bytes > most_bytes:
        rows = min(rows, max(most_bytes // row_bytes - reach, -(-least_rows // max(1, out[1]))))
    images, deep = max(1, min(n, most_bytes // (row_bytes * (rows + reach)))), rows + reach
    steps = []
    for start in range(0, out[0], max(1, rows)):
        stop = min(start + rows, out[0])
        filled = span(0, s0 * deep, height, start * s0 - lo0, 1)
        cleared = []
        if start and (filled is None or filled.stop < s0 * deep):
            cleared.append(slice(filled.stop if filled else 0, None))
        if start and lo0 > 0 and filled is not None and filled.start:
            cleared.append(slice(0, filled.start))
        taps = []
        for i in range(k0):
            if (at := span(start, stop, height, i * d0 - lo0, s0)) is not None:
                first = at.start + i * d0 // s0 - start
                places = slice(first * out[1], (first + at.stop - at.start) * out[1])
                taps.append((i, i * d0 % s0, places, (at.start - start) * out[1], (at.stop - start) * out[1]))
        steps.append(_Step(slice(start * out[1], stop * out[1]), tuple(cleared), filled, tuple(taps)))
    return _Plan(rows, images, deep, span(0, (out[1] - 1) * s1 + (k1 - 1) * d1 + 1, width, -lo1, 1), tuple(steps))


class Windows:
    """The windows of x (N, H, W, C) for a kernel, as blocks.

    ``out`` is the output's size, ``lo`` the padding before each axis (negative crops); the padding after is whatever
    ``out`` implies. Iterating fills one buffer again and again: use a block before the next is asked for.
    """

    def __init__(self, x: np.ndarray, kernel: Ints, out: Ints, stride: Ints, lo: Ints, dilation: Ints, dtype: np.dtype):
        self.x, self.kernel, self.out, self.stride, self.lo, self.dilation = x, kernel, out, stride, lo, dilation
        self.dtype = np.dtype(dtype)
        self.inner = kernel[1] * x.shape[3]
        self.plan = _plan(x.shape, kernel, out, stride, lo, dilation, self.dtype.itemsize, BUFFER_BYTES, LEAST_ROWS)
        self.rows, self.images = self.plan.rows, self.plan.images

    def __iter__(self) -> Iterator[Block]:
        n, height, width, channels = self.x.shape
        (k0, k1), (s0, s1), (_, d1), (_, width_out) = self.kernel, self.stride, self.dilation, self.out
        if not (n and self.rows and width_out and channels):
            return
        if k0 * k1 * s0 * s1 == 1 and not any(self.lo) and (height, width) == self.out:
            yield from self._pointwise()
            return
        _, count, deep, across, steps = self.plan
        padded = np.zeros((count, s0 * deep, (width_out - 1) * s1 + (k1 - 1) * d1 + 1, channels), self.dtype)
        image, row, pixel, number = padded.strides
        seen = np.ndarray((count, s0, deep, width_out, k1, channels), self.dtype, padded, 0,
                          (image, row, s0 * row, s1 * pixel, d1 * pixel, number))
        buffer = np.empty(seen.shape, self.dtype)
        matrix = buffer.reshape(count, s0, deep * width_out, self.inner)
        for outputs, cleared, filled, found in steps:
            for at in cleared:
                padded[:, at] = 0
            taps = [Tap(i, matrix[:, phase, places], start, stop) for i, phase, places, start, stop in found]
            for first in range(0, n, count):
                if first + count > n:
                    count = n - first
                    taps = [Tap(i, m[:count], start, stop) for i, m, start, stop in taps]
                images = slice(first, first + count)
                if filled is None or across is None:
                    buffer[:count] = 0
                else:
                    padded[:count, filled.start : filled.stop, across.start : across.stop] = self.x[
                        images, filled.source, across.source]
                    buffer[:count] = seen[:count]
                yield Block(images, outputs, taps)
            count = self.images

    def _pointwise(self) -> Iterator[Block]:
        """A kernel of 1 reads x as it lies."""
        n, _, _, channels = self.x.shape
        count = self.out[0] * self.out[1]
        for first in range(0, n, self.images):
            images = slice(first, min(first + self.images, n))
            x = np.ascontiguousarray(self.x[images], self.dtype).reshape(images.stop - first, count, channels)
            yield Block(images, slice(0, count), [Tap(0, x, 0, count)])
