"""A training step of LeNet on a batch of 64 images of 28 x 28."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "LeNet, batch 64, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 4
LIMITS = None
GFLOP = 0.728  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.1, 0.9), "mxnet": (0.8, None)}
SHAPE = (64, 1, 28, 28)


def _gluon(mx: Any, hybrid: bool = False) -> Callable[[], object]:
    return networks.gluon_step(mx, networks.gluon_lenet, *networks.batch(*SHAPE), hybrid=hybrid)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__hybrid() -> Callable[[], object]:
    import luojia

    return _gluon(luojia, True)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    return networks.module_step(luojia, networks.mindspore_lenet(luojia), *networks.batch(*SHAPE))


def on_torch() -> Callable[[], object]:
    return networks.torch_step(networks.torch_lenet, *networks.batch(*SHAPE))


def on_torch__channels_last() -> Callable[[], object]:
    return networks.torch_step(networks.torch_lenet, *networks.batch(*SHAPE), channels_last=True)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_mxnet__hybrid() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet, True)


def on_mindspore() -> Callable[[], object]:
    return networks.mindspore_step(networks.mindspore_lenet, *networks.batch(*SHAPE))
