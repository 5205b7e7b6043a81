"""How OpenCV resizes: the weights of old rows in new ones, and floats back in an image's dtype."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..errors import ArgumentError

METHODS = ("nearest", "bilinear", "bicubic", "area")


@functools.lru_cache(maxsize=64)
def weights(old: int, new: int, method: str = "bilinear") -> np.ndarray:
    """(new, old): how much of each old row goes into each new one; pixel centres at halves, borders repeated.

    'area' averages where it makes smaller; where it enlarges, old pixels keep their width and mix at their borders.

    >>> weights(2, 4)
    array([[1.  , 0.  ],
           [0.75, 0.25],
           [0.25, 0.75],
           [0.  , 1.  ]], dtype=float32)
    """
    if method == "nearest":  # OpenCV's: corners at whole numbers
        return np.eye(old, dtype=np.float32)[np.arange(new) * old // new]
    if method == "area" and new < old:
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
    if method != "bicubic":
        raise ArgumentError(f"resizing an image expects a method of {', '.join(METHODS)}, got {method!r}.")
    first = np.floor(position).astype(int)
    out = np.zeros((new, old))
    for k in range(-1, 3):
        np.add.at(out, (np.arange(new), (first + k).clip(0, old - 1)), cubic(position - (first + k)))
    return out.astype(np.float32)


def cubic(x: np.ndarray, a: float = -0.75) -> np.ndarray:
    """Keys' kernel (1981), with OpenCV's a."""
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    return np.where(x <= 1, near, np.where(x < 2, a * (((x - 5) * x + 8) * x - 4), 0))


def as_dtype(image: Any, dtype: Any, xp: Any = np) -> Any:
    """Floats back in an image's dtype: integers are rounded, halves down as OpenCV's fixed point does, and clipped."""
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        image = xp.clip(xp.ceil(image - np.float32(0.5005)), limits.min, limits.max)
    return np.ascontiguousarray(image, dtype) if xp is np else image.astype(dtype)
