"""Convolution of images by kernels of 3 x 3 with 4 multiplications where 9 are, and the gradient of its weights.

Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015: a tile of 2 x 2 outputs is made of 4 x 4
inputs d and the kernel g as A^T [(G g G^T) * (B^T d B)] A, where the product * is a product of matrices over channels,
one for each of the 16 places, and

    B^T = 1  0 -1  0    G = 1    0   0     A^T = 1  1  1  0
          0  1  1  0        1/2  1/2 1/2         0  1 -1 -1
          0 -1  1  0        1/2 -1/2 1/2
          0  1  0 -1        0    0   1

Arrays lie channels last, as in conv_last.py. Rows and columns of even and of odd number are kept apart, so that all
these sums run over whole rows of tiles. The results differ from those of the plain sums by rounding, a few times the
unit of the largest term.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from luojia._src.engine import processor, threads
from luojia._src.engine.kernels.columns import Ints
from luojia._src.engine.kernels.conv_last import first, last, parts_of
from luojia._src.engine.kernels.finish import Finish

FEWEST = 32  # channels, of the input and of the output
FEWEST_PAIRS = 48 * 48  # of a channel of the input and one of the output, which the transformations must be worth
WIDE_PAIRS = 72 * 72  # the same where products take half of the time
LEAST = 256  # outputs of a channel, in all images
PLANES = 512  # of weights, for each output: with more, the weights' transformation takes longer than the products
WIDE_PLANES = 256  # the same of gradients where products take half of the time
BLOCK = 1 << 19  # numbers of a block's inputs and outputs, transformed
TILES = 128  # of a block, at least


def suits(w_shape: Ints, n: int, out: Ints, stride: Ints, dilation: Ints, gradient: bool = False) -> bool:
    """Whether a convolution without groups of n images with weights (O, C, *kernel) to ``out`` is computed here, or its
    gradients are."""
    wide = processor.multiplies_wide()
    return (len(w_shape) == 4 and (*w_shape[2:], *stride, *dilation) == (3, 3, 1, 1, 1, 1)
            and min(w_shape[:2]) >= FEWEST and min(out) > 1
            and w_shape[0] * w_shape[1] >= (WIDE_PAIRS if wide else FEWEST_PAIRS)
            and n * prod(out) >= max(LEAST, w_shape[0] * w_shape[1] // (WIDE_PLANES if wide and gradient else PLANES)))


class Block(NamedTuple):
    """Some images, and rows of tiles."""

    images: slice
    rows: slice


def blocks(n: int, part: slice, tiles: Ints, channels: int) -> Iterator[Block]:
    """Some images whole, or rows of tiles of one image, of a part of n images or of the rows of one image."""
    images, downward = (part, slice(0, tiles[0])) if n > 1 else (slice(0, n), part)
    most = max(TILES, BLOCK // (16 * channels))
    rows = min(downward.stop - downward.start, max(1, most // tiles[1]))
    several = max(1, most // (tiles[0] * tiles[1])) if rows == tiles[0] else 1
    for image in range(images.start, images.stop, several):
        for row in range(downward.start, downward.stop, rows):
            yield Block(slice(image, min(image + several, images.stop)), slice(row, min(row + rows, downward.stop)))


def correlate(x: np.ndarray, w: np.ndarray, out: Ints, stride: Ints, lo: Ints, dilation: Ints, work: np.dtype,
              finish: Finish | None = None) -> np.ndarray:
    """x (N, C, H, W) with w (O, C, 3, 3): (N, O, *out), channels last in memory, as ``finish`` leaves it.

    Stride and dilation are 1.
    """
    n, (outputs, channels) = len(x), w.shape[:2]
    tiles = (out[0] + 1) // 2, (out[1] + 1) // 2
    weights = transformed(w, work)
    y = np.empty((n, *out, outputs), work)

    def compute(part: slice) -> None:
        for images, rows in blocks(n, part, tiles, channels + outputs):
            seen = _inputs(last(x)[images], rows, tiles[1], lo, work)
            _outputs(np.matmul(seen.reshape(16, -1, channels), weights).reshape(*seen.shape[:-1], outputs),
                     y[images, 2 * rows.start : 2 * rows.stop])
            if finish is not None:
                finish.rows(y[images, 2 * rows.start : 2 * rows.stop])

    threads.spread(compute, parts_of(n, tiles[0], 4 * y.size * channels / threads.PRODUCTS))
    return first(y)


def spread(g: np.ndarray, w: np.ndarray, size: Ints, stride: Ints, lo: Ints, dilation: Ints,
           work: np.dtype) -> np.ndarray:
    """The gradient (N, C, *size) of the input for the gradient g (N, O, *out) of the output."""
    mirrored = w[:, :, ::-1, ::-1].swapaxes(0, 1)
    return correlate(g, mirrored, size, stride, (2 - lo[0], 2 - lo[1]), dilation, work)


def gather_weights(g: np.ndarray, x: np.ndarray, kernel: Ints, stride: Ints, lo: Ints, dilation: Ints,
                   work: np.dtype) -> np.ndarray:
    """The gradient (O, C, 3, 3) of the weights for the gradient g (N, O, *out) of the output and the input x."""
    n, outputs, *out = g.shape
    channels = x.shape[1]
    tiles = (out[0] + 1) // 2, (out[1] + 1) // 2

    def compute(part: slice) -> np.ndarray:
        total = np.zeros((16, channels, outputs), work)
        for images, rows in blocks(n, part, tiles, channels + outputs):
            seen = _inputs(last(x)[images], rows, tiles[1], lo, work).reshape(16, -1, channels)
            met = _spread(last(g)[images, 2 * rows.start : 2 * rows.stop], tiles[1], work)
            total += np.matmul(seen.swapaxes(1, 2), met.reshape(16, -1, outputs))
        return total

    total = threads.total(compute, parts_of(n, tiles[0], 4 * g.size * channels / threads.PRODUCTS))
    rows = _three(total.reshape(4, 4, channels, outputs))
    return _three(rows.swapaxes(0, 1)).transpose(3, 2, 1, 0)


def transformed(w: np.ndarray, work: np.dtype) -> np.ndarray:
    """G w G^T of w (O, C, 3, 3), as (16, C, O)."""
    rows = _four(np.ascontiguousarray(w.transpose(2, 3, 1, 0), work))
    return _four(rows.swapaxes(0, 1)).swapaxes(0, 1).reshape(16, w.shape[1], w.shape[0])


def _four(a: np.ndarray) -> np.ndarray:
    """G a, along the first axis of a (3, ...)."""
    out = np.empty((4, *a.shape[1:]), a.dtype)
    out[0], out[3] = a[0], a[2]
    np.add(a[0], a[2], out=out[1])
    np.subtract(out[1], a[1], out=out[2])
    out[1] += a[1]
    out[1:3] *= 0.5
    return out


def _three(a: np.ndarray) -> np.ndarray:
    """G^T a, along the first axis of a (4, ...)."""
    total, between = a[1] + a[2], a[1] - a[2]
    total *= 0.5
    between *= 0.5
    return np.stack([a[0] + total, between, total + a[3]])


def _inputs(x: np.ndarray, rows: slice, width: int, lo: Ints, work: np.dtype) -> np.ndarray:
    """B^T d B of the tiles d of images x (n, H, W, C) in these rows: (4, 4, n, rows, width, C)."""
    n, height, across, channels = x.shape
    count = rows.stop - rows.start
    padded = np.zeros((n, count + 1, 2, 2, width + 1, channels), work)  # rows 2 r + a, columns 2 c + b
    for a in (0, 1):
        for b in (0, 1):
            down, source = _every_other(count + 1, height, 2 * rows.start + a - lo[0])
            right, of = _every_other(width + 1, across, b - lo[1])
            padded[:, down, a, b, right] = x[:, source, of]
    even, odd, more, next_odd = padded[:, :-1, 0], padded[:, :-1, 1], padded[:, 1:, 0], padded[:, 1:, 1]
    t = np.empty((4, n, count, 2, width + 1, channels), work)
    np.subtract(even, more, out=t[0])
    np.add(odd, more, out=t[1])
    np.subtract(more, odd, out=t[2])
    np.subtract(odd, next_odd, out=t[3])
    out = np.empty((4, 4, n, count, width, channels), work)
    even, odd, more, next_odd = t[:, :, :, 0, :-1], t[:, :, :, 1, :-1], t[:, :, :, 0, 1:], t[:, :, :, 1, 1:]
    np.subtract(even, more, out=out[:, 0])
    np.add(odd, more, out=out[:, 1])
    np.subtract(more, odd, out=out[:, 2])
    np.subtract(odd, next_odd, out=out[:, 3])
    return out


def _every_other(count: int, size: int, offset: int) -> tuple[slice, slice]:
    """The places i < count with 0 <= 2 i + offset < size, and these numbers, as slices."""
    start = max(0, -(offset // 2))
    stop = max(start, min(count, (size - 1 - offset) // 2 + 1))
    begin = 2 * start + offset
    return slice(start, stop), slice(begin, begin + 2 * (stop - start), 2)


def _outputs(m: np.ndarray, y: np.ndarray) -> None:
    """y (n, rows, columns, O) is filled with A^T m A, for m (4, 4, n, tiles, tiles, O)."""
    s = np.empty((2, *m.shape[1:]), m.dtype)
    np.add(m[1], m[2], out=s[0])
    s[0] += m[0]
    np.subtract(m[1], m[2], out=s[1])
    s[1] -= m[3]
    sides = s[:, 1] + s[:, 2], s[:, 1] - s[:, 2]
    for a in (0, 1):
        for b in (0, 1):
            into = y[:, a::2, b::2]
            at = (slice(None), slice(0, into.shape[1]), slice(0, into.shape[2]))
            if b:
                np.subtract(sides[1][a][at], s[a, 3][at], out=into)
            else:
                np.add(s[a, 0][at], sides[0][a][at], out=into)


def _spread(g: np.ndarray, width: int, work: np.dtype) -> np.ndarray:
    """A g A^T of tiles of a gradient g (n, rows, columns, O): (4, 4, n, tiles, width, O)."""
    n, rows, columns, outputs = g.shape
    count = (rows + 1) // 2
    apart = (np.zeros if rows % 2 or columns % 2 else np.empty)((2, 2, n, count, width, outputs), work)
    for a in (0, 1):
        for b in (0, 1):
            part = g[:, a::2, b::2]
            apart[a, b, :, : part.shape[1], : part.shape[2]] = part
    rows_ = np.empty((4, *apart.shape[1:]), work)
    rows_[0] = apart[0]
    np.add(apart[0], apart[1], out=rows_[1])
    np.subtract(apart[0], apart[1], out=rows_[2])
    np.negative(apart[1], out=rows_[3])
    out = np.empty((4, 4, *apart.shape[2:]), work)
    out[:, 0] = rows_[:, 0]
    np.add(rows_[:, 0], rows_[:, 1], out=out[:, 1])
    np.subtract(rows_[:, 0], rows_[:, 1], out=out[:, 2])
    np.negative(rows_[:, 1], out=out[:, 3])
    return out
