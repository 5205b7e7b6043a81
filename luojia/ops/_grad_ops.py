"""MindSpore's operators for gradients of operators, as its own programs import them: ``operations._grad_ops``.

Each takes values of a forward pass and the gradient of its result, and gives the gradients of its inputs. They are
formulas of operators, or the derivative that the operator itself has, and so have gradients too.

>>> from luojia import Tensor
>>> from luojia.ops.operations import _grad_ops as G
>>> G.ReluGrad()(Tensor([1.0, 2.0]), Tensor([-1.0, 3.0]))
Tensor(shape=[2], dtype=Float32, value= [ 0.00000000e+00,  2.00000000e+00])
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from luojia._src.errors import AbsentName, ArgumentError, DTypeError  # absolute: programs import it deeper too
from luojia._src.ops import Tensor
from luojia.ops.primitive import Primitive

ops: Any = importlib.import_module("luojia.ops")
__all__: list[str] = []


class _GradientOperator(Primitive):
    """The base of the operators here: attributes are given at construction, Tensors at the call."""

    _formula: Callable[..., Any]
    _attributes: inspect.Signature

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(type(self).__name__)
        bound = self._attributes.bind(*args, **kwargs)
        bound.apply_defaults()
        self._given = dict(bound.arguments)
        for key, value in self._given.items():
            self.add_prim_attr(key, value)

    def __call__(self, *args: Any) -> Any:
        return type(self)._formula(*args, **self._given)


def _operator(formula: Callable[..., Any]) -> type[_GradientOperator]:
    """The class of a gradient; what its formula takes by keyword are attributes."""
    parameters = inspect.signature(formula).parameters.values()
    attributes = inspect.Signature([p.replace(kind=p.POSITIONAL_OR_KEYWORD) for p in parameters
                                    if p.kind == p.KEYWORD_ONLY])
    name = formula.__name__
    if formula.__module__ == __name__:
        __all__.append(name)
    return type(name, (_GradientOperator,), {
        "__doc__": formula.__doc__, "__module__": formula.__module__, "_formula": staticmethod(formula),
        "_attributes": attributes})


def _pull(fn: Callable[..., Any], g: Any, *primals: Any) -> Any:
    """The gradients of the primals where fn's result has the gradient g; alone for one primal."""
    found = ops.vjp(fn, *primals)[1](g)
    return found[0] if len(primals) == 1 else found


def _zeros(shape: Any, like: Tensor) -> Tensor:
    return ops.zeros(_numbers(shape), like.dtype)


def _numbers(x: Any) -> tuple[int, ...]:
    """Whole numbers, given as a Tensor, a tuple or a list."""
    return tuple(x.asnumpy().tolist()) if isinstance(x, Tensor) else tuple(x)


# -- elementwise -------------------------------------------------------------------------------------------------------


@_operator
def AbsGrad(y: Any, dy: Any) -> Any:
    """dy sign(y)"""
    return dy * ops.sign(y)


@_operator
def ACosGrad(x: Any, dy: Any) -> Any:
    """-dy / sqrt(1 - x^2)"""
    return -dy / ops.sqrt(1 - x * x)


@_operator
def AsinGrad(x: Any, dy: Any) -> Any:
    """dy / sqrt(1 - x^2)"""
    return dy / ops.sqrt(1 - x * x)


@_operator
def AtanGrad(x: Any, dy: Any) -> Any:
    """dy / (1 + x^2)"""
    return dy / (1 + x * x)


@_operator
def AcoshGrad(y: Any, dy: Any) -> Any:
    """dy / sinh(y), for y = acosh(x)"""
    return dy / ops.sinh(y)


@_operator
def AsinhGrad(y: Any, dy: Any) -> Any:
    """dy / cosh(y), for y = asinh(x)"""
    return dy / ops.cosh(y)


@_operator
def ReciprocalGrad(y: Any, dy: Any) -> Any:
    """-dy y^2, for y = 1 / x"""
    return -dy * y * y


@_operator
def InvGrad(x: Any, grad: Any) -> Any:
    """-grad x^2, for x = 1 / input"""
    return -grad * x * x


@_operator
def SqrtGrad(y: Any, dy: Any) -> Any:
    """dy / (2 y), for y = sqrt(x)"""
    return dy * 0.5 / y


@_operator
def RsqrtGrad(y: Any, dy: Any) -> Any:
    """-dy y^3 / 2, for y = 1 / sqrt(x)"""
    return dy * -0.5 * y * y * y


@_operator
def SigmoidGrad(y: Any, dy: Any) -> Any:
    """dy y (1 - y), for y = sigmoid(x)"""
    return dy * y * (1 - y)


@_operator
def TanhGrad(y: Any, dy: Any) -> Any:
    """dy (1 - y^2), for y = tanh(x)"""
    return dy * (1 - y * y)


@_operator
def LogitGrad(grad: Any, input: Any, *, eps: float = -1.0) -> Any:  # noqa: A002 - MindSpore's names
    """grad / (input (1 - input)), within [eps, 1 - eps]"""
    return _pull(lambda x: ops.logit(x, eps if eps >= 0 else None), grad, input)


@_operator
def ReluGrad(y_backprop: Any, x: Any) -> Any:
    """y_backprop where x > 0, else 0"""
    return ops.select(x > 0, y_backprop, ops.zeros_like(y_backprop))


@_operator
def ReLU6Grad(y_grad: Any, x: Any) -> Any:
    """y_grad where 0 < x < 6, else 0"""
    return _pull(ops.relu6, y_grad, x)


@_operator
def EluGrad(y_backprop: Any, x: Any) -> Any:
    """y_backprop where x > 0, else y_backprop (x + 1), for x = elu(input)"""
    return ops.select(x > 0, y_backprop, y_backprop * (x + 1))


@_operator
def GeLUGrad(dy: Any, x: Any, y: Any) -> Any:
    """dy gelu'(x), by the approximation with tanh"""
    return _pull(ops.GeLU(), dy, x)


@_operator
def FastGeLUGrad(dy: Any, x: Any) -> Any:
    """dy fast_gelu'(x)"""
    return _pull(ops.FastGeLU(), dy, x)


@_operator
def SiLUGrad(dout: Any, x: Any) -> Any:
    """dout silu'(x)"""
    return _pull(ops.silu, dout, x)


@_operator
def HSwishGrad(y_grad: Any, x: Any) -> Any:
    """y_grad hswish'(x)"""
    return _pull(ops.HSwish(), y_grad, x)


@_operator
def HSigmoidGrad(grads: Any, input_x: Any) -> Any:
    """grads hsigmoid'(input_x)"""
    return _pull(ops.HSigmoid(), grads, input_x)


@_operator
def SoftplusGrad(gradients: Any, features: Any) -> Any:
    """gradients sigmoid(features)"""
    return gradients * ops.sigmoid(features)


@_operator
def SoftShrinkGrad(input_grad: Any, input_x: Any, *, lambd: float = 0.5) -> Any:
    """input_grad where |input_x| > lambd, else 0"""
    return _pull(ops.SoftShrink(lambd), input_grad, input_x)


@_operator
def HShrinkGrad(gradients: Any, features: Any, *, lambd: float = 0.5) -> Any:
    """gradients where |features| > lambd, else 0"""
    return _pull(ops.HShrink(lambd), gradients, features)


@_operator
def DropoutGrad(dy: Any, mask: Any, *, keep_prob: float = 0.5) -> Any:
    """dy mask / keep_prob"""
    return dy * mask.astype(dy.dtype) / keep_prob


@_operator
def PReLUGrad(dy: Any, x: Any, weight: Any) -> Any:
    """The gradients of x and of weight in prelu."""
    return _pull(ops.prelu, dy, x, weight)


def _extremum(fn: Callable[..., Any], x: Any, y: Any, g: Any, grad_x: bool, grad_y: bool) -> Any:
    if not (grad_x or grad_y):
        raise ArgumentError("a gradient of maximum or minimum: one of grad_x and grad_y must be True.")
    return _pull(fn, g, x, y)


@_operator
def MaximumGrad(x1: Any, x2: Any, grads: Any, *, grad_x: bool = True, grad_y: bool = True) -> Any:
    """The gradients of both inputs of maximum."""
    return _extremum(ops.maximum, x1, x2, grads, grad_x, grad_y)


@_operator
def MinimumGrad(x1: Any, x2: Any, grads: Any, *, grad_x: bool = True, grad_y: bool = True) -> Any:
    """The gradients of both inputs of minimum."""
    return _extremum(ops.minimum, x1, x2, grads, grad_x, grad_y)


# -- softmax, norms, losses --------------------------------------------------------------------------------------------


@_operator
def LogSoftmaxGrad(logits: Any, grad: Any, *, axis: int = -1) -> Any:
    """grad - exp(logits) sum(grad), where ``logits`` is what log_softmax gave"""
    return grad - ops.exp(logits) * ops.ReduceSum(True)(grad, axis)


@_operator
def L2NormalizeGrad(input_x: Any, out: Any, dout: Any, *, axis: Any = 0, epsilon: float = 1e-4) -> Any:
    """The gradient of input_x in L2Normalize."""
    return _pull(ops.L2Normalize(axis, epsilon), dout, input_x)


@_operator
def LayerNormGrad(x: Any, dy: Any, variance: Any, mean: Any, gamma: Any, *, begin_norm_axis: int = 1,
                  begin_params_axis: int = 1) -> Any:
    """The gradients of x, gamma and beta in LayerNorm."""
    norm = ops.LayerNorm(begin_norm_axis, begin_params_axis)
    return _pull(lambda x, gamma, beta: norm(x, gamma, beta)[0], dy, x, gamma, ops.zeros_like(gamma))


@_operator
def BatchNormGrad(dy: Any, x: Any, scale: Any, saved_mean: Any, saved_variance: Any, reserve: Any = None, *,
                  is_training: bool = False, epsilon: float = 1e-5, data_format: str = "NCHW") -> Any:
    """The gradients of x, scale and bias in BatchNorm, of the batch's statistics or of those given."""
    def norm(x: Any, scale: Any, bias: Any) -> Any:
        axes = tuple(a for a in range(x.ndim) if a != (1 if data_format == "NCHW" else x.ndim - 1))
        if is_training:
            mean = ops.ReduceMean(True)(x, axes)
            variance = ops.ReduceMean(True)(ops.square(x - mean), axes)
        else:
            mean, variance = along(saved_mean), along(saved_variance)
        return (x - mean) * ops.rsqrt(variance + epsilon) * along(scale) + along(bias)

    def along(v: Any) -> Any:
        return v.reshape((-1,) + (1,) * (x.ndim - 2) if data_format == "NCHW" else (-1,))

    return _pull(norm, dy, x, scale, ops.zeros_like(scale))


@_operator
def SigmoidCrossEntropyWithLogitsGrad(x: Any, y: Any, dout: Any) -> Any:
    """(sigmoid(x) - y) dout"""
    return (ops.sigmoid(x) - y) * dout


@_operator
def BinaryCrossEntropyGrad(x: Any, y: Any, doutput: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """The gradient of the probabilities x in BinaryCrossEntropy."""
    return _pull(lambda x: ops.BinaryCrossEntropy(reduction)(x, y, weight), doutput, x)


@_operator
def KLDivLossGrad(doutput: Any, x: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The gradient of x in KLDivLoss."""
    return _pull(lambda x: ops.KLDivLoss(reduction)(x, target), doutput, x)


@_operator
def SmoothL1LossGrad(prediction: Any, target: Any, dloss: Any, *, beta: float = 1.0, reduction: str = "none") -> Any:
    """The gradient of the prediction in SmoothL1Loss."""
    return _pull(lambda x: ops.SmoothL1Loss(beta, reduction)(x, target), dloss, prediction)


@_operator
def SoftMarginLossGrad(predict: Any, label: Any, dout: Any, *, reduction: str = "mean") -> Any:
    """The gradient of the prediction in SoftMarginLoss."""
    return _pull(lambda x: ops.SoftMarginLoss(reduction)(x, label), dout, predict)


@_operator
def NLLLossGrad(x: Any, loss_grad: Any, target: Any, weight: Any, total_weight: Any = None, *,
                reduction: str = "mean") -> Any:
    """The gradient of x in NLLLoss."""
    return _pull(lambda x: ops.NLLLoss(reduction)(x, target, weight)[0], loss_grad, x)


# -- convolution and pooling -------------------------------------------------------------------------------------------


@_operator
def BiasAddGrad(dout: Any, *, data_format: str = "NCHW") -> Any:
    """dout summed over all axes but the channels'"""
    channel = dout.ndim - 1 if data_format == "NHWC" else 1
    return ops.ReduceSum()(dout, tuple(a for a in range(dout.ndim) if a != channel))


@_operator
def Conv2DBackpropFilter(out_backprop: Any, input: Any, filter_sizes: Any, *,  # noqa: A002 - MindSpore's names
                         out_channel: int, kernel_size: Any, pad_mode: str = "valid", pad: Any = 0,
                         pad_list: Any = (0, 0, 0, 0), mode: int = 1, stride: Any = (1, 1),
                         dilation: Any = (1, 1, 1, 1), group: int = 1, data_format: str = "NCHW") -> Any:
    """The gradient of the weight in Conv2D."""
    conv = ops.Conv2D(out_channel, kernel_size, mode, pad_mode, pad, _inner(stride), _inner(dilation), group,
                      data_format)
    return _pull(lambda w: conv(input, w), out_backprop, _zeros(filter_sizes, out_backprop))


def _inner(numbers: Any) -> Any:
    """What is for height and width, of what may be for all axes."""
    return numbers[2:] if isinstance(numbers, (tuple, list)) and len(numbers) == 4 else numbers


@_operator
def AvgPoolGrad(x: Any, out: Any, dout: Any, *, kernel_size: Any = 1, strides: Any = 1, pad_mode: str = "VALID",
                data_format: str = "NCHW") -> Any:
    """The gradient of x in AvgPool."""
    return _pull(ops.AvgPool(kernel_size, strides, pad_mode, data_format), dout, x)


@_operator
def MaxPoolGrad(x: Any, out: Any, dout: Any, *, kernel_size: Any = 1, strides: Any = 1, pad_mode: str = "VALID",
                data_format: str = "NCHW") -> Any:
    """The gradient of x in MaxPool."""
    return _pull(ops.MaxPool(kernel_size, strides, pad_mode, data_format), dout, x)


@_operator
def LRNGrad(grads: Any, x: Any, y: Any, *, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0,
            beta: float = 0.5) -> Any:
    """The gradient of x in LRN."""
    return _pull(ops.LRN(depth_radius, bias, alpha, beta), grads, x)


@_operator
def ResizeBilinearGrad(grads: Any, original_image: Any, *, align_corners: bool = False,
                       half_pixel_centers: bool = False) -> Any:
    """The gradient of the image in a bilinear resize to the size of ``grads``."""
    resize = ops.ResizeBilinear(grads.shape[2:], align_corners, half_pixel_centers)
    return _pull(resize, grads, ops.zeros_like(original_image))


@_operator
def ResizeNearestNeighborGrad(grads: Any, size: Any, *, align_corners: bool = False) -> Any:
    """The gradient of an image of ``size`` in a resize by nearest neighbours to the size of ``grads``."""
    resize = ops.ResizeNearestNeighbor(grads.shape[2:], align_corners)
    return _pull(resize, grads, _zeros((*grads.shape[:2], *_numbers(size)), grads))


@_operator
def ROIAlignGrad(dy: Any, rois: Any, xdiff_shape: Any, *, pooled_height: int, pooled_width: int,
                 spatial_scale: float, sample_num: int = 2) -> Any:
    """The gradient of the features, of shape ``xdiff_shape``, in ROIAlign."""
    align = ops.ROIAlign(pooled_height, pooled_width, spatial_scale, sample_num)
    return _pull(lambda x: align(x, rois), dy, _zeros(xdiff_shape, dy))


# -- shapes, slices, matrices ------------------------------------------------------------------------------------------


@_operator
def FlattenGrad(x: Any, shape: Any) -> Any:
    """x with a shape"""
    return ops.reshape(x, _numbers(shape))


@_operator
def GatherDGrad(index: Any, grad: Any, *, dim: int = 0, shape: Any = None) -> Any:
    """grad added where GatherD took its elements, from an array of ``shape``"""
    if shape is None:
        raise DTypeError("GatherDGrad: give the shape of the array that was gathered from.")
    return _pull(lambda x: ops.gather_d(x, dim, index), grad, _zeros(shape, grad))


@_operator
def GatherDGradV2(x: Any, dim: Any, index: Any, grad: Any) -> Any:
    """grad added where GatherD took its elements from x"""
    return _pull(lambda x: ops.gather_d(x, int(dim), index), grad, x)


@_operator
def SliceGrad(dy: Any, x: Any, begin: Any, size: Any) -> Any:
    """dy in its place in zeros of x's shape"""
    return _pull(lambda x: ops.slice(x, _numbers(begin), _numbers(size)), dy, x)


@_operator
def StridedSliceGrad(dy: Any, shapex: Any, begin: Any, end: Any, strides: Any, *, begin_mask: int = 0,
                     end_mask: int = 0, ellipsis_mask: int = 0, new_axis_mask: int = 0,
                     shrink_axis_mask: int = 0) -> Any:
    """dy in its places in zeros of a shape"""
    cut = ops.StridedSlice(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    return _pull(lambda x: cut(x, _numbers(begin), _numbers(end), _numbers(strides)), dy, _zeros(shapex, dy))


@_operator
def MirrorPadGrad(dy: Any, paddings: Any, *, mode: str = "REFLECT") -> Any:
    """The gradient of what MirrorPad padded."""
    rows = paddings.asnumpy().tolist() if isinstance(paddings, Tensor) else paddings
    shape = [n - sum(row) for n, row in zip(dy.shape, rows)]
    return _pull(lambda x: ops.MirrorPad(mode)(x, paddings), dy, _zeros(shape, dy))


@_operator
def MaskedSelectGrad(x: Any, mask: Any, grad: Any) -> Any:
    """grad where the mask is True, else 0"""
    return _pull(lambda x: ops.masked_select(x, mask), grad, x)


@_operator
def CholeskyGrad(x: Any, grad: Any) -> Any:
    """The gradient of the matrix whose Cholesky factor is x."""
    return _pull(ops.cholesky, grad, ops.matmul(x, ops.swapaxes(x, -1, -2)))


@_operator
def TraceGrad(y_grad: Any, x_shape: Any) -> Any:
    """y_grad on the diagonal of a matrix"""
    return ops.eye(*_numbers(x_shape), y_grad.dtype) * y_grad


@_operator
def GluGrad(grads: Any, x: Any, *, axis: int) -> Any:
    """The gradient of x in glu."""
    return _pull(lambda x: ops.glu(x, axis), grads, x)


@_operator
def GridSampler2DGrad(grad: Any, input_x: Any, grid: Any, *, interpolation_mode: str = "bilinear",
                      padding_mode: str = "zeros", align_corners: bool = False) -> Any:
    """The gradients of the image and of the grid in grid_sample."""
    return _pull(lambda x, at: ops.grid_sample(x, at, interpolation_mode, padding_mode, align_corners), grad, input_x,
                 grid)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AbsentName(__name__, name)
    found = getattr(importlib.import_module("luojia.ops._grad_pools"), name, None)
    if found is None and name == "SeluGrad":
        found = getattr(importlib.import_module("luojia.ops.generated"), name)
    if isinstance(found, type):
        return found
    raise AttributeError(f"module {__name__!r} has no {name!r}: take the gradient of the operator with "
                         "ops.GradOperation or ops.vjp.")
