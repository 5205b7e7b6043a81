import numpy as np
import pytest

import luojia as mx
from luojia import rnn, sym


def test_checkpoints_hold_each_gate(tmp_path):
    cell = rnn.LSTMCell(2, prefix="q_")
    graph, _ = cell.unroll(2, sym.Variable("data"), merge_outputs=True)
    shapes = dict(zip(graph.list_arguments(), graph.infer_shape(data=(1, 2, 3))[0]))
    args = {n: mx.nd.random.normal(shape=s) for n, s in shapes.items() if n != "data"}
    prefix = str(tmp_path / "m")
    callback = rnn.do_rnn_checkpoint(cell, prefix, period=2)
    callback(0, graph, args, {})
    callback(1, graph, args, {})
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["m-0002.params", "m-symbol.json"]
    assert "arg:q_h2h_c_bias" in mx.nd.load(f"{prefix}-0002.params")
    again, found, aux = rnn.load_rnn_checkpoint([cell], prefix, 2)
    assert again.list_arguments() == graph.list_arguments() and aux == {}
    for name, array in args.items():
        np.testing.assert_array_equal(found[name].asnumpy(), array.asnumpy())
    assert again.infer_shape(data=(4, 2, 3))[1] == [(4, 2, 2)]  # the first states' batch stays open in files


def test_the_old_name_of_unrolling():
    with pytest.warns(UserWarning, match="rnn_unroll is deprecated"):
        outputs, _ = rnn.rnn_unroll(rnn.RNNCell(2), 2, input_prefix="x_")
    assert outputs[0].list_arguments()[0] == "x_t0_data"
