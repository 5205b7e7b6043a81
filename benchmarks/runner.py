"""Starts a worker for each framework, lets them take turns, and gathers the values."""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
SETTLE = 0.1  # seconds until the threads of OpenMP and BLAS sleep: they spin for 9 and 26 ms, into the next turn
STEADY = 0.1, 0.5  # seconds of steps before those that count, on one thread and on several: after a pause the processor
# takes a few ms to a loop's pace, in which a turn of 2 ms was over; the second core takes 0.2 s


def environment(threads: int) -> dict[str, str]:
    """What keeps a framework to so many threads."""
    return {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads)),
        "BENCHMARK_THREADS": str(threads),
        "MXNET_ENGINE_TYPE": "NaiveEngine",  # else mxnet computes on threads of its own
        "MXNET_CPU_WORKER_NTHREADS": "1",
        "GLOG_v": "3",  # mindspore: errors only
        **({"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"} if threads == 1 else {}),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "",  # imports are timed as on a user's machine, where byte code is kept
    }


class WorkerError(RuntimeError):
    """What a worker answered with, or that it died."""


class Worker:
    """A process of `python` that runs `framework`, at work inside a `with` block."""

    def __init__(self, framework: str, python: str, threads: int = 1) -> None:
        self.framework = framework
        command = [python, "-m", "benchmarks.worker", framework]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment(threads)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer to `request`; raises WorkerError where there is none, or where it is an error."""
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise WorkerError(f"the worker of {self.framework} ended with exit status {self.process.wait()}")
        reply = json.loads(line)
        if "error" in reply:
            raise WorkerError(reply["error"])
        return reply

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exc: object) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Result:
    """The values of one framework in one case, in the case's unit; or why there are none."""

    framework: str
    values: list[float] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    begun: list[int] = field(default_factory=list)  # the places in ``values`` at which further processes began

    @property
    def median(self) -> float:
        return self.told(statistics.median)

    @property
    def least(self) -> float:
        return self.told(min)

    def told(self, of_values: Callable[[list[float]], float]) -> float:
        """The geometric mean, over the processes, of what ``of_values`` tells of each one's values."""
        places = [0, *self.begun, len(self.values)]
        found = [of_values(self.values[i:j]) for i, j in pairwise(places) if i < j]
        return found[0] if len(found) == 1 else statistics.geometric_mean(found)

    @property
    def spread(self) -> float:
        """The distance between the quartiles, as a fraction of the median."""
        if len(self.values) < 2:
            return 0.0
        low, middle, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return (high - low) / middle if middle else 0.0


def load(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.cases.{name}")


def variants(case: ModuleType, framework: str) -> list[str]:
    """The ways in which `case` measures `framework`: its own name, then those like "luojia module"."""
    prefix = f"on_{framework}__"
    return [framework] * hasattr(case, f"on_{framework}") + [
        f"{framework} {name.removeprefix(prefix)}" for name in vars(case) if name.startswith(prefix)
    ]


def run_case(name: str, pythons: dict[str, str], repeats: int, threads: int = 1, cpu: bool = False,
             launches: int = 1) -> list[Result]:
    """The case `name` on each framework of `pythons`, a dictionary from framework to interpreter.

    With ``cpu`` the processor's time counts instead of the clock's. All processes are started so many times anew: where
    its memory lies makes one of a program a tenth faster than another.
    """
    case = load(name)
    needs = getattr(case, "NEEDS", None)
    if needs is not None:
        pythons = {**pythons, "luojia": pythons[needs]}
    results = {variant: Result(variant) for framework in pythons for variant in variants(case, framework)}
    if case.RUNS is None:
        for _ in range(repeats):
            for variant in _alive(results):
                _measure(name, pythons[variant.split()[0]], results[variant], case.SCALE, threads)
    else:
        for launch in range(launches):
            if launch:
                for result in results.values():
                    result.begun.append(len(result.values))
            _take_turns(case, name, pythons, {v: results[v] for v in _alive(results)}, repeats, threads, cpu)
    return list(results.values())


def _alive(results: dict[str, Result]) -> Iterable[str]:
    return [framework for framework, result in results.items() if result.error is None]


def _measure(name: str, python: str, result: Result, scale: float, threads: int) -> None:
    """One value, from a process of its own."""
    with Worker(result.framework, python, threads) as worker:
        try:
            reply = worker.ask(do="measure", case=name)
        except WorkerError as error:
            result.error = str(error)
        else:
            result.values.append(reply.pop("value") * scale)
            result.notes.update(reply)


def _take_turns(case: ModuleType, name: str, pythons: dict[str, str], results: dict[str, Result], repeats: int,
                threads: int, cpu: bool) -> None:
    """Each framework runs RUNS times, then the next: a slow minute of the machine falls on all of them."""
    workers = {variant: Worker(variant, pythons[variant.split()[0]], threads) for variant in results}
    try:
        for framework in workers:
            _try(results[framework], workers[framework], do="setup", case=name)
        for repeat in range(repeats + 1):
            for framework in _alive(results):
                result = results[framework]
                if threads > 1:
                    time.sleep(SETTLE)
                reply = _try(result, workers[framework], do="run", times=case.RUNS, cpu=cpu,
                             before=STEADY[threads > 1])
                if repeat and "seconds" in reply:  # the first round warms up
                    result.values.append(reply["seconds"] / case.RUNS * case.SCALE)
    finally:
        for worker in workers.values():
            worker.__exit__()


def _try(result: Result, worker: Worker, **request: Any) -> dict[str, Any]:
    try:
        reply = worker.ask(**request)
    except WorkerError as error:
        result.error = str(error)
        return {}
    if "version" in reply:
        result.notes["version"] = reply["version"]
    return reply


def importable(framework: str, python: str = sys.executable) -> bool:
    """Whether `python` finds `framework`; it is not loaded."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({framework!r}) is None)"
    return subprocess.run([python, "-c", code], cwd=ROOT, env={**os.environ, **environment(1)}).returncode == 0
