"""A training step of an LSTM of 256 units on a batch of 20 sequences of 35 steps."""

from __future__ import annotations

from benchmarks.cases.steps import of_network

TITLE = "LSTM 256, 35 steps, batch 20, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 2
LIMITS = None
GFLOP = 1.85  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.3, 1.0), "mindspore": (1.0, None)}
globals().update(of_network("lstm"))
