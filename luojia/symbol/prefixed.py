"""Modules of the operators whose names begin with a prefix, as ``sym.linalg.gemm2`` for ``linalg_gemm2``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._src.core.refused import missing
from .._src.core.symbol_functions import function
from .._src.core.symbol_ops import FACES


def lookup(module: str, *prefixes: str) -> tuple[Callable, Callable]:
    """``__getattr__`` and ``__dir__`` of such a module."""

    def __getattr__(name: str) -> Any:
        if not name.startswith("__"):
            for prefix in prefixes:
                try:
                    return function(prefix + name)
                except KeyError:
                    continue
        raise missing(module, name, symbols=True)

    def __dir__() -> list[str]:
        names = FACES.index()
        return sorted({n[len(p):] for n in names for p in prefixes if n.startswith(p) and n != p})

    return __getattr__, __dir__
