"""Backward passes written for graphs that repeat: equal to the general pass, and refused by any other graph."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import luojia as lj
from luojia import autograd, nd
from luojia._src.core import repeated, tape, transforms
from luojia._src.core.op import OPERATORS
from luojia._src.core.tensor import wrap
from luojia._src.errors import GraphError

pytestmark = pytest.mark.numpy_engine  # XLA compiles steps instead: see compiled.py, waiting.py


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    """No pass is known at first."""
    monkeypatch.setattr(repeated, "_known", {})
    monkeypatch.setattr(repeated, "_unknown", {})
    monkeypatch.setattr(repeated, "_PATIENCE", 3)


def watched(monkeypatch, where: str) -> list[bool]:
    """How each backward pass that ``where`` asks for went: True where it was written out."""
    seen: list[bool] = []
    original = repeated.repeated

    def ask(*args):
        found = original(*args)
        seen.append(found is not None)
        return found

    monkeypatch.setattr(f"luojia._src.core.{where}.repeated", ask)
    return seen


@pytest.fixture
def passes(monkeypatch):
    """How each backward pass of a Tensor went."""
    return watched(monkeypatch, "tensor")


@pytest.fixture
def grads(monkeypatch):
    """How each backward pass of a gradient function went."""
    seen = watched(monkeypatch, "transforms")
    monkeypatch.setattr("luojia._src.core.first_gradient.repeated", transforms.repeated)
    return seen


def leaves(*shapes, grad_req="write"):
    rng = np.random.default_rng(0)
    found = [nd.array(rng.normal(size=s).astype(np.float32)) for s in shapes]
    for x in found:
        x.attach_grad(grad_req)
    return found


def step(fn, xs, head_grad=None):
    with autograd.record():
        y = fn(*xs)
    y.backward(head_grad)
    return [x.grad.asnumpy() for x in xs]


def diamond(x, w):
    a = x * w
    return ((a + x).tanh() * (a - w) + a).sum()


def shared(x, w):
    for _ in range(5):
        x = (x * w + w).tanh() + 0.5
    return x


def broadcasts(x, w):
    return ((x * w[:1]) - w[1:2].reshape((1, -1)) + x.sum(axis=0, keepdims=True)).exp().mean(axis=1)


def several(x, w):
    a, b = nd.split(nd.concat(x, w, dim=0), num_outputs=2, axis=0)
    return (a * b + nd.broadcast_maximum(a, b)).sigmoid()


def one_of_several(x, w):
    a, _ = nd.split(x, num_outputs=2, axis=0)
    return (a * w[:1]).exp() * (a - 1)


def dense(x, w):
    h = nd.FullyConnected(x, w, no_bias=True, num_hidden=w.shape[0]).relu()
    return nd.softmax(h * h + h)


@pytest.mark.parametrize("fn", [diamond, shared, broadcasts, several, one_of_several, dense],
                         ids=lambda f: f.__name__)
@pytest.mark.parametrize("grad_req", ["write", "add"])
def test_a_written_pass_gives_what_the_general_one_gives(fn, grad_req, passes):
    xs = leaves((4, 3), (4, 3), grad_req=grad_req)
    wanted, total = None, [np.zeros((4, 3), np.float32)] * 2
    for _ in range(6):
        got = step(fn, xs)
        with autograd.record():
            y = fn(*xs)
        plain = tape.backward([(y._node, np.ones(y.shape, np.float32))])
        wanted = [plain[x._node] for x in xs]
        total = [t + p for t, p in zip(total, wanted)]
        for g, p, t in zip(got, wanted, total):
            np.testing.assert_allclose(g, t if grad_req == "add" else p, rtol=1e-6)
    assert passes == [False, False, True, True, True, True]


@pytest.mark.parametrize("dtype", ["float64", "float16"])
@pytest.mark.parametrize("shape", [(5, 3), (0, 3), (1, 1)])
@pytest.mark.parametrize("turned", [False, True])
def test_other_dtypes_empty_batches_and_turned_arrays(dtype, shape, turned, passes):
    def made(seed):
        array = np.random.default_rng(seed).normal(size=shape).astype(dtype)
        x = wrap(type(nd.ones(1)), np.asfortranarray(array) if turned else array, nd.ones(1)._device)
        x.attach_grad()
        return x

    xs = made(0), made(1)
    wanted = numeric(diamond, xs)
    for _ in range(5):
        got = step(diamond, xs)
        for a, b in zip(got, wanted):
            assert a.dtype == dtype
            np.testing.assert_array_equal(a, b)
    assert passes[-1]


def test_it_takes_the_head_gradient(passes):
    x, w = leaves((4, 3), (4, 3))
    h = nd.array(np.arange(12, dtype=np.float32).reshape(4, 3))
    first = step(shared, (x, w), h)
    for _ in range(4):
        last = step(shared, (x, w), h)
    for a, b in zip(first, last):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert passes[-1]


def known_by(fn, *shapes):
    """Leaves for which the pass of ``fn`` has been written."""
    xs = leaves(*shapes)
    for _ in range(3):
        step(fn, xs)
    return xs


def numeric(fn, xs):
    """The general pass, by which the gradients of the leaves of ``xs`` should be."""
    with autograd.record():
        y = fn(*xs)
    found = tape.backward([(y._node, np.ones(y.shape, np.float32))])
    return [found[x._node] for x in dict.fromkeys(xs)]


def twice(t):
    return t + t


OTHERS = {
    "another operator": (lambda x, w: (x * w + x).tanh() + w, lambda x, w: (x * w - x).tanh() + w),
    "longer": (lambda x, w: (x * w + x).tanh() + w, lambda x, w: ((x * w + x).tanh() + w).tanh() + w),
    "another link": (lambda x, w: (x * w + x).tanh() + w, lambda x, w: (x * w + w).tanh() + w),
    "a number for an array": (lambda x, w: (x * w + x).tanh() + w, lambda x, w: (x * w + 2.0).tanh() + w),
    "an array for a number": (lambda x, w: (x * w + 2.0).tanh() + w, lambda x, w: (x * w + x).tanh() + w),
    "broadcast": (lambda x, w: (x * w + x).tanh() + w, lambda x, w: (x[:, :1] * w + x).tanh() + w),
    "another axis": (lambda x, w: x * (x * w).sum(axis=0) + w, lambda x, w: x * (x * w).sum(axis=1) + w),
    "two nodes that are one": (lambda x, w: (x * w).tanh() + (x * w).tanh(), lambda x, w: twice((x * w).tanh())),
    "one node that is two": (lambda x, w: twice((x * w).tanh()) * x,
                             lambda x, w: ((x * w).tanh() + (x * w).tanh()) * x),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_pass_refuses_another_graph(name, passes):
    fn, other = OTHERS[name]
    xs = known_by(fn, (3, 3), (3, 3))
    assert passes[-1]
    got = step(other, xs)
    assert not passes[-1]
    for a, b in zip(got, numeric(other, xs)):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_two_leaves_that_are_one(passes):
    fn = OTHERS["another link"][0]
    x, _ = known_by(fn, (3, 3), (3, 3))
    (got, _) = step(fn, (x, x))
    assert not passes[-1]
    np.testing.assert_allclose(got, numeric(fn, (x, x))[0], rtol=1e-6)


def test_other_leaves_and_other_shapes_are_taken(passes):
    known_by(shared, (4, 3), (4, 3))
    xs = leaves((2, 5), (2, 5))
    got = step(shared, xs)
    assert passes[-1]
    for a, b in zip(got, numeric(shared, xs)):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_graph_freed_since_it_was_recorded_is_refused_by_name(passes):
    x, w = known_by(lambda x, w: ((x + w) * w + x).tanh() * w, (4, 3), (4, 3))
    with autograd.record():
        h = x + w
        y = (h * h).sum()
        z = (h * w + x).tanh() * w
    y.backward()
    with pytest.raises(GraphError, match="part of this graph was freed"):
        z.backward()


def test_what_was_freed_before_is_a_constant_to_the_next_graph(passes):
    x, w = known_by(lambda x, w: ((x + w) * w + x).tanh() * w, (4, 3), (4, 3))
    with autograd.record():
        h = x + w
        y = (h * h).sum()
    y.backward()
    found = []
    for state in (h, h.detach()):
        with autograd.record():
            y = (state * w + x).tanh() * w
        y.backward()
        found.append([x.grad.asnumpy(), w.grad.asnumpy()])
    np.testing.assert_array_equal(found[0], found[1])


def test_retain_graph_keeps_the_graph(passes):
    x, w = known_by(shared, (4, 3), (4, 3))
    count = len(passes)
    with autograd.record():
        y = shared(x, w)
    y.backward(retain_graph=True)
    first = x.grad.asnumpy()
    y.backward()
    np.testing.assert_array_equal(first, x.grad.asnumpy())
    assert len(passes) == count + 1 and passes[-1]


def test_it_frees_what_the_graph_kept(passes):
    x, w = known_by(shared, (4, 3), (4, 3))
    with autograd.record():
        y = shared(x, w)
    middle = y._node.parents[0]
    y.backward()
    assert passes[-1]
    assert y._node.parents is None and y._node.ans is None and middle.parents is None


def test_no_gradient_array_is_kept(passes):
    x, w = known_by(shared, (4, 3), (4, 3))
    gc.collect()
    step(shared, (x, w))
    array = weakref.ref(x.grad._value)
    x.attach_grad()
    assert array() is None


def test_a_gradient_that_is_absent_is_zero(passes):
    """MXNet's variable that a blocked path alone reaches gets zeros, and is marked as fresh."""
    x, w = leaves((3,), (3,))
    for _ in range(5):
        w.attach_grad()
        w.grad[:] = 7
        with autograd.record():
            y = (x * 2 + nd.BlockGrad(w * w) * x).tanh() * x
        y.backward()
        np.testing.assert_array_equal(w.grad.asnumpy(), 0)
        assert w._node.fresh
    assert passes[-1]


class _Halved(autograd.Function):
    """Gives no gradient to its second input."""

    def forward(self, x, w):
        return x * w

    def backward(self, dy):
        return dy / 2, nd.zeros_like(dy)


def test_functions_of_the_user(passes):
    """Each call is an operation of its own, so no pass is written, and none keeps what the call kept."""
    x, w = leaves((3,), (3,))

    def fn(x, w):
        return (_Halved()(x.tanh(), w) * x).exp()

    wanted = numeric(fn, (x, w))
    for _ in range(4):
        for a, b in zip(step(fn, (x, w)), wanted):
            np.testing.assert_allclose(a, b, rtol=1e-6)
    assert passes == [False] * 4 and not repeated._known


def test_gradient_functions(grads):
    """By an input, by weights, by some of the weights: what is not asked for is not computed."""
    x = lj.Tensor(np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32))
    w = lj.Parameter(lj.Tensor(np.ones((4, 3), np.float32) / 2), name="w")
    v = lj.Parameter(lj.Tensor(np.ones((4, 3), np.float32) * 2), name="v")
    asked: list[tuple] = []
    rule = OPERATORS["multiply"].direct_rule

    def watched(xp, g, ans, args, needs):
        asked.append(needs)
        return rule(xp, g, ans, args, needs)

    def fn(x):
        return ((x * w).tanh() * v + x * v).exp().sum()

    def check(make, needs):
        wanted, first, tail = None, None, None
        repeated._known.clear()
        repeated._unknown.clear()
        for _ in range(5):
            asked.clear()
            found = make()(x)
            found = found if isinstance(found, tuple) else (found,)
            first = asked.copy() if first is None else first
            tail = asked.copy()
            values = [f.asnumpy() for f in found]
            wanted = values if wanted is None else wanted
            for a, b in zip(values, wanted):
                np.testing.assert_allclose(a, b, rtol=1e-6)
        assert grads[-1]
        assert sorted(tail) == sorted(first) == sorted(needs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OPERATORS["multiply"], "direct_rule", watched)
        check(lambda: lj.ops.GradOperation()(fn), [(True, False)] * 3)
        check(lambda: lj.ops.GradOperation(get_by_list=True)(fn, [w, v]), [(False, True), (True, True), (False, True)])
        check(lambda: lj.ops.GradOperation(get_by_list=True)(fn, [w]), [(False, True), (True, False)])
        check(lambda: lj.ops.GradOperation(get_all=True)(fn), [(True, False)] * 3)


def test_a_graph_from_before_the_call_is_not_known(grads):
    """What a gradient function closes over is constant, also where it was recorded."""
    x, w = leaves((3,), (3,))

    def run():
        with autograd.record():
            h = x * w

        def fn(t):
            return ((t * w + h).tanh() * h + t).sum()

        return lj.grad(fn)(x).asnumpy()

    first = run()
    for _ in range(5):
        np.testing.assert_allclose(run(), first, rtol=1e-6)
    assert not grads[-1]


def test_gradients_of_gradients_are_linked(grads):
    x = lj.Tensor(np.array([0.5, -1.0], np.float32))
    cube = lj.grad(lambda t: (t * t * t + t * t * t).sum())
    second = lj.grad(lambda t: cube(t).sum())
    for _ in range(5):
        np.testing.assert_allclose(cube(x).asnumpy(), 6 * x.asnumpy() ** 2, rtol=1e-6)
        np.testing.assert_allclose(second(x).asnumpy(), 12 * x.asnumpy(), rtol=1e-6)


def test_what_changes_at_every_step_is_not_written(passes, monkeypatch):
    written = []
    original = repeated._write
    monkeypatch.setattr(repeated, "_write", lambda nodes, *rest: written.append(len(nodes)) or original(nodes, *rest))
    x, w = leaves((3,), (3,))

    def grown(n):
        def fn(x, w):
            for _ in range(n):
                x = x * w
            return x + w
        return fn

    for n in range(4, 60):
        got = step(grown(n), (x, w))
        for a, b in zip(got, numeric(grown(n), (x, w))):
            np.testing.assert_allclose(a, b, rtol=1e-5)
    assert not written  # no graph is as one before


def test_graphs_that_take_turns_are_written_both(passes):
    x, w = leaves((3,), (3,))
    for turn in range(40):
        step(diamond if turn % 2 else (lambda x, w: (x * w).sum()), (x, w))
    assert passes[-4:] == [True] * 4


def test_rules_that_leave_a_gradient_out_are_known_before_a_pass_is_written(passes):
    """Passes are counted by the operator at the head: graphs of others before, kl_div's rule is new at the first."""
    x, y = leaves((2, 3), (2, 3))
    kl_div = OPERATORS["kl_div"]
    kl_div.partial = False

    def other(x, y):
        return (x * (y * 2)).sum()

    def fn(x, y):
        return kl_div(x, y * 2, reduction="none").sum()

    for function in [other, other, fn, fn, *[fn] * 30]:
        step(function, (x, y))
        if function is fn:
            assert x.grad.asnumpy().any() and not y.grad.asnumpy().any()
    assert passes[-1]


def test_a_thousand_operators(passes):
    x, w = leaves((3,), (3,))

    def chain(x, w):
        for _ in range(300):
            x = (x * w + w).tanh()
        return x

    for _ in range(4):
        got = step(chain, (x, w))
    for a, b in zip(got, numeric(chain, (x, w))):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert passes[-1]


def test_inside_a_grad_network_the_graph_is_kept(passes):
    """A backward pass inside a function that is being differentiated frees nothing."""
    x, w = known_by(shared, (3,), (3,))
    count = len(passes)

    def fn(t):
        with autograd.record():
            y = shared(x, w)
        y.backward()
        return t * 2

    lj.grad(fn)(lj.Tensor(np.ones(3, np.float32)))
    assert len(passes) == count


