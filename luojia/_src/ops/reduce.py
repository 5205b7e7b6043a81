"""Reductions over axes: sums, products, means, norms, truth.

``exclude`` reduces all axes but those named, and ``rank1`` gives a full reduction the shape (1,) and keeps integer
dtypes: MXNet's conventions.
"""

from __future__ import annotations

from math import prod as product

import numpy as np

from ..core.dtypes import to_np
from ..core.op import op
from ..engine.kernels.running import products, products_dx
from ..engine.numpy_engine import ENGINE
from ..errors import ArgumentError

_MX = "(data:x, axis=None, keepdims=False, exclude=False) | rank1=True"


def axes_of(shape: tuple, axis, exclude: bool = False, name: str = "a reduction") -> tuple | None:
    """``axis`` as a tuple of axes counted from the front, or None for all of them; one number has an axis 0 too."""
    if axis is None or axis.__class__ is tuple and not axis:
        return None
    ndim = len(shape) or 1
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    for a in axes:
        if not -ndim <= a < ndim:
            raise ArgumentError(f"{name}: axis {a} is out of bounds for an array of shape {tuple(shape)}.")
    axes = tuple([a % ndim for a in axes])
    if len(set(axes)) < len(axes):
        raise ArgumentError(f"{name}: Reduction axes have duplicates {axis}; name each axis once.")
    if exclude:
        axes = tuple([a for a in range(ndim) if a not in axes])
    return None if len(axes) == ndim else axes


def kept(shape: tuple, axis) -> tuple:
    """``shape`` with the reduced axes at length 1."""
    if axis is None or not shape:
        return (1,) * len(shape)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    axes = {a % len(shape) for a in axes}
    return tuple([1 if i in axes else n for i, n in enumerate(shape)])


def spread(xp, g, shape: tuple, axis, exclude: bool):
    """``g``, of the reduced shape, with the reduced axes back at length 1."""
    return xp.reshape(g, kept(shape, axes_of(shape, axis, exclude)))


def finish(xp, out, x, rank1: bool):
    """MXNet's shape and dtype of a full reduction."""
    if not rank1:
        return out
    if not out.shape:
        out = xp.reshape(out, (1,))
    return out if out.dtype == x.dtype or x.dtype.kind == "b" else out.astype(x.dtype)


@op("ReduceSum(keep_dims:keepdims=False, skip_mode:_=False)(x, axis=()) | dtype='same'",
    fn=("sum(input:x, dim:axis=None, keepdim:keepdims=False, dtype=None)",
        "reduce_sum(x, axis=(), keep_dims:keepdims=False) | dtype='same'"),
    mx=("sum" + _MX, "sum_axis" + _MX), half="wide")
def sum(xp, x, *, axis=None, keepdims=False, exclude=False, rank1=False, dtype=None):
    """The sum over ``axis`` (all axes by default), of ``dtype``; in the dtype of x, if that is 'same'."""
    dtype = _own(dtype, x)
    if dtype is not None and dtype != "same":
        x = x.astype(to_np(dtype))
    out = xp.sum(x, axis=axes_of(x.shape, axis, exclude, "sum"), keepdims=keepdims)
    return finish(xp, _signed(out, x, rank1) if dtype is None else out.astype(x.dtype), x, rank1)


def _own(dtype, x):
    """The dtype meant: 'own' is 'same' for integers, and else none."""
    if not isinstance(dtype, str) or dtype != "own":
        return dtype
    return "same" if x.dtype.kind in "iu" else None


def _signed(out, x, rank1: bool):
    """MindSpore adds and multiplies bytes in int64, and the longer unsigned integers in their own dtype."""
    if out.dtype.kind != "u" or rank1:
        return out
    return out.astype("int64" if x.dtype == "uint8" else x.dtype)


@sum.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis, keepdims, exclude, rank1, dtype):
    return (xp.broadcast_to(g if keepdims else spread(xp, g, args[0].shape, axis, exclude), args[0].shape),)


@op("ReduceMean(keep_dims:keepdims=False)(x, axis=())",
    fn=("mean(x, axis=None, keep_dims:keepdims=False)",
        "reduce_mean(x, axis=(), keep_dims:keepdims=False)"), mx="mean" + _MX, half="wide")
def mean(xp, x, *, axis=None, keepdims=False, exclude=False, rank1=False, dtype=None):
    """The mean over ``axis`` (all axes by default); of integers, in their dtype."""
    if dtype is not None:
        x = x.astype(to_np(dtype))
    out = xp.mean(x, axis=axes_of(x.shape, axis, exclude, "mean"), keepdims=keepdims)
    if out.dtype != x.dtype:
        out = out.astype(x.dtype)
    return finish(xp, out, x, rank1)


@mean.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis, keepdims, exclude, rank1, dtype):
    shape = args[0].shape
    axes = axes_of(shape, axis, exclude)
    count = product(shape if axes is None else [shape[a] for a in axes])
    if not keepdims:
        g = spread(xp, g, shape, axis, exclude)
    return (xp.broadcast_to(g / max(count, 1), shape),)


@op("ReduceProd(keep_dims:keepdims=False)(x, axis=()) | dtype='same'",
    fn="prod(input:x, axis=None, keep_dims:keepdims=False, dtype=None)", mx="prod" + _MX, half="wide")
def prod(xp, x, *, axis=None, keepdims=False, exclude=False, rank1=False, dtype=None):
    """The product over ``axis`` (all axes by default), of ``dtype``; in the dtype of x, if that is 'same'."""
    dtype = _own(dtype, x)
    if dtype is not None and dtype != "same":
        x = x.astype(to_np(dtype))
    out = (products if isinstance(x, np.ndarray) else xp.prod)(
        x, axis=axes_of(x.shape, axis, exclude, "prod"), keepdims=keepdims)
    return finish(xp, _signed(out, x, rank1) if dtype is None else out.astype(x.dtype), x, rank1)


@prod.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, keepdims, exclude, rank1, dtype):
    """Each element's derivative is the product of the others: of those before and those after it, exact at zeros."""
    x = args[0]
    shape = tuple(x.shape)
    axes = axes_of(shape, axis, exclude)
    axes = tuple(range(len(shape))) if axes is None else axes
    order = tuple([a for a in range(len(shape)) if a not in axes]) + axes
    rest = tuple([shape[a] for a in order[: len(shape) - len(axes)]])
    rows = xp.reshape(xp.transpose(x, order), (*rest, product([shape[a] for a in axes])))
    others = (xp.cumulative_product(rows, axis=-1, exclusive=True)
              * xp.cumulative_product(rows, axis=-1, exclusive=True, reverse=True))
    inverse = [0] * len(order)
    for i, a in enumerate(order):
        inverse[a] = i
    others = xp.transpose(xp.reshape(others, tuple([shape[a] for a in order])), tuple(inverse))
    return (spread(xp, g, shape, axis, exclude) * others,)


@prod.fast
def _(needs, x, **how):
    ans = prod.fn(ENGINE.xp, x, **how)
    return ans, ans if x.dtype.char in "fd" and ans.dtype == x.dtype else None


@prod.fast_vjp
def _(ans, g, args, needs, *, axis, exclude, **_):
    x = args[0]
    axes = axes_of(x.shape, axis, exclude)
    axes = tuple(range(x.ndim)) if axes is None else axes
    order = (*[a for a in range(x.ndim) if a not in axes], *axes)
    moved = x.transpose(order)
    dx = products_dx(g.reshape(-1), ans.reshape(-1), moved.reshape(ans.size, -1)).reshape(moved.shape)
    return (dx.transpose(np.argsort(order)),)


@op(fn=(), mx="_square_sum(data:x, axis=None, keepdims=False, exclude=False)", half="wide")
def square_sum(xp, x, *, axis=None, keepdims=False, exclude=False):
    """The sum of x^2 over the axes."""
    return xp.sum(x * x, axis=axes_of(x.shape, axis, exclude), keepdims=keepdims)


@op(mx="nansum" + _MX, fn="nansum(input:x, axis=None, keepdims=False, dtype=None)", half="wide")
def nansum(xp, x, *, axis=None, keepdims=False, exclude=False, rank1=False, dtype=None):
    """The sum, with nan counted as 0; in the dtype of x, unless ``dtype`` is given."""
    how = {"axis": axis, "keepdims": keepdims, "exclude": exclude, "rank1": rank1,
           "dtype": dtype or (None if x.dtype.kind == "b" else "same")}
    if x.dtype.kind in "bui":
        return sum.fn(xp, x, **how)
    if x.__class__ is np.ndarray and x.dtype.kind == "f":
        plain = sum.fn(xp, x, **how)
        if not np.isnan(plain).any():  # so that none was in x
            return plain
    return sum.fn(xp, xp.where(xp.isnan(x), 0 * xp.ones_like(x), x), **how)


@nansum.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, keepdims, exclude, rank1, dtype):
    g = spread(xp, g, args[0].shape, axis, exclude)
    return (g * xp.logical_not(xp.isnan(args[0])),)


@op(mx="nanprod" + _MX, half="wide")
def nanprod(xp, x, *, axis=None, keepdims=False, exclude=False, rank1=False):
    """The product, with nan counted as 1."""
    return prod.fn(xp, xp.where(xp.isnan(x), xp.ones_like(x), x), axis=axis, keepdims=keepdims, exclude=exclude,
                   rank1=rank1)


@op(fn=("var(input:x, axis=None, ddof=0, keepdims=False)",), half="wide")
def var(xp, x, *, axis=None, ddof=0, keepdims=False):
    """The variance over ``axis``, with the divisor n - ddof."""
    axes = axes_of(x.shape, axis, name="var")
    count = product(x.shape if axes is None else [x.shape[a] for a in axes])
    if x.dtype.kind in "biu":
        x = x * 1.0  # the mean of integers is an integer
    if not count:
        return xp.sum(x, axis=axes, keepdims=keepdims) * float("nan")
    centered = x - mean.fn(xp, x, axis=axes, keepdims=True)
    return xp.sum(centered * centered, axis=axes, keepdims=keepdims) / (count - ddof)


@var.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis, ddof, keepdims):
    return (_var_dx(xp, g, args[0], axis, ddof),)


def _var_dx(xp, g, x, axis, ddof):
    axes = axes_of(x.shape, axis, name="var")
    count = product(x.shape if axes is None else [x.shape[a] for a in axes])
    share = 2 / (count - ddof) if count != ddof else float("nan")
    return spread(xp, g * share, x.shape, axis, False) * (x - xp.mean(x, axis=axes, keepdims=True))


@op(fn="std(input:x, axis=None, ddof=0, keepdims=False)", half="wide")
def std(xp, x, *, axis=None, ddof=0, keepdims=False):
    """The standard deviation: the square root of ``var``."""
    return xp.sqrt(var.fn(xp, x, axis=axis, ddof=ddof, keepdims=keepdims))


@std.vjp(keep="args ans")
def _(xp, g, ans, args, needs, *, axis, ddof, keepdims):
    return (_var_dx(xp, 0.5 * g / ans, args[0], axis, ddof),)


@op(mx="moments(data:x, axes:axis=None, keepdims=False)", outputs=2)
def moments(xp, x, *, axis=None, keepdims=False):
    """Mean and variance over ``axis``."""
    axes = axes_of(x.shape, axis, name="moments")
    center = mean.fn(xp, x, axis=axes, keepdims=True)
    variance = mean.fn(xp, (x - center) * (x - center), axis=axes, keepdims=keepdims)
    if not keepdims:
        center = xp.reshape(center, variance.shape)
    return center, variance


@op(fn=(), mx="norm(data:x, ord=2, axis=None, out_dtype:dtype=None, keepdims=False) | rank1=True", half="wide")
def norm(xp, x, *, ord=2, axis=None, keepdims=False, rank1=False, dtype=None):
    """The norm of vectors along ``axis``: (sum |x|^ord)^(1/ord), for ord inf the greatest |x|; ord 2 by default.

    Its gradient at 0 is nan for ord 2.
    """
    if dtype is not None:
        x = x.astype(to_np(dtype))
    axes = axes_of(x.shape, axis, name="norm")
    if ord in (None, 2, "fro"):
        out = xp.sqrt(xp.sum(x * (xp.conj(x) if x.dtype.kind == "c" else x), axis=axes, keepdims=keepdims))
    elif ord == 1:
        out = xp.sum(xp.abs(x), axis=axes, keepdims=keepdims)
    elif ord == float("inf"):
        out = xp.max(xp.abs(x), axis=axes, keepdims=keepdims)
    elif ord == -float("inf"):
        out = xp.min(xp.abs(x), axis=axes, keepdims=keepdims)
    elif ord == 0:
        out = xp.sum((x != 0).astype(x.dtype), axis=axes, keepdims=keepdims)
    elif isinstance(ord, (int, float)):
        out = xp.sum(xp.abs(x) ** ord, axis=axes, keepdims=keepdims) ** (1.0 / ord)
    else:
        raise ArgumentError(f"norm: ord must be a number, inf, -inf or 'fro', got {ord!r}.")
    return finish(xp, out, x, rank1)


@norm.fast
def _(needs, x, *, ord, axis, keepdims, rank1, dtype):
    ans = np.asarray(norm.fn(ENGINE.xp, x, ord=ord, axis=axis, keepdims=keepdims, rank1=rank1, dtype=dtype))
    return ans, ans if ord in (None, 2, "fro") and x.dtype.kind == "f" and dtype is None else None


@norm.fast_vjp
def _(saved, g, args, needs, *, axis, **_):
    x = args[0]
    with np.errstate(all="ignore"):
        return (x * spread(np, g / saved, x.shape, axis, False),)


@op(fn="logsumexp(input:x, dim:axis, keepdim:keepdims=False)", half="wide")
def logsumexp(xp, x, *, axis=None, keepdims=False):
    """log(sum(e^x)) over ``axis``, without overflow."""
    axes = axes_of(x.shape, axis, name="logsumexp")
    top = xp.max(x, axis=axes, keepdims=True)
    out = xp.log(xp.sum(xp.exp(x - top), axis=axes, keepdims=True)) + top
    return out if keepdims else xp.sum(out, axis=axes)


@logsumexp.vjp
def _(xp, g, ans, args, needs, *, axis, keepdims):
    shape = args[0].shape
    return (spread(xp, g, shape, axis, False) * xp.exp(args[0] - spread(xp, ans, shape, axis, False)),)


@op("ReduceAll(keep_dims:keepdims=False)(x, axis=())", fn="all(input:x, axis=None, keep_dims:keepdims=False)",
    differentiable=False)
def all(xp, x, *, axis=None, keepdims=False):
    """Whether all elements along ``axis`` are true, or not 0."""
    return xp.all(x, axis=axes_of(x.shape, axis, name="all"), keepdims=keepdims)


@op("ReduceAny(keep_dims:keepdims=False)(x, axis=())", fn="any(input:x, axis=None, keep_dims:keepdims=False)",
    differentiable=False)
def any(xp, x, *, axis=None, keepdims=False):
    """Whether an element along ``axis`` is true, or not 0."""
    return xp.any(x, axis=axes_of(x.shape, axis, name="any"), keepdims=keepdims)


@op(fn="count_nonzero(x, axis=(), keep_dims:keepdims=False, dtype='int32')", differentiable=False)
def count_nonzero(xp, x, *, axis=None, keepdims=False, dtype="int32"):
    """How many elements along ``axis`` are not 0."""
    return xp.sum(x != 0, axis=axes_of(x.shape, axis, name="count_nonzero"), keepdims=keepdims).astype(to_np(dtype))


@op("L2Normalize(axis=0, epsilon=0.0001)(x)", fn="l2_normalize(x, axis=0, epsilon=0.0001)", half="wide")
def l2_normalize(xp, x, *, axis=0, epsilon=0.0001):
    """x over its norm along ``axis``, where the squared norm counts as at least ``epsilon``."""
    return x / xp.sqrt(xp.maximum(xp.sum(x * x, axis=axes_of(x.shape, axis), keepdims=True), epsilon))


@l2_normalize.fast
def _(needs, x, *, axis, epsilon):
    if x.dtype.kind != "f":
        return l2_normalize.fn(ENGINE.xp, x, axis=axis, epsilon=epsilon), None
    total = np.sum(x * x, axis=axes_of(x.shape, axis), keepdims=True)
    length = np.sqrt(np.maximum(total, epsilon))
    y = x / length
    return y, (y, length, total >= epsilon)


@l2_normalize.fast_vjp
def _(saved, g, args, needs, *, axis, epsilon):
    y, length, free = saved
    return ((g - y * (np.sum(g * y, axis=axes_of(y.shape, axis), keepdims=True) * free)) / length,)


@op(mx="L2Normalization(data:x, eps=1e-10, mode='instance')", half="wide")
def l2_normalization(xp, x, *, eps=1e-10, mode="instance"):
    """x over sqrt(sum(x^2) + eps), over all axes but the first ('instance'), axis 1 ('channel') or those after it
    ('spatial')."""
    ndim = len(x.shape)
    if mode not in ("instance", "channel", "spatial"):
        raise ArgumentError(f"L2Normalization: mode must be 'instance', 'channel' or 'spatial', got {mode!r}.")
    axes = {"instance": tuple(range(1, ndim)), "channel": (1,), "spatial": tuple(range(2, ndim))}[mode]
    return x / xp.sqrt(xp.sum(x * x, axis=axes, keepdims=True) + eps)


@op(mx="LRN(data:x, alpha=0.0001, beta=0.75, knorm=2, nsize)", half="wide")
def local_response_norm(xp, x, *, alpha=0.0001, beta=0.75, knorm=2, nsize):
    """x / (knorm + alpha / nsize * s)^beta, s the sum of squares over the ``nsize`` channels around each.

    Krizhevsky, Sutskever and Hinton 2012.
    """
    half = nsize // 2
    widths = ((0, 0), (half, half), *(((0, 0),) * (len(x.shape) - 2)))
    squares = xp.pad(x * x, widths, "constant")
    n = x.shape[1]
    total = squares[:, 0:n]
    for i in range(1, nsize):
        total = total + squares[:, i : i + n]
    return x / (knorm + alpha / nsize * total) ** beta


@op("LRN(depth_radius=5, bias=1.0, alpha=1.0, beta=0.5, norm_region:_='ACROSS_CHANNELS')(x)",
    fn="lrn(x, depth_radius=5, bias=1.0, alpha=1.0, beta=0.5, norm_region:_='ACROSS_CHANNELS')", half="wide")
def local_response_normalization(xp, x, *, depth_radius=5, bias=1.0, alpha=1.0, beta=0.5):
    """x / (bias + alpha s)^beta, s the sum of squares over the channels up to ``depth_radius`` away (MindSpore)."""
    size = 2 * depth_radius + 1
    return local_response_norm.fn(xp, x, alpha=alpha * size, beta=beta, knorm=bias, nsize=size)
