"""Pooling: maximum, mean, sum and p-norm of windows, and of the parts of an array (adaptive).

``max_pool`` and its two linear maps are operators whose rules are among themselves, and so are ``sum_pool`` and
``avg_pool`` with theirs; ``pooling`` is what both doors call.
"""

from __future__ import annotations

import functools
import itertools
from math import prod

import numpy as np

from ..core.op import op
from ..engine.kernels.pool import pool_shape
from ..engine.kernels.pool_winners import max_pool_winners, max_pool_winners_dx, takes
from ..engine.numpy_engine import ENGINE
from ..errors import ArgumentError, DTypeError, ShapeError
from .layout import takes_channels_last
from .window import check_layout, ints, padding, spatial


@op(fn=(), half="wide")
def max_pool(xp, x, *, kernel, stride, pad):
    """The maximum of each window of x (N, C, *size); padding counts as -inf."""
    return xp.max_pool(x, kernel=kernel, stride=stride, pad=pad)


@max_pool.vjp(keep="args ans")
def _(xp, g, ans, args, needs, **how):
    return (xp.max_pool_dx(g, args[0], ans, **how),)


@op(fn=(), half="wide")
def max_pool_dx(xp, g, x, y, *, kernel, stride, pad):
    """The gradient of x for the gradient g of y = max_pool(x): g, added at each window's first maximum."""
    return xp.max_pool_dx(g, x, y, kernel=kernel, stride=stride, pad=pad)


@max_pool_dx.vjp(keep="args")
def _(xp, h, ans, args, needs, **how):
    return xp.max_pool_select(h, *args[1:], **how) if needs[0] else None, None, None


@op(fn=(), half="wide")
def max_pool_select(xp, h, x, y, *, kernel, stride, pad):
    """The entry of h, of x's shape, at the first maximum of each window of x, where y = max_pool(x)."""
    return xp.max_pool_select(h, x, y, kernel=kernel, stride=stride, pad=pad)


@max_pool_select.vjp(keep="args")
def _(xp, g, ans, args, needs, **how):
    return xp.max_pool_dx(g, *args[1:], **how) if needs[0] else None, None, None


@op(fn=(), half="wide")
def sum_pool(xp, x, *, kernel, stride, pad):
    """The sum of each window of x (N, C, *size)."""
    return xp.sum_pool(x, kernel=kernel, stride=stride, pad=pad)


@sum_pool.vjp(keep="")
def _(xp, g, ans, args, needs, **how):
    return (xp.sum_pool_dx(g, shape=args[0].shape, **how),)


@op(fn=(), half="wide")
def sum_pool_dx(xp, g, *, shape, kernel, stride, pad):
    """The transpose of ``sum_pool`` for an x of ``shape``: each g added to all of its window."""
    return xp.sum_pool_dx(g, shape=shape, kernel=kernel, stride=stride, pad=pad)


@sum_pool_dx.vjp(keep="")
def _(xp, h, ans, args, needs, *, shape, **how):
    return (xp.sum_pool(h, **how),)


@op(fn=(), half="wide")
def avg_pool(xp, x, *, kernel, stride, pad, count_include_pad=True, extra=None):
    """The mean of each window of x (N, C, *size), over the input's cells or the padded input's."""
    return xp.avg_pool(x, kernel=kernel, stride=stride, pad=pad, count_include_pad=count_include_pad, extra=extra)


@avg_pool.vjp(keep="")
def _(xp, g, ans, args, needs, **how):
    return (xp.avg_pool_dx(g, shape=args[0].shape, **how),)


@op(fn=(), half="wide")
def avg_pool_dx(xp, g, *, shape, kernel, stride, pad, count_include_pad=True, extra=None):
    """The transpose of ``avg_pool`` for an x of ``shape``."""
    return xp.avg_pool_dx(g, shape=shape, kernel=kernel, stride=stride, pad=pad, count_include_pad=count_include_pad,
                          extra=extra)


@avg_pool_dx.vjp(keep="")
def _(xp, h, ans, args, needs, *, shape, **how):
    return (xp.avg_pool(h, **how),)


# -- what the doors call -----------------------------------------------------------------------------------------------

_TYPES = ("max", "avg", "sum", "lp")
_NOT_DILATED = (1, (1,), (1, 1), (1, 1, 1))
_CONVENTIONS = ("valid", "full", "same", "ceil")


def _geometry(shape, *, kernel, pool_type, global_pool, stride, pad, pooling_convention, pad_mode, layout,
              at_most_half=False, **_):
    """(keywords of the pooling kernels, how much of the padding after each axis only rounds the output up)."""
    name = "Pooling"
    check_layout(layout, name)
    size = spatial(shape, name)
    axes = len(size)
    if pool_type not in _TYPES:
        raise ArgumentError(f"{name}: pool_type must be one of {_TYPES}, got {pool_type!r}.")
    if pooling_convention not in _CONVENTIONS:
        raise ArgumentError(f"{name}: pooling_convention must be one of {_CONVENTIONS}, got {pooling_convention!r}.")
    if global_pool:
        return {"kernel": size, "stride": (1,) * axes, "pad": ((0, 0),) * axes}, (0,) * axes
    if kernel in (None, ()):
        raise ArgumentError(f"{name} expects a kernel, got {kernel!r}; give one, or global_pool=True.")
    kernel = ints(kernel, axes, "kernel", name)
    stride = kernel if stride is None else ints(stride, axes, "stride", name)
    if min(*kernel, *stride) < 1:
        raise ShapeError(f"{name} expects kernel and stride of at least 1, got kernel {kernel}, stride {stride}.")
    given = padding("same" if pooling_convention == "same" else pad_mode, pad, size, kernel, stride, (1,) * axes, name)
    if at_most_half:
        _check_half(kernel, given)
    extra = (0,) * axes
    if pooling_convention in ("full", "ceil"):
        last = [-(-(n + lo + hi - k) // s) * s for n, k, s, (lo, hi) in zip(size, kernel, stride, given)]
        if pooling_convention == "ceil":  # MindSpore's, of which no window begins behind the input
            last = [at - s if at >= n + lo else at for at, n, s, (lo, _) in zip(last, size, stride, given)]
        extra = tuple([at + k - n - lo - hi for at, n, k, (lo, hi) in zip(last, size, kernel, given)])
    return {"kernel": kernel, "stride": stride,
            "pad": tuple([(lo, hi + e) for (lo, hi), e in zip(given, extra)])}, extra


def _check_half(kernel, pad):
    """Raises where the two sides' padding of an axis is together more than the kernel."""
    if any((2 * p if isinstance(p, int) else sum(p)) > k for p, k in zip(pad, kernel)):
        raise ArgumentError(f"Pooling: the padding must be at most half of the kernel {kernel}, but got {pad}; pad the "
                            "input with ops.pad, or take a larger kernel.")


def _averaged(attrs, extra):
    """The further keywords of ``avg_pool``: MindSpore's and TensorFlow's 'same' counts no padding."""
    count = attrs["count_include_pad"]
    if count is None:
        count = str(attrs["pad_mode"]).lower() != "same"
    return {"count_include_pad": count, "extra": extra if any(extra) else None}


_MS = "(kernel_size:kernel=1, strides:stride=1, pad_mode='{mode}', data_format:layout='NCHW')"
_AVG = ("(input_x:x, kernel_size:kernel=1, stride=1, padding:pad=0, ceil_mode=False, count_include_pad=True{more}) | "
        "pool_type='avg', at_most_half=True")


@op((f"MaxPool{_MS.format(mode='valid')}(x)", f"AvgPool{_MS.format(mode='VALID')}(x) | pool_type='avg'",
     f"MaxPoolWithArgmax{_MS.format(mode='valid')}(x) | "
     "return_indices='all', index_dtype='int32'",
     "MaxPool3D(kernel_size:kernel=1, strides:stride=1, pad_mode='VALID', pad_list:pad=0, ceil_mode=None, "
     "data_format:layout='NCDHW')(x) | at_most_half=True",
     "AvgPool3D(kernel_size:kernel=1, strides:stride=1, pad_mode='valid', pad=0, ceil_mode=False, "
     "count_include_pad=True, divisor_override:divisor=0, data_format:layout='NCDHW')(x) | pool_type='avg', "
     "at_most_half=True"),
    fn=("max_pool2d(x, kernel_size:kernel, stride=None, padding:pad=0, dilation=1, return_indices=False, "
        "ceil_mode=False) | at_most_half=True",
        "max_pool3d(x, kernel_size:kernel, stride=None, padding:pad=0, dilation=1, ceil_mode=False, "
        "return_indices=False) | at_most_half=True",
        "avg_pool1d" + _AVG.format(more=""), "avg_pool2d" + _AVG.format(more=", divisor_override:divisor=0"),
        "avg_pool3d" + _AVG.format(more=", divisor_override:divisor=0")),
    mx="Pooling(data:x, kernel=(), pool_type='max', global_pool=False, cudnn_off:_=False, pooling_convention='valid', "
       "stride=(), pad=(), p_value=None, count_include_pad=None, layout=None)",
    outputs=lambda return_indices=False, **_: 2 if return_indices else 1, half="wide")
def pooling(xp, x, *, kernel=None, pool_type="max", global_pool=False, stride=1, pad=0, dilation=1,
            pooling_convention="valid", ceil_mode=False, pad_mode="pad", p_value=None, count_include_pad=None,
            divisor=0, return_indices=False, index_dtype="int64", layout=None, at_most_half=False):
    """Each window of x (N, C, *size), reduced: (N, C, *out) with out = (size + pads - kernel) // stride + 1.

    ``pool_type``: 'max' (its gradient goes to the first of equal maxima), 'avg', 'sum', or 'lp', the ``p_value``-th
    root of the sum of powers. ``global_pool`` takes all of each channel. ``pooling_convention`` 'full' (and
    ``ceil_mode``) rounds out up, 'same' makes it ceil(size / stride), as does ``pad_mode`` 'same'; the mean counts the
    padding if ``count_include_pad``, by default unless pad_mode is 'same'. ``divisor`` replaces the mean's count.
    ``stride`` None is the kernel. ``return_indices`` adds where in its channel each maximum is, counted row by row, in
    ``index_dtype``; 'all' counts through the channels. With ``layout`` NWC, NHWC or NDHWC the channels come last.
    The places of a window lie ``dilation`` apart, where the maximum is asked for. ``at_most_half`` refuses padding that
    is more than half of a window, as MindSpore does.
    """
    attrs = {"count_include_pad": count_include_pad, "pad_mode": pad_mode}
    if dilation not in _NOT_DILATED:
        if at_most_half:
            axes = len(x.shape) - 2
            _check_half(ints(kernel, axes, "kernel", "Pooling"), ints(pad, axes, "pad", "Pooling", 0))
        return _dilated(xp, x, kernel, stride, pad, dilation, ceil_mode, return_indices, index_dtype)
    how, extra = _geometry(
        x.shape, kernel=kernel, pool_type=pool_type, global_pool=global_pool, stride=stride, pad=pad,
        pooling_convention="ceil" if ceil_mode else pooling_convention, pad_mode=pad_mode, layout=layout,
        at_most_half=at_most_half,
    )
    if pool_type == "max":
        y = xp.max_pool(x, **how)
        return (y, _indices(xp, x, y, how, return_indices == "all").astype(index_dtype)) if return_indices else y
    if pool_type == "avg":
        return xp.sum_pool(x, **how) / divisor if divisor else xp.avg_pool(x, **how, **_averaged(attrs, extra))
    if pool_type == "sum":
        return xp.sum_pool(x, **how)
    return _lp(xp, x, p_value or 2, how)


def _how(attrs):
    return {name: attrs[name] for name in ("kernel", "stride", "pad", "dilation")}


def _spread(shape, kernel, stride, pad, dilation, ceil_mode):
    """For dilated windows of x (N, C, *size): how x is padded, and the slices of it that the kernel's places read."""
    size = tuple(shape[2:])
    axes = len(size)
    kernel, dilation = ints(kernel, axes, "kernel", "Pooling"), ints(dilation, axes, "dilation", "Pooling")
    stride = kernel if stride is None else ints(stride, axes, "stride", "Pooling")
    pad = ints(pad, axes, "pad", "Pooling", 0)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel)]
    room = [n + 2 * p - s for n, p, s in zip(size, pad, spans)]
    if min(room) < 0:
        raise ShapeError(f"max pooling: windows of {spans} with their dilation do not fit into {size} with padding "
                         f"{pad}.")
    out = [-(-r // s) + 1 if ceil_mode else r // s + 1 for r, s in zip(room, stride)]
    out = [o - 1 if ceil_mode and (o - 1) * s >= n + p else o for o, s, n, p in zip(out, stride, size, pad)]
    width = ((0, 0), (0, 0), *[(p, p + max((o - 1) * s - r, 0)) for p, o, s, r in zip(pad, out, stride, room)])
    reads = [[slice(i * d, i * d + (o - 1) * s + 1, s) for i, d, o, s in zip(at, dilation, out, stride)]
             for at in np.ndindex(*kernel)]
    return width, [(slice(None), slice(None), *read) for read in reads], tuple(out)


def _dilated(xp, x, kernel, stride, pad, dilation, ceil_mode, return_indices, index_dtype):
    """The maxima of windows whose places lie apart, and where they are in the input."""
    width, reads, out = _spread(x.shape, kernel, stride, pad, dilation, ceil_mode)
    parts = xp.stack(_read(xp, x, width, reads, -np.inf if x.dtype.kind not in "iu" else np.iinfo(x.dtype).min), 0)
    y = xp.max(parts, axis=0)
    if not return_indices:
        return y
    size = tuple(x.shape[2:])
    grid = np.pad(np.arange(prod(size)).reshape(size), width[2:])
    places = np.stack([grid[read[2:]] for read in reads]).reshape(len(reads), 1, 1, *out)
    best = xp.expand_dims(xp.argmax(parts, axis=0), 0)
    number = np.arange(len(reads)).reshape(-1, *(1,) * len(x.shape))
    return y, xp.sum((best == number) * places, axis=0).astype(index_dtype)


def _read(xp, x, width, reads, least=-np.inf):
    wide = xp.pad(x, width, "constant", constant_values=least)
    return [wide[read] for read in reads]


def _dilated_dx(xp, g, x, kernel, stride, pad, dilation, ceil_mode):
    """What arrives at each maximum at the first of the places that have it."""
    width, reads, _ = _spread(x.shape, kernel, stride, pad, dilation, ceil_mode)
    best = xp.argmax(xp.stack(_read(xp, x, width, reads), 0), axis=0)
    found = []
    for number, read in enumerate(reads):
        part = g * xp.equal(best, number)
        for axis, at in enumerate(read[2:], 2):
            shape, step = tuple(part.shape), at.step
            part = xp.reshape(part, (*shape[:axis], shape[axis], 1, *shape[axis + 1:]))
            part = xp.pad(part, tuple([(0, step - 1 if i == axis + 1 else 0) for i in range(len(shape) + 1)]))
            part = xp.reshape(part, (*shape[:axis], shape[axis] * step, *shape[axis + 1:]))
            part = part[(slice(None),) * axis + (slice(0, at.stop - at.start),)]
            length = x.shape[axis] + sum(width[axis])
            part = xp.pad(part, tuple([(at.start, length - at.stop) if i == axis else (0, 0)
                                       for i in range(len(shape))]))
        found.append(part)
    return sum(found[1:], found[0])[tuple([slice(lo, lo + n) for n, (lo, _) in zip(x.shape, width)])]


def _indices(xp, x, y, how, through_channels):
    shape = x.shape[1 if through_channels else 2:]
    places = np.arange(prod(shape), dtype=np.float64).reshape(shape)
    h = xp.broadcast_to(xp.asarray(places), x.shape)
    return xp.max_pool_select(xp.copy(h), x, y, **how)


def _lp(xp, x, p, how):
    """The p-th root of the sum of x^p, which for odd p has a sign."""
    if p % 2 != 1:
        return xp.sum_pool(xp.abs(x) ** p, **how) ** (1 / p)
    total = xp.sum_pool(x if p == 1 else x ** p, **how)
    return total if p == 1 else xp.sign(total) * xp.abs(total) ** (1 / p)


@pooling.vjp(keep="args ans")
def _(xp, g, ans, args, needs, *, pool_type, pooling_convention, ceil_mode, p_value, divisor, return_indices,
      index_dtype, **attrs):
    x = args[0]
    if attrs["dilation"] not in _NOT_DILATED:
        return (_dilated_dx(xp, g[0] if return_indices else g, x, ceil_mode=ceil_mode, **_how(attrs)),)
    how, extra = _geometry(x.shape, pool_type=pool_type,
                           pooling_convention="ceil" if ceil_mode else pooling_convention, **attrs)
    if pool_type == "max":
        return (xp.max_pool_dx(g[0], x, ans[0], **how) if return_indices else xp.max_pool_dx(g, x, ans, **how),)
    if pool_type == "avg":
        if divisor:
            return (xp.sum_pool_dx(g / divisor, shape=x.shape, **how),)
        return (xp.avg_pool_dx(g, shape=x.shape, **how, **_averaged(attrs, extra)),)
    if pool_type == "sum":
        return (xp.sum_pool_dx(g, shape=x.shape, **how),)
    # lp: dy/dx = y^(1-p) |x|^(p-1) sign(x), less the sign for odd p, and 0 where y is
    p = p_value or 2
    if p % 2 == 1:
        far = xp.where(xp.equal(ans, 0), xp.ones_like(ans), xp.abs(ans))
        return (xp.sum_pool_dx(g * far ** (1 - p), shape=x.shape, **how) * xp.abs(x) ** (p - 1),)
    safe = xp.where(xp.greater(ans, 0), ans, xp.ones_like(ans))
    spread = xp.sum_pool_dx(g * safe ** (1 - p), shape=x.shape, **how)
    if p == 2:
        return (spread * x,)
    sign = xp.where(xp.greater(x, 0), xp.ones_like(x), xp.zeros_like(x) - 1)
    return (spread * (sign * (sign * x) ** (p - 1)),)


@pooling.fast
def _(needs, x, **attrs):
    if attrs["pool_type"] == "max" and not (attrs["return_indices"] or attrs["ceil_mode"]):
        how, _ = _geometry(x.shape, **attrs)
        if attrs["dilation"] == 1 and takes(x, how["kernel"]):
            return max_pool_winners(x, **how)
    return pooling.fn(ENGINE.xp, x, **attrs), None


@pooling.fast_vjp
def _(saved, g, args, needs, **attrs):
    return (max_pool_winners_dx(g, saved, args[0].shape),)


@pooling.shape
def _(shapes, *, return_indices=False, ceil_mode=False, pooling_convention="valid", index_dtype="int64", **attrs):
    if attrs["dilation"] not in _NOT_DILATED:
        shape = (*shapes[0][:2], *_spread(shapes[0], ceil_mode=ceil_mode, **_how(attrs))[2])
        return (shape, shape) if return_indices else shape
    how, _ = _geometry(shapes[0], pooling_convention="ceil" if ceil_mode else pooling_convention, **attrs)
    shape = pool_shape(shapes[0], **how)
    return (shape, shape) if return_indices else shape


# -- adaptive ----------------------------------------------------------------------------------------------------------


def along(xp, x, matrix, axis):
    """The matrix (m, n) applied to one axis of x, of length n."""
    if matrix.shape[0] == matrix.shape[1] and (matrix == np.eye(len(matrix))).all():
        return x
    matrix = matrix.astype(x.dtype)
    if axis % len(x.shape) == len(x.shape) - 1:
        return xp.matmul(x, matrix.T)
    if axis % len(x.shape) == len(x.shape) - 2:
        return xp.matmul(matrix, x)
    return xp.moveaxis(xp.matmul(xp.moveaxis(x, axis, -1), matrix.T), -1, axis)


def _parts(size: int, out: int) -> list[tuple[int, int]]:
    """Part i of ``out`` is floor(i n / out) to ceil((i + 1) n / out)."""
    return [(i * size // out, -(-(i + 1) * size // out)) for i in range(out)]


def _targets(shape, output_size, axes, name):
    """The output's spatial sizes; None keeps the input's."""
    if len(shape) <= axes:
        raise ShapeError(f"{name} expects data with {axes} spatial axes behind the channels, got shape {tuple(shape)}.")
    sizes = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * axes
    if len(sizes) == 1:
        sizes = tuple(sizes) * axes
    if len(sizes) != axes:
        raise ShapeError(f"{name} expects output_size to be an int or {axes} ints, got {output_size}.")
    found = tuple([n if s is None else s for s, n in zip(sizes, shape[-axes:])])
    if any([s is not None and (isinstance(s, bool) or not isinstance(s, (int, np.integer))) for s in sizes]):
        raise DTypeError(f"{name} expects output_size to be an int or {axes} ints, got {output_size}.")
    if min(found) < 1:
        raise ShapeError(f"{name} expects output_size of at least 1, got {output_size}.")
    return found


@op("AdaptiveAvgPool2D(output_size)(input_x:x)",
    fn=("adaptive_avg_pool1d(input:x, output_size) | axes=1", "adaptive_avg_pool2d(input:x, output_size)",
        "adaptive_avg_pool3d(input:x, output_size) | axes=3"),
    mx="_contrib_AdaptiveAvgPooling2D(data:x, output_size=1)", half="wide")
def adaptive_avg_pool(xp, x, *, output_size, axes=2):
    """The mean of each of ``output_size`` overlapping parts of the last ``axes`` axes of x.

    Part i of m of an axis of n is floor(i n / m) up to ceil((i + 1) n / m).
    """
    sizes, dtype = _targets(x.shape, output_size, axes, "adaptive_avg_pool"), x.dtype
    x = x.astype("float32") if dtype.kind in "iu" else x
    if sizes == (1,) * axes:
        x = xp.mean(x, axis=tuple(range(-axes, 0)), keepdims=True)
    else:
        for axis, out in zip(range(-axes, 0), sizes):
            x = along(xp, x, _averages(x.shape[axis], out), axis)
    return x.astype(dtype) if dtype.kind in "iu" else x


@functools.lru_cache(maxsize=64)
def _averages(size: int, out: int) -> np.ndarray:
    """The matrix (out, size) of the means of the parts."""
    matrix = np.zeros((out, size))
    for i, (start, stop) in enumerate(_parts(size, out)):
        matrix[i, start:stop] = 1 / (stop - start)
    return matrix


@adaptive_avg_pool.vjp(keep="")
def _(xp, g, ans, args, needs, *, output_size, axes):
    shape = tuple(args[0].shape)
    sizes = _targets(shape, output_size, axes, "adaptive_avg_pool")
    if sizes == (1,) * axes:
        return (xp.broadcast_to(g / max(prod(shape[-axes:]), 1), shape),)
    return (xp.parts_spread(g, sizes=shape[-axes:]),)


@op(fn=())
def parts_spread(xp, g, *, sizes):
    """The transpose of ``adaptive_avg_pool`` for data whose last axes have ``sizes``."""
    for axis, size in zip(range(-len(sizes), 0), sizes):
        g = along(xp, g, _averages(size, g.shape[axis]).T, axis)
    return g


@parts_spread.vjp(keep="")
def _(xp, h, ans, args, needs, *, sizes):
    axes = len(sizes)
    return (xp.adaptive_avg_pool(h, output_size=tuple(args[0].shape[-axes:]), axes=axes),)


@op(fn=(), half="wide")
def adaptive_max_pool(xp, x, *, output_size, axes=2):
    """The maximum of each of ``output_size`` parts of the last ``axes`` axes of x (see ``adaptive_avg_pool``)."""
    windows = _windows(x, output_size, axes)
    if windows is not None:
        return max_pool.fn(xp, x, **windows)
    for axis, out in _last_first(x.shape, output_size, axes):
        x = xp.stack([xp.max(part, axis=axis) for part in _cut(x, axis, out)], axis=axis)
    return x


@adaptive_max_pool.vjp(keep="args")
def _(xp, g, ans, args, needs, *, output_size, axes):
    """What arrives at a maximum goes to the first place, row by row, that has it."""
    x, steps = args[0], []
    if g.__class__ is np.ndarray:
        sizes = _targets(x.shape, output_size, axes, "adaptive_max_pool")
        return (_to_winners(g, x, [_parts(n, out) for n, out in zip(x.shape[-axes:], sizes)]),)
    for axis, out in _last_first(x.shape, output_size, axes):
        steps.append((axis, out, x))
        x = xp.stack([xp.max(part, axis=axis) for part in _cut(x, axis, out)], axis=axis)
    for axis, out, x in reversed(steps):
        size, rest = x.shape[axis], (1,) * (-axis - 1)
        pieces = []
        for k, (part, (start, stop)) in enumerate(zip(_cut(x, axis, out), _parts(size, out))):
            places = xp.asarray(np.arange(stop - start).reshape(-1, *rest))
            first = xp.equal(xp.expand_dims(xp.argmax(part, axis=axis), axis), places)
            before = [(0, 0)] * (len(x.shape) + axis)
            pieces.append(xp.pad(g[(..., slice(k, k + 1), *(slice(None),) * len(rest))] * first,
                                 (*before, (start, size - stop), *((0, 0),) * len(rest))))
        g = sum(pieces[1:], pieces[0])
    return (g,)


def _windows(x, output_size, axes: int) -> dict | None:
    """``max_pool``'s windows of an array whose axes the parts divide; else None."""
    if x.__class__ is not np.ndarray or len(x.shape) != axes + 2 or not x.size or x.dtype.kind != "f":
        return None
    sizes = _targets(x.shape, output_size, axes, "adaptive_max_pool")
    if any([n % out for n, out in zip(x.shape[2:], sizes)]):
        return None
    kernel = tuple([n // out for n, out in zip(x.shape[2:], sizes)])
    return {"kernel": kernel, "stride": kernel, "pad": ((0, 0),) * axes}


def _to_winners(g: np.ndarray, x: np.ndarray, parts: list[list[tuple[int, int]]]) -> np.ndarray:
    """Zeros of x's shape with each number of g added at the first maximum of its part, ``parts`` of each last axis."""
    axes = len(parts)
    lead, size = x.shape[:-axes], x.shape[-axes:]
    rows = np.arange(prod(lead))
    dx, wanted = np.zeros((len(rows), prod(size)), g.dtype), g.reshape(len(rows), -1)
    for k, part in enumerate(itertools.product(*parts)):
        of_part = x[(..., *[slice(*ends) for ends in part])]
        first = of_part.reshape(len(rows), -1).argmax(1)
        at = np.unravel_index(first, of_part.shape[-axes:])
        dx[rows, np.ravel_multi_index(tuple([i + start for i, (start, _) in zip(at, part)]), size)] += wanted[:, k]
    return dx.reshape(x.shape)


def _last_first(shape: tuple, output_size, axes: int) -> list[tuple[int, int]]:
    """The axes that are cut and the number of parts of each; the last first, so that rows come before columns."""
    return list(zip(range(-1, -axes - 1, -1), reversed(_targets(shape, output_size, axes, "adaptive_max_pool"))))


def _cut(x, axis: int, out: int) -> list:
    """The ``out`` parts of an axis."""
    rest = (slice(None),) * (-axis - 1)
    return [x[(..., slice(start, stop), *rest)] for start, stop in _parts(x.shape[axis], out)]


takes_channels_last(pooling)
