"""Dense layers and small layers: shapes, norms, products, resizing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from .._checkparam import check_value_type
from .._src.core.dtypes import DType, float32
from .._src.core.given import is_operand, refuse
from .._src.core.groups import rectified
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import Parameter
from ..common.initializer import HeUniform, Uniform, initializer
from .activation import get_activation
from .checks import check_bool, check_choice, check_positive_int, named, other_dtype
from .module import Module

_DENSE = OPERATORS["dense"]


def weight_of(who: str, init: Any, shape: tuple, default: Any, dtype: DType = float32,
              what: str = "weight") -> Parameter:
    """A parameter of ``shape`` from an initializer, a name, a number or a Tensor of that very shape."""
    if isinstance(init, Tensor) and init.shape != shape:
        raise ShapeError(f"For '{who}', {what} init shape error: '{what}_init' must have shape {shape}, but got "
                         f"{init.shape}.")
    return Parameter(initializer(default if init is None else init, shape, dtype), name=what)


def fan_in_uniform(fan_in: int) -> Uniform:
    """The default of biases: uniform within 1 / sqrt(fan_in)."""
    return Uniform(1 / math.sqrt(fan_in) if fan_in else 0.0)


class Dense(Module):
    """y = activation(x W^T + b) over the last axis, W of shape (out_channels, in_channels).

    Args:
        in_channels, out_channels: widths of input and output.
        weight_init, bias_init: how W (name 'weight') and b (name 'bias') start.
        has_bias: whether there is b.
        activation: a name, a Module, or None.
        dtype: of the parameters.

    >>> from luojia import Tensor, nn
    >>> nn.Dense(2, 1, "ones", "ones")(Tensor([[1.0, 2.0]]))
    Tensor(shape=[1, 1], dtype=Float32, value=
    [[ 4.00000000e+00]])

    Matches ``mindspore.nn.Dense``, with the default initializers of 2.x.
    """

    def __init__(self, in_channels: int, out_channels: int, weight_init: Any = None, bias_init: Any = None,
                 has_bias: bool = True, activation: Any = None, dtype: DType = float32) -> None:
        super().__init__()
        self.in_channels = check_positive_int("Dense", "in_channels", in_channels)
        self.out_channels = check_positive_int("Dense", "out_channels", out_channels)
        self.has_bias = check_bool("Dense", "has_bias", has_bias)
        self.weight = weight_of("Dense", weight_init, (out_channels, in_channels), HeUniform(math.sqrt(5)), dtype)
        self.bias: Any = None
        if has_bias:
            self.bias = weight_of("Dense", bias_init, (out_channels,), fan_in_uniform(in_channels), dtype, "bias")
        self.activation = get_activation(activation) if isinstance(activation, str) else activation
        if activation is not None and not callable(self.activation):
            raise DTypeError(f"For 'Dense', the 'activation' must be str, Cell or a function, but got "
                             f"{type(activation).__name__}.")
        self.activation_flag = activation is not None

    def construct(self, x: Any) -> Any:
        if isinstance(x, Tensor):
            if not x.shape or x.shape[-1] != self.in_channels:
                flat = len(x.shape) > 2 and math.prod(x.shape[1:]) == self.in_channels
                raise ShapeError(f"{named('Dense', self.weight)} expects inputs of width {self.in_channels} "
                                 f"(in_channels), got shape {x.shape}"
                                 + ("; flatten first with ops.Flatten()." if flat else "."))
            if x._value.dtype != self.weight._value.dtype:
                raise other_dtype("Dense", x, self.weight)
        elif not is_operand(x):
            raise refuse("Dense", "x", x, "Tensor")
        activation = self.activation
        if isinstance(activation, Module) and activation._luojia_is_relu():
            y = rectified(_DENSE, (x, self.weight, self.bias), _DENSE.attrs)
            if y is not None:
                return y
        y = _DENSE(x, self.weight, self.bias)
        return y if activation is None else activation(y)

    def _luojia_rectified(self, x: Any) -> Any:
        if self.__class__ is not Dense or self.activation is not None or not self._luojia_is_plain():
            return None
        return rectified(_DENSE, (x, self.weight, self.bias), _DENSE.attrs)

    def extend_repr(self) -> str:
        text = f"input_channels={self.in_channels}, output_channels={self.out_channels}"
        if self.has_bias:
            text += f", has_bias={self.has_bias}"
        return text + (f", activation={self.activation}" if self.activation is not None else "")


class BiDense(Module):
    """y_k = x1 W_k x2 + b_k, W of shape (out, in1, in2).

    >>> from luojia import nn, Tensor
    >>> nn.BiDense(2, 3, 1, "ones", "zeros")(Tensor([[1.0, 2.0]]), Tensor([[1.0, 1.0, 1.0]])).asnumpy()
    array([[9.]], dtype=float32)

    Matches ``mindspore.nn.BiDense``.
    """

    def __init__(self, in1_channels: int, in2_channels: int, out_channels: int, weight_init: Any = None,
                 bias_init: Any = None, has_bias: bool = True, dtype: DType = float32) -> None:
        super().__init__()
        for name, value in (("in1_channels", in1_channels), ("in2_channels", in2_channels),
                            ("out_channels", out_channels)):
            check_positive_int("BiDense", name, value)
        default = fan_in_uniform(in1_channels)
        self.weight = weight_of("BiDense", weight_init, (out_channels, in1_channels, in2_channels), default, dtype)
        self.has_bias = check_bool("BiDense", "has_bias", has_bias)
        self.bias = weight_of("BiDense", bias_init, (out_channels,), default, dtype, "bias") if has_bias else None

    def construct(self, input1: Any, input2: Any) -> Any:
        lead = input1.shape[:-1]
        y = ops.matmul(ops.reshape(input1, (-1, 1, 1, input1.shape[-1])), self.weight)
        y = ops.reshape(y * ops.reshape(input2, (-1, 1, 1, input2.shape[-1])), (-1, *self.weight.shape[::2]))
        y = ops.reshape(OPERATORS["sum"](y, axis=-1), (*lead, self.weight.shape[0]))
        return y if self.bias is None else y + self.bias


class Identity(Module):
    """The input itself; arguments of the constructor are ignored.

    >>> from luojia import nn, Tensor
    >>> nn.Identity()(Tensor([1.0, 2.0])).asnumpy()
    array([1., 2.], dtype=float32)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def construct(self, x: Any) -> Any:
        return x


class Flatten(Module):
    """Axes ``start_dim`` to ``end_dim`` as one; by default (N, ...) becomes (N, -1).

    >>> from luojia import Tensor, nn
    >>> nn.Flatten()(Tensor([[[1.0, 2.0], [3.0, 4.0]]])).shape
    (1, 4)

    Matches ``mindspore.nn.Flatten``.
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def construct(self, x: Any) -> Any:
        if not isinstance(x, Tensor):
            return ops.flatten(x)
        n = max(x.ndim, 1)
        if not -n <= self.start_dim <= n or not -n <= self.end_dim < n:
            raise ArgumentError(f"For 'Flatten', start_dim={self.start_dim} and end_dim={self.end_dim} are out of "
                                f"range for an input of shape {x.shape}.")
        start, end = (d if d >= 0 else d + n for d in (self.start_dim, self.end_dim))
        if start > end:
            return x
        return ops.reshape(x, (*x.shape[:start], math.prod(x.shape[start : end + 1]), *x.shape[end + 1 :]))


class Norm(Module):
    """The Euclidean norm over ``axis`` (all axes by default).

    >>> from luojia import nn, Tensor
    >>> float(nn.Norm()(Tensor([3.0, 4.0])))
    5.0

    Matches ``mindspore.nn.Norm``.
    """

    def __init__(self, axis: Any = (), keep_dims: bool = False) -> None:
        super().__init__()
        check_value_type("axis", axis, (int, tuple, list), "Norm")
        self.axis, self.keep_dims = axis, check_bool("Norm", "keep_dims", keep_dims)

    def construct(self, x: Any) -> Any:
        axis = None if self.axis == () else self.axis
        return OPERATORS["sum"](x * x, axis=axis, keepdims=self.keep_dims) ** 0.5

    def extend_repr(self) -> str:
        return f"axis={self.axis}, keep_dims={self.keep_dims}"


class ClipByNorm(Module):
    """x scaled down to norm ``clip_norm`` over ``axis`` where it is longer.

    >>> from luojia import nn, Tensor
    >>> nn.ClipByNorm()(Tensor([3.0, 4.0]), Tensor(1.0)).asnumpy().round(3)
    array([0.6, 0.8], dtype=float32)

    Matches ``mindspore.nn.ClipByNorm``.
    """

    def __init__(self, axis: Any = None) -> None:
        super().__init__()
        if axis is not None:
            check_value_type("axis", axis, (int, tuple, list), "ClipByNorm")
        self.axis = axis

    def construct(self, x: Any, clip_norm: Any) -> Any:
        norm = OPERATORS["sum"](x * x, axis=self.axis, keepdims=True) ** 0.5
        return x * clip_norm / ops.maximum(norm, clip_norm)


class L1Regularizer(Module):
    """scale times the sum of |weights|.

    >>> from luojia import nn, Tensor
    >>> float(nn.L1Regularizer(0.5)(Tensor([3.0, -4.0])))
    3.5

    Matches ``mindspore.nn.L1Regularizer``.
    """

    def __init__(self, scale: float) -> None:
        super().__init__()
        if isinstance(scale, bool) or not isinstance(scale, (int, float)):
            raise DTypeError(f"For 'L1Regularizer', the 'scale' must be float, but got {type(scale).__name__}.")
        if not scale > 0 or math.isinf(scale):
            raise ArgumentError(f"For 'L1Regularizer', the 'scale' must be float and in range (0, inf), but got "
                                f"{scale}.")
        self.scale = float(scale)

    def construct(self, weights: Any) -> Any:
        return OPERATORS["sum"](ops.abs(weights)) * self.scale


class Tril(Module):
    """The lower triangle, up to diagonal ``k``, of the last two axes.

    >>> from luojia import nn, Tensor
    >>> nn.Tril()(Tensor([[1.0, 2.0], [3.0, 4.0]])).asnumpy()
    array([[1., 0.],
           [3., 4.]], dtype=float32)
    """

    def construct(self, x: Any, k: int = 0) -> Any:
        return ops.tril(x, k)


class Triu(Module):
    """The upper triangle, from diagonal ``k``, of the last two axes.

    >>> from luojia import nn, Tensor
    >>> nn.Triu()(Tensor([[1.0, 2.0], [3.0, 4.0]])).asnumpy()
    array([[1., 2.],
           [0., 4.]], dtype=float32)
    """

    def construct(self, x: Any, k: int = 0) -> Any:
        return ops.triu(x, k)


class MatMul(Module):
    """x1 @ x2 over the last two axes, either transposed if asked.

    >>> from luojia import nn, Tensor
    >>> nn.MatMul(transpose_x2=True)(Tensor([[1.0, 2.0]]), Tensor([[3.0, 4.0]])).asnumpy()
    array([[11.]], dtype=float32)

    Matches ``mindspore.nn.MatMul``.
    """

    def __init__(self, transpose_x1: bool = False, transpose_x2: bool = False) -> None:
        super().__init__()
        self.transpose_x1 = check_bool("MatMul", "transpose_x1", transpose_x1)
        self.transpose_x2 = check_bool("MatMul", "transpose_x2", transpose_x2)

    def construct(self, x1: Any, x2: Any) -> Any:
        return OPERATORS["matmul"](x1, x2, transpose_a=self.transpose_x1, transpose_b=self.transpose_x2)


class Moments(Module):
    """(mean, variance) over ``axis``.

    >>> from luojia import nn, Tensor
    >>> mean, variance = nn.Moments(axis=0)(Tensor([1.0, 3.0]))
    >>> float(mean), float(variance)
    (2.0, 1.0)

    Matches ``mindspore.nn.Moments``.
    """

    def __init__(self, axis: Any = None, keep_dims: bool | None = None) -> None:
        super().__init__()
        self.axis, self.keep_dims = axis, bool(keep_dims)

    def construct(self, x: Any) -> Any:
        axis = None if self.axis in (None, ()) else self.axis
        mean = OPERATORS["mean"](x, axis=axis, keepdims=True)
        centered = x - mean
        var = OPERATORS["mean"](centered * centered, axis=axis, keepdims=self.keep_dims)
        return (mean if self.keep_dims else ops.reshape(mean, var.shape)), var


class Range(Module):
    """The numbers from ``start`` to ``limit`` by ``delta``; a constant.

    >>> from luojia import nn
    >>> nn.Range(1, 8, 2)().asnumpy()
    array([1, 3, 5, 7], dtype=int32)
    """

    def __init__(self, start: Any, limit: Any = None, delta: Any = 1) -> None:
        super().__init__()
        start, limit = (0, start) if limit is None else (start, limit)
        whole = all(isinstance(v, int) for v in (start, limit, delta))
        self.result_tensor = Tensor(np.arange(start, limit, delta).astype(np.int32 if whole else np.float32))

    def construct(self) -> Any:
        return self.result_tensor


class TimeDistributed(Module):
    """A layer applied at every step of ``time_axis``.

    Args:
        layer: a network or a function of one Tensor.
        time_axis: the axis of the steps.
        reshape_with_axis: instead of looping, merge the time axis with this one, apply the layer once, split again.

    >>> from luojia import nn, Tensor
    >>> nn.TimeDistributed(nn.Dense(4, 2), time_axis=1)(Tensor(np.ones((3, 5, 4), np.float32))).shape
    (3, 5, 2)

    Matches ``mindspore.nn.TimeDistributed``.
    """

    def __init__(self, layer: Callable, time_axis: int, reshape_with_axis: int | None = None) -> None:
        super().__init__()
        if not callable(layer):
            raise DTypeError(f"For 'TimeDistributed', the 'layer' must be Cell or Primitive, but got "
                             f"{type(layer).__name__}.")
        check_value_type("time_axis", time_axis, int, "TimeDistributed")
        self.layer, self.time_axis, self.reshape_with_axis = layer, time_axis, reshape_with_axis

    def construct(self, inputs: Any) -> Any:
        axis = self.time_axis % inputs.ndim
        steps = []
        for t in range(inputs.shape[axis]):
            y = self.layer(inputs[(slice(None),) * axis + (t,)])
            steps.append(ops.reshape(y, (*y.shape[:axis], 1, *y.shape[axis:])))
        return ops.concat(steps, axis=axis)


class Unfold(Module):
    """Patches of (N, C, H, W) as channels: (N, C k k, out_h, out_w).

    Args:
        ksizes, strides, rates: (1, h, w, 1) each, or ints: size, step and dilation of the patches.
        padding: 'valid' or 'same'.

    >>> from luojia import nn, Tensor
    >>> nn.Unfold([1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1])(Tensor(np.ones((1, 3, 4, 4), np.float32))).shape
    (1, 12, 3, 3)

    Matches ``mindspore.nn.Unfold``.
    """

    def __init__(self, ksizes: Any, strides: Any, rates: Any, padding: str = "valid") -> None:
        super().__init__()
        self.sizes = [self._pair(name, v) for name, v in (("ksizes", ksizes), ("strides", strides), ("rates", rates))]
        check_choice("Unfold", "padding", padding.lower(), ["valid", "same"])
        self.padding = padding.lower()

    @staticmethod
    def _pair(name: str, value: Any) -> tuple[int, int]:
        value = (1, value, value, 1) if isinstance(value, int) else tuple(value)
        if len(value) != 4 or value[0] != 1 or value[3] != 1 or min(value) < 1:
            raise ArgumentError(f"For 'Unfold', the '{name}' must be (1, height, width, 1), but got {value}.")
        return value[1], value[2]

    def construct(self, x: Any) -> Any:
        kernel, stride, rate = self.sizes
        size = [(k - 1) * r + 1 for k, r in zip(kernel, rate)]
        if self.padding == "same":
            totals = [max((-(-n // s) - 1) * s + e - n, 0) for n, s, e in zip(x.shape[2:], stride, size)]
            pad = ((0, 0), (0, 0), *((t // 2, t - t // 2) for t in totals))
            x = OPERATORS["pad"](x, pad_width=pad)
        out = [(n - e) // s + 1 for n, e, s in zip(x.shape[2:], size, stride)]
        patches = [
            x[:, :, i * rate[0] : i * rate[0] + (out[0] - 1) * stride[0] + 1 : stride[0],
              j * rate[1] : j * rate[1] + (out[1] - 1) * stride[1] + 1 : stride[1]]
            for i in range(kernel[0]) for j in range(kernel[1])
        ]
        return ops.concat(patches, axis=1)


class Unflatten(Module):
    """Axis ``axis`` as several, of sizes ``unflattened_size`` (one may be -1).

    >>> from luojia import Tensor, nn
    >>> nn.Unflatten(1, (2, 3))(Tensor(np.ones((4, 6), np.float32))).shape
    (4, 2, 3)
    """

    def __init__(self, axis: int, unflattened_size: Any) -> None:
        super().__init__()
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise DTypeError(f"For 'Unflatten', the 'axis' must be int, but got {type(axis).__name__}.")
        self.axis, self.unflattened_size = axis, tuple(unflattened_size)

    def construct(self, x: Any) -> Any:
        axis = self.axis % x.ndim
        return ops.reshape(x, (*x.shape[:axis], *self.unflattened_size, *x.shape[axis + 1 :]))


class PixelShuffle(Module):
    """(..., C r^2, H, W) to (..., C, H r, W r): groups of r^2 channels become r by r pixels (Shi et al. 2016).

    >>> from luojia import Tensor, nn
    >>> nn.PixelShuffle(2)(Tensor(np.ones((1, 8, 3, 3), np.float32))).shape
    (1, 2, 6, 6)
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = check_positive_int("PixelShuffle", "upscale_factor", upscale_factor)

    def construct(self, x: Any) -> Any:
        r = self.upscale_factor
        *lead, c, h, w = x.shape
        if c % (r * r):
            raise ShapeError(f"For 'PixelShuffle', the channels must be divisible by {r * r} (upscale_factor squared), "
                             f"but got shape {x.shape}.")
        n = len(lead)
        y = ops.reshape(x, (*lead, c // (r * r), r, r, h, w))
        y = ops.transpose(y, (*range(n + 1), n + 3, n + 1, n + 4, n + 2))
        return ops.reshape(y, (*lead, c // (r * r), h * r, w * r))


class ResizeBilinear(Module):
    """Images (N, C, H, W) resized to ``size``, or by ``scale_factor``, by linear interpolation.

    >>> from luojia import nn, Tensor
    >>> nn.ResizeBilinear()(Tensor([[[[1.0, 3.0]]]]), size=(1, 3), align_corners=True).asnumpy()
    array([[[[1., 2., 3.]]]], dtype=float32)

    Matches ``mindspore.nn.ResizeBilinear`` of 1.x: size and factor come with the call.
    """

    def __init__(self, half_pixel_centers: bool = False) -> None:
        super().__init__()
        self.half_pixel_centers = half_pixel_centers

    def construct(self, x: Any, size: Any = None, scale_factor: int | None = None, align_corners: bool = False) -> Any:
        if (size is None) == (scale_factor is None):
            raise ArgumentError("For 'ResizeBilinear', give either 'size' or 'scale_factor', got "
                                f"size={size} and scale_factor={scale_factor}.")
        if size is None:
            size = tuple(int(n * scale_factor) for n in x.shape[2:])
        return ops.ResizeBilinear(tuple(size), align_corners, self.half_pixel_centers)(x)


__all__ = ["BiDense", "ClipByNorm", "Dense", "Flatten", "Identity", "L1Regularizer", "MatMul", "Moments", "Norm",
           "PixelShuffle", "Range", "ResizeBilinear", "TimeDistributed", "Tril", "Triu", "Unflatten", "Unfold"]
