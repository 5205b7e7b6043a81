"""Expected numbers are those of mxnet 1.9.1 and mindspore 2.8.0."""

import numpy as np
import pytest

from luojia._src.errors import ArgumentError
from luojia._src.train import schedules as s


def values(fn, n=10):
    return [fn(i) for i in range(n)]


def test_poly_and_cosine_with_and_without_warmup():
    poly = values(lambda n: s.poly(n, 0.01, 6, 2, 0.1))
    np.testing.assert_allclose(poly, [0.01, 0.0375, 0.06, 0.0775, 0.09, 0.0975, 0.1, 0.1, 0.1, 0.1])
    warm = values(lambda n: s.warmup(n, 0.01, 2) if n < 2 else s.poly(n, 0.01, 6, warmup_steps=2))
    np.testing.assert_allclose(warm, [0, 0.005, 0.01, 0.005625, 0.0025, 0.000625, 0, 0, 0, 0], atol=1e-15)
    cosine = values(lambda n: s.cosine(n, 0.01, 6, 0.1))
    np.testing.assert_allclose(
        cosine, [0.01, 0.0160288568, 0.0325, 0.055, 0.0775, 0.0939711432, 0.1, 0.1, 0.1, 0.1], rtol=1e-8
    )
    warm = values(lambda n: s.warmup(n, 1.0, 2, 0.2) if n < 2 else s.cosine(n, 1.0, 6, 0.1, 2))
    np.testing.assert_allclose(
        warm, [0.2, 0.6, 1, 0.868198052, 0.55, 0.231801948, 0.1, 0.1, 0.1, 0.1], rtol=1e-8
    )


def test_warmup_modes():
    np.testing.assert_allclose(values(lambda n: s.warmup(n, 1.0, 3, 0.1), 3), [0.1, 0.4, 0.7])
    assert values(lambda n: s.warmup(n, 1.0, 3, 0.1, "constant"), 3) == [0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: s.poly(0, 1.0, 0), "poly expects an integer max_update.*strictly positive"),
        (lambda: s.cosine(0, 1.0, 2.5), "cosine expects an integer max_update"),
        (lambda: s.warmup(0, 0.1, 2, 0.5), "Base lr has to be higher than warmup_begin_lr"),
        (lambda: s.warmup(0, 1.0, -1), "integer warmup_steps of 0 or more, got -1"),
        (lambda: s.warmup(0, 1.0, 1, mode="z"), "'linear' or 'constant', got 'z'"),
    ],
)
def test_errors(call, match):
    with pytest.raises(ArgumentError, match=match):
        call()


STEPS = [0, 2, 3, 5, 9]
FORMULAS = [
    (lambda t, **k: s.cosine_decay(t, 0.01, 0.1, 4, **k), [0.1, 0.055, 0.023180190, 0.01, 0.01]),
    (lambda t, **k: s.exponential_decay(t, 0.1, 0.9, 4), [0.1, 0.09486832, 0.0924021, 0.087660335, 0.07889430]),
    (lambda t, **k: s.exponential_decay(t, 0.1, 0.9, 4, True), [0.1, 0.1, 0.1, 0.09, 0.081]),
    (lambda t, **k: s.inverse_decay(t, 0.1, 0.9, 4), [0.1, 0.068965517, 0.0597014949, 0.0470588244, 0.0330578536]),
    (lambda t, **k: s.inverse_decay(t, 0.1, 0.9, 4, True), [0.1, 0.1, 0.1, 0.0526315793, 0.0357142873]),
    (lambda t, **k: s.natural_exp_decay(t, 0.1, 0.9, 4, **k), [0.1, 0.01652989, 0.00672055, 0.0011108998, 3.035394e-5]),
    (lambda t, **k: s.natural_exp_decay(t, 0.1, 0.9, 4, True, **k), [0.1, 0.1, 0.1, 0.0027323728, 7.4658616e-5]),
    (lambda t, **k: s.polynomial_decay(t, 0.1, 0.01, 4, 0.5, **k), [0.1, 0.073639609, 0.055, 0.01, 0.01]),
    (lambda t, **k: s.polynomial_decay(t, 0.1, 0.01, 4, 0.5, True, **k), [0.1, 0.073639609, 0.055, 0.065113522, 0.055]),
    (lambda t, **k: s.warm_up(t, 0.2, 4, **k), [0, 0.1, 0.15, 0.2, 0.2]),
]


@pytest.mark.parametrize("formula, expected", FORMULAS)
def test_mindspore_formulas_on_numbers_and_on_arrays(formula, expected):
    np.testing.assert_allclose([formula(t) for t in STEPS], expected, rtol=2e-6)
    np.testing.assert_allclose(formula(np.array(STEPS), xp=np), expected, rtol=2e-6)
