"""Gradients added up over small batches: equal to one step on the big batch, in every way to write it."""

import numpy as np
import pytest

import luojia
from luojia import GRAPH_MODE, PYNATIVE_MODE, Parameter, Tensor, autograd, boost, gluon, jit, nd, nn, ops


@pytest.fixture
def batch(rng):
    return rng.standard_normal((12, 4)).astype(np.float32), rng.standard_normal((12, 2)).astype(np.float32)


def network():
    luojia.set_seed(4)
    return nn.SequentialCell(nn.Dense(4, 5, weight_init="normal"), nn.Tanh(), nn.Dense(5, 2, weight_init="normal"))


def momentum(net):
    return nn.Momentum(net.trainable_params(), 0.1, 0.9)


def weights(net):
    return [p.asnumpy() for p in net.get_parameters()]


def big_steps(batch, steps=2):
    net = network()
    step = nn.TrainOneStepCell(nn.WithLossCell(net, nn.MSELoss()), momentum(net))
    for _ in range(steps):
        step(*map(Tensor, batch))
    return weights(net)


def parts(batch):
    return [[Tensor(a[i : i + 4]) for a in batch] for i in (0, 4, 8)]


class AccumulatingStep(nn.TrainOneStepCell):
    """MindSpore's way with boost: the accumulation takes the optimizer's place in the step."""

    def __init__(self, network, optimizer, count):
        super().__init__(network, optimizer)
        self.accumulate = boost.GradientAccumulation(count, optimizer)

    def construct(self, *inputs):
        loss = self.network(*inputs)
        grads = self.grad(self.network, self.weights)(*inputs, ops.ones_like(loss))
        return self.accumulate(loss, grads)


@pytest.mark.parametrize("mode", [PYNATIVE_MODE, GRAPH_MODE])
def test_boost_accumulates(mode, batch, assert_close):
    expected = big_steps(batch)
    net = network()
    step = AccumulatingStep(nn.WithLossCell(net, nn.MSELoss()), momentum(net), 3)
    luojia.set_context(mode=mode)
    try:
        losses = [float(step(*part)) for _ in range(2) for part in parts(batch)]
    finally:
        luojia.set_context(mode=PYNATIVE_MODE)
    for got, w in zip(weights(net), expected):
        assert_close(got, w)
    assert losses[3] < losses[0]
    assert int(step.accumulate._accumulation_step) == 0
    assert int(step.optimizer.global_step) == 2


def test_boost_gives_the_originals_numbers(assert_close):
    """Those of mindspore 2.8."""
    net = nn.Dense(2, 1, weight_init="ones", bias_init="zeros")
    accumulate = boost.GradientAccumulation(2, nn.SGD(net.trainable_params(), 0.1))
    seen = []
    for w, b in (([1.0, 2.0], 1.0), ([3.0, 4.0], 2.0), ([1.0, 1.0], 1.0), ([1.0, 1.0], 1.0)):
        assert float(accumulate(Tensor(1.5), (Tensor([w]), Tensor([b])))) == 1.5
        seen.append([*net.weight.asnumpy()[0], *net.bias.asnumpy()])
    assert_close(np.float32(seen), np.float32([[1, 1, 0], [0.8, 0.7, -0.15], [0.8, 0.7, -0.15], [0.7, 0.6, -0.25]]))


class Accumulator:
    """MindSpore's documented pattern: gradients in Parameters, the optimizer at each n-th call."""

    def __init__(self, optimizer, count):
        self.optimizer, self.count = optimizer, count
        self.inner_grads = optimizer.parameters.clone(prefix="accumulate_", init="zeros")
        self.zeros = optimizer.parameters.clone(prefix="zeros_", init="zeros")
        self.counter = Parameter(Tensor(1, luojia.int32), "counter_")
        self.map = ops.HyperMap()

    def __call__(self, grads):
        self.map(ops.partial(ops.assign_add), self.inner_grads, grads)
        if self.counter % self.count == 0:
            self.optimizer(self.inner_grads)
            self.map(ops.partial(ops.assign), self.inner_grads, self.zeros)
        ops.assign_add(self.counter, Tensor(1, luojia.int32))
        return True


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.filterwarnings("ignore:.*runs eagerly:UserWarning")  # the pattern asks for its counter
def test_the_documented_pattern(compiled, batch, assert_close):
    net, loss_fn = network(), nn.MSELoss()
    accumulator = Accumulator(momentum(net), 3)
    value_and_grad = ops.value_and_grad(lambda x, y: loss_fn(net(x), y) / 3, None, accumulator.optimizer.parameters)

    def step(x, y):
        loss, grads = value_and_grad(x, y)
        accumulator(grads)
        return loss

    run = jit(step) if compiled else step
    for _ in range(2):
        for part in parts(batch):
            run(*part)
    for got, w in zip(weights(net), big_steps(batch)):
        assert_close(got, w)


@pytest.mark.parametrize("hybrid", [False, True])
def test_gluon_adds_with_grad_req(hybrid, batch, assert_close):
    def train(parts, req, size):
        luojia.random.seed(4)
        net = gluon.nn.HybridSequential()
        net.add(gluon.nn.Dense(5, in_units=4, activation="tanh"), gluon.nn.Dense(2, in_units=5))
        net.initialize(luojia.init.Xavier())
        if hybrid:
            net.hybridize()
        net.collect_params().setattr("grad_req", req)
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
        loss_fn = gluon.loss.L2Loss()
        for _ in range(2):
            for x, y in parts:
                with autograd.record():
                    loss = loss_fn(net(nd.array(x)), nd.array(y))
                loss.backward()
            trainer.step(size)
            if req == "add":
                net.collect_params().zero_grad()
        return [p.data().asnumpy() for p in net.collect_params().values()]

    expected = train([batch], "write", 12)
    small = [[a[i : i + 4] for a in batch] for i in (0, 4, 8)]
    for got, w in zip(train(small, "add", 12), expected):
        assert_close(got, w)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: boost.GradientAccumulation(0, None), ValueError, "'max_accumulation_step' must be int and must > 0"),
        (lambda: boost.GradientAccumulation(2, 3), TypeError, "'optimizer' must be an Optimizer"),
        (lambda: boost.LessBN, NotImplementedError, "LessBN is not provided; set use_batch_statistics"),
        (lambda: boost.nonsense, NotImplementedError, "no such name"),
    ],
)
def test_arguments_are_checked(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_steps_of_boost_are_those_of_nn():
    x, y = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3)), Tensor(np.zeros((2, 1), np.float32))

    def trained(step, **kwargs):
        net = nn.Dense(3, 1, "ones", "zeros")
        cell = step(nn.WithLossCell(net, nn.MSELoss()), nn.Momentum(net.trainable_params(), 0.01, 0.9), **kwargs)
        found = [cell(x, y) for _ in range(2)]
        return net.weight.asnumpy().tolist(), [float(f[0] if isinstance(f, tuple) else f) for f in found]

    assert trained(boost.BoostTrainOneStepCell) == trained(nn.TrainOneStepCell)
    assert trained(boost.BoostTrainOneStepCell, sens=4.0) == trained(nn.TrainOneStepCell, sens=4.0)
    scaled = {"scale_sense": Tensor(np.float32(1024))}
    assert (trained(boost.BoostTrainOneStepWithLossScaleCell, **scaled)
            == trained(nn.TrainOneStepWithLossScaleCell, **scaled))
    with pytest.raises(TypeError, match="'sens' must be a number, but got str"):
        trained(boost.BoostTrainOneStepCell, sens="a")
