"""Convolutions and dense layers with what follows them, which run at once on NumPy: see ``core/groups.py``."""

from __future__ import annotations

from ..core.op import op
from ..engine.kernels.conv import conv
from ..engine.kernels.finish import Finish
from ..engine.shortcuts import where_positive
from .activation import relu
from .conv import _expect_bias, _geometry, convolution
from .linalg import dense
from .norm import by_moving


def _finished(x, w, b, scale, shift, rectified, attrs):
    how = _geometry(x.shape, w.shape, **attrs)
    if b is not None:
        _expect_bias(b, w.shape[0], "Convolution")
        shift = b if shift is None else shift + b * scale
    if scale is not None and w.shape[0] == scale.size and w.size < x.size:  # a pass over the smaller array
        w, scale = w * scale.reshape(-1, *(1,) * (w.ndim - 1)), None
    return conv(x, w, finish=Finish(scale, shift, rectified), **how)


@op(fn=())
def convolution_relu(xp, x, w, b=None, *, kernel=None, stride=1, pad=0, dilation=1, groups=1, num_filter=None,
                     pad_mode="pad", layout=None):
    """``convolution`` whose negative results are 0."""
    attrs = {"kernel": kernel, "stride": stride, "pad": pad, "dilation": dilation, "groups": groups,
             "num_filter": num_filter, "pad_mode": pad_mode, "layout": layout}
    if hasattr(x, "flags"):
        return _finished(x, w, b, None, None, True, attrs)
    return xp.maximum(convolution.fn(xp, x, w, b, **attrs), 0)


@convolution_relu.vjp
def _(xp, g, ans, args, needs, **attrs):
    return convolution.rule(xp, g * (ans > 0), None, args, needs, **attrs)


@convolution_relu.fast
def _(needs, x, w, b=None, **attrs):
    y = _finished(x, w, b, None, None, True, attrs)
    return y, (y,)


@convolution_relu.fast_vjp
def _(saved, g, args, needs, **attrs):
    return convolution.fast_backward((), where_positive(g, saved[0]), args, needs, **attrs)


convolution_relu.shape_rule, convolution_relu.complete_rule = convolution.shape_rule, convolution.complete_rule
convolution.rectified, convolution_relu.plain = convolution_relu, convolution


@op(fn=(), half="wide")
def dense_relu(xp, x, w, b=None, *, flatten=False):
    """``dense`` whose negative results are 0."""
    y = dense.fn(xp, x, w, b, flatten=flatten)
    return xp.maximum(y, 0, out=y) if hasattr(y, "flags") else xp.maximum(y, 0)  # into the array just made


@dense_relu.vjp(keep="args ans")
def _(xp, g, ans, args, needs, *, flatten):
    return dense.rule(xp, *relu.rule(xp, g, ans, None, (True,)), None, args, needs, flatten=flatten)


dense_relu.complete_rule = dense.complete_rule
dense.rectified, dense_relu.plain = dense_relu, dense


@op(fn=(), differentiable=False)
def convolution_norm(xp, x, w, gamma, beta, moving_mean, moving_var, b=None, *, rectified, fix_gamma, eps, kernel=None,
                     stride=1, pad=0, dilation=1, groups=1, num_filter=None, pad_mode="pad", layout=None):
    """``batch_norm`` of a ``convolution`` by moving statistics, its negative results 0 if ``rectified``; on NumPy."""
    attrs = {"kernel": kernel, "stride": stride, "pad": pad, "dilation": dilation, "groups": groups,
             "num_filter": num_filter, "pad_mode": pad_mode, "layout": layout}
    gamma = xp.ones_like(gamma) if fix_gamma else gamma
    _inv, scale, shift = by_moving(gamma, beta, moving_mean, moving_var, eps)
    return _finished(x, w, b, scale, shift, rectified, attrs)
