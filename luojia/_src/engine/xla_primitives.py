"""The primitives that operators know beyond NumPy's names, as XLA provides them."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from .kernels.conv import conv_shape
from .kernels.precision import widen
from .primitives import scipy_special


def xla_primitives(jax: Any, jnp: Any) -> dict[str, Any]:
    """Name to function, for the namespace of the XLA engine."""
    from .xla_integers import integers
    from .xla_windows import pooling

    lax, special = jax.lax, jax.scipy.special

    def conv(x, w, *, stride, pad, dilation, groups):
        conv_shape(x.shape, w.shape, stride=stride, pad=pad, dilation=dilation, groups=groups)  # words what is wrong
        return lax.conv_general_dilated(
            x, w, stride, pad, rhs_dilation=dilation, feature_group_count=groups,
            dimension_numbers=_layout(x.ndim), preferred_element_type=None,
        )

    def conv_dx(g, w, *, shape, stride, pad, dilation, groups):
        x = jnp.zeros(shape, g.dtype)
        return jax.vjp(lambda x: conv(x, w, stride=stride, pad=pad, dilation=dilation, groups=groups), x)[1](g)[0]

    def conv_dw(g, x, *, shape, stride, pad, dilation, groups):
        w = jnp.zeros(shape, g.dtype)
        return jax.vjp(lambda w: conv(x, w, stride=stride, pad=pad, dilation=dilation, groups=groups), w)[1](g)[0]

    @jax.custom_jvp
    def size(x):
        return jnp.abs(x)

    @size.defjvp
    def _(primals, tangents):
        return size(*primals), jnp.sign(primals[0]) * tangents[0]

    def absolute(x):
        """|x|, whose derivative at 0 is 0, as both originals have it; JAX's is 1."""
        return size(x) if hasattr(x, "dtype") and jnp.issubdtype(x.dtype, jnp.floating) else jnp.abs(x)

    @jax.custom_jvp
    def digamma(x):
        return jnp.where(x == 0, -jnp.copysign(jnp.inf, x), special.digamma(x))  # JAX's is nan at 0

    @digamma.defjvp
    def _(primals, tangents):
        (x,) = primals
        return digamma(x), jnp.where(x == 0, jnp.inf, special.polygamma(1, x)) * tangents[0]

    @jax.custom_jvp
    def gammaln(x):
        return special.gammaln(x)

    @gammaln.defjvp
    def _(primals, tangents):
        return gammaln(*primals), digamma(*primals) * tangents[0]

    def scatter_with(x, index, value, *, how):
        return getattr(x.at[index], {"maximum": "max", "minimum": "min", "multiply": "multiply"}[how])(value)

    def conv_bias(x, w, b, **how):
        return conv(x, w, **how) + jnp.reshape(b, (-1, *(1,) * (x.ndim - 2)))

    def scipy_on_host(*xs, name, like=0):
        xs = [jnp.asarray(x) for x in xs]
        dtype = jnp.result_type(*xs) if like == 0 else xs[like].dtype
        out = jax.ShapeDtypeStruct(jnp.broadcast_shapes(*[x.shape for x in xs]),
                                   dtype if jnp.issubdtype(dtype, jnp.floating) else jnp.float32)
        call = lambda *arrays: scipy_special(*map(np.asarray, arrays), name=name, like=like).astype(out.dtype)  # noqa: E731
        return jax.pure_callback(call, out, *xs, vmap_method="broadcast_all")

    def random_bits(key, shape):
        return jax.random.bits(jax.random.wrap_key_data(key.astype(jnp.uint32)), shape, "uint32")

    def set_at(x, index, value):
        items = index if isinstance(index, tuple) else (index,)
        if not any(isinstance(i, jax.core.Tracer) for i in items):
            # What NumPy says of the index and the value, asked of an array that takes no room.
            part = np.broadcast_to(np.zeros((), bool), x.shape)[tuple([np.asarray(i) if hasattr(i, "shape") else i
                                                                       for i in items])]
            value = value if hasattr(value, "shape") else np.asarray(value, x.dtype)
            lead = value.ndim - part.ndim  # NumPy lets a value have axes of one before those of its place
            if np.broadcast_shapes(value.shape, part.shape)[max(lead, 0) :] != part.shape or any(
                    n != 1 for n in value.shape[: max(lead, 0)]):
                raise ValueError(f"could not broadcast a value of shape {value.shape} to the place's shape "
                                 f"{part.shape}")
            if lead > 0:
                value = value.reshape(value.shape[lead:])
        return x.at[index].set(value.astype(x.dtype) if hasattr(value, "dtype") else value)

    def rows_add(g, rows, *, count):
        return jnp.zeros((count, *g.shape[1:]), g.dtype).at[rows].add(g)

    def normalize(x, gamma, beta, *, axes, eps):
        if not prod(x.shape[a] for a in axes):
            raise ShapeError(f"normalize expects at least one value to average over, got x {x.shape} with axes {axes}.")
        wide = widen(x)
        mean = jnp.mean(wide, axes, keepdims=True)
        var = jnp.mean(jnp.square(wide - mean), axes, keepdims=True)
        inv = 1 / jnp.sqrt(var + eps)
        return ((wide - mean) * (inv * gamma) + beta).astype(x.dtype), mean, var, inv

    return {
        "scan_steps": lax.scan,
        "scipy_special": scipy_on_host,
        "scatter_with": scatter_with,
        "stable_argsort": lambda x, axis: jnp.argsort(x, axis=axis, stable=True),
        **pooling(jax, jnp),
        **integers(jax, jnp),
        "conv": conv,
        "conv_bias": conv_bias,
        "rows_add": rows_add,
        "normalize": normalize,
        "conv_dx": conv_dx,
        "conv_dw": conv_dw,
        "scatter_add": lambda shape, dtype, index, update: jnp.zeros(shape, dtype).at[index].add(update),
        "set_at": set_at,
        "stop_gradient": lax.stop_gradient,
        "abs": absolute,
        "complex_of": lambda x, y: lax.complex(*jnp.broadcast_arrays(x, y)),
        "erf": special.erf,
        "erfc": special.erfc,
        "erfinv": special.erfinv,
        "gammaln": gammaln,
        "digamma": digamma,
        "gamma": special.gamma,
        "polygamma": special.polygamma,
        "random_bits": random_bits,
    }


def _layout(ndim: int) -> tuple[str, str, str]:
    spatial = "HWD"[: ndim - 2]
    return "NC" + spatial, "OI" + spatial, "NC" + spatial
