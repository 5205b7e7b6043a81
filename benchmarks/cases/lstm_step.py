"""A training step of an LSTM of 256 units on a batch of 20 sequences of 35 steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "LSTM 256, 35 steps, batch 20, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 2
LIMITS = None
GFLOP = 1.85  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.3, 1.0), "mindspore": (1.0, None)}
STEPS, BATCH = 35, 20


def _gluon(mx: Any, hybrid: bool = False) -> Callable[[], object]:
    return networks.gluon_step(mx, networks.gluon_lstm, *networks.sequences(STEPS, BATCH), hybrid=hybrid)


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__hybrid() -> Callable[[], object]:
    import luojia

    return _gluon(luojia, True)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    return networks.module_step(luojia, networks.mindspore_lstm(luojia), *networks.sequences(STEPS, BATCH))


def on_torch() -> Callable[[], object]:
    return networks.torch_step(networks.torch_lstm, *networks.sequences(STEPS, BATCH))


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_mxnet__hybrid() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet, True)


def on_mindspore() -> Callable[[], object]:
    return networks.mindspore_step(networks.mindspore_lstm, *networks.sequences(STEPS, BATCH))
