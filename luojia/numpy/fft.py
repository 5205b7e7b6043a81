"""Fourier transforms in the manner of ``mindspore.numpy.fft``: those of ``ops``, with NumPy's names of arguments.

>>> import luojia.numpy as mnp
>>> mnp.fft.rfft(mnp.array([1.0, 2.0, 3.0, 4.0]))
Tensor(shape=[3], dtype=Complex64, value= [10+0j, -2+2j, -2+0j])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._src.core.tensor import Tensor
from .._src.ops.composed import fourier
from .._src.ops.composed.fourier import fftfreq, rfftfreq
from .convert import tensor


def _along_one(name: str) -> Callable:
    target = getattr(fourier, name)

    def function(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Tensor:
        return target(tensor(a, name), n, axis, norm)

    return _named(function, name)


def _along(name: str, default: Any) -> Callable:
    target = getattr(fourier, name)

    def function(a: Any, s: Any = None, axes: Any = default, norm: str | None = None) -> Tensor:
        return target(tensor(a, name), s, axes, norm)

    return _named(function, name)


def _shifting(name: str) -> Callable:
    target = getattr(fourier, name)

    def function(x: Any, axes: Any = None) -> Tensor:
        return target(tensor(x, name), axes)

    return _named(function, name)


def _named(function: Callable, name: str) -> Callable:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = (getattr(fourier, name).__doc__ or "").partition(">>>")[0].rstrip()
    return function


fft, ifft, rfft, irfft, hfft, ihfft = map(_along_one, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"))
fft2, ifft2, rfft2, irfft2, hfft2, ihfft2 = (
    _along(n, (-2, -1)) for n in ("fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"))
fftn, ifftn, rfftn, irfftn, hfftn, ihfftn = (
    _along(n, None) for n in ("fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"))
fftshift, ifftshift = _shifting("fftshift"), _shifting("ifftshift")

__all__ = ["fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "hfft2", "hfftn", "ifft", "ifft2", "ifftn",
           "ifftshift", "ihfft", "ihfft2", "ihfftn", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn"]
