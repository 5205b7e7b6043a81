"""Voice activity: the sound from where speech begins."""

from __future__ import annotations

import numpy as np

from ..._src.data.audio import vad
from ..._src.errors import ArgumentError
from .. import checks
from .base import AudioTransform, above_zero


class Vad(AudioTransform):
    """The sound from where speech begins, found by the power of its cepstrum; noise and clicks before it are left out.

    Without speech the last ``search_time`` seconds are given. (MindSpore 2.8 hardly ever finds any.)

    Args:
        trigger_level: of the power; ``trigger_time``: seconds over which it is smoothed.
        search_time: seconds before the trigger that are searched for quieter speech.
        allowed_gap: seconds between quieter parts; ``pre_trigger_time``: seconds to keep before what is found.
        boot_time, noise_up_time, noise_down_time, noise_reduction_amount: how the noise is learned and taken away.
        measure_freq, measure_duration, measure_smooth_time: how often, how long and how smoothly it is measured.
        hp_filter_freq, lp_filter_freq, hp_lifter_freq, lp_lifter_freq: the bands of the spectrum and the cepstrum, Hz.

    >>> from luojia import dataset
    >>> dataset.audio.Vad(sample_rate=8000)(np.zeros((1, 4000), np.float32)).shape
    (1, 4000)
    """

    def __init__(self, sample_rate: int, trigger_level: float = 7.0, trigger_time: float = 0.25,
                 search_time: float = 1.0, allowed_gap: float = 0.25, pre_trigger_time: float = 0.0,
                 boot_time: float = 0.35, noise_up_time: float = 0.1, noise_down_time: float = 0.01,
                 noise_reduction_amount: float = 1.35, measure_freq: float = 20.0,
                 measure_duration: float | None = None, measure_smooth_time: float = 0.4,
                 hp_filter_freq: float = 50.0, lp_filter_freq: float = 6000.0, hp_lifter_freq: float = 150.0,
                 lp_lifter_freq: float = 2000.0) -> None:
        self.rate = checks.whole(sample_rate, "sample_rate", 1)
        kinds = checks.WHOLE
        checks.kind(trigger_level, kinds, "trigger_level")
        for name, value in (("trigger_time", trigger_time), ("search_time", search_time), ("allowed_gap", allowed_gap),
                            ("pre_trigger_time", pre_trigger_time), ("boot_time", boot_time),
                            ("noise_reduction_amount", noise_reduction_amount)):
            checks.real(value, name, types=kinds)
        if measure_duration is not None:
            checks.real(measure_duration, "measure_duration", types=kinds)
        for name, value in (("noise_up_time", noise_up_time), ("noise_down_time", noise_down_time),
                            ("measure_freq", measure_freq), ("measure_smooth_time", measure_smooth_time),
                            ("hp_filter_freq", hp_filter_freq), ("lp_filter_freq", lp_filter_freq),
                            ("hp_lifter_freq", hp_lifter_freq), ("lp_lifter_freq", lp_lifter_freq)):
            above_zero(value, name, kinds)
        self.settings = vad.Settings(
            trigger_level, trigger_time, search_time, allowed_gap, pre_trigger_time, boot_time, noise_up_time,
            noise_down_time, noise_reduction_amount, measure_freq, measure_duration, measure_smooth_time,
            hp_filter_freq, lp_filter_freq, hp_lifter_freq, lp_lifter_freq,
        )
        if not vad.can_lift(self.rate, self.settings):
            raise ArgumentError(
                f"Vad: no cepstral numbers lie between hp_lifter_freq {hp_lifter_freq} and lp_lifter_freq "
                f"{lp_lifter_freq} at sample_rate {sample_rate}; take them further apart."
            )

    def sound(self, sound: np.ndarray) -> np.ndarray:
        start = vad.begin(sound.reshape(-1, sound.shape[-1]).astype(np.float64), self.rate, self.settings)
        return sound[..., max(0, start) :]
