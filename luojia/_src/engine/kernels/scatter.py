"""Sums of slices at positions that repeat, the transposes of gathering.

`np.add.at` and `np.add.reduceat` take a microsecond or two for each row of 256 numbers; rows that come first, second
and so on at their positions are added all at once here, in a tenth of that. Single numbers are added one by one in
memory, where `np.add.at` is fast.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from luojia._src.engine.kernels.halves import cast
from luojia._src.engine.kernels.precision import widen

NARROW = 16  # numbers of a row up to which they are added one by one
FEW = 1 << 14  # numbers in all, likewise: the rounds cost more
ROUNDS = 8  # how often a position is met, from which its rows are summed by themselves


def add_rows(g: np.ndarray, rows: np.ndarray, *, count: int) -> np.ndarray:
    """Zeros (count, ...) with row i of g (M, ...) added at ``rows[i]``, in the order of i.

    >>> add_rows(np.array([[1.0], [2.0], [4.0]]), np.array([2, 0, 2]), count=3).tolist()
    [[2.0], [0.0], [5.0]]
    """
    out = np.zeros((count, *g.shape[1:]), g.dtype)
    width = prod(g.shape[1:])
    if not rows.size or not width:
        return out
    wide = widen(g)
    if width <= NARROW or g.size <= FEW:
        return _one_by_one(out, rows[:, None] * width + np.arange(width), wide)
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    if len(starts) == len(order):
        out[rows] = g
        return out
    met = np.diff(starts, append=len(order))
    sums, often = wide[order[starts]], met > ROUNDS
    for k in range(1, min(int(met.max()), ROUNDS)):
        at = np.flatnonzero((met > k) & ~often)
        sums[at] += wide[order[starts[at] + k]]
    for run in np.flatnonzero(often):
        sums[run] = np.add.reduce(wide[order[starts[run] : starts[run] + met[run]]], axis=0)
    out[ordered[starts]] = sums
    return out


def scatter_add(shape: tuple[int, ...], dtype: Any, index: Any, update: np.ndarray) -> np.ndarray:
    """Zeros of ``shape`` with ``update`` added at ``index``, NumPy's; repeated positions add up.

    >>> scatter_add((3,), float, np.array([0, 0, -1]), np.array([1.0, 2.0, 3.0])).tolist()
    [3.0, 0.0, 3.0]
    """
    if index.__class__ is slice:  # the common case
        out = np.zeros(shape, dtype)
        out[index] = update
        return out
    items = index if isinstance(index, tuple) else (index,)
    arrays = [k for k, i in enumerate(items) if isinstance(i, np.ndarray)]
    update = np.asarray(update)
    if not arrays and _is_basic(items) or len(items) == len(arrays) == 1 and items[0].dtype.kind == "b":
        out = np.zeros(shape, dtype)
        out[index] = update  # which names no position twice
        return out
    if arrays and all([items[k].dtype.kind in "iu" for k in arrays]) and update.dtype == dtype and prod(shape) and (
            update.dtype.kind != "V"):  # NumPy adds no bfloat16 this way
        if len(arrays) == len(items) == len(shape):
            at = np.ravel_multi_index([_counted(i, n) for i, n in zip(items, shape)], shape)
            return _one_by_one(np.zeros(shape, dtype), at, np.broadcast_to(update, at.shape))
        others = [i for k, i in enumerate(items) if k not in arrays]
        if len(arrays) == 1 and all([isinstance(i, slice) and i == slice(None) for i in others]):
            axis, at = arrays[0], items[arrays[0]]
            moved = (shape[axis], *shape[:axis], *shape[axis + 1 :])
            update = np.broadcast_to(update, (*shape[:axis], *at.shape, *shape[axis + 1 :]))
            first = np.moveaxis(update, range(axis, axis + at.ndim), range(at.ndim)).reshape(-1, *moved[1:])
            return np.moveaxis(add_rows(first, _counted(at, moved[0]).reshape(-1), count=moved[0]), 0, axis)
    out = np.zeros(shape, dtype)
    np.add.at(out, index, update)
    return out


def _one_by_one(out: np.ndarray, at: np.ndarray, values: np.ndarray) -> np.ndarray:
    """``out``, zeros, with values added at the places ``at``, counted through."""
    wide = cast(out, values.dtype)
    np.add.at(wide.reshape(-1), at.reshape(-1), np.ascontiguousarray(values).reshape(-1))
    return cast(wide, out.dtype)


def _counted(at: np.ndarray, n: int) -> np.ndarray:
    """Positions in an axis of length n, those from its end counted from its beginning."""
    at = at.astype(np.int64, copy=False)
    if at.size and (at.min() < -n or at.max() >= n):
        raise IndexError(f"index {at.min() if at.min() < -n else at.max()} is out of bounds for size {n}")
    return np.where(at < 0, at + n, at) if at.size and at.min() < 0 else at


def _is_basic(items: tuple) -> bool:
    return all(i is None or i is Ellipsis or isinstance(i, (int, slice, np.integer)) for i in items)
