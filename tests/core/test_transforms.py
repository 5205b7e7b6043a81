"""Gradient networks: what they close over, side effects, nesting with the tape, failures."""

from collections import namedtuple

import numpy as np
import pytest

from luojia import Parameter, Tensor, nd, ops
from luojia import autograd as ag
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope, state
from luojia._src.core.transforms import Recorded, pullback, tensors_in

X = Tensor([2.0])


def numbers(t):
    return [numbers(o) for o in t] if isinstance(t, (tuple, list)) else t.asnumpy().tolist()


def grad(fn, *xs):
    return ops.GradOperation()(fn)(*xs)


def variable(number, cls=Tensor):
    x = cls([number]) if cls is Tensor else nd.array([number])
    x.attach_grad()
    return x


def test_what_it_closes_over_is_constant():
    k = variable(5.0)
    with recording_scope(True):
        linked = k * k
    assert numbers(grad(lambda x: x * linked * k, X)) == [125.0]
    assert numbers(k.grad) == [0.0]


def test_side_effects_happen_once():
    calls = []
    ops.GradOperation(get_all=True)(lambda x: calls.append(x) or x * x)(X)
    assert len(calls) == 1
    grad(lambda x: grad(lambda y: calls.append(y) or y * y * x, x), X)
    assert len(calls) == 2


def test_grad_is_not_touched():
    k, w = variable(5.0), Parameter(Tensor([3.0]), name="w")
    before = (numbers(k.grad), numbers(w.grad))
    out = ops.GradOperation(True, True)(lambda x: x * w * k, w)(k)
    assert numbers(out) == [[[15.0]], [25.0]]  # the k closed over is a constant
    assert (numbers(k.grad), numbers(w.grad)) == before and k._node.fresh is False


def test_writing_to_an_input_stays_inside():
    """The network gets aliases: a rebound or overwritten alias leaves the caller's Tensor, and the gradient, alone."""

    def rebinds(x):
        y = x * x
        x._rebind(np.array([100.0], np.float32))
        return y * 1.0

    def overwrites(x):
        y = x * x
        x._write(Ellipsis, 100.0)
        return y

    for fn in (rebinds, overwrites):
        x = Tensor([3.0])
        assert numbers(grad(fn, x)) == [6.0] and numbers(x) == [3.0]
        assert numbers(ops.value_and_grad(fn)(x)) == [[9.0], [6.0]] and numbers(x) == [3.0]


def test_a_failing_network_leaves_everything():
    w = Parameter(Tensor([3.0]), name="w")

    def fails(x):
        y = x * w  # noqa: F841
        raise LookupError("inside")

    for transform in (ops.GradOperation(), ops.value_and_grad):
        with pytest.raises(LookupError, match="inside"):
            transform(fails)(X)
    assert (state.recording, state.training, state.depth) == (False, False, 0)
    assert numbers(w.grad) == [0.0] and numbers(w) == [3.0]
    y = variable(2.0)
    with recording_scope(True):
        z = y * y
        with pytest.raises(LookupError):
            grad(fails, y)
        z = z * y
    z.backward()
    assert numbers(y.grad) == [12.0]


def test_the_network_records_also_in_a_pause():
    with ag.pause():
        assert numbers(grad(lambda x: x * x, X)) == [4.0] and not state.recording
    x = variable(3.0)
    with ag.record():
        with ag.pause():
            g = grad(lambda v: v * v, x)
        assert g._node is None
        y = g * x
    y.backward()
    assert numbers(x.grad) == [6.0]


def test_a_pause_inside_the_network_makes_constants():
    def fn(x):
        with ag.pause():
            k = x * x
        return k * x

    assert numbers(grad(fn, X)) == [4.0]


@pytest.mark.parametrize("cls", [Tensor, nd.NDArray])
def test_a_grad_network_under_record(cls):
    w, x = variable(3.0, cls), variable(2.0, cls)
    with ag.record():
        g = grad(lambda v: w * v * v, x)  # 2 w v
        y = g * g  # 4 w^2 x^2
    y.backward()
    assert type(g) is cls
    assert numbers(w.grad) == [8 * 3.0 * 4.0] and numbers(x.grad) == [8 * 9.0 * 2.0]


def test_record_within_a_grad_network():
    def slope_squared(x):
        with ag.record():
            y = x * x * x
            slope = ag.grad(y, x, create_graph=True, retain_graph=True)[0]
        return slope * slope

    x = nd.array([2.0])
    assert numbers(grad(slope_squared, x)) == [288.0]
    assert numbers(grad(lambda v: grad(slope_squared, v), x)) == [432.0]  # 36 x^3, and 108 x^2


def test_backward_within_a_grad_network():
    """Its .grad is a constant to the outer gradient, and the outer graph survives it."""
    k = nd.array([5.0])
    k.attach_grad()

    def fn(x):
        with ag.record():
            y = x * k
            y.backward()
        return x * x * k.grad

    assert numbers(grad(fn, nd.array([3.0]))) == [18.0] and numbers(k.grad) == [3.0]


def test_four_deep():
    fn = lambda x: x * x * x * x * x
    for expected in (80.0, 160.0, 240.0, 240.0, 120.0, 0.0):
        fn = (lambda inner: lambda x: grad(inner, x))(fn)
        assert numbers(fn(X)) == [expected]


def test_mixed_partial_derivatives_by_mixed_means():
    """d/dy (d/dx x^2 y^3) = 6 x y^2, by every order of the two mechanisms."""
    f = lambda x, y: x * x * y * y * y
    xs = [nd.array([2.0]), nd.array([3.0])]
    by_x = lambda x, y: grad(f, x, y)
    assert numbers(ops.GradOperation(get_all=True)(by_x)(*xs)[1]) == [108.0]
    for x in xs:
        x.attach_grad()
    with ag.record():
        first = ag.grad(f(*xs), xs[0], create_graph=True, retain_graph=True)[0]
    first.backward()
    assert numbers(xs[1].grad) == [108.0]
    with ag.record():
        first = by_x(*xs)
    first.backward()
    assert numbers(xs[1].grad) == [108.0]


def test_the_same_tensor_twice_has_one_gradient_each_and_the_tape_their_sum():
    x = variable(3.0)
    with recording_scope(True):
        a, b = ops.GradOperation(get_all=True)(lambda a, b: a * a * b)(x, x)
        y = a + b  # 2ab + a^2 at a = b = x: 3 x^2
    y.backward()
    assert (numbers(a), numbers(b)) == ([18.0], [9.0]) and numbers(x.grad) == [18.0]


def test_a_gradient_is_asked_as_often_as_one_likes():
    _, _, pull = pullback(lambda x: (x * x, x * 3.0), [X])
    for sens, expected in (((1.0, 0.0), 4.0), ((0.0, 2.0), 6.0), ((1.0, 1.0), 7.0)):
        assert numbers(pull(tuple(Tensor([s]) for s in sens))[0]) == [[expected]]


def test_structures_of_outputs():
    Pair = namedtuple("Pair", "a b")
    fn = lambda x: Pair(x * x, {"c": [x * 3.0]})
    out, g = ops.value_and_grad(fn)(X)
    assert isinstance(out, Pair) and numbers(out.a) == [4.0] and numbers(g) == [7.0] and out.a._node is None
    out, pushed = ops.jvp(lambda x: Pair(x * x, x * 3.0), X, Tensor([1.0]))
    assert isinstance(out, Pair) and isinstance(pushed, Pair) and numbers(pushed) == [[4.0], [3.0]]
    assert len(tensors_in(fn(X))) == 2


def test_values_are_unlinked_outside_and_linked_inside_a_recording():
    x = variable(2.0)
    out, _ = ops.value_and_grad(lambda v: v * v)(x)
    assert out._node is None
    with recording_scope(True):
        out, g = ops.value_and_grad(lambda v: v * v)(x)
        y = out * g  # x^2 2x
    y.backward()
    assert numbers(x.grad) == [24.0]


def test_gradients_take_the_class_and_device_of_their_primal():
    from luojia import cpu

    a, t = nd.array([2.0], ctx=cpu(1)), Tensor([3.0], device=cpu(1))
    ga, gt, gu = ops.GradOperation(get_all=True)(lambda a, t, u: a * t)(a, t, X)
    assert (type(ga), type(gt), ga.context, gt._device) == (nd.NDArray, Tensor, cpu(1), cpu(1))
    assert gu._device is X._device and numbers(gu) == [0.0]


def test_a_recorded_call_does_not_enter_what_came_before():
    visited = []
    x = variable(2.0)
    spy = OPERATORS["square"]
    with recording_scope(True):
        before = spy(x)
        run = Recorded(lambda v: v * before, (X,))
        found = run.pull([(run.out, Tensor([1.0]))], [run.inputs[0].node])
    visited = [n for n in found if n is x._node]
    assert not visited and numbers(found[run.inputs[0].node]) == [4.0]
