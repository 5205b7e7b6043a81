"""What NumPy's BLAS can do and NumPy does not ask it for, by ctypes; so far of OpenBLAS, which NumPy's packages bring.

y += factor x is two passes and an array in NumPy, one pass in BLAS, on its threads: for 100,000 float32 numbers 16 us
and 10 on one core of an AMD EPYC, 23 and 10 on two; for a million 148 and 84, and 175 and 56.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from luojia._src.engine import threads

LEAST = 1 << 15  # numbers below which two passes take no longer
MOST = 1 << 31
_KINDS = {"f": ("s", ctypes.c_float), "d": ("d", ctypes.c_double)}


def add_scaled(y: np.ndarray, x: np.ndarray, factor: float) -> bool:
    """y += factor x, rounded once, for arrays of one dtype and layout without gaps; False where nothing was done.

    >>> y = np.ones(1 << 15)
    >>> add_scaled(y, np.ones(1 << 15), 0.5) in (False, True) and set(y.tolist()) <= {1.0, 1.5}
    True
    """
    if not LEAST <= y.size < MOST or not factor or threads.recent > 0:
        return False  # a factor of 0 would hide a nan; while the crew is at work, BLAS's threads would take its cores
    library = threads.library()
    axpy = None if library is None else _axpy(library, y.dtype.char)
    if axpy is None:
        return False
    axpy(y.size, factor, x.__array_interface__["data"][0], 1, y.__array_interface__["data"][0], 1)
    return True


@lru_cache
def _axpy(library: str, kind: str) -> Callable[..., None] | None:
    """OpenBLAS's routine for float32 or float64, under the name that this build gives it."""
    if kind not in _KINDS:
        return None
    letter, number = _KINDS[kind]
    axpy = threads.routine(ctypes.CDLL(library), f"cblas_{letter}axpy")
    if axpy is None:
        return None
    # Where it counts by 32 bits, it reads the lower half of these, which have room in registers of their own.
    axpy.argtypes = [ctypes.c_int64, number, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64]
    axpy.restype = None
    return axpy
