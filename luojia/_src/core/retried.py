"""What a trace must not do twice or lose: a function that cannot be traced runs again eagerly."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any


class _Held(io.StringIO):
    """Printed text, written to ``out`` when somebody flushes it, as a debugger's prompt does."""

    def __init__(self, out: Any) -> None:
        super().__init__()
        self._out = out

    def flush(self) -> None:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        if text:
            self._out.write(text)
            self._out.flush()


@contextmanager
def held_output() -> Iterator[None]:
    """What the block prints appears when it has ended well, and not at all where it raises."""
    held = _Held(sys.stdout)
    with redirect_stdout(held):
        yield
    held.flush()


def containers(value: Any) -> list[tuple[Any, list]]:
    """The dicts and lists in a structure of arguments, with what they hold now."""
    kind = value.__class__
    if kind is dict:
        inner = list(value.values())
        found = [(value, [*value, *inner])]
    elif kind is list:
        inner = value
        found = [(value, list(value))]
    elif isinstance(value, tuple):
        inner, found = value, []
    else:
        return []
    for v in inner:
        found += containers(v)
    return found


def written(before: list[tuple[Any, list]]) -> bool:
    """Whether one of the containers holds something else now."""
    for held, old in before:
        now = [*held, *held.values()] if held.__class__ is dict else held
        if len(now) != len(old) or any([a is not b for a, b in zip(now, old)]):
            return True
    return False


def restore(attributes: list[tuple[Any, dict]]) -> None:
    """Give objects the attributes back that they had."""
    for owner, old in attributes:
        now = owner.__dict__
        for name in [k for k, v in now.items() if k not in old or old[k] is not v]:
            if name in old:
                now[name] = old[name]
            else:
                del now[name]
        for name in old.keys() - now.keys():
            now[name] = old[name]
