"""Colours of images (..., 3): hue, saturation and value (Smith 1978), numbers of [0, 1]."""

from __future__ import annotations

from typing import Any

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ShapeError


def _channels(x: Tensor, name: str) -> list[Tensor]:
    if not x.ndim or x.shape[-1] != 3:
        raise ShapeError(f"{name} expects three channels in the last axis, got shape {x.shape}.")
    return [x[..., i] for i in range(3)]


def rgb_to_hsv(images: Tensor) -> Tensor:
    """Red, green and blue as hue, saturation and value."""
    r, g, b = _channels(images, "RGBToHSV")
    value = OP["maximum"](OP["maximum"](r, g), b)
    spread = value - OP["minimum"](OP["minimum"](r, g), b)
    grey, dark = OP["equal"](spread, 0), OP["equal"](value, 0)
    by = OP["where"](grey, 1.0 + 0 * spread, spread)
    hue = OP["where"](OP["equal"](value, r), (g - b) / by, OP["where"](OP["equal"](value, g), (b - r) / by + 2,
                                                                       (r - g) / by + 4)) / 6
    hue = OP["where"](grey, 0 * hue, OP["where"](OP["less"](hue, 0), hue + 1, hue))
    saturation = OP["where"](dark, 0 * value, spread / OP["where"](dark, 1.0 + 0 * value, value))
    return OP["stack"](hue, saturation, value, axis=-1)


def hsv_to_rgb(x: Tensor) -> Tensor:
    """Hue, saturation and value as red, green and blue."""
    hue, saturation, value = _channels(x, "HSVToRGB")
    turned = hue * 6
    ends = (OP["abs"](turned - 3) - 1, 2 - OP["abs"](turned - 2), 2 - OP["abs"](turned - 4))
    full = [OP["clip"](c, a_min=0.0, a_max=1.0) for c in ends]
    return OP["stack"](*[value * (1 + saturation * (c - 1)) for c in full], axis=-1)


def adjust_hue(image: Tensor, delta: Any) -> Tensor:
    """The colours with ``delta`` added to their hue."""
    hue, saturation, value = _channels(rgb_to_hsv(image), "AdjustHue")
    moved = hue + delta
    turned = hsv_to_rgb(OP["stack"](moved - OP["floor"](moved), saturation, value, axis=-1))
    return OP["cast"](turned, dtype=image.np_dtype)


def adjust_saturation(image: Tensor, scale: Any) -> Tensor:
    """The colours with their saturation multiplied by ``scale``, at most 1."""
    hue, saturation, value = _channels(rgb_to_hsv(image), "AdjustSaturation")
    return hsv_to_rgb(OP["stack"](hue, OP["clip"](saturation * scale, a_min=0.0, a_max=1.0), value, axis=-1))
