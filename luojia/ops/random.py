"""Random draws under MindSpore's names. ``seed`` decides the numbers of a call; by default ``set_seed``'s stream does.

Where the distribution is a shift and a scale of another (normal, uniform, laplace), gradients flow to its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core import dtypes
from .._src.core.dtypes import DType, float32, int64, is_float
from .._src.core.op import OPERATORS
from .._src.core.primitive import Primitive
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .._src.ops.composed.draws import key_of, multinomial, random_categorical
from .._src.paths import public_names

__all__ = [
    "Bernoulli", "Gamma", "Multinomial", "Poisson", "RandomPoisson", "RandomShuffle", "StandardLaplace",
    "StandardNormal", "TruncatedNormal", "UniformInt", "UniformReal", "bernoulli", "gamma", "laplace", "multinomial",
    "normal", "poisson", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "random_categorical",
    "random_gamma",
    "random_poisson", "randperm", "shuffle", "standard_laplace", "standard_normal", "uniform",
]
__dir__ = public_names(__name__)


def _shape(shape: Any, name: str) -> tuple[int, ...]:
    if isinstance(shape, Tensor):
        shape = shape.asnumpy().tolist()
    shape = (shape,) if isinstance(shape, int) else shape
    if not isinstance(shape, (tuple, list)) or not all(isinstance(n, int) for n in shape):
        raise DTypeError(f"For '{name}', shape must be a tuple of int, but got {shape!r}.")
    if any(n < 0 for n in shape):
        raise ArgumentError(f"For '{name}', the lengths of shape must not be negative, but got {tuple(shape)}.")
    return tuple(shape)


def _parameter(value: Any, what: str, name: str) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return Tensor(value)
    if not isinstance(value, (Tensor, int, float)):
        raise DTypeError(f"For '{name}', the type of '{what}' must be Tensor, int, or float, but got: {type(value)}")
    return value


def _full(shape: tuple, *params: Any) -> tuple:
    """The shape of the draws broadcast with that of their parameters."""
    return np.broadcast_shapes(shape, *[p.shape for p in params if isinstance(p, Tensor)])


def _draw(name: str, seed: int | None, shape: tuple, dtype: DType = float32, **attrs: Any) -> Tensor:
    return OPERATORS[name](key_of(seed), shape=shape, dtype=dtype.np.name, **attrs)


# -- functions ---------------------------------------------------------------------------------------------------------


def standard_normal(shape: Any, seed: int | None = None) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1.

    >>> from luojia import ops
    >>> ops.standard_normal((2, 3)).shape
    (2, 3)
    """
    return _draw("random_normal", seed, _shape(shape, "standard_normal"))


def normal(shape: Any, mean: Any, stddev: Any, seed: int | None = None) -> Tensor:
    """Normal numbers of ``shape`` broadcast with those of ``mean`` and ``stddev``, Tensors or numbers."""
    mean, stddev = _parameter(mean, "mean", "normal"), _parameter(stddev, "stddev", "normal")
    return standard_normal(_full(_shape(shape, "normal"), mean, stddev), seed) * stddev + mean


def uniform(shape: Any, minval: Any, maxval: Any, seed: int | None = None, dtype: DType = float32) -> Tensor:
    """Uniform numbers of [minval, maxval), float32 or int32, of ``shape`` broadcast with those of the bounds."""
    low, high = _parameter(minval, "minval", "uniform"), _parameter(maxval, "maxval", "uniform")
    full = _full(_shape(shape, "uniform"), low, high)
    if is_float(dtype.np):
        return _draw("random_uniform", seed, full, dtype) * (high - low) + low
    unit = _draw("random_uniform", seed, full, dtypes.float64)
    return OPERATORS["cast"](OPERATORS["floor"](unit * (high - low) + low), dtype=dtype.np)


def standard_laplace(shape: Any, seed: int | None = None) -> Tensor:
    """Laplace numbers of mean 0 and scale 1: the difference of two exponential ones."""
    full = (2, *_shape(shape, "standard_laplace"))
    pair = _draw("random_exponential", seed, full)
    return pair[0] - pair[1]


def laplace(shape: Any, mean: Any, lambda_param: Any, seed: int | None = None) -> Tensor:
    """Laplace numbers of ``mean`` and scale ``lambda_param``, Tensors or numbers."""
    mean, scale = _parameter(mean, "mean", "laplace"), _parameter(lambda_param, "lambda_param", "laplace")
    return standard_laplace(_full(_shape(shape, "laplace"), mean, scale), seed) * scale + mean


def gamma(shape: Any, alpha: Tensor, beta: Tensor, seed: int | None = None) -> Tensor:
    """Gamma numbers of shape parameter ``alpha`` and rate ``beta``, of ``shape`` broadcast with theirs."""
    a, b = (_host(_parameter(p, w, "gamma")) for p, w in ((alpha, "alpha"), (beta, "beta")))
    full = np.broadcast_shapes(_shape(shape, "gamma"), a.shape, b.shape)
    return OPERATORS["sample_gamma"](key_of(seed), np.broadcast_to(a, full), 1.0 / b, shape=(), dtype="float32")


def random_gamma(shape: Any, alpha: Tensor, seed: int | None = None) -> Tensor:
    """Gamma numbers of rate 1, ``shape`` of them for each element of ``alpha``, in its dtype: shape + alpha.shape."""
    a = _host(_parameter(alpha, "alpha", "random_gamma"))
    full = (*_shape(shape, "random_gamma"), *a.shape)
    drawn = OPERATORS["sample_gamma"](key_of(seed), np.broadcast_to(a, full), np.ones(()), shape=(), dtype="float32")
    return OPERATORS["cast"](drawn, dtype=alpha.np_dtype) if isinstance(alpha, Tensor) else drawn


def random_poisson(shape: Any, rate: Tensor, seed: int | None = None, dtype: DType = float32) -> Tensor:
    """Poisson numbers, ``shape`` of them for each element of ``rate``: shape + rate.shape."""
    r = _host(_parameter(rate, "rate", "random_poisson"))
    full = (*_shape(shape, "random_poisson"), *r.shape)
    return OPERATORS["sample_poisson"](key_of(seed), np.broadcast_to(r, full), shape=(), dtype=dtype.np.name)


def poisson(shape: Any, mean: Tensor, seed: int | None = None) -> Tensor:
    """Poisson numbers of ``shape`` broadcast with that of ``mean``; int32."""
    m = _host(_parameter(mean, "mean", "poisson"))
    full = np.broadcast_shapes(_shape(shape, "poisson"), m.shape)
    return OPERATORS["sample_poisson"](key_of(seed), np.broadcast_to(m, full), shape=(), dtype="int32")


def _host(value: Any) -> np.ndarray:
    return (value.asnumpy() if isinstance(value, Tensor) else np.asarray(value)).astype(np.float64)


def randint(low: int, high: int, size: Any, seed: int | None = None, *, dtype: DType | None = None) -> Tensor:
    """Integers of [low, high), Int64 by default."""
    if high <= low:
        raise ArgumentError(f"For 'randint', low must be less than high, but got {low} and {high}.")
    return _draw("random_randint", seed, _shape(size, "randint"), dtype or int64, low=low, high=high)


def rand(*size: Any, dtype: DType | None = None, seed: int | None = None) -> Tensor:
    """Uniform numbers of [0, 1); the arguments are the lengths of the shape."""
    return _draw("random_uniform", seed, _sizes(size, "rand"), dtype or float32)


def randn(*size: Any, dtype: DType | None = None, seed: int | None = None) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1; the arguments are the lengths of the shape."""
    return _draw("random_normal", seed, _sizes(size, "randn"), dtype or float32)


def _sizes(size: Sequence, name: str) -> tuple[int, ...]:
    return _shape(size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size or (1,), name)


def rand_like(input: Tensor, seed: int | None = None, *, dtype: DType | None = None) -> Tensor:
    """``rand`` with the shape and dtype of ``input``."""
    return rand(input.shape, dtype=_floating("rand_like", input, dtype), seed=seed)


def _floating(name: str, input: Tensor, dtype: DType | None) -> DType:
    dtype = dtypes.from_np(input.np_dtype) if dtype is None else dtype
    if not isinstance(dtype, DType) or not is_float(dtype.np):
        raise ArgumentError(f"For '{name}', the 'dtype' must be a float type, but got {dtype}.")
    return dtype


def randn_like(input: Tensor, seed: int | None = None, *, dtype: DType | None = None) -> Tensor:
    """``randn`` with the shape and dtype of ``input``."""
    dtype = dtypes.from_np(input.np_dtype) if dtype is None else _floating("randn_like", input, dtype)
    return randn(input.shape, dtype=dtype, seed=seed)


def randint_like(input: Tensor, low: int, high: int, seed: int | None = None, *, dtype: DType | None = None) -> Tensor:
    """``randint`` with the shape and dtype of ``input``."""
    dtype = dtype or dtypes.from_np(input.np_dtype)
    if dtype.np.kind not in "iu":
        raise ArgumentError(f"For 'randint_like', the 'dtype' must be an int type, but got {dtype}.")
    return randint(low, high, input.shape, seed, dtype=dtype)


def randperm(n: int, seed: int = 0, offset: int = 0, dtype: DType = int64) -> Tensor:
    """The integers of [0, n) in random order."""
    if n < 0:
        raise ArgumentError(f"For 'randperm', n must not be negative, but got {n}.")
    return shuffle(Tensor(np.arange(n).astype(dtype.np)), seed)


def shuffle(x: Tensor, seed: int | None = None) -> Tensor:
    """``x`` with the elements of its first axis in random order."""
    if not x.shape:
        return x.copy()
    return OPERATORS["random_shuffle"](key_of(seed), x)


def bernoulli(input: Tensor, p: Any = 0.5, seed: int | None = None) -> Tensor:
    """1 with probability ``p``, else 0, in the shape and dtype of ``input``."""
    p = _host(_parameter(p, "p", "bernoulli"))
    if ((p < 0) | (p > 1)).any():
        raise ArgumentError(f"For 'bernoulli', p should be in [0, 1], but got {p.tolist()}.")
    unit = _draw("random_uniform", seed, input.shape, dtypes.float64)
    return OPERATORS["cast"](unit < Tensor(p), dtype=input.np_dtype)


# -- classes -----------------------------------------------------------------------------------------------------------


def next_seed(operator: Any, seed: int, seed2: int) -> int | None:
    """The seed of this call of an object, whose nonzero seeds start a sequence of its own; None takes the stream's."""
    if not (seed or seed2):
        return None
    operator._calls = getattr(operator, "_calls", 0) + 1
    return (seed << 40) ^ (seed2 << 20) ^ operator._calls


class _Seeded(Primitive):
    """A random operator as an object. A nonzero ``seed`` starts a sequence of its own."""

    def __init__(self, seed: int = 0, seed2: int = 0, **attrs: Any) -> None:
        super().__init__(seed=seed, seed2=seed2, **attrs)

    def _next_seed(self) -> int | None:
        return next_seed(self, self.attrs["seed"], self.attrs["seed2"])


def _class(name: str, function: Any, doc: str) -> type:
    def __call__(self: _Seeded, *args: Any) -> Tensor:
        return function(*args, seed=self._next_seed(), **self._options)

    def __init__(self: _Seeded, seed: int = 0, seed2: int = 0) -> None:
        _Seeded.__init__(self, seed, seed2)

    return type(name, (_Seeded,), {"__call__": __call__, "__init__": __init__, "__doc__": doc, "__module__": __name__,
                                   "_options": {}})


StandardNormal = _class("StandardNormal", standard_normal, "``standard_normal(shape)`` as an object.")
StandardLaplace = _class("StandardLaplace", standard_laplace, "``standard_laplace(shape)`` as an object.")
Gamma = _class("Gamma", gamma, "``gamma(shape, alpha, beta)`` as an object.")
Poisson = _class("Poisson", poisson, "``poisson(shape, mean)`` as an object.")
RandomShuffle = _class("RandomShuffle", shuffle, "``shuffle(x)`` as an object.")


def _whole(shape: Any, minval: Any, maxval: Any, seed: int | None) -> Tensor:
    if int(minval) >= int(maxval):
        raise ArgumentError(f"For 'UniformInt', 'minval' must be less than 'maxval', but got {minval} and {maxval}.")
    return uniform(shape, minval, maxval, seed, dtypes.int32)


UniformInt = _class("UniformInt", _whole,
                    "Int32 numbers of [minval, maxval): ``UniformInt()(shape, minval, maxval)``.")
UniformReal = _class("UniformReal", lambda shape, seed: rand(*_shape(shape, "UniformReal"), seed=seed),
                     "Uniform numbers of [0, 1): ``UniformReal()(shape)``.")


class RandomPoisson(_Seeded):
    """``random_poisson(shape, rate)`` as an object."""

    def __init__(self, seed: int = 0, seed2: int = 0, dtype: DType = int64) -> None:
        super().__init__(seed, seed2, dtype=dtype)

    def __call__(self, shape: Any, rate: Tensor) -> Tensor:
        return random_poisson(shape, rate, self._next_seed(), self.attrs["dtype"])


class TruncatedNormal(_Seeded):
    """Normal numbers of which those beyond two standard deviations never come: ``TruncatedNormal()(shape)``."""

    def __init__(self, dtype: DType = float32, seed: int = 0, seed2: int = 0) -> None:
        super().__init__(seed, seed2, dtype=dtype)

    def __call__(self, shape: Any) -> Tensor:
        full = _shape(shape, "TruncatedNormal")
        return _draw("random_truncated_normal", self._next_seed(), full, self.attrs["dtype"])


class Multinomial(_Seeded):
    """``multinomial(x, num_samples)`` as an object."""

    def __init__(self, seed: int = 0, seed2: int = 0, dtype: DType = dtypes.int32) -> None:
        super().__init__(seed, seed2, dtype=dtype)

    def __call__(self, x: Tensor, num_samples: int) -> Tensor:
        return OPERATORS["cast"](multinomial(x, num_samples, seed=self._next_seed()), dtype=self.attrs["dtype"].np)


class Bernoulli(_Seeded):
    """``bernoulli(x, p)`` as an object."""

    def __init__(self, seed: int = -1, offset: int = 0) -> None:
        super().__init__(max(seed, 0), offset)

    def __call__(self, x: Tensor, p: Any) -> Tensor:
        return bernoulli(x, p, self._next_seed())
