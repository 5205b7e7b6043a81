"""``mx.np.random``: random draws. ``size=None`` gives one number of shape (); ``mx.random.seed`` seeds them.

Draws of a location and a scale are differentiable in both (the reparameterization of Kingma and Welling 2014).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import to_numpys
from .._src.core.random import generator, seed_streams
from .._src.core.tensor import Tensor
from .._src.engine.devices import Context, current_context
from .._src.errors import ArgumentError, ShapeError
from .._src.paths import public_names
from .creation import lift, place
from .multiarray import ndarray
from .table import FUNCTIONS, LINALG_FUNCTIONS, stored


def seed(seed: int) -> None:
    """Start the random streams of all devices anew: the same seed gives the same numbers."""
    seed_streams(seed)


def _size(size: Any, *params: Any) -> tuple[int, ...]:
    if size is None:
        return np.broadcast_shapes(*[np.shape(p) if not isinstance(p, Tensor) else p.shape for p in params])
    try:
        found = (int(size),) if isinstance(size, (int, np.integer)) else tuple([int(n) for n in size])
    except (TypeError, ValueError):
        found = (-1,)
    if min(found, default=0) < 0:
        raise ArgumentError(f"Invalid Parameter format for size expect Shape or None but value='{size}'")
    return found


def _dtype(dtype: Any, *known: str) -> np.dtype:
    """The dtype of draws: one of those that MXNet's sampler has, of which the last is the default."""
    found = to_numpys(dtype or known[-1])
    if found.name not in known:
        raise ArgumentError(f"Invalid Input: '{found}', valid values are: {{{', '.join(map(repr, known))}}}")
    return found


_FLOATS = ("float16", "float64", "float32")


def _device(ctx: Any, *params: Any) -> Context:
    return Context(ctx) if ctx is not None else next((p._device for p in params if isinstance(p, Tensor)),
                                                     current_context())


def _positive(name: str, scale: Any, what: str = "scale") -> None:
    if isinstance(scale, (int, float)) and scale < 0:
        raise ArgumentError(f"np.random.{name}: {what} must not be negative, got {scale}.")


def _location_scale(name: str, standard: str, doc: str, low: str = "loc", high: str = "scale",
                    defaults: tuple = (0.0, 1.0), short: bool = False) -> Callable:
    def draw(loc: Any = defaults[0], scale: Any = defaults[1], size: Any = None, dtype: Any = None, ctx: Any = None,
             out: Any = None) -> ndarray:
        if short and isinstance(dtype, Context):  # (loc, scale, size, ctx, out)
            dtype, ctx, out = None, dtype, out if ctx is None else ctx
        _positive(name, scale, high)
        device = _device(ctx, loc, scale)
        kind = _dtype(dtype, *_FLOATS)
        z = getattr(generator(device), standard)(size=_size(size, loc, scale)).astype(kind)
        return stored(FUNCTIONS["add"](FUNCTIONS["multiply"](place(z, device), scale), loc), out)

    draw.__name__ = draw.__qualname__ = name
    draw.__doc__ = doc
    return draw


normal = _location_scale("normal", "standard_normal", "Normal numbers of mean ``loc`` and deviation ``scale``.")
logistic = _location_scale("logistic", "logistic", "Logistic numbers of mean ``loc`` and ``scale``.", short=True)
gumbel = _location_scale("gumbel", "gumbel", "Gumbel numbers of mode ``loc`` and ``scale``.", short=True)
laplace = _location_scale("laplace", "laplace", "Laplace numbers of mean ``loc`` and ``scale``.")


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None,
            out: Any = None) -> ndarray:
    """Uniform numbers of [low, high)."""
    device = _device(ctx, low, high)
    kind = _dtype(dtype, *_FLOATS)
    u = generator(device).random(_size(size, low, high), np.float32).astype(kind)
    width = high - low
    return stored(FUNCTIONS["add"](FUNCTIONS["multiply"](place(u, device), width), low), out)


def lognormal(mean: Any = 0.0, sigma: Any = 1.0, size: Any = None, dtype: Any = None, ctx: Any = None,
              out: Any = None) -> ndarray:
    """Numbers whose logarithm is normal."""
    return FUNCTIONS["exp"](normal(mean, sigma, size, dtype, ctx), out=out)


def exponential(scale: Any = 1.0, size: Any = None, ctx: Any = None, out: Any = None) -> ndarray:
    """Exponential numbers of mean ``scale``."""
    _positive("exponential", scale)
    device = _device(ctx, scale)
    z = generator(device).standard_exponential(_size(size, scale)).astype(np.float32)
    return FUNCTIONS["multiply"](place(z, device), scale, out=out)


def rayleigh(scale: Any = 1.0, size: Any = None, ctx: Any = None, out: Any = None) -> ndarray:
    """Rayleigh numbers of mode ``scale``."""
    _positive("rayleigh", scale)
    device = _device(ctx, scale)
    z = generator(device).rayleigh(size=_size(size, scale)).astype(np.float32)
    return FUNCTIONS["multiply"](place(z, device), scale, out=out)


def _host(name: str, params: str, doc: str, rest: str = "size ctx out", ignored: str = "") -> Callable:
    names, typed = params.split(), rest.split()

    def draw(*args: Any, size: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
             **kwargs: Any) -> ndarray:
        rest = {"size": size, "dtype": dtype, "ctx": ctx, "out": out}
        rest |= dict(zip(typed, args[len(names):]))
        size, dtype, ctx, out = rest["size"], rest["dtype"], rest["ctx"], rest["out"]
        args, kwargs = args[:len(names)], {k: v for k, v in kwargs.items() if k not in ignored}
        values = {**{k: d for k, d in _DEFAULTS.items() if k in names}, **dict(zip(names, args)), **kwargs}
        if set(values) != set(names):
            raise TypeError(f"np.random.{name} takes {params} and size, got {' '.join(values) or 'nothing'}.")
        values = {k: v.asnumpy() if isinstance(v, Tensor) else v for k, v in values.items()}
        found = getattr(generator(_device(ctx)), name)(**values, size=None if size is None else _size(size))
        found = np.asarray(found)
        if found.dtype.kind == "f":
            found = found.astype(to_numpys(dtype or np.float32))
        return stored(place(found, ctx), out)

    draw.__name__ = draw.__qualname__ = name
    draw.__doc__ = f"{doc} A constant to every gradient."
    return draw


_DEFAULTS = {"scale": 1.0, "lam": 1.0}
beta = _host("beta", "a b", "Beta numbers.", "size dtype ctx out")
chisquare = _host("chisquare", "df", "Chi-squared numbers.", "size dtype ctx out")
gamma = _host("gamma", "shape scale", "Gamma numbers of mean shape scale.", "size dtype ctx out")
pareto = _host("pareto", "a", "Pareto II numbers.")
power = _host("power", "a", "Numbers of [0, 1] with density a x^(a-1).")
weibull = _host("weibull", "a", "Weibull numbers of scale 1.")
poisson = _host("poisson", "lam", "Poisson numbers of mean lam.")
_counts = _host("multinomial", "n pvals", "How often each outcome of probabilities pvals came up in n draws.")


def multinomial(n: int, pvals: Any, size: Any = None, **kwargs: Any) -> ndarray:
    """How often each outcome of probabilities ``pvals`` came up in ``n`` draws. A constant to every gradient."""
    values = pvals.asnumpy() if isinstance(pvals, Tensor) else np.asarray(pvals)
    if values.ndim != 1:
        raise ArgumentError(f"np.random.multinomial: pvals must have one axis, got shape {values.shape}.")
    if values[:-1].sum(dtype=np.float64) > 1.0 + 1e-6:
        raise ArgumentError(f"np.random.multinomial: sum(pvals[:-1]) > 1.0, got {values.tolist()}.")
    return _counts(n, pvals, size=size, **kwargs)


def multivariate_normal(mean: Any, cov: Any, size: Any = None, check_valid: Any = None, tol: Any = None) -> ndarray:
    """Normal vectors of means (..., n) and covariances (..., n, n), ``size`` of them each, differentiable in both.

    >>> from luojia import np
    >>> np.random.multivariate_normal(np.zeros((3, 2)), np.eye(2), size=4).shape
    (4, 3, 2)
    """
    mean, cov = lift(mean), lift(cov)
    if mean.ndim < 1 or cov.ndim < 2 or cov.shape[-2:] != (mean.shape[-1],) * 2:
        raise ShapeError(f"np.random.multivariate_normal expects a mean (..., n) and a cov (..., n, n), got shapes "
                         f"{mean.shape} and {cov.shape}.")
    batch = np.broadcast_shapes(mean.shape[:-1], cov.shape[:-2])
    shape = (*(() if size is None else _size(size)), *batch, 1, mean.shape[-1])
    device = _device(None, mean, cov)
    z = place(generator(device).standard_normal(shape).astype(mean.np_dtype), device)
    factor = LINALG_FUNCTIONS["cholesky"](cov)
    return FUNCTIONS["add"](mean, FUNCTIONS["sum"](factor * z, axis=-1))


def randint(low: int, high: int | None = None, size: Any = None, dtype: Any = None, ctx: Any = None,
            out: Any = None) -> ndarray:
    """Integers of [low, high), or of [0, low); int64 by default."""
    low, high = (0, low) if high is None else (low, high)
    if high <= low:
        raise ArgumentError(f"np.random.randint: low must be less than high, got {low} and {high}.")
    found = generator(_device(ctx)).integers(low, high, _size(size), _dtype(dtype, "int32", "int64"))
    return stored(place(found, ctx), out)


def rand(*size: int, **kwargs: Any) -> ndarray:
    """Uniform numbers of [0, 1): ``rand(2, 3)``."""
    return uniform(size=size, **kwargs)


def randn(*size: int, **kwargs: Any) -> ndarray:
    """Standard normal numbers: ``randn(2, 3)``."""
    return normal(size=size, **kwargs)


def choice(a: Any, size: Any = None, replace: bool = True, p: Any = None, ctx: Any = None, out: Any = None) -> ndarray:
    """Elements of ``a`` (of range(a), if a number) drawn with probabilities ``p``, with replacement or without."""
    pool = a if isinstance(a, int) else lift(a, "random.choice").asnumpy()
    weights = None if p is None else np.asarray(p.asnumpy() if isinstance(p, Tensor) else p, np.float64)
    if weights is not None:
        weights = weights / weights.sum()
    found = generator(_device(ctx)).choice(pool, _size(size), replace, weights)
    return stored(place(found, ctx), out)


def permutation(x: Any) -> ndarray:
    """The elements of x (of range(x), if a number) in random order along the first axis."""
    values = np.arange(x) if isinstance(x, int) else lift(x, "random.permutation").asnumpy()
    return place(generator(_device(None)).permutation(values))


def shuffle(x: ndarray) -> None:
    """Bring the elements of x into random order along the first axis, in place."""
    x[:] = permutation(x)


__all__ = [
    "beta", "chisquare", "choice", "exponential", "gamma", "gumbel", "laplace", "logistic", "lognormal", "multinomial",
    "multivariate_normal", "normal", "pareto", "permutation", "poisson", "power", "rand", "randint", "randn",
    "rayleigh", "seed", "shuffle", "uniform", "weibull",
]
__dir__ = public_names(__name__)
