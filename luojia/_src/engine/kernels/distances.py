"""Distances of each row of one array to each of another, a block of differences that a cache holds at a time.

Of many rows sum (x - y)^2 is sum x^2 + sum y^2 - 2 sum x y, a product of matrices, in a tenth of the time. Where that
is small beside its terms, few digits of it are right: such pairs are found by their differences after all.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from luojia._src.engine.kernels.halves import cast
from luojia._src.engine.kernels.precision import widen

_BLOCK = 1 << 16  # differences
_PAIRS = 1 << 10  # of rows, from which they are multiplied
_NEAR = 1 / 8  # of the terms' sum, below which a pair is found by its difference
_FEW = 1 / 16  # of all pairs that may be so near


def distances(x: np.ndarray, y: np.ndarray, p: float) -> np.ndarray:
    """The p-norms, p being 1 or 2, of x_i - y_j for x (..., P, M) and y (..., R, M): (..., P, R).

    >>> distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]), 2)
    array([[5., 1.]])
    """
    out = np.empty((*x.shape[:-1], y.shape[-2]), widen(x[..., :0]).dtype)
    for left, right, total, rows, columns in _pairs(x, y, out):
        if p == 2 and (near := _products(left, right, total)) is not None:
            d = left[near[0]] - right[near[1]]
            total[near] = np.einsum("ij,ij->i", d, d)
            continue
        for i, j, d in _blocks(left, right, rows, columns):
            np.multiply(d, d, out=d) if p == 2 else np.abs(d, out=d)
            a, b, m = d.shape
            total[i, j] = d.reshape(a * b, m).dot(np.ones(m, d.dtype)).reshape(a, b)
    return (np.sqrt(out, out=out) if p == 2 else out).astype(x.dtype, copy=False)


def distances_dx(g: np.ndarray, ans: np.ndarray, x: np.ndarray, y: np.ndarray, p: float) -> tuple:
    """The gradients of x and y for the gradient g of ``ans = distances(x, y, p)``; none where the distance is 0."""
    dx, dy = np.zeros(x.shape, widen(x[..., :0]).dtype), np.zeros(y.shape, widen(y[..., :0]).dtype)
    share = widen(g)
    if p == 2:
        share = np.divide(share, widen(ans), out=np.zeros_like(share), where=ans != 0)
    parts = zip(_pairs(x, y, share), _matrices(dx), _matrices(dy))
    for (a, b, w, rows, columns), da, db in parts:
        if p == 2 and (near := _products(a, b, np.empty(w.shape, w.dtype))) is not None:
            of_near = w[near][:, None] * (a[near[0]] - b[near[1]])
            far, middle = w.copy(), b.mean(0)
            far[near] = 0
            a, b = a - middle, b - middle
            da += far.sum(1)[:, None] * a - far.dot(b)
            db += far.sum(0)[:, None] * b - far.T.dot(a)
            np.add.at(da, near[0], of_near)
            np.subtract.at(db, near[1], of_near)
            continue
        for i, j, d in _blocks(a, b, rows, columns):
            if p == 1:
                np.sign(d, out=d)
            part = w[i, j]
            da[i] += np.matmul(part[:, None], d)[:, 0]
            d *= part[..., None]
            db[j] -= np.ones(len(d), d.dtype).dot(d.reshape(len(d), d[0].size)).reshape(d.shape[1:])
    return cast(dx, x.dtype), cast(dy, y.dtype)


def _products(x: np.ndarray, y: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """``total`` is filled with the squared distances of many rows but for the pairs near one another, which are told;
    None where there are few rows, many such pairs, or numbers that are not finite."""
    if total.size < _PAIRS or x.shape[1] < 4:
        return None
    middle = y.mean(0)
    x, y = x - middle, y - middle
    of_x, of_y = np.einsum("ij,ij->i", x, x), np.einsum("ij,ij->i", y, y)
    np.matmul(x, y.T, out=total)
    total *= -2
    terms = of_x[:, None] + of_y
    total += terms
    terms *= _NEAR
    rows, columns = np.nonzero(~(total >= terms))
    return (rows, columns) if len(rows) <= _FEW * total.size else None


def _pairs(x: np.ndarray, y: np.ndarray, out: np.ndarray) -> Iterator[tuple]:
    """The matrices of a batch, the part of ``out`` for them, and the sides of a block."""
    columns = max(1, min(y.shape[-2], _BLOCK // max(x.shape[-1], 1)))
    rows = max(1, _BLOCK // (columns * max(x.shape[-1], 1)))
    for a, b, part in zip(_matrices(widen(x)), _matrices(widen(y)), _matrices(out)):
        yield a, b, part, rows, columns


def _matrices(x: np.ndarray) -> np.ndarray:
    return x.reshape(prod(x.shape[:-2]), *x.shape[-2:])


def _blocks(x: np.ndarray, y: np.ndarray, rows: int, columns: int) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """x_i - y_j for blocks of i and j."""
    for r in range(0, len(x), rows):
        for c in range(0, len(y), columns):
            i, j = slice(r, r + rows), slice(c, c + columns)
            yield i, j, x[i, None] - y[None, j]
