"""Distributions of transformed variables."""

from __future__ import annotations

import math
from typing import Any

from .... import ops
from ...._checkparam import check_value_type
from ...._src.core.dtypes import DType, float32
from ...._src.core.tensor import Tensor
from ...._src.errors import ArgumentError
from ..bijector import Bijector, Exp, GumbelCDF, Invert
from ..bijector.base import parameter_of
from .base import Distribution
from .continuous import Normal, Uniform, normal_divergence

_EULER = 0.5772156649015329


class TransformedDistribution(Distribution):
    """The distribution of ``bijector.forward(X)``, X being of ``distribution``.

    >>> from luojia import Tensor
    >>> from luojia.nn.probability import bijector as msb, distribution as msd
    >>> t = msd.TransformedDistribution(msb.Exp(), msd.Normal(0.0, 1.0))
    >>> t.cdf(Tensor([1.0])).tolist()
    [0.5]

    Matches ``mindspore.nn.probability.distribution.TransformedDistribution``.
    """

    def __init__(self, bijector: Bijector, distribution: Distribution, seed: int | None = None,
                 name: str = "transformed_distribution") -> None:
        check_value_type("bijector", bijector, Bijector, "TransformedDistribution")
        check_value_type("distribution", distribution, Distribution, "TransformedDistribution")
        super().__init__(seed, distribution.dtype, name, {n: None for n in self._names})
        self._bijector, self._distribution = bijector, distribution
        self.is_linear_transformation = bijector.is_constant_jacobian
        self.parameters = {"bijector": bijector, "distribution": distribution, "seed": seed, "name": name}

    @property
    def bijector(self) -> Bijector:
        """The map."""
        return self._bijector

    @property
    def distribution(self) -> Distribution:
        """What is mapped."""
        return self._distribution

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the parameters of what is mapped."""
        return self._distribution.batch_shape

    def _given_of(self, args: tuple, kwargs: dict) -> list[Tensor]:
        """The parameters of what is mapped, where there are none of its own; all may be left to it."""
        if self._names:
            return super()._given_of(args, kwargs)
        return self._distribution._given_of(args, kwargs) if args or kwargs else []

    def _params_of(self, args: tuple, kwargs: dict) -> list[Tensor]:
        return super()._params_of(args, kwargs) if self._names or args or kwargs else []

    def _log_prob_of(self, y: Any, *params: Any) -> Any:
        inner = self._distribution.log_prob(self._bijector.inverse(y), *params)
        return inner + self._bijector.inverse_log_jacobian(y)

    def _cdf_of(self, y: Any, *params: Any) -> Any:
        return self._distribution.cdf(self._bijector.inverse(y), *params)

    def mean(self, *args: Any, **kwargs: Any) -> Tensor:
        """The mean; of a linear map."""
        if not self.is_linear_transformation:
            raise ArgumentError("mean function must be implemented for non-linear transformation")
        return self._bijector.forward(self._distribution.mean(*args, **kwargs))

    def sample(self, shape: tuple[int, ...] = (), *args: Any, **kwargs: Any) -> Tensor:
        """Samples of what is mapped, mapped."""
        return self._bijector.forward(self._distribution.sample(shape, *args, **kwargs))


class _OwnParameters(TransformedDistribution):
    """A transformed distribution by ``loc`` and ``scale``."""

    _names, _shown = ("loc", "scale"), ("loc", "scale")

    def _keep(self, loc: Any, scale: Any) -> None:
        self._of_loc, self._of_scale = (None if v is None else parameter_of(v, self.parameter_type)
                                        for v in (loc, scale))

    def mean(self, *args: Any, **kwargs: Any) -> Tensor:
        return Distribution.mean(self, *args, **kwargs)

    def sample(self, shape: tuple[int, ...] = (), *args: Any, **kwargs: Any) -> Tensor:
        return Distribution.sample(self, shape, *args, **kwargs)


class LogNormal(_OwnParameters):
    """The distribution of e^X, X normal with mean ``loc`` and deviation ``scale``.

    Matches ``mindspore.nn.probability.distribution.LogNormal``.
    """

    def __init__(self, loc: Any = None, scale: Any = None, seed: int = 0, dtype: DType = float32,
                 name: str = "LogNormal") -> None:
        super().__init__(Exp(), Normal(loc, scale, dtype=dtype), seed, name)
        self._keep(loc, scale)

    def _log_prob_of(self, y: Any, loc: Any, scale: Any) -> Any:
        return self._distribution.log_prob(ops.log(y), loc, scale) - ops.log(y)

    def _cdf_of(self, y: Any, loc: Any, scale: Any) -> Any:
        return self._distribution.cdf(ops.log(y), loc, scale)

    def _mean_of(self, loc: Any, scale: Any) -> Any:
        return ops.exp(loc + 0.5 * scale * scale)

    def _sd_of(self, loc: Any, scale: Any) -> Any:
        return ops.sqrt(ops.expm1(scale * scale)) * self._mean_of(loc, scale)

    def _mode_of(self, loc: Any, scale: Any) -> Any:
        return ops.exp(loc - scale * scale)

    def _entropy_of(self, loc: Any, scale: Any) -> Any:
        return loc + 0.5 + ops.log(scale) + 0.5 * math.log(2 * math.pi)

    def _kl_of(self, loc: Any, scale: Any, loc_b: Any, scale_b: Any) -> Any:
        return normal_divergence(loc, scale, loc_b, scale_b)

    def _sample_of(self, shape: tuple, loc: Any, scale: Any) -> Any:
        return ops.exp(ops.standard_normal(shape) * scale + loc)


class Gumbel(_OwnParameters):
    """e^(-z - e^(-z)) / scale with z = (x - loc) / scale.

    Matches ``mindspore.nn.probability.distribution.Gumbel``.
    """

    def __init__(self, loc: Any, scale: Any, seed: int = 0, dtype: DType = float32, name: str = "Gumbel") -> None:
        super().__init__(Invert(GumbelCDF(loc, scale)), Uniform(0.0, 1.0, dtype=dtype), seed, name)
        self._keep(loc, scale)

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return Distribution.batch_shape.fget(self)  # type: ignore[attr-defined]

    def _log_prob_of(self, x: Any, loc: Any, scale: Any) -> Any:
        z = (x - loc) / scale
        return -z - ops.exp(-z) - ops.log(scale)

    def _cdf_of(self, x: Any, loc: Any, scale: Any) -> Any:
        return ops.exp(-ops.exp(-(x - loc) / scale))

    def _mean_of(self, loc: Any, scale: Any) -> Any:
        return loc + scale * _EULER

    def _sd_of(self, loc: Any, scale: Any) -> Any:
        return scale * (math.pi / math.sqrt(6))

    def _mode_of(self, loc: Any, scale: Any) -> Any:
        return loc

    def _entropy_of(self, loc: Any, scale: Any) -> Any:
        return ops.log(scale) + (1 + _EULER)

    def _kl_of(self, loc: Any, scale: Any, loc_b: Any, scale_b: Any) -> Any:
        ratio = scale / scale_b
        return (-ops.log(ratio) + _EULER * (ratio - 1) - 1 + (loc - loc_b) / scale_b
                + ops.exp((loc_b - loc) / scale_b + ops.lgamma(ratio + 1)))

    def _sample_of(self, shape: tuple, loc: Any, scale: Any) -> Any:
        return self._bijector.forward(self._distribution.sample(shape)) if (
            loc is self._of_loc and scale is self._of_scale) else loc - scale * ops.log(-ops.log(
                self._distribution.sample(shape)))


__all__ = ["Gumbel", "LogNormal", "TransformedDistribution"]
