"""Images as NDArrays, (H, W, C): reading, sizes and crops under MXNet's names. Reading takes Pillow.

``interp`` is OpenCV's number of a method: 0 nearest, 1 bilinear, 2 bicubic, 3 area; 9 takes bilinear.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._src.core.tensor import Tensor, wrap
from ._src.data import codecs, images
from ._src.engine.devices import current_context
from ._src.errors import ArgumentError, MXNetError, RefusedName
from .ndarray import NDArray

_INTERP = {0: "nearest", 1: "bilinear", 2: "bicubic", 3: "area", 9: "bilinear", 10: "bilinear"}
_REFUSED = (
    "ImageIter ImageDetIter CreateAugmenter CreateDetAugmenter CreateMultiRandCropAugmenter Augmenter SequentialAug "
    "ResizeAug ForceResizeAug RandomCropAug RandomSizedCropAug CenterCropAug RandomOrderAug BrightnessJitterAug "
    "ContrastJitterAug SaturationJitterAug HueJitterAug ColorJitterAug LightingAug ColorNormalizeAug RandomGrayAug "
    "HorizontalFlipAug CastAug DetAugmenter DetBorrowAug DetHorizontalFlipAug DetRandomCropAug DetRandomPadAug "
    "DetRandomSelectAug"
).split()


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(
            f"mx.image.{name} is not provided: luojia augments images with gluon.data.vision.transforms, and reads "
            "them with gluon.data.vision.ImageFolderDataset or ImageRecordDataset and a gluon.data.DataLoader."
        )
    raise AttributeError(f"module 'luojia.image' has no attribute {name!r}")


def method_of(interp: int) -> str:
    """The name of OpenCV's interpolation number."""
    if interp not in _INTERP:
        raise ArgumentError(f"interp expects 0 nearest, 1 bilinear, 2 bicubic or 3 area, got {interp!r}.")
    return _INTERP[interp]


def _pixels(src: Any) -> np.ndarray:
    return src._device.engine.to_numpy(src._value) if isinstance(src, Tensor) else np.asarray(src)


def _nd(array: np.ndarray) -> NDArray:
    device = current_context()
    return wrap(NDArray, device.engine.put(array, device), device)


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
        raise MXNetError(f"imread: '{filename}' couldn't open file: {error.strerror}.") from error
    return imdecode(content, flag, to_rgb)


def imresize(src: Any, w: int, h: int, interp: int = 1) -> NDArray:
    """The image at ``w`` x ``h`` pixels.

    >>> imresize(luojia.nd.ones((4, 6, 3)), 3, 2).shape
    (2, 3, 3)
    """
    return _nd(images.resize(_pixels(src), (h, w), method_of(interp)))


def resize_short(src: Any, size: int, interp: int = 2) -> NDArray:
    """The image with its shorter side at ``size``, in the same ratio."""
    return _nd(images.resize(_pixels(src), images.short_size(src.shape, size), method_of(interp)))


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
    """The part of ``w`` x ``h`` pixels from (x0, y0), at ``size`` (w, h) if given."""
    part = images.crop(_pixels(src), y0, x0, h, w)
    return _nd(part if size is None else images.resize(part, (size[1], size[0]), method_of(interp)))


def center_crop(src: Any, size: Sequence[int], interp: int = 2) -> tuple[NDArray, tuple[int, int, int, int]]:
    """The part of ``size`` (w, h) in the middle, and its (x0, y0, w, h); enlarged where the image is smaller."""
    w, h = scale_down((src.shape[1], src.shape[0]), size)
    x0, y0 = (src.shape[1] - w) // 2, (src.shape[0] - h) // 2
    return fixed_crop(src, x0, y0, w, h, size, interp), (x0, y0, w, h)


def random_crop(src: Any, size: Sequence[int], interp: int = 2) -> tuple[NDArray, tuple[int, int, int, int]]:
    """A part of ``size`` (w, h) somewhere, and its (x0, y0, w, h); enlarged where the image is smaller."""
    w, h = scale_down((src.shape[1], src.shape[0]), size)
    x0, y0 = np.random.randint(src.shape[1] - w + 1), np.random.randint(src.shape[0] - h + 1)
    return fixed_crop(src, x0, y0, w, h, size, interp), (x0, y0, w, h)


def random_size_crop(src: Any, size: Sequence[int], area: float | Sequence[float], ratio: Sequence[float],
                     interp: int = 2) -> tuple[NDArray, tuple[int, int, int, int]]:
    """A part with a random share of the area and ratio, at ``size`` (w, h), and its (x0, y0, w, h)."""
    scale = (area, 1.0) if isinstance(area, (int, float)) else area
    top, left, height, width = images.random_area(src.shape, scale, ratio, np.random)
    return fixed_crop(src, left, top, width, height, size, interp), (left, top, width, height)


def color_normalize(src: Any, mean: Any, std: Any = None) -> Any:
    """``(src - mean) / std``, channels last."""
    out = src if mean is None else src - mean
    return out if std is None else out / std
