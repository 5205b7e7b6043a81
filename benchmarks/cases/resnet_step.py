"""A training step of ResNet-20 on a batch of 32 images of 32 x 32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "ResNet-20, batch 32, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
GFLOP = 7.81  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.6, 1.0), "mxnet": (1.0, None)}
SHAPE = (32, 3, 32, 32)


def _gluon(mx: Any, hybrid: bool = False) -> Callable[[], object]:
    return networks.gluon_step(mx, networks.gluon_resnet, *networks.batch(*SHAPE), hybrid=hybrid)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__hybrid() -> Callable[[], object]:
    import luojia

    return _gluon(luojia, True)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    return networks.module_step(luojia, networks.mindspore_resnet(luojia), *networks.batch(*SHAPE))


def on_torch() -> Callable[[], object]:
    return networks.torch_step(networks.torch_resnet, *networks.batch(*SHAPE))


def on_torch__channels_last() -> Callable[[], object]:
    return networks.torch_step(networks.torch_resnet, *networks.batch(*SHAPE), channels_last=True)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_mxnet__hybrid() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet, True)


def on_mindspore() -> Callable[[], object]:
    return networks.mindspore_step(networks.mindspore_resnet, *networks.batch(*SHAPE))
