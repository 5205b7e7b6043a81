"""Update rules of the gradient-descent family: SGD, momentum, Nesterov, Signum, SGLD, DCASGD, LARS, ASGD, Rprop.

``g`` has been rescaled, clipped and, unless the rule's decay is its own, given its weight decay (see ``rule.py``).
"""

from __future__ import annotations

from luojia._src.errors import ArgumentError
from luojia._src.train.rule import clip, rule


def _mom_unless_zero(hyper):
    return () if hyper["momentum"] == 0 else ("mom",)


@rule("sgd", states=_mom_unless_zero, momentum=0.0)
def sgd(xp, w, g, state, lr, wd, t, *, momentum):
    """``mom = momentum * mom - lr * g;  w = w + mom``.  mxnet SGD: the learning rate is inside the momentum."""
    if not state:
        return w - lr * g, ()
    mom = momentum * state[0] - lr * g
    return w + mom, (mom,)


@rule("nag", states=_mom_unless_zero, decays=("own", "after_clip"), momentum=0.0)
def nag(xp, w, g, state, lr, wd, t, *, momentum):
    """``mom = momentum * mom - lr * (g + wd * w);  w = w + momentum * mom - lr * (g + wd * w)``.  mxnet NAG.

    mxnet 1.9.1 writes the weight before the momentum, so that the decay in ``mom`` is that of the new weight; the
    default ``decay="own"`` does likewise, ``decay="after_clip"`` is the published rule.
    """
    step = lr * (g + wd * w)
    if not state:
        return w - step, ()
    ahead = momentum * state[0]
    new_w = w + momentum * (ahead - step) - step
    return new_w, (ahead - lr * (g + wd * new_w),)


@rule("momentum", states=("accum",), momentum=0.9, nesterov=False)
def momentum(xp, w, g, state, lr, wd, t, *, momentum, nesterov):
    """``accum = momentum * accum + g;  w = w - lr * accum``.  MindSpore Momentum: the learning rate is outside.

    With ``nesterov`` the step is ``lr * (g + momentum * accum)``.
    """
    accum = momentum * state[0] + g
    return w - lr * (g + momentum * accum if nesterov else accum), (accum,)


@rule("dampened_sgd", states=("accum",), momentum=0.0, dampening=0.0, nesterov=False)
def dampened_sgd(xp, w, g, state, lr, wd, t, *, momentum, dampening, nesterov):
    """``accum = momentum * accum + (1 - dampening) * g`` (``accum = g`` at t = 1);  ``w = w - lr * accum``.

    MindSpore SGD, which is PyTorch's.  Its ``stat`` flag (first step or not) is ``t == 1`` here.  Without momentum
    ``w = w - lr * g``, whatever the dampening, and ``accum`` stays as it is, as in mindspore 2.8.0.
    """
    if not momentum:
        return w - lr * g, state
    first = xp.asarray(t == 1)
    accum = xp.where(first, g, momentum * state[0] + (1 - dampening) * g)
    return w - lr * (g + momentum * accum if nesterov else accum), (accum,)


@rule(
    "signum", states=_mom_unless_zero, decays=("own",), momentum=0.9, wd_lh=0.0,
)  # fmt: skip
def signum(xp, w, g, state, lr, wd, t, *, momentum, wd_lh):
    """``mom = momentum * mom - (1 - momentum) * (g + wd * w);  w = (1 - lr * wd_lh) * w + lr * sign(mom)``.

    Without momentum (SignSGD): ``w = (1 - lr * wd) * w - lr * sign(g)``.  mxnet Signum; Bernstein et al. 2018.
    """
    if not state:
        return (1 - lr * wd) * w - lr * xp.sign(g), ()
    mom = momentum * state[0] - (1 - momentum) * (g + wd * w)
    return (1 - lr * wd_lh) * w + lr * xp.sign(mom), (mom,)


@rule("sgld", noise=None)
def sgld(xp, w, g, state, lr, wd, t, *, noise):
    """``w = w - lr / 2 * g + sqrt(lr) * noise``; ``noise`` holds standard normal draws of ``w``'s shape.

    Stochastic gradient Langevin dynamics, Welling and Teh 2011; mxnet SGLD.
    """
    if noise is None:
        raise ArgumentError(
            "Update rule 'sgld' expects noise, an array of standard normal draws of the weight's shape."
        )
    return w - (lr / 2) * g + (lr**0.5) * noise.astype(w.dtype), ()


@rule(
    "dcasgd",
    states=lambda hyper: (*_mom_unless_zero(hyper), "previous"),
    initial={"previous": lambda xp, w, hyper: xp.array(w)},
    decays=("own",),
    momentum=0.0,
    lamda=0.04,
)
def dcasgd(xp, w, g, state, lr, wd, t, *, momentum, lamda):
    """``step = lr * (g + wd * w + lamda * g**2 * (w - previous));  w = w + momentum * mom - step``.

    Delay-compensated SGD, Zheng et al. 2017; mxnet DCASGD, whose own momentum raises in 1.9.1.
    """
    *mom, previous = state
    step = -lr * (g + wd * w + lamda * g * g * (w - previous))
    if mom:
        mom = [momentum * mom[0] + step]
        step = mom[0]
    return w + step, (*mom, w)


def trust_ratio(xp, w_norm, g_norm, eta, denominator):
    """``eta * |w| / denominator``, or 1 where either norm is zero."""
    usable = (w_norm > 0) & (g_norm > 0)
    return xp.where(usable, eta * w_norm / xp.where(usable, denominator, 1), xp.ones_like(w_norm))


def _norm(xp, a):
    return xp.sqrt(xp.sum(a * a))


@rule(
    "lars",
    states=lambda hyper: (*_mom_unless_zero(hyper), "last_lr")[: 2 * (hyper["momentum"] != 0)],
    initial={"last_lr": lambda xp, w, hyper: xp.zeros((), dtype=w.dtype)},
    decays=("own",),
    momentum=0.0,
    eta=0.001,
    epsilon=1e-8,
    momentum_correction=True,
    clip_gradient=None,
)
def lars(xp, w, g, state, lr, wd, t, *, momentum, eta, epsilon, momentum_correction, clip_gradient):
    """SGD with the layer-wise rate ``lr * eta * |w| / (|g| + wd * |w| + epsilon)``.

    The norm is that of the gradient before it is clipped.  ``momentum_correction`` scales the momentum by the quotient
    of this update's ``lr`` and the last one's.  You, Gitman and Ginsburg 2017; mxnet LARS (which leaves biases, gammas
    and betas at the plain rate: the caller's choice here, by using ``sgd`` for them).
    """
    w_norm, g_norm = _norm(xp, w), _norm(xp, g)
    rate = lr * trust_ratio(xp, w_norm, g_norm, eta, g_norm + wd * w_norm + epsilon)
    step = rate * (clip(xp, g, clip_gradient) + wd * w)
    if not state:
        return w - step, ()
    mom, last_lr = state
    known = last_lr > 0
    factor = xp.where(known, lr / xp.where(known, last_lr, 1), 1.0).astype(w.dtype) if momentum_correction else 1.0
    mom = momentum * factor * mom - step
    return w + mom, (mom, lr * xp.ones_like(last_lr))


def lars_gradient(xp, w, g, wd=0.0, *, coefficient=0.001, epsilon=1e-5, use_clip=False, lr=1.0, squares=None):
    """The gradient that MindSpore's LARS hands on to the optimizer it wraps.

    ``(g + wd * w) * coefficient * |w| / (|g| + wd * |w| + epsilon)``; with ``use_clip`` the factor is
    ``min(factor / lr, 1)``. ``squares`` are |w|^2 and |g|^2, where they are known.

    >>> import numpy as np
    >>> w, g = np.array([3.0, 4.0]), np.array([0.0, 1.0])
    >>> lars_gradient(np, w, g, coefficient=0.1, epsilon=0.0)
    array([0. , 0.5])
    """
    w_norm, g_norm = (_norm(xp, w), _norm(xp, g)) if squares is None else map(xp.sqrt, squares)
    factor = trust_ratio(xp, w_norm, g_norm, coefficient, g_norm + wd * w_norm + epsilon)
    if use_clip:
        factor = xp.clip(factor / lr, 0, 1)
    return (g + wd * w) * factor


@rule(
    "asgd",
    states=("average", "eta"),
    initial={"average": lambda xp, w, hyper: xp.array(w), "eta": lambda xp, w, hyper: xp.full((), -1.0, dtype=w.dtype)},
    lambd=1e-4,
    alpha=0.75,
    t0=1e6,
)
def asgd(xp, w, g, state, lr, wd, t, *, lambd, alpha, t0):
    """Averaged SGD: ``w = (1 - lambd * eta) * w - eta * g``; ``average`` follows ``w`` and averages it after ``t0``.

    ``eta = lr`` at first, then ``lr / (1 + lambd * lr * t)**alpha``.  Polyak and Juditsky 1992; MindSpore ASGD.
    """
    average, eta = state
    eta = xp.where(eta < 0, lr * xp.ones_like(eta), eta)
    w = w * (1 - lambd * eta) - eta * g
    mu = 1 / xp.maximum(xp.asarray(1.0, dtype=w.dtype), xp.asarray(t - 1 - t0, dtype=w.dtype))
    average = average + (w - average) * mu
    return w, (average, (lr / (1 + lambd * lr * t) ** alpha) * xp.ones_like(eta))


@rule(
    "rprop",
    states=("previous", "step"),
    initial={"step": lambda xp, w, hyper: xp.full(w.shape, -1.0, dtype=w.dtype)},
    eta_minus=0.5,
    eta_plus=1.2,
    step_min=1e-6,
    step_max=50.0,
)
def rprop(xp, w, g, state, lr, wd, t, *, eta_minus, eta_plus, step_min, step_max):
    """Resilient backpropagation: each entry has a step, longer while its gradient keeps its sign, else shorter.

    An entry whose gradient changed its sign rests for one update.  Riedmiller and Braun 1993; MindSpore Rprop.
    """
    previous, step = state
    step = xp.where(step < 0, lr * xp.ones_like(step), step)
    turn = g * previous
    factor = xp.where(turn > 0, eta_plus, xp.where(turn < 0, eta_minus, 1.0)).astype(w.dtype)
    step = xp.clip(step * factor, step_min, step_max)
    g = xp.where(turn < 0, xp.zeros_like(g), g)
    return w - xp.sign(g) * step, (g, step)
