"""Where speech begins."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Settings:
    """What :func:`begin` measures and when it triggers: seconds, Hertz, and a level of the cepstrum's power."""

    trigger_level: float = 7.0
    trigger_time: float = 0.25
    search_time: float = 1.0
    allowed_gap: float = 0.25
    pre_trigger_time: float = 0.0
    boot_time: float = 0.35
    noise_up_time: float = 0.1
    noise_down_time: float = 0.01
    noise_reduction_amount: float = 1.35
    measure_freq: float = 20.0
    measure_duration: float | None = None
    measure_smooth_time: float = 0.4
    hp_filter_freq: float = 50.0
    lp_filter_freq: float = 6000.0
    hp_lifter_freq: float = 150.0
    lp_lifter_freq: float = 2000.0


class _Meter:
    """The power of the cepstrum of a channel's last samples, above the noise before."""

    def __init__(self, rate: int, length: int, s: Settings) -> None:
        self.size = 16
        while self.size < length:
            self.size *= 2
        self.first = max(int(s.hp_filter_freq / rate * self.size + 0.5), 1)
        self.last = min(int(s.lp_filter_freq / rate * self.size + 0.5), self.size // 2)
        self.low = math.ceil(rate * 0.5 / s.lp_lifter_freq)
        self.high = min(math.floor(rate * 0.5 / s.hp_lifter_freq), self.size // 4)
        bands = self.last - self.first
        self.window = 2 / math.sqrt(length) * np.hanning(length + 1)[:-1]
        self.lifter = 2 / math.sqrt(max(bands, 1)) * np.hanning(bands + 1)[:-1]
        self.spectrum, self.noise = np.zeros(bands), np.zeros(bands)
        self.smooth, self.up, self.down = (
            math.exp(-1 / (t * s.measure_freq)) for t in (s.measure_smooth_time, s.noise_up_time, s.noise_down_time)
        )
        self.reduction = s.noise_reduction_amount

    def __call__(self, samples: np.ndarray, boots: int) -> float:
        by = boots / (1 + boots) if boots >= 0 else self.smooth
        now = np.abs(np.fft.rfft(samples * self.window, self.size)[self.first : self.last])
        self.spectrum = self.spectrum * by + now * (1 - by)
        power = self.spectrum**2
        by_noise = 0.0 if boots >= 0 else np.where(power > self.noise, self.up, self.down)
        self.noise = self.noise * by_noise + power * (1 - by_noise)
        clear = np.zeros(self.size // 2)
        clear[self.first : self.last] = np.sqrt(np.maximum(0, power - self.reduction * self.noise)) * self.lifter
        total = (np.abs(np.fft.rfft(clear)[self.low : self.high]) ** 2).sum()
        return max(0.0, 21 + math.log(total / (self.high - self.low))) if total > 0 else 0.0


def can_lift(rate: int, s: Settings) -> bool:
    """Whether there are cepstral numbers between the lifter's frequencies."""
    duration = 2 / s.measure_freq if s.measure_duration is None else s.measure_duration
    meter = _Meter(rate, int(rate * duration + 0.5), s)
    return meter.high > meter.low and meter.last > meter.first


def begin(x: np.ndarray, rate: int, s: Settings) -> int:
    """The sample of (channel, time) at which what is worth keeping begins; it may lie before the first.

    Source: SoX's ``vad``.
    """
    length = int(rate * (2 / s.measure_freq if s.measure_duration is None else s.measure_duration) + 0.5)
    period, kept = int(rate / s.measure_freq + 0.5), math.ceil(s.search_time * s.measure_freq)
    gap, boot_most = int(s.allowed_gap * s.measure_freq + 0.5), int(s.boot_time * s.measure_freq - 0.5)
    window = int(s.pre_trigger_time * rate + 0.5) + kept * period + length
    by = math.exp(-1 / (s.trigger_time * s.measure_freq)) if s.trigger_time else 0.0
    meters = [_Meter(rate, length, s) for _ in x]
    means, levels, boots = np.zeros(len(x)), np.zeros((len(x), kept)), 0
    for count, end in enumerate(range(length, x.shape[1] + 1, period)):
        triggered, keep = False, 0
        for i, (channel, meter) in enumerate(zip(x, meters)):
            level = meter(channel[end - length : end], boots)
            levels[i, count % kept] = level
            means[i] = means[i] * by + level * (1 - by)
            triggered = triggered or means[i] >= s.trigger_level
            if triggered:
                newest = np.roll(levels[i], -(count % kept) - 1)[::-1]
                keep = max(keep, _backwards(newest, s.trigger_level, gap))
        if triggered:
            return end - window + (kept - keep) * period
        boots = -1 if boots in (-1, boot_most) else boots + 1
    return x.shape[1] - window


def _backwards(levels: np.ndarray, trigger: float, gap: int) -> int:
    """How many measures, newest first, belong to what triggered."""
    n = len(levels)
    at = zero = n
    for j, level in enumerate(levels):
        if level >= trigger and j <= at + gap:
            zero = at = j
        elif level == 0 and at >= zero:
            zero = j
    return min(n - 1, zero)
