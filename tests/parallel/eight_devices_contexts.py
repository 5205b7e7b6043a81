"""Gluon's lists of contexts: run by test_mesh.py in a process with eight CPU devices, on the XLA engine."""

import numpy as np
import pytest

import luojia as lj
from luojia import autograd, gluon, nd
from luojia.gluon import nn as gnn

X = np.random.RandomState(0).randn(16, 1, 6, 6).astype(np.float32)
Y = np.random.RandomState(1).randint(0, 4, 16).astype(np.int32)
CONTEXTS = [lj.cpu(i) for i in range(8)]


def devices_of(t):
    return {d.id for d in t._value.devices()}


def test_split_and_load_puts_a_part_on_each_device():
    for data in (X, nd.array(X)):
        parts = gluon.utils.split_and_load(data, CONTEXTS)
        assert [devices_of(p) for p in parts] == [{i} for i in range(8)]
        assert [p.ctx for p in parts] == CONTEXTS
        np.testing.assert_array_equal(np.concatenate([p.asnumpy() for p in parts]), X)
    with pytest.raises(ValueError, match="data with shape .* cannot be evenly split into 8 slices along axis 0"):
        gluon.utils.split_and_load(X[:12], CONTEXTS)


@pytest.mark.parametrize("optimizer, kvstore, on_store, hybrid", [
    ("sgd", "device", None, True), ("adam", "local", False, False), ("sgd", None, None, True)])
def test_training_on_several_contexts(optimizer, kvstore, on_store, hybrid):
    def run(contexts):
        lj.random.seed(4)
        net = gnn.HybridSequential()
        net.add(gnn.Dense(8, activation="tanh", in_units=36), gnn.Dense(4, in_units=8))
        net.initialize(ctx=lj.cpu(0))
        net.collect_params().reset_ctx(contexts)
        if hybrid:
            net.hybridize()
        loss = gluon.loss.SoftmaxCrossEntropyLoss()
        trainer = gluon.Trainer(net.collect_params(), optimizer, {"learning_rate": 0.05}, kvstore=kvstore,
                                update_on_kvstore=on_store)
        for _ in range(2):
            pairs = zip(gluon.utils.split_and_load(X.reshape(16, 36), contexts),
                        gluon.utils.split_and_load(Y, contexts))
            with autograd.record():
                losses = [loss(net(x), y) for x, y in pairs]
            for found in losses:
                found.backward()
            trainer.step(16)
        return net

    one, four = run([lj.cpu(0)]), run(CONTEXTS[:4])
    for p, q in zip(one.collect_params().values(), four.collect_params().values()):
        copies = q.list_data()
        assert [devices_of(c) for c in copies] == [{i} for i in range(4)]
        for c in copies:
            np.testing.assert_allclose(c.asnumpy(), p.data().asnumpy(), rtol=1e-5, atol=1e-7)


def test_arrays_of_two_cpus_meet_on_the_first():
    a, b = nd.ones((2,), ctx=lj.cpu(0)), nd.ones((2,), ctx=lj.cpu(1)) * 3
    b.attach_grad()
    with lj.autograd.record():
        c = a + b * b
        d = (b * b + a).sum()
    assert (devices_of(c), devices_of(d)) == ({0}, {1})
    np.testing.assert_array_equal(c.asnumpy(), [10, 10])
    d.backward()
    np.testing.assert_array_equal(b.grad.asnumpy(), [6, 6])


def test_a_kvstore_sums_over_devices():
    kv = lj.kv.create("device")
    kv.init("w", nd.zeros((2,)))
    kv.push("w", [nd.ones((2,), ctx=c) * (i + 1) for i, c in enumerate(CONTEXTS)])
    outs = [nd.zeros((2,), ctx=c) for c in CONTEXTS]
    kv.pull("w", out=outs)
    for i, o in enumerate(outs):
        assert devices_of(o) == {i}
        np.testing.assert_array_equal(o.asnumpy(), [36, 36])
