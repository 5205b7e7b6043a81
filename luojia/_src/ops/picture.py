"""Pictures (H, W, C), or batches of them (N, H, W, C): what MXNet's ``image`` operators do to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, NotSupportedError, ShapeError
from .pool import along
from .random import _normal, _uniform
from .resample import as_dtype, fixed_point, weights

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""How much red, green and blue weigh in a grey value (ITU-R BT.601)."""


def _check(name, x):
    if len(x.shape) not in (3, 4):
        raise ShapeError(f"{name} expects an image of 3 axes, or a batch of 4, got shape {tuple(x.shape)}.")


# -- colours: functions of the arrays of either engine, whose results are float32 ------------------------------------


def grey(xp: Any, x: Any) -> Any:
    """(..., H, W, 1): the grey values of an RGB image."""
    return xp.matmul(x.astype("float32"), LUMA)[..., None]


def blend(xp: Any, x: Any, other: Any, alpha: Any) -> Any:
    """``alpha * x + (1 - alpha) * other``."""
    return alpha * x.astype("float32") + (1 - alpha) * other


def brightness(xp: Any, x: Any, alpha: Any) -> Any:
    """The image times ``alpha``."""
    return blend(xp, x, np.float32(0), alpha)


def contrast(xp: Any, x: Any, alpha: Any) -> Any:
    """The image blended with its mean grey."""
    level = grey(xp, x) if x.shape[-1] == 3 else x.astype("float32")
    return blend(xp, x, xp.mean(level, axis=(-3, -2, -1), keepdims=True), alpha)


def saturation(xp: Any, x: Any, alpha: Any) -> Any:
    """The image blended with its own grey values."""
    return blend(xp, x, grey(xp, x), alpha) if x.shape[-1] == 3 else x.astype("float32")


def hue(xp: Any, x: Any, alpha: Any) -> Any:
    """Hues turned by ``alpha`` whole turns; the greatest and the least channel of each pixel stay what they are.

    Source: Smith 1978, "Color gamut transform pairs".
    """
    if x.shape[-1] != 3:
        return x.astype("float32")
    x = x.astype("float32")
    r, g, b = x[..., 0], x[..., 1], x[..., 2]
    low, top = xp.minimum(xp.minimum(r, g), b), xp.maximum(xp.maximum(r, g), b)
    span = top - low
    away = xp.where(top == r, g - b, xp.where(top == g, b - r, r - g)) / xp.where(span > 0, span, 1)
    place = away + xp.where(top == r, 0, xp.where(top == g, 2, 4)) + 6 * alpha
    place = place - 6 * xp.floor(place / 6)  # red at 0 and 6, green at 2, blue at 4
    shares = xp.abs(place - 3) - 1, 2 - xp.abs(place - 2), 2 - xp.abs(place - 4)
    return xp.stack([low + span * xp.clip(s, 0, 1) for s in shares], -1).astype("float32")


_EIGEN = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])


def lighting(xp: Any, x: Any, alpha: Any) -> Any:
    """Noise along the principal colours of ImageNet, as of Krizhevsky et al. 2012 (AlexNet)."""
    shift = xp.matmul(_EIGEN * np.array([55.46, 4.794, 1.148]), alpha)
    return x.astype("float32") + shift.astype("float32")


def cut(xp, changed, dtype):
    """A changed image in its dtype again: integers are cut off, as MXNet does, and clipped."""
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        changed = xp.clip(changed, limits.min, limits.max)
    return changed.astype(dtype)


# -- operators -------------------------------------------------------------------------------------------------------


@op(fn=(), mx="_image_to_tensor(data:x)", differentiable=False)
def image_to_tensor(xp, x):
    """Values of [0, 255] in (H, W, C) or (N, H, W, C) as float32 of [0, 1] in (C, H, W) or (N, C, H, W)."""
    _check("to_tensor", x)
    axes = (2, 0, 1) if len(x.shape) == 3 else (0, 3, 1, 2)
    return xp.transpose(x.astype("float32"), axes) / np.float32(255)


@op(fn=(), mx="_image_normalize(data:x, mean=0.0, std=1.0)")
def image_normalize(xp, x, *, mean=0.0, std=1.0):
    """(x - mean) / std of (C, H, W) or (N, C, H, W); ``mean`` and ``std`` are numbers, or one per channel."""
    _check("normalize", x)
    given = [np.reshape(np.asarray(v, x.dtype), (-1, 1, 1)) for v in (mean, std)]
    for v in given:
        if len(v) not in (1, x.shape[-3]):
            raise ShapeError(f"normalize: {x.shape[-3]} channels need 1 or as many values, got {len(v)}.")
    return (x - given[0]) / given[1]


@op(fn=(), mx="_image_crop(data, x:left, y:top, width, height)")
def image_crop(xp, data, *, left, top, width, height):
    """The part of images from column ``x`` and row ``y``."""
    _check("crop", data)
    rows, columns = data.shape[-3], data.shape[-2]
    if left < 0 or top < 0 or min(width, height) < 1 or left + width > columns or top + height > rows:
        raise ShapeError(f"crop: a part of {width} x {height} at ({left}, {top}) leaves the image of {columns} x "
                         f"{rows}.")
    return data[..., top:top + height, left:left + width, :]


@op(fn=(), mx="_image_flip_left_right(data:x)")
def image_flip_left_right(xp, x):
    """Images, mirrored."""
    _check("flip_left_right", x)
    return x[..., ::-1, :]


@op(fn=(), mx="_image_flip_top_bottom(data:x)")
def image_flip_top_bottom(xp, x):
    """Images, upside down."""
    _check("flip_top_bottom", x)
    return x[..., ::-1, :, :]


def _random_flip(name, flip):
    def function(xp, key, x, *, p=0.5):
        return xp.where(_uniform(xp, key, ())[()] < p, flip.fn(xp, x), x)

    function.__name__ = f"image_random_{name}"
    function.__doc__ = f"``{name}`` with probability ``p``."
    op(fn=(), mx=f"_image_random_{name}(data:x, p=0.5)")(function)


_random_flip("flip_left_right", image_flip_left_right)
_random_flip("flip_top_bottom", image_flip_top_bottom)
_METHODS = {0: "nearest", 1: "bilinear", 2: "bicubic", 3: "area", 4: "lanczos"}


@op(fn=(), mx="_image_resize(data:x, size=(), keep_ratio=False, interp=1)", differentiable=False)
def image_resize(xp, x, *, size=(), keep_ratio=False, interp=1):
    """Images resized as OpenCV does.

    Args:
        size: (width, height), or one number for both; with ``keep_ratio`` that of the shorter side.
        interp: 0 nearest, 1 bilinear, 2 bicubic, 3 area, 4 Lanczos.
    """
    _check("resize", x)
    if interp not in _METHODS:
        raise NotSupportedError(f"image.resize: interp {interp} is not supported; use one of {_METHODS}.")
    sizes = size if isinstance(size, tuple) else (size,)
    if len(sizes) not in (1, 2) or min(sizes) < 1:
        raise ArgumentError(f"image.resize expects a size (width, height), or one number, got {size}.")
    rows, columns = x.shape[-3], x.shape[-2]
    width, height = sizes * (3 - len(sizes))
    if len(sizes) == 1 and keep_ratio:
        short = min(rows, columns)
        width, height = columns * sizes[0] // short, rows * sizes[0] // short
    if (height, width) == (rows, columns):
        return x + x.dtype.type(0)
    grows = height > rows or width > columns
    if x.dtype.name == "uint8" and (interp in (1, 2, 4) or interp == 3 and grows):
        return fixed_point(xp, x, (height, width), _METHODS[interp])
    out = x if x.dtype.name == "float64" else x.astype("float32")
    for axis, old, new in ((len(x.shape) - 3, rows, height), (len(x.shape) - 2, columns, width)):
        out = along(xp, out, weights(old, new, _METHODS[interp]), axis)
    return as_dtype(xp.round(out) if interp == 3 and x.dtype.kind in "iu" else out, x.dtype, xp)


def _random_change(name, change):
    def function(xp, key, x, *, min_factor, max_factor):
        _check(f"random_{name}", x)
        if max_factor < min_factor:
            raise ArgumentError(f"random_{name}: max_factor must not be below min_factor, got {min_factor} and "
                                f"{max_factor}.")
        alpha = min_factor + (max_factor - min_factor) * _uniform(xp, key, ())
        return cut(xp, change(xp, x, alpha), x.dtype)

    function.__name__ = f"image_random_{name}"
    first = (change.__doc__ or "").partition("\n")[0]
    function.__doc__ = f"{first}\n\n    The factor alpha is drawn from [``min_factor``, ``max_factor``).\n    "
    op(fn=(), mx=f"_image_random_{name}(data:x, min_factor, max_factor)", differentiable=False)(function)


for _name, _change in (("brightness", brightness), ("contrast", contrast), ("saturation", saturation), ("hue", hue)):
    _random_change(_name, _change)


@op(fn=(), mx="_image_random_color_jitter(data:x, brightness, contrast, saturation, hue)", differentiable=False)
def image_random_color_jitter(xp, key, x, *, brightness, contrast, saturation, hue):
    """Brightness, contrast, saturation and hue changed by factors from 1 less to 1 plus each amount, in that order.

    (MXNet's order is random.)
    """
    _check("random_color_jitter", x)
    draws = _uniform(xp, key, (4,))
    changes = ((_BRIGHTNESS, brightness, 1), (_CONTRAST, contrast, 1), (_SATURATION, saturation, 1), (_HUE, hue, 0))
    for i, (change, amount, middle) in enumerate(changes):
        if amount > 0:
            low = max(0.0, middle - amount) if middle else -amount
            x = cut(xp, change(xp, x, low + (middle + amount - low) * draws[i]), x.dtype)
    return x


_BRIGHTNESS, _CONTRAST, _SATURATION, _HUE = brightness, contrast, saturation, hue


@op(fn=(), mx="_image_adjust_lighting(data:x, alpha)", differentiable=False)
def image_adjust_lighting(xp, x, *, alpha):
    """``alpha``, three numbers, times the principal colours of ImageNet, added: AlexNet's lighting."""
    _check("adjust_lighting", x)
    if len(alpha) != 3 or x.shape[-1] != 3:
        raise ShapeError(f"adjust_lighting expects an image of 3 channels and 3 numbers alpha, got shape "
                         f"{tuple(x.shape)} and {alpha}.")
    return cut(xp, lighting(xp, x, np.asarray(alpha)), x.dtype)


@op(fn=(), mx="_image_random_lighting(data:x, alpha_std=0.05)", differentiable=False)
def image_random_lighting(xp, key, x, *, alpha_std=0.05):
    """``adjust_lighting`` with normal alphas of standard deviation ``alpha_std``."""
    _check("random_lighting", x)
    if x.shape[-1] != 3:
        raise ShapeError(f"random_lighting expects an image of 3 channels, got shape {tuple(x.shape)}.")
    return cut(xp, lighting(xp, x, alpha_std * _normal(xp, key, (3,))), x.dtype)
