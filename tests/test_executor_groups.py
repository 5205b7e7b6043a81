"""Groups of executors on several devices: Module's, and those of the old manager; MXNet 1.9's numbers."""

import numpy as np
import pytest

import luojia as mx
from luojia.executor_manager import DataParallelExecutorGroup as OldGroup
from luojia.executor_manager import DataParallelExecutorManager
from luojia.module.executor_group import DataParallelExecutorGroup

RNG = np.random.RandomState(0)
NET = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="fc"), name="softmax")
W = {"fc_weight": RNG.randn(3, 4), "fc_bias": RNG.randn(3)}
X, Y = RNG.randn(6, 4), np.array([0.0, 1, 2, 0, 1, 2])
NAMES = ["fc_weight", "fc_bias"]
DATA, LABEL = [mx.io.DataDesc("data", (6, 4))], [mx.io.DataDesc("softmax_label", (6,))]
FIRST, LAST = [0.7137, 0.0237, 0.2626], [0.6604, 0.1587, 0.1808]


def weights():
    return {name: mx.nd.array(value) for name, value in W.items()}


def group(devices=1, **kwargs):
    given = {"label_shapes": LABEL, "for_training": True, "inputs_need_grad": True, **kwargs}
    contexts = [mx.cpu(i) for i in range(devices)]
    made = DataParallelExecutorGroup(NET, contexts, [1] * devices, DATA, param_names=NAMES, **given)
    made.set_params(weights(), {})
    return made


def batch():
    return mx.io.DataBatch([mx.nd.array(X)], [mx.nd.array(Y)])


@pytest.mark.parametrize("devices, bias", [(1, [[0.601, -0.717, 0.116]]),
                                           (2, [[0.054, -0.475, 0.421], [0.547, -0.242, -0.305]])])
def test_a_group_trains(devices, bias):
    g = group(devices)
    g.forward(batch())
    g.backward()
    out, = g.get_outputs()
    assert np.allclose(out.asnumpy()[[0, 5]], [FIRST, LAST], atol=1e-4)
    assert np.allclose([a.asnumpy() for a in g.grad_arrays[1]], bias, atol=1e-3)
    assert g.get_input_grads()[0].shape == (6, 4) and g.get_output_shapes() == [("softmax_output", (6, 3))]
    assert [o.shape for o in g.get_outputs(False)[0]] == [(6 // devices, 3)] * devices
    assert g.get_outputs(begin=1) == [] and len(g.execs) == devices
    metric = mx.metric.Accuracy()
    g.update_metric(metric, batch().label)
    assert metric.get()[1] == pytest.approx(5 / 6)
    copies = {"fc_weight": mx.nd.zeros((3, 4)), "fc_bias": mx.nd.zeros(3)}
    g.get_params(copies, {})
    assert np.allclose(copies["fc_weight"].asnumpy(), W["fc_weight"], atol=1e-6)
    assert g.output_layouts == g.data_layouts == g.label_layouts == [0] and g.workload == [1] * devices
    assert g.grad_req == {"data": "write", "fc_weight": "write", "fc_bias": "write", "softmax_label": "null"}


def test_a_group_of_another_size_and_without_labels():
    g = group()
    g.reshape([mx.io.DataDesc("data", (4, 4))], [mx.io.DataDesc("softmax_label", (4,))])
    g.forward(mx.io.DataBatch([mx.nd.array(X[:4])], [mx.nd.array(Y[:4])]), is_train=False)
    assert g.get_outputs()[0].shape == (4, 3) and g.batch_size == 4
    g = group(label_shapes=None, for_training=False, inputs_need_grad=False)
    g.forward(mx.io.DataBatch([mx.nd.array(X)], None))
    assert np.allclose(g.get_outputs()[0].asnumpy()[0], FIRST, atol=1e-4) and g.label_layouts is None
    with pytest.raises(AssertionError, match="re-bind with for_training=True"):
        g.backward()


def test_parameters_are_shared_and_fixed():
    g = group(grad_req=["write", "add", "write", "null"], fixed_param_names=["fc_bias"])
    other = group(shared_group=g)
    assert g.grad_arrays[1] == [None] and g.grad_req["fc_weight"] == "add"
    g.set_params({"fc_weight": mx.nd.zeros((3, 4)), "fc_bias": mx.nd.zeros(3)}, {})
    assert not other.param_arrays[0][0].asnumpy().any()


def test_a_group_refuses():
    with pytest.raises(ValueError, match='Find name "zz" that is not in the arguments'):
        group().set_params({**weights(), "zz": mx.nd.zeros(1)}, {})
    group().set_params({**weights(), "zz": mx.nd.zeros(1)}, {}, allow_extra=True)
    with pytest.raises(AssertionError, match="all data must have the same batch size"):
        group(label_shapes=[mx.io.DataDesc("softmax_label", (5,))])
    with pytest.raises(ValueError, match="Too many slices"):
        group(8)


def iterator():
    return mx.io.NDArrayIter(X, Y, 6)


@pytest.mark.parametrize("devices, bias", [(1, [[0.601, -0.717, 0.116]]),
                                           (2, [[0.054, -0.475, 0.421], [0.547, -0.242, -0.305]])])
def test_the_manager_trains(devices, bias):
    contexts = [mx.cpu(i) for i in range(devices)]
    manager = DataParallelExecutorManager(NET, contexts, iterator(), NET.list_arguments(), NAMES, [])
    manager.set_params(weights(), {})
    manager.load_data_batch(next(iterator()))
    manager.forward(is_train=True)
    manager.backward()
    assert np.allclose([a.asnumpy() for a in manager.grad_arrays[1]], bias, atol=1e-3)
    outputs = np.concatenate([e.outputs[0].asnumpy() for e in manager.execgrp.train_execs])
    assert np.allclose(outputs[[0, 5]], [FIRST, LAST], atol=1e-4) and manager.aux_arrays == []
    metric = mx.metric.Accuracy()
    manager.update_metric(metric, batch().label)
    assert metric.get()[1] == pytest.approx(5 / 6)
    copies = {"fc_weight": mx.nd.zeros((3, 4)), "fc_bias": mx.nd.zeros(3)}
    manager.copy_to(copies, {})
    assert np.allclose(copies["fc_bias"].asnumpy(), W["fc_bias"], atol=1e-6)
    monitor = mx.mon.Monitor(1)
    manager.install_monitor(monitor)
    monitor.tic()
    manager.forward()
    assert "softmax_output" in {name for _, name, _ in monitor.toc()}


def test_the_manager_takes_several_lengths():
    def graph(length):
        rows = mx.sym.sum(mx.sym.var("data"), axis=1, keepdims=True)
        dense = mx.sym.FullyConnected(rows, num_hidden=1, no_bias=True, name="fc")
        return mx.sym.LinearRegressionOutput(dense, mx.sym.var("label"))

    def of(length):
        return mx.io.DataBatch([mx.nd.ones((2, length))], [mx.nd.zeros((2,))], bucket_key=length,
                               provide_data=[mx.io.DataDesc("data", (2, length))],
                               provide_label=[mx.io.DataDesc("label", (2,))])

    class Data:
        batch_size, default_bucket_key = 2, 5
        provide_data, provide_label = of(5).provide_data, of(5).provide_label

    manager = DataParallelExecutorManager(graph(5), [mx.cpu()], Data(), ["data", "fc_weight", "label"], ["fc_weight"],
                                          [], sym_gen=graph)
    manager.set_params({"fc_weight": mx.nd.array([[3.0]])}, {})
    for length in (5, 2):
        manager.load_data_batch(of(length))
        manager.forward(is_train=True)
        assert manager.curr_execgrp.train_execs[0].outputs[0].asnumpy().tolist() == [[3 * length]] * 2
    with pytest.raises(NotImplementedError, match="not implemented for bucketing"):
        manager.install_monitor(mx.mon.Monitor(1))


def test_the_old_group():
    arrays = iterator()
    g = OldGroup(NET, NET.list_arguments(), NAMES, [mx.cpu()], [slice(0, 6)], arrays)
    assert g.param_idx == [1, 2] and g.param_names == NAMES
    assert list(g.shared_data_arrays[0]) == ["data", "softmax_label"]
    assert [(s, a.shape) for s, a in g.data_arrays[0]] == [(slice(0, 6), (6, 4))]
    with pytest.raises(AssertionError, match="Invalid settings for work load"):
        DataParallelExecutorManager(NET, [mx.cpu()], arrays, NET.list_arguments(), NAMES, [], [1, 2])
