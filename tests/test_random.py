"""Random streams, the samplers' distributions, and the seeds."""

import math

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from luojia._src.core import random as streams
from luojia._src.core.op import OPERATORS
from tests.check import check_op

N = 40_000


# -- streams -----------------------------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_numbers():
    mx.random.seed(7)
    a = [nd.random.normal(shape=(3,)).asnumpy(), nd.random.uniform(shape=(3,)).asnumpy()]
    mx.random.seed(7)
    b = [nd.random.normal(shape=(3,)).asnumpy(), nd.random.uniform(shape=(3,)).asnumpy()]
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(nd.random.uniform(shape=(3,)).asnumpy(), b[1])
    mx.random.seed(8)
    assert not np.array_equal(nd.random.normal(shape=(3,)).asnumpy(), a[0])


def test_the_numbers_of_a_seed_do_not_change_between_versions():
    mx.random.seed(0)
    assert streams.next_key().tolist() == [2208437361, 3357654640]
    keys = {tuple(streams.next_key().tolist()) for _ in range(1000)}
    assert len(keys) == 1000


def test_each_device_has_its_own_stream():
    mx.random.seed(3)
    a = nd.random.uniform(shape=(4,), ctx=mx.cpu(1)).asnumpy()
    b = nd.random.uniform(shape=(4,)).asnumpy()
    assert not np.array_equal(a, b)
    mx.random.seed(3)
    nd.random.uniform(shape=(4,))
    np.testing.assert_array_equal(nd.random.uniform(shape=(4,), ctx=mx.cpu(1)).asnumpy(), a)


def test_seeding_one_device_leaves_the_others():
    mx.random.seed(3)
    first = nd.random.uniform(shape=(4,)).asnumpy()
    mx.random.seed(3)
    mx.random.seed(5, ctx=mx.cpu(1))
    np.testing.assert_array_equal(nd.random.uniform(shape=(4,)).asnumpy(), first)
    a = nd.random.uniform(shape=(4,), ctx=mx.cpu(1)).asnumpy()
    mx.random.seed(5, ctx=mx.cpu(1))
    np.testing.assert_array_equal(nd.random.uniform(shape=(4,), ctx=mx.cpu(1)).asnumpy(), a)


def test_seeds_of_any_integer():
    for seed in (-1, 0, 2**63, np.int64(4)):
        mx.random.seed(seed)
    for seed in ("a", 1.5, None, True):
        with pytest.raises(ValueError, match="seed_state must be int"):
            mx.random.seed(seed)


def test_set_seed_seeds_this_stream_too():
    mx.set_seed(3)
    a = nd.random.uniform().asscalar()
    mx.set_seed(3)
    assert nd.random.uniform().asscalar() == a


def test_keys_may_come_from_elsewhere():
    key = np.array([1, 2], np.uint32)
    with streams.key_scope(lambda: key):
        a, b = nd.random.uniform(shape=(3,)), nd.random.uniform(shape=(3,))
    np.testing.assert_array_equal(a.asnumpy(), b.asnumpy())
    assert not np.array_equal(nd.random.uniform(shape=(3,)).asnumpy(), a.asnumpy())


def test_generator_for_the_host():
    mx.random.seed(1)
    a = streams.generator().random(3)
    mx.random.seed(1)
    np.testing.assert_array_equal(streams.generator().random(3), a)


# -- distributions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw, mean, variance, low, high", [
    (lambda: nd.random.uniform(1, 3, shape=N), 2, 4 / 12, 1, 3),
    (lambda: nd.random.uniform(1, 3, shape=N, dtype="float64"), 2, 4 / 12, 1, 3),
    (lambda: nd.random.uniform(shape=N, dtype="float16"), 0.5, 1 / 12, 0, 1),
    (lambda: nd.random.normal(1, 2, shape=N), 1, 4, -12, 14),
    (lambda: nd.random.normal(1, 2, shape=N, dtype="float64"), 1, 4, -12, 14),
    (lambda: nd.random.randn(N // 2, 2), 0, 1, -7, 7),
    (lambda: nd.random.exponential(2, shape=N), 2, 4, 0, np.inf),
    (lambda: nd.random.gamma(0.5, 2, shape=N), 1, 2, 0, np.inf),
    (lambda: nd.random.gamma(5, 2, shape=N), 10, 20, 0, np.inf),
    (lambda: nd.random.poisson(3, shape=N), 3, 3, 0, np.inf),
    (lambda: nd.random.poisson(50.5, shape=N), 50.5, 50.5, 0, np.inf),
    (lambda: nd.random.poisson(0, shape=N), 0, 0, 0, 0),
    (lambda: nd.random.negative_binomial(3, 0.4, shape=N), 4.5, 11.25, 0, np.inf),
    (lambda: nd.random.generalized_negative_binomial(2, 0.5, shape=N), 2, 4, 0, np.inf),
    (lambda: nd.random.generalized_negative_binomial(2, 0, shape=N), 2, 2, 0, np.inf),
    (lambda: nd.random.randint(-3, 4, shape=N), 0, 4, -3, 3),
    (lambda: nd.random.randint(0, 2**40, shape=N, dtype="int64"), 2**39, 2**80 / 12, 0, 2**40),
    (lambda: _op("random_truncated_normal", loc=1.0, scale=2.0, shape=(N,)), 1, 4 * 0.7737, -3, 5),
    (lambda: _op("random_bernoulli", p=0.3, shape=(N,)), 0.3, 0.21, 0, 1),
])
def test_statistics(draw, mean, variance, low, high):
    x = draw().asnumpy().astype(np.float64)
    assert x.size == N and x.min() >= low and x.max() <= high
    assert abs(x.mean() - mean) <= 5 * math.sqrt(variance / N) + 1e-3 * (variance > 0)
    assert abs(x.var() - variance) <= 0.08 * variance


def _op(name, **attrs):
    return OPERATORS[name](streams.next_key(), **attrs)


def test_the_tails_of_a_normal():
    x = np.sort(nd.random.normal(shape=N, dtype="float64").asnumpy())
    from scipy.stats import kstest

    assert kstest(x, "norm").pvalue > 1e-4
    assert kstest(nd.random.gamma(2.5, 1, shape=N, dtype="float64").asnumpy(), "gamma", args=(2.5,)).pvalue > 1e-4


def test_randint_is_even():
    counts = np.bincount(nd.random.randint(0, 5, shape=N).asnumpy(), minlength=5)
    assert counts.min() > N / 5 * 0.93 and len(counts) == 5


@pytest.mark.parametrize("draw, expected", [
    (lambda *p, **k: nd.random.uniform(*p, **k), 0.5),
    (lambda a, b, **k: nd.random.normal(b, b, **k), 1),
])
def test_arrays_of_parameters(draw, expected):
    low, high = nd.array([0, 10]), nd.array([1, 1000])
    out = nd.random.uniform(low, high, shape=(500, 3))
    assert out.shape == (2, 500, 3) and nd.random.uniform(low, high).shape == (2,)
    means = out.asnumpy().mean((1, 2))
    assert abs(means[0] - 0.5) < 0.05 and abs(means[1] - 505) < 40


@pytest.mark.parametrize("draw, means", [
    (lambda: nd.random.normal(nd.array([0, 9]), nd.array([1, 0.1]), shape=2000), [0, 9]),
    (lambda: nd.random.exponential(nd.array([1, 4]), shape=2000), [1, 4]),
    (lambda: nd.random.gamma(nd.array([1, 4]), nd.array([1, 2]), shape=2000), [1, 8]),
    (lambda: nd.random.poisson(nd.array([1, 40]), shape=2000), [1, 40]),
    (lambda: nd.random.negative_binomial(nd.array([1, 3]), nd.array([0.5, 0.4]), shape=2000), [1, 4.5]),
    (lambda: nd.random.generalized_negative_binomial(nd.array([2, 20]), nd.array([0.1, 0]), shape=2000), [2, 20]),
])
def test_samples_per_element(draw, means):
    out = draw()
    assert out.shape == (2, 2000) and out.dtype == np.float32
    np.testing.assert_allclose(out.asnumpy().mean(1), means, rtol=0.15, atol=0.15)


def test_multinomial():
    p = nd.array([[0.1, 0.9], [1, 0]])
    out = nd.random.multinomial(p, shape=2000)
    assert out.dtype == np.int32 and out.shape == (2, 2000)
    assert abs(out.asnumpy()[0].mean() - 0.9) < 0.05 and out.asnumpy()[1].max() == 0
    assert nd.random.multinomial(nd.array([0, 1.0])).asnumpy().tolist() == [1]
    assert nd.random.multinomial(p, shape=(2, 3), dtype="float32").shape == (2, 2, 3)
    assert nd.random.multinomial(p).shape == (2,)


def test_the_log_probability_of_multinomial_is_differentiable():
    p = nd.array([[0.25, 0.75], [0.5, 0.5]])
    p.attach_grad()
    with mx.autograd.record():
        index, log_p = nd.random.multinomial(p, shape=1, get_prob=True)
    log_p.backward()
    taken = index.asnumpy()[:, 0]
    expected = np.zeros((2, 2))
    expected[[0, 1], taken] = 1 / p.asnumpy()[[0, 1], taken]
    np.testing.assert_allclose(p.grad.asnumpy(), expected, rtol=1e-5)
    np.testing.assert_allclose(log_p.asnumpy()[:, 0], np.log(p.asnumpy()[[0, 1], taken]), rtol=1e-5)


def test_shuffle():
    x = nd.arange(20).reshape((10, 2))
    y = nd.random.shuffle(x).asnumpy()
    assert not np.array_equal(y, x.asnumpy())
    np.testing.assert_array_equal(y[np.argsort(y[:, 0])], x.asnumpy())


# -- the functions -----------------------------------------------------------------------------------------------------


def test_shapes_dtypes_and_places():
    assert nd.random.uniform().shape == (1,) and nd.random.uniform(shape=3).shape == (3,)
    assert nd.random.uniform(dtype="float64").dtype == np.float64 and nd.random.randint(0, 5).dtype == np.int32
    assert nd.random.normal(shape=(2, 0)).shape == (2, 0) and nd.random.randn(2, 3).shape == (2, 3)
    assert nd.random.normal(ctx=mx.cpu(1)).ctx == mx.cpu(1)
    out = nd.zeros((2, 3), dtype="float64")
    assert nd.random.uniform(5, 6, out=out) is out and (out.asnumpy() >= 5).all()
    with pytest.raises(mx.MXNetError, match=r"expected \[4\], got \[2,3\]"):
        nd.random.uniform(shape=(4,), out=out)
    x = nd.ones((2, 2), dtype="float64")
    assert nd.random.uniform(x, x + 1).dtype == np.float32  # as MXNet's
    for name in ("uniform", "normal", "exponential", "gamma", "poisson", "negative_binomial",
                 "generalized_negative_binomial"):
        like = getattr(nd.random, f"{name}_like")(x)
        assert like.shape == (2, 2) and like.dtype == np.float64


def test_names():
    assert mx.random.uniform is nd.random.uniform is nd.uniform is nd.random_uniform
    assert mx.random.shuffle is nd.shuffle and nd.normal is mx.random.normal
    assert nd.sample_normal(nd.zeros((2,)), nd.ones((2,)), shape=(3,)).shape == (2, 3)
    with pytest.raises(AttributeError, match="module 'luojia.random' has no attribute 'foo'"):
        mx.random.foo  # noqa: B018
    assert "uniform" in dir(mx.random)


@pytest.mark.parametrize("draw, error, message", [
    (lambda: nd.random.uniform(2, 1), mx.MXNetError, "low must be less or equal to high in uniform distribution"),
    (lambda: nd.random.normal(0, -1), mx.MXNetError, "scale parameter in gaussian has to be positive"),
    (lambda: nd.random.randint(3, 1), mx.MXNetError, "low must be less than high, got 3 and 1"),
    (lambda: nd.random.exponential(-1), mx.MXNetError, "exponential: scale must be positive"),
    (lambda: nd.random.gamma(0, 1), mx.MXNetError, "gamma: alpha must be positive"),
    (lambda: nd.random.poisson(-1), mx.MXNetError, "poisson: lam must not be negative"),
    (lambda: nd.random.negative_binomial(1, 0), mx.MXNetError, "negative_binomial: p must be positive"),
    (lambda: nd.random.uniform("a", 1), ValueError, "must be either NDArray or numbers, but got <class 'str'>"),
    (lambda: nd.random.uniform(0, nd.ones((1,))), AssertionError, "must all have the same type, but got"),
    (lambda: nd.random.normal(dtype="int32"), mx.MXNetError, "Invalid Input: 'int32', valid values are: float16"),
    (lambda: nd.random.randint(0, 3, dtype="float32"), mx.MXNetError, "valid values are: int32, int64"),
    (lambda: nd.random.uniform(nd.ones((1,)), nd.ones((2,))), mx.MXNetError, "the parameters must have one shape"),
])
def test_errors(draw, error, message):
    with pytest.raises(error, match=message):
        draw()


# -- the probabilities of what is drawn --------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (3,)])
def test_probabilities_of_draws(shape):
    p = np.array([[0.3, 0.5, 0.2], [0.6, 0.1, 0.3]])
    check_op("sample_multinomial", np.array([1, 2], np.uint32), p, attrs={"shape": shape, "get_prob": True},
             dtypes=("float32",))


def test_a_policy_can_be_hybridized():
    class Policy(mx.gluon.HybridBlock):
        def hybrid_forward(self, F, p):
            return F.random.multinomial(p, shape=4, get_prob=True)

    policy, p = Policy(), nd.array([[0.2, 0.8]])
    policy.hybridize()
    p.attach_grad()
    with mx.autograd.record():
        drawn, chance = policy(p)
    chance.backward()
    ones = float((drawn == 1).sum().asscalar())
    np.testing.assert_allclose(p.grad.asnumpy(), [[(4 - ones) / 0.2, ones / 0.8]], rtol=1e-5)
    np.testing.assert_allclose(np.exp(chance.asnumpy()), np.where(drawn.asnumpy() == 1, 0.8, 0.2), rtol=1e-5)
