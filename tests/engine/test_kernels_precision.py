import numpy as np
import pytest

from luojia._src.engine.kernels.precision import widen, working


@pytest.mark.parametrize("dtype, expected", [("float16", "float32"), ("float32", "float32"), ("float64", "float64")])
def test_only_float16_is_widened(dtype, expected):
    x = np.ones(2, dtype)
    assert working(x.dtype) == expected == widen(x).dtype
    assert (widen(x) is x) == (dtype == expected)
