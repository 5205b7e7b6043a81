"""``engine="auto"`` for Gluon's loop: what decides, and that trials leave no trace."""

import importlib.util

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, lr_scheduler, nd
from luojia._src.core import choice
from luojia._src.engine import devices
from luojia.cli.info import info
from luojia.gluon import choice as gluon_choice

needs_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="the XLA engine is not installed")
X = np.random.RandomState(0).rand(8, 4).astype(np.float32)
Y = np.arange(8) % 3


@pytest.fixture(autouse=True)
def engine():
    before, decided = devices.cpu_engine_name(), list(choice.decisions)
    yield
    gluon_choice._times.clear()
    choice.decisions[:] = decided
    mx.set_context(engine=before)


def train(engine, layer=None, hybrid_loss=True, steps=9, optimizer="nag"):
    """The losses and the weights of some steps, and the learning rate after them."""
    mx.set_context(engine=engine)
    mx.random.seed(1)
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(6, in_units=4), layer or gluon.nn.BatchNorm(in_channels=6), gluon.nn.Dense(3, in_units=6))
    net.initialize()
    rng = np.random.default_rng(0)
    for p in net.collect_params().values():
        if p.grad_req != "null":
            p.set_data(nd.array(rng.normal(size=p.shape)))
    net.hybridize()
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    if hybrid_loss:
        loss_of.hybridize()
    schedule = lr_scheduler.FactorScheduler(2, 0.5, base_lr=0.1)
    trainer = gluon.Trainer(net.collect_params(), optimizer, {"lr_scheduler": schedule})
    losses = []
    for _ in range(steps):
        with autograd.record():
            loss = loss_of(net(nd.array(X)), nd.array(Y))
        loss.backward()
        trainer.step(8)
        losses.append(loss.asnumpy())
    return [*losses, *[p.data().asnumpy() for p in net.collect_params().values()], schedule.base_lr,
            trainer.optimizer.num_update]


@needs_jax
@pytest.mark.parametrize(("factor", "kept"), [(0.0, "xla"), (1e9, "numpy")])
def test_the_faster_is_kept_and_trials_leave_no_trace(factor, kept, monkeypatch):
    expected = train("numpy")
    trial = gluon_choice.Watch._trial
    monkeypatch.setattr(gluon_choice.Watch, "_trial", lambda *a: trial(*a) * factor)
    found = train("auto")
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-6)
    assert choice.decisions[-1].startswith(f"{kept}: a step of Gluon's took ")
    assert mx.cpu().engine.name == kept
    assert f"auto ({kept}: a step of Gluon's took" in info()


@needs_jax
def test_random_numbers_stay_those_of_numpy():
    expected = train("numpy", gluon.nn.Dropout(0.5))
    for a, b in zip(train("auto", gluon.nn.Dropout(0.5)), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    assert choice.decisions[-1] == "numpy: a step of Gluon's draws random numbers"


@needs_jax
def test_operators_between_leave_it_on_numpy():
    expected = train("numpy", hybrid_loss=False)
    for a, b in zip(train("auto", hybrid_loss=False), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    assert choice.decisions[-1].endswith("more than hybridized Blocks and one backward from their outputs")


@needs_jax
def test_an_update_that_is_not_compiled_leaves_it_on_numpy():
    train("auto", optimizer="sgld")
    assert choice.decisions[-1].endswith("has an update that is not compiled")


def test_without_jax_numpy_is_kept(monkeypatch):
    from luojia._src.errors import DeviceError

    def absent(name):
        raise DeviceError("no jax")

    monkeypatch.setattr(gluon_choice, "keep_engine", absent)
    train("auto")
    assert choice.decisions[-1] == "numpy: jax is not installed, or too old"
