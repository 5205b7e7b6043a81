"""Recorded events as a table, as numbers, and as a trace that browsers draw (chrome://tracing, ui.perfetto.dev)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .profiling import Event

_SORTS = ("total", "avg", "min", "max", "count")


class Statistic(NamedTuple):
    """Of the events of one name: how many, and the total, least, largest and mean of their milliseconds.

    Of a counter: how often it was set, and the last, least, largest and mean value.
    """

    count: int
    total: float
    min: float
    max: float
    avg: float


def statistics(events: Iterable[Event], rename: Callable[[str], str] = str) -> dict[str, dict[str, Statistic]]:
    """The statistics by category and name. Instants, which last no time, are left out of their category.

    >>> statistics([Event("operator", "exp", 0, 2_000_000, 1), Event("operator", "exp", 0, 4_000_000, 1)])
    {'operator': {'exp': Statistic(count=2, total=6.0, min=2.0, max=4.0, avg=3.0)}}
    """
    found: dict[str, dict[str, list[float]]] = {}
    counters = set()
    for e in events:
        names = found.setdefault(e.category, {})
        if e.value is not None:
            counters.add((e.category, e.name))
            names.setdefault(e.name, []).append(e.value)
        elif e.stop is not None:
            names.setdefault(rename(e.name), []).append((e.stop - e.start) / 1e6)
    return {
        category: {
            name: Statistic(len(v), v[-1] if (category, name) in counters else sum(v), min(v), max(v), sum(v) / len(v))
            for name, v in names.items()
        }
        for category, names in sorted(found.items())
    }


def table(found: dict[str, dict[str, Statistic]], sort_by: str = "total", ascending: bool = False) -> str:
    """The statistics as MXNet prints them."""
    lines = ["", "Profile Statistics:", "\tNote the difference in units for different entries."]
    for category, names in found.items():
        lines += [category, "=================",
                  f"{'Name':<25}{'Total Count':>16}" + "".join(f"{h:>17}" for h in (
                      "Time (ms)", "Min Time (ms)", "Max Time (ms)", "Avg Time (ms)")),
                  f"{'----':<25}{'-----------':>16}" + "".join(f"{h:>17}" for h in (
                      "---------", "-------------", "-------------", "-------------"))]
        for name, s in _sorted(names, sort_by, ascending):
            lines.append(f"{name:<25}{s.count:>16}" + "".join(f"{v:>17.4f}" for v in (s.total, s.min, s.max, s.avg)))
        lines.append("")
    return "\n".join(lines) + "\n"


def as_json(found: dict[str, dict[str, Statistic]], sort_by: str = "total", ascending: bool = False) -> str:
    """The statistics as MXNet's JSON text: by "Time", category and name."""
    times = {
        category: {name: {"Count": s.count, "Total": s.total, "Min": s.min, "Max": s.max, "Avg": s.avg}
                   for name, s in _sorted(names, sort_by, ascending)}
        for category, names in found.items()
    }
    return json.dumps({"Time": times, "Memory": {}, "Unit": {"Time": "ms", "Memory": "kB"}}, indent=4)


def as_csv(found: dict[str, dict[str, Statistic]]) -> str:
    """The statistics as lines of comma-separated values, the longest total first in each category."""
    lines = ["Category,Name,Count,Total Time(us),Min Time(us),Avg Time(us),Max Time(us)"]
    for category, names in found.items():
        for name, s in _sorted(names, "total", False):
            numbers = ",".join(f"{v * 1000:.3f}" for v in (s.total, s.min, s.avg, s.max))
            lines.append(f'"{category}","{name}",{s.count},{numbers}')
    return "\n".join(lines) + "\n"


def _sorted(names: dict[str, Statistic], sort_by: str, ascending: bool) -> list[tuple[str, Statistic]]:
    at = Statistic._fields.index(sort_by)
    return sorted(names.items(), key=lambda item: item[1][at], reverse=not ascending)


def chrome_trace(events: Sequence[Event], metadata: dict[str, Any] | None = None,
                 rename: Callable[[str], str] = str) -> str:
    """The events as a trace in Chrome's format, each category a process and each thread a line of it.

    >>> text = chrome_trace([Event("operator", "exp", 5_000, 7_000, 1)])
    >>> [(e["name"], e["ph"], e["ts"], e["dur"]) for e in json.loads(text)["traceEvents"] if e["ph"] == "X"]
    [('exp', 'X', 5.0, 2.0)]
    """
    pids = {c: i for i, c in enumerate(dict.fromkeys(e.category for e in events))}
    threads = {t: i for i, t in enumerate(dict.fromkeys(e.thread for e in events))}
    out: list[dict[str, Any]] = [
        {"ph": "M", "args": {"name": c}, "pid": pid, "name": "process_name"} for c, pid in pids.items()]
    for e in events:
        row: dict[str, Any] = {"name": e.name, "cat": e.category, "ts": e.start / 1000, "pid": pids[e.category],
                               "tid": threads[e.thread]}
        if e.value is not None:
            row.update(ph="C", args={e.name: e.value})
        elif e.stop is None:
            row.update(ph="i", s=e.scope or "p")
        else:
            row.update(ph="X", dur=(e.stop - e.start) / 1000, name=rename(e.name))
        out.append(row)
    return json.dumps({"traceEvents": out, "displayTimeUnit": "ms", **(metadata or {})}, indent=1)


def check_sort(sort_by: str) -> None:
    """Raise AssertionError, as MXNet does, for an order that there is not."""
    if sort_by not in _SORTS:
        raise AssertionError(f"Invalid value provided for sort_by: {sort_by}. Support: "
                             + ", ".join(repr(s) for s in _SORTS))
