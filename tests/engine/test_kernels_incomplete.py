import numpy as np

from luojia._src.engine.kernels.incomplete import gammainc_slope


def test_the_slope_by_the_parameter():
    a, x = np.array([0.5, 1, 3, 50, 1e-3, 200]), np.array([0.4, 2, 2.5, 60, 1e-3, 150])
    ref = [-0.709535099, -0.220825426, -0.247117357, -0.0212849928, -6.29320382, -1.73190711e-05]  # jax.lax
    np.testing.assert_allclose(gammainc_slope(a, x), ref, rtol=1e-8)


def test_at_the_bounds():
    assert gammainc_slope(2.0, [0.0, 1e4]).tolist() == [0, 0] and np.isnan(gammainc_slope(2.0, -1.0))
