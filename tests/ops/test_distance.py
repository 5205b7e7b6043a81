"""Losses that are distances between predictions and targets."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from tests.check import check_op

rng = np.random.default_rng(4)
X = rng.normal(size=(4, 3))


def test_distances():
    y = rng.normal(size=X.shape)
    d = np.abs(X - y)
    check_op("mse_loss", X, y, ref=(d * d).mean())
    check_op("l1_loss", X, y, ref=d.mean())
    check_op("smooth_l1_loss", X, y, attrs={"beta": 0.7}, ref=np.where(d < 0.7, d * d / 1.4, d - 0.35))
    check_op("huber_loss", X, y, attrs={"delta": 0.7}, ref=np.where(d <= 0.7, d * d / 2, 0.7 * (d - 0.35)).mean())
    check_op("l2_loss", X, ref=(X * X).sum() / 2)
    row = y[0]
    check_op("mse_loss", X, row, attrs={"reduction": "none"}, ref=(X - row) ** 2)
    check_op("l1_loss", row, X, attrs={"reduction": "sum"}, ref=np.abs(X - row).sum())
    check_op("huber_loss", X, row[:1], ref=np.where(np.abs(X - row[0]) <= 1, (X - row[0]) ** 2 / 2,
                                                    np.abs(X - row[0]) - 0.5).mean())


@pytest.mark.parametrize("name, attrs, values, slopes", [
    ("mse_loss", {}, [4.0, 0.25, 0.0, 1.0, np.inf], [-4.0, -1.0, 0.0, 2.0, np.inf]),
    ("l1_loss", {}, [2.0, 0.5, 0.0, 1.0, np.inf], [-1.0, -1.0, 0.0, 1.0, 1.0]),
    ("smooth_l1_loss", {"beta": 0.5}, [1.75, 0.25, 0.0, 0.75, np.inf], [-1.0, -1.0, 0.0, 1.0, 1.0]),
    ("smooth_l1_loss", {"beta": 1e-6}, [2.0, 0.5, 0.0, 1.0, np.inf], [-1.0, -1.0, 0.0, 1.0, 1.0]),
    ("huber_loss", {"delta": 0.5}, [0.875, 0.125, 0.0, 0.375, np.inf], [-0.5, -0.5, 0.0, 0.5, 0.5]),
    ("huber_loss", {"delta": 1e31}, [2.0, 0.125, 0.0, 0.5, np.inf], [-2.0, -0.5, 0.0, 1.0, np.float32(1e31)]),
])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_distances_at_bounds(name, attrs, values, slopes):
    d, zero = Tensor(np.float32([-2, -0.5, 0, 1, np.inf])), Tensor(np.zeros(5, np.float32))

    def fn(x, y):
        return OPERATORS[name](x, y, reduction="none", **attrs)

    np.testing.assert_allclose(fn(d, zero).asnumpy(), np.float32(values), rtol=1e-6, atol=1e-6)
    of_x, of_y = ops.GradOperation(get_all=True)(fn)(d, zero)
    np.testing.assert_allclose(of_x.asnumpy(), np.float32(slopes), rtol=1e-6)
    np.testing.assert_allclose(of_y.asnumpy(), -np.float32(slopes), rtol=1e-6)
