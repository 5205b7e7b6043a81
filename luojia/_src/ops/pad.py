"""Padding, triangles and diagonals."""

from __future__ import annotations

import functools

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError

_NARROW = 32  # lines of a border up to which they are added one by one


def _pairs(pad_width, ndim: int) -> tuple:
    """(before, after) per axis, from pairs or from MXNet's flat tuple."""
    width = tuple(pad_width)
    if width and isinstance(width[0], int):
        width = tuple(zip(width[::2], width[1::2]))
    if len(width) != ndim:
        raise ArgumentError(f"pad: the widths {tuple(pad_width)} must name (before, after) for each of {ndim} axes.")
    return tuple([tuple(w) for w in width])


@op("Pad(paddings:pad_width)(x)", mx=("pad(data:x, mode, pad_width, constant_value:constant_values=0)",
                                      "Pad(data:x, mode, pad_width, constant_value:constant_values=0)"))
def pad(xp, x, *, pad_width, mode="constant", constant_values=0):
    """x with ``pad_width`` (before, after) per axis filled: 'constant', 'edge', 'reflect', 'symmetric', 'wrap'; with
    'maximum' or 'minimum' that along the axis.
    """
    width = _pairs(pad_width, len(x.shape))
    mode = mode.lower()
    if any(a < 0 or b < 0 for a, b in width):
        cut = tuple([slice(max(0, -a), n - max(0, -b)) for (a, b), n in zip(width, x.shape)])
        x, width = x[cut], tuple([(max(a, 0), max(b, 0)) for a, b in width])
    if mode == "constant":
        if isinstance(x, np.ndarray) and isinstance(constant_values, (int, float)):
            return bordered(x, width, constant_values)
        return xp.pad(x, width, "constant", constant_values=constant_values)
    if mode not in ("edge", "reflect", "symmetric", "wrap", "maximum", "minimum"):
        raise ArgumentError("pad: mode must be 'constant', 'edge', 'reflect', 'symmetric', 'wrap', 'maximum' or "
                            f"'minimum', got {mode!r}.")
    for axis, (before, after) in enumerate(width):
        if before or after:
            n = x.shape[axis]
            if mode[0] == "m":
                top = (xp.max if mode == "maximum" else xp.min)(x, axis=axis, keepdims=True)
                x = xp.concatenate([top] * before + [x] + [top] * after, axis=axis)
                continue
            if mode == "reflect" and max(before, after) >= n:
                raise ShapeError(f"pad: reflecting {max(before, after)} elements needs more than {n} along axis "
                                 f"{axis}.")
            where = np.pad(np.arange(n), (before, after), mode)
            x = x.take(where, axis) if isinstance(x, np.ndarray) else x[(slice(None),) * axis + (where,)]
    return x


@pad.vjp(keep="")
def _(xp, g, ans, args, needs, *, pad_width, mode, constant_values):
    shape = tuple(args[0].shape)
    if mode.lower() != "constant":
        return (xp.unpad(g, shape=shape, pad_width=pad_width, mode=mode),)
    width = _pairs(pad_width, len(shape))
    dx = g[tuple([slice(max(a, 0), n - max(b, 0)) for (a, b), n in zip(width, g.shape)])]
    if any(a < 0 or b < 0 for a, b in width):
        dx = xp.pad(dx, pad_width=tuple([(max(-a, 0), max(-b, 0)) for a, b in width]))
    return (dx,)


def bordered(x: np.ndarray, width: tuple, value: float) -> np.ndarray:
    """``numpy.pad`` with one number."""
    out = np.full([n + a + b for n, (a, b) in zip(x.shape, width)], value, x.dtype)
    out[tuple([slice(a, a + n) for n, (a, _) in zip(x.shape, width)])] = x
    return out


@op(fn=())
def unpad(xp, g, *, shape, pad_width, mode):
    """The transpose of ``pad`` other than by a constant: each element of g added to where it came from."""
    width = _pairs(pad_width, len(shape))
    for axis, ((before, after), n) in enumerate(zip(width, shape)):
        kept, lead = n + min(before, 0) + min(after, 0), (slice(None),) * axis
        first = max(before, 0)
        where = np.pad(np.arange(kept), (first, max(after, 0)), mode.lower())
        rim = np.r_[: first, first + kept : len(where)]
        inner = g[(*lead, slice(first, first + kept))]
        if isinstance(g, np.ndarray) and 0 < len(rim) <= _NARROW:
            folded = np.array(inner)
            for k in rim:
                folded[(*lead, where[k])] += g[(*lead, k)]
            g = folded
        elif len(rim):
            added = xp.scatter_add(tuple(inner.shape), g.dtype, (*lead, where[rim]), g[(*lead, rim)])
            g = inner + added
        if kept < n:
            g = xp.pad(g, [(0, 0)] * axis + [(max(-before, 0), max(-after, 0))] + [(0, 0)] * (len(shape) - axis - 1))
    return g


@unpad.vjp(keep="")
def _(xp, h, ans, args, needs, *, shape, pad_width, mode):
    return (xp.mirror_pad(h, pad_width=pad_width, mode=mode),)


@op("MirrorPad(mode='REFLECT')(x, paddings:pad_width)")
def mirror_pad(xp, x, *, pad_width, mode="REFLECT"):
    """x padded by reflection, without ('REFLECT') or with ('SYMMETRIC') its edge repeated."""
    return pad.fn(xp, x, pad_width=pad_width, mode=mode)


@mirror_pad.vjp(keep="")
def _(xp, g, ans, args, needs, *, pad_width, mode):
    return (xp.unpad(g, shape=tuple(args[0].shape), pad_width=pad_width, mode=mode),)


@op(fn="pad(input_x:x, padding, mode='constant', value=None)")
def pad_last(xp, x, *, padding, mode="constant", value=None):
    """x with its last axes padded: ``padding`` is (before, after) of the last axis, then of the one before, ..."""
    width, mode = _of_last(len(x.shape), padding, mode)
    return pad.fn(xp, x, pad_width=width, mode=mode, constant_values=0 if value is None else value)


def _of_last(ndim: int, padding: tuple, mode: str) -> tuple[tuple, str]:
    """``pad``'s widths and mode."""
    if len(padding) % 2 or len(padding) > 2 * ndim:
        raise ArgumentError(f"pad: padding {tuple(padding)} must hold (before, after) for at most {ndim} axes.")
    pairs = tuple([tuple(padding[i : i + 2]) for i in range(0, len(padding), 2)])[::-1]
    return ((0, 0),) * (ndim - len(pairs)) + pairs, {"replicate": "edge", "circular": "wrap"}.get(mode, mode)


@pad_last.vjp(keep="")
def _(xp, g, ans, args, needs, *, padding, mode, value):
    width, mode = _of_last(len(args[0].shape), padding, mode)
    return pad.rule(xp, g, ans, args, needs, pad_width=width, mode=mode, constant_values=value)


@functools.lru_cache(maxsize=8)
def _ones(name: str, rows: int, columns: int, k: int, dtype) -> np.ndarray:
    """A triangle of ones, for reading."""
    return getattr(np, name)(np.ones((rows, columns), dtype), k)


def _triangle(name: str, ms: str, doc: str):
    def function(xp, x, *, k=0):
        return x * _ones(name, *x.shape[-2:], k, x.dtype)

    function.__name__, function.__doc__ = name, doc
    made = op(f"{ms}(diagonal:k=0)(x)", fn=f"{name}(input:x, diagonal:k=0)", mx=f"{name}(data:x, k=0)")(function)

    @made.vjp(keep="")
    def _(xp, g, ans, args, needs, *, k):
        return (getattr(xp, name)(g, k=k),)


_triangle("tril", "Tril", "x with the elements above its k-th diagonal set to 0.")
_triangle("triu", "Triu", "x with the elements below its k-th diagonal set to 0.")


@op(fn=(), mx="diag(data:x, k=0, axis1=0, axis2=1)")
def diag(xp, x, *, k=0, axis1=0, axis2=1):
    """The k-th diagonal of x; of a vector, the matrix that has it as its k-th diagonal."""
    if len(x.shape) == 1:
        n = x.shape[0] + abs(k)
        rows = np.arange(x.shape[0]) + max(0, -k)
        return xp.scatter_add((n, n), x.dtype, (rows, rows + k), x)
    return diagonal.fn(xp, x, offset=k, axis1=axis1, axis2=axis2)


@diag.vjp(keep="")
def _(xp, g, ans, args, needs, *, k, axis1, axis2):
    if len(args[0].shape) == 1:
        return (xp.diagonal(g, offset=k, axis1=0, axis2=1),)
    return (xp.on_diagonal(g, shape=tuple(args[0].shape), offset=k, axis1=axis1, axis2=axis2),)


@op(fn="diagonal(input:x, offset=0, dim1:axis1=0, dim2:axis2=1)")
def diagonal(xp, x, *, offset=0, axis1=0, axis2=1):
    """The diagonal of x over two axes, as its last axis."""
    ndim = len(x.shape)
    axis1, axis2 = axis1 % ndim, axis2 % ndim
    rows, columns = x.shape[axis1], x.shape[axis2]
    n = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    i = np.arange(n)
    rest = tuple([a for a in range(ndim) if a not in (axis1, axis2)])
    return xp.transpose(x, (*rest, axis1, axis2))[..., i + max(0, -offset), i + max(0, offset)]


@diagonal.vjp(keep="")
def _(xp, g, ans, args, needs, **how):
    return (xp.on_diagonal(g, shape=tuple(args[0].shape), **how),)


@op(fn=())
def on_diagonal(xp, g, *, shape, offset, axis1, axis2):
    """The transpose of ``diagonal``: zeros of ``shape`` with g, its last axis, on a diagonal over two axes."""
    ndim = len(shape)
    axis1, axis2 = axis1 % ndim, axis2 % ndim
    order = (*[a for a in range(ndim) if a not in (axis1, axis2)], axis1, axis2)
    i = np.arange(g.shape[-1])
    at = (..., i + max(0, -offset), i + max(0, offset))
    if g.__class__ is np.ndarray:
        out = np.zeros(shape, g.dtype)
        out.transpose(order)[at] = g
        return out
    out = xp.set_at(xp.zeros(tuple([shape[a] for a in order]), g.dtype), at, g)
    return xp.transpose(out, tuple([order.index(a) for a in range(ndim)]))


@on_diagonal.vjp(keep="")
def _(xp, h, ans, args, needs, *, shape, **how):
    return (xp.diagonal(h, **how),)


@op(fn="trace(input:x)")
def trace(xp, x):
    """The sum of the diagonal of a matrix."""
    return xp.sum(diagonal.fn(xp, x), axis=-1).astype(x.dtype)


@trace.vjp(keep="")
def _(xp, g, ans, args, needs):
    shape = tuple(args[0].shape)
    g = xp.broadcast_to(xp.expand_dims(g, len(g.shape)), (*shape[2:], min(shape[:2])))
    return (xp.on_diagonal(g, shape=shape, offset=0, axis1=0, axis2=1),)
