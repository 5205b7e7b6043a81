"""Scikit-learn's 1,797 handwritten digits: real data that need no download."""

from __future__ import annotations

from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, MXNetError


class MissingPackageError(MXNetError, ImportError):
    """An optional package is not installed; the message says which extra brings it."""


def digits(size: int = 8, method: str = "bilinear") -> tuple[np.ndarray, np.ndarray]:
    """The digits, 8x8 pixels, enlarged on request.

    Args:
        size: height and width in pixels, 8 or more.
        method: 'bilinear' or 'nearest'.

    Returns:
        ``(images, labels)``: float32 in [0, 1] of shape (1797, 1, size, size), and int64 of shape (1797,).

    Raises:
        ArgumentError: a size below 8, or another method.
        MissingPackageError: scikit-learn is not installed.

    Source: UCI "Optical recognition of handwritten digits", test part, Alpaydin and Kaynak 1998, by scikit-learn.
    """
    if not isinstance(size, (int, np.integer)) or size < 8:
        raise ArgumentError(f"digits expects an integer size of 8 or more (the images are 8x8), got {size!r}.")
    if method not in ("bilinear", "nearest"):
        raise ArgumentError(f"digits expects method 'bilinear' or 'nearest', got {method!r}.")
    try:
        from sklearn.datasets import load_digits  # pyright: ignore[reportMissingImports] (an optional extra)
    except ImportError as error:
        raise MissingPackageError(
            "digits reads the images that scikit-learn brings: pip install luojia[data]"
        ) from error
    bunch: Any = load_digits()
    images = (bunch.images / 16).astype(np.float32)
    weights = _weights(8, int(size), method)
    images = np.clip(weights @ images @ weights.T, 0, 1)
    return np.ascontiguousarray(images[:, None]), bunch.target.astype(np.int64)


def _weights(old: int, new: int, method: str) -> np.ndarray:
    """(new, old): how much of each old row goes into each new one, pixel centres at halves."""
    position = (np.arange(new) + 0.5) * old / new - 0.5
    if method == "nearest":
        return np.eye(old, dtype=np.float32)[np.floor(position + 0.5).astype(int)]
    position = position.clip(0, old - 1)
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(old))).astype(np.float32)


def split(*arrays: np.ndarray, test: float = 0.2, seed: int = 0) -> tuple[tuple, tuple]:
    """Arrays of one length, shuffled alike and cut: ``((train, ...), (test, ...))``.  The same seed, the same cut.

    >>> (x, y), (x_test, y_test) = split(np.arange(10), np.arange(10) * 2)
    >>> len(x), len(x_test), bool((y == 2 * x).all())
    (8, 2, True)
    """
    if not arrays or len({len(a) for a in arrays}) != 1:
        raise ArgumentError(f"split expects arrays of one length, got lengths {[len(a) for a in arrays]}.")
    if not 0 < test < 1:
        raise ArgumentError(f"split expects the test part between 0 and 1, got {test}.")
    order = np.random.RandomState(seed).permutation(len(arrays[0]))
    cut = len(order) - round(len(order) * test)
    return tuple(a[order[:cut]] for a in arrays), tuple(a[order[cut:]] for a in arrays)
