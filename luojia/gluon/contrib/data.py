"""Contributed data: a sampler at intervals."""

from __future__ import annotations

from ..._src.paths import refusing
from ..data import IntervalSampler

__all__ = ["IntervalSampler"]
__getattr__ = refusing("luojia.gluon.contrib.data", "make a gluon.data.ArrayDataset of the corpus yourself.")
