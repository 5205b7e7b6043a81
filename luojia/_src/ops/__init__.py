"""The operators. Importing this package registers all of them."""

from . import arithmetic, conv, elementwise, index, linalg, methods, reduce, shape

__all__ = ["arithmetic", "conv", "elementwise", "index", "linalg", "methods", "reduce", "shape"]
