"""The error function, the gamma function and their kin."""

from __future__ import annotations

from .define import unary

unary("erf", lambda xp, x: xp.erf(x), "2 / sqrt(pi) times the integral of e^-t^2 from 0 to x.", ms="Erf", mx="erf")
unary("erfc", lambda xp, x: xp.erfc(x), "1 - erf(x), accurate for large x.", ms="Erfc")
unary("erfinv", lambda xp, x: xp.erfinv(x), "The inverse of erf.", ms="Erfinv", mx="erfinv")
unary("gamma", lambda xp, x: xp.gamma(x), "The gamma function, which extends (x - 1)!.", fn="", mx="gamma")
unary("gammaln", lambda xp, x: xp.gammaln(x), "The logarithm of |gamma(x)|.", ms="Lgamma", fn="lgamma", mx="gammaln")
unary("digamma", lambda xp, x: xp.digamma(x), "The derivative of the logarithm of gamma.", ms="Digamma", mx="digamma")
