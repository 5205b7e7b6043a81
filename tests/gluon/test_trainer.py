"""Trainer: against numbers of mxnet 1.9.1, on one device and several, for the parameters of both doors."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd, ops
from luojia.gluon import nn

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mxnet"
TWO = [mx.cpu(0), mx.cpu(1)]


def make(ctx=None, optimizer="sgd", options=None, **kwargs):
    net = nn.Dense(1, in_units=2)
    net.initialize(ctx=ctx, init=mx.init.One())
    return net, gluon.Trainer(net.collect_params(), optimizer, options or {"learning_rate": 0.1}, **kwargs)


ONE = [mx.cpu(0)]


def backward(net, contexts=ONE):
    with autograd.record():
        losses = [net(nd.ones((2, 2), ctx=c) * (i + 1)).sum() for i, c in enumerate(contexts)]
    autograd.backward(losses)


def test_one_device():
    net, trainer = make()
    backward(net)
    trainer.step(2)
    np.testing.assert_allclose(net.weight.data().asnumpy(), [[0.9, 0.9]], rtol=1e-6)
    assert trainer._kvstore is None and trainer._update_on_kvstore is None
    assert trainer.learning_rate == 0.1 and isinstance(trainer.optimizer, mx.optimizer.SGD)
    trainer.set_learning_rate(0.2)
    assert trainer.learning_rate == 0.2


def test_stale_gradients():
    net, trainer = make()
    before = net.weight.data().asnumpy()
    with pytest.raises(UserWarning, match="Gradient of Parameter `.*_bias` on context cpu\\(0\\) has not been updated "
                                          "by backward since last `step`"):
        trainer.step(2)
    trainer.step(2, ignore_stale_grad=True)
    np.testing.assert_array_equal(net.weight.data().asnumpy(), before)
    backward(net)
    trainer.step(2)
    with pytest.raises(UserWarning, match="has not been updated by backward"):
        trainer.step(2)


def test_a_failed_step_changes_nothing():
    used, unused = nn.Dense(1, in_units=2, prefix="a_"), nn.Dense(1, in_units=2, prefix="b_")
    for block in (used, unused):
        block.initialize(mx.init.One())
    trainer = gluon.Trainer([*used.collect_params().values(), *unused.collect_params().values()], "sgd")
    backward(used)
    with pytest.raises(UserWarning, match="b_weight"):
        trainer.step(1)
    assert used.weight.data().asnumpy().tolist() == [[1, 1]] and trainer.optimizer.num_update == 0
    trainer.step(1, ignore_stale_grad=True)
    assert used.weight.data().asnumpy().tolist() != [[1, 1]] and unused.weight.data().asnumpy().tolist() == [[1, 1]]


def test_two_devices():
    net, trainer = make(TWO)
    backward(net, TWO)
    trainer.step(1)
    assert [g.asnumpy().tolist() for g in net.weight.list_grad()] == [[[2, 2]], [[4, 4]]]
    for w in net.weight.list_data():
        np.testing.assert_allclose(w.asnumpy(), [[0.4, 0.4]], rtol=1e-6)
    assert trainer._kvstore is not None and trainer._update_on_kvstore is True
    with pytest.raises(AssertionError, match="allreduce_grads\\(\\) when parameters are updated on kvstore"):
        trainer.allreduce_grads()
    with pytest.raises(AssertionError, match="update\\(\\) when parameters are updated on kvstore"):
        trainer.update(1)


def test_two_devices_by_hand():
    net, trainer = make(TWO, update_on_kvstore=False)
    backward(net, TWO)
    trainer.allreduce_grads()
    assert [g.asnumpy().tolist() for g in net.weight.list_grad()] == [[[6, 6]], [[6, 6]]]
    trainer.update(1)
    for w in net.weight.list_data():
        np.testing.assert_allclose(w.asnumpy(), [[0.4, 0.4]], rtol=1e-6)


@pytest.mark.parametrize("on_store", [True, False])
def test_momentum_keeps_two_devices_equal(on_store):
    net, trainer = make(TWO, "sgd", {"learning_rate": 0.1, "momentum": 0.9}, update_on_kvstore=on_store)
    alone, single = make(None, "sgd", {"learning_rate": 0.1, "momentum": 0.9})
    for _ in range(3):
        backward(net, TWO)
        trainer.step(4)
        with autograd.record():
            loss = alone(nd.ones((2, 2))).sum() + alone(nd.ones((2, 2)) * 2).sum()
        loss.backward()
        single.step(4)
    for w in net.weight.list_data():
        np.testing.assert_allclose(w.asnumpy(), alone.weight.data().asnumpy(), rtol=1e-6)


def test_decay_reaches_biases_and_multipliers_count():
    net, trainer = make(options={"learning_rate": 0.1, "wd": 0.5})
    net.bias.set_data(nd.ones((1,)))
    net.weight.lr_mult = 0.0
    with autograd.record():
        loss = (net(nd.ones((2, 2))) * 0).sum()
    loss.backward()
    trainer.step(1)
    np.testing.assert_allclose(net.bias.data().asnumpy(), [0.95], rtol=1e-6)
    assert net.weight.data().asnumpy().tolist() == [[1, 1]]


def test_added_gradients_stay():
    net, trainer = make()
    net.weight.grad_req = "add"
    backward(net)
    trainer.step(1)
    assert net.weight.grad().asnumpy().tolist() == [[2, 2]]


def test_frozen_parameters_rest():
    net, trainer = make()
    net.weight.grad_req = "null"
    backward(net)
    trainer.step(1)
    assert net.weight.data().asnumpy().tolist() == [[1, 1]] and net.bias.data().asnumpy().tolist() != [0]


def test_a_trainer_sees_what_becomes_of_its_parameters_between_steps():
    net, trainer = make()
    weights = []
    for change in (lambda: None, lambda: net.weight.set_data(nd.array([[5.0, 6.0]])),
                   lambda: setattr(net.weight, "grad_req", "null"), lambda: setattr(net.weight, "grad_req", "write"),
                   lambda: net.initialize(mx.init.One(), force_reinit=True), lambda: net.weight.data().attach_grad()):
        change()
        backward(net)
        trainer.step(2)
        weights.append(net.weight.data().asnumpy()[0].tolist())
    expected = [[0.9, 0.9], [4.9, 5.9], [4.9, 5.9], [4.8, 5.8], [0.9, 0.9], [0.8, 0.8]]
    np.testing.assert_allclose(weights, expected, rtol=1e-6)
    assert pickle.loads(pickle.dumps(trainer))._alone is None


def test_gradients_handed_in():
    net, trainer = make()
    weights = [net.weight, net.bias]
    x = nd.array([[1.0, 2.0], [3.0, 5.0]])
    grads = ops.GradOperation(get_by_list=True)(lambda x: net(x).sum(), weights)(x)
    trainer = gluon.Trainer(weights, "sgd", {"learning_rate": 0.1})
    trainer.step(2, grads=grads)
    np.testing.assert_allclose(net.weight.data().asnumpy(), [[0.8, 0.65]], rtol=1e-6)
    trainer.step(2, grads=[None, grads[1]])
    np.testing.assert_allclose(net.weight.data().asnumpy(), [[0.8, 0.65]], rtol=1e-6)
    before = net.weight.data().asnumpy()
    with pytest.raises(ValueError, match="expects grads for its 2 parameters .* got 3"):
        trainer.step(2, grads=[*grads, grads[0]])
    with pytest.raises(ValueError, match=r"expects a gradient of shape \(1,\) for Parameter '.*bias', got \(1, 2\)"):
        trainer.step(2, grads=[grads[0], grads[0]])
    np.testing.assert_array_equal(net.weight.data().asnumpy(), before)


def test_gradients_handed_in_on_two_devices():
    net, trainer = make(TWO)
    trainer.step(1, grads=[nd.array([0.0]), nd.array([[1.0, 2.0]])])
    for w in net.weight.list_data():
        np.testing.assert_allclose(w.asnumpy(), [[0.9, 0.8]], rtol=1e-6)


def test_parameters_of_the_other_door():
    w = mx.Parameter(mx.Tensor(np.array([2.0], np.float32)), name="w")
    trainer = gluon.Trainer([w], "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = w * 3.0
    loss.backward()
    trainer.step(1)
    np.testing.assert_allclose(w.asnumpy(), [1.7], rtol=1e-6)


def test_a_recorded_value_is_not_overwritten():
    net, trainer = make(options={"learning_rate": 0.1, "momentum": 0.9})
    backward(net)
    with autograd.record():
        loss = (net.weight.data() ** 2).sum()
    trainer.step(1)
    loss.backward()
    assert net.weight.grad().asnumpy().tolist() == [[2, 2]]


def test_arguments():
    net, trainer = make()
    params = net.collect_params()
    for wrong, text in ((3, "got <class 'int'>"), ([3], "got list of <class 'int'>"), (net, "got <class .*Dense'>"),
                        ({"a": 3}, "got list of")):
        with pytest.raises(ValueError, match="First argument must be a list or dict of Parameters, " + text):
            gluon.Trainer(wrong, "sgd")
    with pytest.raises(ValueError, match="Cannot find optimizer foo"):
        gluon.Trainer(params, "foo")
    with pytest.raises(AssertionError, match="optimizer_params must be None if optimizer is an instance"):
        gluon.Trainer(params, mx.optimizer.SGD(), {"learning_rate": 0.1})
    with pytest.raises(TypeError, match="foo"):
        gluon.Trainer(params, "sgd", {"foo": 3})
    with pytest.raises(NotImplementedError, match="the type must be '2bit'"):
        gluon.Trainer(params, "sgd", compression_params={"type": "3bit"})
    with pytest.raises(NotImplementedError, match="sums over processes are not compressed"):
        gluon.Trainer(params, "sgd", kvstore="dist_device_sync", compression_params={"type": "2bit"})
    with pytest.raises(ZeroDivisionError):
        trainer.step(0)
    lazy = nn.Dense(1)
    lazy.initialize()
    with pytest.raises(gluon.parameter.DeferredInitializationError, match="deferred"):
        gluon.Trainer(lazy.collect_params(), "sgd").step(1)
    with pytest.raises(RuntimeError, match="has not been initialized"):
        gluon.Trainer(nn.Dense(1).collect_params(), "sgd").step(1)
    apart = nn.Dense(1, in_units=2)
    apart.weight.initialize(ctx=mx.cpu(0))
    apart.bias.initialize(ctx=mx.cpu(1))
    with pytest.raises(AssertionError, match="must be initialized on the same set of contexts"):
        gluon.Trainer(apart.collect_params(), "sgd").step(1)
    twice, trainer = make(TWO, kvstore=None, update_on_kvstore=True)
    with pytest.raises(ValueError, match="update_on_kvstore=True needs a kvstore"):
        trainer.step(1)


def test_schedules(capsys):
    schedule = mx.lr_scheduler.FactorScheduler(1, 0.5)
    net, trainer = make(options={"lr_scheduler": schedule, "learning_rate": 1.0})
    assert "learning rate from ``lr_scheduler`` has been overwritten" in capsys.readouterr().out
    rates = []
    for _ in range(3):
        backward(net)
        trainer.step(1)
        rates.append(trainer.learning_rate)
    assert rates == [1.0, 0.5, 0.25]
    with pytest.raises(UserWarning, match="LRScheduler of the optimizer has already been defined"):
        trainer.set_learning_rate(0.1)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_states(tmp_path, optimizer):
    options = {"learning_rate": 0.1, **({"momentum": 0.9} if optimizer == "sgd" else {})}
    net, trainer = make(optimizer=optimizer, options=options)
    backward(net)
    trainer.step(1)
    path = str(tmp_path / "states")
    trainer.save_states(path)
    other, second = make(optimizer=optimizer, options={"learning_rate": 0.7})
    second.load_states(path)
    assert second.learning_rate == 0.1 and second.optimizer.num_update == 1
    for name, value in net._collect_params_with_prefix().items():
        other._collect_params_with_prefix()[name].set_data(value.data())
    for block, used in ((net, trainer), (other, second)):
        backward(block)
        used.step(1)
    np.testing.assert_array_equal(other.weight.data().asnumpy(), net.weight.data().asnumpy())
    with pytest.raises(FileNotFoundError):
        trainer.load_states(str(tmp_path / "none"))


def test_states_with_a_schedule(tmp_path):
    path = str(tmp_path / "states")
    net, trainer = make(options={"lr_scheduler": mx.lr_scheduler.FactorScheduler(1, 0.5, base_lr=1.0)})
    for _ in range(2):
        backward(net)
        trainer.step(1)
    trainer.save_states(path)
    _, second = make()
    second.load_states(path)
    assert isinstance(second.optimizer.lr_scheduler, mx.lr_scheduler.FactorScheduler)
    assert second.learning_rate == trainer.learning_rate == 0.5


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_states_that_mxnet_wrote(name):
    net = nn.Dense(2, in_units=3, prefix="fc_")
    net.initialize(mx.init.One())
    trainer = gluon.Trainer(net.collect_params(), name, {"learning_rate": 0.5})
    trainer.load_states(str(FIXTURES / f"trainer_{name}.states"))
    assert trainer.learning_rate == 0.1 and trainer.optimizer.num_update == 1
    state = trainer._updaters[0].states[1]
    if name == "sgd":
        assert trainer.optimizer.momentum == 0.9
        np.testing.assert_allclose(state.asnumpy(), np.full((2, 3), -0.1), rtol=1e-6)
    else:
        np.testing.assert_allclose(state[0].asnumpy(), np.full((2, 3), 0.1), rtol=1e-6)
    with autograd.record():
        loss = net(nd.ones((1, 3))).sum()
    loss.backward()
    trainer.step(1)
    if name == "sgd":
        np.testing.assert_allclose(net.weight.data().asnumpy(), np.full((2, 3), 1 - 0.19), rtol=1e-6)


@pytest.mark.parametrize("way", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies(way):
    net, trainer = make(optimizer="adam", options={"learning_rate": 0.1})
    backward(net)
    trainer.step(1)
    other = way(trainer)
    bias, weight = other._params
    with autograd.record():
        loss = (weight.data() * 2).sum() + bias.data().sum()
    loss.backward()
    other.step(1)
    backward(net)
    trainer.step(1)
    assert other.optimizer.num_update == trainer.optimizer.num_update == 2
    np.testing.assert_allclose(weight.data().asnumpy(), net.weight.data().asnumpy(), rtol=1e-5)


def test_rescale_grad_of_the_optimizer_counts():
    """mxnet 1.9.1's Trainer divides the optimizer's own rescale_grad by the batch size."""
    p = gluon.Parameter("w", shape=(2,))
    p.initialize(mx.init.One())
    trainer = gluon.Trainer([p], "sgd", {"learning_rate": 0.1, "rescale_grad": 2.0})
    with autograd.record():
        loss = (p.data() * 3).sum()
    loss.backward()
    trainer.step(4)
    assert p.data().asnumpy().tolist() == pytest.approx([0.85, 0.85])


@pytest.mark.parametrize("on_store", [True, False])
def test_compressed_gradients(on_store):
    # mxnet 1.9.1's numbers
    p = gluon.Parameter("w", shape=(3,), init="ones")
    p.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    trainer = gluon.Trainer([p], "sgd", {"learning_rate": 0.1}, compression_params={"type": "2bit", "threshold": 0.5},
                            update_on_kvstore=on_store)
    found = []
    for _ in range(4):
        with autograd.record():
            losses = [(d * nd.array([0.3, -0.2, 2.0], ctx=d.context)).sum() * (k + 1)
                      for k, d in enumerate(p.list_data())]
        for loss in losses:
            loss.backward()
        trainer.step(1)
        found.append(p.data(mx.cpu(0)).asnumpy())
    np.testing.assert_allclose(found, [[0.95, 1, 0.9], [0.85, 1.05, 0.8], [0.8, 1.15, 0.7], [0.7, 1.2, 0.6]], atol=1e-6)


def test_parameters_on_different_devices_are_refused():
    one, other = gluon.Parameter("a", shape=(1,)), gluon.Parameter("b", shape=(1,))
    one.initialize()
    other.initialize(ctx=mx.cpu(1))
    with pytest.raises(AssertionError, match=r"Parameter b is initialized on \[cpu\(1\)\] while previous"):
        gluon.Trainer([one, other], "sgd")


@pytest.mark.parametrize("hybrid", [False, True])
def test_parameters_behind_stopped_gradients_are_not_stale(hybrid):
    """Their gradient is zero, and weight decay goes on."""

    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.a = gluon.nn.Dense(3, in_units=2)
            self.b = gluon.nn.Dense(1, in_units=3)

        def hybrid_forward(self, F, x):
            return self.b(F.BlockGrad(self.a(x)))

    net = Net()
    net.initialize(mx.init.One())
    if hybrid:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5, "wd": 0.5})
    for _ in range(2):
        with autograd.record():
            loss = net(nd.ones((1, 2))).sum()
        loss.backward()
        trainer.step(1)
    np.testing.assert_allclose(net.a.weight.data().asnumpy(), np.full((3, 2), 0.5625))


def test_parameters_without_initialization_are_refused():
    with pytest.raises(RuntimeError, match="has not been initialized"):
        gluon.Trainer(nn.Dense(1).collect_params(), "sgd")
    net = nn.Dense(1)
    net.initialize()
    assert gluon.Trainer(net.collect_params(), "sgd").learning_rate == 0.01


def test_the_first_step_gives_all_devices_the_first_ones_statistics():
    devices = [mx.cpu(0), mx.cpu(1)]
    net = gluon.nn.BatchNorm()
    net.initialize(ctx=devices)
    x = nd.array([[1.0, 2.0], [3.0, 6.0], [5.0, 5.0], [7.0, 9.0]])
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    found = []
    for _ in range(2):
        with autograd.record():
            parts = [net(part) for part in gluon.utils.split_and_load(x, devices)]
        autograd.backward(parts)
        trainer.step(4)
        found.append([mean.asnumpy().tolist() for mean in net.running_mean.list_data()])
    np.testing.assert_allclose(found, [[[0.2, 0.4], [0.2, 0.4]], [[0.38, 0.76], [0.78, 1.06]]], rtol=1e-5)


def test_a_schedule_may_be_any_function():
    weight = gluon.Parameter("w", shape=(1,))
    weight.initialize()
    trainer = gluon.Trainer([weight], "sgd", {"lr_scheduler": lambda n: 0.5 / (n + 1)})
    assert trainer.learning_rate == 0.5
    assert trainer.optimizer.lr is None
