"""The benchmarks' machinery: workers, turns, ratios, targets. No timing is asserted."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import report, runner, worker
from benchmarks.cases import FRAMEWORKS, NAMES
from benchmarks.runner import Result, Worker, WorkerError


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_complete(name: str) -> None:
    case = runner.load(name)
    assert case.TITLE and case.UNIT and case.SCALE > 0
    ways = {framework: runner.variants(case, framework) for framework in FRAMEWORKS}
    assert ways["luojia"] and sum(map(bool, ways.values())) > 1
    assert case.LIMITS is not None or case.RATIOS
    special = getattr(case, "VARIANT_RATIOS", {})
    assert {*special} <= {*ways["luojia"]}
    for goals in (case.RATIOS, *special.values()):
        assert all(ways[peer] for peer in goals) and "luojia" not in goals
        assert all(should is None or should <= must for must, should in goals.values())
    assert case.LIMITS is None or case.LIMITS[1] <= case.LIMITS[0]


def test_the_variants_of_a_framework() -> None:
    sample = case(on_torch=print, on_torch__channels_last=print, on_mxnet__hybrid=print)
    assert runner.variants(sample, "torch") == ["torch", "torch channels_last"]
    assert runner.variants(sample, "mxnet") == ["mxnet hybrid"] and runner.variants(sample, "luojia") == []


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A case "counting" of a framework "fake", which notes what it is asked to do."""
    done: list[str] = []
    case = types.ModuleType("benchmarks.cases.counting")
    case.on_fake = lambda: done.append("prepare") or (lambda: done.append("run"))  # type: ignore[attr-defined]
    case.on_wrong = lambda: {"value": 3.0, "modules": 2}  # type: ignore[attr-defined]
    case.on_wrong__twice = lambda: 6.0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "benchmarks.cases.counting", case)
    monkeypatch.setitem(sys.modules, "fake", types.ModuleType("fake"))
    return done


def test_a_worker_prepares_once_and_times_the_runs(counting: list[str]) -> None:
    state: dict[str, object] = {}
    assert worker.answer({"do": "setup", "case": "counting"}, "fake", state) == {"version": "?"}
    reply = worker.answer({"do": "run", "times": 3}, "fake", state)
    assert counting == ["prepare", "run", "run", "run"]
    assert list(reply) == ["seconds"] and reply["seconds"] >= 0


def test_a_worker_measures_a_value(counting: list[str]) -> None:
    assert worker.answer({"do": "measure", "case": "counting"}, "wrong", {}) == {"value": 3.0, "modules": 2}
    assert worker.answer({"do": "measure", "case": "counting"}, "wrong twice", {}) == {"value": 6.0}


def test_a_worker_answers_errors_and_goes_on() -> None:
    with Worker("luojia", sys.executable) as process:
        for _ in range(2):
            with pytest.raises(WorkerError, match="ModuleNotFoundError: No module named 'benchmarks.cases.nope'"):
                process.ask(do="setup", case="nope")
        with pytest.raises(WorkerError, match="KeyError: 'run'"):
            process.ask(do="run", times=1)


def test_a_dead_worker_is_reported() -> None:
    with Worker("luojia", sys.executable) as process:
        process.process.kill()
        with pytest.raises(WorkerError, match="the worker of luojia ended with exit status"):
            process.ask(do="run", times=1)


def test_a_framework_that_is_missing_does_not_stop_the_others() -> None:
    found = runner.run_case("import_time", {"luojia": sys.executable, "mxnet": sys.executable}, repeats=1)
    errors = {result.framework: result.error for result in found}
    assert "No module named 'mxnet'" in str(errors["mxnet"]) or runner.importable("mxnet")
    assert runner.importable("luojia") and not runner.importable("no_such_framework")


def case(**attributes: object) -> types.ModuleType:
    module = types.ModuleType("case")
    module.__dict__.update({"TITLE": "Case", "UNIT": "ms", "LIMITS": None, "RATIOS": {}, **attributes})
    return module


def test_ratios_and_targets() -> None:
    results = [Result("luojia", [2.0, 1.0, 3.0]), Result("luojia hybrid", [1.5]), Result("luojia module", [1.0]),
               Result("torch", [4.0]), Result("torch channels_last", [2.0]), Result("mindspore")]
    results[5].error = "no such thing"
    sample = case(RATIOS={"torch": (0.8, 0.6), "mindspore": (1.0, None)}, LIMITS=(2.5, 1.8),
                  VARIANT_RATIOS={"luojia hybrid": {"torch": (0.9, 0.5)}})
    rows = report.judge(sample, results)
    assert [row.get("ratios") for row in rows] == [{"torch": 1.0}, {"torch": 0.75}, {"torch": 0.5}, None, None, None]
    assert [row.get("must") for row in rows] == [False, True, True, None, None, None]
    assert [row.get("reach") for row in rows] == [False, False, True, None, None, None]
    assert (rows[0]["median"], rows[0]["least"], rows[0]["spread"]) == (2.0, 1.0, 0.5)
    lines = report.table(sample, rows).splitlines()
    assert lines[0] == "Case (ms): 2.5/1.8 ms, 0.8/0.6 of torch, 1 of mindspore, luojia hybrid: 0.9/0.5 of torch"
    assert [line.split()[-1] for line in lines[1:4]] == ["MISSES", "within", "reaches"]
    assert lines[1].split()[-3:-1] == ["1.00", "torch"]
    assert lines[6].split(maxsplit=1) == ["mindspore", "not run: no such thing"]


def test_loading_a_heavy_package_misses_the_target() -> None:
    results = [Result("luojia", [0.1], {"modules": 7, "doors": 0.25, "heavy": ["jax"]})]
    sample = case(UNIT="s", LIMITS=(0.3, 0.2))
    rows = report.judge(sample, results)
    assert rows[0]["must"] is False and rows[0]["reach"] is False
    assert "MISSES  7 modules, 0.25 s more for both doors  loads jax" in report.table(sample, rows)


def test_what_is_written(tmp_path: Path) -> None:
    report.write(tmp_path / "out.json", {"case": [{"framework": "luojia", "median": 1.0}]})
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["cases"]["case"][0]["median"] == 1.0
    assert {"processor", "cores", "python", "time"} <= set(written["machine"])


def test_peers_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.peers("torch=/a/python,mxnet=/b") == {"torch": "/a/python", "mxnet": "/b"}
    for wrong in ("torch", "caffe=/x"):
        with pytest.raises(SystemExit):
            command.main(["--peers", wrong])
        assert "--peers expects FRAMEWORK=PYTHON with a framework of torch, mxnet, mindspore" in capsys.readouterr().err
