"""Filters of second order: the six coefficients of each, (b0, b1, b2, a0, a1, a2).

Source: Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", and SoX.
"""

from __future__ import annotations

import math

import numpy as np

Coefficients = tuple[float, float, float, float, float, float]


def _turn(sample_rate: int, frequency: float, q: float) -> tuple[float, float, float]:
    """(alpha, cosine, sine) of a frequency."""
    w = 2 * math.pi * frequency / sample_rate
    return math.sin(w) / 2 / q, math.cos(w), math.sin(w)


def allpass(sample_rate: int, frequency: float, q: float) -> Coefficients:
    """Shifts phases only."""
    alpha, cos, _ = _turn(sample_rate, frequency, q)
    return 1 - alpha, -2 * cos, 1 + alpha, 1 + alpha, -2 * cos, 1 - alpha


def band(sample_rate: int, frequency: float, q: float, noise: bool) -> Coefficients:
    """A band about a frequency, for pitched sound or for noise."""
    _, cos, _ = _turn(sample_rate, frequency, q)
    a2 = math.exp(-2 * math.pi * frequency / q / sample_rate)
    a1 = -4 * a2 / (1 + a2) * cos
    b0 = math.sqrt(1 - a1 * a1 / (4 * a2)) * (1 - a2)
    if noise:
        b0 = math.sqrt(((1 + a2) ** 2 - a1 * a1) * (1 - a2) / (1 + a2))
    return b0, 0.0, 0.0, 1.0, a1, a2


def bandpass(sample_rate: int, frequency: float, q: float, skirt: bool) -> Coefficients:
    """A band, of constant peak gain or, with ``skirt``, constant gain beyond it."""
    alpha, cos, sin = _turn(sample_rate, frequency, q)
    b0 = sin / 2 if skirt else alpha
    return b0, 0.0, -b0, 1 + alpha, -2 * cos, 1 - alpha


def bandreject(sample_rate: int, frequency: float, q: float) -> Coefficients:
    """All but a band."""
    alpha, cos, _ = _turn(sample_rate, frequency, q)
    return 1.0, -2 * cos, 1.0, 1 + alpha, -2 * cos, 1 - alpha


def bass(sample_rate: int, gain: float, frequency: float, q: float) -> Coefficients:
    """``gain`` dB below a frequency."""
    alpha, cos, _ = _turn(sample_rate, frequency, q)
    a = 10 ** (gain / 40)
    t = 2 * math.sqrt(a) * alpha
    return (a * ((a + 1) - (a - 1) * cos + t), 2 * a * ((a - 1) - (a + 1) * cos), a * ((a + 1) - (a - 1) * cos - t),
            (a + 1) + (a - 1) * cos + t, -2 * ((a - 1) + (a + 1) * cos), (a + 1) + (a - 1) * cos - t)


def treble(sample_rate: int, gain: float, frequency: float, q: float) -> Coefficients:
    """``gain`` dB above a frequency."""
    alpha, cos, _ = _turn(sample_rate, frequency, q)
    return _shelf(10 ** (gain / 40), alpha, cos)


def _shelf(a: float, alpha: float, cos: float) -> Coefficients:
    t = 2 * math.sqrt(a) * alpha
    return (a * ((a + 1) + (a - 1) * cos + t), -2 * a * ((a - 1) + (a + 1) * cos), a * ((a + 1) + (a - 1) * cos - t),
            (a + 1) - (a - 1) * cos + t, 2 * ((a - 1) - (a + 1) * cos), (a + 1) - (a - 1) * cos - t)


_DEEMPHASIS = {44100: (5283, 0.4845, -9.477), 48000: (5356, 0.479, -9.62)}  # frequency, slope, gain


def deemph(sample_rate: int) -> Coefficients:
    """What a compact disc with emphasis asks for (ISO 908)."""
    frequency, slope, gain = _DEEMPHASIS[sample_rate]
    a = 10 ** (gain / 40)
    _, cos, sin = _turn(sample_rate, frequency, 1)
    return _shelf(a, sin / 2 * math.sqrt((a + 1 / a) * (1 / slope - 1) + 2), cos)


def equalizer(sample_rate: int, frequency: float, gain: float, q: float) -> Coefficients:
    """``gain`` dB about a frequency."""
    alpha, cos, _ = _turn(sample_rate, frequency, q)
    a = 10 ** (gain / 40)
    return 1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a


def highpass(sample_rate: int, frequency: float, q: float) -> Coefficients:
    """What lies above a frequency."""
    alpha, cos, _ = _turn(sample_rate, frequency, q)
    return (1 + cos) / 2, -1 - cos, (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha


def lowpass(sample_rate: int, frequency: float, q: float) -> Coefficients:
    """What lies below a frequency."""
    alpha, cos, _ = _turn(sample_rate, frequency, q)
    return (1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha


RIAA = {  # zeros and poles
    44100: ((-0.2014898, 0.9233820), (0.7083149, 0.9924091)), 48000: ((-0.1766069, 0.9321590), (0.7396325, 0.9931330)),
    88200: ((-0.1168735, 0.9648312), (0.8590646, 0.9964002)), 96000: ((-0.1141486, 0.9676817), (0.8699137, 0.9966946)),
}


def riaa(sample_rate: int) -> Coefficients:
    """What a vinyl record asks for; 0 dB at 1 kHz."""
    b, a = (np.array([1, -sum(roots), roots[0] * roots[1]]) for roots in RIAA[sample_rate])
    at = np.exp(-1j * np.arange(3) * 2 * np.pi * 1000 / sample_rate)
    b = b / abs(b @ at) * abs(a @ at)
    return b[0], b[1], b[2], a[0], a[1], a[2]
