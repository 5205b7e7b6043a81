"""Probability distributions."""

import sys

from ...._src.paths import also_at, public_names
from .base import Distribution
from .continuous import Beta, Cauchy, Exponential, Gamma, HalfNormal, Laplace, Logistic, Normal, StudentT, Uniform
from .discrete import Bernoulli, Categorical, Geometric, Poisson
from .transformed import Gumbel, LogNormal, TransformedDistribution

__all__ = ["Bernoulli", "Beta", "Categorical", "Cauchy", "Distribution", "Exponential", "Gamma", "Geometric", "Gumbel",
           "HalfNormal", "Laplace", "LogNormal", "Logistic", "Normal", "Poisson", "StudentT",
           "TransformedDistribution", "Uniform"]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in (
    "bernoulli", "beta", "categorical", "cauchy", "distribution", "exponential", "gamma", "geometric", "gumbel",
    "half_normal", "laplace", "log_normal", "logistic", "normal", "poisson", "student_t", "transformed_distribution",
    "uniform")))
