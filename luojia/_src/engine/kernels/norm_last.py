"""Batch normalization of rows (see rows.py), and its gradient, in as few passes as two sums before them allow.

What a block knows of the mean and the variance is combined as in Chan, Golub and LeVeque 1979, so that x is read once:

    sum (x - mean)^2 = sum over blocks of (sum (x - mean_b)^2 + n_b (mean_b - mean)^2)
"""

from __future__ import annotations

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels.rows import Block, blocks, tile, tiles, unfold_sum
from luojia._src.engine.kernels.sums import column_sums


def normalize_rows(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float, y: np.ndarray,
                   rectified: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mean, var, inv) (C,) of the rows of x (M, C); y is filled with gamma (x - mean) inv + beta, or where that is
    less, and y to be ``rectified``, with 0.

    >>> y = np.empty((2, 1))
    >>> normalize_rows(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), 0.0, y)
    (array([2.]), array([1.]), array([1.]))
    >>> y.ravel().tolist()
    [-1.0, 1.0]
    """
    m, c = x.shape
    found = blocks(m, c, 3)

    def center(block: Block) -> tuple[np.ndarray, np.ndarray]:
        at, fold = block
        part, d = x[at].reshape(-1, fold * c), y[at].reshape(-1, fold * c)
        mean = unfold_sum(column_sums(part), fold) / (at.stop - at.start)
        np.subtract(part, tile(mean, fold), out=d)
        return mean, unfold_sum(np.einsum("ij,ij->j", d, d), fold)

    centered = threads.spread(center, found)
    each = np.array([mean for mean, _ in centered])
    mean, var = each[0], centered[0][1] / m
    if len(found) > 1:
        weights = np.array([at.stop - at.start for at, _ in found], x.dtype)[:, None] / m
        mean = (each * weights).sum(0)
        var = np.array([spread for _, spread in centered]).sum(0) / m + (weights * (each - mean) ** 2).sum(0)
    inv = 1 / np.sqrt(var + eps)
    scale = gamma * inv
    tiled = tiles(found, scale, np.zeros_like(scale))

    def scale_up(block: tuple[Block, np.ndarray]) -> None:
        (at, fold), shift = block
        d = y[at].reshape(-1, fold * c)
        np.multiply(d, tiled[fold][0], out=d)
        np.add(d, tile(shift, fold), out=d)
        if rectified:
            np.maximum(d, tiled[fold][1], out=d)

    threads.spread(scale_up, list(zip(found, (each - mean) * scale + beta)))
    return mean, var, inv


def scale_rows(x: np.ndarray, scale: np.ndarray, shift: np.ndarray, y: np.ndarray, rectified: bool = False) -> None:
    """y (M, C) is filled with x scale + shift, for x (M, C) and vectors (C,), and ``rectified`` with 0 at least.

    >>> y = np.empty((2, 1))
    >>> scale_rows(np.array([[1.0], [3.0]]), np.array([2.0]), np.array([1.0]), y)
    >>> y.ravel().tolist()
    [3.0, 7.0]
    """
    m, c = x.shape
    found = blocks(m, c, 2)
    tiled = tiles(found, scale, shift, np.zeros_like(shift))

    def compute(block: Block) -> None:
        at, fold = block
        d = y[at].reshape(-1, fold * c)
        np.multiply(x[at].reshape(d.shape), tiled[fold][0], out=d)
        np.add(d, tiled[fold][1], out=d)
        if rectified:
            np.maximum(d, tiled[fold][2], out=d)

    threads.spread(compute, found)


def normalize_rows_dx(g: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, inv: np.ndarray,
                      dx: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(dgamma, dbeta) (C,) for the gradient g (M, C) of `normalize_rows`; dx (M, C) is filled with

    gamma inv (g - mean(g) - (x - mean) inv^2 mean(g (x - mean))).
    """
    m, c = x.shape
    found = blocks(m, c, 4)
    tiled = tiles(found, mean)

    def sums(block: Block) -> np.ndarray:
        at, fold = block
        part, d = g[at].reshape(-1, fold * c), dx[at].reshape(-1, fold * c)
        np.subtract(x[at].reshape(d.shape), tiled[fold][0], out=d)
        return np.array([unfold_sum(np.einsum("ij,ij->j", d, part), fold), unfold_sum(column_sums(part), fold)])

    moment, total = threads.total(sums, found)
    put = tiles(found, inv * inv * moment / -m, total / -m, gamma * inv)

    def compute(block: Block) -> None:
        at, fold = block
        of_x, shift, scale = put[fold]
        d = dx[at].reshape(-1, fold * c)
        np.multiply(d, of_x, out=d)
        np.add(d, g[at].reshape(d.shape), out=d)
        np.add(d, shift, out=d)
        np.multiply(d, scale, out=d)

    threads.spread(compute, found)
    return moment * inv, total
