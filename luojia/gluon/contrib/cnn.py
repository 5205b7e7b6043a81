"""Convolutions that find out where to read."""

from __future__ import annotations

import sys
from typing import Any

from ..._src.errors import NotSupportedError
from ..._src.paths import also_at, public_names
from ..block import HybridBlock
from ..nn.activations import Activation
from ..nn.conv_layers import _per_axis

__all__ = ["DeformableConvolution", "ModulatedDeformableConvolution"]
__dir__ = public_names(__name__)


class _Deformable(HybridBlock):
    """What both have: a convolution that gives the offsets (and masks), and the one that reads at them."""

    _numbers = 2  # for each place of the kernel
    deformable_conv_weight: Any
    deformable_conv_bias: Any

    def __init__(self, channels: int, kernel_size: Any = (1, 1), strides: Any = (1, 1), padding: Any = (0, 0),
                 dilation: Any = (1, 1), groups: int = 1, num_deformable_group: int = 1, layout: str = "NCHW",
                 use_bias: bool = True, in_channels: int = 0, activation: str | None = None,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 offset_weight_initializer: Any = "zeros", offset_bias_initializer: Any = "zeros",
                 offset_use_bias: bool = True, op_name: str | None = None, adj: Any = None, prefix: str | None = None,
                 params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        if layout != "NCHW" or adj is not None:
            raise NotSupportedError(f"{type(self).__name__}: layout={layout!r} and adj={adj!r} are not supported; use "
                                    "layout='NCHW', and no adj.")
        kernel = _per_axis(kernel_size, 2)
        self._channels, self._in_channels = channels, in_channels
        both = {"kernel": kernel, "stride": _per_axis(strides, 2), "dilate": _per_axis(dilation, 2),
                "pad": _per_axis(padding, 2), "num_group": groups, "layout": layout}
        found = self._numbers * kernel[0] * kernel[1] * num_deformable_group
        self._kwargs_offset = {**both, "num_filter": found, "no_bias": not offset_use_bias}
        self._kwargs_deformable_conv = {**both, "num_filter": channels, "num_deformable_group": num_deformable_group,
                                        "no_bias": not use_bias}
        each = in_channels // groups if in_channels else 0

        def make(name: str, shape: tuple, init: Any, wanted: bool = True) -> Any:
            return self.params.get(name, shape=shape, init=init, allow_deferred_init=True) if wanted else None

        def offset() -> None:
            self.offset_weight = make("offset_weight", (found, each, *kernel), offset_weight_initializer)
            self.offset_bias = make("offset_bias", (found,), offset_bias_initializer, offset_use_bias)

        def main() -> None:
            self.deformable_conv_weight = make("deformable_conv_weight", (channels, each, *kernel), weight_initializer)
            self.deformable_conv_bias = make("deformable_conv_bias", (channels,), bias_initializer, use_bias)

        with self.name_scope():
            for parameters in (offset, main) if self._numbers == 2 else (main, offset):  # in mxnet's order
                parameters()
            self.act = Activation(activation, prefix=activation + "_") if activation else None

    def hybrid_forward(self, F: Any, x: Any, offset_weight: Any, deformable_conv_weight: Any, offset_bias: Any = None,
                       deformable_conv_bias: Any = None) -> Any:
        biases = [[] if b is None else [b] for b in (offset_bias, deformable_conv_bias)]
        found = F.Convolution(x, offset_weight, *biases[0], cudnn_off=True, **self._kwargs_offset)
        how = {**self._kwargs_deformable_conv, "name": "fwd"}
        out = self._read(F, x, found, (deformable_conv_weight, *biases[1]), how)
        return out if self.act is None else self.act(out)

    def _read(self, F: Any, x: Any, found: Any, weights: tuple, how: dict[str, Any]) -> Any:
        raise NotImplementedError


_ARGS = """
    Args:
        channels: number of output channels.
        kernel_size, strides, padding, dilation: of both convolutions, a number or one per axis.
        groups: in how many groups the channels are connected.
        num_deformable_group: in how many groups of channels the places are found.
        layout: 'NCHW'.
        use_bias, offset_use_bias: whether there is a bias per channel.
        in_channels: number of input channels, found at the first call if not given.
        activation: the name of an activation function, or none.
        weight_initializer, ..., offset_bias_initializer: initializers; those of the offsets are zeros.

    Shapes: (N, in_channels, H, W) to (N, channels, H', W').
"""


class DeformableConvolution(_Deformable):
    __doc__ = """A convolution whose places are shifted by what another one finds in its input.
""" + _ARGS + """
    Source: Dai et al. 2017, "Deformable convolutional networks".

    >>> from luojia import nd
    >>> layer = DeformableConvolution(2, kernel_size=3, padding=1)
    >>> layer.initialize()
    >>> layer(nd.ones((1, 4, 5, 5))).shape
    (1, 2, 5, 5)
    """

    def _read(self, F: Any, x: Any, found: Any, weights: tuple, how: dict[str, Any]) -> Any:
        return F.contrib.DeformableConvolution(x, found, *weights, **how)

    def _alias(self) -> str:
        return "deformable_conv"

    def __repr__(self) -> str:
        how, weight = self._kwargs_deformable_conv, self.deformable_conv_weight.shape
        parts = [f"{weight[1] or None} -> {weight[0]}", f"kernel_size={how['kernel']}", f"stride={how['stride']}"]
        for name, value, plain in (("padding", how["pad"], (0, 0)), ("dilation", how["dilate"], (1, 1)),
                                   ("groups", how["num_group"], 1)):
            if value != plain:
                parts.append(f"{name}={value}")
        if self.deformable_conv_bias is None:
            parts.append("bias=False")
        return f"{type(self).__name__}({', '.join([*parts, *([str(self.act)] if self.act else [])])})"


class ModulatedDeformableConvolution(_Deformable):
    __doc__ = """``DeformableConvolution`` whose readings are also weighted, from 0 to 2, by what the first one finds.
""" + _ARGS + """
    Source: Zhu et al. 2018, "Deformable ConvNets v2".
    """

    _numbers = 3

    def _read(self, F: Any, x: Any, found: Any, weights: tuple, how: dict[str, Any]) -> Any:
        split = self._kwargs_offset["num_filter"] * 2 // 3
        offset = F.slice_axis(found, axis=1, begin=0, end=split)
        mask = F.sigmoid(F.slice_axis(found, axis=1, begin=split, end=None)) * 2
        return F.contrib.ModulatedDeformableConvolution(x, offset, mask, *weights, **how)

    def _alias(self) -> str:
        return "modulated_deformable_conv"

also_at(sys.modules[__name__], f"{__name__}.conv_layers")
