"""Elementwise functions of several passes, run block by block so that what lies between them stays in the cache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.shortcuts import in_order

BLOCK = 1 << 16  # numbers, 256 KB of float32: with fewer the calls cost more than the cache gives


def in_blocks(fn: Callable, arrays: tuple[np.ndarray, ...], *, made: int = 1, scratch: int = 0,
              speed: float) -> tuple[np.ndarray, ...]:
    """New arrays that ``fn(*sources, *results, *scratch)`` fills, told a block of each array, all as one axis.

    The arrays are of one shape and dtype; the results have that too. Large ones are spread over threads, ``speed``
    being how many numbers take one a microsecond. What overflows does so in silence.

    >>> in_blocks(np.add, (np.ones(3), np.ones(3)), speed=1e3)
    (array([2., 2., 2.]),)
    """
    first = arrays[0]
    flat = [in_order(a) if a.strides == first.strides else None for a in arrays]
    if any(a is None for a in flat):
        first = np.empty(first.shape, first.dtype)
        flat = [np.ascontiguousarray(a).reshape(-1) for a in arrays]
    results = tuple([np.empty_like(first) for _ in range(made)])
    both = [*flat, *map(in_order, results)]
    parts = threads.ranges(first.size, first.size / speed)
    if len(parts) == 1 and first.size <= 2 * BLOCK:
        with np.errstate(all="ignore"):
            fn(*both, *np.empty((scratch, first.size), first.dtype))
        return results

    def compute(part: slice) -> None:
        spare = np.empty((scratch, min(BLOCK, part.stop - part.start)), first.dtype)
        with np.errstate(all="ignore"):
            for start in range(part.start, part.stop, BLOCK):
                at = slice(start, min(start + BLOCK, part.stop))
                fn(*[a[at] for a in both], *spare[:, : at.stop - start])

    threads.spread(compute, parts)
    return results
