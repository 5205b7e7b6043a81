"""How much memory training takes in `lenet_step`."""

from __future__ import annotations

from benchmarks.cases.memory import of_network

TITLE = "LeNet, batch 64, peak memory of training"
UNIT = "MB"
SCALE = 1.0
RUNS = None
LIMITS = (80.0, 60.0)
RATIOS: dict[str, tuple] = {}
globals().update(of_network("lenet"))
