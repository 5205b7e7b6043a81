"""Pooling and padding layers."""

from __future__ import annotations

from typing import Any

from .. import ops
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, NotSupportedError, ShapeError
from .conv import spatial
from .module import Module


class _Pool(Module):
    _axes = 2
    _kind = "max"

    def __init__(self, kernel_size: Any = 1, stride: Any = 1, pad_mode: str = "valid", padding: Any = 0,
                 dilation: Any = 1, return_indices: bool = False, ceil_mode: bool = False,
                 data_format: str = "NCHW") -> None:
        super().__init__()
        who = type(self).__name__
        if dilation != 1:
            raise NotSupportedError(f"For '{who}', dilation={dilation} is not supported; use 1.")
        self.return_indices, self.ceil_mode = return_indices, ceil_mode
        if data_format not in ("NCHW", "NCW", "NCDHW"):
            raise NotSupportedError(f"For '{who}', the 'data_format' must be 'NCHW', but got {data_format}; transpose "
                                    "the data.")
        if not isinstance(pad_mode, str) or pad_mode.lower() not in ("valid", "same", "pad"):
            raise ArgumentError(f"For '{who}', the 'pad_mode' must be in ['valid', 'same', 'pad'], but got {pad_mode}.")
        self._kernel = spatial(who, "kernel_size", kernel_size, self._axes)
        self._stride = spatial(who, "stride", stride, self._axes)
        self.kernel_size, self.stride, self.pad_mode = kernel_size, stride, pad_mode.upper()
        self._pads = spatial(who, "padding", padding, self._axes, 0)
        if any(self._pads) and self.pad_mode != "PAD":
            raise ArgumentError(f"For '{who}', the 'padding' must be zero when 'pad_mode' is not 'pad', but got "
                                f"{padding}.")

    def construct(self, x: Any) -> Any:
        if isinstance(x, Tensor) and x.ndim not in (self._axes + 1, self._axes + 2):
            raise ShapeError(f"For '{type(self).__name__}', the input must have {self._axes + 2} axes (N, C, *size), "
                             f"but got shape {x.shape}.")
        single = isinstance(x, Tensor) and x.ndim == self._axes + 1
        if single:
            x = ops.reshape(x, (1, *x.shape))
        y = OPERATORS["pooling"](x, **self._attrs())
        if not single:
            return y
        return tuple([ops.reshape(t, t.shape[1:]) for t in y]) if self.return_indices else ops.reshape(y, y.shape[1:])

    def _attrs(self) -> dict[str, Any]:
        return {"pool_type": self._kind, "kernel": self._kernel, "stride": self._stride,
                "pad_mode": self.pad_mode.lower(), "pad": self._pads, "ceil_mode": self.ceil_mode,
                "return_indices": self.return_indices}

    def extend_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, pad_mode={self.pad_mode}"


class MaxPool2d(_Pool):
    """The maximum of each window of (N, C, H, W).

    Args:
        kernel_size, stride: ints or (height, width).
        pad_mode: 'valid', 'same' (padding counts as minus infinity), or 'pad' by ``padding``.

    >>> from luojia import Tensor, nn
    >>> nn.MaxPool2d(2, 2)(Tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
    Tensor(shape=[1, 1, 1, 1], dtype=Float32, value=
    [[[[ 4.00000000e+00]]]])

    Matches ``mindspore.nn.MaxPool2d``.
    """


class MaxPool1d(_Pool):
    """The maximum of each window of (N, C, L); see ``MaxPool2d``."""

    _axes = 1


class MaxPool3d(_Pool):
    """The maximum of each window of (N, C, D, H, W); see ``MaxPool2d``."""

    _axes = 3


class AvgPool2d(_Pool):
    """The mean of each window of (N, C, H, W); with pad_mode 'same' padding does not count.

    Args:
        count_include_pad: whether padding of pad_mode 'pad' counts.

    Matches ``mindspore.nn.AvgPool2d``; see ``MaxPool2d``.
    """

    _kind = "avg"

    def __init__(self, kernel_size: Any = 1, stride: Any = 1, pad_mode: str = "valid", padding: Any = 0,
                 ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
                 data_format: str = "NCHW") -> None:
        super().__init__(kernel_size, stride, pad_mode, padding, ceil_mode=ceil_mode, data_format=data_format)
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def _attrs(self) -> dict[str, Any]:
        return {**super()._attrs(), "count_include_pad": self.count_include_pad and self.pad_mode == "PAD",
                "divisor": self.divisor_override or 0}


class AvgPool1d(AvgPool2d):
    """The mean of each window of (N, C, L); see ``AvgPool2d``."""

    _axes = 1


class AvgPool3d(AvgPool2d):
    """The mean of each window of (N, C, D, H, W); see ``AvgPool2d``."""

    _axes = 3


class _Adaptive(Module):
    """Pools to a given size: window i of n goes from floor(i size / n) to ceil((i + 1) size / n)."""

    _axes = 2
    _operator = "adaptive_avg_pool"

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        if return_indices:
            raise NotSupportedError(f"For '{type(self).__name__}', return_indices=True is not supported.")
        sizes = (output_size,) * self._axes if isinstance(output_size, int) else tuple(output_size)
        if len(sizes) != self._axes or any(s is not None and (not isinstance(s, int) or s < 1) for s in sizes):
            raise ArgumentError(f"For '{type(self).__name__}', the 'output_size' must be an int > 0 or {self._axes} of "
                                f"them (None keeps a size), but got {output_size}.")
        self.output_size = sizes

    def construct(self, x: Any) -> Any:
        return OPERATORS[self._operator](x, output_size=self.output_size, axes=self._axes)


class AdaptiveAvgPool2d(_Adaptive):
    """The means of (..., H, W) over windows that make ``output_size`` of them.

    Matches ``mindspore.nn.AdaptiveAvgPool2d``.
    """


class AdaptiveAvgPool1d(_Adaptive):
    """The means of (..., L) over windows that make ``output_size`` of them."""

    _axes = 1


class AdaptiveMaxPool2d(_Adaptive):
    """The maxima of (..., H, W) over windows that make ``output_size`` of them."""

    _operator = "adaptive_max_pool"


class AdaptiveMaxPool1d(AdaptiveMaxPool2d):
    """The maxima of (..., L) over windows that make ``output_size`` of them."""

    _axes = 1


class Pad(Module):
    """x padded by ((before, after), ...) for each axis.

    Args:
        paddings: a pair for each axis.
        mode: 'CONSTANT' (zeros), 'REFLECT' or 'SYMMETRIC'.

    Matches ``mindspore.nn.Pad``.
    """

    def __init__(self, paddings: Any, mode: str = "CONSTANT") -> None:
        super().__init__()
        if not isinstance(paddings, tuple):
            raise DTypeError(f"For 'Pad', the type of 'paddings' must be tuple, but got {type(paddings).__name__}.")
        if any(len(p) != 2 for p in paddings):
            raise ArgumentError(f"For 'Pad', the shape of 'paddings' must be (n, 2), but got {paddings}.")
        if mode not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
            raise ArgumentError(f"For 'Pad', the 'mode' must be in ['CONSTANT', 'REFLECT', 'SYMMETRIC'], but got "
                                f"{mode}.")
        self.paddings, self.mode = tuple(tuple(p) for p in paddings), mode

    def construct(self, x: Any) -> Any:
        if len(self.paddings) != x.ndim:
            raise ShapeError(f"For 'Pad', the 'paddings' must have a pair for each of the {x.ndim} axes of the input, "
                             f"but got {self.paddings}.")
        return OPERATORS["pad"](x, pad_width=self.paddings, mode=self.mode.lower())


class _SidePad(Module):
    """Pads the last axes by (left, right, top, bottom, ...)."""

    _axes = 2
    _mode = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        sides = (padding,) * (2 * self._axes) if isinstance(padding, int) else tuple(padding)
        if len(sides) != 2 * self._axes or min(sides) < 0:
            raise ArgumentError(f"For '{type(self).__name__}', the 'padding' must be an int >= 0 or {2 * self._axes} "
                                f"of them, but got {padding}.")
        self.padding = sides

    def construct(self, x: Any) -> Any:
        pairs = [self.padding[i : i + 2] for i in range(0, len(self.padding), 2)][::-1]
        width = ((0, 0),) * (x.ndim - len(pairs)) + tuple(pairs)
        return self._pad(x, width)

    def _pad(self, x: Any, width: tuple) -> Any:
        return OPERATORS["pad"](x, pad_width=width, mode=self._mode)


class ZeroPad2d(_SidePad):
    """Zeros around the last two axes, by (left, right, top, bottom)."""


class ReflectionPad2d(_SidePad):
    """The last two axes reflected at their borders, by (left, right, top, bottom)."""

    _mode = "reflect"


class ReflectionPad1d(ReflectionPad2d):
    """The last axis reflected at its borders, by (left, right)."""

    _axes = 1


class ConstantPad2d(_SidePad):
    """A constant around the last two axes, by (left, right, top, bottom)."""

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def _pad(self, x: Any, width: tuple) -> Any:
        return OPERATORS["pad"](x, pad_width=width, constant_values=self.value)


class ConstantPad1d(ConstantPad2d):
    """A constant around the last axis, by (left, right)."""

    _axes = 1


__all__ = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AvgPool1d", "AvgPool2d",
           "AvgPool3d", "ConstantPad1d", "ConstantPad2d", "MaxPool1d", "MaxPool2d", "MaxPool3d", "Pad",
           "ReflectionPad1d", "ReflectionPad2d", "ZeroPad2d"]
