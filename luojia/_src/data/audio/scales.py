"""Frequencies as ears hear them: filter banks, cosine transforms."""

from __future__ import annotations

import numpy as np


def hz_to_mel(hz: np.ndarray, slaney: bool) -> np.ndarray:
    """Hertz to mel: ``2595 log10(1 + f / 700)``, or Slaney's, which is linear below 1 kHz.

    >>> hz_to_mel(np.array([1000.0]), slaney=True).tolist()
    [15.0]
    """
    if not slaney:
        return 2595 * np.log10(1 + hz / 700)
    return np.where(hz >= 1000, 15 + np.log(np.maximum(hz, 1000) / 1000) * 27 / np.log(6.4), hz * 3 / 200)


def mel_to_hz(mel: np.ndarray, slaney: bool) -> np.ndarray:
    """The way back."""
    if not slaney:
        return 700 * (10 ** (mel / 2595) - 1)
    return np.where(mel >= 15, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)), mel * 200 / 3)


def triangles(at: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(frequencies, filters): triangles from each corner over the next to the one after."""
    slopes = corners[None] - at[:, None]
    width = np.diff(corners)
    return np.maximum(0, np.minimum(-slopes[:, :-2] / width[:-1], slopes[:, 2:] / width[1:])) + 0.0  # -0.0 is 0.0


def mel_bank(n_freqs: int, low: float, high: float, count: int, sample_rate: int, norm: bool,
             slaney: bool) -> np.ndarray:
    """(n_freqs, count): triangles that are even on the mel scale; of area 1 in Hertz if ``norm``."""
    first, last = hz_to_mel(np.array([low, high], float), slaney)
    corners = mel_to_hz(np.linspace(first, last, count + 2), slaney)
    bank = triangles(np.linspace(0, sample_rate // 2, n_freqs), corners)
    return bank * 2 / (corners[2:] - corners[:-2]) if norm else bank


def linear_bank(n_freqs: int, low: float, high: float, count: int, sample_rate: int) -> np.ndarray:
    """(n_freqs, count): triangles that are even in Hertz."""
    return triangles(np.linspace(0, sample_rate // 2, n_freqs), np.linspace(low, high, count + 2))


def dct(n_out: int, n_in: int, ortho: bool) -> np.ndarray:
    """(n_in, n_out): the cosine transform of type 2, orthonormal if ``ortho``."""
    table = np.cos(np.pi / n_in * (np.arange(n_in)[:, None] + 0.5) * np.arange(n_out))
    if not ortho:
        return table * 2
    table[:, 0] /= np.sqrt(2)
    return table * np.sqrt(2 / n_in)


def from_mels(mels: np.ndarray, bank: np.ndarray, start: np.ndarray, most: int, loss_below: float,
              change_below: float, rate: float, momentum: float) -> np.ndarray:
    """(..., freq, time): what has ``mels``, (..., mel, time), found by gradient descent from ``start``."""
    out, speed, last = start, np.zeros_like(start), np.inf
    for _ in range(most):
        wrong = mels - np.swapaxes(bank, 0, 1) @ out
        loss = (wrong**2).sum(-2).mean()
        if loss < loss_below or abs(last - loss) < change_below:
            break
        last = loss
        slope = -2 * bank @ wrong / (wrong.size / wrong.shape[-2])
        speed = momentum * speed + slope
        out = np.maximum(out - rate * speed, 0)
    return out
