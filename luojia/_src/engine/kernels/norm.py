"""Normalization on NumPy arrays: y = gamma * (x - mean) / sqrt(var + eps) + beta, and its first-order gradient.

`normalize` serves every kind, by its axes and by what gamma broadcasts over: batch norm takes the statistics over all
axes but the channels', layer norm over the last ones, instance and group norm over the spatial ones of each image.
var is the biased variance, in two passes. float16 accumulates in float32.
"""

from __future__ import annotations

from math import prod

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels import norm_groups, norm_last, norm_rows
from luojia._src.engine.kernels.halves import cast
from luojia._src.engine.kernels.precision import widen
from luojia._src.engine.kernels.rows import PASSED, rows
from luojia._src.engine.kernels.sums import total
from luojia._src.engine.shortcuts import maximum, where_positive
from luojia._src.errors import ShapeError

Axes = tuple[int, ...]

PASSES = 7  # over an array
_BLOCK = 1 << 16  # numbers that stay in the cache from one pass to the next
_FEW, _FEW_IMAGES = 1 << 14, 3
_GROUPED = 1 << 12


def normalize(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, *, axes: Axes, eps: float,
              rectified: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(y, mean, var, inv) with inv = 1 / sqrt(var + eps), the last three with the axes kept as 1.

    gamma and beta have x's rank and broadcast to it. `normalize_dx` needs mean and inv, and y if that is ``rectified``:
    0 where it were less.
    """
    count = prod(x.shape[a] for a in axes)
    if not count:
        raise ShapeError(f"normalize expects at least one value to average over, got x {x.shape} with axes {axes}.")
    _expect(x, gamma, beta)
    d = widen(x)
    if (flat := rows(d, axes)) is not None and gamma.size == flat.shape[1]:
        y = np.empty_like(d)
        found = norm_last.normalize_rows(flat, widen(gamma).ravel(), widen(beta).ravel(), eps, _rows(y, axes),
                                         rectified)
        mean, var, inv = [a.reshape(gamma.shape) for a in found]
        return cast(y, x.dtype), mean, var, inv
    if rectified:
        y, mean, var, inv = normalize(x, gamma, beta, axes=axes, eps=eps)
        return maximum(y, 0, out=y), mean, var, inv
    if (wide := _features_last(d, gamma, axes)) is not None:
        y = np.empty(x.shape, d.dtype)
        found = norm_rows.normalize(wide, widen(gamma).ravel(), widen(beta).ravel(), eps, y.reshape(wide.shape))
        mean, var, inv = [a.reshape(_kept(x, axes)) for a in found]
        return cast(y, x.dtype), mean, var, inv
    if x.size >= _GROUPED and (grouped := norm_groups.channels(d, gamma, axes)) is not None:
        y, mean, var, inv = norm_groups.normalize(d, widen(gamma), widen(beta), axes, eps, *grouped)
        return cast(y, x.dtype), mean, var, inv
    axis, parts = _parts(x, axes)
    if len(parts) == 1:
        return _normalize(x, gamma, beta, axes, eps)
    y = np.empty_like(x)

    def compute(part: slice) -> list[np.ndarray]:
        at = (*(slice(None),) * axis, part)
        y[at], *statistics = _normalize(x[at], _cut(gamma, at), _cut(beta, at), axes, eps)
        return statistics

    mean, var, inv = [np.concatenate(s, axis) for s in zip(*threads.spread(compute, parts))]
    return y, mean, var, inv


def _normalize(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, axes: Axes,
               eps: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    d, count = widen(x), prod(x.shape[a] for a in axes)
    mean = total(d, axes, True) / count
    d = d - mean
    var = total(np.square(d), axes, True) / count
    inv = 1 / np.sqrt(var + eps)
    gamma, beta = widen(gamma), widen(beta)
    if _constant(gamma, axes) or gamma.shape[-1] == 1 != x.shape[-1]:  # their product is small
        d *= gamma * inv
    else:
        d *= inv
        d *= gamma
    d += beta
    return cast(d, x.dtype), mean, var, inv


def normalize_dx(g: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, inv: np.ndarray, *, axes: Axes,
                 needs_dx: bool = True, y: np.ndarray | None = None
                 ) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """(dx, dgamma, dbeta) for the gradient g of y, through mean and var too; dx is None unless needed.

    A y that was rectified is given. With x' = (x - mean) * inv and u = g * gamma:
    dx = inv * (u - mean(u) - x' * mean(u * x')).
    """
    if g.shape != x.shape:
        raise ShapeError(f"normalize_dx expects a gradient of the input's shape {x.shape}, got {g.shape}.")
    _expect(x, gamma, gamma)
    dtype = gamma.dtype
    g, gamma = widen(g), widen(gamma)
    flat = rows(widen(x), axes)
    if flat is not None and gamma.size != flat.shape[1]:
        flat = None
    if y is not None:
        g = where_positive(g, y)
    if flat is not None:
        dx = np.empty_like(x, flat.dtype)
        like_x = rows(g, axes)
        if like_x is None or g.dtype != dx.dtype:
            like_x = np.empty_like(dx)
            like_x[...] = g
            like_x = _rows(like_x, axes)
        found = norm_last.normalize_rows_dx(like_x, flat, gamma.ravel(), mean.ravel(), inv.ravel(), _rows(dx, axes))
        dgamma, dbeta = [cast(a.reshape(gamma.shape), dtype) for a in found]
        return cast(dx, x.dtype) if needs_dx else None, dgamma, dbeta
    if (wide := _features_last(widen(x), gamma, axes)) is not None and g.dtype == wide.dtype:
        dx = np.empty(x.shape, wide.dtype)
        like_x = np.ascontiguousarray(g).reshape(wide.shape)
        found = norm_rows.normalize_dx(like_x, wide, gamma.ravel(), mean.ravel(), inv.ravel(), dx.reshape(wide.shape))
        dgamma, dbeta = [cast(a.reshape(gamma.shape), dtype) for a in found]
        return cast(dx, x.dtype) if needs_dx else None, dgamma, dbeta
    if x.size >= _GROUPED and (grouped := norm_groups.channels(d := widen(x), gamma, axes)) is not None:
        like_x = np.ascontiguousarray(g, d.dtype)
        dx, *found = norm_groups.normalize_dx(like_x, d, gamma, mean, inv, *grouped)
        dgamma, dbeta = [cast(a, dtype) for a in found]
        return cast(dx, x.dtype) if needs_dx else None, dgamma, dbeta
    axis, parts = _parts(x, axes)
    if len(parts) == 1:
        dx, dgamma, dbeta = _normalize_dx(g, x, gamma, mean, inv, axes, needs_dx)
        return dx, cast(dgamma, dtype), cast(dbeta, dtype)
    dx = np.empty_like(x) if needs_dx else None

    def compute(part: slice) -> list[np.ndarray]:
        at = (*(slice(None),) * axis, part)
        found, *sums = _normalize_dx(g[at], x[at], _cut(gamma, at), _cut(mean, at), _cut(inv, at), axes, needs_dx)
        if dx is not None:
            dx[at] = found
        return sums

    of_parts = zip(*threads.spread(compute, parts))
    dgamma, dbeta = [np.sum(s, axis=0) if gamma.shape[axis] == 1 else np.concatenate(s, axis) for s in of_parts]
    return dx, cast(dgamma, dtype), cast(dbeta, dtype)


def _normalize_dx(g: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, inv: np.ndarray, axes: Axes,
                  needs_dx: bool) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    count = prod(x.shape[a] for a in axes)
    normal = widen(x) - mean
    normal *= inv
    product = g * normal
    dbeta, dgamma = _sum_to(g, gamma.shape), _sum_to(product, gamma.shape)
    dx = None
    if needs_dx:
        if _constant(gamma, axes):  # gamma comes out of the means
            u, scale = g, inv * gamma
            of_u, moment = (dbeta, dgamma) if gamma.shape == inv.shape else (
                total(g, axes, True), total(product, axes, True))
        else:
            u, scale = g * gamma, inv
            product *= gamma
            of_u, moment = total(u, axes, True), total(product, axes, True)
        normal *= moment * (-1 / count)
        normal += u
        normal -= of_u / count
        normal *= scale
        dx = cast(normal, x.dtype)
    return dx, dgamma, dbeta


def _features_last(x: np.ndarray, gamma: np.ndarray, axes: Axes) -> np.ndarray | None:
    """x as (M, n), a view, where its last axes are normalized and gamma has a value for each of the n; else None."""
    first = x.ndim - len(axes)
    if min(axes) < first or gamma.shape[first:] != x.shape[first:] or gamma.size != prod(x.shape[first:]) or (
            not x.size or not x.flags.c_contiguous):
        return None
    return x.reshape(-1, gamma.size)


def _kept(x: np.ndarray, axes: Axes) -> Axes:
    """x's shape with the axes kept as 1."""
    return tuple([1 if a in axes else n for a, n in enumerate(x.shape)])


def _parts(x: np.ndarray, axes: Axes) -> tuple[int, list[slice]]:
    """An axis whose entries have statistics of their own, the longest, and its ranges for the threads."""
    apart = [a for a in range(x.ndim) if a not in axes]
    if not apart:
        return 0, [slice(None)]
    axis = max(apart, key=lambda a: x.shape[a])
    return axis, threads.ranges(x.shape[axis], PASSES * x.size / PASSED)


def _cut(a: np.ndarray, at: tuple[slice, ...]) -> np.ndarray:
    """``a[at]``, but all of an axis along which it is constant."""
    return a if a.shape[len(at) - 1] == 1 else a[at]


def _rows(a: np.ndarray, axes: Axes) -> np.ndarray:
    """`rows` of an array that is known to have them."""
    found = rows(a, axes)
    assert found is not None
    return found


def centred_sums(g: np.ndarray, x: np.ndarray, mean: np.ndarray, axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    """The sums of g (x - mean) and of g over the axes, kept as 1, for a mean that broadcasts to x.

    >>> centred_sums(np.ones((2, 1)), np.array([[1.0], [4.0]]), np.array([[2.0]]), (0,))
    (array([[1.]]), array([[2.]]))
    """
    d = widen(x) - widen(mean)
    g = widen(g)
    first = max(set(range(x.ndim)) - set(axes), default=-1) + 1
    if 0 < first < x.ndim and d.flags.c_contiguous and g.flags.c_contiguous and d.dtype == g.dtype:
        lead = (*x.shape[:first], *(1,) * (x.ndim - first))  # by rows first, which BLAS multiplies
        rows_of = prod(lead), prod(x.shape[first:])
        moments = norm_groups.dots(d.reshape(rows_of), g.reshape(rows_of)).reshape(lead)
        totals = total(g, tuple(range(first, x.ndim)), True)
        rest = tuple(a for a in axes if a < first)
        return moments.sum(rest, keepdims=True), totals.sum(rest, keepdims=True)
    d *= g
    return total(d, axes, True), total(g, axes, True)


def scale_and_shift(x: np.ndarray, scale: np.ndarray, shift: np.ndarray, *, axis: int = 1,
                    rectified: bool = False) -> np.ndarray:
    """x scale + shift, with vectors (C,) for the entries of the channel axis; where that is less, ``rectified`` to 0.

    >>> scale_and_shift(np.array([[1.0, 3.0]]), np.array([2.0, 0.0]), np.array([1.0, 1.0])).tolist()
    [[3.0, 1.0]]
    """
    axis %= x.ndim
    if scale.shape != (x.shape[axis],):
        raise ShapeError(f"scale_and_shift of x {x.shape} over channel axis {axis} expects vectors of shape "
                         f"({x.shape[axis]},), got {scale.shape}.")
    axes = tuple(a for a in range(x.ndim) if a != axis)
    shape = tuple(n if a == axis else 1 for a, n in enumerate(x.shape))
    if x.size >= _FEW and (flat := rows(x, axes)) is not None:
        y = np.empty_like(x)
        norm_last.scale_rows(flat, scale, shift, _rows(y, axes), rectified)
        return y
    if rectified:
        y = scale_and_shift(x, scale, shift, axis=axis)
        return maximum(y, 0, out=y)
    factor, term = scale.reshape(shape), shift.reshape(shape)
    if x.size < _FEW or axis != 1 or not x.flags.c_contiguous:
        y = x * factor
        y += term
        return y
    y = np.empty_like(x)
    source, target, n = x.reshape(len(x), -1), y.reshape(len(x), -1), x.size // len(x)
    if _FEW_IMAGES <= len(x) and n <= _BLOCK:  # a pass over long rows takes less than one over many channels
        factor, term = [np.repeat(v, n // x.shape[1]) for v in (scale, shift)]
    else:
        source, target = x, y
    height = max(1, _BLOCK // n)

    def compute(part: slice) -> None:
        for start in range(part.start, part.stop, height):
            at = slice(start, min(start + height, part.stop))
            np.multiply(source[at], factor, out=target[at])
            np.add(target[at], term, out=target[at])

    threads.spread(compute, threads.ranges(len(x), 2 * x.size / PASSED))
    return y


def _expect(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> None:
    fits = gamma.ndim == x.ndim and all(a in (1, n) for a, n in zip(gamma.shape, x.shape))
    if not fits or beta.shape != gamma.shape:
        raise ShapeError(f"normalize expects gamma and beta of one shape that broadcasts to x {x.shape}, got gamma "
                         f"{gamma.shape} and beta {beta.shape}.")


def _constant(gamma: np.ndarray, axes: Axes) -> bool:
    return all(gamma.shape[a] == 1 for a in axes)


def _sum_to(a: np.ndarray, shape: Axes) -> np.ndarray:
    axes = tuple(i for i, (n, m) in enumerate(zip(a.shape, shape)) if m == 1 != n)
    return total(a, axes, True) if axes else a.copy()
