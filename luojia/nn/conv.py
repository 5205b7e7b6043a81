"""Convolutional layers."""

from __future__ import annotations

import math
from typing import Any

from .. import ops
from .._src.core.dtypes import DType, float32
from .._src.core.groups import rectified
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from ..common.initializer import HeUniform
from .basic import fan_in_uniform, weight_of
from .checks import check_bool, check_positive_int, check_same_dtype, named
from .module import Module

_LAYOUTS = ("NCW", "NCHW", "NCDHW")


def spatial(who: str, name: str, value: Any, axes: int, least: int = 1,
            wrong_length: type[Exception] = ArgumentError) -> tuple[int, ...]:
    """One int for each spatial axis, from an int or a tuple."""
    items = (value,) * axes if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(items, (tuple, list)) or any(isinstance(v, bool) or not isinstance(v, int) for v in items):
        raise DTypeError(f"For '{who}', the '{name}' must be int or a tuple of ints, but got {value!r}.")
    if len(items) != axes or min(items) < least:
        error = ArgumentError if len(items) == axes else wrong_length
        raise error(f"For '{who}', the '{name}' must be an int >= {least} or a tuple of {axes} of them, but got "
                    f"{value}.")
    return tuple(items)


class _Conv(Module):
    """What all convolutions share: the checks, the parameters, the repr."""

    _axes = 2
    _transposed = False

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same",
                 padding: Any = 0, dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None,
                 bias_init: Any = None, data_format: str = "NCHW", dtype: DType = float32) -> None:
        super().__init__()
        who, axes = type(self).__name__, self._axes
        self.in_channels = check_positive_int(who, "in_channels", in_channels)
        self.out_channels = check_positive_int(who, "out_channels", out_channels)
        self.group = check_positive_int(who, "group", group)
        self.kernel_size = spatial(who, "kernel_size", kernel_size, axes, wrong_length=DTypeError)
        self.stride = spatial(who, "stride", stride, axes, wrong_length=DTypeError)
        self.dilation = spatial(who, "dilation", dilation, axes, wrong_length=DTypeError)
        if pad_mode not in ("valid", "same", "pad"):
            raise ArgumentError(f"For '{who}', the 'pad_mode' must be str and must be in '['valid', 'same', 'pad']', "
                                f"but got '{pad_mode}'.")
        self.pad_mode, self.padding = pad_mode, padding
        pads = padding if isinstance(padding, (tuple, list)) else (padding,) * (2 * axes)
        if any(isinstance(p, bool) or not isinstance(p, int) for p in pads):
            raise DTypeError(f"For '{who}', the type of 'padding' must be int or tuple(int), but got {padding!r}.")
        if len(pads) != 2 * axes or min(pads) < 0:
            raise ArgumentError(f"For '{who}', the 'padding' must be an int >= 0 or a tuple of {2 * axes} of them, but "
                                f"got {padding}.")
        if any(pads) and pad_mode != "pad":
            raise ArgumentError(f"For '{who}', the 'pad' must be zero when 'pad_mode' is not 'pad', but got 'pad': "
                                f"{padding} and 'pad_mode': {pad_mode}.")
        self._pads = tuple(pads)
        if in_channels % group or out_channels % group:
            raise ArgumentError(f"For '{who}', 'in_channels' and 'out_channels' must be divisible by 'group', but got "
                                f"{in_channels}, {out_channels} and {group}.")
        if data_format not in (_LAYOUTS[:2] if axes < 3 else _LAYOUTS[1:]):
            raise ArgumentError(f"For '{who}', the 'data_format' must be channels first ({_LAYOUTS[axes - 1]}), "
                                f"but got {data_format}; transpose the data.")
        self.data_format = data_format
        self.weight_init = HeUniform(math.sqrt(5)) if weight_init is None else weight_init
        self.bias_init = bias_init
        self.has_bias = check_bool(who, "has_bias", has_bias)
        channels = (in_channels, out_channels // group) if self._transposed else (out_channels, in_channels // group)
        self.weight = weight_of(who, self.weight_init, (*channels, *self._weight_kernel()), None, dtype)
        self.bias: Any = None
        if has_bias:
            if bias_init is None:
                self.bias_init = fan_in_uniform(channels[1] * math.prod(self.kernel_size))
            self.bias = weight_of(who, self.bias_init, (out_channels,), None, dtype, "bias")

    def _weight_kernel(self) -> tuple[int, ...]:
        return self.kernel_size

    def _check_input(self, x: Any) -> None:
        if isinstance(x, Tensor) and (x.ndim != self._axes + 2 or x.shape[1] != self.in_channels):
            raise ShapeError(f"{named(type(self).__name__, self.weight)} expects inputs of "
                             f"{self._axes + 2} axes with {self.in_channels} channels (in_channels) on axis 1, got "
                             f"shape {x.shape}.")
        check_same_dtype(type(self).__name__, x, self.weight)

    def extend_repr(self) -> str:
        kernel, stride, dilation, padding = self.kernel_size, self.stride, self.dilation, self.padding
        if self._axes == 1:  # MindSpore's is a convolution of images of height 1
            kernel, stride, dilation = ((1, *sizes) for sizes in (kernel, stride, dilation))
            padding = (0, 0, *(self._pads if len(self._pads) == 2 else self._pads * 2))
        return (f"input_channels={self.in_channels}, output_channels={self.out_channels}, kernel_size={kernel}, "
                f"stride={stride}, pad_mode={self.pad_mode}, padding={padding}, dilation={dilation}, "
                f"group={self.group}, has_bias={self.has_bias}, weight_init={self.weight_init}, "
                f"bias_init={self.bias_init}, format={'NCDHW' if self._axes == 3 else 'NCHW'}")


class Conv2d(_Conv):
    """2-D convolution: (N, C_in, H, W) to (N, C_out, H', W'), the weight (C_out, C_in / group, kh, kw).

    Args:
        in_channels, out_channels: C_in and C_out.
        kernel_size, stride, dilation: ints or (height, width).
        pad_mode: 'same' (H' = ceil(H / stride)), 'valid' (no padding) or 'pad' (by ``padding``).
        padding: an int, or (top, bottom, left, right).
        group: channels are convolved in this many groups.
        has_bias: whether a bias is added; not by default.
        weight_init, bias_init: how 'weight' and 'bias' start.

    >>> from luojia import nn
    >>> nn.Conv2d(3, 8, 3, stride=2).weight.shape
    (8, 3, 3, 3)

    Matches ``mindspore.nn.Conv2d``, with the default initializers of 2.x.
    """

    def construct(self, x: Any) -> Any:
        self._check_input(x)
        return ops.conv2d(x, self.weight, self.bias, self.stride, self.pad_mode, self._pads, self.dilation, self.group)

    def _luojia_rectified(self, x: Any) -> Any:
        if self.__class__ is not Conv2d or not self._luojia_is_plain():
            return None
        return rectified(OPERATORS["convolution"], (x, self.weight, self.bias), {
            "kernel": None, "stride": self.stride, "pad": self._pads, "dilation": self.dilation, "groups": self.group,
            "num_filter": None, "pad_mode": self.pad_mode, "layout": None})


class Conv1d(_Conv):
    """1-D convolution: (N, C_in, L) to (N, C_out, L'), the weight (C_out, C_in / group, 1, k) as MindSpore stores it.

    >>> from luojia import nn, Tensor
    >>> nn.Conv1d(3, 8, 3, pad_mode="valid")(Tensor(np.ones((2, 3, 10), np.float32))).shape
    (2, 8, 8)

    Matches ``mindspore.nn.Conv1d``; see ``Conv2d``.
    """

    _axes = 1

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same",
                 padding: Any = 0, dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None,
                 bias_init: Any = None, dtype: DType = float32) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias,
                         weight_init, bias_init, "NCW", dtype)

    def _weight_kernel(self) -> tuple[int, ...]:
        return (1, *self.kernel_size)

    def construct(self, x: Any) -> Any:
        self._check_input(x)
        w = ops.reshape(self.weight, (*self.weight.shape[:2], *self.kernel_size))
        return ops.conv1d(x, w, self.bias, self.stride, self.pad_mode, self._pads, self.dilation, self.group)


class Conv3d(_Conv):
    """3-D convolution: (N, C_in, D, H, W) to (N, C_out, D', H', W').

    >>> from luojia import nn, Tensor
    >>> nn.Conv3d(3, 8, 3)(Tensor(np.ones((1, 3, 4, 6, 6), np.float32))).shape
    (1, 8, 4, 6, 6)

    Matches ``mindspore.nn.Conv3d``; see ``Conv2d``.
    """

    _axes = 3

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same",
                 padding: Any = 0, dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None,
                 bias_init: Any = None, data_format: str = "NCDHW", dtype: DType = float32) -> None:
        if data_format != "NCDHW":
            raise ArgumentError(f"For 'Conv3d', the 'data_format' must be NCDHW, but got {data_format}; transpose the "
                                "data.")
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias,
                         weight_init, bias_init, data_format, dtype)

    def construct(self, x: Any) -> Any:
        self._check_input(x)
        return ops.conv3d(x, self.weight, self.bias, self.stride, self.pad_mode, self._pads, self.dilation, self.group)


class Conv2dTranspose(_Conv):
    """2-D transposed convolution, the weight (C_in, C_out / group, kh, kw).

    With pad_mode 'same' H' = H stride; with 'valid' H' = (H - 1) stride + dilation (k - 1) + 1; with 'pad' less the
    padding. ``output_padding`` adds zeros after the last element of an axis, without the bias, as MindSpore does.

    >>> from luojia import nn, Tensor
    >>> nn.Conv2dTranspose(3, 8, 4, stride=2)(Tensor(np.ones((1, 3, 8, 8), np.float32))).shape
    (1, 8, 16, 16)

    Matches ``mindspore.nn.Conv2dTranspose``; see ``Conv2d``.
    """

    _transposed = True

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same",
                 padding: Any = 0, output_padding: Any = 0, dilation: Any = 1, group: int = 1, has_bias: bool = False,
                 weight_init: Any = None, bias_init: Any = None, dtype: DType = float32) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias,
                         weight_init, bias_init, "NCHW", dtype)
        self.output_padding = spatial(type(self).__name__, "output_padding", output_padding, self._axes, 0)
        if any(self.output_padding) and pad_mode != "pad":
            raise ArgumentError(f"For '{type(self).__name__}', the 'output_padding' must be zero when 'pad_mode' is "
                                f"not 'pad', but got {output_padding} and {pad_mode}.")
        room = [max(s, d) for s, d in zip(self.stride, self.dilation)]
        if self._axes == 2 and any([not 0 <= p < r for p, r in zip(self.output_padding, room)]):
            raise ArgumentError(f"For '{type(self).__name__}', the 'output_padding' must be in range of [0, max(stride,"
                                f" dilation)), but got {output_padding} for {self.stride} and {self.dilation}.")

    def _size(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        pads = self._pads if len(self._pads) == 2 * self._axes else [p for p in self._pads for _ in "ab"]
        out = []
        for i, (n, k, s, d) in enumerate(zip(sizes, self.kernel_size, self.stride, self.dilation)):
            full = (n - 1) * s + d * (k - 1) + 1
            if self.pad_mode == "same":
                out.append(n * s)
            else:
                out.append(max(full, n * s) if self.pad_mode == "valid" else
                           full - pads[2 * i] - pads[2 * i + 1])
        return tuple(out)

    def construct(self, x: Any) -> Any:
        self._check_input(x)
        operator = ops.Conv2DTranspose(self.out_channels, self.kernel_size, self.pad_mode,
                                       self._pads if self.pad_mode == "pad" else 0, stride=self.stride,
                                       dilation=self.dilation, group=self.group)
        y = operator(x, self.weight, (x.shape[0], self.out_channels, *self._size(x.shape[2:])))
        y = y if self.bias is None else y + ops.reshape(self.bias, (1, -1, 1, 1))
        if not any(self.output_padding):
            return y
        return OPERATORS["pad"](y, pad_width=((0, 0), (0, 0), *((0, p) for p in self.output_padding)))


class Conv1dTranspose(Conv2dTranspose):
    """1-D transposed convolution, the weight (C_in, C_out / group, 1, k).

    >>> from luojia import nn, Tensor
    >>> nn.Conv1dTranspose(3, 8, 3, pad_mode="pad")(Tensor(np.ones((2, 3, 10), np.float32))).shape
    (2, 8, 12)

    Matches ``mindspore.nn.Conv1dTranspose``.
    """

    _axes = 1

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same",
                 padding: Any = 0, dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None,
                 bias_init: Any = None, dtype: DType = float32) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, 0, dilation, group,
                         has_bias,
                         weight_init, bias_init, dtype)

    def _weight_kernel(self) -> tuple[int, ...]:
        return (1, *self.kernel_size)

    def construct(self, x: Any) -> Any:
        self._check_input(x)
        pads = self._pads if len(self._pads) == 2 else self._pads * 2
        operator = ops.Conv2DTranspose(self.out_channels, (1, *self.kernel_size), self.pad_mode,
                                       (0, 0, *pads) if self.pad_mode == "pad" else 0, stride=(1, *self.stride),
                                       dilation=(1, *self.dilation), group=self.group)
        image = ops.reshape(x, (*x.shape[:2], 1, x.shape[2]))
        y = operator(image, self.weight, (x.shape[0], self.out_channels, 1, *self._size(x.shape[2:])))
        y = ops.reshape(y, (*y.shape[:2], y.shape[3]))
        return y if self.bias is None else y + ops.reshape(self.bias, (1, -1, 1))


class Conv3dTranspose(Conv2dTranspose):
    """3-D transposed convolution, the weight (C_in, C_out / group, kd, kh, kw).

    >>> from luojia import nn, Tensor
    >>> nn.Conv3dTranspose(3, 8, 4, stride=2)(Tensor(np.ones((1, 3, 2, 4, 4), np.float32))).shape
    (1, 8, 4, 8, 8)

    Matches ``mindspore.nn.Conv3dTranspose``; see ``Conv2dTranspose``.
    """

    _axes = 3

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same",
                 padding: Any = 0, dilation: Any = 1, group: int = 1, output_padding: Any = 0, has_bias: bool = False,
                 weight_init: Any = None, bias_init: Any = None, data_format: str = "NCDHW",
                 dtype: DType = float32) -> None:
        if data_format != "NCDHW":
            raise ArgumentError(f"For 'Conv3dTranspose', the 'data_format' must be NCDHW, but got {data_format}; "
                                "transpose the data.")
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, output_padding, dilation,
                         group, has_bias, weight_init, bias_init, dtype)

    def construct(self, x: Any) -> Any:
        self._check_input(x)
        y = ops.conv3d_transpose(x, self.weight, self.pad_mode, self._pads if self.pad_mode == "pad" else 0,
                                 self.stride, self.dilation, self.group, self.output_padding)
        return y if self.bias is None else y + ops.reshape(self.bias, (1, -1, 1, 1, 1))


__all__ = ["Conv1d", "Conv1dTranspose", "Conv2d", "Conv2dTranspose", "Conv3d", "Conv3dTranspose"]
