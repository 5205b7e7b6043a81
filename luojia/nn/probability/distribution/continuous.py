"""Continuous distributions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .... import ops
from ...._src.core.dtypes import DType, float32
from ...._src.core.tensor import Tensor
from ...._src.errors import ArgumentError, DTypeError
from ..bijector.maps import softplus
from .base import Distribution, uniform

_LOG_2PI = math.log(2 * math.pi)


class _LocationScale(Distribution):
    """Distributions by a place and a width."""

    _width = "scale"

    def _check(self, *params: Tensor | None) -> None:
        self._check_sign((self._width, params[-1]))


class Normal(_LocationScale):
    """e^(-(x - mean)^2 / (2 sd^2)) / (sd sqrt(2 pi)).

    >>> from luojia import Tensor
    >>> from luojia.nn.probability import distribution as msd
    >>> normal = msd.Normal(0.0, 1.0)
    >>> normal
    Normal(mean = 0.0, standard deviation = 1.0)
    >>> normal.cdf(Tensor([0.0])).tolist()
    [0.5]

    Matches ``mindspore.nn.probability.distribution.Normal``.
    """

    _names, _shown, _width = ("mean", "sd"), ("mean", "standard deviation"), "Standard deviation"

    def __init__(self, mean: Any = None, sd: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Normal") -> None:
        super().__init__(seed, dtype, name, {"mean": mean, "sd": sd})

    def _log_prob_of(self, x: Any, mean: Any, sd: Any) -> Any:
        z = (x - mean) / sd
        return -0.5 * z * z - 0.5 * _LOG_2PI - ops.log(sd)

    def _cdf_of(self, x: Any, mean: Any, sd: Any) -> Any:
        return 0.5 * ops.erfc((mean - x) / (sd * math.sqrt(2)))

    def _mean_of(self, mean: Any, sd: Any) -> Any:
        return mean

    _mode_of = _mean_of

    def _sd_of(self, mean: Any, sd: Any) -> Any:
        return sd

    def _entropy_of(self, mean: Any, sd: Any) -> Any:
        return 0.5 * (_LOG_2PI + 1) + ops.log(sd)

    def _kl_of(self, mean: Any, sd: Any, mean_b: Any, sd_b: Any) -> Any:
        return normal_divergence(mean, sd, mean_b, sd_b)

    def _sample_of(self, shape: tuple, mean: Any, sd: Any) -> Any:
        return ops.standard_normal(shape) * sd + mean


def normal_divergence(mean: Any, sd: Any, mean_b: Any, sd_b: Any) -> Any:
    """The divergence of one normal distribution from another."""
    return ops.log(sd_b / sd) + (sd * sd + (mean - mean_b) ** 2) / (2 * sd_b * sd_b) - 0.5


class Uniform(Distribution):
    """1 / (high - low) from low to high.

    Matches ``mindspore.nn.probability.distribution.Uniform``.
    """

    _names, _shown = ("low", "high"), ("low", "high")

    def __init__(self, low: Any = None, high: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Uniform") -> None:
        super().__init__(seed, dtype, name, {"low": low, "high": high})

    def _check(self, *params: Tensor | None) -> None:
        low, high = params
        if low is not None and high is not None and (low.asnumpy() >= high.asnumpy()).any():
            raise ArgumentError("low must be less than high")

    def _log_prob_of(self, x: Any, low: Any, high: Any) -> Any:
        inside = ops.logical_and(x >= low, x <= high)
        return ops.where(inside, -ops.log(high - low) + 0 * x, -math.inf)

    def _cdf_of(self, x: Any, low: Any, high: Any) -> Any:
        return ops.clip_by_value((x - low) / (high - low), Tensor(0.0, x.dtype), Tensor(1.0, x.dtype))

    def _mean_of(self, low: Any, high: Any) -> Any:
        return (low + high) / 2

    def _sd_of(self, low: Any, high: Any) -> Any:
        return (high - low) / math.sqrt(12)

    def _entropy_of(self, low: Any, high: Any) -> Any:
        return ops.log(high - low)

    def _kl_of(self, low: Any, high: Any, low_b: Any, high_b: Any) -> Any:
        within = ops.logical_and(low_b <= low, high <= high_b)
        return ops.where(within, ops.log((high_b - low_b) / (high - low)), math.inf)

    def _sample_of(self, shape: tuple, low: Any, high: Any) -> Any:
        return uniform(shape) * (high - low) + low


class Exponential(Distribution):
    """rate e^(-rate x) from 0.

    Matches ``mindspore.nn.probability.distribution.Exponential``.
    """

    _names, _shown = ("rate",), ("rate",)

    def __init__(self, rate: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Exponential") -> None:
        super().__init__(seed, dtype, name, {"rate": rate})

    def _check(self, *params: Tensor | None) -> None:
        self._check_sign(("rate", params[0]))

    def _log_prob_of(self, x: Any, rate: Any) -> Any:
        return ops.where(x < 0, -math.inf, ops.log(rate) - rate * x)

    def _cdf_of(self, x: Any, rate: Any) -> Any:
        return -ops.expm1(-rate * ops.maximum(x, 0))

    def _mean_of(self, rate: Any) -> Any:
        return 1 / rate

    _sd_of = _mean_of

    def _mode_of(self, rate: Any) -> Any:
        return ops.zeros_like(rate)

    def _entropy_of(self, rate: Any) -> Any:
        return 1 - ops.log(rate)

    def _kl_of(self, rate: Any, rate_b: Any) -> Any:
        return ops.log(rate / rate_b) + rate_b / rate - 1

    def _sample_of(self, shape: tuple, rate: Any) -> Any:
        return -ops.log(uniform(shape)) / rate


class Laplace(_LocationScale):
    """e^(-|x - mean| / sd) / (2 sd); as in MindSpore it has ``prob`` and ``log_prob`` only.

    Matches ``mindspore.nn.probability.distribution.Laplace``.
    """

    _names, _width = ("mean", "sd"), "Standard deviation"

    def __init__(self, mean: Any = None, sd: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Laplace") -> None:
        super().__init__(seed, dtype, name, {"mean": mean, "sd": sd})

    def _log_prob_of(self, x: Any, mean: Any, sd: Any) -> Any:
        return -ops.abs(x - mean) / sd - math.log(2) - ops.log(sd)


class HalfNormal(_LocationScale):
    """sqrt(2 / pi) e^(-(x - mean)^2 / (2 sd^2)) / sd for x of 0 or more; ``prob``, ``log_prob`` only.

    Matches ``mindspore.nn.probability.distribution.HalfNormal``.
    """

    _names, _width = ("mean", "sd"), "Standard deviation"

    def __init__(self, mean: Any = None, sd: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "HalfNormal") -> None:
        super().__init__(seed, dtype, name, {"mean": mean, "sd": sd})

    def _log_prob_of(self, x: Any, mean: Any, sd: Any) -> Any:
        z = (x - mean) / sd
        return ops.where(x + 0 * mean < 0, -math.inf, -0.5 * z * z + 0.5 * math.log(2 / math.pi) - ops.log(sd))


class StudentT(_LocationScale):
    """Student's distribution with ``df`` degrees of freedom at ``mean``, ``sd`` wide; ``prob`` and ``log_prob`` only.

    Matches ``mindspore.nn.probability.distribution.StudentT``.
    """

    _names, _width = ("df", "mean", "sd"), "Standard deviation"

    def __init__(self, df: Any = None, mean: Any = None, sd: Any = None, seed: int | None = None,
                 dtype: DType = float32, name: str = "StudentT") -> None:
        super().__init__(seed, dtype, name, {"df": df, "mean": mean, "sd": sd})

    def _log_prob_of(self, x: Any, df: Any, mean: Any, sd: Any) -> Any:
        z = (x - mean) / sd
        return (ops.lgamma((df + 1) / 2) - ops.lgamma(df / 2) - 0.5 * ops.log(df * math.pi) - ops.log(sd)
                - 0.5 * (df + 1) * ops.log1p(z * z / df))


class Logistic(_LocationScale):
    """e^(-z) / (scale (1 + e^(-z))^2) with z = (x - loc) / scale.

    Matches ``mindspore.nn.probability.distribution.Logistic``.
    """

    _names, _shown = ("loc", "scale"), ("location", "scale")

    def __init__(self, loc: Any = None, scale: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Logistic") -> None:
        super().__init__(seed, dtype, name, {"loc": loc, "scale": scale})

    def _log_prob_of(self, x: Any, loc: Any, scale: Any) -> Any:
        z = (x - loc) / scale
        return -z - 2 * softplus(-z) - ops.log(scale)

    def _cdf_of(self, x: Any, loc: Any, scale: Any) -> Any:
        return ops.sigmoid((x - loc) / scale)

    def _mean_of(self, loc: Any, scale: Any) -> Any:
        return loc

    _mode_of = _mean_of

    def _sd_of(self, loc: Any, scale: Any) -> Any:
        return scale * (math.pi / math.sqrt(3))

    def _entropy_of(self, loc: Any, scale: Any) -> Any:
        return ops.log(scale) + 2

    def _sample_of(self, shape: tuple, loc: Any, scale: Any) -> Any:
        u = uniform(shape)
        return ops.log(u / (1 - u)) * scale + loc


class Cauchy(_LocationScale):
    """1 / (pi scale (1 + z^2)) with z = (x - loc) / scale; mean and variance do not exist.

    Matches ``mindspore.nn.probability.distribution.Cauchy``.
    """

    _names, _shown = ("loc", "scale"), ("location", "scale")

    def __init__(self, loc: Any = None, scale: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Cauchy") -> None:
        super().__init__(seed, dtype, name, {"loc": loc, "scale": scale})

    def _log_prob_of(self, x: Any, loc: Any, scale: Any) -> Any:
        z = (x - loc) / scale
        return -math.log(math.pi) - ops.log(scale) - ops.log1p(z * z)

    def _cdf_of(self, x: Any, loc: Any, scale: Any) -> Any:
        return ops.atan((x - loc) / scale) / math.pi + 0.5

    def mean(self, *args: Any, **kwargs: Any) -> Tensor:
        raise ArgumentError("mean is undefined for Cauchy distribution.")

    def sd(self, *args: Any, **kwargs: Any) -> Tensor:
        raise ArgumentError("standard deviation is undefined for Cauchy distribution.")

    def var(self, *args: Any, **kwargs: Any) -> Tensor:
        raise ArgumentError("variance is undefined for Cauchy distribution.")

    def _mode_of(self, loc: Any, scale: Any) -> Any:
        return loc

    def _entropy_of(self, loc: Any, scale: Any) -> Any:
        return ops.log(4 * math.pi * scale)

    def _kl_of(self, loc: Any, scale: Any, loc_b: Any, scale_b: Any) -> Any:
        return ops.log(((scale + scale_b) ** 2 + (loc - loc_b) ** 2) / (4 * scale * scale_b))

    def _sample_of(self, shape: tuple, loc: Any, scale: Any) -> Any:
        return ops.tan(math.pi * (uniform(shape) - 0.5)) * scale + loc


def need_arrays(**params: Any) -> None:
    """Refuse single numbers, as MindSpore does for these distributions."""
    for name, value in params.items():
        if isinstance(value, (int, float)):
            raise DTypeError(f"Input {name} can't be scalar")


class Gamma(Distribution):
    """rate^c x^(c - 1) e^(-rate x) / Gamma(c), c being ``concentration``; the parameters are lists or Tensors.

    Matches ``mindspore.nn.probability.distribution.Gamma``.
    """

    _names, _shown = ("concentration", "rate"), ("concentration", "rate")

    def __init__(self, concentration: Any = None, rate: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Gamma") -> None:
        need_arrays(concentration=concentration, rate=rate)
        super().__init__(seed, dtype, name, {"concentration": concentration, "rate": rate})

    def _check(self, *params: Tensor | None) -> None:
        self._check_sign(*zip(self._names, params))

    def _log_prob_of(self, x: Any, c: Any, rate: Any) -> Any:
        return c * ops.log(rate) + (c - 1) * ops.log(x) - rate * x - ops.lgamma(c)

    def _cdf_of(self, x: Any, c: Any, rate: Any) -> Any:
        return ops.igamma(c + 0 * x, rate * x)

    def _mean_of(self, c: Any, rate: Any) -> Any:
        return c / rate

    def _sd_of(self, c: Any, rate: Any) -> Any:
        return ops.sqrt(c) / rate

    def _mode_of(self, c: Any, rate: Any) -> Any:
        return ops.where(c > 1, (c - 1) / rate, math.nan)

    def _entropy_of(self, c: Any, rate: Any) -> Any:
        return c - ops.log(rate) + ops.lgamma(c) + (1 - c) * ops.digamma(c)

    def _kl_of(self, c: Any, rate: Any, c_b: Any, rate_b: Any) -> Any:
        return ((c - c_b) * ops.digamma(c) + ops.lgamma(c_b) - ops.lgamma(c) + c_b * ops.log(rate / rate_b)
                + c * (rate_b / rate - 1))

    def _sample_of(self, shape: tuple, c: Any, rate: Any) -> Any:
        return _gamma(shape, c) / rate


def _gamma(shape: tuple, c: Any) -> Any:
    """Gamma variables of rate 1, of the shape that ends with c's."""
    return ops.random_gamma(Tensor(np.array(shape[: len(shape) - c.ndim], np.int32)), c)


class Beta(Distribution):
    """x^(c1 - 1) (1 - x)^(c0 - 1) / B(c1, c0); the parameters are lists or Tensors.

    Matches ``mindspore.nn.probability.distribution.Beta``.
    """

    _names, _shown = ("concentration1", "concentration0"), ("concentration1", "concentration0")

    def __init__(self, concentration1: Any = None, concentration0: Any = None, seed: int | None = None,
                 dtype: DType = float32, name: str = "Beta") -> None:
        need_arrays(concentration0=concentration0, concentration1=concentration1)
        super().__init__(seed, dtype, name, {"concentration1": concentration1, "concentration0": concentration0})

    def _check(self, *params: Tensor | None) -> None:
        self._check_sign(*zip(self._names, params))

    def _log_prob_of(self, x: Any, a: Any, b: Any) -> Any:
        return (a - 1) * ops.log(x) + (b - 1) * ops.log1p(-x) - _log_beta(a, b)

    def _mean_of(self, a: Any, b: Any) -> Any:
        return a / (a + b)

    def _sd_of(self, a: Any, b: Any) -> Any:
        return ops.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))

    def _mode_of(self, a: Any, b: Any) -> Any:
        return ops.where(ops.logical_and(a > 1, b > 1), (a - 1) / (a + b - 2), math.nan)

    def _entropy_of(self, a: Any, b: Any) -> Any:
        return (_log_beta(a, b) - (a - 1) * ops.digamma(a) - (b - 1) * ops.digamma(b)
                + (a + b - 2) * ops.digamma(a + b))

    def _kl_of(self, a: Any, b: Any, a_b: Any, b_b: Any) -> Any:
        return (_log_beta(a_b, b_b) - _log_beta(a, b) + (a - a_b) * ops.digamma(a) + (b - b_b) * ops.digamma(b)
                + (a_b - a + b_b - b) * ops.digamma(a + b))

    def _sample_of(self, shape: tuple, a: Any, b: Any) -> Any:
        left, right = _gamma(shape, a), _gamma(shape, b)
        return left / (left + right)


def _log_beta(a: Any, b: Any) -> Any:
    return ops.lgamma(a) + ops.lgamma(b) - ops.lgamma(a + b)


__all__ = ["Beta", "Cauchy", "Exponential", "Gamma", "HalfNormal", "Laplace", "Logistic", "Normal", "StudentT",
           "Uniform"]
