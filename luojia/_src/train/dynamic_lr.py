"""MindSpore's ``nn.dynamic_lr``: learning rates as lists with one entry per step.

They change once per epoch: ``epoch = step // step_per_epoch``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from luojia._src.core.arguments import takes
from luojia._src.errors import ArgumentError, DTypeError
from luojia._src.train.schedules import (
    cosine_decay,
    exponential_decay,
    inverse_decay,
    natural_exp_decay,
    polynomial_decay,
    warm_up,
)


def _positive_float(name, value):
    if not isinstance(value, float) or value <= 0:
        raise (ArgumentError if isinstance(value, float) else DTypeError)(
            f"The '{name}' must be float and must > 0, but got '{value}' with type '{type(value).__name__}'."
        )


def _positive_int(name, value):
    if isinstance(value, bool) or not isinstance(value, int):
        raise DTypeError(f"The '{name}' must be int, but got '{type(value).__name__}'.")
    if value <= 0:
        raise ArgumentError(f"The '{name}' must be int and must > 0, but got '{value}' with type 'int'.")


def _check(rates, **integers):
    for name, value in integers.items():
        _positive_int(name, value)
    for name, value in rates.items():
        _positive_float(name, value)


def piecewise_constant_lr(milestone: Sequence[int], learning_rates: Sequence[float]) -> list[float]:
    """``learning_rates[i]`` for the steps from ``milestone[i - 1]`` up to ``milestone[i]``.

    >>> piecewise_constant_lr([2, 5], [0.1, 0.05])
    [0.1, 0.1, 0.05, 0.05, 0.05]
    """
    for name, value in (("milestone", milestone), ("learning_rates", learning_rates)):
        if not isinstance(value, (list, tuple)):
            raise DTypeError(
                f"For 'piecewise_constant_lr', '{name}' must be a list or tuple, got {type(value).__name__}."
            )
    if len(milestone) != len(learning_rates):
        raise ArgumentError(
            "For 'piecewise_constant_lr', the size of 'milestone' must be same with the size of 'learning_rates', "
            f"but got 'milestone' size: {len(milestone)}, 'learning_rates' size: {len(learning_rates)}."
        )
    rates: list[float] = []
    for i, (end, rate) in enumerate(zip(milestone, learning_rates)):
        _positive_int(f"milestone[{i}]", end)
        if not isinstance(rate, float):
            raise DTypeError(f"The 'learning_rates[{i}]' must be float, but got '{type(rate).__name__}'.")
        if end <= len(rates):
            raise ArgumentError(
                f"For 'piecewise_constant_lr', the value of milestone[{i}] must be greater than milestone[{i - 1}], "
                f"but got milestone[{i}]: {end}, milestone[{i - 1}]: {len(rates)}."
            )
        rates += [rate] * (end - len(rates))
    return rates


def _per_epoch(total_step: int, step_per_epoch: int, rate: Callable[[int], float]) -> list[float]:
    return [rate(step // step_per_epoch) for step in range(total_step)]


def _decayed(rule: Callable, learning_rate: float, decay_rate: float, total_step: int, step_per_epoch: int,
             decay_epoch: int, is_stair: bool) -> list[float]:
    _check({"learning_rate": learning_rate, "decay_rate": decay_rate}, total_step=total_step,
           step_per_epoch=step_per_epoch, decay_epoch=decay_epoch)
    return _per_epoch(total_step, step_per_epoch, lambda e: rule(e, learning_rate, decay_rate, decay_epoch, is_stair))


@takes("is_stair: bool")
def exponential_decay_lr(
    learning_rate: float, decay_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int,
    is_stair: bool = False,
) -> list[float]:  # fmt: skip
    """``learning_rate * decay_rate**(epoch / decay_epoch)`` per step; ``is_stair`` rounds the exponent down.

    >>> [round(r, 6) for r in exponential_decay_lr(0.1, 0.9, 4, 2, 1)]
    [0.1, 0.1, 0.09, 0.09]
    """
    return _decayed(exponential_decay, learning_rate, decay_rate, total_step, step_per_epoch, decay_epoch, is_stair)


@takes("is_stair: bool")
def natural_exp_decay_lr(
    learning_rate: float, decay_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int,
    is_stair: bool = False,
) -> list[float]:  # fmt: skip
    """``learning_rate * exp(-decay_rate * epoch)``; with ``is_stair`` the epoch moves by ``decay_epoch`` at a time.

    >>> [round(r, 6) for r in natural_exp_decay_lr(0.1, 0.9, 4, 2, 2)]
    [0.1, 0.1, 0.040657, 0.040657]
    """
    return _decayed(natural_exp_decay, learning_rate, decay_rate, total_step, step_per_epoch, decay_epoch, is_stair)


@takes("is_stair: bool")
def inverse_decay_lr(
    learning_rate: float, decay_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int,
    is_stair: bool = False,
) -> list[float]:  # fmt: skip
    """``learning_rate / (1 + decay_rate * epoch / decay_epoch)``; ``is_stair`` rounds the quotient down.

    >>> [round(r, 6) for r in inverse_decay_lr(0.1, 0.5, 4, 2, 1)]
    [0.1, 0.1, 0.066667, 0.066667]
    """
    return _decayed(inverse_decay, learning_rate, decay_rate, total_step, step_per_epoch, decay_epoch, is_stair)


def cosine_decay_lr(
    min_lr: float, max_lr: float, total_step: int, step_per_epoch: int, decay_epoch: int
) -> list[float]:
    """``min_lr + (max_lr - min_lr) * (1 + cos(pi * min(epoch, decay_epoch) / decay_epoch)) / 2`` per step.

    >>> [round(r, 6) for r in cosine_decay_lr(0.01, 0.1, 6, 2, 2)]
    [0.1, 0.1, 0.055, 0.055, 0.01, 0.01]
    """
    _check({"max_lr": max_lr}, total_step=total_step, step_per_epoch=step_per_epoch, decay_epoch=decay_epoch)
    _check_min_max("cosine_decay_lr", min_lr, max_lr)
    return _per_epoch(total_step, step_per_epoch, lambda e: cosine_decay(e, min_lr, max_lr, decay_epoch))


@takes("update_decay_epoch: bool")
def polynomial_decay_lr(
    learning_rate: float, end_learning_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int,
    power: float, update_decay_epoch: bool = False,
) -> list[float]:  # fmt: skip
    """``end + (learning_rate - end) * (1 - min(epoch, decay_epoch) / decay_epoch)**power`` per step.

    With ``update_decay_epoch`` the decay starts anew each time it is done: ``decay_epoch * ceil(epoch / decay_epoch)``
    stands for ``decay_epoch``.

    >>> [round(r, 6) for r in polynomial_decay_lr(0.1, 0.01, 6, 2, 2, 1.0)]
    [0.1, 0.1, 0.055, 0.055, 0.01, 0.01]
    """
    _check({"learning_rate": learning_rate, "power": power}, total_step=total_step,
           step_per_epoch=step_per_epoch, decay_epoch=decay_epoch)  # fmt: skip
    _check_end(end_learning_rate)
    return _per_epoch(
        total_step,
        step_per_epoch,
        lambda e: polynomial_decay(e, learning_rate, end_learning_rate, decay_epoch, power, update_decay_epoch),
    )


def warmup_lr(learning_rate: float, total_step: int, step_per_epoch: int, warmup_epoch: int) -> list[float]:
    """``learning_rate * min(epoch, warmup_epoch) / warmup_epoch`` per step.

    >>> warmup_lr(0.1, 6, 2, 2)
    [0.0, 0.0, 0.05, 0.05, 0.1, 0.1]
    """
    if not isinstance(learning_rate, float):
        raise DTypeError(
            "For 'warmup_lr', the argument 'learning_rate' must be type of float, but got 'learning_rate' type: "
            f"{type(learning_rate)}."
        )
    _check({"learning_rate": learning_rate}, total_step=total_step, step_per_epoch=step_per_epoch,
           warmup_epoch=warmup_epoch)  # fmt: skip
    return _per_epoch(total_step, step_per_epoch, lambda e: warm_up(e, learning_rate, warmup_epoch))


def _check_min_max(name, min_lr, max_lr):
    if not isinstance(min_lr, float) or min_lr < 0:
        raise (ArgumentError if isinstance(min_lr, float) else DTypeError)(
            f"For '{name}', the 'min_lr' must be float and must >= 0, got {min_lr!r}."
        )
    if min_lr >= max_lr:
        raise ArgumentError(
            f"For '{name}', the 'max_lr' must be greater than the 'min_lr', "
            f"but got 'max_lr' value: {max_lr}, 'min_lr' value: {min_lr}."
        )


def _check_end(end):
    if not isinstance(end, float) or end < 0:
        raise (ArgumentError if isinstance(end, float) else DTypeError)(
            f"The 'end_learning_rate' must be float and must >= 0, got {end!r}."
        )
