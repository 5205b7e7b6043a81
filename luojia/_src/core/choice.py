"""The faster engine for a program on the CPU: ``set_context(engine="auto")``.

The program begins on NumPy. The first compiled function that changes state from outside, a training step, is timed in
its first calls, then tried on XLA with its state restored after each trial, and the faster engine is kept for the rest
of the program. A step that draws random numbers stays on NumPy, so that a seed gives the same numbers in every run.
``gluon/choice.py`` does the same for Gluon's loop.
"""

from __future__ import annotations

import threading
from time import perf_counter
from typing import Any

from ..engine.devices import Auto, keep_engine
from ..errors import DeviceError
from .compiled import Compiled, _Entry
from .random import stream_of
from .tensor import Tensor

CALLS = 3  # timed on each engine, after one that is not
MARGIN = 0.95  # of NumPy's time that XLA must stay below


class _Trial(threading.local):
    inside = False


_trial = _Trial()
_times: dict[Compiled, list[float]] = {}
decisions: list[str] = []
"""What was chosen and why, in this process."""


def timed_call(compiled: Compiled, args: tuple, kwargs: dict, packed: tuple, tensors: list[Tensor],
               device: Any) -> Any:
    """One call on NumPy, timed; or, after enough of them, on the engine that the times decide for."""
    if _trial.inside:
        return compiled.fn(*args, **kwargs)
    times = _times.setdefault(compiled, [])
    _trial.inside = True
    try:
        if len(times) == CALLS + 1:
            found = _decide(compiled, args, kwargs, packed, tensors, device, min(times[1:]))
            if found is not None:
                return found[0]
        start = perf_counter()
        result = compiled.fn(*args, **kwargs)
        times.append(perf_counter() - start)
        return result
    finally:
        _trial.inside = False


def _decide(compiled: Compiled, args: tuple, kwargs: dict, packed: tuple, tensors: list[Tensor], device: Any,
            numpy: float) -> tuple | None:
    """(the call's result,) if it was made; None if it is still to be made, on NumPy."""
    stream = stream_of(device)
    place = stream.state
    try:
        keep_engine("xla")
    except DeviceError:
        return keep("numpy", "jax is not installed, or too old")
    kept = "numpy"
    strict, compiled.strict = compiled.strict, True
    try:
        entry = compiled._trace(args, kwargs, packed, tensors, device)
        if entry.__class__ is not _Entry or not entry.region.written:
            return None  # it made its parameters, or trains nothing: another function decides
        if entry.region.draws:
            return keep("numpy", f"{compiled.name} draws random numbers")
        xla = _time(entry, tensors, device)
        if xla < MARGIN * numpy:
            kept = "xla"
            compiled._entries[compiled._key(packed, device, args, tensors, None)] = entry
        keep(kept, f"{compiled.name} took {numpy * 1e3:.3g} ms on NumPy, {xla * 1e3:.3g} ms on XLA")
    except Exception as e:  # NumPy runs it, and raises what is the program's own fault
        return keep("numpy", f"{compiled.name} cannot be compiled ({type(e).__name__})")
    finally:
        compiled.strict = strict
        if kept == "numpy":
            keep_engine("numpy")
            stream.state = place
    return (compiled(*args, **kwargs),) if kept == "xla" else None


def _time(entry: Any, tensors: list[Tensor], device: Any) -> float:
    """Seconds of a call on XLA, the least of some; what it changes is as before afterwards."""
    written = entry.region.written
    before = [t._value for t in written]
    times = []
    try:
        for _ in range(CALLS + 1):
            start = perf_counter()
            entry(tensors)
            for t in written:
                device.engine.to_numpy(t._value)  # waits for it
            times.append(perf_counter() - start)
    finally:
        for t, value in zip(written, before):
            t._rebind(value)
    return min(times[1:])


def keep(name: str, why: str) -> None:
    """Choose the engine ``name`` for the rest of the program."""
    Auto.open, Auto.kept = False, name
    _times.clear()
    decisions.append(f"{name}: {why}")
