"""Images as NDArrays, (H, W, C): reading, sizes and crops under MXNet's names. Reading takes Pillow.

``interp`` is OpenCV's number of a method: 0 nearest, 1 bilinear, 2 bicubic, 3 area, 4 Lanczos. 9 takes bicubic where
the image grows, area where it shrinks, and else bilinear; 10 draws one of the five.
"""

from __future__ import annotations

import math
import os
import random
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor, wrap
from .._src.data import codecs, images
from .._src.data.images import method_of as method_of
from .._src.data.images import resized, turned_places
from .._src.engine.devices import current_context
from .._src.errors import ArgumentError, CallError, DTypeError, MissingFileError, ShapeError, within
from ..ndarray import BilinearSampler, NDArray  # type: ignore[attr-defined]
from ..util import array_class


def _pixels(src: Any) -> np.ndarray:
    return src._device.engine.to_numpy(src._value) if isinstance(src, Tensor) else np.asarray(src)


def _nd(array: np.ndarray) -> NDArray:
    device = current_context()
    return wrap(array_class(), device.engine.put(array, device), device)


def imdecode(buf: Any, flag: int = 1, to_rgb: bool = True) -> NDArray:
    """The image in a string of bytes: (H, W, 3) uint8 in the order red, green, blue; ``flag=0`` gives (H, W, 1), grey.

    ``to_rgb=False`` gives the order blue, green, red.
    """
    content = buf if isinstance(buf, (bytes, bytearray, memoryview)) else _pixels(buf)
    image = codecs.decode(content, colour=bool(flag))
    return _nd(image if to_rgb or not flag else np.ascontiguousarray(image[..., ::-1]))


def imread(filename: str, flag: int = 1, to_rgb: bool = True) -> NDArray:
    """The image in a file; see :func:`imdecode`."""
    try:
        with open(filename, "rb") as file:
            content = file.read()
    except OSError as error:
        raise MissingFileError(f"imread: '{filename}' couldn't open file: {error.strerror}.") from error
    with within(os.fspath(filename)):
        return imdecode(content, flag, to_rgb)


def imresize(src: Any, w: int, h: int, interp: int = 1) -> NDArray:
    """The image at ``w`` x ``h`` pixels.

    >>> imresize(luojia.nd.ones((4, 6, 3)), 3, 2).shape
    (2, 3, 3)
    """
    return _nd(resized(_pixels(src), (h, w), interp))


def resize_short(src: Any, size: int, interp: int = 2) -> NDArray:
    """The image with its shorter side at ``size``, in the same ratio."""
    return _nd(resized(_pixels(src), images.short_size(src.shape, size), interp))


def scale_down(src_size: Sequence[int], size: Sequence[int]) -> tuple[int, int]:
    """(w, h) of ``size``, made smaller in its ratio to fit into ``src_size``.

    >>> scale_down((10, 20), (30, 40))
    (10, 13)
    """
    (w, h), (most_w, most_h) = size, src_size
    if most_h < h:
        w, h = float(w * most_h) / h, most_h
    if most_w < w:
        w, h = most_w, float(h * most_w) / w
    return int(w), int(h)


def fixed_crop(src: Any, x0: int, y0: int, w: int, h: int, size: Sequence[int] | None = None,
               interp: int = 2) -> NDArray:
    """The part of ``w`` x ``h`` pixels from (x0, y0), as far as the image goes, at ``size`` (w, h) if given."""
    pixels = _pixels(src)
    part = images.crop(pixels, y0, x0, min(h, pixels.shape[0] - y0), min(w, pixels.shape[1] - x0))
    return _nd(part if size is None else resized(part, (size[1], size[0]), interp))


def center_crop(src: Any, size: Sequence[int], interp: int = 2) -> tuple[NDArray, tuple[int, int, int, int]]:
    """The part of ``size`` (w, h) in the middle, and its (x0, y0, w, h); enlarged where the image is smaller."""
    w, h = scale_down((src.shape[1], src.shape[0]), size)
    x0, y0 = (src.shape[1] - w) // 2, (src.shape[0] - h) // 2
    return fixed_crop(src, x0, y0, w, h, size, interp), (x0, y0, w, h)


def random_crop(src: Any, size: Sequence[int], interp: int = 2) -> tuple[NDArray, tuple[int, int, int, int]]:
    """A part of ``size`` (w, h) somewhere, and its (x0, y0, w, h); enlarged where the image is smaller."""
    w, h = scale_down((src.shape[1], src.shape[0]), size)
    x0, y0 = random.randint(0, src.shape[1] - w), random.randint(0, src.shape[0] - h)
    return fixed_crop(src, x0, y0, w, h, size, interp), (x0, y0, w, h)


def least_area(who: str, area: Any, kwargs: dict[str, Any]) -> Any:
    """``area``, or what is given by its older name ``min_area``."""
    if "min_area" in kwargs:
        warnings.warn("`min_area` is deprecated. Please use `area` instead.", DeprecationWarning, stacklevel=3)
        area = kwargs.pop("min_area")
    if kwargs:
        raise CallError(f"unexpected keyword arguments for `{who}`: {', '.join(kwargs)}.")
    return area


def random_size_crop(src: Any, size: Sequence[int], area: float | Sequence[float], ratio: Sequence[float],
                     interp: int = 2, **kwargs: Any) -> tuple[NDArray, tuple[int, int, int, int]]:
    """A part with a random share of the area and ratio, at ``size`` (w, h), and its (x0, y0, w, h).

    The logarithm of the ratio is uniform; where nothing fits after ten tries, ``center_crop``.

    Source: Szegedy et al. 2015, "Going deeper with convolutions", section 6.
    """
    area = least_area("random_size_crop", area, kwargs)
    rows, columns = src.shape[:2]
    low, high = (area, 1.0) if isinstance(area, (int, float)) else area
    for _ in range(10):
        share = random.uniform(low, high) * rows * columns
        aspect = math.exp(random.uniform(math.log(ratio[0]), math.log(ratio[1])))
        w, h = round(math.sqrt(share * aspect)), round(math.sqrt(share / aspect))
        if w <= columns and h <= rows:
            x0, y0 = random.randint(0, columns - w), random.randint(0, rows - h)
            return fixed_crop(src, x0, y0, w, h, size, interp), (x0, y0, w, h)
    return center_crop(src, size, interp)


def color_normalize(src: Any, mean: Any, std: Any = None) -> Any:
    """``(src - mean) / std``, channels last, in place: ``src`` is what is returned."""
    if mean is not None:
        src -= mean
    if std is not None:
        src /= std
    return src


_BORDERS: dict[int, Any] = {1: "edge", 2: "symmetric", 3: "wrap", 4: "reflect"}


def copyMakeBorder(src: Any, top: int, bot: int, left: int, right: int, type: int = 0, value: float = 0.0,
                   values: Sequence[float] = ()) -> NDArray:
    """An image (H, W, C) with rows and columns around it, by OpenCV's numbers of border types.

    0 fills with ``value``, or with ``values`` per channel; 1 repeats the edge; 2 and 4 mirror the image, with and
    without the edge; 3 goes on at the other side.

    >>> from luojia import nd
    >>> copyMakeBorder(nd.ones((2, 2, 1)), 1, 0, 0, 0, value=7).asnumpy()[..., 0].tolist()
    [[7.0, 7.0], [1.0, 1.0], [1.0, 1.0]]
    """
    if type not in (0, *_BORDERS):
        raise ArgumentError(f"copyMakeBorder: type must be 0 (constant) to 4 (mirrored), got {type}.")
    pixels, around = _pixels(src), ((top, bot), (left, right), (0, 0))
    if type:
        return _nd(np.pad(pixels, around, _BORDERS[type]))
    channels = [np.pad(pixels[..., i : i + 1], around, constant_values=v)
                for i, v in enumerate(_per_channel(values, pixels.shape[2]) if values else (value,) * pixels.shape[2])]
    return _nd(np.concatenate(channels, axis=2))


def _per_channel(values: Any, channels: int) -> list[float]:
    """OpenCV's scalar of several parts: those that are not given are 0."""
    given = list(values) if isinstance(values, Sequence) else [values]
    return (given + [0] * channels)[:channels]


def imrotate(src: NDArray, rotation_degrees: float | NDArray, zoom_in: bool = False, zoom_out: bool = False) -> NDArray:
    """Float32 images (C, H, W) or (N, C, H, W), turned counter-clockwise about their middles, at their own size.

    Args:
        src: the image or images.
        rotation_degrees: a number, or for (N, C, H, W) one for each image, (N,).
        zoom_in: enlarge so that no corner is empty. zoom_out: shrink so that nothing is cut off.

    Raises:
        TypeError: another dtype, or several angles for one image. ValueError: another number of axes or angles, or
            both zooms.

    >>> imrotate(luojia.nd.ones((1, 3, 3)), 45, zoom_out=True).shape
    (1, 3, 3)
    """
    if zoom_in and zoom_out:
        raise ArgumentError("imrotate: `zoom_in` and `zoom_out` cannot be both True; choose one.")
    if src.dtype is not np.float32:
        raise DTypeError(f"imrotate: Only `float32` images are supported by this function, got {src.np_dtype}; cast "
                         "with astype('float32').")
    if src.ndim not in (3, 4):
        raise ShapeError(f"imrotate: Only 3D and 4D are supported by this function, (C, H, W) and (N, C, H, W), got "
                         f"shape {src.shape}.")
    angles = np.deg2rad(_pixels(rotation_degrees).astype(np.float64))
    if src.ndim == 3 and angles.ndim:
        raise DTypeError("imrotate: When a single image is passed the rotation angle is required to be a scalar, got "
                         f"an array of shape {angles.shape}.")
    images_ = src if src.ndim == 4 else src.expand_dims(0)
    if angles.ndim and angles.shape != images_.shape[:1]:
        raise ShapeError("imrotate: The number of images must be equal to the number of rotation angles, got "
                         f"{images_.shape[0]} and {angles.shape}.")
    height, width = src.shape[-2:]
    places = [turned_places(height, width, angle, zoom_in, zoom_out)
              for angle in np.broadcast_to(angles, images_.shape[:1])]
    grid = src._device.engine.put(np.stack(places).astype(np.float32), src._device)
    out = BilinearSampler(images_, wrap(NDArray, grid, src._device))
    return out if src.ndim == 4 else out[0]


def random_rotate(src: NDArray, angle_limits: Sequence[float], zoom_in: bool = False,
                  zoom_out: bool = False) -> NDArray:
    """``imrotate`` by an angle uniform between ``angle_limits``, in degrees; for (N, C, H, W) one for each image."""
    angles: Any = np.random.uniform(*angle_limits, size=src.shape[0] if src.ndim == 4 else None)
    return imrotate(src, angles, zoom_in, zoom_out)
