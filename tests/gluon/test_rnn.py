"""Recurrent cells and layers, against the numbers of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia.gluon import rnn

X = np.array([[[1.76, 0.4, 0.98], [2.24, 1.87, -0.98]], [[0.95, -0.15, -0.1], [0.41, 0.14, 1.45]],
              [[0.76, 0.12, 0.44], [0.33, 1.49, -0.21]]], np.float32)
RNN_TANH = [[[0.97087, -0.97488], [0.70931, -0.98587]], [[0.92828, -0.04777], [0.98675, 0.04334]],
            [[0.90828, -0.70438], [0.71447, -0.5832]]]
RNN_RELU = [[[2.1072, 0.0], [0.8858, 0.0]], [[0.98799, 0.0], [2.04428, 0.0]], [[1.48452, 0.0], [0.6928, 0.0]]]
LSTM = [[[0.06994, 0.09917], [-0.0912, 0.03463]], [[0.15667, 0.03406], [0.05828, 0.03286]],
        [[0.15792, 0.02043], [-0.01179, -0.02578]]]
LSTM_CELL = [[0.29019, 0.05131], [-0.02021, -0.07511]]
GRU = [[[0.38624, -0.00284], [-0.55224, 0.54247]], [[0.30485, 0.07534], [0.6218, -0.0954]],
       [[0.49762, -0.07148], [0.60272, -0.13048]]]
TWO_LAYERS = {
    "RNN": [[0.80405, 0.0, 0.0, 0.33728], [0.61291, 0.0, 0.0, 0.0]],
    "LSTM": [[-0.08529, 0.14993, -0.23308, -0.24236], [-0.11018, 0.22704, -0.158, -0.17271]],
    "GRU": [[0.14353, 0.34366, 0.1025, -0.03372], [0.3265, 0.60307, -0.04821, -0.12968]],
}


def fill(block, seed=1):
    stream = np.random.RandomState(seed)
    for _, p in sorted(block.collect_params().items()):
        p.set_data(nd.array((stream.randn(*p.shape) * 0.4).astype(np.float32).round(2)))
    return block


def ready(kind, *args, **kwargs):
    block = kind(*args, **kwargs)
    block.initialize()
    return fill(block)


def close(got, expected):
    np.testing.assert_allclose(got.asnumpy(), expected, atol=2e-5)


@pytest.mark.parametrize("kind, expected", [(rnn.RNNCell, RNN_TANH), (rnn.LSTMCell, LSTM), (rnn.GRUCell, GRU)])
@pytest.mark.parametrize("hybridize", [False, True])
def test_cells(kind, expected, hybridize):
    cell = ready(kind, 2, input_size=3)
    if hybridize:
        cell.hybridize()
    out, states = cell(nd.array(X[0]), cell.begin_state(2))
    close(out, expected[0])
    out, _ = cell(nd.array(X[1]), states)
    close(out, expected[1])


@pytest.mark.parametrize("kind, expected", [(rnn.RNNCell, RNN_TANH), (rnn.LSTMCell, LSTM), (rnn.GRUCell, GRU)])
def test_unroll(kind, expected):
    cell = ready(kind, 2, input_size=3)
    expected = np.array(expected, np.float32)
    out, states = cell.unroll(3, nd.array(X), layout="TNC", merge_outputs=True)
    close(out, expected)
    close(states[0], expected[-1])
    listed, _ = cell.unroll(3, [nd.array(x) for x in X])
    assert isinstance(listed, list)
    close(listed[2], expected[2])
    out, _ = cell.unroll(3, nd.array(X.transpose(1, 0, 2)), merge_outputs=True)
    close(out, expected.transpose(1, 0, 2))
    out, states = cell.unroll(3, nd.array(X), layout="TNC", merge_outputs=True, valid_length=nd.array([2, 3]))
    short = expected.copy()
    short[2, 0] = 0
    close(out, short)
    close(states[0], [expected[1][0], expected[2][1]])


def test_unrolled_symbol():
    cell = ready(rnn.LSTMCell, 2, input_size=3)
    out, _ = cell.unroll(3, mx.sym.var("data"), layout="TNC", merge_outputs=True)
    values = {p.name: p.data() for p in cell.collect_params().values()}
    got = out.eval(ctx=mx.cpu(), data=nd.array(X), **values)[0]
    close(got, LSTM)


def test_symbols_are_named_as_in_mxnet():
    cell = rnn.LSTMCell(4, prefix="lstm1_")
    out, _ = cell(mx.sym.var("x"), cell.begin_state(func=mx.sym.var))
    assert out.name == "lstm1_t0_out"
    assert out.list_arguments() == ["x", "lstm1_i2h_weight", "lstm1_i2h_bias", "lstm1_begin_state_0",
                                    "lstm1_h2h_weight", "lstm1_h2h_bias", "lstm1_begin_state_1"]


def test_gradients_of_an_unrolled_cell():
    cell = ready(rnn.GRUCell, 2, input_size=3)
    cell.cast("float64")
    x = nd.array(X, dtype="float64")
    weight = cell.i2h_weight.data()

    def loss():
        return (cell.unroll(3, x, layout="TNC", merge_outputs=True)[0] ** 2).sum()

    with autograd.record():
        value = loss()
    value.backward()
    direction = np.random.RandomState(0).randn(*weight.shape)
    before = weight.asnumpy()
    ends = []
    for step in (1e-5, -1e-5):
        cell.i2h_weight.set_data(before + step * direction)
        ends.append(float(loss().asscalar()))
    slope = (ends[0] - ends[1]) / 2e-5
    np.testing.assert_allclose((weight.grad.asnumpy() * direction).sum(), slope, rtol=1e-6)


def test_stacks_of_cells():
    stack = rnn.SequentialRNNCell(prefix="s_")
    with stack.name_scope():
        stack.add(rnn.LSTMCell(2, input_size=3))
        stack.add(rnn.GRUCell(2, input_size=2))
        stack.add(rnn.ResidualCell(rnn.RNNCell(2, input_size=2)))
        stack.add(rnn.DropoutCell(0.5))
    stack.initialize()
    assert list(stack.collect_params())[::4] == ["s_lstm0_i2h_weight", "s_gru0_i2h_weight", "s_rnn0_i2h_weight"]
    assert list(stack._collect_params_with_prefix())[8] == "2.base_cell.i2h_weight"
    assert [s["shape"] for s in stack.state_info(2)] == [(2, 2)] * 4
    out, states = stack.unroll(3, nd.array(X), layout="TNC")
    assert len(out) == 3 and out[0].shape == (2, 2) and len(states) == 4
    step, after = stack(nd.array(X[0]), stack.begin_state(2))
    np.testing.assert_allclose(step.asnumpy(), out[0].asnumpy(), rtol=1e-5)
    assert len(after) == 4 and len(stack) == 4 and isinstance(stack[1], rnn.GRUCell)


def test_residual_cell_adds_the_input():
    inner = ready(rnn.RNNCell, 3, input_size=3)
    plain = inner.unroll(3, nd.array(X), layout="TNC", merge_outputs=True)[0].asnumpy()
    both = rnn.ResidualCell(inner).unroll(3, nd.array(X), layout="TNC", merge_outputs=True)[0].asnumpy()
    np.testing.assert_allclose(both, plain + X, rtol=1e-6)
    with pytest.raises(AssertionError, match="already modified"):
        rnn.ResidualCell(inner)
    with pytest.raises(AssertionError, match="modifier cell instead"):
        inner.begin_state(2)


def test_zoneout():
    inner = ready(rnn.RNNCell, 2, input_size=3)
    cell = rnn.ZoneoutCell(inner, 0.0, 0.999999)
    states = [nd.ones((2, 2)) * 7]
    with autograd.record():
        _, after = cell(nd.array(X[0]), states)
    close(after[0], np.full((2, 2), 7.0))
    cell.reset()
    out, _ = cell(nd.array(X[0]), cell.begin_state(2))
    close(out, RNN_TANH[0])
    with pytest.raises(AssertionError, match="doesn't support zoneout"):
        rnn.ZoneoutCell(rnn.BidirectionalCell(rnn.LSTMCell(2), rnn.LSTMCell(2)))


def test_bidirectional_cell():
    left, right = ready(rnn.GRUCell, 2, input_size=3), ready(rnn.GRUCell, 2, input_size=3)
    both = rnn.BidirectionalCell(left, right)
    ahead = left.unroll(3, nd.array(X), layout="TNC", merge_outputs=True)[0].asnumpy()
    behind = right.unroll(3, nd.array(X[::-1].copy()), layout="TNC", merge_outputs=True)[0].asnumpy()[::-1]
    out, states = both.unroll(3, nd.array(X), layout="TNC", merge_outputs=True)
    np.testing.assert_allclose(out.asnumpy(), np.concatenate([ahead, behind], 2), rtol=1e-6)
    assert len(states) == 2
    with pytest.raises(NotImplementedError, match="cannot be stepped"):
        both(nd.array(X[0]), states)


@pytest.mark.parametrize("kind, expected", [(rnn.RNN, RNN_RELU), (rnn.LSTM, LSTM), (rnn.GRU, GRU)])
@pytest.mark.parametrize("hybridize", [False, True])
def test_layers(kind, expected, hybridize):
    layer = ready(kind, 2, input_size=3)
    if hybridize:
        layer.hybridize()
    close(layer(nd.array(X)), expected)
    out, states = layer(nd.array(X), layer.begin_state(2))
    close(out, expected)
    close(states[0], [expected[-1]])
    if kind is rnn.LSTM:
        close(states[1], [LSTM_CELL])


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("hybridize", [False, True])
def test_deep_layers_in_both_directions(kind, hybridize):
    layer = getattr(rnn, kind)(2, num_layers=2, bidirectional=True, layout="NTC")
    layer.initialize()
    if hybridize:
        layer.hybridize()
    layer(nd.array(X))
    fill(layer)
    close(layer(nd.array(X))[0], TWO_LAYERS[kind])
    assert layer.l0_i2h_weight.shape[1] == 3 and layer.r1_i2h_weight.shape[1] == 4


def test_a_layer_learns():
    mx.random.seed(0)
    layer = rnn.LSTM(4, input_size=3)
    layer.initialize()
    trainer = mx.gluon.Trainer(layer.collect_params(), "adam", {"learning_rate": 0.05})
    target = nd.array(np.random.RandomState(0).randn(3, 2, 4) * 0.3)
    losses = []
    for _ in range(30):
        with autograd.record():
            loss = ((layer(nd.array(X)) - target) ** 2).mean()
        loss.backward()
        trainer.step(1)
        losses.append(float(loss.asscalar()))
    assert losses[-1] < 0.5 * losses[0]


def test_layer_names_shapes_and_files(tmp_path):
    layer = rnn.GRU(4, 2, bidirectional=True, prefix="gru0_")
    assert list(layer.collect_params())[4:6] == ["gru0_r0_i2h_weight", "gru0_r0_h2h_weight"]
    assert [p.shape for p in layer.collect_params().values()][8] == (12, 8)
    assert list(layer._collect_params_with_prefix())[4] == "_unfused.0.r_cell.i2h_weight"
    single = ready(rnn.LSTM, 2, input_size=3)
    assert list(single._collect_params_with_prefix())[0] == "_unfused.0.i2h_weight"
    path = str(tmp_path / "lstm.params")
    single.save_parameters(path)
    again = rnn.LSTM(2, input_size=3)
    again.load_parameters(path)
    close(again(nd.array(X)), LSTM)


def test_repr():
    assert repr(rnn.LSTM(10)) == "LSTM(None -> 10, TNC)"
    assert repr(rnn.LSTM(10, 2, input_size=5, bidirectional=True, dropout=0.5, layout="NTC")) == (
        "LSTM(5 -> 10, NTC, num_layers=2, dropout=0.5, bidirectional)"
    )
    assert repr(rnn.LSTMCell(10)) == "LSTMCell(None -> 40)"
    assert repr(rnn.RNNCell(10, input_size=3)) == "RNNCell(3 -> 10, tanh)"
    assert repr(rnn.ZoneoutCell(rnn.LSTMCell(10), 0.5, 0.5)) == (
        "ZoneoutCell(p_out=0.5, p_state=0.5, LSTMCell(None -> 40))"
    )
    assert repr(rnn.BidirectionalCell(rnn.LSTMCell(10), rnn.GRUCell(10))) == (
        "BidirectionalCell(forward=LSTMCell(None -> 40), backward=GRUCell(None -> 30))"
    )
    stack = rnn.SequentialRNNCell()
    stack.add(rnn.LSTMCell(10))
    stack.add(rnn.DropoutCell(0.5))
    assert repr(stack) == "SequentialRNNCell(\n(0): LSTMCell(None -> 40)\n(1): DropoutCell(rate=0.5, axes=())\n)"


def test_errors():
    layer = ready(rnn.LSTM, 2, input_size=3)
    with pytest.raises(ValueError, match=r"Expecting \(1, 2, 2\), got \(1, 1, 2\)"):
        layer(nd.array(X), [nd.ones((1, 1, 2))] * 2)
    with pytest.raises(ValueError, match="has 2 states, got 1"):
        layer(nd.array(X), nd.ones((1, 2, 2)))
    with pytest.raises(AssertionError, match="Invalid layout"):
        rnn.LSTM(2, layout="NCT")
    with pytest.raises(KeyError, match="rnn_other"):
        rnn.RNN(2, activation="other")
    with pytest.raises(AssertionError, match="Unsupported layout"):
        rnn.GRUCell(2).unroll(3, nd.array(X), layout="NC")
    with pytest.raises(AssertionError, match="has 3 steps, length is 4"):
        rnn.GRUCell(2).unroll(4, nd.array(X), layout="TNC")
    fresh = rnn.LSTM(2)
    fresh.initialize()
    with pytest.raises(ValueError, match="3 axes"):
        fresh(nd.ones((2, 3)))


@pytest.mark.parametrize("layout", ["TNC", "NTC"])
@pytest.mark.parametrize("kind", [rnn.LSTM, rnn.GRU])
def test_layers_take_the_lengths_of_their_sequences(kind, layout):
    layer = kind(3, 2, layout=layout, bidirectional=True, use_sequence_length=True)
    layer.initialize(mx.init.Normal(0.5))
    x = mx.nd.random.normal(shape=(2, 4, 5) if layout == "NTC" else (4, 2, 5))
    lengths = mx.nd.array([2, 4])
    eager = layer(x, sequence_length=lengths)
    steps = eager if layout == "TNC" else eager.swapaxes(0, 1)
    assert not steps[2:, 0].asnumpy().any() and np.abs(steps[:2, 0].asnumpy()).min() > 0
    layer.hybridize()
    np.testing.assert_allclose(layer(x, sequence_length=lengths).asnumpy(), eager.asnumpy(), rtol=1e-5, atol=1e-6)
    with pytest.raises(mx.MXNetError, match="expects sequence_length, of shape"):
        layer(x)


def test_a_projected_lstm_trains():
    layer = rnn.LSTM(4, projection_size=2, input_size=3)
    layer.initialize()
    x, states = mx.nd.random.normal(shape=(5, 2, 3)), layer.begin_state(2)
    assert [s.shape for s in states] == [(1, 2, 2), (1, 2, 4)]
    with mx.autograd.record():
        y, after = layer(x, states)
    y.backward()
    assert y.shape == (5, 2, 2) and [s.shape for s in after] == [(1, 2, 2), (1, 2, 4)]
    assert np.abs(layer.l0_h2r_weight.grad().asnumpy()).min() > 0
