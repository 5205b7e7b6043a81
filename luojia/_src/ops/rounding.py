"""Rounding to integers. The derivative is 0 wherever it exists."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from .define import unary, zero_rule

_ROWS = (
    ("floor", "The greatest integer not above x.", "Floor", "floor"),
    ("ceil", "The least integer not below x.", "Ceil", "ceil"),
    ("trunc", "x without its fraction.", "Trunc", "trunc"),
)
for _name, _doc, _ms, _mx in _ROWS:
    unary(_name, lambda xp, x, n=_name: getattr(xp, n)(x), _doc, ms=_ms, mx=_mx, rule=zero_rule, keep="")



def _sign(xp, x):
    if x.__class__ is np.ndarray and x.dtype.kind == "f":
        return np.subtract((x > 0).view(np.int8), (x < 0).view(np.int8)).astype(x.dtype)
    found = xp.sign(x)
    return xp.where(xp.isnan(x), xp.zeros_like(x), found) if str(x.dtype).startswith(("float", "bfloat")) else found


unary("sign", _sign, "-1, 0 or 1: the sign of x; 0 where x is not a number.", ms="Sign", mx="sign", rule=zero_rule,
      keep="")
unary("fix", lambda xp, x: xp.trunc(x), "The nearest integer toward 0.", mx="fix", rule=zero_rule, keep="")
unary("rint", lambda xp, x: xp.rint(x), "The nearest integer; a half goes to the even one.", ms="Rint",
      rule=zero_rule, keep="")


@op("Round()(x, decimals=0)", fn="round(input:x, decimals=0)",
    mx=("round(data:x) | ties='away'", "rint(data:x) | ties='down'"))
def round(xp, x, *, decimals=0, ties="even"):
    """The nearest number with ``decimals`` digits; a half goes to the ``ties``: 'even' one (MindSpore), 'away' from 0
    (MXNet's ``round``), or 'down' (MXNet's ``rint``)."""
    if ties == "even":
        return xp.round(x, decimals)
    if ties == "away":
        return xp.sign(x) * xp.floor(xp.abs(x) + 0.5)
    return xp.ceil(x - 0.5)


round.pointwise = True


@round.vjp(keep="")
def _(xp, g, ans, args, needs, **_):
    return (g * 0,)


@op(fn="frac(x)", half="wide")
def frac(xp, x):
    """x less its integer part."""
    return x - xp.trunc(x)


@frac.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (g,)
