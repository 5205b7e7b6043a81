"""The likelihood of events: numbers of mxnet 1.9.1, and the formula event by event."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from tests.check import check_op

GIVEN = ([[1.5] * 3, [1.0, 2, 3]], [0.2, 0.3, 0.4], [1.0, 2, 3], [[0.1, 0.2, 0.3], [1, 1, 0.5]],
         [[0.5, 1, 1.5, 2], [1, 1, 2, 0.5]], [[0, 1, 2, 1], [2, 2, 0, 1]], [4, 3], [8.0, 9])


def likelihood(rate, alpha, beta, state, lags, marks, valid, until):
    totals = []
    for n in range(len(rate)):
        times = np.cumsum(lags[n][: int(valid[n])])
        events = list(zip(times, marks[n]))

        def excess(k, t, events=events, n=n):
            earlier = [np.exp(-beta[k] * (t - s)) for s, m in events if m == k and s < t]
            return alpha[k] * beta[k] * (state[n][k] * np.exp(-beta[k] * t) + sum(earlier))

        total = sum(np.log(rate[n][k] + excess(k, t)) for t, k in events)
        for k in range(len(alpha)):
            total -= rate[n][k] * until[n] + alpha[k] * state[n][k] * (1 - np.exp(-beta[k] * until[n]))
            total -= sum(alpha[k] * (1 - np.exp(-beta[k] * (until[n] - s))) for s, m in events if m == k)
        totals.append(total)
    return np.array(totals)


def test_likelihood():
    given = [nd.array(a) for a in GIVEN]
    for a in given[:4]:
        a.attach_grad()
    with autograd.record():
        total, state = nd.contrib.hawkesll(*given)
    total.backward()
    np.testing.assert_allclose(total.asnumpy(), [-35.7648, -53.4676], rtol=1e-5)
    np.testing.assert_allclose(total.asnumpy(), likelihood(*map(np.asarray, GIVEN)), rtol=1e-5)
    np.testing.assert_allclose(state.asnumpy(), [[0.0006, 0.0025, 0], [0.0069, 0, 0]], atol=1e-4)
    wanted = [[[-7.3387, -6.6696, -7.3334], [-8.0036, -9, -8.3433]], [-3.0342, -3.1832, -3.7253],
              [-0.0148, -0.0073, -0.0205], np.zeros((2, 3))]
    for a, g in zip(given, wanted):
        np.testing.assert_allclose(a.grad.asnumpy(), g, atol=2e-4)


def test_operator():
    rate, alpha, beta, state, lags, marks, valid, until = map(np.asarray, GIVEN)
    check_op("hawkes_likelihood", rate, alpha, beta, state, lags, marks, valid, until, grad=(0, 1, 2), symbol="value",
             second=False, dtypes=("float32",), xla=("float32",))
    assert mx.sym.contrib.hawkesll(*map(mx.sym.var, "abcdefgh"), name="h").list_outputs() == ["h_output", "h_out_state"]


def test_shapes_that_do_not_fit():
    with pytest.raises(mx.MXNetError, match=r"hawkesll expects lda \(N, K\) and beta of shape \(3,\), got \(2,\)"):
        nd.contrib.hawkesll(*[nd.array(a) for a in GIVEN[:2]], nd.ones((2,)), *[nd.array(a) for a in GIVEN[3:]])
