"""Ranges for 8-bit integers: of the values seen, or up to the threshold at which they are best cut."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.errors import ArgumentError

__all__ = ["Ranges", "combine_histogram", "optimal_threshold"]


def optimal_threshold(hist: Any, edges: Any, num_quantized_bins: int = 255) -> tuple[float, float]:
    """The threshold at which to cut values, and the divergence of what is left: see ``nd.contrib.calibrate_entropy``.

    >>> optimal_threshold([1, 2, 3, 4, 5, 4, 3, 2, 1], np.linspace(-1, 1, 10), 3)[0].round(3)
    np.float64(0.778)
    """
    hist, edges = np.asarray(hist, np.float64), np.asarray(edges, np.float64)
    middle, half = len(hist) // 2, num_quantized_bins // 2
    if hist.ndim != 1 or edges.shape != (len(hist) + 1,) or middle < half or len(hist) % 2 == 0:
        raise ArgumentError(f"calibrate_entropy expects the counts of an odd number of bins, {num_quantized_bins} or "
                            f"more, and their edges, one more; got shapes {hist.shape} and {edges.shape}.")
    best, threshold = np.inf, edges[-1]
    for reach in range(half, middle + 1):
        first, last = middle - reach, middle + reach + 1
        inner = hist[first:last].copy()
        inner[0] = 0  # as in MXNet, whose first bin holds only what is cut
        cut = inner.copy()
        cut[0], cut[-1] = hist[: first + 1].sum(), cut[-1] + hist[last:].sum()
        merged = len(inner) // num_quantized_bins
        starts = np.arange(num_quantized_bins) * merged
        which = np.minimum(np.arange(len(inner)) // merged, num_quantized_bins - 1)
        sums, counts = np.add.reduceat(inner, starts), np.add.reduceat((inner != 0).astype(float), starts)
        coarse = np.where((cut != 0) & (counts[which] > 0), sums[which] / np.maximum(counts[which], 1), 0)
        fine, coarse = _smooth(cut), _smooth(coarse)
        if fine is None or coarse is None:
            continue
        fine, coarse = fine / fine.sum(), coarse / coarse.sum()
        divergence = float(np.sum(fine * np.log(fine / coarse)))
        if divergence < best:
            best, threshold = divergence, edges[last]
    return threshold, best


def _smooth(p: np.ndarray, eps: float = 1e-4) -> np.ndarray | None:
    """Counts with ``eps`` for zeros, taken off the others; None where there is nothing to take it off."""
    zeros = p == 0
    others = len(p) - zeros.sum()
    taken = eps * zeros.sum() / max(others, 1)
    return None if not others or taken >= 1 else p + np.where(zeros, eps, -taken)


def combine_histogram(old_hist: tuple, arr: Any, new_min: float, new_max: float, new_th: float) -> tuple:
    """A histogram ``(counts, edges, min, max, threshold)`` with further values, widened where they do not fit.

    ``new_th`` is the largest absolute value of ``arr``; bins keep their width.
    """
    counts, edges, low, high, threshold = old_hist
    values = np.asarray(arr)
    if new_th <= threshold:
        more = np.histogram(values, len(counts), (-threshold, threshold))[0]
        return counts + more, edges, min(low, new_min), max(high, new_max), threshold
    step = 2 * threshold / len(counts)
    wider = int((new_th - threshold) // step + 1)
    reach = wider * step + threshold
    found, edges = np.histogram(values, 2 * wider + len(counts), (-reach, reach))
    found[wider : len(found) - wider] += counts
    return found, edges, min(low, new_min), max(high, new_max), reach


class Ranges:
    """The ranges of arrays by name, of all that ``add`` is given.

    Args:
        entropy: cut at the best threshold, instead of at the least and the greatest value.
        bins: of the histograms from which thresholds are found.
    """

    def __init__(self, entropy: bool = False, bins: int = 8001) -> None:
        self.entropy, self.bins = entropy, bins
        self._ends: dict[str, tuple[float, float]] = {}
        self._histograms: dict[str, tuple] = {}

    def add(self, name: str, values: np.ndarray) -> None:
        """Take further values of the array ``name`` in."""
        low, high = float(values.min()), float(values.max())
        if name in self._ends:
            before = self._ends[name]
            self._ends[name] = min(low, before[0]), max(high, before[1])
        else:
            self._ends[name] = low, high
        if not self.entropy:
            return
        reach = max(abs(low), abs(high))
        if name in self._histograms:
            self._histograms[name] = combine_histogram(self._histograms[name], values, low, high, reach)
        else:
            counts, edges = np.histogram(values, self.bins, (-reach, reach) if reach else (-1.0, 1.0))
            self._histograms[name] = counts, edges, low, high, reach or 1.0

    def found(self) -> dict[str, tuple[float, float]]:
        """(low, high) by name."""
        if not self.entropy:
            return dict(self._ends)
        cut = {name: optimal_threshold(h[0], h[1])[0] for name, h in self._histograms.items()}
        return {name: (max(low, -cut[name]), min(high, cut[name])) for name, (low, high) in self._ends.items()}
