"""A training step of ResNet-18 of the model zoo on a batch of 8 images of 64 x 64, hybridized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "ResNet-18, batch 8 of 64 x 64, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
GFLOP = 7.1  # of multiplications and additions in products of matrices, less what Winograd's tiles save
RATIOS = {"mxnet": (1.25, 1.0)}


def _gluon(mx: Any) -> Callable[[], object]:
    return networks.gluon_step(mx, networks.gluon_zoo("resnet18_v1"), *networks.batch(8, 3, 64, 64), hybrid=True)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)
