"""``nd.random``: random draws. Parameters are numbers, or NDArrays for a draw per element. See ``mx.random.seed``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._src.core import dtypes
from .._src.core.op import OPERATORS
from .._src.core.random import next_key
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.errors import AbsentName, ArgumentError, DTypeError, NoArrayError, ShapeError
from .._src.paths import public_names
from .door import function
from .ndarray import NDArray


def _shape(shape: Any, default: tuple = (1,)) -> tuple[int, ...]:
    if shape is None:
        return default
    try:
        return (int(shape),) if isinstance(shape, (int, np.integer)) else tuple([int(n) for n in shape])
    except (TypeError, ValueError):
        raise ArgumentError(f"nd.random: shape must be an int or a tuple of ints, got {shape!r}.") from None


def _dtype(dtype: Any, default: str = "float32") -> str:
    return default if dtype is None or dtype == "None" else dtypes.to_numpys(dtype).name


def _known(name: str, more: dict[str, Any]) -> None:
    if unknown := more.keys() - {"name", "attr"}:
        raise ArgumentError(f"nd.random.{name}: Cannot find argument '{min(unknown)}'.")


def _array(data: Any) -> NDArray:
    if not isinstance(data, Tensor):
        raise NoArrayError(f"Argument data must have NDArray type, but got {data}")
    return data  # type: ignore[return-value]  # arrays of the other door work too


def _draw(name: str, params: dict[str, Any], shape: Any, dtype: Any, ctx: Any, out: Any, more: dict[str, Any],
          default: str = "float32") -> Any:
    """Draw with numbers as parameters (``random_<name>``), or with arrays (``sample_<name>``)."""
    if more:
        _known(name, more)
    arrays = [p for p in params.values() if isinstance(p, Tensor)]
    valid = ("int32", "int64") if default == "int32" else ("float16", "float32", "float64")
    if out is None and _dtype(dtype, default) not in valid:
        raise ArgumentError(f"nd.random: Invalid Input: {dtype!r}, valid values are: {', '.join(valid)}.")
    if out is not None:
        shape = out.shape if shape is None else shape
        dtype = out.np_dtype if dtype is None else dtype
        ctx = out._device
    if not arrays:
        for p in params.values():
            if not isinstance(p, (int, float, np.generic)):
                raise ArgumentError(f"Distribution parameters must be either NDArray or numbers, but got {type(p)}.")
        device = current_context() if ctx is None else Context(ctx)
        plain = {k: p.item() if isinstance(p, np.generic) else p for k, p in params.items()}
        with device:
            t = OPERATORS[f"random_{name}"](
                next_key(device), **plain, shape=_shape(shape), dtype=_dtype(dtype, default)
            )
    else:
        if len(arrays) < len(params):
            raise NoArrayError(f"Distribution parameters must all have the same type, but got "
                               f"{', '.join(str(type(p)) for p in params.values())}; make them NDArrays, or numbers.")
        if any(a.shape != arrays[0].shape for a in arrays):
            raise ShapeError(f"nd.random: the parameters must have one shape, got {[a.shape for a in arrays]}.")
        if out is not None:
            shape = out.shape[arrays[0].ndim :]
        t = OPERATORS[f"sample_{name}"](
            next_key(arrays[0]._device), *arrays, shape=_shape(shape, ()), dtype=_dtype(dtype, default),
        )
    made = wrap(NDArray, t._value, t._device)
    return made if out is None else out._store(made)


def uniform(low: Any = 0, high: Any = 1, shape: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
            **kwargs: Any) -> NDArray:
    """Uniform numbers of [low, high).

    >>> from luojia import nd
    >>> x = nd.random.uniform(2, 3, shape=(2, 3))
    >>> x.shape, bool((x >= 2).asnumpy().all())
    ((2, 3), True)
    """
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and high < low:
        raise ArgumentError(f"low must be less or equal to high in uniform distribution, got {low} and {high}.")
    return _draw("uniform", {"low": low, "high": high}, shape, dtype, ctx, out, kwargs)


def normal(loc: Any = 0, scale: Any = 1, shape: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
           **kwargs: Any) -> NDArray:
    """Normal numbers of mean ``loc`` and standard deviation ``scale``.

    >>> from luojia import nd
    >>> nd.random.normal(0, 1, shape=(2, 3)).shape
    (2, 3)
    """
    if isinstance(scale, (int, float)) and scale <= 0:
        raise ArgumentError(f"normal: scale parameter in gaussian has to be positive, got {scale}.")
    return _draw("normal", {"loc": loc, "scale": scale}, shape, dtype, ctx, out, kwargs)


def randn(*shape: int, loc: Any = 0, scale: Any = 1, dtype: Any = None, ctx: Any = None, out: Any = None,
          **kwargs: Any) -> NDArray:
    """Normal numbers; the lengths of the shape are the arguments: ``randn(2, 3)``.

    >>> from luojia import nd
    >>> nd.random.randn(2, 3).shape
    (2, 3)
    """
    return normal(loc, scale, shape or None, dtype, ctx, out, **kwargs)


def exponential(scale: Any = 1, shape: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
                **kwargs: Any) -> NDArray:
    """Exponential numbers of mean ``scale``.

    >>> from luojia import nd
    >>> nd.random.exponential(2.0, shape=(2, 3)).shape
    (2, 3)
    """
    if isinstance(scale, (int, float)) and scale <= 0:
        raise ArgumentError(f"exponential: scale must be positive, got {scale}.")
    return _draw("exponential", {"lam": 1.0 / scale}, shape, dtype, ctx, out, kwargs)


def gamma(alpha: Any = 1, beta: Any = 1, shape: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
          **kwargs: Any) -> NDArray:
    """Gamma numbers of shape ``alpha`` and scale ``beta``: their mean is alpha beta.

    >>> from luojia import nd
    >>> nd.random.gamma(2.0, 1.0, shape=(2, 3)).shape
    (2, 3)
    """
    _positive("gamma", alpha=alpha, beta=beta)
    return _draw("gamma", {"alpha": alpha, "beta": beta}, shape, dtype, ctx, out, kwargs)


def poisson(lam: Any = 1, shape: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
            **kwargs: Any) -> NDArray:
    """Poisson numbers of mean ``lam``.

    >>> from luojia import nd
    >>> nd.random.poisson(4.0, shape=(2, 3)).shape
    (2, 3)
    """
    if isinstance(lam, (int, float)) and lam < 0:
        raise ArgumentError(f"poisson: lam must not be negative, got {lam}.")
    return _draw("poisson", {"lam": lam}, shape, dtype, ctx, out, kwargs)


def negative_binomial(k: Any = 1, p: Any = 1, shape: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
                      **kwargs: Any) -> NDArray:
    """The number of failures before ``k`` successes of probability ``p``.

    >>> from luojia import nd
    >>> nd.random.negative_binomial(3, 0.5, shape=(2, 3)).shape
    (2, 3)
    """
    _positive("negative_binomial", k=k, p=p)
    if isinstance(k, float) and k != int(k):
        raise ArgumentError(f"Invalid Parameter format for k expect int but value='{k}'.")
    return _draw("negative_binomial", {"k": k, "p": p}, shape, dtype, ctx, out, kwargs)


def generalized_negative_binomial(mu: Any = 1, alpha: Any = 1, shape: Any = None, dtype: Any = None, ctx: Any = None,
                                  out: Any = None, **kwargs: Any) -> NDArray:
    """Counts of mean ``mu`` and variance mu + alpha mu^2."""
    if isinstance(alpha, (int, float)) and alpha < 0:
        raise ArgumentError("alpha parameter in generalized negative binomial distribution has to be non-negative, got "
                            f"{alpha}.")
    return _draw("generalized_negative_binomial", {"mu": mu, "alpha": alpha}, shape, dtype, ctx, out, kwargs)


def randint(low: int, high: int, shape: Any = None, dtype: Any = None, ctx: Any = None, out: Any = None,
            **kwargs: Any) -> NDArray:
    """Integers of [low, high), int32 by default.

    >>> from luojia import nd
    >>> nd.random.randint(0, 10, shape=(2, 3)).dtype
    <class 'numpy.int32'>
    """
    for key, bound in (("low", low), ("high", high)):
        if isinstance(bound, float) and bound != int(bound):
            raise ArgumentError(f"Invalid Parameter format for {key} expect long but value='{bound}'.")
    if high <= low:
        raise ArgumentError(f"randint: low must be less than high, got {low} and {high}.")
    return _draw("randint", {"low": int(low), "high": int(high)}, shape, dtype, ctx, out, kwargs, "int32")


def multinomial(data: NDArray, shape: Any = None, get_prob: bool = False, out: Any = None, dtype: Any = "int32",
                **kwargs: Any) -> Any:
    """Indices drawn with the probabilities in the last axis of ``data``.

    Args:
        shape: the number, or shape, of draws per row; one by default.
        get_prob: also return the logarithm of each drawn index's probability, differentiable.

    >>> from luojia import nd
    >>> nd.random.multinomial(nd.array([0.0, 1.0]), shape=3).asnumpy()
    array([1, 1, 1], dtype=int32)
    """
    _known("multinomial", kwargs)
    if _array(data).np_dtype.kind != "f":
        raise DTypeError(f"This operation only support floating point types, not {data.np_dtype.name}")
    found = OPERATORS["sample_multinomial"](next_key(data._device), data, shape=_shape(shape, ()), dtype=_dtype(dtype))
    found = wrap(NDArray, found._value, data._device)
    if found.ndim == 0:
        found = wrap(NDArray, found._value.reshape(1), data._device)
    if get_prob:
        rows = math.prod(data.shape[:-1])
        flat = data.reshape((rows, data.shape[-1]))
        index = found.asnumpy().astype(np.int64).reshape(rows, -1)
        taken = flat[np.arange(rows)[:, None], index].log().reshape(found.shape)
        return [found, taken]
    return found if out is None else out._store(found)


def shuffle(data: NDArray, out: NDArray | None = None, **kwargs: Any) -> NDArray:
    """``data`` with the elements of its first axis in random order.

    >>> from luojia import nd
    >>> sorted(nd.random.shuffle(nd.array([1, 2, 3])).asnumpy().tolist())
    [1.0, 2.0, 3.0]
    """
    _known("shuffle", kwargs)
    t = OPERATORS["random_shuffle"](next_key(_array(data)._device), data)
    made = wrap(NDArray, t._value, t._device)
    return made if out is None else out._store(made)


def _positive(name: str, **params: Any) -> None:
    for key, p in params.items():
        if isinstance(p, (int, float)) and p <= 0:
            raise ArgumentError(f"{name}: {key} must be positive, got {p}.")


def __getattr__(name: str) -> Any:
    if name.endswith("_like") and not name.startswith("_"):
        return function(f"_random_{name}")
    raise AbsentName("luojia.ndarray.random", name)


__all__ = [
    "exponential", "exponential_like", "gamma", "gamma_like", "generalized_negative_binomial",  # noqa: F822
    "generalized_negative_binomial_like", "multinomial", "negative_binomial", "negative_binomial_like",  # noqa: F822
    "normal", "normal_like", "poisson", "poisson_like", "randint", "randn", "shuffle", "uniform",  # noqa: F822
    "uniform_like",  # noqa: F822
]
__dir__ = public_names(__name__)
