"""The words of the image transforms: how images are interpolated, what their borders are filled with, and so on."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any

from ..._src.data.codecs import pillow
from ..._src.errors import DTypeError, NotSupportedError, UnknownNameError
from ..._src.paths import public_names
from .. import checks

__all__ = ["AutoAugmentPolicy", "Border", "ConvertMode", "ImageBatchFormat", "ImageReadMode", "Inter", "SliceMode"]
__dir__ = public_names(__name__)


class Inter(IntEnum):
    """Interpolation: LINEAR is BILINEAR, CUBIC is BICUBIC. ANTIALIAS is of PIL images, AREA and PILCUBIC of arrays.

    >>> from luojia import dataset
    >>> list(dataset.vision.Inter)
    [<Inter.NEAREST: 0>, <Inter.ANTIALIAS: 1>, <Inter.BILINEAR: 2>, <Inter.BICUBIC: 3>, <Inter.AREA: 4>,
     <Inter.PILCUBIC: 5>]
    """

    NEAREST = 0
    ANTIALIAS = 1
    BILINEAR = LINEAR = 2
    BICUBIC = CUBIC = 3
    AREA = 4
    PILCUBIC = 5


class Border(str, Enum):  # noqa: UP042 - str() gives the member's name, as MindSpore's
    """What lies beyond the border: a constant, or the image repeated or mirrored.

    >>> from luojia import dataset
    >>> print(*dataset.vision.Border)
    Border.CONSTANT Border.EDGE Border.REFLECT Border.SYMMETRIC
    """

    CONSTANT = "constant"
    EDGE = "edge"
    REFLECT = "reflect"
    SYMMETRIC = "symmetric"


class AutoAugmentPolicy(str, Enum):  # noqa: UP042 - as above
    """The data set whose policy :class:`AutoAugment` takes.

    >>> from luojia import dataset
    >>> print(*dataset.vision.AutoAugmentPolicy)
    AutoAugmentPolicy.IMAGENET AutoAugmentPolicy.CIFAR10 AutoAugmentPolicy.SVHN
    """

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


class ImageBatchFormat(IntEnum):
    """The order of a batch's axes.

    >>> from luojia import dataset
    >>> list(dataset.vision.ImageBatchFormat)
    [<ImageBatchFormat.NHWC: 0>, <ImageBatchFormat.NCHW: 1>]
    """

    NHWC = 0
    NCHW = 1


class SliceMode(IntEnum):
    """What :class:`SlicePatches` does where the parts do not fill the image evenly: fill them up, or drop the rest.

    >>> from luojia import dataset
    >>> parts = dataset.vision.SlicePatches(1, 2, dataset.vision.SliceMode.DROP)(np.zeros((2, 5, 3), np.uint8))
    >>> [part.shape for part in parts]
    [(2, 2, 3), (2, 2, 3)]
    """

    PAD = 0
    DROP = 1


class ImageReadMode(IntEnum):
    """What :func:`read_image` gives: the channels of the file, grey values, or red, green and blue.

    >>> from luojia import dataset
    >>> list(dataset.vision.ImageReadMode)
    [<ImageReadMode.UNCHANGED: 0>, <ImageReadMode.GRAYSCALE: 1>, <ImageReadMode.COLOR: 2>]
    """

    UNCHANGED = 0
    GRAYSCALE = 1
    COLOR = 2


class ConvertMode(IntEnum):
    """From which channels to which.

    >>> from luojia import dataset
    >>> dataset.vision.ConvertColor(dataset.vision.ConvertMode.COLOR_RGB2GRAY)(np.uint8([[[100, 100, 100]]]))
    array([[100]], dtype=uint8)
    """

    COLOR_BGR2BGRA = COLOR_RGB2RGBA = 0
    COLOR_BGRA2BGR = COLOR_RGBA2RGB = 1
    COLOR_BGR2RGBA = COLOR_RGB2BGRA = 2
    COLOR_RGBA2BGR = COLOR_BGRA2RGB = 3
    COLOR_BGR2RGB = COLOR_RGB2BGR = 4
    COLOR_BGRA2RGBA = COLOR_RGBA2BGRA = 5
    COLOR_BGR2GRAY = 6
    COLOR_RGB2GRAY = 7
    COLOR_GRAY2BGR = COLOR_GRAY2RGB = 8
    COLOR_GRAY2BGRA = COLOR_GRAY2RGBA = 9
    COLOR_BGRA2GRAY = 10
    COLOR_RGBA2GRAY = 11


_PIL = {"NEAREST": "NEAREST", "ANTIALIAS": "LANCZOS", "BILINEAR": "BILINEAR", "BICUBIC": "BICUBIC"}


def interpolation_of(interpolation: Any, name: str = "interpolation") -> Inter:
    """A member of :class:`Inter`."""
    return checks.kind(interpolation, (Inter,), name)


def resizing_of(interpolation: Any) -> Inter:
    """The same, for resizing."""
    if interpolation is None:
        raise UnknownNameError("Interpolation should not be None; take a member of vision.Inter.")
    return interpolation_of(interpolation)


def method_of(interpolation: Inter, who: str, allowed: str = "nearest bilinear bicubic area pilcubic") -> str:
    """The name of the method for arrays."""
    name = interpolation.name.lower()
    if name == "antialias":
        raise DTypeError(
            f"img should be PIL image. {who} takes Inter.ANTIALIAS for PIL images only. Use Decode() for encoded data "
            "or ToPIL() for decoded data."
        )
    if name not in allowed.split():
        raise NotSupportedError(f"{who}: Inter.{interpolation.name} is not supported; take one of {allowed}.")
    return name


def pil_method(interpolation: Inter) -> Any:
    """Pillow's name of the method.

    Raises:
        DTypeError: Pillow has none such.
    """
    if interpolation.name not in _PIL:
        raise DTypeError(f"Current Interpolation is not supported with PIL input. Got {interpolation!s}.")
    return getattr(pillow().Resampling, _PIL[interpolation.name])
