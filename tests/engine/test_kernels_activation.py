"""Activation functions of large arrays are those of their pieces, which the operators' formulas compute."""

import numpy as np
import pytest

import luojia._src.ops  # noqa: F401 - registers the operators
from luojia._src.core.op import OPERATORS
from luojia._src.engine.kernels.activation import SMOOTH, takes
from luojia._src.engine.numpy_engine import ENGINE

SPECIAL = [0.0, -0.0, 1.0, -1.0, 3.0, -3.0, 6.0, 20.0, -20.0, 25.0, 100.0, -100.0, 1e-30, np.inf, -np.inf, np.nan]
CASES = [
    ("sigmoid", {}), ("silu", {}), ("fast_gelu", {}), ("softplus", {}), ("log_sigmoid", {}), ("selu", {}),
    ("hard_swish", {}), ("hard_sigmoid", {"alpha": 0.2, "beta": 0.5}), ("hard_tanh", {"min_val": -1.0, "max_val": 2.0}),
    ("hard_tanh", {"min_val": -1.0, "max_val": -1.0}), ("relu6", {}), ("tanhshrink", {}), ("sign", {}),
    ("hard_shrink", {"lambd": 1.0}), ("soft_shrink", {"lambd": 1.0}), ("soft_shrink", {"lambd": 0.0}),
    ("threshold", {"thr": 1.0, "value": 0}), ("threshold", {"thr": -0.5, "value": 20.0}),
    ("scaled_softplus", {"beta": 1, "threshold": 20}), ("scaled_softplus", {"beta": 2, "threshold": 20}),
    ("scaled_softplus", {"beta": 1, "threshold": 3}),
    *[("leaky_relu", {"slope": s, "halfway": False}) for s in (-0.5, 0.0, 0.1, 1.0, 2.5)],
    *[("elu", {"alpha": a}) for a in (-0.5, 0.7, 1.0, 2.0)], *[("celu", {"alpha": a}) for a in (-0.5, 0.7, 1.0)],
]
TOLERANCE = {"float16": 4e-3, "float32": 1e-6, "float64": 1e-14}


@pytest.mark.parametrize("dtype", list(TOLERANCE))
@pytest.mark.parametrize("name, attrs", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_large_arrays_equal_their_pieces(name, attrs, dtype):
    rng = np.random.default_rng(3)
    x = np.concatenate([np.resize(SPECIAL, 999), rng.normal(0, 3, SMOOTH - 999)]).astype(dtype)
    g = rng.normal(size=x.size).astype(dtype)
    op, error = OPERATORS[name], TOLERANCE[dtype]

    def pull(g, x, y):
        return op.rule(ENGINE.xp, g, y, (x,), (True,), **attrs)[0]

    pieces = np.array_split(x, 9)
    values = [op.fn(ENGINE.xp, a, **attrs) for a in pieces]
    small = np.concatenate(values)
    slopes = np.concatenate(list(map(pull, np.array_split(g, 9), pieces, values)))
    assert takes(x, g, least=SMOOTH) and not takes(pieces[0])
    large = op.fn(ENGINE.xp, x, **attrs)
    of_x = pull(g, x, large)
    assert large.dtype == of_x.dtype == x.dtype
    np.testing.assert_allclose(large, small, rtol=error, atol=error)
    np.testing.assert_allclose(of_x, slopes, rtol=error, atol=error)
    np.testing.assert_array_equal(np.signbit(large[:2]), np.signbit(small[:2]))


@pytest.mark.parametrize("dtype", list(TOLERANCE))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_log_of_a_sum(dtype):
    rng = np.random.default_rng(3)
    pairs = np.stack(np.meshgrid(SPECIAL, SPECIAL)).reshape(2, -1)
    x, y = np.concatenate([pairs, rng.normal(0, 30, (2, SMOOTH))], 1).astype(dtype)
    error = TOLERANCE[dtype]
    np.testing.assert_allclose(OPERATORS["logaddexp"].fn(ENGINE.xp, x, y), np.logaddexp(x, y), rtol=error, atol=error)


@pytest.mark.parametrize("name", ["selu", "hard_swish", "softplus"])
def test_layouts(name):
    x, g = np.random.default_rng(4).normal(size=(2, 200, 3, 100)).astype(np.float32)
    op = OPERATORS[name]
    plain, (slope,) = op.fn(ENGINE.xp, x), op.rule(ENGINE.xp, g, None, (x,), (True,))
    turned = x.transpose(2, 0, 1)
    np.testing.assert_array_equal(op.fn(ENGINE.xp, turned), plain.transpose(2, 0, 1))
    (of_turned,) = op.rule(ENGINE.xp, g.transpose(2, 0, 1).copy(), None, (turned,), (True,))
    np.testing.assert_array_equal(of_turned, slope.transpose(2, 0, 1))
    (of_one,) = op.rule(ENGINE.xp, np.broadcast_to(np.float32(2), x.shape), None, (x,), (True,))
    np.testing.assert_array_equal(of_one, op.rule(ENGINE.xp, np.full_like(x, 2), None, (x,), (True,))[0])


@pytest.mark.parametrize("weights", [[0.25], [0.25, -0.5, 1.5]])
def test_prelu_of_large_arrays_equals_its_pieces(weights):
    rng = np.random.default_rng(5)
    x, g = rng.normal(size=(2, 6, 3, 1000)).astype(np.float32)
    x[0, 0, :8] = np.resize([0.0, np.inf, -2.0, 3.0], 8)
    w, op = np.float32(weights), OPERATORS["prelu"]
    y, (dx, dw) = op.fn(ENGINE.xp, x, w), op.rule(ENGINE.xp, g, None, (x, w), (True, True))
    parts = [op.rule(ENGINE.xp, h, None, (a, w), (True, True)) for a, h in zip(np.split(x, 6), np.split(g, 6))]
    np.testing.assert_array_equal(y, np.concatenate([op.fn(ENGINE.xp, a, w) for a in np.split(x, 6)]))
    np.testing.assert_array_equal(dx, np.concatenate([p[0] for p in parts]))
    if len(weights) > 1:  # the gradient of one weight is summed by `apply`
        np.testing.assert_allclose(dw, sum(p[1] for p in parts), rtol=1e-4)
