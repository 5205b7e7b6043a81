"""ResNet-50 of the model zoo, inference of one image of 224 x 224."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "ResNet-50, one image, inference"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
GFLOP = 8.2  # of multiplications and additions in products of matrices
RATIOS = {"mxnet": (1.75, 1.0)}


def _gluon(mx: Any) -> Callable[[], object]:
    data, _ = networks.batch(1, 3, 224, 224)
    return networks.gluon_inference(mx, networks.gluon_zoo("resnet50_v1"), data)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)
