"""Schedulers: they set the rates of an optimizer's groups at each ``step()``."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..._src.core.arguments import Kind, guard_all, read
from ..._src.errors import ArgumentError, DTypeError
from ..._src.ops import Parameter, Tensor
from ..._src.paths import public_names
from .optimizer import Optimizer


def _rate(group: dict[str, Any]) -> float:
    return float(group["lr"])


def _first_rate(group: dict[str, Any]) -> float:
    """What the rate was before any scheduler."""
    if "initial_lr" not in group:
        lr = group["lr"]  # a float32 as the number that was written
        group["initial_lr"] = float(str(lr.asnumpy())) if isinstance(lr, Tensor) else float(lr)
    return group["initial_lr"]


def _set_rate(group: dict[str, Any], value: float) -> None:
    if isinstance(group["lr"], Parameter):
        group["lr"].set_data(Tensor(np.float32(value)))
    else:
        group["lr"] = value


def _check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise DTypeError(f"{type(optimizer).__name__} is not an Optimizer")


def _check_float(who: str, **values: Any) -> None:
    for name, value in values.items():
        if not isinstance(value, float):
            raise DTypeError(f"For '{who}', the '{name}' must be float, but got {type(value)}.")


_EPOCH = Kind.read("int")


class LRScheduler:
    """Base class; a subclass gives ``get_lr()``, the rates for ``last_epoch``, and may give ``_closed(base)``.

    Args:
        optimizer: whose rates are set.
        last_epoch: the epoch before the first; -1 to begin.

    Raises:
        TypeError: an argument of another type.
        KeyError: a ``last_epoch`` that goes on, of an optimizer whose groups have no "initial_lr".
    """

    def __init__(self, optimizer: Any, last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        _EPOCH.check(type(self).__name__, "last_epoch", last_epoch)
        self.groups = optimizer.param_groups
        if last_epoch != -1:
            for i, group in enumerate(self.groups):
                if "initial_lr" not in group:
                    raise KeyError(f"param 'initial_lr' is not specified in param_groups[{i}] when resuming an "
                                   "optimizer")
        self.optimizer, self.last_epoch = optimizer, last_epoch
        self.base_lrs = [_first_rate(group) for group in self.groups]
        self._last_lr = [_rate(group) for group in self.groups]
        self.step()

    def get_lr(self) -> list[float]:
        """The rates of the groups for ``last_epoch``."""
        raise NotImplementedError(f"{type(self).__name__} must define get_lr().")

    def _closed(self, base: float) -> float:
        """The rate at ``last_epoch`` of a group that began with ``base``."""
        raise NotImplementedError

    def _each(self, change: Callable[[float], float]) -> list[float]:
        return [change(_rate(group)) for group in self.groups]

    def get_last_lr(self) -> list[Tensor]:
        """The rates that were set last."""
        return [Tensor(np.float32(rate)) for rate in self._last_lr]

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch, or to ``epoch``, and set the rates."""
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._set(self.get_lr() if epoch is None or type(self)._closed is LRScheduler._closed
                  else [self._closed(base) for base in self.base_lrs])

    def _set(self, rates: list[float]) -> None:
        for group, rate in zip(self.groups, rates):
            _set_rate(group, rate)
        self._last_lr = rates


class _Closed(LRScheduler):
    """A scheduler whose rates follow from the epoch and the first rates."""

    def get_lr(self) -> list[float]:
        return [self._closed(base) for base in self.base_lrs]


class LambdaLR(_Closed):
    """base * lr_lambda(epoch); one function, or one for each group.

    >>> from luojia import Parameter, Tensor
    >>> from luojia.experimental.optim import SGD
    >>> optimizer = SGD([Parameter(Tensor([1.0]), name="w")], lr=0.5)
    >>> scheduler = LambdaLR(optimizer, lambda epoch: 0.5**epoch)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [Tensor(shape=[], dtype=Float32, value= 0.25)]
    """

    def __init__(self, optimizer: Any, lr_lambda: Any, last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        self.lr_lambdas = _functions(optimizer, lr_lambda)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * fn(self.last_epoch) for base, fn in zip(self.base_lrs, self.lr_lambdas)]


def _functions(optimizer: Any, given: Any) -> list[Callable[[int], float]]:
    count = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        return [given] * count
    if len(given) != count:
        raise ArgumentError(f"Expected {count} lr_lambdas, but got {len(given)}")
    return list(given)


class MultiplicativeLR(LRScheduler):
    """The rate times lr_lambda(epoch), at each epoch after the first."""

    def __init__(self, optimizer: Any, lr_lambda: Any, last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        self.lr_lambdas = _functions(optimizer, lr_lambda)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        rates = self._each(lambda lr: lr)
        return rates if self.last_epoch <= 0 else [
            lr * fn(self.last_epoch) for lr, fn in zip(rates, self.lr_lambdas)]


class StepLR(LRScheduler):
    """The rate times gamma every ``step_size`` epochs."""

    def __init__(self, optimizer: Any, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        _check_float("StepLR", gamma=gamma)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        turn = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return self._each(lambda lr: lr * self.gamma if turn else lr)

    def _closed(self, base: float) -> float:
        return base * self.gamma ** (self.last_epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """The rate times gamma at each of the epochs ``milestones``."""

    def __init__(self, optimizer: Any, milestones: Sequence[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.milestones, self.gamma = Counter(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        factor = self.gamma ** self.milestones[self.last_epoch]
        return self._each(lambda lr: lr * factor)

    def _closed(self, base: float) -> float:
        return base * self.gamma ** bisect_right(sorted(self.milestones.elements()), self.last_epoch)


class ExponentialLR(LRScheduler):
    """The rate times gamma at each epoch."""

    def __init__(self, optimizer: Any, gamma: float, last_epoch: int = -1) -> None:
        _check_float("ExponentialLR", gamma=gamma)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._each(lambda lr: lr * self.gamma if self.last_epoch > 0 else lr)

    def _closed(self, base: float) -> float:
        return base * self.gamma**self.last_epoch


class ConstantLR(LRScheduler):
    """factor times the rate until the epoch ``total_iters``."""

    def __init__(self, optimizer: Any, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0 <= factor <= 1:
            raise ArgumentError(f"Constant multiplicative factor expected to be between 0 and 1, but got {factor}.")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        change = self.factor if self.last_epoch == 0 else 1 / self.factor if self.last_epoch == self.total_iters else 1
        return self._each(lambda lr: lr * change)

    def _closed(self, base: float) -> float:
        return base * (self.factor if self.last_epoch < self.total_iters else 1)


class LinearLR(LRScheduler):
    """The rate times a factor that goes from ``start_factor`` to ``end_factor`` in ``total_iters`` epochs."""

    def __init__(self, optimizer: Any, start_factor: float = 1.0 / 3, end_factor: float = 1.0, total_iters: int = 5,
                 last_epoch: int = -1) -> None:
        if not 0 < start_factor <= 1:
            raise ArgumentError(f"Starting multiplicative factor expected to be between 0 and 1, but got "
                                f"{start_factor}.")
        if not 0 <= end_factor <= 1:
            raise ArgumentError(f"Ending multiplicative factor expected to be between 0 and 1, but got {end_factor}.")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self, epoch: int) -> float:
        part = min(epoch, self.total_iters) / (self.total_iters or 1)
        return self.start_factor + (self.end_factor - self.start_factor) * part

    def get_lr(self) -> list[float]:
        change = self._factor(self.last_epoch)
        if self.last_epoch > 0:
            change /= self._factor(self.last_epoch - 1)
        return self._each(lambda lr: lr * change)

    def _closed(self, base: float) -> float:
        return base * self._factor(self.last_epoch)


class PolynomialLR(_Closed):
    """base (1 - epoch / total_iters)^power, 0 from ``total_iters`` on."""

    def __init__(self, optimizer: Any, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        _check_float("PolynomialLR", power=power)
        if power < 0:
            raise ArgumentError(f"For 'PolynomialLR', the 'power' must be >= 0, but got {power}.")
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return base * (1 - min(self.last_epoch, self.total_iters) / (self.total_iters or 1)) ** self.power


class CosineAnnealingLR(_Closed):
    """eta_min + (base - eta_min) (1 + cos(pi epoch / T_max)) / 2 (Loshchilov and Hutter 2017)."""

    def __init__(self, optimizer: Any, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2


class CosineAnnealingWarmRestarts(_Closed):
    """The cosine from the start again after T_0 epochs, then after T_mult times as many, and so on."""

    def __init__(self, optimizer: Any, T_0: int, T_mult: int = 1, eta_min: float = 0, last_epoch: int = -1) -> None:
        for name, value in (("T_0", T_0), ("T_mult", T_mult)):
            if not isinstance(value, int) or value < 1:
                raise ArgumentError(f"Expected positive integer {name}, but got {value}")
        self.T_0, self.T_mult, self.eta_min = T_0, T_mult, eta_min
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        at, length = self.last_epoch, self.T_0
        while at >= length:
            at, length = at - length, length * self.T_mult
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * at / length)) / 2


class CyclicLR(_Closed):
    """Up from ``base_lr`` to ``max_lr`` in ``step_size_up`` steps and down again, again and again (Smith 2017).

    Args:
        mode: 'triangular', 'triangular2' (half as high each time), 'exp_range' (gamma^step as high).
        scale_fn, scale_mode: a height of one's own, of the 'cycle' or of the 'iterations'.
    """

    def __init__(self, optimizer: Any, base_lr: Any, max_lr: Any, step_size_up: int = 2000,
                 step_size_down: int | None = None, mode: str = "triangular", gamma: float = 1.0,
                 scale_fn: Callable | None = None, scale_mode: str = "cycle", last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ArgumentError(f"mode must be 'triangular', 'triangular2' or 'exp_range', got {mode!r}.")
        count = len(optimizer.param_groups)
        self._low = list(base_lr) if isinstance(base_lr, (list, tuple)) else [base_lr] * count
        self._high = list(max_lr) if isinstance(max_lr, (list, tuple)) else [max_lr] * count
        for name, rates in (("base_lr", self._low), ("max_lr", self._high)):
            if len(rates) != count:
                raise ArgumentError(f"expected {count} values for {name}, got {len(rates)}")
        self._total = float(step_size_up + (step_size_up if step_size_down is None else step_size_down))
        self._up = step_size_up / self._total
        self._by_cycle = scale_mode == "cycle" if scale_fn is not None else mode != "exp_range"
        self._scale = scale_fn or {"triangular": lambda x: 1.0, "triangular2": lambda x: 0.5 ** (x - 1),
                                   "exp_range": lambda x: gamma**x}[mode]
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        cycle = math.floor(1 + self.last_epoch / self._total)
        x = 1 + self.last_epoch / self._total - cycle
        part = x / self._up if x <= self._up else (x - 1) / (self._up - 1)
        part *= self._scale(cycle if self._by_cycle else self.last_epoch)
        return [low + (high - low) * part for low, high in zip(self._low, self._high)]


class SequentialLR:
    """Schedulers one after the other; ``milestones`` are the epochs at which the next begins."""

    def __init__(self, optimizer: Any, schedulers: Sequence[Any], milestones: Sequence[int],
                 last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        for i, s in enumerate(schedulers):
            if s.optimizer is not optimizer:
                raise ArgumentError(f"SequentialLR expects all schedulers to belong to the same optimizer, but got "
                                    f"another at index {i}.")
        if len(milestones) != len(schedulers) - 1:
            raise ArgumentError(f"SequentialLR expects number of schedulers provided to be one more than the number of "
                                f"milestones, but got {len(schedulers)} schedulers and {len(milestones)} milestones.")
        self.optimizer, self._schedulers, self.milestones = optimizer, list(schedulers), list(milestones)
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:
            _set_rate(group, _first_rate(group))
        for s in self._schedulers:
            s.last_epoch -= 1
        self._schedulers[0].step()
        self._last_lr = self._schedulers[0]._last_lr

    def step(self) -> None:
        """Go on to the next epoch."""
        self.last_epoch += 1
        i = bisect_right(self.milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i and self.milestones[i - 1] == self.last_epoch:
            scheduler.step(0)
        else:
            scheduler.step()
        self._last_lr = scheduler._last_lr

    def get_last_lr(self) -> list[Tensor]:
        """The rates that were set last."""
        return [Tensor(np.float32(rate)) for rate in self._last_lr]


class ReduceLROnPlateau:
    """The rate times ``factor`` once a metric has not improved for more than ``patience`` steps.

    Args:
        mode: 'min' if less is better, 'max' if more.
        threshold, threshold_mode: what counts as better: by this part ('rel') or this much ('abs').
        cooldown: steps after a change in which nothing counts. ``min_lr``: the least rate, a number or one per group.
        eps: changes smaller than that are not made.
    """

    def __init__(self, optimizer: Any, mode: str = "min", factor: float = 0.1, patience: int = 10,
                 threshold: float = 1e-4, threshold_mode: str = "rel", cooldown: int = 0, min_lr: Any = 0,
                 eps: float = 1e-8) -> None:
        if mode not in ("min", "max"):
            raise ArgumentError(f"`mode` should be 'min' or 'max', but got {mode}.")
        if factor >= 1.0:
            raise ArgumentError("The lr factor should be less than 1.0.")
        _check_optimizer(optimizer)
        if threshold_mode not in ("rel", "abs"):
            raise ArgumentError(f"`threshold_mode` should be 'rel' or 'abs', but got {threshold_mode}.")
        count = len(optimizer.param_groups)
        self.min_lrs = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * count
        if len(self.min_lrs) != count:
            raise ArgumentError(f"expected {count} min_lrs, got {len(self.min_lrs)}")
        self.optimizer, self.factor, self.patience, self.eps = optimizer, factor, patience, eps
        self.mode, self.threshold, self.threshold_mode, self.cooldown = mode, threshold, threshold_mode, cooldown
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0
        self._last_lr = [_rate(group) for group in optimizer.param_groups]

    def _better(self, value: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            return sign * value > sign * self.best * (1 + sign * self.threshold) if math.isfinite(self.best) else True
        return sign * value > sign * self.best + self.threshold

    @property
    def in_cooldown(self) -> bool:
        """Whether nothing counts at present."""
        return self.cooldown_counter > 0

    def step(self, metrics: Any) -> None:
        """Take the next value of the metric."""
        value = float(metrics)
        self.last_epoch += 1
        if self._better(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group, least in zip(self.optimizer.param_groups, self.min_lrs):
                old = _rate(group)
                new = max(old * self.factor, least)
                if old - new > self.eps:
                    _set_rate(group, new)
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = [_rate(group) for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[Tensor]:
        """The rates that were set last."""
        return [Tensor(np.float32(rate)) for rate in self._last_lr]


guard_all(globals(), read("""
    ConstantLR,LinearLR,PolynomialLR  total_iters: bool int
    CosineAnnealingLR  T_max: bool int; eta_min: bool int float
    CosineAnnealingWarmRestarts  eta_min: int float
    MultiStepLR  milestones: list
    StepLR  step_size: bool int
"""))

__all__ = ["ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR",
           "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "PolynomialLR",
           "ReduceLROnPlateau", "SequentialLR", "StepLR"]
__dir__ = public_names(__name__)
