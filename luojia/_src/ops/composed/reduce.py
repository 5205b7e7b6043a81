"""Reductions, quantiles, running sums, and what is distinct or grouped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.dtypes import float_limits, is_float, to_np
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError
from ..compose import placed, reshaped
from ..scatter import check_segments
from ..shape import axis_in


def aminmax(input: Tensor, *, axis: int | None = 0, keepdims: Any = False) -> tuple[Tensor, Tensor]:
    """The least and the greatest element along ``axis`` (of all, if None).

    Of equal elements along an axis the first has the gradient, of equal ones of all each a part, as in MindSpore.
    """
    axis, keepdims = axis if input.ndim else None, keepdims is True if axis is None else bool(keepdims)
    if axis is not None:
        least, greatest = (OP[f"{name}_with_index"](input, axis=axis, keepdims=keepdims, index_first=True)[1]
                           for name in ("min", "max"))
        return least, greatest
    return OP["min"](input, axis=axis, keepdims=keepdims), OP["max"](input, axis=axis, keepdims=keepdims)


def reduce_max(x: Tensor, axis: Any = ()) -> Tensor:
    """The greatest element along ``axis``, of all by default."""
    return OP["max"](x, axis=None if isinstance(axis, tuple) and not axis else axis)


def reduce_min(x: Tensor, axis: Any = ()) -> Tensor:
    """The least element along ``axis``, of all by default."""
    return OP["min"](x, axis=None if isinstance(axis, tuple) and not axis else axis)


def lp_norm(x: Tensor, axis: Any, p: int = 2, keep_dims: bool = False, epsilon: float = 1e-12) -> Tensor:
    """The norm (sum |x|^p)^(1/p) along ``axis``, at least ``epsilon``; its gradient is x |x|^(p - 2) / norm^(p - 1).

    Matches ``mindspore.ops.LpNorm``, also where the norm is ``epsilon``: the gradient at 0 is 0.
    """
    how = {"axis": tuple(axis) if isinstance(axis, list) else axis}
    least = float(np.asarray(epsilon, x.np_dtype))
    size = OP["stop_gradient"](OP["norm"](x, ord=p, keepdims=True, **how))
    small = OP["less"](size, least)
    norm = OP["norm"](OP["where"](small, OP["ones_like"](x), x), ord=p, keepdims=keep_dims, **how)
    if not least or p < 1:
        return norm
    powers = OP["sum"](OP["power"](OP["abs"](x), p), keepdims=keep_dims, **how)
    slope = min(1 / (p * least ** (p - 1)), float(np.finfo(x.np_dtype).max))
    bound = least + (powers - OP["stop_gradient"](powers)) * slope
    return OP["where"](OP["reshape"](small, shape=norm.shape), bound, norm)


def nanmean(input: Tensor, axis: Any = None, keepdims: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over ``axis`` of what is a number."""
    x = input if dtype is None else OP["cast"](input, dtype=to_np(dtype))
    out = OP["nanmean"](x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims)
    return out if dtype is None else OP["cast"](out, dtype=to_np(dtype))


def nanmedian(input: Tensor, axis: int = -1, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """The lower median along ``axis`` of what is a number, and its position; nan at position 0 where nothing is."""
    axis = axis_in(axis, max(input.ndim, 1), "nanmedian")
    values = np.atleast_1d(input.asnumpy())
    order = np.argsort(values, axis=axis, kind="stable")  # nan comes last
    count = (~np.isnan(values)).sum(axis, keepdims=True)
    at = np.take_along_axis(order, np.maximum(count - 1, 0) // 2, axis)
    out = OP["take_along"](reshaped(input, values.shape), placed(at, input), axis=axis)
    shape = at.shape if keepdims and input.ndim else np.squeeze(at, axis).shape
    return reshaped(out, shape), placed(at.astype(np.int64).reshape(shape), input)


def quantile(input: Tensor, q: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The value below which the share ``q`` of the elements lies, linear between neighbours.

    ``q`` is a number of [0, 1] or a vector of them, which is the first axis of the result. Where an element is not a
    number, neither is the result.

    >>> from luojia import Tensor
    >>> float(quantile(Tensor([1.0, 2.0, 4.0]), 0.75))
    3.0
    """
    shares = q.asnumpy() if isinstance(q, Tensor) else np.asarray(q)
    if shares.ndim > 1:
        raise ShapeError(f"For 'quantile', q must be a number or a vector, got shape {shares.shape}.")
    out = OP["quantile"](input, q=tuple(shares.tolist()) if shares.ndim else float(shares), axis=axis,
                         keepdims=keepdims)
    if shares.ndim and not shares.size:
        return out
    missing = OP["any"](OP["isnan"](input), axis=axis, keepdims=keepdims)
    return OP["where"](missing, float("nan"), out)


def nanquantile(input: Tensor, q: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """``quantile`` of what is a number."""
    shares = np.asarray(q.asnumpy() if isinstance(q, Tensor) else q, np.float64)
    if shares.ndim > 1 or not ((shares >= 0) & (shares <= 1)).all():
        raise ArgumentError(f"For 'nanquantile', q must be a number or a vector of numbers of [0, 1], got {q}.")
    at = axis_in(axis, input.ndim, "nanquantile") if axis is not None else None
    x = OP["moveaxis"](input, source=at, destination=-1) if at is not None else reshaped(input, (-1,))
    order = np.argsort(x.asnumpy(), axis=-1, kind="stable")
    count = (~np.isnan(x.asnumpy())).sum(-1, keepdims=True)
    place = shares.reshape(-1) * (np.maximum(count, 1) - 1)
    low, high = np.floor(place).astype(int), np.ceil(place).astype(int)
    parts = [OP["take_along"](x, placed(np.take_along_axis(order, i, -1), x), axis=-1) for i in (low, high)]
    found = parts[0] + (parts[1] - parts[0]) * placed((place - low).astype(x.np_dtype), x)
    found = OP["moveaxis"](found, source=-1, destination=0)
    kept = found.shape[1:]
    if keepdims:
        kept = tuple([1 if at is None or i == at else n for i, n in enumerate(input.shape)])
    return reshaped(found, shares.shape + kept)


def logcumsumexp(input: Tensor, axis: int) -> Tensor:
    """The logarithm of the running sum of e^x along ``axis``."""
    axis = axis_in(axis, input.ndim, "logcumsumexp")
    lead, step = (slice(None),) * axis, 1
    while step < input.shape[axis]:  # sums over 1, 2, 4, ... elements
        head, tail = input[(*lead, slice(0, step))], input[(*lead, slice(step, None))]
        input = OP["concatenate"](head, OP["logaddexp"](tail, input[(*lead, slice(0, -step))]), axis=axis)
        step *= 2
    return OP["identity"](input) if step == 1 else input


def trapz(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The integral of samples y along ``dim`` by the trapezoidal rule, at places x or ``dx`` apart.

    Samples and places that are no floats are taken as Float32. (So are Float64 ones by MindSpore.)
    """
    def inexact(v: Tensor) -> Tensor:
        return OP["cast"](v, dtype=np.dtype(np.float32)) if v.np_dtype.kind in "biu" else v

    y, x = inexact(y), None if x is None else inexact(x)
    return OP["trapz"](y, x, dx=dx, axis=dim)


def argwhere(input: Tensor) -> Tensor:
    """The indices (n, ndim) of the elements that are not zero, Int64."""
    return placed(np.argwhere(input.asnumpy()), input)


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices (n, ndim) of the elements that are not zero, Int64; with ``as_tuple`` a vector for each axis."""
    found = OP["nonzero"](input)
    return tuple([found[:, i] for i in range(input.ndim)]) if as_tuple else found


def searchsorted(sorted_sequence: Tensor, values: Tensor, *, out_int32: bool = False, right: bool = False,
                 side: str | None = None, sorter: Tensor | None = None) -> Tensor:
    """Where each value would be inserted in the sorted rows, before its equals, or behind them (``right``).

    ``side`` is another word for it: 'left' or 'right'. ``sorter`` holds the indices that sort the rows.

    >>> from luojia import Tensor
    >>> searchsorted(Tensor([1, 3, 5]), Tensor([3, 4]), side="right").tolist()
    [2, 2]
    """
    if side not in (None, "left", "right"):
        raise ArgumentError(f"For 'searchsorted', side must be 'left' or 'right', got {side!r}.")
    if right and side == "left":
        raise ArgumentError("For 'searchsorted', side='left' contradicts right=True.")
    rows = sorted_sequence if sorter is None else OP["take_along"](sorted_sequence, sorter, axis=-1)
    return OP["search_sorted"](rows, values, right=right or side == "right",
                               dtype="int32" if out_int32 else "int64")


def intopk(x1: Tensor, x2: Tensor, k: int) -> Tensor:
    """Whether the element x2[i] of each row of x1 (N, C) is among its ``k`` greatest.

    None is that lies outside the row, or in a row with nan or inf.
    """
    there = OP["logical_and"](OP["greater_equal"](x2, 0), OP["less"](x2, x1.shape[1]))
    right = OP["take_along"](x1, OP["expand_dims"](OP["where"](there, x2, OP["zeros_like"](x2)), axis=1), axis=1)
    above = OP["sum"](OP["cast"](OP["greater"](x1, right), dtype="int32"), axis=1)
    finite = OP["all"](OP["isfinite"](x1), axis=1)
    return OP["logical_and"](OP["less"](above, k), OP["logical_and"](finite, there))


def isconstant(x: Any) -> bool:
    """Whether a value is known when a network is compiled: every value, when it is asked for."""
    return True


# -- distinct elements -------------------------------------------------------------------------------------------------


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False,
                       dim: int | None = None) -> Any:
    """The elements (or slices along ``dim``) that differ from the one before.

    With ``return_inverse`` also the place of each element among them, and with ``return_counts`` how often it stands
    there in a row, Int64.

    >>> from luojia import Tensor
    >>> unique_consecutive(Tensor([1, 1, 2, 1])).tolist()
    [1, 2, 1]
    """
    if dim is None:
        rows, shape = input.asnumpy().reshape(-1, 1), input.shape
        x, at = reshaped(input, (-1,)), 0
    else:
        at = axis_in(dim, input.ndim, "unique_consecutive")
        x, shape = input, (input.shape[at],)
        rows = np.moveaxis(input.asnumpy(), at, 0).reshape(input.shape[at], -1)
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).any(1)
    starts = np.flatnonzero(new)
    found: list[Any] = [OP["take"](x, placed(starts, input), axis=at)]
    if return_inverse:
        found.append(placed((np.cumsum(new) - 1).reshape(shape), input))
    if return_counts:
        found.append(placed(np.diff(np.append(starts, len(rows))), input))
    return found[0] if len(found) == 1 else tuple(found)


def unique_with_pad(x: Tensor, pad_num: Any) -> tuple[Tensor, Tensor]:
    """The distinct elements of a vector, in order of first occurrence, filled up with ``pad_num``; and the places."""
    values, places = OP["unique_with_index"](x)
    rest = OP["filled_like"](x[: x.shape[0] - values.shape[0]], value=pad_num)
    return (OP["concatenate"](values, rest, axis=0) if rest.shape[0] else values), places


def _segment(name: str) -> Callable:
    def function(x: Tensor, segment_ids: Tensor, num_segments: Any) -> Tensor:
        if isinstance(num_segments, (bool, float, str)):
            raise DTypeError(f"For 'unsorted_segment_{name}', num_segments must be an int, got {num_segments!r}.")
        n = int(num_segments)
        check_segments(f"unsorted_segment_{name}", x, segment_ids, n)
        kind = x.np_dtype
        limits = float_limits(kind) if is_float(kind) else np.iinfo(kind)
        start = {"min": limits.max, "max": limits.min, "prod": 1}[name]
        base = placed(np.full((n + 1, *x.shape[segment_ids.ndim:]), start, kind), x)  # the last row for those of none
        scatter = OP["tensor_scatter_" + {"prod": "mul"}.get(name, name)]
        ids = OP["where"](OP["less"](segment_ids, 0), n, segment_ids)
        return scatter(base, OP["expand_dims"](ids, axis=-1), x)[:n]

    what = {"min": "least", "max": "greatest", "prod": "product"}[name]
    function.__name__ = function.__qualname__ = f"unsorted_segment_{name}"
    function.__doc__ = f"The {what} of the slices of each segment; where one has none, the dtype's limit, or 1. "
    function.__doc__ += "Slices of negative numbers belong to none."
    return function


unsorted_segment_min, unsorted_segment_max, unsorted_segment_prod = map(_segment, ("min", "max", "prod"))


def sparse_segment_mean(x: Tensor, indices: Tensor, segment_ids: Tensor) -> Tensor:
    """The mean of the rows x[indices] of each segment; the segments' numbers rise."""
    ids = segment_ids.asnumpy()
    if ids.size and (ids[0] < 0 or (np.diff(ids) < 0).any()):
        raise ArgumentError(f"For 'sparse_segment_mean', segment_ids must rise from 0 or more, got {ids}.")
    n = int(ids[-1]) + 1 if ids.size else 0
    total = OP["unsorted_segment_sum"](OP["take"](x, indices, axis=0), segment_ids, num_segments=n)
    count = np.maximum(np.bincount(ids, minlength=n), 1).astype(x.np_dtype)
    return total / placed(count.reshape(-1, *(1,) * (x.ndim - 1)), x)


def inplace_index_add(var: Tensor, indices: Tensor, updates: Tensor, axis: int) -> Tensor:
    """``var`` with ``updates`` added to its slices at ``indices`` along ``axis``; ``var`` itself takes that value."""
    moved = OP["moveaxis"](var, source=axis, destination=0)
    added = OP["tensor_scatter_add"](moved, OP["expand_dims"](indices, axis=-1),
                                     OP["moveaxis"](updates, source=axis, destination=0))
    out = OP["moveaxis"](added, source=0, destination=axis)
    var._rebind(out._value)
    return out

