"""Filters over time, against plain loops; numbers of MindSpore's are in tests/dataset/test_answers.py."""

import numpy as np
import pytest

from luojia._src.data.audio import biquads, filters, levels, vad


def response(c, rate, hertz):
    z = np.exp(-2j * np.pi * hertz / rate * np.arange(3))
    return abs((np.array(c[:3]) @ z) / (np.array(c[3:]) @ z))


@pytest.mark.parametrize(("coefficients", "at"), [
    (biquads.lowpass(8000, 1000, 0.707), {1: 1, 3999: 0, 1000: 0.707}),
    (biquads.highpass(8000, 1000, 0.707), {1: 0, 3999: 1, 1000: 0.707}),
    (biquads.bandpass(8000, 1000, 0.707, False), {1: 0, 1000: 1, 3999: 0}),
    (biquads.bandreject(8000, 1000, 0.707), {1: 1, 1000: 0, 3999: 1}),
    (biquads.allpass(8000, 1000, 0.707), {1: 1, 1000: 1, 3999: 1}),
    (biquads.equalizer(8000, 1000, 6.0206, 0.707), {1: 1, 1000: 2, 3999: 1}),
    (biquads.bass(8000, 6.0206, 1000, 0.707), {1: 2, 1000: 2**0.5, 3999: 1}),
    (biquads.treble(8000, 6.0206, 1000, 0.707), {1: 1, 1000: 2**0.5, 3999: 2}),
    (biquads.riaa(44100), {1000: 1}), (biquads.deemph(44100), {1: 1, 22049: 10 ** (-9.477 / 20)}),
])
def test_responses(coefficients, at):
    for hertz, gain in at.items():
        rate = 8000 if hertz < 4000 and coefficients not in (biquads.riaa(44100), biquads.deemph(44100)) else 44100
        assert response(coefficients, rate, hertz) == pytest.approx(gain, abs=3e-3)


def test_phaser_is_its_loop(rng):
    x = rng.normal(size=60) * 0.1
    table = filters.wave_table(False, 40, 1, 6, np.pi / 2, whole=True)
    past, at, out = [0.0] * 6, 0, []
    for i, v in enumerate(x):
        now = v * 0.4 + past[(at + table[i % 40]) % 6]
        at = (at + 1) % 6
        past[at] = now * 0.5
        out.append(now * 0.74)
    np.testing.assert_allclose(filters.phaser(x, 2000, 0.4, 0.74, 3.0, 0.5, 50.0, True), out)


def test_wave_tables():
    table = filters.wave_table(True, 8, 0, 4, 0, whole=False)
    assert table.tolist() == [2, 3, 4, 3, 2, 1, 0, 1]
    assert filters.wave_table(False, 4, -3, 3, 0, whole=True).tolist() == [0, 3, 0, -3]


def test_flanger_without_depth_is_a_gain(rng):
    x = rng.normal(size=(2, 50)) * 0.1
    out = filters.flanger(x, 1000, 0.0, 0.0, 0.0, 100.0, 1.0, 0.0, False, False)
    np.testing.assert_allclose(out, x, atol=1e-12)


def test_dither_rounds_to_steps(rng):
    x = rng.uniform(-0.5, 0.5, 20)
    out = filters.dither(x, np.zeros(20), shaped=False)
    assert np.abs(out * 2**15 - np.rint(out * 2**15)).max() == 0 and np.abs(out - x).max() < 6e-5
    assert np.abs(filters.dither(x, np.zeros(20), shaped=True) - x).max() < 1.2e-4


def test_sliding_means_are_plain_ones(rng):
    x = rng.normal(size=(7, 3))
    out = levels.sliding_cmn(x, 3, 1, center=True, norm_vars=False)
    np.testing.assert_allclose(out[3], x[3] - x[2:5].mean(0))
    out = levels.sliding_cmn(x, 3, 1, center=False, norm_vars=True)
    np.testing.assert_allclose(out[5], (x[5] - x[2:6].mean(0)) / x[2:6].std(0))


def test_deltas_are_slopes():
    line = np.arange(9.0) * 2
    np.testing.assert_allclose(levels.deltas(line, 5, "edge")[2:-2], 2)


def test_mu_law_there_and_back():
    codes = np.arange(256)
    assert (levels.mu_law_encode(levels.mu_law_decode(codes, 256), 256) == codes).all()


def speech(rate, quiet, loud):
    r, t = np.random.RandomState(5), np.arange(int(rate * loud)) / rate
    voice = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 12)) * 0.3
    return np.concatenate([np.zeros(int(rate * quiet)), voice]) + r.randn(int(rate * (quiet + loud))) * 0.002


def test_speech_is_found():
    x = speech(8000, 1.0, 1.5)[None]
    assert 0 <= vad.begin(x, 8000, vad.Settings()) <= 8000 + 400
    start = vad.begin(x, 8000, vad.Settings(search_time=0.2))
    assert 5000 < start <= 8400
    assert vad.begin(np.zeros((1, 20000)), 8000, vad.Settings()) == 20000 - 8000 - 800
