"""Learning rates as networks of the step: ``schedule(global_step)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .._src.train import schedules
from .checks import check_bool, check_positive_int
from .module import Module


class _Step(int):
    """A step that an optimizer asks for."""


class LearningRateSchedule(Module):
    """The base class; a subclass computes the rate, a Tensor, from the number of updates done.

    >>> from luojia import nn, Tensor
    >>> class Half(nn.LearningRateSchedule):
    ...     def construct(self, global_step):
    ...         return 1.0 / (global_step + 1)
    >>> float(Half()(Tensor(1.0)))
    0.5
    """

    _luojia_compiles = False

    def construct(self, global_step: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must override construct(self, global_step) and return the "
                                  "learning rate.")

    def _number(self, step: int) -> Any:
        """The rate for the optimizers, which want a number: without Tensors, where the class is one of these."""
        if type(self).construct.__module__ == __name__:
            return self.construct(_Step(step))
        return self(Tensor(np.array([step], np.int32)))

    def _at(self, formula: Callable, global_step: Any, *args: Any) -> Any:
        if global_step.__class__ is _Step:
            return np.float32(formula(int(global_step), *args))
        if isinstance(global_step, Tensor) and global_step.ndim:
            rates = [float(formula(step, *args)) for step in global_step.asnumpy().ravel().tolist()]
            return Tensor(rates).reshape(global_step.shape)
        step = global_step.item() if isinstance(global_step, Tensor) else global_step
        return Tensor(float(formula(step, *args)))

    def _float(self, name: str, value: Any, zero: bool = False) -> float:
        if isinstance(value, bool) or not isinstance(value, float):
            raise DTypeError(f"For '{type(self).__name__}', the '{name}' must be float, but got "
                             f"{type(value).__name__}.")
        if value < 0 or (value == 0 and not zero):
            raise ArgumentError(f"For '{type(self).__name__}', the '{name}' must be float and must "
                                f"{'>=' if zero else '>'} 0, but got {value}.")
        return value


class _Decay(LearningRateSchedule):
    _formula: Callable

    def __init__(self, learning_rate: float, decay_rate: float, decay_steps: int, is_stair: bool = False) -> None:
        super().__init__()
        self.learning_rate = self._float("learning_rate", learning_rate)
        self.decay_rate = self._float("decay_rate", decay_rate)
        self.decay_steps = check_positive_int(type(self).__name__, "decay_steps", decay_steps)
        self.is_stair = check_bool(type(self).__name__, "is_stair", is_stair)

    def construct(self, global_step: Any) -> Tensor:
        return self._at(type(self)._formula, global_step, self.learning_rate, self.decay_rate, self.decay_steps,
                        self.is_stair)


class ExponentialDecayLR(_Decay):
    """learning_rate decay_rate^(step / decay_steps), the quotient rounded down if ``is_stair``.

    >>> from luojia import nn
    >>> float(nn.ExponentialDecayLR(0.5, 0.5, 2)(4))
    0.125
    """

    _formula = staticmethod(schedules.exponential_decay)


class NaturalExpDecayLR(_Decay):
    """learning_rate e^(-decay_rate step), the step rounded down to decay_steps if ``is_stair``.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.NaturalExpDecayLR(0.1, 0.9, 4)(Tensor(1))), 4)
    0.0407
    """

    _formula = staticmethod(schedules.natural_exp_decay)


class InverseDecayLR(_Decay):
    """learning_rate / (1 + decay_rate step / decay_steps), the quotient rounded down if ``is_stair``.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.InverseDecayLR(0.1, 1.0, 4, is_stair=True)(Tensor(4))), 4)
    0.05
    """

    _formula = staticmethod(schedules.inverse_decay)


class CosineDecayLR(LearningRateSchedule):
    """From max_lr to min_lr along half a cosine over decay_steps.

    >>> from luojia import nn, Tensor
    >>> float(nn.CosineDecayLR(0.0, 1.0, 4)(Tensor(2)))
    0.5
    """

    def __init__(self, min_lr: float, max_lr: float, decay_steps: int) -> None:
        super().__init__()
        self.min_lr = self._float("min_lr", min_lr, zero=True)
        self.max_lr = self._float("max_lr", max_lr)
        self.decay_steps = check_positive_int("CosineDecayLR", "decay_steps", decay_steps)
        if min_lr >= max_lr:
            raise ArgumentError(f"For 'CosineDecayLR', the 'max_lr' should be greater than the 'min_lr', but got "
                                f"'max_lr': {max_lr}, 'min_lr': {min_lr}.")

    def construct(self, global_step: Any) -> Tensor:
        return self._at(schedules.cosine_decay, global_step, self.min_lr, self.max_lr, self.decay_steps)


class PolynomialDecayLR(LearningRateSchedule):
    """From learning_rate to end_learning_rate along (1 - step / decay_steps)^power.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.PolynomialDecayLR(0.1, 0.01, 4, 1.0)(Tensor(2))), 4)
    0.055
    """

    def __init__(self, learning_rate: float, end_learning_rate: float, decay_steps: int, power: float,
                 update_decay_steps: bool = False) -> None:
        super().__init__()
        self.learning_rate = self._float("learning_rate", learning_rate)
        self.end_learning_rate = self._float("end_learning_rate", end_learning_rate, zero=True)
        self.decay_steps = check_positive_int("PolynomialDecayLR", "decay_steps", decay_steps)
        self.power = self._float("power", power)
        self.update_decay_steps = check_bool("PolynomialDecayLR", "update_decay_steps", update_decay_steps)

    def construct(self, global_step: Any) -> Tensor:
        return self._at(schedules.polynomial_decay, global_step, self.learning_rate, self.end_learning_rate,
                        self.decay_steps, self.power, self.update_decay_steps)


class WarmUpLR(LearningRateSchedule):
    """learning_rate min(step, warmup_steps) / warmup_steps.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.WarmUpLR(0.1, 4)(Tensor(2))), 4)
    0.05
    """

    def __init__(self, learning_rate: float, warmup_steps: int) -> None:
        super().__init__()
        self.learning_rate = self._float("learning_rate", learning_rate, zero=True)
        self.warmup_steps = check_positive_int("WarmUpLR", "warmup_steps", warmup_steps)

    def construct(self, global_step: Any) -> Tensor:
        return self._at(schedules.warm_up, global_step, self.learning_rate, self.warmup_steps)


__all__ = ["CosineDecayLR", "ExponentialDecayLR", "InverseDecayLR", "LearningRateSchedule", "NaturalExpDecayLR",
           "PolynomialDecayLR", "WarmUpLR"]
