"""After a failed call parameters, gradients, states and files are as before."""

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

import luojia
import luojia as mx
from luojia import autograd, gluon, nd


@pytest.fixture
def net():
    made = gluon.nn.Sequential()
    made.add(gluon.nn.Dense(3, in_units=2), gluon.nn.Dense(1, in_units=3))
    made.initialize(mx.init.Uniform(1.0))
    return made


def contents(net):
    return {k: p.data().asnumpy().copy() for k, p in net.collect_params().items()}


def same(before, after):
    assert before.keys() == after.keys()
    for k in before:
        np.testing.assert_array_equal(before[k], after[k])


@pytest.mark.parametrize(("change", "options", "error", "text"), [
    (lambda d: d.pop("1.bias"), {}, AssertionError, "Parameter '1.bias' is missing in file"),
    (lambda d: d.update({"2.weight": nd.ones(1)}), {}, ValueError, "Parameter '2.weight' loaded from file"),
    (lambda d: d.update({"1.weight": nd.ones((1, 4))}), {}, AssertionError, "shape incompatible"),
    (lambda d: d.update({"1.weight": nd.ones((1, 4))}), {"allow_missing": True, "ignore_extra": True}, AssertionError,
     "shape incompatible"),
])
def test_load_parameters(net, tmp_path, change, options, error, text):
    saved = {k: nd.zeros(p.shape) for k, p in net._collect_params_with_prefix().items()}
    change(saved)
    nd.save(str(tmp_path / "f"), saved)
    before = contents(net)
    with pytest.raises(error, match=text):
        net.load_parameters(str(tmp_path / "f"), **options)
    same(before, contents(net))


@pytest.mark.parametrize("cut", [5, 30, 70, -1])
def test_load_parameters_of_a_truncated_file(net, tmp_path, cut):
    whole = tmp_path / "whole"
    net.save_parameters(str(whole))
    (tmp_path / "cut").write_bytes(whole.read_bytes()[:cut])
    before = contents(net)
    with pytest.raises(mx.MXNetError, match="truncated"):
        net.load_parameters(str(tmp_path / "cut"))
    same(before, contents(net))
    with pytest.raises(mx.MXNetError, match="truncated"):
        nd.load(str(tmp_path / "cut"))


def test_set_data(net):
    p = net[0].weight
    before, array, grad = contents(net), p.data(), p.grad()
    with pytest.raises(AssertionError, match="shape"):
        p.set_data(nd.ones((3, 3)))
    same(before, contents(net))
    assert p.data() is array and p.grad() is grad and p.shape == (3, 2)
    p.set_data(nd.ones((3, 2)))
    assert p.data() is array and (array.asnumpy() == 1).all()


def test_a_step_with_a_stale_gradient(net):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
    with autograd.record():
        loss = net[0](nd.ones((1, 2))).sum()  # the second layer is left out
    loss.backward()
    before = contents(net)
    grads = {k: p.grad().asnumpy().copy() for k, p in net.collect_params().items()}
    with pytest.raises(UserWarning, match="has not been updated by backward since last"):
        trainer.step(1)
    same(before, contents(net))
    same(grads, {k: p.grad().asnumpy() for k, p in net.collect_params().items()})
    trainer.step(1, ignore_stale_grad=True)
    after = contents(net)
    changed = [k for k in before if (before[k] != after[k]).any()]
    assert changed == list(before)[:2]


def test_a_step_before_initialization():
    block = gluon.nn.Dense(2)
    block.initialize()
    trainer = gluon.Trainer(block.collect_params(), "sgd")
    with pytest.raises(gluon.parameter.DeferredInitializationError, match="has not been initialized yet"):
        trainer.step(1)
    block(nd.ones((1, 3)))
    assert block.weight.shape == (2, 3)


class Explodes(mx.optimizer.SGD):
    """An optimizer that fails at its second parameter."""

    def update(self, index, weight, grad, state):
        raise ValueError("no step today")

    update_multi_precision = update


def test_a_step_whose_optimizer_fails(net):
    trainer = gluon.Trainer(net.collect_params(), Explodes(learning_rate=0.1))
    with autograd.record():
        loss = net(nd.ones((1, 2))).sum()
    loss.backward()
    before = contents(net)
    with pytest.raises(ValueError, match="no step today"):
        trainer.step(1)
    same(before, contents(net))


@pytest.mark.parametrize("data", [3, [nd.ones((1,)), 3], {1: nd.ones((1,))}, {"a": "b"}])
def test_save(tmp_path, data):
    name = tmp_path / "f"
    nd.save(str(name), [nd.ones((2,))])
    before = name.read_bytes()
    with pytest.raises((TypeError, ValueError)):
        nd.save(str(name), data)
    assert name.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["f"]


def test_save_of_a_dtype_that_files_lack(tmp_path):
    name = tmp_path / "f"
    nd.save(str(name), nd.ones((2,)))
    before = name.read_bytes()
    with pytest.raises(TypeError, match="uint16"):
        nd.save(str(name), {"good": nd.ones((3,)), "bad": nd.array([1], dtype="uint16")})
    assert name.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["f"]


def test_load_states_of_garbage(net, tmp_path):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
    with autograd.record():
        loss = net(nd.ones((1, 2))).sum()
    loss.backward()
    trainer.step(1)
    name = str(tmp_path / "states")
    trainer.save_states(name)
    good = Path(name).read_bytes()
    Path(name).write_bytes(good[: len(good) // 2])
    before = trainer._updaters[0].get_states()
    with pytest.raises(mx.MXNetError):
        trainer.load_states(name)
    assert trainer._updaters[0].get_states() == before


def test_executor_forward():
    x = mx.sym.var("x")
    executor = (x * 2).bind(mx.cpu(), {"x": nd.ones((2,))}, {"x": nd.zeros((2,))})
    executor.forward(is_train=True)
    with pytest.raises(ValueError, match="Shape not match"):
        executor.forward(x=nd.ones((3,)))
    with pytest.raises(TypeError, match="Unknown argument"):
        executor.forward(x=nd.zeros((2,)), y=nd.ones((1,)))
    assert executor.arg_dict["x"].asnumpy().tolist() == [1, 1]
    executor.backward(nd.ones((2,)))
    assert executor.grad_dict["x"].asnumpy().tolist() == [2, 2]


def test_backward():
    x = nd.ones((2,))
    x.attach_grad()
    with autograd.record():
        y = x * 3
    y.backward()
    with pytest.raises(mx.MXNetError, match="Cannot differentiate node"):
        y.backward()
    with pytest.raises(mx.MXNetError, match="head gradient"):
        with autograd.record():
            y = x * 5
        y.backward(nd.ones((3,)))
    assert x.grad.asnumpy().tolist() == [3, 3]


X = luojia.Tensor(np.ones((2, 3), np.float32))


@pytest.mark.numpy_engine  # JAX keeps the tracebacks of its errors
@pytest.mark.parametrize("call", [
    lambda: luojia.ops.matmul(X, X), lambda: luojia.ops.concat((X, X[0]), 0), lambda: luojia.ops.softmax(X, axis=9),
    lambda: luojia.ops.logdet(X), lambda: luojia.ops.Conv2D(3, 3)(X, X), lambda: nd.dot(nd.ones((1, 5)), nd.ones(3)),
    lambda: luojia.grad(lambda x: luojia.ops.matmul(x, x).sum())(X),
    lambda: mx.np.dot(mx.np.ones((2, 3)), mx.np.ones(2)),
])
def test_errors_keep_nothing_alive(call):
    alive = []

    def failing():
        local = np.ones(3)
        alive.append(weakref.ref(local))
        call()

    gc.collect()
    gc.disable()
    try:
        with pytest.raises(ValueError):
            failing()
        assert alive[0]() is None
    finally:
        gc.enable()
