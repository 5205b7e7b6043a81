"""Numbers of numpy_financial's documentation."""

import numpy
import pytest

from luojia import np

F = {
    "fv": ((0.05 / 12, 120, -100, -100), 15692.92889434), "pv": ((0.05 / 12, 120, -100, 15692.93), -100.00067132),
    "npv": ((0.281, [-100, 39, 59, 55, 20]), -0.00847859), "pmt": ((0.075 / 12, 180, 200000), -1854.02472001),
    "nper": ((0.07 / 12, -150, 8000), 64.07334878), "rate": ((10, 0, -3500, 10000), 0.11069085),
    "irr": (([-150000, 15000, 25000, 35000, 45000, 60000],), 0.05243289),
    "ipmt": ((0.01, 1, 12, 1000, 0, "begin"), 0.0),
    "mirr": (([-4500, -800, 800, 800, 600, 600, 800, 800, 700, 3000], 0.08, 0.055), 0.06659718),
    "ppmt": ((0.1 / 12, 1, 60, 55000), -710.25412579),
}


@pytest.mark.parametrize("name", F)
def test_numbers(name):
    args, expected = F[name]
    found = getattr(np, name)(*args)
    assert isinstance(found, (float, numpy.floating)) and abs(found - expected) < 1e-5 * max(1, abs(expected))


def test_arrays():
    found = np.ipmt(0.0824 / 12, np.array([1.0, 2, 12, 0]), 12, 2500)
    assert isinstance(found, np.ndarray) and found.dtype == numpy.float64
    numpy.testing.assert_allclose(found.asnumpy(), [-17.16666667, -15.78933746, -1.48500992, numpy.nan])
    numpy.testing.assert_allclose(np.pv(numpy.array([0.04, 0.0]) / 12, 120, -100, 15692.93), [-649.267714, -3692.93])
    numpy.testing.assert_allclose(np.pmt(0.0, 12, 1200.0, when=["begin", "end"]), [-100, -100])
    numpy.testing.assert_allclose(np.nper(0.0, -100, 1200), 12)
    assert numpy.isnan(np.irr([1, 2])) and numpy.isnan(np.mirr([1, 2], 0.1, 0.1))
    assert numpy.isnan(np.rate(10, 1, 1, 1))
