"""Attributes in scope, under MXNet's names."""

from ._src.core.naming import AttrScope

__all__ = ["AttrScope"]
