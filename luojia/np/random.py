"""``mx.np.random``: draws with NumPy's signatures, from the same streams as ``mx.nd.random``."""

from __future__ import annotations

from typing import Any

import numpy as onp

from .. import ndarray as nd
from ..random import seed
from .array import array, ndarray, put, to_array, to_result


def _result(x: Any, size: Any) -> Any:
    made = to_result(x, True)
    return made.reshape(()) if size == () else made


def _size(size: Any, *params: Any) -> Any:
    """The shape of a draw: ``size``, or that of the parameters together."""
    if size is not None:
        return (size,) if isinstance(size, int) else tuple(size)
    return onp.broadcast_shapes(*[getattr(p, "shape", ()) for p in params])


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None,
            out: Any = None) -> Any:
    """Uniform on [low, high)."""
    full = _size(size, low, high)
    unit = _result(nd.random.uniform(0, 1, full or (1,), dtype or "float32", ctx), full)
    return _kept(unit * (_a(high) - _a(low)) + _a(low), out)


def normal(loc: Any = 0.0, scale: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None,
           out: Any = None) -> Any:
    """Normal with mean ``loc`` and standard deviation ``scale``; differentiable in both."""
    full = _size(size, loc, scale)
    unit = _result(nd.random.normal(0, 1, full or (1,), dtype or "float32", ctx), full)
    return _kept(unit * _a(scale) + _a(loc), out)


def _a(x: Any) -> Any:
    return to_array(x)


def _kept(result: Any, out: Any) -> Any:
    if out is None:
        return result
    out[...] = result
    return out


def randn(*size: int, **kwargs: Any) -> Any:
    """Standard normal."""
    return normal(size=size, **kwargs)


def rand(*size: int, **kwargs: Any) -> Any:
    """Uniform on [0, 1)."""
    return uniform(size=size, **kwargs)


def randint(low: int, high: int | None = None, size: Any = None, dtype: Any = None, ctx: Any = None) -> Any:
    """Integers of [low, high), or of [0, low)."""
    low, high = (0, low) if high is None else (low, high)
    full = _size(size)
    drawn = _result(nd.random.randint(low, high, full or (1,), "int64", ctx), full)
    return drawn if dtype is None else drawn.astype(dtype)


def exponential(scale: Any = 1.0, size: Any = None, ctx: Any = None, out: Any = None) -> Any:
    """Exponential with mean ``scale``."""
    full = _size(size, scale)
    return _kept(_result(nd.random.exponential(1.0, full or (1,), ctx=ctx), full) * _a(scale), out)


def gamma(shape: Any, scale: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None) -> Any:
    """Gamma with parameters ``shape`` (a number) and ``scale``."""
    full = _size(size, scale)
    return _kept(_result(nd.random.gamma(shape, 1.0, full or (1,), dtype or "float32", ctx), full) * _a(scale), out)


def multinomial(n: int, pvals: Any, size: Any = None) -> Any:
    """How often each of the outcomes comes in ``n`` trials; int64."""
    p = onp.asarray(pvals.asnumpy() if hasattr(pvals, "asnumpy") else pvals, "float64")
    full = _size(size)
    trials = nd.random.multinomial(nd.array(p / p.sum()), shape=(max(int(onp.prod(full)), 1) * n,), dtype="int64")
    rows = trials.asnumpy().reshape(-1, n)
    counts = onp.stack([onp.bincount(r, minlength=len(p)) for r in rows]).astype(onp.int64)
    return put(counts.reshape((*full, len(p))))


def choice(a: Any, size: Any = None, replace: bool = True, p: Any = None, ctx: Any = None, out: Any = None) -> Any:
    """Elements of ``a``, or of range(a), with or without replacement, with probabilities ``p``."""
    n = int(a) if isinstance(a, (int, onp.integer)) else len(a)
    full = _size(size)
    count = int(onp.prod(full)) if full else 1
    weights = onp.ones(n) if p is None else onp.asarray(p.asnumpy() if hasattr(p, "asnumpy") else p, "float64")
    if not replace and count > onp.count_nonzero(weights):
        raise ValueError("Cannot take a larger sample than population when 'replace=False'")
    u = nd.random.uniform(0, 1, (count if replace else n,), "float64").asnumpy()
    if replace:
        drawn = onp.minimum(onp.searchsorted(onp.cumsum(weights) / weights.sum(), u, side="right"), n - 1)
    else:  # the largest of u^(1/w) are a weighted sample (Efraimidis and Spirakis 2006)
        with onp.errstate(divide="ignore"):
            drawn = onp.argsort(-onp.where(weights > 0, onp.log(u) / weights, -onp.inf))[:count]
    drawn = put(drawn.astype(onp.int64).reshape(full))
    return drawn if isinstance(a, (int, onp.integer)) else to_array(a if isinstance(a, ndarray) else array(a))[drawn]


def shuffle(x: ndarray) -> None:
    """Put the elements of the first axis in random order, in place."""
    x[...] = to_result(nd.random.shuffle(x), True)


def permutation(x: Any) -> Any:
    """A copy of ``x``, or range(x), in random order."""
    x = put(onp.arange(x)) if isinstance(x, int) else array(x)
    shuffle(x)
    return x


__all__ = ["choice", "exponential", "gamma", "multinomial", "normal", "permutation", "rand", "randint", "randn", "seed",
           "shuffle", "uniform"]
