"""Statistics along axes: ranges, averages, quantiles, covariances, and the reductions that pass over nan."""

from __future__ import annotations

from math import prod as product

import numpy as np

from ..core.dtypes import is_float
from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .reduce import axes_of
from .scan import cumsum
from .sort import sort


@op(fn=())
def ptp(xp, x, *, axis=None, keepdims=False):
    """The range: the greatest element along ``axis`` less the least."""
    axes = axes_of(x.shape, axis, name="ptp")
    return xp.max(x, axis=axes, keepdims=keepdims) - xp.min(x, axis=axes, keepdims=keepdims)


def _nan_extremum(name: str, start: float):
    def function(xp, x, *, axis=None, keepdims=False):
        axes = axes_of(x.shape, axis, name=f"nan{name}")
        missing = xp.isnan(x)
        found = getattr(xp, name)(xp.where(missing, 0 * xp.ones_like(x) + start, x), axis=axes, keepdims=keepdims)
        return xp.where(xp.all(missing, axis=axes, keepdims=keepdims), float("nan") * xp.ones_like(found), found)

    function.__name__ = f"nan{name}"
    function.__doc__ = f"The {name}imum along ``axis``, nan left out; nan where there is nothing else."
    return op(fn=())(function)


_nan_extremum("max", -float("inf"))
_nan_extremum("min", float("inf"))


def _present(xp, x, axes, keepdims: bool):
    """x with 0 for nan, 1 where it is not nan, and how many of those there are."""
    here = xp.logical_not(xp.isnan(x))
    return xp.where(here, x, 0 * xp.ones_like(x)), here, xp.sum(here.astype(x.dtype), axis=axes, keepdims=keepdims)


@op(fn=())
def nanmean(xp, x, *, axis=None, keepdims=False):
    """The mean along ``axis``, nan left out."""
    axes = axes_of(x.shape, axis, name="nanmean")
    filled, _here, count = _present(xp, x, axes, keepdims)
    return xp.sum(filled, axis=axes, keepdims=keepdims) / count


@op(fn=())
def nanvar(xp, x, *, axis=None, ddof=0, keepdims=False):
    """The variance along ``axis``, nan left out, with the divisor n - ddof."""
    axes = axes_of(x.shape, axis, name="nanvar")
    filled, here, count = _present(xp, x, axes, True)
    centered = xp.where(here, filled - xp.sum(filled, axis=axes, keepdims=True) / count, 0 * filled)
    total = xp.sum(centered * centered, axis=axes, keepdims=keepdims)
    return total / (xp.reshape(count, tuple(total.shape)) - ddof)


@op(fn=())
def nanstd(xp, x, *, axis=None, ddof=0, keepdims=False):
    """The standard deviation along ``axis``, nan left out: the square root of ``nanvar``."""
    return xp.sqrt(nanvar.fn(xp, x, axis=axis, ddof=ddof, keepdims=keepdims))


@op(fn=())
def nancumsum(xp, x, *, axis=None, dtype=None):
    """Running sums along ``axis`` (of x flattened, if None), with nan counted as 0."""
    return cumsum.fn(xp, xp.where(xp.isnan(x), 0 * xp.ones_like(x), x), axis=axis, dtype=dtype)


@op(fn=(), outputs=lambda *, returned=False, **_: 2 if returned else 1)
def average(xp, x, w=None, *, axis=None, returned=False):
    """sum(w x) / sum(w) along ``axis``, and with ``returned`` also sum(w).

    The weights have the shape of x, or are a vector along ``axis``; without them it is the mean.
    """
    axes = axes_of(x.shape, axis, name="average")
    if w is None:
        w = xp.ones(tuple(x.shape), x.dtype)
    elif tuple(w.shape) != tuple(x.shape):
        if not isinstance(axis, int) or tuple(w.shape) != (x.shape[axis],):
            raise ShapeError(f"average: weights of shape {tuple(w.shape)} fit neither the array's shape "
                             f"{tuple(x.shape)} nor its axis {axis}.")
        at = axis % len(x.shape)
        w = xp.reshape(w, tuple([n if i == at else 1 for i, n in enumerate(x.shape)])) * xp.ones(x.shape, x.dtype)
    total = xp.sum(w, axis=axes)
    found = xp.sum(x * w, axis=axes) / total
    return (found, total) if returned else found


_BETWEEN = ("linear", "lower", "higher", "midpoint", "nearest")


@op(fn=())
def quantile(xp, x, *, q, axis=None, keepdims=False, interpolation="linear"):
    """The value below which the share ``q`` (a number of [0, 1], or a tuple of them) of the elements lies.

    A position between two sorted elements takes their interpolation: 'linear', 'lower', 'higher', 'midpoint' or
    'nearest'. Several ``q`` are the first axis of the result. Hyndman and Fan 1996, number 7.
    """
    shares = np.asarray(q, np.float64)
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ArgumentError(f"quantile: q must lie between 0 and 1, got {q}.")
    if interpolation not in _BETWEEN:
        raise ArgumentError(f"quantile: interpolation must be one of {_BETWEEN}, got {interpolation!r}.")
    shape = tuple(x.shape)
    axes = axes_of(shape, axis, name="quantile")
    axes = tuple(range(len(shape))) if axes is None else axes
    rest = tuple([a for a in range(len(shape)) if a not in axes])
    rows = xp.reshape(xp.transpose(x, rest + axes), (*[shape[a] for a in rest], product([shape[a] for a in axes])))
    ordered = sort.fn(xp, rows, axis=-1)
    at = shares.reshape(-1) * (rows.shape[-1] - 1)
    low, high = np.floor(at).astype(int), np.ceil(at).astype(int)
    part = {"linear": at - low, "lower": 0 * at, "higher": np.ceil(at) - low, "midpoint": 0.5 * (high > low),
            "nearest": np.round(at) - low}[interpolation].astype(x.dtype if is_float(x.dtype) else "float32")
    found = ordered[..., low] * (1 - part) + ordered[..., high] * part
    found = xp.moveaxis(found, -1, 0)
    kept = tuple([1 if a in axes else n for a, n in enumerate(shape)]) if keepdims else tuple(found.shape)[1:]
    return xp.reshape(found, shares.shape + kept)


@op(fn=())
def cov(xp, m, y=None, w=None, *, rowvar=True, bias=False, ddof=None, fweights=None):
    """The covariance matrix of variables, which are the rows of m (and y), or with ``rowvar`` false the columns.

    Args:
        ddof: the divisor is n - ddof; by default n - 1, with ``bias`` n.
        w: how much each observation counts.
        fweights: how often each observation counts, integers.
    """
    m = _variables(xp, m, rowvar)
    if y is not None:
        m = xp.concatenate((m, _variables(xp, y, rowvar)), 0)
    n = m.shape[1]
    ddof = (0 if bias else 1) if ddof is None else ddof
    for given in (fweights, w):
        if given is not None and len(given) != n:
            raise ShapeError(f"cov: {n} observations need as many weights, got {len(given)}.")
    if fweights is None and w is None:
        centered = m - xp.mean(m, axis=1, keepdims=True)
        return xp.squeeze(xp.matmul(centered, xp.transpose(centered)) / float(max(n - ddof, 0)))
    weights = xp.asarray(np.ones(n) if fweights is None else np.asarray(fweights, np.float64), m.dtype)
    weights = weights if w is None else weights * xp.reshape(w, (-1,)).astype(m.dtype)
    total = xp.sum(weights)
    divisor = total - ddof * (1.0 if w is None else xp.sum(weights * w) / total)
    centered = m - xp.sum(m * weights, axis=1, keepdims=True) / total
    return xp.squeeze(xp.matmul(centered * weights, xp.transpose(centered)) / xp.maximum(divisor, 0))


def _variables(xp, m, rowvar: bool):
    """m as a matrix with a variable per row."""
    if len(m.shape) > 2:
        raise ShapeError(f"cov expects a vector or a matrix of observations, got shape {tuple(m.shape)}.")
    if len(m.shape) < 2:
        m = xp.reshape(m, (1, -1))
    elif not rowvar and m.shape[0] != 1:
        m = xp.transpose(m)
    return m if is_float(m.dtype) else m.astype("float32")


@op(fn=())
def corrcoef(xp, m, y=None, *, rowvar=True):
    """The correlation coefficients: cov(i, j) / sqrt(cov(i, i) cov(j, j))."""
    c = cov.fn(xp, m, y, rowvar=rowvar)
    if not c.shape:
        return c / c
    i = np.arange(c.shape[0])
    deviation = xp.sqrt(c[i, i])
    return c / xp.reshape(deviation, (-1, 1)) / deviation
