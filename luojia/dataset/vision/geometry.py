"""Image transforms that move pixels: sizes, crops, borders, flips, turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._src.data import images
from .. import config
from ..dataset import PipelineError
from ..transforms.base import probability
from .base import ImageTransform, padding_of, range_of, size_of
from .convert import Decode
from .utils import Border, Inter, method_of


class Resize(ImageTransform):
    """The image at ``size``: (height, width), or a number for the shorter side, in the same ratio.

    >>> Resize(2)(np.zeros((4, 6, 3), np.uint8)).shape
    (2, 3, 3)
    """

    def __init__(self, size: Any, interpolation: Inter = Inter.BILINEAR) -> None:
        self.size, self.short = size_of(size, "Resize"), isinstance(size, int)
        self.method = method_of(interpolation, "Resize")

    def image(self, image: np.ndarray) -> np.ndarray:
        size = images.short_size(image.shape, self.size[0]) if self.short else self.size
        return images.resize(image, size, self.method)


class CenterCrop(ImageTransform):
    """The part of ``size`` in the middle; a smaller image gets a border of zeros."""

    def __init__(self, size: Any) -> None:
        self.size = size_of(size, "CenterCrop")

    def image(self, image: np.ndarray) -> np.ndarray:
        height, width = self.size
        extra = [max(0, new - old) for new, old in zip(self.size, image.shape)]
        top, left = (-(-n // 2) for n in extra)
        image = images.pad(image, left, top, extra[1] - left, extra[0] - top)
        return images.crop(image, (image.shape[0] - height) // 2, (image.shape[1] - width) // 2, height, width)


class Crop(ImageTransform):
    """The part of ``size`` from ``coordinates``, (top, left)."""

    def __init__(self, coordinates: Sequence[int], size: Any) -> None:
        self.at, self.size = tuple(coordinates), size_of(size, "Crop")

    def image(self, image: np.ndarray) -> np.ndarray:
        top, left = self.at
        return images.crop(image, top, left, *self.size)


class Pad(ImageTransform):
    """A border: a number, (left and right, top and bottom), or (left, top, right, bottom)."""

    def __init__(self, padding: Any, fill_value: Any = 0, padding_mode: Border = Border.CONSTANT) -> None:
        self.padding, self.fill, self.mode = padding_of(padding, "Pad"), fill_value, Border(padding_mode).value

    def image(self, image: np.ndarray) -> np.ndarray:
        return images.pad(image, *self.padding, self.fill, self.mode)


class RandomCrop(ImageTransform):
    """A part of ``size`` somewhere.

    Args:
        size: (height, width), or a number for both.
        padding: a border added first, as of :class:`Pad`.
        pad_if_needed: also enlarge images that are smaller than ``size``.
        fill_value, padding_mode: of the border.
    """

    def __init__(self, size: Any, padding: Any = None, pad_if_needed: bool = False, fill_value: Any = 0,
                 padding_mode: Border = Border.CONSTANT) -> None:
        self.size, self.padding = size_of(size, "RandomCrop"), padding_of(padding or 0, "RandomCrop")
        self.pad_if_needed, self.fill, self.mode = pad_if_needed, fill_value, Border(padding_mode).value

    def image(self, image: np.ndarray) -> np.ndarray:
        image = images.pad(image, *self.padding, self.fill, self.mode)
        height, width = self.size
        if self.pad_if_needed:
            down, across = max(0, height - image.shape[0]), max(0, width - image.shape[1])
            image = images.pad(image, across, down, across, down, self.fill, self.mode)
        if image.shape[0] < height or image.shape[1] < width:
            raise PipelineError(
                f"RandomCrop: invalid crop size, crop size {height}x{width} is bigger than the image dimensions "
                f"{image.shape[0]}x{image.shape[1]}; pass pad_if_needed=True, or resize first."
            )
        rng = config.stream()
        top, left = rng.randint(image.shape[0] - height + 1), rng.randint(image.shape[1] - width + 1)
        return images.crop(image, top, left, height, width)


class RandomResizedCrop(ImageTransform):
    """A part with a random share of the area and ratio of width to height, at ``size``."""

    def __init__(self, size: Any, scale: Sequence[float] = (0.08, 1.0), ratio: Sequence[float] = (3 / 4, 4 / 3),
                 interpolation: Inter = Inter.BILINEAR, max_attempts: int = 10) -> None:
        who = type(self).__name__
        self.size, self.method, self.tries = size_of(size, who), method_of(interpolation, who), max_attempts
        self.scale, self.ratio = range_of(scale, 0, f"{who}: scale"), range_of(ratio, 0, f"{who}: ratio")

    def image(self, image: np.ndarray) -> np.ndarray:
        box = images.random_area(image.shape, self.scale, self.ratio, config.stream(), self.tries)
        return images.resize(images.crop(image, *box), self.size, self.method)


class RandomCropDecodeResize(RandomResizedCrop):
    """:class:`Decode`, then :class:`RandomResizedCrop`."""

    def __call__(self, image: Any) -> Any:
        return self.image(Decode()(image))


class HorizontalFlip(ImageTransform):
    """Mirrored left to right."""

    def image(self, image: np.ndarray) -> np.ndarray:
        return image[:, ::-1].copy()


class VerticalFlip(ImageTransform):
    """Mirrored top to bottom."""

    def image(self, image: np.ndarray) -> np.ndarray:
        return image[::-1].copy()


class RandomHorizontalFlip(ImageTransform):
    """Mirrored left to right with probability ``prob``."""

    axis = 1

    def __init__(self, prob: float = 0.5) -> None:
        self.prob = probability(prob, type(self).__name__)

    def image(self, image: np.ndarray) -> np.ndarray:
        return np.flip(image, self.axis).copy() if config.stream().random_sample() < self.prob else image


class RandomVerticalFlip(RandomHorizontalFlip):
    """Mirrored top to bottom with probability ``prob``."""

    axis = 0


class RandomRotation(ImageTransform):
    """Turned about the middle by an angle within ``degrees``: (least, most), or an amount to both sides."""

    def __init__(self, degrees: Any, resample: Inter = Inter.NEAREST, expand: bool = False, center: Any = None,
                 fill_value: Any = 0) -> None:
        from ..._src.errors import NotSupportedError

        if expand or center is not None:
            raise NotSupportedError("RandomRotation: expand and center are not supported; leave them out.")
        self.degrees = range_of(degrees, 0, "RandomRotation", -360.0)
        self.method, self.fill = method_of(resample, "RandomRotation"), fill_value

    def image(self, image: np.ndarray) -> np.ndarray:
        return images.rotate(image, config.stream().uniform(*self.degrees), self.fill, self.method)
