"""The tape: order, scopes, freeing, accumulation, aliasing, depth, threads and memory."""

import gc
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core import repeated, tape
from luojia._src.core.op import OPERATORS, Operator
from luojia._src.core.tape import Leaf, recording_scope, state
from luojia._src.core.tensor import run_backward, wrap
from luojia._src.engine.devices import current_context


def variable(*numbers, req="write"):
    x = Tensor(np.array(numbers, np.float32))
    x.attach_grad(req)
    return x


def total(x):
    return OPERATORS["sum"](x)


def recorded():
    return recording_scope(True, True)


def numbers(t):
    return t.asnumpy().tolist()


# -- order and scopes --------------------------------------------------------------------------------------------------


def test_nothing_is_recorded_outside_a_scope_or_without_variables():
    x = variable(2.0)
    assert (x * x)._node is None
    with recorded():
        assert (Tensor([2.0]) * 3.0)._node is None
        with recording_scope(False):
            assert (x * x)._node is None
        assert (x * x)._node is not None


def test_a_graph_spans_several_scopes():
    x = variable(2.0)
    with recorded():
        y = x * x
    with recorded():
        z = y * x
    z.backward()
    assert numbers(x.grad) == [12.0]


def test_an_interrupt_while_a_scope_is_entered(monkeypatch):
    setting = tape.set_recording

    def interrupted(value):
        setting(value)
        if value:
            raise KeyboardInterrupt

    monkeypatch.setattr(tape, "set_recording", interrupted)
    with pytest.raises(KeyboardInterrupt), recorded():
        raise AssertionError("not entered")
    assert not state.recording and not state.training


def test_a_diamond_passes_each_node_once():
    x = variable(3.0)
    calls = []
    double = Operator(lambda xp, x: x + x, "double_")

    @double.vjp(keep="")
    def _(xp, g, ans, args, needs):
        calls.append(np.asarray(g).tolist())
        return (g + g,)

    with recorded():
        trunk = double(x)
        out = trunk * 2.0 + trunk * 5.0
    out.backward()
    assert calls == [[7.0]] and numbers(x.grad) == [14.0]


def test_the_newest_node_comes_first_however_the_branches_were_built():
    """A long and a short branch that join: the trunk waits for both."""
    x = variable(1.5)
    with recorded():
        trunk = x * 2.0
        short = trunk * trunk
        long = trunk
        for _ in range(5):
            long = long * 1.0 + 0.0
        out = long * short
    out.backward()
    assert numbers(x.grad) == [pytest.approx(3 * 8 * 1.5**2)]


def test_several_heads_and_one_head_twice():
    x = variable(2.0)
    with recorded():
        y, z = x * x, x * 3.0
    run_backward([y, z, y], [None, Tensor([10.0]), Tensor([0.5])])
    assert numbers(x.grad) == [4.0 + 30.0 + 2.0]


def test_a_variable_as_head():
    x = variable(2.0)
    x.backward()
    assert numbers(x.grad) == [1.0]
    run_backward([x, x], [Tensor([3.0]), None])
    assert numbers(x.grad) == [4.0]


# -- head gradients ----------------------------------------------------------------------------------------------------


def test_head_gradients():
    x = variable(2.0, 3.0)
    with recorded():
        y = x * x
    y.backward(Tensor([10.0, 1.0]), retain_graph=True)
    assert numbers(x.grad) == [40.0, 6.0]
    with pytest.raises(ValueError, match=r"head has shape \(2,\), its head gradient \(3,\)"):
        y.backward(Tensor([1.0, 1.0, 1.0]), retain_graph=True)
    with pytest.raises(ValueError, match="1 heads need as many head gradients, got 2"):
        run_backward([y], [None, None])
    assert numbers(x.grad) == [40.0, 6.0]


def test_a_head_gradient_is_cast_and_never_kept():
    x = variable(2.0)
    with recorded():
        y = OPERATORS["identity"](x)
    head = np.ones(1, np.float64)
    y.backward(head, retain_graph=True)
    assert x.grad.np_dtype == np.float32
    head = np.ones(1, np.float32)
    y.backward(head)
    head[:] = 7
    assert numbers(x.grad) == [1.0]


def test_a_head_off_the_tape():
    with pytest.raises(RuntimeError, match="not in a computational graph"):
        Tensor([1.0]).backward()


# -- freeing -----------------------------------------------------------------------------------------------------------


def test_a_second_backward_needs_retain_graph():
    x = variable(2.0)
    with recorded():
        y = x * x
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="freed by an earlier backward.*retain_graph=True"):
        y.backward()
    assert numbers(x.grad) == [4.0]


def test_a_shared_trunk_is_freed_by_the_first_of_its_heads():
    x = variable(2.0)
    with recorded():
        trunk = x * x
        first, second = trunk * 2.0, trunk * 3.0
    first.backward()
    with pytest.raises(RuntimeError, match="freed"):
        second.backward()
    assert numbers(x.grad) == [8.0]


def test_what_backward_passed_is_freed_at_once():
    x = variable(*range(2000))
    with recorded():
        inner = OPERATORS["exp"](x * 1e-3)
        watched = weakref.ref(inner._value)
        y = total(inner)
    del inner
    assert watched() is not None
    y.backward()
    assert watched() is None


# -- grad_req ----------------------------------------------------------------------------------------------------------


def test_write_add_and_null():
    w, a, n = variable(1.0), variable(1.0, req="add"), variable(1.0, req="null")
    holders = [t.grad for t in (w, a, n)]
    for _ in range(3):
        with recorded():
            y = (w * 2.0) * (a * 3.0) * n
        y.backward()
    assert [numbers(t.grad) for t in (w, a, n)] == [[6.0], [18.0], [0.0]]
    assert all(t.grad is h for t, h in zip((w, a, n), holders))


def test_attach_grad_cuts_the_link_and_refuses_other_requests():
    x = variable(2.0)
    with recorded():
        y = x * x
        y.attach_grad()
        z = y * 3.0
    z.backward()
    assert numbers(y.grad) == [3.0] and numbers(x.grad) == [0.0]
    with pytest.raises(KeyError, match="often"):
        x.attach_grad("often")
    assert numbers(x.grad) == [0.0]


def test_gradients_have_the_shape_and_dtype_of_their_variables():
    x = Tensor(np.ones((2, 1), np.float16))
    b = Tensor(np.ones((), np.float64))
    for t in (x, b):
        t.attach_grad()
    with recorded():
        y = total(x * Tensor(np.ones((3, 2, 4), np.float32)) * b)
    y.backward()
    assert (x.grad.shape, x.grad.np_dtype, b.grad.shape, b.grad.np_dtype) == ((2, 1), np.float16, (), np.float64)
    assert numbers(x.grad) == [[12.0], [12.0]] and numbers(b.grad) == 24.0


# -- buffers -----------------------------------------------------------------------------------------------------------


def test_two_variables_never_share_a_gradient_that_a_write_corrupts():
    a, b = variable(1.0, 2.0), variable(3.0, 4.0)
    with recorded():
        y = a + b
    y.backward()
    a.grad._write(slice(None), 9.0)
    assert numbers(b.grad) == [1.0, 1.0]


def test_accumulation_in_place_changes_nothing_visible():
    """Sums of cotangents are added to in place; neither heads, rules' arrays nor earlier gradients may change."""
    seen = []
    spy = Operator(lambda xp, x: x * 1.0, "spy")

    @spy.vjp(keep="")
    def _(xp, g, ans, args, needs):
        seen.append((g, np.array(g)))
        return (g,)

    x = variable(*np.arange(5.0))
    head = Tensor(np.ones(5, np.float32))
    with recorded():
        trunk = x * 1.0
        out = spy(trunk) + spy(trunk) + spy(trunk) + spy(trunk)
    out.backward(head, retain_graph=True)
    first = x.grad._value
    kept = np.array(first)
    out.backward(head)
    for g, was in seen:
        assert np.array_equal(g, was)
    assert numbers(head) == [1.0] * 5
    assert np.array_equal(first, kept) and kept.tolist() == [4.0] * 5


def test_adding_gradients_leaves_the_array_read_before_alone():
    x = variable(2.0, req="add")
    read = []
    for _ in range(2):
        with recorded():
            y = x * x
        y.backward()
        read.append(x.grad._value)
    assert [r.tolist() for r in read] == [[4.0], [8.0]]


# -- depth, memory -----------------------------------------------------------------------------------------------------


def test_a_chain_of_a_hundred_thousand():
    """Neither backward nor freeing the nodes recurses."""
    count = 100_000 if current_context().engine.name == "numpy" else 10_000  # an operation takes longer elsewhere
    x = variable(1.0)
    with recorded():
        y = x
        for _ in range(count):
            y = y + 0.0
    y.backward()
    assert numbers(x.grad) == [1.0]
    with recorded():
        z = x
        for _ in range(count):
            z = z + 0.0
    del z  # a graph that is dropped without a backward


def test_memory_is_flat_and_nothing_waits_for_the_collector(monkeypatch):
    for table in ("_known", "_unknown", "_last"):  # passes of other graphs have been counted there
        monkeypatch.setattr(repeated, table, {})
    x = variable(*np.ones(500))

    def step():
        with recorded():
            y = total(OPERATORS["tanh"](x * x) * x)
            g = ops.GradOperation()(lambda v: v * v * x)(x)
            z = y + total(g)
        z.backward()

    for _ in range(20):  # in which passes are written out
        step()
    gc.collect()
    gc.disable()
    try:
        tracemalloc.start()
        step()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            step()
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    finally:
        gc.enable()
    assert grown < 20_000
    assert gc.collect() < 50


def test_no_cycle_keeps_a_tensor_or_a_graph():
    x = variable(*np.ones(2000))
    gc.collect()
    gc.disable()
    try:
        with recorded():
            y = total(x * x)
        node, tensor, leaf = y._node.parents[0], weakref.ref(y), weakref.ref(x._node)
        inner = weakref.ref(node.args[0])
        del node
        y = None
        assert tensor() is None
        x = None
        assert leaf() is None and inner() is None
    finally:
        gc.enable()


# -- state -------------------------------------------------------------------------------------------------------------


def test_scopes_nest_and_restore_after_errors():
    with recorded():
        with recording_scope(None, False):
            assert state.recording and not state.training
        assert state.recording and state.training
        with pytest.raises(ZeroDivisionError):
            with recording_scope(False, False):
                raise ZeroDivisionError
        assert state.recording and state.training
    assert not state.recording and not state.training


def test_one_scope_entered_within_itself():
    scope = recorded()
    with scope:
        with recording_scope(False, False):
            with scope:
                assert state.recording
            assert not state.recording
        assert state.recording
    assert not state.recording


def test_a_failing_operator_leaves_state_and_gradients():
    x = variable(1.0, 2.0)
    with pytest.raises(ValueError, match="add"):
        with recorded():
            x + Tensor([1.0, 2.0, 3.0])
    assert not state.recording
    bad = Operator(lambda xp, x: x * 1.0, "bad")

    @bad.vjp
    def _(xp, g, ans, args, needs):
        raise ArithmeticError("in the rule")

    with recorded():
        y = bad(x)
    with pytest.raises(ArithmeticError, match="in the rule"):
        y.backward()
    assert not state.recording and numbers(x.grad) == [0.0, 0.0]


def test_a_generator_restores_the_state_when_it_ends():
    x = variable(2.0)

    def batches():
        with recorded():
            for k in range(3):
                yield x * float(k)

    heads = list(batches())
    assert not state.recording
    run_backward(heads, None)
    assert numbers(x.grad) == [3.0]
    g = batches()
    next(g)
    g.close()
    assert not state.recording


def test_threads_record_apart():
    barrier = threading.Barrier(4)
    results = {}

    def work(k):
        x = variable(float(k))
        barrier.wait()
        assert not state.recording
        for _ in range(50):
            with recorded():
                y = x * x * x
            y.backward()
        results[k] = numbers(x.grad)

    with recorded():
        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    assert results == {k: [3.0 * k * k] for k in range(4)}


def test_a_graph_of_one_thread_is_backed_through_in_another():
    x = variable(3.0)
    with recorded():
        y = x * x
    t = threading.Thread(target=y.backward)
    t.start()
    t.join()
    assert numbers(x.grad) == [6.0]


# -- effects, several outputs ------------------------------------------------------------------------------------------

PAIR = Operator(lambda xp, x: (x * x, x * 3.0, x + 1.0), "pair", outputs=3)


@PAIR.vjp(keep="args")
def _pair_vjp(xp, g, ans, args, needs):
    return (g[0] * 2.0 * args[0] + g[1] * 3.0 + g[2],)


def test_unused_outputs_have_zero_cotangents():
    x = variable(2.0)
    for used, expected in (((0,), 4.0), ((1,), 3.0), ((0, 2), 5.0), ((1, 1), 6.0)):
        with recorded():
            outs = PAIR(x)
            heads = [outs[i] * 1.0 for i in used]
        run_backward(heads, None)
        assert numbers(x.grad) == [expected]


def test_several_outputs_under_a_linked_backward():
    x = variable(2.0)
    with recorded():
        a, _, _ = PAIR(x)
        found = tape.backward([(a._node, Tensor([1.0]))], linked=True, retain=True)
        slope = found[x._node]
        y = slope * slope  # (2x)^2
    y.backward()
    assert numbers(slope) == [4.0] and numbers(x.grad) == [16.0]


def test_an_effect_runs_at_each_backward_but_once_for_a_gradient_of_a_gradient():
    ran = []

    def build():
        x = variable(3.0)
        with recorded():
            a, _, _ = PAIR(x)
            a._node.parents[0].effect = lambda: ran.append(1)
        return x, a

    x, a = build()
    a.backward(retain_graph=True)
    a.backward()
    assert len(ran) == 2
    x, a = build()
    ran.clear()
    with recorded():
        slope = tape.backward([(a._node, Tensor([1.0]))], linked=True, retain=True)[x._node]
        y = slope * slope
    y.backward()
    assert len(ran) == 1 and numbers(x.grad) == [24.0]


def test_the_floor_keeps_backward_out_of_older_nodes():
    x = variable(2.0)
    with recorded():
        old = x * x
        floor = tape.next_id()
        new = old * 5.0
    one = np.ones(1, np.float32)
    assert tape.backward([(new._node, one)], floor=floor, retain=True) == {}
    found = tape.backward([(new._node, one)], floor=floor, wanted={old._node}, retain=True)
    assert {k: v.tolist() for k, v in found.items()} == {old._node: [5.0]}


def test_reached_wants_every_parameter():
    owner = Tensor([1.0])
    mine, other = Leaf(owner=owner), Leaf()
    reached = tape.Reached()
    assert reached and mine in reached and other not in reached
    reached.add(other)
    assert other in reached


def test_values_at_recording_are_what_gradients_see():
    """Writing to, or rebinding, an input after it was recorded does not change the gradient."""
    x = variable(2.0)
    other = Tensor(np.array([5.0], np.float32))
    with recorded():
        y = x * other
    other._write(slice(None), 100.0)
    x._write(slice(None), -1.0)
    y.backward()
    assert numbers(x.grad) == [5.0] and numbers(other) == [100.0]


def test_wrap_shares_and_does_not_link():
    x = variable(2.0)
    y = wrap(Tensor, x._value, x._device)
    assert y._node is None and y._value is x._value and y.grad is None
