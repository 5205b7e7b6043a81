"""MobileNet (Howard et al. 2017) and MobileNetV2 (Sandler et al. 2018)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import nn
from ...block import HybridBlock
from .common import Classifier, trained


class RELU6(nn.HybridBlock):
    """``min(max(x, 0), 6)``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.clip(x, 0, 6, name="relu6")


def _add_conv(out: Any, channels: int, kernel: int = 1, stride: int = 1, pad: int = 0, groups: int = 1,
              active: bool = True, relu6: bool = False) -> None:
    out.add(nn.Conv2D(channels, kernel, stride, pad, groups=groups, use_bias=False), nn.BatchNorm(scale=True))
    if active:
        out.add(RELU6() if relu6 else nn.Activation("relu"))


class LinearBottleneck(HybridBlock):
    """An inverted residual: widen by ``t``, filter each channel, narrow without activation."""

    def __init__(self, in_channels: int, channels: int, t: int, stride: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_shortcut = stride == 1 and in_channels == channels
        with self.name_scope():
            self.out = nn.HybridSequential(prefix="")
            _add_conv(self.out, in_channels * t, relu6=True)
            _add_conv(self.out, in_channels * t, 3, stride, 1, in_channels * t, relu6=True)
            _add_conv(self.out, channels, active=False)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        out = self.out(x)
        return F.elemwise_add(out, x) if self.use_shortcut else out


class MobileNet(Classifier):
    """Version 1: convolutions per channel and 1x1 convolutions in turn.

    Args:
        multiplier: factor on the numbers of channels.
        classes: number of classes.
    """

    def __init__(self, multiplier: float = 1.0, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        first = [int(c * multiplier) for c in (32, 64, 128, 128, 256, 256, *[512] * 6, 1024)]
        then = [int(c * multiplier) for c in (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)]
        strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            with self.features.name_scope():
                _add_conv(self.features, int(32 * multiplier), 3, 2, 1)
                for a, b, stride in zip(first, then, strides):
                    _add_conv(self.features, a, 3, stride, 1, a)
                    _add_conv(self.features, b)
                self.features.add(nn.GlobalAvgPool2D(), nn.Flatten())
            self.output = nn.Dense(classes)


class MobileNetV2(Classifier):
    """Version 2: inverted residuals; arguments as for ``MobileNet``."""

    def __init__(self, multiplier: float = 1.0, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        widths = [32, 16, *[24] * 2, *[32] * 3, *[64] * 4, *[96] * 3, *[160] * 3, 320]
        widths = [int(c * multiplier) for c in widths]
        strides = [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1]
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="features_")
            with self.features.name_scope():
                _add_conv(self.features, widths[0], 3, 2, 1, relu6=True)
                for i, stride in enumerate(strides):
                    self.features.add(LinearBottleneck(widths[i], widths[i + 1], 1 if i == 0 else 6, stride))
                _add_conv(self.features, int(1280 * multiplier) if multiplier > 1.0 else 1280, relu6=True)
                self.features.add(nn.GlobalAvgPool2D())
            self.output = nn.HybridSequential(prefix="output_")
            with self.output.name_scope():
                self.output.add(nn.Conv2D(classes, 1, use_bias=False, prefix="pred_"), nn.Flatten())


def get_mobilenet(multiplier: float, pretrained: bool = False, ctx: Any = None, root: Any = None,
                  **kwargs: Any) -> MobileNet:
    """MobileNet with a factor on its channels."""
    return trained(MobileNet(multiplier, **kwargs), f"mobilenet{multiplier}", pretrained, ctx, root)


def get_mobilenet_v2(multiplier: float, pretrained: bool = False, ctx: Any = None, root: Any = None,
                     **kwargs: Any) -> MobileNetV2:
    """MobileNetV2 with a factor on its channels."""
    return trained(MobileNetV2(multiplier, **kwargs), f"mobilenetv2_{multiplier}", pretrained, ctx, root)


def _named(version: int, multiplier: float) -> Callable[..., Any]:
    get = get_mobilenet if version == 1 else get_mobilenet_v2

    def make(**kwargs: Any) -> Any:
        return get(multiplier, **kwargs)

    name = str(multiplier).replace(".", "_")
    make.__name__ = make.__qualname__ = f"mobilenet{name}" if version == 1 else f"mobilenet_v2_{name}"
    make.__doc__ = f"MobileNet, version {version}, with {multiplier} times the channels."
    return make


_FACTORS = (1.0, 0.75, 0.5, 0.25)
mobilenet1_0, mobilenet0_75, mobilenet0_5, mobilenet0_25 = (_named(1, m) for m in _FACTORS)
mobilenet_v2_1_0, mobilenet_v2_0_75, mobilenet_v2_0_5, mobilenet_v2_0_25 = (_named(2, m) for m in _FACTORS)
