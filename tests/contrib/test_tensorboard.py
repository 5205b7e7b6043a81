"""mx.contrib.tensorboard: event files, read back byte by byte."""

import struct
from types import SimpleNamespace

import luojia as mx
from luojia._src.formats import tfevents, tfrecord
from luojia.contrib.tensorboard import LogMetricsCallback, SummaryWriter


def records(path):
    data, found = path.read_bytes(), []
    while data:
        (size,) = struct.unpack("<Q", data[:8])
        assert data[: 16 + size] == tfrecord.record(data[12 : 12 + size])
        found.append(data[12 : 12 + size])
        data = data[16 + size :]
    return found


def test_records():
    assert tfrecord.crc32c(b"123456789") == 0xE3069283 and tfrecord.crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4
    event = tfevents.scalar("loss", 0.5, 300, 2.0)[12:-4]
    assert event == (b"\x09" + struct.pack("<d", 2.0) + b"\x10\xac\x02" + b"\x2a\x0d\x0a\x0b"
                     + b"\x0a\x04loss\x15" + struct.pack("<f", 0.5))


def test_metrics_are_written(tmp_path):
    metric = mx.metric.Accuracy()
    metric.update([mx.nd.array([0, 1])], [mx.nd.array([[1, 0], [1, 0]])])
    callback = LogMetricsCallback(str(tmp_path), prefix="train")
    for step in range(2):
        callback(SimpleNamespace(eval_metric=metric, nbatch=step))
    callback(SimpleNamespace(eval_metric=None))
    callback.summary_writer.close()
    (path,) = tmp_path.iterdir()
    first, one, two = records(path)
    assert b"brain.Event:2" in first
    assert b"train-accuracy\x15" + struct.pack("<f", 0.5) in one and b"\x10\x01" in one and b"\x10\x02" in two


def test_any_writer_will_do(tmp_path):
    seen = []
    callback = LogMetricsCallback(str(tmp_path))
    callback.summary_writer.close()
    callback.summary_writer = SimpleNamespace(add_scalar=lambda *a: seen.append(a))
    callback(SimpleNamespace(eval_metric=mx.metric.Loss()))
    assert seen[0][0] == "loss" and seen[0][2] == 1


def test_several_numbers_at_once(tmp_path):
    with SummaryWriter(str(tmp_path / "deep" / "er")) as writer:
        writer.add_scalar("loss", {"a": 1, "b": 2}, 7)
    (path,) = (tmp_path / "deep" / "er").iterdir()
    assert [b"loss/a" in r or b"loss/b" in r for r in records(path)] == [False, True, True]
