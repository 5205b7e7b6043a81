"""Compiled training steps of the LSTM on XLA, beside JAX written by hand."""

from __future__ import annotations

from benchmarks.cases.compiled import of_network

TITLE = "LSTM 256, 35 steps, batch 20, compiled step"
RUNS = 2
globals().update(of_network("lstm"))
