"""Image transforms that change colours by random amounts."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from ..._src.data import tone
from ..._src.errors import ArgumentError, DTypeError
from .. import checks, config
from . import colour, pictures
from .base import COLOURS, HALF, UNEVEN, ImageTransform, happens, is_pil, ordered


def _about(value: Any, name: str, centre: float, low: float, high: float) -> tuple[float, float]:
    """(least, most) of a pair, or of an amount about ``centre``."""
    checks.kind(value, (Number, list, tuple), name)
    if not isinstance(value, (list, tuple)):
        if value < 0:
            raise ArgumentError(f"The input value of {name} cannot be negative.")
        checks.within(value, low, high)
        return max(low, centre - value), centre + value
    if len(value) != 2:
        raise DTypeError(f"If {name} is a sequence, the length must be 2. Got {value!r}.")
    if value[0] > value[1]:
        raise ArgumentError(f"{name} value should be in (min,max) format. Got ({value[0]}, {value[1]}).")
    for one in value:
        checks.within(one, low, high)
    return float(value[0]), float(value[1])


class RandomColorAdjust(ImageTransform):
    """Brightness, contrast, saturation and hue by factors drawn from (least, most), or about 1 by an amount.

    ``hue`` is in whole turns, within [-0.5, 0.5]. They come in random order.

    >>> from luojia import dataset
    >>> dataset.vision.RandomColorAdjust(brightness=(2, 2))(np.uint8([[[10, 20, 200]]]))
    array([[[ 20,  40, 255]]], dtype=uint8)
    """

    keeps_pil, takes_bool = True, False
    ranks, channels = (3,), (3,)

    def __init__(self, brightness: Any = (1, 1), contrast: Any = (1, 1), saturation: Any = (1, 1),
                 hue: Any = (0, 0)) -> None:
        most = checks.FLOAT_MAX
        self.ranges = [
            (colour.AdjustBrightness, _about(brightness, "brightness", 1, 0, most), 1),
            (colour.AdjustContrast, _about(contrast, "contrast", 1, 0, most), 1),
            (colour.AdjustSaturation, _about(saturation, "saturation", 1, 0, most), 1),
            (colour.AdjustHue, _about(hue, "hue", 0, -0.5, 0.5), 0),
        ]

    def image(self, image: Any) -> Any:
        rng = config.stream()
        for i in rng.permutation(4):
            change, (low, high), still = self.ranges[i]
            factor = low if low == high else rng.uniform(low, high)
            image = image if factor == still and not is_pil(image) else change(factor)(image)  # Pillow's hue 0 rounds
        return image

    def picture(self, image: Any) -> Any:
        return self.image(image)


def _degrees(degrees: Any) -> tuple[float, float]:
    """(least, most) of a factor of 0 or more."""
    if not isinstance(degrees, (list, tuple)):
        raise DTypeError(f"degrees must be either a tuple or a list. Got {degrees!r}.")
    if len(degrees) != 2:
        raise ArgumentError(f"degrees must be a sequence with length 2. Got {degrees!r}.")
    return ordered(degrees, "degrees")


class RandomColor(ImageTransform):
    """The image blended with its own grey values: 0 is black and white, 1 is the image.

    >>> from luojia import dataset
    >>> dataset.vision.RandomColor((0.0, 0.0))(np.uint8([[[200, 100, 0]]]))
    array([[[119, 119, 119]]], dtype=uint8)
    """

    refuses, of_bytes = COLOURS, True
    keeps_pil = True
    ranks, channels = (3,), (3,)

    def __init__(self, degrees: Sequence[float] = (0.1, 1.9)) -> None:
        self.degrees = _degrees(degrees)

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.saturation(image, config.stream().uniform(*self.degrees))

    def picture(self, image: Any) -> Any:
        return pictures.enhanced(image, "Color", config.stream().uniform(*self.degrees))


class RandomSharpness(ImageTransform):
    """The image blended with a smoothed one: 0 is smooth, 1 the image, 2 sharpened.

    >>> from luojia import dataset
    >>> dataset.vision.RandomSharpness((1.0, 1.0))(np.uint8([[1, 2], [3, 4]]))
    array([[1, 2],
           [3, 4]], dtype=uint8)
    """

    refuses, of_bytes = UNEVEN, True
    keeps_pil = True

    def __init__(self, degrees: Sequence[float] = (0.1, 1.9)) -> None:
        self.degrees = _degrees(degrees)

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.sharpness(image, config.stream().uniform(*self.degrees))

    def picture(self, image: Any) -> Any:
        return pictures.enhanced(image, "Sharpness", config.stream().uniform(*self.degrees))


class RandomLighting(ImageTransform):
    """Noise of strength ``alpha`` along the principal colours of ImageNet, as of Krizhevsky et al. 2012.

    >>> from luojia import dataset
    >>> dataset.vision.RandomLighting(0.1)(np.zeros((2, 2, 3), np.uint8)).shape
    (2, 2, 3)
    """

    keeps_pil = True
    ranks, channels = (3,), (3,)

    def __init__(self, alpha: float = 0.05) -> None:
        self.alpha = checks.real(alpha, "alpha")

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.lighting(image, config.stream().normal(0, self.alpha, 3))

    def picture(self, image: Any) -> Any:
        return super().picture(image.convert("RGB"))


class RandomPosterize(ImageTransform):
    """The uppermost bits of each number, as many as drawn from ``bits``, (least, most), 1 to 8.

    >>> from luojia import dataset
    >>> dataset.vision.RandomPosterize(1)(np.uint8([[[100, 128, 200]]]))
    array([[[  0, 128, 128]]], dtype=uint8)
    """

    of_bytes = True

    def __init__(self, bits: Any = (8, 8)) -> None:
        single = isinstance(checks.kind(bits, (list, tuple, int), "bits"), int)
        if not single and len(bits) != 2:
            raise DTypeError(
                f"Size of bits should be a single integer or a list/tuple (min, max) of length 2. Got {bits!r}."
            )
        low, high = (checks.whole(n, "bits", 1, 8, shown="") for n in ((bits, bits) if single else bits))
        if low > high:
            raise ArgumentError(
                f"Input is not within the required interval of [1, 8]; bits is (min, max). Got {bits!r}."
            )
        self.bits = low, high

    def image(self, image: np.ndarray) -> np.ndarray:
        return colour.Posterize(int(config.stream().randint(self.bits[0], self.bits[1] + 1)))(image)


class RandomSolarize(ImageTransform):
    """``255 - v`` where v lies between two numbers drawn from ``threshold``, (least, most).

    >>> from luojia import dataset
    >>> dataset.vision.RandomSolarize((0, 255))(np.zeros((2, 2, 3), np.uint8)).shape
    (2, 2, 3)
    """

    refuses = HALF
    channels = (1, 3)

    def __init__(self, threshold: tuple[int, int] = (0, 255)) -> None:
        if len(checks.kind(threshold, (tuple,), "threshold")) != 2:
            raise ArgumentError(f"threshold must be a sequence of two numbers. Got {threshold!r}.")
        for i, value in enumerate(threshold):
            checks.whole(value, f"threshold[{i}]", 0, 255, shown="")
        if threshold[0] > threshold[1]:
            raise ArgumentError(f"threshold must be in min max format numbers. Got {threshold!r}.")
        self.threshold = threshold

    def image(self, image: np.ndarray) -> np.ndarray:
        low, high = self.threshold
        drawn = sorted(int(n) for n in config.stream().randint(low, high + 1, 2))
        return tone.solarize(image, *drawn)


class _Perhaps(ImageTransform):
    """``change`` with probability ``prob``."""

    change: ImageTransform

    def __init__(self, prob: float) -> None:
        self.prob = checks.probability(prob)

    def __call__(self, *images: Any) -> Any:
        if len(images) != 1 or happens(self.prob):
            return self.change(*images)
        return np.asarray(images[0]) if is_pil(images[0]) else images[0]


class RandomInvert(_Perhaps):
    """:class:`Invert` with probability ``prob``. A PIL image gives an array.

    >>> from luojia import dataset
    >>> dataset.vision.RandomInvert(1.0)(np.uint8([[[0, 100, 255]]]))
    array([[[255, 155,   0]]], dtype=uint8)
    """

    def __init__(self, prob: float = 0.5) -> None:
        super().__init__(prob)
        self.change = _arrays(colour.Invert())


class RandomEqualize(_Perhaps):
    """:class:`Equalize` with probability ``prob``. A PIL image gives an array.

    >>> from luojia import dataset
    >>> dataset.vision.RandomEqualize(prob=1.0)(np.uint8([[[10], [20], [30]]])).tolist()
    [[[0], [128], [255]]]
    """

    def __init__(self, prob: float = 0.5) -> None:
        super().__init__(prob)
        self.change = _arrays(colour.Equalize())


class RandomAutoContrast(_Perhaps):
    """:class:`AutoContrast` with probability ``prob``. A PIL image gives an array.

    >>> from luojia import dataset
    >>> dataset.vision.RandomAutoContrast(prob=1.0)(np.uint8([[[100, 100, 100], [151, 151, 151]]])).tolist()
    [[[0, 0, 0], [255, 255, 255]]]
    """

    def __init__(self, cutoff: float = 0.0, ignore: Any = None, prob: float = 0.5) -> None:
        change = colour.AutoContrast(cutoff, ignore)
        super().__init__(prob)
        self.change = _arrays(change)


class RandomAdjustSharpness(_Perhaps):
    """:class:`AdjustSharpness` by ``degree`` with probability ``prob``.

    >>> from luojia import dataset
    >>> dataset.vision.RandomAdjustSharpness(0.0, prob=1.0)(np.pad(np.uint8([[130]]), 1)).tolist()
    [[0, 0, 0], [0, 50, 0], [0, 0, 0]]
    """

    def __init__(self, degree: float, prob: float = 0.5) -> None:
        checks.real(degree, "degree")
        super().__init__(prob)
        self.change = colour.AdjustSharpness(degree)


def _arrays(change: ImageTransform) -> ImageTransform:
    """The transform, giving arrays for PIL images too."""
    change.keeps_pil = False
    return change


class RandomGrayscale(ImageTransform):
    """Grey values in as many channels as before, with probability ``prob``. NumPy images too (MindSpore: PIL only).

    >>> from luojia import dataset
    >>> image = dataset.vision.ToPIL()(np.uint8([[[200, 100, 0]]]))
    >>> np.asarray(dataset.vision.RandomGrayscale(1.0)(image))
    array([[[118, 118, 118]]], dtype=uint8)
    """

    keeps_pil = True

    def __init__(self, prob: float = 0.1) -> None:
        self.prob = checks.probability(prob)

    def image(self, image: np.ndarray) -> np.ndarray:
        if image.ndim == 2 or not happens(self.prob):
            return image
        return np.repeat(tone.grey(image)[..., None], image.shape[2], -1)

    def picture(self, image: Any) -> Any:
        if image.mode == "L" or not happens(self.prob):
            return image
        return pictures.merged(image.convert("L"))
