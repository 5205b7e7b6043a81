"""Batch normalization of rows (see rows.py), and its gradient, in as few passes as two sums before them allow.

What a block knows of the mean and the variance is combined as in Chan, Golub and LeVeque 1979, so that x is read once:

    sum (x - mean)^2 = sum over blocks of (sum (x - mean_b)^2 + n_b (mean_b - mean)^2)
"""

from __future__ import annotations

import numpy as np

from luojia._src.engine.kernels.rows import blocks, tile, tiles, unfold_sum


def normalize_rows(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float,
                   y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mean, var, inv) (C,) of the rows of x (M, C); y is filled with gamma (x - mean) inv + beta.

    >>> y = np.empty((2, 1))
    >>> normalize_rows(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), 0.0, y)
    (array([2.]), array([1.]), array([1.]))
    >>> y.ravel().tolist()
    [-1.0, 1.0]
    """
    m, c = x.shape
    counts, means, spreads = [], [], []
    for at, fold in blocks(m, c):
        block, d = x[at].reshape(-1, fold * c), y[at].reshape(-1, fold * c)
        mean = unfold_sum(np.add.reduce(block, 0), fold) / (at.stop - at.start)
        np.subtract(block, tile(mean, fold), out=d)
        counts.append(at.stop - at.start)
        means.append(mean)
        spreads.append(unfold_sum(np.einsum("ij,ij->j", d, d), fold))
    weights = np.array(counts, x.dtype)[:, None] / m
    each = np.array(means)
    mean = (each * weights).sum(0)
    var = np.array(spreads).sum(0) / m + (weights * (each - mean) ** 2).sum(0)
    inv = 1 / np.sqrt(var + eps)
    scale = gamma * inv
    tiled = tiles(m, c, scale)
    for (at, fold), other in zip(blocks(m, c), means):
        d = y[at].reshape(-1, fold * c)
        np.multiply(d, tiled[fold][0], out=d)
        np.add(d, tile((other - mean) * scale + beta, fold), out=d)
    return mean, var, inv


def normalize_rows_dx(g: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, inv: np.ndarray,
                      dx: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(dgamma, dbeta) (C,) for the gradient g (M, C) of `normalize_rows`; dx (M, C) is filled with

    gamma inv (g - mean(g) - (x - mean) inv^2 mean(g (x - mean))).
    """
    m, c = x.shape
    tiled = tiles(m, c, mean)
    total, moment = np.zeros((2, c), x.dtype)
    for at, fold in blocks(m, c):
        block, d = g[at].reshape(-1, fold * c), dx[at].reshape(-1, fold * c)
        np.subtract(x[at].reshape(d.shape), tiled[fold][0], out=d)
        moment += unfold_sum(np.einsum("ij,ij->j", d, block), fold)
        total += unfold_sum(np.add.reduce(block, 0), fold)
    tiled = tiles(m, c, inv * inv * moment / -m, total / -m, gamma * inv)
    for at, fold in blocks(m, c):
        of_x, shift, scale = tiled[fold]
        d = dx[at].reshape(-1, fold * c)
        np.multiply(d, of_x, out=d)
        np.add(d, g[at].reshape(d.shape), out=d)
        np.add(d, shift, out=d)
        np.multiply(d, scale, out=d)
    return moment * inv, total
