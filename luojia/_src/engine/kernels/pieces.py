"""Products of stacks of tall matrices (..., M, K) with few columns, in pieces that OpenBLAS multiplies as they lie.

It copies both factors of a larger product into an order of its own first, which for 16 to 64 columns takes up to a
third of the time (see skinny.py). On one core of an AMD EPYC, 192 x 64 meets 1120 rows at 208 GFLOP/s, pieces of 64
rows at 236; as a gradient, a^T b, at 193 and 234.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from luojia._src.engine import processor
from luojia._src.engine.kernels.skinny import SMALL

WIDEST = 96  # columns up to which pieces are faster
SHORTEST = 32  # rows of a piece
SHORTEST_SUMMED = 64  # the same of a gradient, as what the pieces give is added
NARROW = range(8, 32)  # columns of a gradient that is computed faster as b^T a, if not over few
LEAST_DEPTH = 48


def cut(a: np.ndarray, columns: int, least: int = SHORTEST) -> np.ndarray:
    """a (..., M, K), whose rows lie one after the other, as (..., pieces, rows, K), a view, for products with so many
    columns. Pieces have as many rows each, at ``least`` so many; there is one where more are no faster.

    >>> cut(np.zeros((1, 6, 2)), 1).shape
    (1, 1, 6, 2)
    """
    height, depth = a.shape[-2:]
    count = _pieces(height, depth, columns, least)
    return a.reshape(*a.shape[:-2], count, height // count, depth)


def meet(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a^T b, for stacks of a (M, K) and b (M, N)."""
    if b.shape[-1] in NARROW and a.shape[-1] >= LEAST_DEPTH:
        return np.matmul(b.swapaxes(-1, -2), a).swapaxes(-1, -2)
    return np.matmul(a.swapaxes(-1, -2), b)


@lru_cache(1024)
def _pieces(height: int, depth: int, columns: int, least: int) -> int:
    size = height * depth * columns
    if size <= SMALL or columns > WIDEST or not processor.has_small_products():
        return 1
    counts = range(-(-size // SMALL), height // least + 1)
    return next((count for count in counts if height % count == 0), 1)
