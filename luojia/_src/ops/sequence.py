"""Sequences of different lengths in one array: masking, the last valid step, reversal.

Time is along ``axis``, 0 or 1, samples along the other of the two; ``lengths`` is (N,).
"""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError


def _check(name, x, lengths, axis):
    if axis not in (0, 1):
        raise ArgumentError(f"{name} expects axis 0 or 1 for time, got {axis}.")
    if len(x.shape) < 2:
        raise ShapeError(f"{name} expects data of two axes or more, time and samples, got shape {tuple(x.shape)}.")
    if lengths is not None and tuple(lengths.shape) != (x.shape[1 - axis],):
        raise ShapeError(
            f"{name} of data {tuple(x.shape)} with time along axis {axis} expects {x.shape[1 - axis]} lengths, one per "
            f"sample, got shape {tuple(lengths.shape)}."
        )


def _grid(xp, x, lengths, axis):
    """(time of each place, length of each place), broadcast against x."""
    shape = [1] * len(x.shape)
    shape[axis] = x.shape[axis]
    time = xp.reshape(xp.arange(x.shape[axis]), tuple(shape))
    shape = [1] * len(x.shape)
    shape[1 - axis] = x.shape[1 - axis]
    return time, xp.reshape(lengths, tuple(shape))


@op(fn=(), mx="SequenceMask(data:x, sequence_length:lengths=None, use_sequence_length=False, value=0.0, axis=0)")
def sequence_mask(xp, x, lengths=None, *, use_sequence_length=False, value=0.0, axis=0):
    """x with ``value`` in the place of every step at or behind its sample's length."""
    _check("sequence_mask", x, lengths, axis)
    if not use_sequence_length or lengths is None:
        return x
    time, length = _grid(xp, x, lengths, axis)
    return xp.where(time < length, x, np.asarray(value, x.dtype))


@sequence_mask.vjp(keep="args")
def _(xp, g, ans, args, needs, *, use_sequence_length, value, axis):
    return xp.sequence_mask(g, args[1], use_sequence_length=use_sequence_length, value=0.0, axis=axis), None


@op(fn=(), mx="SequenceLast(data:x, sequence_length:lengths=None, use_sequence_length=False, axis=0)")
def sequence_last(xp, x, lengths=None, *, use_sequence_length=False, axis=0):
    """Of each sample the step at its length, or the last: (T, N, ...) to (N, ...)."""
    _check("sequence_last", x, lengths, axis)
    if not use_sequence_length or lengths is None:
        return x[-1] if axis == 0 else x[:, -1]
    time, length = _grid(xp, x, lengths, axis)
    out = xp.sum(xp.where(time == length - 1, x, np.zeros((), x.dtype)), axis=axis)
    return out if out.dtype == x.dtype else out.astype(x.dtype)  # NumPy widens sums of small integers


@sequence_last.vjp(keep="args")
def _(xp, g, ans, args, needs, *, use_sequence_length, axis):
    x, lengths = args
    return xp.sequence_put(g, lengths, size=x.shape[axis], use_sequence_length=use_sequence_length, axis=axis), None


@op(fn=())
def sequence_put(xp, g, lengths=None, *, size, use_sequence_length, axis):
    """Zeros with g at the steps that ``sequence_last`` takes: its transpose."""
    g = xp.expand_dims(g, axis)
    shape = [1] * len(g.shape)
    shape[axis] = size
    time = xp.reshape(xp.arange(size), tuple(shape))
    if use_sequence_length and lengths is not None:
        shape = [1] * len(g.shape)
        shape[1 - axis] = g.shape[1 - axis]
        last = xp.reshape(lengths, tuple(shape)) - 1
    else:
        last = size - 1
    return xp.where(time == last, g, np.zeros((), g.dtype))


@sequence_put.vjp(keep="args")
def _(xp, h, ans, args, needs, *, size, use_sequence_length, axis):
    return xp.sequence_last(h, args[1], use_sequence_length=use_sequence_length, axis=axis), None


@op(fn=(), mx="SequenceReverse(data:x, sequence_length:lengths=None, use_sequence_length=False, axis=0)")
def sequence_reverse(xp, x, lengths=None, *, use_sequence_length=False, axis=0):
    """x with the valid steps of each sample in reverse, those behind its length as they are. Its own inverse."""
    _check("sequence_reverse", x, lengths, axis)
    if not use_sequence_length or lengths is None:
        return xp.flip(x, axis=axis)
    steps, samples = (xp.reshape(xp.arange(x.shape[a]), (-1, 1) if a == 0 else (1, -1)) for a in (axis, 1 - axis))
    length = xp.reshape(lengths.astype(np.int64), (1, -1) if axis == 0 else (-1, 1))
    source = xp.where(steps < length, length - 1 - steps, steps)
    return x[source, samples] if axis == 0 else x[samples, source]


@sequence_reverse.vjp(keep="args")
def _(xp, g, ans, args, needs, *, use_sequence_length, axis):
    return xp.sequence_reverse(g, args[1], use_sequence_length=use_sequence_length, axis=axis), None
