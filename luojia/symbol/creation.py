"""Symbols of constants: zeros, ones, ranges, identity matrices; and functions with more ways to be called."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.symbol_functions import function
from .._src.errors import ArgumentError, DTypeError
from .symbol import Symbol


def _name(dtype: Any) -> str:
    return np.dtype(dtype or "float32").name


def zeros(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Zeros of ``shape``."""
    return function("_zeros")(shape=shape, dtype=_name(dtype), **kwargs)


def ones(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Ones of ``shape``."""
    return function("_ones")(shape=shape, dtype=_name(dtype), **kwargs)


def full(shape: Any, val: float, dtype: Any = None, **kwargs: Any) -> Symbol:
    """``val`` everywhere in ``shape``."""
    return function("_full")(shape=shape, dtype=_name(dtype), value=float(val), **kwargs)


def arange(start: float, stop: float | None = None, step: float = 1.0, repeat: int = 1, infer_range: bool = False,
           name: str | None = None, dtype: Any = None) -> Symbol:
    """start, start + step, ... below ``stop``, each ``repeat`` times; with one number, from 0 to it."""
    return function("_arange")(start=start, stop=stop, step=step, repeat=repeat, infer_range=infer_range, name=name,
                               dtype=_name(dtype))


def linspace(start: float, stop: float, num: int, endpoint: bool = True, name: str | None = None,
             dtype: Any = None) -> Symbol:
    """``num`` numbers at equal distances from ``start`` to ``stop``."""
    return function("_linspace")(start=start, stop=stop, num=num, endpoint=endpoint, name=name, dtype=_name(dtype))


def eye(N: int, M: int = 0, k: int = 0, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Ones on the k-th diagonal of zeros (N, M), square by default."""
    return function("_eye")(N=N, M=M, k=k, dtype=_name(dtype), **kwargs)


def histogram(a: Symbol, bins: Any = 10, range: tuple | None = None, **kwargs: Any) -> Symbol:
    """The number of elements in each bin, and the bins' edges.

    Args:
        bins: a number of equal bins over ``range``, or a Symbol of their edges.
    """
    if isinstance(bins, Symbol):
        return function("_histogram")(data=a, bins=bins, **kwargs)
    if not isinstance(bins, int):
        raise DTypeError(f"bins argument should be either an integer or a Symbol, got {type(bins).__name__}.")
    if range is None:
        raise ArgumentError("histogram of a Symbol needs the range (low, high): a graph holds no values to find it in.")
    return function("_histogram")(data=a, bin_cnt=bins, range=tuple(range), **kwargs)


def split_v2(ary: Symbol, indices_or_sections: Any, axis: int = 0, squeeze_axis: bool = False, **kwargs: Any) -> Any:
    """The array cut along ``axis``: in equal sections, or at indices; ``squeeze_axis`` drops axes of length 1."""
    return ary.split_v2(indices_or_sections, axis, squeeze_axis, **kwargs)


__all__ = ["arange", "eye", "full", "histogram", "linspace", "ones", "split_v2", "zeros"]
