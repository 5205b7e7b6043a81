"""``F.np`` of a hybrid_forward that is traced: ``mx.np``, with draws that are made anew at each run of the graph.

A draw is a uniform or normal one of the graph, put through the inverse of the distribution; parameters may be symbols.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as _numpy

from .._src.core.symbol import Symbol
from .._src.core.symbol_functions import function
from .._src.errors import NotSupportedError

_mxnp: Any = importlib.import_module("luojia.np")


def _source(name: str, size: Any, dtype: Any, params: tuple, **given: Any) -> Any:
    """A draw of ``size``; without one of the shape that the symbols among ``params`` have together."""
    symbols = [p for p in params if isinstance(p, Symbol)]
    if size is None and symbols:
        like = symbols[0]
        for other in symbols[1:]:
            like = function("broadcast_add")(like, other)
        return function(f"_random_{name}_like")(like.as_nd_ndarray(), **given).as_np_ndarray()
    size = () if size is None else (size,) if isinstance(size, (int, _numpy.integer)) else tuple(size)
    made = function(f"_random_{name}")(shape=size or (1,), dtype=_numpy.dtype(dtype or "float32").name, **given)
    made = made.as_np_ndarray()
    return made if size else made.reshape(())


def _uniform(size: Any, dtype: Any, *params: Any) -> Any:
    """Uniform numbers of [0, 1), and a little more than 0."""
    return _source("uniform", size, dtype, params, low=0.0, high=1.0) + 1e-20


def _inverse(formula: Callable, names: str) -> Callable:
    """The function whose draws are ``formula(u, *parameters)``; ``names`` are the parameters with their defaults."""
    defaults = {name: value for name, _, value in (pair.partition("=") for pair in names.split())}

    def draw(*args: Any, size: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None, **given: Any) -> Any:
        listed = [*defaults, "size", "dtype"]
        given = {**{k: float(v) for k, v in defaults.items() if v}, **dict(zip(listed, args)), **given}
        size, dtype = given.pop("size", size), given.pop("dtype", dtype)
        params = [given[k] for k in defaults]
        return formula(_uniform(size, dtype, *params), *params)

    return draw


def _normal(loc: Any = 0.0, scale: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None,
            out: Any = None) -> Any:
    return loc + scale * _source("normal", size, dtype, (loc, scale), loc=0.0, scale=1.0)


def _gamma(shape: Any, scale: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None) -> Any:
    if isinstance(shape, Symbol):
        return function("_sample_gamma")(alpha=shape.as_nd_ndarray(),
                                         beta=(shape * 0 + 1).as_nd_ndarray()).as_np_ndarray() * scale
    return scale * _source("gamma", size, dtype, (scale,), alpha=float(shape), beta=1.0)


def _randint(low: int, high: int | None = None, size: Any = None, dtype: Any = None, ctx: Any = None,
             out: Any = None) -> Any:
    low, high = (0, low) if high is None else (low, high)
    return _source("randint", size, dtype or "int64", (), low=low, high=high)


def _bernoulli(prob: Any = None, logit: Any = None, size: Any = None, dtype: Any = None, ctx: Any = None,
               out: Any = None) -> Any:
    if prob is None:
        prob = 1 / (1 + _mxnp.exp(-logit))
    return (_uniform(size, None, prob) < prob).astype(dtype or "float32")


def _log(x: Any) -> Any:
    return _mxnp.log(x)


class _Draws:
    """``mx.np.random`` in a graph."""

    uniform = staticmethod(_inverse(lambda u, low, high: low + (high - low) * u, "low=0 high=1"))
    normal = staticmethod(_normal)
    gamma, randint, bernoulli = staticmethod(_gamma), staticmethod(_randint), staticmethod(_bernoulli)
    exponential = staticmethod(_inverse(lambda u, scale: -scale * _log(u), "scale=1"))
    logistic = staticmethod(_inverse(lambda u, loc, scale: loc + scale * (_log(u) - _log(1 - u)), "loc=0 scale=1"))
    gumbel = staticmethod(_inverse(lambda u, loc, scale: loc - scale * _log(-_log(u)), "loc=0 scale=1"))
    laplace = staticmethod(_inverse(lambda u, loc, scale: loc - scale * _mxnp.sign(u - 0.5) * _log(
        1 - 2 * _mxnp.abs(u - 0.5)), "loc=0 scale=1"))
    rayleigh = staticmethod(_inverse(lambda u, scale: scale * _mxnp.sqrt(-2 * _log(u)), "scale=1"))
    weibull = staticmethod(_inverse(lambda u, a: (-_log(u)) ** (1 / a), "a"))
    pareto = staticmethod(_inverse(lambda u, a: u ** (-1 / a) - 1, "a"))
    power = staticmethod(_inverse(lambda u, a: u ** (1 / a), "a"))

    @staticmethod
    def lognormal(mean: Any = 0.0, sigma: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None,
                  out: Any = None) -> Any:
        return _mxnp.exp(_normal(mean, sigma, size, dtype))

    @staticmethod
    def choice(a: Any, size: Any = None, replace: bool = True, p: Any = None, ctx: Any = None, out: Any = None) -> Any:
        if isinstance(a, int) and replace and p is None:
            return _randint(0, a, size)
        raise NotSupportedError("np.random.choice of a graph draws among the numbers below one, with replacement.")

    @staticmethod
    def rand(*size: int, **kwargs: Any) -> Any:
        return _Draws.uniform(size=size, **kwargs)

    @staticmethod
    def randn(*size: int, **kwargs: Any) -> Any:
        return _normal(size=size, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(_mxnp.random, name)


class _Module:
    """A module with some of its names replaced."""

    def __init__(self, module: Any, **replaced: Any) -> None:
        self.__dict__.update(replaced, _module=module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


numpys = _Module(_mxnp, random=_Draws())


def _batched(draw: Callable) -> Callable:
    def batch(*params: Any, batch_shape: Any = None, **kwargs: Any) -> Any:
        if len(params) > 2:
            params, batch_shape = params[:2], params[2]
        if batch_shape is not None and any(isinstance(p, Symbol) for p in params):
            raise NotSupportedError("npx.random: a graph draws batches for numbers; "
                                    "give no batch_shape beside symbols.")
        return draw(*params, size=batch_shape, **kwargs)

    return batch


_npx: Any = importlib.import_module("luojia.npx")
extension = _Module(_npx, random=_Module(_npx.random, bernoulli=_bernoulli, uniform_n=_batched(_Draws.uniform),
                                         normal_n=_batched(_normal)))
