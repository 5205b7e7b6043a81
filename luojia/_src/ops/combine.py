"""Arithmetic of three arrays and more: products and quotients that are added, weighted means, sums of many."""

from __future__ import annotations

from ..core.op import op
from ..errors import ShapeError


@op("Addcmul()(input:x, tensor1:y, tensor2:z, value)", fn="addcmul(input:x, tensor1:y, tensor2:z, value=1)",
    elementwise=True)
def addcmul(xp, x, y, z, value=None):
    """x + value y z; ``value`` is 1 by default."""
    return x + y * z if value is None else x + value * (y * z)


@addcmul.vjp(keep="args")
def _(xp, g, ans, args, needs):
    _, y, z, value = args
    scaled = g if value is None else g * value
    return (g, scaled * z if needs[1] else None, scaled * y if needs[2] else None, g * (y * z) if needs[3] else None)


@op("Addcdiv()(input:x, tensor1:y, tensor2:z, value)", fn="addcdiv(input:x, tensor1:y, tensor2:z, value=1)",
    elementwise=True)
def addcdiv(xp, x, y, z, value=None):
    """x + value y / z; ``value`` is 1 by default."""
    return x + y / z if value is None else x + value * (y / z)


@addcdiv.vjp(keep="args")
def _(xp, g, ans, args, needs):
    _, y, z, value = args
    dy = (g if value is None else g * value) / z
    return (g, dy if needs[1] else None, -dy * (y / z) if needs[2] else None, g * (y / z) if needs[3] else None)


@op("Lerp()(start:x, end:y, weight:w)", fn="lerp(input:x, end:y, weight:w)", elementwise=True)
def lerp(xp, x, y, w):
    """x + w (y - x)."""
    return x + w * (y - x)


@lerp.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, y, w = args
    dy = g * w
    return g - dy if needs[0] else None, dy if needs[1] else None, g * (y - x) if needs[2] else None


@op(("AddN()(*xs)", "AccumulateNV2()(*xs)"), fn=("addn(*xs)", "add_n(*xs)", "accumulate_n(*xs)"),
    mx=("add_n(*xs)", "ElementWiseSum(*xs)"), half="wide")
def add_all(xp, *xs):
    """The sum of any number of arrays of one shape."""
    total = xs[0]
    for x in xs[1:]:
        if x.shape != total.shape:
            raise ShapeError(f"add_n expects arrays of one shape, got {[tuple(x.shape) for x in xs]}.")
        total = total + x
    return total


@add_all.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (g,) * len(args)
