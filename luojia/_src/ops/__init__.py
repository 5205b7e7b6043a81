"""The operators. Importing this package registers all of them."""

from ..core.parameter import Parameter, ParameterTuple
from ..core.tensor import Tensor
from . import (
    activation,
    arithmetic,
    compare,
    conv,
    creation,
    elementwise,
    extremum,
    gather,
    index,
    join,
    linalg,
    matrix,
    methods,
    pad,
    random,
    reduce,
    rounding,
    scan,
    scatter,
    shape,
    slicing,
    softmax,
    sort,
    special,
)

__all__ = [
    "Parameter", "ParameterTuple", "Tensor",
    "activation", "arithmetic", "compare", "conv", "creation", "elementwise", "extremum", "gather", "index", "join",
    "linalg", "matrix", "methods", "pad", "random", "reduce", "rounding", "scan", "scatter", "shape", "slicing", "softmax",
    "sort", "special",
]
