"""Sound and its spectrum: short-time Fourier transforms both ways, and phases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_WINDOWS: dict[str, Callable[[int], np.ndarray]] = {
    "hann": np.hanning, "hamming": np.hamming, "blackman": np.blackman, "bartlett": np.bartlett,
    "kaiser": lambda n: np.kaiser(n, 12.0),
}


def window(name: str, length: int, size: int) -> np.ndarray:
    """(size,): one period of a window of ``length`` in the middle of zeros.

    >>> window("hann", 4, 6).tolist()
    [0.0, 0.0, 0.5, 1.0, 0.5, 0.0]
    """
    left = (size - length) // 2
    return np.pad(_WINDOWS[name](length + 1)[:-1], (left, size - length - left))


def _padded(x: np.ndarray, sides: int, mode: str) -> np.ndarray:
    return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(sides, sides)], mode=mode)  # type: ignore[call-overload]


def stft(x: np.ndarray, n_fft: int, hop: int, weights: np.ndarray, center: bool = True, mode: str = "reflect",
         onesided: bool = True) -> np.ndarray:
    """(..., freq, frame) complex: the spectrum of each ``n_fft`` samples, ``hop`` apart, times a window."""
    if center:
        x = _padded(x, n_fft // 2, mode)
    frames = np.lib.stride_tricks.sliding_window_view(x, n_fft, -1)[..., ::hop, :] * weights
    spectrum = np.fft.rfft(frames) if onesided else np.fft.fft(frames)
    return np.swapaxes(spectrum, -1, -2)


def istft(spectrum: np.ndarray, n_fft: int, hop: int, weights: np.ndarray, center: bool = True,
          length: int | None = None) -> np.ndarray:
    """(..., time): the sound of a spectrum, of which the first half counts; its frames are added where they overlap."""
    columns = np.swapaxes(spectrum, -1, -2)
    frames = np.fft.irfft(columns[..., : n_fft // 2 + 1], n_fft) * weights
    count = frames.shape[-2]
    total = n_fft + hop * (count - 1)
    out, over = np.zeros((*frames.shape[:-2], total)), np.zeros(total)
    for i in range(count):
        out[..., i * hop : i * hop + n_fft] += frames[..., i, :]
        over[i * hop : i * hop + n_fft] += weights**2
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else total - start
    out, over = out[..., start:end], over[start:end]
    out = out / np.where(over > 1e-11, over, 1)
    if length is not None and out.shape[-1] < length:
        out = np.pad(out, [(0, 0)] * (out.ndim - 1) + [(0, length - out.shape[-1])])
    return out


def pairs_of(numbers: Any) -> np.ndarray:
    """(..., 2) of complex numbers: their real and imaginary parts."""
    return np.stack([numbers.real, numbers.imag], -1)


def spectrogram(x: np.ndarray, n_fft: int, hop: int, weights: np.ndarray, pad: int = 0, power: float = 2.0,
                normalized: bool = False, center: bool = True, mode: str = "reflect",
                onesided: bool = True) -> np.ndarray:
    """(..., freq, frame): magnitudes to ``power``; with power 0, (..., freq, frame, 2) of real and imaginary parts."""
    if pad:
        x = _padded(x, pad, "constant")
    out = stft(x.astype(np.float64), n_fft, hop, weights, center, mode, onesided)
    if normalized:
        out = out / np.sqrt((weights**2).sum())
    if power == 0:
        return pairs_of(out)
    return np.abs(out) if power == 1 else np.abs(out) ** power


def griffin_lim(x: np.ndarray, n_fft: int, n_iter: int, hop: int, weights: np.ndarray, power: float, momentum: float,
                length: int | None, first: np.ndarray) -> np.ndarray:
    """(..., time): a sound with magnitudes ``x ** (1 / power)``, whose phases are found from ``first``.

    Source: Perraudin et al. 2013, "A fast Griffin-Lim algorithm".
    """
    momentum = momentum / (1 + 2 * momentum)  # MindSpore 2.8 takes m / (1 + m) twice
    size = x.astype(np.float64) ** (1 / power)
    phase, last = first.astype(np.complex128), np.zeros(x.shape, np.complex128)
    for _ in range(n_iter):
        sound = istft(size * phase, n_fft, hop, weights, length=length)
        rebuilt = stft(sound, n_fft, hop, weights)[..., : x.shape[-1]]
        rebuilt = np.pad(rebuilt, [(0, 0)] * (x.ndim - 1) + [(0, x.shape[-1] - rebuilt.shape[-1])])
        phase = rebuilt - last * momentum
        phase /= np.abs(phase) + 1e-16
        last = rebuilt
    return istft(size * phase, n_fft, hop, weights, length=length)


def phase_vocoder(spectrum: np.ndarray, rate: float, advance: np.ndarray) -> np.ndarray:
    """(..., freq, frame) complex, ``rate`` times as fast; ``advance``, (freq, 1), is what a phase gains per frame.

    Source: Flanagan and Golden 1966, "Phase vocoder".
    """
    at = np.arange(0, spectrum.shape[-1], rate)
    start, share = at.astype(np.int64), at % 1
    wide = np.pad(spectrum, [(0, 0)] * (spectrum.ndim - 1) + [(0, 2)])
    now, then = wide[..., start], wide[..., start + 1]
    gained = np.angle(then) - np.angle(now) - advance
    gained = gained - 2 * np.pi * np.rint(gained / (2 * np.pi)) + advance
    phase = np.cumsum(np.concatenate([np.angle(spectrum[..., :1]), gained[..., :-1]], -1), -1)
    return (share * np.abs(then) + (1 - share) * np.abs(now)) * np.exp(1j * phase)


_AT_ONCE = 1 << 22  # products of samples and weights that are in memory together


def resample(x: np.ndarray, old: int, new: int, kaiser: bool, width: int, rolloff: float,
             beta: float | None) -> np.ndarray:
    """(..., time * new / old): the sound at another rate, through a windowed sinc.

    Source: Smith, "Digital audio resampling".
    """
    shared = int(np.gcd(old, new))
    old, new = old // shared, new // shared
    if old == new:
        return x
    base = min(old, new) * rolloff
    reach = int(np.ceil(width * old / base))
    length = x.shape[-1]
    count = -(-new * length // old)
    wide = np.pad(x.astype(np.float64), [(0, 0)] * (x.ndim - 1) + [(reach, reach + old + 2)])
    out = np.empty((*x.shape[:-1], count))
    step = max(1, _AT_ONCE * length // (x.size * 2 * reach))
    for start in range(0, count, step):
        i = np.arange(start, min(start + step, count))[:, None]
        taps = i * old // new + np.arange(-reach, reach + 2)  # the samples about each new one
        t = ((taps / old - i / new) * base).clip(-width, width)
        if kaiser:
            beta = 14.769656459379492 if beta is None else beta
            shape = np.i0(beta * np.sqrt(1 - (t / width) ** 2)) / np.i0(beta)
        else:
            shape = np.cos(t * np.pi / width / 2) ** 2
        kernels = np.sinc(t) * shape * (base / old)
        out[..., start : start + step] = (wide[..., taps + reach] * kernels).sum(-1)
    return out


def pitch(x: np.ndarray, sample_rate: int, frame_time: float, smooth: int, low: float, high: float) -> np.ndarray:
    """(..., frame): the pitch in Hz, by cross-correlation within ``low`` and ``high``, the median of ``smooth`` frames.

    Source: Kaldi's and torchaudio's normalized cross-correlation.
    """
    size = int(np.ceil(sample_rate * frame_time))
    count, lags = int(np.ceil(x.shape[-1] / size)), int(np.ceil(sample_rate / low))
    wide = np.pad(x.astype(np.float64), [(0, 0)] * (x.ndim - 1) + [(0, lags + count * size - x.shape[-1])])
    frames = wide[..., : count * size].reshape(*x.shape[:-1], count, size)
    norm = np.sqrt((frames**2).sum(-1))
    alike = []
    for lag in range(1, lags + 1):
        late = wide[..., lag : lag + count * size].reshape(frames.shape)
        alike.append((frames * late).sum(-1) / (1e-9 + norm) ** 2 / (1e-9 + np.sqrt((late**2).sum(-1))) ** 2)
    nccf = np.stack(alike, -1)
    first, half = int(np.ceil(sample_rate / high)), nccf.shape[-1] // 2
    best, early = nccf[..., first:].argmax(-1), nccf[..., first:half].argmax(-1)
    values = [np.take_along_axis(nccf[..., first:], k[..., None], -1)[..., 0] for k in (best, early)]
    found = np.where(values[1] > 0.99 * values[0], early, best) + first + 1
    before = np.repeat(found[..., :1], (smooth - 1) // 2, -1)
    runs = np.lib.stride_tricks.sliding_window_view(np.concatenate([before, found], -1), smooth, -1)
    return sample_rate / (1e-9 + np.sort(runs, -1)[..., (smooth - 1) // 2])
