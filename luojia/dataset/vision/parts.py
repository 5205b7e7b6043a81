"""Image transforms that blank out parts, and that cut images into parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._src.data import images
from ..._src.errors import ArgumentError, DTypeError
from .. import checks, config
from ..rows import PipelineError
from .base import ImageTransform, happens, ordered
from .utils import SliceMode


class CutOut(ImageTransform):
    """``num_patches`` squares of ``length`` pixels blanked out, anywhere, also across the border.

    >>> from luojia import dataset
    >>> dataset.vision.CutOut(2)(np.ones((2, 4, 3), np.uint8)).shape
    (2, 4, 3)
    """

    refuses = frozenset()
    ranks = (3,)

    def __init__(self, length: int, num_patches: int = 1, is_hwc: bool = True) -> None:
        self.length = checks.whole(length, "length", 1, checks.FLOAT_MAX, shown="")
        self.patches = checks.whole(num_patches, "num_patches", 1, checks.FLOAT_MAX, shown="")
        self.is_hwc = checks.flag(is_hwc, "is_hwc")

    def image(self, image: np.ndarray) -> np.ndarray:
        out = image.copy()
        view = out if self.is_hwc else out.transpose(1, 2, 0)
        height, width = view.shape[:2]
        if self.length > min(height, width):
            raise PipelineError(
                f"CutOut: box size is too large for image erase, got box height: {self.length}, box weight: "
                f"{self.length}, and image height: {height}, image width: {width}"
            )
        rng, n = config.stream(), self.length
        for _ in range(self.patches):
            top, left = rng.randint(height + n + 1) - n, rng.randint(width + n + 1) - n
            view[max(0, top) : max(0, top + n), max(0, left) : max(0, left + n)] = 0
        return out


class Erase(ImageTransform):
    """A rectangle of ``height`` x ``width`` pixels from (top, left) set to ``value``, a number or one per channel.

    Args:
        inplace: change the array that is given.

    >>> from luojia import dataset
    >>> dataset.vision.Erase(0, 1, 1, 2, 9)(np.ones((2, 3, 3), np.uint8))[..., 0]
    array([[1, 9, 9],
           [1, 1, 1]], dtype=uint8)
    """

    ranks = (3,)

    def __init__(self, top: int, left: int, height: int, width: int, value: Any = 0.0, inplace: bool = False) -> None:
        self.box = (checks.whole(top, "top"), checks.whole(left, "left"), checks.whole(height, "height", 1),
                    checks.whole(width, "width", 1))
        checks.kind(value, (float, int, tuple), "value")
        if isinstance(value, tuple) and len(value) != 3:
            raise DTypeError(f"value should be a single integer/float or a 3-tuple. Got {value!r}.")
        for i, one in enumerate(value if isinstance(value, tuple) else (value,)):
            checks.real(one, f"value[{i}]", 0, 255)
        self.value, self.inplace = value, checks.flag(inplace, "inplace")

    def image(self, image: np.ndarray) -> np.ndarray:
        if image.shape[2] != 3:
            raise PipelineError(f"Erase: channel of input image should be 3, but got: {image.shape[2]}")
        top, left, height, width = self.box
        if height > image.shape[0] or width > image.shape[1]:
            raise PipelineError(
                f"Erase: box size is too large for image erase, got box height: {height}box weight: {width}, and "
                f"image height: {image.shape[0]}, image width: {image.shape[1]}"
            )
        out = image if self.inplace and image.flags.writeable else image.copy()
        out[top : top + height, left : left + width] = self.value
        return out


class RandomErasing:
    """A random rectangle of an array (C, H, W) set to ``value``, with probability ``prob``.

    Args:
        scale: (least, most) of its share of the area.
        ratio: (least, most) of its height over its width.
        value: a number of 0 to 255, one per channel, or 'random' for normal noise.
        inplace: change the array that is given.
        max_attempts: after so many rectangles that do not fit, the image stays.

    >>> from luojia import dataset
    >>> dataset.vision.RandomErasing(prob=1.0)(np.ones((3, 8, 8), np.uint8)).shape
    (3, 8, 8)

    Source: Zhong et al. 2017, "Random erasing data augmentation".
    """

    def __init__(self, prob: float = 0.5, scale: Sequence[float] = (0.02, 0.33), ratio: Sequence[float] = (0.3, 3.3),
                 value: Any = 0, inplace: bool = False, max_attempts: int = 10) -> None:
        self.prob = checks.probability(prob)
        self.scale, self.ratio = _range(scale, "scale", "[]"), _range(ratio, "ratio", "(]")
        if self.scale[1] <= 0:
            raise ArgumentError("Input scale[1] must be greater than 0.")
        checks.kind(value, (int, list, tuple, str), "value")
        sequence = isinstance(value, (list, tuple))
        if (isinstance(value, str) and value != "random") or (sequence and len(value) != 3):
            raise ArgumentError(
                "The value for erasing should be either a single value, or a string 'random', or a sequence of 3 "
                f"elements for RGB respectively. Got {value!r}."
            )
        for one in () if isinstance(value, str) else value if sequence else (value,):
            checks.whole(one, "value", 0, 255, shown="")
        self.value, self.inplace = value, checks.flag(inplace, "inplace")
        self.tries = checks.whole(max_attempts, "max_attempts", 1, checks.FLOAT_MAX, shown="")

    def __call__(self, image: Any) -> np.ndarray:
        if not happens(self.prob):
            return image
        if not isinstance(image, np.ndarray):
            raise DTypeError(f"img should be NumPy array. Got {type(image)}. RandomErasing comes after ToTensor().")
        if image.ndim != 3:
            raise ArgumentError(
                f"RandomErasing expects an array (C, H, W), got shape {image.shape}: {image.ndim} values to unpack "
                "(expected 3)."
            )
        rng = config.stream()
        height, width = image.shape[1:]
        for _ in range(self.tries):
            area, aspect = rng.uniform(*self.scale) * height * width, rng.uniform(*self.ratio)
            h, w = round(np.sqrt(area * aspect)), round(np.sqrt(area / aspect))
            if 0 < h < height and 0 < w < width:
                top, left = rng.randint(height - h + 1), rng.randint(width - w + 1)
                out = image if self.inplace else image.copy()
                fill: Any = self.value
                if isinstance(fill, str):
                    fill = rng.normal(size=(image.shape[0], h, w))
                out[:, top : top + h, left : left + w] = fill if np.ndim(fill) != 1 else np.reshape(fill, (-1, 1, 1))
                return out
        return image


def _range(values: Any, name: str, ends: str) -> tuple[float, float]:
    checks.kind(values, (list, tuple), name)
    return ordered(values, name, ends=ends)


class SlicePatches(ImageTransform):
    """The image in ``num_height`` x ``num_width`` parts of one size, row by row.

    Args:
        slice_mode: where they do not fill it evenly: SliceMode.PAD fills up with ``fill_value`` at the right and
            bottom, SliceMode.DROP leaves out what is too much.

    >>> [part.shape for part in SlicePatches(1, 2)(np.zeros((3, 5)))]
    [(3, 3), (3, 3)]
    """

    of_bytes = True

    def __init__(self, num_height: int = 1, num_width: int = 1, slice_mode: SliceMode = SliceMode.PAD,
                 fill_value: int = 0) -> None:
        self.count = checks.whole(num_height, "num_height", 1), checks.whole(num_width, "num_width", 1)
        self.mode = checks.kind(slice_mode, (SliceMode,), "slice_mode")
        self.fill = checks.whole(fill_value, "fill_value", 0, 255)

    def image(self, image: np.ndarray) -> Any:
        for axis, name in enumerate(("height", "width")):
            if self.count[axis] > image.shape[axis]:
                raise PipelineError(
                    f"SlicePatches: The number of patches on {name} axis equals 0 or is greater than {name}, got "
                    f"number of patches:{self.count[axis]}"
                )
        down, across = self.count
        pads = self.mode is SliceMode.PAD
        h, w = ((-(-n // k) if pads else n // k) for n, k in zip(image.shape, self.count))
        if pads:
            image = images.pad(image, 0, 0, w * across - image.shape[1], h * down - image.shape[0], self.fill)
        parts = [image[i * h : i * h + h, j * w : j * w + w].copy() for i in range(down) for j in range(across)]
        return parts[0] if len(parts) == 1 else tuple(parts)
