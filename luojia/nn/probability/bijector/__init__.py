"""Maps with an inverse, and the logarithms of their derivatives."""

import sys

from ...._src.paths import also_at, public_names
from .base import Bijector, Invert
from .maps import Exp, GumbelCDF, PowerTransform, ScalarAffine, Softplus

__all__ = ["Bijector", "Exp", "GumbelCDF", "Invert", "PowerTransform", "ScalarAffine", "Softplus"]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in (
    "bijector", "exp", "gumbel_cdf", "invert", "power_transform", "scalar_affine", "softplus")))
