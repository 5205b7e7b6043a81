"""Filters over time, and effects that have a memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import signal


def lfilter(x: np.ndarray, a: Sequence[float], b: Sequence[float], clamp: bool = True) -> np.ndarray:
    """``a[0] y[n] = sum b[k] x[n - k] - sum a[k] y[n - k]``, clipped to [-1, 1] in the end if ``clamp``."""
    with np.errstate(over="ignore", invalid="ignore"):
        y = np.asarray(signal.lfilter(np.asarray(b, float), np.asarray(a, float), x.astype(np.float64)))
    return y.clip(-1, 1) if clamp else y


def filtfilt(x: np.ndarray, a: Sequence[float], b: Sequence[float], clamp: bool = True) -> np.ndarray:
    """:func:`lfilter` there and back, which leaves phases as they are."""
    there = lfilter(x, a, b, clamp=False)
    return lfilter(there[..., ::-1], a, b, clamp)[..., ::-1]


def overdrive(x: np.ndarray, gain: float, colour: float) -> np.ndarray:
    """Driven by ``gain`` dB into a cubic limiter, with even harmonics by ``colour``.

    Source: SoX's ``overdrive``.
    """
    driven = x * 10 ** (gain / 20) + colour / 200
    driven = np.where(np.abs(driven) > 1, np.sign(driven) * 2 / 3, driven - driven**3 / 3)
    kept = np.asarray(signal.lfilter([1, -1], [1, -0.995], driven))  # without its mean
    return (x * 0.5 + kept * 0.75).clip(-1, 1)


def wave_table(triangle: bool, size: int, low: float, high: float, phase: float, whole: bool) -> np.ndarray:
    """One period of a sine or a triangle from ``low`` to ``high``, which begins at ``phase``; rounded if ``whole``."""
    place = (np.arange(size) + int(phase / np.pi / 2 * size + 0.5)) % size
    if triangle:
        quarter = 4 * place // size
        d = place * 2 / size
        d = np.select([quarter == 0, quarter == 3], [d + 0.5, d - 1.5], 1.5 - d)
    else:
        d = (np.sin(place / size * 2 * np.pi) + 1) / 2
    d = d * (high - low) + low
    return (d + np.where(d < 0, -0.5, 0.5)).astype(np.int64) if whole else d


def phaser(x: np.ndarray, sample_rate: int, gain_in: float, gain_out: float, delay_ms: float, decay: float,
           speed: float, sinusoidal: bool) -> np.ndarray:
    """The sound and its echo, whose delay swings.

    Source: SoX's ``phaser``.
    """
    length = int(delay_ms * 0.001 * sample_rate + 0.5)
    swing = wave_table(not sinusoidal, int(sample_rate / speed + 0.5), 1, length, np.pi / 2, whole=True)
    flat = x.reshape(-1, x.shape[-1]).astype(np.float64)
    past, out, at = np.zeros((length, len(flat))), np.empty_like(flat), 0
    for i in range(flat.shape[1]):
        now = flat[:, i] * gain_in + past[(at + swing[i % len(swing)]) % length]
        at = (at + 1) % length
        past[at] = now * decay
        out[:, i] = now
    return (out * gain_out).clip(-1, 1).reshape(x.shape)


def flanger(x: np.ndarray, sample_rate: int, delay: float, depth: float, regen: float, width: float, speed: float,
            phase: float, triangle: bool, quadratic: bool) -> np.ndarray:
    """(..., channel, time): the sound and a delayed one, whose delay swings, in another phase in each channel.

    Source: SoX's ``flanger``.
    """
    back, mixed = regen / 100, width / 100
    gain_in, gain_delay = 1 / (1 + mixed), mixed / (1 + mixed) * (1 - abs(back))
    length = int((delay + depth) / 1000 * sample_rate + 0.5) + 2
    period = int(sample_rate / speed)
    swing = wave_table(triangle, period, np.floor(delay / 1000 * sample_rate + 0.5), length - 2.0, 3 * np.pi / 2, False)
    channels = x.shape[-2]
    offset = (np.arange(channels) * period * phase / 100 + 0.5).astype(np.int64)
    flat = x.reshape(-1, channels, x.shape[-1]).astype(np.float64)
    past, last, out = np.zeros((len(flat), channels, length)), np.zeros(flat.shape[:2]), np.empty_like(flat)
    each = np.arange(channels)
    for i in range(flat.shape[-1]):
        at = -(i + 1) % length
        wanted = swing[(i + offset) % period]
        whole = wanted.astype(np.int64)
        part = wanted - whole
        past[..., at] = flat[..., i] + last * back
        first, second, third = (past[:, each, (at + whole + k) % length] for k in range(3))
        if quadratic:
            third, second = third - first, second - first
            last = first + ((third / 2 - second) * part + second * 2 - third / 2) * part
        else:
            last = first + (second - first) * part
        out[..., i] = flat[..., i] * gain_in + last * gain_delay
    return out.clip(-1, 1).reshape(x.shape)


def dither(x: np.ndarray, noise: np.ndarray, shaped: bool) -> np.ndarray:
    """The sound plus ``noise``, in steps of 2**-15; if ``shaped``, each sample takes the last one's error."""
    out = np.rint(x * (2**15 - 2.0) + noise) / 2**15
    if shaped:
        error = out - x
        out[..., 1:] += error[..., :-1]
    return out
