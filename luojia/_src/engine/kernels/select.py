"""The choice between two arrays by a mask, on the bits of the numbers.

A processor guesses which way a choice goes, and each wrong guess costs as much as twenty numbers of plain arithmetic:
`numpy.where` by a mask without pattern takes six times as long as three operations on bits, which do not guess.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from luojia._src.engine import threads

LEAST = 1 << 14  # numbers
_SAMPLE = 4096  # numbers of the mask that tell whether it changes often
_BYTES = 1 << 17  # of a block
_SPEED = 4e3  # bytes in a microsecond
_OFTEN = {2: 1 / 16, 4: 1 / 16, 8: 1 / 5}  # changes to the next number from which bits are faster, by size


def select(c: np.ndarray, x: Any, y: Any) -> np.ndarray | None:
    """x where c, else y, for a large mask that changes often, and arrays of its shape and one dtype, or a number; None
    where `numpy.where` does as well, or something else was given.

    >>> mask = np.arange(1 << 14) % 2 == 0
    >>> select(mask, np.arange(1 << 14), np.zeros(1 << 14, int))[:5].tolist(), select(mask, 1.0, 2.0)
    ([0, 0, 2, 0, 4], None)
    """
    wide = [a for a in (x, y) if a.__class__ is np.ndarray and a.shape == c.shape]
    if not wide or not c.flags.c_contiguous:
        return None
    dtype = wide[0].dtype
    often = _OFTEN.get(dtype.itemsize)
    if often is None or dtype.kind not in "fiu":
        return None
    whole = np.dtype(f"i{dtype.itemsize}")
    found = [_bits(a, c.shape, dtype, whole) for a in (x, y)]
    bits = [b for b in found if b is not None]
    mask = c.reshape(-1)
    start = (mask.size - _SAMPLE) // 2
    some = mask[start : start + _SAMPLE]
    if len(bits) < 2 or np.count_nonzero(some[1:] != some[:-1]) < often * _SAMPLE:
        return None
    out = np.empty(c.shape, dtype)
    into, step = out.reshape(-1).view(whole), _BYTES // dtype.itemsize

    def compute(part: slice) -> None:
        spare = np.empty(min(step, part.stop - part.start), whole)
        for first in range(part.start, part.stop, step):
            at = slice(first, min(first + step, part.stop))
            a, b = [v[at] if v.ndim else v for v in bits]
            chosen, result = spare[: at.stop - first], into[at]
            np.copyto(chosen, mask[at])
            np.negative(chosen, out=chosen)  # all bits where the mask is true
            np.bitwise_xor(a, b, out=result)
            np.bitwise_and(result, chosen, out=result)
            np.bitwise_xor(result, b, out=result)

    threads.spread(compute, threads.ranges(mask.size, out.nbytes / _SPEED))
    return out


def kept(g: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """g where the mask is true, else 0, were g not finite; for arrays of one shape.

    >>> kept(np.array([1.0, np.inf]), np.array([True, False])).tolist()
    [1.0, 0.0]
    """
    if g.dtype.kind != "f":
        return np.where(mask, g, np.zeros((), g.dtype))
    whole = np.dtype(f"i{g.dtype.itemsize}")
    bits = np.empty_like(g, whole)
    np.copyto(bits, mask)  # a product with booleans goes through buffers
    return np.multiply(g.view(whole), bits, out=bits).view(g.dtype)


def _bits(a: Any, shape: tuple[int, ...], dtype: np.dtype, whole: np.dtype) -> np.ndarray | None:
    """The numbers as integers, on one axis or none."""
    if a.__class__ is float or a.__class__ is int:
        if dtype.kind != "f" or abs(a) > 6e4 and a - a == 0:  # a number that might not fit
            return None
        a = np.array(a, dtype)
    if not isinstance(a, (np.ndarray, np.generic)) or a.dtype != dtype or not a.flags.c_contiguous:
        return None
    if a.shape == shape:
        return a.reshape(-1).view(whole)
    return np.asarray(a).reshape(()).view(whole) if a.ndim == 0 else None
