"""The positions of the k greatest or least of each row, without sorting the rest."""

from __future__ import annotations

import numpy as np

_MANY = 4  # a part of a row that is smaller than this has been found before the row is sorted
_SHORT = 24


def top(x: np.ndarray, k: int, axis: int, greatest: bool) -> np.ndarray | None:
    """The first k positions of a stable sort along ``axis``, descending if ``greatest``; None where to sort is as well.

    >>> top(np.array([[3, 1, 3, 2] * 8]), 3, 1, True)
    array([[0, 2, 4]])
    """
    n = x.shape[axis]
    if k * _MANY > n or n < _SHORT or not x.size or x.dtype.kind not in "fiu":
        return None
    if x.dtype.kind == "f" and np.isnan(np.maximum.reduce(x, axis=None)):
        return None
    rows = np.ascontiguousarray(x.swapaxes(axis, -1))
    shape = rows.shape
    rows = rows.reshape(-1, n)
    if k == 1:
        limit = (np.maximum if greatest else np.minimum).reduce(rows, axis=1, keepdims=True)
    else:
        at = n - k if greatest else k - 1
        limit = np.partition(rows, at, axis=1)[:, at : at + 1]
    within = rows >= limit if greatest else rows <= limit
    found = np.flatnonzero(within)
    if len(found) > k * len(rows):  # more are equal to the last than there is room for: the first of them stay
        crowded = np.flatnonzero(np.count_nonzero(within, axis=1) > k)
        part, least = rows[crowded], limit[crowded]
        equal = part == least
        room = k - np.count_nonzero(within[crowded] & ~equal, axis=1)
        within[crowded] &= ~equal | (np.cumsum(equal, axis=1) <= room[:, None])
        found = np.flatnonzero(within)
    found = found.reshape(-1, k)
    if k > 1:
        values = rows.reshape(-1)[found]
        if greatest:  # the last of equals comes first in the flipped rows, so that it comes last when flipped back
            order = k - 1 - np.argsort(values[:, ::-1], axis=1, kind="stable")[:, ::-1]
        else:
            order = np.argsort(values, axis=1, kind="stable")
        found = np.take_along_axis(found, order, 1)
    return (found % n).reshape(*shape[:-1], k).swapaxes(axis, -1)
