"""Layer normalization of rows: statistics over each row of a matrix, gamma and beta for its columns.

Rows are taken in blocks that stay in the cache. Sums are products of matrices with vectors: with ones, with gamma, or
with a row itself.
"""

from __future__ import annotations

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels.sums import column_sums, row_sums

BLOCK = 1 << 17  # numbers of a block
PASSED = 3e3  # numbers in a microsecond


def normalize(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float,
              y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mean, var, inv) (M,) of the rows of x (M, n); y is filled with gamma (x - mean) inv + beta.

    >>> y = np.empty((1, 2))
    >>> normalize(np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2), 0.0, y)
    (array([2.]), array([1.]), array([1.]))
    >>> y.tolist()
    [[-1.0, 1.0]]
    """
    m, n = x.shape
    mean, var, inv = (np.empty(m, x.dtype) for _ in range(3))
    height = _height(n)
    scale, shift = _tile(gamma, m, height), _tile(beta, m, height)

    def compute(part: slice) -> None:
        for start in range(part.start, part.stop, height):
            at = slice(start, min(start + height, part.stop))
            d = y[at]
            center = np.divide(row_sums(x[at]), n, out=mean[at])
            np.subtract(x[at], center[:, None], out=d)
            np.divide(_dots(d, d), n, out=var[at])
            np.divide(1, np.sqrt(var[at] + eps), out=inv[at])
            np.multiply(d, inv[at, None], out=d)
            np.multiply(d, scale[-len(d) :], out=d)
            np.add(d, shift[-len(d) :], out=d)

    threads.spread(compute, threads.ranges(m, 6 * x.size / PASSED))
    return mean, var, inv


def normalize_dx(g: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, inv: np.ndarray,
                 dx: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(dgamma, dbeta) (n,) for the gradient g (M, n) of `normalize`; dx (M, n) is filled with

    inv (u - mean(u) - (x - mean) inv^2 mean(u (x - mean))) for u = g gamma.
    """
    m, n = x.shape
    height = _height(n)
    scale = _tile(gamma, m, height)

    def compute(part: slice) -> np.ndarray:
        sums = np.zeros((2, n), x.dtype)
        spare = np.empty((min(height, part.stop - part.start), n), x.dtype)
        for start in range(part.start, part.stop, height):
            at = slice(start, min(start + height, part.stop))
            d, u, each = dx[at], spare[: min(height, part.stop - start)], g[at]
            np.subtract(x[at], mean[at, None], out=u)
            np.multiply(u, each, out=d)
            sums[0] += inv[at].dot(d)
            sums[1] += column_sums(each)
            moment, of_g = d.dot(gamma), each.dot(gamma)
            u *= (moment * inv[at] ** 2 / n)[:, None]
            np.multiply(each, scale[-len(d) :], out=d)
            d -= u
            d -= (of_g / n)[:, None]
            d *= inv[at, None]
        return sums

    dgamma, dbeta = threads.total(compute, threads.ranges(m, 8 * x.size / PASSED))
    return dgamma, dbeta


def _height(n: int) -> int:
    """The rows of a block."""
    return max(1, BLOCK // n)


def _tile(v: np.ndarray, m: int, height: int) -> np.ndarray:
    """v as one row, or repeated as a block of several: passes over rows of one shape take half of the time."""
    if m <= height:
        return v[None]
    out = np.empty((height, len(v)), v.dtype)
    out[...] = v
    return out


def _dots(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The scalar product of each row of a with that of b, by BLAS."""
    return np.matmul(a[:, None, :], b[:, :, None])[:, 0, 0]
