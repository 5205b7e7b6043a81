"""Elementwise functions of one array: exponential, root, trigonometric and hyperbolic families; selection."""

from __future__ import annotations

import math

import numpy as np

from ..core.dtypes import float_limits, to_np
from ..core.op import op
from ..engine.kernels.select import kept
from .complex import direction, is_complex
from .define import unary


@op("Exp()(x)", fn="exp(input:x)", mx="exp(data:x)", half="quick")
def exp(xp, x):
    """e^x."""
    return xp.exp(x)


@exp.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    return (g * ans,)


@op("Log()(x)", fn="log(input:x)", mx="log(data:x)", half="quick")
def log(xp, x):
    """Natural logarithm."""
    return xp.log(x)


@log.vjp(keep="args")
def _(xp, g, ans, args, needs):
    return (g / args[0],)


@op("Tanh()(x)", fn="tanh(input:x)", mx="tanh(data:x)", half="quick")
def tanh(xp, x):
    """Hyperbolic tangent."""
    return xp.tanh(x)


@tanh.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    return (g - g * ans * ans,)


@op("Square()(x)", fn="square(input:x)", mx="square(data:x)", half="wide")
def square(xp, x):
    """x^2."""
    return x * x


@square.vjp(keep="args")
def _(xp, g, ans, args, needs):
    return (g * (2 * args[0]),)


unary("sqrt", lambda xp, x: xp.sqrt(x), "The square root; its derivative at 0 is inf.", ms="Sqrt", fn="sqrt(x)",
      mx="sqrt",
      rule=lambda xp, g, ans, args, needs: (g * (0.5 / ans),), keep="ans")
unary("rsqrt", lambda xp, x: 1 / xp.sqrt(x), "1 / sqrt(x).", ms="Rsqrt", mx="rsqrt",
      rule=lambda xp, g, ans, args, needs: (g * (-0.5 * ans * ans * ans),), keep="ans")
unary("cbrt", lambda xp, x: xp.cbrt(x), "The cube root.", mx="cbrt", half="quick",
      rule=lambda xp, g, ans, args, needs: (g / (3 * ans * ans),), keep="ans")
unary("rcbrt", lambda xp, x: 1 / xp.cbrt(x), "1 / cbrt(x).", mx="rcbrt",
      rule=lambda xp, g, ans, args, needs: (g * ans / (-3 * args[0]),), keep="args ans")
unary("reciprocal", lambda xp, x: 1 / x, "1 / x.", ms="Reciprocal Inv", fn="reciprocal", mx="reciprocal",
      rule=lambda xp, g, ans, args, needs: (g * (-ans * ans),), keep="ans")


def _abs(xp, x):
    size = xp.abs(x)
    return size.astype(x.dtype) if x.dtype.kind == "c" else size


def _abs_rule(xp, g, ans, args, needs):
    x = args[0]
    return (xp.real(g) * xp.conj(direction(xp, x)) if is_complex(x) else g * xp.sign(x),)


unary("abs", _abs, "|x|; its derivative at 0 is 0. Of complex numbers it is complex, as MindSpore's; see ComplexAbs.",
      ms="Abs", fn="abs absolute", mx="abs", rule=_abs_rule, half="quick")

_ROWS = (  # operator, which is NumPy's name, what it computes, MindSpore's and MXNet's names, its derivative
    ("expm1", "e^x - 1, accurate near 0.", "Expm1", "", "expm1", lambda xp, g, ans, x: g * (ans + 1)),
    ("exp2", "2^x.", "", "", "", lambda xp, g, ans, x: g * ans * math.log(2)),
    ("log2", "The logarithm to base 2.", "", "", "log2", lambda xp, g, ans, x: g / (x * math.log(2))),
    ("log10", "The logarithm to base 10.", "", "", "log10", lambda xp, g, ans, x: g / (x * math.log(10))),
    ("log1p", "log(1 + x), accurate near 0.", "Log1p", "", "log1p", lambda xp, g, ans, x: g / (x + 1)),
    ("sin", "The sine.", "Sin", "", "sin", lambda xp, g, ans, x: g * xp.cos(x)),
    ("cos", "The cosine.", "Cos", "", "cos", lambda xp, g, ans, x: -g * xp.sin(x)),
    ("tan", "The tangent.", "Tan", "", "tan", lambda xp, g, ans, x: g * (1 + ans * ans)),
    ("arcsin", "The angle whose sine is x.", "Asin", "arcsin(x) asin", "arcsin",
     lambda xp, g, ans, x: g / xp.sqrt(1 - x * x)),
    ("arccos", "The angle whose cosine is x.", "ACos", "arccos acos", "arccos",
     lambda xp, g, ans, x: -g / xp.sqrt(1 - x * x)),
    ("arctan", "The angle whose tangent is x.", "Atan", "arctan atan", "arctan", lambda xp, g, ans, x: g / (1 + x * x)),
    ("sinh", "The hyperbolic sine.", "Sinh", "", "sinh", lambda xp, g, ans, x: g * xp.cosh(x)),
    ("cosh", "The hyperbolic cosine.", "Cosh", "", "cosh", lambda xp, g, ans, x: g * xp.sinh(x)),
    ("arcsinh", "The inverse of sinh.", "Asinh", "arcsinh asinh", "arcsinh",
     lambda xp, g, ans, x: g / xp.sqrt(x * x + 1)),
    ("arccosh", "The inverse of cosh, for x >= 1.", "Acosh", "arccosh acosh", "arccosh",
     lambda xp, g, ans, x: g / xp.sqrt(x * x - 1)),
    ("arctanh", "The inverse of tanh, for |x| < 1.", "Atanh", "arctanh atanh", "arctanh",
     lambda xp, g, ans, x: g / (1 - x * x)),
    ("degrees", "Radians to degrees.", "", "rad2deg(x)", "degrees", lambda xp, g, ans, x: g * (180 / math.pi)),
    ("radians", "Degrees to radians.", "", "deg2rad(x)", "radians", lambda xp, g, ans, x: g * (math.pi / 180)),
)
for _name, _doc, _ms, _fn, _mx, _slope in _ROWS:
    unary(_name, lambda xp, x, n=_name: getattr(xp, n)(x), _doc, ms=_ms, fn=_fn or None, mx=_mx,
          rule=lambda xp, g, ans, args, needs, slope=_slope: (slope(xp, g, ans, args[0]),),
          keep="ans" if _name in ("expm1", "exp2", "tan") else "args",
          half=None if _name in ("cos", "arccosh", "degrees", "radians") else "quick")


@op("Sinc()(x)", fn="sinc(input:x)")
def sinc(xp, x):
    """sin(pi x) / (pi x), and 1 at 0."""
    return xp.sinc(x)


sinc.pointwise = True


@sinc.vjp(keep="args ans")
def _(xp, g, ans, args, needs):
    (x,) = args
    at_zero = x == 0
    apart = xp.where(at_zero, xp.ones_like(x), x)
    return (g * xp.where(at_zero, xp.zeros_like(x), (xp.cos(np.pi * x) - ans) / apart),)


@op("NanToNum(nan=None, posinf=None, neginf=None)(x)", fn="nan_to_num(input:x, nan=None, posinf=None, neginf=None)")
def replace_nonfinite(xp, x, *, nan=None, posinf=None, neginf=None):
    """x with nan, inf and -inf replaced: by 0 and the dtype's greatest and least numbers by default."""
    limits = float_limits(np.dtype(x.dtype))
    low = limits.min if neginf is None else neginf
    high = limits.max if posinf is None else posinf
    if hasattr(x, "flags") and np.isfinite(x).all():
        return x.copy()
    x = xp.where(xp.isnan(x), xp.zeros_like(x) + (0.0 if nan is None else nan), x)
    return xp.where(x == xp.inf, xp.zeros_like(x) + high, xp.where(x == -xp.inf, xp.zeros_like(x) + low, x))


@replace_nonfinite.vjp(keep="args")
def _(xp, g, ans, args, needs, **_):
    finite = xp.isfinite(args[0])
    return (kept(g, finite) if hasattr(g, "flags") else xp.where(finite, g, xp.zeros_like(g)),)


@op("Select()(condition:c, x, y)", fn=("where(condition:c, input:x, other:y)", "select(condition:c, input:x, other:y)"),
    mx="where(condition:c, x, y) | rows=True")
def where(xp, c, x, y, *, rows=False):
    """x where c (a boolean, or a number that is not 0), else y; with ``rows`` a vector c chooses rows, as in MXNet."""
    return xp.where(_chooser(xp, c, x, rows), x, y)


def _chooser(xp, c, x, rows):
    if rows and len(c.shape) == 1 < len(x.shape):
        return xp.reshape(c, tuple(c.shape) + (1,) * (len(x.shape) - 1))
    return c


@where.vjp(keep="args")
def _(xp, g, ans, args, needs, *, rows):
    c, zero = _chooser(xp, args[0], g, rows), xp.zeros_like(g)
    return None, xp.where(c, g, zero) if needs[1] else None, xp.where(c, zero, g) if needs[2] else None


@op("MaskedFill()(input_x:x, mask:m, value:v)", fn="masked_fill(input_x:x, mask:m, value:v)")
def masked_fill(xp, x, m, v):
    """x with ``v`` where the mask is true."""
    return xp.where(m, v, x).astype(x.dtype)


@masked_fill.vjp(keep="args")
def _(xp, g, ans, args, needs):
    m = args[1]
    return xp.where(m, 0 * g, g) if needs[0] else None, None, xp.where(m, g, 0 * g) if needs[2] else None


@op("ZerosLike()(x)", fn="zeros_like(input:x, dtype=None)", mx="zeros_like(data:x)", differentiable=False)
def zeros_like(xp, x, *, dtype=None):
    """Zeros of x's shape, and of its dtype unless another is given."""
    return xp.zeros_like(x) if dtype is None else xp.zeros(tuple(x.shape), to_np(dtype))


@op("OnesLike()(x)", fn="ones_like(input:x, dtype=None)", mx="ones_like(data:x)", differentiable=False)
def ones_like(xp, x, *, dtype=None):
    """Ones of x's shape, and of its dtype unless another is given."""
    return xp.ones_like(x) if dtype is None else xp.ones(tuple(x.shape), to_np(dtype))


@op("StopGradient()(x)", mx=("BlockGrad(data:x)", "stop_gradient(data:x)"),
    differentiable=False)
def stop_gradient(xp, x):
    """x itself, a constant to every gradient."""
    return xp.stop_gradient(x)


@op("Identity()(x)", fn=(), mx=("identity(data:x)", "_copy(data:x)"))
def identity(xp, x):
    """x itself."""
    return x


@identity.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (g,)
