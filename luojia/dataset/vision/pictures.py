"""PIL images through Pillow's own functions, as MindSpore takes them."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from ..._src.data.codecs import pillow


def ops() -> Any:
    """The module ``PIL.ImageOps``."""
    pillow()
    return importlib.import_module("PIL.ImageOps")


def enhanced(image: Any, what: str, factor: float) -> Any:
    """By ``factor`` more of 'Brightness', 'Contrast', 'Color' or 'Sharpness'."""
    pillow()
    return getattr(importlib.import_module("PIL.ImageEnhance"), what)(image).enhance(factor)


def hue(image: Any, turn: float) -> Any:
    """Hues turned by ``turn`` whole turns."""
    if image.mode in ("L", "1", "I", "F"):
        return image
    h, s, v = image.convert("HSV").split()
    turned = (np.asarray(h).astype(np.int64) + int(turn * 255)) % 256
    return pillow().merge("HSV", (pillow().fromarray(turned.astype(np.uint8)), s, v)).convert(image.mode)


def auto_contrast(image: Any, cutoff: float, ignore: Any) -> Any:
    """Each channel stretched to 0..255."""
    return ops().autocontrast(image, cutoff, ignore or None)


def padded(image: Any, sides: tuple[int, int, int, int], fill: Any, mode: str) -> Any:
    """With a border on the left, at the top, on the right and at the bottom."""
    if mode == "constant":
        fills = fill if isinstance(fill, tuple) else (fill,) * 3
        return ops().expand(image, sides, fills if len(image.getbands()) > 2 or image.mode == "P" else fills[0])
    array = np.asarray(image)
    border = [(sides[1], sides[3]), (sides[0], sides[2])] + [(0, 0)] * (array.ndim - 2)
    made = pillow().fromarray(np.pad(array, border, mode))  # type: ignore[call-overload]
    if image.mode == "P":
        made.putpalette(image.getpalette())
    return made


def merged(grey: Any) -> Any:
    """A grey image in three channels."""
    return pillow().merge("RGB", (grey, grey, grey))
