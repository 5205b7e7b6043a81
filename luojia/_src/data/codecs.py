"""Compressed images (JPEG, PNG and what else Pillow reads) to arrays and back."""

from __future__ import annotations

import io
import os
from typing import Any

import numpy as np

from luojia._src.data.digits import MissingPackageError
from luojia._src.errors import ArgumentError, FormatError, within


def pillow() -> Any:
    """The module ``PIL.Image``.

    Raises:
        MissingPackageError: Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingPackageError("Reading and writing images takes Pillow: pip install luojia[data]") from error
    return Image


def decode(content: bytes | bytearray | memoryview | np.ndarray, colour: bool = True) -> np.ndarray:
    """(H, W, 3) uint8 in the order red, green, blue, or (H, W, 1) grey.

    Raises:
        FormatError: the bytes are no image that Pillow knows, or a damaged one.
    """
    raw = content.tobytes() if isinstance(content, np.ndarray) else bytes(content)
    try:
        with pillow().open(io.BytesIO(raw)) as image:
            if colour or image.format != "PNG" or image.mode not in ("RGB", "RGBA", "P"):
                pixels = np.array(image.convert("RGB" if colour else "L"))
            else:
                pixels = _png_grey(np.array(image.convert("RGB"), np.int32))
    except (MissingPackageError, MemoryError):
        raise
    except Exception as error:  # a damaged image can fail in any way; nothing but Pillow ran
        what = "no image that Pillow knows" if type(error).__name__ == "UnidentifiedImageError" else error
        raise FormatError(f"decoding an image of {len(raw)} bytes failed: {what}") from error
    return pixels if colour else pixels[..., None]


def _png_grey(rgb: np.ndarray) -> np.ndarray:
    """As libpng weighs colours, which OpenCV, and so MXNet, reads PNG files with: in 15 bits, cut off."""
    return (rgb @ np.array([9798, 19235, 3735]) >> 15).astype(np.uint8)


def read(path: str | os.PathLike[str], colour: bool = True) -> np.ndarray:
    """The image in a file; see :func:`decode`."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except ValueError as error:  # a name that can be none
        raise FormatError(f"{os.fspath(path)!r} is the name of no file: {error}") from error
    with within(os.fspath(path)):
        return decode(content, colour)


def encode(image: np.ndarray, extension: str = ".jpg", quality: int = 95) -> bytes:
    """The file of an image, (H, W), (H, W, 1) or (H, W, 3) uint8; ``quality`` is JPEG's 1-100 or PNG's 0-9.

    Raises:
        ArgumentError: an extension other than .jpg, .jpeg, .png.
    """
    kind = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}.get(extension.lower())
    if kind is None:
        raise ArgumentError(f"encoding an image expects the extension .jpg, .jpeg or .png, got {extension!r}.")
    pixels = np.asarray(image)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        found = f"{pixels.dtype} {pixels.shape}"
        raise ArgumentError(f"encoding an image expects uint8 of (H, W) or (H, W, C), got {found}.")
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    options = {"quality": quality} if kind == "JPEG" else {"compress_level": min(quality, 9)}
    out = io.BytesIO()
    pillow().fromarray(pixels).save(out, kind, **options)
    return out.getvalue()
