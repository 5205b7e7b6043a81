"""Compiled training steps of the perceptron on XLA, beside JAX written by hand."""

from __future__ import annotations

from benchmarks.cases.compiled import of_network

TITLE = "MLP 784-128-64-10, batch 100, compiled step"
RUNS = 30
globals().update(of_network("mlp"))
