"""Unfolds the windows of a convolution, a block at a time, into matrices that BLAS can take.

A block of images and output rows fits the L2 cache; one buffer serves all blocks, so no columns are kept. Two layouts:

- *rows*: all axes but the first spatial one are unfolded. The windows at kernel row i are then a slice of the buffer
  that needs no copy, and a convolution is one GEMM for each kernel row, accumulated.
- *whole*: every axis is unfolded, for few channels, where a GEMM for each kernel row would be too thin.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

Ints = tuple[int, ...]

BUFFER_BYTES = 768 * 1024  # of a block's columns, within an L2 cache of 1 MB; measured flat from 384 KB to 1 MB
LEAST_COLUMNS = 1024  # below this the GEMM loses more than the cache gives
LEAST_DEPTH = 32  # rows of a GEMM's inner axis below which the whole window is unfolded


class Span(NamedTuple):
    """The outputs ``start:stop`` whose tap falls inside the input, and the inputs that they read."""

    start: int
    stop: int
    source: slice


def span(start: int, stop: int, size: int, offset: int, stride: int) -> Span | None:
    """The outputs o in [start, stop) with 0 <= o * stride + offset < size, or None."""
    first = max(start, -(offset // stride))  # ceil(-offset / stride)
    last = min(stop, (size - 1 - offset) // stride + 1)
    if first >= last:
        return None
    return Span(first, last, slice(first * stride + offset, (last - 1) * stride + offset + 1, stride))


class Product(NamedTuple):
    """``columns`` (n, groups, K, rows * rest): the windows of the output rows start:stop at kernel row ``tap``."""

    tap: int
    columns: np.ndarray
    start: int
    stop: int


class Block(NamedTuple):
    """Some images and output rows, and the products that add up to their convolution."""

    images: slice
    start: int
    stop: int
    products: list[Product]


class Columns:
    """The windows of x (N, G, C/G, *size) for a kernel, as blocks of products.

    ``out`` is the output's spatial size, ``lo`` the padding before each axis (negative crops); the padding after is
    whatever ``out`` implies. Iterating fills one buffer again and again: use a block before the next is asked for.
    """

    def __init__(self, x: np.ndarray, kernel: Ints, out: Ints, stride: Ints, lo: Ints, dilation: Ints, dtype: np.dtype):
        self.x, self.kernel, self.out, self.stride, self.lo, self.dilation = x, kernel, out, stride, lo, dilation
        self.dtype = np.dtype(dtype)
        channels = x.shape[2]
        self.rest = prod(out[1:])
        depth = channels * prod(kernel[1:])
        self.whole = kernel[0] > 1 and depth < LEAST_DEPTH
        self.inner = depth * (kernel[0] if self.whole else 1)
        self.taps = 1 if self.whole else kernel[0]
        self._size_blocks()

    def _size_blocks(self) -> None:
        n, groups = self.x.shape[:2]
        rows, row_bytes = self.out[0], max(1, groups * self.inner * self.rest * self.dtype.itemsize)
        if rows * row_bytes * self.stride[0] > BUFFER_BYTES:
            rows = max(BUFFER_BYTES // row_bytes, -(-LEAST_COLUMNS // max(1, self.rest)))
        self.rows = min(rows, self.out[0])
        self.images = max(1, min(n, BUFFER_BYTES // (row_bytes * max(1, self.rows))))

    def weights(self, w: np.ndarray) -> np.ndarray:
        """w (G, O/G, C/G, *kernel) as the left factors of the products: (taps, G, O/G, inner)."""
        groups, outputs = w.shape[:2]
        tapped = np.moveaxis(w, 3, 2)[None] if self.whole else np.moveaxis(w, 3, 0)
        return np.ascontiguousarray(tapped, self.dtype).reshape(self.taps, groups, outputs, self.inner)

    def unweights(self, w: np.ndarray, channels: int) -> np.ndarray:
        """The inverse of `weights`, for a gradient."""
        _, groups, outputs, _ = w.shape
        k0, rest = self.kernel[0], self.kernel[1:]
        if self.whole:
            return np.moveaxis(w.reshape(groups, outputs, k0, channels, *rest), 2, 3)
        return np.moveaxis(w.reshape(k0, groups, outputs, channels, *rest), 0, 3)

    def __iter__(self) -> Iterator[Block]:
        n, groups, channels, *size = self.x.shape
        if not (n and self.rest and self.rows):
            return
        if prod(self.kernel) == prod(self.stride) == 1 and not any(self.lo) and tuple(size) == self.out:
            yield from self._pointwise()
            return
        (k0, *_), (s0, *_), (lo0, *_), (d0, *_) = self.kernel, self.stride, self.lo, self.dilation
        steps = self._steps(size[1:])
        reach = self.rows if self.whole else self.rows + (k0 - 1) * d0 // s0
        slots = k0 if self.whole else s0
        buffer = np.zeros((self.images, groups, slots, channels, *self.kernel[1:], reach, *self.out[1:]), self.dtype)
        matrix = buffer.reshape(self.images, groups, 1 if self.whole else slots, self.inner, reach * self.rest)
        for start in range(0, self.out[0], self.rows):
            stop = min(start + self.rows, self.out[0])
            if self.whole:
                fills, products = self._whole_rows(start, stop, size[0])
                if start:
                    buffer[...] = 0  # the rows that fall in the padding differ from block to block
            else:
                fills, products = self._tap_rows(start, stop, size[0], lo0, s0, d0)
            for first in range(0, n, self.images):
                images = slice(first, min(first + self.images, n))
                count = images.stop - first
                x = self.x[images]
                for slot, into, source in fills:
                    for tap, columns, taken in steps:
                        buffer[(slice(count), slice(None), slot, slice(None), *tap, into, *columns)] = x[
                            (slice(None), slice(None), slice(None), source, *taken)
                        ]
                yield Block(images, start, stop, [
                    Product(tap, matrix[:count, :, slot, :, at * self.rest : (at + b - a) * self.rest], a, b)
                    for tap, slot, at, a, b in products
                ])

    def _pointwise(self) -> Iterator[Block]:
        """A kernel of 1 reads x as it lies."""
        n, groups, channels = self.x.shape[:3]
        for first in range(0, n, self.images):
            images = slice(first, min(first + self.images, n))
            x = self.x[images].reshape(images.stop - first, groups, channels, prod(self.out))
            product = Product(0, x.astype(self.dtype, copy=False), 0, self.out[0])
            yield Block(images, 0, self.out[0], [product])

    def _steps(self, size: list[int]) -> list[tuple[Ints, tuple[slice, ...], tuple[slice, ...]]]:
        """For each kernel position on the unfolded axes: (position, columns written, inputs read)."""
        axes = []
        for k, length, out, s, lo, d in zip(self.kernel[1:], size, self.out[1:], self.stride[1:], self.lo[1:],
                                            self.dilation[1:]):
            found = ((j, span(0, out, length, j * d - lo, s)) for j in range(k))
            axes.append([(j, slice(at.start, at.stop), at.source) for j, at in found if at is not None])
        return [tuple(zip(*step)) if step else ((), (), ()) for step in itertools.product(*axes)]  # type: ignore[misc]

    def _whole_rows(self, start: int, stop: int, size: int) -> tuple[list, list]:
        fills = []
        for i in range(self.kernel[0]):
            at = span(start, stop, size, i * self.dilation[0] - self.lo[0], self.stride[0])
            if at is not None:
                fills.append((i, slice(at.start - start, at.stop - start), at.source))
        return fills, [(0, 0, 0, start, stop)]

    def _tap_rows(self, start: int, stop: int, size: int, lo: int, s: int, d: int) -> tuple[list, list]:
        """Input row h is kept at phase (h + lo) % s, place (h + lo) // s - base; tap i of output o reads o + i*d // s.

        Rows of padding are neither kept nor multiplied: a tap's product covers the outputs that it reaches.
        """
        taps = [(i, span(start, stop, size, i * d - lo, s)) for i in range(self.kernel[0])]
        taps = [(i, at) for i, at in taps if at is not None]
        fills = []
        base = start  # the place of tap 0 of the block's first row
        for phase in {i * d % s for i, _ in taps}:
            low = min(at.start + i * d // s for i, at in taps if i * d % s == phase)
            high = max(at.stop + i * d // s for i, at in taps if i * d % s == phase)
            source = slice(low * s + phase - lo, (high - 1) * s + phase - lo + 1, s)
            fills.append((phase, slice(low - base, high - base), source))
        products = [(i, i * d % s, at.start + i * d // s - base, at.start, at.stop) for i, at in taps]
        return fills, products
