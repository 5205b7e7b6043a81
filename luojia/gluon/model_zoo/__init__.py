"""Networks by name."""

from . import vision

__all__ = ["vision"]
