"""The operators. Importing this package registers all of them."""

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
    "activation", "arithmetic", "compare", "conv", "creation", "elementwise", "extremum", "gather", "index", "join", "linalg",
    "matrix", "methods", "pad", "reduce", "rounding", "scan", "scatter", "shape", "slicing", "softmax", "sort", "special",
]
