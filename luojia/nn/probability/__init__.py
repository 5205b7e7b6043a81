"""Distributions and the maps that transform them: ``from luojia.nn.probability import distribution, bijector``."""

from . import bijector, distribution

__all__ = ["bijector", "distribution"]
