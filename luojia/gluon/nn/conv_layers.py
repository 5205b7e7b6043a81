"""Convolutions and their transposes in one to three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.errors import DTypeError, ShapeError, UnsupportedLayoutError
from ..block import HybridBlock
from .activations import Activation


def check_layout(layer: HybridBlock, layout: str, ndim: int) -> None:
    """Refuse layouts other than channels first and channels last (which mxnet has on GPUs only)."""
    expected = layouts(ndim)
    if layout not in expected:
        raise UnsupportedLayoutError(
            f"{type(layer).__name__}: layout {layout!r} is not supported; use {expected[0]!r} or {expected[1]!r}, and "
            "transpose the data."
        )


def layouts(ndim: int) -> tuple[str, str]:
    """Channels first, and channels last."""
    size = "DHW"[3 - ndim:]
    return f"NC{size}", f"N{size}C"


def _per_axis(value: Any, ndim: int) -> tuple[int, ...]:
    try:
        return (value,) * ndim if isinstance(value, int) else tuple(value)
    except TypeError as e:
        raise DTypeError(f"a number, or {ndim} of them, are expected of a window, got {value!r}.") from e


class _Conv(HybridBlock):
    """A convolution, or with ``adj`` a transposed one, of ``len(kernel_size)`` dimensions."""

    def __init__(self, channels: int, kernel_size: tuple[int, ...], strides: Any, padding: Any, dilation: Any,
                 groups: int, layout: str, in_channels: int, activation: str | None, use_bias: bool,
                 weight_initializer: Any, bias_initializer: Any, adj: tuple[int, ...] | None = None,
                 prefix: str | None = None, params: Any = None) -> None:
        ndim = len(kernel_size)
        check_layout(self, layout, ndim)
        super().__init__(prefix=prefix, params=params)  # after the check: what is refused takes no name
        for number, what in ((channels, "channels"), (groups, "groups"), (in_channels, "in_channels")):
            if not isinstance(number, (int, np.integer)):
                raise DTypeError(f"{type(self).__name__}: {what} must be an int, got {number!r}.")
        if groups < 1 or channels % groups or in_channels % groups:
            raise ShapeError(f"{type(self).__name__}: channels and in_channels must be multiples of groups, got "
                             f"{channels} and {in_channels} channels in {groups} groups.")
        if adj is not None and any(a >= s for a, s in zip(adj, _per_axis(strides, ndim))):
            raise ShapeError(f"{type(self).__name__}: output_padding must be less than strides, got {adj} and "
                             f"{strides}.")
        self._channels = channels
        self._in_channels = in_channels
        self._transposed = adj is not None
        self._kwargs = {
            "kernel": kernel_size, "stride": _per_axis(strides, ndim), "dilate": _per_axis(dilation, ndim),
            "pad": _per_axis(padding, ndim), "num_filter": channels, "num_group": groups, "no_bias": not use_bias,
            "layout": layout,
        }
        if adj is not None:
            self._kwargs["adj"] = adj
        each = in_channels // groups if in_channels else 0
        shape = (in_channels, channels // groups) if self._transposed else (channels, each)
        whole = (*shape, *kernel_size) if layout == layouts(ndim)[0] else (shape[0], *kernel_size, shape[1])
        with self.name_scope():
            self.weight = self.params.get("weight", shape=whole, init=weight_initializer,
                                          allow_deferred_init=True)
            self.bias = self.params.get("bias", shape=(channels,), init=bias_initializer,
                                        allow_deferred_init=True) if use_bias else None
            self.act = Activation(activation, prefix=activation + "_") if activation is not None else None

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        if isinstance(self.act, Activation) and not self._transposed:
            how = self._kwargs
            out = self.act._after(F, "Convolution", "convolution", (x, weight, bias), {
                "kernel": how["kernel"], "stride": how["stride"], "pad": how["pad"], "dilation": how["dilate"],
                "groups": how["num_group"], "num_filter": how["num_filter"], "pad_mode": "pad",
                "layout": how["layout"]})
            if out is not None:
                return out
        operator = F.Deconvolution if self._transposed else F.Convolution
        out = operator(x, weight, name="fwd", **self._kwargs) if bias is None else (
            operator(x, weight, bias, name="fwd", **self._kwargs)
        )
        return out if self.act is None else self.act(out)

    def _alias(self) -> str:
        return "conv"

    def __repr__(self) -> str:
        how = self._kwargs
        ndim = len(how["kernel"])
        first = self.weight.shape[0]
        last = self.weight.shape[1 if how["layout"] == layouts(ndim)[0] else -1] or None
        parts = [f"{last} -> {first}", f"kernel_size={how['kernel']}", f"stride={how['stride']}"]
        if how["pad"] != (0,) * ndim:
            parts.append(f"padding={how['pad']}")
        if how["dilate"] != (1,) * ndim:
            parts.append(f"dilation={how['dilate']}")
        if how["num_group"] != 1:
            parts.append(f"groups={how['num_group']}")
        if self.bias is None:
            parts.append("bias=False")
        if self.act is not None:
            parts.append(str(self.act))
        return f"{type(self).__name__}({', '.join(parts)})"


_ARGS = """
    Args:
        channels: number of output channels.
        kernel_size: size of the window, a number or one per dimension.
        strides, padding, dilation: likewise.{extra}
        groups: in how many groups the channels are connected.
        layout: {layout!r}, or channels last, {last!r}: then the weights are (O, *kernel, I).
        activation: the name of an activation function, or none.
        use_bias: whether there is a bias per channel.
        weight_initializer, bias_initializer: initializers.
        in_channels: number of input channels, found at the first call if not given.

    Shapes: (N, in_channels, *size) to (N, channels, *out), ``out = {size}``.

    >>> from luojia import gluon, nd
    >>> layer = gluon.nn.{name}(channels=6, kernel_size=3, strides=2, activation="relu")
    >>> layer.initialize()
    >>> layer(nd.ones({shape})).shape, layer.weight.shape
    ({out}, {weight})
"""
_SIZE = "floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1"
_SIZE_T = "(size - 1) stride - 2 padding + dilation (kernel - 1) + 1 + output_padding"


def _conv_class(name: str, ndim: int) -> type:
    plain = "NC" + "DHW"[3 - ndim:]
    ones: Any = 1 if ndim == 1 else (1,) * ndim
    zeros: Any = 0 if ndim == 1 else (0,) * ndim

    def __init__(self: Any, channels: int, kernel_size: Any, strides: Any = ones, padding: Any = zeros,
                 dilation: Any = ones, groups: int = 1, layout: str = plain, activation: str | None = None,
                 use_bias: bool = True, weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_channels: int = 0, **kwargs: Any) -> None:
        kernel = _per_axis(kernel_size, ndim)
        assert len(kernel) == ndim, f"kernel_size must be a number or a list of {ndim} ints"
        _Conv.__init__(self, channels, kernel, strides, padding, dilation, groups, layout, in_channels, activation,
                       use_bias, weight_initializer, bias_initializer, **kwargs)

    doc = f"Convolution in {ndim} dimension{'s' * (ndim > 1)}.\n"
    doc += _ARGS.format(extra="", layout=plain, last=layouts(ndim)[1], size=_SIZE, name=name,
                        shape=(1, 3, *(9,) * ndim), out=(1, 6, *(4,) * ndim), weight=(6, 3, *(3,) * ndim))
    return type(name, (_Conv,), {"__init__": __init__, "__doc__": doc, "__module__": __name__})


def _transpose_class(name: str, ndim: int) -> type:
    plain = "NC" + "DHW"[3 - ndim:]
    ones: Any = 1 if ndim == 1 else (1,) * ndim
    zeros: Any = 0 if ndim == 1 else (0,) * ndim

    def __init__(self: Any, channels: int, kernel_size: Any, strides: Any = ones, padding: Any = zeros,
                 output_padding: Any = zeros, dilation: Any = ones, groups: int = 1, layout: str = plain,
                 activation: str | None = None, use_bias: bool = True, weight_initializer: Any = None,
                 bias_initializer: Any = "zeros", in_channels: int = 0, **kwargs: Any) -> None:
        kernel = _per_axis(kernel_size, ndim)
        assert len(kernel) == ndim, f"kernel_size must be a number or a list of {ndim} ints"
        _Conv.__init__(self, channels, kernel, strides, padding, dilation, groups, layout, in_channels, activation,
                       use_bias, weight_initializer, bias_initializer, adj=_per_axis(output_padding, ndim), **kwargs)
        self.outpad = _per_axis(output_padding, ndim)

    doc = f"Transposed convolution in {ndim} dimension{'s' * (ndim > 1)}: the gradient of a convolution by its input.\n"
    doc += _ARGS.format(extra="\n        output_padding: added to one side of the output.", layout=plain,
                        last=layouts(ndim)[1], size=_SIZE_T, name=name, shape=(1, 3, *(4,) * ndim),
                        out=(1, 6, *(9,) * ndim), weight=(3, 6, *(3,) * ndim))
    return type(name, (_Conv,), {"__init__": __init__, "__doc__": doc, "__module__": __name__})


Conv1D = _conv_class("Conv1D", 1)
Conv2D = _conv_class("Conv2D", 2)
Conv3D = _conv_class("Conv3D", 3)
Conv1DTranspose = _transpose_class("Conv1DTranspose", 1)
Conv2DTranspose = _transpose_class("Conv2DTranspose", 2)
Conv3DTranspose = _transpose_class("Conv3DTranspose", 3)


class ReflectionPad2D(HybridBlock):
    """Pads the last two axes of (N, C, H, W) by reflection.

    Args:
        padding: a number, or eight: before and after for each axis.

    >>> from luojia import gluon, nd
    >>> gluon.nn.ReflectionPad2D(1)(nd.ones((1, 3, 4, 4))).shape
    (1, 3, 6, 6)
    """

    def __init__(self, padding: Any = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(padding, int):
            padding = (0, 0, 0, 0, padding, padding, padding, padding)
        assert len(padding) == 8, f"ReflectionPad2D expects a number or eight, got {padding}"
        self._padding = tuple(padding)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.pad(x, mode="reflect", pad_width=self._padding)
