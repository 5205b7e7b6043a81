"""Gaussian blur, as OpenCV rounds it."""

from __future__ import annotations

import numpy as np

from .tone import saturate


def kernel(size: int, sigma: float) -> np.ndarray:
    """(size,): a Gaussian about its middle, of sum 1.

    >>> kernel(3, 1.0).round(3).tolist()
    [0.274, 0.452, 0.274]
    """
    at = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(at**2) / (2 * sigma**2))
    return weights / weights.sum()


def _in_bytes(weights: np.ndarray) -> np.ndarray:
    """The weights in units of 1/256 whose sum is 256; what rounding leaves goes on to the next weight."""
    size, left = len(weights), 0.0
    out = np.zeros(size, np.int64)
    for i in range(size // 2):
        wanted = weights[i] * 256 + left
        out[i] = out[-1 - i] = round(wanted)
        left = wanted - out[i]
    out[size // 2] = 256 - out.sum()
    return out


def gaussian(image: np.ndarray, size: tuple[int, int], sigma: tuple[float, float]) -> np.ndarray:
    """The image blurred: ``size`` and ``sigma`` are of (columns, rows); beyond the border it is mirrored."""
    (across, down), (sx, sy) = size, sigma
    pad = [(down // 2, down // 2), (across // 2, across // 2)] + [(0, 0)] * (image.ndim - 2)
    rows, columns = kernel(down, sy), kernel(across, sx)
    whole = image.dtype == np.uint8
    if whole:
        rows, columns = _in_bytes(rows), _in_bytes(columns)
    wide = np.pad(image, pad, mode="reflect").astype(np.int64 if whole else np.float64)
    height, width = image.shape[:2]
    along = sum(w * wide[:, j : j + width] for j, w in enumerate(columns))
    total = np.asarray(sum(w * np.asarray(along)[i : i + height] for i, w in enumerate(rows)))
    return ((total + (1 << 15)) >> 16).astype(np.uint8) if whole else saturate(total, image.dtype)
