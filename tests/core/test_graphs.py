"""What MindSpore's graphs take and give: arguments of their own, values for results (mindspore 2.8.0's answers)."""

from contextlib import nullcontext

import numpy as np
import pytest

import luojia
from luojia import GRAPH_MODE, PYNATIVE_MODE, Parameter, Tensor, jit, mutable, nn, ops


@pytest.fixture
def graph():
    luojia.set_context(mode=GRAPH_MODE)
    yield
    luojia.set_context(mode=PYNATIVE_MODE)


@jit
def writes(x, pair, *, more):
    x[0] = 7.0
    pair[0][0] = 7.0
    more[0] = 7.0
    return x + pair[0] + more


def test_arguments_that_are_written_into_stay():
    x = Tensor([1.0, 2.0])
    assert writes(x, (x, 3), more=x).tolist() == [21, 6] and x.tolist() == [1, 2]
    gradient = ops.grad(lambda x: writes(x * 1.0, (x, 3), more=x).sum())(x)
    assert gradient.tolist() == [0, 3]
    listed, named, run = [1, 2], {}, jit(_set)
    uncompiled = pytest.warns(UserWarning, match="it writes into an argument")
    with nullcontext() if luojia.get_context("engine") == "numpy" else uncompiled:
        assert run(listed) == [7.0, 2] and listed == [1, 2]
        assert run(named) == {0: 7.0} == named  # a dict is the caller's
    written = Parameter(Tensor([1.0, 2.0]), name="p")
    jit(_set)(written)  # and so is a parameter
    assert written.asnumpy().tolist() == [7, 2]


def _set(x):
    x[0] = 7.0
    return x


def test_arguments_of_networks(graph):
    class Net(nn.Cell):
        def construct(self, x):
            x[0] = x[1] * 3
            return x

    x = Tensor([1.0, 2.0])
    assert Net()(x).tolist() == [6, 2] and x.tolist() == [1, 2]


@pytest.mark.parametrize("result, expected", [
    (lambda x: map(lambda a: a + 1, [1, 2]), [2, 3]), (lambda x: filter(lambda a: a > 1, (1, 2, 3)), [2, 3]),
    (lambda x: zip([1, 2], (3, 4)), ((1, 3), (2, 4))), (lambda x: range(3), (0, 1, 2)),
    (lambda x: (np.float32(1.5), np.arange(4).sum()), (1.5, 6)), (lambda x: {"a": 1}.keys(), ("a",)),
    (lambda x: {"a": 1}.values(), (1,)), (lambda x: {"a": 1}.items(), [("a", 1)]),
    (lambda x: [enumerate(["a"]), {"b": range(2)}], [((0, "a"),), {"b": (0, 1)}]),
])
def test_iterators_are_listed(result, expected):
    found = jit(result)(Tensor([1.0]))
    assert found == expected and repr(found) == repr(expected)


def test_parameters_are_values():
    p = Parameter(Tensor([1.0]), name="p")
    found = jit(lambda x: {"p": p, "all": (p, [x])})(Tensor([2.0]))
    assert type(found["p"]) is type(found["all"][0]) is Tensor and found["p"].tolist() == [1]
    assert ops.grad(jit(lambda x: (p, x * p)), None, p)(Tensor([2.0])).tolist() == [3]


def test_gradients_of_mutable_inputs(graph):
    def f(x, k):
        return x[0] * x[1] * k

    given = (Tensor(2.0), Tensor(3.0))
    assert [float(g) for g in ops.GradOperation()(f)(mutable(given), 2)] == [6, 4]
    assert type(ops.GradOperation()(f)(mutable(list(given)), 2)) is list
    found = ops.GradOperation()(lambda x: x["a"] * x["b"])(mutable({"a": given[0], "b": given[1]}))
    assert {k: float(g) for k, g in found.items()} == {"a": 3, "b": 2}
    assert ops.GradOperation()(f)(given, 2) == ()


def test_lists_of_arrays_are_float32():
    assert str(Tensor([np.ones(2), np.ones(2)]).dtype) == str(Tensor([np.float64(1)]).dtype) == "Float32"
