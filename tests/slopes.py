"""Gradients by central differences, for comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def numeric_gradient(f: Callable[[np.ndarray], Any], x: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """The gradient of a function of an array that gives one number.

    >>> numeric_gradient(lambda x: (x * x).sum(), np.array([1.0, 2.0])).round(6)
    array([2., 4.])
    """
    out = np.empty_like(x)
    for at in np.ndindex(x.shape):
        low, high = x.copy(), x.copy()
        low[at] -= step
        high[at] += step
        out[at] = (f(high) - f(low)) / (2 * step)
    return out
