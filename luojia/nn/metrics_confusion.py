"""Rates of a confusion matrix: sensitivity, precision, accuracy and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._checkparam import check_string, check_value_type
from .._src.errors import ArgumentError, NotSupportedError, ShapeError
from .metric import Metric, array_of, rearrange_inputs

_DECREASES = ["none", "mean", "sum", "mean_batch", "sum_batch", "mean_channel", "sum_channel"]
# tp, fp, tn, fn are counts; every rate is a quotient, not a number where there is nothing to divide by.
_RATES = {
    "tpr": lambda tp, fp, tn, fn: tp / (tp + fn),
    "tnr": lambda tp, fp, tn, fn: tn / (tn + fp),
    "ppv": lambda tp, fp, tn, fn: tp / (tp + fp),
    "npv": lambda tp, fp, tn, fn: tn / (tn + fn),
    "fnr": lambda tp, fp, tn, fn: fn / (tp + fn),
    "fpr": lambda tp, fp, tn, fn: fp / (tn + fp),
    "fdr": lambda tp, fp, tn, fn: fp / (tp + fp),
    "for": lambda tp, fp, tn, fn: fn / (tn + fn),
    "ts": lambda tp, fp, tn, fn: tp / (tp + fn + fp),
    "acc": lambda tp, fp, tn, fn: (tp + tn) / (tp + fp + tn + fn),
    "f1": lambda tp, fp, tn, fn: 2 * tp / (2 * tp + fn + fp),
    "mcc": lambda tp, fp, tn, fn: (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)),
    "ba": lambda *c: (_RATES["tpr"](*c) + _RATES["tnr"](*c)) / 2,
    "fm": lambda *c: np.sqrt(_RATES["ppv"](*c) * _RATES["tpr"](*c)),
    "bm": lambda *c: _RATES["tpr"](*c) + _RATES["tnr"](*c) - 1,
    "mk": lambda *c: _RATES["ppv"](*c) + _RATES["npv"](*c) - 1,
    "pt": lambda *c: ((np.sqrt(_RATES["tpr"](*c) * (1 - _RATES["tnr"](*c))) + _RATES["tnr"](*c) - 1)
                      / (_RATES["tpr"](*c) + _RATES["tnr"](*c) - 1)),
}
_NAMES = {
    "tpr": "sensitivity recall hit_rate true_positive_rate", "tnr": "specificity selectivity true_negative_rate",
    "ppv": "precision positive_predictive_value", "npv": "negative_predictive_value",
    "fnr": "miss_rate false_negative_rate", "fpr": "fall_out false_positive_rate", "fdr": "false_discovery_rate",
    "for": "false_omission_rate", "pt": "prevalence_threshold", "ts": "threat_score critical_success_index csi",
    "acc": "accuracy", "ba": "balanced_accuracy", "f1": "f1_score", "mcc": "matthews_correlation_coefficient",
    "fm": "fowlkes_mallows_index", "bm": "bookmaker_informedness informedness", "mk": "markedness deltap",
}
_SHORT = {name: short for short, names in _NAMES.items() for name in (short, *names.split())}


class ConfusionMatrixMetric(Metric):
    """A rate of the confusion matrix of one-hot predictions and labels (N, C, ...).

    Args:
        skip_channel: as MindSpore has it, True counts all channels and False leaves out the first.
        metric_name: 'sensitivity', 'specificity', 'precision', 'negative predictive value', 'miss rate', 'fall out',
            'false discovery rate', 'false omission rate', 'prevalence threshold', 'threat score', 'accuracy',
            'balanced accuracy', 'f1 score', 'matthews correlation coefficient', 'fowlkes mallows index',
            'informedness', 'markedness', or their usual short names; words joined by '_' or ' '.
        calculation_method: False: the rate of all counts together, an array of one; True: the mean over updates of the
            rates of each sample and channel, reduced by ``decrease``.
        decrease: 'mean' over channels, then samples, or 'sum'; the others have no single number as their result and are
            for ``calculation_method=False``, where all are the same.

    >>> from luojia import nn
    >>> m = nn.ConfusionMatrixMetric(metric_name="precision")
    >>> m.update(np.array([[0, 1], [1, 0]]), np.array([[0, 1], [0, 1]]))
    >>> m.eval()
    array([0.5])

    Matches ``mindspore.train.ConfusionMatrixMetric``.
    """

    def __init__(self, skip_channel: bool = True, metric_name: str = "sensitivity", calculation_method: bool = False,
                 decrease: str = "mean") -> None:
        super().__init__()
        self.skip_channel = check_value_type("skip_channel", skip_channel, bool)
        self.metric_name = check_value_type("metric_name", metric_name, str)
        self.calculation_method = check_value_type("calculation_method", calculation_method, bool)
        self.decrease = check_string(decrease, _DECREASES, "decrease")
        self.clear()

    def clear(self) -> None:
        self._counts, self._sum, self._number = np.zeros(4), 0.0, 0

    @rearrange_inputs
    def update(self, *inputs: Any) -> None:
        """Add (prediction, label)."""
        if len(inputs) != 2:
            raise ArgumentError("For 'ConfusionMatrixMetric.update', it needs 2 inputs (predicted value, true value), "
                                f"but got {len(inputs)}.")
        preds, labels = (array_of(i) for i in inputs)
        if preds.ndim < 2:
            raise ShapeError("For 'ConfusionMatrixMetric.update', the predicted value (input[0]) must have at least 2 "
                             f"dimensions, but got {preds.ndim}.")
        if preds.shape != labels.shape:
            raise ShapeError(f"The 'y_shape' should be = y_pred_shape: {preds.shape}, but got {labels.shape}.")
        if not self.skip_channel and preds.shape[1] > 1:
            preds, labels = preds[:, 1:], labels[:, 1:]
        preds, labels = (a.reshape(*a.shape[:2], -1) for a in (preds, labels))
        tp, tn = (preds + labels == 2).sum(-1), (preds + labels == 0).sum(-1)
        positive = labels.sum(-1)
        counts = np.array([tp, preds.shape[-1] - positive - tn, tn, positive - tp], float)  # 4, N, C
        if not self.calculation_method:
            self._counts = self._counts + counts.sum((1, 2))
            return
        value, number = self._reduced(self._rate(counts))
        self._sum, self._number = self._sum + value * number, self._number + number

    def _rate(self, counts: np.ndarray) -> Any:
        short = _SHORT.get(self.metric_name.lower().replace(" ", "_"))
        if short is None:
            raise NotSupportedError(f"ConfusionMatrixMetric: the metric {self.metric_name!r} is not one of "
                                    f"{sorted(_SHORT)}.")
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = _RATES[short](*counts)
        return np.where(np.isfinite(rate), rate, np.nan)

    def _reduced(self, rates: np.ndarray) -> tuple[float, int]:
        """The rates of samples and channels as one number, and of how many it is made."""
        there = ~np.isnan(rates)
        how = self.decrease.removesuffix("_channel") if len(rates) == 1 else self.decrease
        if how == "sum" or rates.size == 1:
            return float(np.nansum(rates)), int(there.sum())
        if how != "mean":
            raise ArgumentError(f"ConfusionMatrixMetric: decrease={self.decrease!r} leaves several rates; with "
                                "calculation_method=True use 'mean' or 'sum'.")
        rows = there.any(1)
        means = np.nansum(rates[rows], 1) / there[rows].sum(1)
        return (float(means.mean()) if rows.any() else 0.0), int(rows.sum())

    def eval(self) -> Any:
        if not self.calculation_method:
            return np.array([self._rate(self._counts)])
        if not self._number:
            raise ArgumentError("The 'ConfusionMatrixMetric' can not be calculated, because the number of samples is "
                                "0; call update first.")
        return self._sum / self._number


__all__ = ["ConfusionMatrixMetric"]
