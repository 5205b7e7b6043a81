"""A training step of MobileNet of the model zoo on a batch of 8 images of 64 x 64, hybridized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "MobileNet, batch 8 of 64 x 64, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
RATIOS = {"mxnet": (1.75, 1.0)}


def _gluon(mx: Any) -> Callable[[], object]:
    return networks.gluon_step(mx, networks.gluon_zoo("mobilenet1.0"), *networks.batch(8, 3, 64, 64), hybrid=True)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)
