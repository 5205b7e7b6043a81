"""Rates of confusion matrices, with MindSpore's numbers."""

import numpy as np
import pytest

from luojia import nn

PREDS = np.array([[[1, 0, 1], [0, 1, 0], [0, 0, 0]], [[0, 0, 1], [1, 0, 0], [0, 1, 0]]])
LABELS = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 1], [1, 0, 0], [0, 0, 0]]])

# of all but the first channel together; and the mean of those of the channels of the first sample
OBSERVED = {
    "sensitivity": (0.6667, 0.6667), "specificity": (0.8889, 0.8333), "precision": (0.6667, 0.75),
    "negative_predictive_value": (0.8889, 0.8889), "miss_rate": (0.3333, 0.3333), "fall_out": (0.1111, 0.1667),
    "false_discovery_rate": (0.3333, 0.25), "false_omission_rate": (0.1111, 0.1111),
    "prevalence_threshold": (0.2899, 0.2071), "threat_score": (0.5, 0.5), "accuracy": (0.8333, 0.7778),
    "balanced_accuracy": (0.7778, 0.75), "f1_score": (0.6667, 0.5556),
    "matthews_correlation_coefficient": (0.5556, 0.75), "fowlkes_mallows_index": (0.6667, 0.8536),
    "informedness": (0.5556, 0.5), "markedness": (0.5556, 0.75),
}


@pytest.mark.parametrize("name", OBSERVED)
def test_rates(name):
    together = nn.ConfusionMatrixMetric(False, name)
    together.update(PREDS, LABELS)
    each = nn.ConfusionMatrixMetric(True, name.replace("_", " "), True)
    each.update(PREDS[:1], LABELS[:1])
    np.testing.assert_allclose([*together.eval(), each.eval()], OBSERVED[name], atol=1e-4)


@pytest.mark.parametrize("skip, decrease, first, second", [
    (True, "mean", 0.70833, 0.55556), (False, "mean", 0.75, 0.5), (True, "sum", 3.5, 2.6429), (False, "sum", 2, 1.5)])
def test_means_over_updates(skip, decrease, first, second):
    m = nn.ConfusionMatrixMetric(skip, "tpr", True, decrease)
    m.update(PREDS, LABELS)
    assert m.eval() == pytest.approx(first, abs=1e-4)
    m.update(PREDS[:1], LABELS[1:])
    assert m.eval() == pytest.approx(second, abs=1e-4)


def test_channels_of_one_sample():
    m = nn.ConfusionMatrixMetric(True, "ppv", True, "mean_channel")
    m.update(PREDS[:1], LABELS[:1])
    assert m.eval() == 0.75


def test_nothing_added():
    assert np.isnan(nn.ConfusionMatrixMetric().eval()).all()


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.ConfusionMatrixMetric(3), TypeError, "The type of 'skip_channel' should be 'bool'"),
    (lambda: nn.ConfusionMatrixMetric(decrease="x"), ValueError, "The 'decrease' must be str and must be in"),
    (lambda: nn.ConfusionMatrixMetric(metric_name="x").eval(), NotImplementedError, "the metric 'x' is not one of"),
    (lambda: nn.ConfusionMatrixMetric().update(1), ValueError, "it needs 2 inputs"),
    (lambda: nn.ConfusionMatrixMetric().update([0, 1], [0, 1]), ValueError, "at least 2 dimensions, but got 1"),
    (lambda: nn.ConfusionMatrixMetric().update([[0, 1]], [[0], [1]]), ValueError, "should be = y_pred_shape"),
    (lambda: nn.ConfusionMatrixMetric(calculation_method=True).eval(), RuntimeError, "the number of samples is 0"),
    (lambda: nn.ConfusionMatrixMetric(True, "tpr", True, "none").update(PREDS, LABELS), ValueError,
     "decrease='none' leaves several rates"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
