"""A training step of the perceptron 784-128-64-10 on a batch of 100."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "MLP 784-128-64-10, batch 100, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 30
LIMITS = None
GFLOP = 0.0454  # of multiplications and additions in products of matrices
RATIOS = {"torch": (0.75, 0.6)}
SHAPE = (100, 784)


def _gluon(mx: Any, hybrid: bool = False) -> Callable[[], object]:
    return networks.gluon_step(mx, networks.gluon_mlp, *networks.batch(*SHAPE), hybrid=hybrid)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__hybrid() -> Callable[[], object]:
    import luojia

    return _gluon(luojia, True)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    return networks.module_step(luojia, networks.mindspore_mlp(luojia), *networks.batch(*SHAPE))


def on_torch() -> Callable[[], object]:
    return networks.torch_step(networks.torch_mlp, *networks.batch(*SHAPE))


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_mxnet__hybrid() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet, True)


def on_mindspore() -> Callable[[], object]:
    return networks.mindspore_step(networks.mindspore_mlp, *networks.batch(*SHAPE))
