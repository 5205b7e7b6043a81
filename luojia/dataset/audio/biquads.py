"""Audio transforms that are filters of second order, and the filter that they are cases of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._src.data.audio import biquads, filters
from ..._src.errors import ArgumentError
from .. import checks
from ..rows import PipelineError
from .base import AudioTransform, not_zero, number, quality, rate_of


class _Filter(AudioTransform):
    floats_only = True
    coefficients: biquads.Coefficients

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return filters.lfilter(sound, self.coefficients[3:], self.coefficients[:3])


class AllpassBiquad(_Filter):
    """Phases shifted about ``central_freq`` Hz.

    >>> from luojia import dataset
    >>> dataset.audio.AllpassBiquad(8000, 1000)(np.float32([0.5, 0, 0, 0])).round(3)
    array([ 0.167, -0.314,  0.148,  0.244], dtype=float32)
    """

    def __init__(self, sample_rate: int, central_freq: float, Q: float = 0.707) -> None:  # noqa: N803
        rate, frequency = rate_of(sample_rate), number(central_freq, "central_freq")
        self.coefficients = biquads.allpass(rate, frequency, quality(Q))


class BandBiquad(_Filter):
    """A band about ``central_freq`` Hz of width ``central_freq / Q``; ``noise`` for sound without pitch.

    >>> from luojia import dataset
    >>> dataset.audio.BandBiquad(8000, 1000)(np.float32([0.5, 0, 0, 0])).round(3)
    array([ 0.266,  0.186,  0.043, -0.031], dtype=float32)
    """

    def __init__(self, sample_rate: int, central_freq: float, Q: float = 0.707, noise: bool = False) -> None:  # noqa: N803
        rate, frequency = rate_of(sample_rate), number(central_freq, "central_freq")
        self.coefficients = biquads.band(rate, frequency, quality(Q), checks.flag(noise, "noise"))


class BandpassBiquad(_Filter):
    """A band about ``central_freq`` Hz.

    >>> from luojia import dataset
    >>> dataset.audio.BandpassBiquad(8000, 1000)(np.float32([0.5, 0, 0, 0])).round(3)
    array([ 0.167,  0.157, -0.074, -0.122], dtype=float32)
    """

    def __init__(self, sample_rate: int, central_freq: float, Q: float = 0.707,  # noqa: N803
                 const_skirt_gain: bool = False) -> None:
        rate, frequency = rate_of(sample_rate), number(central_freq, "central_freq")
        skirt = checks.flag(const_skirt_gain, "const_skirt_gain")
        self.coefficients = biquads.bandpass(rate, frequency, quality(Q), skirt)


class BandrejectBiquad(_Filter):
    """All but a band about ``central_freq`` Hz.

    >>> from luojia import dataset
    >>> dataset.audio.BandrejectBiquad(8000, 1000)(np.float32([0.5, 0, 0, 0])).round(3)
    array([ 0.333, -0.157,  0.074,  0.122], dtype=float32)
    """

    def __init__(self, sample_rate: int, central_freq: float, Q: float = 0.707) -> None:  # noqa: N803
        rate, frequency = rate_of(sample_rate), number(central_freq, "central_freq")
        self.coefficients = biquads.bandreject(rate, frequency, quality(Q))


class BassBiquad(_Filter):
    """``gain`` dB below ``central_freq`` Hz.

    >>> from luojia import dataset
    >>> dataset.audio.BassBiquad(8000, 10.0)(np.float32([0.5, 0, 0, 0])).round(3)
    array([0.516, 0.033, 0.034, 0.035], dtype=float32)
    """

    def __init__(self, sample_rate: int, gain: float, central_freq: float = 100.0, Q: float = 0.707) -> None:  # noqa: N803
        rate, gain = rate_of(sample_rate), number(gain, "gain")
        self.coefficients = biquads.bass(rate, gain, number(central_freq, "central_freq"), quality(Q))


class TrebleBiquad(_Filter):
    """``gain`` dB above ``central_freq`` Hz.

    >>> from luojia import dataset
    >>> dataset.audio.TrebleBiquad(8000, 10.0)(np.float32([0.25, 0, 0, 0])).round(3)
    array([ 0.34 , -0.173,  0.144, -0.095], dtype=float32)
    """

    def __init__(self, sample_rate: int, gain: float, central_freq: float = 3000, Q: float = 0.707) -> None:  # noqa: N803
        rate, gain = rate_of(sample_rate), number(gain, "gain")
        self.coefficients = biquads.treble(rate, gain, number(central_freq, "central_freq"), quality(Q))


class Biquad(_Filter):
    """``a0 y[n] = b0 x[n] + b1 x[n - 1] + b2 x[n - 2] - a1 y[n - 1] - a2 y[n - 2]``.

    >>> from luojia import dataset
    >>> dataset.audio.Biquad(0.5, 0.25, 0.0, 1.0, -0.5, 0.0)(np.float32([1, 0, 0, 0]))
    array([0.5  , 0.5  , 0.25 , 0.125], dtype=float32)
    """

    takes_lists = True

    def __init__(self, b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> None:
        most = checks.FLOAT_MAX
        self.coefficients = (number(b0, "b0"), number(b1, "b1"), number(b2, "b2"),
                             not_zero(a0, "a0", checks.REAL, -most, most), number(a1, "a1"), number(a2, "a2"))


class DeemphBiquad(_Filter):
    """What a compact disc with emphasis asks for, at 44100 or 48000 samples per second.

    >>> from luojia import dataset
    >>> dataset.audio.DeemphBiquad(44100)(np.float32([0.5, 0, 0, 0])).round(3)
    array([0.23 , 0.1  , 0.062, 0.039], dtype=float32)
    """

    def __init__(self, sample_rate: int) -> None:
        if checks.kind(sample_rate, (int,), "sample_rate") not in (44100, 48000):
            raise ArgumentError(f"Argument sample_rate should be 44100 or 48000, but got {sample_rate}.")
        self.coefficients = biquads.deemph(sample_rate)


class EqualizerBiquad(_Filter):
    """``gain`` dB about ``center_freq`` Hz.

    >>> from luojia import dataset
    >>> dataset.audio.EqualizerBiquad(8000, 1000, 6.0)(np.float32([0.5, 0, 0, 0])).round(3)
    array([ 0.63 ,  0.136, -0.05 , -0.117], dtype=float32)
    """

    def __init__(self, sample_rate: int, center_freq: float, gain: float, Q: float = 0.707) -> None:  # noqa: N803
        rate, frequency = rate_of(sample_rate), number(center_freq, "central_freq")
        self.coefficients = biquads.equalizer(rate, frequency, number(gain, "gain"), quality(Q))


class HighpassBiquad(_Filter):
    """What lies above ``cutoff_freq`` Hz.

    >>> from luojia import dataset
    >>> dataset.audio.HighpassBiquad(8000, 1000)(np.float32([0.5, 0.5, 0.5, 0.5])).round(3)
    array([ 0.285, -0.016, -0.11 , -0.098], dtype=float32)
    """

    def __init__(self, sample_rate: int, cutoff_freq: float, Q: float = 0.707) -> None:  # noqa: N803
        rate, frequency = rate_of(sample_rate), number(cutoff_freq, "cutoff_freq")
        self.coefficients = biquads.highpass(rate, frequency, quality(Q))


class LowpassBiquad(_Filter):
    """What lies below ``cutoff_freq`` Hz.

    >>> LowpassBiquad(8000, 1000)(np.ones(4, np.float32)).round(3)
    array([0.098, 0.385, 0.721, 0.942], dtype=float32)
    """

    def __init__(self, sample_rate: int, cutoff_freq: float, Q: float = 0.707) -> None:  # noqa: N803
        rate, frequency = rate_of(sample_rate), number(cutoff_freq, "cutoff_freq")
        self.coefficients = biquads.lowpass(rate, frequency, quality(Q))


class RiaaBiquad(_Filter):
    """What a vinyl record asks for, at 44100, 48000, 88200 or 96000 samples per second.

    >>> from luojia import dataset
    >>> dataset.audio.RiaaBiquad(44100)(np.float32([0.5, 0, 0, 0])).round(3)
    array([0.119, 0.117, 0.092, 0.075], dtype=float32)
    """

    def __init__(self, sample_rate: int) -> None:
        if checks.kind(sample_rate, (int,), "sample_rate") not in biquads.RIAA:
            raise ArgumentError(f"sample_rate should be one of {list(biquads.RIAA)}, but got {sample_rate}.")
        self.coefficients = biquads.riaa(sample_rate)


def _coefficients(values: Any, name: str) -> list[float]:
    checks.kind(values, (list, tuple), name)
    return [number(value, f"{name}[{i}]") for i, value in enumerate(values)]


class LFilter(AudioTransform):
    """``a[0] y[n] = sum b[k] x[n - k] - sum a[k] y[n - k]``; the lists are of one length.

    Args:
        clamp: clip the result to [-1, 1].

    >>> from luojia import dataset
    >>> dataset.audio.LFilter([1.0, -0.5], [0.5, 0.0])(np.float32([1, 0, 0, 0]))
    array([0.5   , 0.25  , 0.125 , 0.0625], dtype=float32)
    """

    floats_only = True

    def __init__(self, a_coeffs: Sequence[float], b_coeffs: Sequence[float], clamp: bool = True) -> None:
        self.a, self.b = _coefficients(a_coeffs, "a_coeffs"), _coefficients(b_coeffs, "b_coeffs")
        if len(self.a) != len(self.b):
            raise ArgumentError("The size of a_coeffs should be the same as that of b_coeffs.")
        self.clamp = checks.flag(clamp, "clamp")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if self.a[0] == 0:
            raise PipelineError("lfilter: a_coeffs[0] can not be equal to zero, but got: 0.000000")
        return filters.lfilter(sound, self.a, self.b, self.clamp)


class Filtfilt(LFilter):
    """:class:`LFilter` there and back.

    >>> from luojia import dataset
    >>> dataset.audio.Filtfilt([1.0, 0.0], [0.5, 0.5])(np.float32([0, 0, 1, 0, 0, 0, 0, 0]))
    array([0.  , 0.25, 0.5 , 0.25, 0.  , 0.  , 0.  , 0.  ], dtype=float32)
    """

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if self.a[0] == 0:
            raise PipelineError("Filtfilt: a_coeffs[0] can not be equal to zero, but got: 0.000000")
        return filters.filtfilt(sound, self.a, self.b, self.clamp)
