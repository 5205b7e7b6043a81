"""Residual networks: version 1 (He et al. 2015) and 2, with normalization first (He et al. 2016)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ...block import HybridBlock
from .common import Classifier, trained


def _conv3x3(channels: int, stride: int, in_channels: int) -> Any:
    return nn.Conv2D(channels, 3, strides=stride, padding=1, use_bias=False, in_channels=in_channels)


def _shortcut(channels: int, stride: int, in_channels: int) -> Any:
    return nn.Conv2D(channels, 1, stride, use_bias=False, in_channels=in_channels)


class BasicBlockV1(HybridBlock):
    """Two 3x3 convolutions beside a shortcut."""

    def __init__(self, channels: int, stride: int, downsample: bool = False, in_channels: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.body = nn.HybridSequential(prefix="")
        self.body.add(*self._layers(channels, stride, in_channels))
        self.downsample = None
        if downsample:
            self.downsample = nn.HybridSequential(prefix="")
            self.downsample.add(_shortcut(channels, stride, in_channels), nn.BatchNorm())

    def _layers(self, channels: int, stride: int, in_channels: int) -> list:
        return [_conv3x3(channels, stride, in_channels), nn.BatchNorm(), nn.Activation("relu"),
                _conv3x3(channels, 1, channels), nn.BatchNorm()]

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        y = self.body(x)
        shortcut = x if self.downsample is None else self.downsample(x)
        return F.Activation(self._sum(shortcut, y), act_type="relu")

    @staticmethod
    def _sum(shortcut: Any, y: Any) -> Any:
        """The sum, in the order that MXNet's symbol has."""
        return shortcut + y


class BottleneckV1(BasicBlockV1):
    """1x1, 3x3 and 1x1 convolutions beside a shortcut; the stride is in the first, as in the paper."""

    def _layers(self, channels: int, stride: int, in_channels: int) -> list:
        return [nn.Conv2D(channels // 4, 1, strides=stride), nn.BatchNorm(), nn.Activation("relu"),
                _conv3x3(channels // 4, 1, channels // 4), nn.BatchNorm(), nn.Activation("relu"),
                nn.Conv2D(channels, 1, strides=1), nn.BatchNorm()]

    @staticmethod
    def _sum(shortcut: Any, y: Any) -> Any:
        return y + shortcut


class BasicBlockV2(HybridBlock):
    """Two 3x3 convolutions, each after normalization, beside a shortcut."""

    def __init__(self, channels: int, stride: int, downsample: bool = False, in_channels: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bn1 = nn.BatchNorm()
        self.conv1 = _conv3x3(channels, stride, in_channels)
        self.bn2 = nn.BatchNorm()
        self.conv2 = _conv3x3(channels, 1, channels)
        self.downsample = _shortcut(channels, stride, in_channels) if downsample else None

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        shortcut = x
        x = F.Activation(self.bn1(x), act_type="relu")
        if self.downsample is not None:
            shortcut = self.downsample(x)
        x = self.conv1(x)
        return self.conv2(F.Activation(self.bn2(x), act_type="relu")) + shortcut


class BottleneckV2(HybridBlock):
    """1x1, 3x3 and 1x1 convolutions, each after normalization, beside a shortcut."""

    def __init__(self, channels: int, stride: int, downsample: bool = False, in_channels: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bn1 = nn.BatchNorm()
        self.conv1 = nn.Conv2D(channels // 4, 1, strides=1, use_bias=False)
        self.bn2 = nn.BatchNorm()
        self.conv2 = _conv3x3(channels // 4, stride, channels // 4)
        self.bn3 = nn.BatchNorm()
        self.conv3 = nn.Conv2D(channels, 1, strides=1, use_bias=False)
        self.downsample = _shortcut(channels, stride, in_channels) if downsample else None

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        shortcut = x
        x = F.Activation(self.bn1(x), act_type="relu")
        if self.downsample is not None:
            shortcut = self.downsample(x)
        x = self.conv1(x)
        x = self.conv2(F.Activation(self.bn2(x), act_type="relu"))
        return self.conv3(F.Activation(self.bn3(x), act_type="relu")) + shortcut


def _stage(block: type, count: int, channels: int, stride: int, number: int, in_channels: int) -> Any:
    stage = nn.HybridSequential(prefix=f"stage{number}_")
    with stage.name_scope():
        stage.add(block(channels, stride, channels != in_channels, in_channels=in_channels, prefix=""))
        for _ in range(count - 1):
            stage.add(block(channels, 1, False, in_channels=channels, prefix=""))
    return stage


class _ResNet(Classifier):
    """What both versions share."""

    def __init__(self, block: type, layers: Sequence[int], channels: Sequence[int], classes: int = 1000,
                 thumbnail: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assert len(layers) == len(channels) - 1, "channels must have one entry more than layers"
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(*self._first())
            if thumbnail:
                self.features.add(_conv3x3(channels[0], 1, 0))
            else:
                self.features.add(nn.Conv2D(channels[0], 7, 2, 3, use_bias=False), nn.BatchNorm(),
                                  nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))
            for i, count in enumerate(layers):
                self.features.add(_stage(block, count, channels[i + 1], 1 if i == 0 else 2, i + 1, channels[i]))
            self.features.add(*self._last())
            self.output = nn.Dense(classes, in_units=channels[-1])

    def _first(self) -> list:
        """Layers before the first convolution."""
        return []

    def _last(self) -> list:
        """Layers after the stages."""
        return [nn.GlobalAvgPool2D()]


class ResNetV1(_ResNet):
    """Version 1.

    Args:
        block: BasicBlockV1 or BottleneckV1.
        layers: blocks per stage.
        channels: channels of the beginning and of each stage.
        classes: number of classes.
        thumbnail: begin with one 3x3 convolution, for small images.
    """


class ResNetV2(_ResNet):
    """Version 2; arguments as for ``ResNetV1``."""

    def _first(self) -> list:
        return [nn.BatchNorm(scale=False, center=False)]

    def _last(self) -> list:
        return [nn.BatchNorm(), nn.Activation("relu"), nn.GlobalAvgPool2D(), nn.Flatten()]


resnet_spec = {layers: (kind, stages, [64, *[n * (1 if kind == "basic_block" else 4) for n in (64, 128, 256, 512)]])
               for layers, kind, stages in (
    (18, "basic_block", [2, 2, 2, 2]), (34, "basic_block", [3, 4, 6, 3]), (50, "bottle_neck", [3, 4, 6, 3]),
    (101, "bottle_neck", [3, 4, 23, 3]), (152, "bottle_neck", [3, 8, 36, 3]))}
resnet_net_versions = [ResNetV1, ResNetV2]
resnet_block_versions = [{"basic_block": BasicBlockV1, "bottle_neck": BottleneckV1},
                         {"basic_block": BasicBlockV2, "bottle_neck": BottleneckV2}]


def get_resnet(version: int, num_layers: int, pretrained: bool = False, ctx: Any = None, root: Any = None,
               **kwargs: Any) -> Any:
    """A residual network of version 1 or 2 with 18, 34, 50, 101 or 152 layers.

    Raises:
        AssertionError: another version or number of layers.
    """
    assert num_layers in resnet_spec, f"Invalid number of layers: {num_layers}. Options are {list(resnet_spec)}"
    assert version in (1, 2), f"Invalid resnet version: {version}. Options are 1 and 2."
    kind, layers, channels = resnet_spec[num_layers]
    made = resnet_net_versions[version - 1](resnet_block_versions[version - 1][kind], layers, channels, **kwargs)
    return trained(made, f"resnet{num_layers}_v{version}", pretrained, ctx, root)


def _named(version: int, num_layers: int) -> Callable[..., Any]:
    def make(**kwargs: Any) -> Any:
        return get_resnet(version, num_layers, **kwargs)

    make.__name__ = make.__qualname__ = f"resnet{num_layers}_v{version}"
    make.__doc__ = f"ResNet-{num_layers}, version {version}."
    return make


resnet18_v1, resnet34_v1, resnet50_v1, resnet101_v1, resnet152_v1 = (_named(1, n) for n in resnet_spec)
resnet18_v2, resnet34_v2, resnet50_v2, resnet101_v2, resnet152_v2 = (_named(2, n) for n in resnet_spec)
