"""Probability distributions."""

from .base import Distribution
from .continuous import Beta, Cauchy, Exponential, Gamma, HalfNormal, Laplace, Logistic, Normal, StudentT, Uniform
from .discrete import Bernoulli, Categorical, Geometric, Poisson
from .transformed import Gumbel, LogNormal, TransformedDistribution

__all__ = ["Bernoulli", "Beta", "Categorical", "Cauchy", "Distribution", "Exponential", "Gamma", "Geometric", "Gumbel",
           "HalfNormal", "Laplace", "LogNormal", "Logistic", "Normal", "Poisson", "StudentT",
           "TransformedDistribution", "Uniform"]
