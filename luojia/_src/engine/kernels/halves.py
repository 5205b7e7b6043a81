"""Conversions between float16 and float32 of large arrays, by operations on their bits.

NumPy converts number by number: 1.3 ns each to float32 and 1.5 ns back, 70 where one becomes subnormal; these take 0.4
to 0.8 and 1.0 ns. The results are the same to the last bit: rounded to the nearest, a tie to the even one.
"""

from __future__ import annotations

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.shortcuts import in_order

LEAST = 1 << 14  # numbers below which NumPy's conversion takes no longer
_BLOCK = 1 << 16
_WIDENED, _NARROWED = 2e3, 1e3  # numbers in a microsecond
_HALF, _SINGLE = np.dtype(np.float16), np.dtype(np.float32)
_RARE = 128  # of so many numbers one may be subnormal, which costs as much as a hundred others
_TOP = 65520.0  # from which float32 numbers become infinite


def single(a: np.ndarray) -> np.ndarray:
    """A float16 array in float32.

    >>> single(np.array([1.5, np.inf], np.float16))
    array([1.5, inf], dtype=float32)
    """
    source = in_order(a) if a.size >= LEAST else None
    if source is None:
        return a.astype(_SINGLE)
    out = np.empty_like(a, _SINGLE)
    into = in_order(out)
    assert into is not None

    def compute(part: slice) -> None:
        spare = np.empty(min(_BLOCK, part.stop - part.start), _SINGLE)
        with np.errstate(all="ignore"):
            for start in range(part.start, part.stop, _BLOCK):
                at = slice(start, min(start + _BLOCK, part.stop))
                _widen(source[at], into[at], spare[: at.stop - at.start])

    threads.spread(compute, threads.ranges(a.size, a.size / _WIDENED))
    return out


def half(a: np.ndarray) -> np.ndarray:
    """A float32 array rounded to float16.

    >>> half(np.array([1.0001, 1e6], np.float32))
    array([ 1., inf], dtype=float16)
    """
    source = in_order(a) if a.size >= LEAST and a.dtype == _SINGLE else None
    if source is None:
        with np.errstate(over="ignore"):
            return a.astype(_HALF)
    out = np.empty_like(a, _HALF)
    into = in_order(out)
    assert into is not None

    def compute(part: slice) -> None:
        spare = np.empty((2, min(_BLOCK, part.stop - part.start)), _SINGLE)
        with np.errstate(all="ignore"):
            for start in range(part.start, part.stop, _BLOCK):
                at = slice(start, min(start + _BLOCK, part.stop))
                _narrow(source[at], into[at], *spare[:, : at.stop - at.start])

    threads.spread(compute, threads.ranges(a.size, a.size / _NARROWED))
    return out


def cast(a: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """``a.astype(dtype, copy=False)``.

    >>> cast(np.ones(2), np.dtype('float16'))
    array([1., 1.], dtype=float16)
    """
    if a.size >= LEAST:
        if dtype == _HALF and a.dtype == _SINGLE:
            return half(a)
        if dtype == _SINGLE and a.dtype == _HALF:
            return single(a)
    return a.astype(dtype, copy=False)


def _widen(a: np.ndarray, out: np.ndarray, spare: np.ndarray) -> None:
    """The bits move to their places in float32, 112 too small in the exponent, which a product or a sum mends."""
    bits = out.view(np.int32)
    size = np.bitwise_and(a.view(np.uint16), 0x7FFF)
    top = size.max()
    np.subtract(size, 1, out=size)
    np.copyto(bits, a.view(np.int16))
    np.left_shift(bits, 13, out=bits)
    np.bitwise_and(bits, -0x70000001, out=bits)  # without the sign's copies above the exponent
    if top >= 0x7C00:  # inf or nan
        np.copyto(out, a)
    elif np.count_nonzero(size < 0x3FF) < size.size // _RARE:
        np.multiply(out, np.float32(2.0**112), out=out)
    else:  # products of subnormal numbers are slow: these are 2 x - 2^-14 of what has the exponent 112
        sign = np.bitwise_and(bits, -1 << 31)
        np.add(bits, 112 << 23, out=bits)
        np.clip(out, -(2.0**-14), 2.0**-14, out=spare)
        np.bitwise_or(sign, 113 << 23, out=sign)
        np.subtract(spare, sign.view(np.float32), out=spare)  # 0 where x is normal
        np.add(out, spare, out=out)
        np.bitwise_and(sign, -1 << 31, out=sign)  # of -0, which the sum lost
        np.bitwise_or(bits, sign, out=bits)


def _narrow(a: np.ndarray, out: np.ndarray, size: np.ndarray, unit: np.ndarray) -> None:
    """The sum of |a| and 2^13 times its power of two, of 2^-14 at least, is rounded to the digits of float16: the
    difference of their bits is so many units, to which the exponent is added."""
    np.abs(a, out=size)
    if not size.max() < _TOP:  # inf, nan and what becomes inf
        np.copyto(out, a, casting="unsafe")
        return
    digits, power = size.view(np.int32), unit.view(np.int32)
    np.bitwise_and(digits, 0xFF << 23, out=power)
    np.maximum(power, 113 << 23, out=power)
    np.add(power, 13 << 23, out=power)
    np.add(size, unit, out=size)
    np.subtract(digits, power, out=digits)
    np.right_shift(power, 13, out=power)
    np.add(digits, power, out=digits)
    np.right_shift(a.view(np.int32), 16, out=power)
    np.bitwise_and(power, 1 << 15, out=power)  # the sign
    np.add(digits, power, out=digits)
    np.subtract(digits, 126 << 10, out=digits)
    np.copyto(out.view(np.int16), digits, casting="unsafe")
