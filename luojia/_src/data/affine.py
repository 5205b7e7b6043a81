"""Affine maps of images and shifts of their colours, rounded as OpenCV rounds them."""

from __future__ import annotations

import numpy as np


def spread(shape: tuple[int, ...], *, angle: float = 0.0, shear: float = 0.0, scale: float = 1.0, ratio: float = 1.0,
           least: float = 0.0, most: float = 1e10) -> tuple[np.ndarray, tuple[int, int]]:
    """The matrix (2, 3) that turns, shears and scales an image about its middle, and the new (height, width).

    Args:
        angle: in degrees. shear: how far rows are shifted. ratio: of the factors of width and height.
        least, most: bounds on the new lengths, which are ``scale`` times the old.

    Source: MXNet's ImageRecordIter, max_rotate_angle to max_img_size.
    """
    height, width = shape[:2]
    a, b = np.cos(angle / 180 * np.pi), np.sin(angle / 180 * np.pi)
    tall = 2 * scale / (1 + ratio)
    wide = ratio * tall
    new_width, new_height = (max(least, min(most, scale * n)) for n in (width, height))
    turn = np.array([[tall * a - shear * b * wide, tall * b + shear * a * wide], [-b * wide, a * wide]])
    middle = np.array([new_width, new_height]) - turn @ [width, height]
    return np.column_stack([turn, middle / 2]), (int(new_height), int(new_width))


def warp(image: np.ndarray, matrix: np.ndarray, size: tuple[int, int], fill: int = 0,
         nearest: bool = False) -> np.ndarray:
    """A uint8 image (H, W, C) under an affine map of (x, y), at ``size``; what comes from outside is ``fill``.

    Places are rounded to 1/32 of a pixel, and the bilinear mean to the nearest integer.
    """
    inverse = np.linalg.inv(matrix[:, :2])
    shift = -inverse @ matrix[:, 2]
    x, y = np.arange(size[1]), np.arange(size[0])[:, None]
    places = []
    for axis in (0, 1):
        fine = np.rint(inverse[axis, 0] * x * 1024).astype(np.int64) + np.rint(
            (inverse[axis, 1] * y + shift[axis]) * 1024).astype(np.int64)
        places.append(fine + 512 >> 10 << 5 if nearest else fine + 16 >> 5)
    (across, u), (down, v) = ((p >> 5, (p & 31)[..., None]) for p in places)
    around = np.full((image.shape[0] + 2, image.shape[1] + 2, image.shape[2]), fill, np.int64)
    around[1:-1, 1:-1] = image

    def at(i: np.ndarray, j: np.ndarray) -> np.ndarray:
        return around[np.clip(i + 1, 0, image.shape[0] + 1), np.clip(j + 1, 0, image.shape[1] + 1)]

    total = ((32 - v) * ((32 - u) * at(down, across) + u * at(down, across + 1))
             + v * ((32 - u) * at(down + 1, across) + u * at(down + 1, across + 1)))
    return (total + 512 >> 10).astype(np.uint8)


def shift_hls(image: np.ndarray, hue: int, lightness: int, saturation: int) -> np.ndarray:
    """A uint8 RGB image with its hue (of 180), lightness and saturation (of 255) shifted."""
    if image.shape[-1] != 3 or not (hue or lightness or saturation):
        return image
    rgb = image.astype(np.float64) / 255
    high, low = rgb.max(-1), rgb.min(-1)
    light, chroma = (high + low) / 2, high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        colour = np.where(chroma > 0, chroma / (1 - np.abs(2 * light - 1)), 0)
        r, g, b = np.moveaxis(rgb, -1, 0)
        sector = np.select([high == r, high == g], [(g - b) / chroma % 6, (b - r) / chroma + 2], (r - g) / chroma + 4)
    turn = np.where(chroma > 0, np.rint(np.nan_to_num(sector) * 30), 0)
    turn = np.clip(turn + hue, 0, 180) / 30
    light = np.clip(np.rint(light * 255) + lightness, 0, 255) / 255
    colour = np.clip(np.rint(colour * 255) + saturation, 0, 255) / 255
    chroma = (1 - np.abs(2 * light - 1)) * colour
    second = chroma * (1 - np.abs(turn % 2 - 1))
    zero = np.zeros_like(chroma)
    order = [(chroma, second, zero), (second, chroma, zero), (zero, chroma, second), (zero, second, chroma),
             (second, zero, chroma), (chroma, zero, second)]
    which = np.floor(turn).astype(int) % 6
    out = [np.choose(which, [o[c] for o in order]) + light - chroma / 2 for c in range(3)]
    return np.clip(np.rint(np.stack(out, -1) * 255), 0, 255).astype(np.uint8)
