"""The error function and the Gaussian unit in blocks against scipy in float64, and what operators make of them."""

import numpy as np
import pytest
import scipy.special as sp

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.engine import threads
from luojia._src.engine.kernels import erf as kernels
from luojia._src.engine.kernels.blocks import BLOCK, in_blocks
from luojia._src.engine.numpy_engine import ENGINE

WIDE = np.concatenate([np.exp(np.linspace(-40, 0, 20000)), np.linspace(1, 6, 60000), np.exp(np.linspace(2, 80, 999))])
BOTH = np.concatenate([WIDE, -WIDE]).astype(np.float32)


def test_blocks_are_run_in_the_order_of_memory():
    a = np.arange(2.0 * BLOCK + 14).reshape(2, -1)
    b = a + 1
    for x, y in ((a, b), (a.T, b.T), (a, np.asfortranarray(b)), (a[:, ::2], b[:, ::2]), (a[:, :0], b[:, :0])):
        (total,) = in_blocks(np.add, (x, y), speed=1e3)
        np.testing.assert_array_equal(total, x + y)
    assert in_blocks(np.add, (a.T, a.T), speed=1e3)[0].strides == a.T.strides

    def scratched(x, y, z, spare):
        np.add(x, 1, out=spare)
        np.multiply(spare, 2, out=y)
        np.multiply(spare, 3, out=z)

    y, z = in_blocks(scratched, (a,), made=2, scratch=1, speed=1e3)
    np.testing.assert_array_equal(y, 2 * (a + 1))
    np.testing.assert_array_equal(z, 3 * (a + 1))


def test_threads_share_the_blocks():
    try:
        threads.use(2)
        x = np.linspace(-3, 3, 3 * BLOCK + 5, dtype=np.float32)
        shared = kernels.erf(x)
    finally:
        threads.use(0)
    np.testing.assert_allclose(shared, sp.erf(x), rtol=5e-7)


def test_erf_is_within_four_units_in_the_last_place_and_ends_at_one():
    exact = sp.erf(BOTH.astype(np.float64))
    apart = np.abs(kernels.erf(BOTH) - exact) / np.spacing(np.abs(exact).astype(np.float32))
    assert apart.max() < 3.5 and np.mean(apart > 2) < 0.01
    some = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 4.2, -4.2, 3e38, -1e20], np.float32)
    found = kernels.erf(some)
    np.testing.assert_array_equal(found, np.float32([0, -0.0, 1, -1, np.nan, 1, -1, 1, -1]))
    assert np.signbit(found[1]) and np.all(np.abs(kernels.erf(BOTH)) <= 1)


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_gelu_and_its_slope_equal_the_formulas(dtype, approximate):
    x = np.linspace(-7, 7, 5001).reshape(3, -1).astype(dtype)
    y, slope = kernels.gelu_slope(x, approximate=approximate)
    np.testing.assert_array_equal(kernels.gelu(x, approximate=approximate), y)
    assert y.dtype == slope.dtype == dtype
    wide = x.astype(np.float64)
    how = "tanh" if approximate else "none"
    exact = OPERATORS["gelu"].fn(ENGINE.xp, wide, approximate=how)
    (of_x,) = OPERATORS["gelu"].rule(ENGINE.xp, np.ones_like(wide), None, (wide,), (True,), approximate=how)
    error = {np.float32: 4e-7, np.float16: 4e-3}[dtype]
    np.testing.assert_allclose(y, exact, rtol=error, atol=error)
    np.testing.assert_allclose(slope, of_x, rtol=error, atol=6 * error)  # 1 - tanh^2 has few digits near -1


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_of_many_numbers_is_that_of_few(approximate):
    x = np.array([0.3, -1.7, 0.0, -0.0, 30.0, -30.0, np.nan, np.inf, -np.inf], np.float32)
    many = np.repeat(x[:, None], 100, axis=1)

    def fn(t):
        return ops.gelu(t, approximate=approximate)

    gradient = ops.GradOperation()(fn)
    with np.errstate(all="ignore"):
        for take in (fn, gradient, ops.GradOperation()(gradient)):
            few, lots = take(Tensor(x)).asnumpy(), take(Tensor(many)).asnumpy()
            np.testing.assert_allclose(lots, np.repeat(few[:, None], 100, axis=1), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_erf_keeps_the_dtype_of_many_numbers(dtype):
    x = np.linspace(-3, 3, 600).astype(dtype)
    y = ops.erf(Tensor(x)).asnumpy()
    assert y.dtype == dtype
    np.testing.assert_allclose(y, sp.erf(x.astype(np.float64)), rtol=1e-3 if dtype == "float16" else 1e-15)
