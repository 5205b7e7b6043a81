"""Arithmetic: add, subtract, multiply, divide, power, negative, and the cast between dtypes."""

from __future__ import annotations

from ..core.op import op


@op("Cast()(input_x:x, dtype)", fn="cast(input:x, dtype)", mx=("cast(data:x, dtype)", "Cast(data:x, dtype)"))
def cast(xp, x, *, dtype):
    """x in another dtype. The gradient is cast back, from and to integers too (MindSpore: so it does there)."""
    return x.astype(dtype)


@cast.vjp(keep="")
def _(xp, g, ans, args, needs, *, dtype):
    return (g,)


@op("Add()(x, y)", fn="add(input:x, other:y)", mx=("broadcast_add(lhs:x, rhs:y)",), elementwise=True)
def add(xp, x, y):
    """x + y, broadcast."""
    return x + y


@add.vjp(keep="")
def _(xp, g, ans, args, needs):
    return g, g


@op("Sub()(x, y)", fn=("sub(input:x, other:y)", "subtract(input:x, other:y)"), mx="broadcast_sub(lhs:x, rhs:y)",
    elementwise=True)
def subtract(xp, x, y):
    """x - y, broadcast."""
    return x - y


@subtract.vjp(keep="")
def _(xp, g, ans, args, needs):
    return g, -g if needs[1] else None


@op("Mul()(x, y)", fn=("mul(input:x, other:y)", "multiply(input:x, other:y)"), mx="broadcast_mul(lhs:x, rhs:y)",
    elementwise=True)
def multiply(xp, x, y):
    """x * y, broadcast."""
    return x * y


@multiply.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, y = args
    return g * y if needs[0] else None, g * x if needs[1] else None


@op(("Div()(x, y)", "RealDiv()(x, y)"), fn=("div(input:x, other:y)", "divide(input:x, other:y)"),
    mx="broadcast_div(lhs:x, rhs:y)", elementwise=True)
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


@op("Neg()(x)", fn=("neg(input:x)", "negative(input:x)"), mx="negative(data:x)")
def negative(xp, x):
    """-x."""
    return -x


@negative.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (-g,)


@op("Pow()(x, y)", fn=("pow(input:x, exponent:y)",), mx="broadcast_power(lhs:x, rhs:y)", elementwise=True)
def power(xp, x, y):
    """x ** y, broadcast."""
    return x**y


@power.vjp
def _(xp, g, ans, args, needs):
    """d/dx x^y = y x^(y-1), which is 0 for y = 0 also at x = 0; d/dy x^y = x^y log x, taken as 0 where x is 0."""
    x, y = args
    dx = dy = None
    if needs[0]:
        if isinstance(y, (int, float)):
            dx = None if y == 0 else g if y == 1 else g * (y * x) if y == 2 else g * (y * x ** (y - 1))
            if y == 0:
                dx = g * 0
        else:
            dx = g * y * x ** xp.where(y == 0, xp.ones_like(y), y - 1)
    if needs[1]:
        safe = xp.where(x == 0, xp.ones_like(ans), x)
        dy = g * ans * xp.log(safe)
    return dx, dy
