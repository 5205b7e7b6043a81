"""The namespace through which operators see an engine."""

from __future__ import annotations

from functools import partial
from typing import Any

OPERATORS: dict[str, Any] = {}  # by name; filled by the definitions (core/op.py)


class Namespace:
    """What operators know as ``xp``: the engine's own primitives over NumPy's (or autograd's) names.

    A name that neither has is an operator, run on this namespace's arrays.
    """

    def __init__(self, name: str, module: Any, extra: dict[str, Any]) -> None:
        self.__name__ = name
        self._module = module
        self.__dict__.update(extra)

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._module, name)
        except AttributeError:
            found = OPERATORS.get(name)
            if found is None:
                raise
            value = partial(found.fn, self)
        self.__dict__[name] = value
        return value
