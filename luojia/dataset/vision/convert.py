"""Image transforms that change the representation: layout, dtype, range, files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._src.data import codecs
from ..._src.errors import ArgumentError, DTypeError, FormatError
from ..dataset import PipelineError
from ..transforms.base import dtype_of
from .base import ImageTransform, is_pil


class HWC2CHW(ImageTransform):
    """(H, W, C) to (C, H, W); (H, W) stays.

    >>> HWC2CHW()(np.zeros((4, 5, 3))).shape
    (3, 4, 5)
    """

    def __call__(self, image: Any) -> np.ndarray:
        return super().__call__(np.asarray(image) if is_pil(image) else image)

    def image(self, image: np.ndarray) -> np.ndarray:
        return image.copy() if image.ndim == 2 else np.ascontiguousarray(image.transpose(2, 0, 1))


class Rescale(ImageTransform):
    """``image * rescale + shift``, float32."""

    any_rank = True

    def __init__(self, rescale: float, shift: float) -> None:
        for name, value in (("rescale", rescale), ("shift", shift)):
            if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
                raise DTypeError(f"Rescale: Argument {name} with value {value!r} is not a number.")
        self.rescale, self.shift = np.float32(rescale), np.float32(shift)

    def image(self, image: np.ndarray) -> np.ndarray:
        return image.astype(np.float32) * self.rescale + self.shift


class Normalize(ImageTransform):
    """``(image - mean) / std``, float32; one number per channel, or one for all.

    Args:
        mean, std: lists of numbers within [0, 255] and (0, 255].
        is_hwc: (H, W, C), else (C, H, W).
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], is_hwc: bool = True) -> None:
        if len(mean) != len(std):
            raise ArgumentError(f"Normalize: Length of mean and std must be equal, got {len(mean)} and {len(std)}.")
        for name, values, least in (("mean", mean, True), ("std", std, False)):
            for i, value in enumerate(values):
                if not 0 <= value <= 255 or (value == 0 and not least):
                    raise ArgumentError(
                        f"Normalize: Input {name}[{i}] is not within the required interval of "
                        f"{'[' if least else '('}0, 255], got {value}."
                    )
        self.mean, self.std, self.is_hwc = np.array(mean, np.float32), np.array(std, np.float32), is_hwc

    def image(self, image: np.ndarray) -> np.ndarray:
        channels = 1 if image.ndim == 2 else image.shape[-1 if self.is_hwc else 0]
        if len(self.mean) not in (1, channels):
            raise PipelineError(f"Normalize: the image has {channels} channels, mean has {len(self.mean)} numbers.")
        mean, std = self.mean, self.std
        if image.ndim == 3 and not self.is_hwc:
            mean, std = mean[:, None, None], std[:, None, None]
        return (image.astype(np.float32) - mean) / std


class ToTensor:
    """(H, W, C) or (H, W) of 0..255, NumPy or PIL, to (C, H, W) of 0..1 in ``output_type``."""

    def __init__(self, output_type: Any = np.float32) -> None:
        self.dtype = dtype_of(output_type, "ToTensor")

    def __call__(self, image: Any) -> np.ndarray:
        if not isinstance(image, np.ndarray) and not is_pil(image):
            raise DTypeError(f"ToTensor: Input should be NumPy or PIL image, got {type(image)}.")
        array = np.asarray(image)
        if array.ndim not in (2, 3):
            raise PipelineError(f"ToTensor: image shape should be <H,W> or <H,W,C>, but got rank {array.ndim}.")
        array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
        return np.ascontiguousarray(array / np.float32(255), self.dtype)


class ToPIL:
    """A uint8 image as a PIL image."""

    def __call__(self, image: Any) -> Any:
        if is_pil(image):
            return image
        if not isinstance(image, np.ndarray):
            raise DTypeError(f"ToPIL: Input should be NumPy or PIL image, got {type(image)}.")
        return codecs.pillow().fromarray(image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image)


class ToNumpy:
    """A PIL image as an array."""

    def __call__(self, image: Any) -> np.ndarray:
        return np.array(image)


class ToType:
    """Another dtype."""

    def __init__(self, data_type: Any) -> None:
        self.dtype = dtype_of(data_type, "ToType")

    def __call__(self, image: Any) -> np.ndarray:
        return np.asarray(image).astype(self.dtype)


class Decode:
    """The bytes of a JPEG or PNG file, (n,) uint8, to (H, W, 3) uint8 in the order red, green, blue.

    Args:
        to_pil: give a PIL image.
    """

    def __init__(self, to_pil: bool = False, rgb: bool = True) -> None:
        self.to_pil = to_pil

    def __call__(self, image: Any) -> Any:
        raw = np.frombuffer(image, np.uint8) if isinstance(image, bytes) else np.asarray(image)
        if raw.ndim != 1 or raw.dtype != np.uint8:
            raise DTypeError(
                "Decode: The number of array dimensions of the encoded image should be 1 and its dtype uint8, but got "
                f"{raw.ndim} and {raw.dtype}."
            )
        try:
            pixels = codecs.decode(raw)
        except FormatError as error:
            raise PipelineError(f"Decode: image decode failed. {error}") from error
        return codecs.pillow().fromarray(pixels) if self.to_pil else pixels
