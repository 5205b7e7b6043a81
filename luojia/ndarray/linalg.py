"""``nd.linalg``: products and factorizations of matrices, the operators whose names begin with ``linalg_``."""

from __future__ import annotations

from typing import Any

from .._src.errors import AbsentName
from .door import faces, function


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AbsentName("luojia.ndarray.linalg", name)
    for prefix in ("linalg_", "_linalg_"):
        if prefix + name in faces.index():
            return function(prefix + name)
    raise AbsentName("luojia.ndarray.linalg", name)


def __dir__() -> list[str]:
    return sorted(name.split("linalg_", 1)[1] for name in faces.index() if "linalg_" in name)
