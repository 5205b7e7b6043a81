"""Losses by margins: how far the right class, or the near sample, lies ahead of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ops
from .._checkparam import check_value_type
from .._src.core.op import OPERATORS
from .._src.errors import ArgumentError, DTypeError
from .loss import LossBase, total


class MultiMarginLoss(LossBase):
    """sum over wrong classes of max(0, margin - x[target] + x[j])^p / C, for x (N, C) and target (N,).

    Args:
        p: 1 or 2.
        margin: see above.
        weight: a weight for each class; may be given at the call instead.

    >>> from luojia import nn, Tensor
    >>> float(nn.MultiMarginLoss()(Tensor([[1.0, 0.5]]), Tensor([0])))
    0.25

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

    >>> from luojia import dtype, nn, Tensor
    >>> float(nn.MultilabelMarginLoss()(Tensor([[1.0, 0.5]]), Tensor([[0, -1]], dtype.int32)))
    0.25

    Matches ``mindspore.nn.MultilabelMarginLoss``.
    """

    def construct(self, x: Any, target: Any) -> Any:
        return ops.multilabel_margin_loss(x, target, self.reduction)


class CosineEmbeddingLoss(LossBase):
    """1 - cos(x1, x2) where labels are 1, max(0, cos(x1, x2) - margin) where they are -1.

    >>> from luojia import nn, Tensor
    >>> float(nn.CosineEmbeddingLoss()(Tensor([[1.0, 0.0]]), Tensor([[0.0, 1.0]]), Tensor([1])))
    1.0

    Matches ``mindspore.nn.CosineEmbeddingLoss``.
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        if not -1 <= margin <= 1:
            raise ArgumentError(f"For 'CosineEmbeddingLoss', the 'margin' must be in [-1, 1], but got {margin}.")
        self.margin = margin

    def construct(self, logits_x1: Any, logits_x2: Any, labels: Any) -> Any:
        self._same_shape(logits_x1, logits_x2)
        norms = total(logits_x1 * logits_x1, 1) * total(logits_x2 * logits_x2, 1)
        cos = total(logits_x1 * logits_x2, 1) / (norms + 1e-12) ** 0.5
        positive = ops.cast(ops.equal(labels, 1), cos.dtype)
        negative = ops.cast(ops.equal(labels, -1), cos.dtype)
        return self.get_loss((1 - cos) * positive + ops.relu(cos - self.margin) * negative)


class HingeEmbeddingLoss(LossBase):
    """logits where labels are 1, max(0, margin - logits) where they are -1.

    >>> from luojia import nn, Tensor
    >>> float(nn.HingeEmbeddingLoss()(Tensor([0.25, 3.0]), Tensor([1, -1])))
    0.125
    """

    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = check_value_type("margin", margin, (float, int), "HingeEmbeddingLoss")

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        positive = ops.cast(ops.equal(labels, 1), logits.dtype)
        negative = ops.cast(ops.equal(labels, -1), logits.dtype)
        return self.get_loss(logits * positive + ops.relu(self.margin - logits) * negative)


class MarginRankingLoss(LossBase):
    """max(0, -target (x1 - x2) + margin).

    >>> from luojia import nn, Tensor
    >>> float(nn.MarginRankingLoss()(Tensor([1.0]), Tensor([3.0]), Tensor([1.0])))
    2.0
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def construct(self, input1: Any, input2: Any, target: Any) -> Any:
        return ops.margin_ranking_loss(input1, input2, target, self.margin, self.reduction)


class TripletMarginLoss(LossBase):
    """max(0, d(x, positive) - d(x, negative) + margin), d the p-norm of the difference over the last axis.

    >>> from luojia import nn, Tensor
    >>> x, near, far = Tensor([[0.0, 0.0]]), Tensor([[0.0, 1.0]]), Tensor([[0.0, 1.5]])
    >>> float(nn.TripletMarginLoss(margin=Tensor(1.0))(x, near, far).asnumpy().round(3))
    0.5
    """

    def __init__(self, p: int = 2, swap: bool = False, eps: float = 1e-6, reduction: str = "mean",
                 margin: float = 1.0) -> None:
        super().__init__(reduction)
        self.p, self.swap, self.eps, self.margin = p, swap, eps, margin

    def _distance(self, a: Any, b: Any) -> Any:
        return total(ops.abs(a - b + self.eps) ** self.p, -1) ** (1 / self.p)

    def construct(self, x: Any, positive: Any, negative: Any, margin: float | None = None) -> Any:
        near, far = self._distance(x, positive), self._distance(x, negative)
        if self.swap:
            far = ops.minimum(far, self._distance(positive, negative))
        return self.get_loss(ops.relu(near - far + (self.margin if margin is None else margin)))


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


__all__ = ["CosineEmbeddingLoss", "HingeEmbeddingLoss", "MarginRankingLoss", "MultiMarginLoss", "MultilabelMarginLoss",
           "TripletMarginLoss", "TripletMarginWithDistanceLoss"]
