"""Spectra there and back; numbers of MindSpore's are in tests/dataset/test_answers.py."""

import numpy as np
import pytest
from scipy import fft, signal

from luojia._src.data.audio import scales, spectra


def test_windows_are_scipys():
    for name in ("hann", "hamming", "blackman", "bartlett"):
        np.testing.assert_allclose(spectra.window(name, 8, 8), signal.get_window(name, 8), atol=1e-12)
    np.testing.assert_allclose(spectra.window("kaiser", 8, 10)[1:9], signal.get_window(("kaiser", 12.0), 8), rtol=1e-6)


def test_a_spectrum_is_its_transform(rng):
    x = rng.normal(size=(2, 64))
    w = spectra.window("hann", 16, 16)
    out = spectra.stft(x, 16, 8, w, center=False)
    np.testing.assert_allclose(out[1, :, 3], np.fft.rfft(x[1, 24:40] * w))
    back = spectra.istft(spectra.stft(x, 16, 8, w), 16, 8, w)
    np.testing.assert_allclose(back, x, atol=1e-12)
    assert spectra.istft(spectra.stft(x, 16, 8, w), 16, 8, w, length=80).shape == (2, 80)


def test_stretching_by_one_changes_nothing(rng):
    w = spectra.window("hann", 16, 16)
    z = spectra.stft(rng.normal(size=200), 16, 4, w)
    advance = np.linspace(0, np.pi * 4, 9)[:, None]
    np.testing.assert_allclose(spectra.phase_vocoder(z, 1.0, advance)[:, :-1], z[:, :-1], atol=1e-9)


@pytest.mark.parametrize("kaiser", [False, True])
def test_resampled_sines(kaiser):
    t = np.arange(400)
    out = spectra.resample(np.sin(t * 0.1), 400, 300, kaiser, 16, 0.95, None)
    assert out.shape == (300,)
    np.testing.assert_allclose(out[20:-20], np.sin(np.arange(300) * 0.1 * 4 / 3)[20:-20], atol=2e-3)


def test_phases_are_found(rng):
    w = spectra.window("hann", 32, 32)
    size = np.abs(spectra.stft(np.sin(np.arange(400) * 0.3), 32, 16, w))
    out = spectra.griffin_lim(size, 32, 60, 16, w, 1.0, 0.9, None, np.ones(size.shape))
    again = np.abs(spectra.stft(out, 32, 16, w))
    assert np.linalg.norm(again - size) < 0.2 * np.linalg.norm(size)


def test_pitch_of_a_sine():
    x = np.sin(2 * np.pi * 100 * np.arange(1600) / 8000)
    assert np.abs(spectra.pitch(x, 8000, 0.02, 3, 60.0, 400.0)[:-1] - 100).max() < 2


def test_banks():
    bank = scales.linear_bank(11, 0.0, 10.0, 4, 20)
    np.testing.assert_allclose(bank[2:9].sum(1), 1)
    hz = np.array([50.0, 900.0, 1000.0, 5000.0])
    for slaney in (False, True):
        np.testing.assert_allclose(scales.mel_to_hz(scales.hz_to_mel(hz, slaney), slaney), hz)
    np.testing.assert_allclose(scales.dct(5, 8, True), fft.dct(np.eye(8), norm="ortho")[:, :5], atol=1e-12)


def test_mels_back_to_a_spectrum(rng):
    bank = scales.mel_bank(17, 0.0, 4000.0, 12, 8000, False, False)
    mels = bank.T @ rng.random((17, 3))
    found = scales.from_mels(mels, bank, rng.random((17, 3)), 3000, 1e-9, 1e-12, 0.1, 0.9)
    np.testing.assert_allclose(bank.T @ found, mels, atol=0.05)
