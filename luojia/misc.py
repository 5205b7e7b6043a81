"""MXNet's oldest learning-rate schedules; those of today are in ``lr_scheduler``."""

from __future__ import annotations

from ._src.paths import public_names

__all__ = ["FactorScheduler", "LearningRateScheduler"]
__dir__ = public_names(__name__)


class LearningRateScheduler:
    """A learning rate by the number of updates: ``base_lr``, 0.01."""

    def __init__(self) -> None:
        self.base_lr = 0.01

    def __call__(self, iteration: int) -> float:
        raise NotImplementedError("LearningRateScheduler: write __call__(iteration) in a class of your own, or take "
                                  "FactorScheduler.")


class FactorScheduler(LearningRateScheduler):
    """``base_lr factor^floor(iteration / step)``.

    Raises:
        ValueError: a step below 1, or a factor that is not below 1.

    >>> schedule = FactorScheduler(10, 0.5)
    >>> [schedule(n) for n in (0, 9, 10, 20)]
    [0.01, 0.01, 0.005, 0.0025]
    """

    def __init__(self, step: int, factor: float = 0.1) -> None:
        super().__init__()
        if step < 1:
            raise ValueError(f"FactorScheduler: the step must be at least 1, got {step}.")
        if factor >= 1.0:
            raise ValueError(f"FactorScheduler: the factor must be less than 1, got {factor}.")
        self.step, self.factor = step, factor

    def __call__(self, iteration: int) -> float:
        return self.base_lr * self.factor ** (iteration // self.step)
