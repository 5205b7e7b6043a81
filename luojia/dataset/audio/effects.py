"""Audio transforms of sound over time: levels, fades, effects, masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.data.audio import filters, levels, spectra
from .. import checks, config
from ..rows import PipelineError
from .base import AudioTransform, above_zero, not_zero, number, rate_of
from .utils import BorderType, DensityFunction, FadeShape, GainType, Interpolation, Modulation, ResampleMethod


class Contrast(AudioTransform):
    """Louder where it is faint, by ``enhancement_amount`` of 0 to 100.

    >>> from luojia import dataset
    >>> dataset.audio.Contrast(75.0)(np.float32([-0.5, 0, 0.1, 1])).round(3)
    array([-0.707,  0.   ,  0.214,  1.   ], dtype=float32)
    """

    def __init__(self, enhancement_amount: float = 75.0) -> None:
        self.amount = checks.real(enhancement_amount, "enhancement_amount", 0, 100)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return levels.contrast(sound, self.amount)


class DBToAmplitude(AudioTransform):
    """``ref * (10 ** (x / 10)) ** power``.

    >>> from luojia import dataset
    >>> dataset.audio.DBToAmplitude(1.0, 0.5)(np.float32([-20, 0, 20])).round(3)
    array([ 0.1,  1. , 10. ], dtype=float32)
    """

    def __init__(self, ref: float, power: float) -> None:
        self.ref, self.power = number(ref, "ref"), number(power, "power")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return self.ref * 10 ** (0.1 * self.power * sound.astype(np.float64))


class DCShift(AudioTransform):
    """The sound plus ``shift``, of -2 to 2, clipped; with ``limiter_gain``, its peaks are pressed together first.

    >>> from luojia import dataset
    >>> dataset.audio.DCShift(0.5)(np.float32([-1, 0, 0.75]))
    array([-0.5,  0.5,  1. ], dtype=float32)
    """

    def __init__(self, shift: float, limiter_gain: float | None = None) -> None:
        self.shift = checks.real(shift, "shift", -2.0, 2.0)
        self.limiter = None if limiter_gain is None else number(limiter_gain, "limiter_gain")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return levels.dc_shift(sound, self.shift, self.limiter)


class Dither(AudioTransform):
    """In steps of 2**-15, with noise of less than a step that hides them.

    Args:
        noise_shaping: each sample takes the last one's error.

    >>> from luojia import dataset
    >>> dataset.audio.Dither()(np.float32([0.25, 0.5, 0.75])).shape
    (3,)
    """

    def __init__(self, density_function: DensityFunction = DensityFunction.TPDF, noise_shaping: bool = False) -> None:
        self.density = checks.kind(density_function, (DensityFunction,), "density_function")
        self.shaped = checks.flag(noise_shaping, "noise_shaping")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        length, rng = sound.shape[-1], config.stream()
        if self.density is DensityFunction.TPDF:
            noise = np.bartlett(length + 1)[:-1] if length > 1 else np.zeros(length)
        else:
            values = sound.reshape(-1)[rng.randint(sound.size, size=1 if self.density is DensityFunction.RPDF else 7)]
            noise = values[0] - 0.5 if len(values) == 1 else values[0] + (values[1:] - 0.5).sum()
        return filters.dither(sound.astype(np.float64), noise, self.shaped)


class Fade(AudioTransform):
    """Louder over the first ``fade_in_len`` samples, fainter over the last ``fade_out_len``.

    >>> from luojia import dataset
    >>> dataset.audio.Fade(3, 3, dataset.audio.FadeShape.LINEAR)(np.ones(6, np.float32))
    array([0. , 0.5, 1. , 1. , 0.5, 0. ], dtype=float32)
    """

    def __init__(self, fade_in_len: int = 0, fade_out_len: int = 0, fade_shape: FadeShape = FadeShape.LINEAR) -> None:
        self.begin = checks.whole(fade_in_len, "fade_in_len")
        self.end = checks.whole(fade_out_len, "fade_out_len")
        self.shape = checks.kind(fade_shape, (FadeShape,), "fade_shape").value
        self.keeps_dtype = not (self.begin or self.end)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        for name, length in (("fade_in_len", self.begin), ("fade_out_len", self.end)):
            if length > sound.shape[-1]:
                raise PipelineError(
                    f"Fade: invalid parameter, '{name}' should be no greater than 'length of waveform', but got: "
                    f"{name} {length} while length of waveform {sound.shape[-1]}."
                )
        return levels.fade(sound, self.begin, self.end, self.shape)


class Flanger(AudioTransform):
    """(..., channel, time): the sound and a delayed one, whose delay swings.

    Args:
        delay, depth: milliseconds, 0 to 30 and 0 to 10.
        regen: percent of the delayed sound that is delayed again, -95 to 95.
        width: percent of it that is heard; ``speed``: swings per second, 0.1 to 10; ``phase``: percent by which
            the channels' swings differ.

    >>> from luojia import dataset
    >>> dataset.audio.Flanger(8000)(np.ones((1, 4), np.float32)).shape
    (1, 4)
    """

    axes = ("channel", "time")
    keeps_dtype = True

    def __init__(self, sample_rate: int, delay: float = 0.0, depth: float = 2.0, regen: float = 0.0,
                 width: float = 71.0, speed: float = 0.5, phase: float = 25.0,
                 modulation: Modulation = Modulation.SINUSOIDAL,
                 interpolation: Interpolation = Interpolation.LINEAR) -> None:
        self.numbers = (rate_of(sample_rate), checks.real(delay, "delay", 0, 30), checks.real(depth, "depth", 0, 10),
                        checks.real(regen, "regen", -95, 95), checks.real(width, "width", 0, 100),
                        checks.real(speed, "speed", 0.1, 10), checks.real(phase, "phase", 0, 100))
        self.triangle = checks.kind(modulation, (Modulation,), "modulation") is Modulation.TRIANGULAR
        self.quadratic = checks.kind(interpolation, (Interpolation,), "interpolation") is Interpolation.QUADRATIC

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if sound.ndim > 1 and sound.shape[-2] > 4:
            raise PipelineError(
                "Flanger: the channel of input tensor does not match the requirement of operator. Expecting tensor "
                f"with channel less than or equal to 4. But got channel: {sound.shape[-2]}"
            )
        return filters.flanger(sound, *self.numbers, self.triangle, self.quadratic)


class Gain(AudioTransform):
    """``gain_db`` dB louder.

    >>> from luojia import dataset
    >>> dataset.audio.Gain(20.0)(np.float32([0.1, -0.2])).round(3)
    array([ 1., -2.], dtype=float32)
    """

    def __init__(self, gain_db: float = 1.0) -> None:
        self.factor = 10 ** (number(gain_db, "gain_db") / 20)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return sound * np.float64(self.factor)


class Vol(AudioTransform):
    """``gain`` times as loud, in amplitude or power, or dB; clipped to [-1, 1].

    >>> from luojia import dataset
    >>> dataset.audio.Vol(2.0)(np.float32([0.25, -0.75]))
    array([ 0.5, -1. ], dtype=float32)
    """

    def __init__(self, gain: float, gain_type: GainType = GainType.AMPLITUDE) -> None:
        checks.kind(gain, checks.WHOLE, "gain")
        checks.kind(gain_type, (GainType,), "gain_type")
        if gain_type is GainType.DB:
            self.factor = 10 ** (number(gain, "gain") / 20)
        else:
            power = gain_type is GainType.POWER
            checks.within(gain, 0, checks.FLOAT_MAX, "gain", "(]" if power else "[]")
            self.factor = gain**0.5 if power else gain

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return (sound * np.float64(self.factor)).clip(-1, 1)


class MuLawEncoding(AudioTransform):
    """Sound of -1..1 as int32 of 0..quantization_channels - 1, spaced by its logarithm.

    >>> MuLawEncoding()(np.float32([-1, 0, 1])).tolist()
    [0, 128, 255]
    """

    def __init__(self, quantization_channels: int = 256) -> None:
        self.count = checks.whole(quantization_channels, "quantization_channels", 1)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return levels.mu_law_encode(sound.astype(np.float64), self.count)

    def typed(self, made: np.ndarray, dtype: Any) -> np.ndarray:
        return made


class MuLawDecoding(AudioTransform):
    """The way back from :class:`MuLawEncoding`.

    >>> from luojia import dataset
    >>> dataset.audio.MuLawDecoding()(np.int32([0, 128, 255])).round(3)
    array([-1.,  0.,  1.], dtype=float32)
    """

    def __init__(self, quantization_channels: int = 256) -> None:
        self.count = checks.whole(quantization_channels, "quantization_channels", 1)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return levels.mu_law_decode(sound.astype(np.float64), self.count)


class Overdrive(AudioTransform):
    """Driven by ``gain`` dB into a limiter, with even harmonics by ``color``; both 0 to 100.

    >>> from luojia import dataset
    >>> dataset.audio.Overdrive(20.0, 20.0)(np.float32([0, 0.1, 0.5])).round(3)
    array([0.075, 0.55 , 0.747], dtype=float32)
    """

    def __init__(self, gain: float = 20.0, color: float = 20.0) -> None:
        self.gain, self.colour = checks.real(gain, "gain", 0, 100), checks.real(color, "color", 0, 100)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return filters.overdrive(sound.astype(np.float64), self.gain, self.colour)


class Phaser(AudioTransform):
    """The sound and its echo, whose delay swings.

    >>> from luojia import dataset
    >>> dataset.audio.Phaser(44100)(np.float32([0.5, 0.25, 0])).round(3)
    array([0.148, 0.133, 0.053], dtype=float32)
    """

    def __init__(self, sample_rate: int, gain_in: float = 0.4, gain_out: float = 0.74, delay_ms: float = 3.0,
                 decay: float = 0.4, mod_speed: float = 0.5, sinusoidal: bool = True) -> None:
        self.numbers = (rate_of(sample_rate), checks.real(gain_in, "gain_in", 0, 1),
                        checks.real(gain_out, "gain_out", 0, 1e9), checks.real(delay_ms, "delay_ms", 0, 5.0),
                        checks.real(decay, "decay", 0, 0.99), checks.real(mod_speed, "mod_speed", 0.1, 2))
        self.sinusoidal = checks.flag(sinusoidal, "sinusoidal")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return filters.phaser(sound, *self.numbers, self.sinusoidal)


class DetectPitchFrequency(AudioTransform):
    """(..., frame): the pitch in Hz of each ``frame_time`` seconds, between ``freq_low`` and ``freq_high``.

    Args:
        win_length: the number of frames whose median it is.

    >>> from luojia import dataset
    >>> tone = np.sin(2 * np.pi * 200 * np.arange(4000) / 8000).astype(np.float32)
    >>> dataset.audio.DetectPitchFrequency(8000)(tone)[:4]
    array([200., 200., 200., 200.], dtype=float32)
    """

    single = floats_only = True

    def __init__(self, sample_rate: int, frame_time: float = 0.01, win_length: int = 30, freq_low: float = 85,
                 freq_high: float = 3400) -> None:
        self.rate, self.time = not_zero(sample_rate, "sample_rate"), above_zero(frame_time, "frame_time")
        self.smooth = checks.whole(win_length, "win_length", 1)
        self.low, self.high = above_zero(freq_low, "freq_low"), above_zero(freq_high, "freq_high")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        frames = int(np.ceil(sound.shape[-1] / np.ceil(self.rate * self.time)))
        if frames + (self.smooth - 1) // 2 < self.smooth:
            raise PipelineError(
                f"DetectPitchFrequency: the sound has {frames} frames, too few for a median of win_length "
                f"{self.smooth}; take a smaller win_length or frame_time."
            )
        return spectra.pitch(sound, self.rate, self.time, self.smooth, self.low, self.high)


class Resample(AudioTransform):
    """The sound at ``new_freq`` samples per second, through a windowed sinc.

    Args:
        lowpass_filter_width: zeros of the sinc to either side.
        rolloff: the share of the lower rate's band that passes.
        beta: of a Kaiser window.

    >>> from luojia import dataset
    >>> dataset.audio.Resample(8000, 16000)(np.zeros((1, 10), np.float32)).shape
    (1, 20)
    """

    def __init__(self, orig_freq: float = 16000, new_freq: float = 16000,
                 resample_method: ResampleMethod = ResampleMethod.SINC_INTERPOLATION, lowpass_filter_width: int = 6,
                 rolloff: float = 0.99, beta: float | None = None) -> None:
        self.old, self.new = above_zero(orig_freq, "orig_freq"), above_zero(new_freq, "new_freq")
        kind = checks.kind(resample_method, (ResampleMethod,), "resample_method")
        self.kaiser = kind is ResampleMethod.KAISER_WINDOW
        self.width = checks.whole(lowpass_filter_width, "lowpass_filter_width", 1)
        self.rolloff = checks.real(rolloff, "rolloff", 0, 1, types=(float,), ends="(]")
        self.beta = None if beta is None else number(beta, "beta")

    def typed(self, made: np.ndarray, dtype: Any) -> np.ndarray:
        return made if self.old == self.new else super().typed(made, dtype)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        if self.old == self.new:
            return sound.copy()
        return spectra.resample(sound, int(self.old), int(self.new), self.kaiser, self.width, self.rolloff, self.beta)


class ComputeDeltas(AudioTransform):
    """(..., freq, time): the slope over ``win_length`` times.

    >>> from luojia import dataset
    >>> dataset.audio.ComputeDeltas(5)(np.float32([[[1, 2, 3, 4, 5]]])).round(3)
    array([[[0.5, 0.8, 1. , 0.8, 0.5]]], dtype=float32)
    """

    axes = ("freq", "time")

    def __init__(self, win_length: int = 5, pad_mode: BorderType = BorderType.EDGE) -> None:
        self.length = checks.whole(win_length, "win_length", 3)
        self.mode = checks.kind(pad_mode, (BorderType,), "pad_mode").value

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return levels.deltas(sound, self.length, self.mode)


class SlidingWindowCmn(AudioTransform):
    """(..., time, freq): each time less the mean of ``cmn_window`` times about or before it.

    Args:
        min_cmn_window: how many at least, at the begin.
        center: about it, else before it.
        norm_vars: over their deviation, too.

    >>> from luojia import dataset
    >>> dataset.audio.SlidingWindowCmn(600, 100, True)(np.float32([[1, 2], [3, 6]]))
    array([[-1., -2.],
           [ 1.,  2.]], dtype=float32)
    """

    axes = ("freq", "time")

    def __init__(self, cmn_window: int = 600, min_cmn_window: int = 100, center: bool = False,
                 norm_vars: bool = False) -> None:
        self.window = checks.whole(cmn_window, "cmn_window")
        self.least = checks.whole(min_cmn_window, "min_cmn_window")
        self.center, self.norm = checks.flag(center, "center"), checks.flag(norm_vars, "norm_vars")

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return levels.sliding_cmn(sound, self.window, self.least, self.center, self.norm)


class MaskAlongAxis(AudioTransform):
    """``mask_value`` over ``mask_width`` frequencies (axis 1) or times (axis 2) of (..., freq, time).

    >>> from luojia import dataset
    >>> dataset.audio.MaskAlongAxis(1, 1, 0.5, 2)(np.ones((1, 2, 3), np.float32))
    array([[[1. , 0.5, 1. ],
            [1. , 0.5, 1. ]]], dtype=float32)
    """

    axes = ("freq", "time")

    def __init__(self, mask_start: int, mask_width: int, mask_value: float, axis: int) -> None:
        self.start, self.width = checks.whole(mask_start, "mask_start"), checks.whole(mask_width, "mask_width", 1)
        self.value = checks.real(mask_value, "mask_value", -checks.FLOAT_MAX, types=checks.WHOLE)
        self.axis = checks.within(checks.kind(axis, (int,), "axis"), 1, 2, "axis") - 3

    def sound(self, sound: np.ndarray) -> np.ndarray:
        return _masked(sound, self.start, self.width, self.value, self.axis)


def _masked(sound: np.ndarray, start: int, width: int, value: float, axis: int) -> np.ndarray:
    length = sound.shape[axis]
    if start >= length:
        raise PipelineError(
            "MaskAlongAxis: invalid parameter, 'mask_start' should be less than the length of the masked dimension, "
            f"but got: 'mask_start' {start} and length {length}"
        )
    if start + width > length:
        raise PipelineError(
            "MaskAlongAxis: invalid parameter, the sum of 'mask_start' and 'mask_width' should be no more than the "
            f"length of the masked dimension, but got: 'mask_start' {start}, 'mask_width' {width} and length {length}"
        )
    floating = sound if sound.dtype.kind == "f" else sound.astype(np.float32)
    return levels.masked(floating, start, width, value, axis)


class MaskAlongAxisIID(AudioTransform):
    """Like :class:`MaskAlongAxis`, of (..., channel, freq, time), with a random mask per channel.

    Args:
        mask_param: the mask's width is drawn from 0 to this.

    >>> from luojia import dataset
    >>> dataset.audio.MaskAlongAxisIID(2, 0.5, 2)(np.ones((1, 3, 4), np.float32)).shape
    (1, 3, 4)
    """

    axes = ("freq", "time")

    def __init__(self, mask_param: int, mask_value: float, axis: int) -> None:
        self.most = checks.whole(mask_param, "mask_param")
        self.value = checks.real(mask_value, "mask_value", -checks.FLOAT_MAX, types=checks.WHOLE)
        self.axis = checks.within(checks.kind(axis, (int,), "axis"), 1, 2, "axis") - 3

    def sound(self, sound: np.ndarray) -> np.ndarray:
        length, rng = sound.shape[self.axis], config.stream()
        if self.most > length:
            name = "frequency" if self.axis == -2 else "time"
            raise PipelineError(
                f"MaskAlongAxisIID: mask_param should be less than or equal to the length of {name} dimension."
            )
        parts = sound.reshape(-1, *sound.shape[-2:])
        out = []
        for part in parts:
            width = rng.uniform(0, self.most)
            start = int(rng.uniform(0, length - width))
            out.append(levels.masked(part, start, int(width), self.value, self.axis))
        return np.stack(out).reshape(sound.shape)


class _Masking(AudioTransform):
    axes = ("freq", "time")
    axis, name, words = -2, "freq_mask_param", ("FrequencyMasking", "frequency_mask_param", "frequency")

    def _set(self, iid: Any, most: Any, start: Any, value: Any) -> None:
        self.iid = checks.flag(iid, "iid_masks")
        self.most = checks.whole(most, "mask_param", 0, checks.FLOAT_MAX)
        self.start = checks.whole(start, "mask_start", 0, checks.FLOAT_MAX)
        self.value = checks.real(value, "mask_value", -checks.FLOAT_MAX, types=checks.WHOLE)

    def sound(self, sound: np.ndarray) -> np.ndarray:
        who, name, what = self.words
        length = sound.shape[self.axis]
        if self.most > length:
            raise PipelineError(
                f"{who}: invalid parameter, '{name}' should be less than or equal to the length of {what} dimension, "
                f"but got: 'frequency_mask_param' {self.most} and length {length}"
            )
        if self.iid:
            return MaskAlongAxisIID(self.most, self.value, self.axis + 3).sound(sound)
        return _masked(sound, self.start, self.most, self.value, self.axis)


class FrequencyMasking(_Masking):
    """``mask_value`` over ``freq_mask_param`` frequencies of (..., freq, time) from ``mask_start``.

    Args:
        iid_masks: a random mask per channel instead, at most so wide.

    >>> from luojia import dataset
    >>> dataset.audio.FrequencyMasking(freq_mask_param=1)(np.ones((1, 4, 3), np.float32)).shape
    (1, 4, 3)

    Source: Park et al. 2019, "SpecAugment: a simple data augmentation method for automatic speech recognition".
    """

    def __init__(self, iid_masks: bool = False, freq_mask_param: int = 0, mask_start: int = 0,
                 mask_value: float = 0.0) -> None:
        self._set(iid_masks, freq_mask_param, mask_start, mask_value)


class TimeMasking(_Masking):
    """``mask_value`` over ``time_mask_param`` times of (..., freq, time) from ``mask_start``.

    Args:
        iid_masks: a random mask per channel instead, at most so wide.

    >>> from luojia import dataset
    >>> dataset.audio.TimeMasking(time_mask_param=1)(np.ones((1, 4, 3), np.float32)).shape
    (1, 4, 3)

    Source: Park et al. 2019, "SpecAugment: a simple data augmentation method for automatic speech recognition".
    """

    axis, words = -1, ("TimeMasking", "time_mask_param", "time")

    def __init__(self, iid_masks: bool = False, time_mask_param: int = 0, mask_start: int = 0,
                 mask_value: float = 0.0) -> None:
        self._set(iid_masks, time_mask_param, mask_start, mask_value)
