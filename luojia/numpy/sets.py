"""Counting, searching and comparing of whole arrays, under mindspore.numpy's names: what has no derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.dtypes import promote
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import DTypeError
from .convert import cast, host, narrow, place, tensor, whole


def unique(x: Any, return_inverse: bool = False) -> Any:
    """The distinct elements in order of first occurrence; with ``return_inverse`` also each element's place there."""
    values, places = OPERATORS["unique_with_index"](OPERATORS["reshape"](tensor(x, "unique"), shape=(-1,)))
    return (values, places) if return_inverse else values


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Tensor:
    """Where each value would be inserted in the sorted ``a``."""
    settings: Any = {"side": side, "sorter": None if sorter is None else host(sorter)}
    found = np.searchsorted(host(a), host(v), **settings)
    return place(np.asarray(found, np.int32))


def digitize(x: Any, bins: Any, right: bool = False) -> Tensor:
    """The number of the bin in which each element lies, bins being given by their edges."""
    return place(np.digitize(host(x), host(bins), right).astype(np.int32))


def bincount(x: Any, weights: Any = None, minlength: int = 0, length: int | None = None) -> Tensor:
    """How often each integer from 0 on occurs in x, or the sum of its weights, as float32."""
    places = place(np.asarray(host(x)))
    if places.np_dtype.kind not in "iu":
        raise DTypeError(f"bincount: `x` should be an array of ints, got {places.dtype}.")
    much = None if weights is None else tensor(weights, "bincount")
    return cast(OPERATORS["bincount"](places, much, minlength=max(minlength, length or 0)), "float32")[:length]


def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Tensor:
    """The edges of ``bins`` equal bins over the range of ``a``, or ``bins`` themselves."""
    if isinstance(bins, float):
        whole(bins, "histogram_bin_edges")
    if not isinstance(bins, (int, str)):
        return tensor(bins, "histogram_bin_edges")
    return place(np.histogram_bin_edges(host(a), bins, range).astype(np.float32))


def histogram(a: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool = False) -> tuple:
    """The counts (float32) of the elements in each bin, or the sums of their weights, and the edges of the bins."""
    edges = histogram_bin_edges(a, bins, range)
    given = None if weights is None else host(weights)
    counts, _ = np.histogram(host(a), bins if isinstance(bins, (int, str)) else host(bins), range, density, given)
    return place(counts.astype(np.float32)), edges


def histogramdd(sample: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool = False) -> tuple:
    """The counts of the rows of ``sample`` (N, D) in the bins of D axes, and the edges of the bins on each."""
    data = [host(s) for s in sample] if isinstance(sample, (list, tuple)) else host(sample)
    counts, edges = np.histogramdd(data, _bins(bins), range, density, None if weights is None else host(weights))
    return place(counts.astype(np.float32)), [place(e.astype(np.float32)) for e in edges]


def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, weights: Any = None, density: bool = False) -> tuple:
    """The counts of the points (x, y) in the bins of two axes, and the edges of the bins on each."""
    counts, edges = histogramdd((x, y), bins, range, weights, density)
    return (counts, *edges)


def _bins(bins: Any) -> Any:
    return [b if isinstance(b, int) else host(b) for b in bins] if isinstance(bins, (list, tuple)) else bins


def isin(element: Any, test_elements: Any, invert: bool = False) -> Tensor:
    """Whether each element is among ``test_elements``."""
    return place(np.isin(host(element), host(test_elements), invert=invert))


def in1d(ar1: Any, ar2: Any, invert: bool = False) -> Tensor:
    """``isin`` of the flattened array."""
    return isin(host(ar1).reshape(-1), ar2, invert)


def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The elements that are in both arrays, sorted; with ``return_indices`` also their places in each."""
    a, b = host(ar1), host(ar2)
    found: Any = np.intersect1d(a, b, assume_unique, return_indices)
    values, *places = found if return_indices else (found,)
    values = place(values.astype(promote(a.dtype, b.dtype)))
    return (values, *[place(narrow(p)) for p in places]) if return_indices else values


def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Tensor:
    """The elements of ``ar1`` that are not in ``ar2``."""
    return place(np.setdiff1d(host(ar1), host(ar2), assume_unique))


def argwhere(a: Any) -> Tensor:
    """The indices (N, ndim), int64, of the elements that are not 0."""
    return place(np.argwhere(host(a)))


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Tensor:
    """Whether two arrays have one shape and equal elements."""
    return place(np.array_equal(host(a1), host(a2), equal_nan))


def array_equiv(a1: Any, a2: Any) -> Tensor:
    """Whether two arrays are equal when one is broadcast to the other."""
    return place(np.array_equiv(host(a1), host(a2)))


__all__ = [
    "argwhere", "array_equal", "array_equiv", "bincount", "digitize", "histogram", "histogram2d", "histogram_bin_edges",
    "histogramdd", "in1d", "intersect1d", "isin", "searchsorted", "setdiff1d", "unique",
]
