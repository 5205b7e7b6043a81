"""GradOperation, row by row of what MindSpore programs rely on."""

import copy

import numpy as np
import pytest

from luojia import GRAPH_MODE, PYNATIVE_MODE, Parameter, ParameterTuple, Tensor, get_context, nn, ops, set_context
from luojia._src.core import dtypes as mstype

X = Tensor(np.array([1.0, 2.0], np.float32))
Y = Tensor(np.array([3.0, 5.0], np.float32))


def values(out):
    """Nested tuples of Tensors as nested lists."""
    return [values(o) for o in out] if isinstance(out, (tuple, list)) else out.asnumpy().tolist()


@pytest.fixture
def w():
    return Parameter(Tensor(np.array([2.0, 4.0], np.float32)), name="w")


@pytest.fixture
def v():
    return Parameter(Tensor(np.array([7.0], np.float32)), name="v")


def net(w):
    return lambda x, y: x * w * y


@pytest.mark.parametrize("sens_param", [False, True])
@pytest.mark.parametrize("flags, expected", [
    ((False, False), [6.0, 20.0]),
    ((True, False), [[6.0, 20.0], [2.0, 8.0]]),
    ((False, True), [[3.0, 10.0]]),
    ((True, True), [[[6.0, 20.0], [2.0, 8.0]], [[3.0, 10.0]]]),
])
def test_eight_combinations(w, flags, expected, sens_param):
    sens = (Tensor(np.array([1.0, 1.0], np.float32)),) if sens_param else ()
    out = ops.GradOperation(*flags, sens_param)(net(w), ParameterTuple([w]))(X, Y, *sens)
    assert values(out) == expected
    assert isinstance(out, Tensor if flags == (False, False) else tuple)


def test_a_single_parameter_gives_a_bare_tensor(w):
    assert isinstance(ops.GradOperation(get_by_list=True)(net(w), w)(X, Y), Tensor)
    inputs, weight = ops.GradOperation(True, True)(net(w), w)(X, Y)
    assert isinstance(inputs, tuple) and isinstance(weight, Tensor)


def test_one_input_gives_a_tuple_of_one():
    out = ops.GradOperation(get_all=True)(lambda x: x * x)(X)
    assert isinstance(out, tuple) and values(out) == [[2.0, 4.0]]


@pytest.mark.parametrize("flag", ["get_all", "get_by_list", "sens_param"])
@pytest.mark.parametrize("value, name", [(1, "int"), (None, "NoneType"), (np.bool_(True), "bool")])
def test_flags_must_be_bool(flag, value, name):
    with pytest.raises(TypeError, match=f"For 'GradOperation', the '{flag}' should be bool, but got {name}"):
        ops.GradOperation(**{flag: value})


def test_sens_by_keyword_and_last_argument(w):
    sens = Tensor(np.array([10.0, 0.5], np.float32))
    grad = ops.GradOperation(sens_param=True)(net(w))
    assert values(grad(X, Y, sens)) == values(grad(X, Y, sens=sens)) == [60.0, 10.0]


@pytest.mark.parametrize("shape", [(1, 3), (3, 2), (3,), ()])
def test_sens_of_another_shape_is_refused(shape):
    x = Tensor(np.ones((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"should be \(2, 3\).*sens has shape"):
        ops.GradOperation(sens_param=True)(lambda x: x * x)(x, Tensor(np.ones(shape, np.float32)))


def test_sens_of_another_dtype_is_refused():
    with pytest.raises(TypeError, match="The dtype should be Float32, but got Float64"):
        ops.GradOperation(sens_param=True)(lambda x: x * x)(X, Tensor(np.ones(2)))


def test_sens_missing():
    with pytest.raises(TypeError, match="last argument"):
        ops.GradOperation(sens_param=True)(lambda x: x)()


def test_tuple_outputs_are_summed_and_take_a_tuple_of_sens():
    def pair(x):
        return x * x, {"a": [x * 3.0, "text"]}, 4, None

    assert values(ops.GradOperation()(pair)(X)) == [5.0, 7.0]
    sens = (Tensor(np.array([1.0, 0.0], np.float32)), Tensor(np.array([0.0, 2.0], np.float32)))
    assert values(ops.GradOperation(sens_param=True)(lambda x: (x * x, x * 3.0))(X, sens)) == [2.0, 6.0]
    with pytest.raises(ValueError, match="2 outputs.*one Tensor"):
        ops.GradOperation(sens_param=True)(lambda x: (x * x, x * 3.0))(X, sens[0])
    with pytest.raises(ValueError, match="2 Tensors, but sens has 3"):
        ops.GradOperation(sens_param=True)(lambda x: (x * x, x * 3.0))(X, (*sens, sens[0]))


def test_weights_in_the_order_given_with_duplicates(w, v):
    def fn(x):
        return x * w * v

    by = ops.GradOperation(get_by_list=True)
    assert values(by(fn, [v, w, v])(X)) == [[10.0], [7.0, 14.0], [10.0]]
    assert values(by(fn, (w,))(X)) == [[7.0, 14.0]]
    assert by(fn, [])(X) == () and by(fn, ParameterTuple([]))(X) == ()


def test_no_weights_means_the_trainable_ones_that_were_used(w, v):
    frozen = Parameter(Tensor(np.ones(2, np.float32)), name="frozen", requires_grad=False)
    unused = Parameter(Tensor(np.ones(2, np.float32)), name="unused")
    by = ops.GradOperation(get_by_list=True)
    assert values(by(lambda x: x * w * v * frozen)(X)) == [[7.0, 14.0], [10.0]]
    assert values(by(lambda x: unused * 1.0 if False else x * v, None)(X)) == [[3.0]]


def test_unused_foreign_and_frozen_parameters_have_zero_gradients(w):
    foreign = Parameter(Tensor(np.ones(3, np.float32)), name="foreign")
    frozen = Parameter(Tensor(np.ones(2, np.float32)), name="frozen", requires_grad=False)
    out = ops.GradOperation(get_by_list=True)(lambda x: x * w * frozen, [foreign, frozen, w])(X)
    assert values(out) == [[0.0] * 3, [0.0, 0.0], [1.0, 2.0]]


def test_weights_may_change_between_calls(w, v):
    by = ops.GradOperation(get_by_list=True)
    assert values(by(lambda x: x * w * v, [w])(X)) == [[7.0, 14.0]]
    assert values(by(lambda x: x * w * v, [v])(X)) == [[10.0]]


def test_weights_are_ignored_without_get_by_list(w):
    assert values(ops.GradOperation()(net(w), [w])(X, Y)) == [6.0, 20.0]


def test_what_no_parameter_is_among_the_weights(w):
    by = ops.GradOperation(get_by_list=True)
    assert values(by(net(w), [X, w])(X, Y)) == [[0.0, 0.0], [3.0, 10.0]]
    with pytest.raises(TypeError, match="weights should be Parameters, but got str"):
        by(net(w), ["w"])


def test_only_tensors_count_as_inputs():
    every = ops.GradOperation(get_all=True)
    assert values(every(lambda x, k: x * k)(X, 4.0)) == [[4.0, 4.0]]
    assert every(lambda x, k: x * k)(2.0, 4.0) == ()
    out = every(lambda a, s, t, d, x, y: x * y)(None, "s", (X,), {"k": X}, X, Y)
    assert values(out) == [[3.0, 5.0], [1.0, 2.0]]
    assert ops.GradOperation()(lambda a, x: x * x)(1.0, X) == ()
    assert ops.GradOperation()(lambda a: X * 1.0)(np.ones(2, np.float32)) == ()


def test_keyword_tensors_are_differentiated():
    out = ops.GradOperation(get_all=True)(lambda x, *, k: x * k)(X, k=Y)
    assert values(out) == [[3.0, 5.0], [1.0, 2.0]]


def test_gradients_have_the_dtype_of_their_inputs():
    x16 = Tensor(np.array([2.0], np.float16))
    x32 = Tensor(np.array([3.0], np.float32))
    i32 = Tensor(np.array([3], np.int32))
    flags = Tensor(np.array([True, False]))
    d16, d32, di, db = ops.GradOperation(get_all=True)(lambda a, b, i, f: a * b * i * f)(x16, x32, i32, flags)
    assert (d16.dtype, d32.dtype, di.dtype, db.dtype) == (mstype.float16, mstype.float32, mstype.int32, mstype.bool_)
    assert values((d16, d32, di, db)) == [[9.0], [6.0], [6], [True, True]]


def test_int_inputs_have_their_real_gradient():
    i32 = Tensor(np.array([3, 4], np.int32))
    out = ops.GradOperation()(lambda i: i * i)(i32)
    assert out.dtype == mstype.int32 and values(out) == [6, 8]


def test_constant_outputs_and_unused_inputs_give_zeros():
    every = ops.GradOperation(get_all=True)
    assert values(every(lambda x, y: x * 2.0)(X, Y)) == [[2.0, 2.0], [0.0, 0.0]]
    for constant in (3.0, None, "text"):
        assert values(every(lambda x, constant=constant: constant)(X)) == [[0.0, 0.0]]
    assert values(ops.GradOperation()(lambda x: x)(X)) == [1.0, 1.0]
    assert values(ops.GradOperation()(lambda x: x > 1.0)(X)) == [0.0, 0.0]


def test_a_cast_passes_the_gradient_straight_through():
    out = ops.GradOperation()(lambda x: ops.cast(x, mstype.int32) * 3)(X)
    assert values(out) == [3.0, 3.0] and out.dtype == mstype.float32


def test_the_network_must_be_callable():
    with pytest.raises(TypeError, match="Module or a function, but got Tensor"):
        ops.GradOperation()(X)


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match="argument"):
        ops.GradOperation()(lambda x: x)(X, Y)


class Scale:
    def __init__(self, k):
        self.k = k

    def method(self, x):
        return x * x * self.k


def test_methods_and_lambdas(w):
    assert values(ops.GradOperation()(Scale(3.0).method)(X)) == [6.0, 12.0]
    assert values(ops.GradOperation(get_by_list=True)(Scale(w).method, w)(X)) == [1.0, 4.0]


def test_one_tensor_in_two_positions_and_closed_over():
    a, b = ops.GradOperation(get_all=True)(lambda a, b: a * a * b)(X, X)
    assert values((a, b)) == [[2.0, 8.0], [1.0, 4.0]]
    assert values(ops.GradOperation()(lambda a: a * X)(X)) == [1.0, 2.0]


def test_a_parameter_as_input(w):
    assert values(ops.GradOperation()(lambda p: p * p * w)(w)) == [8.0, 32.0]
    out = ops.GradOperation(True, True)(lambda p: p * p * w, w)(w)
    assert values(out) == [[[8.0, 32.0]], [4.0, 16.0]]


def test_third_order_and_gradients_of_tuples():
    grad = ops.GradOperation()
    assert values(grad(grad(grad(lambda x: x * x * x * x)))(X)) == [24.0, 48.0]
    both = ops.GradOperation(get_all=True)(lambda x, y: x * x * y)  # (2xy, x^2), summed: d/dx = 2y + 2x
    assert values(grad(both)(X, Y)) == [8.0, 14.0]
    by_weight = Parameter(Tensor([2.0]), name="p")
    inner = ops.GradOperation(get_by_list=True)(lambda x: x * by_weight * by_weight, by_weight)  # 2 x p, summed
    assert values(ops.GradOperation(get_by_list=True)(inner, by_weight)(X)) == [6.0]


def test_branches_loops_and_asnumpy():
    def fn(x):
        y = x
        while y.asnumpy().sum() < 20:
            y = y * 2.0
        return y * float(x.asnumpy()[0])

    assert values(ops.GradOperation()(fn)(X)) == [8.0, 8.0]


def test_nothing_of_grad_or_recording_remains(w):
    ops.GradOperation(get_by_list=True)(net(w), w)(X, Y)
    assert values(w.grad) == [0.0, 0.0]
    with pytest.raises(ZeroDivisionError):
        ops.GradOperation()(lambda x: 1 / 0)(X)
    from luojia._src.core.tape import state

    assert not state.recording and state.depth == 0


def test_repr():
    assert repr(ops.GradOperation(True)) == "GradOperation(get_all=True, get_by_list=False, sens_param=False)"


class Counted(nn.Module):
    """x + w, with the statistics of x: how often it has run shows in them."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2, momentum=0.5)
        self.w = Parameter(Tensor(np.array([1.0, 1.0], np.float32)), name="w")

    def construct(self, x):
        return self.norm(x * self.w).sum()


class Step(nn.Module):
    """MindSpore's idiom: the loss, then the gradient of the network on the same inputs."""

    def __init__(self, network, marked):
        super().__init__(auto_prefix=False)
        self.network = network
        self.network.set_grad(marked)
        self.weights = ParameterTuple(network.trainable_params())
        self.grad = ops.GradOperation(get_by_list=True, sens_param=True)

    def construct(self, x):
        loss = self.network(x)
        return loss, self.grad(self.network, self.weights)(x, ops.ones_like(loss))


@pytest.mark.parametrize("mode", [PYNATIVE_MODE, GRAPH_MODE])
def test_a_marked_network_runs_once(mode):
    x = Tensor(np.array([[2.0, 4.0], [4.0, 8.0]], np.float32))
    found = {}
    before = get_context("mode")
    set_context(mode=mode)
    try:
        for marked in (True, False):
            step = Step(Counted().set_train(), marked)
            loss, gradients = step(x)
            found[marked] = [values(step.network.norm.moving_mean), values(loss), values(gradients)]
    finally:
        set_context(mode=before)
    assert found[True][0] == [1.5, 3.0]  # 0.5 * 0 + 0.5 * mean, once
    assert found[False][0] == [2.25, 4.5]
    assert found[True][1:] == found[False][1:]


def test_what_was_kept_is_used_once_and_for_the_same_inputs():
    runs = []

    class Net(nn.Module):
        def construct(self, x, scale):
            runs.append(scale)
            return x * x * scale

    net, grad = Net().set_grad(), ops.GradOperation()
    out = net(X, 2.0)
    assert out._node is None and values(grad(net)(X, 2.0)) == [4.0, 8.0] and len(runs) == 1
    assert values(grad(net)(X, 2.0)) == [4.0, 8.0] and len(runs) == 2
    net(X, 2.0)
    assert values(grad(net)(Y, 2.0)) == [12.0, 20.0] and len(runs) == 4
    net(X, 2.0)
    assert values(grad(net)(X, 3.0)) == [6.0, 12.0] and len(runs) == 6
    x = Tensor(np.array([1.0, 2.0], np.float32))
    net(x, 1.0)
    x[0] = 5.0
    assert values(grad(net)(x, 1.0)) == [10.0, 4.0] and len(runs) == 8
    net(X, 1.0)
    assert values(copy.deepcopy(net)(X, 1.0)) == [1.0, 4.0]
    assert values(grad(grad(net))(X, 1.0)) == [2.0, 2.0]
    handle = net.register_forward_hook(lambda module, inputs, output: output * 10)
    net(X, 1.0)
    assert values(grad(net)(X, 1.0)) == [20.0, 40.0]
    handle.remove()
    assert values(grad(Net().set_grad().set_grad(False))(X, 1.0)) == [2.0, 4.0]
