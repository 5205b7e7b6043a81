"""The cross entropy of softmax with integer labels, on NumPy arrays.

The largest logit is subtracted first, so that nothing overflows. float16 is computed in float32.
"""

from __future__ import annotations

from math import prod

import numpy as np

from luojia._src.engine.kernels.halves import cast
from luojia._src.engine.kernels.precision import widen
from luojia._src.engine.kernels.sums import column_sums, total
from luojia._src.errors import ArgumentError, DTypeError, ShapeError

_COUNTED = np.arange(1 << 12)


def cross_entropy(x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(loss, p): -log softmax(x)[label] of each row, (*batch,), and the softmax (*batch, classes) that backward needs.

    x is (*batch, classes), labels are integers (*batch,) in [0, classes). p keeps the working dtype.

    >>> cross_entropy(np.zeros((1, 2)), np.array([1]))[0]
    array([0.69314718])
    """
    labels = _classes(x, labels)
    if x.ndim == 2 and x.shape[1] <= 32 <= x.shape[0]:  # NumPy reduces few long rows faster than many short ones
        s = np.array(widen(x).T, order="C")
        s -= np.maximum.reduce(s, axis=0)
        loss, p = s.reshape(-1)[_places_in_rows(labels, len(x))], s.T
        np.exp(s, out=s)
        sums = column_sums(s)
        s /= sums
    else:
        s = p = _shifted(x, -1)
        loss = s.reshape(-1)[_rows(x) + labels]
        np.exp(s, out=s)
        sums = total(p, -1)
        p /= sums[..., None]
    loss = np.log(sums) - loss
    return loss if loss.dtype is x.dtype else cast(loss, x.dtype), p


def cross_entropy_dx(g: np.ndarray, p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The gradient of x for the gradient g (*batch,), or one for all (), of the loss: g * (p - onehot(labels))."""
    if g.shape and g.shape != labels.shape:
        raise ShapeError(f"cross_entropy_dx expects one gradient for each label, {labels.shape}, got {g.shape}.")
    wide = widen(g)
    if p.ndim == 2 and not p.flags.c_contiguous:  # it lies as cross_entropy left it
        dx = np.multiply(p.T, wide, order="C").T
        dx.T.reshape(-1)[_places_in_rows(labels, len(p))] -= wide
    else:
        dx = np.multiply(p, wide[..., None], order="C")  # so that it has a view as one axis
        dx.reshape(-1)[_rows(p) + labels] -= wide
    return dx if dx.dtype is g.dtype else cast(dx, g.dtype)


def cross_entropy_of_channels(x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `cross_entropy`, for x (N, classes, ...) and labels (N, ...), its classes second.

    >>> cross_entropy_of_channels(np.zeros((1, 2, 1)), np.array([[1]]))[0]
    array([[0.69314718]])
    """
    wide = widen(x)
    s = np.subtract(wide, np.maximum.reduce(wide, axis=1, keepdims=True), order="C")  # as above
    loss = s.reshape(-1)[_places(s, labels)]
    np.exp(s, out=s)
    sums = np.add.reduce(s, axis=1)
    s /= sums[:, None]
    loss = np.log(sums) - loss
    return cast(loss, x.dtype), s


def cross_entropy_of_channels_dx(g: np.ndarray, p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The gradient of x for the gradient g (N, ...), or one for all (), of the loss."""
    wide = widen(g)
    dx = np.multiply(p, wide[:, None] if wide.shape else wide, order="C")
    dx.reshape(-1)[_places(dx, labels)] -= wide
    return cast(dx, g.dtype)


def _places(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The places of the labels' entries in x (N, classes, ...) as one axis, in labels' shape (N, ...)."""
    n, classes, *rest = x.shape
    size = prod(rest)
    first = np.arange(n)[:, None] * (classes * size) + np.arange(size)
    return first.reshape(labels.shape) + labels * size


def _places_in_rows(labels: np.ndarray, n: int) -> np.ndarray:
    """The places of the labels' entries in x^T (classes, N) as one axis, (N,)."""
    places = labels.astype(np.int64, copy=False) * n
    places += _counted(n)
    return places


def _counted(n: int) -> np.ndarray:
    """0 to n - 1, for reading."""
    return _COUNTED[:n] if n <= len(_COUNTED) else np.arange(n)


def _rows(x: np.ndarray) -> np.ndarray:
    """The place of each row's first entry in x (*batch, classes) as one axis, (*batch,)."""
    return np.arange(0, x.size, x.shape[-1] or 1).reshape(x.shape[:-1])


def _classes(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The labels as int64; errors where one is no class of x."""
    if x.ndim < 1 or labels.shape != x.shape[:-1]:
        raise ShapeError(f"cross_entropy expects one label for each row of x {x.shape}, got labels of shape "
                         f"{labels.shape}.")
    if labels.dtype.kind not in "iu":
        raise DTypeError(f"cross_entropy expects integer labels, got {labels.dtype}; cast them, or give one-hot "
                         "rows to a dense cross entropy.")
    labels = labels.astype(np.int64, copy=False)
    if labels.size and np.maximum.reduce(labels.view(np.uint64), axis=None) >= x.shape[-1]:  # or negative
        raise ArgumentError(f"cross_entropy expects labels in [0, {x.shape[-1]}) for x {x.shape}, got values from "
                            f"{labels.min()} to {labels.max()}.")
    return labels


def _shifted(x: np.ndarray, axis: int) -> np.ndarray:
    """x less its largest entry, a new array in the working dtype."""
    x = widen(x)
    return x - np.maximum.reduce(x, axis=axis, keepdims=True)
