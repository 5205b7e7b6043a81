"""Convolution of images without groups, and its two gradients, computed channels last.

Arrays are (N, C, H, W) at the interface, of any layout; the results lie channels last, as views, and so do those of the
elementwise functions, norms and poolings that follow: no transposition is needed between the layers of a network.
On one core of an AMD EPYC, 3 x 3 over 16 to 64 channels runs at 75 to 100 of BLAS's 104 GFLOP/s in every direction;
channels first, the gradient of a weight runs at 50 (its long axis is both factors' last), at 30 of a small image.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from luojia._src.engine import processor, threads
from luojia._src.engine.kernels import thin
from luojia._src.engine.kernels.columns import Ints
from luojia._src.engine.kernels.finish import Finish
from luojia._src.engine.kernels.taps import Gradient, Sums, accumulate
from luojia._src.engine.kernels.windows import Windows
from luojia._src.engine.shortcuts import matmul

SCATTER_BYTES = 768 * 1024  # of the windows that `scatter` adds up, and of one product
PAIRED = range(2, 17)  # channels of a product that are so few that those of two neighbours are computed together
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
    is_thin = thin.is_thin(channels, tuple(kernel))
    if not is_thin and _come_in_pairs(outputs, kernel, out, stride, dilation):
        y = correlate(x, _paired(w), (out[0], out[1] // 2), (stride[0], 2), lo, dilation, work,
                      None if finish is None else finish.doubled())
        return first(last(y).reshape(n, *out, outputs))
    y = np.empty((n, *out, outputs), work)
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
        sums = Sums(weights)
        for block in windows:
            found = into[block.images, block.outputs]
            sums.put(block, found)
            if finish is not None:
                finish.rows(found)

    threads.spread(compute, parts)
    return first(y)


def _is_pointwise(kernel: Sequence[int], out: Sequence[int], size: Ints, stride: Ints, lo: Ints) -> bool:
    """Whether each output is made of the input's channels at its own place."""
    return (*kernel, *stride, *lo, *out) == (1, 1, 1, 1, 0, 0, *size)


def _come_in_pairs(outputs: int, kernel: Sequence[int], out: Sequence[int], stride: Ints, dilation: Ints) -> bool:
    """Whether outputs of few channels are computed two by two, from windows that are wider by one input.

    BLAS multiplies matrices of 32 columns 1.4 times as fast as of 16, and a third fewer numbers are unfolded; for that,
    a third of the products is with zeros, of a kernel of 3. With vectors of 8 numbers its 16 columns are fast alone.
    """
    return (outputs in PAIRED and (outputs < 16 or processor.has_small_products()) and kernel[1] > 2
            and stride[1] == dilation[1] == 1 and out[1] % 2 == 0)


def _paired(w: np.ndarray) -> np.ndarray:
    """The weights (2 O, C, rows, columns + 1) of outputs two by two: those of the second are moved by one column."""
    outputs, channels, rows, columns = w.shape
    found = np.zeros((2, outputs, channels, rows, columns + 1), w.dtype)
    found[0, ..., :-1] = found[1, ..., 1:] = w
    return found.reshape(-1, channels, rows, columns + 1)


def _unpaired(dw: np.ndarray) -> np.ndarray:
    """The gradient (O, C, rows, columns) of the weights for the gradient of what `_paired` makes of them."""
    first, second = dw.reshape(2, -1, *dw.shape[1:])
    return first[..., :-1] + second[..., 1:]


def gather_weights(g: np.ndarray, x: np.ndarray, kernel: Ints, stride: Ints, lo: Ints, dilation: Ints,
                   work: np.dtype) -> np.ndarray:
    """The gradient (O, C, *kernel) of a weight for the gradient g (N, O, *out) of the output and the input x."""
    channels, (n, outputs, *out) = x.shape[1], g.shape
    is_thin = thin.is_thin(channels, kernel)
    is_pointwise = _is_pointwise(kernel, out, x.shape[2:], stride, lo)

    def compute(part: slice) -> np.ndarray:
        flat = np.ascontiguousarray(last(g)[part], work).reshape(part.stop - part.start, out[0] * out[1], outputs)
        if is_pointwise:  # as the weight lies, which needs no transposition then
            return matmul(flat.reshape(-1, outputs).T, np.ascontiguousarray(last(x)[part], work).reshape(-1, channels))
        if is_thin:
            dw = np.zeros((kernel[0] * channels * kernel[1], outputs), work)
            for images, places, matrix in thin.windows(x[part], kernel, tuple(out), stride, lo, dilation, work):
                accumulate(dw, matrix.swapaxes(1, 2), flat[images, places])
            return dw
        windows = Windows(last(x)[part], kernel, tuple(out), stride, lo, dilation, work)
        gradient = Gradient(windows, outputs, work)
        for block in windows:
            gradient.add(block, flat[block.images, block.outputs])
        return gradient.total

    dw = threads.total(compute, threads.ranges(n, g.size * channels * kernel[0] * kernel[1] / threads.PRODUCTS))
    if is_pointwise:
        return dw.reshape(outputs, channels, 1, 1)
    if is_thin:
        return dw.reshape(kernel[0], channels, kernel[1], outputs).transpose(3, 1, 0, 2)
    return dw.reshape(*kernel, channels, outputs).transpose(3, 2, 0, 1)


def pull(g: np.ndarray, x: np.ndarray, w: np.ndarray, lo: Ints, dilation: Ints,
         work: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of x (N, C, H, W) and of w (O, C, *kernel) in a convolution of stride 1, by the same windows of g.

    At input q they meet the mirrored kernel in dx, and x[q] in dw.
    """
    kernel = w.shape[2:]
    mirrored = w[:, :, ::-1, ::-1].swapaxes(0, 1)
    lo = tuple([d * (k - 1) - b for d, k, b in zip(dilation, kernel, lo)])
    seen = last(x)
    if pairs := _come_in_pairs(x.shape[1], kernel, x.shape[2:], (1, 1), dilation):
        n, height, width, channels = seen.shape
        seen = np.ascontiguousarray(seen, work).reshape(n, height, width // 2, 2 * channels)
        mirrored = _paired(mirrored)
    dx, dw = _met(last(g), seen, mirrored, (1, 2 if pairs else 1), lo, dilation, work)
    dw = _unpaired(dw) if pairs else dw
    return first(dx.reshape(last(x).shape)), dw[:, :, ::-1, ::-1].swapaxes(0, 1)


def _met(g: np.ndarray, x: np.ndarray, w: np.ndarray, stride: Ints, lo: Ints, dilation: Ints,
         work: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """What the windows of g (N, H, W, O) become by w (C, O, *kernel), like x (N, *size, C), and the gradient of w for
    x as that of these."""
    n, *size, channels = x.shape
    _, outputs, *kernel = w.shape
    inner = kernel[1] * outputs
    weights = np.ascontiguousarray(w.transpose(2, 3, 1, 0), work).reshape(kernel[0], inner, channels)
    y = np.empty(x.shape, work)
    flat = y.reshape(n, size[0] * size[1], channels)

    def compute(part: slice) -> np.ndarray:
        windows = Windows(g[part], tuple(kernel), tuple(size), stride, lo, dilation, work)
        sums, gradient = Sums(weights), Gradient(windows, channels, work)
        into = flat[part]
        seen = np.ascontiguousarray(x[part], work).reshape(into.shape)
        for block in windows:
            places = block.images, block.outputs
            sums.put(block, into[places])
            gradient.add(block, seen[places])
        return gradient.total

    dw = threads.total(compute, threads.ranges(n, 2 * y.size * w[0].size / threads.PRODUCTS))
    return y, dw.reshape(*kernel, outputs, channels).transpose(3, 2, 0, 1)


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
