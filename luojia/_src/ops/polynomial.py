"""Polynomials as vectors of coefficients, the highest power first, and the convolution that multiplies them."""

from __future__ import annotations

import numpy as np

from ..core.dtypes import is_float
from ..core.op import op
from ..errors import ArgumentError, ShapeError


def _vectors(name: str, *xs) -> None:
    for x in xs:
        if len(x.shape) != 1 or not x.shape[0]:
            raise ShapeError(f"{name} expects vectors of at least one element, got shape {tuple(x.shape)}.")


@op(fn=())
def convolve(xp, a, v, *, mode="full"):
    """c[k] = sum over i of a[i] v[k - i].

    ``mode`` 'full' gives every k where they overlap, 'same' the middle ones, as many as the longer vector has, and
    'valid' those where they overlap completely.
    """
    _vectors("convolve", a, v)
    if mode not in ("full", "same", "valid"):
        raise ArgumentError(f"convolve: mode must be 'full', 'same' or 'valid', got {mode!r}.")
    if v.shape[0] > a.shape[0]:
        a, v = v, a
    n, m = a.shape[0], v.shape[0]
    windows = np.arange(n + m - 1)[:, None] + np.arange(m)
    full = xp.matmul(xp.pad(a, ((m - 1, m - 1),), "constant")[windows], v[::-1])
    if mode == "full":
        return full
    return full[m - 1 : n] if mode == "valid" else full[(m - 1) // 2 : (m - 1) // 2 + n]


@op(fn=())
def correlate(xp, a, v, *, mode="valid"):
    """c[k] = sum over n of a[n + k] v[n]: the convolution of a with v reversed."""
    _vectors("correlate", a, v)
    n, m = a.shape[0], v.shape[0]
    if n < m:
        return correlate.fn(xp, v, a, mode=mode)[::-1]
    return convolve.fn(xp, a, v[::-1], mode=mode)


@op(fn=())
def polyval(xp, p, x):
    """p[0] x^(n-1) + ... + p[n-1], by Horner's rule."""
    _vectors("polyval", p)
    total = p[0] + 0 * x
    for i in range(1, p.shape[0]):
        total = total * x + p[i]
    return total


def _aligned(xp, x, y) -> tuple:
    """Two vectors with zeros in front of the shorter one."""
    n = max(x.shape[0], y.shape[0])
    return tuple([xp.pad(v, ((n - v.shape[0], 0),), "constant") for v in (x, y)])


@op(fn=())
def polyadd(xp, x, y):
    """The sum of two polynomials."""
    _vectors("polyadd", x, y)
    x, y = _aligned(xp, x, y)
    return x + y


@op(fn=())
def polysub(xp, x, y):
    """The difference of two polynomials."""
    _vectors("polysub", x, y)
    x, y = _aligned(xp, x, y)
    return x - y


@op(fn=())
def polyder(xp, p, *, m=1):
    """The ``m``-th derivative of a polynomial."""
    _vectors("polyder", p)
    if m < 0:
        raise ArgumentError(f"polyder: the order m must not be negative, got {m}.")
    for _ in range(m):
        n = p.shape[0] - 1
        p = p[:n] * np.arange(n, 0, -1).astype(p.dtype)
    return p


@op(fn=())
def polyint(xp, p, *, m=1, k=None):
    """The ``m``-th integral of a polynomial, with the constants of integration ``k`` (0 by default), in order."""
    _vectors("polyint", p)
    constants = [0] * m if k is None else [k] * m if isinstance(k, (int, float)) else list(k)
    constants = constants * m if len(constants) == 1 else constants
    if m < 0 or len(constants) < m:
        raise ArgumentError(f"polyint: the order m must not be negative and have a constant k each, got {m} and {k}.")
    p = p if is_float(p.dtype) else p.astype("float32")
    for constant in constants[:m]:
        n = p.shape[0]
        p = xp.concatenate((p / np.arange(n, 0, -1).astype(p.dtype), np.asarray([constant], p.dtype)), 0)
    return p


@op(fn=())
def vander(xp, x, *, n=None, increasing=False):
    """The matrix whose columns are the powers of x from n - 1 (len(x) - 1) down to 0, or from 0 up."""
    _vectors("vander", x)
    n = x.shape[0] if n is None else n
    columns = [xp.ones_like(x)]
    for _ in range(n - 1):
        columns.append(columns[-1] * x)
    return xp.stack(columns[:n] if increasing else columns[:n][::-1], 1)
