"""Images as NumPy arrays, (H, W) or (H, W, C): sizes, crops, flips and colours, as OpenCV computes them.

Source: the results of mxnet 1.9.1's ``image`` operators and mindspore 2.8's vision transforms, which agree.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.ops import picture
from luojia._src.ops.resample import METHODS as METHODS
from luojia._src.ops.resample import as_dtype, cubic, fixed_point, weights

_INTERP = {0: "nearest", 1: "bilinear", 2: "bicubic", 3: "area", 4: "lanczos"}


def method_of(interp: int, old: Sequence[int] = (1, 1), new: Sequence[int] = (1, 1)) -> str:
    """The name of OpenCV's interpolation number, for an image of ``old`` (H, W) that becomes ``new`` (H, W).

    >>> method_of(9, (4, 4), (8, 8)), method_of(9, (4, 4), (2, 2)), method_of(9, (4, 4), (8, 2))
    ('bicubic', 'area', 'bilinear')
    """
    if interp == 9:
        signs = {(n > o) - (n < o) for o, n in zip(old[:2], new[:2])}
        return "bicubic" if signs == {1} else "area" if signs == {-1} else "bilinear"
    if interp == 10:
        return _INTERP[random.randint(0, 4)]
    if interp not in _INTERP:
        raise ArgumentError("interp expects 0 nearest, 1 bilinear, 2 bicubic, 3 area, 4 Lanczos, 9 by the sizes or 10 "
                            f"by chance, got {interp!r}.")
    return _INTERP[interp]


def resize(image: np.ndarray, size: Sequence[int], method: str = "bilinear") -> np.ndarray:
    """The image at ``size = (height, width)``, in its own dtype.

    >>> resize(np.uint8([[0, 10]]), (1, 4)).tolist()
    [[0, 3, 8, 10]]
    """
    check(image, "resize")
    height, width = (int(n) for n in size)
    if min(height, width) < 1:
        raise ArgumentError(f"resizing an image expects a height and width of 1 or more, got {tuple(size)}.")
    if image.shape[:2] == (height, width):
        return image.copy()
    if method == "pilcubic":
        return _antialiased(image, (height, width))
    grows = height > image.shape[0] or width > image.shape[1]
    if image.dtype == np.uint8 and (method in ("bilinear", "bicubic", "lanczos") or (method == "area" and grows)):
        out = fixed_point(np, image.reshape(*image.shape[:2], -1), (height, width), method)
        return out.reshape(height, width, *image.shape[2:])
    if method == "area" and image.dtype == np.uint8 and image.shape[:2] == (2 * height, 2 * width):
        four = image.reshape(height, 2, width, 2, *image.shape[2:]).astype(np.int64).sum((1, 3))
        return (four + 2 >> 2).astype(np.uint8)
    dtype = image.dtype if image.dtype == np.float64 else np.float32
    rows, columns = (weights(n, m, method, grows) for n, m in zip(image.shape, (height, width)))
    out = rows @ image.astype(dtype, copy=False).reshape(image.shape[0], -1)
    if image.size == image.shape[0] * image.shape[1]:  # one channel: one product
        out = (out @ columns.T).reshape(height, width, *image.shape[2:])
    else:
        out = columns @ out.reshape(height, *image.shape[1:])
    rounded = image.dtype.kind in "iu" and (method == "area" or image.dtype != np.uint8)
    return as_dtype(np.rint(out) if rounded else out, image.dtype)


def resized(pixels: np.ndarray, size: Sequence[int], interp: int) -> np.ndarray:
    """The pixels at ``size`` (H, W), by OpenCV's interpolation number; as they are if they have that size."""
    return resize(pixels, size, method_of(interp, pixels.shape, size))


def _antialiased(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bicubic with a kernel as wide as the old pixels under a new one: what Pillow computes, with 22 bits for bytes."""
    whole = image.dtype == np.uint8
    out = image.reshape(*image.shape[:2], -1).astype(np.int64 if whole else np.float64)
    for axis in (1, 0):
        table = _kernels(image.shape[axis], size[axis])
        if whole:
            table = np.floor(table * (1 << 22) + 0.5).astype(np.int64)
        out = np.moveaxis(np.tensordot(table, out, (1, axis)), 0, axis)
        out = (out + (1 << 21) >> 22).clip(0, 255) if whole else out
    return out.astype(image.dtype).reshape(*size, *image.shape[2:])


def _kernels(old: int, new: int) -> np.ndarray:
    """(new, old): Keys' kernel (1981) with a = -0.5 about each new pixel, stretched where it stands for several."""
    scale = max(old / new, 1.0)
    table = np.zeros((new, old))
    for i in range(new):
        middle = (i + 0.5) * old / new
        first, last = max(0, int(middle - 2 * scale + 0.5)), min(old, int(middle + 2 * scale + 0.5))
        share = cubic((np.arange(first, last) - middle + 0.5) / scale, -0.5)
        table[i, first:last] = share / share.sum()
    return table


def short_size(shape: Sequence[int], size: int) -> tuple[int, int]:
    """(height, width) with the shorter side at ``size``, in the same ratio."""
    height, width = shape[:2]
    return (int(height * size / width), size) if height > width else (size, int(width * size / height))


def crop(image: np.ndarray, top: int, left: int, height: int, width: int) -> np.ndarray:
    """The part of ``height`` x ``width`` pixels from (top, left).

    Raises:
        ShapeError: it does not lie within the image.
    """
    check(image, "crop")
    if min(top, left) < 0 or min(height, width) < 1 or top + height > image.shape[0] or left + width > image.shape[1]:
        raise ShapeError(
            f"crop of {height}x{width} at ({top}, {left}) does not lie within an image of "
            f"{image.shape[0]}x{image.shape[1]}; resize or pad it first."
        )
    return image[top : top + height, left : left + width].copy()


def random_area(shape: Sequence[int], scale: Sequence[float], ratio: Sequence[float], rng: Any,
                tries: int = 10) -> tuple[int, int, int, int]:
    """(top, left, height, width) of a random part: its share of the area from ``scale``, width/height from ``ratio``.

    The ratio is uniform in its logarithm. Where nothing fits after ``tries``, the largest part in the middle.

    Source: Szegedy et al. 2015, "Going deeper with convolutions", section 6.
    """
    rows, columns = shape[:2]
    for _ in range(tries):
        area = rng.uniform(*scale) * rows * columns
        aspect = np.exp(rng.uniform(np.log(ratio[0]), np.log(ratio[1])))
        width, height = round(np.sqrt(area * aspect)), round(np.sqrt(area / aspect))
        if 0 < width <= columns and 0 < height <= rows:
            return rng.randint(rows - height + 1), rng.randint(columns - width + 1), height, width
    width = min(columns, max(1, round(rows * ratio[1])))
    height = min(rows, max(1, round(columns / ratio[0])))
    return (rows - height) // 2, (columns - width) // 2, height, width


def pad(image: np.ndarray, left: int, top: int, right: int, bottom: int, fill: Any = 0,
        mode: str = "constant") -> np.ndarray:
    """The image with a border: of ``fill`` (a number, or one per channel), or NumPy's mode 'edge', 'reflect', ..."""
    check(image, "pad")
    border = [(top, bottom), (left, right)] + [(0, 0)] * (image.ndim - 2)
    if mode != "constant":
        return np.pad(image, border, mode=mode)  # type: ignore[call-overload]
    shape = [n + a + b for n, (a, b) in zip(image.shape, border)]
    out = np.empty(shape, image.dtype)
    out[...] = fill
    out[top : top + image.shape[0], left : left + image.shape[1]] = image
    return out


def brightness(image: np.ndarray, alpha: float) -> np.ndarray:
    """The image times ``alpha``."""
    return as_dtype(picture.brightness(np, image, alpha), image.dtype)


def contrast(image: np.ndarray, alpha: float) -> np.ndarray:
    """The image blended with its mean grey."""
    return as_dtype(picture.contrast(np, image, alpha), image.dtype)


def saturation(image: np.ndarray, alpha: float) -> np.ndarray:
    """The image blended with its own grey values."""
    return as_dtype(picture.saturation(np, image, alpha), image.dtype)


_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]], np.float32)


def turned_hue(alpha: float, back: np.ndarray | None = None) -> np.ndarray:
    """The matrix (3, 3) that turns the hue of an RGB colour by ``alpha`` half turns; ``back`` is the way from YIQ."""
    u, w = np.cos(alpha * np.pi), np.sin(alpha * np.pi)
    turn = (np.linalg.inv(_YIQ) if back is None else back) @ np.array([[1, 0, 0], [0, u, -w], [0, w, u]]) @ _YIQ
    return turn.astype(np.float32)


def turned_places(height: int, width: int, angle: float, zoom_in: bool, zoom_out: bool) -> np.ndarray:
    """(2, H, W): where an image turned by ``angle`` (radians) reads, x and y from -1 to 1 as a bilinear sampler's.

    The zooms scale the places by how far the turned corners reach beyond the image.
    """
    y, x = np.mgrid[:height, :width] - np.array([height - 1, width - 1]).reshape(2, 1, 1) / 2
    scale = 1.0
    if zoom_in or zoom_out:
        radius, corner = np.hypot(height, width), np.arctan2(height, width)
        turned = corner + np.array([abs(angle), -abs(angle)])
        reach_x, reach_y = (radius * np.abs(f(turned)).max() for f in (np.cos, np.sin))
        scale = max(reach_x / width, reach_y / height) if zoom_out else min(width / reach_x, height / reach_y)
    cos, sin = np.cos(angle), np.sin(angle)
    half = np.array([(width - 1) / 2, (height - 1) / 2]).reshape(2, 1, 1)
    return np.stack([x * cos - y * sin, x * sin + y * cos]) / half * scale


def check(image: np.ndarray, who: str) -> None:
    """Raises ShapeError unless ``image`` is (H, W) or (H, W, C)."""
    if getattr(image, "ndim", None) not in (2, 3):
        got = f"shape {image.shape}" if isinstance(image, np.ndarray) else f"a {type(image).__name__}"
        raise ShapeError(f"{who} expects an image of shape (H, W) or (H, W, C), got {got}.")
