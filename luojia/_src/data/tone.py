"""Colours of images (H, W) or (H, W, C), as OpenCV computes what MindSpore's transforms ask of it.

Products are rounded to the nearest even number where the image is of integers, and clipped to its dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114])
_LUMA15 = np.array([9798, 19235, 3735], np.int32)  # the same in units of 2**-15


def saturate(values: np.ndarray, dtype: Any) -> np.ndarray:
    """Numbers as ``dtype``: rounded, halves to even, and clipped if it is of integers."""
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        values = np.rint(values).clip(limits.min, limits.max)
    return np.ascontiguousarray(values.astype(dtype))


def grey(image: np.ndarray) -> np.ndarray:
    """(H, W): the grey values of an RGB image, in its dtype; of bytes and uint16 in fixed point with 15 bits.

    >>> grey(np.uint8([[[255, 0, 0], [0, 255, 0]]])).tolist()
    [[76, 150]]
    """
    if image.dtype in (np.uint8, np.uint16):
        r, g, b = (image[..., i] * weight for i, weight in enumerate(_LUMA15))
        return ((r + g + b + (1 << 14)) >> 15).astype(image.dtype)
    return saturate(image[..., :3].astype(np.float64) @ LUMA, image.dtype)


def blend(image: np.ndarray, other: Any, alpha: float) -> np.ndarray:
    """``alpha * image + (1 - alpha) * other``."""
    real = np.float64 if image.dtype == np.float64 else np.float32
    return saturate(image.astype(real) * real(alpha) + np.asarray(other, real) * real(1 - alpha), image.dtype)


def brightness(image: np.ndarray, alpha: float) -> np.ndarray:
    """The image times ``alpha``."""
    return blend(image, 0, alpha)


def contrast(image: np.ndarray, alpha: float) -> np.ndarray:
    """The image blended with its mean grey, a whole number where the image has integers."""
    return blend(image, saturate(grey(image).mean(dtype=np.float64), image.dtype), alpha)


def saturation(image: np.ndarray, alpha: float) -> np.ndarray:
    """The image blended with its own grey values."""
    return blend(image, grey(image)[..., None], alpha)


def gamma(image: np.ndarray, power: float, gain: float = 1) -> np.ndarray:
    """``gain * image ** power``, of 0..1, or of 0..255 over 255 for integers; clipped."""
    if image.dtype.kind == "f":
        return (gain * image.astype(np.float64) ** power).clip(0, 1).astype(np.float32)
    table = (gain * (np.arange(256) / 255.0) ** power * (255 + 1 - 1e-3)).clip(0, 255)
    return table.astype(np.uint8)[image.astype(np.uint8)].astype(image.dtype)


def hue(image: np.ndarray, turn: float) -> np.ndarray:
    """Hues turned by ``turn`` whole turns, of which bytes know 256."""
    if image.dtype.kind == "f":
        hsv = rgb_to_hsv(image)
        hsv[..., 0] = (hsv[..., 0] + turn) % 1
        return hsv_to_rgb(hsv).astype(image.dtype)
    hsv = _hsv_bytes(image)
    hsv[..., 0] = (hsv[..., 0] + int(turn * 255)) % 256
    out = hsv_to_rgb(hsv / 255.0) * 255
    blocks = image.shape[1] // 32 * 32  # OpenCV's wide registers cut fractions off; what is left of a row is rounded
    out[:, :blocks] = np.floor(out[:, :blocks] + 1e-4)
    return saturate(out, image.dtype)


_BYTES = np.maximum(np.arange(256), 1)
_BY_TOP = np.rint((255 << 12) / _BYTES).astype(np.int32)  # 255 / v and 256 / 6 / v in units of 2**-12
_BY_SPAN = np.rint((256 << 12) / (6.0 * _BYTES)).astype(np.int32)


def _hsv_bytes(image: np.ndarray) -> np.ndarray:
    """Hue of 0..255, saturation and value of an RGB image of bytes, in OpenCV's fixed point with 12 bits."""
    r, g, b = (image[..., i].astype(np.int32) for i in range(3))
    top = np.maximum(np.maximum(r, g), b)
    span = top - np.minimum(np.minimum(r, g), b)
    place = np.where(top == r, g - b, np.where(top == g, b - r + 2 * span, r - g + 4 * span))
    out = np.empty(image.shape, np.int32)
    out[..., 0] = (place * _BY_SPAN[span] + (1 << 11)) >> 12 & 255
    out[..., 1] = (span * _BY_TOP[top] + (1 << 11)) >> 12
    out[..., 2] = top
    return out


def rgb_to_hsv(image: np.ndarray) -> np.ndarray:
    """(..., 3) of red, green and blue in 0..1 to hue, saturation and value in 0..1, float64.

    >>> import colorsys
    >>> rgb_to_hsv(np.array([0.0, 1.0, 1.0])).tolist() == list(colorsys.rgb_to_hsv(0, 1, 1))
    True

    Source: Smith 1978, "Color gamut transform pairs".
    """
    r, g, b = (image[..., i].astype(np.float64) for i in range(3))
    top, low = np.max(image, -1).astype(np.float64), np.min(image, -1).astype(np.float64)
    span = top - low
    safe = np.where(span > 0, span, 1)
    away = [(top - c) / safe for c in (r, g, b)]
    place = np.where(top == r, away[2] - away[1], np.where(top == g, 2 + away[0] - away[2], 4 + away[1] - away[0]))
    angle = np.where(span > 0, place / 6 % 1, 0)
    return np.stack([angle, np.where(span > 0, span / np.where(top > 0, top, 1), 0), top], -1)


def hsv_to_rgb(image: np.ndarray) -> np.ndarray:
    """(..., 3) of hue, saturation and value in 0..1 to red, green and blue in 0..1, float64.

    >>> import colorsys
    >>> hsv_to_rgb(np.array([0.5, 1.0, 1.0])).tolist() == list(colorsys.hsv_to_rgb(0.5, 1, 1))
    True

    Source: Smith 1978, "Color gamut transform pairs".
    """
    angle, s, v = (image[..., i].astype(np.float64) for i in range(3))
    angle, span = angle * 6, s * v
    out = np.empty(image.shape)
    for i, away in enumerate((5, 3, 1)):  # red is lost from 1 to 2, gone up to 4 and back at 5; green and blue later
        place = angle + away
        place -= 6 * np.floor(place / 6)
        out[..., i] = v - span * np.minimum(place, 4 - place).clip(0, 1)
    return out


_SMOOTH = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13


def sharpness(image: np.ndarray, alpha: float) -> np.ndarray:
    """The image blended with a smoothed one (eight neighbours 1/13 each, itself 5/13); the border stays."""
    smooth = image.astype(np.float64)
    if min(image.shape[:2]) > 2:
        inner = sum(
            _SMOOTH[i, j] * smooth[i : i + image.shape[0] - 2, j : j + image.shape[1] - 2]
            for i in range(3) for j in range(3)
        )
        smooth[1:-1, 1:-1] = saturate(np.asarray(inner), image.dtype)
    return blend(image, smooth, alpha)


def equalize(image: np.ndarray) -> np.ndarray:
    """Each channel's histogram made flat: ``(pixels up to v - those of the least) / the others * 255``."""
    return _by_channel(image, _flat)


def _flat(channel: np.ndarray) -> np.ndarray:
    counts = np.bincount(channel.ravel(), minlength=256)
    least = int(np.flatnonzero(counts)[0])
    others = channel.size - counts[least]
    if not others:
        return channel
    summed = np.cumsum(counts) - counts[least]
    table = saturate(summed.astype(np.float32) * np.float32(255 / others), np.uint8)
    table[: least + 1] = 0
    return table[channel]


def auto_contrast(image: np.ndarray, cutoff: float = 0, ignore: Any = ()) -> np.ndarray:
    """Each channel stretched to 0..255, after the lightest and darkest ``cutoff`` percent; ``ignore`` do not count."""
    return _by_channel(image, lambda channel: _stretched(channel, cutoff, ignore))


def _stretched(channel: np.ndarray, cutoff: float, ignore: Any) -> np.ndarray:
    counts = np.bincount(channel.ravel(), minlength=256)
    counts[np.asarray(ignore, np.int64)] = 0
    cut = int(counts.sum() * cutoff // 100)
    for order in (counts, counts[::-1]):  # from either end, as far as the cut reaches
        gone = np.minimum(np.diff(np.minimum(np.cumsum(order), cut), prepend=0), order)
        order -= gone
    left = np.flatnonzero(counts)
    if not len(left) or left[-1] <= left[0]:
        return channel.copy()
    scale = np.float32(255.0 / (left[-1] - left[0]))
    table = np.arange(256, dtype=np.float32) * scale - np.float32(left[0]) * scale
    return table.astype(np.int64).clip(0, 255).astype(np.uint8)[channel]


def _by_channel(image: np.ndarray, change: Any) -> np.ndarray:
    if image.ndim == 2:
        return change(image)
    return np.stack([change(image[..., c]) for c in range(image.shape[-1])], -1)


def solarize(image: np.ndarray, low: float, high: float) -> np.ndarray:
    """``255 - v`` where v lies from ``low`` to ``high``; from ``low`` up where both are one."""
    inside = image >= low if low == high else (image >= low) & (image <= high)
    return np.where(inside, inverted(image), image)


def inverted(image: np.ndarray) -> np.ndarray:
    """``255 - image``, as far as the dtype goes."""
    if image.dtype in (np.int8, np.int16, np.uint16):
        return saturate(255 - image.astype(np.int32), image.dtype)
    return (255 - image).astype(image.dtype)


def posterize(image: np.ndarray, bits: int) -> np.ndarray:
    """The uppermost ``bits`` bits of each number."""
    return image.view(np.uint8) & np.uint8(256 - (1 << (8 - bits)) & 255)


_ROOTS = np.array([55.46, 4.794, 1.148])
_WAYS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])


def lighting(image: np.ndarray, alpha: Any) -> np.ndarray:
    """The image plus ``alpha``, three numbers, along the principal colours of ImageNet.

    Source: Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks", section 4.1.
    """
    return saturate(image + _WAYS @ (np.asarray(alpha) * _ROOTS), image.dtype)
