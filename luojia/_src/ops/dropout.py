"""Dropout: zeros at random places, as a pure function of a random key."""

from __future__ import annotations

from ..core.op import op
from ..engine.numpy_engine import ENGINE
from ..errors import ArgumentError


@op(fn=(), differentiable=False)
def dropout_mask(xp, key, *, shape, p, dtype):
    """0 with probability ``p``, else 1 / (1 - p): what dropout multiplies by. ``key`` is two uint32."""
    if p >= 1:
        return xp.zeros(shape, dtype)
    kept = xp.random_bits(key, shape) >= min(round(p * 2**32), 2**32 - 1)
    return xp.where(kept, 1 / (1 - p), 0.0).astype(dtype)


def _mask_shape(shape, p, axes):
    if not 0 <= p <= 1:
        raise ArgumentError(f"Dropout: p, the probability of a zero, must lie in [0, 1], got {p}.")
    axes = (axes,) if isinstance(axes, int) else axes
    if any(not -len(shape) <= a < len(shape) for a in axes):
        raise ArgumentError(f"Dropout: axes {axes} must be axes of the data, of shape {tuple(shape)}.")
    shared = [a % len(shape) for a in axes]
    return tuple([1 if i in shared else n for i, n in enumerate(shape)])


def _idle(p, training, mode):
    if mode not in ("training", "always"):
        raise ArgumentError(f"Dropout: mode must be 'training' or 'always', got {mode!r}.")
    return p == 0 or not (training or mode == "always")


@op(fn=(), mx="Dropout(data:x, p=0.5, mode='training', axes=(), cudnn_off:_=True)")
def dropout(xp, key, x, *, p=0.5, mode="training", axes=(), training=False):
    """x / (1 - p) with each element zeroed with probability p, independently, or x itself when not training.

    ``key`` (two uint32) decides which: the same key gives the same mask, so that a backward pass sees that of its
    forward. Along ``axes`` all elements share theirs. ``mode`` 'always' applies it outside training too. Source:
    Srivastava et al., 2014.
    """
    shape = _mask_shape(x.shape, p, axes)
    if _idle(p, training, mode):
        return x
    return x * xp.dropout_mask(key, shape=shape, p=p, dtype=x.dtype)


@dropout.vjp(keep="")
def _(xp, g, ans, args, needs, *, p, mode, axes, training):
    if _idle(p, training, mode):
        return None, g
    shape = _mask_shape(g.shape, p, axes)
    return None, g * xp.dropout_mask(args[0], shape=shape, p=p, dtype=str(args[1].dtype).lower())


@dropout.fast
def _(needs, key, x, **attrs):
    shape = _mask_shape(x.shape, attrs["p"], attrs["axes"])
    if _idle(attrs["p"], attrs["training"], attrs["mode"]):
        return x, ()
    mask = dropout_mask.fn(ENGINE.xp, key, shape=shape, p=attrs["p"], dtype=x.dtype)
    return x * mask, (mask,)


@dropout.fast_vjp
def _(saved, g, args, needs, **_):
    return None, g * saved[0] if saved else g
