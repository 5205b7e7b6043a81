"""AdaFactor: a second moment kept as row and column means."""

from __future__ import annotations

from luojia._src.train.rule import rule


def _states(hyper):
    return ("mean", "row", "col", "var") if hyper["beta1"] else ("row", "col", "var")


def _rms(xp, a):
    return xp.sqrt(xp.mean(a * a))


def _factored(w):
    return w.ndim >= 2


@rule(
    "adafactor",
    states=_states,
    initial={
        "row": lambda xp, w, hyper: xp.zeros(w.shape[:-1] if _factored(w) else (1,), dtype=w.dtype),
        "col": lambda xp, w, hyper: xp.zeros(w.shape[:-2] + w.shape[-1:] if _factored(w) else (1,), dtype=w.dtype),
        "var": lambda xp, w, hyper: xp.zeros((1,) if _factored(w) else w.shape, dtype=w.dtype),
    },
    decays=("own",),
    beta1=0.9,
    eps1=1e-30,
    eps2=1e-3,
    clip_threshold=1.0,
    decay_rate=0.8,
    scale_parameter=True,
    relative_step=True,
    warmup_init=False,
)
def adafactor(
    xp, w, g, state, lr, wd, t, *, beta1, eps1, eps2, clip_threshold, decay_rate, scale_parameter, relative_step,
    warmup_init,
):  # fmt: skip
    """Adam with a second moment factored into row and column means, and steps clipped by their root mean square.

    ``v = b * v + (1 - b) * (g**2 + eps1)`` with ``b = 1 - t**(-decay_rate)``;  ``u = g / sqrt(v)``;
    ``u = u / max(1, rms(u) / clip_threshold)``;  ``w = w - rate * u - wd * rate * w``.  With ``relative_step`` the rate
    is ``min(1e-2, 1 / sqrt(t))`` (``1e-6 * t`` for 1e-2 with ``warmup_init``), with ``scale_parameter`` times
    ``max(eps2, rms(w))``.  Arrays of fewer than two axes are not factored.  Shazeer and Stern 2018;
    MindSpore AdaFactor.
    """
    *mean, row, col, var = state
    one = xp.ones((), dtype=w.dtype)
    rate = lr
    if relative_step:
        rate = xp.minimum((1e-6 * t if warmup_init else 1e-2) * one, one / t**0.5)
    if scale_parameter:
        rate = rate * xp.maximum(eps2 * one, _rms(xp, w))
    b = 1 - t ** (-decay_rate)
    square = g * g + eps1
    if _factored(w):
        row = b * row + (1 - b) * xp.mean(square, axis=-1)
        col = b * col + (1 - b) * xp.mean(square, axis=-2)
        scale = row / xp.mean(row, axis=-1, keepdims=True)
        u = g / xp.sqrt(scale[..., None] * col[..., None, :])
    else:
        var = b * var + (1 - b) * square
        u = g / xp.sqrt(var)
    u = rate * (u / xp.maximum(one, _rms(xp, u) / clip_threshold))
    if mean:
        mean = [beta1 * mean[0] + (1 - beta1) * u]
        u = mean[0]
    return w - u - wd * rate * w, (*mean, row, col, var)
