"""Random draws: pure functions of a key (two uint32), written on the engines' uniform bits.

``random_*`` take the parameters of the distribution as attributes and draw ``shape`` numbers; ``sample_*`` take arrays
of parameters and draw ``shape`` numbers for each of their elements.
"""

from __future__ import annotations

import math

from ..core.op import op

_ROUNDS = 16  # of rejection sampling; the chance that all fail is below 1e-15 for every parameter
_FEW = 10.0  # below this mean a Poisson number is found by adding up probabilities


def _both(face: str) -> tuple[str, str]:
    """MXNet's internal name, with an underscore, and the public one."""
    return f"_{face}", face


def _uniform(xp, key, shape, dtype="float32", open=False):
    """Uniform numbers of [0, 1), or of (0, 1) if ``open``, with the full precision of ``dtype``."""
    if dtype == "float64":
        bits = xp.random_bits(key, (2, *shape))
        whole = (bits[0] >> 5) * 67108864.0 + (bits[1] >> 6)
        return (whole + (0.5 if open else 0.0)) * (1.0 / 9007199254740992.0)
    whole = xp.asarray(xp.random_bits(key, shape) >> 9, "float32")
    return (whole + (0.5 if open else 0.0)) * (1.0 / 8388608.0)


def _normal(xp, key, shape, dtype="float32"):
    """Standard normal numbers, two from each pair of uniform ones (Box and Muller, 1958)."""
    count = math.prod(shape)
    half = (count + 1) // 2
    u = _uniform(xp, key, (2, half), dtype, open=True)
    radius, angle = xp.sqrt(-2.0 * xp.log(u[0])), (2.0 * math.pi) * u[1]
    both = xp.concatenate([radius * xp.cos(angle), radius * xp.sin(angle)])
    return xp.reshape(both[:count], shape)


def _split(xp, key, count):
    """``count`` keys made of one."""
    return xp.random_bits(key, (count, 2))


def _repeat(xp, count, step, state, going):
    """``state = step(i, *state)`` for i below ``count``, while any of ``going(*state)``; in a program once."""
    if xp.engine.compiles:
        return xp.engine.while_loop(
            lambda s: (s[0] < count) & going(*s[1:]).any(), lambda s: (s[0] + 1, *step(*s)), (0, *state))[1:]
    for i in range(count):
        if not going(*state).any():
            break
        state = step(i, *state)
    return state


def _rejecting(xp, draw, keys, found):
    """``draw``'s numbers of two keys where it accepts them, drawn again where not; ``found`` where it never does."""

    def turn(i, found, wanted):
        value, accept = draw(keys[2 * i], keys[2 * i + 1])
        accept = accept & wanted
        return xp.where(accept, value, found), wanted & ~accept

    return _repeat(xp, _ROUNDS, turn, (found, xp.ones(found.shape, bool)), lambda found, wanted: wanted)[0]


def _gamma(xp, key, shape, alpha):
    """Gamma numbers of scale 1 by the squeeze of Marsaglia and Tsang (2000); for alpha < 1 from alpha + 1."""
    keys = _split(xp, key, 2 * _ROUNDS + 1)
    a = xp.where(alpha < 1, alpha + 1, alpha) + xp.zeros(shape)
    d = a - 1.0 / 3.0
    c = 1.0 / xp.sqrt(9.0 * d)

    def draw(first, second):
        x = _normal(xp, first, shape, "float64")
        u = _uniform(xp, second, shape, "float64", open=True)
        v = (1.0 + c * x) ** 3
        positive = v > 0
        safe = xp.where(positive, v, 1.0)
        return d * safe, positive & (xp.log(u) < 0.5 * x * x + d - d * safe + d * xp.log(safe))

    found = _rejecting(xp, draw, keys, d)
    u = _uniform(xp, keys[2 * _ROUNDS], shape, "float64", open=True)
    return xp.where(alpha < 1, found * u ** (1.0 / xp.where(alpha < 1, alpha, 1.0)), found)


def _poisson(xp, key, shape, lam):
    """Poisson numbers: by inversion for small means, else by Hoermann's transformed rejection (1993)."""
    lam = lam + xp.zeros(shape)
    keys = _split(xp, key, 2 * _ROUNDS + 1)
    small = xp.where(lam < _FEW, lam, 1.0)
    u = _uniform(xp, keys[-1], shape, "float64")

    def term(i, p, total, few):
        p = p * small / (i + 1)
        return p, total + p, few + (u >= total)

    p = xp.exp(-small)  # the mean is below 10: 64 terms leave less than 1e-30
    few = _repeat(xp, 63, term, (p, p, xp.zeros(shape)), lambda p, total, few: u >= total)[2]
    large = xp.where(lam < _FEW, _FEW, lam)
    b = 0.931 + 2.53 * xp.sqrt(large)
    a = -0.059 + 0.02483 * b
    inverse = 1.1239 + 1.1328 / (b - 3.4)

    def draw(first, second):
        u = _uniform(xp, first, shape, "float64", open=True) - 0.5
        v = _uniform(xp, second, shape, "float64", open=True)
        us = 0.5 - xp.abs(u)
        k = xp.floor((2.0 * a / us + b) * u + large + 0.43)
        inside = (k >= 0) & ((us >= 0.013) | (v <= us))
        safe = xp.where(inside, k, 0.0)
        bound = -large + safe * xp.log(large) - xp.gammaln(safe + 1.0)
        return k, inside & (xp.log(v * inverse / (a / (us * us) + b)) <= bound)

    return xp.where(lam < _FEW, few, _rejecting(xp, draw, keys, xp.floor(large)))


def _negative_binomial(xp, key, shape, k, p):
    first, second = _split(xp, key, 2)
    return _poisson(xp, second, shape, _gamma(xp, first, shape, k) * ((1.0 - p) / p))


def _generalized(xp, key, shape, mu, alpha):
    """Poisson of a Gamma of mean mu and variance alpha mu^2; alpha = 0 is Poisson itself."""
    first, second = _split(xp, key, 2)
    safe = xp.where(alpha == 0, 1.0, alpha)
    mean = _gamma(xp, first, shape, 1.0 / safe) * (mu * safe)
    return _poisson(xp, second, shape, xp.where(alpha == 0, mu + xp.zeros(shape), mean))


def _whole(dtype) -> str:
    """The precision to draw in for a result of ``dtype``."""
    return "float64" if str(dtype) == "float64" else "float32"


def _each(xp, shape, *params):
    """Parameters with axes of length 1 for the draws of each element, and the shape of all draws."""
    full = xp.broadcast_shapes(*[p.shape for p in params])
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return (*full, *shape), [
        xp.reshape(xp.asarray(xp.broadcast_to(p, full), "float64"), (*full, *[1] * len(shape))) for p in params
    ]


@op(mx=_both("random_uniform(low=0.0, high=1.0, shape=(1,), ctx:_=None, dtype='float32')"), fn=(), differentiable=False)
def random_uniform(xp, key, *, low=0.0, high=1.0, shape=(1,), dtype="float32"):
    """Uniform numbers of [low, high)."""
    return xp.asarray(low + (high - low) * _uniform(xp, key, shape, _whole(dtype)), dtype)


@op(mx=_both("random_normal(loc=0.0, scale=1.0, shape=(1,), ctx:_=None, dtype='float32')"), fn=(), differentiable=False)
def random_normal(xp, key, *, loc=0.0, scale=1.0, shape=(1,), dtype="float32"):
    """Normal numbers of mean ``loc`` and standard deviation ``scale``."""
    return xp.asarray(loc + scale * _normal(xp, key, shape, _whole(dtype)), dtype)


@op(fn=(), differentiable=False)
def random_truncated_normal(xp, key, *, loc=0.0, scale=1.0, low=-2.0, high=2.0, shape=(1,), dtype="float32"):
    """Normal numbers of which those beyond ``low`` and ``high`` standard deviations never come (by inversion)."""
    a, b = math.erf(low / math.sqrt(2)), math.erf(high / math.sqrt(2))
    u = a + (b - a) * _uniform(xp, key, shape, "float64", open=True)
    return xp.asarray(loc + scale * math.sqrt(2) * xp.erfinv(u), dtype)


@op(mx=_both("random_exponential(lam=1.0, shape=(1,), ctx:_=None, dtype='float32')"), fn=(), differentiable=False)
def random_exponential(xp, key, *, lam=1.0, shape=(1,), dtype="float32"):
    """Exponential numbers of rate ``lam``: density lam e^(-lam x)."""
    return xp.asarray(-xp.log(_uniform(xp, key, shape, _whole(dtype), open=True)) / lam, dtype)


@op(mx=_both("random_gamma(alpha=1.0, beta=1.0, shape=(1,), ctx:_=None, dtype='float32')"), fn=(), differentiable=False)
def random_gamma(xp, key, *, alpha=1.0, beta=1.0, shape=(1,), dtype="float32"):
    """Gamma numbers of shape ``alpha`` and scale ``beta``: their mean is alpha beta."""
    return xp.asarray(beta * _gamma(xp, key, shape, xp.asarray(float(alpha))), dtype)


@op(mx=_both("random_poisson(lam=1.0, shape=(1,), ctx:_=None, dtype='float32')"), fn=(), differentiable=False)
def random_poisson(xp, key, *, lam=1.0, shape=(1,), dtype="float32"):
    """Poisson numbers of mean ``lam``."""
    return xp.asarray(_poisson(xp, key, shape, xp.asarray(float(lam))), dtype)


@op(mx=_both("random_negative_binomial(k=1, p=1.0, shape=(1,), ctx:_=None, dtype='float32')"), fn=(),
    differentiable=False)
def random_negative_binomial(xp, key, *, k=1, p=1.0, shape=(1,), dtype="float32"):
    """The number of failures before ``k`` successes of probability ``p``: mean k (1 - p) / p."""
    return xp.asarray(_negative_binomial(xp, key, shape, xp.asarray(float(k)), xp.asarray(float(p))), dtype)


@op(mx=_both("random_generalized_negative_binomial(mu=1.0, alpha=1.0, shape=(1,), ctx:_=None, dtype='float32')"),
    fn=(), differentiable=False)
def random_generalized_negative_binomial(xp, key, *, mu=1.0, alpha=1.0, shape=(1,), dtype="float32"):
    """Counts of mean ``mu`` and variance mu + alpha mu^2."""
    return xp.asarray(_generalized(xp, key, shape, xp.asarray(float(mu)), xp.asarray(float(alpha))), dtype)


@op(mx=_both("random_randint(low, high, shape=(1,), ctx:_=None, dtype='int32')"), fn=(), differentiable=False)
def random_randint(xp, key, *, low, high, shape=(1,), dtype="int32"):
    """Integers of [low, high)."""
    span = high - low
    if span <= 1 << 32:
        wide = xp.asarray(xp.random_bits(key, shape), "uint64")
        return xp.asarray(low + xp.asarray((wide * span) >> 32, "int64"), dtype)
    bits = xp.asarray(xp.random_bits(key, (2, *shape)), "uint64")
    return xp.asarray(low + xp.asarray(((bits[0] << 32) | bits[1]) % span, "int64"), dtype)


@op(fn=(), differentiable=False)
def random_bernoulli(xp, key, *, p=0.5, shape=(1,), dtype="float32"):
    """1 with probability ``p``, else 0."""
    return xp.asarray(_uniform(xp, key, shape) < p, dtype)


@op(mx=_both("sample_uniform(low, high, shape=(), dtype='float32')"), fn=(), differentiable=False)
def sample_uniform(xp, key, low, high, *, shape=(), dtype="float32"):
    """Uniform numbers of [low, high) for each element of the arrays."""
    full, (low, high) = _each(xp, shape, low, high)
    return xp.asarray(low + (high - low) * _uniform(xp, key, full, "float64"), dtype)


@op(mx=_both("sample_normal(mu, sigma, shape=(), dtype='float32')"), fn=(), differentiable=False)
def sample_normal(xp, key, mu, sigma, *, shape=(), dtype="float32"):
    """Normal numbers for each element of the arrays of means and standard deviations."""
    full, (mu, sigma) = _each(xp, shape, mu, sigma)
    return xp.asarray(mu + sigma * _normal(xp, key, full, "float64"), dtype)


@op(mx=_both("sample_exponential(lam, shape=(), dtype='float32')"), fn=(), differentiable=False)
def sample_exponential(xp, key, lam, *, shape=(), dtype="float32"):
    """Exponential numbers for each element of the array of rates."""
    full, (lam,) = _each(xp, shape, lam)
    return xp.asarray(-xp.log(_uniform(xp, key, full, "float64", open=True)) / lam, dtype)


@op(mx=_both("sample_gamma(alpha, beta, shape=(), dtype='float32')"), fn=(), differentiable=False)
def sample_gamma(xp, key, alpha, beta, *, shape=(), dtype="float32"):
    """Gamma numbers for each element of the arrays of shapes and scales."""
    full, (alpha, beta) = _each(xp, shape, alpha, beta)
    return xp.asarray(beta * _gamma(xp, key, full, alpha), dtype)


@op(mx=_both("sample_poisson(lam, shape=(), dtype='float32')"), fn=(), differentiable=False)
def sample_poisson(xp, key, lam, *, shape=(), dtype="float32"):
    """Poisson numbers for each element of the array of means."""
    full, (lam,) = _each(xp, shape, lam)
    return xp.asarray(_poisson(xp, key, full, lam), dtype)


@op(mx=_both("sample_negative_binomial(k, p, shape=(), dtype='float32')"), fn=(), differentiable=False)
def sample_negative_binomial(xp, key, k, p, *, shape=(), dtype="float32"):
    """Failures before k successes of probability p, for each element of the arrays."""
    full, (k, p) = _each(xp, shape, k, p)
    return xp.asarray(_negative_binomial(xp, key, full, k, p), dtype)


@op(mx=_both("sample_generalized_negative_binomial(mu, alpha, shape=(), dtype='float32')"), fn=(), differentiable=False)
def sample_generalized_negative_binomial(xp, key, mu, alpha, *, shape=(), dtype="float32"):
    """Counts of mean mu and variance mu + alpha mu^2, for each element of the arrays."""
    full, (mu, alpha) = _each(xp, shape, mu, alpha)
    return xp.asarray(_generalized(xp, key, full, mu, alpha), dtype)


@op(mx=_both("sample_multinomial(data, shape=(), get_prob=False, dtype='int32')"), fn=(),
    outputs=lambda get_prob=False, **_: 2 if get_prob else 1)
def sample_multinomial(xp, key, data, *, shape=(), get_prob=False, dtype="int32"):
    """Indices drawn with the probabilities in the last axis of ``data`` (..., k); ``shape`` of them per row.

    ``get_prob`` asks for the logarithm of each index's probability beside it.
    """
    shape = (shape,) if isinstance(shape, int) else shape
    rows = data.shape[:-1]
    cumulative = xp.cumsum(xp.asarray(data, "float64"), axis=-1)
    total = cumulative[..., -1:]
    u = _uniform(xp, key, (*rows, math.prod(shape)), "float64") * total
    found = xp.sum(xp.asarray(u[..., None] >= cumulative[..., None, :], "int64"), axis=-1)
    found = xp.minimum(found, data.shape[-1] - 1)
    drawn = xp.asarray(xp.reshape(found, (*rows, *shape)), dtype)
    if not get_prob:
        return drawn
    return drawn, xp.reshape(xp.log(xp.take_along_axis(data, found, axis=-1)), (*rows, *shape))


@sample_multinomial.vjp(keep="args ans")
def _(xp, g, ans, args, needs, *, shape, get_prob, dtype):
    if not get_prob:  # what is drawn has no derivative
        return None, xp.zeros_like(args[1])
    k = args[1].shape[-1]
    drawn, weight = (xp.reshape(a, (*args[1].shape[:-1], -1, 1)) for a in (ans[0], g[1] * xp.exp(-ans[1])))
    return None, xp.sum(xp.where(xp.equal(drawn, xp.arange(k)), weight, 0.0), axis=-2)


@op(mx="_shuffle(data)", fn=(), differentiable=False)
def random_shuffle(xp, key, data):
    """``data`` with the elements of its first axis in random order."""
    return xp.take(data, xp.argsort(xp.random_bits(key, (data.shape[0],))), axis=0)
