"""The likelihood of events in time."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ShapeError


@op(fn=(), mx="_contrib_hawkesll(lda:rate, alpha, beta, state, lags, marks, valid_length, max_time)", outputs=2)
def hawkes_likelihood(xp, rate, alpha, beta, state, lags, marks, valid_length, max_time):
    """The log likelihood (N,) of sequences of events under a process that excites itself, and its last state (N, K).

    Events of each of K kinds come at the rate mu_k(t) = rate_k + alpha_k beta_k sum over events i of kind k before t
    of exp(-beta_k (t - t_i)). The log likelihood is the sum of log mu at the events less the integral of mu to
    ``max_time``.

    Args:
        rate: (N, K) of the background. alpha, beta: (K,) of the branching and of the decay.
        state: (N, K): the sums of exponentials at time 0. It is given back at ``max_time``.
        lags, marks: (N, T) of the times between events, and of their kinds, integers. valid_length: (N,) of how many
            of them there are. max_time: (N,).

    There is no gradient by ``state``. Source: Hawkes 1971; MXNet's ``contrib.hawkesll``.
    """
    count, kinds = rate.shape if len(rate.shape) == 2 else (0, 0)
    for name, array, shape in (("lda", rate, (count, kinds)), ("alpha", alpha, (kinds,)), ("beta", beta, (kinds,)),
                               ("state", state, (count, kinds)), ("lags", lags, (count, lags.shape[-1])),
                               ("marks", marks, tuple(lags.shape)), ("valid_length", valid_length, (count,)),
                               ("max_time", max_time, (count,))):
        if tuple(array.shape) != shape:
            raise ShapeError(f"hawkesll expects lda (N, K) and {name} of shape {shape}, got {tuple(array.shape)}.")
    state = xp.stop_gradient(state)
    lags = xp.stop_gradient(lags)
    now = xp.zeros((count, 1), rate.dtype)
    last = xp.zeros((count, kinds), rate.dtype)
    total = xp.zeros((count,), rate.dtype)
    for j in range(lags.shape[1]):
        valid = (j < valid_length)[:, None]
        now = now + xp.where(valid, lags[:, j : j + 1], 0 * now)
        here = (marks[:, j : j + 1] == np.arange(kinds)) & valid  # (N, K): the event's kind
        since = now - last
        faded = xp.exp(-beta * since)
        excited = rate + alpha * beta * state * faded
        passed = rate * since + alpha * state * (1 - faded)
        gain = xp.where(here, xp.log(xp.where(here, excited, 1 + 0 * excited)) - passed, 0 * passed)
        total = total + xp.sum(gain, axis=1)
        state = xp.where(here, 1 + state * faded, state)
        last = xp.where(here, now + 0 * last, last)
    since = max_time[:, None] - last
    faded = xp.exp(-beta * since)
    total = total - xp.sum(rate * since + alpha * state * (1 - faded), axis=1)
    return total, state * faded
