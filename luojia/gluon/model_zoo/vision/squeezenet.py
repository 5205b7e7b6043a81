"""SqueezeNet (Iandola et al. 2016)."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...contrib.nn import HybridConcurrent
from .common import Classifier, trained

_PLANS: dict[str, tuple[tuple, ...]] = {  # the first convolution, then fires by their narrow width, 0 for a pool
    "1.0": ((96, 7), (0, 16, 16, 32, 0, 32, 48, 48, 64, 0, 64)),
    "1.1": ((64, 3), (0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64)),
}


def _conv(channels: int, kernel: int, padding: int = 0) -> Any:
    out = nn.HybridSequential(prefix="")
    out.add(nn.Conv2D(channels, kernel, padding=padding), nn.Activation("relu"))
    return out


def _fire(squeeze: int) -> Any:
    """A 1x1 convolution to few channels, then 1x1 and 3x3 ones side by side to many."""
    wide = HybridConcurrent(axis=1, prefix="")
    out = nn.HybridSequential(prefix="")
    out.add(_conv(squeeze, 1))
    wide.add(_conv(4 * squeeze, 1), _conv(4 * squeeze, 3, 1))
    out.add(wide)
    return out


class SqueezeNet(Classifier):
    """SqueezeNet of version '1.0' or '1.1': (N, 3, 224, 224) to (N, classes)."""

    def __init__(self, version: str, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assert version in _PLANS, f"Unsupported SqueezeNet version {version}: 1.0 or 1.1 expected"
        (channels, kernel), plan = _PLANS[version]
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(nn.Conv2D(channels, kernel, strides=2), nn.Activation("relu"))
            for squeeze in plan:
                self.features.add(_fire(squeeze) if squeeze else nn.MaxPool2D(3, 2, ceil_mode=True))
            self.features.add(nn.Dropout(0.5))
            self.output = nn.HybridSequential(prefix="")
            self.output.add(nn.Conv2D(classes, 1), nn.Activation("relu"), nn.AvgPool2D(13), nn.Flatten())


def get_squeezenet(version: str, pretrained: bool = False, ctx: Any = None, root: Any = None,
                   **kwargs: Any) -> SqueezeNet:
    """SqueezeNet of version '1.0' or '1.1'."""
    return trained(SqueezeNet(version, **kwargs), f"squeezenet{version}", pretrained, ctx, root)


def squeezenet1_0(pretrained: bool = False, ctx: Any = None, root: Any = None, **kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.0."""
    return get_squeezenet("1.0", pretrained, ctx, root, **kwargs)


def squeezenet1_1(pretrained: bool = False, ctx: Any = None, root: Any = None, **kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.1, with less than half of the computation."""
    return get_squeezenet("1.1", pretrained, ctx, root, **kwargs)
