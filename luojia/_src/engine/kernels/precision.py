"""Floats of 16 bits are stored, not computed in: kernels widen them to float32 and narrow their results."""

from __future__ import annotations

import numpy as np

from luojia._src.engine.kernels.halves import cast

_WIDE = (np.dtype(np.float32), np.dtype(np.float64))


def working(dtype: np.dtype) -> np.dtype:
    """The dtype that a kernel computes in for arrays of ``dtype``.

    >>> working(np.dtype('float16'))
    dtype('float32')
    """
    dtype = np.dtype(dtype)
    return np.dtype(np.float32) if dtype.itemsize == 2 and dtype.kind in "fV" else dtype


def widen(a: np.ndarray) -> np.ndarray:
    """a in its working dtype, itself where it is in that already."""
    return a if a.dtype in _WIDE else cast(a, working(a.dtype))
