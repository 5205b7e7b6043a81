"""Max-pooling that keeps where the maxima were, so that the gradient needs neither the input nor a comparison with it.

Axis by axis, the last first, each window's largest tap is noted in a byte. Going back, an input that its windows meet
for the first time is written, later ones are added to: windows of 3 x 3 in steps of 2 write three quarters of the
gradient and add a quarter. Of equal maxima the first in row-major order wins, as in pool.py; of several NaN the last.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels.columns import Ints, span
from luojia._src.engine.kernels.pool import POOLED, Pads, pool_shape

LARGEST = 8  # taps of an axis; more had better be reduced by NumPy at once


class Winners(NamedTuple):
    """The taps of the maxima along each spatial axis, as bytes, and how the windows lie."""

    taps: tuple[np.ndarray, ...]
    kernel: Ints
    stride: Ints
    lo: Ints


def takes(x: np.ndarray, kernel: Ints) -> bool:
    """Whether `max_pool_winners` computes the pooling of x by such windows."""
    return x.dtype.kind == "f" and max(kernel) <= LARGEST


def max_pool_winners(x: np.ndarray, *, kernel: Ints, stride: Ints, pad: Pads) -> tuple[np.ndarray, Winners]:
    """The maximum of each window of x (N, C, *size), and which it was.

    >>> y, winners = max_pool_winners(np.array([[[1.0, 3.0, 3.0, 5.0]]]), kernel=(2,), stride=(1,), pad=((0, 0),))
    >>> y.tolist(), max_pool_winners_dx(y, winners, (1, 1, 4)).tolist()
    ([[[3.0, 3.0, 5.0]]], [[[0.0, 6.0, 0.0, 5.0]]])
    """
    shape = pool_shape(x.shape, kernel=kernel, stride=stride, pad=pad)
    y = np.empty_like(x, shape=shape)
    taps = tuple([np.empty_like(x, np.uint8, shape=(*x.shape[:axis], *shape[axis:])) for axis in range(2, x.ndim)])
    winners = Winners(taps, kernel, stride, tuple([lo for lo, _ in pad]))

    def compute(part: slice) -> None:
        some = x[part]
        for axis in range(x.ndim - 1, 1, -1):
            noted = taps[axis - 2][part]
            values = y[part] if axis == 2 else np.empty_like(some, shape=noted.shape)
            _reduce(some, values, noted, axis, kernel[axis - 2], stride[axis - 2], pad[axis - 2][0])
            some = values

    threads.spread(compute, threads.ranges(len(x), x.size * sum(kernel) / POOLED))
    return y, winners


def max_pool_winners_dx(g: np.ndarray, winners: Winners, shape: Ints) -> np.ndarray:
    """The gradient (shape) of x for the gradient g of max_pool_winners(x), by products of integers, not NaN for inf."""
    taps, kernel, stride, lo = winners
    dx = np.empty_like(taps[0], g.dtype, shape=shape)

    def compute(part: slice) -> None:
        some = g[part]
        for axis in range(2, len(shape)):
            size = (*some.shape[:axis], shape[axis], *some.shape[axis + 1 :])
            into = dx[part] if axis == len(shape) - 1 else np.empty_like(taps[0], g.dtype, shape=size)
            _deal(some, taps[axis - 2][part], into, axis, kernel[axis - 2], stride[axis - 2], lo[axis - 2])
            some = into

    threads.spread(compute, threads.ranges(len(g), dx.size * sum(kernel) / POOLED))
    return dx


def _reduce(x: np.ndarray, y: np.ndarray, noted: np.ndarray, axis: int, kernel: int, stride: int, lo: int) -> None:
    """y is filled with the maxima of x over the windows of one axis, ``noted`` with which taps these are."""
    size, out = x.shape[axis], y.shape[axis]
    found = [(tap, at) for tap in range(kernel) if (at := span(0, out, size, tap - lo, stride)) is not None]
    first = _first_taps(found, out)
    whole = [(tap, at) for tap, at in found if (at.start, at.stop) == (0, out)]
    if len(whole) == len(found) > 1:
        (before, one), (tap, other) = found[:2]
        a, b = x[_at(axis, one.source)], x[_at(axis, other.source)]
        np.maximum(a, b, out=y)
        later = np.less_equal(b, a)
        np.multiply(np.logical_not(later, out=later).view(np.uint8), np.uint8(tap - before), out=noted)
        if before:
            np.add(noted, np.uint8(before), out=noted)
        found = found[2:]
    else:
        noted[...] = np.array(first, np.uint8).reshape(-1, *(1,) * (x.ndim - axis - 1))
        y[...] = -np.inf
    for tap, at in found:
        outputs = _at(axis, slice(at.start, at.stop))
        seen, best, which = x[_at(axis, at.source)], y[outputs], noted[outputs]
        later = np.less_equal(seen, best)
        np.logical_not(later, out=later)
        np.maximum(which, np.multiply(later.view(np.uint8), np.uint8(tap)), out=which)
        np.maximum(best, seen, out=best)


def _first_taps(found: list, out: int) -> list[int]:
    """The first tap inside the input for each output; 0 where there is none."""
    return [next((tap for tap, at in found if at.start <= o < at.stop), 0) for o in range(out)]


def _deal(g: np.ndarray, noted: np.ndarray, dx: np.ndarray, axis: int, kernel: int, stride: int, lo: int) -> None:
    """dx is filled with the sums of g at the taps ``noted``, for one axis."""
    bits = np.dtype(f"i{g.dtype.itemsize}")
    size, out = dx.shape[axis], g.shape[axis]
    ints = g.view(bits)
    met = set()
    for tap in range(kernel):
        at = span(0, out, size, tap - lo, stride)
        if at is None:
            continue
        outputs, inputs, phase = _at(axis, slice(at.start, at.stop)), _at(axis, at.source), (tap - lo) % stride
        mask = np.equal(noted[outputs], np.uint8(tap)).astype(bits)  # a product with booleans goes through buffers
        if phase in met:
            np.multiply(ints[outputs], mask, out=mask)
            target = dx[inputs]
            np.add(target, mask.view(g.dtype), out=target)
            continue
        met.add(phase)
        np.multiply(ints[outputs], mask, out=dx.view(bits)[inputs])
        dx[_at(axis, slice(phase, at.source.start, stride))] = 0
        dx[_at(axis, slice(at.source.stop - 1 + stride, None, stride))] = 0
    for phase in set(range(min(stride, size))) - met:
        dx[_at(axis, slice(phase, None, stride))] = 0


def _at(axis: int, where: slice) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, where)
