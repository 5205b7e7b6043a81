"""Image transforms that move pixels: sizes, crops, borders, flips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._src.data import images
from ..._src.data.codecs import pillow
from ..._src.errors import ArgumentError, DTypeError
from .. import checks, config
from ..rows import PipelineError
from . import pictures
from .base import (
    UNEVEN,
    WIDE,
    ImageTransform,
    area_and_ratio,
    crop_size,
    fill_of,
    happens,
    is_pil,
    new_size,
    padding_of,
)
from .convert import Decode
from .utils import Border, Inter, interpolation_of, method_of, pil_method, resizing_of

Box = tuple[int, int, int, int]


def refused_by(inter: Any) -> frozenset[str]:
    """The dtypes that are not interpolated; the nearest pixel may be of any."""
    return WIDE if inter is Inter.NEAREST else UNEVEN


class Resize(ImageTransform):
    """The image at ``size``: (height, width), or a number for the shorter side, in the same ratio.

    Arrays of 0..255 are resized as OpenCV does it (PILCUBIC: as Pillow does it), PIL images by Pillow.

    >>> Resize(2)(np.zeros((4, 6, 3), np.uint8)).shape
    (2, 3, 3)
    """

    ranks, keeps_pil = None, True

    def __init__(self, size: Any, interpolation: Inter = Inter.BILINEAR) -> None:
        self.size, self.inter = new_size(size), resizing_of(interpolation)
        self.refuses = refused_by(self.inter)

    def of(self, shape: Sequence[int]) -> tuple[int, int]:
        """(height, width) of what an image of ``shape`` becomes."""
        return images.short_size(shape, self.size[0]) if len(self.size) == 1 else (self.size[0], self.size[1])

    def array(self, image: np.ndarray) -> np.ndarray:
        if self.inter is Inter.ANTIALIAS:
            need_pil(image)
        if image.ndim in (2, 3) and image.size and image.dtype.name not in WIDE:
            if self.of(image.shape) == image.shape[:2]:  # of any dtype
                return image.copy()
        return super().array(image)

    def image(self, image: np.ndarray) -> np.ndarray:
        method = method_of(self.inter, type(self).__name__)
        if method == "pilcubic" and image.shape[2:] != (3,):
            raise PipelineError(
                f"{type(self).__name__}: Interpolation mode PILCUBIC only supports image with 3 channels, but got: "
                f"<{','.join(map(str, image.shape))}>"
            )
        return images.resize(image, self.of(image.shape), method)

    def picture(self, image: Any) -> Any:
        return image.resize(self.of(image.size[::-1])[::-1], pil_method(self.inter))


class RandomResize(Resize):
    """The image at ``size``, as of :class:`Resize`, interpolated in a way drawn anew each time.

    >>> from luojia import dataset
    >>> dataset.vision.RandomResize((2, 3))(np.zeros((4, 4, 3), np.uint8)).shape
    (2, 3, 3)
    """

    keeps_pil = False

    def __init__(self, size: Any) -> None:
        super().__init__(size)

    def image(self, image: np.ndarray) -> np.ndarray:
        method = ("bilinear", "nearest", "bicubic", "area")[config.stream().randint(4)]
        return images.resize(image, self.of(image.shape), method)


class CenterCrop(ImageTransform):
    """The part of ``size`` in the middle; a smaller image gets a border of zeros.

    >>> from luojia import dataset
    >>> dataset.vision.CenterCrop(2)(np.arange(16, dtype=np.uint8).reshape(4, 4))
    array([[ 5,  6],
           [ 9, 10]], dtype=uint8)
    """

    ranks, keeps_pil = None, True

    def __init__(self, size: Any) -> None:
        self.size = crop_size(size)

    def image(self, image: np.ndarray) -> np.ndarray:
        height, width = self.size
        extra = [max(0, new - old) for new, old in zip(self.size, image.shape)]
        top, left = (-(-n // 2) for n in extra)
        if any(extra):
            image = Pad((left, top, extra[1] - left, extra[0] - top))(image)
        return images.crop(image, (image.shape[0] - height) // 2, (image.shape[1] - width) // 2, height, width)

    def picture(self, image: Any) -> Any:
        height, width = self.size
        left, top = round((image.width - width) / 2), round((image.height - height) / 2)
        return image.crop((left, top, left + width, top + height))


def check_crop(image: np.ndarray, top: int, left: int, height: int, width: int, who: str) -> None:
    """Raises unless the part lies within the image."""
    for what, start, size, most in (("height", top, height, image.shape[0]), ("width", left, width, image.shape[1])):
        if start + size > most:
            raise PipelineError(
                f"{who}: Crop {what} dimension: {start + size} exceeds image {what}: {most}, the sum of start and "
                f"{what}: {start} + {size}; crop less, or resize first."
            )


class Crop(ImageTransform):
    """The part of ``size`` from ``coordinates``, (top, left).

    >>> from luojia import dataset
    >>> dataset.vision.Crop((1, 0), (1, 2))(np.uint8([[1, 2, 3], [4, 5, 6]]))
    array([[4, 5]], dtype=uint8)
    """

    def __init__(self, coordinates: Sequence[int], size: Any) -> None:
        checks.kind(coordinates, (list, tuple), "coordinates")
        if len(coordinates) != 2:
            raise DTypeError(f"Coordinates should be a list/tuple (y, x) of length 2. Got {coordinates!r}.")
        top, left = (checks.whole(n, f"coordinates[{i}]") for i, n in enumerate(coordinates))
        self.box: Box = (top, left, *crop_size(size))

    def image(self, image: np.ndarray) -> np.ndarray:
        check_crop(image, *self.box, "Crop")
        return images.crop(image, *self.box)


class ResizedCrop(ImageTransform):
    """The part of ``height`` x ``width`` pixels from (top, left), at ``size``; a number is its height and width.

    >>> from luojia import dataset
    >>> dataset.vision.ResizedCrop(0, 1, 2, 2, (1, 1))(np.uint8([[9, 1, 2], [9, 3, 6]]))
    array([[3]], dtype=uint8)
    """

    def __init__(self, top: int, left: int, height: int, width: int, size: Any,
                 interpolation: Inter = Inter.BILINEAR) -> None:
        self.box: Box = (checks.whole(top, "top"), checks.whole(left, "left"), checks.whole(height, "height", 1),
                         checks.whole(width, "width", 1))
        self.size, self.inter = crop_size(size), interpolation_of(interpolation)
        self.refuses = refused_by(self.inter)

    def image(self, image: np.ndarray) -> np.ndarray:
        top, left, height, width = self.box
        if top + height > image.shape[0]:
            raise PipelineError(
                f"ResizedCrop: the sum of top and height: {top + height} exceeds image height: {image.shape[0]}"
            )
        if left + width > image.shape[1]:
            raise PipelineError(
                f"ResizedCrop: the sum of left and width: {left + width} exceeds image width: {image.shape[1]}"
            )
        part = images.crop(image, *self.box)
        return images.resize(part, self.size, method_of(self.inter, "ResizedCrop"))


def border_of(padding_mode: Any) -> Border:
    """A member of :class:`Border`."""
    return checks.kind(padding_mode, (Border,), "padding_mode")


def _for(image: np.ndarray, fill: Any) -> Any:
    """What fills the border of the image; the first of three numbers where it is grey."""
    grey = image.ndim == 2 or image.shape[2] == 1
    return fill[0] if grey and isinstance(fill, tuple) else fill


class Pad(ImageTransform):
    """A border: a number, (left and right, top and bottom), or (left, top, right, bottom).

    >>> from luojia import dataset
    >>> dataset.vision.Pad(1)(np.uint8([[7]]))
    array([[0, 0, 0],
           [0, 7, 0],
           [0, 0, 0]], dtype=uint8)
    """

    of_bytes = True
    keeps_pil = True
    channels = (1, 3)

    def __init__(self, padding: Any, fill_value: Any = 0, padding_mode: Border = Border.CONSTANT) -> None:
        self.padding, self.fill, self.mode = padding_of(padding), fill_of(fill_value), border_of(padding_mode).value

    def image(self, image: np.ndarray) -> np.ndarray:
        return images.pad(image, *self.padding, _for(image, self.fill), self.mode)

    def picture(self, image: Any) -> Any:
        return pictures.padded(image, self.padding, self.fill, self.mode)


class PadToSize(ImageTransform):
    """A border that makes the image one of ``size``, (height, width).

    Args:
        offset: (top, left) of the image in the new one, or a number for both; in the middle by default.
        fill_value, padding_mode: of the border.

    >>> from luojia import dataset
    >>> dataset.vision.PadToSize((2, 4), offset=(0, 1), padding_mode=dataset.vision.Border.EDGE)(np.uint8([[1, 2]]))
    array([[1, 1, 2, 2],
           [1, 1, 2, 2]], dtype=uint8)
    """

    of_bytes = True
    channels = (1, 3)

    def __init__(self, size: Any, offset: Any = None, fill_value: Any = 0,
                 padding_mode: Border = Border.CONSTANT) -> None:
        checks.kind(size, checks.SIZES, "size")
        if isinstance(size, (list, tuple)) and len(size) != 2:
            raise ArgumentError(f"The size must be a sequence of length 2. Got {size!r}.")
        sizes = size if isinstance(size, (list, tuple)) else (size, size)
        self.size = tuple(checks.whole(n, "size", 1) for n in sizes)
        self.offset: tuple[int, ...] = ()
        if offset is not None:
            checks.kind(offset, checks.SIZES, "offset")
            if isinstance(offset, (list, tuple)) and len(offset) not in (0, 2):
                raise ArgumentError(f"The offset must be empty or a sequence of length 2. Got {offset!r}.")
            offsets = offset if isinstance(offset, (list, tuple)) else (offset, offset)
            self.offset = tuple(checks.whole(n, "offset") for n in offsets)
        self.fill, self.mode = fill_of(fill_value), border_of(padding_mode).value

    def image(self, image: np.ndarray) -> np.ndarray:
        old = image.shape[:2]
        if any(new < n for new, n in zip(self.size, old)):
            raise PipelineError(
                "PadToSize: the target size to pad should be no less than the original image size, but got target size "
                f"{self.size} and original size {old}."
            )
        top, left = self.offset or ((new - n) // 2 for new, n in zip(self.size, old))
        if top + old[0] > self.size[0] or left + old[1] > self.size[1]:
            raise PipelineError(
                "PadToSize: the sum of offset and original image size should be no more than the target size to pad, "
                f"but got offset ({top}, {left}) plus original size {old} bigger than {self.size}"
            )
        rest = self.size[1] - left - old[1], self.size[0] - top - old[0]
        return images.pad(image, left, top, *rest, _for(image, self.fill), self.mode)


class RandomCrop(ImageTransform):
    """A part of ``size`` somewhere.

    Args:
        size: (height, width), or a number for both.
        padding: a border added first, as of :class:`Pad`.
        pad_if_needed: also enlarge images that are smaller than ``size``.
        fill_value, padding_mode: of the border.

    >>> from luojia import dataset
    >>> dataset.vision.RandomCrop((2, 3))(np.zeros((4, 4, 3), np.uint8)).shape
    (2, 3, 3)
    """

    of_bytes = True
    ranks, keeps_pil = None, True

    def __init__(self, size: Any, padding: Any = None, pad_if_needed: bool = False, fill_value: Any = 0,
                 padding_mode: Border = Border.CONSTANT) -> None:
        self.size, self.padding = crop_size(size), padding_of(0 if padding is None else padding)
        self.pad_if_needed = checks.flag(pad_if_needed, "pad_if_needed")
        self.fill, self.mode = fill_of(fill_value), border_of(padding_mode).value

    def image(self, image: np.ndarray) -> np.ndarray:
        image, sides = self.padded(image)
        return images.crop(image, *self.place(image.shape))

    def picture(self, image: Any) -> Any:
        sides = self.sides(image.size[::-1])
        image = pictures.padded(image, sides, self.fill, self.mode) if any(sides) else image
        if any(new > old for new, old in zip(self.size, image.size[::-1])):
            raise ArgumentError(f"Crop size {self.size} is larger than input image size {image.size[::-1]}.")
        top, left, height, width = self.place(image.size[::-1])
        return image.crop((left, top, left + width, top + height))

    def sides(self, shape: Sequence[int]) -> Box:
        """(left, top, right, bottom) of the border of an image of this height and width."""
        sides = self.padding
        if self.pad_if_needed:
            down = max(0, self.size[0] - shape[0] - sides[1] - sides[3])
            across = max(0, self.size[1] - shape[1] - sides[0] - sides[2])
            sides = sides[0] + across, sides[1] + down, sides[2] + across, sides[3] + down
        return sides

    def padded(self, image: np.ndarray) -> tuple[np.ndarray, Box]:
        """The image with its border, and (left, top, right, bottom) of that."""
        sides = self.sides(image.shape)
        return images.pad(image, *sides, _for(image, self.fill), self.mode), sides

    def place(self, shape: Sequence[int]) -> Box:
        """(top, left, height, width) of a random part of an image of this height and width."""
        height, width = self.size
        if shape[0] < height or shape[1] < width:
            raise PipelineError(
                f"RandomCrop: invalid crop size, crop size is bigger than the image dimensions, got crop height: "
                f"{height}, crop width: {width}, of an image {shape[0]}x{shape[1]}; pass pad_if_needed=True, or resize "
                "first."
            )
        rng = config.stream()
        left = rng.randint(shape[1] - width + 1)  # MindSpore's order
        return rng.randint(shape[0] - height + 1), left, height, width


class RandomResizedCrop(ImageTransform):
    """A part with a random share of the area and ratio of width to height, at ``size``.

    >>> from luojia import dataset
    >>> dataset.vision.RandomResizedCrop((2, 3))(np.zeros((4, 4, 3), np.uint8)).shape
    (2, 3, 3)
    """

    ranks, keeps_pil = None, True

    def __init__(self, size: Any, scale: Sequence[float] = (0.08, 1.0), ratio: Sequence[float] = (3 / 4, 4 / 3),
                 interpolation: Inter = Inter.BILINEAR, max_attempts: int = 10) -> None:
        self.size = crop_size(size)
        self.scale, self.ratio = area_and_ratio(scale, ratio)
        self.inter, self.tries = interpolation_of(interpolation), checks.whole(max_attempts, "max_attempts", 1)
        self.refuses = refused_by(self.inter)

    def place(self, shape: Sequence[int]) -> Box:
        """(top, left, height, width) of a random part."""
        rng, (rows, columns) = config.stream(), shape[:2]
        for _ in range(self.tries):
            share = np.float32(rng.uniform(*self.scale))
            aspect = np.exp(np.float32(rng.uniform(*np.log(np.array(self.ratio, np.float32)))))
            width = round(float(np.sqrt(np.float32(rows * columns) * share * aspect)))
            height = round(float(width / aspect))
            if 0 < width <= columns and 0 < height <= rows:
                left = rng.randint(columns - width + 1)  # MindSpore's order
                return rng.randint(rows - height + 1), left, height, width
        return images.random_area(shape, self.scale, self.ratio, rng, 0)  # nothing fits: the middle

    def image(self, image: np.ndarray) -> np.ndarray:
        part = images.crop(image, *self.place(image.shape))
        return images.resize(part, self.size, method_of(self.inter, type(self).__name__))

    def picture(self, image: Any) -> Any:
        top, left, height, width = self.place(image.size[::-1])
        return image.resize(self.size[::-1], pil_method(self.inter), (left, top, left + width, top + height))


class RandomCropDecodeResize(RandomResizedCrop):
    """:class:`Decode`, then :class:`RandomResizedCrop`.

    >>> from luojia import dataset
    >>> jpeg = dataset.vision.encode_jpeg(np.full((8, 8, 3), 100, np.uint8))
    >>> dataset.vision.RandomCropDecodeResize((4, 5))(jpeg).shape
    (4, 5, 3)
    """

    def __call__(self, *images: Any) -> Any:
        return super().__call__(*(Decode()(image) for image in images))


class HorizontalFlip(ImageTransform):
    """Mirrored left to right.

    >>> from luojia import dataset
    >>> dataset.vision.HorizontalFlip()(np.uint8([[1, 2], [3, 4]]))
    array([[2, 1],
           [4, 3]], dtype=uint8)
    """

    ranks = None

    def image(self, image: np.ndarray) -> np.ndarray:
        return image[:, ::-1].copy()


class VerticalFlip(ImageTransform):
    """Mirrored top to bottom.

    >>> from luojia import dataset
    >>> dataset.vision.VerticalFlip()(np.uint8([[1, 2], [3, 4]]))
    array([[3, 4],
           [1, 2]], dtype=uint8)
    """

    ranks = None

    def image(self, image: np.ndarray) -> np.ndarray:
        return image[::-1].copy()


class RandomHorizontalFlip(ImageTransform):
    """Mirrored left to right with probability ``prob``.

    >>> from luojia import dataset
    >>> dataset.vision.RandomHorizontalFlip(1.0)(np.uint8([[1, 2], [3, 4]]))
    array([[2, 1],
           [4, 3]], dtype=uint8)
    """

    ranks, keeps_pil, axis = None, True, 1

    def __init__(self, prob: float = 0.5) -> None:
        self.prob = checks.probability(prob)

    def image(self, image: np.ndarray) -> np.ndarray:
        return np.flip(image, self.axis).copy() if happens(self.prob) else image

    def picture(self, image: Any) -> Any:
        return image.transpose(pillow().Transpose(1 - self.axis)) if happens(self.prob) else image


class RandomVerticalFlip(RandomHorizontalFlip):
    """Mirrored top to bottom with probability ``prob``.

    >>> from luojia import dataset
    >>> dataset.vision.RandomVerticalFlip(1.0)(np.uint8([[1, 2], [3, 4]]))
    array([[3, 4],
           [1, 2]], dtype=uint8)
    """

    axis = 0


def need_pil(image: Any) -> Any:
    """The image, if it is PIL's."""
    if not is_pil(image):
        raise DTypeError(
            f"img should be PIL image. Got {type(image)}. Use Decode() for encoded data or ToPIL() for decoded data."
        )
    return image


class FiveCrop:
    """Five parts of ``size`` of a PIL image: from the corners, top left, top right, ..., and the middle.

    >>> from luojia import dataset
    >>> image = dataset.vision.ToPIL()(np.zeros((4, 6, 3), np.uint8))
    >>> [part.size for part in dataset.vision.FiveCrop((2, 3))(image)]
    [(3, 2), (3, 2), (3, 2), (3, 2), (3, 2)]
    """

    def __init__(self, size: Any) -> None:
        self.size = crop_size(size)

    def __call__(self, image: Any) -> tuple:
        need_pil(image)
        height, width = self.size
        if height > image.height or width > image.width:
            raise ArgumentError(
                f"Crop size {self.size} is larger than input image size {(image.height, image.width)}."
            )
        right, bottom = image.width - width, image.height - height
        corners = [(x, y, x + width, y + height) for y in (0, bottom) for x in (0, right)]
        return (*map(image.crop, corners), CenterCrop(self.size)(image))


class TenCrop(FiveCrop):
    """The five parts of :class:`FiveCrop`, and those of the image mirrored left to right.

    Args:
        use_vertical_flip: mirrored top to bottom instead.

    >>> from luojia import dataset
    >>> image = dataset.vision.ToPIL()(np.zeros((4, 6, 3), np.uint8))
    >>> len(dataset.vision.TenCrop((2, 3))(image))
    10
    """

    def __init__(self, size: Any, use_vertical_flip: bool = False) -> None:
        super().__init__(size)
        self.vertical = checks.flag(use_vertical_flip, "use_vertical_flip")

    def __call__(self, image: Any) -> tuple:
        ways = pillow().Transpose
        flipped = need_pil(image).transpose(ways.FLIP_TOP_BOTTOM if self.vertical else ways.FLIP_LEFT_RIGHT)
        return super().__call__(image) + super().__call__(flipped)
