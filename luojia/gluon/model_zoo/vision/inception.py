"""Inception v3 (Szegedy et al. 2016)."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...contrib.nn import HybridConcurrent
from .common import Classifier, trained


def _conv(channels: int, kernel: Any, strides: Any = 1, padding: Any = 0) -> Any:
    out = nn.HybridSequential(prefix="")
    out.add(nn.Conv2D(channels, kernel, strides=strides, padding=padding, use_bias=False),
            nn.BatchNorm(epsilon=0.001), nn.Activation("relu"))
    return out


def _chain(pool: str | None, *convolutions: tuple) -> Any:
    """A pooling if asked, then convolutions of (channels, kernel, strides, padding) in turn."""
    out = nn.HybridSequential(prefix="")
    if pool == "avg":
        out.add(nn.AvgPool2D(3, 1, 1))
    elif pool == "max":
        out.add(nn.MaxPool2D(3, 2))
    for convolution in convolutions:
        out.add(_conv(*convolution))
    return out


def _beside(prefix: str, *branches: Any) -> Any:
    """Branches side by side, joined in the channels."""
    out = HybridConcurrent(axis=1, prefix=prefix)
    with out.name_scope():
        for branch in branches:
            out.add(branch())
    return out


def _a(pooled: int, prefix: str) -> Any:
    return _beside(prefix, lambda: _chain(None, (64, 1)), lambda: _chain(None, (48, 1), (64, 5, 1, 2)),
                   lambda: _chain(None, (64, 1), (96, 3, 1, 1), (96, 3, 1, 1)), lambda: _chain("avg", (pooled, 1)))


def _b(prefix: str) -> Any:
    return _beside(prefix, lambda: _chain(None, (384, 3, 2)), lambda: _chain(None, (64, 1), (96, 3, 1, 1), (96, 3, 2)),
                   lambda: _chain("max"))


def _c(n: int, prefix: str) -> Any:
    wide, tall = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
    return _beside(prefix, lambda: _chain(None, (192, 1)), lambda: _chain(None, (n, 1), (n, *wide), (192, *tall)),
                   lambda: _chain(None, (n, 1), (n, *tall), (n, *wide), (n, *tall), (192, *wide)),
                   lambda: _chain("avg", (192, 1)))


def _d(prefix: str) -> Any:
    return _beside(prefix, lambda: _chain(None, (192, 1), (320, 3, 2)),
                   lambda: _chain(None, (192, 1), (192, (1, 7), 1, (0, 3)), (192, (7, 1), 1, (3, 0)), (192, 3, 2)),
                   lambda: _chain("max"))


def _forked(*convolutions: tuple) -> Any:
    """Convolutions in turn, then a wide and a tall one side by side."""
    out = nn.HybridSequential(prefix="")
    out.add(_chain(None, *convolutions))
    fork = HybridConcurrent(axis=1, prefix="")
    fork.add(_chain(None, (384, (1, 3), 1, (0, 1))), _chain(None, (384, (3, 1), 1, (1, 0))))
    out.add(fork)
    return out


def _e(prefix: str) -> Any:
    return _beside(prefix, lambda: _chain(None, (320, 1)), lambda: _forked((384, 1)),
                   lambda: _forked((448, 1), (384, 3, 1, 1)), lambda: _chain("avg", (192, 1)))


class Inception3(Classifier):
    """Inception v3: (N, 3, 299, 299) to (N, classes)."""

    def __init__(self, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(_conv(32, 3, 2), _conv(32, 3), _conv(64, 3, 1, 1), nn.MaxPool2D(3, 2), _conv(80, 1),
                              _conv(192, 3), nn.MaxPool2D(3, 2))
            self.features.add(_a(32, "A1_"), _a(64, "A2_"), _a(64, "A3_"), _b("B_"))
            self.features.add(_c(128, "C1_"), _c(160, "C2_"), _c(160, "C3_"), _c(192, "C4_"), _d("D_"))
            self.features.add(_e("E1_"), _e("E2_"), nn.AvgPool2D(8), nn.Dropout(0.5))
            self.output = nn.Dense(classes)


def inception_v3(pretrained: bool = False, ctx: Any = None, root: Any = None, **kwargs: Any) -> Inception3:
    """Inception v3."""
    return trained(Inception3(**kwargs), "inceptionv3", pretrained, ctx, root)
