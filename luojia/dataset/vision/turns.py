"""Image transforms that turn, slant and tilt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from ..._src.data import warp
from ..._src.data.codecs import pillow
from ..._src.errors import ArgumentError, DTypeError
from .. import checks, config
from ..rows import PipelineError
from .base import HALF, UNEVEN, ImageTransform, fill_of, happens, is_pil, ordered
from .utils import Inter, interpolation_of, method_of, pil_method

_METHODS = "nearest bilinear bicubic"


def _method(interpolation: Inter, who: str) -> str:
    """OpenCV warps by AREA as by BILINEAR."""
    if interpolation is Inter.PILCUBIC or interpolation is Inter.AREA:
        return "bilinear" if interpolation is Inter.AREA else "bicubic"
    return method_of(interpolation, who, _METHODS)


def _cubic(image: np.ndarray, method: str, who: str) -> None:
    """Raises where OpenCV mixes no pixels of so many channels."""
    if method == "bicubic" and image.ndim == 3 and image.shape[2] > 4:
        raise PipelineError(f"{who}: interpolation can not be CUBIC when image channel is greater than 4.")


def _refused(inter: Inter) -> frozenset[str]:
    """The dtypes that are not turned; those of the nearest pixels may be any but float16."""
    return HALF if inter is Inter.NEAREST else UNEVEN


def _centre(center: Any) -> Any:
    if center is None:
        return None
    if not isinstance(center, (list, tuple)) or len(center) != 2:
        raise ArgumentError(f"Value center needs to be a 2-tuple. Got {center!r}.")
    for value in center:
        checks.kind(value, checks.WHOLE, "center")
    return center


def _backwards(fill: Any) -> Any:
    """MindSpore 2.8 turns with the colour of the border in the order blue, green, red."""
    return fill[::-1] if isinstance(fill, tuple) else fill


class Rotate(ImageTransform):
    """Turned counter-clockwise by ``degrees``.

    Args:
        expand: enlarge the image to hold the whole turned one.
        center: (x, y) of the point that stays; the middle by default, and with ``expand``.
        fill_value: of the border; a tuple counts as blue, green, red, as in MindSpore 2.8.

    >>> from luojia import dataset
    >>> dataset.vision.Rotate(90)(np.arange(9, dtype=np.uint8).reshape(3, 3))
    array([[2, 5, 8],
           [1, 4, 7],
           [0, 3, 6]], dtype=uint8)
    """

    ranks: tuple[int, ...] | None = None
    refuses = HALF

    def __init__(self, degrees: float, resample: Inter = Inter.NEAREST, expand: bool = False, center: Any = None,
                 fill_value: Any = 0) -> None:
        self.degrees = checks.real(degrees, "degrees", -checks.FLOAT_MAX)
        self.inter, self.expand = interpolation_of(resample, "resample"), checks.flag(expand, "expand")
        self.centre, self.fill = _centre(center), fill_of(fill_value)
        self.refuses, self.of_bytes = _refused(self.inter), self.expand

    def image(self, image: np.ndarray) -> np.ndarray:
        return self.turned(image, self.degrees)

    def turned(self, image: np.ndarray, degrees: float) -> np.ndarray:
        """Turned by ``degrees``."""
        method = _method(self.inter, type(self).__name__)
        _cubic(image, method, type(self).__name__)
        return warp.rotate(image, degrees, method, self.expand, self.centre, _backwards(self.fill))


def _degrees(degrees: Any) -> tuple[float, float]:
    checks.kind(degrees, (int, float, list, tuple), "degrees")
    if isinstance(degrees, (list, tuple)):
        if len(degrees) != 2:
            raise DTypeError(f"If degrees is a sequence, the length must be 2. Got {degrees!r}.")
        for i, value in enumerate(degrees):
            checks.kind(value, checks.WHOLE, f"degrees[{i}]")
        if degrees[0] > degrees[1]:
            raise ArgumentError("degrees should be in (min,max) format. Got (max,min).")
        return degrees[0], degrees[1]
    checks.within(degrees, 0, checks.FLOAT_MAX, "degrees")
    return -degrees, degrees


class RandomRotation(Rotate):
    """Turned by an angle within ``degrees``: (least, most), or an amount to both sides. See :class:`Rotate`.

    >>> from luojia import dataset
    >>> dataset.vision.RandomRotation((90, 90))(np.arange(9, dtype=np.uint8).reshape(3, 3))
    array([[2, 5, 8],
           [1, 4, 7],
           [0, 3, 6]], dtype=uint8)
    """

    ranks, keeps_pil = (2, 3), True

    def __init__(self, degrees: Any, resample: Inter = Inter.NEAREST, expand: bool = False, center: Any = None,
                 fill_value: Any = 0) -> None:
        self.range = _degrees(degrees)
        super().__init__(0, resample, expand, center, fill_value)

    def image(self, image: np.ndarray) -> np.ndarray:
        return self.turned(image, config.stream().uniform(*self.range))

    def picture(self, image: Any) -> Any:
        angle = config.stream().uniform(*self.range)
        fill = self.fill if isinstance(self.fill, tuple) or len(image.getbands()) == 1 else (self.fill,) * 3
        return image.rotate(angle, pil_method(self.inter), self.expand, self.centre, fillcolor=fill)


def _two(values: Any, name: str, low: float | None = None, high: float = 1.0) -> tuple[float, float]:
    checks.kind(values, (list, tuple), name)
    if len(values) != 2:
        raise DTypeError(f"The length of {name} should be 2. Got {values!r}.")
    for i, value in enumerate(values):
        checks.kind(value, checks.WHOLE, f"{name}[{i}]")
        if low is not None:
            checks.within(value, low, high, f"{name}[{i}]")
    return values[0], values[1]


def _affine(image: np.ndarray, degrees: float, shift: Any, scale: float, shear: Any, method: str,
            fill: Any) -> np.ndarray:
    _cubic(image, method, "Affine")
    height, width = image.shape[:2]
    matrix = warp.slanted(degrees, shift, scale, shear, ((width - 1) / 2, (height - 1) / 2))
    return warp.affine(image, matrix, method, fill)


class Affine(ImageTransform):
    """Slanted by ``shear`` degrees (of x and y), scaled and turned clockwise about the middle, and moved.

    Args:
        translate: (x, y) in shares of the width and height, within [-1, 1].
        shear: a number is x's.

    >>> from luojia import dataset
    >>> dataset.vision.Affine(0, [0.5, 0], 1.0, 0)(np.uint8([[1, 2, 3, 4], [5, 6, 7, 8]]))
    array([[0, 0, 1, 2],
           [0, 0, 5, 6]], dtype=uint8)
    """

    refuses = HALF

    def __init__(self, degrees: float, translate: Sequence[float], scale: float, shear: Any,
                 resample: Inter = Inter.NEAREST, fill_value: Any = 0) -> None:
        self.degrees = checks.kind(degrees, checks.WHOLE, "degrees")
        self.translate, self.scale = _two(translate, "translate", -1.0), checks.positive(scale, "scale")
        checks.kind(shear, (Number, tuple, list), "shear")
        if isinstance(shear, (list, tuple)):
            self.shear = _two(shear, "shear", -180, 180)
        else:
            self.shear = checks.within(shear, -180, 180, "shear"), 0.0
        self.inter, self.fill = interpolation_of(resample, "resample"), fill_of(fill_value)
        self.refuses = _refused(self.inter)

    def image(self, image: np.ndarray) -> np.ndarray:
        shift = self.translate[0] * image.shape[1], self.translate[1] * image.shape[0]
        return _affine(image, self.degrees, shift, self.scale, self.shear, _method(self.inter, "Affine"), self.fill)


class RandomAffine(ImageTransform):
    """Turned, moved, scaled and slanted by random amounts about the middle.

    Args:
        degrees: (least, most), or an amount to both sides.
        translate: (least, most) of x, and perhaps of y too, in shares of the width and height.
        scale: (least, most).
        shear: an amount of x to both sides, in degrees; (least, most) of x, and perhaps of y too.

    >>> from luojia import dataset
    >>> dataset.vision.RandomAffine(15, (-0.1, 0.1), (0.9, 1.1))(np.zeros((8, 8, 3), np.uint8)).shape
    (8, 8, 3)
    """

    refuses = HALF
    keeps_pil = True

    def __init__(self, degrees: Any, translate: Any = None, scale: Any = None, shear: Any = None,
                 resample: Inter = Inter.NEAREST, fill_value: Any = 0) -> None:
        self.degrees = _degrees(degrees)
        self.translate, self.scale = _moves(translate), (1.0, 1.0)
        if scale is not None:
            checks.kind(scale, (tuple, list), "scale")
            if len(scale) == 2 and scale[0] > scale[1]:
                raise ArgumentError("Input scale[1] must be equal to or greater than scale[0].")
            self.scale = ordered(scale, "scale")
            if scale[1] <= 0:
                raise ArgumentError("Input scale[1] must be greater than 0.")
        self.shear = _slants(shear)
        self.inter, self.fill = interpolation_of(resample, "resample"), fill_of(fill_value)

    def drawn(self, width: int, height: int) -> tuple[float, tuple[float, float], float, tuple[float, float]]:
        """(degrees, shift in whole pixels, scale, shear)."""
        draw = config.stream().uniform
        degrees = draw(*self.degrees)
        shift = (round(draw(*self.translate[:2]) * width), round(draw(*self.translate[2:]) * height))
        return degrees, shift, draw(*self.scale), (draw(*self.shear[:2]), draw(*self.shear[2:]))

    def image(self, image: np.ndarray) -> np.ndarray:
        drawn = self.drawn(image.shape[1], image.shape[0])
        return _affine(image, *drawn, _method(self.inter, "RandomAffine"), self.fill)

    def picture(self, image: Any) -> Any:
        centre = image.width * 0.5 + 0.5, image.height * 0.5 + 0.5
        numbers = warp.slanted_back(*self.drawn(*image.size), centre)
        way = pillow().Transform.AFFINE
        return image.transform(image.size, way, numbers, pil_method(self.inter), fillcolor=self.fill)


def _moves(translate: Any) -> tuple[float, float, float, float]:
    if translate is None:
        return 0.0, 0.0, 0.0, 0.0
    checks.kind(translate, (list, tuple), "translate")
    if len(translate) not in (2, 4):
        raise DTypeError(f"translate should be a list or tuple of length 2 or 4. Got {translate!r}.")
    for i, value in enumerate(translate):
        checks.within(value, -1.0, 1.0, f"translate at {i}")
    x0, x1, y0, y1 = (*translate, 0.0, 0.0)[:4]
    return x0, x1, y0, y1


def _slants(shear: Any) -> tuple[float, float, float, float]:
    if shear is None:
        return 0.0, 0.0, 0.0, 0.0
    checks.kind(shear, (Number, tuple, list), "shear")
    if not isinstance(shear, (tuple, list)):
        checks.positive(shear, "shear")
        return -shear, shear, 0.0, 0.0
    if len(shear) not in (2, 4):
        raise DTypeError(f"shear must be of length 2 or 4. Got {shear!r}.")
    for i in range(0, len(shear), 2):
        if shear[i] > shear[i + 1]:
            raise ArgumentError(f"Input shear[{i + 1}] must be equal to or greater than shear[{i}]")
    x0, x1, y0, y1 = (*shear, 0.0, 0.0)[:4]
    return x0, x1, y0, y1


def _corners(points: Any, name: str) -> list[tuple[int, int]]:
    checks.kind(points, (list, tuple), name)
    if len(points) != 4:
        raise DTypeError(f"{name} should be a list or tuple of length 4. Got {len(points)}.")
    for i, point in enumerate(points):
        checks.kind(point, (list, tuple), f"{name}[{i}]")
        if len(point) != 2:
            raise DTypeError(f"{name}[{i}] should be a list or tuple of length 2. Got {point!r}.")
        for j, value in enumerate(point):
            checks.whole(value, f"{name}[{i}][{j}]", -checks.INT_MAX - 1)
    return [(x, y) for x, y in points]


class Perspective(ImageTransform):
    """In the perspective that brings four points, (x, y), to four others.

    Args:
        start_points, end_points: top left, top right, bottom right and bottom left of a rectangle, before and after.

    >>> from luojia import dataset
    >>> corners = [[0, 0], [2, 0], [2, 2], [0, 2]]
    >>> dataset.vision.Perspective(corners, corners[1:] + corners[:1])(np.arange(9, dtype=np.uint8).reshape(3, 3))
    array([[6, 3, 0],
           [7, 4, 1],
           [8, 5, 2]], dtype=uint8)
    """

    refuses, of_bytes = UNEVEN, True
    keeps_pil = True

    def __init__(self, start_points: Any, end_points: Any, interpolation: Inter = Inter.BILINEAR) -> None:
        self.start, self.end = _corners(start_points, "start_points"), _corners(end_points, "end_points")
        self.inter = interpolation_of(interpolation)
        self.refuses = _refused(self.inter)

    def image(self, image: np.ndarray) -> np.ndarray:
        return warp.perspective(image, warp.view(self.start, self.end), _method(self.inter, "Perspective"))

    def picture(self, image: Any) -> Any:
        numbers = warp.view_back(self.start, self.end)
        return image.transform(image.size, pillow().Transform.PERSPECTIVE, numbers, pil_method(self.inter))


class RandomPerspective(ImageTransform):
    """A PIL image in a random perspective, with probability ``prob``.

    Args:
        distortion_scale: how far the corners move inwards at most, in halves of the height and width.

    >>> from luojia import dataset
    >>> image = dataset.vision.ToPIL()(np.zeros((4, 6, 3), np.uint8))
    >>> dataset.vision.RandomPerspective(prob=1.0)(image).size
    (6, 4)
    """

    keeps_pil = True

    def __init__(self, distortion_scale: float = 0.5, prob: float = 0.5,
                 interpolation: Inter = Inter.BICUBIC) -> None:
        self.scale = checks.probability(distortion_scale, "distortion_scale", (float,))
        self.prob, self.inter = checks.probability(prob, "prob", (float,)), interpolation_of(interpolation)

    def __call__(self, *images: Any) -> Any:
        if len(images) == 1 and not is_pil(images[0]):
            raise ArgumentError("Input image should be a Pillow image. Take ToPIL() first.")
        return super().__call__(*images)

    def picture(self, image: Any) -> Any:
        if not happens(self.prob):
            return image
        (width, height), rng = image.size, config.stream()
        across, down = (math.floor(n // 2 * self.scale) for n in (width, height))
        inward = [(rng.randint(across + 1), rng.randint(down + 1)) for _ in range(4)]
        start = [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)]
        end = [(abs(x - a), abs(y - b)) for (x, y), (a, b) in zip(start, inward)]
        return Perspective(start, end, self.inter)(image)
