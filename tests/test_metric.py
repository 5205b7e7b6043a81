"""Metrics under MXNet's names, with the numbers of mxnet 1.9.1."""

import math
import pickle

import numpy as np
import pytest

import luojia as mx
from luojia import metric, nd

LABELS = [nd.array([0, 1])]
HALF = [nd.array([[0.9, 0.1], [0.8, 0.2]])]
ALL = [nd.array([[0.9, 0.1], [0.1, 0.9]])]


def test_local_and_global_scores():
    m = metric.Accuracy()
    assert m.get()[0] == "accuracy" and math.isnan(m.get()[1])
    m.update(LABELS, HALF)
    assert m.get() == ("accuracy", 0.5)
    m.reset_local()
    assert math.isnan(m.get()[1]) and m.get_global() == ("accuracy", 0.5)
    m.update(LABELS, ALL)
    assert m.get() == ("accuracy", 1.0) and m.get_global() == ("accuracy", 0.75)
    assert (m.num_inst, m.sum_metric, m.global_sum_metric, m.global_num_inst) == (2, 2.0, 3.0, 4)
    assert m.get_name_value() == [("accuracy", 1.0)] and m.get_global_name_value() == [("accuracy", 0.75)]
    m.reset()
    assert math.isnan(m.get_global()[1]) and m.num_inst == 0
    assert str(m) == "EvalMetric: {'accuracy': nan}"


def test_every_name():
    names = {"acc": "accuracy", "accuracy": "accuracy", "f1": "f1", "mcc": "mcc", "mae": "mae", "mse": "mse",
             "rmse": "rmse", "ce": "cross-entropy", "nll_loss": "nll-loss", "pearsonr": "pearsonr", "pcc": "pcc",
             "loss": "loss", "torch": "torch", "caffe": "caffe", "composite": "composite"}
    for key, name in names.items():
        assert metric.create(key).name == name
    assert metric.create("top_k_acc", top_k=3).name == metric.TopKAccuracy(3).name == "top_k_accuracy_3"
    assert metric.create("perplexity", ignore_label=None).name == "perplexity"


def test_values():
    def value(m, labels, preds):
        m.update([nd.array(labels)], [nd.array(preds)])
        return m.get()[1]

    scores = [[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]]
    assert value(metric.TopKAccuracy(2), [2, 1], scores) == 0.5
    assert value(metric.MSE(), [1, 1], [0, 0]) == 1.0
    assert value(metric.MAE(), [1, 3], [0, 0]) == 2.0
    assert value(metric.RMSE(), [3, 4], [0, 0]) == pytest.approx(12.5**0.5)
    assert value(metric.CrossEntropy(), [1, 0], scores) == pytest.approx(-np.log([0.6, 0.5]).mean(), rel=1e-5)
    assert value(metric.NegativeLogLikelihood(), [1, 0], scores) == pytest.approx(-np.log([0.6, 0.5]).mean(), rel=1e-5)
    assert value(metric.Perplexity(0), [1, 0], scores) == pytest.approx(1 / 0.6, rel=1e-5)
    assert value(metric.F1(), [1, 0, 1], [[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]]) == pytest.approx(0.8)
    assert value(metric.MCC(), [1, 0], [[0.1, 0.9], [0.9, 0.1]]) == pytest.approx(1.0)
    assert value(metric.PCC(), [1, 0], [[0.1, 0.9], [0.9, 0.1]]) == pytest.approx(1.0)
    assert value(metric.PearsonCorrelation(), [1, 2, 3], [2, 4, 6]) == pytest.approx(1.0)
    loss = metric.Loss()
    loss.update(None, [nd.array([1.0, 2.0]), nd.array([6.0])])
    assert loss.get() == ("loss", 3.0)


def test_composites():
    m = metric.create(["acc", metric.MSE()])
    assert m.get()[0] == ["accuracy", "mse"] and str(m) == "EvalMetric: {'accuracy': nan, 'mse': nan}"
    m.update([nd.array([0, 1])], [nd.array([0, 1])])
    assert m.get() == (["accuracy", "mse"], [1.0, 0.0]) == m.get_global()
    m.reset_local()
    assert math.isnan(m.get()[1][0]) and m.get_global()[1] == [1.0, 0.0]
    m.reset()
    assert math.isnan(m.get_global()[1][0])
    m.add("mae")
    assert m.get_metric(2).name == "mae"
    with pytest.raises(ValueError, match="Metric index 3 is out of range 0 and 3"):
        m.get_metric(3)
    assert len(m.get_config()["metrics"]) == 3
    m = metric.CompositeEvalMetric(["acc"], output_names=["y"], label_names=["x"])
    m.update_dict({"x": nd.array([0]), "z": nd.array([1])}, {"y": nd.array([[1, 0]]), "q": nd.array([1])})
    assert m.get() == (["accuracy"], [1.0])


def test_dicts():
    m = metric.Accuracy(output_names=["y"], label_names=["x"])
    m.update_dict({"x": nd.array([0]), "z": nd.array([1])}, {"y": nd.array([[1, 0]]), "q": nd.array([1])})
    assert m.get() == ("accuracy", 1.0)
    assert m.get_config() == {"axis": 1, "metric": "Accuracy", "name": "accuracy", "output_names": ["y"],
                              "label_names": ["x"]}
    m = metric.Accuracy()
    m.update_dict({"x": nd.array([0])}, {"y": nd.array([[1, 0]])})
    assert m.get() == ("accuracy", 1.0)


def test_functions_as_metrics():
    m = metric.create(lambda label, pred: abs(label - pred).max())
    m.update([nd.array([1.0])], [nd.array([4.0])])
    assert m.get() == ("custom(<lambda>)", 3.0)
    assert metric.np(lambda a, b: 2.0).name == "custom(<lambda>)"
    m = metric.CustomMetric(lambda label, pred: (1.0, 4), name="mine", allow_extra_outputs=True)
    m.update([nd.array([1.0])], [nd.array([4.0]), nd.array([5.0])])
    assert m.get() == ("mine", 0.25)
    with pytest.raises(NotImplementedError, match="cannot be serialized"):
        m.get_config()


def test_own_metrics():
    @metric.register
    class Count(metric.EvalMetric):
        def __init__(self, name="count"):
            super().__init__(name)

        def update(self, labels, preds):
            self.sum_metric += len(labels)
            self.num_inst += 1

    m = metric.create("count")
    m.update([1, 2, 3], [])
    assert m.get() == ("count", 3.0) == m.get_global()
    m.reset()
    assert math.isnan(m.get()[1])
    with pytest.raises(NotImplementedError):
        metric.EvalMetric("x").update([], [])


def test_pickle():
    m = metric.Accuracy()
    m.update(LABELS, HALF)
    assert pickle.loads(pickle.dumps(m)).get() == m.get()


def test_errors():
    m = metric.Accuracy()
    with pytest.raises(ValueError, match="Shape of labels 2 does not match shape of predictions 1"):
        m.update([nd.array([0, 1]), nd.array([0])], HALF)
    with pytest.raises(ValueError, match="does not match"):
        m.update([nd.array([0, 1, 1])], HALF)
    assert math.isnan(m.get()[1])
    with pytest.raises(ValueError, match="Shape of labels .2,. does not match shape of predictions .3,."):
        metric.check_label_shapes(nd.ones((2,)), nd.ones((3,)), shape=True)
    with pytest.raises(AssertionError, match="foo is not registered. Please register with metric.register first"):
        metric.create("foo")
    with pytest.raises(AssertionError, match="metric must be of string type"):
        metric.create(3)
    with pytest.raises(AssertionError, match="Please use Accuracy if top_k is no more than 1"):
        metric.TopKAccuracy()
    with pytest.raises(TypeError, match="ignore_label"):
        metric.create("perplexity")
    with pytest.raises(ValueError, match="average"):
        metric.F1(average="foo")
    assert mx.metric is metric


@pytest.mark.parametrize("name", ["ce", "nll_loss", "perplexity"])
def test_labels_of_another_number_are_an_assertion_error(name):
    metric = mx.metric.Perplexity(None) if name == "perplexity" else mx.metric.create(name)
    with pytest.raises(AssertionError, match="does not match shape of predictions"):
        metric.update([mx.nd.array([1, 0, 0])], [mx.nd.ones((2, 2)) / 2])
