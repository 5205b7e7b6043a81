import numpy as np
import pytest

import luojia as mx
from luojia import nd
from tests.check import check_op

KEY = np.array([5, 6], np.uint32)


@pytest.mark.parametrize(("name", "params", "mean", "variance"), [
    ("uniform", {"low": 1.0, "high": 3.0}, 2, 1 / 3), ("normal", {"loc": 1.0, "scale": 2.0}, 1, 4),
    ("exponential", {"lam": 2.0}, 0.5, 0.25), ("gamma", {"alpha": 2.0, "beta": 1.5}, 3, 4.5),
    ("poisson", {"lam": 3.0}, 3, 3), ("negative_binomial", {"k": 3, "p": 0.5}, 3, 6),
    ("generalized_negative_binomial", {"mu": 2.0, "alpha": 0.5}, 2, 4),
])
def test_draws(name, params, mean, variance):
    mx.random.seed(11)
    x = nd.zeros((100, 50), dtype="float64")
    y = getattr(nd.random, f"{name}_like")(x, **params)
    assert y.shape == (100, 50) and y.dtype == np.float64
    assert abs(y.asnumpy().mean() - mean) < 6 * np.sqrt(variance / 5000)
    assert abs(y.asnumpy().var() / variance - 1) < 0.3
    s = getattr(mx.sym.random, f"{name}_like")(mx.sym.var("x"), **params)
    assert s.list_outputs()[0].startswith(f"{name}_like")
    drawn = mx.sym.load_json(s.tojson()).eval(x=x)[0]
    assert drawn.shape == x.shape and abs(drawn.asnumpy().mean() - mean) < 6 * np.sqrt(variance / 5000)
    check_op(f"random_{name}_like", KEY, np.zeros((2, 3)), attrs=params, grad=False, symbol=False, dtypes=())


def test_names():
    assert "uniform_like" in dir(nd.random)
    for module in (nd.random, mx.sym.random):
        with pytest.raises(AttributeError, match="has no attribute 'nope'"):
            module.nope  # noqa: B018
