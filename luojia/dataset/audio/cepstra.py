"""Audio transforms of sound into cepstral coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.data.audio import levels, scales
from ..._src.errors import ArgumentError
from .. import checks
from ..rows import PipelineError
from .base import AudioTransform
from .spectral import Bound, MelSpectrogram, Spectrogram, bounds_of
from .utils import NormMode, create_dct


def _dct_type(dct_type: Any, norm: Any, rate: Any) -> None:
    checks.whole(rate, "sample_rate")
    if checks.kind(dct_type, (int,), "dct_type") != 2:
        raise ArgumentError(f"Input dct_type must be 2, but got : {dct_type}.")
    checks.kind(norm, (NormMode,), "norm")


def _logarithm(spectrum: np.ndarray, plain: bool) -> np.ndarray:
    return np.log(spectrum + 1e-6) if plain else levels.amplitude_to_db(spectrum, True, 1.0, 1e-10, 80.0)


class MFCC(AudioTransform):
    """(..., n_mfcc, frame): the cosine transform of the mels in decibels, or of their logarithm with ``log_mels``.

    Args:
        melkwargs: arguments of :class:`MelSpectrogram`.

    >>> from luojia import dataset
    >>> dataset.audio.MFCC(8000, 4)(np.zeros((1, 800), np.float32)).shape
    (1, 4, 5)
    """

    single = True

    def __init__(self, sample_rate: int = 16000, n_mfcc: int = 40, dct_type: int = 2, norm: NormMode = NormMode.ORTHO,
                 log_mels: bool = False, melkwargs: dict | None = None) -> None:
        checks.whole(n_mfcc, "n_mfcc")
        _dct_type(dct_type, norm, sample_rate)
        self.plain = checks.flag(log_mels, "log_mels")
        self.mels = MelSpectrogram(sample_rate, **checks.kind({} if melkwargs is None else melkwargs, (dict,),
                                                              "melkwargs"))
        self.n_mfcc, self.norm = n_mfcc, norm

    def sound(self, sound: np.ndarray) -> np.ndarray:
        mels = _logarithm(self.mels.sound(sound), self.plain)
        if self.n_mfcc > mels.shape[-2]:
            raise PipelineError(
                f"MFCC: n_mfcc should be at most n_mels, but got n_mfcc: {self.n_mfcc}, n_mels: {mels.shape[-2]}."
            )
        if not self.n_mfcc:
            return mels[..., :0, :]
        return create_dct(self.n_mfcc, mels.shape[-2], self.norm).T.astype(np.float64) @ mels


class LFCC(AudioTransform):
    """(..., n_lfcc, frame): like :class:`MFCC`, with filters that are even in Hertz.

    Args:
        speckwargs: arguments of :class:`Spectrogram`.

    >>> from luojia import dataset
    >>> dataset.audio.LFCC(8000, 8, 4)(np.zeros((1, 800), np.float32)).shape
    (1, 4, 5)
    """

    single = True

    def __init__(self, sample_rate: int = 16000, n_filter: int = 128, n_lfcc: int = 40, f_min: float = 0.0,
                 f_max: Bound = None, dct_type: int = 2, norm: NormMode = NormMode.ORTHO, log_lf: bool = False,
                 speckwargs: dict | None = None) -> None:
        checks.whole(sample_rate, "sample_rate")
        checks.whole(n_filter, "n_filter", 1)
        checks.whole(n_lfcc, "n_lfcc", 1)
        checks.real(f_min, "f_min", types=checks.WHOLE)
        if f_max is not None:
            checks.real(f_max, "f_max", types=checks.WHOLE)
        low, high = bounds_of("Input ", sample_rate, f_min, f_max)
        _dct_type(dct_type, norm, sample_rate)
        self.plain = checks.flag(log_lf, "log_lf")
        self.spectrogram = Spectrogram(**checks.kind({} if speckwargs is None else speckwargs, (dict,), "speckwargs"))
        self.bank = scales.linear_bank(self.spectrogram.n_fft // 2 + 1, low, high, n_filter, sample_rate)
        self.n_lfcc, self.norm = n_lfcc, norm

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if self.n_lfcc > self.bank.shape[1]:
            raise PipelineError(
                f"LFCC: n_lfcc should be at most n_filter, but got n_lfcc: {self.n_lfcc}, n_filter: "
                f"{self.bank.shape[1]}."
            )
        bands = _logarithm(self.bank.T @ self.spectrogram.sound(sound), self.plain)
        return create_dct(self.n_lfcc, self.bank.shape[1], self.norm).T.astype(np.float64) @ bands
