"""Running extrema along an axis, and products, by steps that use vectors."""

from __future__ import annotations

from math import prod

import numpy as np

LEAST = 1 << 12  # numbers from which products are folded


def running_extremum(x: np.ndarray, axis: int, greatest: bool, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """The extremum of the elements up to each along an axis, and where it is, of equal ones last; NaN wins over all.

    >>> running_extremum(np.array([1.0, 3.0, 2.0, 3.0]), 0, True, np.dtype("int64"))[1].tolist()
    [0, 1, 1, 3]
    """
    ufunc = np.maximum if greatest else np.minimum
    values = ufunc.accumulate(x, axis)
    met = x == values  # an element that equals the extremum up to it renews it
    if x.dtype.kind == "f":
        met |= np.isnan(x)
    shape = [1] * x.ndim
    shape[axis] = -1
    places = np.where(met, np.arange(x.shape[axis], dtype=dtype).reshape(shape), 0)
    return values, np.maximum.accumulate(places, axis, out=places)


def products(x: np.ndarray, axis: tuple[int, ...] | None, keepdims: bool = False) -> np.ndarray:
    """``np.prod``; over the last axes the halves of each row are multiplied until little is left, then its columns.

    >>> products(np.full((2048, 3), 2.0), (1,))[:2].tolist()
    [8.0, 8.0]
    """
    axes = tuple(range(x.ndim)) if axis is None else axis
    if x.dtype.char not in "fd" or x.size < LEAST or not x.flags.c_contiguous or (
            axes != tuple(range(x.ndim - len(axes), x.ndim))):
        return np.prod(x, axis=axis, keepdims=keepdims)
    kept = x.shape[: x.ndim - len(axes)]
    n = prod(x.shape[x.ndim - len(axes) :])
    rows = every = x.reshape(-1, n)
    with np.errstate(all="ignore"):
        while n > 8:
            half = n // 2
            folded = rows[:, :half] * rows[:, half : 2 * half]
            if n % 2:
                folded[:, 0] *= rows[:, -1]
            rows, n = folded, half
        found = rows[:, 0].copy()
        for column in rows[:, 1:].T:
            found *= column
    odd = np.flatnonzero(~(np.isfinite(found) & (np.abs(found) >= np.finfo(x.dtype).tiny)))
    if len(odd):  # too large or too small on the way, which another order may not be
        found[odd] = np.multiply.reduce(every[odd], axis=1)
    return found.reshape(kept + (1,) * len(axes) if keepdims else kept)


def products_dx(g: np.ndarray, ans: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient of rows x (M, n) for the gradient g (M,) of their products ``ans``: g times the others' product.

    That is the whole product over the element, where neither is too small or too large to tell; else of those before
    and those after it.

    >>> products_dx(np.ones(2), np.array([6.0, 0.0]), np.array([[2.0, 3.0], [0.0, 5.0]])).tolist()
    [[3.0, 2.0], [5.0, 0.0]]
    """
    least = np.finfo(x.dtype).tiny * 16
    told = (np.abs(ans) > least) & np.isfinite(ans) & (np.minimum.reduce(np.abs(x), 1, initial=1) > 1e-6)
    with np.errstate(all="ignore"):
        dx = (g * ans)[:, None] / x
    rows = np.flatnonzero(~told)
    if len(rows):
        part = x[rows]
        before, after = np.ones_like(part), np.ones_like(part)
        with np.errstate(all="ignore"):
            np.multiply.accumulate(part[:, :-1], 1, out=before[:, 1:])
            np.multiply.accumulate(part[:, :0:-1], 1, out=after[:, -2::-1])
            dx[rows] = g[rows, None] * (before * after)
    return dx
