"""``sym.contrib``: loops and branches, and the operators whose names begin with ``_contrib_``."""

from __future__ import annotations

from typing import Any

from .._src.core.refused import CONTRIB as _REFUSED  # noqa: F401 - what docs/refused.md lists
from .._src.core.symbol_functions import function
from .prefixed import lookup

_lookup, _names = lookup(__name__, "_contrib_", "contrib_")
_CONTROL = ("foreach", "while_loop", "cond")


def __getattr__(name: str) -> Any:
    if name in _CONTROL:
        from . import control

        return getattr(control, name)
    if name in ("CTCLoss", "ctc_loss"):  # which MXNet has twice
        return function(name)
    return _lookup(name)


def __dir__() -> list[str]:
    return sorted([*_names(), *_CONTROL])
