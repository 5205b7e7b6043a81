"""A training step of a transformer block of width 256 and 8 heads on 8 sequences of 128 tokens."""

from __future__ import annotations

from benchmarks.cases.steps import of_network

TITLE = "transformer block 256, 8 heads, 128 tokens, batch 8, step"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
GFLOP = 4.83  # of multiplications and additions in products of matrices
RATIOS = {"torch": (1.2, 1.0), "mxnet": (0.8, None)}
globals().update(of_network("transformer"))
