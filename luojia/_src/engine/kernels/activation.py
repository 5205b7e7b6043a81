"""Activation functions of large arrays and their gradients, in as few passes as will do, block by block.

A choice between two values, by `where`, costs as much as ten passes of arithmetic where it is hard to predict: these
bend x by `clip` instead, and multiply by masks. float16 is computed in float32. Each gradient is of g and x.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from luojia._src.engine.kernels.blocks import in_blocks
from luojia._src.engine.kernels.halves import half, single

LEAST = 1 << 13  # numbers below which the operators' formulas cost less
SMOOTH = 1 << 16  # and where these choose nothing
_CHEAP, _DEAR = 2e3, 1e3  # numbers in a microsecond, without and with an exponential
_INF = float("inf")


def takes(*arrays: object, least: int = LEAST) -> bool:
    """Whether these are large arrays of one shape and one dtype of floats.

    >>> takes(np.zeros(3)), takes(np.zeros(9000)), takes(np.zeros(9000), np.zeros((9, 1000)))
    (False, True, False)
    """
    x = arrays[0]
    if x.__class__ is not np.ndarray or x.size < least or x.dtype.char not in "fde":  # type: ignore[attr-defined]
        return False
    return all([a.__class__ is np.ndarray and a.shape == x.shape and a.dtype == x.dtype  # type: ignore[attr-defined]
                for a in arrays[1:]])


def _run(fn: Callable, *arrays: np.ndarray, scratch: int = 0, speed: float = _DEAR) -> np.ndarray:
    dtype = arrays[0].dtype
    if dtype.char == "e":
        arrays = tuple([single(a) for a in arrays])
    found = in_blocks(fn, arrays, scratch=scratch, speed=speed)[0]
    return found if found.dtype == dtype else half(found)


# -- rectifiers ----------------------------------------------------------------------------------------------------


def leaky_dx(g: np.ndarray, x: np.ndarray, slope: float) -> np.ndarray:
    """g where x > 0, else slope g, for a slope from 0 to 1."""
    def compute(g: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        np.copyto(y, x > 0)
        np.clip(y, slope, 1.0, out=y)
        np.multiply(y, g, out=y)

    return _run(compute, g, x, speed=_CHEAP)


def hard_tanh_dx(g: np.ndarray, x: np.ndarray, low: float, high: float) -> np.ndarray:
    """g where x is between the bounds, 0 outside, g / 2 at a bound."""
    def compute(g: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        np.copyto(y, (x > low) & (x < high))
        edge = (x == low) | (x == high)
        if edge.any():
            y[edge] = 0.5 if low < high else 0.0
        if np.isnan(np.maximum.reduce(x)):
            np.copyto(y, x, where=np.isnan(x))
        np.multiply(y, g, out=y)

    return _run(compute, g, x, speed=_CHEAP)


def elu(x: np.ndarray, alpha: float, rate: float = 1.0, scale: float = 1.0) -> np.ndarray:
    """scale x, and scale alpha (e^(rate x) - 1) where negative."""
    def compute(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
        np.clip(x, -_INF, 0.0, out=y)
        if rate != 1:
            np.multiply(y, rate, out=y)
        np.expm1(y, out=y)
        if alpha * scale != 1:
            np.multiply(y, alpha * scale, out=y)
        np.clip(x, 0.0, _INF, out=z)
        if scale != 1:
            np.multiply(z, scale, out=z)
        np.add(y, z, out=y)

    return _run(compute, x, scratch=1)


def elu_dx(g: np.ndarray, x: np.ndarray, alpha: float, rate: float = 1.0, scale: float = 1.0) -> np.ndarray:
    """scale g, and scale g alpha rate e^(rate x) where x is not positive."""
    def compute(g: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        np.clip(x, -_INF, 0.0, out=y)
        if rate != 1:
            np.multiply(y, rate, out=y)
        np.exp(y, out=y)
        if alpha * rate != 1:  # times 1 where x > 0
            other = np.multiply(x <= 0, alpha * rate - 1, dtype=y.dtype)
            np.add(other, 1.0, out=other)
            np.multiply(y, other, out=y)
        np.multiply(y, g, out=y)
        if scale != 1:
            np.multiply(y, scale, out=y)

    return _run(compute, g, x)


def hard_swish(x: np.ndarray) -> np.ndarray:
    """x relu6(x + 3) / 6."""
    def compute(x: np.ndarray, y: np.ndarray) -> None:
        np.add(x, 3.0, out=y)
        np.clip(y, 0.0, 6.0, out=y)
        np.divide(y, 6.0, out=y)  # so that 6 becomes 1
        np.multiply(y, x, out=y)

    return _run(compute, x, speed=_CHEAP)


def hard_swish_dx(g: np.ndarray, x: np.ndarray) -> np.ndarray:
    """0 below -3, g above 3, g (2 x + 3) / 6 from -3 to 3."""
    def compute(g: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        np.clip(x, -3.0, 3.0, out=y)
        np.multiply(y, 1 / 3, out=y)
        np.add(y, 0.5, out=y)
        above = x > 3
        np.multiply(y, (x >= -3) ^ above, out=y)
        np.add(y, above, out=y)
        np.multiply(y, g, out=y)

    return _run(compute, g, x, speed=_CHEAP)


# -- smooth ones ---------------------------------------------------------------------------------------------------


def _sigmoid(x: np.ndarray, y: np.ndarray, rate: float = 1.0) -> None:
    """y = sigmoid(rate x)."""
    np.multiply(x, 0.5 * rate, out=y)
    np.tanh(y, out=y)
    np.add(y, 1.0, out=y)
    np.multiply(y, 0.5, out=y)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x)."""
    return _run(_sigmoid, x)


def silu(x: np.ndarray, rate: float = 1.0) -> np.ndarray:
    """x sigmoid(rate x)."""
    def compute(x: np.ndarray, y: np.ndarray) -> None:
        _sigmoid(x, y, rate)
        np.multiply(y, x, out=y)

    return _run(compute, x)


def times_sigmoid(g: np.ndarray, x: np.ndarray, rate: float = 1.0) -> np.ndarray:
    """g sigmoid(rate x): the gradient of softplus, and with -1 that of the logarithm of sigmoid."""
    def compute(g: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        _sigmoid(x, y, rate)
        np.multiply(y, g, out=y)

    return _run(compute, g, x)


def silu_dx(g: np.ndarray, x: np.ndarray, rate: float = 1.0) -> np.ndarray:
    """The gradient of x sigmoid(rate x)."""
    def compute(g: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
        _sigmoid(x, y, rate)
        np.subtract(1.0, y, out=z)
        np.multiply(z, y, out=z)
        np.multiply(z, x, out=z)
        if rate != 1:
            np.multiply(z, rate, out=z)
        np.add(y, z, out=y)
        np.multiply(y, g, out=y)

    return _run(compute, g, x, scratch=1)


def log_sum(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """log(e^x + e^y)."""
    def compute(x: np.ndarray, y: np.ndarray, out: np.ndarray, z: np.ndarray) -> None:
        np.subtract(x, y, out=z)
        np.abs(z, out=z)
        np.negative(z, out=z)
        np.exp(z, out=z)
        np.log1p(z, out=z)
        np.maximum(x, y, out=out)
        np.add(out, z, out=out)
        if np.isnan(np.maximum.reduce(out)):  # also of equal infinities
            odd = np.isnan(out)
            out[odd] = np.logaddexp(x[odd], y[odd])

    return _run(compute, x, y, scratch=1)


def softplus(x: np.ndarray, sign: int = 1) -> np.ndarray:
    """log(1 + e^x); with a ``sign`` of -1 its value at -x made negative, which is log(sigmoid(x))."""
    def compute(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
        np.abs(x, out=y)
        np.negative(y, out=y)
        np.exp(y, out=y)
        np.log1p(y, out=y)
        if sign > 0:
            np.clip(x, 0.0, _INF, out=z)
            np.add(y, z, out=y)
        else:
            np.clip(x, -_INF, 0.0, out=z)
            np.subtract(z, y, out=y)

    return _run(compute, x, scratch=1)
