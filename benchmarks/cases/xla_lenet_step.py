"""Compiled training steps of LeNet on XLA, beside JAX written by hand."""

from __future__ import annotations

from benchmarks.cases.compiled import of_network

TITLE = "LeNet, batch 64, compiled step"
RUNS = 3
globals().update(of_network("lenet"))
