"""Executor under MXNet's name."""

from ._src.core.executor import Executor

__all__ = ["Executor"]
