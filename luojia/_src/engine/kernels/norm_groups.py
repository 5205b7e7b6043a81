"""Group and instance normalization of contiguous arrays (N, ..., C, *size): statistics over the last axes, a gamma and
a beta for each of the rows that these consist of, as a group consists of channels.

Sums are products by BLAS, of rows with ones or with rows, and groups are taken in blocks that stay in the cache.
"""

from __future__ import annotations

from math import prod

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels.sums import row_sums

BLOCK = 1 << 16  # numbers of a block
PASSED = 3e3  # numbers in a microsecond


def channels(x: np.ndarray, gamma: np.ndarray, axes: tuple[int, ...]) -> tuple[int, int] | None:
    """(groups, channels of a group) where this file has the way, gamma having x's rank; else None.

    >>> channels(np.zeros((2, 3, 4, 5, 5)), np.zeros((1, 3, 4, 1, 1)), (2, 3, 4))
    (6, 4)
    """
    first = x.ndim - len(axes)
    if not first or min(axes) < first or not x.size or not x.flags.c_contiguous or x.dtype.char not in "fd":
        return None
    if gamma.shape[first] != 1 and any(n != 1 for n in gamma.shape[first + 1 :]):
        return None
    if gamma.shape[first] == 1 and any(n != 1 for n in gamma.shape[first:]):
        return None
    return prod(x.shape[:first]), gamma.shape[first]


def normalize(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, axes: tuple[int, ...], eps: float, groups: int,
              each: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(y, mean, var, inv), the last three with the axes kept as 1."""
    kept = tuple([1 if a in axes else n for a, n in enumerate(x.shape)])
    n = x.size // groups
    y = np.empty_like(x)
    source, into = x.reshape(groups, n), y.reshape(groups, n)
    mean, var, inv = (np.empty((groups, 1), x.dtype) for _ in range(3))
    scale, shift = [_by_channel(v, kept, groups, each) for v in (gamma, beta)]
    height = max(1, BLOCK // n)

    def compute(part: slice) -> None:
        for start in range(part.start, part.stop, height):
            at = slice(start, min(start + height, part.stop))
            d = into[at]
            mean[at, 0] = row_sums(source[at]) / n
            np.subtract(source[at], mean[at], out=d)
            var[at, 0] = dots(d, d) / n
            inv[at] = 1 / np.sqrt(var[at] + eps)
            d = d.reshape(-1, n // each)
            np.multiply(d, (scale[at] * inv[at]).reshape(-1, 1), out=d)
            np.add(d, shift[at].reshape(-1, 1), out=d)

    threads.spread(compute, threads.ranges(groups, 5 * x.size / PASSED))
    return y, mean.reshape(kept), var.reshape(kept), inv.reshape(kept)


def normalize_dx(g: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, inv: np.ndarray, groups: int,
                 each: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(dx, dgamma, dbeta) for the gradient g of y. With u = g gamma and d = x - mean,

    dx = inv (u - mean(u) - d inv^2 mean(u d)).
    """
    n = x.size // groups
    dx = np.empty_like(x)
    source, of_y, into = [a.reshape(groups, n) for a in (x, g, dx)]
    moments, totals = np.empty((2, groups, each), x.dtype)
    scale = _by_channel(gamma, mean.shape, groups, each)
    center, slope = mean.reshape(-1, 1), inv.reshape(-1, 1)
    height = max(1, BLOCK // n)

    def compute(part: slice) -> None:
        spare = np.empty((min(height, part.stop - part.start) * each, n // each), x.dtype)
        for start in range(part.start, part.stop, height):
            at = slice(start, min(start + height, part.stop))
            d = into[at]
            np.subtract(source[at], center[at], out=d)
            rows, gradients = d.reshape(-1, n // each), of_y[at].reshape(-1, n // each)
            moments[at] = dots(rows, gradients).reshape(-1, each)
            totals[at] = row_sums(gradients).reshape(-1, each)
            moment = (moments[at] * scale[at]).sum(1, keepdims=True)
            np.multiply(d, moment * slope[at] ** 3 / -n, out=d)
            np.subtract(d, (totals[at] * scale[at]).sum(1, keepdims=True) * slope[at] / n, out=d)
            u = np.multiply(gradients, (scale[at] * slope[at]).reshape(-1, 1), out=spare[: len(rows)])
            np.add(rows, u, out=rows)

    threads.spread(compute, threads.ranges(groups, 7 * x.size / PASSED))
    shape = tuple([max(a, b) for a, b in zip(mean.shape, gamma.shape)])
    apart = tuple([a for a, (m, k) in enumerate(zip(shape, gamma.shape)) if k == 1 != m])
    dgamma, dbeta = [v.reshape(shape).sum(apart, keepdims=True) for v in (moments * slope, totals)]
    return dx, dgamma, dbeta


def _by_channel(v: np.ndarray, kept: tuple[int, ...], groups: int, each: int) -> np.ndarray:
    """gamma or beta as (groups, channels of a group)."""
    shape = tuple([n if n != 1 else v.shape[a] for a, n in enumerate(kept)])
    return np.broadcast_to(v, shape).reshape(groups, each)


def dots(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The scalar product of each row of a with that of b, by BLAS."""
    return np.matmul(a[:, None, :], b[:, :, None])[:, 0, 0]
