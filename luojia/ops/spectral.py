"""The class forms of complex numbers, Fourier transforms and eigenvalues."""

from __future__ import annotations

from typing import Any

from .._src.core.op import OPERATORS as OP
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Tensor
from .._src.ops.composed import elementwise, fourier, linear
from .forms import attributes_of as of
from .forms import class_form


def _eig(self: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    if self.compute_v:
        return linear.eig(x)
    w = linear.eigvals(x)
    return w, w[(0,) * w.ndim]


def _with_size(self: Any, x: Tensor) -> Tensor:
    if (x.np_dtype.kind == "c") != (self.inverse or not self.real):
        raise DTypeError(f"For 'FFTWithSize', x must be {'real' if self.real and not self.inverse else 'complex'} with "
                         f"inverse={self.inverse} and real={self.real}, got {x.dtype}.")
    x = OP["cast"](x, dtype="float32") if x.np_dtype.kind == "b" else x
    axes, size = tuple(range(x.ndim - self.signal_ndim, x.ndim)), tuple(self.signal_sizes) or None
    if self.real and self.onesided:
        if self.inverse and size is None and x.shape[-1] == 1:
            raise ArgumentError("For 'FFTWithSize', the last axis of x must be longer than 1, as the inverse of a real "
                                f"transform has 2 (m - 1) elements of m, but got shape {x.shape}; give signal_sizes.")
        return fourier.irfftn(x, size, axes, self.norm) if self.inverse else fourier.rfftn(x, None, axes, self.norm)
    out = (fourier.ifftn if self.inverse else fourier.fftn)(x, None, axes, self.norm)
    return OP["real"](out) if self.real and self.inverse else out


def _short_time(self: Any, x: Tensor, window: Tensor) -> Tensor:
    return fourier.stft(x, window=window, center=False, **self.attrs)


_ROWS: tuple[Any, ...] = (
    ("Polar", *of(elementwise.polar)),
    ("FFTWithSize", {"signal_ndim": ..., "inverse": ..., "real": ..., "norm": "backward", "onesided": True,
                     "signal_sizes": ()}, _with_size,
     "The Fourier transform of the last ``signal_ndim`` axes, or its inverse; of real x its first half, if onesided."),
    ("STFT", {"n_fft": ..., "hop_length": ..., "win_length": ..., "normalized": ..., "onesided": ...,
              "return_complex": ...}, _short_time, fourier.stft.__doc__),
    ("Eig", {"compute_v": False}, _eig,
     "The eigenvalues and, if ``compute_v``, the eigenvectors of square matrices; else the first eigenvalue instead."),
    ("MatrixLogarithm", *of(linear.matrix_logarithm)),
)
_CLASSES = [class_form(__name__, *row) for row in _ROWS]
globals().update({cls.__name__: cls for cls in _CLASSES})
__all__ = [cls.__name__ for cls in _CLASSES]  # pyright: ignore[reportUnsupportedDunderAll] - a table
