"""Samplers: see ``gluon.data``."""

from ...data import IntervalSampler

__all__ = ["IntervalSampler"]
