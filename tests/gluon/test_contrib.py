"""Estimators and contributed layers."""

import re

import numpy as np
import pytest

import luojia as mx
from luojia import gluon, nd
from luojia._src.errors import ArgumentError
from luojia.gluon import contrib, nn
from luojia.gluon.contrib import estimator as est
from luojia.gluon.contrib.nn import Concurrent, HybridConcurrent, Identity
from tests.tolerances import tolerance_of

pytestmark = [pytest.mark.filterwarnings(f"ignore:{text}:UserWarning") for text in (
    "No trainer specified", ".*operator will be used to determine", "Network already fully initialized")]

X = np.random.RandomState(0).randn(60, 4).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.float32)
BATCHES = [(nd.array(X[i:i + 20]), nd.array(Y[i:i + 20])) for i in (0, 20, 40)]


def make(**kwargs):
    net = nn.Dense(2)
    net.initialize()
    kwargs.setdefault("trainer", gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5}))
    return est.Estimator(net, gluon.loss.SoftmaxCrossEntropyLoss(), **kwargs)


def test_fit_and_evaluate():
    e = make()
    e.fit(BATCHES, val_data=BATCHES, epochs=10)
    names = [m.get()[0] for m in e.train_metrics + e.val_metrics]
    assert names == ["training accuracy", "training softmaxcrossentropyloss", "validation accuracy",
                     "validation softmaxcrossentropyloss"]
    assert e.train_metrics[0].get()[1] > 0.9 and e.val_metrics[0].get()[1] > 0.9
    before = e.net.weight.data().asnumpy()
    e.evaluate(BATCHES)
    np.testing.assert_array_equal(e.net.weight.data().asnumpy(), before)


@pytest.mark.parametrize("train, val, names", [  # mxnet 1.9.1
    (mx.metric.Accuracy(), None, [["training accuracy"], ["validation accuracy"]]),
    ([mx.metric.Accuracy(), mx.metric.CrossEntropy()], mx.metric.TopKAccuracy(2),
     [["training accuracy", "training cross-entropy"], ["validation top_k_accuracy_2"]]),
])
def test_metrics_that_are_given_stand_alone(train, val, names):
    e = make(train_metrics=train, val_metrics=val)
    e.fit(BATCHES, val_data=BATCHES, epochs=1)
    assert [[m.get()[0] for m in metrics] for metrics in (e.train_metrics, e.val_metrics)] == names


def test_batches_devices_and_defaults():
    net = nn.Dense(2)
    e = est.Estimator(net, gluon.loss.SoftmaxCrossEntropyLoss(), context=[mx.cpu(0), mx.cpu(1)],
                      train_metrics=mx.metric.Accuracy())
    seen = []

    class Count(est.BatchEnd):
        def batch_end(self, estimator, *args, **kwargs):
            seen.append(len(kwargs["pred"]))

    e.fit(BATCHES, batches=4, event_handlers=Count())
    assert seen == [2] * 4 and isinstance(e.trainer.optimizer, mx.optimizer.SGD)
    e.fit(BATCHES, epochs=1, event_handlers=[est.StoppingHandler(max_batch=1), Count()])
    assert len(seen) == 7  # fit's numbers count, as in mxnet


def lines_of(capsys):
    return [re.sub(r"[\d.]+s\b", "Ts", line) for line in capsys.readouterr().out.splitlines()]


def test_logging(capsys):
    """The lines of mxnet 1.9.1, which go to stdout."""
    e = make()
    name = e.train_metrics[0].name
    e.fit(BATCHES[:2], epochs=1, event_handlers=est.LoggingHandler(1, e.train_metrics[:1]))
    lines = lines_of(capsys)
    assert lines[:3] == ["Training begin: using optimizer SGD with current learning rate 0.5000 ",
                         "Train for 1 epochs.", "[Epoch 0] Begin, current learning rate: 0.5000"]
    assert lines[3].startswith(f"[Epoch 0][Batch 0][Samples {len(BATCHES[0][0])}] time/interval: Ts {name}: ")
    assert lines[4].startswith("[Epoch 0][Batch 1][Samples ") and len(lines) == 7
    assert lines[5].startswith(f"[Epoch 0] Finished in Ts, {name}: ")
    assert lines[6].startswith(f"Train finished using total Ts with 1 epochs. {name}: ")
    make().fit(BATCHES, BATCHES[:1], batches=1)
    assert lines_of(capsys)[1] == "Train for 1 batches."
    make().evaluate(BATCHES[:1], event_handlers=est.LoggingHandler())
    assert lines_of(capsys) == ["Validation Begin", "[Epoch 0] Finished in Ts"]


def test_resumes_from_a_checkpoint(tmp_path, capsys):
    make().fit(BATCHES, epochs=2, event_handlers=est.CheckpointHandler(str(tmp_path), "m", verbose=1))
    count = len(BATCHES)
    assert f"[Epoch 0] CheckpointHandler: trained total {count + 1} batches, saving model at {tmp_path} with prefix: " \
        f"m-epoch0batch{count}" in lines_of(capsys)
    e = make()
    handler = est.CheckpointHandler(str(tmp_path), "m", resume_from_checkpoint=True)
    e.fit(BATCHES, epochs=3, event_handlers=handler)
    assert lines_of(capsys)[0] == (f"CheckpointHandler: Checkpoint resumed from epoch 1 batch {2 * count}, continue to "
                                   "train for 1 epochs ")
    assert (tmp_path / f"m-epoch2batch{3 * count}.params").exists() and e.trainer.optimizer.num_update == 3 * count
    with pytest.raises(ValueError, match="has trained more than is asked for"):
        make().fit(BATCHES, epochs=2, event_handlers=handler)
    capsys.readouterr()
    make().fit(BATCHES, epochs=1, event_handlers=est.CheckpointHandler(
        str(tmp_path), "other", resume_from_checkpoint=True))
    assert lines_of(capsys)[0] == "CheckpointHandler: No checkpoint found, training from scratch"


def test_early_stopping():
    e = make(trainer=None)
    e.trainer.set_learning_rate(0.0)
    stop = est.EarlyStoppingHandler(e.train_metrics[1], patience=2)
    e.fit(BATCHES, epochs=20, event_handlers=stop)
    assert stop.current_epoch == 3 and stop.stopped_epoch == 2 and stop.stop_training  # as mxnet


def test_checkpoints(tmp_path):
    e = make()
    handler = est.CheckpointHandler(str(tmp_path), "m", monitor=e.train_metrics[0], save_best=True, max_checkpoints=2)
    e.fit(BATCHES, epochs=3, event_handlers=handler)
    assert sorted(p.name for p in tmp_path.glob("*.params")) == [
        "m-best.params", "m-epoch1batch6.params", "m-epoch2batch9.params"]
    other = nn.Dense(2)
    other.load_parameters(str(tmp_path / "m-epoch2batch9.params"))
    np.testing.assert_array_equal(other.weight.data().asnumpy(), e.net.weight.data().asnumpy())


def test_errors():
    net = nn.Dense(2)
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    with pytest.raises(ValueError, match="context must be a Context or a list"):
        est.Estimator(net, loss, context="cpu")
    with pytest.raises(ValueError, match="must have the methods fit_batch and evaluate_batch"):
        est.Estimator(net, loss, batch_processor=3)
    with pytest.raises(ValueError, match="train_data must be a DataLoader, got int"):
        make().fit(3, epochs=1)
    with pytest.raises(ValueError, match="only one of epochs or batches"):
        make().fit(BATCHES, epochs=0)
    with pytest.raises(ValueError, match="monitor must be one of the estimator's train_metrics"):
        est.EarlyStoppingHandler(3)
    with pytest.raises(ValueError, match="loss must be a gluon Loss, got function"):
        est.Estimator(net, lambda p, y: p)
    with pytest.raises(ValueError, match="trainer must be a gluon.Trainer"):
        est.Estimator(net, gluon.loss.L2Loss(), trainer="sgd")
    with pytest.raises(ValueError, match="metrics must be EvalMetrics, got str"):
        est.Estimator(net, gluon.loss.L2Loss(), train_metrics="acc")
    with pytest.raises(ValueError, match="only one of epochs or batches"):
        make().fit(BATCHES)
    with pytest.raises(ValueError, match="log_interval"):
        est.LoggingHandler("batch")
    with pytest.warns(RuntimeWarning, match="EarlyStoppingHandler mode up is unknown, fallback to auto mode"):
        est.EarlyStoppingHandler(mx.metric.Accuracy(), mode="up")
    with pytest.raises(ValueError, match="val_data must be a DataLoader, got int"):
        make().fit(BATCHES, 3, epochs=1)
    with pytest.raises(AssertionError, match=r"gpu\(99\) is not available"):
        est.Estimator(net, gluon.loss.L2Loss(), context=mx.gpu(99))
    with pytest.raises(ValueError, match="save_best needs monitor"):
        est.CheckpointHandler("x", save_best=True)


def test_a_metric_without_a_value_is_no_best(tmp_path, capsys):
    accuracy = mx.metric.Accuracy()
    assert est.MetricHandler(accuracy).metrics == [accuracy]
    handler = est.CheckpointHandler(str(tmp_path), "m", monitor=accuracy, save_best=True, verbose=1)
    make().fit(BATCHES, epochs=1, event_handlers=handler)
    assert handler.best is None and not any("best" in p.name for p in tmp_path.iterdir())
    assert "accuracy did not improve from -inf, skipping updating best model" in capsys.readouterr().out


def test_layers_side_by_side():
    x = nd.ones((2, 3))
    for kind in (Concurrent, HybridConcurrent):
        net = kind(axis=1)
        net.add(Identity(), nn.Dense(4))
        net.initialize()
        assert net(x).shape == (2, 7)
        assert net(x).asnumpy()[:, :3].tolist() == [[1] * 3] * 2


# -- recurrent cells: numbers of mxnet 1.9.1 ---------------------------------------------------------------------------

ROWS = {
    "LSTM": [0.3713861107826233, 0.6145156025886536, 0.7186384797096252, 0.7843137383460999, 0.6620656847953796],
    "GRU": [0.3177616596221924, 0.3492761552333832, 0.31676754355430603, 0.26844322681427, 0.33811917901039124],
    "RNN": [0.6628209948539734, 0.8807128667831421, 0.9399601817131042, 0.9671041369438171, 0.8984993696212769],
}


@pytest.mark.parametrize("kind, states", [("RNN", 1), ("LSTM", 2), ("GRU", 1)])
def test_convolutional_cells(kind: str, states: int) -> None:
    cell = getattr(contrib.rnn, f"Conv1D{kind}Cell")(input_shape=(2, 5), hidden_channels=3, i2h_kernel=3, h2h_kernel=3,
                                                     i2h_pad=1)
    cell.initialize(mx.init.Constant(0.05))
    x = mx.nd.arange(20).reshape((2, 2, 5))
    output, state = cell(x, cell.begin_state(2))
    output, state = cell(x, state)
    assert len(state) == states
    np.testing.assert_allclose(output[0].asnumpy(), np.array([ROWS[kind]] * 3, np.float32), **tolerance_of(np.float32))
    merged, _ = cell.unroll(2, mx.nd.stack(x, x), layout="TNC", merge_outputs=True)
    np.testing.assert_allclose(merged[1].asnumpy(), output.asnumpy(), **tolerance_of(np.float32))
    gates = {"RNN": 1, "LSTM": 4, "GRU": 3}[kind]
    assert repr(cell) == f"Conv1D{kind}Cell(2 -> {3 * gates}, tanh, NCW)"
    assert cell.prefix.startswith(f"conv_{kind.lower()}")


def test_convolutional_cells_in_more_dimensions() -> None:
    cell = contrib.rnn.Conv2DLSTMCell(input_shape=(1, 4, 4), hidden_channels=2, i2h_kernel=(2, 2), h2h_kernel=(3, 3),
                                      activation="relu")
    assert repr(cell) == "Conv2DLSTMCell(1 -> 8, relu, NCHW)"
    assert cell.state_info(3) == [{"shape": (3, 2, 3, 3), "__layout__": "NCHW"}] * 2
    deep = contrib.rnn.Conv3DGRUCell((1, 3, 3, 3), 2, 3, 1, i2h_pad=1)
    deep.initialize()
    deep.hybridize()
    assert deep(mx.nd.ones((2, 1, 3, 3, 3)), deep.begin_state(2))[0].shape == (2, 2, 3, 3, 3)


def test_what_convolutional_cells_refuse() -> None:
    with pytest.raises(AssertionError, match="Only support odd number, get h2h_kernel= 2"):
        contrib.rnn.Conv1DRNNCell((2, 5), 3, 3, 2)
    with pytest.raises(ArgumentError, match="expects conv_layout 'NCHW', got 'NHWC'"):
        contrib.rnn.Conv2DRNNCell((2, 5, 5), 3, 3, 3, conv_layout="NHWC")
    with pytest.raises(ArgumentError, match=r"expects input_shape as \(channels, 1 lengths\)"):
        contrib.rnn.Conv1DRNNCell((5,), 3, 3, 3)
    with pytest.raises(ArgumentError, match="i2h_kernel expects a number or 1 of them"):
        contrib.rnn.Conv1DRNNCell((2, 5), 3, (3, 3), 3)


def test_projected_lstm() -> None:
    cell = contrib.rnn.LSTMPCell(4, 2, input_size=3)
    cell.initialize(mx.init.Constant(0.1))
    output, state = cell(mx.nd.array([[1, 2, 3]]), cell.begin_state(1))
    np.testing.assert_allclose(output.asnumpy(), np.full((1, 2), 0.0861279, np.float32), **tolerance_of(np.float32))
    assert [s.shape for s in state] == [(1, 2), (1, 4)] and repr(cell) == "LSTMPCell(3 -> 16 -> 2)"
    assert {k.partition("_")[2]: v.shape for k, v in cell.collect_params().items()} == {
        "i2h_weight": (16, 3), "h2h_weight": (16, 2), "h2r_weight": (2, 4), "i2h_bias": (16,), "h2h_bias": (16,)}


def test_variational_dropout_has_one_mask_for_all_steps() -> None:
    cell = contrib.rnn.VariationalDropoutCell(mx.gluon.rnn.RNNCell(40, input_size=3), 0.5, 0.2, 0.5)
    assert repr(cell) == "VariationalDropoutCell(p_out = 0.5, p_state = 0.2)"
    merged = contrib.rnn.VariationalDropoutCell(mx.gluon.rnn.RNNCell(4, input_size=3), 0.5)
    merged.initialize()
    assert merged.unroll(2, mx.nd.ones((5, 2, 3)))[0].shape == (5, 2, 4)
    cell.initialize()
    with mx.autograd.record():
        outputs, _ = cell.unroll(3, mx.nd.ones((2, 3, 3)), merge_outputs=True)
    zero = outputs.asnumpy() == 0
    assert (zero[:, 0] == zero[:, 1]).all() and (zero[:, 0] == zero[:, 2]).all() and 10 < zero[:, 0].sum() < 70
    with pytest.raises(AssertionError, match="doesn't support variational state dropout"):
        contrib.rnn.VariationalDropoutCell(mx.gluon.rnn.BidirectionalCell(
            mx.gluon.rnn.RNNCell(2), mx.gluon.rnn.RNNCell(2)), drop_states=0.1)
    stack = mx.gluon.rnn.SequentialRNNCell()
    stack.add(mx.gluon.rnn.BidirectionalCell(mx.gluon.rnn.RNNCell(2), mx.gluon.rnn.RNNCell(2)))
    with pytest.raises(AssertionError, match="Bidirectional SequentialRNNCell"):
        contrib.rnn.VariationalDropoutCell(stack, drop_states=0.1)


def test_pixels_out_of_channels() -> None:
    one = contrib.nn.PixelShuffle1D(2)(mx.nd.arange(12).reshape((1, 4, 3)))
    assert one.asnumpy().tolist() == [[[0, 3, 1, 4, 2, 5], [6, 9, 7, 10, 8, 11]]]
    two = contrib.nn.PixelShuffle2D((2, 1))(mx.nd.arange(16).reshape((1, 4, 2, 2)))
    assert two[0, 0].asnumpy().tolist() == [[0, 1], [4, 5], [2, 3], [6, 7]]
    three = contrib.nn.PixelShuffle3D((1, 2, 2))(mx.nd.arange(32).reshape((1, 4, 2, 2, 2)))
    assert three.asnumpy().ravel()[:10].tolist() == [0, 8, 1, 9, 16, 24, 17, 25, 2, 10]
    assert repr(contrib.nn.PixelShuffle1D(3)) == "PixelShuffle1D(3)"
    assert repr(contrib.nn.PixelShuffle3D(2)) == "PixelShuffle3D((2, 2, 2))"
    with pytest.raises(AssertionError, match="wrong length 3"):
        contrib.nn.PixelShuffle2D((1, 2, 3))


def test_the_rest_of_contrib() -> None:
    layer = contrib.nn.SparseEmbedding(4, 2)
    layer.initialize()
    assert layer(mx.nd.array([0, 3])).shape == (2, 2)
    assert list(contrib.data.IntervalSampler(10, 3)) == [0, 3, 6, 9, 1, 4, 7, 2, 5, 8]
    with pytest.raises(ValueError, match=r"handlers must be an EventHandler or a list of EventHandler, got: \[5\]"):
        make().fit(BATCHES, epochs=1, event_handlers=[5])


def test_checkpoints_have_the_graph_of_a_hybridized_net(tmp_path, caplog):
    for name, text in (("m", "Model architecture(symbol file) is not saved"), ("h", None)):
        net = nn.HybridSequential()
        net.add(nn.Dense(2))
        net.initialize()
        net.hybridize(text is None)
        e = est.Estimator(net, gluon.loss.SoftmaxCrossEntropyLoss())
        e.logger.addHandler(caplog.handler)
        e.fit(BATCHES, epochs=1, event_handlers=est.CheckpointHandler(str(tmp_path), name))
        e.logger.removeHandler(caplog.handler)
        assert (tmp_path / f"{name}-symbol.json").exists() == (text is None)
        assert text is None or text in caplog.text
    assert mx.sym.load(str(tmp_path / "h-symbol.json")).list_arguments()[0] == "data"
