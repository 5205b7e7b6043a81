"""Metrics of masks: Dice coefficient and Hausdorff distance."""

from __future__ import annotations

import math

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.train.metric import Mean, Metric, check_option


class Dice(Mean):
    """``2 * sum(p * y) / (sum(p**2) + sum(y**2) + smooth)`` of each batch, added up.

    ``per='sample'`` divides by the number of samples, as MindSpore Dice does; ``per='batch'`` by that of batches, so
    that a perfect prediction has 1.

    >>> m = Dice(smooth=0.0, per="batch")
    >>> m.update(np.array([[1, 0]]), np.array([[1.0, 0.0]]))
    >>> m.value()
    1.0
    """

    name = "dice"

    def __init__(self, smooth: float = 1e-5, per: str = "sample") -> None:
        check_option("Dice", "per", per, ("batch", "sample"))
        self.smooth, self.per = smooth, per
        super().__init__()

    def count(self, labels, preds):
        if labels.shape != preds.shape:
            raise ShapeError(
                f"Dice expects masks of one shape, got labels {labels.shape} and predictions {preds.shape}."
            )
        p, y = preds.astype(float).ravel(), labels.astype(float).ravel()
        dice = 2 * (p @ y) / (p @ p + y @ y + self.smooth)
        return np.array([dice, 1 if self.per == "batch" else len(preds)], float)


class HausdorffDistance(Metric):
    """The largest distance from the edge of one mask to the nearest point of the other's edge, of the last batch.

    The masks are the pixels equal to ``label_idx``.  ``percentile`` replaces the largest by that percentile;
    ``directed`` measures from the predictions' edge only.  Edges are the pixels with a background neighbour along an
    axis.  MindSpore HausdorffDistance.

    >>> m = HausdorffDistance(label_idx=1)
    >>> m.update(np.array([[1, 0, 0, 0]]), np.array([[0, 0, 0, 1]]))
    >>> m.value()
    3.0
    """

    name = "hausdorff_distance"
    _METRICS = ("euclidean", "chessboard", "taxicab")

    def __init__(
        self, label_idx: float = 1, distance_metric: str = "euclidean", percentile: float | None = None,
        directed: bool = False,
    ) -> None:  # fmt: skip
        check_option("HausdorffDistance", "distance_metric", distance_metric, self._METRICS)
        if percentile is not None and not 0 <= percentile <= 100:
            raise ArgumentError(f"HausdorffDistance expects a percentile between 0 and 100, got {percentile}.")
        self.label_idx, self.distance_metric = label_idx, distance_metric
        self.percentile, self.directed = percentile, directed
        super().__init__()

    def count(self, labels, preds):
        if labels.shape != preds.shape:
            raise ShapeError(f"HausdorffDistance expects masks of one shape, got {labels.shape} and {preds.shape}.")
        ways = surface_distances(preds == self.label_idx, labels == self.label_idx, self.distance_metric)
        if not len(ways[0]) or not len(ways[1]):
            return np.array(math.nan if len(ways[0]) == len(ways[1]) else math.inf)
        ways = ways[:1] if self.directed else ways
        percentile = 100 if self.percentile is None else self.percentile
        return np.array(max(np.percentile(way, percentile) for way in ways))

    def _merge(self, a, b):
        return a if b is None else b

    def score(self, counts):
        return float(counts)


def surface_distances(a, b, metric):
    """From each point of the edge of mask ``a`` the distance to the edge of ``b``, and the other way.

    Both are empty arrays where a mask is: [] and [] for two, else [] and one of zeros as long as the other's edge.
    """
    p, q = (np.argwhere(_edge(mask)).astype(float) for mask in (a, b))
    if not len(p) or not len(q):
        return np.zeros(len(p)), np.zeros(len(q))
    difference = np.abs(p[:, None] - q[None])
    if metric == "euclidean":
        distances = np.sqrt((difference**2).sum(-1))
    else:
        distances = difference.max(-1) if metric == "chessboard" else difference.sum(-1)
    return distances.min(1), distances.min(0)


def _edge(mask):
    inside = mask.copy()
    padded = np.pad(mask, 1)
    for axis in range(mask.ndim):
        for shift in (0, 2):
            index = [slice(1, -1)] * mask.ndim
            index[axis] = slice(shift, shift + mask.shape[axis])
            inside &= padded[tuple(index)]
    return mask & ~inside
