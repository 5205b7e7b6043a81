"""How much memory a training step takes: the peak over ten steps, less what was resident after imports and data."""

from __future__ import annotations

import importlib
import resource
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.cases import networks
from benchmarks.cases.steps import of_network as of_steps

STEPS = 10
WAYS = ("luojia", "luojia__module", "mxnet__hybrid", "torch", "mindspore")
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


def measure(framework: str, network: str, prepare: Callable[[], Callable[[], object]]) -> float:
    """The megabytes that ``prepare()`` and STEPS calls of what it returns take, beside the network's data."""
    for name in (framework, *PARTS.get(framework, ())):
        importlib.import_module(name)
    networks.DATA[network]()
    before = _resident()
    _forget_peak()
    run = prepare()
    for _ in range(STEPS):
        run()
    return (_peak() - before) / 1e6


def of_network(network: str) -> dict[str, Callable[[], float]]:
    """The functions of the case that measures the memory of this network's steps."""
    steps = of_steps(network)
    return {name: partial(measure, way.partition("__")[0], network, steps[name])
            for way in WAYS for name in [f"on_{way}"]}
