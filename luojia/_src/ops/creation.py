"""Arrays from numbers: constants, ranges, identity matrices."""

from __future__ import annotations

import math

import numpy as np

from ..core.dtypes import to_np
from ..core.op import op
from .shape import axis_in


def _shape(shape) -> tuple:
    return (shape,) if isinstance(shape, int) else tuple(shape or ())


@op("Zeros()(shape, dtype=None)", fn="zeros(size:shape, dtype=None)",
    mx="_zeros(shape=None, ctx:_='', dtype='float32')", differentiable=False)
def filled_zeros(xp, *, shape, dtype=None):
    """Zeros of ``shape``."""
    return xp.zeros(_shape(shape), to_np(dtype or "float32"))


@op("Ones()(shape, dtype=None)", fn="ones(shape, dtype=None)", mx="_ones(shape=None, ctx:_='', dtype='float32')",
    differentiable=False)
def filled_ones(xp, *, shape, dtype=None):
    """Ones of ``shape``."""
    return xp.ones(_shape(shape), to_np(dtype or "float32"))


@op("Fill()(type:dtype, shape, value)",
    fn="fill(type:dtype, shape, value)",
    mx="_full(shape=None, ctx:_='', dtype='float32', value)", differentiable=False)
def filled(xp, *, shape, value, dtype=None):
    """``value`` everywhere in ``shape``."""
    if dtype is None:
        dtype = "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "float32"
    return xp.full(_shape(shape), value, to_np(dtype))


@op("Range(maxlen:_=1000000)(start, limit:stop, delta:step)", fn=("range(start, end:stop, step, maxlen:_=1000000)",),
    mx="_arange(start=0.0, stop=None, step=1.0, repeat=1, infer_range:_=None, ctx:_='', dtype='float32')",
    differentiable=False)
def filled_range(xp, *, start=0, stop=None, step=1, repeat=1, dtype=None):
    """start, start + step, ... below ``stop`` (from 0 to ``start``, if None), each ``repeat`` times."""
    if stop is None:
        start, stop = 0, start
    if dtype is None:
        dtype = "int64" if all(isinstance(v, (int, np.integer)) for v in (start, stop, step)) else "float32"
    out = xp.arange(start, stop, step, to_np(dtype))
    return out if repeat == 1 else xp.repeat(out, repeat)


@op(fn=(), mx="_linspace(start=None, stop=None, step:_=None, repeat:_=None, infer_range:_=None, num, endpoint=True, "
    "ctx:_='', dtype='float32')", differentiable=False)
def filled_linspace(xp, *, start, stop, num, endpoint=True, dtype="float32"):
    """``num`` numbers at equal distances from ``start`` to ``stop``."""
    return xp.linspace(start, stop, num, endpoint=endpoint).astype(to_np(dtype))


@op("Eye()(n, m, t:dtype)", fn="eye(n, m=None, dtype=None)",
    mx="_eye(N:n=0, M:m=0, k=0, ctx:_='', dtype='float32') | square=True", differentiable=False)
def filled_eye(xp, *, n, m=None, k=0, dtype=None, square=False):
    """Ones on the k-th diagonal of zeros (n, m), or (n, n) if m is None, and if it is 0 with ``square``."""
    return xp.eye(n, m or None if square else m, k, to_np(dtype or "float32"))


@op(fn="full_like(input:x, fill_value:value, dtype=None)", differentiable=False)
def filled_like(xp, x, *, value, dtype=None):
    """``value`` everywhere in the shape of x."""
    return xp.full_like(x, value, dtype=x.dtype if dtype is None else to_np(dtype))


@op(fn=(), mx="_contrib_arange_like(data:x, start=0.0, step=1.0, repeat=1, ctx:_='', axis=None)", differentiable=False)
def arange_like(xp, x, *, start=0.0, step=1.0, repeat=1, axis=None):
    """start, start + step, ..., each ``repeat`` times: as many as x has along ``axis``, or one per element of x."""
    shape = x.shape if axis is None else (x.shape[axis],)
    n = math.prod(shape)
    values = np.repeat(start + step * np.arange(-(-n // repeat)), repeat)[:n]
    return xp.asarray(values.astype(x.dtype).reshape(shape))


@op(fn=(), mx="_contrib_index_array(data:x, axes=None)", differentiable=False)
def index_array(xp, x, *, axes=None):
    """The indices of each element of x, along a new last axis: all of them, or those of ``axes``; int64."""
    grid = np.moveaxis(np.indices(x.shape), 0, -1)
    if axes is not None:
        named = (axes,) if isinstance(axes, int) else axes
        grid = grid[..., [axis_in(a, len(x.shape), "index_array") for a in named]]
    return xp.asarray(grid)
