"""`python -m benchmarks`: luojia and every peer found, one thread each, taking turns.

    python -m benchmarks                                  all cases, with the peers that this interpreter can import
    python -m benchmarks --case mlp_step lenet_step       two of them
    python -m benchmarks --peers torch=/opt/torch/bin/python,mxnet=/opt/mx/bin/python --out timings.json
    python -m benchmarks --check benchmarks/baseline.json        compare the ratios with those of an earlier run

The exit status is 1 where luojia could not run a case, misses a target and --strict was given, or is slower than the
baseline by more than --tolerance.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import report, runner
from benchmarks.cases import FRAMEWORKS, NAMES


def peers(text: str) -> dict[str, str]:
    """``"torch=/a/python,mxnet=/b/python"`` as a dictionary from framework to interpreter."""
    found = {}
    for entry in filter(None, text.split(",")):
        name, equals, python = entry.partition("=")
        if name not in FRAMEWORKS[1:] or not equals:
            raise argparse.ArgumentTypeError(
                f"--peers expects FRAMEWORK=PYTHON with a framework of {', '.join(FRAMEWORKS[1:])}, got {entry!r}."
            )
        found[name] = python
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--case", nargs="+", choices=NAMES, default=NAMES, help="the cases to run (all)")
    parser.add_argument("--peers", type=peers, default={}, help="torch=/path/to/python,mxnet=... (this interpreter's)")
    parser.add_argument("--repeats", type=int, default=7, help="timed rounds per case (7)")
    parser.add_argument("--launches", type=int, default=1, help="processes of each framework, one after the other (1)")
    parser.add_argument("--threads", type=int, default=1, help="threads of each framework (1)")
    parser.add_argument("--cpu", action="store_true", help="count the processor's time, where others use it too")
    parser.add_argument("--least", action="store_true", help="compare the least values instead of the medians")
    parser.add_argument("--out", type=Path, help="write everything measured to this JSON file")
    parser.add_argument("--markdown", type=Path, help="write the table in Markdown to this file")
    parser.add_argument("--plot", type=Path, help="draw the ratios into this file; needs matplotlib")
    parser.add_argument("--baseline", type=Path, help="write the ratios to this file, for --check")
    parser.add_argument("--check", type=Path, help="compare the ratios with those of this file")
    parser.add_argument("--tolerance", type=float, default=0.25, help="how much slower --check lets pass (0.25)")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 where a target is missed")
    options = parser.parse_args(arguments)

    pythons = {"luojia": sys.executable, **options.peers}
    pythons.update((name, sys.executable) for name in FRAMEWORKS[1:] if name not in pythons and runner.importable(name))
    cases, good = {}, True
    for name in options.case:
        case = runner.load(name)
        if getattr(case, "NEEDS", "luojia") not in pythons:
            print(f"{case.TITLE}: passed over, as no interpreter with {case.NEEDS} is known\n")
            continue
        results = runner.run_case(name, pythons, options.repeats, options.threads, options.cpu,
                                  options.launches)
        rows = report.judge(case, results, options.least)
        print(report.table(case, rows), end="\n\n", flush=True)
        cases[name] = rows
        good &= "error" not in rows[0] and not (options.strict and any(row.get("must") is False for row in rows))
    machine = report.machine()
    ratios = report.ratios(cases)
    by_case = {name: (runner.load(name), rows) for name, rows in cases.items()}
    if options.out:
        report.write(options.out, cases, machine)
    if options.markdown:
        options.markdown.write_text(report.markdown(by_case, machine), "utf-8")
    if options.plot:
        report.plot(options.plot, by_case)
    if options.baseline:
        options.baseline.write_text(json.dumps(ratios, indent=1) + "\n", "utf-8")
    if options.check:
        slower = report.regressions(ratios, json.loads(options.check.read_text("utf-8")), options.tolerance)
        print("\n".join(["Slower than the baseline:", *slower]) if slower else "Nothing is slower than the baseline.")
        good &= not slower
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
