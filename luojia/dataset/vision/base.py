"""What all image transforms share: NumPy or PIL images in, and checks of their arguments."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from ..._src.data.codecs import pillow
from ..._src.errors import ArgumentError, DTypeError
from .. import checks, config
from ..rows import PipelineError
from ..transforms.base import is_pil

WIDE = frozenset({"uint32", "int64", "uint64"})  # dtypes that no image has
HALF = WIDE | {"float16"}
UNEVEN = HALF | {"int8", "int32"}
COLOURS = UNEVEN | {"int16", "float64"}
_NUMBERS = ("bool", "int8", "uint8", "int16", "uint16", "int32", "float16", "float32", "float64")


class ImageTransform:
    """A function of an image, (H, W) or (H, W, C), NumPy or PIL.

    ``ranks`` are the numbers of axes that an image may have: None for (..., H, W, C), whose images are taken one by
    one. ``refuses`` are the dtypes that it may not have; one of bool is taken for bytes where it ``takes_bool``, and
    gives bytes where ``of_bytes``. A PIL image gives a PIL image where ``keeps_pil``, else an array.
    """

    ranks: tuple[int, ...] | None = (2, 3)
    channels: tuple[int, ...] = ()
    keeps_pil = of_bytes = False
    takes_bool = True
    refuses: frozenset[str] = WIDE

    def __call__(self, *images: Any) -> Any:
        who = type(self).__name__
        if len(images) != 1:
            raise PipelineError(f"{who}: The op is OneToOne, can only accept one tensor as input, got {len(images)}.")
        image = images[0]
        if is_pil(image):
            return self.picture(image) if self.keeps_pil else self.array(np.asarray(image))
        if not isinstance(image, np.ndarray):
            raise DTypeError(f"Input should be NumPy or PIL image, got {type(image)}. {who} takes one image.")
        return self.array(image)

    def device(self, device_target: str = "CPU") -> ImageTransform:
        """This transform; 'CPU' and 'Ascend' name the device, which here is the process's own."""
        checks.kind(device_target, (str,), "device_target")
        if device_target not in ("CPU", "Ascend"):
            raise ArgumentError(
                f"Input device_target is not within the valid set of ['CPU', 'Ascend']. Got {device_target!r}."
            )
        return self

    def array(self, image: np.ndarray) -> np.ndarray:
        """The transformed image of an array, whose shape and dtype are checked."""
        who = type(self).__name__
        self.checked(image)
        if image.dtype == np.bool_ and self.takes_bool:
            made = self.array(image.view(np.uint8))
            return made if self.of_bytes or made.dtype != np.uint8 else made.view(np.bool_)
        if self.ranks is None:
            if image.ndim < 2:
                raise PipelineError(
                    f"{who}: the image tensor should have at least two dimensions. You may need to perform Decode "
                    "first."
                )
            if image.ndim > 3:
                return np.stack([self.array(part) for part in image])
        elif image.ndim not in self.ranks:
            shapes = " or ".join({2: "<H, W>", 3: "<H, W, C>"}[n] for n in self.ranks)
            raise PipelineError(
                f"{who}: the dimension of image tensor does not match the requirement of operator. Expecting tensor "
                f"in dimension of ({', '.join(map(str, self.ranks))}), in shape of {shapes}. But got dimension "
                f"{image.ndim}. {'You may need to perform Decode first. ' if image.ndim == 1 else ''}image shape "
                f"should be <H,W> or <H,W,C>, but got rank: {image.ndim}."
            )
        channels = 1 if image.ndim == 2 else image.shape[2]
        if self.channels and channels not in self.channels:
            raise PipelineError(
                f"{who}: the channel of image tensor does not match the requirement of operator. Expecting tensor in "
                f"channel of ({', '.join(map(str, self.channels))}). But got channel {channels}."
            )
        return self.image(image)

    def checked(self, image: np.ndarray) -> None:
        """Raises unless there is something in the image, of numbers that it may consist of."""
        if image.dtype.kind not in "biuf":
            raise DTypeError(
                f"Invalid user input. Got {type(image)} of {image.dtype}, cannot be converted into tensor. "
                f"{type(self).__name__} takes images of numbers."
            )
        if not image.size:
            raise PipelineError(f"{type(self).__name__}: Input Tensor has no data, its shape is {image.shape}.")
        if image.dtype.name in self.refuses:
            known = ", ".join(name for name in _NUMBERS if name not in self.refuses)
            raise PipelineError(
                f"{type(self).__name__}: the data type of image tensor does not match the requirement of operator. "
                f"Expecting tensor in type of ({known}). But got type {image.dtype}."
            )

    def picture(self, image: Any) -> Any:
        """The transformed image of a PIL image."""
        return pillow().fromarray(self.array(np.asarray(image)))

    def image(self, image: np.ndarray) -> np.ndarray:
        """The transformed image of an array of the right shape."""
        raise NotImplementedError


def happens(prob: float) -> bool:
    """True with probability ``prob``."""
    return config.stream().random_sample() < prob


def pair(value: Any, fn: Any) -> tuple:
    """Both numbers of ``value``, or a number twice, each through ``fn``."""
    return tuple(map(fn, value)) if isinstance(value, (tuple, list)) else (fn(value),) * 2


def _two(size: Any) -> None:
    if isinstance(size, (list, tuple)) and len(size) != 2:
        raise DTypeError(f"Size should be a single integer or a list/tuple (h, w) of length 2. Got {size!r}.")


def crop_size(size: Any) -> tuple[int, int]:
    """(height, width) of a part; a number is both."""
    checks.kind(size, checks.SIZES, "size")
    _two(size)
    sizes = size if isinstance(size, (tuple, list)) else (size, size)
    high, wide = (
        checks.whole(n, f"size[{i}]" if sizes is size else "size", 1, checks.FLOAT_MAX, shown="")
        for i, n in enumerate(sizes)
    )
    return high, wide


def new_size(size: Any) -> tuple[int, ...]:
    """(height, width), or (length of the shorter side,), of an image to be."""
    if isinstance(size, (int, np.integer)):
        return (int(checks.within(size, 1, checks.FLOAT_MAX)),)
    if not isinstance(size, (list, tuple)) or len(size) != 2:
        raise DTypeError(f"Size should be a single integer or a list/tuple (h, w) of length 2. Got {size!r}.")
    return tuple(
        checks.within(checks.kind(n, (int,), f"size at dim {i}"), 1, checks.INT_MAX, f"size at dim {i}")
        for i, n in enumerate(size)
    )


def padding_of(padding: Any) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of a number, of (left and right, top and bottom), or of all four."""
    checks.kind(padding, (tuple, list, Number), "padding")
    if not isinstance(padding, (tuple, list)):
        sides = (checks.whole(padding, "padding"),) * 4
    else:
        if len(padding) not in (2, 4):
            raise ArgumentError(f"The size of the padding list or tuple should be 2 or 4. Got {padding!r}.")
        sides = tuple(
            checks.whole(n, f"padding[{i}]", shown="pad_value") for i, n in enumerate(padding)
        ) * (4 // len(padding))
    left, top, right, bottom = sides
    return left, top, right, bottom


def fill_of(fill: Any) -> Any:
    """What fills a border: a number of 0 to 255, or one for each of three channels."""
    values = fill if isinstance(fill, tuple) else (fill,)
    whole = isinstance(fill, (int, np.integer)) and not isinstance(fill, bool)
    if not whole and not (isinstance(fill, tuple) and len(fill) == 3):
        raise DTypeError(f"fill_value should be a single integer or a 3-tuple. Got {fill!r}.")
    for value in values:
        checks.whole(value, "fill_value", 0, 255)
    return fill


def ordered(values: Any, name: str, types: Sequence[type] = checks.WHOLE, low: float = 0,
            high: float = checks.FLOAT_MAX, ends: str = "[]", shown: str = "") -> tuple[float, float]:
    """(least, most), both within limits."""
    checks.kind(values, (tuple, list), name)
    if len(values) != 2:
        raise DTypeError(f"{name} should be a list/tuple of length 2. Got {values!r}.")
    for i, value in enumerate(values):
        checks.real(value, f"{name}[{i}]", low, high, shown=shown, types=types, ends=ends)
    if values[0] > values[1]:
        raise ArgumentError(f"{name} should be in (min,max) format. Got (max,min).")
    return values[0], values[1]


def area_and_ratio(scale: Any, ratio: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ranges of a random part's share of the area and of its width over its height."""
    scale = ordered(scale, "scale")
    if scale[1] <= 0:
        raise ArgumentError("Input scale[1] must be greater than 0.")
    checks.kind(ratio, (tuple, list), "ratio")
    if len(ratio) == 2 and not ratio[0] > 0:
        checks.within(ratio[0], 0, checks.FLOAT_MAX, "ratio[0]", "(]")
    return scale, ordered(ratio, "ratio", ends="(]")
