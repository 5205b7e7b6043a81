"""What all image transforms share: NumPy or PIL images in, the same kind out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._src.data.codecs import pillow
from ..._src.errors import ArgumentError, DTypeError
from ..dataset import PipelineError


def is_pil(image: Any) -> bool:
    """Whether it is a PIL image (of which there are none unless PIL was imported)."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(image, module.Image)


class ImageTransform:
    """A function of an image, (H, W) or (H, W, C), NumPy or PIL."""

    any_rank = False

    def __call__(self, image: Any) -> Any:
        if is_pil(image):
            return pillow().fromarray(self.image(np.asarray(image)))
        if not isinstance(image, np.ndarray):
            raise DTypeError(f"{type(self).__name__}: Input should be NumPy or PIL image, got {type(image)}.")
        if image.ndim not in (2, 3) and not self.any_rank:
            raise PipelineError(
                f"{type(self).__name__}: image shape should be <H,W> or <H,W,C>, but got rank {image.ndim}, "
                f"{image.shape}."
            )
        return self.image(image)

    def image(self, image: np.ndarray) -> np.ndarray:
        """The transformed image."""
        raise NotImplementedError


def size_of(size: Any, who: str) -> tuple[int, int]:
    """(height, width)."""
    pair = (size, size) if isinstance(size, (int, np.integer)) and not isinstance(size, bool) else size
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not all(isinstance(n, (int, np.integer)) for n in pair):
        raise DTypeError(f"{who}: Size should be a single integer or a list/tuple (h, w) of length 2, got {size!r}.")
    if min(pair) < 1:
        raise ArgumentError(f"{who}: Input is not within the required interval of [1, 16777216], got {size!r}.")
    return int(pair[0]), int(pair[1])


def padding_of(padding: Any, who: str) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of a number, of (left and right, top and bottom), or of all four."""
    sides = (padding,) * 4 if isinstance(padding, int) else tuple(padding)
    sides = sides * 2 if len(sides) == 2 else sides
    if len(sides) != 4 or min(sides) < 0:
        raise ArgumentError(f"{who}: padding expects 1, 2 or 4 numbers of 0 or more, got {padding!r}.")
    return sides  # type: ignore[return-value]


def range_of(value: float | Sequence[float], centre: float, who: str, low: float = 0.0) -> tuple[float, float]:
    """(least, most) of a pair, or of an amount about ``centre``."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ArgumentError(f"{who} expects an amount of 0 or more, or a pair (least, most), got {value}.")
        return max(low, centre - value), centre + value
    if len(value) != 2 or value[0] > value[1] or value[0] < low:
        raise ArgumentError(f"{who} expects a pair (least, most), not below {low}, got {value!r}.")
    return float(value[0]), float(value[1])
