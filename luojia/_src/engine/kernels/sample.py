"""Bilinear samples of images at places in pixels, and their gradients."""

from __future__ import annotations

import numpy as np

from luojia._src.engine.kernels.precision import widen
from luojia._src.engine.kernels.scatter import add_rows


def sample(x: np.ndarray, column: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, tuple]:
    """x (N, C, H, W) at places (N, h, w) in pixels, 0 outside: (N, C, h * w), and what `sample_dx` takes.

    >>> sample(np.array([[[[1.0, 3.0]]]]), np.array([[[0.5]]]), np.zeros((1, 1, 1)))[0]
    array([[[2.]]])
    """
    n, c, height, width = x.shape
    pixels = np.ascontiguousarray(widen(x).transpose(0, 2, 3, 1)).reshape(-1, c)
    column, row = widen(column).reshape(n, -1), widen(row).reshape(n, -1)
    left, top = np.floor(column), np.floor(row)
    right_part, low_part = (column - left).reshape(-1), (row - top).reshape(-1)
    first = np.arange(0, n * height * width, height * width)[:, None]
    corners = []
    total = 0.0
    for down in (0, 1):
        for across in (0, 1):
            i, j = top + down, left + across
            inside = ((i >= 0) & (i < height) & (j >= 0) & (j < width)).reshape(-1)
            at = first + np.where(inside.reshape(i.shape), i * width + j, 0).astype(np.int64)
            weight = (right_part if across else 1 - right_part) * (low_part if down else 1 - low_part) * inside
            corners.append((at.reshape(-1), weight, inside))
            total = total + pixels.take(corners[-1][0], 0) * weight[:, None]
    return (total.reshape(n, -1, c).transpose(0, 2, 1).astype(x.dtype, copy=False),
            (pixels, corners, right_part, low_part))


def nearest(x: np.ndarray, column: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, tuple]:
    """x (N, C, H, W) at the pixels nearest to places (N, h, w), 0 outside: (N, C, h * w), and what `nearest_dx` takes.

    >>> nearest(np.array([[[[1.0, 3.0]]]]), np.array([[[0.6, 9.0]]]), np.zeros((1, 1, 2)))[0]
    array([[[3., 0.]]])
    """
    n, c, height, width = x.shape
    j, i = np.round(column).reshape(n, -1), np.round(row).reshape(n, -1)
    inside = (i >= 0) & (i < height) & (j >= 0) & (j < width)
    at = np.arange(0, n * height * width, height * width)[:, None] + np.where(inside, i * width + j, 0).astype(np.int64)
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, c)
    found = pixels.take(at.reshape(-1), 0)
    found[~inside.reshape(-1)] = 0
    found[np.isnan(i + j).reshape(-1)] = np.nan
    return found.reshape(n, -1, c).transpose(0, 2, 1), (at.reshape(-1), inside.reshape(-1))


def nearest_dx(g: np.ndarray, saved: tuple, shape: tuple[int, ...]) -> np.ndarray:
    """The gradient of x, of ``shape``, for g (N, C, places)."""
    at, inside = saved
    rows = g.transpose(0, 2, 1).reshape(-1, shape[1])
    pixels = add_rows(rows[inside], at[inside], count=shape[0] * shape[2] * shape[3])
    return pixels.reshape(shape[0], *shape[2:], shape[1]).transpose(0, 3, 1, 2)


def sample_dx(g: np.ndarray, saved: tuple, shape: tuple[int, ...], needs: tuple) -> tuple:
    """The gradients of x, of ``shape``, and of the columns and rows, (places,) each, for g (N, C, places)."""
    pixels, corners, right, low = saved
    c = pixels.shape[1]
    g = np.ascontiguousarray(widen(g).transpose(0, 2, 1)).reshape(-1, c)
    dx = columns = rows = None
    if needs[0]:
        flat = np.zeros(pixels.size, g.dtype)
        for at, weight, _ in corners:
            np.add.at(flat, (at[:, None] * c + np.arange(c)).reshape(-1), (g * weight[:, None]).reshape(-1))
        dx = flat.reshape(shape[0], *shape[2:], c).transpose(0, 3, 1, 2)
    if needs[1]:
        (a, b), (d, e) = [[np.einsum("pc,pc->p", g, pixels.take(at, 0)) * inside for at, _, inside in half]
                          for half in (corners[:2], corners[2:])]
        columns = (1 - low) * (b - a) + low * (e - d)
        rows = (1 - right) * (d - a) + right * (e - b)
    return dx, columns, rows
