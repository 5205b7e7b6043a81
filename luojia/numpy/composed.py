"""Functions of NumPy that the engines do not differentiate as they stand, made of operators that are."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.errors import ArgumentError
from .._src.ops import Tensor
from .adopt import adopt, lift
from .creation import asarray

_sum, _where = OPERATORS["sum"], OPERATORS["where"]


def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> tuple[Tensor, ...]:
    """``x`` cut along ``axis`` into a number of parts, nearly alike, or before each of several positions."""
    x = asarray(x)
    length = x.shape[axis]
    if isinstance(indices_or_sections, int):
        cuts = np.cumsum([len(part) for part in np.array_split(np.arange(length), indices_or_sections)]).tolist()[:-1]
    else:
        cuts = list(indices_or_sections)
    axis %= x.ndim
    edges = [slice(a, b) for a, b in zip([0, *cuts], [*cuts, length])]
    return tuple([x[(slice(None),) * axis + (edge,)] for edge in edges])


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> tuple[Tensor, ...]:
    """``x`` cut along ``axis`` into equal parts, or before each of several positions.

    >>> from luojia import numpy
    >>> [int(part.sum()) for part in numpy.split(numpy.arange(4), 2)]
    [1, 5]
    """
    x = asarray(x)
    if isinstance(indices_or_sections, int) and x.shape[axis] % indices_or_sections:
        raise ArgumentError(f"luojia.numpy.split: axis {axis} of length {x.shape[axis]} does not divide into "
                            f"{indices_or_sections} equal parts; see array_split.")
    return array_split(x, indices_or_sections, axis)


def hsplit(x: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """``x`` cut along its second axis (its only one, if it has one)."""
    return split(x, indices_or_sections, 1 if asarray(x).ndim > 1 else 0)


def vsplit(x: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """``x`` cut along its first axis."""
    return split(x, indices_or_sections, 0)


def dsplit(x: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """``x`` cut along its third axis."""
    return split(x, indices_or_sections, 2)


def average(x: Any, axis: Any = None, weights: Any = None, returned: bool = False) -> Any:
    """The mean over ``axis``, weighted; with ``returned`` the pair with the sum of the weights."""
    x = asarray(x) * 1.0
    if weights is None:
        mean = OPERATORS["mean"](x, axis=axis)
        return (mean, mean * 0 + x.size / mean.size) if returned else mean
    weights = asarray(weights)
    if weights.shape != x.shape and isinstance(axis, int):
        weights = OPERATORS["reshape"](weights, shape=tuple(-1 if i == axis % x.ndim else 1 for i in range(x.ndim)))
        weights = OPERATORS["broadcast_to"](weights, shape=x.shape)
    total = _sum(weights, axis=axis)
    mean = _sum(x * weights, axis=axis) / total
    return (mean, total) if returned else mean


def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None) -> Tensor:
    """The covariance matrix of the rows of ``m`` (its columns, without ``rowvar``)."""
    m = OPERATORS["stack"](asarray(m), asarray(y), axis=0) if y is not None else asarray(m)
    m = m if m.ndim > 1 else OPERATORS["reshape"](m, shape=(1, -1))
    m = m * 1.0 if rowvar else OPERATORS["transpose"](m) * 1.0
    centered = m - OPERATORS["mean"](m, axis=1, keepdims=True)
    out = OPERATORS["matmul"](centered, OPERATORS["transpose"](centered)) / (
        m.shape[1] - (ddof if ddof is not None else 0 if bias else 1))
    return OPERATORS["squeeze"](out) if out.size == 1 else out


def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Tensor:
    """The correlation coefficients of the rows of ``x``."""
    c = cov(x, y, rowvar)
    if not c.ndim:
        return c / c
    deviation = OPERATORS["sqrt"](OPERATORS["diagonal"](c))
    return c / OPERATORS["outer"](deviation, deviation)


def cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The product of the elements up to each along ``axis``; of the flattened Tensor by default."""
    a = asarray(a, dtype)
    return OPERATORS["cumulative_product"](a if axis is not None else a.ravel(), axis=axis or 0)


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The elements of ``a`` whose indices along two axes differ by ``offset``."""
    return OPERATORS["diagonal"](asarray(a), offset=offset, axis1=axis1, axis2=axis2)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Tensor:
    """The differences of neighbours in the flattened Tensor, between ``to_begin`` and ``to_end``."""
    flat = asarray(ary).ravel()
    parts = [asarray(to_begin).ravel() if to_begin is not None else None, flat[1:] - flat[:-1],
             asarray(to_end).ravel() if to_end is not None else None]
    return OPERATORS["concatenate"](*[p for p in parts if p is not None], axis=0)


def float_power(x1: Any, x2: Any, dtype: Any = None) -> Tensor:
    """x1 to the power of x2, as floats."""
    out = OPERATORS["power"](asarray(x1) * 1.0, lift(x2))
    return out if dtype is None else out.astype(dtype)


def _counted(a: Tensor, axis: Any, keepdims: bool) -> Tensor:
    return _sum(OPERATORS["cast"](OPERATORS["logical_not"](OPERATORS["isnan"](a)), dtype=a.np_dtype), axis=axis,
                keepdims=keepdims)


def nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The sum over ``axis`` of what is a number."""
    a = asarray(a, dtype)
    return _sum(_where(OPERATORS["isnan"](a), a * 0 if a.np_dtype.kind != "f" else 0.0, a), axis=axis,
                keepdims=keepdims)


def nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The mean over ``axis`` of what is a number."""
    a = asarray(a, dtype) * 1.0
    return nansum(a, axis, None, keepdims) / _counted(a, axis, keepdims)


def nanvar(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
    """The variance over ``axis`` of what is a number."""
    a = asarray(a, dtype) * 1.0
    away = a - nanmean(a, axis, None, True)
    return nansum(away * away, axis, None, keepdims) / (_counted(a, axis, keepdims) - ddof)


def nanstd(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
    """The standard deviation over ``axis`` of what is a number."""
    return OPERATORS["sqrt"](nanvar(a, axis, dtype, ddof, keepdims))


def nanmax(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The greatest number along ``axis``."""
    a = asarray(a, dtype) * 1.0
    return OPERATORS["max"](_where(OPERATORS["isnan"](a), -np.inf, a), axis=axis, keepdims=keepdims)


def nanmin(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The least number along ``axis``."""
    a = asarray(a, dtype) * 1.0
    return OPERATORS["min"](_where(OPERATORS["isnan"](a), np.inf, a), axis=axis, keepdims=keepdims)


def pad(arr: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Tensor:
    """``arr`` with ``pad_width`` more elements before and after, per axis; as ``numpy.pad`` fills them."""
    return _pad(asarray(arr), pad_width, mode, **kwargs)


_pad = adopt("pad")


def polyval(p: Any, x: Any) -> Tensor:
    """The polynomial with coefficients ``p``, highest power first, at ``x``."""
    p, x = asarray(p), asarray(x)
    out = x * 0 + p[0]
    for i in range(1, p.shape[0]):
        out = out * x + p[i]
    return out


def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The difference between the greatest and the least element along ``axis``."""
    return asarray(x).ptp(axis, keepdims)


def trapz(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Tensor:
    """The integral along ``axis`` by the trapezoidal rule, over the points ``x`` or steps ``dx``."""
    y = OPERATORS["moveaxis"](asarray(y), source=axis, destination=-1) * 1.0
    if x is not None:
        x = asarray(x)
        x = OPERATORS["moveaxis"](x, source=axis, destination=-1) if x.ndim > 1 else x
        steps: Any = x[..., 1:] - x[..., :-1]
    else:
        steps = dx
    return _sum((y[..., 1:] + y[..., :-1]) * steps / 2.0, axis=-1)


def sort(a: Any, axis: int = -1) -> Tensor:
    """The elements along ``axis`` in rising order."""
    return OPERATORS["sort"](asarray(a), axis=axis)


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Tensor:
    """The sum of the diagonal ``offset``."""
    return diagonal(asarray(a, dtype), offset, axis1, axis2).sum(-1)
