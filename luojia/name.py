"""Automatic names of symbols, under MXNet's names."""

from ._src.core.naming import NameManager, Prefix

__all__ = ["NameManager", "Prefix"]
