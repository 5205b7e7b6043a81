"""How much memory training LeNet takes: the peak over ten steps, less what was resident after imports and data."""

from __future__ import annotations

import importlib
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.cases import lenet_step, networks

TITLE = "LeNet, batch 64, peak memory of training"
UNIT = "MB"
SCALE = 1.0
RUNS = None
LIMIT = 100.0
RATIOS: dict[str, float] = {}
STEPS = 10
PARTS = {"luojia": ("luojia.nd", "luojia.autograd", "luojia.gluon")}  # loaded at first use, imports all the same


def _resident() -> float:
    """Bytes in memory now; elsewhere than on Linux the peak so far, which is as much or more."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    return _peak()


def _forget_peak() -> None:
    """On Linux the peak starts again from what is resident now (see clear_refs in proc(5))."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5")


def _peak() -> float:
    """The most bytes that were in memory at once. A child's ru_maxrss begins with its parent's, VmHWM does not."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _measure(framework: str, prepare: Callable[[], Callable[[], object]]) -> float:
    for name in (framework, *PARTS.get(framework, ())):
        importlib.import_module(name)
    networks.batch(*lenet_step.SHAPE)
    before = _resident()
    _forget_peak()
    run = prepare()
    for _ in range(STEPS):
        run()
    return (_peak() - before) / 1e6


def on_luojia() -> float:
    return _measure("luojia", lenet_step.on_luojia)


def on_mxnet() -> float:
    return _measure("mxnet", lenet_step.on_mxnet)


def on_torch() -> float:
    return _measure("torch", lenet_step.on_torch)


def on_mindspore() -> float:
    return _measure("mindspore", lenet_step.on_mindspore)
