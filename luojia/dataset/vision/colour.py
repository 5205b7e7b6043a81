"""Image transforms that change colours."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.data import images
from ..._src.errors import ArgumentError
from .. import config
from .base import ImageTransform, range_of


class Invert(ImageTransform):
    """``255 - image``."""

    def image(self, image: np.ndarray) -> np.ndarray:
        return (255 - image).astype(image.dtype)


class Grayscale(ImageTransform):
    """Grey values, in 1 or 3 channels. NumPy images too (MindSpore takes PIL images only)."""

    def __init__(self, num_output_channels: int = 1) -> None:
        if num_output_channels not in (1, 3):
            raise ArgumentError(f"Grayscale: num_output_channels expects 1 or 3, got {num_output_channels!r}.")
        self.channels = num_output_channels

    def image(self, image: np.ndarray) -> np.ndarray:
        grey = images.as_dtype(images.grey(image), image.dtype)
        return grey[..., 0] if self.channels == 1 else np.repeat(grey, 3, -1)


class RandomColorAdjust(ImageTransform):
    """Brightness, contrast, saturation and hue by factors drawn from (least, most), or about 1 by an amount.

    ``hue`` is in whole turns, within [-0.5, 0.5].
    """

    def __init__(self, brightness: Any = (1, 1), contrast: Any = (1, 1), saturation: Any = (1, 1),
                 hue: Any = (0, 0)) -> None:
        who = "RandomColorAdjust"
        self.ranges = [
            (images.brightness, range_of(brightness, 1, f"{who}: brightness")),
            (images.contrast, range_of(contrast, 1, f"{who}: contrast")),
            (images.saturation, range_of(saturation, 1, f"{who}: saturation")),
        ]
        self.hue = range_of(hue, 0, f"{who}: hue", -0.5)

    def image(self, image: np.ndarray) -> np.ndarray:
        rng = config.stream()
        for change, (low, high) in self.ranges:
            factor = rng.uniform(low, high)
            image = image if factor == 1 else change(image, factor)
        turn = rng.uniform(*self.hue)
        return images.hue(image, 2 * turn) if turn else image
