"""Expected numbers are those of mxnet 1.9.1 (one value per call of get) and mindspore 2.8.0."""

import math

import numpy as np
import pytest

from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.train import metrics as m

P = np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3], [0.05, 0.05, 0.9]], np.float32)
L = np.array([1, 0, 1, 1, 2])
B = np.array([[0.3, 0.7], [0.6, 0.4], [0.2, 0.8], [0.55, 0.45], [0.1, 0.9], [0.9, 0.1]])
LB = np.array([1, 0, 0, 1, 1, 0])
R = np.array([[1.0], [2.0], [3.0], [5.0], [4.0]], np.float32)
Q = np.array([[1.5], [1.0], [3.5], [4.0], [4.0]], np.float32)
ML, MP = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]]), np.array([[1, 0, 1], [1, 1, 0], [1, 0, 0]])

# metric, labels, predictions, value after the first two samples, value after all (in two updates)
TWO_BATCHES = [
    (m.Accuracy(), L, P, 1.0, 0.8),
    (m.Accuracy(kind="multilabel"), ML, MP, 0.5, 1 / 3),
    (m.TopKAccuracy(2), L, P, 1.0, 1.0),
    (m.TopKAccuracy(2, ties="first"), L, P, 1.0, 0.8),
    (m.TopKAccuracy(1, ties="first"), L, P, 1.0, 0.8),
    (m.F1(), LB, B, 1.0, 0.75),
    (m.F1("micro"), LB, B, 1.0, 2 / 3),
    (m.MCC(), LB, B, 1.0, 0.5),
    (m.MCC("micro"), LB, B, 1.0, 1 / 3),
    (m.PCC(), L, P, 1.0, 0.7349684152591671),
    (m.MAE(), R, Q, 0.75, 0.625),
    (m.MAE("sample"), R, Q, 0.75, 0.6),
    (m.MSE(), R, Q, 0.625, 0.5208333283662796),
    (m.MSE(), R[:, 0], Q[:, 0], 0.625, 0.5208333283662796),
    (m.MSE("sample"), R, Q, 0.625, 0.5),
    (m.MSE("sample"), 2 * P, P, 0.5, 0.5190000057),
    (m.RMSE(), R, Q, 0.7905694246292114, 0.7180333137512207),
    (m.RMSE("sample"), R, Q, 0.7905694246292114, 0.5**0.5),
    (m.CrossEntropy(), L, P, 0.4337502717971802, 0.6997179508209228),
    (m.NegativeLogLikelihood(), L, P, 0.4337502717971802, 0.6997179508209228),
    (m.Perplexity(), L, P, 1.5430334810193704, 2.0131848102637053),
    (m.Perplexity(1), L, P, 1.666666584386752, 1.3608276214020527),
    (m.PearsonCorrelation(), R, Q, -1.0, -0.0669872981077807),
    (m.PearsonCorrelation("micro"), R, Q, -1.0, 0.8781140799175228),
    (m.Precision(), L, P, [1, 1, 0], [1, 1, 0.5]),
    (m.Precision("multilabel"), ML, MP, [1, 0.5], [1, 0.5, 1]),
    (m.Precision(average=True), L, P, 2 / 3, 5 / 6),
    (m.Recall(), L, P, [1, 1, 0], [1, 2 / 3, 1]),
    (m.Recall("multilabel"), ML, MP, [1, 1], [1, 1, 0.5]),
    (m.Fbeta(1.0), L, P, [1, 1, 0], [1, 0.8, 2 / 3]),
    (m.Fbeta(2.0), L, P, [1, 1, 0], [1, 0.71428571, 0.83333333]),
    (m.Fbeta(2.0, average=True), L, P, 2 / 3, 0.8492063492063493),
    (m.ConfusionMatrix(3), L, P, np.diag([1, 1, 0]), [[1, 0, 0], [0, 2, 1], [0, 0, 1]]),
    (m.ConfusionMatrix(3, "prediction"), L, P, np.diag([1, 1, 0]), [[1, 0, 0], [0, 1, 0.5], [0, 0, 0.5]]),
    (m.ConfusionMatrix(3, "label"), L, P, np.diag([1, 1, 0]), [[1, 0, 0], [0, 2 / 3, 1 / 3], [0, 0, 1]]),
    (m.ConfusionMatrix(3, "all"), L, P, np.diag([0.5, 0.5, 0]), [[0.2, 0, 0], [0, 0.4, 0.2], [0, 0, 0.2]]),
    (m.ConfusionMatrix(2), np.array([0, 1, 0, 1]), np.array([0.2, 0.7, 0.5000001, 0.9]), np.eye(2), [[1, 1], [0, 2]]),
]


@pytest.mark.parametrize("metric, labels, preds, first, all_of_them", TWO_BATCHES, ids=lambda v: getattr(v, "name", ""))
def test_two_batches(metric, labels, preds, first, all_of_them):
    metric.reset()
    assert metric.empty and math.isnan(metric.value())
    metric.update(labels[:2], preds[:2])
    assert not metric.empty
    np.testing.assert_allclose(metric.value(), first, rtol=1e-6, atol=1e-12)
    metric.update(labels[2:], preds[2:])
    np.testing.assert_allclose(metric.value(), all_of_them, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(metric.global_value(), all_of_them, rtol=1e-6, atol=1e-12)
    metric.reset_local()
    assert metric.empty
    np.testing.assert_allclose(metric.global_value(), all_of_them, rtol=1e-6, atol=1e-12)
    metric.update(labels[:2], preds[:2])
    np.testing.assert_allclose(metric.value(), first, rtol=1e-6, atol=1e-12)
    metric.reset()
    assert math.isnan(metric.global_value())


def test_accuracy_of_classes_and_of_another_axis():
    a = m.Accuracy()
    a.update(np.array([1, 0]), np.array([1, 1]))
    assert a.value() == 0.5
    a.reset_local()
    a.update(np.array([0]), np.array([[0.9, 0.1]]))
    assert a.value() == 1 and a.global_value() == pytest.approx(2 / 3)
    b = m.Accuracy(axis=0)
    b.update(L, P.T)
    assert b.value() == 0.8
    c = m.Accuracy(one_hot=True)
    c.update(np.eye(3)[L], P)
    assert c.value() == 0.8


def test_names_are_mxnets():
    names = [x.name for x in (m.Accuracy(), m.F1(), m.MAE(), m.CrossEntropy(), m.NegativeLogLikelihood(), m.Loss())]
    assert names == ["accuracy", "f1", "mae", "cross-entropy", "nll-loss", "loss"]
    assert m.TopKAccuracy(5).name == "top_k_accuracy_5" and m.PearsonCorrelation().name == "pearsonr"
    assert m.CustomMetric(lambda label, pred: 0).name == "custom(<lambda>)"
    assert m.CustomMetric(max).name == "max" and m.CustomMetric(max, "mine").name == "mine"


def test_loss_and_custom():
    loss = m.Loss()
    loss.update(None, np.array([1.0, 2, 3]))
    loss.update(None, np.array([5.0]))
    assert loss.value() == 2.75
    per_batch = m.Loss("batch")
    per_batch.update(None, np.array([2.0]))
    per_batch.update(None, np.array(4.0))
    assert per_batch.value() == 3
    distance = m.CustomMetric(lambda label, pred: float(np.abs(label - pred).sum()))
    distance.update(np.array([1.0, 2]), np.array([1.0, 4]))
    assert distance.value() == 2
    mean = m.CustomMetric(lambda label, pred: (float(np.abs(label - pred).sum()), 2))
    mean.update(np.array([1.0, 2]), np.array([1.0, 4]))
    assert mean.value() == 1


def test_pcc_of_two_classes_is_mcc_and_grows_with_new_classes():
    pcc, mcc = m.PCC(), m.MCC("micro")
    for metric in (pcc, mcc):
        metric.update(LB, B)
    assert pcc.value() == pytest.approx(mcc.value())
    pcc.update(np.array([3]), np.array([[0, 0, 0, 1.0]]))
    assert pcc._local.shape == (4, 4)


def test_roc_and_auc():
    roc = m.ROC(pos_label=1)
    roc.update(np.array([0, 0]), np.array([0.28, 0.55]))
    roc.update(np.array([1, 1]), np.array([0.15, 0.05]))
    fpr, tpr, thresholds = roc.value()
    np.testing.assert_allclose(fpr, [0, 0.5, 1, 1, 1])
    np.testing.assert_allclose(tpr, [0, 0, 0, 0.5, 1])
    np.testing.assert_allclose(thresholds, [1.55, 0.55, 0.28, 0.15, 0.05])
    assert m.auc(fpr, tpr) == 0
    several = m.ROC(class_num=3)
    several.update(L, P)
    fprs, tprs, _ = several.value()
    assert len(fprs) == 3 and m.auc(fprs[0], tprs[0]) == 1
    tied = m.ROC()
    tied.update(np.array([1, 0, 1, 0]), np.array([0.5, 0.5, 0.5, 0.5]))
    np.testing.assert_allclose(tied.value()[:2], [[0, 1], [0, 1]])
    assert m.auc(np.array([1.0, 0, 0.5]), np.array([1.0, 0, 1]), reorder=True) == 0.75


def test_dice_hausdorff_cosine():
    dice = m.Dice()
    dice.update(np.array([[0, 1], [1, 0], [0, 1]]), np.array([[0.2, 0.5], [0.3, 0.1], [0.9, 0.6]]))
    assert dice.value() == pytest.approx(0.20467792151485542)
    dice.update(np.array([[1, 0]]), np.array([[1.0, 0.0]]))
    assert dice.value() == pytest.approx(0.40350719114239153)
    distance = m.HausdorffDistance(label_idx=0)
    distance.update(np.array([[0, 2, 1], [1, 2, 1], [0, 0, 1]]), np.array([[3, 0, 1], [1, 3, 0], [1, 0, 2]]))
    assert distance.value() == pytest.approx(2**0.5)
    square = np.zeros((7, 7), int)
    square[1:6, 1:6] = 1
    moved = np.roll(square, 1, axis=1)
    for metric, expected in (("euclidean", 1), ("chessboard", 1), ("taxicab", 1)):
        distance = m.HausdorffDistance(distance_metric=metric)
        distance.update(square, moved)
        assert distance.value() == expected
    directed = m.HausdorffDistance(directed=True)
    directed.update(np.array([[1, 0, 0, 1]]), np.array([[1, 0, 0, 0]]))
    assert directed.value() == 0
    middle = m.HausdorffDistance(percentile=50)
    middle.update(np.array([[1, 0, 1, 0, 1]]), np.array([[1, 0, 1, 0, 0]]))
    assert middle.value() == 0
    empty = m.HausdorffDistance()
    empty.update(np.zeros((2, 2)), np.ones((2, 2)))
    assert empty.value() == math.inf
    cosine = m.CosineSimilarity()
    cosine.update(None, np.array([[1.0, 3, 4], [2, 4, 2], [0, 1, 1]]))
    np.testing.assert_allclose(cosine.value()[0], [0, 0.88070485, 0.97072534], rtol=1e-6)
    summed = m.CosineSimilarity("dot", "sum", zero_diagonal=False)
    summed.update(None, np.eye(2))
    assert summed.value().tolist() == [1, 1]


ERRORS = [
    (lambda: m.Accuracy().update(np.zeros(3), np.zeros((2, 2))), ShapeError, r"Shape of labels \(3,\) does not match"),
    (lambda: m.Accuracy(kind="x"), ArgumentError, "Accuracy expects kind to be one of 'classification'"),
    (lambda: m.Accuracy(kind="multilabel").update(L, P), ShapeError, "Accuracy of multilabel data expects"),
    (lambda: m.TopKAccuracy(0), ArgumentError, "integer top_k >= 1, got 0"),
    (lambda: m.TopKAccuracy(1).update(L[:2], P), ShapeError, "TopKAccuracy expects predictions of shape"),
    (lambda: m.F1().update(np.array([0, 1, 2]), B[:3]), ArgumentError, "currently only supports binary classification"),
    (lambda: m.F1("x"), ArgumentError, "F1 expects average"),
    (lambda: m.ConfusionMatrix(2).update(L, P), ArgumentError, "classes below num_classes=2, got up to 2"),
    (lambda: m.ConfusionMatrix(2, "x"), ArgumentError, "expects normalize"),
    (lambda: m.Precision().update(L, L), ShapeError, "Precision expects class scores"),
    (lambda: m.Recall("multilabel").update(L, P), ShapeError, "Recall of multilabel data expects one shape"),
    (lambda: m.Fbeta(0), ArgumentError, "beta > 0, got 0"),
    (lambda: m.MSE().update(R, Q[:2]), ShapeError, "MSE: Shape of labels"),
    (lambda: m.MAE("x"), ArgumentError, "MAE expects per"),
    (lambda: m.CrossEntropy().update(L, L), ShapeError, "CrossEntropy expects predictions with an axis of classes"),
    (lambda: m.Perplexity().update(L[:2], P), ShapeError, "Perplexity: Shape of labels"),
    (lambda: m.PearsonCorrelation().update(R, Q[:2]), ShapeError, "PearsonCorrelation: Shape of labels"),
    (lambda: m.CosineSimilarity().update(None, L), ShapeError, "matrix of rows"),
    (lambda: m.CosineSimilarity(reduction="x"), ArgumentError, "expects reduction"),
    (lambda: m.Dice().update(L, P), ShapeError, "Dice expects masks of one shape"),
    (lambda: m.HausdorffDistance().update(L, P), ShapeError, "HausdorffDistance expects masks of one shape"),
    (lambda: m.HausdorffDistance(percentile=101), ArgumentError, "percentile between 0 and 100, got 101"),
    (lambda: m.ROC(class_num=2).update(L, P), ShapeError, r"ROC expects scores of shape \(5, 2\)"),
    (lambda: m.auc([0, 1], [0, 1, 2]), ShapeError, "two vectors of one length"),
    (lambda: m.auc([0, 2, 1], [0, 1, 2]), ArgumentError, "pass reorder=True"),
]


@pytest.mark.parametrize("call, error, match", ERRORS)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_roc_of_one_kind_and_the_base_class():
    roc = m.ROC()
    roc.update(np.array([1, 1]), np.array([0.1, 0.2]))
    with pytest.raises(ArgumentError, match="one kind only"):
        roc.value()
    with pytest.raises(NotImplementedError):
        m.Metric().update(L, L)


def test_a_failed_update_changes_nothing():
    a = m.Accuracy()
    a.update(L, P)
    with pytest.raises(ShapeError):
        a.update(L[:2], P)
    assert a.value() == 0.8
