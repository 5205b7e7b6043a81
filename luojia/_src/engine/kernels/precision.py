"""float16 is stored, not computed in: kernels widen it to float32 and narrow their results."""

from __future__ import annotations

import numpy as np


def working(dtype: np.dtype) -> np.dtype:
    """The dtype that a kernel computes in for arrays of ``dtype``.

    >>> working(np.dtype('float16'))
    dtype('float32')
    """
    return np.dtype(np.float32) if dtype == np.float16 else np.dtype(dtype)


def widen(a: np.ndarray) -> np.ndarray:
    """a in its working dtype, itself where it is in that already."""
    return a.astype(working(a.dtype), copy=False)
