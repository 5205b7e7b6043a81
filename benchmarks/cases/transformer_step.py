"""A training step of a transformer block of width 256 and 8 heads on 8 sequences of 128 tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "transformer block 256, 8 heads, 128 tokens, batch 8, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
GFLOP = 4.83  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.2, 1.0), "mxnet": (0.8, None)}
SHAPE = (8, networks.TOKENS, networks.WIDTH)


def _gluon(mx: Any, hybrid: bool = False) -> Callable[[], object]:
    return networks.gluon_step(mx, networks.gluon_transformer, *networks.batch(*SHAPE), hybrid=hybrid)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__hybrid() -> Callable[[], object]:
    import luojia

    return _gluon(luojia, True)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    return networks.module_step(luojia, networks.mindspore_transformer(luojia), *networks.batch(*SHAPE))


def on_torch() -> Callable[[], object]:
    return networks.torch_step(networks.torch_transformer, *networks.batch(*SHAPE))


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_mxnet__hybrid() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet, True)


def on_mindspore() -> Callable[[], object]:
    return networks.mindspore_step(networks.mindspore_transformer, *networks.batch(*SHAPE))
