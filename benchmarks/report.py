"""The table that is printed, the targets that are checked, and the JSON that is written."""

from __future__ import annotations

import datetime
import json
import os
import platform
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.runner import Result


def judge(case: ModuleType, results: list[Result]) -> list[dict[str, Any]]:
    """A row for each framework, with luojia's ratio to it and whether the case's targets are met."""
    ours = next((r for r in results if r.framework == "luojia" and r.values), None)
    rows = []
    for result in results:
        row: dict[str, Any] = {"framework": result.framework, **result.notes}
        rows.append(row)
        if not result.values:
            row["error"] = result.error or "no values"
            continue
        row.update(median=result.median, spread=result.spread, values=result.values)
        limit, goal = case.LIMIT if result is ours else None, case.RATIOS.get(result.framework)
        if limit is not None:
            row.update(limit=limit, met=result.median <= limit and not result.notes.get("heavy"))
        if ours and result is not ours:
            row["ratio"] = ours.median / result.median
            if goal is not None:
                row.update(goal=goal, met=row["ratio"] <= goal)
    return rows


def table(case: ModuleType, rows: list[dict[str, Any]]) -> str:
    """The rows as text: median, spread between the quartiles, ours / theirs, and the target."""
    lines = [f"{case.TITLE} ({case.UNIT})"]
    for row in rows:
        if "error" in row:
            lines.append(f"  {row['framework']:<10} not run: {row['error']}")
            continue
        text = f"  {row['framework']:<10}{row['median']:>10.3g}  +-{row['spread']:>4.0%}"
        text += f"  ours/theirs {row['ratio']:5.2f}" if "ratio" in row else " " * 19
        if "met" in row:
            target = f"{row['limit']:g} {case.UNIT}" if "limit" in row else f"{row['goal']:g}"
            text += f"  {'within' if row['met'] else 'MISSES'} {target}"
        if "modules" in row:
            text += f"  {row['modules']} modules"
        if "doors" in row:
            text += f", {row['doors']:.3g} s more for both doors"
        if row.get("heavy"):
            text += f"  loads {', '.join(row['heavy'])}"
        lines.append(text.rstrip())
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """What the numbers were taken on."""
    names = [
        line.split(":", 1)[1].strip()
        for line in (Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else [])
        if line.startswith("model name")
    ]
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "platform": platform.platform(),
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
    }


def write(path: Path, cases: dict[str, list[dict[str, Any]]]) -> None:
    path.write_text(json.dumps({"machine": machine(), "cases": cases}, indent=1) + "\n", "utf-8")
