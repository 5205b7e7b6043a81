"""Image transforms that change layout, range or kind: between layouts, arrays, PIL images and files."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from ..._src.data import codecs, tone
from ..._src.errors import ArgumentError, DTypeError, FormatError
from .. import checks
from ..rows import PipelineError
from ..transforms.base import dtype_of
from .base import HALF, WIDE, ImageTransform, is_pil


class HWC2CHW(ImageTransform):
    """(H, W, C) to (C, H, W); (H, W) stays.

    >>> HWC2CHW()(np.zeros((4, 5, 3))).shape
    (3, 4, 5)
    """

    refuses = HALF

    def image(self, image: np.ndarray) -> np.ndarray:
        return image.copy() if image.ndim == 2 else np.ascontiguousarray(image.transpose(2, 0, 1))


class Rescale(ImageTransform):
    """``image * rescale + shift``, float32.

    >>> from luojia import dataset
    >>> dataset.vision.Rescale(1 / 255, 0.0)(np.array([[[0, 255]]], np.uint8)).tolist()
    [[[0.0, 1.0]]]
    """

    def __init__(self, rescale: float, shift: float) -> None:
        checks.kind(rescale, (Number,), "rescale")
        checks.kind(shift, (Number,), "shift")
        checks.real(shift, "shift", -checks.FLOAT_MAX)
        self.rescale, self.shift = np.float32(rescale), np.float32(shift)

    def array(self, image: np.ndarray) -> np.ndarray:
        self.checked(image)
        return image.astype(np.float32) * self.rescale + self.shift


def mean_and_std(mean: Any, std: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays, if they are lists of as many numbers within [0, 255] and (0, 255]."""
    checks.kind(mean, (list, tuple), "mean")
    checks.kind(std, (list, tuple), "std")
    if len(mean) != len(std):
        raise ArgumentError(f"Length of mean and std must be equal. Got {len(mean)} and {len(std)}.")
    for name, values, ends in (("mean", mean, "[]"), ("std", std, "(]")):
        for i, value in enumerate(values):
            if isinstance(value, np.number):
                value = value.item()
            checks.real(value, f"{name}[{i}]", 0, 255, types=checks.WHOLE, ends=ends)
    return np.array(mean, np.float32), np.array(std, np.float32)


class Normalize(ImageTransform):
    """``(image - mean) / std``, float32; one number per channel, or one for all.

    Args:
        mean, std: lists of numbers within [0, 255] and (0, 255].
        is_hwc: (H, W, C), else (C, H, W).

    >>> from luojia import dataset
    >>> dataset.vision.Normalize([100.0] * 3, [50.0] * 3)(np.full((1, 1, 3), 200, np.uint8)).tolist()
    [[[2.0, 2.0, 2.0]]]
    """

    refuses = frozenset()
    ranks = None

    def __init__(self, mean: Sequence[float], std: Sequence[float], is_hwc: bool = True) -> None:
        self.mean, self.std = mean_and_std(mean, std)
        self.is_hwc = checks.flag(is_hwc, "is_hwc")

    def __call__(self, *images: Any) -> Any:
        if len(images) == 1 and isinstance(images[0], np.ndarray) and images[0].ndim < 2:
            raise PipelineError(
                f"Normalize: input tensor should have at least 2 dimensions, but got: {images[0].ndim}"
            )
        return super().__call__(*images)

    def image(self, image: np.ndarray) -> np.ndarray:
        channels = 1 if image.ndim == 2 else image.shape[-1 if self.is_hwc else 0]
        if len(self.mean) not in (1, channels):
            raise PipelineError(
                f"{type(self).__name__}: number of channels does not match the size of mean and std vectors, got "
                f"channels: {channels}, size of mean: {len(self.mean)}"
            )
        mean, std = self.mean, self.std
        if image.ndim == 3 and not self.is_hwc:
            mean, std = mean[:, None, None], std[:, None, None]
        return (image.astype(np.float32) - mean) / std


class NormalizePad(Normalize):
    """``(image - mean) / std`` and one more channel of zeros. (MindSpore 2.8 puts (H, W, C) after each other, unpadded,
    with all zeros at the end.)

    Args:
        dtype: 'float32' or 'float16'.

    >>> from luojia import dataset
    >>> dataset.vision.NormalizePad([1.0, 2, 3], [1.0, 1, 2])(np.uint8([[[1, 3, 7]]]))
    array([[[0., 1., 2., 0.]]], dtype=float32)
    """

    ranks = (2, 3)

    def __init__(self, mean: Sequence[float], std: Sequence[float], dtype: str = "float32",
                 is_hwc: bool = True) -> None:
        super().__init__(mean, std, is_hwc)
        if not isinstance(dtype, str):
            raise DTypeError(f"dtype should be string. Got {dtype!r}.")
        if dtype not in ("float32", "float16"):
            raise ArgumentError(f"dtype only supports float32 or float16. Got {dtype!r}.")
        self.dtype = dtype

    def image(self, image: np.ndarray) -> np.ndarray:
        axis = -1 if self.is_hwc else 0
        out = super().image(image if image.ndim == 3 else np.expand_dims(image, axis)).astype(self.dtype)
        return np.concatenate([out, np.zeros_like(np.take(out, [0], axis))], axis)


class LinearTransformation:
    """An array, flattened, less ``mean_vector``, times ``transformation_matrix``, in its own shape.

    Args:
        transformation_matrix: (n, n).
        mean_vector: (n,).

    >>> from luojia import dataset
    >>> change = dataset.vision.LinearTransformation(2 * np.eye(2, dtype=np.float32), np.ones(2, np.float32))
    >>> change(np.float32([[[3, 4]]]))
    array([[[4., 6.]]], dtype=float32)
    """

    def __init__(self, transformation_matrix: np.ndarray, mean_vector: np.ndarray) -> None:
        checks.kind(transformation_matrix, (np.ndarray,), "transformation_matrix")
        checks.kind(mean_vector, (np.ndarray,), "mean_vector")
        shape = transformation_matrix.shape
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ArgumentError(f"transformation_matrix should be a square matrix. Got shape {shape} instead.")
        if mean_vector.shape[0] != shape[0]:
            raise ArgumentError(
                f"mean_vector length {mean_vector.shape[0]} should match either one dimension of the square"
                f"transformation_matrix {shape}."
            )
        self.matrix, self.mean = transformation_matrix, mean_vector

    def __call__(self, image: Any) -> np.ndarray:
        if not isinstance(image, np.ndarray):
            raise DTypeError(f"img should be NumPy array. Got {type(image)}")
        if image.size != len(self.matrix):
            raise ArgumentError(
                f"transformation_matrix shape {self.matrix.shape} not compatible with Numpy image shape {image.shape}."
            )
        return ((image.reshape(1, -1) - self.mean) @ self.matrix).reshape(image.shape)


class RgbToHsv:
    """RGB to hue, saturation and value, float64; (H, W, C) if ``is_hwc``, else (C, H, W), or batches.

    >>> from luojia import dataset
    >>> dataset.vision.RgbToHsv(is_hwc=True)(np.float32([[[0.0, 1.0, 1.0]]]))
    array([[[0.5, 1. , 1. ]]])
    """

    change = staticmethod(tone.rgb_to_hsv)
    kind = "RGB"

    def __init__(self, is_hwc: bool = False) -> None:
        self.is_hwc = checks.flag(is_hwc, "is_hwc")

    def __call__(self, image: Any) -> np.ndarray:
        if not isinstance(image, np.ndarray):
            raise DTypeError(f"img should be NumPy image. Got {type(image)}")
        if image.ndim not in (3, 4):
            raise DTypeError(
                f"img shape should be (H, W, C)/(N, H, W, C)/(C, H, W)/(N, C, H, W). Got {image.shape}."
            )
        axis = -1 if self.is_hwc else -3
        if image.shape[axis] != 3:
            raise DTypeError(f"img should be 3 channels {self.kind} img. Got {image.shape[axis]} channels.")
        return np.moveaxis(self.change(np.moveaxis(image, axis, -1)), -1, axis)


class HsvToRgb(RgbToHsv):
    """Hue, saturation and value to RGB, float64; (H, W, C) if ``is_hwc``, else (C, H, W), or batches.

    >>> from luojia import dataset
    >>> dataset.vision.HsvToRgb(is_hwc=True)(np.float32([[[0.5, 1.0, 1.0]]]))
    array([[[0., 1., 1.]]])
    """

    change = staticmethod(tone.hsv_to_rgb)


class ToTensor:
    """(H, W, C) or (H, W) of 0..255, NumPy or PIL, to (C, H, W) of 0..1 in ``output_type``.

    >>> from luojia import dataset
    >>> dataset.vision.ToTensor()(np.full((2, 3, 3), 255, np.uint8)).shape
    (3, 2, 3)
    """

    def __init__(self, output_type: Any = np.float32) -> None:
        self.dtype = dtype_of(output_type, "output_type")

    def __call__(self, image: Any) -> np.ndarray:
        if not isinstance(image, np.ndarray) and not is_pil(image):
            raise DTypeError(f"Input should be NumPy or PIL image, got {type(image)}. ToTensor takes one image.")
        array = np.asarray(image)
        if array.dtype.name in WIDE or array.dtype.kind not in "biuf":
            raise PipelineError(
                "ToTensor: Input includes unsupported data type in [uint32, int64, uint64, string, bytes], got "
                f"{array.dtype}."
            )
        if not array.size:
            raise PipelineError(f"ToTensor: Input Tensor has no data, its shape is {array.shape}.")
        if array.ndim not in (2, 3):
            raise PipelineError(f"ToTensor: image shape should be <H,W> or <H,W,C>, but got rank: {array.ndim}")
        array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
        return np.ascontiguousarray(array / np.float32(255), self.dtype)


class ToPIL:
    """An array of one to four channels as a PIL image.

    >>> from luojia import dataset
    >>> dataset.vision.ToPIL()(np.zeros((4, 6, 3), np.uint8)).size
    (6, 4)
    """

    def __call__(self, image: Any) -> Any:
        if is_pil(image):
            return image
        if not isinstance(image, np.ndarray):
            raise DTypeError(
                f"The input image should be of type numpy.ndarray or PIL.Image.Image. Got {type(image)}."
            )
        if image.ndim not in (2, 3):
            raise ArgumentError(f"The dimension of input image should be 2 or 3. Got {image.ndim}.")
        if image.ndim == 3 and image.shape[2] == 1:
            image = image[..., 0]
        if image.ndim == 3 and image.dtype != np.uint8:
            raise DTypeError(
                f"The input image type {image.dtype} is not supported when image shape is [H, W, 2], [H, W, 3] or "
                "[H, W, 4]."
            )
        return codecs.pillow().fromarray(image)


class ToNumpy:
    """A PIL image as an array.

    >>> from luojia import dataset
    >>> image = dataset.vision.ToPIL()(np.uint8([[1, 2], [3, 4]]))
    >>> dataset.vision.ToNumpy()(image)
    array([[1, 2],
           [3, 4]], dtype=uint8)
    """

    def __call__(self, image: Any) -> np.ndarray:
        return np.array(image)


class ToType:
    """Another dtype.

    >>> from luojia import dataset
    >>> dataset.vision.ToType(np.float32)(np.array([1, 2], np.uint8))
    array([1., 2.], dtype=float32)
    """

    def __init__(self, data_type: Any) -> None:
        self.dtype = dtype_of(data_type, "data_type")

    def __call__(self, image: Any) -> np.ndarray:
        array = np.asarray(image)
        if array.dtype.kind in "US" and self.dtype.kind not in "US":
            raise PipelineError(f"TypeCast: TypeCast does not support cast from string to {self.dtype}")
        return array.astype(self.dtype)


class Decode:
    """The bytes of a JPEG or PNG file, (n,) uint8 or one of NumPy's bytes, to (H, W, 3) uint8: red, green, blue.

    Args:
        to_pil: give a PIL image.

    >>> from luojia import dataset
    >>> jpeg = dataset.vision.encode_jpeg(np.full((4, 6, 3), 100, np.uint8))
    >>> dataset.vision.Decode()(jpeg).shape
    (4, 6, 3)
    """

    def __init__(self, to_pil: bool = False) -> None:
        self.to_pil = checks.flag(to_pil, "to_pil")

    device = ImageTransform.device

    def __call__(self, image: Any) -> Any:
        if not isinstance(image, (np.ndarray, bytes)):
            raise DTypeError(f"The type of the encoded image should be {np.ndarray}, but got {type(image)}.")
        if isinstance(image, bytes) or (image.dtype.kind == "S" and image.size == 1):  # MindDataset gives the latter
            raw = np.frombuffer(image if isinstance(image, bytes) else image.tobytes(), np.uint8)
        else:
            raw = image
        if raw.ndim != 1:
            raise DTypeError(f"The number of array dimensions of the encoded image should be 1, but got {raw.ndim}.")
        if raw.dtype != np.uint8:
            raise PipelineError(f"Decode: image decode failed. Its bytes should be uint8, but got {raw.dtype}.")
        try:
            pixels = codecs.decode(raw)
        except FormatError as error:
            if self.to_pil:
                raise ArgumentError(f"{error} : Failed to decode given image.") from error
            raise PipelineError(f"Decode: image decode failed. {error}") from error
        return codecs.pillow().fromarray(pixels) if self.to_pil else pixels
