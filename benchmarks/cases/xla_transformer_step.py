"""Compiled training steps of the transformer block on XLA, beside JAX written by hand."""

from __future__ import annotations

from benchmarks.cases.compiled import of_network

TITLE = "transformer block 256, 8 heads, 128 tokens, batch 8, compiled step"
RUNS = 1
globals().update(of_network("transformer"))
