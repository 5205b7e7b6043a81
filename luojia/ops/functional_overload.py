"""MindSpore's path of functions with several signatures: they are mint's."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    from .. import mint

    return getattr(mint, name)
