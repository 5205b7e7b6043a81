"""MXNet's learning-rate schedules: callables of the number of the update.

As in MXNet ``base_lr`` is the current rate, and a drop stays: called with an earlier number, a schedule of factors
gives the rate that it has come to.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ._src.paths import public_names
from ._src.train import schedules

__all__ = ["CosineScheduler", "FactorScheduler", "LRScheduler", "MultiFactorScheduler", "PolyScheduler"]
__dir__ = public_names(__name__)


class LRScheduler:
    """Base class: a subclass gives ``__call__(num_update)``.

    Args:
        base_lr: the rate that the schedule starts from; an optimizer given a ``learning_rate`` overrides it.
        warmup_steps: updates during which the rate rises from ``warmup_begin_lr`` to ``base_lr``.
        warmup_begin_lr: the rate at the first of them.
        warmup_mode: 'linear', or 'constant' to stay at ``warmup_begin_lr`` meanwhile.

    Raises:
        ValueError: a rate of warm-up above ``base_lr``, negative steps, another mode.

    >>> from luojia import lr_scheduler
    >>> class Halving(lr_scheduler.LRScheduler):
    ...     def __call__(self, num_update):
    ...         return self.base_lr / 2**num_update
    >>> Halving(base_lr=0.8)(2)
    0.2
    """

    def __init__(self, base_lr: float = 0.01, warmup_steps: int = 0, warmup_begin_lr: float = 0,
                 warmup_mode: str = "linear") -> None:
        if warmup_mode not in ("linear", "constant"):
            raise ValueError("Supports only linear and constant modes of warmup")
        schedules.check_warmup(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        self.base_lr = base_lr
        self.warmup_steps = warmup_steps
        self.warmup_begin_lr = warmup_begin_lr
        self.warmup_final_lr = base_lr
        self.warmup_mode = warmup_mode

    def get_warmup_lr(self, num_update: int) -> float:
        """The rate at an update during warm-up."""
        assert num_update < self.warmup_steps
        return schedules.warmup(
            num_update, self.warmup_final_lr, self.warmup_steps, self.warmup_begin_lr, self.warmup_mode
        )

    def __call__(self, num_update: int) -> float:
        raise NotImplementedError("must override this")


class FactorScheduler(LRScheduler):
    """``base_lr * factor**k``, one factor every ``step`` updates, never below ``stop_factor_lr``.

    As in mxnet the drop comes one update late.

    >>> schedule = FactorScheduler(2, 0.5, base_lr=1.0)
    >>> [schedule(n) for n in range(6)]
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, step: int, factor: float = 1, stop_factor_lr: float = 1e-8, base_lr: float = 0.01,
                 warmup_steps: int = 0, warmup_begin_lr: float = 0, warmup_mode: str = "linear") -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        if step < 1:
            raise ValueError("Schedule step must be greater or equal than 1 round")
        if factor > 1.0:
            raise ValueError("Factor must be no more than 1 to make lr reduce")
        self.step = step
        self.factor = factor
        self.stop_factor_lr = stop_factor_lr
        self.count = 0  # the update of the last drop

    def __call__(self, num_update: int) -> float:
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        while num_update > self.count + self.step:
            self.count += self.step
            self.base_lr *= self.factor
            if self.base_lr < self.stop_factor_lr:
                self.base_lr = self.stop_factor_lr
                logging.info("Update[%d]: now learning rate arrived at %0.5e, will not change in the future",
                             num_update, self.base_lr)
            else:
                logging.info("Update[%d]: Change learning rate to %0.5e", num_update, self.base_lr)
        return self.base_lr


class MultiFactorScheduler(LRScheduler):
    """``base_lr * factor**k`` with ``k`` the number of entries of ``step`` that the updates have passed.

    >>> schedule = MultiFactorScheduler([2, 5], 0.5, base_lr=1.0)
    >>> [schedule(n) for n in range(7)]
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]
    """

    def __init__(self, step: Sequence[int], factor: float = 1, base_lr: float = 0.01, warmup_steps: int = 0,
                 warmup_begin_lr: float = 0, warmup_mode: str = "linear") -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        assert isinstance(step, list) and step, "step must be a list of numbers of updates"
        if min(step) < 1:
            raise ValueError("Schedule step must be greater or equal than 1 round")
        if any(b <= a for a, b in zip(step, step[1:])):
            raise ValueError("Schedule step must be an increasing integer list")
        if factor > 1.0:
            raise ValueError("Factor must be no more than 1 to make lr reduce")
        self.step = step
        self.factor = factor
        self.cur_step_ind = self.count = 0  # how many drops there were, and the update of the last

    def __call__(self, num_update: int) -> float:
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        while self.cur_step_ind < len(self.step) and num_update > self.step[self.cur_step_ind]:
            self.count = self.step[self.cur_step_ind]
            self.cur_step_ind += 1
            self.base_lr *= self.factor
            logging.info("Update[%d]: Change learning rate to %0.5e", num_update, self.base_lr)
        return self.base_lr


class _Decay(LRScheduler):
    """A schedule that ends at ``max_update``; it runs from the rate it was made with, as mxnet's do."""

    def __init__(self, max_update: int, base_lr: float, final_lr: float, warmup_steps: int, warmup_begin_lr: float,
                 warmup_mode: str) -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        assert isinstance(max_update, int), "max_update must be an integer"
        if max_update < 1:
            raise ValueError("maximum number of updates must be strictly positive")
        self.max_update = max_update
        self.final_lr = final_lr
        self.base_lr_orig = base_lr
        self.max_steps = max_update - warmup_steps


class PolyScheduler(_Decay):
    """``final_lr + (base_lr - final_lr) * (1 - progress)**pwr``, the progress running from 0 after warm-up to 1.

    >>> schedule = PolyScheduler(4, base_lr=1.0)
    >>> [schedule(n) for n in (0, 2, 4, 9)]
    [1.0, 0.25, 0.0, 0.0]
    """

    def __init__(self, max_update: int, base_lr: float = 0.01, pwr: float = 2, final_lr: float = 0,
                 warmup_steps: int = 0, warmup_begin_lr: float = 0, warmup_mode: str = "linear") -> None:
        super().__init__(max_update, base_lr, final_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        self.power = pwr

    def __call__(self, num_update: int) -> float:
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        if num_update <= self.max_update:
            self.base_lr = schedules.poly(num_update, self.base_lr_orig, self.max_update, self.power, self.final_lr,
                                          self.warmup_steps)
        return self.base_lr


class CosineScheduler(_Decay):
    """``final_lr + (base_lr - final_lr) * (1 + cos(pi * progress)) / 2``.

    >>> schedule = CosineScheduler(4, base_lr=1.0)
    >>> [round(schedule(n), 6) for n in (0, 2, 4, 9)]
    [1.0, 0.5, 0.0, 0.0]
    """

    def __init__(self, max_update: int, base_lr: float = 0.01, final_lr: float = 0, warmup_steps: int = 0,
                 warmup_begin_lr: float = 0, warmup_mode: str = "linear") -> None:
        super().__init__(max_update, base_lr, final_lr, warmup_steps, warmup_begin_lr, warmup_mode)

    def __call__(self, num_update: int) -> float:
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        if num_update <= self.max_update:
            self.base_lr = schedules.cosine(num_update, self.base_lr_orig, self.max_update, self.final_lr,
                                            self.warmup_steps)
        return self.base_lr
