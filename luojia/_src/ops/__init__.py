"""The operators. Importing this package registers all of them."""

from ..core.parameter import Parameter, ParameterTuple
from ..core.tensor import Tensor
from . import arithmetic, conv, elementwise, index, linalg, methods, output, reduce, shape

__all__ = [
    "Parameter", "ParameterTuple", "Tensor",
    "arithmetic", "conv", "elementwise", "index", "linalg", "methods", "output", "reduce", "shape",
]
