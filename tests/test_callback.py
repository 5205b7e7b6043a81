"""Callbacks: what they log."""

from collections import namedtuple

import luojia as mx
from luojia import nd

Param = namedtuple("Param", "epoch nbatch eval_metric locals")


def half():
    metric = mx.metric.Accuracy()
    metric.update([nd.array([0, 1])], [nd.array([[0.9, 0.1], [0.8, 0.2]])])
    return metric


def test_speedometer(caplog):
    meter, metric = mx.callback.Speedometer(2, 2), half()
    with caplog.at_level("INFO"):
        for batch in range(5):
            metric.update([nd.array([0, 1])], [nd.array([[0.9, 0.1], [0.8, 0.2]])])
            meter(Param(0, batch, metric, {}))
        mx.callback.Speedometer(2, 1)(Param(0, 0, None, {}))
    lines = [r.getMessage() for r in caplog.records]
    assert len(lines) == 2 and lines[0].startswith("Epoch[0] Batch [0-2]\tSpeed: ")
    assert lines[1].startswith("Epoch[0] Batch [2-4]") and lines[1].endswith("\taccuracy=0.500000")
    with caplog.at_level("INFO"):
        meter(Param(1, 0, None, {}))
        meter(Param(1, 2, None, {}))
    assert caplog.records[-1].getMessage().startswith("Iter[1] Batch [2]\tSpeed: ")


def test_the_others(caplog):
    with caplog.at_level("INFO"):
        mx.callback.ProgressBar(5, 10)(Param(0, 2, None, {}))
        mx.callback.log_train_metric(1, auto_reset=True)(Param(0, 2, half(), {}))
        mx.callback.LogValidationMetricsCallback()(Param(3, 0, half(), {}))
        mx.callback.LogValidationMetricsCallback()(Param(3, 0, None, {}))
    assert [r.getMessage().strip() for r in caplog.records] == [
        "[====------] 40%", "Iter[0] Batch[2] Train-accuracy=0.500000", "Epoch[3] Validation-accuracy=0.500000"]


def test_checkpoints():
    saved = []

    class Module:
        def save_checkpoint(self, prefix, epoch, states):
            saved.append((prefix, epoch, states))

    callback = mx.callback.module_checkpoint(Module(), "m", period=2)
    for epoch in range(4):
        callback(epoch)
    assert saved == [("m", 2, False), ("m", 4, False)]
