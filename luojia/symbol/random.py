"""``sym.random``: random draws in graphs, drawn anew at each run. Parameters are numbers, or symbols alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.symbol_functions import function
from .._src.errors import AbsentName, NoArrayError
from .symbol import Symbol


def _draw(name: str, params: dict[str, Any], renamed: dict[str, str], shape: Any, dtype: Any, kwargs: dict) -> Symbol:
    kwargs = {k: v for k, v in kwargs.items() if k in ("name", "attr", "get_prob")}
    if shape is not None:
        kwargs["shape"] = (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if dtype is not None and dtype != "None":
        kwargs["dtype"] = np.dtype(dtype).name
    symbols = [isinstance(p, Symbol) for p in params.values()]
    if all(symbols):
        return function(f"_sample_{name}")(**{renamed.get(k, k): p for k, p in params.items()}, **kwargs)
    if any(symbols):
        raise NoArrayError(f"sym.random.{name}: distribution parameters must all have the same type, but got "
                            f"{', '.join(type(p).__name__ for p in params.values())}.")
    return function(f"_random_{name}")(**params, **kwargs)


def uniform(low: Any = 0, high: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Uniform numbers of [low, high)."""
    return _draw("uniform", {"low": low, "high": high}, {}, shape, dtype, kwargs)


def normal(loc: Any = 0, scale: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Normal numbers of mean ``loc`` and standard deviation ``scale``."""
    return _draw("normal", {"loc": loc, "scale": scale}, {"loc": "mu", "scale": "sigma"}, shape, dtype, kwargs)


def randn(*shape: int, loc: Any = 0, scale: Any = 1, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Normal numbers; the lengths of the shape are the arguments."""
    return normal(loc, scale, shape or None, dtype, **kwargs)


def exponential(scale: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Exponential numbers of mean ``scale``."""
    return _draw("exponential", {"lam": 1.0 / scale}, {}, shape, dtype, kwargs)


def gamma(alpha: Any = 1, beta: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Gamma numbers of shape ``alpha`` and scale ``beta``."""
    return _draw("gamma", {"alpha": alpha, "beta": beta}, {}, shape, dtype, kwargs)


def poisson(lam: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Poisson numbers of mean ``lam``."""
    return _draw("poisson", {"lam": lam}, {}, shape, dtype, kwargs)


def negative_binomial(k: Any = 1, p: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """The number of failures before ``k`` successes of probability ``p``."""
    return _draw("negative_binomial", {"k": k, "p": p}, {}, shape, dtype, kwargs)


def generalized_negative_binomial(mu: Any = 1, alpha: Any = 1, shape: Any = None, dtype: Any = None,
                                  **kwargs: Any) -> Symbol:
    """Counts of mean ``mu`` and variance mu + alpha mu^2."""
    return _draw("generalized_negative_binomial", {"mu": mu, "alpha": alpha}, {}, shape, dtype, kwargs)


def randint(low: int, high: int, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Integers of [low, high), int32 by default."""
    return _draw("randint", {"low": low, "high": high}, {}, shape, dtype, kwargs)


def multinomial(data: Symbol, shape: Any = None, get_prob: bool = False, dtype: Any = "int32",
                **kwargs: Any) -> Symbol:
    """Indices drawn with the probabilities in the last axis of ``data``; see ``nd.random.multinomial``."""
    return _draw("multinomial", {"data": data}, {}, shape, dtype, kwargs | ({"get_prob": True} if get_prob else {}))


def shuffle(data: Symbol, **kwargs: Any) -> Symbol:
    """``data`` with the elements of its first axis in random order."""
    return function("_shuffle")(data, **kwargs)


def __getattr__(name: str) -> Any:
    if name.endswith("_like") and not name.startswith("_"):
        return function(f"_random_{name}")
    raise AbsentName("luojia.symbol.random", name)


__all__ = [
    "exponential", "exponential_like", "gamma", "gamma_like", "generalized_negative_binomial",  # noqa: F822
    "generalized_negative_binomial_like", "multinomial", "negative_binomial", "negative_binomial_like",  # noqa: F822
    "normal", "normal_like", "poisson", "poisson_like", "randint", "randn", "shuffle", "uniform",  # noqa: F822
    "uniform_like",  # noqa: F822
]
