"""Update rules with a rate per entry: Adam and its kin, RMSProp, Adagrad, Adadelta.

``g`` has been rescaled, clipped and, unless the rule's decay is its own, given its weight decay (see ``rule.py``).
The defaults are mxnet's; what MindSpore does otherwise is an attribute, set in ``rules.py``.
"""

from __future__ import annotations

from luojia._src.train.rule import filled, rule
from luojia._src.train.rules_sgd import _norm, trust_ratio

_BOTH = ("before_clip", "after_clip")


def _moments(state, g, beta1, beta2):
    return beta1 * state[0] + (1 - beta1) * g, beta2 * state[1] + (1 - beta2) * g * g


@rule(
    "adam",
    states=lambda hyper: ("mean", "var", "max_var") if hyper["amsgrad"] else ("mean", "var"),
    decays=_BOTH,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
    nesterov=False,
    amsgrad=False,
)
def adam(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon, nesterov, amsgrad):
    """``w = w - lr_t * m / (sqrt(v) + epsilon)`` with ``lr_t = lr * sqrt(1 - beta2**t) / (1 - beta1**t)``.

    Kingma and Ba 2015, in the form that folds the bias correction into the rate, as mxnet and MindSpore have it:
    epsilon is that paper's epsilon-hat.  ``nesterov`` steps by ``beta1 * m + (1 - beta1) * g``.
    """
    m, v = _moments(state, g, beta1, beta2)
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    step = beta1 * m + (1 - beta1) * g if nesterov else m
    if not amsgrad:
        return w - rate * step / (xp.sqrt(v) + epsilon), (m, v)
    top = xp.maximum(state[2], v)
    return w - rate * step / (xp.sqrt(top) + epsilon), (m, v, top)


@rule(
    "adamw", states=("mean", "var"), decays=("own",), beta1=0.9, beta2=0.999, epsilon=1e-6, bias_correction=False
)
def adamw(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon, bias_correction):
    """``w = w - lr * (m / (sqrt(v) + epsilon) + wd * w)``: the decay does not pass through the moments.

    Loshchilov and Hutter 2019.  MindSpore AdamWeightDecay corrects no bias; with ``bias_correction`` the step is
    PyTorch's AdamW.
    """
    m, v = _moments(state, g, beta1, beta2)
    m_hat, v_hat = (m / (1 - beta1**t), v / (1 - beta2**t)) if bias_correction else (m, v)
    return w - lr * (m_hat / (xp.sqrt(v_hat) + epsilon) + wd * w), (m, v)


@rule("scaled_adamw", states=("mean", "var"), decays=("own",), beta1=0.9, beta2=0.999, epsilon=1e-8, eta=1.0)
def scaled_adamw(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon, eta):
    """``w = w - eta * (lr * m / (sqrt(v) + epsilon) + wd * w)``: the schedule eta scales the decay, lr does not.

    Loshchilov and Hutter 2019, algorithm 2; mxnet's contrib.adamw_update.
    """
    m, v = _moments(state, g, beta1, beta2)
    return w - eta * (lr * m / (xp.sqrt(v) + epsilon) + wd * w), (m, v)


@rule("adamax", states=("mean", "max"), decays=_BOTH, beta1=0.9, beta2=0.999, epsilon=0.0)
def adamax(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon):
    """``m`` as in Adam, ``u = max(beta2 * u, |g|)``;  ``w = w - lr / (1 - beta1**t) * m / (u + epsilon)``.

    With epsilon 0 (mxnet) an entry whose gradient has always been zero gives 0 / 0 there; here it stays.
    """
    m = beta1 * state[0] + (1 - beta1) * g
    u = xp.maximum(beta2 * state[1], xp.abs(g))
    denominator = u + epsilon
    return w - lr / (1 - beta1**t) * m / xp.where(denominator == 0, xp.ones_like(u), denominator), (m, u)


@rule(
    "nadam",
    states=("mean", "var", "schedule"),
    initial={"schedule": lambda xp, w, hyper: xp.ones((), dtype=w.dtype)},
    decays=_BOTH,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
    schedule_decay=0.004,
)
def nadam(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon, schedule_decay):
    """Adam with Nesterov momentum, ``beta1`` growing by the schedule ``beta1 * (1 - 0.5 * 0.96**(t * decay))``.

    Dozat 2016; mxnet Nadam.  mxnet 1.9.1 keeps one product of the schedule for all weights and multiplies it once for
    each of them; here each weight has its own, so a weight's path does not depend on the others.
    """
    mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (s * schedule_decay)) for s in (t, t + 1))
    m, v = _moments(state, g, beta1, beta2)
    product = state[2] * mu
    g_hat = g / (1 - product)
    m_hat = m / (1 - product * mu_next)
    step = (1 - mu) * g_hat + mu_next * m_hat
    return w - lr * step / (xp.sqrt(v / (1 - beta2**t)) + epsilon), (m, v, product)


@rule("ftml", states=("d", "var", "z"), decays=_BOTH, beta1=0.6, beta2=0.999, epsilon=1e-8)
def ftml(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon):
    """Follow the moving leader: ``d_t = (1 - beta1**t) / lr * (sqrt(v / (1 - beta2**t)) + epsilon)``;
    ``z = beta1 * z + (1 - beta1) * g - (d_t - beta1 * d) * w;  w = -z / d_t``.  Zheng and Kwok 2017; mxnet FTML.
    """
    d, v, z = state
    v = beta2 * v + (1 - beta2) * g * g
    d_new = (1 - beta1**t) / lr * (xp.sqrt(v / (1 - beta2**t)) + epsilon)
    z = beta1 * z + (1 - beta1) * g - (d_new - beta1 * d) * w
    return -z / d_new, (d_new, v, z)


_LAMB = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-6, "bias_correction": True}


@rule("lamb_direction", states=("mean", "var"), decays=("own",), **_LAMB)
def lamb_direction(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon, bias_correction):
    """``r = m_hat / (sqrt(v_hat) + epsilon) + wd * w``, the first phase of LAMB, in the place of the new weight."""
    m, v = _moments(state, g, beta1, beta2)
    m_hat, v_hat = (m / (1 - beta1**t), v / (1 - beta2**t)) if bias_correction else (m, v)
    return m_hat / (xp.sqrt(v_hat) + epsilon) + wd * w, (m, v)


def lamb_step(xp, w, r, lr, w_norm, r_norm, lower_bound, upper_bound):
    """``w - lr * |w| / |r| * r``, the second phase of LAMB; the bounds, or None, clip ``|w|``."""
    if lower_bound is not None:
        w_norm = xp.maximum(w_norm, xp.asarray(lower_bound, dtype=w.dtype))
    if upper_bound is not None:
        w_norm = xp.minimum(w_norm, xp.asarray(upper_bound, dtype=w.dtype))
    return w - lr * trust_ratio(xp, w_norm, r_norm, 1.0, r_norm) * r


@rule(
    "group_adagrad", states=("history",), decays=("own",), epsilon=1e-5,
    initial={"history": lambda xp, w, hyper: xp.zeros((w.shape[0], *(1,) * (len(w.shape) - 1)), dtype=w.dtype)},
)
def group_adagrad(xp, w, g, state, lr, wd, t, *, epsilon):
    """``h = h + mean(g**2)`` over all axes but the first;  ``w = w - lr * g / sqrt(h + epsilon)``: a rate per row.

    mxnet's contrib.group_adagrad_update; no weight decay.
    """
    history = state[0] + xp.mean(g * g, axis=tuple(range(1, len(g.shape))), keepdims=True)
    return w - lr * g / xp.sqrt(history + epsilon), (history,)


@rule(
    "lamb",
    states=("mean", "var"),
    decays=("own",),
    lower_bound=None,
    upper_bound=None,
    **_LAMB,
)
def lamb(xp, w, g, state, lr, wd, t, *, beta1, beta2, epsilon, lower_bound, upper_bound, bias_correction):
    """``r = m_hat / (sqrt(v_hat) + epsilon) + wd * w;  w = w - lr * |w| / |r| * r`` (ratio 1 where a norm is zero).

    You et al. 2020; mxnet LAMB and MindSpore Lamb.  The bounds clip ``|w|``.
    """
    r, state = lamb_direction.fn(xp, w, g, state, lr, wd, t, beta1=beta1, beta2=beta2, epsilon=epsilon,
                                 bias_correction=bias_correction)
    return lamb_step(xp, w, r, lr, _norm(xp, w), _norm(xp, r), lower_bound, upper_bound), state


def _rmsprop_states(hyper):
    names = ["mean_square"]
    if hyper["centered"]:
        names.append("mean_grad")
    if hyper["momentum"] != 0:
        names.append("mom")
    return tuple(names)


@rule(
    "rmsprop",
    states=_rmsprop_states,
    initial={"mean_square": filled("initial_accumulator")},
    decays=_BOTH,
    decay_rate=0.9,
    momentum=0.0,
    epsilon=1e-8,
    centered=False,
    clip_weights=None,
    initial_accumulator=0.0,
    descending=False,
)
def rmsprop(xp, w, g, state, lr, wd, t, *, decay_rate, momentum, epsilon, centered, clip_weights, initial_accumulator,
            descending):
    """``n = rho * n + (1 - rho) * g**2;  w = w - lr * g / sqrt(n + epsilon)``.

    ``centered`` subtracts the square of the mean gradient from ``n`` under the root (Graves 2013); ``momentum``
    accumulates the steps.  mxnet RMSProp has momentum (its ``gamma2``) only when centered; MindSpore RMSProp starts
    ``n`` at ``initial_accumulator`` = 1.  mxnet's momentum is what is added to the weight (``descending``), MindSpore's
    what is subtracted.
    """
    state = dict(zip(_rmsprop_states({"centered": centered, "momentum": momentum}), state))
    n = decay_rate * state["mean_square"] + (1 - decay_rate) * g * g
    state["mean_square"] = n
    if centered:
        state["mean_grad"] = decay_rate * state["mean_grad"] + (1 - decay_rate) * g
        n = n - state["mean_grad"] ** 2
    step = lr * g / xp.sqrt(n + epsilon)
    if momentum != 0:
        sign = -1 if descending else 1
        state["mom"] = momentum * state["mom"] + sign * step
        step = sign * state["mom"]
    w = w - step
    if clip_weights is not None and clip_weights > 0:
        w = xp.clip(w, -clip_weights, clip_weights)
    return w, tuple(state.values())


@rule(
    "adagrad",
    states=("accum",),
    initial={"accum": filled("initial_accumulator")},
    decays=("own", "after_clip"),
    epsilon=1e-7,
    initial_accumulator=0.0,
)
def adagrad(xp, w, g, state, lr, wd, t, *, epsilon, initial_accumulator):
    """``accum = accum + g**2;  w = w - lr * (g / sqrt(accum + epsilon) + wd * w)``.

    Duchi et al. 2011.  mxnet AdaGrad keeps the decay out of the sum; MindSpore Adagrad puts it into ``g``, has no
    epsilon and starts at ``initial_accumulator`` = 0.1.
    """
    accum = state[0] + g * g
    return w - lr * (g / xp.sqrt(accum + epsilon) + wd * w), (accum,)


@rule("adadelta", states=("accum", "accum_update"), decays=("own", "after_clip"), rho=0.9, epsilon=1e-5, use_lr=False)
def adadelta(xp, w, g, state, lr, wd, t, *, rho, epsilon, use_lr):
    """``step = sqrt(accum_update + epsilon) / sqrt(accum + epsilon) * g``, both running means of squares.

    Zeiler 2012.  mxnet AdaDelta knows no learning rate: ``w = w - step - wd * w``; MindSpore Adadelta (``use_lr``)
    multiplies the step by it.
    """
    accum = rho * state[0] + (1 - rho) * g * g
    step = xp.sqrt(state[1] + epsilon) / xp.sqrt(accum + epsilon) * g
    accum_update = rho * state[1] + (1 - rho) * step * step
    return w - (lr * step if use_lr else step) - wd * w, (accum, accum_update)
