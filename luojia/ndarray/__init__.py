"""MXNet's imperative arrays: ``nd.array``, and every operator as a function of arrays."""

from .ndarray import NDArray, array

__all__ = ["NDArray", "array"]
