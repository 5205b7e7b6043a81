"""Activation functions."""

from __future__ import annotations

import math

import numpy as np

from ..core.op import OPERATORS, op
from ..engine.kernels import activation as large
from ..engine.kernels import erf as kernels
from ..engine.kernels.select import kept
from ..engine.numpy_engine import ENGINE
from ..engine.shortcuts import where_positive
from ..errors import ArgumentError
from .define import unary

_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@op("Sigmoid()(x)", fn="sigmoid(input:x)", mx="sigmoid(data:x)", half="wide")
def sigmoid(xp, x):
    """1 / (1 + e^-x), computed as (1 + tanh(x/2)) / 2, which does not overflow."""
    return large.sigmoid(x) if large.takes(x, least=large.SMOOTH) else 0.5 * (xp.tanh(0.5 * x) + 1)


@sigmoid.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    part = g * ans
    return (part - part * ans,)


def _own(x, y):
    """y in the dtype of x where that is of integers or booleans, as MindSpore's rectifiers have it."""
    return y.astype(x.dtype) if x.dtype.kind in "bui" else y


@op("ReLU()(x)", fn=(), mx="relu(data:x)", half="wide")
def relu(xp, x):
    """max(x, 0), with derivative 0 at 0."""
    return xp.maximum(x, 0) if x.dtype.kind != "b" else x


@relu.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    return (where_positive(g, ans) if hasattr(g, "flags") else g * (ans > 0),)


@op("ReLU6()(x)", fn="relu6(x)", half="wide")
def relu6(xp, x):
    """min(max(x, 0), 6), with derivative 0 at 0 and 1 at 6, as in MindSpore."""
    return xp.minimum(xp.maximum(x, 0), 6)


@relu6.vjp(keep="args")
def _(xp, g, ans, args, needs):
    inside = xp.logical_and(args[0] > 0, xp.less_equal(args[0], 6))
    return (kept(g, inside) if hasattr(g, "flags") and g.shape == inside.shape else g * inside,)


@op(fn="leaky_relu(input:x, alpha:slope=0.2) | halfway=True", half="wide")
def leaky_relu(xp, x, *, slope=0.01, halfway=False):
    """x, times ``slope`` where negative.

    The derivative at 0 is ``slope``, or if ``halfway`` the mean of both sides', as of MindSpore's max(x, slope x).
    """
    return _own(x, _leaky(xp, x, slope))


def _leaky(xp, x, slope):
    """x, times ``slope`` where negative: of arrays by the greater or the lesser of the two, where that is the same."""
    if x.__class__ is np.ndarray and 0 < slope < math.inf:
        return xp.maximum(x, slope * x) if slope <= 1 else xp.minimum(x, slope * x)
    return xp.where(x > 0, x, slope * x)


@leaky_relu.vjp(keep="args")
def _(xp, g, ans, args, needs, *, slope, halfway):
    if halfway:
        return (g * ((1 + slope) / 2 + (1 - slope) / 2 * xp.sign(args[0])),)
    if 0 <= slope <= 1 and large.takes(g, args[0]):
        return (large.leaky_dx(g, args[0], slope),)
    return (xp.where(args[0] > 0, g, slope * g),)


@op("PReLU()(x, weight:w)", fn="prelu(input:x, weight:w)", half="wide")
def prelu(xp, x, w):
    """x, times w where negative; w has one element, or one per channel, axis 1 of x.

    ``Delving Deep into Rectifiers``, He et al. 2015.
    """
    if len(x.shape) > 2 and len(w.shape) == 1:
        w = xp.reshape(w, (-1,) + (1,) * (len(x.shape) - 2))
    if w.dtype != x.dtype:
        w = w.astype(x.dtype)
    if large.takes(x):
        return np.clip(x, 0.0, math.inf) + w * np.clip(x, -math.inf, -0.0)
    return xp.where(x > 0, x, w * x)


@prelu.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, w = args
    by_channel = len(x.shape) > 2 and len(w.shape) == 1
    wide = xp.reshape(w, (-1,) + (1,) * (len(x.shape) - 2)) if by_channel else w
    dw = None
    if needs[1]:
        dw = (np.clip(x, -math.inf, 0.0) if large.takes(x) else xp.where(x > 0, xp.zeros_like(x), x)) * g
        if by_channel:
            axes = tuple(range(len(x.shape))) if w.shape[0] == 1 else (0, *range(2, len(x.shape)))
            dw = xp.reshape(xp.sum(dw, axis=axes), w.shape)
    if large.takes(g, x):
        passes = x > 0
        return g * (passes + wide * ~passes), dw
    return xp.where(x > 0, g, wide * g), dw


def _elu_dx(xp, g, x, alpha, rate=1.0, scale=1.0):
    """The gradient of x in scale alpha (e^(rate x) - 1) where x is negative, and scale x elsewhere."""
    if rate > 0 and large.takes(g, x):
        return large.elu_dx(g, x, alpha, rate, scale)
    g = g if scale == 1 else scale * g
    return xp.where(x > 0, g, g * (alpha * rate) * xp.exp(xp.minimum(x, 0) * rate))


@op("Elu(alpha=1.0)(x)", fn="elu(input_x:x, alpha=1.0)", half="wide")
def elu(xp, x, *, alpha=1.0):
    """x, and alpha (e^x - 1) where negative."""
    if large.takes(x) and alpha > 0:
        return large.elu(x, alpha)
    return xp.where(x > 0, x, alpha * xp.expm1(xp.where(x > 0, 0 * x, x)))


@elu.vjp(keep="args")
def _(xp, g, ans, args, needs, *, alpha):
    return (_elu_dx(xp, g, args[0], alpha),)


@op("CeLU(alpha=1.0)(x)", fn="celu(x, alpha=1.0)", half="wide")
def celu(xp, x, *, alpha=1.0):
    """x, and alpha (e^(x / alpha) - 1) where negative."""
    if alpha == 0:
        raise ArgumentError("celu: alpha must not be 0.")
    if large.takes(x) and alpha > 0:
        return large.elu(x, alpha, 1 / alpha)
    return xp.where(x > 0, x, alpha * xp.expm1(xp.where(x > 0, 0 * x, x) / alpha))


@celu.vjp(keep="args")
def _(xp, g, ans, args, needs, *, alpha):
    return (_elu_dx(xp, g, args[0], alpha, 1 / alpha),)


def _selu(xp, x):
    if large.takes(x):
        return large.elu(x, _SELU_ALPHA, scale=_SELU_SCALE)
    return _own(x, _SELU_SCALE * elu.fn(xp, x, alpha=_SELU_ALPHA))


unary("selu", _selu,
      "elu scaled so that activations normalize themselves (Klambauer et al. 2017).", ms="SeLU", fn="selu(input_x:x)",
      rule=lambda xp, g, ans, args, needs: (_elu_dx(xp, g, args[0], _SELU_ALPHA, scale=_SELU_SCALE),))


@op("GeLU()(x) | approximate='tanh'", fn="gelu(input:x, approximate='none')", half="wide")
def gelu(xp, x, *, approximate="none"):
    """x P(X <= x) for a standard normal X: exact by erf, or by ``approximate='tanh'``.

    The class ``GeLU`` is the approximation, as in MindSpore. Hendrycks and Gimpel 2016.
    """
    if approximate not in ("none", "tanh"):
        raise ArgumentError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}.")
    if kernels.takes(x):
        return kernels.gelu(x, approximate=approximate == "tanh")
    if approximate == "tanh":
        return 0.5 * x * (1 + xp.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    return 0.5 * x * (1 + xp.erf(x * math.sqrt(0.5)))


@gelu.vjp(keep="args")
def _(xp, g, ans, args, needs, *, approximate):
    x = args[0]
    if kernels.takes(x):
        return (g * kernels.gelu_slope(x, approximate=approximate == "tanh")[1],)
    if approximate == "tanh":
        root, square = math.sqrt(2 / math.pi), x * x
        t = xp.tanh(root * (x + 0.044715 * square * x))
        return (g * (0.5 * (1 + t) + 0.5 * root * x * (1 - t * t) * (1 + 3 * 0.044715 * square)),)
    below = 0.5 * (1 + xp.erf(x * math.sqrt(0.5)))
    return (g * (below + x * xp.exp(-0.5 * x * x) * (0.5 * math.sqrt(2 / math.pi))),)


@gelu.fast
def _(needs, x, *, approximate):
    if kernels.takes(x) and approximate in ("none", "tanh"):
        return kernels.gelu_slope(x, approximate=approximate == "tanh")  # each needs the same tanh
    return gelu.fn(ENGINE.xp, x, approximate=approximate), None


@gelu.fast_vjp
def _(slope, g, args, needs, *, approximate):
    if slope is None:
        assert gelu.rule is not None
        return gelu.rule(ENGINE.xp, g, None, args, needs, approximate=approximate)
    return (g * slope,)


def _silu_dx(xp, g, x, rate=1.0):
    """The gradient of x in x sigmoid(rate x)."""
    if large.takes(g, x, least=large.SMOOTH):
        return (large.silu_dx(g, x, rate),)
    s = xp.sigmoid(x * rate)
    return (g * (s + rate * x * s * (1 - s)),)


def _silu(xp, x, rate=1.0):
    return large.silu(x, rate) if large.takes(x, least=large.SMOOTH) else x * xp.sigmoid(x if rate == 1 else rate * x)


def _softplus(xp, x):
    if large.takes(x, least=large.SMOOTH):
        return large.softplus(x)
    return xp.log1p(xp.exp(-xp.abs(x))) + xp.maximum(x, 0)


def _log_sigmoid(xp, x):
    if large.takes(x, least=large.SMOOTH):
        return large.softplus(x, -1)
    return xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x)))


def _times_sigmoid(xp, g, x, rate=1):
    if large.takes(g, x, least=large.SMOOTH):
        return large.times_sigmoid(g, x, rate)
    return g * xp.sigmoid(x if rate == 1 else rate * x)


unary("fast_gelu", lambda xp, x: _silu(xp, x, 1.702), "x sigmoid(1.702 x), which approximates gelu.",
      ms="FastGeLU", fn="fast_gelu(x)", rule=lambda xp, g, ans, args, needs: _silu_dx(xp, g, args[0], 1.702))
unary("silu", lambda xp, x: _silu(xp, x), "x sigmoid(x), also called swish.", ms="SiLU", fn="silu swish",
      rule=lambda xp, g, ans, args, needs: _silu_dx(xp, g, args[0]))
unary("softplus", _softplus, "log(1 + e^x).", ms="Softplus",
      fn="", rule=lambda xp, g, ans, args, needs: (_times_sigmoid(xp, g, args[0]),))
unary("log_sigmoid", _log_sigmoid, "log(sigmoid(x)), without overflow.",
      fn="logsigmoid(x) log_sigmoid", rule=lambda xp, g, ans, args, needs: (_times_sigmoid(xp, g, args[0], -1),))
unary("mish", lambda xp, x: x * xp.tanh(xp.softplus(x)), "x tanh(log(1 + e^x)) (Misra 2019).", ms="Mish", fn="mish(x)",
      rule=lambda xp, g, ans, args, needs: _mish_dx(xp, g, args[0]))
unary("softsign", lambda xp, x: x / (1 + xp.abs(x)), "x / (1 + |x|).", ms="Softsign", fn="softsign(x)", mx="softsign",
      rule=lambda xp, g, ans, args, needs: (g / xp.square(1 + xp.abs(args[0])),))
unary("tanhshrink", lambda xp, x: x - xp.tanh(x), "x - tanh(x).",
      rule=lambda xp, g, ans, args, needs: (g * xp.square(xp.tanh(args[0])),))


def _mish_dx(xp, g, x):
    t = xp.tanh(xp.softplus(x))
    return (g * (t + x * (1 - t * t) * xp.sigmoid(x)),)


@op(fn="softplus(input:x, beta=1, threshold=20)", half="wide")
def scaled_softplus(xp, x, *, beta=1, threshold=20):
    """log(1 + e^(beta x)) / beta, and x where beta x is above ``threshold``."""
    if _never_linear(x, beta, threshold):
        return xp.softplus(x)
    return xp.where(x * beta > threshold, x, xp.softplus(beta * x) / beta)


def _never_linear(x, beta, threshold):
    """Whether softplus of these, beyond the threshold, is x to all digits anyway."""
    return beta == 1 and threshold >= 20 and large.takes(x) and x.dtype.itemsize < 8


@scaled_softplus.vjp(keep="args")
def _(xp, g, ans, args, needs, *, beta, threshold):
    if _never_linear(args[0], beta, threshold):
        return (_times_sigmoid(xp, g, args[0]),)
    return (xp.where(args[0] * beta > threshold, g, g * xp.sigmoid(beta * args[0])),)


@op("HSigmoid()(x) | alpha=0.16666666666666666", fn="hardsigmoid(input:x) | alpha=0.16666666666666666",
    mx="hard_sigmoid(data:x, alpha=0.2, beta=0.5)", half="wide")
def hard_sigmoid(xp, x, *, alpha=0.2, beta=0.5):
    """alpha x + beta, between 0 and 1. MindSpore's alpha is 1/6, MXNet's 0.2; the derivative at the corners is 0."""
    y = alpha * x + beta
    if y.__class__ is np.ndarray:
        return _own(x, np.clip(y, 0, 1))
    return _own(x, xp.where(y <= 0, xp.zeros_like(x), xp.where(y >= 1, xp.ones_like(x), y)))


@hard_sigmoid.vjp(keep="args")
def _(xp, g, ans, args, needs, *, alpha, beta):
    y = alpha * args[0] + beta
    inside = xp.logical_and(y > 0, y < 1)
    return (alpha * g * inside if y.__class__ is np.ndarray else xp.where(inside, alpha * g, 0 * g),)


@op("HSwish()(x)", fn=("hardswish(input:x)", "hard_swish(input:x)"), half="wide")
def hard_swish(xp, x):
    """x relu6(x + 3) / 6, with the middle part's derivative at -3 and 3, as MindSpore's and PyTorch's."""
    if large.takes(x):
        return large.hard_swish(x)
    return _own(x, xp.where(x < -3, 0 * x, xp.where(x > 3, x, x * (x + 3) / 6)))


@hard_swish.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x = args[0]
    if large.takes(g, x):
        return (large.hard_swish_dx(g, x),)
    return (xp.where(x < -3, 0 * g, xp.where(x > 3, g, g * (2 * x + 3) / 6)),)


@op(fn="hardtanh(input:x, min_val=-1.0, max_val=1.0)", half="wide")
def hard_tanh(xp, x, *, min_val=-1.0, max_val=1.0):
    """x between ``min_val`` and ``max_val``; at either the derivative is 1/2, as of MindSpore's max(min(x, ..), ..)."""
    if x.__class__ is np.ndarray and x.dtype.kind == "f" and min_val <= max_val:
        return np.clip(x, min_val, max_val)
    zero = xp.zeros_like(x)
    return _own(x, xp.where(x >= max_val, zero + max_val, xp.where(x <= min_val, zero + min(min_val, max_val), x)))


@hard_tanh.vjp(keep="args")
def _(xp, g, ans, args, needs, *, min_val, max_val):
    x, least = args[0], min(min_val, max_val)
    if large.takes(g, x):
        return (large.hard_tanh_dx(g, x, least, max_val),)
    return (g * (0.5 * (xp.sign(x - least) - xp.sign(x - max_val))),)


@op("HShrink(lambd=0.5)(x)", fn=("hardshrink(input:x, lambd=0.5)", "hard_shrink(input:x, lambd=0.5)"), half="wide")
def hard_shrink(xp, x, *, lambd=0.5):
    """x, and 0 where |x| <= lambd."""
    near = xp.abs(x) <= lambd
    return kept(x, ~near) if large.takes(x) else xp.where(near, xp.zeros_like(x), x)


@hard_shrink.vjp(keep="args")
def _(xp, g, ans, args, needs, *, lambd):
    near = xp.abs(args[0]) <= lambd
    return (kept(g, ~near) if hasattr(g, "flags") else xp.where(near, xp.zeros_like(g), g),)


@op("SoftShrink(lambd=0.5)(x)", fn=("softshrink(input:x, lambd=0.5)", "soft_shrink(input:x, lambd=0.5)"), half="wide")
def soft_shrink(xp, x, *, lambd=0.5):
    """x moved toward 0 by lambd, and 0 where |x| <= lambd."""
    if lambd >= 0 and large.takes(x):
        return x - np.clip(x, -lambd, lambd)
    return xp.where(x > lambd, x - lambd, xp.where(x < -lambd, x + lambd, x - x))


@soft_shrink.vjp(keep="args")
def _(xp, g, ans, args, needs, *, lambd):
    far = xp.abs(args[0]) > lambd
    return (kept(g, far) if hasattr(g, "flags") else xp.where(far, g, xp.zeros_like(g)),)


@op(fn="threshold(input:x, thr, value)", half="wide")
def threshold(xp, x, *, thr, value):
    """x where it is above ``thr``, else ``value``."""
    if large.takes(x) and abs(value) < math.inf:
        over = x > thr
        return kept(x, over) if value == 0 else xp.where(over, x, float(value)).astype(x.dtype, copy=False)
    return xp.where(x > thr, x, xp.zeros_like(x) + xp.asarray(value, x.dtype))


@threshold.vjp(keep="args")
def _(xp, g, ans, args, needs, *, thr, value):
    over = args[0] > thr
    return (kept(g, over) if hasattr(g, "flags") else xp.where(over, g, xp.zeros_like(g)),)


@op("GLU(axis=-1)(x)", fn="glu(x, axis=-1)", half="wide")
def glu(xp, x, *, axis=-1):
    """The first half of x along ``axis`` times the sigmoid of the second."""
    a, b = xp.split(x, 2, axis)
    return a * xp.sigmoid(b)


@glu.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis):
    x = args[0]
    n, lead = x.shape[axis] // 2, (slice(None),) * (axis % len(x.shape))
    a, s = x[(*lead, slice(None, n))], xp.sigmoid(x[(*lead, slice(n, None))])
    da = g * s
    return (xp.concatenate((da, da * a * (1 - s)), axis % len(x.shape)),)


@op(mx="smooth_l1(data:x, scalar=1.0)", half="wide")
def smooth_l1(xp, x, *, scalar=1.0):
    """(s x)^2 / 2 where |x| < 1 / s^2, else |x| - 1 / (2 s^2)."""
    s2 = scalar * scalar
    if not s2:
        return x * 0
    return xp.where(xp.abs(x) < 1 / s2, 0.5 * s2 * x * x, xp.abs(x) - 0.5 / s2)


_ACTIVATIONS = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "softrelu": "softplus", "softsign": "softsign"}


@op(fn=(), mx="Activation(data:x, act_type)", half="wide")
def activation(xp, x, *, act_type):
    """One of MXNet's activations by name: relu, sigmoid, tanh, softrelu, softsign."""
    return _chosen(act_type).fn(xp, x)


@activation.vjp
def _(xp, g, ans, args, needs, *, act_type):
    return _chosen(act_type).rule(xp, g, ans, args, needs)


def _chosen(act_type):
    if act_type not in _ACTIVATIONS:
        raise ArgumentError(
            f"Activation: act_type must be one of {', '.join(map(repr, _ACTIVATIONS))}, got {act_type!r}."
        )
    return OPERATORS[_ACTIVATIONS[act_type]]


@op(fn=(), mx="LeakyReLU(data:x, gamma:w=None, act_type='leaky', slope=0.25, lower_bound=0.125, upper_bound=0.334)",
    half="wide")
def leaky_relu_family(xp, x, w=None, *, act_type="leaky", slope=0.25, lower_bound=0.125, upper_bound=0.334):
    """One of MXNet's rectifiers by name: leaky, prelu (with weights ``w``), elu, selu, gelu, rrelu.

    rrelu has the mean of its bounds as slope, as MXNet's has outside training; MXNet trains it on GPUs alone.
    """
    if act_type == "rrelu":
        act_type, slope = "leaky", (lower_bound + upper_bound) / 2
    if act_type == "leaky":
        return _leaky(xp, x, slope)
    if act_type == "prelu":
        if w is None:
            raise ArgumentError("LeakyReLU: act_type='prelu' needs gamma, the slopes.")
        if len(w.shape) == 1 and len(x.shape) > 1:
            w = xp.reshape(w, (-1,) + (1,) * (len(x.shape) - 2))
        return xp.where(x > 0, x, w * x)
    if act_type == "elu":
        return elu.fn(xp, x, alpha=slope)
    if act_type == "selu":
        return xp.selu(x)
    if act_type == "gelu":
        return gelu.fn(xp, x)
    raise ArgumentError(
        f"LeakyReLU: act_type must be 'leaky', 'prelu', 'elu', 'selu', 'gelu' or 'rrelu', got {act_type!r}."
    )


@leaky_relu_family.vjp(keep="args")
def _(xp, g, ans, args, needs, *, act_type, slope, lower_bound, upper_bound):
    at_zero = {"halfway": False}
    how = {"leaky": {"slope": slope, **at_zero}, "rrelu": {"slope": (lower_bound + upper_bound) / 2, **at_zero},
           "prelu": {}, "selu": {}, "elu": {"alpha": slope}, "gelu": {"approximate": "none"}}[act_type]
    named = OPERATORS["leaky_relu" if act_type in ("leaky", "rrelu") else act_type]
    count = 2 if act_type == "prelu" else 1
    found = named.rule(xp, g, ans, args[:count], needs[:count], **how)
    return *found, *[None] * (len(args) - count)


@leaky_relu_family.complete
def _(shapes, out, *, act_type="leaky", **_):
    x, w = (*shapes, None)[:2]
    if act_type == "prelu" and x is not None and w is None:
        w = (x[1],) if len(x) > 1 else (1,)
    return [x, w][: len(shapes)]


@op(fn="squareplus(input:x, b=4.0)", mx="squareplus(data:x, b=4.0)", half="wide")
def squareplus(xp, x, *, b=4.0):
    """(x + sqrt(x^2 + b)) / 2: a smooth ReLU without exponentials (Barron 2021)."""
    return (x + xp.sqrt(x * x + b)) / 2
