"""What all audio transforms share: sound in, sound out, in its own float dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.errors import ArgumentError, DTypeError
from .. import checks
from ..rows import PipelineError
from ..transforms.base import sort_of


class AudioTransform:
    """A function of an array (..., time), or of what ``axes`` names.

    Integers and float16 become float32; where ``floats_only``, integers are refused and float16 stays. The result is
    float32 of any sound where ``single``; it has the sound's own dtype where ``keeps_dtype``.
    """

    axes: tuple[str, ...] = ("time",)
    floats_only = single = keeps_dtype = False
    takes_lists = False

    def __call__(self, *sounds: Any) -> Any:
        who = type(self).__name__
        if len(sounds) != 1:
            raise PipelineError(f"{who}: The op is OneToOne, can only accept one tensor as input, got {len(sounds)}.")
        sound = sounds[0]
        if not isinstance(sound, np.ndarray):
            if not self.takes_lists:
                raise DTypeError(f"Input should be NumPy audio, got {type(sound)}.")
            sound = np.asarray(sound)
        if sound.dtype.kind in "OcV":
            raise DTypeError(
                f"Invalid user input. Got {type(sounds[0])} of {sound.dtype}, cannot be converted into tensor."
            )
        if sound.dtype.kind not in ("f" if self.floats_only else "biuf"):
            kinds = "[float, double]" if self.floats_only else "[int, float, double]"
            raise PipelineError(
                f"{who}: the data type of input tensor does not match the requirement of operator. Expecting tensor in "
                f"type of {kinds}. But got type {sort_of(sound)}."
            )
        if sound.ndim < len(self.axes) or (self.axes[-1] == "complex=2" and sound.shape[-1] != 2):
            raise PipelineError(
                f"{who}: the shape of input tensor does not match the requirement of operator. Expecting tensor in "
                f"shape of <..., {', '.join(self.axes)}>. But got tensor with dimension {sound.ndim}."
            )
        if not sound.size:
            raise PipelineError(f"{who}: Input Tensor has no data, its shape is {sound.shape}.")
        with np.errstate(all="ignore"):  # silence and overflow give nan and inf, as in MindSpore, and no warning
            made = self.sound(sound.astype(np.float32) if sound.dtype.kind == "b" else sound)
            kept = (sound.dtype == np.float64 or self.floats_only or self.keeps_dtype) and not self.single
            dtype = sound.dtype if kept else np.float32
            return tuple(np.asarray(p, dtype) for p in made) if isinstance(made, tuple) else self.typed(made, dtype)

    def typed(self, made: np.ndarray, dtype: Any) -> np.ndarray:
        """The result in its dtype."""
        return np.asarray(made, dtype, order="C")

    def sound(self, sound: np.ndarray) -> Any:
        """The transformed sound, in any float dtype."""
        raise NotImplementedError


def complex_of(pairs: np.ndarray) -> np.ndarray:
    """(...) complex of (..., 2), real and imaginary parts."""
    return pairs[..., 0] + 1j * pairs[..., 1].astype(np.float64)


def not_zero(value: Any, name: str, types: tuple = (int,), low: Any = -checks.INT_MAX - 1,
             high: Any = checks.INT_MAX) -> Any:
    """A number other than 0."""
    checks.kind(value, types, name)
    if value == 0 or not low <= value <= high:
        raise ArgumentError(
            f"Input {name} is not within the required interval of [{low}, 0) and (0, {high}]. Got {value}."
        )
    return value


def rate_of(sample_rate: Any) -> int:
    """A number of samples per second; it may be negative, but not 0."""
    return not_zero(sample_rate, "sample_rate")


def number(value: Any, name: str) -> float:
    """Any float."""
    return checks.real(value, name, -checks.FLOAT_MAX, checks.FLOAT_MAX)


def quality(value: Any) -> float:
    """A Q factor, within (0, 1]."""
    return checks.real(value, "Q", 0, 1, ends="(]")


def above_zero(value: Any, name: str, types: tuple = checks.REAL) -> float:
    """A float greater than 0."""
    return checks.real(value, name, 0, checks.FLOAT_MAX, types=types, ends="(]")


def frames_of(n_fft: Any, win_length: Any, hop_length: Any, least_hop: int = 1) -> tuple[int, int, int]:
    """(n_fft, win_length, hop_length) with MindSpore's defaults: the whole, and half of a window."""
    n_fft = checks.whole(n_fft, "n_fft", 1)
    if win_length is not None:
        checks.whole(win_length, "win_length", 1)
        if win_length > n_fft:
            raise ArgumentError(
                f"Input win_length should be no more than n_fft, but got win_length: {win_length} and n_fft: {n_fft}."
            )
    if hop_length is not None:
        checks.whole(hop_length, "hop_length", least_hop)
    win_length = win_length or n_fft
    return n_fft, win_length, hop_length or max(1, win_length // 2)
