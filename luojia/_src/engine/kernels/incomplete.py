"""The derivative of the incomplete gamma function with respect to its parameter, which scipy leaves out."""

from __future__ import annotations

from typing import Any

import numpy as np

_TERMS = 20000


def gammainc_slope(a: Any, x: Any) -> np.ndarray:
    """dP/da of P(a, x), the regularized lower incomplete gamma function, for a > 0 and x >= 0.

    Term by term of P(a, x) = sum_n x^(a+n) e^-x / gamma(a + n + 1) (DLMF 8.7.1), whose terms are all positive.

    >>> round(float(gammainc_slope(1.0, 1.0)), 6)  # d/da of 1 - e^-1 at a = 1
    -0.43173
    """
    from scipy.special import digamma, gammaln

    a, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    inside = np.where(x > 0, x, 1.0)
    slope = np.log(inside) - digamma(a + 1)  # of the logarithm of a term, by a
    term = np.exp(a * np.log(inside) - inside - gammaln(a + 1))
    found, largest = term * slope, np.abs(term)
    for n in range(1, _TERMS):
        term, slope = term * inside / (a + n), slope - 1 / (a + n)
        found, largest = found + term * slope, np.maximum(largest, term)
        if not (term * np.abs(slope) > 1e-18 * largest).any():
            break
    return np.where(x > 0, found, np.where(x == 0, 0.0, np.nan))
