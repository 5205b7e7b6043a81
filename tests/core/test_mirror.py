"""MXNET_BACKWARD_DO_MIRROR=1: graphs in parts that backward computes again, equal to plain ones."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia._src.core.graph import CachedGraph
from luojia._src.core.mirror import MirroredGraph, cached_graph
from tests.core.test_recompute import held


@pytest.fixture(params=["0", "1"])
def mirror(request, monkeypatch):
    monkeypatch.setenv("MXNET_BACKWARD_DO_MIRROR", request.param)
    return request.param == "1"


def network():
    mx.random.seed(1)
    net = gluon.nn.HybridSequential()
    for _ in range(4):
        net.add(gluon.nn.Dense(8, activation="tanh", in_units=8), gluon.nn.BatchNorm(in_channels=8),
                gluon.nn.Dropout(0.3), gluon.nn.Activation("softrelu"))
    net.initialize(mx.init.Xavier())
    return net


def results():
    net = network()
    net.hybridize()
    x = nd.array(np.random.default_rng(0).standard_normal((64, 8)))
    x.attach_grad()
    mx.random.seed(2)
    with autograd.record():
        y = net(x)
        loss = (y * y).sum()
    count = held(loss)
    loss.backward()
    found = [y, x.grad, nd.random.uniform(shape=(2,))]
    for p in net.collect_params().values():
        found += [p.data()] + ([p.grad()] if p.grad_req != "null" else [])
    return [a.asnumpy() for a in found], count


def test_a_hybridized_block_is_the_same_with_less_on_the_tape(monkeypatch, assert_close):
    expected, plain = results()
    monkeypatch.setenv("MXNET_BACKWARD_DO_MIRROR", "1")
    got, count = results()
    for a, b in zip(got, expected):
        assert_close(a, b)
    assert count < 0.8 * plain


def test_an_executor_is_the_same(mirror, rng, assert_close):
    data = mx.sym.var("data")
    out = data
    for i in range(5):
        out = mx.sym.Activation(mx.sym.FullyConnected(out, num_hidden=4, name=f"fc{i}"), act_type="tanh")
    out = mx.sym.Group([mx.sym.sum(out), mx.sym.exp(data)])
    args = {n: nd.array(rng.standard_normal(s)) for n, s in zip(out.list_arguments(), out.infer_shape(data=(3, 4))[0])}
    grads = {n: nd.zeros(a.shape) for n, a in args.items()}
    executor = out.bind(mx.cpu(), args, grads)
    assert isinstance(executor._graph, MirroredGraph) == mirror
    executor.forward(is_train=True)
    executor.backward([nd.ones(o.shape) for o in executor.outputs])
    x = args["data"].copy()
    x.attach_grad()
    with autograd.record():
        h = x
        for i in range(5):
            h = nd.tanh(nd.FullyConnected(h, args[f"fc{i}_weight"], args[f"fc{i}_bias"], num_hidden=4))
        y = h.sum() + nd.exp(x).sum()
    y.backward()
    assert_close(grads["data"].asnumpy(), x.grad.asnumpy())


def test_parts_have_about_the_root_of_all_steps(monkeypatch):
    out = mx.sym.var("x")
    for _ in range(10):
        out = mx.sym.exp(out * 0.1)
    monkeypatch.setenv("MXNET_BACKWARD_DO_MIRROR", "1")
    graph = cached_graph(out)
    assert [len(steps) for steps, _, _ in graph.parts] == [4] * 5
    assert all(len(outs) == 1 for _, _, outs in graph.parts)
    x = nd.array([0.5])
    x.attach_grad()
    with autograd.record():
        y = graph(x)[0]
        first = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
    first.backward()
    plain = nd.array([0.5])
    plain.attach_grad()
    with autograd.record():
        z = CachedGraph(out)(plain)[0]
        expected = autograd.grad(z, plain, create_graph=True, retain_graph=True)[0]
    expected.backward()
    np.testing.assert_allclose(first.asnumpy(), expected.asnumpy(), rtol=1e-6)
    np.testing.assert_allclose(x.grad.asnumpy(), plain.grad.asnumpy(), rtol=1e-5)
