"""Arithmetic: add, subtract, multiply, divide, power, negative, and the cast between dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.dtypes import to_np
from ..core.op import OPERATORS, op
from ..engine.kernels import activation as large
from ..engine.kernels import halves, quotients
from ..engine.kernels.select import kept
from ..errors import ShapeError
from .define import binary


@op("Cast()(input_x:x, dtype)", fn="cast(input:x, dtype)",
    mx=("cast(data:x, dtype)", "Cast(data:x, dtype)", "amp_cast(data:x, dtype)"))
def cast(xp, x, *, dtype):
    """x in another dtype. The gradient is cast back, from and to integers too (MindSpore: so it does there)."""
    dtype = to_np(dtype)
    if x.dtype == dtype:
        return x
    kind = dtype.kind
    if kind != "c" and x.dtype.kind == "c":
        x = xp.real(x)
    if x.__class__ is np.ndarray and kind == "f":
        return halves.cast(x, dtype)
    return xp.to_integer(x, dtype) if kind in "iu" else x.astype(dtype)


@cast.vjp(keep="")
def _(xp, g, ans, args, needs, *, dtype):
    return (g,)


@op(("Add()(x, y)", "TensorAdd()(x, y)"), fn=("add(input:x, other:y)", "tensor_add(input:x, other:y)"),
    mx=("broadcast_add(lhs:x, rhs:y)", "broadcast_plus(lhs:x, rhs:y)", "add(lhs:x, rhs:y)"), elementwise=True)
def add(xp, x, y):
    """x + y, broadcast."""
    return x + y


@add.vjp(keep="")
def _(xp, g, ans, args, needs):
    return g, g


def _is_boolean(x):
    return x.__class__ is bool or getattr(x, "dtype", None) == "bool"


@op("Sub()(x, y)", fn=("sub(input:x, other:y)", "tensor_sub(input:x, other:y)"),
    mx=("broadcast_sub(lhs:x, rhs:y)", "broadcast_minus(lhs:x, rhs:y)", "subtract(lhs:x, rhs:y)"),
    elementwise=True)
def subtract(xp, x, y):
    """x - y, broadcast; of booleans, whether they differ."""
    if _is_boolean(x) and _is_boolean(y):
        return xp.not_equal(x, y)
    return x - y


@subtract.vjp(keep="")
def _(xp, g, ans, args, needs):
    return g, -g if needs[1] else None


@op("Mul()(x, y)", fn=("mul(input:x, other:y)", "multiply(input:x, other:y)", "tensor_mul(input:x, other:y)"),
    mx=("broadcast_mul(lhs:x, rhs:y)", "multiply(lhs:x, rhs:y)"),
    elementwise=True)
def multiply(xp, x, y):
    """x * y, broadcast."""
    return x * y


@multiply.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, y = args
    return g * y if needs[0] else None, g * x if needs[1] else None


@op("Div()(x, y)", fn="true_divide(dividend:x, divisor:y)",
    mx=("broadcast_div(lhs:x, rhs:y)", "divide(lhs:x, rhs:y)"), elementwise=True)
def divide(xp, x, y):
    """x / y, broadcast; integers divide to float32."""
    out = x / y
    return out.astype("float32") if out.dtype == "float64" and not _is_double(x, y) else out


def _is_double(*xs) -> bool:
    return any(getattr(x, "dtype", None) == "float64" for x in xs)


@divide.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, y = args
    return g / y if needs[0] else None, -g * x / (y * y) if needs[1] else None


@op("Neg()(x)", fn=("neg(input:x)", "negative(input:x)"), mx="negative(data:x)", half="quick")
def negative(xp, x):
    """-x."""
    return -x


@negative.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (-g,)


@op("Pow()(x, y)", fn=("pow(input:x, exponent:y)", "tensor_pow(input:x, exponent:y)"),
    mx=("broadcast_power(lhs:x, rhs:y)", "power(base:x, exp:y)"), elementwise=True)
def power(xp, x, y):
    """x ** y, broadcast."""
    if xp.engine.compiles and _whole(x) and _whole(y) and y.__class__ is not int:
        # XLA, which cannot refuse by value, makes nothing of an integer to a negative power.
        powers = xp.whole_power(x, xp.maximum(y, 0))
        return xp.where(y < 0, xp.to_integer(xp.asarray(x, "float64") ** y, powers.dtype), powers)
    try:
        return _raised(x, y) if (y.__class__ is int or y.__class__ is float) and 2 < y <= 16 else x**y
    except (ValueError, TypeError):  # NumPy and JAX refuse an integer to a negative power
        whole = x if hasattr(x, "dtype") else y
        if getattr(whole, "dtype", None) is None or whole.dtype.kind not in "iu":
            raise
        return xp.to_integer(xp.asarray(x, "float64") ** y, whole.dtype)


def _raised(x, y) -> Any:
    """x^y; for whole y from 3 to 16 by products, as NumPy's power takes 60 ns for each negative float."""
    if not 2 < y <= 16 or y != int(y) or not hasattr(x, "flags") or x.size < 32 or x.dtype.char not in "fd":
        return x**y
    n = int(y)
    found, square = (x if n % 2 else None), x * x
    n //= 2
    while n:
        if n % 2:
            found = square if found is None else found * square
        n //= 2
        square = square * square if n else square
    return found


def _whole(x) -> bool:
    return x.__class__ is int or getattr(x, "dtype", None) is not None and x.dtype.kind in "iu"


@power.vjp
def _(xp, g, ans, args, needs):
    x, y = args
    return _by_base(xp, g, x, y) if needs[0] else None, _by_exponent(xp, g, ans, x) if needs[1] else None


def _by_base(xp, g, x, y):
    """g d/dx x^y = g y x^(y-1), which is 0 for y = 0 also at x = 0."""
    if isinstance(y, (int, float)):
        return g * 0 if y == 0 else g if y == 1 else g * (y * x) if y == 2 else g * (y * _lowered(xp, x, y - 1))
    return g * y * _lowered(xp, x, xp.where(y == 0, xp.ones_like(y), y - 1))


def _lowered(xp, x, y):
    """x^y in a derivative, where y may be a negative power of integers, which NumPy refuses."""
    try:
        return _raised(x, y) if isinstance(y, (int, float)) else x**y
    except ValueError:
        return xp.to_integer(xp.asarray(x, "float64") ** y, x.dtype)


def _by_exponent(xp, g, ans, x):
    """g d/dy x^y = g x^y log x, taken as 0 where x is 0."""
    return g * ans * xp.log(xp.where(x == 0, xp.ones_like(ans), x))


def _same_shape(name: str, base: str) -> None:
    """MXNet's ``elemwise_*``: the operator ``base`` on arrays of one shape, without broadcasting."""
    wide = OPERATORS[base]

    def function(xp, x, y):
        if x.shape != y.shape:
            raise ShapeError(
                f"{name} expects two arrays of one shape, got lhs {tuple(x.shape)} and rhs {tuple(y.shape)}; "
                f"use broadcast_{name[9:]}, which broadcasts."
            )
        return wide.fn(xp, x, y)

    function.__name__ = name
    function.__doc__ = f"{(wide.__doc__ or '').split(',')[0].rstrip('.')}, for arrays of one shape."
    same = op(fn=(), mx=f"{name}(lhs:x, rhs:y)", elementwise=True, half="kept")(function)
    same.vjp(wide.rule, keep=" ".join(["args"] * wide.keep_args + ["ans"] * wide.keep_ans))


for _name, _base in (("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("div", "divide")):
    _same_shape(f"elemwise_{_name}", _base)


@op(fn=("div(input:x, other:y, rounding_mode=None)", "divide(input:x, other:y, rounding_mode=None)"), elementwise=True)
def divide_rounding(xp, x, y, *, rounding_mode=None):
    """x / y, rounded by ``rounding_mode``: None, 'floor' or 'trunc'. MindSpore's ``ops.div``."""
    if rounding_mode is None:
        return OPERATORS["divide"].fn(xp, x, y)
    if rounding_mode not in ("floor", "trunc"):
        raise ValueError(f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}.")
    if rounding_mode == "floor":
        return OPERATORS["floor_divide"].fn(xp, x, y)
    dtype = (x if hasattr(x, "dtype") else y).dtype
    if dtype.kind in "iu":
        return xp.to_integer(xp.trunc(xp.true_divide(x, y)), dtype)
    return xp.trunc(x / y).astype(dtype)


@divide_rounding.vjp(keep="args")
def _(xp, g, ans, args, needs, *, rounding_mode):
    if rounding_mode is not None:
        return g * 0, g * 0
    return OPERATORS["divide"].rule(xp, g, ans, args, needs)


@op(("FloorDiv()(x, y)",), fn=("floor_divide(input:x, other:y)", "floor_div(x, y)", "floordiv(input:x, other:y)",
                              "tensor_floordiv(input:x, other:y)"), elementwise=True)
def floor_divide(xp, x, y):
    """The greatest integer not above x / y; of integers divided by 0 the bound of their dtype. Its gradient is 0."""
    out = quotients.floor_divide(x, y) if x.__class__ is np.ndarray else xp.floor_divide(x, y)
    return _bounded(xp, x, y, out) if out.dtype.kind in "iu" else out


def _bounded(xp, x, y, quotient):
    """Quotients of integers, and where y is 0 the greatest or least number of their dtype by the sign of x, or 0."""
    if y.__class__ is int and y or y.__class__ is np.ndarray and y.all():
        return quotient
    least, most = (xp.asarray(n, quotient.dtype) for n in (np.iinfo(quotient.dtype).min, np.iinfo(quotient.dtype).max))
    by_zero = xp.where(xp.greater(x, 0), most, xp.where(xp.less(x, 0), least, xp.zeros_like(least)))
    return xp.where(xp.equal(y, 0), by_zero, quotient)


@floor_divide.vjp(keep="")
def _(xp, g, ans, args, needs):
    return g * 0, g * 0


@op("FloorMod()(x, y)", fn=("floor_mod(x, y)", "floormod(x, y)", "remainder(input:x, other:y) | by_zero='x'",
                            "tensor_mod(x, y)"),
    mx=("broadcast_mod(lhs:x, rhs:y) | by_zero=0", "modulo(lhs:x, rhs:y) | by_zero=0"), elementwise=True)
def mod(xp, x, y, *, by_zero=None):
    """x - y floor(x / y): the remainder with the sign of y (Python's, MXNet's, MindSpore's FloorMod).

    ``by_zero`` is the remainder of a division by 0, else nan (of integers 0), or 'x': of integers what was divided.
    """
    out = quotients.mod(x, y) if x.__class__ is np.ndarray else xp.mod(x, y)
    if by_zero == "x":
        return _left(xp, x, y, out)
    return out if by_zero is None else xp.where(xp.equal(y, 0), xp.zeros_like(out) + by_zero, out)


def _left(xp, x, y, remainder):
    """Remainders of x / y, of integers x where y is 0: all of it, as in MindSpore's functions, not its classes."""
    whole = remainder.dtype.kind in "iu" and not (y.__class__ is int and y)
    return xp.where(xp.equal(y, 0), xp.asarray(x, remainder.dtype), remainder) if whole else remainder


@mod.vjp(keep="args")
def _(xp, g, ans, args, needs, **_):
    x, y = args
    return g, -g * xp.floor(x / y) if needs[1] else None


@op("Mod()(x, y)", fn="fmod(input:x, other:y) | by_zero='x'", elementwise=True)
def fmod(xp, x, y, *, by_zero=None):
    """x - y trunc(x / y): the remainder with the sign of x (C's, MindSpore's Mod). ``by_zero`` is as in ``mod``."""
    out = quotients.fmod(x, y) if x.__class__ is np.ndarray else xp.fmod(x, y)
    return _left(xp, x, y, out) if by_zero == "x" else out


@fmod.vjp(keep="args")
def _(xp, g, ans, args, needs, **_):
    x, y = args
    return g, -g * xp.trunc(x / y) if needs[1] else None


@op(fn=(), differentiable=False)
def truncated_divide(xp, x, y):
    """x / y of integers, rounded towards zero, in their dtype; by 0 as ``floor_divide``."""
    return OPERATORS["floor_divide"].fn(xp, x - xp.fmod(x, y), y)


@op(fn=(), differentiable=False)
def integer_power(xp, x, y):
    """x ** y of integers, truncated, in the dtype of the array: MXNet's power of integer arrays."""
    dtype = getattr(x, "dtype", None) or y.dtype
    return xp.to_integer(xp.power(xp.asarray(x, "float64"), xp.asarray(y, "float64")), dtype)


def _extremum(name, better, faces, doc):
    def function(xp, x, y, *, ties="split"):
        return getattr(xp, name)(x, y)

    function.__name__, function.__doc__ = name, doc
    made = op(**faces, elementwise=True)(function)

    @made.vjp(keep="args")
    def _(xp, g, ans, args, needs, *, ties):
        x, y = args
        won = getattr(xp, better)(x, y)
        equal = xp.equal(x, y)
        if ties == "left":
            left = xp.logical_or(won, equal)
            return g * left, g * xp.logical_not(left) if needs[1] else None
        half = g * equal * 0.5
        lost = xp.logical_not(xp.logical_or(won, equal))
        return g * won + half, g * lost + half if needs[1] else None


_extremum("maximum", "greater", {
    "ms": "Maximum()(x, y)", "fn": "maximum(input:x, other:y)",
    "mx": ("broadcast_maximum(lhs:x, rhs:y) | ties='left'", "maximum(lhs:x, rhs:y) | ties='left'"),
}, "The greater of x and y. At a tie the gradient is split (MindSpore) or goes to the left (MXNet): ``ties``.")
_extremum("minimum", "less", {
    "ms": "Minimum()(x, y)", "fn": "minimum(input:x, other:y)",
    "mx": ("broadcast_minimum(lhs:x, rhs:y) | ties='left'", "minimum(lhs:x, rhs:y) | ties='left'"),
}, "The lesser of x and y. At a tie the gradient is split (MindSpore) or goes to the left (MXNet): ``ties``.")


@op(mx="clip(data:x, a_min, a_max)", half="wide")
def clip(xp, x, *, a_min=None, a_max=None):
    """x between ``a_min`` and ``a_max``, with derivative 1 also at the bounds (MXNet)."""
    return xp.clip(x, a_min, a_max)


@clip.vjp(keep="args")
def _(xp, g, ans, args, needs, *, a_min, a_max):
    x = args[0]
    if a_min is not None:
        g = g * xp.greater_equal(x, a_min)
    return (g if a_max is None else g * xp.less_equal(x, a_max),)


@op(fn=(), elementwise=True)
def clip_between(xp, x, low=None, high=None, *, at_bound=1.0):
    """x between the arrays or numbers ``low`` and ``high``; ``at_bound`` is the derivative at a bound (MindSpore)."""
    if low.__class__ in _NUMBERS and high.__class__ in _NUMBERS and x.dtype.kind == "f" and x.size > 1024:
        return xp.clip(x, low, high)
    if isinstance(low, int) and isinstance(high, int) and x.__class__ is np.ndarray and x.dtype.kind in "iu":
        limits = np.iinfo(x.dtype)
        if limits.min <= min(low, high) and max(low, high) <= limits.max:
            return np.clip(x, low, high)
    if low is not None:
        x = xp.maximum(x, low)
    return x if high is None else xp.minimum(x, high)


_NUMBERS = (int, float)
_BOUNDS = (int, float, type(None))


def _share(xp, g, share):
    """g times the share, and 0 where that is 0, were g infinite: as in sqrt(clamp(x, 0)) below 0."""
    return xp.where(xp.equal(share, 0), xp.zeros_like(g), g * share)


@clip_between.vjp(keep="args")
def _(xp, g, ans, args, needs, *, at_bound):
    x, low, high = args
    if hasattr(g, "flags") and at_bound == 1 and g.shape == x.shape and (
            low.__class__ in _BOUNDS and high.__class__ in _BOUNDS):
        within = x <= high if low is None else x >= low if high is None else (x >= low) & (x <= high)
        return kept(g, within), None, None
    out: list = [None, None, None]
    if high is not None:
        y = x if low is None else xp.maximum(x, low)
        through = xp.less(y, high) + at_bound * xp.equal(y, high)
        out[2] = g * (1 - through) if needs[2] else None
        g = _share(xp, g, through)
    if low is not None:
        through = xp.greater(x, low) + at_bound * xp.equal(x, low)
        out[1] = g * (1 - through) if needs[1] else None
        g = _share(xp, g, through)
    out[0] = g
    return tuple(out)


def _squared_difference_pull(xp, g, x, y):
    part = 2 * g * (x - y)
    return part, -part


def _hypot_pull(xp, g, ans, x, y):
    part = g / ans
    return part * x, part * y


def _arctan2_pull(xp, g, x, y):
    part = g / (x * x + y * y)
    return part * y, -part * x


binary("squared_difference", lambda xp, x, y: (x - y) * (x - y), "(x - y)^2, broadcast.", ms="SquaredDifference",
       rule=lambda xp, g, ans, args, needs: _squared_difference_pull(xp, g, *args))
binary("hypot", lambda xp, x, y: xp.sqrt(x * x + y * y), "sqrt(x^2 + y^2), broadcast.", ms="Hypot",
       mx="broadcast_hypot", rule=lambda xp, g, ans, args, needs: _hypot_pull(xp, g, ans, *args), keep="args ans")
binary("arctan2", lambda xp, x, y: xp.arctan2(x, y), "The angle of the point (y, x), broadcast.", ms="Atan2",
       fn="arctan2 atan2", mx="arctan2", rule=lambda xp, g, ans, args, needs: _arctan2_pull(xp, g, *args))



def _log_sum(xp, x, y):
    return large.log_sum(x, y) if large.takes(x, y) else xp.logaddexp(x, y)


def _log_sum_pull(xp, g, ans, args, needs, power):
    x, y = args
    return g * power(x - ans) if needs[0] else None, g * power(y - ans) if needs[1] else None


binary("logaddexp", _log_sum, "log(e^x + e^y), broadcast.", keep="args ans",
       rule=lambda xp, g, ans, args, needs: _log_sum_pull(xp, g, ans, args, needs, xp.exp))
binary("logaddexp2", lambda xp, x, y: xp.logaddexp2(x, y), "log2(2^x + 2^y), broadcast.", keep="args ans",
       rule=lambda xp, g, ans, args, needs: _log_sum_pull(xp, g, ans, args, needs, xp.exp2))


def _guarded(function):
    """The function of two arrays, a number being one in the dtype of the other: ``where`` would make it float64."""
    def call(xp, x, y):
        if not hasattr(y, "dtype") and str(getattr(x, "dtype", "")).startswith(("float", "bfloat", "complex")):
            y = xp.zeros_like(x) + y
        elif not hasattr(x, "dtype") and str(getattr(y, "dtype", "")).startswith(("float", "bfloat", "complex")):
            x = xp.zeros_like(y) + x
        return function(xp, x, y)

    return call


binary("xdivy", _guarded(lambda xp, x, y: xp.where(x == 0, x * 0, x / xp.where(x == 0, y * 0 + 1, y))),
       "x / y, and 0 where x is 0.", ms="Xdivy", fn="xdivy(x,y)")
binary("xlogy", _guarded(lambda xp, x, y: xp.where(
    x == 0, xp.where(y == y, x * 0, y), x * xp.log(xp.where(x == 0, y * 0 + 1, y)))),
       "x log y, and 0 where x is 0.", ms="Xlogy",
       rule=lambda xp, g, ans, args, needs: (
           g * xp.log(xp.where(xp.logical_and(xp.equal(args[0], 0), args[1] <= 0), xp.ones_like(g),
                               args[1] + xp.zeros_like(g))),
           g * (args[0] / xp.where(xp.logical_and(xp.equal(args[0], 0), xp.equal(args[1], 0)), 1.0, args[1]))))
binary("div_no_nan", _guarded(lambda xp, x, y: xp.where(y == 0, y * 0, x / xp.where(y == 0, y * 0 + 1, y))),
       "x / y, and 0 where y is 0.", ms="DivNoNan")
def _copysign(xp, x, y):
    size = xp.abs(x if hasattr(x, "dtype") else xp.asarray(x, y.dtype))
    return xp.where(xp.signbit(y), -size, size)


binary("copysign", _copysign, "|x| with the sign of y.", fn="",
       rule=lambda xp, g, ans, args, needs: (xp.where(xp.signbit(args[1]), -g, g) * xp.sign(args[0]), None))
binary("heaviside",
       lambda xp, x, y: xp.where(xp.equal(x, 0), y, xp.greater(x, 0).astype(getattr(x, "dtype", None) or y.dtype)),
       "0 where x is negative, y where it is 0, 1 where it is positive.", ms="Heaviside",
       fn="heaviside(input:x,values:y)", differentiable=False)
for _name, _ms in (("bitwise_and", "BitwiseAnd"), ("bitwise_or", "BitwiseOr"), ("bitwise_xor", "BitwiseXor")):
    binary(_name, lambda xp, x, y, n=_name: getattr(xp, n)(x, y), f"{_ms[7:].upper()} of the bits of two integers.",
           ms=_ms, differentiable=False, half="kept")
binary("left_shift", lambda xp, x, y: xp.left_shift(x, y), "x with its bits moved left by y.", ms="LeftShift",
       fn="left_shift bitwise_left_shift",
       differentiable=False, half="kept")
binary("right_shift", lambda xp, x, y: xp.right_shift(x, y), "x with its bits moved right by y.", ms="RightShift",
       fn="right_shift bitwise_right_shift",
       differentiable=False, half="kept")
binary("gcd", lambda xp, x, y: xp.gcd(x, y), "The greatest common divisor.", ms="Gcd", differentiable=False,
       half="kept")
binary("lcm", lambda xp, x, y: xp.lcm(x, y), "The least common multiple.", ms="Lcm", differentiable=False,
       half="kept")
