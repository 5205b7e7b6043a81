"""Layers on 8-bit integers, as ``quantize_v2`` gives them. Forward only.

Each array of integers comes with its range, two arrays (1,): an int8 stands for ``max(|low|, |high|) / 127`` times its
value, a uint8 for ``high / 255`` times its. Products are int32, over a range such that 2147483647 stands for its end.
The formulas are those that MXNet documents; its MKL-DNN kernels, on Intel processors, round some steps otherwise.
"""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, DTypeError, NotSupportedError, ShapeError
from .conv import convolution
from .norm import batch_norm
from .pool import pooling

_MOST = 2147483647.0


def _one(xp, name, x, low, high):
    """What one step of x stands for."""
    dtype = np.dtype(x.dtype).name
    if dtype not in ("int8", "uint8"):
        raise DTypeError(f"{name} expects int8 or uint8, as quantize_v2 gives them, got {dtype}.")
    return _end(xp, low, high) / (127.0 if dtype == "int8" else 255.0)


def _end(xp, low, high):
    low, high = (xp.abs(xp.reshape(v, ()).astype("float64")) for v in (low, high))
    return xp.maximum(low, high)


def _range(xp, end):
    end = xp.reshape(xp.asarray(end, "float32"), (1,))
    return -end, end


def _rint(xp, x, dtype):
    info = np.iinfo(dtype)
    most = info.max if info.bits == 8 or x.dtype == np.float64 else 2147483520  # the last float32 within int32
    return xp.clip(xp.rint(x), info.min, most).astype(dtype)


def _product(xp, name, total, x, w, b, ranges):
    """int32 sums of products of x and w, with the bias, and their range."""
    step = _one(xp, name, x, *ranges[:2]) * _one(xp, name, w, *ranges[2:4])
    if b is not None:
        shape = (1, -1, *(1,) * (len(total.shape) - 2))
        total = total + xp.reshape(xp.rint(b.astype("float64") * (_one(xp, name, b, *ranges[4:]) / step)), shape)
    return (_rint(xp, total, "int32") if total.dtype.kind == "f" else total.astype("int32"), *_range(xp, step * _MOST))


_RANGES = "min_data=None, max_data=None, min_weight=None, max_weight=None, min_bias=None, max_bias=None"


@op(fn=(), mx=f"_contrib_quantized_conv(data:x, weight:w, bias:b=None, {_RANGES}, kernel, stride=(), "
              "dilate:dilation=(), pad=(), num_filter, num_group:groups=1, workspace:_=1024, no_bias:_=False, "
              "cudnn_tune:_=None, cudnn_off:_=False, layout=None)", outputs=3, differentiable=False)
def quantized_convolution(xp, x, w, b=None, min_data=None, max_data=None, min_weight=None, max_weight=None,
                          min_bias=None, max_bias=None, *, kernel, stride=(), dilation=(), pad=(), num_filter, groups=1,
                          layout=None):
    """``Convolution`` of integers x with integers w, as int32, and their range. Source: MXNet's quantized_conv."""
    total = convolution.fn(xp, x.astype("float64"), w.astype("float64"), kernel=kernel, stride=stride, pad=pad,
                           dilation=dilation, groups=groups, num_filter=num_filter, layout=layout)
    return _product(xp, "quantized_conv", total, x, w, b,
                    (min_data, max_data, min_weight, max_weight, min_bias, max_bias))


@op(fn=(), mx=f"_contrib_quantized_fully_connected(data:x, weight:w, bias:b=None, {_RANGES}, num_hidden, "
              "no_bias:_=False, flatten=True)", outputs=3, differentiable=False)
def quantized_dense(xp, x, w, b=None, min_data=None, max_data=None, min_weight=None, max_weight=None, min_bias=None,
                    max_bias=None, *, num_hidden, flatten=True):
    """``FullyConnected`` of integers x with integers w (num_hidden, width), as int32, and their range.

    Source: MXNet's quantized_fully_connected.
    """
    rows = xp.reshape(x, (x.shape[0], -1)) if flatten else x
    if tuple(w.shape) != (num_hidden, rows.shape[-1]):
        raise ShapeError(f"quantized_fully_connected expects a weight of shape ({num_hidden}, {rows.shape[-1]}), got "
                         f"{tuple(w.shape)}.")
    total = xp.matmul(rows.astype("int32"), xp.swapaxes(w, 0, 1).astype("int32"))
    return _product(xp, "quantized_fully_connected", total, x, w, b,
                    (min_data, max_data, min_weight, max_weight, min_bias, max_bias))


@op(fn=(), mx="_contrib_quantized_pooling(data:x, min_data:low, max_data:high, kernel=(), pool_type='max', "
              "global_pool=False, cudnn_off:_=False, pooling_convention='valid', stride=(), pad=(), p_value:_=None, "
              "count_include_pad=True, layout=None)", outputs=3, differentiable=False)
def quantized_pooling(xp, x, low, high, *, kernel=(), pool_type="max", global_pool=False, pooling_convention="valid",
                      stride=(), pad=(), count_include_pad=True, layout=None):
    """``Pooling`` of integers, 'max' or 'avg', rounded, over the same range. Source: MXNet's quantized_pooling."""
    _one(xp, "quantized_pooling", x, low, high)
    if pool_type not in ("max", "avg"):
        raise NotSupportedError(f"quantized_pooling: pool_type {pool_type!r} is not supported; use 'max' or 'avg'.")
    found = pooling.fn(xp, x.astype("float32"), kernel=kernel, pool_type=pool_type, global_pool=global_pool,
                       pooling_convention=pooling_convention, stride=stride, pad=pad,
                       count_include_pad=count_include_pad, layout=layout)
    return _rint(xp, found, np.dtype(x.dtype)), low, high


@op(fn=(), mx="_contrib_quantized_flatten(data:x, min_data:low, max_data:high)", outputs=3, differentiable=False)
def quantized_flatten(xp, x, low, high):
    """x (N, ...) as (N, width), over the same range. Source: MXNet's quantized_flatten."""
    return xp.reshape(x, (x.shape[0], -1)), low, high


@op(fn=(), mx="_contrib_quantized_act(data:x, min_data:low, max_data:high, act_type='relu')", outputs=3,
    differentiable=False)
def quantized_activation(xp, x, low, high, *, act_type="relu"):
    """max(x, 0), over the same range. Source: MXNet's quantized_act."""
    _one(xp, "quantized_act", x, low, high)
    if act_type != "relu":
        raise NotSupportedError(f"quantized_act: act_type {act_type!r} is not supported; use 'relu'.")
    return xp.maximum(x, 0).astype(x.dtype), low, high


def _calibrated(xp, terms, low, high):
    """The sum of numbers times their steps as int8 over a calibrated range."""
    end = max(abs(low), abs(high))
    total = sum(x.astype("float64") * (step * 127.0 / end) for x, step in terms)
    return (_rint(xp, total, "int8"), *[xp.asarray(np.array([v], np.float32)) for v in (low, high)])


_TWO = "lhs:x, rhs:y, lhs_min:a, lhs_max:b, rhs_min:c, rhs_max:d, min_calib_range=None, max_calib_range=None"


@op(fn=(), mx=f"_contrib_quantized_elemwise_add({_TWO})", outputs=3, differentiable=False)
def quantized_add(xp, x, y, a, b, c, d, *, min_calib_range=None, max_calib_range=None):
    """x + y as int8 over the calibrated range; without one as int32, over a range that holds both.

    Source: MXNet's quantized_elemwise_add.
    """
    one = _one(xp, "quantized_elemwise_add", x, a, b), _one(xp, "quantized_elemwise_add", y, c, d)
    if min_calib_range is not None and max_calib_range is not None:
        return _calibrated(xp, zip((x, y), one), min_calib_range, max_calib_range)
    end = _end(xp, a, b) + _end(xp, c, d)
    total = sum(v.astype("float64") * (step * (_MOST / end)) for v, step in zip((x, y), one))
    return (_rint(xp, total, "int32"), *_range(xp, end))


@op(fn=(), mx=f"_contrib_quantized_elemwise_mul({_TWO}, enable_float_output=False)",
    outputs=lambda enable_float_output=False, **_: 1 if enable_float_output else 3, differentiable=False)
def quantized_multiply(xp, x, y, a, b, c, d, *, min_calib_range=None, max_calib_range=None, enable_float_output=False):
    """x y as int8 over the calibrated range; without one as int32; or with ``enable_float_output`` as float32.

    Source: MXNet's quantized_elemwise_mul.
    """
    step = _one(xp, "quantized_elemwise_mul", x, a, b) * _one(xp, "quantized_elemwise_mul", y, c, d)
    product = x.astype("int32") * y.astype("int32")  # exact: below 2^16
    if enable_float_output:
        return (product * step).astype("float32")
    if min_calib_range is not None and max_calib_range is not None:
        return _calibrated(xp, [(product, step)], min_calib_range, max_calib_range)
    return (product, *_range(xp, step * _MOST))


@op(fn=(), mx="_contrib_quantized_concat(*data:xs, dim:axis=1, num_args:_=None)", outputs=3, differentiable=False)
def quantized_concat(xp, *xs, axis=1):
    """n arrays joined along ``axis`` over a range that holds all: int8, or uint8 where all are.

    The arrays come first, then low and high end of each one's range. Source: MXNet's quantized_concat.
    """
    if len(xs) % 3 or not xs:
        raise ArgumentError("quantized_concat expects n arrays, then two ends of the range of each, got "
                            f"{len(xs)} in all.")
    n = len(xs) // 3
    arrays, ranges = xs[:n], [xs[n + 2 * i : n + 2 * i + 2] for i in range(n)]
    steps = [_one(xp, "quantized_concat", x, *r) for x, r in zip(arrays, ranges)]
    plain = all(np.dtype(x.dtype) == np.uint8 for x in arrays)
    end = xp.max(xp.stack([_end(xp, *r) for r in ranges]))
    dtype, levels = ("uint8", 255.0) if plain else ("int8", 127.0)
    joined = [_rint(xp, x.astype("float64") * (s * levels / end), dtype) for x, s in zip(arrays, steps)]
    low, high = _range(xp, end)
    return xp.concatenate(joined, axis), 0 * low if plain else low, high


@op(fn=(), mx="_contrib_quantized_embedding(data:x, weight:w, min_weight:low, max_weight:high, input_dim=0, "
              "output_dim=0, dtype:_=None, sparse_grad:_=False)", outputs=3, differentiable=False)
def quantized_embedding(xp, x, w, low, high, *, input_dim=0, output_dim=0):
    """The rows x of integers w, over the same range. Source: MXNet's quantized_embedding."""
    return xp.embedding(x, w, input_dim=input_dim, output_dim=output_dim), low, high


@op(fn=(), mx="_contrib_quantized_batch_norm(data:x, gamma, beta, moving_mean, moving_var, min_data:low, "
              "max_data:high, eps=0.001, momentum:_=0.9, fix_gamma:_=True, use_global_stats:_=False, "
              "output_mean_var:_=False, axis=1, cudnn_off:_=False, min_calib_range=None, max_calib_range=None)",
    outputs=3, differentiable=False)
def quantized_batch_norm(xp, x, gamma, beta, moving_mean, moving_var, low, high, *, eps=1e-3, axis=1,
                         min_calib_range=None, max_calib_range=None):
    """``BatchNorm`` of integers by the moving statistics, as int8 over the calibrated range.

    gamma counts, whatever ``fix_gamma`` says. Source: MXNet's quantized_batch_norm.
    """
    if min_calib_range is None or max_calib_range is None:
        raise ArgumentError("quantized_batch_norm expects min_calib_range and max_calib_range, the range of its "
                            "results.")
    values = (x.astype("float64") * _one(xp, "quantized_batch_norm", x, low, high)).astype("float32")
    y = batch_norm.fn(xp, values, gamma, beta, moving_mean, moving_var, eps=eps, axis=axis)[0]
    return _calibrated(xp, [(y, 1.0)], min_calib_range, max_calib_range)
