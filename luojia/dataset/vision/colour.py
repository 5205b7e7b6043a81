"""Image transforms that change colours, each by an amount that is given; the random ones are in random_colour."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from ..._src.data import blur, tone
from ..._src.errors import ArgumentError, DTypeError
from .. import checks
from ..rows import PipelineError
from . import pictures
from .base import COLOURS, HALF, UNEVEN, ImageTransform, pair
from .utils import ConvertMode


class _Adjust(ImageTransform):
    """An image transform of one factor of 0 or more."""

    keeps_pil = True
    channels = (1, 3)
    factor: float

    def image(self, image: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class AdjustBrightness(_Adjust):
    """``image * brightness_factor``.

    >>> AdjustBrightness(2.0)(np.uint8([[[1, 2, 200]]])).tolist()
    [[[2, 4, 255]]]
    """

    def __init__(self, brightness_factor: float) -> None:
        self.factor = checks.real(brightness_factor, "brightness_factor")

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.brightness(image, self.factor)

    def picture(self, image: Any) -> Any:
        return pictures.enhanced(image, "Brightness", self.factor)


class AdjustContrast(_Adjust):
    """The image blended with its mean grey: ``contrast_factor`` 0 is grey, 1 is the image.

    >>> from luojia import dataset
    >>> dataset.vision.AdjustContrast(0.0)(np.full((1, 2, 3), 100, np.uint8)).tolist()
    [[[100, 100, 100], [100, 100, 100]]]
    """

    refuses = COLOURS | {"bool"}
    ranks, channels = (3,), (3,)

    def __init__(self, contrast_factor: float) -> None:
        self.factor = checks.real(contrast_factor, "contrast_factor")

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.contrast(image, self.factor)

    def picture(self, image: Any) -> Any:
        return pictures.enhanced(image, "Contrast", self.factor)


class AdjustSaturation(_Adjust):
    """The image blended with its own grey values: ``saturation_factor`` 0 is black and white, 1 is the image.

    >>> from luojia import dataset
    >>> dataset.vision.AdjustSaturation(0.0)(np.uint8([[[200, 100, 0]]]))
    array([[[119, 119, 119]]], dtype=uint8)
    """

    refuses = COLOURS | {"bool"}
    ranks, channels = (3,), (3,)

    def __init__(self, saturation_factor: float) -> None:
        self.factor = checks.real(saturation_factor, "saturation_factor", shown="")

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.saturation(image, self.factor)

    def picture(self, image: Any) -> Any:
        return pictures.enhanced(image, "Color", self.factor)


class AdjustHue(_Adjust):
    """Hues turned by ``hue_factor`` whole turns, within [-0.5, 0.5]. (Of floats MindSpore 2.8 makes noise.)

    >>> from luojia import dataset
    >>> dataset.vision.AdjustHue(0.5)(np.uint8([[[200, 100, 0]]]))
    array([[[  0, 104, 200]]], dtype=uint8)
    """

    refuses = COLOURS | {"bool", "uint16"}
    ranks, channels = (3,), (3,)

    def __init__(self, hue_factor: float) -> None:
        self.factor = checks.real(hue_factor, "hue_factor", -0.5, 0.5)

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.hue(image, self.factor)

    def picture(self, image: Any) -> Any:
        return pictures.hue(image, self.factor)


class AdjustGamma(_Adjust):
    """``255 * gain * (image / 255) ** gamma``, or ``gain * image ** gamma`` of floats.

    >>> from luojia import dataset
    >>> dataset.vision.AdjustGamma(1.0)(np.full((1, 1, 3), 100, np.uint8)).tolist()
    [[[100, 100, 100]]]
    """

    def __init__(self, gamma: float, gain: float = 1) -> None:
        self.gamma = checks.real(gamma, "gamma", shown="")
        self.gain = checks.real(gain, "gain", -checks.FLOAT_MAX, shown="")

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.gamma(image, self.gamma, self.gain)


class AdjustSharpness(ImageTransform):
    """The image blended with a smoothed one: ``sharpness_factor`` 0 is smooth, 1 the image, 2 sharpened.

    >>> from luojia import dataset
    >>> dataset.vision.AdjustSharpness(0.0)(np.pad(np.uint8([[130]]), 1)).tolist()
    [[0, 0, 0], [0, 50, 0], [0, 0, 0]]
    """

    refuses, of_bytes = UNEVEN, True

    def __init__(self, sharpness_factor: float) -> None:
        self.factor = checks.real(sharpness_factor, "sharpness_factor", shown="")

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.sharpness(image, self.factor)


def cut_and_ignored(cutoff: Any, ignore: Any) -> tuple[float, list[int]]:
    """The share of pixels, in percent, to leave out at either end, and the values that do not count."""
    checks.real(cutoff, "cutoff", 0, 50, types=checks.WHOLE, ends="[)")
    if ignore is None:
        return cutoff, []
    checks.kind(ignore, (list, tuple, int), "ignore")
    values = [ignore] if isinstance(ignore, int) else list(ignore)
    return cutoff, [checks.whole(n, "item", 0, 255, shown="ignore") for n in values]


class AutoContrast(ImageTransform):
    """Each channel stretched to 0..255.

    Args:
        cutoff: how many percent of the lightest and of the darkest pixels to leave out, 0 to 50.
        ignore: values of pixels that do not count.

    >>> from luojia import dataset
    >>> dataset.vision.AutoContrast()(np.array([[[50, 50, 50], [100, 100, 100]]], np.uint8)).tolist()
    [[[0, 0, 0], [255, 255, 255]]]
    """

    of_bytes = True
    keeps_pil = True
    channels = (1, 3)

    def __init__(self, cutoff: float = 0.0, ignore: int | Sequence[int] | None = None) -> None:
        self.cutoff, self.ignore = cut_and_ignored(cutoff, ignore)

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.auto_contrast(bytes_only(image, self), self.cutoff, self.ignore)

    def picture(self, image: Any) -> Any:
        return pictures.auto_contrast(image, self.cutoff, self.ignore)


class Equalize(ImageTransform):
    """Each channel's histogram made flat.

    >>> from luojia import dataset
    >>> dataset.vision.Equalize()(np.full((4, 4, 3), 100, np.uint8)).shape
    (4, 4, 3)
    """

    of_bytes = True
    keeps_pil = True
    channels = (1, 3)

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.equalize(bytes_only(image, self))

    def picture(self, image: Any) -> Any:
        return pictures.ops().equalize(image)


def bytes_only(image: np.ndarray, transform: Any) -> np.ndarray:
    """The image, if it is of uint8."""
    if image.dtype != np.uint8:
        raise PipelineError(
            f"{type(transform).__name__}: the data type of image tensor does not match the requirement of operator. "
            f"Expecting tensor in type of (uint8). But got type {image.dtype}."
        )
    return image


class Invert(ImageTransform):
    """``255 - image``.

    >>> from luojia import dataset
    >>> dataset.vision.Invert()(np.full((1, 1, 3), 100, np.uint8)).tolist()
    [[[155, 155, 155]]]
    """

    refuses = HALF
    keeps_pil = True
    ranks, channels = (3,), (3,)

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.inverted(image)

    def picture(self, image: Any) -> Any:
        return pictures.ops().invert(image)


class Posterize(ImageTransform):
    """The uppermost ``bits`` bits of each number, 0 to 8.

    >>> Posterize(3)(np.uint8([[255, 31]])).tolist()
    [[224, 0]]
    """

    of_bytes = True

    def __init__(self, bits: int) -> None:
        self.bits = checks.whole(bits, "bits", 0, 8)

    def image(self, image: np.ndarray) -> np.ndarray:
        if image.dtype not in (np.uint8, np.int8):
            raise PipelineError(f"Posterize: data type of input image should be int8 or uint8, but got {image.dtype}.")
        return tone.posterize(image, self.bits)


class Solarize(ImageTransform):
    """``255 - v`` where v lies within ``threshold``, (least, most); from a number up.

    >>> from luojia import dataset
    >>> dataset.vision.Solarize(threshold=(100, 255))(np.array([[[50, 150, 200]]], np.uint8)).tolist()
    [[[50, 105, 55]]]
    """

    refuses = HALF
    channels = (1, 3)

    def __init__(self, threshold: Any) -> None:
        checks.kind(threshold, (float, int, list, tuple), "threshold")
        if isinstance(threshold, (list, tuple)) and len(threshold) != 2:
            raise DTypeError(f"threshold must be a single number or sequence of two numbers. Got {threshold!r}.")
        values = threshold if isinstance(threshold, (list, tuple)) else (threshold,) * 2
        for i, value in enumerate(values):
            checks.real(value, f"threshold[{i}]", 0, 255)
        if values[0] > values[1]:
            raise ArgumentError(f"threshold must be in order of (min, max). Got {threshold!r}.")
        self.threshold = values[0], values[1]

    def image(self, image: np.ndarray) -> np.ndarray:
        return tone.solarize(image, *self.threshold)


class Grayscale(ImageTransform):
    """Grey values, in 1 or 3 channels. NumPy images too (MindSpore takes PIL images only).

    >>> from luojia import dataset
    >>> dataset.vision.Grayscale(1)(np.full((4, 6, 3), 100, np.uint8)).shape
    (4, 6)
    """

    keeps_pil = True

    def __init__(self, num_output_channels: int = 1) -> None:
        if checks.kind(num_output_channels, (int,), "num_output_channels") not in (1, 3):
            raise ArgumentError(
                "Number of channels of the output grayscale image should be either 1 or 3. Got "
                f"{num_output_channels}."
            )
        self.channels_out = num_output_channels

    def image(self, image: np.ndarray) -> np.ndarray:
        grey = tone.grey(image)
        return grey if self.channels_out == 1 else np.repeat(grey[..., None], 3, -1)

    def picture(self, image: Any) -> Any:
        grey = image.convert("L")
        return grey if self.channels_out == 1 else pictures.merged(grey)


_ORDER = {0: "RGBa", 1: "RGB", 2: "BGRa", 3: "BGR", 4: "BGR", 5: "BGRA"}
_PLACE = {"R": 0, "G": 1, "B": 2, "A": 3}


class ConvertColor(ImageTransform):
    """Other channels, as a member of :class:`ConvertMode` names them; a new alpha is 255, or 1 of floats.

    >>> ConvertColor(ConvertMode.COLOR_RGB2BGR)(np.uint8([[[1, 2, 3]]])).tolist()
    [[[3, 2, 1]]]
    """

    refuses = COLOURS

    def __init__(self, convert_mode: ConvertMode) -> None:
        self.mode = checks.kind(convert_mode, (ConvertMode,), "convert_mode")

    def image(self, image: np.ndarray) -> np.ndarray:
        mode = int(self.mode)
        full = np.array(np.iinfo(image.dtype).max if image.dtype.kind in "iu" else 1, image.dtype)
        if mode in (8, 9):
            out = np.repeat(image[..., :1] if image.ndim == 3 else image[..., None], 3, -1)
            return out if mode == 8 else np.concatenate([out, np.full_like(out[..., :1], full)], -1)
        if image.ndim != 3 or image.shape[2] < 3 or (image.shape[2] < 4 and mode in (5, 10, 11)):
            raise PipelineError(
                f"ConvertColor: {self.mode.name} does not fit an image of shape {image.shape}; its channels are those "
                "that the mode's name begins with."
            )
        if mode in (6, 7, 10, 11):
            return tone.grey(image[..., 2::-1] if mode in (6, 10) else image)
        parts = [np.full_like(image[..., 0], full) if c == "a" else image[..., _PLACE[c]] for c in _ORDER[mode]]
        return np.stack(parts, -1)


class GaussianBlur(ImageTransform):
    """Blurred with a Gaussian.

    Args:
        kernel_size: odd; a number, or (width, height).
        sigma: a number, or (of the width, of the height); by default ``((width - 1) / 2 - 1) * 0.3 + 0.8`` for both.

    >>> from luojia import dataset
    >>> dataset.vision.GaussianBlur(3)(np.full((5, 5, 3), 100, np.uint8)).shape
    (5, 5, 3)
    """

    refuses, of_bytes = UNEVEN, True

    def __init__(self, kernel_size: Any, sigma: Any = None) -> None:
        single = isinstance(checks.kind(kernel_size, checks.SIZES, "kernel_size"), int)
        if not single and len(kernel_size) != 2:
            raise DTypeError(
                "Kernel size should be a single integer or a list/tuple (kernel_width, kernel_height) of length 2. Got "
                f"{kernel_size!r}."
            )
        for i, size in enumerate((kernel_size,) if single else kernel_size):
            name = "kernel_size" if single else f"kernel_size[{i}]"
            if checks.whole(size, name, 1, checks.FLOAT_MAX) % 2 == 0:
                raise ArgumentError(f"Input {name} is not an odd value. Got {size}.")
        self.size = pair(kernel_size, int)
        self.sigma = (((self.size[0] - 1) * 0.5 - 1) * 0.3 + 0.8,) * 2
        if sigma is None:
            return
        single = not isinstance(checks.kind(sigma, (Number, list, tuple), "sigma"), (list, tuple))
        if not single and len(sigma) != 2:
            raise DTypeError(
                f"Sigma should be a single number or a list/tuple of length 2 for width and height. Got {sigma!r}."
            )
        for i, value in enumerate((sigma,) if single else sigma):
            checks.within(value, 0, checks.FLOAT_MAX, "sigma" if single else f"sigma[{i}]")
        self.sigma = tuple(given or usual for given, usual in zip(pair(sigma, float), self.sigma))

    def image(self, image: np.ndarray) -> np.ndarray:
        return blur.gaussian(image, self.size, self.sigma)  # type: ignore[arg-type] - pairs
