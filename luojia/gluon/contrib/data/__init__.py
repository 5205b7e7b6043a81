"""Contributed data: a sampler at intervals, and texts for language models."""

from . import sampler, text
from .sampler import IntervalSampler

__all__ = ["IntervalSampler", "sampler", "text"]
