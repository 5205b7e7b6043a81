"""A training step of LeNet on a batch of 64 images of 28 x 28."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.cases import networks

TITLE = "LeNet, batch 64, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 4
LIMIT = None
RATIOS = {"torch": 1.3, "mxnet": 1.0}
SHAPE = (64, 1, 28, 28)


def on_luojia() -> Callable[[], object]:
    import luojia

    return networks.gluon_step(luojia, networks.gluon_lenet, *networks.batch(*SHAPE))


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return networks.gluon_step(mxnet, networks.gluon_lenet, *networks.batch(*SHAPE))


def on_torch() -> Callable[[], object]:
    return networks.torch_step(networks.torch_lenet, *networks.batch(*SHAPE))


def on_mindspore() -> Callable[[], object]:
    return networks.mindspore_step(networks.mindspore_lenet, *networks.batch(*SHAPE))
