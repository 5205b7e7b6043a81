"""Arrays of a graph whose batch size is left open."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd, sym


def graph(zeros):
    x = sym.Variable("x")
    return sym.FullyConnected(zeros, num_hidden=4, name="f") + sym.FullyConnected(x, num_hidden=4, name="g")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_length_is_that_of_the_inputs(rows):
    net = graph(sym.zeros(shape=(0, 5), name="z"))
    assert net.infer_shape(x=(rows, 2)) == ([(4, 5), (4,), (rows, 2), (4, 2), (4,)], [(rows, 4)], [])
    executor = net.simple_bind(mx.cpu(), x=(rows, 2))
    for array in executor.arg_dict.values():
        array[:] = 1
    assert (executor.forward()[0].asnumpy() == 4).all()
    assert executor.reshape(x=(7, 2), allow_up_sizing=True).forward()[0].shape == (7, 4)


def test_a_time_axis_is_not_taken_for_the_batch():
    x = sym.Variable("x")
    first = sym.slice_axis(x, axis=0, begin=0, end=1).reshape((-3, -2))
    net = sym.zeros(shape=(0, 5)) + first
    for steps, rows in ((6, 3), (1, 3), (6, 1)):
        assert net.infer_shape(x=(steps, rows, 5))[1] == [(rows, 5)]
        out = net.bind(mx.cpu(), {"x": nd.ones((steps, rows, 5))}).forward()[0]
        np.testing.assert_array_equal(out.asnumpy(), np.ones((rows, 5)))


def test_what_does_not_fit_stays_open():
    net = sym.zeros(shape=(0, 5)) + sym.Variable("x")
    with pytest.warns(UserWarning, match="Cannot decide shape"):
        assert net.infer_shape() == (None, None, None)
