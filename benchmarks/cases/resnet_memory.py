"""How much memory training takes in `resnet_step`."""

from __future__ import annotations

from benchmarks.cases.memory import of_network

TITLE = "ResNet-20, batch 32, peak memory of training"
UNIT = "MB"
SCALE = 1.0
RUNS = None
LIMITS = (160.0, 110.0)
RATIOS: dict[str, tuple] = {}
globals().update(of_network("resnet"))
