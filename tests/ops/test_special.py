"""The error function, the gamma function and their kin, against SciPy."""

import numpy as np
import scipy.special as sp

from tests.check import check_op

x = np.array([0.3, -1.2, 0.9])
pos = np.array([0.7, 1.5, 3.2])


def test_error_function():
    check_op("erf", x, ref=sp.erf)
    check_op("erfc", x, ref=sp.erfc)
    check_op("erfinv", x / 2, ref=sp.erfinv)


def test_gamma_function():
    check_op("gamma", pos, ref=sp.gamma)
    check_op("gammaln", pos, ref=sp.gammaln)
    check_op("digamma", pos, ref=sp.digamma, tolerance=3)
