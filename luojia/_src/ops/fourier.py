"""The discrete Fourier transform, the one operator under ``ops.fft`` and its family (composed/fourier.py)."""

from __future__ import annotations

from ..core.op import op


@op(fn=())
def dft(xp, x, *, axes, inverse=False, norm="backward"):
    """The Fourier transform of complex x along each of ``axes``.

    y[k] = c sum over j of x[j] exp(-2 pi i j k / n), with +i and c = 1 / n for the inverse under norm 'backward'. Norm
    'ortho' has c = 1 / sqrt(n) both ways, and 'forward' 1 / n forward.
    """
    transform = xp.fft.ifft if inverse else xp.fft.fft
    y = x
    for axis in axes:
        y = transform(y, axis=axis, norm=norm)
    return y if y.dtype == x.dtype else y.astype(x.dtype)


@dft.vjp(keep="")
def _(xp, g, ans, args, needs, **how):
    return (xp.dft(g, **how),)  # its matrix is symmetric
