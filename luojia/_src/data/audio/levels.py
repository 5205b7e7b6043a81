"""How loud: gains, decibels, companding, fades, masks."""

from __future__ import annotations

import numpy as np


def amplitude_to_db(x: np.ndarray, power: bool, ref: float, least: float, top: float | None) -> np.ndarray:
    """``10 log10(max(x, least) / ref)`` (20 of magnitudes), at most ``top`` below the loudest.

    Of more than two axes, each (..., channel, freq, time) has its own loudest.
    """
    by = 10 if power else 20
    out = by * (np.log10(np.maximum(x, least)) - np.log10(max(least, ref)))
    if top is None:
        return out
    axes = tuple(range(max(0, out.ndim - 3), out.ndim))
    return np.maximum(out, out.max(axes, keepdims=True) - top)


def contrast(x: np.ndarray, amount: float) -> np.ndarray:
    """``sin(y + amount / 750 * sin(4 y))`` with ``y = x * pi / 2``.

    Source: SoX's ``contrast``.
    """
    y = x * (np.pi / 2)
    return np.sin(y + amount / 750 * np.sin(4 * y))


def dc_shift(x: np.ndarray, shift: float, limiter: float | None) -> np.ndarray:
    """The sound plus ``shift``, clipped; with ``limiter``, its peaks are pressed together first.

    Source: SoX's ``dcshift``.
    """
    moved = (x + shift).clip(-1, 1)
    if limiter is None or not shift:
        return moved
    most = 1 - (abs(shift) - limiter)
    if shift > 0:
        return np.where(x > most, np.minimum((x - most) * limiter / (1 - most) + most + shift, most), moved)
    # SoX takes -most in this sum; MindSpore 2.8 does not
    return np.where(x < -most, np.maximum((x + most) * limiter / (1 - most) + most + shift, -most), moved)


def mu_law_encode(x: np.ndarray, channels: int) -> np.ndarray:
    """Sound of -1..1 as numbers of 0..channels - 1, int32, spaced by its logarithm.

    Source: ITU-T G.711.
    """
    mu = channels - 1.0
    pressed = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
    return ((pressed + 1) / 2 * mu + 0.5).astype(np.int32)


def mu_law_decode(x: np.ndarray, channels: int) -> np.ndarray:
    """The way back from :func:`mu_law_encode`."""
    mu = channels - 1.0
    y = x / mu * 2 - 1
    return np.sign(y) * np.expm1(np.abs(y) * np.log1p(mu)) / mu


_IN = {
    "linear": lambda t: t, "exponential": lambda t: 2 ** (t - 1) * t, "logarithmic": lambda t: np.log10(0.1 + t) + 1,
    "quarter_sine": lambda t: np.sin(t * np.pi / 2), "half_sine": lambda t: np.sin(t * np.pi - np.pi / 2) / 2 + 0.5,
}


def fade(x: np.ndarray, begin: int, end: int, shape: str) -> np.ndarray:
    """Louder over the first ``begin`` samples, fainter over the last ``end``."""
    length = x.shape[-1]
    gain = np.concatenate([_IN[shape](np.linspace(0, 1, begin)), np.ones(length - begin)])
    gain[length - end :] *= _IN[shape](np.linspace(1, 0, end))
    return x * gain


def masked(x: np.ndarray, start: int, width: int, value: float, axis: int) -> np.ndarray:
    """``value`` over ``width`` numbers from ``start`` of an axis."""
    out = x.copy()
    np.moveaxis(out, axis, 0)[start : start + width] = value
    return out


def sliding_cmn(x: np.ndarray, window: int, least: int, center: bool, norm_vars: bool) -> np.ndarray:
    """(..., frame, feature): each frame less the mean of the ``window`` about or before it, over their deviation.

    Source: Kaldi's ``apply-cmvn-sliding``.
    """
    frames = x.shape[-2]
    zero = np.zeros((*x.shape[:-2], 1, x.shape[-1]))
    sums = np.concatenate([zero, np.cumsum(x.astype(np.float64), -2)], -2)
    squares = np.concatenate([zero, np.cumsum(x.astype(np.float64) ** 2, -2)], -2)
    out = np.empty(x.shape)
    for t in range(frames):
        start = t - window // 2 if center else t - window
        end = start + window if center else t + 1
        if start < 0:
            start, end = 0, end - start
        if not center and end > t:
            end = max(t + 1, least)
        if end > frames:
            start, end = max(0, start - (end - frames)), frames
        count = end - start
        mean = (sums[..., end, :] - sums[..., start, :]) / count
        out[..., t, :] = x[..., t, :] - mean
        if norm_vars:
            spread = (squares[..., end, :] - squares[..., start, :]) / count - mean**2
            out[..., t, :] = 0 if count == 1 else out[..., t, :] / np.sqrt(spread)
    return out


def deltas(x: np.ndarray, length: int, mode: str) -> np.ndarray:
    """The slope of a line through ``length`` numbers about each, along the last axis."""
    n = (length - 1) // 2
    wide = np.pad(x.astype(np.float64), [(0, 0)] * (x.ndim - 1) + [(n, n)], mode=mode)  # type: ignore[call-overload]
    total = sum(k * wide[..., n + k : n + k + x.shape[-1]] for k in range(-n, n + 1))
    return np.asarray(total) / (n * (n + 1) * (2 * n + 1) / 3)
