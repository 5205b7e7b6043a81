"""The pooling primitives as XLA provides them: reductions over windows, and their transposes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kernels.pool import divisors, pool_shape
from .kernels.precision import widen


def pooling(jax: Any, jnp: Any) -> dict[str, Any]:
    """Name to function; the signatures are those of ``kernels.pool``."""
    lax = jax.lax

    def window(x, start, reduce, kernel, stride, pad):
        pool_shape(x.shape, kernel=kernel, stride=stride, pad=pad)  # words what is wrong
        dims, steps = (1, 1, *kernel), (1, 1, *stride)
        return lax.reduce_window(x, np.asarray(start, x.dtype), reduce, dims, steps, ((0, 0), (0, 0), *pad))

    def least(dtype):
        return -jnp.inf if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).min

    def max_pool(x, *, kernel, stride, pad):
        return window(x, least(x.dtype), lax.max, kernel, stride, pad)

    def max_pool_dx(g, x, y, *, kernel, stride, pad):
        window_of = {"kernel": kernel, "stride": stride, "pad": pad}
        zeros = jnp.zeros(x.shape, g.dtype)
        _, pull = jax.vjp(lambda h: max_pool_select(h, x, y, **window_of), zeros)
        return pull(g)[0]

    def max_pool_select(h, x, y, *, kernel, stride, pad):
        """The windows as an axis of patches; the first whose value is the maximum gives the entry."""
        taps, values = [], []
        grid = [()]
        for k in kernel:
            grid = [(*t, i) for t in grid for i in range(k)]
        padding = ((0, 0), (0, 0), *pad)
        wide_x = jnp.pad(x, padding, constant_values=least(x.dtype))
        wide_h = jnp.pad(h, padding)
        inside = jnp.pad(jnp.ones(x.shape, bool), padding)
        for t in grid:
            at = (slice(None), slice(None), *(
                slice(i, i + (n - 1) * s + 1, s) for i, n, s in zip(t, y.shape[2:], stride)
            ))
            taps.append(((wide_x[at] == y) | jnp.isnan(y) & jnp.isnan(wide_x[at])) & inside[at])
            values.append(wide_h[at])
        first = jnp.argmax(jnp.stack(taps), axis=0)
        return jnp.take_along_axis(jnp.stack(values), first[None], axis=0)[0]

    def sum_pool(x, *, kernel, stride, pad):
        wide = widen(x)
        return window(wide, 0, lax.add, kernel, stride, pad).astype(x.dtype)

    def sum_pool_dx(g, *, shape, kernel, stride, pad):
        zeros = jnp.zeros(shape, g.dtype)
        return jax.vjp(lambda x: sum_pool(x, kernel=kernel, stride=stride, pad=pad), zeros)[1](g)[0]

    def counts(shape, dtype, kernel, stride, pad, count_include_pad, extra):
        return jnp.asarray(divisors(shape, kernel, stride, pad, count_include_pad, extra, np.dtype("float64")), dtype)

    def avg_pool(x, *, kernel, stride, pad, count_include_pad=True, extra=None):
        wide = widen(x)
        total = window(wide, 0, lax.add, kernel, stride, pad)
        return (total / counts(x.shape, wide.dtype, kernel, stride, pad, count_include_pad, extra)).astype(x.dtype)

    def avg_pool_dx(g, *, shape, kernel, stride, pad, count_include_pad=True, extra=None):
        divided = g / counts(shape, g.dtype, kernel, stride, pad, count_include_pad, extra)
        return sum_pool_dx(divided, shape=shape, kernel=kernel, stride=stride, pad=pad)

    return {f.__name__: f for f in (
        max_pool, max_pool_dx, max_pool_select, sum_pool, sum_pool_dx, avg_pool, avg_pool_dx,
    )}
