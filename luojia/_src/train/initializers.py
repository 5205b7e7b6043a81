"""Initial values of parameters, as pure functions ``(rng, shape, ...) -> ndarray``.

``rng`` is a ``numpy.random.Generator`` or ``RandomState`` (both have ``uniform`` and ``normal``); results are float32
unless ``dtype`` says otherwise.  The doors' classes choose the function and its defaults.

mxnet 1.9.1 and MindSpore 2.8 count the fans of a weight ``(out, in, *kernel)`` alike, and both refuse vectors.  Where
MindSpore 2.8 draws otherwise than its documentation says (its ``VarianceScaling`` draws uniformly whatever the
distribution, its ``TruncatedNormal`` loses the mean), the documented distribution is drawn here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError

Shape = Sequence[int]
Rng = Any


def fans(shape: Shape, *, name: str = "weight") -> tuple[int, int]:
    """``(fan_in, fan_out) = (in, out) * prod(kernel)`` of a weight of shape ``(out, in, *kernel)``.

    Raises:
        ShapeError: fewer than two axes; ``name`` is the parameter's name, for the message.

    >>> fans((16, 3, 5, 5))
    (75, 400)
    """
    if len(shape) < 2:
        raise ShapeError(
            f"Xavier initializer cannot be applied to vector {name}. It requires at least 2D, "
            f"got shape {tuple(shape)}; use Uniform, Normal or Zero for it."
        )
    receptive = math.prod(shape[2:])
    return int(shape[1]) * receptive, int(shape[0]) * receptive


def zero(rng: Rng, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
    """All zeros."""
    return np.zeros(shape, dtype)


def one(rng: Rng, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
    """All ones."""
    return np.ones(shape, dtype)


def constant(rng: Rng, shape: Shape, value: Any = 0.0, dtype: Any = np.float32) -> np.ndarray:
    """``value`` everywhere; an array is broadcast to ``shape``.

    >>> constant(None, (2,), 0.5)
    array([0.5, 0.5], dtype=float32)
    """
    return np.array(np.broadcast_to(np.asarray(value, dtype), tuple(shape)))


def uniform(rng: Rng, shape: Shape, low: float = -0.07, high: float = 0.07, dtype: Any = np.float32) -> np.ndarray:
    """Uniform on ``[low, high)``."""
    return np.asarray(rng.uniform(low, high, tuple(shape))).astype(dtype)


def normal(rng: Rng, shape: Shape, sigma: float = 0.01, mean: float = 0.0, dtype: Any = np.float32) -> np.ndarray:
    """Normal with standard deviation ``sigma``."""
    return np.asarray(rng.normal(mean, sigma, tuple(shape))).astype(dtype)


def truncated_normal(
    rng: Rng, shape: Shape, sigma: float = 0.01, mean: float = 0.0, a: float | None = None, b: float | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:  # fmt: skip
    """Normal, restricted to the values in ``[a, b]``; None is two deviations from the mean (MindSpore 1.7).

    MindSpore 2.8 has the bounds -2 and 2, as values: with its sigma of 0.01 they cut nothing off.

    Raises:
        ArgumentError: ``a`` is not below ``b``, or the interval lies where the density is zero to rounding.
    """
    low = -2.0 if a is None else (a - mean) / sigma
    high = 2.0 if b is None else (b - mean) / sigma
    if not low < high or low > 8 or high < -8:
        raise ArgumentError(
            f"truncated_normal expects a < b, within 8 deviations of the mean, got a={a}, b={b}, "
            f"mean={mean}, sigma={sigma}."
        )
    if high - low > 1 and low < 1 and high > -1:
        z = np.asarray(rng.normal(0.0, 1.0, tuple(shape)))
        while (outside := (z < low) | (z > high)).any():
            z = np.where(outside, rng.normal(0.0, 1.0, tuple(shape)), z)
    else:  # most draws would be thrown away: invert the distribution function instead
        from scipy.special import ndtr, ndtri

        sign = -1.0 if low > 0 else 1.0  # in the lower tail, where the function keeps its digits
        ends = sorted((ndtr(sign * low), ndtr(sign * high)))
        z = np.clip(sign * ndtri(rng.uniform(*ends, tuple(shape))), low, high)
    return (mean + sigma * z).astype(dtype)


def xavier(
    rng: Rng, shape: Shape, rnd_type: str = "uniform", factor_type: str = "avg", magnitude: float = 3.0,
    dtype: Any = np.float32, *, name: str = "weight",
) -> np.ndarray:  # fmt: skip
    """``scale = sqrt(magnitude / factor)``; uniform on ``[-scale, scale)`` or normal with that deviation.

    ``factor`` is the mean of the fans (``avg``), ``fan_in`` (``in``) or ``fan_out`` (``out``).  Glorot and Bengio 2010;
    mxnet Xavier.

    >>> w = xavier(np.random.default_rng(0), (4, 8))
    >>> bool(abs(w).max() <= (3 / 6) ** 0.5)
    True
    """
    fan_in, fan_out = fans(shape, name=name)
    factors = {"avg": (fan_in + fan_out) / 2, "in": fan_in, "out": fan_out}
    if factor_type not in factors:
        raise ArgumentError(f"Incorrect factor type: xavier expects 'avg', 'in' or 'out', got {factor_type!r}.")
    scale = math.sqrt(magnitude / factors[factor_type]) if factors[factor_type] else 0.0
    if rnd_type == "uniform":
        return uniform(rng, shape, -scale, scale, dtype)
    if rnd_type == "gaussian":
        return normal(rng, shape, scale, 0.0, dtype)
    raise ArgumentError(f"Unknown random type: xavier expects 'uniform' or 'gaussian', got {rnd_type!r}.")


def gain(nonlinearity: str, negative_slope: float = 0.0) -> float:
    """The factor that keeps a layer's variance through its nonlinearity.  MindSpore, as in PyTorch.

    >>> gain("relu") == 2 ** 0.5, gain("tanh")
    (True, 1.6666666666666667)
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + negative_slope**2))
    fixed = {"sigmoid": 1.0, "linear": 1.0, "tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 0.75}
    fixed.update({f"conv{n}d{kind}": 1.0 for n in (1, 2, 3) for kind in ("", "_transpose")})
    if nonlinearity not in fixed:
        raise ArgumentError(f"gain expects one of leaky_relu, {', '.join(sorted(fixed))}, got {nonlinearity!r}.")
    return fixed[nonlinearity]


def _he_std(shape, negative_slope, mode, nonlinearity):
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError(f"A He initializer expects mode 'fan_in' or 'fan_out', got {mode!r}.")
    return gain(nonlinearity, negative_slope) / math.sqrt(fans(shape)[mode == "fan_out"])


def he_uniform(
    rng: Rng, shape: Shape, negative_slope: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    dtype: Any = np.float32,
) -> np.ndarray:  # fmt: skip
    """Uniform on ``[-b, b)``, ``b = gain * sqrt(3 / fan)``.  He et al. 2015; MindSpore HeUniform."""
    bound = math.sqrt(3.0) * _he_std(shape, negative_slope, mode, nonlinearity)
    return uniform(rng, shape, -bound, bound, dtype)


def he_normal(
    rng: Rng, shape: Shape, negative_slope: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    dtype: Any = np.float32,
) -> np.ndarray:  # fmt: skip
    """Normal with deviation ``gain / sqrt(fan)``.  He et al. 2015; MindSpore HeNormal."""
    return normal(rng, shape, _he_std(shape, negative_slope, mode, nonlinearity), 0.0, dtype)


def variance_scaling(
    rng: Rng, shape: Shape, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal",
    dtype: Any = np.float32,
) -> np.ndarray:  # fmt: skip
    """Variance ``scale / n``, ``n`` by ``mode``: ``fan_in``, ``fan_out`` or ``fan_avg``.  MindSpore VarianceScaling.

    ``truncated_normal`` is cut at two deviations and widened by 1 / 0.8796 to keep its variance; else
    ``untruncated_normal`` or ``uniform``.
    """
    if scale <= 0:
        raise ArgumentError(f"variance_scaling expects a scale > 0, got {scale}.")
    fan_in, fan_out = fans(shape)
    sizes = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    if mode not in sizes:
        raise ArgumentError(f"variance_scaling expects mode 'fan_in', 'fan_out' or 'fan_avg', got {mode!r}.")
    std = math.sqrt(scale / max(1.0, sizes[mode]))
    if distribution == "truncated_normal":
        return truncated_normal(rng, shape, std / 0.87962566103423978, dtype=dtype)
    if distribution == "untruncated_normal":
        return normal(rng, shape, std, 0.0, dtype)
    if distribution == "uniform":
        return uniform(rng, shape, -math.sqrt(3.0) * std, math.sqrt(3.0) * std, dtype)
    raise ArgumentError(
        "variance_scaling expects distribution 'truncated_normal', 'untruncated_normal' or 'uniform', "
        f"got {distribution!r}."
    )


def orthogonal(
    rng: Rng, shape: Shape, scale: float = 1.0, rand_type: str = "normal", dtype: Any = np.float32
) -> np.ndarray:
    """``scale`` times an orthogonal matrix of shape ``(shape[0], rest)``: orthonormal rows, or columns if fewer.

    Saxe et al. 2014.  mxnet's defaults are scale 1.414 and ``rand_type='uniform'`` (draws of the matrix decomposed).

    >>> w = orthogonal(np.random.default_rng(0), (2, 3))
    >>> np.allclose(w @ w.T, np.eye(2), atol=1e-6)
    True
    """
    if len(shape) < 2:
        raise ShapeError(
            f"orthogonal expects a shape of at least two axes, got {tuple(shape)}; use Normal for vectors."
        )
    rows, cols = int(shape[0]), math.prod(shape[1:])
    draws = {"uniform": lambda s: rng.uniform(-1.0, 1.0, s), "normal": lambda s: rng.normal(0.0, 1.0, s)}
    if rand_type not in draws:
        raise ArgumentError(f"orthogonal expects rand_type 'uniform' or 'normal', got {rand_type!r}.")
    q, r = np.linalg.qr(draws[rand_type]((max(rows, cols), min(rows, cols))))
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # makes the decomposition unique, hence q uniform over rotations
    return (scale * (q if rows >= cols else q.T)).reshape(shape).astype(dtype)


def bilinear(rng: Rng, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
    """The kernel of bilinear upsampling for a transposed convolution, in every channel.  mxnet Bilinear.

    >>> bilinear(None, (1, 1, 4, 4))[0, 0, 0]
    array([0.0625, 0.1875, 0.1875, 0.0625], dtype=float32)
    """
    if len(shape) != 4:
        raise ShapeError(f"bilinear expects a weight of shape (out, in, height, width), got {tuple(shape)}.")

    def tent(n):
        half = math.ceil(shape[3] / 2.0)
        center = (2 * half - 1 - half % 2) / (2.0 * half)
        return 1 - np.abs(np.arange(n) / half - center)

    return np.array(np.broadcast_to(np.outer(tent(shape[2]), tent(shape[3])), tuple(shape)), dtype)


def identity(rng: Rng, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
    """Ones on the diagonal of a matrix.  MindSpore Identity."""
    if len(shape) != 2:
        raise ShapeError(f"identity expects a shape of two axes, got {tuple(shape)}.")
    return np.eye(*shape, dtype=dtype)


def dirac(rng: Rng, shape: Shape, groups: int = 1, dtype: Any = np.float32) -> np.ndarray:
    """The kernel ``(out, in, *kernel)`` of a convolution that copies its input channels.  MindSpore Dirac.

    >>> dirac(None, (2, 2, 3))[:, :, 1]
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    if not 3 <= len(shape) <= 5:
        raise ShapeError(f"dirac expects a shape of three to five axes, got {tuple(shape)}.")
    if groups < 1 or shape[0] % groups:
        raise ArgumentError(f"dirac expects groups to divide the {shape[0]} output channels, got {groups}.")
    out = np.zeros(shape, dtype)
    per_group = shape[0] // groups
    center = tuple(k // 2 for k in shape[2:])
    for g in range(groups):
        for d in range(min(per_group, shape[1])):
            out[(g * per_group + d, d, *center)] = 1
    return out


def lstm_bias(rng: Rng, shape: Shape, forget_bias: float = 1.0, dtype: Any = np.float32) -> np.ndarray:
    """Zeros, with ``forget_bias`` in the second quarter of the rows: the forget gate's part.  mxnet LSTMBias.

    >>> lstm_bias(None, (4,))
    array([0., 1., 0., 0.], dtype=float32)
    """
    if not shape:
        raise ShapeError("lstm_bias expects 4 * hidden rows, got shape ().")
    out = np.zeros(shape, dtype)
    hidden = shape[0] // 4
    out[hidden : 2 * hidden] = forget_bias
    return out
