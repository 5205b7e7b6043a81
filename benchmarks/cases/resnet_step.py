"""A training step of ResNet-20 on a batch of 32 images of 32 x 32."""

from __future__ import annotations

from benchmarks.cases.steps import of_network

TITLE = "ResNet-20, batch 32, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
GFLOP = 7.81  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.6, 1.0), "mxnet": (1.0, None)}
globals().update(of_network("resnet", channels_last=True))
