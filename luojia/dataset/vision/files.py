"""Image files and images: reading, writing, encoding, and how large an image is."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ..._src.core.tensor import Tensor
from ..._src.data import codecs, tone
from ..._src.errors import DTypeError
from ..._src.formats.atomic import write_bytes
from ..rows import PipelineError
from .base import is_pil
from .utils import ImageReadMode

_FORMATS = ("JPEG", "PNG", "BMP", "TIFF")


def _of(value: Any, kinds: tuple[type, ...], name: str, shown: str = "") -> Any:
    if isinstance(value, bool) or not isinstance(value, kinds):
        names = shown or " or ".join(str(kind) for kind in kinds)
        raise DTypeError(f"Input {name} is not of type {names}, but got: {type(value)}.")
    return value


def _array(value: Any, name: str) -> np.ndarray:
    kinds = f"{np.ndarray} or <class 'luojia.Tensor'>"
    value = _of(value, (np.ndarray, Tensor), name, kinds)
    return value.asnumpy() if isinstance(value, Tensor) else value


def _existing(filename: Any, who: str) -> str:
    _of(filename, (str,), "filename")
    if not os.path.exists(filename):
        raise PipelineError(f"{who}: Invalid file path, {filename} does not exist.")
    if not os.path.isfile(filename):
        raise PipelineError(f"{who}: Invalid file path, {filename} is not a regular file.")
    return filename


def read_file(filename: str) -> np.ndarray:
    """(n,) uint8: the bytes of a file.

    >>> from luojia import dataset
    >>> dataset.vision.write_file("./bytes.bin", np.uint8([1, 2, 3]))
    >>> dataset.vision.read_file("./bytes.bin")
    array([1, 2, 3], dtype=uint8)
    """
    return np.fromfile(_existing(filename, "ReadFile"), np.uint8)


def read_image(filename: str, mode: ImageReadMode = ImageReadMode.UNCHANGED) -> np.ndarray:
    """(H, W, C) uint8 of a JPEG, PNG, BMP or TIFF file.

    Args:
        mode: ImageReadMode.COLOR for three channels, GRAYSCALE for one, UNCHANGED for those of the file; alpha is
            left out.

    >>> from luojia import dataset
    >>> dataset.vision.write_png("./image.png", np.full((1, 2, 3), 100, np.uint8))
    >>> dataset.vision.read_image("./image.png", dataset.vision.ImageReadMode.GRAYSCALE).tolist()
    [[[100], [100]]]
    """
    _of(filename, (str,), "filename")
    _of(mode, (ImageReadMode,), "mode")
    path = _existing(filename, "ReadImage")
    try:
        with codecs.pillow().open(path, formats=_FORMATS) as image:
            if mode is ImageReadMode.UNCHANGED:
                mode = ImageReadMode.GRAYSCALE if image.mode in ("L", "1") else ImageReadMode.COLOR
            if mode is ImageReadMode.COLOR:
                return np.array(image.convert("RGB"))
            if image.format == "JPEG" or image.mode in ("L", "1"):
                return np.array(image.convert("L"))[..., None]
            rgb = np.array(image.convert("RGB"))
            grey = (rgb @ tone.LUMA).astype(np.uint8) if image.format == "PNG" else tone.grey(rgb)  # libpng cuts off
            return grey[..., None]
    except (codecs.MissingPackageError, MemoryError):
        raise
    except Exception as error:  # a damaged image can fail in any way; nothing but Pillow ran
        raise PipelineError(f"ReadImage: Failed to read file {filename}: {error}") from error


def _write(filename: str, content: bytes, who: str) -> None:
    try:
        write_bytes(filename, content)
    except OSError as error:
        raise PipelineError(f"{who}: writing {filename} failed: {error.strerror or error}") from error


def write_file(filename: str, data: np.ndarray | Tensor) -> None:
    """Writes bytes, (n,) uint8, to a file.

    >>> from luojia import dataset
    >>> dataset.vision.write_file("./bytes.bin", np.uint8([1, 2, 3]))
    >>> dataset.vision.read_file("./bytes.bin")
    array([1, 2, 3], dtype=uint8)
    """
    _of(filename, (str,), "filename")
    content = _array(data, "data")
    if content.dtype != np.uint8:
        raise PipelineError(f"WriteFile: The type of the elements of data should be UINT8, but got {content.dtype}.")
    if content.ndim != 1:
        raise PipelineError(
            f"WriteFile: The data has invalid dimensions. It should have only one dimension, but got {content.ndim} "
            "dimensions."
        )
    _write(filename, content.tobytes(), "WriteFile")


def _encoded(image: Any, kind: str, name: str, amount: Any, ends: tuple[int, int], who: str) -> np.ndarray:
    pixels = _array(image, "image")
    _of(amount, (int,), name)
    if not ends[0] <= amount <= ends[1]:
        raise PipelineError(f"{who}: Invalid {name} {amount}, should be in range of [{ends[0]}, {ends[1]}].")
    what = "image data" if who.startswith("Encode") else "elements of image"
    if pixels.dtype != np.uint8:
        raise PipelineError(f"{who}: The type of the {what} should be UINT8, but got {pixels.dtype}.")
    if pixels.ndim not in (2, 3):
        raise PipelineError(
            f"{who}: The image has invalid dimensions. It should have two or three dimensions, but got {pixels.ndim} "
            "dimensions."
        )
    if pixels.ndim == 3 and pixels.shape[2] not in (1, 3):
        raise PipelineError(
            f"{who}: The image has invalid channels. It should have 1 or 3 channels, but got {pixels.shape[2]} "
            "channels."
        )
    return np.frombuffer(codecs.encode(pixels, kind, amount), np.uint8)


def encode_jpeg(image: np.ndarray | Tensor, quality: int = 75) -> np.ndarray:
    """(n,) uint8: the JPEG file of an image (H, W), (H, W, 1) or (H, W, 3) uint8, of quality 1 to 100.

    >>> from luojia import dataset
    >>> dataset.vision.encode_jpeg(np.zeros((4, 6, 3), np.uint8))[:3]
    array([255, 216, 255], dtype=uint8)
    """
    return _encoded(image, ".jpg", "quality", quality, (1, 100), "EncodeJpeg")


def encode_png(image: np.ndarray | Tensor, compression_level: int = 6) -> np.ndarray:
    """(n,) uint8: the PNG file of an image (H, W), (H, W, 1) or (H, W, 3) uint8, compressed by 0 to 9.

    >>> from luojia import dataset
    >>> dataset.vision.encode_png(np.zeros((4, 6, 3), np.uint8))[:8].tobytes()
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    return _encoded(image, ".png", "compression_level", compression_level, (0, 9), "EncodePng")


def write_jpeg(filename: str, image: np.ndarray | Tensor, quality: int = 75) -> None:
    """Writes an image to a JPEG file; see :func:`encode_jpeg`.

    >>> from luojia import dataset
    >>> dataset.vision.write_jpeg("./image.jpg", np.full((4, 6, 3), 100, np.uint8))
    >>> dataset.vision.read_image("./image.jpg").shape
    (4, 6, 3)
    """
    _of(filename, (str,), "filename")
    content = _encoded(image, ".jpg", "quality", quality, (1, 100), "WriteJpeg")
    _write(filename, content.tobytes(), "WriteJpeg")


def write_png(filename: str, image: np.ndarray | Tensor, compression_level: int = 6) -> None:
    """Writes an image to a PNG file; see :func:`encode_png`.

    >>> from luojia import dataset
    >>> dataset.vision.write_png("./image.png", np.uint8([[[1, 2, 3]]]))
    >>> dataset.vision.read_image("./image.png")
    array([[[1, 2, 3]]], dtype=uint8)
    """
    _of(filename, (str,), "filename")
    content = _encoded(image, ".png", "compression_level", compression_level, (0, 9), "WritePng")
    _write(filename, content.tobytes(), "WritePng")


def _shape(image: Any, who: str) -> tuple[int, ...]:
    """The shape of an image, (..., H, W) or (..., H, W, C)."""
    if is_pil(image):
        return image.height, image.width, len(image.getbands())
    kinds = f"{np.ndarray} or <class 'PIL.Image.Image'>"
    shape = _of(image, (np.ndarray,), "image", kinds).shape
    if len(shape) < 2:
        raise PipelineError(
            f"{who}: invalid parameter, image should have at least two dimensions, but got: {len(shape)}"
        )
    return shape if len(shape) > 2 else (*shape, 1)


def get_image_size(image: Any) -> list[int]:
    """[height, width] of an image (..., H, W, C) or (H, W), NumPy or PIL.

    >>> from luojia import dataset
    >>> dataset.vision.get_image_size(np.zeros((4, 6, 3), np.uint8))
    [4, 6]
    """
    return list(_shape(image, "GetImageSize")[-3:-1])


def get_image_num_channels(image: Any) -> int:
    """The number of channels of an image (..., H, W, C) or (H, W), NumPy or PIL.

    >>> from luojia import dataset
    >>> dataset.vision.get_image_num_channels(np.zeros((4, 6, 3), np.uint8))
    3
    """
    return _shape(image, "GetImageNumChannels")[-1]
