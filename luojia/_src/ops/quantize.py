"""Numbers as 8-bit integers over a range, and back. Forward only.

The formulas are those that MXNet documents; its MKL-DNN kernels, on Intel processors, ignore the lower end for uint8.
"""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, DTypeError

_LEVELS = {"int8": 127.0, "int32": 2147483647.0}


def _largest(xp, low, high):
    return xp.maximum(xp.abs(low), xp.abs(high))


def _quantized(xp, name, x, low, high, out_type):
    """x over [low, high] in ``out_type``, and the range that its integers stand for."""
    if out_type == "uint8":
        scaled = xp.floor((x - low) * (255.0 / (high - low)) + 0.5)
        return xp.clip(scaled, 0, 255).astype("uint8"), low, high
    if out_type != "int8":
        raise ArgumentError(f"{name}: out_type must be 'int8' or 'uint8', got {out_type!r}.")
    top = _largest(xp, low, high)
    size = xp.minimum(xp.floor(xp.abs(x) * (127.0 / top) + 0.5), 127.0)
    return (xp.sign(x) * size).astype("int8"), -top, top


def _one(xp, value):
    return xp.reshape(xp.asarray(value, "float32"), (1,))


@op(fn=(), mx="_contrib_quantize(data:x, min_range:low, max_range:high, out_type='uint8')", outputs=3,
    differentiable=False)
def quantize(xp, x, low, high, *, out_type="uint8"):
    """x in ``out_type`` over the range low (1,) to high (1,), and the range that the integers stand for.

    'uint8' divides the range into 255 steps; 'int8' divides the greater of |low| and |high| into 127, so 0 stays 0.
    """
    q, low, high = _quantized(xp, "quantize", x, xp.reshape(low, ()), xp.reshape(high, ()), out_type)
    return q, _one(xp, low), _one(xp, high)


@op(fn=(), mx="_contrib_quantize_v2(data:x, out_type='int8', min_calib_range=None, max_calib_range=None)", outputs=3,
    differentiable=False)
def quantize_v2(xp, x, *, out_type="int8", min_calib_range=None, max_calib_range=None):
    """As ``quantize``, over the calibrated range, or over that of x.

    ``out_type`` 'auto' is 'uint8' where the calibrated range begins at 0 or above, else 'int8'.
    """
    if out_type == "auto":
        out_type = "uint8" if min_calib_range is not None and min_calib_range >= 0 else "int8"
    given = min_calib_range is not None and max_calib_range is not None
    low, high = (min_calib_range, max_calib_range) if given else (xp.min(x), xp.max(x))
    q, low, high = _quantized(xp, "quantize_v2", x, xp.asarray(low, "float32"), xp.asarray(high, "float32"), out_type)
    return q, _one(xp, low), _one(xp, high)


@op(fn=(), mx="_contrib_quantize_asym(data:x, min_calib_range=None, max_calib_range=None)", outputs=3,
    differentiable=False)
def quantize_asym(xp, x, *, min_calib_range=None, max_calib_range=None):
    """x in uint8 over the calibrated range, or over that of x: floor(x * scale + shift + 0.5), cut to [0, 255].

    ``scale`` (1,) is 255 / (max - min) and ``shift`` (1,) is 255 - max * scale.
    """
    if np.dtype(x.dtype) != np.float32:
        raise DTypeError(f"quantize_asym expects float32, got {np.dtype(x.dtype).name}; cast it first.")
    given = min_calib_range is not None and max_calib_range is not None
    low, high = (min_calib_range, max_calib_range) if given else (xp.min(x), xp.max(x))
    low, high = xp.asarray(low, "float32"), xp.asarray(high, "float32")
    scale = 255.0 / (high - low)
    shift = 255.0 - high * scale
    integers = xp.clip(xp.floor(x * scale + shift + 0.5), 0, 255).astype("uint8")
    return integers, _one(xp, scale), _one(xp, shift)


@op(fn=(), mx="_contrib_dequantize(data:x, min_range:low, max_range:high, out_type:_='float32')", differentiable=False)
def dequantize(xp, x, low, high):
    """The float32 numbers that the integers x stand for over the range low (1,) to high (1,)."""
    low, high = xp.reshape(low, ()), xp.reshape(high, ())
    if np.dtype(x.dtype) == np.uint8:
        return x.astype("float32") * ((high - low) / 255.0) + low
    return x.astype("float32") * (_largest(xp, low, high) / _levels("dequantize", x))


def _levels(name, x):
    try:
        return _LEVELS[np.dtype(x.dtype).name]
    except KeyError:
        raise DTypeError(f"{name} expects integers as quantize gives them (int8, uint8, int32), got "
                         f"{np.dtype(x.dtype).name}.") from None


@op(fn=(), mx="_contrib_requantize(data:x, min_range:low, max_range:high, out_type='int8', min_calib_range=None, "
              "max_calib_range=None)", outputs=3, differentiable=False)
def requantize(xp, x, low, high, *, out_type="int8", min_calib_range=None, max_calib_range=None):
    """int32 numbers over a range as int8 over the calibrated range, or over that of the values."""
    top = _largest(xp, xp.reshape(low, ()), xp.reshape(high, ()))
    values = x.astype("float32") * (top / _levels("requantize", x))
    return quantize_v2.fn(xp, values, out_type="int8" if out_type == "auto" else out_type,
                          min_calib_range=min_calib_range, max_calib_range=max_calib_range)
