"""The operators. Importing this package registers all of them."""

from ..core.parameter import Parameter, ParameterTuple
from ..core.tensor import Tensor
from . import arithmetic, conv, elementwise, index, linalg, methods, norm, pool, reduce, shape, window

__all__ = [
    "Parameter", "ParameterTuple", "Tensor",
    "arithmetic", "conv", "elementwise", "index", "linalg", "methods", "norm", "pool", "reduce", "shape", "window",
]
