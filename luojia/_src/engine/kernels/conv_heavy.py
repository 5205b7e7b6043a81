"""Convolution of small images over many channels, whose weights outweigh the images, as one product.

The windows are unfolded in the order in which the weights lie, so that neither these nor their gradient need be
transposed, which takes as long as the convolution itself: 512 channels of one image of 7 x 7 take 1.9 ms instead of
6.1, of 8 images 10.4 for 17.1, 256 channels of one image of 14 x 14 1.4 for 1.9. Windows that reach beside the image
are multiplied as a whole, and the more images there are, the less the weights count: `is_heavy` has what measurement
found.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from luojia._src.engine import processor, threads
from luojia._src.engine.kernels.columns import Ints, span
from luojia._src.engine.kernels.conv_last import first, last
from luojia._src.engine.kernels.finish import Finish
from luojia._src.engine.shortcuts import matmul

HEAVY = 1 << 19  # numbers of the weights, at least
HEAVIER = 1 << 20  # the same for its gradients, which are otherwise found together
SMALL = 100  # outputs of an image, at most
FRAMED = 4  # outputs along an axis below which most of a window lies beside the image
WHOLE = 6  # the same for gradients
FEW = 4  # channels of an input, of which BLAS multiplies too few at a time: its gradient is computed here, too
COLUMNS = 1 << 22  # numbers of the windows that are unfolded together


def is_heavy(w_shape: Ints, n: int, out: Ints, stride: Ints, gradient: bool = False) -> bool:
    """Whether n images with weights (O, C, *kernel) to ``out``, or the gradients, had better be computed here than by
    conv_last."""
    if len(w_shape) != 4 or max(w_shape[2:]) == 1 or not prod(out):
        return False
    weights, outputs, pixels = prod(w_shape), w_shape[0], n * prod(out)
    if not gradient:
        if min(out) < FRAMED and (2 if processor.multiplies_wide() else 4) * pixels > outputs:
            return False
        return weights >= HEAVY and prod(out) <= SMALL or 2 * weights >= HEAVY and 2 * pixels <= 3 * outputs
    if max(stride) > 1 and 2 * weights >= HEAVY and 4 * pixels <= outputs:
        return True
    return weights >= HEAVIER and prod(out) <= SMALL and (min(out) >= WHOLE or 8 * pixels <= outputs)


def beats_tiles(w_shape: Ints, n: int, out: Ints) -> bool:
    """Whether there are so few windows that a product of them is faster than conv_winograd's transformations."""
    return n * prod(out) <= w_shape[0] * (1.5 if processor.multiplies_wide() else 0.75)


class Geometry(NamedTuple):
    """How the windows lie on the images."""

    kernel: Ints
    out: Ints
    stride: Ints
    lo: Ints
    dilation: Ints

    def images(self, n: int, channels: int) -> Iterator[slice]:
        """The images that are unfolded together."""
        count = max(1, COLUMNS // (channels * prod(self.kernel) * prod(self.out)))
        return (slice(first, min(first + count, n)) for first in range(0, n, count))

    def padded(self, x: np.ndarray, work: np.dtype) -> tuple[np.ndarray, tuple, tuple]:
        """Zeros (C, N, *padded size) for images x (N, C, *size); where in them x lies, and what of x (or nothing)."""
        n, channels, *size = x.shape
        deep = [(o - 1) * s + (k - 1) * d + 1 for o, s, k, d in zip(self.out, self.stride, self.kernel, self.dilation)]
        rows, pixels = [span(0, m, limit, -before, 1) for m, limit, before in zip(deep, size, self.lo)]
        every, none = slice(None), slice(0, 0)
        into, source = (every, every, none, none), (every, every, none, none)
        if rows is not None and pixels is not None:
            into = every, every, slice(rows.start, rows.stop), slice(pixels.start, pixels.stop)
            source = every, every, rows.source, pixels.source
        return np.zeros((channels, n, *deep), work), into, source

    def windows(self, padded: np.ndarray) -> np.ndarray:
        """The windows (C, *kernel, N, *out) of padded images, a view."""
        channel, image, row, pixel = padded.strides
        (d0, d1), (s0, s1) = self.dilation, self.stride
        return as_strided(padded, (len(padded), *self.kernel, padded.shape[1], *self.out),
                          (channel, d0 * row, d1 * pixel, image, s0 * row, s1 * pixel))

    def columns(self, x: np.ndarray, work: np.dtype) -> np.ndarray:
        """The windows of images x as a matrix (C * kernel, N * out)."""
        padded, into, source = self.padded(x, work)
        padded[into] = x[source].swapaxes(0, 1)
        return np.ascontiguousarray(self.windows(padded)).reshape(-1, len(x) * prod(self.out))


def correlate(x: np.ndarray, w: np.ndarray, out: Ints, stride: Ints, lo: Ints, dilation: Ints, work: np.dtype,
              finish: Finish | None = None) -> np.ndarray:
    """x (N, C, H, W) with w (O, C, *kernel): (N, O, *out), channels last in memory, as ``finish`` leaves it."""
    outputs, channels, *kernel = w.shape
    how = Geometry(tuple(kernel), out, stride, lo, dilation)
    y = np.empty((len(x), *out, outputs), work)
    flat = np.ascontiguousarray(w, work).reshape(outputs, -1)
    for some in how.images(len(x), channels):
        y[some] = matmul(flat, how.columns(x[some], work)).T.reshape(-1, *out, outputs)
    if finish is not None:
        finish.whole(first(y))
    return first(y)


def spread(g: np.ndarray, w: np.ndarray, size: Ints, stride: Ints, lo: Ints, dilation: Ints,
           work: np.dtype) -> np.ndarray:
    """The gradient (N, C, *size) of the input for the gradient g (N, O, *out), channels last in memory.

    The product with the weights gives each window's part of it; these are added where the windows lie.
    """
    (n, _, *out), (outputs, channels, *kernel) = g.shape, w.shape
    how = Geometry(tuple(kernel), tuple(out), stride, lo, dilation)
    dx = np.empty((n, *size, channels), work)
    images = first(dx)
    flat = np.ascontiguousarray(w, work).reshape(outputs, -1)

    def compute(part: slice) -> None:
        for some in how.images(part.stop - part.start, channels):
            some = slice(some.start + part.start, some.stop + part.start)
            count = some.stop - some.start
            parts = matmul(flat.T, _pixels(g[some], work).T).reshape(channels, *kernel, count, *out)
            padded, into, source = how.padded(images[some], work)
            places = how.windows(padded)
            for tap in np.ndindex(*kernel):
                np.add(places[:, *tap], parts[:, *tap], out=places[:, *tap])
            images[some] = 0
            images[some][source] = padded[into].swapaxes(0, 1)

    parts = threads.ranges(n, g.size * w[0].size / threads.PRODUCTS)
    threads.spread(compute, parts if channels <= FEW else [slice(0, n)])  # BLAS has threads for the large products
    return images


def gather_weights(g: np.ndarray, x: np.ndarray, kernel: Ints, stride: Ints, lo: Ints, dilation: Ints,
                   work: np.dtype) -> np.ndarray:
    """The gradient (O, C, *kernel) of the weights for the gradient g (N, O, *out) of the output and the input x."""
    n, outputs, *out = g.shape
    how = Geometry(kernel, tuple(out), stride, lo, dilation)
    dw = None
    for some in how.images(n, x.shape[1]):
        part = matmul(_pixels(g[some], work).T, how.columns(x[some], work).T)
        dw = part if dw is None else np.add(dw, part, out=dw)
    found = np.zeros((outputs, x.shape[1] * prod(kernel)), work) if dw is None else dw
    return found.reshape(outputs, x.shape[1], *kernel)


def _pixels(g: np.ndarray, work: np.dtype) -> np.ndarray:
    """g (N, O, *out) as (N * out, O)."""
    return np.ascontiguousarray(last(g), work).reshape(-1, g.shape[1])
