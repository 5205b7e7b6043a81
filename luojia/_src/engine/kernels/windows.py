"""Unfolds the windows of images that lie channels last, (N, H, W, C), a block at a time, along their rows only.

The windows of one row of outputs at one kernel row are runs of kernel width x channels numbers, copied whole. Those at
the next kernel row are a slice of the same buffer, so that a convolution is one GEMM for each kernel row, accumulated,
both of whose factors lie as BLAS likes them in all three directions (see conv_last.py). A block fits an L2 cache of
1 MB.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from luojia._src.engine.kernels.columns import Ints, span

BUFFER_BYTES = 1152 * 1024  # of a block's windows, read in turn; from 896 to 1400 one thread takes as long
LEAST_ROWS = 256  # of a GEMM, below which it loses more than the cache gives
MOST_KEPT = 4 << 20  # bytes of a buffer that a thread keeps; few are larger, as for windows of very wide rows
FRAMES = 128  # geometries whose views a thread keeps
_LINE = 64  # bytes of the cache's lines, and of the widest vectors
MOST_PADDING = 0.05  # of all taps' outputs; with more, products with zeros take longer than the calls that they save


class Tap(NamedTuple):
    """``matrix`` (n, outputs, kernel width * C): the windows of the outputs start:stop of a block at a kernel row."""

    row: int
    matrix: np.ndarray
    start: int
    stop: int


class Held:
    """What the buffer holds for the blocks of one shape, and what is prepared once for the products of these.

    ``stack`` (kernel height, n, outputs, kernel width * C), where little of it is padding, has all outputs' windows at
    every kernel row. ``sums`` and ``cuts`` are of taps.py, by columns, in memory that ``scratch`` gives.
    """

    def __init__(self, taps: list[Tap], stack: np.ndarray | None, scratch: Callable[[int], np.ndarray]) -> None:
        self.taps, self.stack, self.scratch = taps, stack, scratch
        self.sums: dict[int, Any] = {}
        self.cuts: dict[int, np.ndarray] = {}


class Block(NamedTuple):
    """Some images and outputs, counted row by row in each image, and the windows that make their convolution."""

    images: slice
    outputs: slice
    held: Held


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


class _Kept(threading.local):
    """What a thread keeps from one convolution to the next."""

    def __init__(self) -> None:
        self.frames: dict[tuple, _Frame] = {}
        self.memory: dict[str, np.ndarray] = {}
        self.padded: _Frame | None = None  # whose padding the buffer holds
        self.busy = False  # its windows are read now

    def take(self, name: str, size: int, dtype: np.dtype) -> np.ndarray:
        """So many numbers of the memory of a name, which grows to the most that was asked for."""
        count = size * dtype.itemsize
        held = self.memory.get(name)
        if held is None or held.size < count:
            self.frames.clear()  # they hold the smaller one
            held = np.empty(count + _LINE, np.uint8)
            start = -held.ctypes.data % _LINE
            held = self.memory[name] = held[start : start + count]
        return held[:count].view(dtype)


_kept = _Kept()


def _take(kept: _Kept | None, name: str, dtype: np.dtype, size: int) -> np.ndarray:
    """Memory for so many numbers, that of a thread where it keeps as much."""
    return np.empty(size, dtype) if kept is None or not is_kept(size, dtype) else kept.take(name, size, dtype)


def is_kept(size: int, dtype: np.dtype) -> bool:
    """Whether a thread keeps memory for so many numbers."""
    return size * dtype.itemsize <= MOST_KEPT


class _Part(NamedTuple):
    """Blocks of so many images at a step: what is copied, from windows that lie within the image and from edges."""

    images: int
    held: Held
    inside: tuple[tuple[np.ndarray, slice], ...]
    edges: tuple[tuple[np.ndarray, slice, slice], ...]


class _Frame:
    """The buffer for windows of one geometry, with the views of it that blocks need: a thread makes them once."""

    def __init__(self, plan: _Plan, shape: Ints, kernel: Ints, width: int, stride: int, dilation: int, dtype: np.dtype,
                 kept: _Kept | None) -> None:
        self.plan, self.kept = plan, kept
        n, _, _, channels = shape
        inner = kernel[1] * channels
        scratch = partial(_take, kept, "scratch", dtype)
        buffer = _take(kept, "windows", dtype, plan.images * stride * plan.deep * width * inner).reshape(
            plan.images, stride, plan.deep, width, kernel[1], channels)
        matrix = buffer.reshape(plan.images, stride, plan.deep * width, inner)
        self.padding = [buffer[:, :, :, output, at] for output, at in plan.padding]  # which only other frames overwrite
        self.steps: list[tuple[slice, list[np.ndarray], list[_Part]]] = []
        counts = [plan.images] if n % plan.images == 0 else [plan.images, n % plan.images]
        for outputs, cleared, filled, found, dense in plan.steps:
            zeros = [buffer[:, phase, rows] for phase, rows in cleared]
            if len(plan.steps) == 1:
                self.padding += zeros
                zeros = []
            parts = []
            for count in counts:
                taps = [Tap(i, matrix[:count, phase, places], start, stop) for i, phase, places, start, stop in found]
                stack = None
                if dense:
                    image, window, number = matrix[:, 0].strides
                    stack = np.ndarray((kernel[0], count, outputs.stop - outputs.start, inner), dtype, buffer, 0,
                                       (dilation * width * window, image, window, number))
                inside = tuple([(buffer[:count, phase, rows, plan.inside], lines) for phase, rows, lines in filled])
                edges = tuple([(buffer[:count, phase, rows, output, taps], lines, columns)
                               for phase, rows, lines in filled for output, taps, columns in plan.edges])
                parts.append(_Part(count, Held(taps, stack, scratch), inside, edges))
            self.steps.append((outputs, zeros, parts))



class Windows:
    """The windows of x (N, H, W, C) for a kernel, as blocks.

    ``out`` is the output's size, ``lo`` the padding before each axis (negative crops); the padding after is whatever
    ``out`` implies. Iterating fills one buffer again and again, the same for all of a thread: use a block before the
    next is asked for.
    """

    def __init__(self, x: np.ndarray, kernel: Ints, out: Ints, stride: Ints, lo: Ints, dilation: Ints, dtype: np.dtype):
        self.x, self.kernel, self.out, self.stride, self.lo, self.dilation = x, kernel, out, stride, lo, dilation
        self.dtype = np.dtype(dtype)
        self.inner = kernel[1] * x.shape[3]

    def __iter__(self) -> Iterator[Block]:
        x, (n, height, width, channels) = self.x, self.x.shape
        (k0, k1), (s0, s1), (_, d1), (rows_out, width_out) = self.kernel, self.stride, self.dilation, self.out
        if not (n and rows_out and width_out and channels):
            return
        key = (x.shape, self.kernel, self.out, self.stride, self.lo, self.dilation, self.dtype.char, BUFFER_BYTES,
               LEAST_ROWS)
        kept = _kept
        frame = kept.frames.get(key)
        if frame is None or kept.busy:
            plan = _plan(x.shape, self.kernel, self.out, self.stride, self.lo, self.dilation, self.dtype.itemsize,
                         BUFFER_BYTES, LEAST_ROWS)
            if k0 * k1 * s0 * s1 == 1 and not any(self.lo) and (height, width) == self.out:
                yield from self._pointwise(plan.images)
                return
            frame = self._frame(key, plan, kept)
        plan, stays = frame.plan, frame.kept is not None
        if kept.padded is not frame:
            for view in frame.padding:
                view[...] = 0
        source = _inside(x, plan.column, plan.inside.stop - plan.inside.start, s1, k1, d1)
        try:
            if stays:
                kept.padded, kept.busy = frame, True
            for outputs, zeros, parts in frame.steps:
                for view in zeros:
                    view[...] = 0
                count, held, inside, edges = parts[0]
                for first in range(0, n, plan.images):
                    if first + count > n:
                        count, held, inside, edges = parts[1]
                    images = slice(first, first + count)
                    for into, lines in inside:
                        into[...] = source[images, lines]
                    for into, lines, columns in edges:
                        into[...] = x[images, lines, columns]
                    yield Block(images, outputs, held)
        finally:
            if stays:
                kept.busy = False

    def _frame(self, key: tuple, plan: _Plan, kept: _Kept) -> _Frame:
        """A frame, which the thread keeps unless it is large, or the windows of another are read now."""
        size = plan.images * self.stride[0] * plan.deep * self.out[1] * self.inner
        stays = is_kept(size, self.dtype) and not kept.busy
        if len(kept.frames) >= FRAMES:
            kept.frames.clear()
        frame = _Frame(plan, self.x.shape, self.kernel, self.out[1], self.stride[0], self.dilation[0], self.dtype,
                       kept if stays else None)
        if stays:
            kept.frames[key] = frame
        return frame

    def _pointwise(self, step: int) -> Iterator[Block]:
        """A kernel of 1 reads x as it lies."""
        n, _, _, channels = self.x.shape
        count = self.out[0] * self.out[1]
        for first in range(0, n, step):
            images = slice(first, min(first + step, n))
            x = np.ascontiguousarray(self.x[images], self.dtype).reshape(images.stop - first, count, channels)
            yield Block(images, slice(0, count), Held([Tap(0, x, 0, count)], None, partial(np.empty, dtype=self.dtype)))


def forget() -> None:
    """Give back what this thread keeps, as when a setting on which it depends has changed."""
    _kept.frames.clear()
    _kept.memory.clear()
    _kept.padded = None


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
