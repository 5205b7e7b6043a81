"""Densities of distributions at samples: MXNet's ``random_pdf_*``.

A sample has the parameters' shape followed by any number of axes: parameters stand for all samples along those.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..core.op import op
from ..errors import ShapeError


def _aligned(xp, name, sample, params):
    """The parameters with an axis for each further axis of the sample."""
    shape = tuple(sample.shape)
    for p in params:
        if tuple(p.shape) != shape[: len(p.shape)] or p.shape != params[0].shape:
            raise ShapeError(f"{name} expects parameters of one shape with which the sample's, {shape}, begins, got "
                             f"{[tuple(p.shape) for p in params]}.")
    return [xp.reshape(p, (*tuple(p.shape), *(1,) * (len(shape) - len(p.shape)))) for p in params]


def _density(name: str, params: str, log_density: Callable, doc: str, counts: bool = False) -> None:
    """Register the density ``name`` whose logarithm is ``log_density(xp, sample, *params)``.

    Of ``counts`` there is no derivative by the sample.
    """
    public = f"random_pdf_{name}"
    signature = f"(sample, {params}, is_log=False)"

    def run(xp, sample, given, is_log):
        sample = xp.stop_gradient(sample) if counts else sample
        found = log_density(xp, sample, *_aligned(xp, public, sample, given))
        return found if is_log else xp.exp(found)

    if params.count(","):
        first, second = params.split(", ")
        source = f"def {public}(xp, sample, {first}, {second}, *, is_log=False): " \
                 f"return run(xp, sample, ({first}, {second}), is_log)"
    else:
        source = f"def {public}(xp, sample, {params}, *, is_log=False): return run(xp, sample, ({params},), is_log)"
    space = {"run": run}
    exec(source, space)  # noqa: S102 - a signature of this file's own table
    function = space[public]
    function.__doc__ = doc + " ``is_log`` gives its logarithm."
    function.__module__ = __name__
    op(fn=(), mx=(f"_{public}{signature}", f"{public}{signature}"))(function)


def _uniform(xp, x, low, high):
    return -xp.log(high - low) + 0 * x


def _normal(xp, x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - xp.log(sigma) - 0.5 * math.log(2 * math.pi)


def _gamma(xp, x, alpha, beta):
    return alpha * xp.log(beta) + (alpha - 1) * xp.log(x) - beta * x - xp.gammaln(alpha)


def _exponential(xp, x, lam):
    return xp.log(lam) - lam * x


def _poisson(xp, x, lam):
    return x * xp.log(lam) - lam - xp.gammaln(x + 1)


def _negative_binomial(xp, x, k, p):
    return xp.gammaln(x + k) - xp.gammaln(x + 1) - xp.gammaln(k) + k * xp.log(p) + x * xp.log(1 - p)


def _generalized(xp, x, mu, alpha):
    return _negative_binomial(xp, x, 1 / alpha, 1 / (mu * alpha + 1))


_density("uniform", "low, high", _uniform, "1 / (high - low), for samples that lie between.")
_density("normal", "mu, sigma", _normal, "The density of the normal distribution.")
_density("gamma", "alpha, beta", _gamma, "beta^alpha x^(alpha - 1) e^(-beta x) / gamma(alpha): beta is a rate here.")
_density("exponential", "lam", _exponential, "lam e^(-lam x).")
_density("poisson", "lam", _poisson, "lam^x e^-lam / x!, the probability of x.", counts=True)
_density("negative_binomial", "k, p", _negative_binomial, "The probability of x failures before k successes.",
         counts=True)
_density("generalized_negative_binomial", "mu, alpha", _generalized,
         "The negative binomial probability of x with mean mu and variance mu + alpha mu^2.", counts=True)


_DIRICHLET = "random_pdf_dirichlet(sample, alpha, is_log=False)"


@op(fn=(), mx=(f"_{_DIRICHLET}", _DIRICHLET))
def random_pdf_dirichlet(xp, sample, alpha, *, is_log=False):
    """Dirichlet's density of alpha (..., K) at samples (..., any, K). ``is_log`` gives its logarithm."""
    lead = len(alpha.shape) - 1
    if sample.shape[-1] != alpha.shape[-1] or tuple(sample.shape)[:lead] != tuple(alpha.shape)[:-1]:
        raise ShapeError(f"random_pdf_dirichlet expects samples (..., any, K) for alpha (..., K), got shapes "
                         f"{tuple(sample.shape)} and {tuple(alpha.shape)}.")
    more = len(sample.shape) - len(alpha.shape)
    a = xp.reshape(alpha, (*tuple(alpha.shape)[:-1], *(1,) * more, alpha.shape[-1]))
    found = (xp.sum((a - 1) * xp.log(sample), axis=-1) + xp.gammaln(xp.sum(a, axis=-1))
             - xp.sum(xp.gammaln(a), axis=-1))
    return found if is_log else xp.exp(found)
