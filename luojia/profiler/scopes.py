"""Spans, instants and counters that a program marks itself, under MXNet's names."""

from __future__ import annotations

import threading
import time
from typing import Any, Self

from .._src.core import profiling
from .._src.errors import ArgumentError, DTypeError

_SCOPES = {"global": "g", "marker": "t", "process": "p", "task": "t", "thread": "t"}  # the letters of Chrome's format


def _named(who: str, name: Any) -> str:
    if not isinstance(name, str):
        raise DTypeError(f"profiler.{who}: the name must be a str, got {type(name).__name__}.")
    return name


class Domain:
    """A group of spans and counters, under one heading in the table.

    >>> task = Domain("loading").new_task("decode")
    >>> task.start()
    >>> task.stop()

    Matches ``mxnet.profiler.Domain``.
    """

    def __init__(self, name: str) -> None:
        self.name = _named("Domain", name)

    def __str__(self) -> str:
        return self.name

    def new_task(self, name: str) -> Task:
        """A span of this domain."""
        return Task(self, name)

    def new_frame(self, name: str) -> Frame:
        """A span of this domain that comes again and again, as one step of a loop does."""
        return Frame(self, name)

    def new_counter(self, name: str, value: int | None = None) -> Counter:
        """A counter of this domain; ``value`` is what it starts with."""
        return Counter(self, name, value)

    def new_marker(self, name: str) -> Marker:
        """An instant of this domain, to be marked."""
        return Marker(self, name)


def _category(who: str, domain: Any) -> str:
    if not isinstance(domain, Domain):
        raise DTypeError(f"profiler.{who}: the domain must be a profiler.Domain, got {type(domain).__name__}.")
    return domain.name


class _Span:
    """A stretch of time between ``start()`` and ``stop()``; also a ``with`` block. Counts while a profiler runs."""

    def __init__(self, category: str, name: str) -> None:
        self.name = _named(type(self).__name__, name)
        self._category = category
        self._began: int | None = None

    def start(self) -> None:
        """The span begins; started again it begins anew."""
        self._began = time.perf_counter_ns() if profiling.is_recording() else None

    def stop(self) -> None:
        """The span ends; nothing happens where it did not begin, or where no profiler ran at its start."""
        began, self._began = self._began, None
        if began is not None:
            profiling.mark(profiling.Event(self._category, self.name, began, time.perf_counter_ns(),
                                           threading.get_ident()))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def __str__(self) -> str:
        return self.name


class Task(_Span):
    """A span of a domain, between ``start()`` and ``stop()``; also a ``with`` block.

    Matches ``mxnet.profiler.Task``.
    """

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(_category("Task", domain), name)


class Frame(_Span):
    """A span that comes again and again, as one step of a loop does; also a ``with`` block.

    Matches ``mxnet.profiler.Frame``.
    """

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(f"{_category('Frame', domain)},frame", name)


class Event(_Span):
    """A span of this thread, of no domain; also a ``with`` block.

    Matches ``mxnet.profiler.Event``.
    """

    def __init__(self, name: str) -> None:
        super().__init__("event", name)


class Counter:
    """A number that changes; its values are recorded while a profiler runs.

    >>> counter = Domain("loading").new_counter("images", 5)
    >>> counter += 3

    Matches ``mxnet.profiler.Counter``.
    """

    def __init__(self, domain: Domain, name: str, value: int | None = None) -> None:
        self._category = _category("Counter", domain)
        self.name = _named("Counter", name)
        self._value = 0
        if value is not None:
            self.set_value(value)

    def set_value(self, value: int) -> None:
        """The counter is ``value``."""
        self._value = int(value)
        if profiling.is_recording():
            profiling.mark(profiling.Event(self._category, self.name, time.perf_counter_ns(), None,
                                           threading.get_ident(), self._value))

    def increment(self, delta: int = 1) -> None:
        """The counter is larger by ``delta``."""
        self.set_value(self._value + int(delta))

    def decrement(self, delta: int = 1) -> None:
        """The counter is smaller by ``delta``."""
        self.set_value(self._value - int(delta))

    def __iadd__(self, delta: int) -> Self:
        self.increment(delta)
        return self

    def __isub__(self, delta: int) -> Self:
        self.decrement(delta)
        return self

    def __str__(self) -> str:
        return self.name


class Marker:
    """An instant, recorded at each ``mark()``.

    Matches ``mxnet.profiler.Marker``.
    """

    def __init__(self, domain: Domain, name: str) -> None:
        self._category = f"{_category('Marker', domain)},instant_marker"
        self.name = _named("Marker", name)

    def mark(self, scope: str = "process") -> None:
        """Record the instant; ``scope`` (global, process, thread, task, marker) is how far its line is drawn."""
        if scope not in _SCOPES:
            raise ArgumentError(f"Invalid Input: {scope!r}, valid values are: {set(_SCOPES)}")
        if profiling.is_recording():
            profiling.mark(profiling.Event(self._category, self.name, time.perf_counter_ns(), None,
                                           threading.get_ident(), scope=_SCOPES[scope]))
