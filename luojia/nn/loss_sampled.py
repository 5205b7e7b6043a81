"""The softmax loss over a sample of the classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .checks import check_bool, check_positive_int
from .loss import LossBase

__all__ = ["SampledSoftmaxLoss"]


class SampledSoftmaxLoss(LossBase):
    """Cross entropy of a softmax over the true classes and a sample of the others, for training with many classes.

    The score of class c is ``logits . weights[c] + bias[c] - log(expected count of c)``; each of the ``num_true`` true
    classes has the probability 1 / num_true as its target (Jean et al. 2015, "On Using Very Large Target Vocabulary").

    Args:
        num_sampled: how many classes are drawn for a batch.
        num_classes: C, how many classes there are.
        num_true: T, how many true classes each example has.
        sampled_values: (classes, expected counts of the true classes, those of the sampled ones), as candidate samplers
            give them, of shapes (num_sampled,), (N, T) and (num_sampled,); by default drawn uniformly at each call.
        remove_accidental_hits: draw none of the true classes; ``sampled_values`` are taken as they are.
        seed: of the draws; 0 draws anew each time.
        reduction: 'none', 'mean' or 'sum'.

    Inputs:
        weights (C, D), bias (C,), labels (N, T) or, for T = 1, (N,), of int32 or int64, and logits (N, D).

    Returns:
        (N,), or a number.

    Raises:
        TypeError: an argument or input of another type.
        ValueError: an argument out of its range, or shapes that do not fit.

    >>> from luojia import Tensor, nn
    >>> drawn = (Tensor([1, 2]), Tensor([[1.0]]), Tensor([1.0, 1.0]))
    >>> loss = nn.SampledSoftmaxLoss(num_sampled=2, num_classes=4, sampled_values=drawn)
    >>> weights = Tensor([[1.0], [0.0], [0.0], [5.0]])
    >>> value = loss(weights, Tensor([0.0, 0.0, 0.0, 0.0]), Tensor([0]), Tensor([[2.0]]))
    >>> value.shape, round(float(value), 5)
    ((1,), 0.23954)

    Matches ``mindspore.nn.SampledSoftmaxLoss`` as it is documented; MindSpore 2.8 reduces by no ``reduction``.
    """

    def __init__(self, num_sampled: int, num_classes: int, num_true: int = 1, sampled_values: Any = None,
                 remove_accidental_hits: bool = True, seed: int = 0, reduction: str = "none") -> None:
        super().__init__(reduction)
        who = "SampledSoftmaxLoss"
        if type(num_true) is not int:
            raise DTypeError(f"For '{who}', the type of 'num_true' must be int, but got {type(num_true).__name__}.")
        if num_true < 1:
            raise ArgumentError(f"For '{who}', the 'num_true' must be greater than or equal to 1, but got {num_true}.")
        if type(seed) is not int:
            raise DTypeError(f"For '{who}', the type of 'seed' must be int, but got {type(seed).__name__}.")
        check_positive_int(who, "num_sampled", num_sampled)
        for name, value in (("num_sampled", num_sampled), ("num_true", num_true)):
            if value > num_classes:
                raise ArgumentError(f"For '{who}', the '{name}' must be smaller than or equal to 'num_classes', but "
                                    f"got '{name}': {value} and 'num_classes': {num_classes}.")
        if sampled_values is not None and not isinstance(sampled_values, (list, tuple)):
            raise DTypeError(f"For '{who}', the type of 'sampled_values' must be a list or tuple, but got "
                             f"{type(sampled_values).__name__}.")
        if sampled_values is not None and len(sampled_values) != 3:
            raise ArgumentError(f"For '{who}', the length of 'sampled_values' must be equal to 3,but got "
                                f"{len(sampled_values)}.")
        self.num_sampled, self.num_classes, self.num_true = num_sampled, num_classes, num_true
        self.sampled_values, self.seed = sampled_values, seed
        self.remove_accidental_hits = check_bool(who, "remove_accidental_hits", remove_accidental_hits)
        self.sampler = ops.UniformCandidateSampler(num_true, num_sampled, True, num_classes, seed,
                                                   remove_accidental_hits)

    def construct(self, weights: Any, bias: Any, labels: Any, logits: Any) -> Any:
        self._need_tensors(weights=weights, bias=bias, labels=labels, logits=logits)
        if isinstance(labels, Tensor):
            self._check(weights, bias, labels, logits)
        labels = ops.reshape(labels, (-1, self.num_true))
        sampled, of_true, of_sampled = self.sampled_values or self.sampler(labels)
        true_weights = ops.gather(weights, labels, 0)  # (N, T, D)
        true = (ops.expand_dims(logits, 1) * true_weights).sum(-1) + ops.gather(bias, labels, 0) - ops.log(of_true)
        others = (ops.matmul(logits, ops.transpose(ops.gather(weights, sampled, 0), (1, 0)))
                  + ops.gather(bias, sampled, 0) - ops.log(of_sampled))
        scores = OPERATORS["log_softmax"](ops.concat((true, others), 1), axis=-1)
        return self.get_loss(-scores[:, :self.num_true].mean(-1))

    def _check(self, weights: Any, bias: Any, labels: Any, logits: Any) -> None:
        who = "SampledSoftmaxLoss"
        if labels.np_dtype not in (np.int32, np.int64):
            raise DTypeError(f"For '{who}', the 'labels' should be one of [mindspore.int32, mindspore.int64], but got "
                             f"'mindspore.{labels.np_dtype}'.")
        n = logits.shape[0] if logits.ndim else 0
        shapes = ((n, self.num_true), (n,)) if self.num_true == 1 else ((n, self.num_true),)
        if (weights.ndim != 2 or logits.ndim != 2 or logits.shape[1] != weights.shape[1] or labels.shape not in shapes
                or bias.shape != weights.shape[:1] or weights.shape[0] != self.num_classes):
            raise ShapeError(f"For '{who}', 'weights', 'bias', 'labels' and 'logits' must have the shapes "
                             f"({self.num_classes}, D), ({self.num_classes},), (N, {self.num_true}) and (N, D), but "
                             f"got {weights.shape}, {bias.shape}, {labels.shape} and {logits.shape}.")
