"""Tests of random generators by their statistics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["chi_square_check", "gen_buckets_probs_with_ppf", "mean_check", "var_check", "verify_generator"]


def _draw(generator: Callable, nsamples: int) -> np.ndarray:
    return np.asarray(generator(nsamples)).reshape(-1)


def mean_check(generator: Callable, mu: float, sigma: float, nsamples: int = 1_000_000) -> bool:
    """Whether the mean of ``nsamples`` draws lies within three of its standard deviations of ``mu``."""
    return bool(abs(_draw(generator, nsamples).mean() - mu) < 3 * sigma / np.sqrt(nsamples))


def var_check(generator: Callable, sigma: float, nsamples: int = 1_000_000) -> bool:
    """Whether the variance of ``nsamples`` normal draws lies within three of its standard deviations of sigma^2."""
    variance = _draw(generator, nsamples).var(ddof=1)
    return bool(abs(variance - sigma**2) < 3 * np.sqrt(2 * sigma**4 / (nsamples - 1)))


def gen_buckets_probs_with_ppf(ppf: Callable, nbuckets: int) -> tuple[list[tuple[float, float]], list[float]]:
    """Buckets of equal probability from a distribution's quantile function, and their probabilities.

    >>> gen_buckets_probs_with_ppf(lambda q: q, 2)
    ([(0.0, 0.5), (0.5, 1.0)], [0.5, 0.5])
    """
    edges = [float(ppf(i / nbuckets)) for i in range(nbuckets + 1)]
    return list(zip(edges[:-1], edges[1:])), [1.0 / nbuckets] * nbuckets


def chi_square_check(generator: Callable, buckets: Sequence, probs: Sequence[float],
                     nsamples: int = 1_000_000) -> tuple[float, np.ndarray, np.ndarray]:
    """Pearson's chi-square test of draws against the probabilities of buckets.

    Args:
        generator: the number of draws to draws.
        buckets: intervals (low, high), or single values of a discrete distribution.
        probs: their probabilities; what they lack to 1 is the probability of falling in none.

    Returns:
        The p-value, the observed and the expected counts.
    """
    import scipy.stats

    samples = _draw(generator, nsamples)
    expected = nsamples * np.asarray(probs, np.float64)
    observed = np.zeros(len(buckets))
    for i, bucket in enumerate(buckets):
        if isinstance(bucket, (tuple, list)):
            observed[i] = np.count_nonzero((samples >= bucket[0]) & (samples < bucket[1]))
        else:
            observed[i] = np.count_nonzero(samples == bucket)
    counted, wanted = observed, expected
    if expected.sum() < nsamples - 0.5:  # the draws outside all buckets are a bucket too
        counted = np.append(observed, nsamples - observed.sum())
        wanted = np.append(expected, nsamples - expected.sum())
    else:  # rounding in the probabilities must not make the totals differ
        wanted = expected * (observed.sum() / expected.sum())
    return float(scipy.stats.chisquare(counted, wanted).pvalue), observed, expected


def verify_generator(generator: Callable, buckets: Sequence, probs: Sequence[float], nsamples: int = 1_000_000,
                     nrepeat: int = 5, success_rate: float = 0.2, alpha: float = 0.05) -> list[float]:
    """Repeat the chi-square test and require that enough of the repetitions pass at level ``alpha``.

    Returns:
        The p-values.

    Raises:
        AssertionError: fewer than ``nrepeat * success_rate`` passed; the message shows the counts.
    """
    tests: list[Any] = [chi_square_check(generator, buckets, probs, nsamples) for _ in range(nrepeat)]
    p_values = [t[0] for t in tests]
    passed = sum(p > alpha for p in p_values)
    if passed < nrepeat * success_rate:
        raise AssertionError(
            f"Generator test fails, Chi-square p={p_values}, obs_freq={[t[1] for t in tests]}, "
            f"expected_freq={[t[2] for t in tests]}. \nbuckets={buckets}, probs={list(probs)}"
        )
    return p_values
