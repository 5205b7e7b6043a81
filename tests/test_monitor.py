"""Monitor: which batches it looks at, what it reports. Expected numbers: mxnet 1.9.1."""

import logging

import pytest

import luojia as mx


@pytest.fixture
def executor():
    with mx.name.NameManager():
        return (mx.sym.var("x") * 2).simple_bind(mx.cpu(), x=(2,))


def batch(executor):
    executor.forward(is_train=True, x=mx.nd.array([1, 2]))
    executor.backward(mx.nd.ones((2,)))


def test_every_second_batch(executor):
    monitor = mx.mon.Monitor(2, sort=True)
    monitor.install(executor)
    found = []
    for _ in range(3):
        monitor.tic()
        batch(executor)
        found.append([(n, name, float(text)) for n, name, text in monitor.toc()])
    seen = [("_head_grad_0_id_output", 1.0), ("_mulscalar0_backward_output", 2.0), ("_mulscalar0_output", 3.1622777),
            ("x", 1.5811388)]
    assert found[1] == []
    for got, number in ((found[0], 1), (found[2], 3)):
        assert got == [(number, name, pytest.approx(value)) for name, value in seen]


def test_patterns_lists_and_logging(executor, caplog):
    monitor = mx.mon.Monitor(1, lambda a: [a.sum(), a], pattern="x$")
    monitor.install(executor)
    with caplog.at_level(logging.INFO):
        monitor.tic()
        batch(executor)
        monitor.toc_print()
    assert [r.getMessage().split() for r in caplog.records] == [["Batch:", "1", "x", "3.0", "[1.", "2.]"]]
    assert monitor.toc() == []


def test_inputs_of_operators(executor):
    monitor = mx.mon.Monitor(1, pattern="x$", monitor_all=True)
    monitor.install(executor)
    monitor.tic()
    batch(executor)
    assert [name for _, name, _ in monitor.toc()] == ["x", "x"]


def test_inputs_have_the_names_of_their_variables_and_of_their_places():
    with mx.name.NameManager():
        x = mx.sym.var("x")
        net = mx.sym.Concat(mx.sym.FullyConnected(x, num_hidden=3, name="fc") + x, x, name="cc")
    seen = []
    executor = net.simple_bind(mx.cpu(), x=(2, 3))
    executor.set_monitor_callback(lambda name, array: seen.append(name.decode()), monitor_all=True)
    executor.forward()
    assert " ".join(seen) == ("x fc_data fc_weight fc_weight fc_bias fc_bias fc_output _plus0_lhs x _plus0_rhs "
                              "_plus0_output cc_arg0 x cc_arg1 cc_output")


def test_gradients_of_operators(caplog):
    x, y = mx.sym.var("x"), mx.sym.var("y")
    fc = mx.sym.FullyConnected(mx.sym.Activation(x, act_type="tanh", name="act") + y, num_hidden=2, name="fc")
    executor = mx.sym.SoftmaxOutput(fc, name="softmax").simple_bind(mx.cpu(), x=(2, 3), y=(2, 3))
    for a in executor.arg_arrays:
        a[:] = 1
    monitor = mx.mon.Monitor(1, lambda a: a.abs().sum().round(), pattern=".*backward")
    monitor.install(executor)
    with caplog.at_level(logging.INFO):
        monitor.tic()
        executor.forward(is_train=True)
        executor.backward()
        monitor.toc_print()
    assert [r.getMessage() for r in caplog.records] == [f"Batch:       1 {name:30s} {value}\t" for name, value in [
        ("softmax_backward_output0", 2.0), ("softmax_backward_output1", 0.0), ("fc_backward_output0", 0.0),
        ("fc_backward_output1", 11.0), ("fc_backward_output2", 2.0), ("act_backward_output", 0.0)]]


def test_a_statistic_is_an_array(executor):
    monitor = mx.mon.Monitor(1, lambda a: 3.0)
    monitor.install(executor)
    monitor.tic()
    batch(executor)
    with pytest.raises(AssertionError, match="stat_func must return an NDArray, .* got float"):
        monitor.toc()


def test_in_a_module():
    fc = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc"), name="softmax")
    monitor = mx.mon.Monitor(1, pattern=".*output")
    net = mx.mod.Module(fc)
    data = mx.io.NDArrayIter(mx.nd.ones((4, 3)), mx.nd.zeros((4,)), batch_size=2)
    net.fit(data, num_epoch=1, monitor=monitor)
    assert monitor.step == 2
