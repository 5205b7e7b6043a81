"""The gradients of ``operations._grad_ops`` that belong to pooling, resizing, norms, losses and extrema."""

from __future__ import annotations

import math
from typing import Any

from luojia._src.core.dtypes import int64
from luojia._src.ops import Tensor
from luojia.ops._grad_ops import _numbers, _operator, _pull, _zeros, ops

# -- pooling -----------------------------------------------------------------------------------------------------------


@_operator
def AdaptiveAvgPool2DGrad(input_grad: Any, orig_input_shape: Any) -> Any:
    """The gradient of x, of ``orig_input_shape``, in AdaptiveAvgPool2D."""
    return _pull(lambda x: ops.adaptive_avg_pool2d(x, input_grad.shape[-2:]), input_grad,
                 _zeros(orig_input_shape, input_grad))


@_operator
def AdaptiveAvgPool3DGrad(y_grad: Any, orig_input_shape: Any) -> Any:
    """The gradient of x, of ``orig_input_shape``, in AdaptiveAvgPool3D."""
    return _pull(lambda x: ops.adaptive_avg_pool3d(x, y_grad.shape[-3:]), y_grad, _zeros(orig_input_shape, y_grad))


@_operator
def AdaptiveMaxPool2DGrad(y_grad: Any, x: Any, argmax: Any) -> Any:
    """``y_grad`` added where the maxima of each image stood: ``argmax`` counts along its rows."""
    return _placed(y_grad, x, argmax, 2)


@_operator
def AdaptiveMaxPool3DGrad(input_grad: Any, x: Any, argmax: Any) -> Any:
    """``input_grad`` added where the maxima of each volume stood."""
    return _placed(input_grad, x, argmax, 3)


def _placed(g: Any, x: Any, argmax: Any, axes: int) -> Any:
    """Zeros of x's shape with g added at positions that count over its last axes."""
    lead = x.shape[:-axes]
    flat = ops.zeros((*lead, math.prod(x.shape[-axes:])), g.dtype)
    at, values = (t.reshape((*lead, -1)) for t in (argmax.astype("int64"), g))
    return ops.tensor_scatter_elements(flat, at, values, axis=len(lead), reduction="add").reshape(x.shape)


@_operator
def MaxPool3DGrad(x: Any, out: Any, grad: Any, *, kernel_size: Any = (1, 1, 1, 1, 1), strides: Any = (1, 1, 1, 1, 1),
                  pad_mode: str = "VALID", pad_list: Any = 0, data_format: str = "NCDHW") -> Any:
    """The gradient of x in MaxPool3D."""
    return _pull(ops.MaxPool3D(_last(kernel_size), _last(strides), pad_mode, pad_list), grad, x)


@_operator
def MaxPoolGradGrad(x: Any, out: Any, grad: Any, *, kernel_size: Any = 1, strides: Any = 1,
                    pad_mode: str = "VALID") -> Any:
    """What ``grad``, of x's shape, is where MaxPool found its maxima."""
    pool = ops.MaxPool(kernel_size, strides, pad_mode)
    return _pull(lambda g: _pull(pool, g, x), grad, ops.zeros_like(out))


@_operator
def MaxPool3DGradGrad(x: Any, out: Any, grad: Any, *, kernel_size: Any = (1, 1, 1, 1, 1),
                      strides: Any = (1, 1, 1, 1, 1), pad_mode: str = "VALID", data_format: str = "NCDHW") -> Any:
    """What ``grad``, of x's shape, is where MaxPool3D found its maxima."""
    pool = ops.MaxPool3D(_last(kernel_size), _last(strides), pad_mode)
    return _pull(lambda g: _pull(pool, g, x), grad, ops.zeros_like(out))


def _last(numbers: Any) -> Any:
    """What is for the three axes of a volume, of what may be for all five."""
    return tuple(numbers)[2:] if isinstance(numbers, (tuple, list)) and len(numbers) == 5 else numbers


# -- resizing ----------------------------------------------------------------------------------------------------------


@_operator
def ResizeNearestNeighborV2Grad(grads: Any, size: Any, *, align_corners: bool = False,
                                half_pixel_centers: bool = False) -> Any:
    """The gradient of an image of ``size`` in ResizeNearestNeighborV2."""
    resize = ops.ResizeNearestNeighborV2(align_corners, half_pixel_centers)
    return _pull(lambda x: resize(x, grads.shape[2:]), grads, _zeros((*grads.shape[:2], *_numbers(size)), grads))


@_operator
def ResizeLinear1DGrad(grads: Any, x: Any, *, coordinate_transformation_mode: str = "align_corners") -> Any:
    """The gradient of x in ResizeLinear1D."""
    resize = ops.ResizeLinear1D(coordinate_transformation_mode)
    return _pull(lambda x: resize(x, grads.shape[2:]), grads, ops.zeros_like(x))


@_operator
def UpsampleNearest3DGrad(dy: Any, input_size: Any, output_size: Any = None, scales: Any = None) -> Any:
    """The gradient of a volume of ``input_size`` in UpsampleNearest3D."""
    return _pull(lambda x: ops.UpsampleNearest3D()(x, output_size, scales), dy, _zeros(input_size, dy))


@_operator
def UpsampleTrilinear3DGrad(dy: Any, input_size: Any, output_size: Any = None, scales: Any = None, *,
                            align_corners: bool = False) -> Any:
    """The gradient of a volume of ``input_size`` in UpsampleTrilinear3D."""
    return _pull(lambda x: ops.UpsampleTrilinear3D(align_corners)(x, output_size, scales), dy, _zeros(input_size, dy))


# -- elements, norms and losses ----------------------------------------------------------------------------------------


@_operator
def SoftmaxGrad(y: Any, dy: Any) -> Any:
    """(dy - sum(dy y)) y over the last axis"""
    return (dy - (dy * y).sum(-1, keepdims=True)) * y


@_operator
def MinimumGradGrad(x1: Any, x2: Any, grad_y1: Any, grad_y2: Any) -> Any:
    """(0, 0, grad_y1 where x1 is the lesser, else grad_y2): the gradients of what MinimumGrad takes."""
    return _chosen(x1 <= x2, x1, x2, grad_y1, grad_y2)


@_operator
def MaximumGradGrad(x: Any, y: Any, dx: Any, dy: Any, *, grad_x: bool = True, grad_y: bool = True) -> Any:
    """(0, 0, dx where x is the greater, else dy): the gradients of what MaximumGrad takes."""
    return _chosen(x >= y, x, y, dx, dy)


def _chosen(first: Any, x: Any, y: Any, dx: Any, dy: Any) -> tuple[Tensor, Tensor, Tensor]:
    return ops.zeros_like(x), ops.zeros_like(y), ops.where(first, dx, dy)


@_operator
def IgammaGradA(a: Any, x: Any) -> Any:
    """The derivative of igamma by its parameter a."""
    return _pull(lambda a: ops.igamma(a, x), ops.ones_like(x + a), a)


@_operator
def MvlgammaGrad(y_grad: Any, x: Any, *, p: int) -> Any:
    """The gradient of x in Mvlgamma."""
    return _pull(lambda x: ops.mvlgamma(x, p), y_grad, x)


@_operator
def PdistGrad(y_grad: Any, x: Any, y: Any, *, p: float = 2.0) -> Any:
    """The gradient of x in Pdist."""
    return _pull(lambda x: ops.pdist(x, p), y_grad, x)


@_operator
def UniqueGrad(dy: Any, y: Any) -> Any:
    """``dy[index]``, for the pair (values, index) that Unique gives; ``dy`` may be the pair of their gradients."""
    return ops.gather(dy[0] if isinstance(dy, (tuple, list)) else dy, y[1], 0)


@_operator
def MultiMarginLossGrad(y_grad: Any, x: Any, target: Any, weight: Any = None, *, p: int = 1, margin: float = 1.0,
                        reduction: str = "mean") -> Any:
    """The gradient of x in MultiMarginLoss."""
    return _pull(lambda x: ops.multi_margin_loss(x, target, p, margin, weight, reduction), y_grad, x)


@_operator
def MultilabelMarginLossGrad(y_grad: Any, x: Any, target: Any, is_target: Any, *, reduction: str = "mean") -> Any:
    """The gradient of x in MultilabelMarginLoss."""
    return _pull(lambda x: ops.multilabel_margin_loss(x, target, reduction), y_grad, x)


@_operator
def RmsNormGrad(dy: Any, x: Any, rstd: Any, gamma: Any) -> Any:
    """The gradients of x and gamma in x rstd gamma, with rstd = 1 / sqrt(mean(x^2) + epsilon) over gamma's axes."""
    axes = tuple(range(x.ndim - gamma.ndim, x.ndim))
    scaled = dy * gamma
    dx = rstd * (scaled - x * rstd * rstd * (scaled * x).mean(axes, True))
    before = tuple(range(x.ndim - gamma.ndim))
    return dx, (dy * x * rstd).sum(before) if before else dy * x * rstd


@_operator
def ConcatOffset(xs: Any, *, N: int = 2, axis: int = 0) -> Any:  # noqa: N803 - MindSpore's name
    """Where each array begins in their concatenation: a row of positions for each."""
    rank, begin, rows = len(xs[0].shape), 0, []
    for x in xs:
        rows.append(tuple(begin if i == axis % rank else 0 for i in range(rank)))
        begin += x.shape[axis]
    return Tensor(rows, int64)
