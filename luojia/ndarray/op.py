"""``nd.op``: the operators' functions alone, as ``nd`` has them beside its other names."""

from __future__ import annotations

from typing import Any

from .door import faces, function


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module 'luojia.ndarray.op' has no attribute {name!r}")
    try:
        return function(name)
    except AttributeError:
        if name.startswith("_"):  # MXNet's internal names of public operators
            return function(name[1:])
        raise


def __dir__() -> list[str]:
    return sorted(faces.index())
