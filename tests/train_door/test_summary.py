"""Summaries in event files."""

import re

import numpy as np
import pytest

import luojia
from luojia import SummaryCollector, SummaryRecord, Tensor, nn, ops
from luojia import dataset as ds
from luojia.train import summary
from tests.formats.test_tfevents import value_of

IMAGE = Tensor(np.arange(12.0).reshape(1, 3, 2, 2).astype(np.float32))


@pytest.fixture(autouse=True)
def closed():
    yield
    for record in list(summary._open):
        record.close()


def values(folder):
    """(step, name, kind of value) of each record of the one file in a folder."""
    [path] = folder.iterdir()
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little") + 16
        found.append(data[at : at + size])
        at += size
    return [(step, name, number) for step, name, (number, _) in map(value_of, found[1:])]


def test_what_is_recorded_is_in_the_file(tmp_path):
    with SummaryRecord(str(tmp_path)) as record:
        assert re.search(r"events\.out\.tfevents\.summary\.\d+\..*_MS$", record.log_dir)
        record.add_value("scalar", "loss", Tensor(0.5))
        record.add_value("image", "picture", IMAGE)
        record.add_value("graph", "g", 3)
        assert record.record(1) is True and record.record(2) is True
        record.set_mode("eval")
        record.add_value("histogram", "h", Tensor([1.0, 2.0]))
        record.add_value("tensor", "t", Tensor([1.0, 2.0]))
        record.record(3, plugin_filter=lambda plugin: plugin != "tensor")
        record.flush()
    assert record.record(4) is False
    assert values(tmp_path) == [(1, "loss", 2), (1, "picture", 4), (3, "eval/h", 5)]


def test_what_networks_mark_is_recorded(tmp_path):
    class Net(nn.Module):
        def construct(self, x):
            ops.ScalarSummary()("sum", x.sum())
            ops.HistogramSummary()("all", x)
            return x

    Net()(Tensor([1.0]))  # nobody listens
    with SummaryRecord(str(tmp_path)) as record:
        Net()(Tensor([1.0, 2.0]))
        record.record(5)
    assert values(tmp_path) == [(5, "sum", 2), (5, "all", 5)]


def test_a_training_is_collected(tmp_path):
    x = np.ones((16, 4), np.float32)
    net = nn.Dense(4, 1)
    model = luojia.Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.01))
    data = ds.NumpySlicesDataset({"x": x, "y": x[:, :1]}, shuffle=False).batch(4)
    collector = SummaryCollector(str(tmp_path / "a"), 2, collect_specified_data={"histogram_regular": "^weight"})
    model.train(1, data, callbacks=[collector])
    names = [(step, name) for step, name, _ in values(tmp_path / "a")]
    assert names == [(n, name) for n in (1, 2, 4) for name in ("loss/auto", "weight/auto")]
    with SummaryCollector(str(tmp_path / "b"), keep_default_action=False, max_file_size=100) as collector:
        model.train(1, data, callbacks=[collector])
    assert values(tmp_path / "b") == [] and not summary._open


@pytest.mark.parametrize("call, kind, message", [
    (lambda r: r.add_value("scalar", "a", 3), TypeError, 'parameter "value" expect to be Tensor, but got int'),
    (lambda r: r.add_value("foo", "a", Tensor(1.0)), ValueError, "no such \"plugin\" of 'foo' , expect value"),
    (lambda r: r.add_value("image", "a", IMAGE[0]), ValueError, "seems not to hold a valid image"),
    (lambda r: r.add_value("scalar", "", Tensor(1.0)), ValueError, 'the parameter "name" type should be str'),
    (lambda r: r.add_value("scalar", "v", Tensor([1.0, 2.0])), ValueError, "the v rank must be less than or equal"),
    (lambda r: r.record("a"), TypeError, "The type of 'step' should be 'int', but got type 'str'"),
    (lambda r: r.record(1, None, 3), TypeError, "The type of 'plugin_filter' should be a function"),
    (lambda r: r.set_mode("foo"), ValueError, "'foo' is not a recognized mode"),
    (lambda r: SummaryRecord("x"), RuntimeError, "only one instance is supported in a training process"),
    (lambda r: SummaryRecord(3), TypeError, "The log_dir is invalid, the type should be string"),
    (lambda r: SummaryRecord(""), ValueError, "The log_dir is invalid, it should be non-blank"),
    (lambda r: SummaryRecord("x", 3), TypeError, "`file_prefix` and `file_suffix`  should be str, but got type"),
    (lambda r: SummaryRecord("x", max_file_size="a"), TypeError, "'max_file_size' should be int type"),
    (lambda r: SummaryCollector(3), TypeError, "The summary_dir is invalid, the type should be string"),
    (lambda r: SummaryCollector("x", 0), ValueError, "value of `collect_freq` should be greater than 0, but got `0`"),
    (lambda r: SummaryCollector("x", collect_specified_data=3), TypeError, "For `collect_specified_data` the type"),
    (lambda r: SummaryCollector("x", collect_specified_data={"foo": 1}), ValueError, "the keys {'foo'} of"),
    (lambda r: SummaryCollector("x", collect_specified_data={"collect_metric": 3}), TypeError, r"type of \['bool'\]"),
    (lambda r: SummaryCollector("x", keep_default_action=3), TypeError, "For `keep_default_action` the type should be"),
    (lambda r: SummaryCollector("x", custom_lineage_data={"a": []}), TypeError, "custom_lineage_data -> a` the type"),
    (lambda r: SummaryCollector("x", collect_specified_data={"collect_landscape": {"a": 1}}), NotImplementedError,
     "luojia draws no landscapes of losses"),
])
def test_errors(call, kind, message, tmp_path):
    with SummaryRecord(str(tmp_path)) as record, pytest.raises(kind, match=message):
        call(record)
