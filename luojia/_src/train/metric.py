"""The form of a metric: counts that add up over batches, and a score computed from the counts.

    metric.update(labels, preds)   adds a batch (NumPy arrays)
    metric.value()                 the score since the last reset, nan where nothing has been counted
    metric.reset()                 forgets everything; reset_local() forgets the local part only
    metric.global_value()          the score over both parts

A subclass gives ``count(labels, preds) -> array`` and ``score(array) -> value``.  A failed update changes nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError


class Metric:
    """Base class; ``name`` is what mxnet's ``get()`` reports."""

    name = "metric"

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget every batch."""
        self._local: np.ndarray | None = None
        self._past: np.ndarray | None = None

    def reset_local(self) -> None:
        """Start a new local score; :meth:`global_value` keeps counting."""
        self._past, self._local = self._merge(self._past, self._local), None

    @property
    def empty(self) -> bool:
        """True before the first batch (MindSpore's metrics raise then, mxnet's give nan)."""
        return self._local is None

    def update(self, labels: np.ndarray, preds: np.ndarray) -> None:
        """Add a batch of labels and predictions."""
        self._local = self._merge(self._local, self.count(np.asarray(labels), np.asarray(preds)))

    def value(self) -> Any:
        """The score of the batches since the last ``reset`` or ``reset_local``."""
        return self._value(self._local)

    def global_value(self) -> Any:
        """The score of all batches since the last ``reset``."""
        return self._value(self._merge(self._past, self._local))

    def _value(self, counts):
        return math.nan if counts is None else self.score(counts)

    def _merge(self, a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
        if a is None or b is None:
            return b if a is None else a
        if a.shape != b.shape:  # a confusion matrix that met a new class
            top = np.maximum(a.shape, b.shape)
            a, b = (np.pad(m, [(0, t - s) for t, s in zip(top, m.shape)]) for m in (a, b))
        return a + b

    def count(self, labels: np.ndarray, preds: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def score(self, counts: np.ndarray) -> Any:
        raise NotImplementedError


class Mean(Metric):
    """A metric whose counts are ``(sum, number)`` and whose score is their quotient, nan for none."""

    def score(self, counts: np.ndarray) -> float:
        return float(counts[0] / counts[1]) if counts[1] else math.nan


def check_sizes(name: str, labels: np.ndarray, preds: np.ndarray) -> None:
    """Raise ShapeError unless labels and predictions have the same number of entries."""
    if labels.size != preds.size:
        raise ShapeError(
            f"{name}: Shape of labels {labels.shape} does not match shape of predictions {preds.shape}."
        )


def check_option(name: str, option: str, value: Any, allowed: tuple) -> None:
    """Raise ArgumentError unless ``value`` is one of ``allowed``."""
    if value not in allowed:
        raise ArgumentError(f"{name} expects {option} to be one of {', '.join(map(repr, allowed))}, got {value!r}.")
