"""Softmax and its kin."""

from __future__ import annotations

from ..core.dtypes import to_np
from ..core.op import op
from ..engine.kernels import softmax_rows as kernels
from ..errors import ArgumentError, ShapeError


def _prepared(xp, x, length, axis, temperature, use_length):
    """x over the temperature, with -inf beyond each row's ``length``, and the mask of what counts."""
    if temperature is not None:
        x = x / temperature
    if not use_length or length is None:
        return x, None
    n, at = x.shape[axis], axis % len(x.shape)
    rows = (*x.shape[:at], *x.shape[at + 1:])
    if tuple(length.shape) != rows:
        raise ShapeError(f"softmax: length must have the shape of the data without its axis {axis}, {rows}, got "
                         f"{tuple(length.shape)}.")
    position = xp.reshape(xp.arange(n), (n,) + (1,) * (len(x.shape) - 1 - at))
    mask = position < xp.expand_dims(length, at)
    return xp.where(mask, x, xp.zeros_like(x) - 1e30 if x.dtype != "float16" else xp.zeros_like(x) - 6e4), mask


@op("Softmax(axis=-1)(logits:x)", fn="softmax(input:x, axis=-1, dtype=None)", mx=(
    "softmax(data:x, length=None, axis=-1, temperature=None, dtype=None, use_length=False)",
    "SoftmaxActivation(data:x, mode='instance')"), half="wide")
def softmax(xp, x, length=None, *, axis=-1, temperature=None, dtype=None, use_length=False, mode=None):
    """e^x / sum(e^x) along ``axis``, of x / ``temperature``; with ``use_length``, of each row's first ``length`` only.

    ``mode`` is MXNet's SoftmaxActivation: 'channel' for axis 1, 'instance' for the last.
    """
    if dtype is not None:
        x = x.astype(to_np(dtype))
    if mode is not None:
        if mode not in ("channel", "instance"):
            raise ArgumentError(f"SoftmaxActivation: mode must be 'channel' or 'instance', got {mode!r}.")
        axis = 1 if mode == "channel" else -1
    axis = _axis(axis)
    x, mask = _prepared(xp, x, length, axis, temperature, use_length)
    if 0 in x.shape:
        return xp.exp(x)  # which has no greatest element
    if mask is None and hasattr(x, "flags") and kernels.fits(axis, x):
        return kernels.softmax(x)
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    if mask is None:
        return e / xp.sum(e, axis=axis, keepdims=True)
    e = e * mask
    total = xp.sum(e, axis=axis, keepdims=True)
    return e / (total + (total == 0))  # zeros for a row of no length


def _axis(axis):
    return axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis


@softmax.vjp(keep="ans")
def _(xp, g, ans, args, needs, *, axis, temperature, dtype, use_length, mode):
    if mode is not None:
        axis = 1 if mode == "channel" else -1
    axis = _axis(axis)
    if hasattr(g, "flags") and hasattr(ans, "flags") and kernels.fits(axis, ans, g):
        dx = kernels.softmax_dx(g, ans)
    else:
        dx = ans * (g - xp.sum(g * ans, axis=axis, keepdims=True))
    return (dx if temperature is None else dx / temperature, None)[: len(args)]


def log_softmax_last(xp, x):
    """x - log(sum(e^x)) along the last axis."""
    s = x - xp.max(x, axis=-1, keepdims=True)
    return s - xp.log(xp.sum(xp.exp(s), axis=-1, keepdims=True))


@op("LogSoftmax(axis=-1)(logits:x)", fn="log_softmax(logits:x, axis=-1)",
    mx="log_softmax(data:x, axis=-1, temperature=None, dtype=None, use_length:_=False)", half="wide")
def log_softmax(xp, x, *, axis=-1, temperature=None, dtype=None):
    """x - log(sum(e^x)) along ``axis``, of x / ``temperature``."""
    if dtype is not None:
        x = x.astype(to_np(dtype))
    axis = _axis(axis)
    if temperature is not None:
        x = x / temperature
    if 0 in x.shape:
        return xp.exp(x)
    if hasattr(x, "flags") and kernels.fits(axis, x):
        return kernels.log_softmax(x)
    s = x - xp.max(x, axis=axis, keepdims=True)
    return s - xp.log(xp.sum(xp.exp(s), axis=axis, keepdims=True))


@log_softmax.vjp(keep="ans")
def _(xp, g, ans, args, needs, *, axis, temperature, dtype):
    axis = _axis(axis)
    if hasattr(g, "flags") and hasattr(ans, "flags") and kernels.fits(axis, ans, g):
        dx = kernels.log_softmax_dx(g, ans)
    else:
        dx = g - xp.exp(ans) * xp.sum(g, axis=axis, keepdims=True)
    return (dx if temperature is None else dx / temperature,)


@op(fn="softmin(x, axis=-1, dtype=None)",
    mx="softmin(data:x, axis=-1, temperature=None, dtype=None, use_length:_=False)", half="wide")
def softmin(xp, x, *, axis=-1, temperature=None, dtype=None):
    """softmax of -x."""
    return softmax.fn(xp, -x, axis=axis, temperature=temperature, dtype=dtype)


@softmin.vjp(keep="ans")
def _(xp, g, ans, args, needs, *, axis, temperature, dtype):
    dx = ans * (xp.sum(g * ans, axis=_axis(axis), keepdims=True) - g)
    return (dx if temperature is None else dx / temperature,)
