"""Convolutions under mint's names: ``padding`` in numbers, ``groups``, ``bias``."""

from __future__ import annotations

import math
from typing import Any

from ..._src.core.dtypes import DType, float32
from ..._src.errors import ArgumentError, NotSupportedError
from ..._src.ops import Parameter
from ...common.initializer import HeUniform, Uniform, initializer
from ...nn.checks import check_positive_int
from ...nn.module import Module
from . import functional as F  # noqa: N812 - as everybody calls it

_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


class _Conv(Module):
    """What the convolutions share: 'weight' (O, C / groups, *kernel) and 'bias' (O,)."""

    _axes = 2

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
                 dilation: Any = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros",
                 dtype: DType | None = None) -> None:
        super().__init__()
        who = type(self).__name__
        check_positive_int(who, "in_channels", in_channels)
        check_positive_int(who, "out_channels", out_channels)
        check_positive_int(who, "groups", groups)
        if in_channels % groups or out_channels % groups:
            raise ArgumentError(f"For '{who}', in_channels {in_channels} and out_channels {out_channels} must be "
                                f"divisible by groups {groups}.")
        if padding_mode not in _MODES:
            raise ArgumentError(f"The value of 'padding_mode' must be one of {list(_MODES)}, but got {padding_mode}.")
        kernel, stride, dilation = (self._each(v) for v in (kernel_size, stride, dilation))
        for name, values in (("kernel_size", kernel), ("stride", stride), ("dilation", dilation)):
            for v in values:
                check_positive_int(who, f"{name} item", v)
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = kernel, stride, dilation
        self.padding = padding if isinstance(padding, str) else self._each(padding)
        self.padding_mode = padding_mode
        shape = self._weight_shape(in_channels, out_channels, groups, kernel)
        fan_in = shape[1] * math.prod(kernel)
        self.weight = Parameter(initializer(HeUniform(math.sqrt(5)), shape, dtype or float32), name="weight")
        self.bias = Parameter(initializer(Uniform(1 / math.sqrt(fan_in)), (out_channels,), dtype or float32),
                              name="bias") if bias else None

    def _each(self, value: Any) -> tuple:
        return (value,) * self._axes if isinstance(value, int) else tuple(value)

    def extend_repr(self) -> str:
        text = (f"input_channels={self.in_channels}, output_channels={self.out_channels}, "
                f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
                f"dilation={self.dilation}, groups={self.groups}, bias={self.bias is not None}")
        return text + ("" if self.padding_mode == "zeros" else f", padding_mode={self.padding_mode}")

    def _weight_shape(self, in_channels: int, out_channels: int, groups: int, kernel: tuple) -> tuple:
        return (out_channels, in_channels // groups, *kernel)

    def construct(self, input: Any) -> Any:
        padding = self.padding
        if self.padding_mode != "zeros" and padding != "valid":
            if isinstance(padding, str):  # 'same'
                total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size)]
                sides = [(n // 2, n - n // 2) for n in total]
            else:
                sides = [(p, p) for p in padding]
            input = F.pad(input, [p for side in reversed(sides) for p in side], _MODES[self.padding_mode])
            padding = 0
        conv = (F.conv1d, F.conv2d, F.conv3d)[self._axes - 1]
        return conv(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Conv):
    """The convolution of (N, C, L); ``padding`` is a number, one for each axis, 'same' or 'valid'."""

    _axes = 1


class Conv2d(_Conv):
    """The convolution of (N, C, H, W); see ``Conv1d``.

    Matches ``mindspore.mint.nn.Conv2d``.
    """


class Conv3d(_Conv):
    """The convolution of (N, C, D, H, W); see ``Conv1d``."""

    _axes = 3


class ConvTranspose2d(_Conv):
    """The transposed convolution of (N, C, H, W), with a weight (C, O / groups, kh, kw).

    Matches ``mindspore.mint.nn.ConvTranspose2d``.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
                 output_padding: Any = 0, groups: int = 1, bias: bool = True, dilation: Any = 1,
                 padding_mode: str = "zeros", dtype: DType | None = None) -> None:
        if padding_mode != "zeros":
            raise NotSupportedError(f"mint.nn.ConvTranspose2d: padding_mode must be 'zeros', got {padding_mode!r}.")
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, dtype=dtype)
        self.output_padding = output_padding

    def _weight_shape(self, in_channels: int, out_channels: int, groups: int, kernel: tuple) -> tuple:
        return (in_channels, out_channels // groups, *kernel)

    def construct(self, input: Any, output_size: Any = None) -> Any:
        extra = self.output_padding
        if output_size is not None:
            extra = self._missing(input.shape, [int(n) for n in output_size][-2:])
        return F.conv_transpose2d(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups,
                                  self.dilation)

    def _missing(self, shape: tuple, wanted: list[int]) -> tuple:
        """The ``output_padding`` that makes the output of shape ``wanted``."""
        stride, padding, dilation = self.stride, self.padding, self.dilation
        least = [(n - 1) * s - 2 * p + d * (k - 1) + 1
                 for n, s, p, d, k in zip(shape[-2:], stride, padding, dilation, self.kernel_size)]
        extra = tuple([w - n for w, n in zip(wanted, least)])
        if any(not 0 <= e < s for e, s in zip(extra, stride)):
            raise ArgumentError(f"mint.nn.ConvTranspose2d: output_size must lie between {least} and "
                                f"{[n + s - 1 for n, s in zip(least, stride)]}, got {wanted}.")
        return extra


__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d"]
