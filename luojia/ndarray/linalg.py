"""``nd.linalg``: products and factorizations of matrices, the operators whose names begin with ``linalg_``."""

from __future__ import annotations

from typing import Any

from .door import faces, function


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module 'luojia.ndarray.linalg' has no attribute {name!r}")
    for prefix in ("linalg_", "_linalg_"):
        if prefix + name in faces.index():
            return function(prefix + name)
    raise AttributeError(f"module 'luojia.ndarray.linalg' has no attribute {name!r}; dir() lists what it has.")


def __dir__() -> list[str]:
    return sorted(name.split("linalg_", 1)[1] for name in faces.index() if "linalg_" in name)
