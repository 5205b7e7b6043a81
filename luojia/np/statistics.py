"""mx.np's statistics: means, spreads, quantiles, correlations, and what leaves NaN out."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.dtypes import to_numpys
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.ops.compose import floating
from .creation import lift
from .host import on_host
from .multiarray import ndarray, result
from .table import FUNCTIONS, alone, over_none, stored


def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """The mean over ``axis``, all axes by default; of integers in float32."""
    return FUNCTIONS["mean"](a, axis, dtype, keepdims, out=out)


def prod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """The product over ``axis``, all axes by default."""
    return FUNCTIONS["prod"](a, axis, dtype, keepdims, out=out)


def std(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, keepdims: bool = False) -> ndarray:
    """The root of ``var``."""
    return _spread("std", a, axis, dtype, out, ddof, keepdims)


def var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, keepdims: bool = False) -> ndarray:
    """The mean of the squared distances from the mean, the sum divided by their number less ``ddof``."""
    return _spread("var", a, axis, dtype, out, ddof, keepdims)


def _spread(name: str, a: Any, axis: Any, dtype: Any, out: Any, ddof: int, keepdims: bool) -> ndarray:
    a = lift(a, name)
    a = floating(a) if dtype is None else a.astype(to_numpys(dtype))
    if alone(a, axis):
        (a,), attrs = over_none((a,), {"axis": axis, "keepdims": keepdims})
        axis, keepdims = attrs["axis"], attrs["keepdims"]
    return stored(OPERATORS[name](a, axis=tuple(axis) if isinstance(axis, list) else axis, ddof=ddof,
                                  keepdims=keepdims), out)


def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, out: Any = None) -> Any:
    """sum(weights a) / sum(weights) over ``axis``; with ``returned`` also the sum of the weights."""
    weights = None if weights is None else floating(lift(weights, "average"))
    a = floating(lift(a, "average"))
    if alone(a, axis):
        (a,), axis = over_none((a,), {})[0], -1
    found = OPERATORS["average"](a, weights, axis=axis, returned=returned)
    return result(list(found)) if returned else stored(found, out)


def quantile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = None,
             interpolation: str = "linear", keepdims: bool = False) -> ndarray:
    """The value below which the share ``q`` of the elements lies; several ``q`` are the first axis of the result."""
    shares = np.asarray(q.asnumpy() if isinstance(q, Tensor) else q, np.float64).tolist()
    axis = tuple(axis) if isinstance(axis, list) else axis
    shares = tuple(shares) if isinstance(shares, list) else shares
    return stored(OPERATORS["quantile"](floating(lift(a, "quantile")), q=shares, axis=axis, keepdims=keepdims,
                                        interpolation=interpolation), out)


def percentile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = None,
               interpolation: str = "linear", keepdims: bool = False) -> ndarray:
    """``quantile`` with ``q`` in percent."""
    shares = np.asarray(q.asnumpy() if isinstance(q, Tensor) else q, np.float64) / 100
    return quantile(a, shares, axis, out, overwrite_input, interpolation, keepdims)


def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = None, keepdims: bool = False) -> ndarray:
    """The middle of the sorted elements, or the mean of the two middle ones."""
    return quantile(a, 0.5, axis, out, keepdims=keepdims)


def interp(x: Any, xp: Any, fp: Any, left: float | None = None, right: float | None = None,
           period: float | None = None) -> Any:
    """The function through the points (xp, fp) at x; with a ``period`` a constant to every gradient."""
    if period is not None:
        return on_host("interp")(x, xp, fp, left, right, period)
    return FUNCTIONS["interp"](x, xp, fp, left, right)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, bias: Any = None, ddof: Any = None, dtype: Any = None) -> Any:
    """The correlations of variables, which are rows, or columns if not ``rowvar``. (bias and ddof change nothing.)"""
    found = FUNCTIONS["corrcoef"](x, y, rowvar)
    return found if dtype is None else found.astype(dtype)


def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
        aweights: Any = None, dtype: Any = None) -> Any:
    """The covariances of variables, which are rows, or columns if not ``rowvar``."""
    found = FUNCTIONS["cov"](m, y, rowvar, bias, ddof, fweights, aweights)
    return found if dtype is None else found.astype(dtype)


def nanmax(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, **more: Any) -> Any:
    """The maximum of what is not NaN; with ``initial`` and ``where`` a constant to every gradient."""
    return _of_some("nanmax", a, axis, out, keepdims, more)


def nanmin(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, **more: Any) -> Any:
    """The minimum of what is not NaN; with ``initial`` and ``where`` a constant to every gradient."""
    return _of_some("nanmin", a, axis, out, keepdims, more)


def nanprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, **more: Any) -> Any:
    """The product of what is not NaN; with ``dtype``, ``initial`` and ``where`` a constant to every gradient."""
    return _of_some("nanprod", a, axis, out, keepdims, more if dtype is None else {"dtype": dtype, **more})


def _of_some(name: str, a: Any, axis: Any, out: Any, keepdims: bool, more: dict[str, Any]) -> Any:
    if more:
        return stored(lift(on_host(name)(a, axis, keepdims=keepdims, **more)), out)
    a = lift(a, name)
    if isinstance(a, Tensor) and a.np_dtype.kind in "biu":  # none is NaN; a product is NumPy's, of int64
        if name == "nanprod":
            a = OPERATORS["cast"](a, dtype=np.dtype("u8" if a.np_dtype.kind == "u" else "i8"))
        return FUNCTIONS[name[3:]](a, axis=axis, keepdims=keepdims, out=out)
    return FUNCTIONS[name](a, axis, keepdims, out=out)


def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """The sums up to each element, NaN counting as 0."""
    a = lift(a, "nancumsum")
    if dtype is None and isinstance(a, Tensor) and a.np_dtype.kind in "iu":
        return FUNCTIONS["cumsum"](a, axis, np.dtype("u8" if a.np_dtype.kind == "u" else "i8"), out=out)
    return FUNCTIONS["nancumsum"](a, axis, dtype, out=out)


__all__ = [
    "average", "corrcoef", "cov", "interp", "mean", "median", "nancumsum", "nanmax", "nanmin", "nanprod", "percentile",
    "prod", "quantile", "std", "var",
]
