"""A training step of LeNet on a batch of 64 images of 28 x 28."""

from __future__ import annotations

from benchmarks.cases.steps import of_network

TITLE = "LeNet, batch 64, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 4
LIMITS = None
GFLOP = 0.728  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.1, 0.9), "mxnet": (0.8, None)}
globals().update(of_network("lenet", channels_last=True))
