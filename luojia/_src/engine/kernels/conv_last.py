"""Convolution of images without groups, and its two gradients, computed channels last.

Arrays are (N, C, H, W) at the interface, of any layout; the results lie channels last, as views, and so do those of the
elementwise functions, norms and poolings that follow: no transposition is needed between the layers of a network.
On one core of an AMD EPYC, 3 x 3 over 16 to 64 channels runs at 75 to 100 of BLAS's 104 GFLOP/s in every direction;
channels first, the gradient of a weight runs at 50 (its long axis is both factors' last), at 30 of a small image.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels import thin
from luojia._src.engine.kernels.columns import Ints
from luojia._src.engine.kernels.finish import Finish
from luojia._src.engine.kernels.windows import Tap, Windows
from luojia._src.engine.shortcuts import matmul

MOST_TOGETHER = 1 << 14  # elements of a gradient up to which those of a block's images are made, then added
SCATTER_BYTES = 768 * 1024  # of the windows that `scatter` adds up, and of one product
FEW = 32  # outputs of an image in a block, up to which several images are multiplied together
LEAST_WASTE = 1.25  # inputs per output from which the gradient of the input adds windows up instead of gathering g


def last(a: np.ndarray) -> np.ndarray:
    """(N, C, H, W) as (N, H, W, C), a view."""
    return a.transpose(0, 2, 3, 1)


def first(a: np.ndarray) -> np.ndarray:
    """(N, H, W, C) as (N, C, H, W), a view."""
    return a.transpose(0, 3, 1, 2)


def parts_of(n: int, rows: int, micros: float) -> list[slice]:
    """The parts, for the threads, of n images; of the rows of a single one."""
    return threads.ranges(n if n > 1 else rows, micros)


def correlate(x: np.ndarray, w: np.ndarray, out: Ints, stride: Ints, lo: Ints, dilation: Ints, work: np.dtype,
              finish: Finish | None = None) -> np.ndarray:
    """x (N, C, H, W) with w (O, C, *kernel): (N, O, *out), and what ``finish`` makes of it."""
    n, channels = x.shape[:2]
    outputs, _, *kernel = w.shape
    micros = out[0] * out[1] * n * w.size / threads.PRODUCTS
    parts = parts_of(n, out[0], micros)
    if len(parts) == 1 and n and _is_pointwise(kernel, out, x.shape[2:], stride, lo):
        pixels = np.ascontiguousarray(last(x), work).reshape(-1, channels)
        y = matmul(pixels, w[:, :, 0, 0].astype(work, copy=False).T)
        if finish is not None:
            finish.rows(y)
        return first(y.reshape(n, *out, outputs))
    y = np.empty((n, *out, outputs), work)
    is_thin = thin.is_thin(channels, tuple(kernel))
    if is_thin:
        weights = np.ascontiguousarray(w.transpose(2, 1, 3, 0), work).reshape(-1, outputs)
    elif kernel == [1, 1]:
        weights = w[:, :, 0, 0].astype(work, copy=False).T[None]  # BLAS takes it as it lies
    else:
        weights = np.ascontiguousarray(w.transpose(2, 3, 1, 0), work).reshape(kernel[0], kernel[1] * channels, outputs)

    def compute(part: slice) -> None:
        some, rows = (part, slice(0, out[0])) if n > 1 else (slice(0, 1), part)
        size, above = (rows.stop - rows.start, out[1]), (lo[0] - rows.start * stride[0], lo[1])
        into = y[some, rows].reshape(some.stop - some.start if n else 0, size[0] * size[1], outputs)
        if is_thin:
            for images, places, matrix in thin.windows(x[some], tuple(kernel), size, stride, above, dilation, work):
                np.matmul(matrix.swapaxes(1, 2), weights, out=into[images, places])
                if finish is not None:
                    finish.rows(into[images, places])
            return
        windows = Windows(last(x)[some], tuple(kernel), size, stride, above, dilation, work)
        scratch = np.empty((windows.images, windows.rows * size[1], outputs), work)
        for images, places, taps in windows:
            _add_up(taps, weights, into[images, places], scratch)
            if finish is not None:
                finish.rows(into[images, places])

    threads.spread(compute, parts)
    return first(y)


def _is_pointwise(kernel: Sequence[int], out: Sequence[int], size: Ints, stride: Ints, lo: Ints) -> bool:
    """Whether each output is made of the input's channels at its own place."""
    return (*kernel, *stride, *lo, *out) == (1, 1, 1, 1, 0, 0, *size)


def _add_up(taps: list[Tap], weights: np.ndarray, out: np.ndarray, scratch: np.ndarray) -> None:
    """out (n, outputs, O) = the sum of the taps' products with their weights; ``scratch`` is at least as large."""
    if _are_few(out):
        out[...] = 0
        for tap in taps:
            target = out[:, tap.start : tap.stop]
            np.add(target, matmul(_together(tap.matrix), weights[tap.row]).reshape(target.shape), out=target)
        return
    whole = next((t for t in taps if t.stop - t.start == out.shape[1]), None)
    if whole is None:
        out[...] = 0
    else:
        np.matmul(whole.matrix, weights[whole.row], out=out)
    for tap in taps:
        if tap is not whole:
            target = out[:, tap.start : tap.stop]
            term = np.matmul(tap.matrix, weights[tap.row], out=scratch[: len(out), : target.shape[1]])
            np.add(target, term, out=target)


def gather_weights(g: np.ndarray, x: np.ndarray, kernel: Ints, stride: Ints, lo: Ints, dilation: Ints,
                   work: np.dtype) -> np.ndarray:
    """The gradient (O, C, *kernel) of a weight for the gradient g (N, O, *out) of the output and the input x."""
    channels, (n, outputs, *out) = x.shape[1], g.shape
    is_thin = thin.is_thin(channels, kernel)
    is_pointwise = _is_pointwise(kernel, out, x.shape[2:], stride, lo)

    def compute(part: slice) -> np.ndarray:
        flat = np.ascontiguousarray(last(g)[part], work).reshape(-1, out[0] * out[1], outputs)
        if is_pointwise:  # as the weight lies, which needs no transposition then
            return matmul(flat.reshape(-1, outputs).T, np.ascontiguousarray(last(x)[part], work).reshape(-1, channels))
        if is_thin:
            dw = np.zeros((kernel[0] * channels * kernel[1], outputs), work)
            for images, places, matrix in thin.windows(x[part], kernel, tuple(out), stride, lo, dilation, work):
                _accumulate(dw, matrix.swapaxes(1, 2), flat[images, places])
            return dw
        windows = Windows(last(x)[part], kernel, tuple(out), stride, lo, dilation, work)
        dw = np.zeros((kernel[0], windows.inner, outputs), work)
        for images, places, taps in windows:
            seen = flat[images, places]
            for tap in taps:
                _accumulate(dw[tap.row], tap.matrix, seen[:, tap.start : tap.stop])
        return dw

    dw = threads.total(compute, threads.ranges(n, g.size * channels * kernel[0] * kernel[1] / threads.PRODUCTS))
    if is_pointwise:
        return dw.reshape(outputs, channels, 1, 1)
    if is_thin:
        return dw.reshape(kernel[0], channels, kernel[1], outputs).transpose(3, 1, 0, 2)
    return dw.reshape(*kernel, channels, outputs).transpose(3, 2, 0, 1)


def _accumulate(total: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """total += the sum over images of a^T b, for a (n, M, K) and b (n, M, O)."""
    if _are_few(b):
        np.add(total, matmul(_together(a).T, _together(b)), out=total)
    elif len(a) == 1:
        np.add(total, np.matmul(a[0].T, b[0]), out=total)
    elif total.size <= MOST_TOGETHER:
        np.add(total, np.matmul(a.swapaxes(1, 2), b).sum(0), out=total)
    else:
        for one, other in zip(a, b):
            np.add(total, np.matmul(one.T, other), out=total)


def _are_few(pixels: np.ndarray) -> bool:
    """Whether the images (n, outputs, C) are so small that their products take longer one by one."""
    return len(pixels) > 1 and 0 < pixels.shape[1] <= FEW


def _together(a: np.ndarray) -> np.ndarray:
    """(n, M, K) as (n * M, K)."""
    return np.ascontiguousarray(a).reshape(-1, a.shape[2])


def pull(g: np.ndarray, x: np.ndarray, w: np.ndarray, lo: Ints, dilation: Ints,
         work: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of x (N, C, H, W) and of w (O, C, *kernel) in a convolution of stride 1, by the same windows of g.

    At input q they meet the mirrored kernel in dx, and x[q] in dw.
    """
    n, channels, *size = x.shape
    outputs, _, *kernel = w.shape
    mirrored = w[:, :, ::-1, ::-1]
    lo = tuple([d * (k - 1) - b for d, k, b in zip(dilation, kernel, lo)])
    inner = kernel[1] * outputs
    weights = np.ascontiguousarray(mirrored.transpose(2, 3, 0, 1), work).reshape(kernel[0], inner, channels)
    dx = np.empty((n, *size, channels), work)
    flat = dx.reshape(n, size[0] * size[1], channels)

    def compute(part: slice) -> np.ndarray:
        windows = Windows(last(g)[part], tuple(kernel), tuple(size), (1, 1), lo, dilation, work)
        dw = np.zeros((kernel[0], inner, channels), work)
        into, seen = flat[part], np.ascontiguousarray(last(x)[part], work).reshape(-1, *flat.shape[1:])
        scratch = np.empty((windows.images, windows.rows * size[1], channels), work)
        for images, places, taps in windows:
            _add_up(taps, weights, into[images, places], scratch)
            met = seen[images, places]
            for tap in taps:
                _accumulate(dw[tap.row], tap.matrix, met[:, tap.start : tap.stop])
        return dw

    dw = threads.total(compute, threads.ranges(n, 2 * dx.size * w[:, 0].size / threads.PRODUCTS))
    dw = dw.reshape(*kernel, outputs, channels)[::-1, ::-1]
    return first(dx), dw.transpose(2, 3, 0, 1)


def is_wasteful(size: Ints, out: Ints) -> bool:
    """Whether gathering g for every input multiplies mostly zeros of its padding, as after a large unpadded kernel."""
    return size[0] * size[1] > LEAST_WASTE * out[0] * out[1]


def scatter(g: np.ndarray, w: np.ndarray, size: Ints, lo: Ints, dilation: Ints, work: np.dtype) -> np.ndarray:
    """The gradient (N, C, *size) of the input of a convolution of stride 1 for the gradient g (N, O, *out).

    Each output adds its g times w to its window: GEMMs give the windows' rows, which are added where they lie.
    """
    n, outputs, *out = g.shape
    _, channels, *kernel = w.shape
    inner = kernel[1] * channels
    rows = [out[i] + (kernel[i] - 1) * dilation[i] for i in (0, 1)]  # of the padded input, as far as windows reach
    weights = np.ascontiguousarray(w.transpose(2, 0, 3, 1), work).reshape(kernel[0], outputs, inner)
    g = last(g)
    dx = np.zeros((n, *size, channels), work)
    images = max(1, min(n, SCATTER_BYTES // max(1, 2 * rows[0] * out[1] * inner * work.itemsize)))
    (down, from_rows), (across, from_columns) = [
        (slice(max(0, -b), max(0, min(m, r - b))), slice(max(0, b), max(0, min(m + b, r))))
        for m, r, b in zip(size, rows, lo)
    ]

    def compute(some: slice) -> None:
        most = min(images, some.stop - some.start)
        total = np.empty((most, rows[0], out[1], inner), work)
        term = np.empty((most, out[0] * out[1], inner), work)
        folded = np.empty((most, *rows, channels), work)
        for start in range(some.start, some.stop, images):
            part = np.ascontiguousarray(g[start : min(start + images, some.stop)], work)
            count = len(part)
            part = part.reshape(count, out[0] * out[1], outputs)
            total[:count] = 0
            for i in range(kernel[0]):
                target = total[:count, i * dilation[0] : i * dilation[0] + out[0]]
                np.matmul(part, weights[i], out=term[:count])
                np.add(target, term[:count].reshape(target.shape), out=target)
            folded[:count] = 0
            windows = total[:count].reshape(count, rows[0], out[1], kernel[1], channels)
            for j in range(kernel[1]):
                target = folded[:count, :, j * dilation[1] : j * dilation[1] + out[1]]
                np.add(target, windows[:, :, :, j], out=target)
            dx[start : start + count, down, across] = folded[:count, from_rows, from_columns]

    threads.spread(compute, threads.ranges(n, g.size * w[0].size / threads.PRODUCTS))
    return first(dx)
