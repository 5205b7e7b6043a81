"""How OpenCV resizes: the weights of old rows in new ones, and floats back in an image's dtype."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..errors import ArgumentError

METHODS = ("nearest", "bilinear", "bicubic", "area", "lanczos")


@functools.lru_cache(maxsize=64)
def weights(old: int, new: int, method: str = "bilinear", grows: bool = False) -> np.ndarray:
    """(new, old): how much of each old row goes into each new one; pixel centres at halves, borders repeated.

    'area' averages where it makes smaller; where it enlarges, or where the image ``grows`` along its other axis, old
    pixels keep their width and mix at their borders.

    >>> weights(2, 4)
    array([[1.  , 0.  ],
           [0.75, 0.25],
           [0.25, 0.75],
           [0.  , 1.  ]], dtype=float32)
    """
    if method == "nearest":  # OpenCV's: corners at whole numbers
        return np.eye(old, dtype=np.float32)[np.arange(new) * old // new]
    if method == "area" and new < old and not grows:
        start = np.arange(new + 1)[:, None] * (old / new)
        covered = np.clip(start - np.arange(old), 0, 1)  # how much of each old row lies before each new border
        return ((covered[1:] - covered[:-1]) * (new / old)).astype(np.float32)
    position = (np.arange(new) + 0.5) * old / new - 0.5
    if method == "area":
        first = np.arange(new) * old // new
        mixed = np.arange(1, new + 1) - (first + 1) * (new / old)
        position = first + np.where(mixed > 0, mixed % 1, 0)
    if method in ("bilinear", "area"):
        position = position.clip(0, old - 1)
        return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(old))).astype(np.float32)
    if method not in _KERNELS:
        raise ArgumentError(f"resizing an image expects a method of {', '.join(METHODS)}, got {method!r}.")
    first = np.floor(position).astype(int)
    kernel, near = _KERNELS[method]
    share = kernel((position - first)[:, None] - near)
    out = np.zeros((new, old))
    for k, part in zip(near, share.T):
        np.add.at(out, (np.arange(new), (first + k).clip(0, old - 1)), part)
    return out.astype(np.float32)


def cubic(x: np.ndarray, a: float = -0.75) -> np.ndarray:
    """Keys' kernel (1981), with OpenCV's a."""
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    return np.where(x <= 1, near, np.where(x < 2, a * (((x - 5) * x + 8) * x - 4), 0))


def lanczos(x: np.ndarray) -> np.ndarray:
    """Lanczos' kernel of eight pixels, for their distances along the last axis, of sum 1."""
    share = np.sinc(x) * np.sinc(x / 4)
    return share / share.sum(-1, keepdims=True)


_KERNELS = {"bicubic": (cubic, np.arange(-1, 3)), "lanczos": (lanczos, np.arange(-3, 5))}


def as_dtype(image: Any, dtype: Any, xp: Any = np) -> Any:
    """Floats back in an image's dtype: integers are rounded, halves down as OpenCV's fixed point does, and clipped."""
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        image = xp.clip(xp.ceil(image - np.float32(0.5005)), limits.min, limits.max)
    return np.ascontiguousarray(image, dtype) if xp is np else image.astype(dtype)


def fixed_point(xp: Any, x: Any, size: tuple[int, int], method: str) -> Any:
    """Bytes (..., H, W, C) mixed as OpenCV rounds them: weights in units of 1/2048; bilinear drops 16 bits of products.
    """
    out = x.astype("int32")
    parts = []
    for axis, new in ((-2, size[1]), (-3, size[0])):
        old = x.shape[axis]
        at, share = taps(old, new, method)
        if axis == -2 and at.shape[1] == 2:  # beyond the border: the last pixel alone
            share[(at[:, 0] < 0) | (at[:, 0] >= old - 1)] = 2048, 0
        if axis == -3 and at.shape[1] == 2:
            out = [xp.take(out, i, axis=axis) >> 4 for i in at.T.clip(0, old - 1)]
            parts = [row * w.reshape(-1, 1, 1) >> 16 for row, w in zip(out, share.T)]
        else:
            wide = (-1,) + (1,) * (-1 - axis)
            parts = [xp.take(out, i, axis=axis) * w.reshape(wide) for i, w in zip(at.T.clip(0, old - 1), share.T)]
        out = sum(parts[1:], parts[0])
    out = out + 2 >> 2 if len(parts) == 2 else out + (1 << 21) >> 22
    return xp.clip(out, 0, 255).astype("uint8")


def taps(old: int, new: int, method: str) -> tuple[np.ndarray, np.ndarray]:
    """(new, taps): the old pixels that each new one mixes, and their weights in units of 1/2048."""
    if method == "area":
        first = np.arange(new) * old // new
        part = np.arange(1, new + 1) - (first + 1) * (new / old)
        part = np.where(part > 0, part % 1, 0)
    else:
        position = ((np.arange(new) + 0.5) * (old / new) - 0.5).astype(np.float32)
        first = np.floor(position).astype(int)
        part = position - first
    kernel, at = _KERNELS.get(method, (None, np.arange(2)))
    part = part.astype(np.float32)[:, None]
    share = np.concatenate([1 - part, part], 1) if kernel is None else kernel(part - at)
    return first[:, None] + at, np.rint(share.astype(np.float32) * 2048).astype(np.int32)
