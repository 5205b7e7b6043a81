"""Estimators and contributed layers."""

import numpy as np
import pytest

import luojia as mx
from luojia import gluon, nd
from luojia.gluon import nn
from luojia.gluon.contrib import estimator as est
from luojia.gluon.contrib.nn import Concurrent, HybridConcurrent, Identity

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


def test_batches_devices_and_defaults():
    net = nn.Dense(2)
    e = est.Estimator(net, gluon.loss.SoftmaxCrossEntropyLoss(), context=[mx.cpu(0), mx.cpu(1)],
                      train_metrics=mx.metric.Accuracy())
    seen = []

    class Count(est.BatchEnd):
        def batch_end(self, estimator, *args, **kwargs):
            seen.append(len(kwargs["pred"]))

    e.fit(BATCHES, batches=4, event_handlers=Count())
    assert seen == [2] * 4 and isinstance(e.trainer.optimizer, mx.optimizer.Adam)
    e.fit(BATCHES, epochs=1, event_handlers=[est.StoppingHandler(max_batch=1), Count()])
    assert len(seen) == 5


def test_logging(caplog):
    with caplog.at_level("INFO", logger="Estimator"):
        make().fit(BATCHES, epochs=1, event_handlers=est.LoggingHandler(1, [mx.metric.Accuracy()]))
    lines = [r.getMessage() for r in caplog.records]
    assert lines[0].startswith("Training begin: using optimizer SGD") and lines[1].startswith("[Epoch 0][Batch 0]")
    assert lines[-2].startswith("[Epoch 0] Finished in") and lines[-1].startswith("Train finished")


def test_early_stopping():
    e = make(trainer=None)
    e.trainer.set_learning_rate(0.0)
    stop = est.EarlyStoppingHandler(e.train_metrics[1], patience=2)
    e.fit(BATCHES, epochs=20, event_handlers=stop)
    assert stop.current_epoch == 4 and stop.stopped_epoch == 3


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
    with pytest.raises(ValueError, match="mode must be"):
        est.EarlyStoppingHandler(mx.metric.Accuracy(), mode="up")
    with pytest.raises(ValueError, match="save_best needs monitor"):
        est.CheckpointHandler("x", save_best=True)
    with pytest.raises(NotImplementedError, match="resume_from_checkpoint"):
        est.CheckpointHandler("x", resume_from_checkpoint=True)


def test_layers_side_by_side():
    x = nd.ones((2, 3))
    for kind in (Concurrent, HybridConcurrent):
        net = kind(axis=1)
        net.add(Identity(), nn.Dense(4))
        net.initialize()
        assert net(x).shape == (2, 7)
        assert net(x).asnumpy()[:, :3].tolist() == [[1] * 3] * 2
