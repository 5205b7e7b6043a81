"""Losses: each a network of (prediction, target) whose result is reduced by 'mean', 'sum' or 'none'."""

from __future__ import annotations

import math
from typing import Any

from .. import ops
from .._checkparam import check_positive_float, check_value_type
from .._src.core.accepted import refuse_unlike
from .._src.core.dtypes import is_float
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .checks import check_bool, check_choice
from .module import Module


def total(x: Any, axis: Any = None) -> Any:
    return OPERATORS["sum"](x, axis=axis)


def mean(x: Any, axis: Any = None) -> Any:
    return OPERATORS["mean"](x, axis=axis)


def _alike(logits: Any, labels: Any) -> bool:
    """Whether both are Tensors of one dtype of floats, which one operator takes."""
    return (isinstance(logits, Tensor) and isinstance(labels, Tensor) and logits.np_dtype == labels.np_dtype
            and is_float(logits.np_dtype))


class LossBase(Module):
    """The base class: ``get_loss(x, weights=1.0)`` weighs and reduces.

    Args:
        reduction: 'mean', 'sum' or 'none'.

    Matches ``mindspore.nn.LossBase``.
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = check_choice(type(self).__name__, "reduction", reduction, ["mean", "sum", "none"])
        self.average, self.reduce = reduction == "mean", reduction != "none"

    def get_loss(self, x: Any, weights: Any = 1.0) -> Any:
        """``weights * x``, reduced."""
        if not (isinstance(weights, float) and weights == 1.0):
            x = x * weights
        return x if self.reduction == "none" else mean(x) if self.reduction == "mean" else total(x)

    def get_axis(self, x: Any) -> tuple[int, ...]:
        """All axes of ``x``.

        >>> from luojia import Tensor, nn
        >>> nn.L1Loss().get_axis(Tensor([[1.0]]))
        (0, 1)
        """
        return tuple(range(x.ndim))

    def _need_tensors(self, **inputs: Any) -> None:
        for name, value in inputs.items():
            if not isinstance(value, Tensor) and not hasattr(value, "_luojia_apply"):  # a Symbol has it
                raise DTypeError(f"For '{type(self).__name__}', the '{name}' must be a Tensor, but got "
                                 f"'{type(value).__name__}'.")

    def _same_shape(self, logits: Any, labels: Any) -> None:
        self._need_tensors(logits=logits, labels=labels)
        if isinstance(logits, Tensor) and isinstance(labels, Tensor) and logits.shape != labels.shape:
            raise ShapeError(f"For '{type(self).__name__}', the prediction and the target must have one shape, but got "
                             f"{logits.shape} and {labels.shape}.")


_Loss = LossBase


class L1Loss(LossBase):
    """|logits - labels|.

    >>> from luojia import Tensor, nn
    >>> float(nn.L1Loss()(Tensor([1.0, 5.0]), Tensor([2.0, 2.0])))
    2.0

    Matches ``mindspore.nn.L1Loss``.
    """

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        return self.get_loss(ops.abs(logits - labels))


class MAELoss(L1Loss):
    """``L1Loss`` under its other name.

    >>> from luojia import nn, Tensor
    >>> float(nn.MAELoss()(Tensor([1.0, 2.0]), Tensor([1.0, 4.0])))
    1.0
    """


class MSELoss(LossBase):
    """(logits - labels)^2.

    >>> from luojia import Tensor, nn
    >>> float(nn.MSELoss()(Tensor([1.0, 5.0]), Tensor([2.0, 2.0])))
    5.0

    Matches ``mindspore.nn.MSELoss``.
    """

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        difference = logits - labels
        return self.get_loss(difference * difference)


class RMSELoss(LossBase):
    """sqrt(mean((logits - labels)^2)).

    >>> from luojia import nn, Tensor
    >>> float(nn.RMSELoss()(Tensor([1.0, 2.0]), Tensor([4.0, 5.0])))
    3.0
    """

    def __init__(self) -> None:
        super().__init__()

    def construct(self, logits: Any, label: Any) -> Any:
        self._need_tensors(logits=logits, label=label)
        difference = logits - label
        return mean(difference * difference) ** 0.5


class SmoothL1Loss(LossBase):
    """d^2 / (2 beta) where d = |logits - labels| < beta, else d - beta / 2; the reduction is 'none' by default.

    >>> from luojia import nn, Tensor
    >>> nn.SmoothL1Loss()(Tensor([1.0, 2.0]), Tensor([1.5, 4.0])).asnumpy()
    array([0.125, 1.5  ], dtype=float32)

    Matches ``mindspore.nn.SmoothL1Loss``.
    """

    def __init__(self, beta: float = 1.0, reduction: str = "none") -> None:
        super().__init__(reduction)
        if isinstance(beta, bool) or not isinstance(beta, (int, float)):
            raise DTypeError(f"For 'SmoothL1Loss', the 'beta' must be float, but got {type(beta).__name__}.")
        if beta <= 0:
            raise ArgumentError(f"For 'SmoothL1Loss', the 'beta' must be > 0, but got {beta}.")
        self.beta = beta

    def construct(self, logits: Any, labels: Any) -> Any:
        self._same_shape(logits, labels)
        if _alike(logits, labels):
            return self.get_loss(OPERATORS["smooth_l1_loss"](logits, labels, beta=self.beta))
        d = ops.abs(logits - labels)
        inside = ops.minimum(d, self.beta)  # d^2 / (2 beta) - that of beta, plus what is over beta
        return self.get_loss(inside * inside * (0.5 / self.beta) + (d - inside))


class HuberLoss(LossBase):
    """d^2 / 2 where d = |logits - labels| <= delta, else delta (d - delta / 2).

    >>> from luojia import nn, Tensor
    >>> float(nn.HuberLoss()(Tensor([1.0, 2.0]), Tensor([1.5, 4.0])))
    0.8125

    Matches ``mindspore.nn.HuberLoss``.
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        if delta <= 0:
            raise ArgumentError(f"For 'HuberLoss', the 'delta' must be > 0, but got {delta}.")
        self.delta = delta

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        if _alike(logits, labels):
            return self.get_loss(OPERATORS["huber_loss"](logits, labels, delta=self.delta, reduction="none"))
        d = ops.abs(logits - labels)
        inside = ops.minimum(d, self.delta)
        return self.get_loss(inside * inside * 0.5 + (d - inside) * self.delta)


class SoftMarginLoss(LossBase):
    """log(1 + e^(-labels logits)), averaged over all elements.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.SoftMarginLoss()(Tensor([0.0, 0.0]), Tensor([1.0, -1.0]))), 4)
    0.6931
    """

    def construct(self, logits: Any, labels: Any) -> Any:
        self._same_shape(logits, labels)
        return self.get_loss(_softplus(-(labels * logits)))


def _softplus(x: Any) -> Any:
    """log(1 + e^x), which does not overflow."""
    return ops.maximum(x, 0) + ops.log(1 + ops.exp(-ops.abs(x)))  # not relu: the derivative at 0 is 1/2


class SoftmaxCrossEntropyWithLogits(LossBase):
    """-sum(labels log softmax(logits)) for each row, with class indices as labels if ``sparse``.

    No gradient flows to the labels.

    Args:
        sparse: labels are integers of shape (N,), else probabilities of shape (N, C).
        reduction: 'none' by default.

    >>> from luojia import Tensor, int32, nn
    >>> float(nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")(Tensor([[0.0, 0.0]]), Tensor([1], int32)))
    0.6931471824645996

    Matches ``mindspore.nn.SoftmaxCrossEntropyWithLogits``.
    """

    def __init__(self, sparse: bool = False, reduction: str = "none") -> None:
        super().__init__(reduction)
        self.sparse = check_bool("SoftmaxCrossEntropyWithLogits", "sparse", sparse)

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        if self.sparse and isinstance(labels, Tensor) and is_float(labels.np_dtype):
            raise DTypeError("For 'SoftmaxCrossEntropyWithLogits', the labels must be int32 or int64 with sparse=True, "
                             f"but got {labels.dtype}; cast them, as in labels.astype(luojia.int32).")
        if not self.sparse:
            refuse_unlike("SoftmaxCrossEntropyWithLogits", ("logits", "labels"), (logits, labels))
        if isinstance(logits, Tensor) and isinstance(labels, Tensor):
            expected = logits.shape[:-1] if self.sparse else logits.shape
            if logits.ndim != 2 or labels.shape != expected:
                raise ShapeError("For 'SoftmaxCrossEntropyWithLogits', logits must be (N, C) and labels "
                                 f"{'(N,)' if self.sparse else '(N, C)'} with sparse={self.sparse}, but got "
                                 f"{logits.shape} and {labels.shape}.")
        if self.sparse:
            try:
                return OPERATORS["sparse_softmax_cross_entropy"](logits, labels, reduction=self.reduction)
            except ArgumentError:  # a label of no class has no term, but for the mean it is an error
                if self.reduction == "mean":
                    raise
            labels = OPERATORS["one_hot"](labels, depth=logits.shape[-1]).astype(logits.dtype)
        return self.get_loss(OPERATORS["softmax_cross_entropy_with_logits"](logits, labels)[0])


class NLLLoss(LossBase):
    """-weight[y] logits[y] of log-probabilities (N, C, ...) and labels (N, ...); 'mean' divides by the weights' sum.

    Args:
        weight: one for each class.
        ignore_index: labels of this value do not count.

    >>> from luojia import dtype, nn, Tensor
    >>> float(nn.NLLLoss()(Tensor([[-1.0, -2.0], [-3.0, -0.5]]), Tensor([0, 1], dtype.int32)))
    0.75

    Matches ``mindspore.nn.NLLLoss``.
    """

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(reduction)
        who = type(self).__name__
        check_value_type("ignore_index", ignore_index, int, who)
        self.weight, self.ignore_index = weight, ignore_index

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        return ops.nll_loss(logits, labels, self.weight, self.ignore_index, self.reduction)


class CrossEntropyLoss(NLLLoss):
    """``NLLLoss`` of log softmax(logits), or -sum(labels log softmax(logits)) for labels of the logits' shape.

    Args:
        weight, ignore_index: see ``NLLLoss``.
        label_smoothing: the share of the target spread over all classes.

    >>> from luojia import dtype, nn, Tensor
    >>> round(float(nn.CrossEntropyLoss()(Tensor([[0.0, 0.0]]), Tensor([1], dtype.int32))), 4)
    0.6931

    Matches ``mindspore.nn.CrossEntropyLoss``.
    """

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean",
                 label_smoothing: float = 0.0) -> None:
        super().__init__(weight, ignore_index, reduction)
        if not 0 <= label_smoothing <= 1:
            raise ArgumentError("For 'CrossEntropyLoss', the 'label_smoothing' must be in [0, 1], but got "
                                f"{label_smoothing}.")
        self.label_smoothing = label_smoothing

    def construct(self, logits: Any, labels: Any) -> Any:
        self._need_tensors(logits=logits, labels=labels)
        return ops.cross_entropy(logits, labels, self.weight, self.ignore_index, self.reduction, self.label_smoothing)


class BCELoss(LossBase):
    """-(y log p + (1 - y) log(1 - p)) of probabilities p, times ``weight``.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.BCELoss(reduction="mean")(Tensor([0.5, 0.5]), Tensor([1.0, 0.0]))), 4)
    0.6931

    Matches ``mindspore.nn.BCELoss``.
    """

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.weight = weight

    def construct(self, logits: Any, labels: Any) -> Any:
        self._same_shape(logits, labels)
        return ops.binary_cross_entropy(logits, labels, self.weight, self.reduction)


class BCEWithLogitsLoss(LossBase):
    """``BCELoss`` of sigmoid(logits), computed without overflow; ``pos_weight`` weighs the term of y.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.BCEWithLogitsLoss()(Tensor([0.0, 0.0]), Tensor([1.0, 0.0]))), 4)
    0.6931

    Matches ``mindspore.nn.BCEWithLogitsLoss``.
    """

    def __init__(self, reduction: str = "mean", weight: Any = None, pos_weight: Any = None) -> None:
        super().__init__(reduction)
        self.weight, self.pos_weight = weight, pos_weight

    def construct(self, logits: Any, labels: Any) -> Any:
        self._same_shape(logits, labels)
        return ops.binary_cross_entropy_with_logits(logits, labels, self.weight, self.pos_weight, self.reduction)


class KLDivLoss(LossBase):
    """labels (log labels - logits), logits being log-probabilities; 'batchmean' divides the sum by N.

    No gradient flows to the labels.

    >>> from luojia import dtype, nn, Tensor
    >>> round(float(nn.KLDivLoss(reduction="sum")(Tensor(np.log([0.5, 0.5]), dtype.float32), Tensor([1.0, 0.0]))), 4)
    0.6931

    Matches ``mindspore.nn.KLDivLoss``.
    """

    def __init__(self, reduction: str = "mean") -> None:
        check_choice("KLDivLoss", "reduction", reduction, ["none", "mean", "batchmean", "sum"])
        super().__init__("sum" if reduction == "batchmean" else reduction)
        self._batchmean = reduction == "batchmean"

    def construct(self, logits: Any, labels: Any) -> Any:
        self._same_shape(logits, labels)
        loss = ops.kl_div(logits, labels, self.reduction)
        return loss / logits.shape[0] if self._batchmean else loss


class PoissonNLLLoss(LossBase):
    """e^x - y x with ``log_input``, else x - y log(x + eps); ``full`` adds Stirling's log y! for y > 1.

    >>> from luojia import nn, Tensor
    >>> float(nn.PoissonNLLLoss()(Tensor([0.0]), Tensor([2.0])))
    1.0
    """

    def __init__(self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def construct(self, input: Any, target: Any) -> Any:
        self._need_tensors(input=input, target=target)
        loss = ops.exp(input) - target * input if self.log_input else input - target * ops.log(input + self.eps)
        if self.full:
            y = ops.maximum(target, 1.0)
            stirling = y * ops.log(y) - y + 0.5 * ops.log(2 * math.pi * y)
            loss = loss + stirling * ops.cast(target > 1, input.dtype)
        return self.get_loss(loss)


class GaussianNLLLoss(LossBase):
    """(log var + (logits - labels)^2 / var) / 2, var at least eps; ``full`` adds log(2 pi) / 2.

    >>> from luojia import nn, Tensor
    >>> float(nn.GaussianNLLLoss()(Tensor([1.0]), Tensor([3.0]), Tensor([1.0])))
    2.0
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction)
        check_value_type("full", full, bool, "GaussianNLLLoss")
        self.full, self.eps = full, check_positive_float(eps, "eps", "GaussianNLLLoss")

    def construct(self, logits: Any, labels: Any, var: Any) -> Any:
        var = ops.maximum(var, self.eps)
        loss = 0.5 * (ops.log(var) + (logits - labels) ** 2 / var)
        return self.get_loss(loss + 0.5 * math.log(2 * math.pi) if self.full else loss)


class MultiLabelSoftMarginLoss(LossBase):
    """-mean over classes of y log sigmoid(x) + (1 - y) log sigmoid(-x).

    >>> from luojia import nn, Tensor
    >>> round(float(nn.MultiLabelSoftMarginLoss()(Tensor([[0.0, 0.0]]), Tensor([[1.0, 0.0]]))), 4)
    0.6931
    """

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.weight = weight

    def construct(self, x: Any, target: Any) -> Any:
        self._need_tensors(x=x, target=target)
        loss = target * _softplus(-x) + (1 - target) * _softplus(x)
        return self.get_loss(mean(loss if self.weight is None else loss * self.weight, -1))


class CTCLoss(LossBase):
    """The connectionist temporal classification loss of log-probabilities (T, N, C), or (T, C) (Graves et al. 2006).

    >>> from luojia import nn, Tensor
    >>> log_probs = Tensor(np.log(np.full((2, 1, 2), 0.5, np.float32)))
    >>> lengths, label_lengths = Tensor([2]), Tensor([1])
    >>> round(float(nn.CTCLoss(reduction="sum")(log_probs, Tensor([[1]]), lengths, label_lengths)), 4)
    0.2877

    Matches ``mindspore.nn.CTCLoss``.
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def construct(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any) -> Any:
        if isinstance(log_probs, Tensor) and log_probs.ndim == 2:  # one sequence
            log_probs, targets = log_probs.expand_dims(1), targets.reshape(1, -1)
            loss = ops.ctc_loss(log_probs, targets, input_lengths.reshape(1), target_lengths.reshape(1), self.blank,
                                self.reduction, self.zero_infinity)[0]
            return loss.reshape(())
        return ops.ctc_loss(log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction,
                            self.zero_infinity)[0]


__all__ = ["BCELoss", "BCEWithLogitsLoss", "CTCLoss", "CrossEntropyLoss", "GaussianNLLLoss", "HuberLoss", "KLDivLoss",
           "L1Loss", "LossBase", "MAELoss", "MSELoss", "MultiLabelSoftMarginLoss", "NLLLoss", "PoissonNLLLoss",
           "RMSELoss", "SmoothL1Loss", "SoftMarginLoss", "SoftmaxCrossEntropyWithLogits"]
