"""The profiler of the process under MXNet's names: configured, run, and dumped by functions."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from .._src.core import profile_report as report
from .._src.core.op import OPERATORS
from .._src.core.profiling import Recording
from .._src.errors import ArgumentError, DTypeError, MissingFileError, MXNetError, UnknownNameError

_FLAGS = ("profile_all", "profile_symbolic", "profile_imperative", "profile_memory", "profile_api", "continuous_dump",
          "aggregate_stats")
_OPTIONS = {*_FLAGS, "filename", "dump_period", "profile_process"}
_PROCESSES = ("worker", "server")


class _Profiler:
    """What the functions below share: the configuration, and what was recorded since the last dump."""

    def __init__(self) -> None:
        self.filename = "profile.json"
        self.aggregates = False
        self.recording: Recording | None = None
        self.paused = False
        self.ran = False


_profiler = _Profiler()


def set_config(**kwargs: Any) -> None:
    """Configure the profiler.

    Args:
        filename: the trace that ``dump`` writes, 'profile.json' by default. JAX's own trace, on the XLA engine, goes
            into a folder beside it, of its name and ``_xla``.
        aggregate_stats: whether ``dumps`` gives a table.
        kwargs: profile_all, profile_symbolic, profile_imperative, profile_memory, profile_api, continuous_dump,
            dump_period and profile_process are accepted; operators and marked spans are always recorded, memory never.

    Raises:
        MXNetError: an unknown option, or a flag that is no boolean. Nothing has changed then.

    Matches ``mxnet.profiler.set_config``.
    """
    for key, value in kwargs.items():
        if key not in _OPTIONS:
            raise ArgumentError(f"Cannot find argument '{key}', Possible Arguments: {', '.join(sorted(_OPTIONS))}.")
        if key in _FLAGS and not isinstance(value, (bool, int)):
            raise DTypeError(f"Invalid Parameter format for {key} expect boolean but value={value!r}")
        if key == "filename" and not isinstance(value, (str, Path)):
            raise DTypeError(f"profiler.set_config: filename must be a str, got {type(value).__name__}.")
    _profiler.filename = str(kwargs.get("filename", _profiler.filename))
    _profiler.aggregates = bool(kwargs.get("aggregate_stats", False))


def set_state(state: str = "stop", profile_process: str = "worker") -> None:
    """Run the profiler, or stop it: ``state`` is 'run' or 'stop'.

    Raises:
        UnknownNameError: a KeyError: another state or process.

    Matches ``mxnet.profiler.set_state``.
    """
    if state not in ("run", "stop"):
        raise UnknownNameError(f"profiler.set_state: state must be 'run' or 'stop', got {state!r}.")
    _check_process("set_state", profile_process)
    if state == "run":
        if _profiler.recording is None:
            _profiler.recording = Recording(trace_folder=f"{Path(_profiler.filename).with_suffix('')}_xla")
        _profiler.ran, _profiler.paused = True, False
        _profiler.recording.start()
    elif _profiler.recording is not None:
        _profiler.recording.stop()


def pause(profile_process: str = "worker") -> None:
    """Record nothing until ``resume``."""
    _check_process("pause", profile_process)
    if _profiler.recording is not None and _profiler.recording.running:
        _profiler.recording.stop()
        _profiler.paused = True


def resume(profile_process: str = "worker") -> None:
    """Record again after ``pause``."""
    _check_process("resume", profile_process)
    if _profiler.paused and _profiler.recording is not None:
        _profiler.paused = False
        _profiler.recording.start()


def dumps(reset: bool = False, format: str = "table", sort_by: str = "total", ascending: bool = False) -> str:
    """The statistics of what was recorded, for printing: count, total, least, largest and mean milliseconds by name.

    Of counters the total is the last value. '' without ``set_config(aggregate_stats=True)``.

    Args:
        reset: forget what was recorded.
        format: 'table' or 'json'.
        sort_by: 'total', 'avg', 'min', 'max' or 'count'; ``ascending``: least first.

    Raises:
        AssertionError: another format or order.

    Matches ``mxnet.profiler.dumps``; names are MXNet's where the operator has one there, and there are no rows of C
    functions and memory.
    """
    if format not in ("table", "json"):
        raise AssertionError(f"Invalid value provided for format: {format}. Support: 'table', 'json'")
    report.check_sort(sort_by)
    if not _profiler.aggregates:
        return ""
    events = _profiler.recording.events if _profiler.recording is not None else []
    found = report.statistics(events, mxnet_name)
    if reset and _profiler.recording is not None:
        _profiler.recording.events = []
    return (report.table if format == "table" else report.as_json)(found, sort_by, ascending)


def dump(finished: bool = True, profile_process: str = "worker") -> None:
    """Write what was recorded as a trace to the file of ``set_config``; look at it in chrome://tracing or Perfetto.

    Args:
        finished: the profiler stops, and starts from nothing when it is run again.

    Raises:
        MXNetError: the profiler has not run.

    Matches ``mxnet.profiler.dump``.
    """
    _check_process("dump", profile_process)
    recording = _profiler.recording
    if not _profiler.ran or recording is None:
        raise MXNetError("profiler.dump: Profiler hasn't been run. Config and start profiler first.")
    if finished:
        recording.stop()
    try:
        Path(_profiler.filename).write_text(report.chrome_trace(recording.events, rename=mxnet_name), "utf-8")
    except FileNotFoundError as e:
        raise MissingFileError(f"profiler.dump: cannot write {_profiler.filename!r} ({e.strerror}); make its folder "
                               "first.") from e
    if finished:
        _profiler.ran, _profiler.recording = False, None


def mxnet_name(name: str) -> str:
    """What MXNet calls an operator, or the rule of one; another name stays.

    >>> mxnet_name("dense"), mxnet_name("_backward_dense")
    ('FullyConnected', '_backward_FullyConnected')
    """
    prefix = "_backward_" if name.startswith("_backward_") else ""
    op = OPERATORS.get(name[len(prefix) :])
    faces = op.faces.get("mx", ()) if op is not None else ()
    return prefix + faces[0].split("(")[0].strip() if faces else name


def _check_process(who: str, process: str) -> None:
    if process not in _PROCESSES:
        raise UnknownNameError(f"profiler.{who}: profile_process must be 'worker' or 'server', got {process!r}.")


def set_kvstore_handle(handle: Any) -> None:
    """Accepted; there is no server process to be profiled."""


def dump_profile() -> None:
    """``dump()`` under its old name."""
    warnings.warn("profiler.dump_profile() is deprecated. Please use profiler.dump() instead", stacklevel=2)
    dump(True)


def profiler_set_config(mode: str = "symbolic", filename: str = "profile.json") -> None:
    """``set_config`` under its old name."""
    warnings.warn("profiler.profiler_set_config() is deprecated. Please use profiler.set_config() instead",
                  stacklevel=2)
    set_config(filename=filename)


def profiler_set_state(state: str = "stop") -> None:
    """``set_state`` under its old name."""
    warnings.warn("profiler.profiler_set_state() is deprecated. Please use profiler.set_state() instead", stacklevel=2)
    set_state(state)
