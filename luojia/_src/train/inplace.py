"""SGD, momentum and Adam for NumPy arrays, written into the weight and its states.

The same numbers as the pure rules of that name, to rounding, without temporaries of the weight's size: large arrays
are done in blocks that stay in the cache.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from luojia._src.core.tensor import UNSHARED, Tensor
from luojia._src.engine import blas, threads
from luojia._src.engine.numpy_engine import ENGINE as NUMPY
from luojia._src.train.rules import RULES, find

_BLOCK = 262144
_PASSED = 4e3  # numbers in a microsecond


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
    updater(name, w.dtype, lr, wd, t, rescale_grad=rescale_grad, clip_gradient=clip_gradient, **hyper)(w, g, state)


def updater(
    name: str,
    dtype: np.dtype,
    lr: float,
    wd: float,
    t: int,
    *,
    rescale_grad: float = 1.0,
    clip_gradient: float | None = None,
    **hyper: Any,
) -> Callable[[np.ndarray, np.ndarray, tuple], None]:
    """``update(w, g, state)`` in place, for any number of weights of ``dtype`` with these rates.

    Weights, gradients and states that are not contiguous arrays of ``dtype`` go through the pure rule.
    """
    rates = float(lr), float(wd), t, float(rescale_grad), clip_gradient
    if name in _COUNTED_TO:  # what was made for one step serves the next
        return _kept(name, dtype, rates[0], rates[1], min(t, _COUNTED_TO[name]), *rates[3:], tuple(hyper.items()))
    return _updater(name, dtype, *rates, tuple(hyper.items()))


def _updater(name: str, dtype: np.dtype, lr: float, wd: float, t: int, rescale: float, clip: float | None,
             items: tuple) -> Callable[[np.ndarray, np.ndarray, tuple], None]:
    kernel, full, before, counts = _compiled(name, items)
    bound = clip if clip is not None and clip > 0 else None
    factor, scale = 1.0, rescale
    if name in _LINEAR and not wd and bound is None:  # one pass less: the rate takes the factor
        factor, scale = rescale, 1.0

    def constant(value: float) -> np.ndarray:  # NumPy takes an array of no axes four times faster than a number
        return np.asarray(value, dtype)

    step = kernel(constant, lr, factor, t, **full)
    prepare = _preparation(constant, wd, scale, bound, before)

    most = _BLOCK if dtype.itemsize >= 4 else -1

    def update(w: np.ndarray, g: np.ndarray, state: tuple) -> None:
        """``general`` of arrays that lie alike and fill one block, without its questions."""
        shape, strides = w.shape, w.strides
        if w.size > most or g.shape != shape or g.strides != strides or len(state) not in counts or not shape or not (
                w.dtype is dtype is g.dtype and w.flags.forc):
            return general(w, g, state)
        for x in state:
            if x.dtype is not dtype or x.strides != strides or x.shape != shape:
                return general(w, g, state)
        if prepare is None:  # scratch is made where it is needed
            step(w, g, state, None, None)
        else:
            a = prepare(w, g, None, None)
            step(w, a, state, a, None)

    def general(w: np.ndarray, g: np.ndarray, state: tuple) -> None:
        if by_columns(w):
            w, g, state = w.T, g.T, tuple([x.T for x in state])
        if w.dtype is not dtype or not _suits(w, g, state):
            _through_pure(name, w, g, state, lr, wd, t, rescale, clip, dict(items))
            return
        if w.shape != g.shape or len(state) not in counts:
            RULES[name].update(np, w, g, state, lr, wd, t, **dict(items))  # words the error
        size = w.size
        flat = tuple([x.reshape(-1) for x in (w, g, *state)])

        def compute(part: slice) -> None:
            scratch = np.empty((2, min(size, _BLOCK)), dtype)
            for start in range(part.start, part.stop, _BLOCK):
                w_, g_, *state_ = [x[start : min(start + _BLOCK, part.stop)] for x in flat]
                a, b = scratch[:, : w_.size]
                step(w_, prepare(w_, g_, a, b) if prepare else g_, state_, a, b)

        threads.spread(compute, threads.ranges(size, (2 + 5 * len(state)) * size / _PASSED))

    return update


_kept = lru_cache(maxsize=16)(_updater)


def own(t: Tensor, like: np.ndarray | None = None) -> np.ndarray:
    """The Tensor's buffer, replaced by a copy first if something else can see it.

    Where ``like`` (a weight's gradient, or a state's weight) lies the other way, by columns or by rows, so will it.
    """
    array = t._value
    turn = (like is not None and array.strides != like.strides
            and by_columns(like) != by_columns(array) and like.flags.forc)
    if turn or sys.getrefcount(array) > UNSHARED or array.base is not None or not array.flags.writeable:
        array = np.array(array, order="F" if by_columns(array) != turn else "C")
        t._rebind(array)
    return array


def by_columns(a: np.ndarray) -> bool:
    """Whether an array lies in memory last axis outermost, as a transposed one does, without gaps."""
    flags = a.flags
    return not flags.c_contiguous and flags.f_contiguous


def all_in_place(tensors: Iterable[Tensor]) -> bool:
    """Whether the Tensors' values are arrays that an update may be written into: NumPy's, of 32 bits or more."""
    for t in tensors:
        value = t._value
        if value.__class__ is not np.ndarray or value.dtype.itemsize < 4 or t._device._engine is not NUMPY:
            return False
    return True


def _suits(w, g, state):
    dtype = w.dtype
    if not w.ndim or dtype.itemsize < 4 or not w.flags.c_contiguous or g.dtype != dtype or not g.flags.c_contiguous:
        return False
    return not state or all([x.dtype == dtype and x.flags.c_contiguous for x in state])


@lru_cache(maxsize=256)
def _compiled(name, items):
    full = RULES[name].hyper(dict(items))
    count = len(RULES[name].states(full))
    counts = (count,) if reads_states(name, full) else (count, 0)
    return KERNELS[name], full, full.pop("decay") == "before_clip", counts


def reads_states(name: str, hyper: Mapping[str, Any]) -> bool:
    """Whether the kernel ``name`` reads or writes states with these hyperparameters; else it does without them, too."""
    return name != "dampened_sgd" or bool(hyper.get("momentum", RULES[name].defaults["momentum"]))


def _through_pure(name, w, g, state, lr, wd, t, rescale_grad, clip_gradient, hyper):
    if not state and not reads_states(name, hyper):
        state = find(name).init(np, w, **hyper)
    new_w, new_state = find(name).update(
        np, w, g, state, lr, wd, t, rescale_grad=rescale_grad, clip_gradient=clip_gradient, **hyper
    )
    w[...] = new_w
    for old, new in zip(state, new_state):
        old[...] = new


def _preparation(constant, wd, rescale, bound, before):
    """A function that puts the rescaled, clipped, decayed gradient into ``a``; None where nothing is to be done.

    Scratch ``a`` and ``b`` may be None, here and in the kernels: NumPy then makes an array.
    """
    if rescale == 1 and wd == 0 and bound is None:
        return None
    factor, decay = constant(rescale), constant(wd)

    def prepare(w, g, a, b):
        a = np.multiply(g, factor, a)
        if wd and before:
            a += np.multiply(w, decay, b)
        if bound is not None:
            np.clip(a, -bound, bound, out=a)  # three times faster than minimum and maximum
        if wd and not before:
            a += np.multiply(w, decay, b)
        return a

    return prepare


def _sgd(constant, lr, factor, t, *, momentum):
    rate, keep, back = constant(lr * factor), constant(momentum), -lr * factor

    def step(w, g, state, a, b):
        if not state and blas.add_scaled(w, g, back):
            return
        a = np.multiply(g, rate, a)
        if state:
            mom = state[0]
            mom *= keep
            mom -= a
            w += mom
        else:
            w -= a

    return step


def _momentum(constant, lr, factor, t, *, momentum, nesterov):
    rate, keep = constant(lr), constant(momentum)

    def step(w, g, state, a, b):
        accum = state[0]
        accum *= keep
        accum += g
        if nesterov:
            b = np.multiply(accum, keep, b)
            b += g
            b *= rate
        else:
            b = np.multiply(accum, rate, b)
        w -= b

    return step


def _dampened_sgd(constant, lr, factor, t, *, momentum, dampening, nesterov):
    rate, keep, fresh = constant(lr), constant(momentum), constant(1 - dampening)

    def step(w, g, state, a, b):
        if not momentum and blas.add_scaled(w, g, -lr):
            return
        if momentum:
            accum = state[0]
            if t == 1:
                accum[...] = g
            else:
                accum *= keep
                accum += np.multiply(g, fresh, b)
            if nesterov:
                b = np.multiply(accum, keep, b)
                b += g
                b *= rate
            else:
                b = np.multiply(accum, rate, b)
        else:
            b = np.multiply(g, rate, b)
        w -= b

    return step


def _adam(constant, lr, factor, t, *, beta1, beta2, epsilon, nesterov, amsgrad):
    rate = constant(lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t))
    keep1, fresh1, keep2, ratio, least = map(constant, (beta1, 1 - beta1, beta2, (1 - beta2) / (1 - beta1), epsilon))

    def step(w, g, state, a, b):
        m, v = state[:2]
        b = np.multiply(g, fresh1, b)
        m *= keep1
        m += b
        b *= g
        b *= ratio
        v *= keep2
        v += b
        top = np.maximum(state[2], v, out=state[2]) if amsgrad else v
        np.sqrt(top, b)
        b += least
        if nesterov:
            ahead = keep1 * m + fresh1 * g
            np.divide(ahead, b, b)
        else:
            np.divide(m, b, b)
        b *= rate
        w -= b

    return step


KERNELS: dict[str, Callable[..., Callable]] = {
    "sgd": _sgd, "momentum": _momentum, "dampened_sgd": _dampened_sgd, "adam": _adam,
}  # fmt: skip
_LINEAR = ("sgd",)
"""Kernels that take the gradient's factor into the rate."""
_COUNTED_TO = {"sgd": 1, "momentum": 1, "dampened_sgd": 2}
"""Kernels that do not ask how many updates there were, beyond a number."""
