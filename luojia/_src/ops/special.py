"""The error function, the gamma function and their kin, the Bessel functions and the incomplete integrals."""

from __future__ import annotations

from math import inf, log, pi
from typing import Any

from ..core.op import op
from ..errors import NotSupportedError
from .define import unary

unary("erf", lambda xp, x: xp.erf(x), "2 / sqrt(pi) times the integral of e^-t^2 from 0 to x.", ms="Erf", mx="erf",
      rule=lambda xp, g, ans, args, needs: (g * (2 / pi**0.5) * xp.exp(-args[0] * args[0]),))
unary("erfc", lambda xp, x: xp.erfc(x), "1 - erf(x), accurate for large x.", ms="Erfc",
      rule=lambda xp, g, ans, args, needs: (g * (-2 / pi**0.5) * xp.exp(-args[0] * args[0]),))
unary("erfinv", lambda xp, x: xp.erfinv(x), "The inverse of erf.", ms="Erfinv", mx="erfinv",
      rule=lambda xp, g, ans, args, needs: (g * (pi**0.5 / 2) * xp.exp(ans * ans),), keep="ans")
unary("gamma", lambda xp, x: xp.gamma(x), "The gamma function, which extends (x - 1)!.", fn="", mx="gamma",
      rule=lambda xp, g, ans, args, needs: (g * ans * xp.digamma(args[0]),), keep="args ans")
unary("gammaln", lambda xp, x: xp.gammaln(x), "The logarithm of |gamma(x)|.", ms="Lgamma", fn="lgamma", mx="gammaln",
      rule=lambda xp, g, ans, args, needs: (g * xp.digamma(args[0]),))
unary("digamma", lambda xp, x: xp.digamma(x), "The derivative of the logarithm of gamma.", ms="Digamma", mx="digamma")


def _host(name: str, doc: str, rule: Any, *, ms: str, fn: str = "", keep: str = "args") -> None:
    """A function of one array that scipy has, under its name there; on XLA it is computed on the host.

    Of negative numbers those of the second kind, which scipy leaves undefined, are inf and -inf, as in MindSpore.
    """
    beyond = {"k": inf, "y": -inf}.get(name[0])

    def body(xp, x):
        out = xp.scipy_special(x, name=name)
        return out if beyond is None else xp.where(xp.less(x, 0), xp.asarray(beyond, out.dtype), out)

    unary(f"special_{name}", body, doc, ms=ms, fn=fn,
          rule=lambda xp, g, ans, args, needs: (g * rule(xp, args[0], ans),), keep=keep)


# Abramowitz and Stegun 1964, 9.1.27-30 and 9.6.26-28: the derivatives of the Bessel functions.
_host("i0", "The modified Bessel function of the first kind, of order 0.", lambda xp, x, y: xp.special_i1(x),
      ms="BesselI0", fn="bessel_i0(x) i0")
_host("i1", "The modified Bessel function of the first kind, of order 1.",
      lambda xp, x, y: xp.special_i0(x) - _over(xp, y, x), ms="BesselI1", fn="bessel_i1(x)", keep="args ans")
_host("i0e", "e^-|x| times the modified Bessel function of the first kind, of order 0.",
      lambda xp, x, y: xp.special_i1e(x) - xp.sign(x) * y, ms="BesselI0e", fn="bessel_i0e(x)", keep="args ans")
_host("i1e", "e^-|x| times the modified Bessel function of the first kind, of order 1.",
      lambda xp, x, y: xp.special_i0e(x) - y * xp.sign(x) - _over(xp, y, x), ms="BesselI1e", fn="bessel_i1e(x)",
      keep="args ans")
_host("k0", "The modified Bessel function of the second kind, of order 0, for x > 0.",
      lambda xp, x, y: -xp.special_k1(x), ms="BesselK0", fn="bessel_k0(x)")
_host("k1", "The modified Bessel function of the second kind, of order 1, for x > 0.",
      lambda xp, x, y: -xp.special_k0(x) - y / x, ms="BesselK1", fn="bessel_k1(x)", keep="args ans")
_host("k0e", "e^x times the modified Bessel function of the second kind, of order 0, for x > 0.",
      lambda xp, x, y: y - xp.special_k1e(x), ms="BesselK0e", fn="bessel_k0e(x)", keep="args ans")
_host("k1e", "e^x times the modified Bessel function of the second kind, of order 1, for x > 0.",
      lambda xp, x, y: y - xp.special_k0e(x) - y / x, ms="BesselK1e", fn="bessel_k1e(x)", keep="args ans")
_host("j0", "The Bessel function of the first kind, of order 0.", lambda xp, x, y: -xp.special_j1(x), ms="BesselJ0",
      fn="bessel_j0(x)")
_host("j1", "The Bessel function of the first kind, of order 1.", lambda xp, x, y: xp.special_j0(x) - _over(xp, y, x),
      ms="BesselJ1", fn="bessel_j1(x)", keep="args ans")
_host("y0", "The Bessel function of the second kind, of order 0, for x > 0.", lambda xp, x, y: -xp.special_y1(x),
      ms="BesselY0", fn="bessel_y0(x)")
_host("y1", "The Bessel function of the second kind, of order 1, for x > 0.",
      lambda xp, x, y: xp.special_y0(x) - y / x, ms="BesselY1", fn="bessel_y1(x)", keep="args ans")


def _over(xp, y, x):
    """y / x for a y that goes like x / 2 at 0."""
    zero = xp.equal(x, 0)
    return xp.where(zero, 0.5, y / xp.where(zero, 1.0, x))


def _incomplete_gamma(name: str, ms: str, scipy: str, sign: int, doc: str) -> None:
    def function(xp, a, x):
        return xp.scipy_special(a, x, name=scipy)

    function.__name__, function.__doc__ = name, doc
    made = op(f"{ms}()(a, x)", fn=f"{name}(input:a, other:x)", elementwise=True)(function)

    @made.vjp(keep="args")
    def _(xp, g, ans, args, needs):
        a, x = args
        return (g * (sign * xp.igamma_slope(a, x)) if needs[0] else None,
                g * (sign * xp.exp((a - 1) * xp.log(x) - x - xp.gammaln(a))) if needs[1] else None)


@op(fn=(), elementwise=True)
def igamma_slope(xp, a, x):
    """The derivative of igamma(a, x) with respect to a."""
    return xp.scipy_special(a, x, name="gammainc_slope")


@igamma_slope.vjp(keep="args")
def _(xp, g, ans, args, needs):
    if needs[0]:
        raise NotSupportedError("igamma: there is no second derivative with respect to its first argument; stop it "
                                "with ops.stop_gradient.")
    a, x = args
    return None, g * xp.exp((a - 1) * xp.log(x) - x - xp.gammaln(a)) * (xp.log(x) - xp.digamma(a))


_incomplete_gamma("igamma", "Igamma", "gammainc", 1,
                  "The lower incomplete gamma function: the integral of t^(a-1) e^-t from 0 to x over gamma(a).")
_incomplete_gamma("igammac", "Igammac", "gammaincc", -1, "The upper incomplete gamma function: 1 - igamma(a, x).")


@op("Zeta()(x:s, q)", fn="zeta(input:s, other:q)", elementwise=True)
def zeta(xp, s, q):
    """Hurwitz's zeta function: the sum of (k + q)^-s over k = 0, 1, ..., for s > 1 and q > 0.

    Its derivative with respect to s is taken for 0, as in MindSpore.
    """
    return xp.scipy_special(s, q, name="zeta")


@zeta.vjp(keep="args")
def _(xp, g, ans, args, needs):
    s, q = args
    return xp.zeros_like(s) if needs[0] else None, -(g * s * xp.zeta(s + 1, q))


@op("Betainc()(a, b, x)", fn="betainc(a, b, x)", elementwise=True)
def betainc(xp, a, b, x):
    """The regularized incomplete beta function: the integral of t^(a-1) (1-t)^(b-1) from 0 to x over B(a, b).

    Its derivatives with respect to a and b are taken for 0, as in MindSpore.
    """
    return xp.scipy_special(a, b, x, name="betainc")


@betainc.vjp(keep="args")
def _(xp, g, ans, args, needs):
    a, b, x = args
    scale = xp.gammaln(a + b) - xp.gammaln(a) - xp.gammaln(b)
    return None, None, g * xp.exp((a - 1) * xp.log(x) + (b - 1) * xp.log(1 - x) + scale)


@op("Polygamma()(a:n, x)", fn="polygamma(n, input:x)")
def polygamma_of(xp, n, x):
    """The derivative of order n of digamma at x, n an integer Tensor of shape () or a number."""
    return xp.scipy_special(n, x, name="polygamma", like=1)


@polygamma_of.vjp(keep="args")
def _(xp, g, ans, args, needs):
    n, x = args
    return None, g * xp.polygamma_of(n + 1, x)


@op("Mvlgamma(p)(x)", fn="mvlgamma(input:x, p)")
def mvlgamma(xp, x, *, p):
    """The logarithm of the multivariate gamma function: p (p-1)/4 log(pi) + sum over i < p of gammaln(x - i/2)."""
    total = p * (p - 1) / 4 * log(pi)
    for i in range(p):
        total = total + xp.gammaln(x - i / 2)
    return total


@op("NextAfter()(input:x, other:y)", fn="nextafter(input:x, other:y)", elementwise=True, half="kept")
def nextafter(xp, x, y):
    """The next number after x, in its dtype, towards y."""
    return xp.nextafter(x, y)


@nextafter.vjp(keep="")
def _(xp, g, ans, args, needs):
    return g, None
