"""Update rules that solve a small regularized problem at each step: FTRL-proximal and proximal Adagrad."""

from __future__ import annotations

from luojia._src.train.rule import filled, rule


@rule(
    "ftrl",
    states=("z", "n"),
    initial={"n": filled("initial_accumulator")},
    decays=("own", "after_clip"),
    lamda1=0.01,
    lamda2=0.0,
    beta=1.0,
    lr_power=-0.5,
    initial_accumulator=0.0,
)
def ftrl(xp, w, g, state, lr, wd, t, *, lamda1, lamda2, beta, lr_power, initial_accumulator):
    """``z = z + g - (n_new**p - n**p) / lr * w``;
    ``w = -sign(z) * max(|z| - lamda1, 0) / ((beta + n_new**p) / lr + 2 * lamda2 + wd)``, with ``p = -lr_power``.

    McMahan et al. 2013.  mxnet Ftrl has ``beta`` and its decay in the denominator; MindSpore FTRL has ``lamda2``,
    ``lr_power``, no beta, and starts ``n`` at ``initial_accumulator`` = 0.1.
    """
    z, n = state
    n_new = n + g * g
    power = (lambda a: xp.sqrt(a)) if lr_power == -0.5 else (lambda a: a ** (-lr_power))
    root = power(n_new)
    z = z + g - (root - power(n)) / lr * w
    w = -xp.sign(z) * xp.maximum(xp.abs(z) - lamda1, 0) / ((beta + root) / lr + 2 * lamda2 + wd)
    return w, (z, n_new)


@rule(
    "proximal_adagrad",
    states=("accum",),
    initial={"accum": filled("initial_accumulator")},
    l1=0.0,
    l2=0.0,
    initial_accumulator=0.1,
)
def proximal_adagrad(xp, w, g, state, lr, wd, t, *, l1, l2, initial_accumulator):
    """``rate = lr / sqrt(accum + g**2);  p = w - rate * g;  w = sign(p) * max(|p| - rate * l1, 0) / (1 + rate * l2)``.

    Duchi and Singer 2009; MindSpore ProximalAdagrad.
    """
    accum = state[0] + g * g
    rate = lr / xp.sqrt(accum)
    p = w - rate * g
    return xp.sign(p) * xp.maximum(xp.abs(p) - rate * l1, 0) / (1 + rate * l2), (accum,)
