"""Losses by margins: how far the right class, or the near sample, lies ahead of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ops
from .._src.core.op import OPERATORS
from .._src.errors import DTypeError
from .loss import LossBase


class MultiMarginLoss(LossBase):
    """sum over wrong classes of max(0, margin - x[target] + x[j])^p / C, for x (N, C) and target (N,).

    Args:
        p: 1 or 2.
        margin: see above.
        weight: a weight for each class; may be given at the call instead.

    Matches ``mindspore.nn.MultiMarginLoss``.
    """

    def __init__(self, p: int = 1, margin: float = 1.0, reduction: str = "mean", weight: Any = None) -> None:
        super().__init__(reduction)
        self.p, self.margin, self.weight = p, margin, weight

    def construct(self, x: Any, target: Any, weight: Any = None) -> Any:
        return ops.multi_margin_loss(x, target, self.p, self.margin, self.weight if weight is None else weight,
                                     self.reduction)


class MultilabelMarginLoss(LossBase):
    """sum over labels y and other classes j of max(0, 1 - (x[y] - x[j])) / C, for x (N, C).

    The target (N, C) has the labels of each row first; the first -1 ends them.

    Matches ``mindspore.nn.MultilabelMarginLoss``.
    """

    def construct(self, x: Any, target: Any) -> Any:
        return ops.multilabel_margin_loss(x, target, self.reduction)


class TripletMarginWithDistanceLoss(LossBase):
    """max(0, d(x, positive) - d(x, negative) + margin) for a distance d, by default the Euclidean one.

    Args:
        distance_function: of two Tensors (N, ...).
        swap: take the distance to the negative from the nearer of x and the positive.
        margin: see above.

    >>> from luojia import Tensor, nn
    >>> near = nn.TripletMarginWithDistanceLoss(lambda a, b: (a - b).abs().sum(-1), margin=2.0)
    >>> float(near(Tensor([[1.0]]), Tensor([[1.5]]), Tensor([[0.0]])))
    1.5

    Matches ``mindspore.nn.TripletMarginWithDistanceLoss``.
    """

    def __init__(self, distance_function: Callable | None = None, swap: bool = False, reduction: str = "mean",
                 margin: float = 1.0) -> None:
        super().__init__(reduction)
        if distance_function is not None and not callable(distance_function):
            raise DTypeError("For 'TripletMarginWithDistanceLoss', the 'distance_function' must be a function, but got "
                             f"{type(distance_function).__name__}.")
        self.distance_function, self.swap, self.margin = distance_function or _euclidean, swap, margin

    def construct(self, x: Any, positive: Any, negative: Any) -> Any:
        near, far = self.distance_function(x, positive), self.distance_function(x, negative)
        if self.swap:
            far = ops.minimum(far, self.distance_function(positive, negative))
        return self.get_loss(ops.relu(near - far + self.margin))


def _euclidean(a: Any, b: Any) -> Any:
    return OPERATORS["norm"](a - b + 1e-6, ord=2, axis=-1)


__all__ = ["MultiMarginLoss", "MultilabelMarginLoss", "TripletMarginWithDistanceLoss"]
