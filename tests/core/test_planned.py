"""Graphs as straight-line programs against the operators one by one."""

import copy
import threading
import tracemalloc

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd, sym
from luojia._src.core import planned
from luojia._src.core.graph import CachedGraph
from luojia._src.core.tensor import wrap
from luojia.gluon import nn

pytestmark = pytest.mark.numpy_engine

F = np.float32
x, w, b, y = [sym.var(name) for name in "xwby"]
dense = sym.FullyConnected(x, w, b, num_hidden=4)
GRAPHS = {  # a graph, and the shapes of its inputs
    "dense and relu": (sym.Activation(dense, act_type="relu"), {"x": (3, 5), "w": (4, 5), "b": (4,)}),
    "dense without bias": (sym.FullyConnected(x, w, no_bias=True, num_hidden=4), {"x": (3, 2, 5), "w": (4, 10)}),
    "an input twice": (x * x + x, {"x": (3, 1, 2)}),
    "broadcast": (sym.broadcast_add(sym.exp(x), y) * 2.0 - x, {"x": (3, 5), "y": (1, 5)}),
    "numbers": (2.0 / (1 + sym.square(x)), {"x": (7,)}),
    "views": (sym.transpose(sym.reshape(sym.relu(x), shape=(0, -1))) * 3, {"x": (2, 3, 2)}),
    "to a number": (sym.sum(sym.tanh(x)) * sym.mean(y), {"x": (2, 3), "y": (4,)}),
    "softmax": (sym.log_softmax(dense) * y, {"x": (3, 5), "w": (4, 5), "b": (4,), "y": (3, 4)}),
    "convolution": (sym.Pooling(sym.relu(sym.Convolution(x, w, b, kernel=(3, 3), num_filter=4)), kernel=(2, 2),
                                stride=(2, 2), pool_type="max"), {"x": (2, 3, 9, 7), "w": (4, 3, 3, 3), "b": (4,)}),
    "norm": (sym.LayerNorm(x, w, b), {"x": (3, 5), "w": (5,), "b": (5,)}),
    "by autograd": (sym.gamma(sym.abs(x) + 1.0) * x, {"x": (3, 2)}),
    "not differentiable inside": (sym.broadcast_mul(x, sym.sign(x)) + x, {"x": (3, 2)}),
    "a view read later": (sym.broadcast_add(sym.transpose(dense), sym.transpose(sym.relu(dense))),
                          {"x": (4, 5), "w": (4, 5), "b": (4,)}),
    "two outputs": (sym.Group([sym.relu(x - y), sym.exp(sym.relu(x - y)) * y]), {"x": (3, 2), "y": (3, 2)}),
}
every_graph = pytest.mark.parametrize("graph, shapes", GRAPHS.values(), ids=GRAPHS)


def arrays(plan, shapes, dtype="float32", seed=29):
    rng = np.random.default_rng(seed)
    return [nd.array(rng.standard_normal(shapes[name]).astype(dtype), dtype=dtype) for name in plan.inputs]


def plain(graph):
    plan = CachedGraph(graph)
    plan._programs.possible = False
    return plan


def programmed(graph, *inputs, recording=True):
    """The graph, called with such inputs until it has a program for them."""
    plan = CachedGraph(graph)
    with autograd.record() if recording else autograd.pause():
        plan(*inputs)
        assert not plan._programs.made
        plan(*inputs)
    assert len(plan._programs.made) == 1
    return plan


def differentiated(plan, inputs, order=1):
    """The outputs and the gradients, of their sum or of what the first gradients make up."""
    with autograd.record():
        outs = plan(*inputs)
        total = sum((o * (o + 0.7)).sum() for o in outs)
        if order == 2:
            gs = autograd.grad(total, inputs, create_graph=True, retain_graph=True)
            total = sum((g * g).sum() for g in gs) + total
    total.backward()
    return [t.asnumpy() for t in (*outs, *[i.grad for i in inputs])]


@every_graph
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_outputs_and_gradients_equal_the_operators(graph, shapes, dtype, assert_close):
    inputs = arrays(plain(graph), shapes, dtype)
    expected = [t.asnumpy() for t in plain(graph)(*inputs)]
    for got, e in zip(programmed(graph, *inputs, recording=False)(*inputs), expected):
        assert_close(got.asnumpy(), e)
    for t in inputs:
        t.attach_grad()
    plan = programmed(graph, *inputs)
    with autograd.record():
        assert "program" in names(plan(*inputs))
    for got, e in zip(differentiated(plan, inputs), differentiated(plain(graph), inputs)):
        assert got.dtype == e.dtype
        assert_close(got, e)


@every_graph
def test_second_derivatives_equal_the_operators(graph, shapes, assert_close):
    inputs = arrays(plain(graph), shapes, "float64")
    for t in inputs:
        t.attach_grad()
    found = differentiated(programmed(graph, *inputs), inputs, 2)
    for got, e in zip(found, differentiated(plain(graph), inputs, 2)):
        assert_close(got, e)


def names(outs):
    """The operators on the tape behind arrays."""
    found, stack = set(), [t._node for t in outs]
    while stack:
        node = stack.pop()
        if getattr(node, "op", None) is not None:
            found.add(node.op.name)
            stack += [p for p in node.parents if p is not None]
    return found


def network(hybrid=True):
    mx.random.seed(3)
    net = nn.HybridSequential()
    net.add(nn.Dense(6, activation="relu", in_units=5), nn.Dense(4, activation="tanh", in_units=6),
            nn.Dense(3, in_units=4))
    net.initialize(mx.init.Xavier())
    if hybrid:
        net.hybridize(static_alloc=True, static_shape=True)
    return net


def ready(*inputs):
    net = network()
    for _ in range(2):
        with autograd.record():
            net(*inputs)
    return net


@pytest.fixture
def data():
    return nd.array(np.random.default_rng(31).standard_normal((7, 5)))


def gradients(net):
    return {k: p.grad().asnumpy() for k, p in net._collect_params_with_prefix().items()}


def same(a, b):
    assert a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


def test_training_is_that_of_the_plain_network(data):
    losses = []
    for net in (network(), network(False)):
        trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.05})
        loss = gluon.loss.SoftmaxCrossEntropyLoss()
        labels, found = nd.array([0, 1, 2, 0, 1, 2, 0]), []
        for _ in range(5):
            with autograd.record():
                value = loss(net(data), labels)
            value.backward()
            trainer.step(7)
            found.append(value.asnumpy())
        losses.append(found)
    assert np.array_equal(losses[0], losses[1]) and losses[0][4].mean() < losses[0][0].mean()


def test_a_block_is_one_node_on_the_tape(data):
    net = ready(data)
    with autograd.record():
        assert names([net(data)]) == {"program"}


def test_outputs_kept_by_the_user_stay(data):
    net = ready(data)
    with autograd.record():
        first = net(data)
    kept = first.asnumpy()
    for _ in range(3):
        with autograd.record():
            net(data + 1).backward()
    assert np.array_equal(first.asnumpy(), kept)


def test_two_calls_before_their_backwards_do_not_mix(data):
    net = ready(data)
    with autograd.record():
        a, b_ = net(data), net(data * -2)
    b_.backward()
    other = gradients(net)
    a.backward()
    first = gradients(net)
    eager = network(False)
    for given, found in ((data, first), (data * -2, other)):
        with autograd.record():
            out = eager(given)
        out.backward()
        same(gradients(eager), found)


def test_retained_graphs_give_the_same_again_and_freed_ones_raise(data):
    net = ready(data)
    with autograd.record():
        out = net(data)
    out.backward(retain_graph=True)
    first = gradients(net)
    out.backward()
    same(gradients(net), first)
    with pytest.raises(mx.MXNetError, match="not in a computational graph"):
        out.backward()


def test_a_backward_frees_what_it_has_read():
    """The peak of a backward through ten layers to a wide first one, by when what they saved is free."""
    out, weights = x, [sym.var(f"w{i}") for i in range(11)]
    for i, w_ in enumerate(weights):
        out = sym.tanh(sym.FullyConnected(out, w_, no_bias=True, num_hidden=20 if i else 200))
    inputs = [nd.ones((20000, 5)), *[nd.ones(s) for s in ((200, 5), (20, 200), *[(20, 20)] * 9)]]
    for t in inputs[1:]:
        t.attach_grad()
    peaks = []
    for plan in (plain(out), programmed(out, *inputs)):
        tracemalloc.start()
        with autograd.record():
            head = plan(*inputs)[0]
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        head.backward(nd.ones((20000, 20)))
        peaks.append((tracemalloc.get_traced_memory()[1] - held) / held)
        assert tracemalloc.get_traced_memory()[0] < held / 4
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 0.02


def test_gradients_add_up_where_asked(data):
    net = ready(data)
    with autograd.record():
        net(data).backward()
    once = gradients(net)
    net.collect_params().setattr("grad_req", "add")
    for p in net.collect_params().values():
        p.zero_grad()
    for _ in range(2):
        with autograd.record():
            out = net(data)
        out.backward()
    same(gradients(net), {k: 2 * g for k, g in once.items()})


def test_parameters_may_change_between_calls(data, assert_close):
    net, eager = ready(data), network(False)
    for n in (net, eager):
        n[0].weight.set_data(nd.ones((6, 5)))
        n[2].bias.set_data(nd.array([1.0, 2.0, 3.0]))
    with autograd.record():
        out = net(data)
    assert names([out]) == {"program"}
    assert_close(out.asnumpy(), eager(data).asnumpy())


def test_a_frozen_parameter_makes_another_program(data):
    net = ready(data)
    net[0].weight.grad_req = "null"
    for _ in range(3):
        with autograd.record():
            out = net(data)
    out.backward()
    eager = network(False)
    with autograd.record():
        expected = eager(data)
    expected.backward()
    assert np.array_equal(net[2].weight.grad().asnumpy(), eager[2].weight.grad().asnumpy())
    assert np.array_equal(net[0].bias.grad().asnumpy(), eager[0].bias.grad().asnumpy())


@pytest.mark.parametrize("given", [
    np.zeros((0, 5), F), np.ones((1, 5), F), np.asfortranarray(np.arange(15, dtype=F).reshape(3, 5)),
    np.broadcast_to(np.arange(5, dtype=F), (3, 5)),
], ids=["empty", "one row", "by columns", "one row again and again"])
def test_other_shapes_and_layouts_get_programs_of_their_own(given, data, assert_close):
    net, eager = ready(data), network(False)
    t = wrap(mx.nd.NDArray, given, data._device)
    for _ in range(3):
        for n in (net, eager):
            with autograd.record():
                out = n(t)
            out.backward()
        for k, g in gradients(eager).items():
            assert_close(gradients(net)[k], g)
    assert len(next(iter(net._graphs.values())).plan._programs.made) == 2


def test_errors_are_those_of_the_operators(data):
    net = ready(data)
    for p in (net, network(False)):
        with pytest.raises(mx.MXNetError, match=r"dense: .*\(7, 4\)"):
            p(data[:, :4])
    wrong = network()
    graph = CachedGraph(sym.softmax_cross_entropy(x, y))
    rows, labels = nd.ones((2, 3)), nd.array([0, 1])
    for _ in range(3):
        graph(rows, labels)
    assert graph._programs.made and wrong
    with pytest.raises(mx.MXNetError, match=r"labels in \[0, 3\)"):
        graph(rows, nd.array([0, 3]))


def test_gradient_networks_and_traces_run_operator_by_operator(data):
    net = ready(data)
    found = []

    def loss(t):
        found.append(net(t))
        return found[-1].sum()

    with autograd.record():
        mx.ops.grad(loss)(data)
    assert names(found) and "program" not in names(found)


def test_what_a_program_does_not_take_runs_operator_by_operator():
    whole = nd.array([1, 2, 3], dtype="int32")
    plan = CachedGraph(x * 2 + 1)
    for _ in range(3):
        assert plan(whole)[0].asnumpy().tolist() == [3, 5, 7]
    assert not plan._programs.made and plan._programs.possible
    mixed = CachedGraph(x + y)
    for _ in range(3):
        assert mixed(mx.Tensor([1.0, 2.0]), mx.Tensor(np.ones(2)))[0].asnumpy().tolist() == [2, 3]
    assert not mixed._programs.made
    doors = CachedGraph(x + y)
    for _ in range(3):
        assert doors(nd.ones((2,)), mx.Tensor([1.0, 2.0]))[0].asnumpy().tolist() == [2, 3]
    assert not doors._programs.made
    for symbol in (sym.BatchNorm(x), sym.Group([x, x * 2]), sym.split(x, num_outputs=2)[0] * 2):
        assert not CachedGraph(symbol)._programs.possible


def dropping():
    return sym.Dropout(sym.relu(sym.Dropout(dense, p=0.4)) * 2, p=0.3) * y


@pytest.mark.parametrize("order", [1, 2])
def test_random_numbers_are_those_of_the_operators(order, assert_close):
    shapes = {"x": (3, 5), "w": (4, 5), "b": (4,), "y": (3, 4)}
    inputs = arrays(plain(dropping()), shapes, "float64")
    for t in inputs:
        t.attach_grad()
    found = []
    for plan in (plain(dropping()), programmed(dropping(), *inputs)):
        mx.random.seed(11)
        found.append([differentiated(plan, inputs, order) for _ in range(2)])
    for got, expected in zip(found[1][0] + found[1][1], found[0][0] + found[0][1]):
        assert_close(got, expected)
    assert not np.array_equal(found[0][0][0], found[0][1][0])


def test_training_and_prediction_have_programs_of_their_own():
    inputs = [nd.ones(s) for s in ((3, 5), (4, 5), (4,), (3, 4))]
    plan = CachedGraph(dropping())
    for training in (True, False, True, False, True, False):
        with autograd.train_mode() if training else autograd.predict_mode():
            out = plan(*inputs)[0].asnumpy()
        assert (out == 12).all() is np.bool_(not training)
    assert [p.training for p in plan._programs.made] == [False, True]


def test_a_retained_graph_keeps_its_random_numbers():
    inputs = [nd.ones(s) for s in ((3, 5), (4, 5), (4,), (3, 4))]
    inputs[0].attach_grad()
    plan = programmed(dropping(), *inputs)
    with autograd.record():
        out = plan(*inputs)[0]
    out.backward(retain_graph=True)
    first = inputs[0].grad.asnumpy()
    out.backward()
    assert np.array_equal(inputs[0].grad.asnumpy(), first) and first.any()


def test_few_programs_are_kept(monkeypatch):
    monkeypatch.setattr(planned, "KEPT", 2)
    plan = CachedGraph(x * 2 + 1)
    for n in range(1, 12):
        for _ in range(2):
            assert plan(nd.ones((n,)))[0].shape == (n,)
    assert len(plan._programs.made) == 2 and len(plan._programs.met) == 9


def test_copies_make_programs_of_their_own():
    plan = programmed(x * 2 + 1, nd.ones((2,)))
    other = copy.deepcopy(plan)
    assert plan._programs.made and not other._programs.made
    for _ in range(3):
        assert other(nd.ones((2,)))[0].asnumpy().tolist() == [3, 3]
    assert other._programs.made[0].plain.__self__ is other


def test_symbols_of_what_was_recorded_are_of_operators(data, assert_close):
    data.attach_grad()
    net = ready(data)
    with autograd.record():
        out = net(data)
    assert names([out]) == {"program"}
    found = autograd.get_symbol(out)
    values = [data, *[p.data() for layer in net for p in (layer.weight, layer.bias)]]
    assert_close(found.eval(**dict(zip(found.list_arguments(), values)))[0].asnumpy(), out.asnumpy())


def test_threads_have_programs_in_common(data):
    net = ready(data)
    expected = net(data).asnumpy()
    failures = []

    def work():
        try:
            for _ in range(20):
                with autograd.record():
                    out = net(data)
                assert names([out]) == {"program"}
                assert np.array_equal(out.asnumpy(), expected)
        except AssertionError as e:
            failures.append(e)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures
