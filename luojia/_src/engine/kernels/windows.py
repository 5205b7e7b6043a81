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
from numpy.lib.stride_tricks import as_strided

from luojia._src.engine.kernels.columns import Ints, span

BUFFER_BYTES = 1152 * 1024  # of a block's windows, read in turn; from 896 to 1400 one thread takes as long
LEAST_ROWS = 256  # of a GEMM, below which it loses more than the cache gives
MOST_PADDING = 0.05  # of all taps' outputs; with more, products with zeros take longer than the calls that they save


class Tap(NamedTuple):
    """``matrix`` (n, outputs, kernel width * C): the windows of the outputs start:stop of a block at a kernel row."""

    row: int
    matrix: np.ndarray
    start: int
    stop: int


class Block(NamedTuple):
    """Some images and outputs, counted row by row in each image, and the products that make their convolution.

    ``stack`` (kernel height, n, outputs, kernel width * C), where little of it is padding, has all outputs' windows at
    every kernel row.
    """

    images: slice
    outputs: slice
    taps: list[Tap]
    stack: np.ndarray | None


class _Rows(NamedTuple):
    """Rows of the buffer at a phase, and those of the image whose windows they hold."""

    phase: int
    rows: slice
    source: slice


class _Edge(NamedTuple):
    """An output whose window reaches over the image's edge: its taps within, and the columns that they read."""

    output: int
    taps: slice
    columns: slice


class _Step(NamedTuple):
    """What is done for some rows of outputs, of as many images as a block has."""

    outputs: slice
    cleared: tuple[tuple[int, slice], ...]  # a phase and rows of padding
    filled: tuple[_Rows, ...]
    taps: tuple[tuple[int, int, slice, int, int], ...]  # a Tap's row, where its matrix lies, its start and stop
    dense: bool  # whether a Block has a stack


class _Plan(NamedTuple):
    rows: int  # of outputs in a block
    images: int  # in a block
    deep: int  # rows of each phase, h % stride
    inside: slice  # outputs of a row whose windows lie within the image
    column: int  # of the image, the first that the first of them reads
    edges: tuple[_Edge, ...]
    padding: tuple[tuple[int, slice], ...]  # of the edges, an output and the taps beyond
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
    images = -(-n // -(-n // images)) if n else images  # as many in each block
    spans = [span(0, out[1], width, j * d1 - lo1, s1) for j in range(k1)]
    first = max(at.start if at else out[1] for at in spans)
    last = max(first, min(at.stop if at else 0 for at in spans))
    edges, padding = [], []
    for o in (*range(first), *range(last, out[1])):
        taps = span(0, k1, width, o * s1 - lo1, d1)
        held = slice(taps.start, taps.stop) if taps else slice(0, 0)
        if taps:
            edges.append(_Edge(o, held, taps.source))
        padding += [(o, at) for at in (slice(0, held.start), slice(held.stop, k1)) if at.start < at.stop]
    steps = []
    for start in range(0, out[0], max(1, rows)):
        stop = min(start + rows, out[0])
        cleared, filled = [], []
        for phase in range(s0):
            if (at := span(0, deep, height, start * s0 - lo0 + phase, s0)) is None:
                cleared.append((phase, slice(0, deep)))
                continue
            filled.append(_Rows(phase, slice(at.start, at.stop), at.source))
            cleared += [(phase, part) for part in (slice(0, at.start), slice(at.stop, deep)) if part.start < part.stop]
        taps = []
        for i in range(k0):
            if (at := span(start, stop, height, i * d0 - lo0, s0)) is not None:
                begin = at.start + i * d0 // s0 - start
                places = slice(begin * out[1], (begin + at.stop - at.start) * out[1])
                taps.append((i, i * d0 % s0, places, (at.start - start) * out[1], (at.stop - start) * out[1]))
        seen, every = sum(end - begin for *_, begin, end in taps), k0 * (stop - start) * out[1]
        dense = s0 == 1 and seen >= (1 - MOST_PADDING) * every
        steps.append(_Step(slice(start * out[1], stop * out[1]), tuple(cleared), tuple(filled), tuple(taps), dense))
    return _Plan(rows, images, deep, slice(first, last), first * s1 - lo1, tuple(edges), tuple(padding),
                 tuple(steps))


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
        x, (n, height, width, channels) = self.x, self.x.shape
        (k0, k1), (s0, s1), (_, d1), (_, width_out) = self.kernel, self.stride, self.dilation, self.out
        if not (n and self.rows and width_out and channels):
            return
        if k0 * k1 * s0 * s1 == 1 and not any(self.lo) and (height, width) == self.out:
            yield from self._pointwise()
            return
        _, count, deep, inside, column, edges, padding, steps = self.plan
        buffer = np.empty((count, s0, deep, width_out, k1, channels), self.dtype)
        matrix = buffer.reshape(count, s0, deep * width_out, self.inner)
        source = _inside(x, column, inside.stop - inside.start, s1, k1, d1)
        for output, at in padding:
            buffer[:, :, :, output, at] = 0
        for outputs, cleared, filled, found, dense in steps:
            for phase, rows in cleared:
                buffer[:, phase, rows] = 0
            taps = [Tap(i, matrix[:, phase, places], start, stop) for i, phase, places, start, stop in found]
            stack = self._stack(matrix[:, 0], outputs.stop - outputs.start) if dense else None
            copies = []
            for phase, rows, lines in filled:
                into = buffer[:, phase, rows]
                copies.append((into[:, :, inside], source[:, lines]))
                for output, held, columns in edges:
                    copies.append((into[:, :, output, held], x[:, lines, columns]))
            for first in range(0, n, count):
                if first + count > n:
                    count = n - first
                    taps = [Tap(i, m[:count], start, stop) for i, m, start, stop in taps]
                    stack = None if stack is None else stack[:, :count]
                    copies = [(into[:count], seen) for into, seen in copies]
                images = slice(first, first + count)
                for into, seen in copies:
                    into[...] = seen[images]
                yield Block(images, outputs, taps, stack)
            count = self.images

    def _stack(self, matrix: np.ndarray, outputs: int) -> np.ndarray:
        """So many windows from each kernel row on, of a buffer (n, rows * width, kernel width * C), a view."""
        image, window, number = matrix.strides
        row = self.dilation[0] * self.out[1] * window
        return np.ndarray((self.kernel[0], len(matrix), outputs, self.inner), self.dtype, matrix, 0,
                          (row, image, window, number))

    def _pointwise(self) -> Iterator[Block]:
        """A kernel of 1 reads x as it lies."""
        n, _, _, channels = self.x.shape
        count = self.out[0] * self.out[1]
        for first in range(0, n, self.images):
            images = slice(first, min(first + self.images, n))
            x = np.ascontiguousarray(self.x[images], self.dtype).reshape(images.stop - first, count, channels)
            yield Block(images, slice(0, count), [Tap(0, x, 0, count)], None)


def _inside(x: np.ndarray, column: int, outputs: int, stride: int, taps: int, dilation: int) -> np.ndarray:
    """The windows (N, H, outputs, taps, C) of the rows of x (N, H, W, C) from a column on, a view."""
    n, height, _, channels = x.shape
    image, row, pixel, number = x.strides
    shape, strides = (n, height, outputs, taps, channels), (image, row, stride * pixel, dilation * pixel, number)
    if not outputs:
        return np.empty(shape, x.dtype)
    if x.flags.c_contiguous:
        return np.ndarray(shape, x.dtype, x, column * pixel, strides)  # in a sixth of the time of as_strided
    return as_strided(x[:, :, column:], shape, strides)
