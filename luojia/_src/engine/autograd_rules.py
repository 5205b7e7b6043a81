"""HIPS autograd as the NumPy engine's differentiator of composite functions. Only this file imports autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
from autograd.builtins import tuple as boxed_tuple
from autograd.core import VJPNode, backward_pass, vspace
from autograd.extend import defvjp, primitive
from autograd.tracer import getval, isbox, new_box, trace_stack

from . import primitives
from .kernels import scatter


def make_vjp(fn: Any, arrays: tuple) -> tuple[Any, Any]:
    """Value and pullback of ``fn(*arrays)`` for one array-valued result; cotangents keep the dtype of ``arrays``.

    autograd's ``make_vjp``, but for its warning where the result does not depend on the arrays: it may well be so in a
    derivative of a linear function.
    """
    packed: Any = boxed_tuple(tuple(arrays))
    with trace_stack.new_trace() as trace:
        start = new_box(packed, trace, VJPNode.new_root())
        with np.errstate(all="ignore"):
            end = fn(*start)
        if not isbox(end) or end._trace != start._trace:
            return end, lambda g: vspace(packed).zeros()
        return end._value, lambda g: _quietly(backward_pass, g, end._node)


def _quietly(fn: Any, *args: Any) -> Any:
    """A derivative at a singular point is inf or nan without a word; NumPy would warn from inside autograd."""
    with np.errstate(all="ignore"):
        return fn(*args)


def value_of(x: Any) -> Any:
    """The plain array inside autograd's boxes."""
    while True:
        inner = getval(x)
        if inner is x:
            return x
        x = inner


def traced_primitives() -> dict[str, Any]:
    """The engine's primitives with autograd rules."""
    import autograd.numpy as anp

    scatter_add = primitive(lambda update, shape, dtype, index: scatter.scatter_add(shape, dtype, index, update))
    set_at = primitive(primitives.set_at)
    defvjp(scatter_add, lambda ans, update, shape, dtype, index: lambda g: _like(anp, g[index], update), argnums=(0,))
    defvjp(
        set_at,
        lambda ans, x, index, value: lambda g: set_at(g, index, 0.0),
        lambda ans, x, index, value: lambda g: _like(anp, g[index], value),
        argnums=(0, 2),
    )
    where = primitive(np.where)
    defvjp(  # autograd's own does not sum over the axes along which an argument was broadcast
        where,
        lambda ans, c, x, y: lambda g: _like(anp, where(c, g, 0.0), x),
        lambda ans, c, x, y: lambda g: _like(anp, where(c, 0.0, g), y),
        argnums=(1, 2),
    )
    stop = primitive(primitives.stop_gradient)
    defvjp(stop, None, argnums=())
    return {
        **_convolutions(),
        **_special(anp),
        "scatter_add": lambda shape, dtype, index, update: scatter_add(update, shape, dtype, index),
        "where": where,
        "flip": _flip,  # which autograd lacks
        "set_at": set_at,
        "stable_argsort": lambda x, axis: primitives.stable_argsort(value_of(x), axis),
        "stop_gradient": lambda x: value_of(x),
        "random_bits": lambda key, shape: primitives.random_bits(value_of(key), shape),
        "generator": lambda key: primitives.generator(value_of(key)),
    }


def _special(anp: Any) -> dict[str, Any]:
    """scipy.special's functions; those of autograd come with all of scipy.stats, which takes 0.7 s to import."""
    names = ("erf", "erfc", "erfinv", "gammaln", "digamma", "gamma", "polygamma")
    found = {name: primitive(primitives.NUMPY_PRIMITIVES[name]) for name in names}
    erfinv, digamma, gamma, polygamma = [found[name] for name in ("erfinv", "digamma", "gamma", "polygamma")]
    slope = {
        "erf": lambda x: 2 / np.sqrt(np.pi) * anp.exp(-x * x),
        "erfc": lambda x: -2 / np.sqrt(np.pi) * anp.exp(-x * x),
        "erfinv": lambda x: np.sqrt(np.pi) / 2 * anp.exp(erfinv(x) ** 2),
        "gammaln": digamma,
        "digamma": lambda x: polygamma(1, x),
        "gamma": lambda x: gamma(x) * digamma(x),
    }
    for name, derivative in slope.items():
        defvjp(found[name], lambda ans, x, derivative=derivative: lambda g: g * derivative(x))
    defvjp(polygamma, lambda ans, n, x: lambda g: g * polygamma(n + 1, x), argnums=(1,))
    return found


def _convolutions() -> dict[str, Any]:
    """The three products of convolution: bilinear, and each the derivative of the others."""
    conv = primitive(lambda x, w, how: primitives.NUMPY_PRIMITIVES["conv"](x, w, **how))
    conv_dx = primitive(lambda g, w, shape, how: primitives.NUMPY_PRIMITIVES["conv_dx"](g, w, shape=shape, **how))
    conv_dw = primitive(lambda g, x, shape, how: primitives.NUMPY_PRIMITIVES["conv_dw"](g, x, shape=shape, **how))
    defvjp(conv, lambda ans, x, w, how: lambda g: conv_dx(g, w, x.shape, how),
           lambda ans, x, w, how: lambda g: conv_dw(g, x, w.shape, how), argnums=(0, 1))
    defvjp(conv_dx, lambda ans, g, w, shape, how: lambda h: conv(h, w, how),
           lambda ans, g, w, shape, how: lambda h: conv_dw(g, h, w.shape, how), argnums=(0, 1))
    defvjp(conv_dw, lambda ans, g, x, shape, how: lambda h: conv(x, h, how),
           lambda ans, g, x, shape, how: lambda h: conv_dx(g, h, x.shape, how), argnums=(0, 1))
    return {
        "conv": lambda x, w, **how: conv(x, w, how),
        "conv_dx": lambda g, w, *, shape, **how: conv_dx(g, w, shape, how),
        "conv_dw": lambda g, x, *, shape, **how: conv_dw(g, x, shape, how),
    }


def _like(anp: Any, g: Any, x: Any) -> Any:
    """Sum ``g`` over the axes along which ``x`` was broadcast."""
    shape = np.shape(value_of(x))
    lead = anp.ndim(g) - len(shape)
    axes = tuple(range(lead)) + tuple(lead + i for i, n in enumerate(shape) if n == 1)
    return anp.reshape(anp.sum(g, axis=axes), shape) if axes else g


def _flip(x: Any, axis: Any = None) -> Any:
    ndim = len(x.shape)
    axes = range(ndim) if axis is None else [a % ndim for a in (axis if isinstance(axis, tuple) else (axis,))]
    return x[tuple([slice(None, None, -1) if a in axes else slice(None) for a in range(ndim)])]
