"""The table that is printed, the targets that are checked, and the JSON that is written."""

from __future__ import annotations

import datetime
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.runner import Result


def judge(case: ModuleType, results: list[Result], least: bool = False) -> list[dict[str, Any]]:
    """A row for each way of measuring each framework; those of luojia with their ratios, and what of it is met.

    A ratio is luojia's median over that of the peer's fastest variant; with ``least`` the ratio of the least values,
    which on a machine that others use too says more.
    """
    told = "least" if least else "median"
    rows = []
    for result in results:
        row: dict[str, Any] = {"framework": result.framework, **result.notes}
        rows.append(row)
        if not result.values:
            row["error"] = result.error or "no values"
            continue
        row.update(median=result.median, least=result.least, spread=result.spread, values=result.values)
        row["value"] = row[told]
    best: dict[str, float] = {}
    named = {peer for goals in _all_goals(case) for peer in goals if " " in peer}
    for row in rows:
        way = row["framework"]
        peer = way if way in named else way.split()[0]
        if "median" in row:
            best[peer] = min(row[told], best.get(peer, row[told]))
    for row in rows:
        if "median" not in row or row["framework"].split()[0] != "luojia":
            continue
        goals = getattr(case, "VARIANT_RATIOS", {}).get(row["framework"], case.RATIOS)
        row["ratios"] = {peer: row[told] / value for peer, value in best.items()
                         if peer != "luojia" and (peer in goals or peer not in named)}
        checks = [(row["ratios"][peer], *goal) for peer, goal in goals.items() if peer in row["ratios"]]
        if case.LIMITS is not None:
            checks.append((row[told], *case.LIMITS))
        if checks:
            row["must"] = all(value <= must for value, must, _ in checks) and not row.get("heavy")
            row["reach"] = row["must"] and all(value <= should for value, _, should in checks if should is not None)
    return rows


def _all_goals(case: ModuleType) -> list[dict[str, Any]]:
    return [case.RATIOS, *getattr(case, "VARIANT_RATIOS", {}).values()]


def table(case: ModuleType, rows: list[dict[str, Any]]) -> str:
    """The rows as text: median, spread between the quartiles, ours / theirs, and whether the targets are met."""
    lines = [f"{case.TITLE} ({case.UNIT}){_goals(case)}"]
    for row in rows:
        if "error" in row:
            lines.append(f"  {row['framework']:<20} not run: {row['error']}")
            continue
        text = f"  {row['framework']:<20}{row['value']:>10.3g}  +-{row['spread']:>4.0%}"
        for peer, ratio in row.get("ratios", {}).items():
            text += f"  {ratio:5.2f} {peer}"
        if "must" in row:
            text += "  reaches" if row["reach"] else "  within" if row["must"] else "  MISSES"
        if "modules" in row:
            text += f"  {row['modules']} modules"
        if "doors" in row:
            text += f", {row['doors']:.3g} s of it for both doors"
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
        **roofline(),
    }


def roofline() -> dict[str, float]:
    """What the machine gives NumPy on one thread: GEMM rate (GFLOP/s) and copy bandwidth (GB/s), both in float32."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    a, b = np.ones((2, 768, 768), np.float32)
    source, target = np.ones((2, 8_000_000), np.float32)
    out = np.empty_like(a)
    with threadpool_limits(1):
        gemm = min(_seconds(lambda: np.matmul(a, b, out)) for _ in range(10))
    copy = min(_seconds(lambda: np.copyto(target, source)) for _ in range(10))
    return {"gemm_gflops": 2 * 768**3 / gemm / 1e9, "copy_gbps": 2 * source.nbytes / copy / 1e9}


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def distance(case: ModuleType, rows: list[dict[str, Any]], machine: dict[str, Any]) -> float | None:
    """luojia's time over that which the case's multiplications take at the machine's GEMM rate."""
    flops, rate = getattr(case, "GFLOP", None), machine.get("gemm_gflops")
    ours = next((row["value"] for row in rows if row["framework"] == "luojia" and "value" in row), None)
    return ours / case.SCALE / (flops / rate) if flops and rate and ours else None


def write(path: Path, cases: dict[str, list[dict[str, Any]]], machine_: dict[str, Any]) -> None:
    path.write_text(json.dumps({"machine": machine_, "cases": cases}, indent=1) + "\n", "utf-8")


def ratios(cases: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, dict[str, float]]]:
    """By case and way of luojia, the ratios to the peers: what a baseline keeps. Without peers it keeps the value."""
    return {
        name: {
            row["framework"]: row["ratios"] if row.get("ratios") else {"": row["value"]}
            for row in rows if row["framework"].startswith("luojia") and "median" in row
        }
        for name, rows in cases.items()
    }


def regressions(now: dict[str, Any], baseline: dict[str, Any], tolerance: float) -> list[str]:
    """What is slower than the baseline by more than ``tolerance``, a fraction; what either lacks is passed over."""
    found = []
    for name, ways in baseline.items():
        for way, peers in ways.items():
            for peer, before in peers.items():
                after = now.get(name, {}).get(way, {}).get(peer)
                if after is not None and after > before * (1 + tolerance):
                    what = f"{name}, {way}{f' over {peer}' if peer else ''}"
                    found.append(f"{what}: {before:.2f} before, {after:.2f} now")
    return found


def markdown(cases: dict[str, tuple[ModuleType, list[dict[str, Any]]]], machine_: dict[str, Any]) -> str:
    """The results as a table: medians, and luojia's ratio to each peer's fastest way."""
    lines = ["| case | luojia | peers | ours / theirs | must | should |", "|---|---|---|---|---|---|"]
    for case, rows in cases.values():
        good = [row for row in rows if "median" in row]
        peers = [row for row in good if not row["framework"].startswith("luojia")]
        told = "; ".join(f"{row['framework']} {row['value']:.3g}" for row in peers)
        far = distance(case, rows, machine_)
        for row in good:
            if not row["framework"].startswith("luojia"):
                continue
            way = row["framework"].partition(" ")[2]
            title = f"{case.TITLE}{f', {way}' if way else ''} ({case.UNIT})"
            found = ", ".join(f"{ratio:.2f} {peer}" for peer, ratio in row.get("ratios", {}).items())
            if far and not way:
                found += f"; {far:.1f} times the GEMM bound"
            marks = [{True: "yes", False: "no"}.get(row.get(key), "") for key in ("must", "reach")]
            lines.append(f"| {title} | {row['value']:.3g} | {told} | {found} | {marks[0]} | {marks[1]} |")
            told = ""
    return "\n".join(lines) + "\n"


def plot(path: Path, cases: dict[str, tuple[ModuleType, list[dict[str, Any]]]]) -> None:
    """Bars of luojia's ratio to each peer, the best of its ways, on a logarithmic axis; matplotlib draws them."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    entries = [(case.TITLE, _best(rows)) for case, rows in cases.values() if _best(rows)]
    peers = sorted({peer for _, found in entries for peer in found})
    figure, axes = pyplot.subplots(figsize=(9, 1 + 0.55 * len(entries)))
    for k, peer in enumerate(peers):
        places = [i + 0.25 * (k - (len(peers) - 1) / 2) for i, (_, found) in enumerate(entries) if peer in found]
        axes.barh(places, [found[peer] for _, found in entries if peer in found], 0.23, label=peer)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(range(len(entries)), [title for title, _ in entries])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("luojia's time (or memory) / theirs: left of 1, luojia is ahead")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def _best(rows: list[dict[str, Any]]) -> dict[str, float]:
    best: dict[str, float] = {}
    for row in rows:
        for peer, ratio in row.get("ratios", {}).items():
            best[peer] = min(ratio, best.get(peer, ratio))
    return best
