"""Pooling layers."""

from __future__ import annotations

from typing import Any

from .. import ops
from .._checkparam import check_value_type
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, ShapeError
from .checks import check_bool
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
        self.return_indices, self.ceil_mode = return_indices, ceil_mode
        if data_format not in ("NCHW", "NCW", "NCDHW"):
            raise ArgumentError(f"For '{who}', the 'data_format' must be 'NCHW', but got {data_format}; transpose the "
                                "data.")
        if not isinstance(pad_mode, str) or pad_mode.lower() not in ("valid", "same", "pad"):
            raise ArgumentError(f"For '{who}', the 'pad_mode' must be in ['valid', 'same', 'pad'], but got {pad_mode}.")
        self._dilation = spatial(who, "dilation", dilation, self._axes)
        if self._kind == "max" and (return_indices or ceil_mode) and pad_mode.lower() != "pad":
            raise ArgumentError(f"For {who}, the parameter 'padding', 'dilation', 'return_indices', 'ceil_mode' can "
                                "not be set to non-default value when pad_mode is not 'pad', but got "
                                f"pad_mode:{pad_mode}.")
        if set(self._dilation) != {1} and pad_mode.lower() != "pad":
            raise ArgumentError(f"For {who}, the pad_mode must be 'pad' when dilation is not 1, but got "
                                f"pad_mode:{pad_mode}.")
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
                "return_indices": self.return_indices, "at_most_half": True,
                "dilation": 1 if set(self._dilation) == {1} else self._dilation}

    def extend_repr(self) -> str:
        kernel, stride = self.kernel_size, self.stride
        if self._axes == 1 and (self._kind == "max" or self.pad_mode != "PAD"):  # images of height 1, or volumes
            ones = (1, 1) if self.pad_mode == "PAD" and self._kind == "max" else (1,)
            kernel, stride = (*ones, *self._kernel), (*ones, *self._stride)
        return f"kernel_size={kernel}, stride={stride}, pad_mode={self.pad_mode}"


class MaxPool2d(_Pool):
    """The maximum of each window of (N, C, H, W).

    Args:
        kernel_size, stride: ints or (height, width).
        pad_mode: 'valid', 'same' (padding counts as minus infinity), or 'pad' by ``padding``.
        padding: at most half of the kernel.
        dilation: how far apart a window's places lie, with pad_mode 'pad'.

    >>> from luojia import Tensor, nn
    >>> nn.MaxPool2d(2, 2)(Tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
    Tensor(shape=[1, 1, 1, 1], dtype=Float32, value=
    [[[[ 4.00000000e+00]]]])

    Matches ``mindspore.nn.MaxPool2d``.
    """


class MaxPool1d(_Pool):
    """The maximum of each window of (N, C, L); see ``MaxPool2d``.

    >>> from luojia import nn, Tensor
    >>> nn.MaxPool1d(2, 2)(Tensor([[[1.0, 3.0, 5.0, 7.0]]])).asnumpy()
    array([[[3., 7.]]], dtype=float32)
    """

    _axes = 1


class MaxPool3d(_Pool):
    """The maximum of each window of (N, C, D, H, W); see ``MaxPool2d``.

    >>> from luojia import nn, Tensor
    >>> nn.MaxPool3d(2, 2)(Tensor(np.ones((1, 1, 4, 4, 4), np.float32))).shape
    (1, 1, 2, 2, 2)
    """

    _axes = 3


class AvgPool2d(_Pool):
    """The mean of each window of (N, C, H, W); with pad_mode 'same' padding does not count.

    Args:
        count_include_pad: whether padding of pad_mode 'pad' counts.

    >>> from luojia import nn, Tensor
    >>> nn.AvgPool2d(2, 2)(Tensor([[[[1.0, 3.0], [5.0, 7.0]]]])).asnumpy()
    array([[[[4.]]]], dtype=float32)

    Matches ``mindspore.nn.AvgPool2d``; see ``MaxPool2d``.
    """

    _kind = "avg"

    def __init__(self, kernel_size: Any = 1, stride: Any = 1, pad_mode: str = "valid", padding: Any = 0,
                 ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
                 data_format: str = "NCHW") -> None:
        super().__init__(kernel_size, stride, pad_mode, padding, ceil_mode=check_bool(
            type(self).__name__, "ceil_mode", ceil_mode), data_format=data_format)
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def _attrs(self) -> dict[str, Any]:
        return {**super()._attrs(), "count_include_pad": self.count_include_pad and self.pad_mode == "PAD",
                "divisor": self.divisor_override or 0}


class AvgPool1d(AvgPool2d):
    """The mean of each window of (N, C, L); see ``AvgPool2d``.

    >>> from luojia import nn, Tensor
    >>> nn.AvgPool1d(2, 2)(Tensor([[[1.0, 3.0, 5.0, 7.0]]])).asnumpy()
    array([[[2., 6.]]], dtype=float32)
    """

    _axes = 1


class AvgPool3d(AvgPool2d):
    """The mean of each window of (N, C, D, H, W); padding of pad_mode 'same' counts too. See ``AvgPool2d``.

    >>> from luojia import nn, Tensor
    >>> nn.AvgPool3d(2, 2)(Tensor(np.ones((1, 1, 4, 4, 4), np.float32))).shape
    (1, 1, 2, 2, 2)
    """

    _axes = 3

    def _attrs(self) -> dict[str, Any]:
        return {**super()._attrs(), "count_include_pad": self.count_include_pad}


class _Adaptive(Module):
    """Pools to a given size: window i of n goes from floor(i size / n) to ceil((i + 1) size / n)."""

    _axes = 2
    _operator = "adaptive_avg_pool"

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        check_value_type("output_size", output_size, (int, tuple, list), type(self).__name__)
        sizes = (output_size,) * self._axes if isinstance(output_size, int) else tuple(output_size)
        if len(sizes) != self._axes or any(s is not None and (not isinstance(s, int) or s < 1) for s in sizes):
            raise ArgumentError(f"For '{type(self).__name__}', the 'output_size' must be an int > 0 or {self._axes} of "
                                f"them (None keeps a size), but got {output_size}.")
        self.output_size, self.return_indices = sizes, return_indices

    def construct(self, x: Any) -> Any:
        if self.return_indices:
            return getattr(ops, f"adaptive_max_pool{self._axes}d")(x, self.output_size, True)
        return OPERATORS[self._operator](x, output_size=self.output_size, axes=self._axes)


class AdaptiveAvgPool2d(_Adaptive):
    """The means of (..., H, W) over windows that make ``output_size`` of them.

    >>> from luojia import nn, Tensor
    >>> nn.AdaptiveAvgPool2d(1)(Tensor([[[[1.0, 3.0], [5.0, 7.0]]]])).asnumpy()
    array([[[[4.]]]], dtype=float32)

    Matches ``mindspore.nn.AdaptiveAvgPool2d``.
    """


class AdaptiveAvgPool1d(_Adaptive):
    """The means of (..., L) over windows that make ``output_size`` of them.

    >>> from luojia import nn, Tensor
    >>> nn.AdaptiveAvgPool1d(2)(Tensor([[[1.0, 3.0, 5.0, 7.0]]])).asnumpy()
    array([[[2., 6.]]], dtype=float32)
    """

    _axes = 1


class AdaptiveMaxPool2d(_Adaptive):
    """The maxima of (..., H, W) over windows that make ``output_size`` of them.

    >>> from luojia import nn, Tensor
    >>> nn.AdaptiveMaxPool2d(1)(Tensor([[[[1.0, 3.0], [5.0, 7.0]]]])).asnumpy()
    array([[[[7.]]]], dtype=float32)
    """

    _operator = "adaptive_max_pool"


class AdaptiveMaxPool1d(AdaptiveMaxPool2d):
    """The maxima of (..., L) over windows that make ``output_size`` of them.

    >>> from luojia import nn, Tensor
    >>> nn.AdaptiveMaxPool1d(2)(Tensor([[[1.0, 3.0, 5.0, 7.0]]])).asnumpy()
    array([[[3., 7.]]], dtype=float32)
    """

    _axes = 1


class AdaptiveAvgPool3d(_Adaptive):
    """The means of (..., D, H, W) over windows that make ``output_size`` of them.

    >>> from luojia import nn, Tensor
    >>> nn.AdaptiveAvgPool3d(2)(Tensor(np.ones((1, 1, 4, 4, 4), np.float32))).shape
    (1, 1, 2, 2, 2)
    """

    _axes = 3


class AdaptiveMaxPool3d(AdaptiveMaxPool2d):
    """The maxima of (..., D, H, W) over windows that make ``output_size`` of them.

    >>> from luojia import nn, Tensor
    >>> nn.AdaptiveMaxPool3d(2)(Tensor(np.ones((1, 4, 4, 4), np.float32))).shape
    (1, 2, 2, 2)
    """

    _axes = 3


class _LPPool(Module):
    _axes = 1

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def construct(self, x: Any) -> Any:
        pool = ops.lp_pool1d if self._axes == 1 else ops.lp_pool2d
        return pool(x, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)


class LPPool1d(_LPPool):
    """(sum x^p)^(1/p) of each window of (N, C, L), p being ``norm_type``; the stride is the kernel by default.

    >>> from luojia import nn, Tensor
    >>> nn.LPPool1d(2, 2)(Tensor([[[3.0, 4.0]]])).asnumpy()
    array([[[5.]]], dtype=float32)

    Matches ``mindspore.nn.LPPool1d``.
    """


class LPPool2d(_LPPool):
    """(sum x^p)^(1/p) of each window of (N, C, H, W); see ``LPPool1d``.

    >>> from luojia import nn, Tensor
    >>> nn.LPPool2d(1, 2)(Tensor([[[[1.0, 2.0], [3.0, 4.0]]]])).asnumpy()
    array([[[[10.]]]], dtype=float32)
    """

    _axes = 2


class _Fractional(Module):
    _axes = 2

    def __init__(self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                 return_indices: bool = False, _random_samples: Tensor | None = None) -> None:
        super().__init__()
        self.kernel_size, self.output_size, self.output_ratio = kernel_size, output_size, output_ratio
        self.return_indices, self._random_samples = return_indices, _random_samples

    def construct(self, input: Any) -> Any:
        pool = ops.fractional_max_pool2d if self._axes == 2 else ops.fractional_max_pool3d
        return pool(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices,
                    self._random_samples)


class FractionalMaxPool2d(_Fractional):
    """The maxima of ``output_size`` windows of (N, C, H, W), or ``output_ratio`` times as many, at random places.

    Graham 2014. Matches ``mindspore.nn.FractionalMaxPool2d``.

    >>> from luojia import nn, Tensor
    >>> nn.FractionalMaxPool2d(2, output_size=3)(Tensor(np.ones((1, 1, 8, 8), np.float32))).shape
    (1, 1, 3, 3)
    """


class FractionalMaxPool3d(_Fractional):
    """The maxima of windows of (N, C, D, H, W) at random places; see ``FractionalMaxPool2d``.

    >>> from luojia import nn, Tensor
    >>> nn.FractionalMaxPool3d(2, output_size=2)(Tensor(np.ones((1, 1, 6, 6, 6), np.float32))).shape
    (1, 1, 2, 2, 2)
    """

    _axes = 3


class _MaxUnpool(Module):
    _axes = 2

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def construct(self, x: Any, indices: Any, output_size: Any = None) -> Any:
        unpool = getattr(ops, f"max_unpool{self._axes}d")
        return unpool(x, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool1d(_MaxUnpool):
    """The maxima of a ``MaxPool1d`` back at their places in (N, C, L), zeros elsewhere: (x, indices) to y.

    >>> from luojia import nn, Tensor
    >>> y, places = nn.MaxPool1d(2, 2, return_indices=True, pad_mode="pad")(Tensor([[[1.0, 3.0, 7.0, 5.0]]]))
    >>> nn.MaxUnpool1d(2, 2)(y, places).asnumpy()
    array([[[0., 3., 7., 0.]]], dtype=float32)
    """

    _axes = 1


class MaxUnpool2d(_MaxUnpool):
    """The maxima of a ``MaxPool2d`` back at their places in (N, C, H, W), zeros elsewhere: (x, indices) to y.

    >>> from luojia import Tensor, nn
    >>> nn.MaxUnpool2d(2)(Tensor([[[[4.0]]]]), Tensor([[[[3]]]])).tolist()
    [[[[0.0, 0.0], [0.0, 4.0]]]]

    Matches ``mindspore.nn.MaxUnpool2d``.
    """


class MaxUnpool3d(_MaxUnpool):
    """The maxima of a ``MaxPool3d`` back at their places in (N, C, D, H, W), zeros elsewhere: (x, indices) to y."""

    _axes = 3


__all__ = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
           "AdaptiveMaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "FractionalMaxPool2d", "FractionalMaxPool3d",
           "LPPool1d", "LPPool2d", "MaxPool1d", "MaxPool2d", "MaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"]
