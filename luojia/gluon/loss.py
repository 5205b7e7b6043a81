"""Losses: one number per sample, the mean over all axes but the batch's."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ndarray as nd
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, ShapeError
from .._src.paths import public_names
from .block import HybridBlock

__all__ = ["CTCLoss", "CosineEmbeddingLoss", "HingeLoss", "HuberLoss", "KLDivLoss", "L1Loss", "L2Loss", "LogisticLoss",
           "Loss", "PoissonNLLLoss", "SDMLLoss", "SigmoidBCELoss", "SigmoidBinaryCrossEntropyLoss", "SoftmaxCELoss",
           "SoftmaxCrossEntropyLoss", "SquaredHingeLoss", "TripletLoss"]
__dir__ = public_names(__name__)


def _apply_weighting(F: Any, loss: Any, weight: float | None = None, sample_weight: Any = None) -> Any:
    """The loss times a weight per sample, which is broadcast, and times a number."""
    if sample_weight is not None:
        loss = F.broadcast_mul(loss, sample_weight)
    if weight is not None:
        assert isinstance(weight, (int, float, np.generic)), "weight must be a number"
        loss = loss * weight
    return loss


def _reshape_like(F: Any, x: Any, y: Any) -> Any:
    return F.reshape_like(x, y)


class Loss(HybridBlock):
    """Base class of losses.

    Args:
        weight: a factor, or None.
        batch_axis: the axis of the samples.

    >>> from luojia import gluon, nd
    >>> class Cubed(gluon.loss.Loss):
    ...     def hybrid_forward(self, F, pred, label):
    ...         return F.mean(F.abs(pred - label) ** 3, axis=self._batch_axis, exclude=True)
    >>> Cubed(None, 0)(nd.array([[1.0], [2.0]]), nd.array([[3.0], [2.0]])).asnumpy()
    array([8., 0.], dtype=float32)
    """

    def __init__(self, weight: Any, batch_axis: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._weight = weight
        self._batch_axis = batch_axis

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_axis={self._batch_axis}, w={self._weight})"

    def _is_plain(self, pred: Any, label: Any) -> bool:
        """Whether there is one operator for these in the place of several."""
        return False

    def _trace(self, args: tuple, count: int) -> Any:
        """The graph, which has MXNet's operators; where inputs are plain, NumPy runs the one, as without a graph."""
        def at_once(*inputs: Tensor) -> list[Tensor] | None:
            return [self.hybrid_forward(nd, *inputs)] if len(inputs) == 2 and self._is_plain(*inputs) else None

        graph = super()._trace(args, count)
        cls = type(self)
        if cls._is_plain is not Loss._is_plain and cls.hybrid_forward.__module__ == __name__:  # not a subclass's own
            graph.at_once = at_once
        return graph

    def _mean(self, F: Any, loss: Any, sample_weight: Any = None, weight: float | None = None) -> Any:
        """The weighted loss, its mean taken per sample."""
        loss = _apply_weighting(F, loss, self._weight if weight is None else weight, sample_weight)
        if isinstance(loss, Tensor) and not loss.shape:
            return loss
        return F.mean(loss, axis=self._batch_axis, exclude=True)


class L2Loss(Loss):
    """``(label - pred)^2 / 2``.

    >>> from luojia import nd
    >>> L2Loss()(nd.array([[1.0, 3.0]]), nd.array([[1.0, 1.0]])).asnumpy()
    array([1.], dtype=float32)
    """

    def __init__(self, weight: float = 1.0, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        loss = F.square(F.reshape_like(label, pred) - pred)
        return self._mean(F, loss, sample_weight, None if self._weight is None else self._weight / 2)


class L1Loss(Loss):
    """``|label - pred|``.

    >>> from luojia import gluon, nd
    >>> gluon.loss.L1Loss()(nd.array([[1.0, 2.0]]), nd.array([[1.0, 4.0]])).asnumpy()
    array([1.], dtype=float32)
    """

    def __init__(self, weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        return self._mean(F, F.abs(F.reshape_like(label, pred) - pred), sample_weight)


class SigmoidBinaryCrossEntropyLoss(Loss):
    """``-label log(p) - (1 - label) log(1 - p)`` with ``p = sigmoid(pred)``.

    Args:
        from_sigmoid: ``pred`` is ``p`` already.
        weight, batch_axis: as for ``Loss``.

    A call takes ``pred, label`` and may take ``sample_weight`` and ``pos_weight``, a factor on the positive term.

    >>> from luojia import gluon, nd
    >>> gluon.loss.SigmoidBCELoss()(nd.array([[0.0]]), nd.array([[1.0]])).asnumpy().round(4)
    array([0.6931], dtype=float32)
    """

    def __init__(self, from_sigmoid: bool = False, weight: float | None = None, batch_axis: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_sigmoid = from_sigmoid

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None, pos_weight: Any = None) -> Any:
        label = F.reshape_like(label, pred)
        if self._from_sigmoid:
            eps = 1e-12
            positive = F.log(pred + eps) * label
            if pos_weight is not None:
                positive = F.broadcast_mul(positive, pos_weight)
            loss = -(positive + F.log(1.0 - pred + eps) * (1.0 - label))
        elif pos_weight is None:
            loss = F.relu(pred) - pred * label + F.Activation(-F.abs(pred), act_type="softrelu")
        else:
            factor = 1 + F.broadcast_mul(pos_weight - 1, label)
            softplus = F.Activation(-F.abs(pred), act_type="softrelu") + F.relu(-pred)
            loss = pred - pred * label + factor * softplus
        return self._mean(F, loss, sample_weight)


SigmoidBCELoss = SigmoidBinaryCrossEntropyLoss


class SoftmaxCrossEntropyLoss(Loss):
    """``-log softmax(pred)[label]``, or ``-sum(label log softmax(pred))`` where labels are distributions.

    Args:
        axis: the axis of the classes.
        sparse_label: labels are class numbers.
        from_logits: ``pred`` holds logarithms of probabilities already.
        weight, batch_axis: as for ``Loss``.

    >>> from luojia import nd
    >>> SoftmaxCrossEntropyLoss()(nd.array([[0.0, 0.0]]), nd.array([1])).asnumpy().round(4)
    array([0.6931], dtype=float32)
    """

    def __init__(self, axis: int = -1, sparse_label: bool = True, from_logits: bool = False,
                 weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._axis = axis
        self._sparse_label = sparse_label
        self._from_logits = from_logits

    def _is_plain(self, pred: Any, label: Any) -> bool:
        return (self._sparse_label and not self._from_logits and self._weight is None and self._batch_axis == 0
                and pred.ndim == 2 and self._axis in (-1, 1) and label.shape == pred.shape[:1])

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        if sample_weight is None and isinstance(pred, Tensor) and self._is_plain(pred, label):
            # One operator for rows of logits. NumPy checks the labels; those out of range are clipped, as by pick.
            rows = OPERATORS["sparse_softmax_cross_entropy"]
            if pred._device.engine.direct:
                try:
                    return rows(pred, label)
                except ArgumentError:
                    pass
            return rows(pred, OPERATORS["clip"](label, 0, pred.shape[-1] - 1))
        if not self._from_logits:
            pred = F.log_softmax(pred, axis=self._axis)
        if self._sparse_label:
            try:
                loss = -F.pick(pred, label, axis=self._axis, keepdims=True)
            except ShapeError as e:
                raise ShapeError(f"{e} Labels are class numbers; for probabilities or one-hot rows give "
                                 "sparse_label=False.") from None
        else:
            loss = -F.sum(pred * F.reshape_like(label, pred), axis=self._axis, keepdims=True)
        return self._mean(F, loss, sample_weight)


SoftmaxCELoss = SoftmaxCrossEntropyLoss


class KLDivLoss(Loss):
    """``sum(label (log(label) - pred))``, ``pred`` being logarithms of probabilities; else (``from_logits=False``)
    their softmax along ``axis`` is taken first. A sum, not a mean, as in mxnet 1.9.

    >>> from luojia import gluon, nd
    >>> gluon.loss.KLDivLoss(from_logits=False)(nd.array([[0.0, 0.0]]), nd.array([[1.0, 0.0]])).asnumpy().round(4)
    array([0.6931], dtype=float32)
    """

    def __init__(self, from_logits: bool = True, axis: int = -1, weight: float | None = None, batch_axis: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits = from_logits
        self._axis = axis

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        if not self._from_logits:
            pred = F.log_softmax(pred, self._axis)
        loss = _apply_weighting(F, label * (F.log(label + 1e-12) - pred), self._weight, sample_weight)
        return F.sum(loss, axis=self._batch_axis, exclude=True)


class CTCLoss(Loss):
    """Connectionist temporal classification (Graves et al. 2006): the negative log-likelihood of a label sequence.

    Args:
        layout: of ``pred``: 'NTC' or 'TNC', T steps and C classes, the last of which is the blank.
        label_layout: 'NT' or 'TN'; labels end at the first -1 where no lengths are given.
        weight: as for ``Loss``.

    A call takes ``pred, label`` and may take ``pred_lengths, label_lengths, sample_weight``.

    >>> from luojia import gluon, nd
    >>> pred = nd.zeros((1, 2, 2))
    >>> gluon.loss.CTCLoss()(pred, nd.array([[0]])).asnumpy().round(4)
    array([0.2877], dtype=float32)
    """

    def __init__(self, layout: str = "NTC", label_layout: str = "NT", weight: float | None = None,
                 **kwargs: Any) -> None:
        assert layout in ("NTC", "TNC"), f"Only 'NTC' and 'TNC' layouts for pred are supported. Got: {layout}"
        assert label_layout in ("NT", "TN"), f"Only 'NT' and 'TN' layouts for label are supported. Got: {label_layout}"
        self._layout = layout
        self._label_layout = label_layout
        super().__init__(weight, label_layout.find("N"), **kwargs)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, pred_lengths: Any = None, label_lengths: Any = None,
                       sample_weight: Any = None) -> Any:
        if self._layout == "NTC":
            pred = F.swapaxes(pred, dim1=0, dim2=1)
        if self._batch_axis == 1:
            label = F.swapaxes(label, dim1=0, dim2=1)
        lengths = {k: v for k, v in (("data_lengths", pred_lengths), ("label_lengths", label_lengths)) if v is not None}
        loss = F.CTCLoss(pred, label, **lengths, use_data_lengths=pred_lengths is not None,
                         use_label_lengths=label_lengths is not None, blank_label="last")
        return _apply_weighting(F, loss, self._weight, sample_weight)


class HuberLoss(Loss):
    """``(label - pred)^2 / (2 rho)`` near zero, ``|label - pred| - rho / 2`` beyond ``rho``.

    >>> from luojia import gluon, nd
    >>> gluon.loss.HuberLoss()(nd.array([[1.0], [2.0]]), nd.array([[1.5], [4.0]])).asnumpy()
    array([0.125, 1.5  ], dtype=float32)
    """

    def __init__(self, rho: float = 1, weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._rho = rho

    def _is_plain(self, pred: Any, label: Any) -> bool:
        """Whether one operator of NumPy's takes these."""
        return (isinstance(pred, Tensor) and isinstance(label, Tensor) and pred._device.engine.direct and self._rho > 0
                and pred._value.dtype.kind == "f" and pred._value.dtype == label._value.dtype)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        label = F.reshape_like(label, pred)
        if self._is_plain(pred, label):
            loss = OPERATORS["huber_loss"](label, pred, reduction="none", delta=self._rho)
            return self._mean(F, loss if self._rho == 1 else loss * (1 / self._rho), sample_weight)
        loss = F.abs(label - pred)
        loss = F.where(loss > self._rho, loss - 0.5 * self._rho, (0.5 / self._rho) * F.square(loss))
        return self._mean(F, loss, sample_weight)


class HingeLoss(Loss):
    """``max(0, margin - pred label)``, labels being -1 and 1.

    >>> from luojia import gluon, nd
    >>> gluon.loss.HingeLoss()(nd.array([[0.5], [2.0]]), nd.array([[1.0], [-1.0]])).asnumpy()
    array([0.5, 3. ], dtype=float32)
    """

    def __init__(self, margin: float = 1, weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        return self._mean(F, F.relu(self._margin - pred * F.reshape_like(label, pred)), sample_weight)


class SquaredHingeLoss(HingeLoss):
    """``max(0, margin - pred label)^2``, labels being -1 and 1.

    >>> from luojia import gluon, nd
    >>> gluon.loss.SquaredHingeLoss()(nd.array([[0.5], [2.0]]), nd.array([[1.0], [-1.0]])).asnumpy()
    array([0.25, 9.  ], dtype=float32)
    """

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        loss = F.square(F.relu(self._margin - pred * F.reshape_like(label, pred)))
        return self._mean(F, loss, sample_weight)


class LogisticLoss(Loss):
    """``log(1 + exp(-pred label))``, labels being -1 and 1 ('signed') or 0 and 1 ('binary').

    >>> from luojia import gluon, nd
    >>> gluon.loss.LogisticLoss()(nd.array([[0.0]]), nd.array([[1.0]])).asnumpy().round(4)
    array([0.6931], dtype=float32)
    """

    def __init__(self, weight: float | None = None, batch_axis: int = 0, label_format: str = "signed",
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        if label_format not in ("signed", "binary"):
            raise ValueError(f"label_format can only be signed or binary, recieved {label_format}.")
        self._label_format = label_format

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        label = F.reshape_like(label, pred)
        if self._label_format == "signed":
            label = (label + 1.0) / 2.0
        loss = F.relu(pred) - pred * label + F.Activation(-F.abs(pred), act_type="softrelu")
        return self._mean(F, loss, sample_weight)


class TripletLoss(Loss):
    """``max(0, |pred - positive|^2 - |pred - negative|^2 + margin)``; a call takes the three.

    >>> from luojia import gluon, nd
    >>> gluon.loss.TripletLoss()(nd.array([[0.0]]), nd.array([[1.0]]), nd.array([[1.5]])).asnumpy()
    array([0.], dtype=float32)
    """

    def __init__(self, margin: float = 1, weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, pred: Any, positive: Any, negative: Any, sample_weight: Any = None) -> Any:
        positive = F.reshape_like(positive, pred)
        negative = F.reshape_like(negative, pred)
        loss = F.sum(F.square(positive - pred) - F.square(negative - pred), axis=self._batch_axis, exclude=True)
        return _apply_weighting(F, F.relu(loss + self._margin), self._weight, sample_weight)


class PoissonNLLLoss(Loss):
    """``exp(pred) - target pred``, ``pred`` being logarithms of rates; else ``pred - target log(pred + epsilon)``.

    Args:
        from_logits: whether ``pred`` holds logarithms.
        compute_full: add Stirling's approximation of ``log(target!)`` where the target is above 1.
        weight, batch_axis: as for ``Loss``.

    The mean is over everything, as in mxnet.

    >>> from luojia import gluon, nd
    >>> gluon.loss.PoissonNLLLoss()(nd.array([[0.0]]), nd.array([[2.0]])).asnumpy()
    array([1.], dtype=float32)
    """

    def __init__(self, weight: float | None = None, from_logits: bool = True, batch_axis: int = 0,
                 compute_full: bool = False, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits = from_logits
        self._compute_full = compute_full

    def hybrid_forward(self, F: Any, pred: Any, target: Any, sample_weight: Any = None, epsilon: float = 1e-8) -> Any:
        target = F.reshape_like(target, pred)
        if self._from_logits:
            loss = F.exp(pred) - target * pred
        else:
            loss = pred - target * F.log(pred + epsilon)
        if self._compute_full:
            stirling = target * F.log(target) - target + 0.5 * F.log(2 * target * np.pi)
            loss = loss + F.where(target > 1, stirling, F.zeros_like(stirling))
        return F.mean(_apply_weighting(F, loss, self._weight, sample_weight))


class CosineEmbeddingLoss(Loss):
    """``1 - cos(input1, input2)`` where the label is 1, ``max(0, cos - margin)`` where it is -1, else 0.

    >>> from luojia import gluon, nd
    >>> gluon.loss.CosineEmbeddingLoss()(nd.array([[1.0, 0.0]]), nd.array([[0.0, 1.0]]), nd.array([1])).asnumpy()
    array([[1.]], dtype=float32)
    """

    def __init__(self, weight: float | None = None, batch_axis: int = 0, margin: float = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, input1: Any, input2: Any, label: Any, sample_weight: Any = None) -> Any:
        input1 = F.reshape_like(input1, input2)
        cosine = self._cosine(F, input1, input2)
        label = F.reshape_like(label, cosine)
        apart = F.where(label == -1, F.relu(cosine - self._margin), F.zeros_like(cosine))
        loss = F.where(label == 1, 1 - cosine, apart)
        return _apply_weighting(F, loss, self._weight, sample_weight)

    @staticmethod
    def _cosine(F: Any, x: Any, y: Any, axis: int = -1) -> Any:
        product = F.sum(x * y, axis=axis, keepdims=True)
        norms = F.norm(x, axis=axis, keepdims=True) * F.norm(y, axis=axis, keepdims=True)
        return product / F.broadcast_maximum(norms, F.ones_like(norms) * 1e-12)


class SDMLLoss(Loss):
    """Smoothed deep metric learning (Bonadiman et al. 2019): rows of two batches with the same number belong together.

    Args:
        smoothing_parameter: probability shared among the pairs that do not.
        weight, batch_axis: as for ``Loss``.

    >>> from luojia import gluon, nd
    >>> gluon.loss.SDMLLoss()(nd.array([[1.0], [5.0]]), nd.array([[1.0], [5.0]])).shape
    (2,)
    """

    def __init__(self, smoothing_parameter: float = 0.3, weight: float | None = 1.0, batch_axis: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self.kl_loss = KLDivLoss(from_logits=True)
        self.smoothing_parameter = smoothing_parameter

    def hybrid_forward(self, F: Any, x1: Any, x2: Any) -> Any:
        size = x1.shape[0]
        assert size > 1, "SDMLLoss expects batches of at least two rows"
        difference = F.broadcast_sub(F.expand_dims(x1, 1), F.expand_dims(x2, 0))
        distances = F.sum(F.square(difference), axis=2)
        smooth = self.smoothing_parameter / (size - 1)
        gold = F.one_hot(F.arange(size), size, dtype=np.dtype(x1.dtype).name)
        labels = gold * (1 - self.smoothing_parameter) + (1 - gold) * smooth
        return self.kl_loss(F.log_softmax(-distances, axis=1), labels)
