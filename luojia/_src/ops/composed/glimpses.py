"""Parts of images (N, H, W, C), scaled, moved, or chosen at random."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, GraphError, ShapeError
from ..compose import placed
from .draws import key_of


def _lanczos(radius: float) -> tuple[float, Callable]:
    def kernel(x: np.ndarray) -> np.ndarray:
        return np.where(np.abs(x) < radius, np.sinc(x) * np.sinc(x / radius), 0)

    return radius, kernel


def _cubic(b: float, c: float) -> tuple[float, Callable]:
    """Mitchell and Netravali 1988, "Reconstruction Filters in Computer Graphics", equation 8."""
    def kernel(x: np.ndarray) -> np.ndarray:
        x = np.abs(x)
        near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + 6 - 2 * b
        far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c
        return np.where(x < 1, near, np.where(x < 2, far, 0)) / 6

    return 2.0, kernel


KERNELS: dict[str, tuple[float, Callable]] = {
    "lanczos1": _lanczos(1.0), "lanczos3": _lanczos(3.0), "lanczos5": _lanczos(5.0),
    "gaussian": (1.5, lambda x: np.where(np.abs(x) < 1.5, np.exp(-2 * x * x), 0)),
    "box": (1.0, lambda x: np.where(np.abs(x) < 0.5, 1.0, np.where(np.abs(x) == 0.5, 0.5, 0.0))),
    "triangle": (1.0, lambda x: np.maximum(1 - np.abs(x), 0)),
    "keyscubic": _cubic(0.0, 0.5), "mitchellcubic": _cubic(1 / 3, 1 / 3),
}


def _weights(count: int, size: int, scale: float, shift: float, kernel_type: str, antialias: bool) -> np.ndarray:
    """(size, count): what each of the given places is worth to each new one."""
    radius, kernel = KERNELS[kernel_type]
    wide = max(1 / scale, 1.0) if antialias else 1.0
    at = (np.arange(size) + 0.5 - shift) / scale  # a new place among the given ones
    places = np.arange(count) + 0.5
    near = np.abs(places - at[:, None]) <= radius * wide
    found = np.where(near, kernel((places - at[:, None]) / wide), 0.0)
    total = found.sum(1, keepdims=True)
    found = np.divide(found, total, out=np.zeros_like(found), where=np.abs(total) > 1e-30)
    found[(at < 0) | (at > count)] = 0
    return found.astype(np.float32)


def scale_and_translate(images: Tensor, size: Tensor, scale: Tensor, translation: Tensor, kernel_type: str = "lanczos3",
                        antialias: bool = True) -> Tensor:
    """Images (N, H, W, C), scaled and then moved, as Float32 (N, *size, C); what lies outside of the image is 0.

    Each new place is a weighted mean of those around: the kernel is 'lanczos1', 'lanczos3', 'lanczos5', 'gaussian',
    'box', 'triangle', 'keyscubic' or 'mitchellcubic'. With ``antialias`` it is widened where images become smaller.

    >>> moved = scale_and_translate(Tensor([[[[1.0], [2.0], [3.0]]]]), Tensor([1, 3]), Tensor([1.0, 1.0]),
    ...                             Tensor([0.0, 1.0]), "triangle")
    >>> moved.tolist()
    [[[[0.0], [1.0], [2.0]]]]
    """
    who = "ScaleAndTranslate"
    if images.ndim != 4:
        raise ShapeError(f"For primitive[{who}], the images's rank must be equal to 4, but got {images.ndim}.")
    for name, t in (("size", size), ("scale", scale), ("translation", translation)):
        if t.shape != (2,):
            raise ShapeError(f"For primitive[{who}], the {name}'s elements must be equal to 2, but got "
                             f"shape {t.shape}.")
    for name, t in (("size", size), ("scale", scale)):
        if not (t.asnumpy() > 0).all():
            raise ArgumentError(f"For primitive[{who}], the attribute[{name}] should be a vector with all positive "
                                f"item. but got {t.tolist()}.")
    rows, columns = [
        placed(_weights(images.shape[i + 1], int(size.tolist()[i]), float(scale.asnumpy()[i]),
                        float(translation.asnumpy()[i]), kernel_type, antialias), images) for i in range(2)]
    return OP["einsum"](rows, columns, OP["cast"](images, dtype="float32"), equation="ah,bw,nhwc->nabc")


def extract_glimpse(x: Tensor, size: Tensor, offsets: Tensor, centered: bool = True, normalized: bool = True,
                    uniform_noise: bool = True, noise: str = "uniform") -> Tensor:
    """Windows (N, *size, C) of images (N, H, W, C), around the places ``offsets`` (N, 2), rows first.

    Where ``centered``, offsets count from the middle of the image, in halves of what they count otherwise; where
    ``normalized`` they are fractions of the image's size. A window's places outside of the image are noise: 'uniform'
    of [-1, 1), 'gaussian' of mean 10 and deviation 0.5 (as MindSpore's are), or 'zero'.

    >>> image = Tensor(np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1))
    >>> window = extract_glimpse(image, Tensor([2, 2]), Tensor([[1.0, 1.0]]), False, False, False, "zero")
    >>> window[0, ..., 0].tolist()
    [[0.0, 1.0], [3.0, 4.0]]
    """
    if x.ndim != 4 or size.shape != (2,) or offsets.ndim != 2 or offsets.shape[1] != 2:
        raise ShapeError(f"For 'ExtractGlimpse', x, size and offsets must have the shapes (N, H, W, C), (2,) and (N, "
                         f"2), but got {x.shape}, {size.shape} and {offsets.shape}.")
    if uniform_noise and noise != "uniform":
        raise ArgumentError("For 'ExtractGlimpse', the value of 'noise' must be uniform when uniform_noise is True, "
                            f"but got {noise}.")
    if offsets.shape[0] != x.shape[0]:
        raise ShapeError("The first dimension of offsets must be consistent with the first dimension of x, but got "
                         f"{offsets.shape[0]} and {x.shape[0]}.")
    n, h, w, c = x.shape
    extent = [int(v) for v in size.tolist()]
    if min(extent) < 1:
        raise ArgumentError(f"For 'ExtractGlimpse', the values of size must be greater than 0, but got {extent}.")
    at = offsets.asnumpy().astype(np.float32)
    if normalized:
        at = at * np.array([h, w], np.float32)
    if centered:
        at = at / 2 + np.array([h, w], np.float32) / 2
    start = np.trunc(at - np.array(extent, np.float32) / 2).astype(np.int64)
    rows = start[:, :1] + np.arange(extent[0])  # (N, h')
    columns = start[:, 1:] + np.arange(extent[1])
    inside = ((rows >= 0) & (rows < h))[:, :, None] & ((columns >= 0) & (columns < w))[:, None]
    flat = (np.arange(n)[:, None, None] * h + rows.clip(0, h - 1)[:, :, None]) * w + columns.clip(0, w - 1)[:, None]
    taken = OP["take"](OP["reshape"](x, shape=(n * h * w, c)), placed(flat, x), axis=0)
    shape = (n, *extent, c)
    if noise == "zero":
        around: Any = placed(np.zeros(shape, np.float32), x)
    elif noise == "uniform":
        around = OP["random_uniform"](key_of(None), low=-1.0, high=1.0, shape=shape, dtype="float32")
    else:
        around = OP["random_normal"](key_of(None), loc=10.0, scale=0.5, shape=shape, dtype="float32")
    return OP["where"](placed(inside[..., None], x), taken, around)


def distorted_box(image_size: Tensor, bounding_boxes: Tensor, min_object_covered: Tensor, seed: int = 0, seed2: int = 0,
                  aspect_ratio_range: Any = (0.75, 1.33), area_range: Any = (0.05, 1.0), max_attempts: int = 100,
                  use_image_if_no_bounding_boxes: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    """A random part of an image that covers at least so much of one of the boxes: (begin, size, bbox).

    Args:
        image_size: height, width and channels, whole numbers.
        bounding_boxes: (B, N, 4), each the least y and x and the greatest, as fractions of the image.
        min_object_covered: (1,), the share of a box that the part covers at least.
        aspect_ratio_range, area_range: of the part: width / height, and its share of the image.
        max_attempts: after so many draws that do not do, the part is the whole image.

    Returns:
        (y, x, 0) and (height, width, -1) in the dtype of ``image_size``, and the part as a box (1, 1, 4).
    """
    who = "SampleDistortedBoundingBoxV2"
    if image_size.shape != (3,):
        raise ShapeError(f"For primitive[{who}], the image_size elements must be equal to 3, but got shape "
                         f"{image_size.shape}.")
    if bounding_boxes.ndim != 3 or bounding_boxes.shape[2] != 4:
        raise ShapeError(f"For primitive[{who}], the bounding_boxes must have the shape (B, N, 4), but got "
                         f"{bounding_boxes.shape}.")
    if min_object_covered.shape != (1,):
        raise ShapeError(f"For primitive[{who}], the min_object_covered must have the shape (1,), but got "
                         f"{min_object_covered.shape}.")
    if min(aspect_ratio_range) <= 0 or not 0 < min(area_range) <= max(area_range) <= 1:
        raise ArgumentError(f"For '{who}', aspect_ratio_range must be positive and area_range in (0, 1], but got "
                            f"{tuple(aspect_ratio_range)} and {tuple(area_range)}.")
    for name, (low, high) in (("aspect_ratio_range", aspect_ratio_range), ("area_range", area_range)):
        if low >= high:
            raise ArgumentError(f"For '{who}', {name}[0] must less than {name}[1], but got {(low, high)}.")
    height, width = (int(v) for v in image_size.tolist()[:2])
    boxes, least = bounding_boxes.asnumpy().reshape(-1, 4).astype(np.float64), float(min_object_covered.asnumpy()[0])
    if not len(boxes) and not use_image_if_no_bounding_boxes:
        raise ArgumentError(f"For '{who}', batch or N in bounding_boxes whose shape is [batch, N, 4] equals 0, which "
                            "means no bounding boxes provided as input. Set use_image_if_no_bounding_boxes=True if you "
                            "wish to not provide any bounding boxes.")
    if min(height, width) <= 0:
        raise GraphError(f"For '{who}', image height and width must be positive, got: [{height}] and [{width}].")
    if boxes.size and not ((boxes >= 0) & (boxes <= 1)).all():
        raise GraphError(f"For '{who}', all bounding box coordinates must in [0.0, 1.0], got: {boxes.tolist()}.")
    if (boxes[:, :2] >= boxes[:, 2:]).any():
        raise GraphError(f"For '{who}', y_min and x_min of bounding box must be less than y_max and x_max, got: "
                         f"{boxes.tolist()}.")
    if not 0 <= least <= 1:
        raise GraphError(f"For '{who}', min_object_covered must be in [0.0, 1.0], got: [{least}].")
    boxes = boxes * [height, width, height, width] if len(boxes) else np.array([[0.0, 0.0, height, width]])
    seeds = None if not seed and not seed2 else seed << 32 | seed2 & 0xFFFFFFFF
    first = OP["random_uniform"](key_of(seeds), low=0.0, high=1.0, shape=(1,), dtype="float64").item()
    rng = np.random.Generator(np.random.Philox(key=int(first * 2**53)))
    y, x, h, w = 0, 0, height, width
    for _ in range(max_attempts):
        drawn = _part(rng, height, width, aspect_ratio_range, area_range)
        if drawn is not None and _covers(drawn, boxes, least):
            y, x, h, w = drawn
            break
    dtype = image_size.np_dtype
    rest = np.array([-1]).astype(dtype)[0]  # 255 of UInt8
    part = np.array([[[y / height, x / width, (y + h) / height, (x + w) / width]]], np.float32)
    return (placed(np.array([y, x, 0], dtype), image_size), placed(np.array([h, w, rest], dtype), image_size),
            placed(part, image_size))


def _part(rng: np.random.Generator, height: int, width: int, ratios: Any,
          areas: Any) -> tuple[int, int, int, int] | None:
    """(y, x, h, w) of a drawn ratio and height, or None where none does."""
    ratio = rng.uniform(*ratios)
    least, most = areas[0] * height * width, areas[1] * height * width
    low = round(math.sqrt(least / ratio))
    high = min(height, round(math.sqrt(most / ratio)), int(width / ratio))
    h = int(rng.integers(min(low, high), high, endpoint=True))
    w = round(h * ratio)
    if not least <= h * w <= most or not 0 < h <= height or not 0 < w <= width:
        return None
    return int(rng.integers(height - h, endpoint=True)), int(rng.integers(width - w, endpoint=True)), h, w


def _covers(part: tuple[int, int, int, int], boxes: np.ndarray, least: float) -> bool:
    y, x, h, w = part
    tall = np.minimum(boxes[:, 2], y + h) - np.maximum(boxes[:, 0], y)
    wide = np.minimum(boxes[:, 3], x + w) - np.maximum(boxes[:, 1], x)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return bool((tall.clip(0) * wide.clip(0) >= least * area).any())
