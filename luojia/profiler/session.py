"""Profiling sessions under MindSpore's names: ``profile`` and ``Profiler``, schedules, what is done with a trace."""

from __future__ import annotations

import itertools
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any, Self

from .._src.core import profile_report as report
from .._src.core import profiling
from .._src.core.op import OPERATORS
from .._src.errors import ArgumentError, DTypeError, GraphError


class ProfilerLevel(Enum):
    """How much a device's profiler tells; accepted, luojia's always tells the same."""

    LevelNone = "LevelNone"
    Level0 = "Level0"
    Level1 = "Level1"
    Level2 = "Level2"


class ProfilerActivity(Enum):
    """What is profiled; accepted, luojia always profiles what it runs on."""

    CPU = "CPU"
    NPU = "NPU"
    GPU = "GPU"


class AicoreMetrics(Enum):
    """What an Ascend core counts; accepted."""

    AiCoreNone = "None"
    PipeUtilization = "PipeUtilization"
    ArithmeticUtilization = "ArithmeticUtilization"
    Memory = "Memory"
    MemoryL0 = "MemoryL0"
    ResourceConflictRatio = "ResourceConflictRatio"
    MemoryUB = "MemoryUB"
    L2Cache = "L2Cache"
    MemoryAccess = "MemoryAccess"


class ExportType(Enum):
    """The form of files; accepted, luojia writes text."""

    Text = "text"
    Db = "db"


class HostSystem(Enum):
    """What of the host is watched; accepted, luojia watches nothing of it."""

    CPU = "cpu"
    MEM = "mem"
    DISK = "disk"
    NETWORK = "network"
    OSRT = "osrt"


class _ExperimentalConfig:
    """Options of MindSpore's profiler, kept as they are."""

    def __init__(self, **options: Any) -> None:
        self.__dict__.update(options)


class ProfilerAction(Enum):
    """What a schedule says of a step."""

    NONE = 0
    WARM_UP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


class schedule:  # noqa: N801 - MindSpore's name
    """Which steps are recorded: ``skip_first`` not, then again and again ``wait`` not, ``warmup`` to warm up and
    ``active`` recorded.

    Args:
        wait, warmup: numbers of steps, 0 or more. active: 1 or more.
        repeat: how often; 0: without end.
        skip_first: steps before all.

    Raises:
        ArgumentError: a negative number, or ``active`` of 0, for which MindSpore takes the default and logs a warning.
        DTypeError: something other than an int.

    >>> plan = schedule(wait=1, warmup=1, active=2, repeat=1)
    >>> [plan(step).name for step in range(5)]
    ['NONE', 'WARM_UP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']

    Matches ``mindspore.profiler.schedule``.
    """

    def __init__(self, *, wait: int, active: int, warmup: int = 0, repeat: int = 0, skip_first: int = 0) -> None:
        self._numbers = {"wait": wait, "active": active, "warmup": warmup, "repeat": repeat, "skip_first": skip_first}
        for name, value in self._numbers.items():
            if isinstance(value, bool) or not isinstance(value, int):
                raise DTypeError(f"For 'schedule', the '{name}' must be int, but got {type(value).__name__}.")
            if value < (name == "active"):
                raise ArgumentError(f"For 'schedule', the '{name}' must be {int(name == 'active')} or more, but got "
                                    f"{value}.")

    def __call__(self, step: int) -> ProfilerAction:
        """What step number ``step``, from 0, is to do."""
        n = self._numbers
        step -= n["skip_first"]
        period = n["wait"] + n["warmup"] + n["active"]
        if step < 0 or n["repeat"] and step >= n["repeat"] * period:
            return ProfilerAction.NONE
        step %= period
        if step < n["wait"]:
            return ProfilerAction.NONE
        if step < n["wait"] + n["warmup"]:
            return ProfilerAction.WARM_UP
        return ProfilerAction.RECORD_AND_SAVE if step == period - 1 else ProfilerAction.RECORD

    def to_dict(self) -> dict[str, int]:
        """The numbers by name."""
        return dict(self._numbers)

    def __repr__(self) -> str:
        n = self._numbers
        return (f"Schedule(wait={n['wait']}, active={n['active']}, warmup={n['warmup']}, repeat={n['repeat']}, "
                f"skip_first={n['skip_first']})")


class profile:  # noqa: N801 - MindSpore's name
    """A profiling session: what runs from ``start()`` to ``stop()``, or within the ``with`` block.

    Args:
        start_profile: start at once, or with the block; else ``start()`` does.
        schedule: which steps are recorded, ``step()`` being called after each; all by default.
        on_trace_ready: called with the session when a stretch of steps is recorded; by default the session writes its
            files into ``output_path``.
        output_path: the folder for files, './data' by default.

    The other arguments are accepted; operators and programs are always recorded, each waited for.

    The files are ``trace_view.json``, to be looked at in chrome://tracing or Perfetto, and ``op_statistic.csv``, in a
    folder of their own; on the XLA engine JAX's trace is beside them, under ``plugins/profile``, for TensorBoard.

    >>> from luojia import Tensor, ops
    >>> with profile(on_trace_ready=lambda session: print(session.statistics()["operator"]["Exp"].count)) as prof:
    ...     for step in range(3):
    ...         y = ops.exp(Tensor([1.0]))
    ...         prof.step()
    3

    Matches ``mindspore.profiler.profile``.
    """

    def __init__(self, activities: Iterable[ProfilerActivity] | None = None, with_stack: bool = False,
                 profile_memory: bool = False, data_process: bool = False, parallel_strategy: bool = False,
                 start_profile: bool = True, hbm_ddr: bool = False, pcie: bool = False, sync_enable: bool = True,
                 record_shapes: bool = False, schedule: Callable[[int], ProfilerAction] | None = None,
                 on_trace_ready: Callable[[Any], Any] | None = None, experimental_config: Any = None,
                 output_path: str = "./data", **options: Any) -> None:
        for name, value in (("schedule", schedule), ("on_trace_ready", on_trace_ready)):
            if value is not None and not callable(value):
                raise DTypeError(f"For 'profile', the '{name}' must be callable, but got {type(value).__name__}.")
        if not isinstance(output_path, (str, os.PathLike)):
            raise DTypeError("For 'profile', the 'output_path' must be a str, but got "
                             f"{type(output_path).__name__}.")
        self._schedule, self._ready = schedule, on_trace_ready
        self._root, self._worker = Path(output_path), ""
        self._metadata: dict[str, Any] = {}
        self._step = 0
        self._began: int | None = None
        self._folder: Path | None = None
        self._recording: profiling.Recording | None = None
        self._start_profile = bool(start_profile)

    def start(self) -> None:
        """Begin, or go on after ``stop``.

        Raises:
            GraphError: the session runs already.
        """
        if self._began is not None:
            raise GraphError(f"{type(self).__name__}.start: this session runs already; stop it first.")
        self._enter()

    def _enter(self) -> None:
        self._began = time.perf_counter_ns()
        if self._action() in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE):
            self._record()

    def _action(self) -> ProfilerAction:
        return ProfilerAction.RECORD if self._schedule is None else self._schedule(self._step)

    def _record(self) -> None:
        if self._recording is None:
            stamp = time.strftime("%Y%m%d%H%M%S", time.localtime()) + f"{time.time_ns() // 1_000_000 % 1000:03d}"
            worker = self._worker or f"{socket.gethostname()}_{os.getpid()}"
            self._folder = self._root / f"{worker}_{stamp}_luojia"
            self._recording = profiling.Recording(trace_folder=str(self._folder))
        self._recording.start()

    def step(self) -> None:
        """A step has ended: the schedule goes on to the next.

        Raises:
            GraphError: the session does not run.
        """
        now = time.perf_counter_ns()
        if self._began is None:
            raise GraphError(f"{type(self).__name__}.step: this session does not run; start it first.")
        action = self._action()
        recording = self._recording
        if recording is not None and recording.running:
            recording.events.append(profiling.Event("step", f"step {self._step}", self._began, now,
                                                    threading.get_ident()))
        if action is ProfilerAction.RECORD_AND_SAVE:
            self._save()
        self._step += 1
        if self._action() in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE):
            self._record()
        self._began = time.perf_counter_ns()

    def stop(self) -> None:
        """End; what was recorded and not yet handed on is handed on now.

        Raises:
            GraphError: the session does not run.
        """
        if self._began is None:
            raise GraphError(f"{type(self).__name__}.stop: this session does not run; start it first.")
        self._began = None
        self._end()

    def _end(self) -> None:
        if self._recording is not None:
            self._save()

    def _save(self) -> None:
        if self._recording is not None:
            self._recording.stop()
            (self._ready or profile._write)(self)
            self._recording = None

    def statistics(self) -> dict[str, dict[str, report.Statistic]]:
        """Of what was recorded last: count, total, least, largest and mean milliseconds by category and name.

        Luojia's own; names are MindSpore's where the operator has one there.
        """
        recording = self._recording
        return {} if recording is None else report.statistics(recording.events, mindspore_name)

    def _write(self) -> str:
        """Write the files; gives their folder."""
        recording, folder = self._recording, self._folder
        if recording is None or folder is None:
            raise GraphError(f"{type(self).__name__}: nothing has been recorded; start it first.")
        folder.mkdir(parents=True, exist_ok=True)
        metadata = {"metadata": self._metadata} if self._metadata else None
        (folder / "trace_view.json").write_text(report.chrome_trace(recording.events, metadata, mindspore_name),
                                                "utf-8")
        (folder / "op_statistic.csv").write_text(report.as_csv(self.statistics()), "utf-8")
        return str(folder)

    def add_metadata(self, key: str, value: str) -> None:
        """A word to go with the trace."""
        if not isinstance(key, str) or not isinstance(value, str):
            raise DTypeError("For 'add_metadata', the key and the value must be str, but got "
                             f"{type(key).__name__} and {type(value).__name__}.")
        self._metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """A JSON text to go with the trace."""
        try:
            self._metadata[key] = json.loads(value)
        except (TypeError, ValueError) as e:
            raise ArgumentError(f"For 'add_metadata_json', the value must be a JSON text ({e}), but got "
                                f"{value!r}.") from None

    def __enter__(self) -> Self:
        if self._start_profile and self._began is None:
            self._enter()
        return self

    def __exit__(self, *_: Any) -> None:
        if self._began is not None:
            self.stop()


class Profiler(profile):
    """A session that starts when it is made, under an old name: ``stop`` ends it, ``analyse`` writes its files.

    Args:
        kwargs: those of ``profile``; others are accepted, as MindSpore does.

    >>> from luojia import Tensor, ops
    >>> profiler = Profiler()
    >>> y = ops.exp(Tensor([1.0]))
    >>> profiler.stop()
    >>> profiler.statistics()["operator"]["Exp"].count
    1

    Matches ``mindspore.Profiler``.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self._start_profile:
            self._enter()

    def _end(self) -> None:
        if self._recording is not None:
            self._recording.stop()
            if self._ready is not None:
                self._ready(self)

    def analyse(self, offline_path: str | None = None, pretty: bool = False, step_list: list | None = None,
                mode: str = "sync") -> str:
        """Stop, if it runs, and write the files; gives their folder. The arguments are accepted.

        Raises:
            GraphError: the session never ran.
        """
        if self._began is not None:
            self.stop()
        folder = self._write()
        self._recording = None
        return folder

    @staticmethod
    def offline_analyse(path: str, pretty: bool = False, step_list: list | None = None,
                        data_simplification: bool = True) -> None:
        """Accepted; the files are complete when they are written."""

    def op_analyse(self, op_name: str | list[str], device_id: int | None = None) -> str:
        """The statistics of one operator, or of several, as a JSON text."""
        names = [op_name] if isinstance(op_name, str) else op_name
        if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) for n in names):
            raise DTypeError("For 'op_analyse', the 'op_name' must be a str or a list of them, but got "
                             f"{op_name!r}.")
        found = self.statistics().get("operator", {})
        return json.dumps({n: found[n]._asdict() if n in found else {} for n in names})


def tensorboard_trace_handler(dir_name: str | None = None, worker_name: str | None = None, analyse_flag: bool = True,
                              async_mode: bool = False) -> Callable[[profile], None]:
    """A function for ``on_trace_ready`` that writes the session's files.

    Args:
        dir_name: the folder, by default the session's. On the XLA engine JAX's trace stays in the session's folder.
        worker_name: what the files' folder begins with, by default host and process.
        analyse_flag, async_mode: accepted.

    Matches ``mindspore.profiler.tensorboard_trace_handler``.
    """
    for name, value in (("dir_name", dir_name), ("worker_name", worker_name)):
        if value is not None and not isinstance(value, str):
            raise DTypeError(f"For 'tensorboard_trace_handler', the '{name}' must be a str, but got "
                             f"{type(value).__name__}.")

    def ready(session: profile) -> None:
        if session._folder is not None:
            name = session._folder.name
            if worker_name is not None:
                name = worker_name + name[name.index("_", len(socket.gethostname()) + 1) :]
            session._folder = (session._folder.parent if dir_name is None else Path(dir_name)) / name
        session._write()

    return ready


def mindspore_name(name: str) -> str:
    """What MindSpore calls an operator, or the rule of one; another name stays.

    >>> mindspore_name("exp"), mindspore_name("_backward_exp")
    ('Exp', '_backward_Exp')
    """
    prefix = "_backward_" if name.startswith("_backward_") else ""
    op = OPERATORS.get(name[len(prefix) :])
    faces = op.faces.get("ms", ()) if op is not None else ()
    return prefix + faces[0].split("(")[0].strip() if faces else name


_range_ids = itertools.count(1)


class mstx:  # noqa: N801 - MindSpore's name
    """Instants and spans that a program marks itself, recorded while a session runs.

    >>> span = mstx.range_start("step")
    >>> mstx.range_end(span)

    Matches ``mindspore.profiler.mstx``; streams are accepted.
    """

    _open: dict[int, tuple[str, int]] = {}

    @staticmethod
    def mark(message: str, stream: Any = None, domain: str = "default") -> None:
        """Record an instant."""
        _check_message("mark", message, domain)
        if profiling.is_recording():
            profiling.mark(profiling.Event(f"mstx {domain}", message, time.perf_counter_ns(), None,
                                           threading.get_ident()))

    @staticmethod
    def range_start(message: str, stream: Any = None, domain: str = "default") -> int:
        """A span begins; gives its number, 0 where no session runs."""
        _check_message("range_start", message, domain)
        if not profiling.is_recording():
            return 0
        number = next(_range_ids)
        mstx._open[number] = (message, time.perf_counter_ns())
        return number

    @staticmethod
    def range_end(range_id: int, domain: str = "default") -> None:
        """The span of this number ends; one that did not begin is let be."""
        message, start = mstx._open.pop(range_id, (None, 0))
        if message is not None:
            profiling.mark(profiling.Event(f"mstx {domain}", message, start, time.perf_counter_ns(),
                                           threading.get_ident()))


def _check_message(who: str, message: Any, domain: Any) -> None:
    for name, value in (("message", message), ("domain", domain)):
        if not isinstance(value, str):
            raise DTypeError(f"For 'mstx.{who}', the '{name}' must be a str, but got {type(value).__name__}.")
