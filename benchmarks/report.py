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
    """A row for each way of measuring each framework; those of luojia with their ratios, and what of it is met.

    A ratio is luojia's median over that of the peer's fastest variant.
    """
    rows = []
    for result in results:
        row: dict[str, Any] = {"framework": result.framework, **result.notes}
        rows.append(row)
        if not result.values:
            row["error"] = result.error or "no values"
            continue
        row.update(median=result.median, least=min(result.values), spread=result.spread, values=result.values)
    best: dict[str, float] = {}
    for row in rows:
        peer = row["framework"].split()[0]
        if "median" in row:
            best[peer] = min(row["median"], best.get(peer, row["median"]))
    for row in rows:
        if "median" not in row or row["framework"].split()[0] != "luojia":
            continue
        row["ratios"] = {peer: row["median"] / least for peer, least in best.items() if peer != "luojia"}
        goals = getattr(case, "VARIANT_RATIOS", {}).get(row["framework"], case.RATIOS)
        checks = [(row["ratios"][peer], *goal) for peer, goal in goals.items() if peer in row["ratios"]]
        if case.LIMITS is not None:
            checks.append((row["median"], *case.LIMITS))
        if checks:
            row["must"] = all(value <= must for value, must, _ in checks) and not row.get("heavy")
            row["reach"] = row["must"] and all(value <= should for value, _, should in checks if should is not None)
    return rows


def table(case: ModuleType, rows: list[dict[str, Any]]) -> str:
    """The rows as text: median, spread between the quartiles, ours / theirs, and whether the targets are met."""
    lines = [f"{case.TITLE} ({case.UNIT}){_goals(case)}"]
    for row in rows:
        if "error" in row:
            lines.append(f"  {row['framework']:<20} not run: {row['error']}")
            continue
        text = f"  {row['framework']:<20}{row['median']:>10.3g}  +-{row['spread']:>4.0%}"
        for peer, ratio in row.get("ratios", {}).items():
            text += f"  {ratio:5.2f} {peer}"
        if "must" in row:
            text += "  reaches" if row["reach"] else "  within" if row["must"] else "  MISSES"
        if "modules" in row:
            text += f"  {row['modules']} modules"
        if "doors" in row:
            text += f", {row['doors']:.3g} s more for both doors"
        if row.get("heavy"):
            text += f"  loads {', '.join(row['heavy'])}"
        lines.append(text.rstrip())
    return "\n".join(lines)


def _goals(case: ModuleType) -> str:
    """The targets in words: must, then should."""
    parts = []
    if case.LIMITS is not None:
        parts.append(f"{case.LIMITS[0]:g}/{case.LIMITS[1]:g} {case.UNIT}")
    for who, goals in {"": case.RATIOS, **getattr(case, "VARIANT_RATIOS", {})}.items():
        for peer, (must, should) in goals.items():
            text = f"{must:g}" if should is None else f"{must:g}/{should:g}"
            parts.append(f"{who + ': ' if who else ''}{text} of {peer}")
    return f": {', '.join(parts)}" if parts else ""


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
