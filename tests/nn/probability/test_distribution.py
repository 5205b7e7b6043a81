"""Distributions with mindspore 2.8.0's numbers: observed.txt has a row for each function of each."""

from pathlib import Path

import numpy as np
import pytest

from luojia import Parameter, Tensor, float16, int32, nn, ops
from luojia.nn.probability import bijector as msb
from luojia.nn.probability import distribution as msd

X, K = Tensor([0.5, 1.0, 2.0]), Tensor([0.0, 1.0, 1.0])
# the parameters, the values, and the parameters of the other
HOW = {name: ((0.5, 2.0), X, (1.0, 3.0)) for name in (
    "Normal", "Laplace", "Gumbel", "LogNormal", "Logistic", "Cauchy", "HalfNormal")}
HOW.update({
    "Uniform": ((0.0, 2.0), X, (0.0, 3.0)), "Exponential": ((0.7,), X, (1.5,)), "Bernoulli": ((0.3,), K, (0.6,)),
    "Geometric": ((0.3,), K + 1, (0.6,)), "Categorical": (([0.2, 0.3, 0.5],), K, ([0.3, 0.3, 0.4],)),
    "Poisson": (([1.5],), Tensor([0.0, 1.0, 3.0]), ([2.0],)), "Gamma": (([1.5], [2.0]), X, ([1.0], [3.0])),
    "Beta": (([1.5], [2.0]), X / 4, ([1.0], [3.0])), "StudentT": ((3.0, 0.5, 2.0), X, (3.0, 1.0, 3.0))})
ROWS = [line.split() for line in (Path(__file__).parent / "observed.txt").read_text().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_numbers(row):
    name, function, *expected = row
    params, values, others = HOW[name]
    d = getattr(msd, name)(*params)
    if function in ("kl_loss", "cross_entropy"):
        found = getattr(d, function)(name, *[Tensor(p) for p in others])
    else:
        of_values = any(word in function for word in ("prob", "cdf", "surv"))
        found = getattr(d, function)(*([values] if of_values else []))
    np.testing.assert_allclose(found.asnumpy().ravel(), [float(e) for e in expected], rtol=2e-4, atol=1e-4)


def test_what_the_rows_leave_out():
    without = {"Laplace", "HalfNormal", "StudentT"}
    assert {row[0] for row in ROWS} == set(HOW)
    assert {row[0] for row in ROWS if row[1] == "cdf"} == set(HOW) - without - {"Beta"}


@pytest.mark.parametrize("name", [n for n in HOW if n not in ("Laplace", "HalfNormal", "StudentT")])
def test_samples(name):
    d = getattr(msd, name)(*HOW[name][0])
    batch = () if name == "Categorical" else d.batch_shape
    draws = d.sample((4000,))
    assert draws.shape == (4000, *batch) and draws.dtype is d.dtype and d.sample().shape == batch
    values = draws.asnumpy().astype(float)
    if name == "Cauchy":
        assert abs(np.median(values) - 0.5) < 0.3
        return
    if name == "LogNormal":
        values, d = np.log(values), msd.Normal(0.5, 2.0)
    mean, sd = (float(m.asnumpy().ravel()[0]) for m in (d.mean(), d.sd()))
    assert abs(values.mean() - mean) < 5 * sd / np.sqrt(4000)
    assert abs(values.std() / sd - 1) < 0.2


def test_parameters_at_the_call():
    n = msd.Normal()
    np.testing.assert_allclose(n.prob(X, Tensor(0.5), Tensor(2.0)).asnumpy(), [0.1995, 0.1933, 0.1506], atol=1e-4)
    assert float(n.mean(Tensor(1.0), Tensor(2.0))) == 1.0
    assert n.sample((2,), Tensor([0.0, 1.0]), Tensor(1.0)).shape == (2, 2)
    m = msd.Normal(Tensor([0.0, 1.0]), Tensor([1.0, 2.0]))
    assert (m.batch_shape, m.broadcast_shape, m.is_scalar_batch) == ((2,), (2,), False)
    assert m.prob(Tensor([[0.5], [1.0]])).shape == (2, 2) and m.sample((3,)).shape == (3, 2)
    assert m("mean").tolist() == [0.0, 1.0] and m.mean(Tensor([3.0]), Tensor([1.0])).tolist() == [3.0]
    assert m.get_dist_type() == "Normal" and m.get_dist_args()[1].tolist() == [1.0, 2.0]
    assert msd.Uniform(0.0, 1.0).high.tolist() == 1.0 and msd.Bernoulli(0.5).probs.tolist() == 0.5


def test_printing():
    assert repr(msd.Normal(0.5, 2.0)) == "Normal(mean = 0.5, standard deviation = 2.0)"
    assert repr(msd.Normal()) == "Normal(mean = None, standard deviation = None)"
    assert repr(msd.Normal([0.0, 1.0], 1.0)) == "Normal(batch_shape = (2,))"
    assert repr(msd.Categorical([0.2, 0.3, 0.5])) == "Categorical(probs = [0.2 0.3 0.5])"
    assert repr(msd.Categorical([[0.2, 0.8], [0.5, 0.5]])) == "Categorical(batch_shape = (2,))"


def test_categorical_batches():
    c = msd.Categorical([[0.2, 0.8], [0.5, 0.5]])
    assert c.mode().tolist() == [1, 0] and c.sample((4,)).shape == (4, 2)
    np.testing.assert_allclose(c.mean().asnumpy(), [[0.8], [0.5]], rtol=1e-6)
    np.testing.assert_allclose(c.prob(Tensor([0, 1], int32)).asnumpy(), [0.2, 0.5], rtol=1e-6)
    np.testing.assert_allclose(c.cdf(Tensor([0.0, 1.0])).asnumpy(), [0.2, 1.0], rtol=1e-6)
    np.testing.assert_allclose(c.kl_loss("Categorical", Tensor([[0.5, 0.5], [0.1, 0.9]])).asnumpy(), [0.1927, 0.5108],
                               atol=1e-4)
    assert np.isnan(msd.Categorical([0.5, 0.5]).prob(Tensor([5.0])).asnumpy()).all()


def test_values_outside():
    outside = Tensor([-1.0, 0.5, 1.0])
    assert msd.Uniform(0.0, 1.0).prob(Tensor([-1.0, 0.0, 1.0, 2.0])).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert float(msd.Uniform(0.0, 1.0).kl_loss("Uniform", Tensor(0.5), Tensor(0.7))) == np.inf
    assert msd.Exponential(1.0).prob(Tensor([-1.0])).tolist() == [0.0]
    np.testing.assert_allclose(msd.HalfNormal(0.0, 1.0).prob(Tensor([-1.0, 0.0])).asnumpy(), [0.0, 0.7979], atol=1e-4)
    np.testing.assert_allclose(msd.Geometric(0.5).prob(outside).asnumpy(), [0.0, 0.5, 0.25], atol=1e-6)
    np.testing.assert_allclose(msd.Geometric(0.5).cdf(outside).asnumpy(), [0.0, 0.5, 0.75], atol=1e-6)
    assert msd.Bernoulli(0.5).cdf(outside).tolist() == [0.0, 0.5, 1.0]


def test_in_a_network():
    class Net(nn.Cell):
        def __init__(self):
            super().__init__()
            self.normal = msd.Normal(Parameter(Tensor([0.0]), name="mu"), 1.0)

        def construct(self, x):
            return self.normal.log_prob(x)

    net = Net()
    np.testing.assert_allclose(net(X).asnumpy(), [-1.0439, -1.4189, -2.9189], atol=1e-4)
    np.testing.assert_allclose(ops.grad(net)(X).asnumpy(), [-0.5, -1.0, -2.0], atol=1e-6)
    (mu,) = net.trainable_params()
    np.testing.assert_allclose(ops.grad(net, None, mu)(X).asnumpy(), [3.5], atol=1e-5)
    half = msd.Normal(0.0, 1.0, dtype=float16).prob(Tensor([0.0], float16))
    assert half.dtype is float16 and abs(float(half[0]) - 0.399) < 1e-3


def test_transformed():
    t = msd.TransformedDistribution(msb.Exp(), msd.Normal(0.5, 2.0))
    np.testing.assert_allclose(t.prob(X).asnumpy(), [0.3339, 0.1933, 0.0993], atol=1e-4)
    np.testing.assert_allclose(t.cdf(X).asnumpy(), [0.2754, 0.4013, 0.5385], atol=1e-4)
    assert t.sample((2,)).shape == (2,) and not t.is_linear_transformation and t.batch_shape == ()
    line = msd.TransformedDistribution(msb.ScalarAffine(2.0, 1.0), msd.Normal(0.5, 2.0))
    assert float(line.mean()) == 2.0 and line.bijector.name == "ScalarAffine" and line.distribution.name == "Normal"
    np.testing.assert_allclose(line.prob(X).asnumpy(), [0.0930, 0.0967, 0.0997], atol=1e-4)


@pytest.mark.parametrize("call, error, message", [
    (lambda: msd.Normal().prob(X), TypeError, "the type mean must be subclass of Tensor"),
    (lambda: msd.Normal(0.0, 1.0).prob(3.0), TypeError, "For value, input type must be a Tensor or Parameter"),
    (lambda: msd.Normal(0.0, -1.0), ValueError, "Standard deviation must be greater than zero"),
    (lambda: msd.Normal("a", 1.0), TypeError, "Unable to convert input of type <class 'str'>"),
    (lambda: msd.Normal(0.0, 1.0, dtype=int32), TypeError, "the 'dtype' should be a floating dtype"),
    (lambda: msd.Normal(0.0, 1.0, seed=-1), ValueError, "the 'seed' must be int and must >= 0"),
    (lambda: msd.Normal(0.0, 1.0)("nope"), NotImplementedError, "nope is not implemented for Normal distribution"),
    (lambda: msd.Normal(0.0, 1.0).kl_loss("Uniform", X, X), ValueError, "Expected dist input is Normal, but got Uni"),
    (lambda: msd.Normal(0.0, 1.0).kl_loss("Normal", X), TypeError, "takes the parameters mean, sd of the other"),
    (lambda: msd.Uniform(2.0, 1.0), ValueError, "low must be less than high"),
    (lambda: msd.Uniform(0.0, 1.0).mode(), NotImplementedError, "mode is not implemented for Uniform"),
    (lambda: msd.Exponential(-1.0), ValueError, "rate must be greater than zero"),
    (lambda: msd.Bernoulli(1.5), ValueError, "Probabilities must be less than one"),
    (lambda: msd.Bernoulli(-0.5), ValueError, "Probabilities must be greater than zero"),
    (lambda: msd.Categorical([0.5, 0.6]), ValueError, "Probabilities for each category should sum to one"),
    (lambda: msd.Cauchy(0.0, 1.0).mean(), ValueError, "mean is undefined for Cauchy"),
    (lambda: msd.Cauchy(0.0, 1.0).sd(), ValueError, "standard deviation is undefined for Cauchy"),
    (lambda: msd.Cauchy(0.0, 1.0).var(), ValueError, "variance is undefined for Cauchy"),
    (lambda: msd.Gamma(1.0, [1.0]), TypeError, "Input concentration can't be scalar"),
    (lambda: msd.TransformedDistribution(3, msd.Normal(0.0, 1.0)), TypeError, "the type of 'bijector' should be"),
    (lambda: msd.TransformedDistribution(msb.Exp(), msd.Normal(0.0, 1.0)).mean(), ValueError,
     "must be implemented for non-linear"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
