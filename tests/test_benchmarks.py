"""The benchmarks' machinery: workers, turns, ratios, targets. No timing is asserted."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

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
    special = getattr(case, "VARIANT_RATIOS", {})
    assert case.LIMITS is not None or case.RATIOS or special
    assert {*special} <= {*ways["luojia"]}
    for goals in (case.RATIOS, *special.values()):
        assert all(peer in ways[peer.split()[0]] or ways.get(peer) for peer in goals) and "luojia" not in goals
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
    worker.answer({"do": "run", "times": 1, "before": 1e-3}, "fake", state)
    assert len(counting) > 5  # with those that do not count
    assert list(reply) == ["seconds"] and reply["seconds"] >= 0
    assert worker.answer({"do": "run", "times": 1, "cpu": True}, "fake", state)["seconds"] >= 0


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


def case(**attributes: Any) -> types.ModuleType:
    module = types.ModuleType("case")
    module.__dict__.update({"TITLE": "Case", "UNIT": "ms", "LIMITS": None, "RATIOS": {}, "SCALE": 1e3, **attributes})
    return module


def results() -> list[Result]:
    found = [
        Result("luojia", [2.0, 1.0, 3.0]), Result("luojia module", [5.0]), Result("torch", [4.0]),
        Result("torch last", [5.0]), Result("mxnet", [1.0]), Result("mindspore"),
    ]  # fmt: skip
    found[-1].error = "no such thing"
    return found


def test_processes_count_alike() -> None:
    result = Result("luojia", [1.0, 2.0, 5.0, 8.0], begun=[3])
    assert (result.median, result.least) == (pytest.approx(4.0), pytest.approx(8.0 ** 0.5))
    assert Result("luojia", [3.0, 1.0]).median == pytest.approx(2.0)


def test_launches_start_every_framework_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Fake:
        def __init__(self, framework: str, python: str, threads: int) -> None:
            started.append(framework)

        def ask(self, **request: Any) -> dict[str, Any]:
            return {"seconds": float(len(started))} if request["do"] == "run" else {}

        def __exit__(self, *exc: object) -> None:
            pass

    monkeypatch.setattr(runner, "Worker", Fake)
    monkeypatch.setattr(runner, "load", lambda name: case(on_luojia=print, on_torch=print, RUNS=1, SCALE=1.0))
    ours, theirs = runner.run_case("any", {"luojia": "python", "torch": "python"}, 2, launches=2)
    assert started == ["luojia", "torch"] * 2
    assert ours.values == theirs.values == [2.0, 2.0, 4.0, 4.0] and ours.begun == [2]
    assert ours.median == pytest.approx(8.0 ** 0.5)


def test_ratios_and_targets() -> None:
    sample = case(RATIOS={"torch": (0.6, 0.5), "jax": (0.1, None)}, VARIANT_RATIOS={"luojia module": {"torch": (1, 1)}})
    rows = report.judge(sample, results())
    assert [row.get("ratios") for row in rows[:2]] == [{"torch": 0.5, "mxnet": 2.0}, {"torch": 1.25, "mxnet": 5.0}]
    assert [(row.get("must"), row.get("reach")) for row in rows[:3]] == [(True, True), (False, False), (None, None)]
    assert (rows[0]["median"], rows[0]["least"], rows[0]["spread"]) == (2.0, 1.0, 0.5)
    lines = report.table(sample, rows).splitlines()
    assert lines[0] == "Case (ms): 0.6/0.5 of torch, 0.1 of jax, luojia module: 1/1 of torch"
    assert lines[1].endswith("0.50 torch   2.00 mxnet  reaches") and lines[2].endswith("MISSES")
    assert lines[6] == "  mindspore            not run: no such thing"
    fastest = report.judge(sample, results(), least=True)
    assert fastest[0]["ratios"] == {"torch": 0.25, "mxnet": 1.0} and fastest[0]["value"] == 1.0
    limited = report.judge(case(LIMITS=(2.5, 1.5)), results())
    assert [(row.get("must"), row.get("reach")) for row in limited[:2]] == [(True, False), (False, False)]


def test_a_ratio_to_a_named_variant() -> None:
    ways = [Result("luojia a", [3.0]), Result("luojia b", [4.0]), Result("jax whole", [2.0]),
            Result("jax split", [4.0])]
    sample = case(RATIOS={"jax whole": (1.4, None)}, VARIANT_RATIOS={"luojia b": {"jax split": (1.0, None)}})
    rows = report.judge(sample, ways)
    assert [row["ratios"] for row in rows[:2]] == [{"jax whole": 1.5}, {"jax split": 1.0}]
    assert [row["must"] for row in rows[:2]] == [False, True]


def test_a_case_that_needs_a_peers_package(capsys: pytest.CaptureFixture[str],
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "importable", lambda framework: False)
    assert command.main(["--case", "xla_tape"]) == 0
    assert "passed over, as no interpreter with jax is known" in capsys.readouterr().out


def test_loading_a_heavy_package_misses_the_target() -> None:
    results = [Result("luojia", [0.1], {"modules": 7, "doors": 0.25, "heavy": ["jax"]})]
    sample = case(UNIT="s", LIMITS=(0.3, 0.2))
    rows = report.judge(sample, results)
    assert rows[0]["must"] is False
    assert "7 modules, 0.25 s of it for both doors  loads jax" in report.table(sample, rows)


def test_the_guard_compares_ratios_with_a_baseline() -> None:
    cases = {"case": report.judge(case(), results())}
    now = report.ratios(cases)
    assert now["case"]["luojia"] == {"torch": 0.5, "mxnet": 2.0}
    assert report.regressions(now, now, 0.0) == []
    before = {"case": {"luojia": {"torch": 0.3, "mxnet": 1.9, "jax": 1.0}}, "gone": {"luojia": {"torch": 1.0}}}
    assert report.regressions(now, before, 0.25) == ["case, luojia over torch: 0.30 before, 0.50 now"]
    alone = report.ratios({"memory": report.judge(case(), [Result("luojia", [20.0])])})
    assert alone == {"memory": {"luojia": {"": 20.0}}}
    assert report.regressions({"memory": {"luojia": {"": 30.0}}}, alone, 0.25) == [
        "memory, luojia: 20.00 before, 30.00 now"
    ]


def test_the_table_and_the_plot(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    sample = case(GFLOP=0.1, RATIOS={"torch": (0.6, 0.5)})
    cases = {"case": (sample, report.judge(sample, results()))}
    text = report.markdown(cases, {"gemm_gflops": 100.0})
    assert "| Case (ms) | 2 | torch 4; torch last 5; mxnet 1 | 0.50 torch, 2.00 mxnet; 2.0 times the GEMM bound |" in text  # noqa: E501
    assert "| Case, module (ms) | 5 |  | 1.25 torch, 5.00 mxnet | no | no |" in text
    report.plot(tmp_path / "plot.png", cases)
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_the_roofline_is_measured() -> None:
    assert all(value > 0 for value in report.roofline().values())


def test_what_is_written(tmp_path: Path) -> None:
    report.write(tmp_path / "out.json", {"case": [{"framework": "luojia", "median": 1.0}]}, report.machine())
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["cases"]["case"][0]["median"] == 1.0
    assert {"processor", "cores", "python", "time"} <= set(written["machine"])


def test_peers_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.peers("torch=/a/python,mxnet=/b") == {"torch": "/a/python", "mxnet": "/b"}
    for wrong in ("torch", "caffe=/x"):
        with pytest.raises(SystemExit):
            command.main(["--peers", wrong])
        assert "--peers expects FRAMEWORK=PYTHON with a framework of torch, mxnet, mindspore" in capsys.readouterr().err
