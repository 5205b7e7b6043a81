"""Compiled training steps of ResNet-20 on XLA, beside JAX written by hand."""

from __future__ import annotations

from benchmarks.cases.compiled import of_network

TITLE = "ResNet-20, batch 32, compiled step"
RUNS = 1
globals().update(of_network("resnet"))
