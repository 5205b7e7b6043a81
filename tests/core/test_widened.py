"""Large arrays of float16 on the NumPy engine are computed in float32 and rounded once."""

import numpy as np
import pytest

import luojia
from luojia import Tensor, autograd, gluon, nd, ops
from luojia._src.core.widened import LEAST

N = LEAST + 7


def halves(rng, *shape):
    return rng.standard_normal(shape or (N,)).astype(np.float16)


@pytest.mark.parametrize("function", [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum])
def test_arithmetic_gives_the_same_bits(function, rng):
    x, y = halves(rng), halves(rng)
    x[:6], y[:6] = [np.inf, -np.inf, 0.0, -0.0, 60000, 6e-8], [2.0, np.inf, -0.0, -0.0, 60000, 0.5]
    name = {"subtract": "sub", "multiply": "mul", "divide": "div"}.get(function.__name__, function.__name__)
    found = getattr(ops, name)(Tensor(x), Tensor(y)).asnumpy()
    with np.errstate(all="ignore"):
        expected = function(x, y)
    np.testing.assert_array_equal(found, expected)
    if function not in (np.maximum, np.minimum):  # which choose either of 0 and -0
        np.testing.assert_array_equal(np.signbit(found[~np.isnan(found)]), np.signbit(expected[~np.isnan(expected)]))
    assert found.dtype == np.float16


def test_root_and_rounding_give_the_same_bits(rng):
    x = np.abs(halves(rng))
    for name, function in (("sqrt", np.sqrt), ("floor", np.floor), ("square", np.square)):
        np.testing.assert_array_equal(getattr(ops, name)(Tensor(x)).asnumpy(), function(x))


@pytest.mark.parametrize("number", [0.1, 3, 1e-9, -2.5])
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_numbers_count_as_float16_as_beside_small_arrays(number, rng):
    x = halves(rng)
    large, small = Tensor(x), Tensor(x[:9])
    for f in (lambda a: a + number, lambda a: number - a, lambda a: a * number, lambda a: a / number):
        np.testing.assert_array_equal(f(large).asnumpy()[:9], f(small).asnumpy())


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_a_number_too_large_for_float16_is_infinite():
    assert np.isinf((Tensor(np.ones(N, np.float16)) * 1e6).asnumpy()).all()


def test_booleans_and_positions_keep_their_dtypes(rng):
    x, y = Tensor(halves(rng, 100, 100)), Tensor(halves(rng, 100, 100))
    assert (x > y).dtype == luojia.bool_ and ops.isnan(x).dtype == luojia.bool_
    assert ops.argmax(x, 1).asnumpy().tolist() == x.asnumpy().argmax(1).tolist()
    assert ops.sum(x, 1, dtype=luojia.float32).dtype == luojia.float32 and ops.reduce_sum(x).dtype == luojia.float16


FUNCTIONS = {
    "product": lambda x: x * x * 0.5 + x,
    "quotient": lambda x: x / (x * x + 1),
    "tanh": ops.tanh,
    "dense": lambda x: ops.dense(x, x, x[0]) / 50,
    "softmax": lambda x: ops.softmax(x, -1) * x,
    "layer_norm": lambda x: ops.layer_norm(x, (100,)) * x,
    "gelu": ops.gelu,
    "relu": lambda x: ops.relu(x) * x,
    "sum": lambda x: ops.sum(x * x, 1) / 10,
    "mean": lambda x: ops.mean(ops.exp(x), 0),
    "max": lambda x: ops.max(x, 1)[0],
    "std": lambda x: ops.std(x, 1),
    "cumsum": lambda x: ops.cumsum(x, 1) / 10,
    "norm": lambda x: ops.norm(x, dim=1),
    "soft_shrink": ops.softshrink,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_those_of_float32(name, rng, assert_close):
    f, x = FUNCTIONS[name], halves(rng, 100, 100)
    exact = Tensor(x.astype(np.float32))
    assert_close(f(Tensor(x)).asnumpy(), f(exact).asnumpy(), dtype="float16")
    found, second = luojia.grad(f)(Tensor(x)), luojia.grad(luojia.grad(f))(Tensor(x))
    assert found.dtype == second.dtype == luojia.float16
    assert_close(found.asnumpy(), luojia.grad(f)(exact).asnumpy(), dtype="float16")
    assert_close(second.asnumpy(), luojia.grad(luojia.grad(f))(exact).asnumpy(), dtype="float16")


def test_repeated_passes_too(rng, assert_close):
    """The tape writes a pass out that it has walked often enough."""
    x, y = nd.array(halves(rng, 100, 100), dtype="float16"), nd.array(halves(rng, 100, 100), dtype="float16")
    x.attach_grad()
    for _ in range(40):
        with autograd.record():
            out = nd.softmax(x * y) * nd.relu(x) + nd.exp(x)
        out.backward()
    expected = luojia.grad(lambda x, y: ops.softmax(x * y, -1) * ops.relu(x) + ops.exp(x))(
        Tensor(x.asnumpy().astype(np.float64)), Tensor(y.asnumpy().astype(np.float64)))
    assert x.grad.dtype == np.float16
    assert_close(x.grad.asnumpy(), expected.asnumpy(), dtype="float16")


def test_a_graph_gives_the_numbers_of_its_operators(rng):
    """At its second call a graph gets a program, which large float16 arrays have no use for."""
    class Net(gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            return F.softmax(F.relu(x * 2 + 1) * F.exp(-x)) + F.sqrt(F.abs(x))

    x = nd.array(halves(rng, 100, 100), dtype="float16")
    x.attach_grad()
    eager, graph = Net(), Net()
    graph.hybridize()
    for _ in range(4):
        found = []
        for net in (eager, graph):
            with autograd.record():
                y = net(x)
            y.backward()
            found.append((y.asnumpy(), x.grad.asnumpy().copy()))
        for a, b in zip(*found):
            assert a.dtype == np.float16
            np.testing.assert_array_equal(a, b)
