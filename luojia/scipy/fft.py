"""Cosine transforms under SciPy's names: type 2, orthogonal, as mindspore.scipy has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.op import OPERATORS as OP
from .._src.errors import ArgumentError
from .._src.ops import Tensor
from .._src.ops.compose import placed
from .._src.ops.shape import axis_in
from .._src.paths import public_names


def _transform(x: Tensor, type: int, n: int | None, axis: int, norm: Any, inverse: bool, name: str) -> Tensor:
    if type != 2:
        raise ArgumentError(f"For '{name}', only dct type II is supported currently, got type {type}.")
    if norm not in (None, "ortho"):
        raise ArgumentError(f"For '{name}', only norm 'ortho' is supported currently, got {norm!r}.")
    axis = axis_in(axis, x.ndim, name)
    x = OP["cast"](x, dtype="float32") if x.np_dtype.kind in "biu" else x
    length = x.shape[axis] if n is None else n
    if length < 1:
        raise ArgumentError(f"For '{name}', n must be at least 1, got {length}.")
    x = x[(slice(None),) * axis + (slice(0, length),)]
    if x.shape[axis] < length:
        more = length - x.shape[axis]
        x = OP["pad"](x, pad_width=tuple([(0, more if i == axis else 0) for i in range(x.ndim)]))
    k, j = np.arange(length)[:, None], np.arange(length)
    matrix = np.sqrt(2 / length) * np.cos(np.pi * (2 * j + 1) * k / (2 * length))
    matrix[0] /= np.sqrt(2)
    applied = placed((matrix if inverse else matrix.T).astype(x.np_dtype), x)
    moved = OP["matmul"](OP["moveaxis"](x, source=axis, destination=-1), applied)
    return OP["moveaxis"](moved, source=-1, destination=axis)


def _several(x: Tensor, type: int, s: Any, axes: Any, norm: Any, inverse: bool, name: str) -> Tensor:
    chosen = range(x.ndim - len(s), x.ndim) if axes is None and s is not None else range(x.ndim) if axes is None else (
        (axes,) if isinstance(axes, int) else axes)
    lengths = [None] * len(chosen) if s is None else list(s)
    if len(lengths) != len(chosen):
        raise ArgumentError(f"For '{name}', s and axes must be equally long, got {s} and {axes}.")
    for axis, n in zip(chosen, lengths):
        x = _transform(x, type, n, axis, norm, inverse, name)
    return x


def dct(x: Tensor, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None) -> Tensor:
    """y[k] = c[k] sum over j of x[j] cos(pi (2 j + 1) k / (2 n)), c[0] = sqrt(1 / n), else sqrt(2 / n).

    ``n`` cuts x or fills it up with zeros.
    """
    return _transform(x, type, n, axis, norm, False, "dct")


def idct(x: Tensor, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``dct``."""
    return _transform(x, type, n, axis, norm, True, "idct")


def dctn(x: Tensor, type: int = 2, s: Any = None, axes: Any = None, norm: str | None = None) -> Tensor:
    """``dct`` along several axes, all by default, with lengths ``s``."""
    return _several(x, type, s, axes, norm, False, "dctn")


def idctn(x: Tensor, type: int = 2, s: Any = None, axes: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``dctn``."""
    return _several(x, type, s, axes, norm, True, "idctn")


__all__ = ["dct", "dctn", "idct", "idctn"]
__dir__ = public_names(__name__)
