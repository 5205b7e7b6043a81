"""Loss scales for training in float16."""

from __future__ import annotations

from typing import Any

from .._src.errors import ArgumentError, DTypeError
from .._src.paths import public_names
from ..nn.checks import check_bool, check_positive_int
from ..nn.wrap import DynamicLossScaleUpdateCell, FixedLossScaleUpdateCell


class LossScaleManager:
    """The base class: a loss scale and how it changes at an overflow."""

    def get_loss_scale(self) -> float:
        """The loss scale."""
        raise NotImplementedError(f"{type(self).__name__} must define get_loss_scale().")

    def update_loss_scale(self, overflow: bool) -> None:
        """Change the loss scale after a step."""
        raise NotImplementedError(f"{type(self).__name__} must define update_loss_scale(overflow).")

    def get_update_cell(self) -> Any:
        """The cell that changes the scale in ``TrainOneStepWithLossScaleCell``; None: the scale is the optimizer's."""
        return None


def _number(who: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DTypeError(f"For '{who}', the '{name}' must be a number, but got {type(value).__name__}.")
    if value < 1:
        raise ArgumentError(f"For '{who}', the '{name}' must be >= 1, but got {value}.")
    return value


class FixedLossScaleManager(LossScaleManager):
    """A loss scale that stays.

    Args:
        loss_scale: the scale.
        drop_overflow_update: skip updates whose gradients overflow; without it give the optimizer ``loss_scale`` too.

    >>> from luojia import FixedLossScaleManager
    >>> FixedLossScaleManager(64.0).get_loss_scale()
    64.0

    Matches ``mindspore.amp.FixedLossScaleManager``.
    """

    def __init__(self, loss_scale: float = 128.0, drop_overflow_update: bool = True) -> None:
        self._loss_scale = _number("FixedLossScaleManager", "loss_scale", loss_scale)
        self._drop = check_bool("FixedLossScaleManager", "drop_overflow_update", drop_overflow_update)

    def get_loss_scale(self) -> float:
        return self._loss_scale

    def get_drop_overflow_update(self) -> bool:
        """Whether updates that overflow are skipped."""
        return self._drop

    def update_loss_scale(self, overflow: bool) -> None:
        pass

    def get_update_cell(self) -> Any:
        return FixedLossScaleUpdateCell(self._loss_scale) if self._drop else None


class DynamicLossScaleManager(LossScaleManager):
    """A loss scale divided at an overflow, and multiplied after ``scale_window`` steps without one.

    >>> manager = luojia.DynamicLossScaleManager(1024, 2, 100)
    >>> manager.update_loss_scale(overflow=True)
    >>> manager.get_loss_scale()
    512.0

    Matches ``mindspore.amp.DynamicLossScaleManager``.
    """

    def __init__(self, init_loss_scale: float = 2**24, scale_factor: int = 2, scale_window: int = 2000) -> None:
        self.loss_scale = _number("DynamicLossScaleManager", "init_loss_scale", init_loss_scale)
        self.scale_factor = check_positive_int("DynamicLossScaleManager", "scale_factor", scale_factor)
        self.scale_window = check_positive_int("DynamicLossScaleManager", "scale_window", scale_window)
        self.cur_iter, self.last_overflow_iter = 1, 0

    def get_loss_scale(self) -> float:
        return self.loss_scale

    def get_drop_overflow_update(self) -> bool:
        """Whether updates that overflow are skipped: always."""
        return True

    def update_loss_scale(self, overflow: bool) -> None:
        if overflow:
            self.loss_scale = max(self.loss_scale / self.scale_factor, 1)
            self.last_overflow_iter = self.cur_iter
        elif (self.cur_iter - self.last_overflow_iter) % self.scale_window == 0:
            self.loss_scale *= self.scale_factor
        self.cur_iter += 1

    def get_update_cell(self) -> Any:
        return DynamicLossScaleUpdateCell(self.loss_scale, self.scale_factor, self.scale_window)


__all__ = ["DynamicLossScaleManager", "FixedLossScaleManager", "LossScaleManager"]
__dir__ = public_names(__name__)
