"""Chains of elementwise operators against the operators one by one."""

import numpy as np
import pytest

import luojia as mx
from luojia import sym
from luojia._src.core import chain as module
from luojia._src.core.graph import CachedGraph, symbol_of
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope
from luojia._src.engine.kernels.chain import PULLS, Pool
from luojia._src.engine.numpy_engine import ENGINE


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(module, "LEAST", 1)
    monkeypatch.setattr(module, "BLOCK", 7)


x, y = sym.var("x"), sym.var("y")
half, more = x * 0.5, (x + y) * 0.25
GRAPHS = {
    "scaled": sym.tanh(sym.relu(x * 0.5 + 1.0)) * x,
    "two inputs": sym.exp(x - y) * sym.sigmoid(y) - x * y,
    "an input twice": (x * x) + x,
    "numbers first": 2.0 - (1 / (x * x + 3.0)),
    "read again later": sym.tanh(half + 1.0) * half,
    "read again after what is kept": sym.relu(sym.exp(sym.tanh(more) - 1.0) * more) + (more * more - y),
    "passed on": (x + y) + x,
    "activation": sym.Activation(sym.Activation(x + y, act_type="tanh") * 2, act_type="relu"),
    "softsign": sym.Activation(sym.Activation(x, act_type="softsign") - y, act_type="sigmoid"),
    "clipped": sym.clip(sym.sqrt(sym.square(x) + 1.0), 1.1, 1.6) * sym.negative(y),
    "extremes": sym.broadcast_maximum(x, y) * sym.broadcast_minimum(sym.abs(x), y + 1.0),
    "divided": sym.log(x * x + 1.0) / (sym.exp(y) + 1.0),
    "constant in the end": (x - x) * 0.0 + y,
}
every_graph = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)


def chained(graph):
    plan = CachedGraph(graph)
    assert plan._chains
    return plan


def unchained(graph):
    plan = CachedGraph(graph)
    plan._chains = []
    return plan


def arrays(plan, dtype="float32", shape=(3, 5, 4)):
    rng = np.random.default_rng(23)
    return [mx.nd.array(rng.standard_normal(shape).astype(dtype), dtype=dtype) for _ in plan.inputs]


def differentiated(plan, inputs, order=1):
    for t in inputs:
        t.attach_grad()
    with mx.autograd.record():
        out = plan(*inputs)[0]
        if order == 2:
            gs = mx.autograd.grad(out, inputs, head_grads=out * 0 + 0.7, create_graph=True, retain_graph=True)
            out = sum((g * g).sum() for g in gs) + out.sum()
    out.backward()
    return [out.asnumpy(), *[t.grad.asnumpy() for t in inputs]]


@every_graph
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_values_and_gradients_equal_the_operators(graph, dtype, assert_close):
    plan, plain = chained(graph), unchained(graph)
    assert_close(plan(*arrays(plan, dtype))[0].asnumpy(), plain(*arrays(plain, dtype))[0].asnumpy())
    for got, expected in zip(differentiated(plan, arrays(plan, dtype)), differentiated(plain, arrays(plain, dtype))):
        assert got.dtype == dtype
        assert_close(got, expected)


@every_graph
def test_second_derivatives_equal_the_operators(graph, assert_close):
    plan, plain = chained(graph), unchained(graph)
    found = differentiated(plan, arrays(plan, "float64"), 2)
    for got, expected in zip(found, differentiated(plain, arrays(plain, "float64"), 2)):
        assert_close(got, expected)


def nodes(out):
    """The names of the operators that were recorded for ``out``."""
    found, stack = [], [out._node]
    while stack:
        node = stack.pop()
        if getattr(node, "op", None) is not None:
            found.append(node.op.name)
            stack += [p for p in node.parents if p is not None]
    return found


def recorded(plan, *inputs):
    for t in inputs:
        t.attach_grad()
    with mx.autograd.record():
        return plan(*inputs)[0]


@pytest.mark.numpy_engine
def test_a_chain_is_one_node():
    plan = chained(GRAPHS["scaled"])
    assert nodes(recorded(plan, *arrays(plan))) == ["chain"]


@pytest.mark.numpy_engine
def test_layouts_without_gaps_are_taken_and_kept(assert_close):
    plan = chained(GRAPHS["two inputs"])
    inputs = [t.transpose((0, 3, 1, 2)) for t in arrays(plan, shape=(2, 3, 4, 5))]
    out = plan(*inputs)[0]
    assert out._value.strides == inputs[0]._value.strides
    assert_close(out.asnumpy(), unchained(GRAPHS["two inputs"])(*inputs)[0].asnumpy())


@pytest.mark.numpy_engine
@pytest.mark.parametrize("change", [
    lambda a, b: (a, b[:1]),
    lambda a, b: (a, mx.Tensor(b.asnumpy().astype(np.float64))),
    lambda a, b: (mx.Tensor(a.asnumpy().astype(int)), mx.Tensor(b.asnumpy().astype(int))),
    lambda a, b: (a, b.reshape((4, 5, 3)).T),
    lambda a, b: (a.broadcast_to((20, 3, 5, 4)), b.broadcast_to((20, 3, 5, 4))),
], ids=["broadcast", "two dtypes", "integers", "two layouts", "overlapping"])
def test_what_a_chain_does_not_take_runs_one_by_one(change, assert_close):
    graph = (x + y) * 2
    a, b = [mx.Tensor(t.asnumpy()) for t in arrays(chained(graph))]
    pair = change(a, b)
    assert chained(graph)._chains[0].chain.takes([a, b])
    assert not chained(graph)._chains[0].chain.takes(pair)
    assert_close(chained(graph)(*pair)[0].asnumpy(), unchained(graph)(*pair)[0].asnumpy())


def test_small_arrays_run_one_by_one(monkeypatch):
    monkeypatch.setattr(module, "LEAST", 61)
    plan = chained(GRAPHS["scaled"])
    assert "chain" not in nodes(recorded(plan, *arrays(plan)))


def test_what_is_read_outside_ends_a_chain(assert_close):
    inner = sym.exp(x) * 2
    plan = CachedGraph(sym.Group([inner, sym.relu(inner - 1.0)]))
    assert [(p.start, p.stop) for p in plan._chains] == [(0, 2), (2, 4)]
    first, second = plan(*arrays(plan))
    assert_close(second.asnumpy(), np.maximum(first.asnumpy() - 1, 0))


def test_chains_lie_between_other_operators(assert_close):
    graph = sym.tanh(sym.softmax(sym.exp(x) + 1.0) * 3.0)
    plan = CachedGraph(graph)
    assert [(p.start, p.stop) for p in plan._chains] == [(0, 2), (3, 5)]
    assert_close(differentiated(plan, arrays(plan))[1], differentiated(unchained(graph), arrays(plan))[1])


def test_one_operator_is_no_chain():
    assert not CachedGraph(sym.exp(x))._chains
    assert not CachedGraph(sym.exp(sym.softmax(sym.exp(x))))._chains


def test_a_graph_kept_is_passed_again():
    plan = chained(GRAPHS["scaled"])
    t, = arrays(plan)
    t.attach_grad()
    with mx.autograd.record():
        out = plan(t)[0]
    out.backward(retain_graph=True)
    first = t.grad.asnumpy()
    out.backward()
    assert np.array_equal(t.grad.asnumpy(), first)


def test_its_symbol_is_that_of_the_operators(assert_close):
    plan = chained(GRAPHS["scaled"])
    out = recorded(plan, *arrays(plan))
    found = symbol_of(out, type(GRAPHS["scaled"]))
    again = CachedGraph(found)
    assert_close(again(*arrays(plan))[0].asnumpy(), out.asnumpy())


def test_who_watches_sees_every_operator():
    plan = chained(GRAPHS["scaled"])
    seen = []
    plan(*arrays(plan), watch=lambda node, result, values: seen.append(node.op.name))
    assert seen == ["multiply", "add", "relu", "tanh", "multiply"]


@pytest.mark.parametrize("name", PULLS)
@pytest.mark.parametrize("wants", [(True, True), (True, False), (False, True)])
def test_gradients_told_where_to_write_equal_the_rules(name, wants, assert_close):
    op, rng = OPERATORS[name], np.random.default_rng(3)
    args = [rng.standard_normal(9) for _ in op.inputs]
    wants = wants[: len(args)]
    g, ans = rng.standard_normal(9), op.fn(ENGINE.xp, *args)
    pool = Pool(9, g.dtype)
    pool.start(9)
    pool.places = [None, np.empty(9)][: len(args)]
    kept = g.copy()
    found = PULLS[name](g, ans, args, wants, pool)
    for got, expected, want in zip(found, op.rule(ENGINE.xp, g, ans, args, wants), wants):
        if want:
            assert_close(got, expected)
    assert np.array_equal(g, kept)


def test_nothing_is_recorded_where_nothing_asks():
    plan = chained(GRAPHS["scaled"])
    with recording_scope(False):
        assert plan(*arrays(plan))[0]._node is None
