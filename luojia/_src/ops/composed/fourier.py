"""Fourier transforms: of real and complex Tensors, along one axis or several, and of windows along a signal.

``norm`` is 'backward' (the inverse divides by n; the default), 'ortho' (both divide by the root of n) or 'forward'.
Results are complex64, or complex128 of Float64; gradients pass to any order.

>>> from luojia import Tensor
>>> rfft(Tensor([1.0, 2.0, 3.0, 4.0]))
Tensor(shape=[3], dtype=Complex64, value= [10+0j, -2+2j, -2+0j])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import float32, to_np
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError

_SWAPPED = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


def _norm(name: str, norm: Any) -> str:
    norm = norm.lower() if isinstance(norm, str) else norm  # 'ORTHO' too
    if norm not in (None, *_SWAPPED):
        error = ArgumentError if isinstance(norm, str) else DTypeError
        raise error(f"For '{name}', norm must be 'backward', 'forward', 'ortho' or None, got {norm!r}.")
    return norm or "backward"


def _complex(name: str, x: Tensor) -> Tensor:
    """x as complex numbers."""
    if not x.size:
        raise ShapeError(f"For '{name}', the input must not be empty, got shape {x.shape}.")
    if x.np_dtype.kind == "c":
        return x
    if x.np_dtype.kind == "b":
        raise DTypeError(f"For '{name}', the input must be of numbers, got {x.dtype}; cast it first.")
    return OP["cast"](x, dtype="complex128" if x.np_dtype.name == "float64" else "complex64")


def _axis(name: str, dim: Any, ndim: int) -> int:
    if not -ndim <= dim < ndim:
        raise ArgumentError(f"For '{name}', the dim must be in [{-ndim},{ndim}), but got {dim}.")
    return dim % ndim


def _axes(name: str, x: Tensor, s: Any, dim: Any) -> tuple[tuple[int, ...], list]:
    """The axes and their lengths, None for an axis as long as it is."""
    s = None if s is None else [s] if isinstance(s, int) else list(s)
    if dim is None:
        dim = range(x.ndim) if s is None else range(x.ndim - len(s), x.ndim)
    dim = (dim,) if isinstance(dim, int) else tuple(dim)
    axes = tuple([_axis(name, d, x.ndim) for d in dim])
    if len(set(axes)) != len(axes):
        raise ArgumentError(f"For '{name}', each axis may appear once in dim, got {dim}.")
    lengths = [None] * len(axes) if s is None else s
    if len(lengths) != len(axes):
        raise ArgumentError(f"For '{name}', s and dim must be equally long, got {s} and {dim}.")
    return axes, lengths


def _length(name: str, n: Any) -> None:
    if n is not None and n <= 0:
        raise ArgumentError(f"For '{name}', the argument[n] must be greater than 0, but got {n}.")


def resized(x: Tensor, axis: int, n: int | None) -> Tensor:
    """x cut to length ``n`` along ``axis``, or filled up with zeros."""
    length = x.shape[axis]
    if n is None or n == length:
        return x
    if n < length:
        return x[(slice(None),) * axis + (slice(0, n),)]
    return OP["pad"](x, pad_width=tuple([(0, n - length if i == axis else 0) for i in range(x.ndim)]))


def _transform(name: str, x: Tensor, s: Any, dim: Any, norm: Any, inverse: bool) -> Tensor:
    norm, z = _norm(name, norm), _complex(name, x)
    axes, lengths = _axes(name, x, s, dim)
    for axis, n in zip(axes, lengths):
        _length(name, n)
        z = resized(z, axis, n)
    return OP["dft"](z, axes=axes, inverse=inverse, norm=norm)


def _half(name: str, x: Tensor, s: Any, dim: Any, norm: Any) -> Tensor:
    """The transform of real x, the first half of its last axis: the rest is its mirror."""
    axes, _ = _axes(name, x, s, dim)
    full = _transform(name, x, s, dim, norm, False)
    return resized(full, axes[-1], full.shape[axes[-1]] // 2 + 1)


def _whole(name: str, x: Tensor, s: Any, dim: Any, norm: Any) -> Tensor:
    """The inverse of ``_half``: the missing half is the mirrored conjugate of the one that is there."""
    norm, z = _norm(name, norm), _complex(name, x)
    axes, lengths = _axes(name, x, s, dim)
    *others, last = axes
    for length in lengths:
        _length(name, length)
    n = 2 * (x.shape[last] - 1) if lengths[-1] is None else lengths[-1]
    for axis, length in zip(others, lengths):
        z = resized(z, axis, length)
    if others:
        z = OP["dft"](z, axes=tuple(others), inverse=True, norm=norm)
    if not n:  # of one element, as in MindSpore
        return OP["real"](resized(z, last, 0))
    z = resized(z, last, n // 2 + 1)
    rest = OP["flip"](OP["conj"](z[(slice(None),) * last + (slice(1, n - n // 2),)]), axis=last)
    z = OP["concatenate"](z, rest, axis=last)
    return OP["real"](OP["dft"](z, axes=(last,), inverse=True, norm=norm))


def fft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """y[k] = sum over j of x[j] exp(-2 pi i j k / n) along ``dim``; ``n`` cuts x or fills it up with zeros.

    >>> fft(Tensor([1.0, 0.0])).tolist()
    [(1+0j), (1+0j)]
    """
    return _transform("fft", input, None if n is None else [n], [dim], norm, False)


def ifft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``fft``."""
    return _transform("ifft", input, None if n is None else [n], [dim], norm, True)


def fft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``fft`` along two axes, cut or filled up to lengths ``s``."""
    return _transform("fft2", input, s, dim, norm, False)


def ifft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """The inverse of ``fft2``."""
    return _transform("ifft2", input, s, dim, norm, True)


def fftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """``fft`` along the axes ``dim``, all by default, cut or filled up to lengths ``s``."""
    return _transform("fftn", input, s, dim, norm, False)


def ifftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``fftn``."""
    return _transform("ifftn", input, s, dim, norm, True)


def rfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The first n // 2 + 1 elements of ``fft``: of real x the others are their mirrored conjugates."""
    return _half("rfft", input, None if n is None else [n], [dim], norm)


def irfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``rfft``: real, of length ``n``, 2 (m - 1) of m elements by default, none of one."""
    return _whole("irfft", input, None if n is None else [n], [dim], norm)


def rfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``rfft`` along the last of ``dim``, ``fft`` along the other."""
    return _half("rfft2", input, s, dim, norm)


def irfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """The inverse of ``rfft2``."""
    return _whole("irfft2", input, s, dim, norm)


def rfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """``rfft`` along the last of ``dim``, ``fft`` along the others."""
    return _half("rfftn", input, s, dim, norm)


def irfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``rfftn``."""
    return _whole("irfftn", input, s, dim, norm)


def hfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The ``fft`` of a signal that is its mirrored conjugate, given its first half: real, of length ``n``."""
    return _whole("hfft", OP["conj"](input), None if n is None else [n], [dim], _SWAPPED[_norm("hfft", norm)])


def ihfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``hfft``: the first half of the ``ifft`` of real x."""
    return OP["conj"](_half("ihfft", input, None if n is None else [n], [dim], _SWAPPED[_norm("ihfft", norm)]))


def hfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``hfft`` along the last of ``dim``, ``fft`` along the other."""
    return _whole("hfft2", OP["conj"](input), s, dim, _SWAPPED[_norm("hfft2", norm)])


def ihfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """The inverse of ``hfft2``."""
    return OP["conj"](_half("ihfft2", input, s, dim, _SWAPPED[_norm("ihfft2", norm)]))


def hfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """``hfft`` along the last of ``dim``, ``fft`` along the others."""
    return _whole("hfftn", OP["conj"](input), s, dim, _SWAPPED[_norm("hfftn", norm)])


def ihfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``hfftn``."""
    return OP["conj"](_half("ihfftn", input, s, dim, _SWAPPED[_norm("ihfftn", norm)]))


def _over(x: np.ndarray, y: float) -> np.ndarray:
    """x / y, by 0 without a word."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.round(x) / np.float64(y)


def fftfreq(n: int, d: float = 1.0, dtype: Any = None) -> Tensor:
    """The frequencies of the elements of ``fft``, for samples ``d`` apart: 0, 1, ..., -2, -1 over n d.

    >>> fftfreq(4).tolist()
    [0.0, 0.25, -0.5, -0.25]
    """
    _length("fftfreq", n)
    return Tensor(_over(np.fft.fftfreq(n) * n, n * d).astype(to_np(float32 if dtype is None else dtype)))


def rfftfreq(n: int, d: float = 1.0, dtype: Any = None) -> Tensor:
    """The frequencies of the elements of ``rfft``: 0, 1, ..., n // 2 over n d."""
    _length("rfftfreq", n)
    return Tensor(_over(np.fft.rfftfreq(n) * n, n * d).astype(to_np(float32 if dtype is None else dtype)))


def _rolled(name: str, x: Tensor, dim: Any, back: bool) -> Tensor:
    axes = _axes(name, x, None, dim)[0]
    if not axes:
        return OP["identity"](x)
    return OP["roll"](x, shift=tuple([x.shape[a] - x.shape[a] // 2 if back else x.shape[a] // 2 for a in axes]),
                      axis=axes)


def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The frequency 0 moved to the middle of each axis in ``dim``, all by default."""
    return _rolled("fftshift", input, dim, False)


def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of ``fftshift``."""
    return _rolled("ifftshift", input, dim, True)


def stft(x: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
         window: Tensor | None = None, center: bool = True, pad_mode: str = "REFLECT", normalized: bool = False,
         onesided: bool | None = None, return_complex: bool | None = None) -> Tensor:
    """The ``fft`` of windows of ``n_fft`` elements along x (..., length), ``hop_length`` apart: n_fft // 4 by default.

    (..., frequencies, frames), complex; or (..., 2), its real and imaginary parts, unless ``return_complex``, which
    complex x has by default. ``center`` pads x by n_fft // 2 at both ends. A ``window`` of ``win_length`` elements
    stands in the middle of zeros. ``normalized`` divides by the root of n_fft.

    >>> stft(Tensor([1.0, 2.0, 3.0, 4.0]), 2, 1, center=False, return_complex=True).tolist()
    [[(3+0j), (5+0j), (7+0j)], [(-1+0j), (-1+0j), (-1+0j)]]
    """
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    if hop <= 0:
        raise ArgumentError(f"For 'stft', the hop_length must be greater than 0, but got {hop}.")
    if not 0 < width <= n_fft:
        raise ArgumentError(f"For 'stft', the win_length must lie in (0, n_fft = {n_fft}], but got {width}.")
    given = x.np_dtype.kind == "c"
    onesided = not given if onesided is None else onesided
    return_complex = given if return_complex is None else return_complex
    if center:
        edge = {"REFLECT": "reflect", "CONSTANT": "constant", "SYMMETRIC": "symmetric"}.get(pad_mode.upper())
        if edge is None:
            raise ArgumentError(f"For 'stft', pad_mode must be 'REFLECT', 'CONSTANT' or 'SYMMETRIC', got {pad_mode!r}.")
        x = OP["pad"](x, pad_width=((0, 0),) * (x.ndim - 1) + ((n_fft // 2, n_fft // 2),), mode=edge)
    if x.shape[-1] < n_fft:
        raise ShapeError(f"For 'stft', the signal must have at least n_fft = {n_fft} elements, got {x.shape[-1]}.")
    starts = np.arange(0, x.shape[-1] - n_fft + 1, hop)
    frames = OP["take"](x, starts[:, None] + np.arange(n_fft), axis=-1)  # (..., frames, n_fft)
    if window is not None:
        if window.shape != (width,):
            raise ShapeError(f"For 'stft', the window must have shape ({width},), got {window.shape}.")
        left = (n_fft - width) // 2
        frames = frames * OP["pad"](window, pad_width=((left, n_fft - width - left),))
    elif width < n_fft:
        ones = np.zeros(n_fft, x.np_dtype)
        ones[(n_fft - width) // 2:][:width] = 1
        frames = frames * Tensor(ones)
    norm = "ortho" if normalized else None
    found = rfft(frames, norm=norm) if onesided else fft(frames, norm=norm)
    found = OP["swapaxes"](found, axis1=-1, axis2=-2)
    return found if return_complex else OP["stack"](OP["real"](found), OP["imag"](found), axis=-1)
