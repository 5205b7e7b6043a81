"""Audio transforms: what they draw, and where luojia differs from mindspore 2.8.0 (equal answers: test_answers.py)."""

import numpy as np
import pytest

from luojia import dataset as ds
from luojia.dataset import audio as A

rng = np.random.RandomState(0)
SOUND = (rng.rand(2, 60).astype(np.float32) - 0.5) * 0.8
SPECTRUM = rng.rand(3, 6, 20).astype(np.float32) + 1


def test_random_masks():
    for make in (A.FrequencyMasking(True, 3), A.TimeMasking(True, 8), A.MaskAlongAxisIID(8, 0.0, 2)):
        axis = 1 if isinstance(make, A.FrequencyMasking) else 2
        outs = [make(SPECTRUM) for _ in range(20)]
        assert len({out.tobytes() for out in outs}) > 5
        for out in outs:
            gone = out == 0
            assert gone.sum((1, 2)).max() <= (3 * 20 if axis == 1 else 8 * 6)
            assert (gone.all(2 if axis == 1 else 1).sum(1) * (20 if axis == 1 else 6) == gone.sum((1, 2))).all()
    assert (A.MaskAlongAxis(1, 2, 5.0, 1)(SPECTRUM)[:, 1:3] == 5).all()


def test_dither_and_random_phases():
    for density in A.DensityFunction:
        out = A.Dither(density, True)(SOUND)
        assert np.abs(out - SOUND).max() < 3e-4 and out.dtype == np.float32
    size = A.Spectrogram(16)(SOUND)
    sound = A.GriffinLim(16, 40)(size)
    again = A.Spectrogram(16)(sound)
    assert np.linalg.norm(again - size) < 0.4 * np.linalg.norm(size)
    found = A.InverseMelScale(9, 6, 8000, max_iter=500)(A.MelScale(6, 8000, n_stft=9)(size))
    assert found.shape == size.shape and found.min() >= 0


def test_what_silence_flat_mels_and_banks_give():  # as observed of MindSpore 2.8
    assert np.isnan(A.SpectralCentroid(8000, 16)(np.zeros(32, np.float32))).all()
    assert A.InverseMelScale(9, 4, max_iter=2)(np.ones((4, 3), np.float32)).shape == (1, 9, 3)
    assert np.isinf(A.DBToAmplitude(1.0, 1.0)(np.float32([1000]))).all()
    assert A.Fade(0, 1)(np.ones(3)).tolist() == [1, 1, 1] and A.Fade(1, 2)(np.ones(3)).tolist() == [0, 1, 0]
    bank = A.linear_fbanks(5, 0.0, 4000.0, 2, 8000)
    np.testing.assert_allclose(bank, [[0, 0], [0.75, 0], [0.5, 0.5], [0, 0.75], [0, 0]], atol=1e-6)
    assert not np.signbit(bank).any() and not np.signbit(A.melscale_fbanks(5, 0.0, 4000.0, 2, 8000)).any()


def test_keyword_arguments_of_a_part_have_their_defaults():
    cepstrum = A.MFCC(4000, 8, melkwargs={"n_fft": 16, "n_mels": 10})(SOUND)
    mels = A.MelSpectrogram(4000, 16, n_mels=10)(SOUND)
    np.testing.assert_allclose(cepstrum, A.create_dct(8, 10, A.NormMode.ORTHO).T @ A.AmplitudeToDB()(mels), atol=1e-3)
    assert A.LFCC(4000, 10, 5, log_lf=True, speckwargs={"n_fft": 16})(SOUND).shape == (2, 5, 8)


def test_padded_sounds_come_back():
    z = A.Spectrogram(16, power=0.0, pad=4)(SOUND)
    np.testing.assert_allclose(A.InverseSpectrogram(60, 16, pad=4)(z), SOUND, atol=1e-5)
    z = A.Spectrogram(16, power=0.0, normalized=True, onesided=False)(SOUND)
    np.testing.assert_allclose(A.InverseSpectrogram(60, 16, normalized=True, onesided=False)(z), SOUND, atol=1e-5)


def test_speech():
    t = np.arange(8000) / 8000
    voice = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 12)) * 0.3
    sound = np.concatenate([rng.randn(12000) * 0.002, voice + rng.randn(8000) * 0.002]).astype(np.float32)
    found = A.Vad(8000, search_time=0.2)(sound)
    assert 7600 <= len(found) <= 11000 and (found[-8000:] == sound[-8000:]).all()
    assert A.TimeStretch()(np.zeros((3, 4, 2), np.float32)).shape == (1, 3, 4, 2)


def test_in_a_pipeline():
    data = ds.NumpySlicesDataset(SOUND[None], ["sound"], shuffle=False)
    data = data.map([A.LowpassBiquad(8000, 1000), A.Spectrogram(16)], ["sound"]).batch(1)
    (row,) = data.create_dict_iterator(output_numpy=True)
    assert row["sound"].shape == (1, 2, 9, 8)
    parts = ds.NumpySlicesDataset(np.ones((1, 3, 2), np.float32), ["z"], shuffle=False)
    (row,) = parts.map(A.Magphase(), ["z"], ["size", "phase"]).create_dict_iterator(output_numpy=True)
    assert row["size"].shape == row["phase"].shape == (3,)


def test_words_print_as_mindspores():
    assert str(A.WindowType.HANN) == "WindowType.HANN" and A.WindowType.HANN == "hann"
    assert A.transforms.Vol is A.Vol and A.utils.GainType is A.GainType


@pytest.mark.parametrize(("make", "kind", "message"), [
    (lambda: A.Vol(1.0)(SOUND, SOUND), RuntimeError, "only accept one tensor as input, got 2"),
    (lambda: A.Vol(1.0)(SOUND.astype(complex)), RuntimeError, "of complex128, cannot be converted into tensor"),
    (lambda: A.Spectrogram(400, center=False)(SOUND), RuntimeError, "the sound has 60 samples, too few for n_fft 400"),
    (lambda: A.DetectPitchFrequency(8000)(SOUND), RuntimeError, "has 1 frames, too few for a median of win_length 30"),
    (lambda: A.MFCC(4000, 20, melkwargs={"n_fft": 16, "n_mels": 10})(SOUND), RuntimeError, "n_mfcc: 20, n_mels: 10"),
    (lambda: A.LFCC(4000, 4, 5)(SOUND), RuntimeError, "n_lfcc: 5, n_filter: 4"),
    (lambda: A.InverseMelScale(9, 6)(SPECTRUM[:, :5]), RuntimeError, "equal to n_mels 6, but got 5"),
    (lambda: A.Vad(600, hp_lifter_freq=2000.0, lp_lifter_freq=150.0), ValueError, "no cepstral numbers lie between"),
    (lambda: A.Filtfilt([0.0], [1.0])(SOUND), RuntimeError, r"Filtfilt: a_coeffs\[0\] can not be equal to zero"),
    (lambda: A.LFilter([0.0], [1.0])(SOUND), RuntimeError, r"lfilter: a_coeffs\[0\] can not be equal to zero"),
])
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def test_masks_of_integers_are_floats_and_one_rate_leaves_the_sound():
    assert A.TimeMasking(False, 1, 1, 0.5)(np.array([[1, 2, 3]])).tolist() == [[1, 0.5, 3]]
    assert A.Resample(8000, 8000)(np.array([[1, 2]], np.int16)).dtype == np.int16
    with pytest.raises(RuntimeError, match="channel less than or equal to 4. But got channel: 5"):
        A.Flanger(44100)(np.ones((5, 20), np.float32))
    with pytest.raises(RuntimeError, match="the frequency of the input should equal to n_fft / 2"):
        A.GriffinLim(16)(SOUND)
