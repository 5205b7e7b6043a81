"""``Parameter`` and ``ParameterTuple`` under MindSpore's path."""

from .._src.ops import Parameter, ParameterTuple

__all__ = ["Parameter", "ParameterTuple"]
