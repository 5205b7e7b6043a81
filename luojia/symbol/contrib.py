"""``sym.contrib``: the operators whose names begin with ``_contrib_``; loops and branches are refused."""

from __future__ import annotations

from typing import Any

from .._src.errors import NotSupportedError
from .prefixed import lookup

_lookup, __dir__ = lookup(__name__, "_contrib_", "contrib_")
_CONTROL = ("foreach", "while_loop", "cond")


def __getattr__(name: str) -> Any:
    if name in _CONTROL:
        return _refuse(name)
    return _lookup(name)


def _refuse(name: str) -> Any:
    def control(*args: Any, **kwargs: Any) -> Any:
        raise NotSupportedError(f"sym.contrib.{name}: graphs hold no loops and branches; use nd.contrib.{name} on "
                                "arrays, without hybridize().")

    return control
