"""Gradient functions: what they may be called with, and hooks; the expected answers are MindSpore's."""

import numpy as np
import pytest

from luojia import Parameter, Tensor, grad, int32, nn, ops, value_and_grad
from luojia._src.errors import ArgumentError, DTypeError, GraphError, ShapeError

X = Tensor([1.0, 2.0])
Y = Tensor([3.0, 5.0])


def f(x, y):
    return x * x * y


def lists(found):
    return [lists(t) for t in found] if isinstance(found, tuple) else found.tolist()


@pytest.mark.parametrize(("sens", "want"), [
    (2.0, [4, 8]), (3, [6, 12]), (Tensor([2.0]), [4, 8]), (Tensor([[1.0, 2.0]]), [6, 12]), (Tensor([2], int32), [4, 8]),
    ((Tensor(2.0),), [4, 8]),
])
def test_sens_of_an_output_without_axes_may_be_a_number_or_of_any_shape(sens, want):
    gradient = ops.GradOperation(sens_param=True)(lambda x: (x * x).sum())
    assert gradient(X, sens).tolist() == want
    assert ops.GradOperation(sens_param=True)(lambda x: gradient(x, sens) * x)(X, X).tolist() == [2 * w * x for w, x in
                                                                                                   zip(want, [1, 2])]


def test_sens_of_other_outputs_must_match():
    gradient = ops.GradOperation(sens_param=True)
    with pytest.raises(ShapeError, match=r"should be \(2,\), that of the output, but sens is the number 2.0"):
        gradient(lambda x: x * x)(X, 2.0)
    with pytest.raises(ShapeError, match="sens is not broadcast"):
        gradient(lambda x: x * x)(X, Tensor([2.0]))
    with pytest.raises(DTypeError, match="should be Float32, but got Int32"):
        gradient(lambda x: x * x)(X, Tensor([2, 2], int32))
    with pytest.raises(ArgumentError, match="returns 2 outputs, so sens must be a tuple of as many"):
        gradient(lambda x: (x, x))(X, X)


def test_outputs_that_are_no_tensors_take_no_sens():
    gradient = ops.GradOperation(sens_param=True)
    assert gradient(lambda x: (x * x, 3.0))(X, X).tolist() == [2, 8]
    assert gradient(lambda x: (x * x, None))(X, X).tolist() == [2, 8]
    assert gradient(lambda x: 3.0)(X, X).tolist() == [0, 0]


@pytest.mark.parametrize(("position", "args", "kwargs", "want"), [
    (0, (), {"x": X, "y": Y}, [6, 20]),
    (0, (), {"y": Y, "x": X}, [1, 4]),
    ((0, 1), (), {"y": Y, "x": X}, [[1, 4], [6, 20]]),
    (1, (X,), {"y": Y}, [1, 4]),
    ((1, 0), (X,), {"y": Y}, [[1, 4], [6, 20]]),
    ((0, 1), (X,), {"y": 2.0}, [4, 8]),
])
def test_positions_go_on_through_keywords_in_the_order_of_the_call(position, args, kwargs, want):
    assert lists(grad(f, position)(*args, **kwargs)) == want
    assert lists(value_and_grad(f, position)(*args, **kwargs)[1]) == want
    with pytest.raises(GraphError, match="position index 2 exceeds"):
        grad(f, 2)(*args, **kwargs)


def test_without_inputs_there_are_the_gradients_of_weights():
    w = Parameter(Tensor([2.0]), name="w")
    assert grad(lambda: w * w)() == ()
    assert lists(grad(lambda: w * w, 0, w)()) == [[], [4]]
    assert lists(grad(lambda: w * w, None, [w])()) == [[4]]
    assert lists(value_and_grad(lambda: w * w, (0, 1), [w])()) == [[4], [[], [[4]]]]


def test_ids_of_one_position_are_bare():
    position, gradient = grad(f, (0,), return_ids=True)(X, Y)
    assert (position, gradient.tolist()) == (0, [6, 20])
    assert ops.get_grad((position, gradient), 0) is gradient
    w = Parameter(Tensor([2.0]), name="w")
    found = grad(lambda x: x * w, (0,), [w], return_ids=True)(X)
    assert (found[0][0], found[1][0][0]) == (0, "w")


def test_a_hook_of_several_values_sees_their_gradients_together():
    seen = []

    def hook(gradients):
        seen.append([g.tolist() for g in gradients])
        return gradients[0] * 2, gradients[1] * 3

    def net(x, y, hook):
        a, b, c = ops.HookBackward(hook)(x * x, y, "c")
        assert c == "c"
        return a + b

    both = ops.GradOperation(get_all=True)
    assert lists(both(lambda x, y: net(x, y, hook))(X, Y)) == [[4, 8], [3, 3]]
    assert seen == [[[1, 1], [1, 1]]]
    assert lists(both(lambda x, y: net(x, y, lambda g: None))(X, Y)) == [[2, 4], [1, 1]]
    assert lists(ops.GradOperation()(lambda x, y: both(lambda x, y: net(x, y, hook))(x, y)[0])(X, Y)) == [4, 4]
    assert ops.HookBackward(hook)(X, Y) == (X, Y)
    with pytest.raises(GraphError, match="as many gradients as it is given, 2, but got 1"):
        both(lambda x, y: net(x, y, lambda g: g[0]))(X, Y)


def test_a_hook_on_an_input_is_kept_for_gradient_functions():
    x, seen = Tensor([1.0, 2.0]), []
    double = x.register_hook(lambda g: g * 2)
    watch = x.register_hook(lambda g: seen.append(g.tolist()))
    assert ops.GradOperation()(f)(x, Y).tolist() == [12, 40] == grad(f)(x, Y).tolist()
    assert seen == [[12, 40]] * 2
    double.remove()
    watch.remove()
    assert grad(f)(x, Y).tolist() == [6, 20] and len(seen) == 2


class Own(nn.Cell):
    """x * y * k with a gradient of its own."""

    def __init__(self, bprop):
        super().__init__()
        self.function = bprop

    def construct(self, x, y, k=3):
        return x[0] * x[1] * y * k

    def bprop(self, x, y, k, out, dout):
        return self.function(x, y, k, out, dout)


@pytest.mark.parametrize("returned", [
    lambda x, y, k, out, d: ((d * 2, d * k), d * y, 0),
    lambda x, y, k, out, d: (d * 2, d * k, d * y, 0),
    lambda x, y, k, out, d: [(d * 2,), (d * k, d * y), None],
])
def test_bprop_has_tuples_flat_and_defaults_filled_in(returned):
    net = Own(returned)
    gradient = ops.GradOperation(get_all=True)
    assert lists(gradient(lambda a, b, y: net((a, b), y))(X, X, Y)) == [[2, 2], [3, 3], [3, 5]]
    assert lists(gradient(lambda a, b, y: net((a, b), y, k=4))(X, X, Y)) == [[2, 2], [4, 4], [3, 5]]
    assert np.allclose(net((X, X), Y).asnumpy(), [9, 60])
