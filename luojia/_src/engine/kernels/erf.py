"""The error function in float32, and the Gaussian error linear unit with its derivative, block by block.

erf(x) = tanh(x q(x^2)), q being smooth; where erf is near 1, tanh forgives q the most. ``SERIES`` is the polynomial
of degree 7 for which the relative error of tanh(x q(x^2)) is least on (0, 4.2), found by weighted least squares whose
weights were multiplied by the errors until these were equal (Lawson 1961): 7e-8, and 3.2 units in the last place with
what the passes and NumPy's tanh round. Beyond, x q(x^2) goes on to rise, so that erf ends at 1.
"""

from __future__ import annotations

import math

import numpy as np

from luojia._src.engine.kernels.blocks import in_blocks
from luojia._src.engine.kernels.halves import cast, single

SERIES = (1.12837924717545, 0.10276986422989, -1.9528842641207e-4, -6.1483797540048e-4, 8.4596457234328e-5,
          -4.7945758598400e-6, 2.7572917838777e-8, 5.4217285396852e-9)
LEAST = 512  # numbers below which the calls cost more than scipy
SPEED = 500.0  # numbers in a microsecond


def _constant(value: float) -> np.ndarray:
    """A number that NumPy need not convert at each call."""
    return np.array(value, np.float32)


def _folded(scale: float) -> list[np.ndarray]:
    """The coefficients for x times ``scale``, the last first."""
    return [_constant(c * scale ** (2 * i + 1)) for i, c in enumerate(SERIES)][::-1]


_PLAIN, _NORMAL = _folded(1.0), _folded(math.sqrt(0.5))
_ROOT = math.sqrt(2 / math.pi)
_ONE, _HALF, _MINUS_HALF, _DENSITY = map(_constant, (1.0, 0.5, -0.5, 0.5 * _ROOT))
_TANH = [_constant(0.044715 * _ROOT), _constant(_ROOT)]
_SLOPE = [_constant(6 * 0.044715 * _ROOT), _constant(2 * _ROOT)]


def takes(x: object) -> bool:
    """Whether x is an array for these kernels: of float32 or float16, and not small."""
    return x.__class__ is np.ndarray and x.dtype.char in "fe" and x.size >= LEAST  # type: ignore[attr-defined]


def erf(x: np.ndarray) -> np.ndarray:
    """2 / sqrt(pi) times the integral of e^-t^2 from 0 to x, for float32 or float16.

    >>> erf(np.array([-9.0, 0.0, 0.5, np.inf], np.float32)).round(5)
    array([-1.    ,  0.    ,  0.5205,  1.    ], dtype=float32)
    """
    return _rounded(_run(lambda x, y, z: _tanh_of(_PLAIN, x, y, z), x, 1, 1)[0], x)


def gelu(x: np.ndarray, *, approximate: bool) -> np.ndarray:
    """x (1 + erf(x / sqrt(2))) / 2, or its approximation by tanh, for float32 or float16.

    >>> gelu(np.array([-1.0, 0.0, 1.0], np.float32), approximate=False).round(5)
    array([-0.15866,  0.     ,  0.84134], dtype=float32)
    """
    series = _TANH if approximate else _NORMAL

    def compute(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
        _share(series, x, y, z)
        np.multiply(y, x, out=y)

    return _rounded(_run(compute, x, 1, 1)[0], x)


def gelu_slope(x: np.ndarray, *, approximate: bool) -> tuple[np.ndarray, np.ndarray]:
    """(y, dy/dx) of y = `gelu` (x).

    >>> gelu_slope(np.array([0.0, 9.0], np.float32), approximate=True)[1]
    array([0.5, 1. ], dtype=float32)
    """
    y, slope = _run(_slope_of_tanh if approximate else _slope_of_erf, x, 2, 1)
    return _rounded(y, x), _rounded(slope, x)


def _run(compute: object, x: np.ndarray, made: int, scratch: int) -> tuple[np.ndarray, ...]:
    wide = x if x.dtype.char == "f" else single(x)
    return in_blocks(compute, (wide,), made=made, scratch=scratch, speed=SPEED)  # type: ignore[arg-type]


def _rounded(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    return y if y.dtype is x.dtype else cast(y, x.dtype)


def _tanh_of(series: list[np.ndarray], x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
    """y = tanh(x times the polynomial of z), z = x^2."""
    np.multiply(x, x, out=z)
    np.multiply(z, series[0], out=y)
    for c in series[1:-1]:
        np.add(y, c, out=y)
        np.multiply(y, z, out=y)
    np.add(y, series[-1], out=y)
    np.multiply(y, x, out=y)
    np.tanh(y, out=y)


def _share(series: list[np.ndarray], x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
    """y = the part of x that passes, from 0 to 1; z = x^2."""
    _tanh_of(series, x, y, z)
    np.add(y, _ONE, out=y)
    np.multiply(y, _HALF, out=y)


def _slope_of_erf(x: np.ndarray, y: np.ndarray, slope: np.ndarray, z: np.ndarray) -> None:
    """With s the share: s + x e^(-x^2 / 2) / sqrt(2 pi)."""
    _share(_NORMAL, x, y, z)
    np.multiply(z, _MINUS_HALF, out=z)
    np.exp(z, out=z)
    np.multiply(z, x, out=z)
    np.multiply(z, _DENSITY, out=z)
    np.add(y, z, out=slope)
    np.multiply(y, x, out=y)


def _slope_of_tanh(x: np.ndarray, y: np.ndarray, slope: np.ndarray, z: np.ndarray) -> None:
    """With s the share: s + x s (1 - s) times twice the derivative of what tanh is taken of."""
    _share(_TANH, x, y, z)
    np.multiply(z, _SLOPE[0], out=z)
    np.add(z, _SLOPE[1], out=z)
    np.multiply(z, x, out=z)
    np.subtract(_ONE, y, out=slope)
    np.multiply(slope, y, out=slope)
    np.multiply(slope, z, out=slope)
    np.add(slope, y, out=slope)
    np.multiply(y, x, out=y)
