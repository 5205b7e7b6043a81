"""Maps with an inverse, and the logarithms of their derivatives."""

from .base import Bijector, Invert
from .maps import Exp, GumbelCDF, PowerTransform, ScalarAffine, Softplus

__all__ = ["Bijector", "Exp", "GumbelCDF", "Invert", "PowerTransform", "ScalarAffine", "Softplus"]
