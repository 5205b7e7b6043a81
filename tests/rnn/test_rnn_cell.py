"""Cells that build graphs; names and numbers of mxnet 1.9.1."""

import json

import numpy as np
import pytest

import luojia as mx
from luojia import rnn, sym

GATES = ["_i", "_f", "_c", "_o"]


@pytest.fixture
def data():
    with mx.name.NameManager():
        yield sym.Variable("data")


def operators(graph):
    return [n["name"] for n in json.loads(graph.tojson())["nodes"] if n["op"] != "null"]


def sines(start, *shape):
    return mx.nd.array(np.sin(np.arange(np.prod(shape)) * 1.1 + start).reshape(shape))


def run(graph, shape):
    executor = graph.simple_bind(mx.cpu(), data=shape)
    for i, (_, array) in enumerate(sorted(executor.arg_dict.items())):
        array[:] = sines(i, *array.shape)
    return executor.forward()[0].asnumpy()


@pytest.mark.parametrize("cell, expected", [
    (rnn.RNNCell(2, prefix="p_"), [-0.0438, -0.5703, 0.996, -0.8463, 0.9112, 0.933, -0.7656, 0.6288]),
    (rnn.LSTMCell(2, prefix="p_"), [-0.3162, 0.0477, -0.0678, 0.0813, 0.1348, 0.4069, -0.056, 0.0784]),
    (rnn.GRUCell(2, prefix="p_"), [-0.2509, 0.7166, -0.3927, 0.3468, 0.7136, 0.8626, 0.0504, 0.9228]),
    (rnn.FusedRNNCell(2, 1, "gru", prefix="p_"), [0.9514, 0.0908, 0.8497, 0.868, 0.1182, 0.7715, 0.9559, -0.1282]),
    (rnn.ConvLSTMCell((2, 1, 2, 2), 1, prefix="p_"), [-0.0173, -0.0231, -0.0004, -0.0017, 0.0082, -0.0167, -0.0557]),
], ids=lambda c: type(c).__name__)
def test_values(data, cell, expected):
    graph, _ = cell.unroll(3, inputs=data, merge_outputs=True)
    out = run(graph, (2, 3, 1, 2, 2) if "Conv" in type(cell).__name__ else (2, 3, 4))
    np.testing.assert_allclose(out.ravel()[: len(expected)], expected, atol=6e-5)


def test_names(data):
    graph, states = rnn.LSTMCell(5).unroll(2, data, merge_outputs=True)
    assert graph.list_arguments() == ["data", "lstm_i2h_weight", "lstm_i2h_bias", "lstm_h2h_weight", "lstm_h2h_bias"]
    assert operators(graph) == [
        "split0", "lstm_t0_i2h", "lstm_begin_state_0", "lstm_t0_h2h", "_plus0", "lstm_t0_slice", "lstm_t0_o",
        "lstm_t0_f", "lstm_begin_state_1", "_mul0", "lstm_t0_i", "lstm_t0_c", "_mul1", "lstm_t0_state", "activation0",
        "lstm_t0_out", "expand_dims0", "lstm_t1_i2h", "lstm_t1_h2h", "_plus1", "lstm_t1_slice", "lstm_t1_o",
        "lstm_t1_f", "_mul2", "lstm_t1_i", "lstm_t1_c", "_mul3", "lstm_t1_state", "activation1", "lstm_t1_out",
        "expand_dims1", "concat0",
    ]
    assert [s.name for s in states] == ["lstm_t1_out", "lstm_t1_state"]


def test_gru_names(data):
    cell = rnn.GRUCell(5)
    (output,), _ = cell.unroll(1, [data])
    assert operators(output) == [
        "gru_t0__i2h", "gru_t0__i2h_slice", "gru_begin_state_0", "gru_t0__h2h", "gru_t0__h2h_slice", "_plus1",
        "gru_t0__z_act", "_rminusscalar0", "_plus0", "gru_t0__r_act", "_mul0", "_plus2", "gru_t0__h_act", "_mul1",
        "_mul2", "gru_t0_out",
    ]
    assert cell.state_shape == [(0, 5)] and cell._gate_names == ("_r", "_z", "_o")


def test_states_given_and_begun(data):
    cell = rnn.RNNCell(3)
    assert [s.name for s in cell.begin_state()] == ["rnn_begin_state_0"]
    assert cell.begin_state(func=sym.Variable)[0].list_arguments() == ["rnn_begin_state_1"]
    output, _ = cell(data, cell.begin_state())
    assert output.name == "rnn_t0_out" and output.infer_shape(data=(4, 2))[1] == [(4, 3)]
    given = sym.Variable("h")
    outputs, _ = rnn.RNNCell(3, activation=lambda x, **k: x).unroll(2, data, [given])
    assert sym.Group(outputs).list_arguments()[:2] == ["data", "rnn_i2h_weight"] and "h" in outputs[0].list_arguments()


def test_weights_by_gate():
    cell = rnn.LSTMCell(2, prefix="q_")
    args = {"q_i2h_weight": mx.nd.arange(24).reshape((8, 3)), "q_i2h_bias": mx.nd.arange(8),
            "q_h2h_weight": mx.nd.arange(16).reshape((8, 2)), "q_h2h_bias": mx.nd.arange(8), "other": 3}
    parts = cell.unpack_weights(args)
    assert parts["q_i2h_f_weight"].asnumpy().tolist() == [[6, 7, 8], [9, 10, 11]] and len(parts) == 17
    again = cell.pack_weights(parts)
    assert again.keys() == args.keys()
    assert all((again[k].asnumpy() == args[k].asnumpy()).all() for k in list(args)[:4])


def test_stacks(data):
    stack = rnn.SequentialRNNCell()
    stack.add(rnn.LSTMCell(5, prefix="l0_"))
    stack.add(rnn.DropoutCell(0.3))
    stack.add(rnn.ResidualCell(rnn.GRUCell(5, prefix="l1_")))
    graph, states = stack.unroll(2, data, merge_outputs=True)
    assert graph.list_outputs() == ["concat0_plus_residual_output"]
    assert [s.name for s in states] == ["l0_t1_out", "l0_t1_state", "l1_t1_out"]
    assert graph.infer_shape(data=(3, 2, 4))[1] == [(3, 2, 5)] and len(stack.state_info) == 3
    stack.reset()
    output, after = stack(data, stack.begin_state())
    assert output.name == "l1_t0_out_plus_residual" and len(after) == 3
    shared = rnn.RNNParams("s_")
    both = rnn.SequentialRNNCell(params=shared)
    both.add(rnn.RNNCell(3, prefix="s_"))
    both.add(rnn.RNNCell(3, prefix="s_"))
    arguments = both.unroll(1, data, merge_outputs=True)[0].list_arguments()
    assert sorted(set(arguments)) == ["data", "s_h2h_bias", "s_h2h_weight", "s_i2h_bias", "s_i2h_weight"]


def test_an_initial_forget_bias(data):
    for cell, name, first in ((rnn.LSTMCell(2, prefix="k_", forget_bias=2.0), "k_i2h_bias", 0),
                              (rnn.FusedRNNCell(2, prefix="k_", forget_bias=2.0), "k_parameters", 40)):
        module = mx.mod.Module(cell.unroll(2, data, merge_outputs=True)[0], label_names=None)
        module.bind([("data", (2, 2, 3))])
        module.init_params(mx.init.One())
        values = module.get_params()[0][name].asnumpy()
        assert values[first : first + 8].tolist() == [0, 0, 2, 2, 0, 0, 0, 0] and (values[:first] == 1).all()


def test_the_initializer_of_packed_weights():
    init = mx.init.FusedRNN(mx.init.Xavier(), 2, 2, "lstm", True, 1.0)
    name, how = json.loads(init.dumps())
    assert name == "fusedrnn" and how["num_layers"] == 2 and json.loads(how["init"])[0] == "xavier"
    again = mx.init.create(init.dumps())
    values = mx.nd.zeros((240,))
    again(mx.init.InitDesc("parameters_weight"), values)
    assert (values[178:180].asnumpy() == 1).all() and (values[:176].asnumpy() != 0).all()


@pytest.mark.parametrize("call, error, text", [
    (lambda d: rnn.FusedRNNCell(3)(d, []), NotImplementedError, "FusedRNNCell cannot be stepped"),
    (lambda d: mx.init.FusedRNN(None, 2, 1, "gru")._init_weight("w", mx.nd.zeros((42,))), TypeError, "in use"),
    (lambda d: rnn.LSTMCell(3).unroll(2, sym.Group([d, d])), AssertionError, "doesn't allow grouped symbol"),
    (lambda d: rnn.LSTMCell(3).unroll(2, [d]), AssertionError, "unroll of 2 steps was given 1"),
    (lambda d: rnn.LSTMCell(3).unroll(2, d, layout="NCT"), AssertionError, "Unsupported layout NCT"),
    (lambda d: rnn.ConvRNNCell((1, 1, 4, 4), 2, h2h_kernel=(2, 2)), AssertionError, "Only support odd numbers"),
    (lambda d: rnn.FusedRNNCell(3).unpack_weights({"lstm_parameters": mx.nd.ones((5,))}), ValueError, "has no 5 param"),
])
def test_errors(data, call, error, text):
    with pytest.raises(error, match=text):
        call(data)
