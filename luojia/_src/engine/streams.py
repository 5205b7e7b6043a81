"""Streams and events in MindSpore's words.

There is one order of computing, that of the program: JAX finds by itself what may run side by side, so a stream changes
nothing, and all streams are the one stream.
"""

from __future__ import annotations

import time
from typing import Any

from ..errors import ArgumentError, DTypeError
from .devices import Context, current_context
from .memory import synchronize


class Stream:
    """The order in which a device computes; every Stream stands for the same.

    Args:
        priority: accepted.

    >>> Stream() == current_stream()
    True

    Matches ``mindspore.runtime.Stream`` and ``mindspore.hal.Stream`` on a CPU.
    """

    def __init__(self, priority: int = 0, **kwargs: Any) -> None:
        if isinstance(priority, bool) or not isinstance(priority, int):
            raise DTypeError("For 'Stream', the type of 'priority' must be 'int', but got "
                             f"'{type(priority).__name__}'.")
        self._device: Context = current_context()

    @property
    def id(self) -> int:
        """0: there is one stream."""
        return 0

    stream_id = id

    @property
    def device_name(self) -> str:
        """'CPU' or 'GPU'."""
        return self._device.device_type.upper()

    @property
    def device_id(self) -> int:
        """The number of the device."""
        return self._device.device_id

    def query(self) -> bool:
        """True: what was asked before is done when its values are read."""
        return True

    def synchronize(self) -> None:
        """Wait until the device has computed what was asked of it."""
        synchronize()

    def record_event(self, event: Event | None = None) -> Event:
        """An event, the one given or a new one, recorded now."""
        found = Event() if event is None else _event("record_event", event)
        found.record()
        return found

    def wait_event(self, event: Event) -> None:
        """Nothing: what comes later is computed later."""
        _event("wait_event", event)

    def wait_stream(self, stream: Stream) -> None:
        """Nothing: what comes later is computed later."""
        _stream("wait_stream", "stream", stream)

    def __eq__(self, other: object) -> bool:
        return _stream("__eq__", "other", other)._device is self._device

    def __hash__(self) -> int:
        return hash((self.id, self._device))

    def __repr__(self) -> str:
        return f"Stream(device_name={self.device_name}, device_id:{self.device_id}, stream id:{self.id})"


class Event:
    """A moment in a device's work.

    Args:
        enable_timing: measure the time; otherwise ``elapsed_time`` raises.
        blocking: accepted.

    >>> start, end = Event(enable_timing=True), Event(enable_timing=True)
    >>> start.record(); end.record()
    >>> 0 <= start.elapsed_time(end) < 1000
    True

    Matches ``mindspore.runtime.Event`` and ``mindspore.hal.Event``; the time is that of the host, once the device has
    computed what was asked of it.
    """

    def __init__(self, enable_timing: bool = False, blocking: bool = False) -> None:
        for name, value in (("enable_timing", enable_timing), ("blocking", blocking)):
            if not isinstance(value, bool):
                raise DTypeError(f"For 'Event', the '{name}' must be a bool, but got {type(value).__name__}.")
        self._timed, self._blocking = enable_timing, blocking
        self._moment: float | None = None

    def record(self, stream: Stream | None = None) -> None:
        """Take the moment."""
        if stream is not None:
            _stream("record", "stream", stream)
        if self._timed:
            synchronize()
        self._moment = time.perf_counter()

    def wait(self, stream: Stream | None = None) -> None:
        """Nothing: what comes later is computed later."""
        if stream is not None:
            _stream("wait", "stream", stream)

    def synchronize(self) -> None:
        """Wait until the device has computed what was asked of it."""
        synchronize()

    def query(self) -> bool:
        """True: what was asked before is done when its values are read."""
        return True

    def elapsed_time(self, other_event: Event) -> float:
        """The milliseconds from this event to another."""
        other = _event("elapsed_time", other_event)
        if not (self._timed and other._timed):
            raise ArgumentError("For 'Event', elapsed_time is of events with timing; make both with "
                                "Event(enable_timing=True).")
        if self._moment is None or other._moment is None:
            raise ArgumentError("For 'Event', event_ or other_event has not been recorded yet; call record() of both.")
        return (other._moment - self._moment) * 1000

    def __repr__(self) -> str:
        return (f"Event(enable_timing={self._timed:d}, blocking:{self._blocking:d}, "
                f"is_created:{self._moment is not None:d}, event:0)")


class StreamCtx:
    """``with StreamCtx(stream):`` computes as without it.

    >>> with StreamCtx(Stream()):
    ...     print(current_stream().id)
    0

    Matches ``mindspore.runtime.StreamCtx``.
    """

    def __init__(self, ctx_stream: Stream | None) -> None:
        if ctx_stream is not None:
            _stream("StreamCtx", "ctx_stream", ctx_stream)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        return None


def current_stream() -> Stream:
    """The one stream."""
    return Stream()


def default_stream() -> Stream:
    """The one stream."""
    return Stream()


def communication_stream() -> Stream:
    """The one stream."""
    return Stream()


def set_cur_stream(stream: Stream | None) -> None:
    """Nothing: there is one stream."""
    if stream is not None:
        _stream("set_cur_stream", "stream", stream)


def _stream(who: str, name: str, value: Any) -> Stream:
    if not isinstance(value, Stream):
        raise DTypeError(f"For '{who}', the argument '{name}' should be Stream, but got {type(value)}.")
    return value


def _event(who: str, value: Any) -> Event:
    if not isinstance(value, Event):
        raise DTypeError(f"For '{who}', the argument 'event' should be Event, but got {type(value)}.")
    return value
