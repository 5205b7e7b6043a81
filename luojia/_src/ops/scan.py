"""Running sums and products."""

from __future__ import annotations

import numpy as np

from ..core.dtypes import to_np
from ..core.op import op
from ..engine.kernels.precision import widen
from ..engine.kernels.running import running_extremum
from ..engine.numpy_engine import ENGINE
from .reduce import axes_of
from .shape import axis_in

_LONG = 256


def _along(axis: int, ndim: int, part: slice) -> tuple:
    return (slice(None),) * (axis % ndim) + (part,)


def _shifted(xp, x, axis, fill):
    """x moved one place along ``axis``, with ``fill`` first and without its last element."""
    ndim = len(x.shape)
    first = xp.zeros_like(x[_along(axis, ndim, slice(0, 1))]) + fill
    return xp.concatenate((first, x[_along(axis, ndim, slice(0, -1))]), axis % ndim)


def _accumulated(ufunc: np.ufunc, x: np.ndarray, axis: int) -> np.ndarray:
    """``ufunc.accumulate`` in x's dtype, whole slices at a time, which use vectors, where they are long."""
    lines = np.moveaxis(x, axis, 0)
    if axis % x.ndim == x.ndim - 1 or lines[:1].size < _LONG:
        return ufunc.accumulate(x, axis, x.dtype)
    out = np.empty_like(x, order="C")
    into = np.moveaxis(out, axis, 0)
    into[:1] = lines[:1]
    for i in range(1, len(lines)):
        ufunc(into[i - 1], lines[i], out=into[i])
    return out


@op("CumSum(exclusive=False, reverse=False)(x, axis)", fn="cumsum(x, axis, dtype=None)",
    mx="cumsum(a:x, axis=None, dtype=None)", half="wide")
def cumsum(xp, x, *, axis=None, dtype=None, exclusive=False, reverse=False):
    """The sum of the elements up to each along ``axis`` (of all elements in a row, if None).

    ``exclusive`` leaves out the element itself, ``reverse`` sums from the end.
    """
    if dtype is not None:
        x = x.astype(to_np(dtype))
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    axes_of(x.shape, axis, name="cumsum")
    if reverse:
        x = xp.flip(x, axis)
    out = _accumulated(np.add, x, axis) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else xp.cumsum(x, axis)
    if out.dtype != x.dtype and x.dtype.kind != "b":
        out = out.astype(x.dtype)
    if exclusive:
        out = _shifted(xp, out, axis, 0)
    return xp.flip(out, axis) if reverse else out


@cumsum.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis, dtype, exclusive, reverse):
    dx = xp.running_sum(g, axis=0 if axis is None else axis, exclusive=exclusive, reverse=not reverse)
    return (xp.reshape(dx, args[0].shape) if axis is None else dx,)


@op(fn=(), half="wide")
def running_sum(xp, x, *, axis, exclusive, reverse):
    """``cumsum`` under a name that is not NumPy's, so that rules may say ``exclusive`` and ``reverse``."""
    return cumsum.fn(xp, x, axis=axis, exclusive=exclusive, reverse=reverse)


@running_sum.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis, exclusive, reverse):
    return (xp.running_sum(g, axis=axis, exclusive=exclusive, reverse=not reverse),)


@op("CumProd(exclusive=False, reverse=False)(x, axis)", fn="cumprod(input:x, dim:axis, dtype=None)", half="wide")
def cumulative_product(xp, x, *, axis, dtype=None, exclusive=False, reverse=False):
    """The product of the elements up to each along ``axis``; ``exclusive`` and ``reverse`` as for ``cumsum``."""
    if dtype is not None:
        x = x.astype(to_np(dtype))
    if reverse:
        x = xp.flip(x, axis)
    axis = axis_in(axis, len(x.shape), "cumprod")
    ndim, n = len(x.shape), x.shape[axis]
    if isinstance(x, np.ndarray):
        out = _accumulated(np.multiply, x, axis)
    else:
        parts = [x[_along(axis, ndim, slice(0, 1))]] if n else [x]
        for i in range(1, n):  # one product at a time, so that the derivative is exact at zeros
            parts.append(parts[-1] * x[_along(axis, ndim, slice(i, i + 1))])
        out = xp.concatenate(parts, axis % ndim)
    if exclusive:
        out = _shifted(xp, out, axis, 1)
    return xp.flip(out, axis) if reverse else out


_LEAST = 1e-6  # of an element's size, by which a product is divided to leave it out


@cumulative_product.fast
def _(needs, x, *, axis, **how):
    ans = cumulative_product.fn(ENGINE.xp, x, axis=axis, **how)
    plain = how == {"dtype": None, "exclusive": False, "reverse": False} and x.dtype.kind == "f"
    return ans, ans if plain and (np.abs(x) > _LEAST).all() and np.isfinite(ans).all() else None


@cumulative_product.fast_vjp
def _(ans, g, args, needs, *, axis, **_):
    """The products that hold an element, each by its gradient, without that element."""
    terms = widen(np.flip(g * ans, axis))
    return (np.flip(_accumulated(np.add, terms, axis), axis) / args[0],)


def _running_extremum(name: str, better: str, index_dtype: str, faces: dict):
    def function(xp, x, *, axis):
        axis = axis_in(axis, len(x.shape), name)
        ndim, n = len(x.shape), x.shape[axis]
        if isinstance(x, np.ndarray) and n:
            return running_extremum(x, axis, better == "greater_equal", np.dtype(index_dtype))
        value = x[_along(axis, ndim, slice(0, 1))]
        position = xp.zeros_like(value, dtype=index_dtype)
        values, positions = [value], [position]
        for i in range(1, n):
            new = x[_along(axis, ndim, slice(i, i + 1))]
            won = xp.logical_or(getattr(xp, better)(new, value), new != new)  # NaN wins over all
            value, position = xp.where(won, new, value), xp.where(won, i, position)
            values.append(value)
            positions.append(position)
        return xp.concatenate(values, axis % ndim), xp.concatenate(positions, axis % ndim).astype(index_dtype)

    function.__name__ = name
    function.__doc__ = f"The {name[3:]}imum of the elements up to each along ``axis``, and its position."
    made = op(**faces, outputs=2, half="wide")(function)

    @made.vjp
    def _(xp, g, ans, args, needs, *, axis):
        return (xp.put_along(g[0], ans[1], axis=axis, shape=tuple(args[0].shape)),)


_running_extremum("cummax", "greater_equal", "int64", {"ms": "Cummax(axis)(x)", "fn": "cummax(input:x, axis)"})
_running_extremum("cummin", "less_equal", "int32", {"ms": "Cummin(axis)(x)", "fn": "cummin(input:x, axis)"})
