"""Depthwise convolution of images, each channel with a kernel of its own, and its gradients, computed channels last.

A row of outputs, width x channels numbers, is the sum over the kernel of a run of the padded input times a row of
weights, which `einsum` multiplies and adds in one pass: 256 channels of 28 x 28 take 0.6 ms for two images, half of
what one small product of matrices for each channel takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from luojia._src.engine import threads
from luojia._src.engine.kernels.columns import Ints, span
from luojia._src.engine.kernels.conv_last import first, last, parts_of
from luojia._src.engine.kernels.finish import Finish

BLOCK = 1 << 16  # numbers of a block's outputs
SPEED = 6e3  # multiplied and added in a microsecond


def is_depthwise(groups: int, w_shape: Ints) -> bool:
    """Whether a convolution of images with weights (O, C / groups, *kernel) has a kernel for each channel."""
    return len(w_shape) == 4 and 1 < groups == w_shape[0] and w_shape[1] == 1


class Block(NamedTuple):
    """Some images and rows of outputs, and their windows (*kernel, n, rows, width * C), a view of a padded copy."""

    images: slice
    rows: slice
    windows: np.ndarray


def blocks(x: np.ndarray, kernel: Ints, out: Ints, stride: Ints, lo: Ints, dilation: Ints,
           work: np.dtype) -> Iterator[Block]:
    """The windows of x (N, H, W, C), in one buffer that is filled again and again."""
    n, height, width, channels = x.shape
    (k0, k1), (s0, s1), (d0, d1) = kernel, stride, dilation
    row = max(1, out[1] * channels)
    count = min(out[0], max(1, BLOCK // row))
    several = max(1, min(n, BLOCK // (row * count))) if count == out[0] else 1
    deep = (count - 1) * s0 + (k0 - 1) * d0 + 1
    padded = np.zeros((several, deep, (out[1] - 1) * s1 + (k1 - 1) * d1 + 1, channels), work)
    across = span(0, padded.shape[2], width, -lo[1], 1)
    spaced = np.empty((several, deep, k1, out[1], channels), work) if s1 > 1 else padded
    image, down, *_, pixel, number = spaced.strides
    tap = spaced.strides[2] if s1 > 1 else d1 * pixel
    for start in range(0, out[0], count):
        stop = min(start + count, out[0])
        met = span(0, deep, height, start * s0 - lo[0], 1)
        if start:
            padded[:, : met.start if met else deep] = 0
            padded[:, met.stop if met else deep :] = 0
        for top in range(0, n, several):
            images = slice(top, min(top + several, n))
            held = images.stop - top
            if met is not None and across is not None:
                padded[:held, met.start : met.stop, across.start : across.stop] = x[images, met.source, across.source]
            if s1 > 1:
                for j in range(k1):
                    spaced[:held, :, j] = padded[:held, :, j * d1 : j * d1 + (out[1] - 1) * s1 + 1 : s1]
            yield Block(images, slice(start, stop), as_strided(
                spaced, (k0, k1, held, stop - start, out[1] * channels), (d0 * down, tap, image, s0 * down, number)))


def correlate(x: np.ndarray, w: np.ndarray, out: Ints, stride: Ints, lo: Ints, dilation: Ints, work: np.dtype,
              finish: Finish | None = None) -> np.ndarray:
    """x (N, C, H, W) with w (C, 1, *kernel): (N, C, *out), channels last in memory, as ``finish`` leaves it."""
    (n, channels), kernel = x.shape[:2], w.shape[2:]
    y = np.empty((n, *out, channels), work)
    weights = np.empty((*kernel, out[1], channels), work)
    weights[...] = w.transpose(2, 3, 1, 0)
    weights = weights.reshape(*kernel, -1)

    def compute(part: slice) -> None:
        some, down = (part, slice(0, out[0])) if n > 1 else (slice(0, 1), part)
        size, above = (down.stop - down.start, out[1]), (lo[0] - down.start * stride[0], lo[1])
        into = y[some, down].reshape(-1, size[0], weights.shape[2])
        for images, rows, windows in blocks(last(x)[some], kernel, size, stride, above, dilation, work):
            met = into[images, rows]
            np.einsum("ijnhx,ijx->nhx", windows, weights, out=met)
            if finish is not None:
                finish.rows(met.reshape(*met.shape[:2], out[1], channels))

    micros = y.size * w[0].size / SPEED
    threads.spread(compute, parts_of(n, out[0], micros))
    return first(y)


def spread(g: np.ndarray, w: np.ndarray, size: Ints, stride: Ints, lo: Ints, dilation: Ints,
           work: np.dtype) -> np.ndarray:
    """The gradient (N, C, *size) of the input for the gradient g (N, C, *out), channels last in memory."""
    kernel, out = w.shape[2:], g.shape[2:]
    if stride == (1, 1):
        before = (dilation[0] * (kernel[0] - 1) - lo[0], dilation[1] * (kernel[1] - 1) - lo[1])
        return correlate(g, w[:, :, ::-1, ::-1], size, stride, before, dilation, work)
    n, channels = g.shape[:2]
    dx, weights = np.zeros((n, *size, channels), work), np.ascontiguousarray(w[:, 0].transpose(1, 2, 0), work)
    taps = [(i, j, down, across) for i in range(kernel[0]) for j in range(kernel[1])
            if (down := span(0, out[0], size[0], i * dilation[0] - lo[0], stride[0])) is not None
            and (across := span(0, out[1], size[1], j * dilation[1] - lo[1], stride[1])) is not None]

    def compute(part: slice) -> None:
        for into, one in zip(dx[part], last(g)[part]):
            one = np.ascontiguousarray(one, work)
            for i, j, down, across in taps:
                into[down.source, across.source] += one[
                    down.start : down.stop, across.start : across.stop] * weights[i, j]

    threads.spread(compute, threads.ranges(n, 2 * g.size * w[0].size / SPEED))
    return first(dx)


def gather_weights(g: np.ndarray, x: np.ndarray, kernel: Ints, stride: Ints, lo: Ints, dilation: Ints,
                   work: np.dtype) -> np.ndarray:
    """The gradient (C, 1, *kernel) of the weights for the gradient g (N, C, *out) of the output and the input x."""
    n, channels, *out = g.shape

    def compute(part: slice) -> np.ndarray:
        total = np.zeros((*kernel, out[1] * channels), work)
        for images, rows, windows in blocks(last(x)[part], kernel, tuple(out), stride, lo, dilation, work):
            met = np.ascontiguousarray(last(g)[part][images, rows], work)
            total += np.einsum("ijnhx,nhx->ijx", windows, met.reshape(*met.shape[:2], -1))
        return total.reshape(*kernel, out[1], channels).sum(2)

    dw = threads.total(compute, threads.ranges(n, g.size * kernel[0] * kernel[1] / SPEED))
    return dw.transpose(2, 0, 1)[:, None]
