"""Names of symbols and blocks, and attributes in scope: state of the graph under construction, one per thread."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from ..errors import ArgumentError


class NameManager:
    """Gives each unnamed symbol a name made of its operator and a number; used as ``with NameManager():``.

    >>> manager = NameManager()
    >>> manager.get(None, "exp"), manager.get(None, "exp"), manager.get("mine", "exp")
    ('exp0', 'exp1', 'mine')
    """

    _current: ClassVar[threading.local]

    def __init__(self) -> None:
        self._counter: dict[str, int] = {}
        self._outer: list[NameManager] = []

    def get(self, name: str | None, hint: str) -> str:
        """``name`` itself, or the next name for ``hint`` where it is None."""
        if name:
            return name
        number = self._counter.get(hint, 0)
        self._counter[hint] = number + 1
        return f"{hint}{number}"

    @classmethod
    def current(cls) -> NameManager:
        """The manager of the innermost ``with`` block, else the thread's own."""
        return NameManager._current.value

    def __enter__(self) -> NameManager:
        self._outer.append(NameManager.current())
        NameManager._current.value = self
        return self

    def __exit__(self, *_: Any) -> None:
        NameManager._current.value = self._outer.pop()


class Prefix(NameManager):
    """A NameManager that puts ``prefix`` before every name, given ones included.

    >>> with Prefix("p_") as manager:
    ...     manager.get(None, "exp"), manager.get("mine", "exp")
    ('p_exp0', 'p_mine')
    """

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def get(self, name: str | None, hint: str) -> str:
        return self._prefix + super().get(name, hint)


class AttrScope:
    """Attributes that every symbol made in the ``with`` block gets, inner blocks overriding outer ones.

    >>> with AttrScope(ctx_group="dev1") as scope:
    ...     scope.get({"lr_mult": "2"})
    {'ctx_group': 'dev1', 'lr_mult': '2'}
    """

    _current: ClassVar[threading.local]

    def __init__(self, **kwargs: str) -> None:
        for value in kwargs.values():
            if not isinstance(value, str):
                raise ArgumentError(f"Attributes need to be string, got {value!r} of type {type(value).__name__}.")
        self._attr = kwargs
        self._saved: list[tuple[AttrScope, dict[str, str]]] = []

    def get(self, attr: dict[str, str] | None) -> dict[str, str]:
        """The attributes in scope, overridden by ``attr``."""
        return {**self._attr, **(attr or {})}

    @classmethod
    def current(cls) -> AttrScope:
        """The scope of the innermost ``with`` block, else an empty one."""
        return AttrScope._current.value

    def __enter__(self) -> AttrScope:
        outer = AttrScope.current()
        self._saved.append((outer, self._attr))
        self._attr = {**outer._attr, **self._attr}
        AttrScope._current.value = self
        return self

    def __exit__(self, *_: Any) -> None:
        AttrScope._current.value, self._attr = self._saved.pop()


class _Names(threading.local):
    def __init__(self) -> None:
        self.value = NameManager()


class _Attributes(threading.local):
    def __init__(self) -> None:
        self.value = AttrScope()


NameManager._current = _Names()
AttrScope._current = _Attributes()
