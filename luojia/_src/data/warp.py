"""Images turned, sheared and seen from elsewhere, with the fixed-point places and weights of OpenCV."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from luojia._src.ops.resample import cubic

from .tone import saturate

_STEPS = 32  # places between two pixels that bilinear and bicubic weights know


def turn(degrees: float, centre: tuple[float, float]) -> np.ndarray:
    """(2, 3): the counter-clockwise turn about ``centre``, (x, y)."""
    a, b = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    x, y = centre
    return np.array([[a, b, (1 - a) * x - b * y], [-b, a, b * x + (1 - a) * y]])


def rotate(image: np.ndarray, degrees: float, method: str = "nearest", expand: bool = False,
           centre: tuple[float, float] | None = None, fill: Any = 0) -> np.ndarray:
    """The image turned counter-clockwise about ``centre``, (x, y), its middle by default.

    Args:
        expand: enlarge the image to hold the whole turned one, which then turns about its middle.
    """
    height, width = image.shape[:2]
    matrix = turn(degrees, ((width - 1) / 2, (height - 1) / 2) if centre is None or expand else centre)
    if not expand:
        return affine(image, matrix, method, fill)
    cos, sin = np.abs(matrix[0, :2])
    new = width * cos + height * sin, width * sin + height * cos
    matrix[:, 2] += (new[0] - width) / 2, (new[1] - height) / 2
    return affine(image, matrix, method, fill, (round(new[1]), round(new[0])))


def slanted(degrees: float, shift: tuple[float, float], scale: float, shear: tuple[float, float],
            centre: tuple[float, float]) -> np.ndarray:
    """(2, 3): shear, then scale and turn clockwise about ``centre``, (x, y), then shift by pixels."""
    a, sx, sy = np.deg2rad([degrees, *shear])
    inner = scale * np.array([
        [np.cos(a - sy) / np.cos(sy), -np.cos(a - sy) * np.tan(sx) / np.cos(sy) - np.sin(a)],
        [np.sin(a - sy) / np.cos(sy), -np.sin(a - sy) * np.tan(sx) / np.cos(sy) + np.cos(a)],
    ])
    moved = np.asarray(centre) + np.asarray(shift) - inner @ np.asarray(centre, float)
    return np.concatenate([inner, moved[:, None]], 1)


def slanted_back(degrees: float, shift: tuple[float, float], scale: float, shear: tuple[float, float],
                 centre: tuple[float, float]) -> list[float]:
    """Six numbers, as Pillow takes them: where each pixel of a turned and slanted image comes from.

    The axes turn by ``degrees`` and one of ``shear`` each, which is not quite what :func:`slanted` does.
    """
    x, y = np.deg2rad(degrees + np.asarray(shear))
    inner = np.array([[np.cos(x), np.sin(x)], [-np.sin(y), np.cos(y)]]) / (scale * np.cos(x - y))
    moved = np.asarray(centre) - inner @ (np.asarray(centre) + np.asarray(shift))
    return np.concatenate([inner, moved[:, None]], 1).ravel().tolist()


def affine(image: np.ndarray, matrix: np.ndarray, method: str = "nearest", fill: Any = 0,
           size: tuple[int, int] | None = None) -> np.ndarray:
    """Each pixel (x, y) of the image at ``matrix @ (x, y, 1)`` in one of ``size``, (height, width)."""
    height, width = image.shape[:2] if size is None else size
    (a, b), (c, d) = matrix[:, :2]
    back = np.array([[d, -b], [-c, a]]) / (a * d - b * c)
    from_x, from_y = -back @ matrix[:, 2]
    x, y = np.arange(width), np.arange(height)[:, None]
    nearest = method == "nearest"
    half = 512 if nearest else 1024 // _STEPS // 2
    places = [
        _whole((row[1] * y + start) * 1024) + half + _whole(row[0] * x * 1024)
        for row, start in ((back[0], from_x), (back[1], from_y))
    ]
    if nearest:
        return _picked(image, places[0] >> 10, places[1] >> 10, fill)
    return _mixed(image, places[0] >> 5, places[1] >> 5, method, fill)


def view(start: Any, end: Any) -> np.ndarray:
    """(3, 3): the perspective that brings four points, (x, y), to four others."""
    rows, right = _equations(start, end)
    try:
        found = np.linalg.solve(rows, right)
    except np.linalg.LinAlgError:
        found = np.zeros(8)
    return np.append(found, 1).reshape(3, 3)


def view_back(start: Any, end: Any) -> list[float]:
    """Eight numbers, as Pillow takes them: where each pixel of the view comes from."""
    return np.linalg.lstsq(*_equations(end, start), rcond=-1)[0].tolist()


def _equations(start: Any, end: Any) -> tuple[np.ndarray, np.ndarray]:
    rows, right = [], []
    for (x, y), (u, v) in zip(start, end):
        rows += [[x, y, 1, 0, 0, 0, -x * u, -y * u], [0, 0, 0, x, y, 1, -x * v, -y * v]]
        right += [u, v]
    return np.array(rows, float), np.array(right, float)


def perspective(image: np.ndarray, matrix: np.ndarray, method: str = "bilinear", fill: Any = 0) -> np.ndarray:
    """Each pixel (x, y) of the image at ``matrix @ (x, y, 1)``, over its last number."""
    height, width = image.shape[:2]
    back = np.linalg.inv(matrix) if np.linalg.det(matrix) else np.zeros((3, 3))
    y, x = np.mgrid[:height, :width].astype(float)
    depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    steps = 1 if method == "nearest" else _STEPS
    share = np.where(depth, steps / np.where(depth, depth, 1), 0)
    to_x, to_y = (_whole((row[0] * x + row[1] * y + row[2]) * share) for row in back[:2])
    return _picked(image, to_x, to_y, fill) if steps == 1 else _mixed(image, to_x, to_y, method, fill)


def _whole(values: np.ndarray) -> np.ndarray:
    return np.rint(values.clip(-(2**31), 2**31 - 1)).astype(np.int64)


def _filled(image: np.ndarray, fill: Any) -> np.ndarray:
    """``fill`` as one pixel: of three channels and a fourth of 0, again and again."""
    values = np.resize(np.append(np.resize(np.ravel(fill), 3), 0), image.shape[2:] or 1).astype(float)
    return saturate(values if image.ndim == 3 else values[0], image.dtype)


def _picked(image: np.ndarray, x: np.ndarray, y: np.ndarray, fill: Any) -> np.ndarray:
    """The pixels at whole places; ``fill`` beyond the border."""
    height, width = image.shape[:2]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    out = image[y.clip(0, height - 1), x.clip(0, width - 1)]
    out[~inside] = _filled(image, fill)
    return out


@functools.lru_cache(maxsize=4)
def _tables(method: str, whole: bool) -> np.ndarray:
    """(32, 32, taps, taps): weights by the place between pixels; if ``whole``, in units of 2**-15, of sum 1."""
    at = np.arange(_STEPS)[:, None] / _STEPS
    taps = np.concatenate([1 - at, at], 1) if method == "bilinear" else cubic(at - np.arange(-1, 3))
    taps = taps.astype(np.float32)
    table = taps[:, None, :, None] * taps[None, :, None, :]  # (y, x, row, column)
    if not whole:
        return table
    exact = np.rint(table * np.float32(32768)).astype(np.int64)
    short = 32768 - exact.sum((2, 3))
    for i, j in np.argwhere(short):  # what is missing goes to the greatest of these weights, or the least
        inner = exact[i, j, -2:, -2:]
        place = inner.argmax() if short[i, j] > 0 else inner.argmin()
        inner[np.unravel_index(place, inner.shape)] += short[i, j]
    return exact


def _mixed(image: np.ndarray, x: np.ndarray, y: np.ndarray, method: str, fill: Any) -> np.ndarray:
    """Pixels mixed at places in units of 1/32."""
    whole = image.dtype == np.uint8
    table = _tables(method, whole)
    down, across = y & 31, x & 31
    first = 0 if method == "bilinear" else -1
    taps = table.shape[-1]
    total: Any = 0
    for i in range(taps):
        for j in range(taps):
            weight = table[down, across, i, j]
            pixels = _picked(image, (x >> 5) + first + j, (y >> 5) + first + i, fill)
            total = total + pixels * (weight[..., None] if image.ndim == 3 else weight)
    if whole:
        return ((total + (1 << 14)) >> 15).clip(0, 255).astype(np.uint8)
    return saturate(total, image.dtype)
