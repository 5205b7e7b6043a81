"""How much memory training takes in `lenet_step`."""

from __future__ import annotations

from benchmarks.cases import lenet_step as case
from benchmarks.cases.memory import measure

TITLE = "LeNet, batch 64, peak memory of training"
UNIT = "MB"
SCALE = 1.0
RUNS = None
LIMITS = (80.0, 60.0)
RATIOS: dict[str, tuple] = {}


def on_luojia() -> float:
    return measure("luojia", case.SHAPE, case.on_luojia)


def on_luojia__module() -> float:
    return measure("luojia", case.SHAPE, case.on_luojia__module)


def on_mxnet__hybrid() -> float:
    return measure("mxnet", case.SHAPE, case.on_mxnet__hybrid)


def on_torch() -> float:
    return measure("torch", case.SHAPE, case.on_torch)


def on_mindspore() -> float:
    return measure("mindspore", case.SHAPE, case.on_mindspore)
