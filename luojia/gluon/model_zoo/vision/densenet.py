"""DenseNet (Huang et al. 2017)."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...contrib.nn import HybridConcurrent, Identity
from .common import Classifier, trained

densenet_spec = {  # channels of the first convolution, channels that a layer adds, layers of each stage
    121: (64, 32, [6, 12, 24, 16]),
    161: (96, 48, [6, 12, 36, 24]),
    169: (64, 32, [6, 12, 32, 32]),
    201: (64, 32, [6, 12, 48, 32]),
}


def _layer(growth: int, width: int, dropout: float) -> Any:
    """A layer whose output is its input and ``growth`` new channels."""
    new = nn.HybridSequential(prefix="")
    new.add(nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(width * growth, 1, use_bias=False),
            nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(growth, 3, padding=1, use_bias=False))
    if dropout:
        new.add(nn.Dropout(dropout))
    out = HybridConcurrent(axis=1, prefix="")
    out.add(Identity(), new)
    return out


def _stage(number: int, layers: int, growth: int, width: int, dropout: float) -> Any:
    out = nn.HybridSequential(prefix=f"stage{number}_")
    with out.name_scope():
        for _ in range(layers):
            out.add(_layer(growth, width, dropout))
    return out


def _transition(channels: int) -> Any:
    out = nn.HybridSequential(prefix="")
    out.add(nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(channels, 1, use_bias=False), nn.AvgPool2D(2, 2))
    return out


class DenseNet(Classifier):
    """A DenseNet: (N, 3, 224, 224) to (N, classes).

    Args:
        num_init_features: channels of the first convolution.
        growth_rate: channels that each layer adds.
        block_config: the number of layers of each stage.
        bn_size: channels between a layer's two convolutions, in multiples of ``growth_rate``.
        dropout: the rate of dropout after each layer.
    """

    def __init__(self, num_init_features: int, growth_rate: int, block_config: Any, bn_size: int = 4,
                 dropout: float = 0, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(nn.Conv2D(num_init_features, 7, strides=2, padding=3, use_bias=False), nn.BatchNorm(),
                              nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))
            channels = num_init_features
            for i, layers in enumerate(block_config):
                self.features.add(_stage(i + 1, layers, growth_rate, bn_size, dropout))
                channels += layers * growth_rate
                if i != len(block_config) - 1:
                    channels //= 2
                    self.features.add(_transition(channels))
            self.features.add(nn.BatchNorm(), nn.Activation("relu"), nn.AvgPool2D(7), nn.Flatten())
            self.output = nn.Dense(classes)


def get_densenet(num_layers: int, pretrained: bool = False, ctx: Any = None, root: Any = None,
                 **kwargs: Any) -> DenseNet:
    """The DenseNet of 121, 161, 169 or 201 layers."""
    return trained(DenseNet(*densenet_spec[num_layers], **kwargs), f"densenet{num_layers}", pretrained, ctx, root)


def densenet121(**kwargs: Any) -> DenseNet:
    """DenseNet of 121 layers."""
    return get_densenet(121, **kwargs)


def densenet161(**kwargs: Any) -> DenseNet:
    """DenseNet of 161 layers."""
    return get_densenet(161, **kwargs)


def densenet169(**kwargs: Any) -> DenseNet:
    """DenseNet of 169 layers."""
    return get_densenet(169, **kwargs)


def densenet201(**kwargs: Any) -> DenseNet:
    """DenseNet of 201 layers."""
    return get_densenet(201, **kwargs)
