"""A training step of the perceptron 784-128-64-10 on a batch of 100."""

from __future__ import annotations

from benchmarks.cases.steps import of_network

TITLE = "MLP 784-128-64-10, batch 100, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 30
LIMITS = None
GFLOP = 0.0454  # of multiplications and additions in products of matrices
RATIOS = {"torch": (0.75, 0.6)}
globals().update(of_network("mlp"))
