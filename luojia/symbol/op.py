"""``sym.op``: the operators' functions alone, and the internal names of Python's signs."""

from __future__ import annotations

from typing import Any

from .._src.core.symbol_functions import operation
from .._src.core.symbol_names import OPERATIONS
from .prefixed import lookup

_lookup, __dir__ = lookup(__name__, "")


def __getattr__(name: str) -> Any:
    if name in ("Custom", "normal", "shuffle", "uniform"):
        from .. import symbol

        return getattr(symbol, name)
    return operation(name) if name in OPERATIONS else _lookup(name)
