"""MXNet's execution engine as programs name it: luojia runs operators in order, so there is nothing to bulk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ._src.paths import public_names

__all__ = ["bulk", "set_bulk_size"]
__dir__ = public_names(__name__)

_size = 0


def set_bulk_size(size: int) -> int:
    """Accepted for compatibility; gives the previous size."""
    global _size
    before, _size = _size, int(size)
    return before


@contextlib.contextmanager
def bulk(size: int) -> Iterator[None]:
    """Accepted for compatibility: the block runs as it would without.

    >>> with bulk(10):
    ...     set_bulk_size(5)
    10
    """
    before = set_bulk_size(size)
    try:
        yield
    finally:
        set_bulk_size(before)
