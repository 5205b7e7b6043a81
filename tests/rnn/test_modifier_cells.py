"""Cells around cells; names of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import rnn, sym

from .test_rnn_cell import data, operators, run  # noqa: F401 - data is a fixture


@pytest.fixture
def both():
    return rnn.BidirectionalCell(rnn.LSTMCell(5, prefix="l_"), rnn.LSTMCell(5, prefix="r_"))


def test_both_directions(data, both):  # noqa: F811
    graph, states = both.unroll(2, data, merge_outputs=True)
    assert operators(graph)[-3:] == ["concat1", "reverse0", "bi_out"]
    assert [[s.name for s in side] for side in states] == [["l_t1_out", "l_t1_state"], ["r_t1_out", "r_t1_state"]]
    steps, _ = both.unroll(2, data, merge_outputs=False)
    assert [s.name for s in steps] == ["bi_t0", "bi_t1"]
    merged = run(graph, (2, 2, 4))
    parts = run(sym.stack(*steps, axis=1), (2, 2, 4))
    np.testing.assert_allclose(merged, parts, rtol=1e-5)


@pytest.mark.parametrize("mode, bidirectional", [("lstm", True), ("gru", False), ("rnn_relu", True)])
def test_a_fused_cell_is_its_unfused_cells(data, mode, bidirectional):  # noqa: F811
    fused = rnn.FusedRNNCell(3, 2, mode=mode, bidirectional=bidirectional, prefix="f_", get_next_state=True)
    graph, states = fused.unroll(3, data, merge_outputs=True)
    assert len(states) == 1 + (mode == "lstm")
    x = mx.nd.random.normal(shape=(2, 3, 4))
    shapes = dict(zip(graph.list_arguments(), graph.infer_shape(data=x.shape)[0]))
    args = {"f_parameters": mx.nd.random.normal(scale=0.5, shape=shapes["f_parameters"])}
    out = graph.bind(mx.cpu(), {"data": x, **args}).forward()[0]
    stack = fused.unfuse()
    steps, _ = stack.unroll(3, data, merge_outputs=True)
    weights = stack.pack_weights(fused.unpack_weights(args))
    again = steps.bind(mx.cpu(), {"data": x, **weights}).forward()[0]
    np.testing.assert_allclose(out.asnumpy(), again.asnumpy(), rtol=1e-4, atol=1e-6)
    packed = fused.pack_weights(stack.unpack_weights(weights))["f_parameters"]
    assert (packed.asnumpy() == args["f_parameters"].asnumpy()).all()
    dropping = rnn.FusedRNNCell(2, 2, mode="gru", dropout=0.3).unfuse()
    assert [type(c).__name__ for c in dropping._cells] == ["GRUCell", "DropoutCell", "GRUCell"]


def test_zoneout_keeps_what_was(data):  # noqa: F811
    cell = rnn.ZoneoutCell(rnn.RNNCell(2, prefix="p_"), 0.99, 0.5)
    graph, states = cell.unroll(3, data, merge_outputs=True)
    assert "where" in states[0].name
    executor = graph.simple_bind(mx.cpu(), data=(4, 3, 5))
    for array in executor.arg_dict.values():
        array[:] = 1
    assert (executor.forward(is_train=True)[0].asnumpy() == 0).mean() > 0.5
    assert (executor.forward(is_train=False)[0].asnumpy() != 0).all()


def test_dropout_of_a_sequence(data):  # noqa: F811
    graph, states = rnn.DropoutCell(0.5).unroll(2, data)
    assert operators(graph) == ["dropout0"] and states == []
    steps, _ = rnn.DropoutCell(0.5).unroll(2, data, merge_outputs=False)
    assert len(steps) == 2 and rnn.DropoutCell(0)(data, [])[0] is data
    merged, _ = rnn.ResidualCell(rnn.RNNCell(4)).unroll(2, data, merge_outputs=False)
    assert [s.name for s in merged] == ["rnn_t0_out_plus_residual", "rnn_t1_out_plus_residual"]


@pytest.mark.parametrize("call, error, text", [
    (lambda c, d: c(d, []), NotImplementedError, "Bidirectional cannot be stepped"),
    (lambda c, d: rnn.ZoneoutCell(c), AssertionError, "BidirectionalCell doesn't support zoneout"),
    (lambda c, d: rnn.ZoneoutCell(rnn.FusedRNNCell(3)), AssertionError, "Please unfuse first"),
    (lambda c, d: rnn.ZoneoutCell(rnn.RNNCell(3)).base_cell.begin_state(), AssertionError, "Call the modifier cell"),
    (lambda c, d: rnn.DropoutCell("x"), AssertionError, "dropout probability must be a number"),
])
def test_errors(data, both, call, error, text):  # noqa: F811
    with pytest.raises(error, match=text):
        call(both, data)
