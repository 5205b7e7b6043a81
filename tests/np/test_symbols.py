"""Hybrid Blocks under ``npx.set_np()``: what is traced answers as the arrays do. Expected values: mxnet 1.9.1's."""

import numpy as onp
import pytest

import luojia as mx
from luojia import autograd, gluon, np, npx
from luojia._src.errors import ArgumentError

PROGRAMS = [
    lambda F, x: x.sum(), lambda F, x: F.npx.relu(x).mean(), lambda F, x: (x + 1).max(axis=1), lambda F, x: x[0],
    lambda F, x: x[0, 1], lambda F, x: x[:, 1:], lambda F, x: x[:, None, -1], lambda F, x: x.reshape(-1),
    lambda F, x: x.reshape((3, 2)), lambda F, x: x.T, lambda F, x: x > 2, lambda F, x: F.np.where(x == 2, x, -x),
    lambda F, x: x @ x.T, lambda F, x: x.astype("int32"), lambda F, x: x.argmax(axis=1), lambda F, x: x.std(),
    lambda F, x: F.np.ones((2,)) + x[:, 0], lambda F, x: F.np.zeros_like(x) + F.np.ones_like(x),
    lambda F, x: F.npx.reshape(x, (-2, -1, 1)), lambda F, x: x.flatten(), lambda F, x: x.prod() + x.copy(),
    lambda F, x: x.cumsum(axis=0), lambda F, x: F.np.split(x, 3, axis=1)[1],
    lambda F, x: F.np.split(x, [1, 2], axis=1)[2],
    lambda F, x: F.npx.one_hot(x[0], 3), lambda F, x: F.np.exp(x).var(axis=0), lambda F, x: F.npx.sigmoid(x).T.sum(),
    lambda F, x: x.clip(1, 3).swapaxes(0, 1), lambda F, x: x.repeat(2), lambda F, x: x != x,
    lambda F, x: x[F.np.abs(x[0]) % 2],
    lambda F, x: x.as_nd_ndarray().as_np_ndarray().min(), lambda F, x: x.sum(axis=0, keepdims=True) >= 5,
    lambda F, x: F.npx.dropout(x, 0.5), lambda F, x: F.npx.batch_norm(x, x[0], x[0], x[0], x[0]),
    lambda F, x: F.npx.batch_norm(x, x[0], x[0], moving_mean=x[0], moving_var=x[0], fix_gamma=False),
    lambda F, x: F.np.pad(x, ((0, 0), (1, 2))), lambda F, x: F.np.trace(x), lambda F, x: F.np.full_like(x, 2),
    lambda F, x: F.np.full_like(x, 2, dtype="int32"), lambda F, x: F.np.diff(x), lambda F, x: F.np.diff(x, 2, axis=-1),
    lambda F, x: F.np.hsplit(x, 3)[1], lambda F, x: ~(x > 2),
]


@pytest.fixture(autouse=True)
def numpy_semantics():
    npx.set_np()
    yield
    npx.reset_np()


class Program(gluon.HybridBlock):
    def __init__(self, run):
        super().__init__()
        self.run = run

    def hybrid_forward(self, F, x):
        return self.run(F, x)


@pytest.mark.parametrize("run", PROGRAMS, ids=range(len(PROGRAMS)))
def test_hybridized_programs_give_what_eager_ones_give(run):
    x = np.arange(6).reshape(2, 3)
    eager, hybrid = Program(run), Program(run)
    hybrid.hybridize()
    a, b = eager(x), hybrid(x)
    assert isinstance(b, np.ndarray) and (a.shape, a.dtype) == (b.shape, b.dtype)
    onp.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol=1e-6)


def test_dropout_of_a_hybridized_network_that_trains():
    net = Program(lambda F, x: F.npx.dropout(x, p=0.5))
    net.hybridize()
    with autograd.record():
        dropped = net(np.ones((1000,)))
    assert set(onp.unique(dropped.asnumpy())) == {0, 2} and net(np.ones((9,))).asnumpy().tolist() == [1] * 9


DRAWS = [
    lambda F, x: F.np.random.uniform(2, 3, (400,)), lambda F, x: F.np.random.uniform(x, x + 2),
    lambda F, x: F.np.random.normal(1, 2, size=400), lambda F, x: F.np.random.normal(x, 1),
    lambda F, x: F.np.random.gamma(2, 3, size=(400,)), lambda F, x: F.np.random.gamma(x + 1),
    lambda F, x: F.np.random.exponential(2, size=400), lambda F, x: F.np.random.logistic(size=400),
    lambda F, x: F.np.random.gumbel(1, 2, 400), lambda F, x: F.np.random.laplace(x, 2),
    lambda F, x: F.np.random.rayleigh(2, size=400), lambda F, x: F.np.random.weibull(2, size=400),
    lambda F, x: F.np.random.pareto(4, size=400), lambda F, x: F.np.random.power(3, size=400),
    lambda F, x: F.np.random.lognormal(0, 0.1, size=400), lambda F, x: F.np.random.rand(20, 20),
    lambda F, x: F.np.random.randn(20, 20), lambda F, x: F.np.random.randint(0, 10, (400,)),
    lambda F, x: F.np.random.choice(10, (400,)), lambda F, x: F.npx.random.bernoulli(prob=x * 0 + 0.3),
    lambda F, x: F.npx.random.bernoulli(logit=x * 0), lambda F, x: F.npx.random.uniform_n(0, 1, (400,)),
    lambda F, x: F.npx.random.normal_n(0.0, 1.0, batch_shape=(20, 20)),
]


@pytest.mark.parametrize("run", DRAWS, ids=range(len(DRAWS)))
def test_draws_of_a_hybridized_network(run):
    """Each run draws anew, from the distribution that the eager network draws from."""
    mx.random.seed(5)
    x = np.array(onp.linspace(0.5, 1.5, 400))
    net = Program(lambda F, x: run(F, x) + 0 * x.reshape(-1)[0])
    eager = [net(x).asnumpy() for _ in range(5)]
    net.hybridize()
    traced = [net(x).asnumpy() for _ in range(5)]
    assert traced[0].shape == eager[0].shape and (traced[0] != traced[1]).any()
    for statistic in (onp.mean, onp.std):
        a, b = statistic(eager), statistic(traced)
        assert abs(a - b) < 0.2 * onp.std(eager), (a, b)


def test_gradients_of_what_draws_are_moved_by():
    net = Program(lambda F, x: F.np.random.normal(x, 1) + F.np.random.uniform(0, x))
    net.hybridize()
    x = np.ones((500,))
    x.attach_grad()
    with autograd.record():
        net(x).backward()
    assert 1.4 < x.grad.mean() < 1.6


@pytest.mark.parametrize(("run", "message"), [
    (lambda F, x: F.np.random.choice(x, (2,)), "draws among the numbers below one"),
    (lambda F, x: F.npx.random.normal_n(x, 1, (2,)), "give no batch_shape beside symbols"),
])
def test_draws_that_graphs_lack(run, message):
    net = Program(run)
    net.hybridize()
    with pytest.raises(NotImplementedError, match=message):
        net(np.ones((3,)))


def test_parameters_follow_the_conventions_too():
    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.w = self.params.get("w", shape=(4, 3), init=mx.init.One())

        def hybrid_forward(self, F, x, w):
            return w[0].sum() * F.np.dot(x, w.T).sum(axis=1)

    net = Net()
    net.initialize()
    net.hybridize()
    with autograd.record():
        y = net(np.ones((2, 3)))
    y.backward()
    assert y.tolist() == [36, 36] and net.w.grad().tolist() == [[30] * 3, [6] * 3, [6] * 3, [6] * 3]


def test_what_symbols_lack():
    x = mx.sym.var("x").as_np_ndarray()
    assert x.as_np_ndarray() is x and type(x.as_nd_ndarray()) is mx.sym.Symbol
    with pytest.raises(ArgumentError, match=r"npx.reshape of a Symbol cannot drop a length \(-3\)"):
        npx.reshape(x, (-3, -1))
    with pytest.raises(ArgumentError, match="takes an axis counted from the front, got -1"):
        np.split(x, [1], axis=-1)
    with pytest.raises(TypeError, match="not supported between instances"):
        assert x < "a"


def test_initializers_get_arrays_of_numpys_kind_and_unknown_lengths_are_minus_one():
    class Sparse(mx.init.Initializer):
        def _init_weight(self, name, data):
            data[:] = np.arange(6).reshape(data.shape)
            data *= np.abs(data) >= 3

    dense = gluon.nn.Dense(2)
    assert dense.weight.shape == (2, -1) and repr(dense) == "Dense(-1 -> 2, linear)"
    dense.initialize(Sparse())
    dense(np.ones((1, 3)))
    assert dense.weight.data().tolist() == [[0, 0, 0], [3, 4, 5]] and dense.weight.shape == (2, 3)


def test_the_arrays_decide_where_the_switch_is_off():
    npx.reset_np()

    @mx.util.use_np
    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.dense = gluon.nn.Dense(2, in_units=3)

        def hybrid_forward(self, F, x):
            return self.dense(x)[0].sum()

    net = Net()
    net.initialize(mx.init.One())
    eager = net(np.ones((2, 3)))
    net.hybridize()
    assert eager.shape == net(np.ones((2, 3))).shape == () and eager.item() == 6


def test_dtypes_of_comparisons():
    x = mx.sym.var("x").as_np_ndarray()
    assert (x > 1).infer_type(x="float32") == ([onp.float32], [onp.bool_], [])


def test_exported_graphs_are_read_again(tmp_path):
    net = Program(lambda F, x: (x > 2) * x[0].sum())
    net.hybridize()
    x = np.arange(6).reshape(2, 3)
    expected = net(x)
    net.export(str(tmp_path / "net"))
    again = gluon.SymbolBlock.imports(str(tmp_path / "net-symbol.json"), ["data"], None)
    assert again(x).tolist() == expected.tolist() == [[0, 0, 0], [3, 3, 3]]
