"""How long the import takes in a fresh interpreter, NumPy included, and how many modules it loads.

luojia loads its doors only at first use; here both are used, and "doors" is their part of the time.
"""

from __future__ import annotations

import importlib
import sys
import time

TITLE = "import"
UNIT = "s"
SCALE = 1.0
RUNS = None
LIMITS = (0.25, 0.18)
RATIOS: dict[str, tuple] = {}
HEAVY = ("jax", "torch", "scipy")  # what importing luojia must not load
DOORS = ("luojia.ops", "luojia.nn", "luojia.nd", "luojia.autograd", "luojia.gluon")


def _measure(framework: str) -> dict[str, object]:
    before = len(sys.modules)
    start = time.perf_counter()
    importlib.import_module(framework)
    seconds = time.perf_counter() - start
    heavy = [name for name in HEAVY if name in sys.modules and name != framework]
    return {"value": seconds, "modules": len(sys.modules) - before, "heavy": heavy}


def on_luojia() -> dict[str, object]:
    before = len(sys.modules)
    start = time.perf_counter()
    importlib.import_module("luojia")
    middle = time.perf_counter()
    for name in DOORS:
        importlib.import_module(name)
    end = time.perf_counter()
    heavy = [name for name in HEAVY if name in sys.modules]
    return {"value": end - start, "doors": end - middle, "modules": len(sys.modules) - before, "heavy": heavy}


def on_mxnet() -> dict[str, object]:
    return _measure("mxnet")


def on_torch() -> dict[str, object]:
    return _measure("torch")


def on_mindspore() -> dict[str, object]:
    return _measure("mindspore")
