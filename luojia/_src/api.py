"""The core with its operators: import Tensor from here, and it has its operators and methods."""

from . import ops  # noqa: F401 - registers the operators and Tensor's methods
from .core.parameter import Parameter, ParameterTuple
from .core.tensor import Tensor, wrap

__all__ = ["Parameter", "ParameterTuple", "Tensor", "wrap"]
