"""SGD, momentum and Adam for NumPy arrays, written into the weight and its states.

The same numbers as the pure rules of that name, to rounding, without temporaries of the weight's size: large arrays
are done in blocks that stay in the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from luojia._src.train.rules import RULES, find

_BLOCK = 65536


def update_inplace(
    name: str,
    w: np.ndarray,
    g: np.ndarray,
    state: tuple[np.ndarray, ...],
    lr: float,
    wd: float = 0.0,
    t: int = 1,
    *,
    rescale_grad: float = 1.0,
    clip_gradient: float | None = None,
    **hyper: Any,
) -> None:
    """``w[...], state[...] = RULES[name].update(numpy, w, g, state, ...)``, done in place where that is possible.

    Rules, dtypes and memory layouts without a kernel go through the pure rule.  ``g`` is only read.

    Raises:
        ShapeError: the gradient has not the weight's shape (nothing has been written then).

    Example:
        >>> w = np.array([1.0, 2.0], np.float32)
        >>> update_inplace("sgd", w, np.array([0.5, -0.5], np.float32), (), lr=0.1)
        >>> w
        array([0.95, 2.05], dtype=float32)
    """
    if name not in KERNELS or not _suits(w, g, state):
        _through_pure(name, w, g, state, lr, wd, t, rescale_grad, clip_gradient, hyper)
        return
    kernel, full, before, count = _compiled(name, tuple(hyper.items()))
    if w.shape != g.shape or len(state) != count:
        RULES[name].update(np, w, g, state, lr, wd, t, **hyper)  # words the error
    bound = clip_gradient if clip_gradient is not None and clip_gradient > 0 else None
    factor = 1.0
    wd, rescale_grad = float(wd), float(rescale_grad)
    if name in _LINEAR and not wd and bound is None:  # one pass less: the rate takes the factor
        factor, rescale_grad = rescale_grad, 1.0
    step = kernel(lr, factor, t, **full)
    if w.size <= _BLOCK:
        a, b = np.empty((2, *w.shape), w.dtype)
        step(w, _prepared(w, g, a, b, wd, rescale_grad, bound, before), state, a, b)
        return
    scratch = np.empty((2, _BLOCK), w.dtype)
    flat = tuple(x.reshape(-1) for x in (w, g, *state))
    for start in range(0, w.size, _BLOCK):
        w_, g_, *state_ = (x[start : start + _BLOCK] for x in flat)
        a, b = scratch[:, : w_.size]
        step(w_, _prepared(w_, g_, a, b, wd, rescale_grad, bound, before), state_, a, b)


def _suits(w, g, state):
    dtype = w.dtype
    return w.ndim > 0 and dtype.itemsize >= 4 and all(x.dtype == dtype and x.flags.c_contiguous for x in (w, g, *state))


@lru_cache(maxsize=256)
def _compiled(name, items):
    full = RULES[name].hyper(dict(items))
    count = len(RULES[name].states(full))
    return KERNELS[name], full, full.pop("decay") == "before_clip", count


def _through_pure(name, w, g, state, lr, wd, t, rescale_grad, clip_gradient, hyper):
    new_w, new_state = find(name).update(
        np, w, g, state, lr, wd, t, rescale_grad=rescale_grad, clip_gradient=clip_gradient, **hyper
    )
    w[...] = new_w
    for old, new in zip(state, new_state):
        old[...] = new


def _prepared(w, g, a, b, wd, rescale, bound, before):
    """The rescaled, clipped, decayed gradient, in ``a``; ``g`` itself where nothing is to be done."""
    if rescale == 1 and wd == 0 and bound is None:
        return g
    np.multiply(g, rescale, out=a)
    if wd and before:
        a += np.multiply(w, wd, out=b)
    if bound is not None:
        np.clip(a, -bound, bound, out=a)  # three times faster than minimum and maximum
    if wd and not before:
        a += np.multiply(w, wd, out=b)
    return a


def _sgd(lr, factor, t, *, momentum):
    rate = float(lr * factor)

    def step(w, g, state, a, b):
        np.multiply(g, rate, out=a)
        if state:
            mom = state[0]
            mom *= momentum
            mom -= a
            w += mom
        else:
            w -= a

    return step


def _momentum(lr, factor, t, *, momentum, nesterov):
    lr = float(lr)

    def step(w, g, state, a, b):
        accum = state[0]
        accum *= momentum
        accum += g
        if nesterov:
            np.multiply(accum, momentum, out=b)
            b += g
            b *= lr
        else:
            np.multiply(accum, lr, out=b)
        w -= b

    return step


def _adam(lr, factor, t, *, beta1, beta2, epsilon, nesterov, amsgrad):
    rate = float(lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t))

    def step(w, g, state, a, b):
        m, v = state[:2]
        np.multiply(g, 1 - beta1, out=b)
        m *= beta1
        m += b
        b *= g
        b *= (1 - beta2) / (1 - beta1)
        v *= beta2
        v += b
        top = np.maximum(state[2], v, out=state[2]) if amsgrad else v
        np.sqrt(top, out=b)
        b += epsilon
        if nesterov:
            ahead = beta1 * m + (1 - beta1) * g
            np.divide(ahead, b, out=b)
        else:
            np.divide(m, b, out=b)
        b *= rate
        w -= b

    return step


KERNELS: dict[str, Callable[..., Callable]] = {"sgd": _sgd, "momentum": _momentum, "adam": _adam}
_LINEAR = ("sgd",)
"""Kernels that take the gradient's factor into the rate."""
