"""Expected numbers are those of mindspore 2.8.0."""

import numpy as np
import pytest

from luojia._src.errors import ArgumentError, DTypeError
from luojia._src.train import dynamic_lr as d

LISTS = [
    (d.piecewise_constant_lr([2, 5, 10], [0.1, 0.05, 0.01]), [0.1] * 2 + [0.05] * 3 + [0.01] * 5),
    (d.exponential_decay_lr(0.1, 0.9, 6, 2, 1), [0.1, 0.1, 0.09, 0.09, 0.081, 0.081]),
    (d.exponential_decay_lr(0.1, 0.9, 6, 2, 2, True), [0.1, 0.1, 0.1, 0.1, 0.09, 0.09]),
    (d.natural_exp_decay_lr(0.1, 0.9, 6, 2, 2), [0.1, 0.1, 0.040656966, 0.040656966, 0.0165298888, 0.0165298888]),
    (d.natural_exp_decay_lr(0.1, 0.9, 6, 2, 2, True), [0.1, 0.1, 0.1, 0.1, 0.0165298888, 0.0165298888]),
    (d.inverse_decay_lr(0.1, 0.5, 6, 2, 1, True), [0.1, 0.1, 0.0666666667, 0.0666666667, 0.05, 0.05]),
    (d.cosine_decay_lr(0.01, 0.1, 6, 2, 2), [0.1, 0.1, 0.055, 0.055, 0.01, 0.01]),
    (d.polynomial_decay_lr(0.1, 0.01, 6, 2, 2, 0.5), [0.1, 0.1, 0.0736396103, 0.0736396103, 0.01, 0.01]),
    (d.polynomial_decay_lr(0.1, 0.01, 6, 2, 1, 0.5, True), [0.1, 0.1, 0.01, 0.01, 0.01, 0.01]),
    (d.warmup_lr(0.1, 6, 2, 2), [0.0, 0.0, 0.05, 0.05, 0.1, 0.1]),
]


@pytest.mark.parametrize("given, expected", LISTS)
def test_lists(given, expected):
    assert isinstance(given, list)
    np.testing.assert_allclose(given, expected, rtol=1e-8)


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: d.piecewise_constant_lr([2, 1], [0.1, 0.2]), ArgumentError, r"milestone\[1\] must be greater than"),
        (lambda: d.piecewise_constant_lr([1], [0.1, 0.2]), ArgumentError, "must be same with the size"),
        (lambda: d.piecewise_constant_lr(1, [0.1]), DTypeError, "'milestone' must be a list or tuple, got int"),
        (lambda: d.piecewise_constant_lr([1], [1]), DTypeError, r"'learning_rates\[0\]' must be float, but got 'int'"),
        (lambda: d.exponential_decay_lr(-0.1, 0.9, 6, 2, 1), ArgumentError, "must > 0, but got '-0.1'"),
        (lambda: d.exponential_decay_lr(1, 0.9, 6, 2, 1), DTypeError, "'learning_rate' must be float"),
        (lambda: d.natural_exp_decay_lr(0.1, 0.9, 6, 2, 0), ArgumentError, "'decay_epoch' must be int and must > 0"),
        (lambda: d.inverse_decay_lr(0.1, 0.9, 6.0, 2, 1), DTypeError, "'total_step' must be int, but got 'float'"),
        (lambda: d.cosine_decay_lr(0.2, 0.1, 6, 2, 2), ArgumentError, "'max_lr' must be greater than the 'min_lr'"),
        (lambda: d.cosine_decay_lr(0, 0.1, 6, 2, 2), DTypeError, "'min_lr' must be float and must >= 0"),
        (lambda: d.polynomial_decay_lr(0.1, 0, 6, 2, 2, 1.0), DTypeError, "'end_learning_rate' must be float"),
        (lambda: d.polynomial_decay_lr(0.1, 0.01, 6, 2, 2, 1), DTypeError, "'power' must be float"),
        (lambda: d.warmup_lr(1, 6, 2, 2), DTypeError, "the argument 'learning_rate' must be type of float"),
    ],
)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()
