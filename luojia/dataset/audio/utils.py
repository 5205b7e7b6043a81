"""The words of the audio transforms, and the tables that some of them multiply by."""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np

from ..._src.data.audio import scales
from ..._src.errors import ArgumentError, DTypeError
from ..._src.paths import public_names
from .. import checks

__all__ = [
    "BorderType", "DensityFunction", "FadeShape", "GainType", "Interpolation", "MelType", "Modulation", "NormMode",
    "NormType", "ResampleMethod", "ScaleType", "WindowType", "create_dct", "linear_fbanks", "melscale_fbanks",
]
__dir__ = public_names(__name__)


class _Word(str, Enum):  # noqa: UP042 - str() gives the member's name, as MindSpore's
    """A member is its string, and prints with its name."""


class BorderType(_Word):
    """What lies beyond the border.

    >>> from luojia import dataset
    >>> print(*dataset.audio.BorderType)
    BorderType.CONSTANT BorderType.EDGE BorderType.REFLECT BorderType.SYMMETRIC
    """

    CONSTANT = "constant"
    EDGE = "edge"
    REFLECT = "reflect"
    SYMMETRIC = "symmetric"


class DensityFunction(_Word):
    """How dither is distributed: triangular, rectangular, Gaussian.

    >>> from luojia import dataset
    >>> print(*dataset.audio.DensityFunction)
    DensityFunction.TPDF DensityFunction.RPDF DensityFunction.GPDF
    """

    TPDF = "TPDF"
    RPDF = "RPDF"
    GPDF = "GPDF"


class FadeShape(_Word):
    """The curve of a fade.

    >>> from luojia import dataset
    >>> print(*dataset.audio.FadeShape)
    FadeShape.QUARTER_SINE FadeShape.HALF_SINE FadeShape.LINEAR FadeShape.LOGARITHMIC FadeShape.EXPONENTIAL
    """

    QUARTER_SINE = "quarter_sine"
    HALF_SINE = "half_sine"
    LINEAR = "linear"
    LOGARITHMIC = "logarithmic"
    EXPONENTIAL = "exponential"


class GainType(_Word):
    """What a gain is a factor of, or decibels.

    >>> from luojia import dataset
    >>> print(*dataset.audio.GainType)
    GainType.AMPLITUDE GainType.POWER GainType.DB
    """

    AMPLITUDE = "amplitude"
    POWER = "power"
    DB = "db"


class Interpolation(_Word):
    """How a flanger reads between samples.

    >>> from luojia import dataset
    >>> print(*dataset.audio.Interpolation)
    Interpolation.LINEAR Interpolation.QUADRATIC
    """

    LINEAR = "linear"
    QUADRATIC = "quadratic"


class MelType(_Word):
    """Which mel scale.

    >>> from luojia import dataset
    >>> print(*dataset.audio.MelType)
    MelType.HTK MelType.SLANEY
    """

    HTK = "htk"
    SLANEY = "slaney"


class Modulation(_Word):
    """How a delay swings.

    >>> from luojia import dataset
    >>> print(*dataset.audio.Modulation)
    Modulation.SINUSOIDAL Modulation.TRIANGULAR
    """

    SINUSOIDAL = "sinusoidal"
    TRIANGULAR = "triangular"


class NormMode(_Word):
    """Whether a cosine transform is orthonormal.

    >>> from luojia import dataset
    >>> print(*dataset.audio.NormMode)
    NormMode.ORTHO NormMode.NONE
    """

    ORTHO = "ortho"
    NONE = "none"


class NormType(_Word):
    """Whether the triangles of a filter bank have area 1.

    >>> from luojia import dataset
    >>> print(*dataset.audio.NormType)
    NormType.SLANEY NormType.NONE
    """

    SLANEY = "slaney"
    NONE = "none"


class ResampleMethod(_Word):
    """The window of a resampling sinc.

    >>> from luojia import dataset
    >>> print(*dataset.audio.ResampleMethod)
    ResampleMethod.SINC_INTERPOLATION ResampleMethod.KAISER_WINDOW
    """

    SINC_INTERPOLATION = "sinc_interpolation"
    KAISER_WINDOW = "kaiser_window"


class ScaleType(_Word):
    """What decibels are of.

    >>> from luojia import dataset
    >>> print(*dataset.audio.ScaleType)
    ScaleType.POWER ScaleType.MAGNITUDE
    """

    POWER = "power"
    MAGNITUDE = "magnitude"


class WindowType(_Word):
    """The window of a short-time Fourier transform.

    >>> from luojia import dataset
    >>> print(*dataset.audio.WindowType)
    WindowType.BARTLETT WindowType.BLACKMAN WindowType.HAMMING WindowType.HANN WindowType.KAISER
    """

    BARTLETT = "bartlett"
    BLACKMAN = "blackman"
    HAMMING = "hamming"
    HANN = "hann"
    KAISER = "kaiser"


def create_dct(n_mfcc: int, n_mels: int, norm: NormMode = NormMode.NONE) -> np.ndarray:
    """(n_mels, n_mfcc) float32: the cosine transform of type 2; orthonormal with NormMode.ORTHO.

    >>> create_dct(2, 2, NormMode.ORTHO).round(3).tolist()
    [[0.7070000171661377, 0.7070000171661377], [0.7070000171661377, -0.7070000171661377]]
    """
    for value, name in ((n_mfcc, "n_mfcc"), (n_mels, "n_mels")):
        if isinstance(value, bool) or not isinstance(value, int):
            raise DTypeError(f"{name} with value {value} is not of type {int}, but got {type(value)}.")
        if value < 1:
            raise ArgumentError(f"{name} must be greater than 0, but got {value}.")
    if not isinstance(norm, NormMode):
        raise DTypeError(f"norm with value {norm} is not of type {NormMode}, but got {type(norm)}.")
    return scales.dct(n_mfcc, n_mels, norm is NormMode.ORTHO).astype(np.float32)


def _bank(n_freqs: Any, f_min: Any, f_max: Any, count: Any, name: str, sample_rate: Any) -> None:
    checks.whole(n_freqs, "n_freqs")
    checks.real(f_min, "f_min", types=checks.WHOLE)
    checks.real(f_max, "f_max", types=checks.WHOLE, ends="(]")
    if f_min > f_max:
        raise ArgumentError(f"Input f_min should be no more than f_max, but got f_min: {f_min} and f_max: {f_max}.")
    checks.whole(count, name, 1)
    checks.whole(sample_rate, "sample_rate", 1)


def linear_fbanks(n_freqs: int, f_min: float, f_max: float, n_filter: int, sample_rate: int) -> np.ndarray:
    """(n_freqs, n_filter) float32: triangular filters that are even in Hertz.

    >>> from luojia import dataset
    >>> dataset.audio.linear_fbanks(5, 0.0, 4000.0, 2, 8000).round(3)
    array([[0.  , 0.  ],
           [0.75, 0.  ],
           [0.5 , 0.5 ],
           [0.  , 0.75],
           [0.  , 0.  ]], dtype=float32)
    """
    _bank(n_freqs, f_min, f_max, n_filter, "n_filter", sample_rate)
    return scales.linear_bank(n_freqs, f_min, f_max, n_filter, sample_rate).astype(np.float32)


def melscale_fbanks(n_freqs: int, f_min: float, f_max: float, n_mels: int, sample_rate: int,
                    norm: NormType = NormType.NONE, mel_type: MelType = MelType.HTK) -> np.ndarray:
    """(n_freqs, n_mels) float32: triangular filters that are even on a mel scale.

    >>> from luojia import dataset
    >>> dataset.audio.melscale_fbanks(5, 0.0, 4000.0, 2, 8000).round(3)
    array([[0.   , 0.   ],
           [0.676, 0.324],
           [0.   , 0.906],
           [0.   , 0.453],
           [0.   , 0.   ]], dtype=float32)
    """
    _bank(n_freqs, f_min, f_max, n_mels, "n_mels", sample_rate)
    checks.kind(norm, (NormType,), "norm")
    checks.kind(mel_type, (MelType,), "mel_type")
    return scales.mel_bank(n_freqs, f_min, f_max, n_mels, sample_rate, norm is NormType.SLANEY,
                           mel_type is MelType.SLANEY).astype(np.float32)
