"""NumPy's functions on ``mx.np`` arrays: which of them ``mx.np`` answers, as MXNet's ``numpy_dispatch_protocol``.

They always do (NEP 13 and 18); the decorators that ask for it return their function.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as _np

from .. import np as _mxnp

__all__ = ["with_array_function_protocol", "with_array_ufunc_protocol"]
_SHARED = [n for n in dir(_mxnp) if not n.startswith("_") and hasattr(_np, n) and callable(getattr(_mxnp, n))]
_NUMPY_ARRAY_UFUNC_LIST = [n for n in _SHARED if isinstance(getattr(_np, n), _np.ufunc)]
_NUMPY_ARRAY_FUNCTION_LIST = [
    *[n for n in _SHARED if hasattr(getattr(_np, n), "_implementation")],
    *[f"linalg.{n}" for n in dir(_mxnp.linalg) if hasattr(getattr(_np.linalg, n, None), "_implementation")]]


def with_array_function_protocol(func: Callable) -> Callable:
    """``func``: in it, as everywhere, ``numpy.sum`` of an ``mx.np`` array is ``mx.np.sum``."""
    return func


def with_array_ufunc_protocol(func: Callable) -> Callable:
    """``func``: in it, as everywhere, ``numpy.sin`` of an ``mx.np`` array is ``mx.np.sin``."""
    return func
