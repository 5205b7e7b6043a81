"""Comparison and logic. MindSpore's give booleans, MXNet's 0 and 1 in the input's dtype (``like=True``)."""

from __future__ import annotations

from ..core.op import Operator, op
from ..errors import ShapeError
from .define import names, unary


def _as(out, like, *xs):
    """A boolean result in the dtype of the first array, if the door's convention says so."""
    if not like:
        return out
    return out.astype(next((x.dtype for x in xs if hasattr(x, "dtype")), "float32"))


def _comparison(name: str, doc: str, ms: str, fn: str, mx: str) -> Operator:
    def function(xp, x, y, *, like=False):
        return _as(getattr(xp, name)(x, y), like, x, y)

    function.__name__, function.__doc__ = name, doc
    return op(names(ms, "()(x, y)"), fn=names(fn, "(input:x, other:y)"), mx=names(mx, "(lhs:x, rhs:y) | like=True"),
              elementwise=True, differentiable=False)(function)


_comparison("greater", "x > y, broadcast.", "Greater", "greater gt tensor_gt", "broadcast_greater greater")
_comparison("greater_equal", "x >= y, broadcast.", "GreaterEqual", "greater_equal ge tensor_ge",
            "broadcast_greater_equal greater_equal")
_comparison("less", "x < y, broadcast.", "Less", "less lt tensor_lt", "broadcast_lesser lesser")
_comparison("less_equal", "x <= y, broadcast.", "LessEqual", "less_equal le tensor_le",
            "broadcast_lesser_equal lesser_equal")
_comparison("equal", "x == y, broadcast.", "Equal", "equal eq", "broadcast_equal equal")
_comparison("not_equal", "x != y, broadcast.", "NotEqual", "not_equal ne", "broadcast_not_equal not_equal")
_comparison("logical_and", "x and y, for booleans or numbers, of which 0 is false.", "LogicalAnd", "logical_and",
            "broadcast_logical_and logical_and")
_comparison("logical_or", "x or y, for booleans or numbers, of which 0 is false.", "LogicalOr", "logical_or",
            "broadcast_logical_or logical_or")
_comparison("logical_xor", "Either x or y, for booleans or numbers, of which 0 is false.", "LogicalXor", "logical_xor",
            "broadcast_logical_xor logical_xor")


@op("LogicalNot()(x)", fn="logical_not(input:x)", mx="logical_not(data:x) | like=True", differentiable=False)
def logical_not(xp, x, *, like=False):
    """Not x, for booleans or numbers, of which 0 is false."""
    return _as(xp.logical_not(x), like, x)


unary("isnan", lambda xp, x: xp.isnan(x), "Whether each element is not a number.", ms="IsNan", differentiable=False)
unary("isinf", lambda xp, x: xp.isinf(x), "Whether each element is infinite.", ms="IsInf", differentiable=False)
unary("isfinite", lambda xp, x: xp.isfinite(x), "Whether each element is neither infinite nor nan.", ms="IsFinite",
      fn="isfinite is_finite", differentiable=False)
unary("signbit", lambda xp, x: xp.signbit(x), "Whether the sign bit is set.", differentiable=False)
unary("isneginf", lambda xp, x: x == -xp.inf, "Whether each element is -inf.", differentiable=False)
unary("isposinf", lambda xp, x: x == xp.inf, "Whether each element is inf.", differentiable=False)
unary("invert", lambda xp, x: xp.invert(x), "The bits inverted; of booleans, not.", ms="Invert", fn="invert(x)",
      differentiable=False, half="kept")


@op("IsClose(rtol=1e-05, atol=1e-08, equal_nan=False)(x, y)",
    fn="isclose(input:x, other:y, rtol=1e-05, atol=1e-08, equal_nan=False)", elementwise=True, differentiable=False)
def isclose(xp, x, y, *, rtol=1e-05, atol=1e-08, equal_nan=False):
    """|x - y| <= atol + rtol |y|."""
    return xp.isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan)


@op(fn=(), mx="_contrib_allclose(a:x, b:y, rtol=1e-05, atol=1e-08, equal_nan=True)", differentiable=False)
def all_close(xp, x, y, *, rtol=1e-05, atol=1e-08, equal_nan=True):
    """1 (uint8, of shape ()) if |x - y| <= atol + rtol |y| everywhere, else 0."""
    if tuple(x.shape) != tuple(y.shape):
        raise ShapeError(f"allclose expects arrays of one shape, got {tuple(x.shape)} and {tuple(y.shape)}.")
    return xp.asarray(xp.all(xp.isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan))).astype("uint8")


@op("ApproximateEqual(tolerance=1e-05)(x, y)", fn="approximate_equal(x, y, tolerance=1e-05)", elementwise=True,
    differentiable=False)
def approximate_equal(xp, x, y, *, tolerance=1e-05):
    """|x - y| < tolerance."""
    return xp.abs(x - y) < tolerance
