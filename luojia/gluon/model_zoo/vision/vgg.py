"""VGG (Simonyan and Zisserman 2015)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .... import initializer
from ... import nn
from .common import Classifier, trained

vgg_spec = {layers: (stages, [64, 128, 256, 512, 512]) for layers, stages in (
    (11, [1, 1, 2, 2, 2]), (13, [2, 2, 2, 2, 2]), (16, [2, 2, 3, 3, 3]), (19, [2, 2, 4, 4, 4]))}


class VGG(Classifier):
    """Stages of 3x3 convolutions: (N, 3, 224, 224) to (N, classes).

    Args:
        layers: convolutions per stage.
        filters: channels per stage.
        classes: number of classes.
        batch_norm: normalize after each convolution.
    """

    def __init__(self, layers: Sequence[int], filters: Sequence[int], classes: int = 1000, batch_norm: bool = False,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assert len(layers) == len(filters), "layers and filters must have one entry per stage"
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            for count, channels in zip(layers, filters):
                for _ in range(count):
                    init = initializer.Xavier("gaussian", "out", 2)
                    self.features.add(nn.Conv2D(channels, 3, padding=1, weight_initializer=init,
                                                bias_initializer="zeros"))
                    if batch_norm:
                        self.features.add(nn.BatchNorm())
                    self.features.add(nn.Activation("relu"))
                self.features.add(nn.MaxPool2D(strides=2))
            for _ in range(2):
                self.features.add(nn.Dense(4096, activation="relu", weight_initializer="normal",
                                           bias_initializer="zeros"), nn.Dropout(0.5))
            self.output = nn.Dense(classes, weight_initializer="normal", bias_initializer="zeros")


def get_vgg(num_layers: int, pretrained: bool = False, ctx: Any = None, root: Any = None, **kwargs: Any) -> VGG:
    """VGG with 11, 13, 16 or 19 layers."""
    name = f"vgg{num_layers}" + ("_bn" if kwargs.get("batch_norm") else "")
    return trained(VGG(*vgg_spec[num_layers], **kwargs), name, pretrained, ctx, root)


def _named(num_layers: int, batch_norm: bool) -> Callable[..., VGG]:
    def make(**kwargs: Any) -> VGG:
        if batch_norm:
            kwargs["batch_norm"] = True
        return get_vgg(num_layers, **kwargs)

    make.__name__ = make.__qualname__ = f"vgg{num_layers}" + "_bn" * batch_norm
    make.__doc__ = f"VGG-{num_layers}" + " with batch normalization" * batch_norm + "."
    return make


vgg11, vgg13, vgg16, vgg19 = (_named(n, False) for n in vgg_spec)
vgg11_bn, vgg13_bn, vgg16_bn, vgg19_bn = (_named(n, True) for n in vgg_spec)
