"""SGD, momentum and Adam for NumPy arrays, written into the weight and its states.

The same numbers as the pure rules of that name, to rounding, without temporaries of the weight's size: large arrays
are done in blocks that stay in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError
from luojia._src.train.rule import RULES

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
    arrays = (w, g, *state)
    kernel = KERNELS.get(name)
    if kernel is None or not all(a.dtype == w.dtype and a.flags.c_contiguous for a in arrays) or w.dtype.itemsize < 4:
        _through_pure(name, w, g, state, lr, wd, t, rescale_grad, clip_gradient, hyper)
        return
    full = RULES[name].hyper(hyper)
    if w.shape != g.shape or len(state) != len(RULES[name].states(full)):
        # the pure rule words the error
        RULES[name].update(np, w, g, state, lr, wd, t, **hyper)
    before = full.pop("decay") == "before_clip"
    bound = clip_gradient if clip_gradient is not None and clip_gradient > 0 else None
    step = kernel(float(lr), t, **full)
    a, b = np.empty((2, min(w.size, _BLOCK)), w.dtype)
    for w_, g_, *state_ in _blocks(arrays):
        if w_.size != a.size:
            a, b = a[: w_.size], b[: w_.size]
        step(w_, _prepared(w_, g_, a, b, wd, rescale_grad, bound, before), state_, a, b)


def _through_pure(name, w, g, state, lr, wd, t, rescale_grad, clip_gradient, hyper):
    if name not in RULES:
        raise ArgumentError(f"There is no update rule '{name}'; there are {', '.join(sorted(RULES))}.")
    new_w, new_state = RULES[name].update(
        np, w, g, state, lr, wd, t, rescale_grad=rescale_grad, clip_gradient=clip_gradient, **hyper
    )
    w[...] = new_w
    for old, new in zip(state, new_state):
        old[...] = new


def _blocks(arrays: tuple[np.ndarray, ...]) -> Iterator[tuple[np.ndarray, ...]]:
    flat = tuple(a.reshape(-1) for a in arrays)
    size = flat[0].size
    if size <= _BLOCK:
        yield flat
        return
    for start in range(0, size, _BLOCK):
        yield tuple(a[start : start + _BLOCK] for a in flat)


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


def _sgd(lr, t, *, momentum):
    def step(w, g, state, a, b):
        np.multiply(g, lr, out=a)
        if state:
            mom = state[0]
            mom *= momentum
            mom -= a
            w += mom
        else:
            w -= a

    return step


def _momentum(lr, t, *, momentum, nesterov):
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


def _adam(lr, t, *, beta1, beta2, epsilon, nesterov, amsgrad):
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)

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
