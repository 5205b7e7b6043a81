"""Audio transforms to spectra, of spectra, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.data.audio import levels, scales, spectra
from ..._src.errors import ArgumentError
from .. import checks, config
from ..rows import PipelineError
from .base import AudioTransform, above_zero, complex_of, frames_of, not_zero
from .utils import BorderType, MelType, NormType, ScaleType, WindowType

Bound = float | None


class AmplitudeToDB(AudioTransform):
    """``10 log10(max(x, amin) / ref_value)`` (20 of magnitudes), at most ``top_db`` below the loudest.

    >>> from luojia import dataset
    >>> dataset.audio.AmplitudeToDB()(np.float32([[[1, 10, 100]]]))
    array([[[ 0., 10., 20.]]], dtype=float32)
    """

    axes = ("freq", "time")

    def __init__(self, stype: ScaleType = ScaleType.POWER, ref_value: float = 1.0, amin: float = 1e-10,
                 top_db: float = 80.0) -> None:
        self.power = checks.kind(stype, (ScaleType,), "stype") is ScaleType.POWER
        self.ref = above_zero(ref_value, "ref_value", checks.WHOLE)
        self.least = above_zero(amin, "amin", checks.WHOLE)
        self.top = above_zero(top_db, "top_db", checks.WHOLE)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return levels.amplitude_to_db(sound.astype(np.float64), self.power, self.ref, self.least, self.top)


class Angle(AudioTransform):
    """The phases of complex numbers (..., 2).

    >>> from luojia import dataset
    >>> dataset.audio.Angle()(np.float32([[1, 0], [0, 1], [-1, 0]])).round(3)
    array([0.   , 1.571, 3.142], dtype=float32)
    """

    axes = ("complex=2",)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return np.arctan2(sound[..., 1], sound[..., 0])


def _power(power: Any) -> float:
    return checks.real(power, "power", types=checks.WHOLE)


class ComplexNorm(AudioTransform):
    """The magnitudes of complex numbers (..., 2), to ``power``.

    >>> from luojia import dataset
    >>> dataset.audio.ComplexNorm()(np.float32([[3, 4], [0, 2]]))
    array([5., 2.], dtype=float32)
    """

    axes = ("complex=2",)

    def __init__(self, power: float = 1.0) -> None:
        self.power = _power(power)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return np.abs(complex_of(sound)) ** self.power


class Magphase(ComplexNorm):
    """(magnitudes to ``power``, phases) of complex numbers (..., 2).

    >>> from luojia import dataset
    >>> dataset.audio.Magphase(1.0)(np.float32([[3, 4], [0, 2]]))
    (array([5., 2.], dtype=float32), array([0.9272952, 1.5707964], dtype=float32))
    """

    def sound(self, sound: np.ndarray) -> Any:
        return super().sound(sound), np.angle(complex_of(sound))


class PhaseVocoder(AudioTransform):
    """A spectrum (..., freq, time, 2) made ``rate`` times as fast.

    Args:
        phase_advance: (freq, 1), what a phase gains from frame to frame.

    >>> from luojia import dataset
    >>> dataset.audio.PhaseVocoder(2.0, np.zeros((9, 1), np.float32))(np.zeros((1, 9, 6, 2), np.float32)).shape
    (1, 9, 3, 2)
    """

    axes = ("freq", "time", "complex=2")

    def __init__(self, rate: float, phase_advance: np.ndarray) -> None:
        self.rate = above_zero(rate, "rate", checks.WHOLE)
        self.advance = checks.kind(phase_advance, (np.ndarray,), "phase_advance")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if len(self.advance) != sound.shape[-3]:
            raise PipelineError(
                "PhaseVocoder: invalid parameter, 'first dimension of 'phase_advance'' should be equal to 'freq "
                f"dimension length of input tensor', but got: first dimension of 'phase_advance' {len(self.advance)} "
                f"while freq dimension length of input tensor {sound.shape[-3]}."
            )
        if self.advance.dtype != sound.dtype:
            raise PipelineError(
                "PhaseVocoder: invalid parameter, data type of phase_advance should be equal to data type of input "
                f"tensor, but got: data type of phase_advance {self.advance.dtype} while data type of input tensor "
                f"{sound.dtype}."
            )
        advance = self.advance.reshape(-1, 1).astype(np.float64)
        return spectra.pairs_of(spectra.phase_vocoder(complex_of(sound), self.rate, advance))


class TimeStretch(AudioTransform):
    """A spectrum (..., freq, time, 2) made ``fixed_rate`` times as fast, at the same pitch.

    Args:
        hop_length: of the spectrum's frames; ``n_freq - 1`` by default.

    >>> from luojia import dataset
    >>> dataset.audio.TimeStretch(hop_length=8, n_freq=9)(np.zeros((1, 9, 6, 2), np.float32)).shape
    (1, 9, 6, 2)
    """

    axes = ("freq", "time", "complex=2")

    def __init__(self, hop_length: int | None = None, n_freq: int = 201, fixed_rate: float | None = None) -> None:
        if hop_length is not None:
            checks.whole(hop_length, "hop_length", 1)
        self.n_freq = checks.whole(n_freq, "n_freq", 1)
        self.hop = n_freq - 1 if hop_length is None else hop_length
        self.rate = 1.0 if fixed_rate is None else above_zero(fixed_rate, "fixed_rate", checks.WHOLE)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if self.rate == 1:
            return sound.reshape(-1, *sound.shape[-3:])  # as MindSpore 2.8, with one axis before the others
        advance = np.linspace(0, np.pi * self.hop, sound.shape[-3])[:, None]
        return spectra.pairs_of(spectra.phase_vocoder(complex_of(sound), self.rate, advance))


class Spectrogram(AudioTransform):
    """(..., freq, frame): the magnitudes, to ``power``, of windowed frames; complex, (..., 2), with power 0.

    Args:
        n_fft: samples of a frame; it has ``n_fft // 2 + 1`` frequencies.
        win_length: of the window, at most ``n_fft``, which it is by default.
        hop_length: from frame to frame; half a window by default.
        pad: zeros at either end.
        normalized: over the square root of the sum of the window's squares.
        center: the sound is padded by half a frame, in ``pad_mode``.
        onesided: without the frequencies that a real sound has twice (which MindSpore 2.8 does not conjugate).

    >>> Spectrogram(4)(np.ones(8, np.float32)).shape
    (3, 5)
    """

    takes_lists = True

    def __init__(self, n_fft: int = 400, win_length: int | None = None, hop_length: int | None = None, pad: int = 0,
                 window: WindowType = WindowType.HANN, power: float = 2.0, normalized: bool = False,
                 center: bool = True, pad_mode: BorderType = BorderType.REFLECT, onesided: bool = True) -> None:
        self.n_fft, length, self.hop = frames_of(n_fft, win_length, hop_length)
        self.pad = checks.whole(pad, "pad")
        name = checks.kind(window, (WindowType,), "window").value
        self.weights, self.power = spectra.window(name, length, self.n_fft), _power(power)
        self.normalized, self.center = checks.flag(normalized, "normalized"), checks.flag(center, "center")
        self.mode = checks.kind(pad_mode, (BorderType,), "pad_mode").value
        self.onesided = checks.flag(onesided, "onesided")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        least = self.n_fft - (self.n_fft // 2 * 2 if self.center else 0) - 2 * self.pad
        if sound.shape[-1] < max(1, least):
            raise PipelineError(
                f"Spectrogram: the sound has {sound.shape[-1]} samples, too few for n_fft {self.n_fft}; take a "
                "smaller n_fft, or center=True."
            )
        return spectra.spectrogram(sound, self.n_fft, self.hop, self.weights, self.pad, self.power, self.normalized,
                                   self.center, self.mode, self.onesided)


class InverseSpectrogram(AudioTransform):
    """(..., time) of a complex spectrum (..., freq, frame, 2); see :class:`Spectrogram`.

    Args:
        length: how many samples to give; all by default.

    >>> from luojia import dataset
    >>> dataset.audio.InverseSpectrogram(n_fft=16)(np.zeros((9, 5, 2), np.float32)).shape
    (32,)
    """

    axes = ("freq", "time", "complex=2")

    def __init__(self, length: int | None = None, n_fft: int = 400, win_length: int | None = None,
                 hop_length: int | None = None, pad: int = 0, window: WindowType = WindowType.HANN,
                 normalized: bool = False, center: bool = True, pad_mode: BorderType = BorderType.REFLECT,
                 onesided: bool = True) -> None:
        self.length = None if length is None else checks.whole(length, "length")
        self.n_fft, size, self.hop = frames_of(n_fft, win_length, hop_length)
        self.pad = checks.whole(pad, "pad")
        name = checks.kind(window, (WindowType,), "window").value
        self.weights = spectra.window(name, size, self.n_fft)
        self.normalized, self.center = checks.flag(normalized, "normalized"), checks.flag(center, "center")
        checks.kind(pad_mode, (BorderType,), "pad_mode")
        self.onesided = checks.flag(onesided, "onesided")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        spectrum = complex_of(sound)
        if self.normalized:
            spectrum = spectrum * np.sqrt((self.weights**2).sum())
        length = self.length + 2 * self.pad if self.length else None
        out = spectra.istft(spectrum, self.n_fft, self.hop, self.weights, self.center, length)
        return out[..., self.pad : out.shape[-1] - self.pad]


class GriffinLim(AudioTransform):
    """(..., time): a sound with the magnitudes (..., freq, frame), whose phases are found in ``n_iter`` rounds.

    Args:
        power: of the magnitudes; ``momentum``: of 0 to below 1, how fast they are found.
        rand_init: begin with random phases, else with none.

    >>> from luojia import dataset
    >>> dataset.audio.GriffinLim(n_fft=16)(np.ones((9, 6), np.float32)).shape
    (40,)
    """

    axes = ("freq", "time")

    def __init__(self, n_fft: int = 400, n_iter: int = 32, win_length: int | None = None,
                 hop_length: int | None = None, window_type: WindowType = WindowType.HANN, power: float = 2.0,
                 momentum: float = 0.99, length: int | None = None, rand_init: bool = True) -> None:
        self.n_fft, size, self.hop = frames_of(n_fft, win_length, hop_length, 0)
        self.rounds = checks.whole(n_iter, "n_iter", 1)
        name = checks.kind(window_type, (WindowType,), "window_type").value
        self.weights = spectra.window(name, size, self.n_fft)
        self.power = above_zero(power, "power", checks.WHOLE)
        self.momentum = checks.real(momentum, "momentum", types=checks.WHOLE)
        self.length = None if length is None else checks.whole(length, "length")
        self.random = checks.flag(rand_init, "rand_init")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if self.momentum >= 1:
            raise PipelineError(
                f"GriffinLim: momentum equal to or greater than 1 can be unstable, but got: {self.momentum:f}"
            )
        if sound.shape[-2] != self.n_fft // 2 + 1:
            raise PipelineError("GriffinLim: the frequency of the input should equal to n_fft / 2 + 1")
        first = np.ones(sound.shape, np.complex128)
        if self.random:
            rng = config.stream()
            first = rng.random_sample(sound.shape) + 1j * rng.random_sample(sound.shape)
        return spectra.griffin_lim(sound, self.n_fft, self.rounds, self.hop, self.weights, self.power, self.momentum,
                                   self.length or None, first)


def bounds_of(who: str, sample_rate: int, low: Any, high: Any) -> tuple[float, float]:
    """The least and greatest frequency of a filter bank."""
    if high is None:
        if low >= sample_rate // 2:
            raise ArgumentError(
                f"{who}sample_rate // 2 should be greater than f_min when f_max is set to None, but got f_min: {low} "
                f"and sample_rate: {sample_rate}."
            )
        return low, sample_rate // 2
    if high <= low:
        raise ArgumentError(f"{who}f_max should be greater than f_min, but got f_min: {low} and f_max: {high}.")
    return low, high


class MelScale(AudioTransform):
    """(..., n_mels, time) of (..., n_stft, time): triangular filters that are even on a mel scale.

    >>> from luojia import dataset
    >>> dataset.audio.MelScale(n_mels=2, sample_rate=8000, n_stft=5)(np.ones((5, 1), np.float32)).round(3)
    array([[0.676],
           [1.682]], dtype=float32)
    """

    axes = ("freq", "time")

    def __init__(self, n_mels: int = 128, sample_rate: int = 16000, f_min: float = 0.0, f_max: Bound = None,
                 n_stft: int = 201, norm: NormType = NormType.NONE, mel_type: MelType = MelType.HTK) -> None:
        checks.whole(n_mels, "n_mels", 1)
        checks.whole(sample_rate, "sample_rate", 1)
        checks.kind(f_min, checks.WHOLE, "f_min")
        if f_max is not None:
            checks.kind(f_max, checks.WHOLE, "f_max")
        low, high = bounds_of("MelScale: ", sample_rate, f_min, f_max)
        self.n_stft = checks.whole(n_stft, "n_stft", 1)
        slaney = checks.kind(norm, (NormType,), "norm") is NormType.SLANEY
        other = checks.kind(mel_type, (MelType,), "mel_type") is MelType.SLANEY
        self.bank = scales.mel_bank(n_stft, low, high, n_mels, sample_rate, slaney, other)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if sound.shape[-2] != self.n_stft:
            raise PipelineError(
                f"MelScale: invalid parameter, 'n_stft' should be equal to 'freq', but got: n_stft {self.n_stft} while "
                f"freq {sound.shape[-2]}."
            )
        return self.bank.T @ sound.astype(np.float64)


class InverseMelScale(AudioTransform):
    """(..., n_stft, time) of (..., n_mels, time): a spectrum with these mels, by gradient descent from a random one.

    Args:
        max_iter, tolerance_loss, tolerance_change: when to stop.
        sgdargs: the rate, ``sgd_lr``, and ``sgd_momentum``; 0.1 and 0.9 by default.

    >>> from luojia import dataset
    >>> dataset.audio.InverseMelScale(n_stft=9, n_mels=4, max_iter=100)(np.ones((4, 3), np.float32)).shape
    (1, 9, 3)
    """

    axes = ("freq", "time")

    def __init__(self, n_stft: int, n_mels: int = 128, sample_rate: int = 16000, f_min: float = 0.0,
                 f_max: Bound = None, max_iter: int = 100000, tolerance_loss: float = 1e-5,
                 tolerance_change: float = 1e-8, sgdargs: dict | None = None, norm: NormType = NormType.NONE,
                 mel_type: MelType = MelType.HTK) -> None:
        checks.whole(n_stft, "n_stft", 1)
        self.bank = MelScale(n_mels, sample_rate, f_min, f_max, n_stft, norm, mel_type).bank
        self.n_mels, self.rounds = n_mels, checks.whole(max_iter, "max_iter", 1)
        self.loss = above_zero(tolerance_loss, "tolerance_loss", checks.WHOLE)
        self.change = above_zero(tolerance_change, "tolerance_change", checks.WHOLE)
        given = {"sgd_lr": 0.1, "sgd_momentum": 0.9} | checks.kind(sgdargs or {}, (dict,), "sgdargs")
        self.rate = above_zero(given["sgd_lr"], "sgd_lr", checks.WHOLE)
        self.momentum = checks.real(given["sgd_momentum"], "sgd_momentum", types=checks.WHOLE)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if sound.shape[-2] != self.n_mels:
            raise PipelineError(
                f"InverseMelScale: the number of mels should be equal to n_mels {self.n_mels}, but got "
                f"{sound.shape[-2]}."
            )
        sound = sound[None] if sound.ndim == 2 else sound  # as MindSpore, which has a channel in every result
        start = config.stream().random_sample((*sound.shape[:-2], len(self.bank), sound.shape[-1]))
        return scales.from_mels(sound.astype(np.float64), self.bank, start, self.rounds, self.loss, self.change,
                                self.rate, self.momentum)


class MelSpectrogram(AudioTransform):
    """(..., n_mels, frame): :class:`Spectrogram`, then :class:`MelScale`.

    >>> from luojia import dataset
    >>> dataset.audio.MelSpectrogram(8000, n_fft=64, n_mels=8)(np.zeros((1, 320), np.float32)).shape
    (1, 8, 11)
    """

    def __init__(self, sample_rate: int = 16000, n_fft: int = 400, win_length: int | None = None,
                 hop_length: int | None = None, f_min: float = 0.0, f_max: Bound = None, pad: int = 0,
                 n_mels: int = 128, window: WindowType = WindowType.HANN, power: float = 2.0,
                 normalized: bool = False, center: bool = True, pad_mode: BorderType = BorderType.REFLECT,
                 onesided: bool = True, norm: NormType = NormType.NONE, mel_scale: MelType = MelType.HTK) -> None:
        checks.whole(sample_rate, "sample_rate", 1)
        frames_of(n_fft, win_length, hop_length)
        checks.real(f_min, "f_min", -checks.FLOAT_MAX, types=checks.WHOLE)
        if f_max is not None:
            checks.real(f_max, "f_max", types=checks.WHOLE)
        bounds_of("MelSpectrogram: ", sample_rate, f_min, f_max)
        checks.whole(pad, "pad")
        above_zero(power, "power", checks.WHOLE)
        self.spectrogram = Spectrogram(n_fft, win_length, hop_length, pad, window, power, normalized, center, pad_mode,
                                       onesided)
        self.mels = MelScale(n_mels, sample_rate, f_min, f_max, n_fft // 2 + 1 if onesided else n_fft, norm, mel_scale)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return self.mels.sound(self.spectrogram.sound(sound))


class PitchShift(AudioTransform):
    """The sound ``n_steps`` steps higher, of which an octave has ``bins_per_octave``; as long as before.

    >>> from luojia import dataset
    >>> dataset.audio.PitchShift(8000, 4, n_fft=64)(np.zeros((1, 320), np.float32)).shape
    (1, 320)
    """

    def __init__(self, sample_rate: int, n_steps: int, bins_per_octave: int = 12, n_fft: int = 512,
                 win_length: int | None = None, hop_length: int | None = None,
                 window: WindowType = WindowType.HANN) -> None:
        self.rate = checks.whole(sample_rate, "sample_rate")
        self.steps = checks.whole(n_steps, "n_steps", -checks.INT_MAX - 1)
        self.bins = not_zero(bins_per_octave, "bins_per_octave")
        if hop_length is None and isinstance(n_fft, int) and n_fft > 3:
            hop_length = (win_length or n_fft) // 4
        self.n_fft, length, self.hop = frames_of(n_fft, win_length, hop_length)
        name = checks.kind(window, (WindowType,), "window").value
        self.weights = spectra.window(name, length, self.n_fft)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        faster, length = 2.0 ** (-self.steps / self.bins), sound.shape[-1]
        spectrum = spectra.stft(sound.astype(np.float64), self.n_fft, self.hop, self.weights)
        advance = np.linspace(0, np.pi * self.hop, spectrum.shape[-2])[:, None]
        stretched = spectra.phase_vocoder(spectrum, faster, advance)
        out = spectra.istft(stretched, self.n_fft, self.hop, self.weights, length=round(length / faster))
        out = spectra.resample(out, int(self.rate / faster), self.rate, False, 6, 0.99, None)[..., :length]
        return np.pad(out, [(0, 0)] * (out.ndim - 1) + [(0, length - out.shape[-1])])


class SpectralCentroid(AudioTransform):
    """(..., 1, frame): the mean of the frequencies in Hz, weighted with their magnitudes.

    >>> from luojia import dataset
    >>> dataset.audio.SpectralCentroid(8000, n_fft=16)(np.sin(np.arange(32) * np.pi / 4)).round(0)
    array([[1161., 1000., 1000., 1000., 1025.]])
    """

    takes_lists = True

    def __init__(self, sample_rate: int, n_fft: int = 400, win_length: int | None = None,
                 hop_length: int | None = None, pad: int = 0, window: WindowType = WindowType.HANN) -> None:
        self.rate = checks.whole(sample_rate, "sample_rate")
        self.spectrogram = Spectrogram(n_fft, win_length, hop_length, pad, window, 1.0)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        size = self.spectrogram.sound(sound)
        hertz = np.linspace(0, self.rate // 2, size.shape[-2])[:, None]
        return (hertz * size).sum(-2, keepdims=True) / size.sum(-2, keepdims=True)
