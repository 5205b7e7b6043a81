"""Layers as symbols: their inputs, shapes, states and training mode. Expected names and shapes: mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import sym
from luojia._src.core.tape import recording_scope

A = {"a": (5, 4, 4, 4)}


def a():
    return sym.var("a")


@pytest.mark.parametrize(("build", "shapes", "expected"), [
    (lambda: sym.Convolution(a(), kernel=(2, 2), num_filter=6, num_group=2, name="r"), A,
     {"r_weight": (6, 2, 2, 2), "r_bias": (6,), "out": (5, 6, 3, 3)}),
    (lambda: sym.Convolution(a(), kernel=(2, 2), num_filter=6, no_bias=True, name="r"), A,
     {"r_weight": (6, 4, 2, 2), "out": (5, 6, 3, 3)}),
    (lambda: sym.Deconvolution(a(), kernel=(2, 2), num_filter=6, num_group=2, name="r"), A,
     {"r_weight": (4, 3, 2, 2), "out": (5, 6, 5, 5)}),
    (lambda: sym.Pooling(a(), kernel=(2, 2), stride=(2, 2), name="r"), A, {"out": (5, 4, 2, 2)}),
    (lambda: sym.LayerNorm(a(), name="r"), {"a": (5, 4, 3)}, {"r_gamma": (3,), "r_beta": (3,), "out": (5, 4, 3)}),
    (lambda: sym.GroupNorm(a(), num_groups=2, name="r"), {"a": (5, 4, 4)},
     {"r_gamma": (2,), "r_beta": (2,), "out": (5, 4, 4)}),
    (lambda: sym.InstanceNorm(a(), name="r"), {"a": (5, 4, 3)}, {"r_gamma": (4,), "r_beta": (4,), "out": (5, 4, 3)}),
    (lambda: sym.Embedding(a(), input_dim=7, output_dim=3, name="r"), {"a": (5, 4)},
     {"r_weight": (7, 3), "out": (5, 4, 3)}),
    (lambda: sym.LeakyReLU(a(), act_type="prelu", name="r"), {"a": (5, 4)}, {"r_gamma": (4,), "out": (5, 4)}),
    (lambda: sym.RNN(a(), state_size=2, num_layers=2, mode="lstm", bidirectional=True, name="r"), {"a": (5, 3, 4)},
     {"r_parameters": (256,), "r_state": (4, 3, 2), "r_state_cell": (4, 3, 2), "out": (5, 3, 4)}),
    (lambda: sym.RNN(a(), state_size=2, num_layers=1, mode="gru", name="r"), {"a": (5, 3, 4)},
     {"r_parameters": (48,), "r_state": (1, 3, 2), "out": (5, 3, 2)}),
])
def test_inputs_and_shapes(build, shapes, expected):
    graph = build()
    arguments, (out,), aux = graph.infer_shape(**shapes)
    found = dict(zip(graph.list_arguments(), arguments))
    assert list(found) == ["a", *[n for n in expected if n != "out"]]
    assert {**found, "out": out} == {**shapes, **expected} and aux == []


def test_names_of_several_outputs():
    assert sym.RNN(a(), state_size=2, num_layers=1, mode="lstm", state_outputs=True, name="r").list_outputs() == [
        "r_output", "r_state_output", "r_statecell_output"]
    assert sym.BatchNorm(a(), output_mean_var=True, name="b").list_outputs() == ["b_output", "b_mean", "b_var"]
    assert sym.LayerNorm(a(), output_mean_var=True, name="l").list_outputs() == ["l_output", "l_mean", "l_std"]


def test_batch_norm_has_auxiliary_states():
    bn = sym.BatchNorm(a(), name="bn")
    assert bn.list_arguments() == ["a", "bn_gamma", "bn_beta"]
    assert bn.list_auxiliary_states() == ["bn_moving_mean", "bn_moving_var"]
    assert bn.list_inputs() == [*bn.list_arguments(), *bn.list_auxiliary_states()]
    assert bn.infer_shape(a=(5, 4)) == ([(5, 4), (4,), (4,)], [(5, 4)], [(4,), (4,)])
    assert bn.infer_type(a="float16") == ([np.float16, np.float32, np.float32], [np.float16], [np.float32] * 2)
    zero, one = '["zero", {}]', '["one", {}]'
    assert bn.attr_dict() == {"bn_moving_mean": {"__init__": zero}, "bn_moving_var": {"__init__": one}}
    assert '"inputs": [[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 1], [4, 0, 1]]' in bn.tojson()


def test_inputs_have_the_initializers_that_mxnet_gives_them():
    """Variables that have none get one where they enter: statistics, PReLU's slope, an upsampling's weight."""
    g, m, v = sym.var("g"), sym.var("m"), sym.var("v", init=mx.init.Zero())
    sym.BatchNorm(a(), g, sym.var("b"), m, v, name="bn")
    zero, slope, weight = '["zero", {}]', '["Constant", {"value": 0.25}]', '["bilinear", {}]'
    assert (m.attr("__init__"), v.attr("__init__"), g.attr("__init__")) == (zero, zero, None)
    assert sym.LeakyReLU(a(), act_type="prelu", name="l").attr_dict()["l_gamma"] == {
        "__init__": slope, "act_type": "prelu"}
    up = sym.UpSampling(a(), scale=3, sample_type="bilinear", num_filter=2, name="up")
    assert up.list_arguments() == ["a", "up_weight"]
    assert up.infer_shape(a=(1, 2, 3, 4)) == ([(1, 2, 3, 4), (2, 1, 5, 5)], [(1, 2, 9, 12)], [])
    assert up.attr_dict()["up_weight"] == {
        "__init__": weight, "num_args": "1", "num_filter": "2", "sample_type": "bilinear", "scale": "3"}
    module = mx.mod.Module(sym.LeakyReLU(up, act_type="prelu", name="l"), data_names=["a"], label_names=None)
    module.bind([("a", (1, 2, 3, 4))])
    module.init_params(mx.init.Xavier())
    found = module.get_params()[0]
    assert found["l_gamma"].asnumpy().tolist() == [0.25, 0.25]
    np.testing.assert_allclose(found["up_weight"][1, 0, 2].asnumpy(), np.array([1, 2, 3, 2, 1]) / 3, rtol=1e-6)


def test_the_statistics_change_when_a_backward_runs():
    x = np.random.RandomState(0).randn(6, 2).astype(np.float32) * 3 + 1
    e = sym.BatchNorm(a(), fix_gamma=False, momentum=0.8, eps=1e-5, name="bn").simple_bind(mx.cpu(), a=(6, 2))
    e.copy_params_from({"a": mx.nd.array(x), "bn_gamma": mx.nd.ones((2,))}, {"bn_moving_var": mx.nd.ones((2,))})
    mean, var = e.aux_arrays
    e.forward(is_train=True)
    np.testing.assert_allclose(e.outputs[0].asnumpy(), (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5), rtol=1e-4, atol=1e-5)
    assert mean.asnumpy().tolist() == [0, 0]
    e.backward(mx.nd.ones((6, 2)))
    np.testing.assert_allclose(mean.asnumpy(), 0.2 * x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(var.asnumpy(), 0.8 + 0.2 * x.var(0), rtol=1e-5)
    kept = mean.asnumpy()
    e.forward(is_train=False)
    e.backward(mx.nd.ones((6, 2)))
    np.testing.assert_array_equal(mean.asnumpy(), kept)
    np.testing.assert_allclose(e.outputs[0].asnumpy(), (x - kept) / np.sqrt(var.asnumpy() + 1e-5), rtol=1e-4, atol=1e-5)


def test_dropout_follows_the_mode_of_the_run():
    graph = sym.Dropout(a(), p=0.5, name="d")
    assert graph.list_arguments() == ["a"]
    e = graph.simple_bind(mx.cpu(), a=(100,))
    ones = mx.nd.ones((100,))
    assert e.forward(is_train=False, a=ones)[0].asnumpy().tolist() == [1] * 100
    first, second = [e.forward(is_train=True)[0].asnumpy() for _ in range(2)]
    assert set(first.tolist()) == {0, 2} and (first != second).any()
    e.backward(ones)
    np.testing.assert_array_equal(e.grad_dict["a"].asnumpy(), second)
    with recording_scope(training=True):
        assert set(graph.eval(a=ones)[0].asnumpy().tolist()) == {0, 2}
    mx.random.seed(3)
    one = e.forward(is_train=True)[0].asnumpy()
    mx.random.seed(3)
    np.testing.assert_array_equal(e.forward(is_train=True)[0].asnumpy(), one)


def test_a_network_with_all_of_them_round_trips():
    with mx.name.NameManager():
        conv = sym.Convolution(a(), kernel=(3, 3), pad=(1, 1), num_filter=2)
        body = sym.Activation(sym.BatchNorm(conv), act_type="relu")
        pool = sym.Pooling(body, kernel=(2, 2), stride=(2, 2), pool_type="avg")
        fc = sym.FullyConnected(sym.Dropout(sym.Flatten(pool), p=0.25), num_hidden=3)
        net = sym.SoftmaxOutput(fc, name="softmax")
    again = sym.load_json(net.tojson())
    assert again.tojson() == net.tojson() and again.list_auxiliary_states() == net.list_auxiliary_states()
    outs = []
    for graph in (net, again):
        mx.random.seed(1)
        e = graph.simple_bind(mx.cpu(), a=(2, 1, 4, 4))
        rng = np.random.RandomState(0)
        for array in e.arg_arrays:
            array[:] = rng.randn(*array.shape)
        e.arg_dict["softmax_label"][:] = np.array([0, 1])
        e.forward(is_train=True)
        e.backward()
        outs.append([g.asnumpy() for g in e.grad_arrays])
    for one, other in zip(*outs):
        np.testing.assert_array_equal(one, other)
    assert all(np.abs(g).max() > 0 for g, n in zip(outs[0], net.list_arguments()) if n.endswith("weight"))


def test_the_lengths_of_sequences_are_inferred():
    graph = sym.RNN(a(), state_size=2, num_layers=1, mode="gru", use_sequence_length=True, name="r")
    assert graph.list_arguments() == ["a", "r_parameters", "r_state", "r_sequence_length"]
    shapes, outputs, _ = graph.infer_shape(a=(5, 3, 4))
    assert shapes[2:] == [(1, 3, 2), (3,)] and outputs == [(5, 3, 2)]


@pytest.mark.parametrize(("build", "message"), [
    (lambda: sym.Convolution(a(), kernel=(2, 2)), "Required parameter num_filter"),
    (lambda: sym.Embedding(a(), output_dim=2), "Required parameter input_dim"),
    (lambda: sym.Activation(a()), "Required parameter act_type"),
])
def test_required_attributes(build, message):
    with pytest.raises(ValueError, match=message):
        build()
