"""Arrays whose channels lie last in memory, as rows (M, C), and passes over them with one number for each channel.

Rows of few channels are folded, several to one, so that a pass runs over long rows, and taken in blocks.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from luojia._src.engine import threads

Block = tuple[slice, int]

BLOCK = 1 << 18  # numbers of a block; below some 64 thousand the calls cost more than the cache gives
FOLDED = 1024  # numbers of a folded row
PASSED = 4e3  # numbers in a microsecond


def rows(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray | None:
    """x as (M, C), a view, where C is the one axis that is not among ``axes`` and lies last in memory; else None.

    >>> rows(np.zeros((2, 5, 4, 3)).transpose(0, 3, 1, 2), (0, 2, 3)).shape
    (40, 3)
    >>> rows(np.zeros((2, 3, 5, 4)), (0, 2, 3)) is None
    True
    """
    if len(axes) != x.ndim - 1 or not x.size:
        return None
    order = _channel_last(x.ndim, axes)
    moved = x.transpose(order)
    return moved.reshape(-1, x.shape[order[-1]]) if moved.flags.c_contiguous else None


@lru_cache
def _channel_last(rank: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    """All axes in order, but the one that is not among ``axes`` last."""
    channel = next(a for a in range(rank) if a not in axes)
    return (*[a for a in range(rank) if a != channel], channel)


def blocks(m: int, c: int, passes: int) -> list[Block]:
    """The rows of each block of an array (m, c), and how many of them make a folded row.

    Where threads can share so many ``passes`` over the array, there is a block for each.
    """
    return _blocks(m, c, threads.number(passes * m * c / PASSED), BLOCK)


@lru_cache(1024)
def _blocks(m: int, c: int, parts: int, most: int) -> list[Block]:
    fold = max(1, min(FOLDED // c, m))
    step = max(1, min(most // (fold * c), -(-m // (fold * parts)))) * fold
    whole = m - m % fold
    found = [(slice(start, min(start + step, whole)), fold) for start in range(0, whole, step)]
    return found if whole == m else [*found, (slice(whole, m), 1)]


def tiles(found: list[Block], *vectors: np.ndarray) -> dict[int, list[np.ndarray]]:
    """The vectors (c,) repeated as folded rows, by how many rows are folded."""
    return {fold: [tile(v, fold) for v in vectors] for fold in {fold for _, fold in found}}


def tile(v: np.ndarray, fold: int) -> np.ndarray:
    """v (c,) repeated, (fold * c,)."""
    out = np.empty((fold, len(v)), v.dtype)
    out[...] = v
    return out.reshape(-1)


def unfold_sum(folded: np.ndarray, fold: int) -> np.ndarray:
    """The sum (c,) of the parts of a sum over folded rows (fold * c,)."""
    return np.add.reduce(folded.reshape(fold, -1), 0)


def total(x: np.ndarray) -> np.ndarray:
    """The sum (C,) over the rows of x (M, C).

    >>> total(np.ones((5, 2))).tolist()
    [5.0, 5.0]
    """
    m, c = x.shape

    def compute(block: Block) -> np.ndarray:
        at, fold = block
        return unfold_sum(np.add.reduce(x[at].reshape(-1, fold * c), 0), fold)

    return threads.total(compute, blocks(m, c, 1)) if m else np.zeros(c, x.dtype)
