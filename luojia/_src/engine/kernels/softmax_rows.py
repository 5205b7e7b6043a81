"""Softmax and its logarithm over the last axis of large arrays, and their gradients, a block of rows at a time.

A block stays in the cache, and threads share the blocks. Of each row its greatest element is subtracted first, so that
nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels.sums import row_sums

LEAST = 1 << 14  # numbers, from which blocks are faster than passes over all
BLOCK = 1 << 17  # numbers of a block
SHORT = 24  # numbers of a row, up to which NumPy reduces columns faster
COMPUTED = 800.0  # numbers in a microsecond


def fits(axis: Any, *arrays: np.ndarray) -> bool:
    """Whether the functions below take these arrays of one shape, with ``axis`` their last."""
    first = arrays[0]
    return axis in (-1, first.ndim - 1) and first.size >= LEAST and first.ndim > 1 and all(
        [a.flags.c_contiguous and a.dtype == first.dtype and a.dtype.char in "fd" for a in arrays])


def softmax(x: np.ndarray) -> np.ndarray:
    """e^x / sum(e^x) of each row.

    >>> softmax(np.zeros((1, 2)))
    array([[0.5, 0.5]])
    """
    def compute(rows: np.ndarray, out: np.ndarray) -> None:
        _shift(rows, out)
        np.exp(out, out=out)
        np.divide(out, row_sums(out)[:, None], out=out)

    def of_columns(columns: np.ndarray) -> None:
        np.exp(columns, out=columns)
        columns /= np.add.reduce(columns, axis=0)

    return _by_blocks(_either(compute, of_columns), x)


def softmax_dx(g: np.ndarray, p: np.ndarray) -> np.ndarray:
    """p (g - sum(g p)) of each row, the gradient of `softmax`, whose result is p, for the gradient g."""
    def compute(rows: np.ndarray, out: np.ndarray, of_rows: np.ndarray) -> None:
        sums = row_sums(np.multiply(of_rows, rows, out=out))
        np.subtract(of_rows, sums[:, None], out=out)
        np.multiply(out, rows, out=out)

    return _by_blocks(compute, p, g)


def log_softmax(x: np.ndarray) -> np.ndarray:
    """x - log(sum(e^x)) of each row.

    >>> log_softmax(np.zeros((1, 1)))
    array([[0.]])
    """
    def compute(rows: np.ndarray, out: np.ndarray) -> None:
        _shift(rows, out)
        out -= np.log(row_sums(np.exp(out)))[:, None]

    def of_columns(columns: np.ndarray) -> None:
        columns -= np.log(np.add.reduce(np.exp(columns), axis=0))

    return _by_blocks(_either(compute, of_columns), x)


def log_softmax_dx(g: np.ndarray, ans: np.ndarray) -> np.ndarray:
    """g - e^ans sum(g) of each row, the gradient of `log_softmax`, whose result is ``ans``, for the gradient g."""
    def compute(rows: np.ndarray, out: np.ndarray, of_rows: np.ndarray) -> None:
        np.exp(rows, out=out)
        out *= row_sums(of_rows)[:, None]
        np.subtract(of_rows, out, out=out)

    return _by_blocks(compute, ans, g)


def _shift(rows: np.ndarray, out: np.ndarray) -> None:
    np.subtract(rows, np.maximum.reduce(rows, axis=1, keepdims=True), out=out)


def _either(compute: Callable[..., None], of_columns: Callable[[np.ndarray], None]) -> Callable[..., None]:
    """``compute(rows, out)``, or ``of_columns`` of what is left of short rows, transposed, without the greatest."""
    def chosen(rows: np.ndarray, out: np.ndarray) -> None:
        if rows.shape[1] > SHORT:
            return compute(rows, out)
        columns = np.array(rows.T, order="C")
        columns -= np.maximum.reduce(columns, axis=0)
        of_columns(columns)
        out[...] = columns.T

    return chosen


def _by_blocks(compute: Callable[..., None], *arrays: np.ndarray) -> np.ndarray:
    """A new array that ``compute(rows, out, ...)`` fills, told a block of the first array, of it, and of the others."""
    n = arrays[0].shape[-1]
    first, *others = [a.reshape(-1, n) for a in arrays]
    out = np.empty_like(first)
    height = max(1, BLOCK // n)

    def work(part: slice) -> None:
        for start in range(part.start, part.stop, height):
            at = slice(start, min(start + height, part.stop))
            compute(first[at], out[at], *[a[at] for a in others])

    threads.spread(work, threads.ranges(len(first), first.size / COMPUTED))
    return out.reshape(arrays[0].shape)
