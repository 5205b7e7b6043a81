"""Metrics with MindSpore's interface."""

import numpy as np
import pytest

from luojia import Tensor, nn

SCORES = Tensor([[0.2, 0.8], [0.7, 0.3], [0.4, 0.6]])
LABELS = Tensor([1, 1, 1])


def test_accuracy_over_batches():
    m = nn.Accuracy()
    m.update(SCORES, LABELS)
    m.update(SCORES, np.array([1, 0, 0]))
    assert m.eval() == pytest.approx(4 / 6)
    m.clear()
    assert m(SCORES, LABELS) == pytest.approx(2 / 3)
    assert nn.Accuracy("multilabel")(np.array([[0, 1], [1, 1]]), np.array([[0, 1], [1, 0]])) == 0.5


@pytest.mark.parametrize("metric, expected", [
    (nn.Precision(), [0.0, 1.0]), (nn.Recall(), [0.0, 2 / 3]), (nn.F1(), [0.0, 0.8]),
    (nn.Fbeta(2.0), [0.0, 5 * 2 / (4 * 3 + 2)]),
])
def test_per_class(metric, expected):
    np.testing.assert_allclose(metric(SCORES, LABELS), expected)
    assert metric.eval(average=True) == pytest.approx(np.mean(expected))


def test_regression_and_loss():
    a, b = np.array([1.0, 3.0]), np.array([2.0, 1.0])
    assert nn.MAE()(a, b) == 1.5 and nn.MSE()(a, b) == 2.5
    loss = nn.Loss()
    for value in (1.0, 3.0):
        loss.update(Tensor(value))
    assert loss.eval() == 2.0


def test_top_k():
    scores, labels = np.array([[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]]), np.array([2, 0])
    assert nn.Top1CategoricalAccuracy()(scores, labels) == 0.0
    assert nn.TopKCategoricalAccuracy(2)(scores, labels) == 0.5
    assert nn.Top5CategoricalAccuracy().k == 5


def test_matrices_and_curves():
    assert nn.ConfusionMatrix(2)(np.array([0, 1, 0]), np.array([0, 1, 1])).tolist() == [[1, 0], [1, 1]]
    assert nn.ConfusionMatrix(2)(np.array([0.5, 0.25]), np.array([0, 0])).tolist() == [[1, 1], [0, 0]]
    assert nn.ConfusionMatrix(2, "target")(np.array([0, 1, 0]), np.array([0, 1, 1]))[1].tolist() == [0.5, 0.5]
    fpr, tpr, _ = nn.ROC(pos_label=1)(np.array([0.2, 0.7]), np.array([0, 1]))
    assert nn.auc(fpr, tpr) == 1.0
    assert nn.Perplexity()(np.array([[0.5, 0.5]]), np.array([0])) == pytest.approx(2.0)
    assert nn.Dice(0.0)(np.array([[1.0, 0.0]]), np.array([[1, 0]])) == 1.0
    assert nn.CosineSimilarity()(np.eye(2)).tolist() == [[0, 0], [0, 0]]
    assert nn.HausdorffDistance()(np.array([[0, 0, 0, 1]]), np.array([[1, 0, 0, 0]]), 1) == 3.0


def test_a_metric_of_ones_own_with_indexes():
    class Sum(nn.Metric):
        def clear(self):
            self.total = 0.0

        @nn.rearrange_inputs
        def update(self, *inputs):
            self.total += self._convert_data(inputs[0]).sum()

        def eval(self):
            return self.total

    m = Sum().set_indexes([1])
    assert m(Tensor([1.0]), Tensor([5.0])) == 5.0 and m.indexes == [1]
    assert nn.Accuracy().set_indexes([2, 0])(LABELS, 0, SCORES) == pytest.approx(2 / 3)
    assert Sum()._check_onehot_data(np.eye(2)) and not Sum()._check_onehot_data(np.ones((2, 2)))


def test_by_name():
    assert isinstance(nn.get_metric_fn("topk", 3), nn.TopKCategoricalAccuracy)
    assert "accuracy" in nn.names() and nn.names() == sorted(nn.names())


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.Accuracy().eval(), RuntimeError, "The 'Accuracy' can not be calculated, because the number of "
     "samples is"),
    (lambda: nn.Precision().eval(), RuntimeError, "The 'Precision' can not be calculated"),
    (lambda: nn.HausdorffDistance().eval(), RuntimeError, "The 'HausdorffDistance' can not be calculated"),
    (lambda: nn.HausdorffDistance().update(1), ValueError, "it needs 3 inputs"),
    (lambda: nn.Accuracy().update(SCORES), ValueError, "For 'Accuracy.update', it needs 2 inputs"),
    *[(lambda m=m, y=y: m().update(SCORES, np.array(y)), ValueError, "should equal to the dimension of y .* add 1")
      for m in (nn.Accuracy, nn.Precision, nn.Recall) for y in ([[1.0], [2.0], [0.0]], np.full(SCORES.shape, 0.5))],
    (lambda: nn.Accuracy().update(np.array([0.1, 0.9]), np.array([1, 0])), ValueError, "y_pred dimension: 1"),
    (lambda: nn.Accuracy("foo"), TypeError, "the 'eval_type' must be in"),
    (lambda: nn.Accuracy().update("a", "b"), TypeError, "the type of 'data' must be Tensor, list or ndarray"),
    (lambda: nn.Fbeta(0), ValueError, "the argument 'beta' must be greater than 0"),
    (lambda: nn.Fbeta("a"), TypeError, "the 'beta' must be a number"),
    (lambda: nn.TopKCategoricalAccuracy(0), ValueError, "must be greater than or equal to 1"),
    (lambda: nn.TopKCategoricalAccuracy(1.5), TypeError, "the type of 'k' must be int"),
    (lambda: nn.Perplexity("a"), TypeError, "the type of 'ignore_label' must be int"),
    (lambda: nn.ConfusionMatrix(2, "foo"), ValueError, "the 'normalize' must be in"),
    (lambda: nn.get_metric_fn("foo"), KeyError, "Unsupported metric 'foo'"),
    (lambda: nn.Accuracy().set_indexes(3), ValueError, "the argument 'indexes' must be a list"),
    (lambda: nn.Metric().clear(), NotImplementedError, r"must define clear\(\)"),
    (lambda: nn.Metric().update(), NotImplementedError, "must define update"),
    (lambda: nn.Metric().eval(), NotImplementedError, "must define eval"),
    (lambda: nn.Loss().update(1), TypeError, "the type of 'data' must be Tensor, list or ndarray"),
    (lambda: nn.ConfusionMatrix("a"), TypeError, "the type of 'num_classes' should be 'int'"),
    (lambda: nn.auc([0, 1], [1, 2]), TypeError, "must all be np.ndarray, but got <class 'list'>"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
