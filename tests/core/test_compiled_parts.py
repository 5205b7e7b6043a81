"""Each layer, loss and optimizer compiled, with its gradients, against the same run eagerly on XLA."""

import importlib.util

import numpy as np
import pytest

import luojia as mx
from luojia import Parameter, Tensor, autograd, gluon, jit, nd, nn, ops
from tests.core.test_compiled import on_xla  # noqa: F401 - every test here runs on it

pytestmark = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="compiling needs jax")

RNG = np.random.default_rng(3)
ROWS = RNG.normal(size=(4, 6)).astype(np.float32)
IMAGES = RNG.normal(size=(2, 4, 6, 6)).astype(np.float32)
STEPS = RNG.normal(size=(2, 3, 6)).astype(np.float32)
LAYERS = {
    "Dense": (lambda: nn.Dense(6, 3, activation="relu"), ROWS),
    "Conv1d": (lambda: nn.Conv1d(3, 2, 3), STEPS),
    "Conv2d": (lambda: nn.Conv2d(4, 6, 3, stride=2, pad_mode="same", group=2, has_bias=True), IMAGES),
    "Conv2dTranspose": (lambda: nn.Conv2dTranspose(4, 3, 2, stride=2), IMAGES),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(6).set_train(), ROWS),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(4).set_train(), IMAGES),
    "LayerNorm": (lambda: nn.LayerNorm((6,)), ROWS),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), IMAGES),
    "MaxPool2d": (lambda: nn.MaxPool2d(2, 2), IMAGES),
    "AvgPool2d": (lambda: nn.AvgPool2d(3, 2, pad_mode="same"), IMAGES),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d(2), IMAGES),
    "LSTM": (lambda: nn.LSTM(6, 4, batch_first=True, bidirectional=True), STEPS),
    "GRU": (lambda: nn.GRU(6, 4, batch_first=True), STEPS),
    "PReLU": (lambda: nn.PReLU(4), IMAGES),
    "Softmax": (lambda: nn.Softmax(), ROWS),
    "GELU": (lambda: nn.GELU(), ROWS),
    "SequentialCell": (lambda: nn.SequentialCell(nn.Flatten(), nn.Dense(144, 5), nn.Tanh()), IMAGES),
}
LABELS = np.array([0, 5, 2, 1], np.int32)
LOSSES = {
    "MSELoss": (lambda: nn.MSELoss(), ROWS[::-1]),
    "L1Loss": (lambda: nn.L1Loss(), ROWS[::-1]),
    "SmoothL1Loss": (lambda: nn.SmoothL1Loss(reduction="mean"), ROWS[::-1]),
    "HuberLoss": (lambda: nn.HuberLoss(), ROWS[::-1]),
    "BCEWithLogitsLoss": (lambda: nn.BCEWithLogitsLoss(), (ROWS > 0).astype(np.float32)),
    "SoftmaxCrossEntropyWithLogits": (
        lambda: nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean"), LABELS),
    "CrossEntropyLoss": (lambda: nn.CrossEntropyLoss(label_smoothing=0.1), LABELS),
    "KLDivLoss": (lambda: nn.KLDivLoss(reduction="batchmean"), np.abs(ROWS)),
}
OPTIMIZERS = {
    "SGD": {"momentum": 0.9, "weight_decay": 0.1}, "Momentum": {"momentum": 0.9, "use_nesterov": True}, "Adam": {},
    "AdamWeightDecay": {"weight_decay": 0.1}, "AdaMax": {}, "RMSProp": {"centered": True}, "Adagrad": {},
    "Adadelta": {}, "FTRL": {}, "ProximalAdagrad": {}, "ASGD": {}, "Rprop": {}, "Lamb": {},
}
UPDATERS = ["sgd", "nag", "adam", "adagrad", "rmsprop", "adadelta", "ftrl", "adamax", "nadam", "signum", "ftml", "lamb"]


def close(a, b):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5, atol=2e-6)


def gradients_of(fn, *xs):
    """The outputs, and the gradients of a weighted sum of them, eager and compiled."""
    compiled = jit(fn, strict=True)
    found = []
    for f in (fn, compiled):
        inputs = [Tensor(x) for x in xs]
        for x in inputs:
            if x.np_dtype.kind == "f":
                x.attach_grad()
        with autograd.record():
            out = f(*inputs)
            first = out[0] if isinstance(out, tuple) else out
            loss = (first * ops.cos(first)).sum()
        loss.backward()
        found.append([first, *[x.grad for x in inputs if x.np_dtype.kind == "f"]])
    assert len(compiled.traces) == 1
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name):
    make, x = LAYERS[name]
    layer = make()
    before = [p.asnumpy() for p in layer.get_parameters()]
    eager, compiled = gradients_of(layer, x)
    for a, b in zip(eager, compiled):
        close(a, b)
    if "BatchNorm" in name:
        assert any((p.asnumpy() != b).any() for p, b in zip(layer.get_parameters(), before))


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    make, labels = LOSSES[name]
    loss = make()
    eager, compiled = gradients_of(lambda x, y: loss(x, y), ROWS, labels)
    for a, b in zip(eager, compiled):
        close(a, b)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    found = []
    for compiled in (False, True):
        params = [Parameter(Tensor([1.0, -2.0]), name="w"), Parameter(Tensor([3.0]), name="b")]
        opt = getattr(nn, name)(params, learning_rate=0.1, **OPTIMIZERS[name])
        step = jit(lambda *gs, opt=opt: opt(gs), strict=True) if compiled else lambda *gs, opt=opt: opt(gs)
        for scale in (1.0, -0.5, 2.0):
            step(Tensor([0.5 * scale, -1.0]), Tensor([2.0 * scale]))
        found.append([p.asnumpy() for p in opt.get_parameters()])
    for a, b in zip(*found):
        close(a, b)


@pytest.mark.parametrize("name", UPDATERS)
def test_updates_after_hybridized_passes(name):
    found = []
    for hybrid in (False, True):
        mx.random.seed(1)
        net = gluon.nn.HybridSequential()
        net.add(gluon.nn.Dense(4, activation="tanh", in_units=6), gluon.nn.Dense(6, in_units=4))
        net.initialize(mx.init.Xavier())
        if hybrid:
            net.hybridize()
        loss_of, trainer = gluon.loss.SoftmaxCrossEntropyLoss(), gluon.Trainer(net.collect_params(), name)
        for _ in range(3):
            with autograd.record():
                loss = loss_of(net(nd.array(ROWS)), nd.array(LABELS))
            loss.backward()
            trainer.step(4)
        found.append([p.data().asnumpy() for p in net.collect_params().values()])
    for a, b in zip(*found):
        close(a, b)
