"""The exceptions of the MXNet door, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._src.errors import MXNetError
from ._src.paths import public_names

__all__ = ["InternalError", "MXNetError", "register", "register_error"]
__dir__ = public_names(__name__)

_registered: dict[str, type] = {}


def register(func_name: Any = None, cls: type | None = None) -> Any:
    """Make an exception known by its name, or by ``func_name``: a decorator, or called with both.

    >>> @register
    ... class OutOfPaper(MXNetError):
    ...     pass
    """
    if isinstance(func_name, type):
        return _register(func_name.__name__, func_name)
    if cls is not None:
        return _register(func_name, cls)
    decorate: Callable[[type], type] = lambda c: _register(func_name or c.__name__, c)  # noqa: E731
    return decorate


register_error = register


def _register(name: str, cls: type) -> type:
    _registered[name] = cls
    return cls


@register
class InternalError(MXNetError):
    """An error in luojia itself."""

    def __init__(self, msg: str) -> None:
        super().__init__(f"{msg}\nluojia hint: this is an error in luojia itself; please report it with the program "
                         "that led to it.")
