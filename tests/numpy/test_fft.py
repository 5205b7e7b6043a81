"""Fourier transforms under NumPy's names: what NumPy gives, as mindspore.numpy.fft does."""

import numpy as np
import pytest

import luojia.numpy as mnp
from luojia import ops

X = np.cos(np.arange(24.0)).reshape(2, 3, 4)


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_along_one_axis(name):
    for how in ({}, {"n": 5}, {"axis": 1, "norm": "ortho"}):
        np.testing.assert_allclose(getattr(mnp.fft, name)(X, **how).asnumpy(), getattr(np.fft, name)(X, **how),
                                   atol=1e-12)


@pytest.mark.parametrize("name", ["fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"])
def test_along_several_axes(name):
    for how in ({}, {"s": (3, 2), "axes": (0, 2)}, {"axes": (1, 0), "norm": "forward"}):
        np.testing.assert_allclose(getattr(mnp.fft, name)(X, **how).asnumpy(), getattr(np.fft, name)(X, **how),
                                   atol=1e-12)


def test_frequencies_and_shifts():
    for n in (4, 5):
        assert mnp.fft.fftfreq(n, 0.5).tolist() == pytest.approx(np.fft.fftfreq(n, 0.5))
        assert mnp.fft.rfftfreq(n).tolist() == pytest.approx(np.fft.rfftfreq(n))
    for how in ({}, {"axes": (1,)}, {"axes": 0}):
        np.testing.assert_array_equal(mnp.fft.fftshift(X, **how).asnumpy(), np.fft.fftshift(X, **how))
        np.testing.assert_array_equal(mnp.fft.ifftshift(X, **how).asnumpy(), np.fft.ifftshift(X, **how))
    np.testing.assert_allclose(mnp.fft.hfft2(X).asnumpy(), ops.hfft2(mnp.array(X)).asnumpy())
    np.testing.assert_allclose(mnp.fft.ihfftn(X).asnumpy(), np.conj(np.fft.rfftn(X, norm="forward")), atol=1e-12)
