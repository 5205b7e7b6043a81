"""Remainders and whole quotients of large float32 arrays by way of float64, where NumPy's take 20 ns a number.

Of x and y in float32, both of 24 bits, x / y rounded to float64 has the right whole part up to 2^28: it is 2^-24 or
more away from the next integer. Its product with y has no more than 53 bits, so that what remains of x is exact. A
block with anything else in it is NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from luojia._src.engine import threads

LEAST = 1 << 12
_BLOCK = 1 << 14
_SPEED = 3e2  # numbers in a microsecond
_MOST = 2.0**28  # of a quotient
_ROUNDED = 2.0**21  # up to here NumPy's rounding of a whole quotient finds the right one too
_SINGLE = np.dtype(np.float32)


def fmod(x: Any, y: Any) -> Any:
    """``np.fmod``.

    >>> fmod(np.full(5000, -5.5, np.float32), 2.0)[:2]
    array([-1.5, -1.5], dtype=float32)
    """
    return _run(np.fmod, _fmod, x, y, _MOST)


def mod(x: Any, y: Any) -> Any:
    """``np.mod``.

    >>> mod(np.full(5000, -5.5, np.float32), 2.0)[:2]
    array([0.5, 0.5], dtype=float32)
    """
    return _run(np.mod, _mod, x, y, _MOST)


def floor_divide(x: Any, y: Any) -> Any:
    """``np.floor_divide``.

    >>> floor_divide(np.full(5000, -5.5, np.float32), 2.0)[:2]
    array([-3., -3.], dtype=float32)
    """
    return _run(np.floor_divide, _floor_divide, x, y, _ROUNDED)


def _run(plain: np.ufunc, compute: Callable, x: Any, y: Any, most: float) -> Any:
    """``compute(x, y, quotients, out)`` of blocks in float64 whose quotients are less than ``most``."""
    if x.__class__ is not np.ndarray or x.dtype != _SINGLE or x.size < LEAST:
        return plain(x, y)
    if y.__class__ is int or y.__class__ is float:
        y = np.float32(y)
    if y.__class__ is np.ndarray and y.shape != x.shape and y.size != 1 or getattr(y, "dtype", None) != _SINGLE:
        return plain(x, y)
    if np.ndim(y) > x.ndim:
        return plain(x, y)
    out = np.empty(x.shape, _SINGLE)
    a, into = np.ascontiguousarray(x).reshape(-1), out.reshape(-1)
    b = np.ascontiguousarray(y).reshape(-1)

    def part(at: slice) -> None:
        wide = np.empty((3, min(_BLOCK, at.stop - at.start)))
        for start in range(at.start, at.stop, _BLOCK):
            stop = min(start + _BLOCK, at.stop)
            p, q, r = wide[:, : stop - start]
            numbers, divisors = a[start:stop], b if b.size == 1 else b[start:stop]
            with np.errstate(all="ignore"):
                np.copyto(p, numbers)
                np.copyto(q, divisors)
                np.divide(p, q, out=r)
                size = max(np.maximum.reduce(r), -np.minimum.reduce(r))
                whole = size < most and np.isfinite(np.maximum.reduce(np.abs(divisors)))
                if whole:
                    compute(p, q, r, into[start:stop])
            if not whole:
                plain(numbers, divisors, out=into[start:stop])

    threads.spread(part, threads.ranges(x.size, x.size / _SPEED))
    return out


def _fmod(x: np.ndarray, y: np.ndarray, quotient: np.ndarray, out: np.ndarray) -> None:
    np.trunc(quotient, out=quotient)
    np.multiply(quotient, y, out=quotient)
    np.subtract(x, quotient, out=quotient)
    np.copysign(quotient, x, out=quotient)  # of zeros
    np.copyto(out, quotient, casting="same_kind")


def _mod(x: np.ndarray, y: np.ndarray, quotient: np.ndarray, out: np.ndarray) -> None:
    """As Python's: of a remainder whose sign is not y's the sum with y, rounded."""
    np.trunc(quotient, out=quotient)
    np.multiply(quotient, y, out=quotient)
    np.subtract(x, quotient, out=quotient)
    remains = quotient != 0
    np.copyto(x, ((quotient < 0) != (y < 0)) & remains)
    np.multiply(x, y, out=x)
    np.add(quotient, x, out=quotient)
    np.copyto(out, quotient, casting="same_kind")
    if not remains.all():
        np.copysign(0, y, out=out, where=~remains, casting="same_kind")


def _floor_divide(x: np.ndarray, y: np.ndarray, quotient: np.ndarray, out: np.ndarray) -> None:
    np.floor(quotient, out=quotient)
    np.copyto(out, quotient, casting="same_kind")
