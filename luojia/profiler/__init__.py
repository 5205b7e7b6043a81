"""Profilers: what ran and how long, as a table and as a trace to look at in a browser.

Under MXNet's names (``set_config``, ``set_state``, ``dumps``, ``dump``, ``Task``, ``Frame``, ``Event``, ``Counter``,
``Marker``) and MindSpore's (``Profiler``, ``profile``, ``schedule``, ``tensorboard_trace_handler``, ``mstx``). Both
record each operator, each rule in a backward pass, and each compiled program; where the XLA engine is in use, JAX's own
trace is written beside. While no profiler runs, nothing is slower for it.

>>> from luojia import nd, profiler
>>> profiler.set_config(aggregate_stats=True, filename="profile.json")
>>> profiler.set_state("run")
>>> y = nd.exp(nd.ones((2, 3)))
>>> profiler.set_state("stop")
>>> for line in profiler.dumps(reset=True).splitlines()[3:8]:
...     print(line[:41])
operator
=================
Name                          Total Count
----                          -----------
exp                                     1
"""

from __future__ import annotations

import sys
from typing import Any

from .._src import ops as _operators  # noqa: F401 - those that are defined when a profiler starts are recorded
from .._src.errors import AbsentName, RefusedName
from .._src.paths import also_at, open_paths, public_names
from .scopes import Counter, Domain, Event, Frame, Marker, Task
from .session import (
    AicoreMetrics,
    ExportType,
    HostSystem,
    Profiler,
    ProfilerAction,
    ProfilerActivity,
    ProfilerLevel,
    _ExperimentalConfig,
    mstx,
    profile,
    schedule,
    tensorboard_trace_handler,
)
from .state import (
    dump,
    dump_profile,
    dumps,
    pause,
    profiler_set_config,
    profiler_set_state,
    resume,
    set_config,
    set_kvstore_handle,
    set_state,
)

_REFUSED = {
    "DynamicProfilerMonitor": "start and stop a Profiler from a callback of your own.",
    "EnvProfiler": "start a Profiler in the program; luojia reads no MS_PROFILER_OPTIONS.",
}


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(f"luojia.profiler.{name} is not provided; {_REFUSED[name]}")
    raise AbsentName("luojia.profiler", name)


__all__ = [
    "AicoreMetrics", "Counter", "Domain", "Event", "ExportType", "Frame", "HostSystem", "Marker", "Profiler",
    "ProfilerAction", "ProfilerActivity", "ProfilerLevel", "Task", "_ExperimentalConfig", "dump", "dump_profile",
    "dumps", "mstx", "pause", "profile", "profiler_set_config", "profiler_set_state", "resume", "schedule",
    "set_config", "set_kvstore_handle", "set_state", "tensorboard_trace_handler",
]
__dir__ = public_names(__name__)

Schedule = schedule
open_paths(sys.modules[__name__])
also_at(sys.modules[__name__], f"{__name__}.schedule", f"{__name__}.mstx")  # the attributes are a class each
