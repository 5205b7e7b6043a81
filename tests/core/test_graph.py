"""Graphs as functions, functions as graphs: CachedGraph, trace, symbol_of, and what operators take from outside."""

import numpy as np
import pytest

import luojia as mx
from luojia import ops, sym
from luojia._src.core import ambient, graph
from luojia._src.core.faces import Face
from luojia._src.core.graph import CachedGraph, symbol_of, trace
from luojia._src.core.op import Operator
from luojia._src.core.symbol_ops import compose
from luojia._src.core.tape import recording_scope
from luojia._src.core.tensor import Tensor
from luojia._src.errors import ArgumentError, GraphError, NotImplementedForSymbol
from luojia.ops import GradOperation


def array(*values):
    return mx.nd.array(np.array(values, np.float32))


@pytest.fixture(autouse=True)
def fresh_names():
    with mx.name.NameManager():
        yield


# -- CachedGraph ---------------------------------------------------------------------------------------------------


def test_a_graph_runs_as_a_function():
    x, w = sym.var("x"), sym.var("w")
    run = CachedGraph(sym.Group([sym.exp(x) * w, x + 1]))
    assert run.inputs == run.arguments == ["x", "w"] and run.auxiliary == []
    first, second = run(array(0, 0), array(2, 3))
    assert first.asnumpy().tolist() == [2, 3] and second.asnumpy().tolist() == [1, 1]
    assert type(first) is mx.nd.NDArray


def test_order_of_inputs_may_be_given():
    run = CachedGraph(sym.var("x") - sym.var("y"), ["unused", "y", "x"])
    assert run(array(0), array(1), array(5))[0].asnumpy().tolist() == [4]


def test_a_variable_alone_is_a_graph():
    x = array(3)
    assert CachedGraph(sym.var("x"))(x)[0] is x


def test_runs_are_recorded_and_differentiate_to_second_order():
    x = array(1, 2)
    x.attach_grad()
    run = CachedGraph(sym.var("x") ** 3)
    with recording_scope(True, True):
        (y,) = run(x)
    y.backward()
    assert x.grad.asnumpy().tolist() == [3, 12]
    twice = GradOperation()(GradOperation()(lambda t: run(t)[0]))
    assert twice(Tensor([1.0, 2.0])).tolist() == [6, 12]


def test_intermediate_values_are_forgotten():
    x = sym.var("x")
    run = CachedGraph(sym.exp(sym.exp(sym.exp(x))))
    assert [len(step.dead) for step in run.steps] == [0, 1, 1]
    square = x * 2
    run = CachedGraph(sym.Group([square * square, square]))
    assert [o.asnumpy().tolist() for o in run(array(3))] == [[36], [6]]


@pytest.mark.parametrize(("build", "expected"), [
    (lambda x: x - 1, 3), (lambda x: 1 - x, -3), (lambda x: 2**x, 16), (lambda x: x**2, 16), (lambda x: 2 / x, 0.5),
    (lambda x: x / 2, 2), (lambda x: -x, -4), (lambda x: x * x + 1, 17),
])
def test_signs_compute(build, expected):
    assert CachedGraph(build(sym.var("x")))(array(4))[0].asnumpy().tolist() == [expected]


def test_watch_sees_every_node():
    seen = []
    CachedGraph(sym.exp(sym.var("x") + 1))(array(0), watch=lambda node, out, values: seen.append(node.kind))
    assert seen == ["_plus_scalar", "exp"]


@pytest.mark.parametrize(("make", "message"), [
    (lambda: CachedGraph(sym.var("x") + sym.var("x")), "two variables named 'x'"),
    (lambda: CachedGraph(sym.var("x") + sym.var("y"), ["x"]), r"needs \['y'\]"),
    (lambda: CachedGraph(sym.var("x"))(), "takes 1 arrays, .* got 0"),
])
def test_graph_errors(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


# -- trace ---------------------------------------------------------------------------------------------------------


def test_trace_finds_parameters_and_constants():
    w = mx.Parameter(np.eye(2, dtype=np.float32), name="w")
    shift = Tensor([1.0, 2.0])
    found = trace(lambda x: ops.matmul(x, w * 2) + shift, [sym.var("x")], {"w": w})
    assert found.symbol.list_arguments() == ["x", "w", "constant0"]
    assert found.params == {"w": w} and found.constants["constant0"] is shift
    (out,) = CachedGraph(found.symbol)(array([1, 1]), w, shift)
    assert out.asnumpy().tolist() == [[3, 4]]


def test_trace_shares_what_parameters_share():
    w = mx.Parameter(np.ones(2, np.float32), name="w")

    def fn(x):
        v = w * 2
        return x * v + x / v

    kinds = [step.node.kind for step in CachedGraph(trace(fn, [sym.var("x")], {"w": w}).symbol).steps]
    assert kinds.count("_mul_scalar") == 1


def test_gradients_reach_parameters_through_a_traced_graph():
    w = mx.Parameter(np.ones(2, np.float32), name="w")
    run = CachedGraph(trace(lambda x: x * (w * w), [sym.var("x")], {"w": w}).symbol)
    grads = GradOperation(get_by_list=True)(lambda x: run(x, w)[0], [w])(Tensor([3.0, 4.0]))
    assert grads[0].tolist() == [6, 8]


def test_trace_keeps_the_structure_of_the_output():
    found = trace(lambda x: {"a": x + 1, "b": [x * 2]}, [sym.var("x")])
    assert sorted(found.output) == ["a", "b"] and len(found.symbol) == 2


def test_operators_of_several_outputs_give_tuples():
    both = Operator(lambda xp, x: (x + 1, x * 2), "both", outputs=2)
    found = trace(lambda x: sum(both(x)), [sym.var("x")])
    assert CachedGraph(found.symbol)(array(3))[0].asnumpy().tolist() == [10]


@pytest.mark.parametrize(("fn", "error", "message"), [
    (lambda x: x if x else -x, NotImplementedForSymbol, "__bool__"),
    (lambda x: x.asnumpy(), NotImplementedForSymbol, "asnumpy"),
    (lambda x: 3, GraphError, "returned int, no Symbol"),
])
def test_trace_refuses_values(fn, error, message):
    with pytest.raises(error, match=message):
        trace(fn, [sym.var("x")])
    assert graph.traces.captures == []


def test_trace_needs_a_symbol():
    with pytest.raises(ArgumentError, match="inputs must hold a Symbol"):
        trace(lambda x: x, [3])


def test_arrays_beside_symbols_are_refused_outside_traces():
    with pytest.raises(TypeError, match="exp2?|add.* not supported beside a Symbol"):
        ops.add(sym.var("x"), Tensor([1.0]))


# -- symbol_of -----------------------------------------------------------------------------------------------------


def test_symbol_of_a_recorded_computation():
    x = array(1, 2)
    x.attach_grad()
    with recording_scope(True):
        y = ops.exp(x * 2 + array(1, 1))
    found = symbol_of(y, sym.Symbol)
    assert found.list_arguments() == ["var0", "var1"]
    (again,) = found.eval(var0=x, var1=array(1, 1))
    np.testing.assert_allclose(again.asnumpy(), y.asnumpy())


def test_symbol_of_several_outputs():
    both = Operator(lambda xp, x: (x + 1, x * 2), "both", outputs=2)
    x = array(3)
    x.attach_grad()
    with recording_scope(True):
        y = both(x)[1] * 5
    assert symbol_of(y, sym.Symbol).eval(var0=array(2))[0].asnumpy().tolist() == [20]


def test_symbol_of_errors():
    x = array(1)
    with pytest.raises(GraphError, match="not computed while recording"):
        symbol_of(x, sym.Symbol)
    x.attach_grad()
    with recording_scope(True):
        y = x * 2
    y.backward()
    with pytest.raises(GraphError, match="freed by a backward"):
        symbol_of(y, sym.Symbol)


# -- what operators take from outside ------------------------------------------------------------------------------


def noisy(xp, x, key, *, p=0.5, training):
    return x + key[0] if training else x


def counting(xp, x, total, *, training):
    return x * 2, total + xp.sum(x) if training else total


def test_training_and_key_come_at_the_run(monkeypatch):
    keys = iter([np.array([k, 0], np.uint32) for k in (1, 2, 3)])
    monkeypatch.setattr(graph, "draw_key", lambda device: next(keys))
    face = Face(Operator(noisy, "noisy"), "Noisy(data:x, p=0.5)")
    assert ambient.wants(face.op, {"x", "p"}) == ("training", "key")
    assert ambient.wants(face.op, {"x", "p", "key", "training"}) == ()
    node = compose(face, (sym.var("x"),), {"name": "n"})
    run = CachedGraph(node)
    assert node.list_arguments() == ["x"] and run(array(10))[0].asnumpy().tolist() == [10]
    with recording_scope(training=True):
        assert [run(array(10))[0].asnumpy().tolist() for _ in range(2)] == [[12], [13]]


def test_auxiliary_states_are_renewed_by_a_backward():
    face = Face(Operator(counting, "counting", outputs=2, aux=("total",)), "Counting(data:x, total)")
    node = compose(face, (sym.var("x"),), {"name": "c"})
    assert node.list_arguments() == ["x"] and node.list_auxiliary_states() == ["c_total"]
    assert node.list_outputs() == ["c_output"] and len(node) == 1
    run = CachedGraph(node)
    x, total = array(1, 2), array(5)
    x.attach_grad()
    for training in (False, True):
        with recording_scope(True, training):
            (y,) = run(x, total)
        assert total.asnumpy().tolist() == [5]
        y.backward()
    assert total.asnumpy().tolist() == [8] and x.grad.asnumpy().tolist() == [2, 2]


def test_an_executor_renews_auxiliary_states():
    face = Face(Operator(counting, "counting", outputs=2, aux=("total",)), "Counting(data:x, total)")
    node = compose(face, (sym.var("x"),), {"name": "c"})
    e = node.bind(mx.cpu(), {"x": array(1, 2)}, {"x": array(0, 0)}, aux_states={"c_total": array(5)})
    e.forward(is_train=True)
    e.backward(array(1, 1))
    assert e.aux_dict["c_total"].asnumpy().tolist() == [8]
    with pytest.raises(ValueError, match="key `c_total` is missing in `aux_states`"):
        node.bind(mx.cpu(), {"x": array(1, 2)})
