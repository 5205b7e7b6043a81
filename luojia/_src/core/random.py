"""Random streams: where the keys of random operators come from.

An operator that draws random numbers is a pure function of a key, two uint32. The keys of a device are a sequence
determined by the seed: the same seed gives the same numbers in every run. ``key_scope`` lets a trace or a test supply
the keys instead.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.devices import Context, current_context
from ..errors import ArgumentError

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def _mix(z: int) -> int:
    """The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): 64 bits in, 64 well mixed bits out."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


class Stream:
    """The keys of one device: draw number n is a hash of (seed, device, n)."""

    def __init__(self, seed: int, device: Context) -> None:
        place = (device.device_typeid << 32) | device.device_id
        self._start = _mix((_mix(seed & _MASK) + place * _GOLDEN) & _MASK)
        self._count = itertools.count(1)  # one step of a count is atomic: threads may share a stream

    def draw(self) -> np.ndarray:
        z = _mix((self._start + next(self._count) * _GOLDEN) & _MASK)
        return np.array((z >> 32, z & 0xFFFFFFFF), np.uint32)

    @property
    def state(self) -> np.ndarray:
        """Where the stream is: 16 bytes."""
        count = int(repr(self._count)[len("count(") : -1])  # the one way to read it without a step
        return np.array((self._start, count), "<u8").view(np.uint8)

    @state.setter
    def state(self, value: np.ndarray) -> None:
        start, count = np.ascontiguousarray(value).view("<u8").tolist()
        self._start, self._count = start, itertools.count(count)


class _Scope(threading.local):
    source: Callable[[], Any] | None = None
    logs: tuple[key_log, ...] = ()


_scope = _Scope()
_streams: dict[Context, Stream] = {}
_seed: int = int.from_bytes(os.urandom(8), "little")


def seed_streams(seed: int, device: Context | None = None) -> None:
    """Start the stream of ``device``, or of all devices, anew from ``seed``."""
    global _seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ArgumentError(f"seed_state must be int, got {seed!r} of type {type(seed).__name__}.")
    if device is None:
        _seed = int(seed)
        _streams.clear()
    else:
        _streams[device] = Stream(int(seed), device)


def stream_of(device: Context) -> Stream:
    """The stream of a device."""
    found = _streams.get(device)
    return _streams.setdefault(device, Stream(_seed, device)) if found is None else found


def next_key(device: Context | None = None) -> Any:
    """The next key of the device's stream (default: the current device's), an array of two uint32."""
    key = _scope.source() if _scope.source is not None else stream_of(device or current_context()).draw()
    for log in _scope.logs:
        log.append(key)
    return key


def generator(device: Context | None = None) -> np.random.Generator:
    """A NumPy generator at the next key: for what draws on the host, such as initializers and samplers.

    >>> seed_streams(1); a = generator().random()
    >>> seed_streams(1); a == generator().random()
    True
    """
    high, low = (int(k) for k in np.asarray(next_key(device)))
    return np.random.Generator(np.random.Philox(key=(high << 32) | low))


class key_scope:
    """Take keys from ``source()`` instead of the streams, on this thread, for a block."""

    __slots__ = ("_source", "_outer")

    def __init__(self, source: Callable[[], Any]) -> None:
        self._source = source

    def __enter__(self) -> None:
        self._outer = _scope.source
        _scope.source = self._source

    def __exit__(self, *_: Any) -> None:
        _scope.source = self._outer


class key_log(list):
    """The keys drawn on this thread in a block, in order."""

    def __enter__(self) -> key_log:
        _scope.logs = (*_scope.logs, self)
        return self

    def __exit__(self, *_: Any) -> None:
        _scope.logs = tuple([log for log in _scope.logs if log is not self])
