"""Losses of images cut into classes: how far what was found and what is there overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ops
from .._checkparam import check_positive_float
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .checks import check_choice
from .loss import LossBase, mean, total


class FocalLoss(LossBase):
    """-(1 - p_y)^gamma log p_y, p = softmax(logits) of (N, C, ...) and targets (N, C, ...) or indices (N, 1, ...).

    The mean over the axes behind the channels: (N,) of indices, (N, C) of targets, reduced.

    Matches ``mindspore.nn.FocalLoss`` (Lin et al. 2017).

    >>> from luojia import nn
    >>> round(float(nn.FocalLoss()(Tensor([[0.8, 1.4], [0.5, 0.9]]), Tensor([[1], [0]], luojia.int32))), 5)
    0.19109
    """

    def __init__(self, weight: Any = None, gamma: float = 2.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        if weight is not None and not isinstance(weight, Tensor):
            raise DTypeError(f"For 'FocalLoss', the type of 'weight' must be a Tensor, but got "
                             f"{type(weight).__name__}.")
        if weight is not None and weight.ndim != 1:
            raise ArgumentError(f"For 'FocalLoss', the dimension of 'weight' must be 1, but got {weight.ndim}.")
        self.weight, self.gamma = weight, gamma

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        if logits.ndim != labels.ndim or logits.ndim not in (2, 3, 4):
            raise ShapeError("For 'FocalLoss', logits and labels must have the same 2 to 4 axes, but got "
                             f"{logits.shape} and {labels.shape}.")
        if logits.shape[0] != labels.shape[0] or labels.shape[1] not in (1, logits.shape[1]):
            raise ShapeError("For 'FocalLoss', labels must have the logits' batch and 1 or as many channels, but got "
                             f"{labels.shape} and {logits.shape}.")
        n, c = logits.shape[:2]
        logits, labels = (ops.reshape(t, (n, t.shape[1], -1)) for t in (logits, labels))
        logp = ops.log_softmax(logits, 1)
        if labels.shape[1] == 1:
            labels = ops.reshape(labels, (n, -1))
            chosen = OPERATORS["pick"](logp, labels, axis=1)
            loss = -((1 - ops.exp(chosen)) ** self.gamma) * chosen
            if self.weight is not None:
                loss = loss * ops.gather(self.weight, labels, 0)
        else:
            loss = -((1 - ops.exp(logp)) ** self.gamma) * logp * labels
            if self.weight is not None:
                loss = loss * ops.reshape(self.weight, (1, c, 1))
        return self.get_loss(mean(loss, -1))


class DiceLoss(LossBase):
    """1 - 2 sum(p y) / (sum(p^2) + sum(y^2) + smooth).

    Matches ``mindspore.nn.DiceLoss``.

    >>> from luojia import nn
    >>> p, y = Tensor([[0.2, 0.5], [0.3, 0.1]]), Tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> round(float(nn.DiceLoss()(p, y)), 5)
    0.33055
    """

    def __init__(self, smooth: float = 1e-5) -> None:
        super().__init__()
        self.smooth = check_positive_float(smooth, "smooth", "DiceLoss")

    def construct(self, logits: Any, label: Any) -> Any:
        self._same_shape(logits, label)
        overlap = total(logits * label)
        union = total(logits * logits) + total(label * label)
        return 1 - 2 * overlap / (union + self.smooth)


class MultiClassDiceLoss(LossBase):
    """The mean of ``DiceLoss`` over the classes of (N, C, ...), weighted, after ``activation``.

    Matches ``mindspore.nn.MultiClassDiceLoss``.

    >>> from luojia import nn
    >>> p, y = Tensor([[0.2, 0.5], [0.3, 0.1]]), Tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> round(float(nn.MultiClassDiceLoss(activation=None)(p, y)), 5)
    0.33769
    """

    def __init__(self, weights: Any = None, ignore_indiex: int | None = None, activation: Any = "softmax") -> None:
        from .activation import get_activation

        super().__init__()
        if weights is not None and not isinstance(weights, Tensor):
            raise DTypeError("For 'MultiClassDiceLoss', the 'weights' must be a Tensor, but got "
                             f"{type(weights).__name__}.")
        if weights is not None and weights.ndim != 2:
            raise ArgumentError("For 'MultiClassDiceLoss', the dimension of 'weights' must be 2, but got "
                                f"{weights.ndim}.")
        if isinstance(activation, str):
            check_choice("MultiClassDiceLoss", "activation", activation,
                         ["softmax", "logsoftmax", "relu", "relu6", "tanh", "sigmoid"])
        self.binarydiceloss = DiceLoss()
        self.weights, self.ignore_indiex = weights, ignore_indiex
        self.activation: Callable | None = get_activation(activation) if isinstance(activation, str) else activation
        if isinstance(activation, str) and activation == "softmax":
            self.activation = get_activation("softmax")
            self.activation.__dict__["_attrs"] = (1,)

    def construct(self, logits: Any, label: Any) -> Any:
        self._same_shape(logits, label)
        if self.activation is not None:
            logits = self.activation(logits)
        classes, loss = logits.shape[1], 0
        if self.weights is not None and self.weights.shape[0] != classes:
            raise ShapeError("For 'MultiClassDiceLoss', the weight_shape[0] must be equal to label_shape[1], but got "
                             f"weight_shape[0]: {self.weights.shape[0]} and label_shape[1]: {classes}.")
        for i in range(classes):
            if i == self.ignore_indiex:
                continue
            part = self.binarydiceloss(logits[:, i], label[:, i])
            loss = loss + (part if self.weights is None else part * self.weights[i])
        return loss / classes


__all__ = ["DiceLoss", "FocalLoss", "MultiClassDiceLoss"]
