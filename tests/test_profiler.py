"""The profilers of both doors: what they record, what they write, and that they leave nothing behind."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import luojia
from luojia import Tensor, autograd, gluon, nd, nn, ops, profiler
from luojia._src.core import apply, profiling
from luojia._src.core.op import OPERATORS
from luojia._src.core.profile_report import Statistic, as_csv, chrome_trace, statistics
from luojia._src.core.profiling import Event, Recording
from luojia._src.errors import ArgumentError, DTypeError, GraphError, MissingFileError, MXNetError

numpy_engine = pytest.mark.numpy_engine


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where traces go by default
    profiler.set_state("stop")  # a test before this file's may have run it, as docs/tools.md does
    profiler.state._profiler.__init__()
    yield
    profiler.set_state("stop")
    profiler.state._profiler.__init__()
    left = list(profiling.running)
    for recording in left:
        recording.stop()
    assert not left


def names(recording, category="operator"):
    return [e.name for e in recording.events if e.category == category]


def record(fn):
    recording = Recording()
    recording.start()
    try:
        fn()
    finally:
        recording.stop()
    return recording


# -- what is recorded ------------------------------------------------------------------------------------------------


def test_operators_are_recorded_once_each_however_they_are_called():
    x = Tensor([1.0, 2.0])

    def run():
        y = x + 1  # Python's operator
        y = 2 - y  # reflected
        y = -y
        y = ops.exp(y)  # a function
        y = ops.Exp()(y)  # a class
        ops.matmul(y, y)
        ops.silu(y)  # composed of others

    assert sorted(names(record(run))) == sorted(
        ["add", "subtract", "negative", "exp", "exp", "matmul", "silu"])


def test_the_backward_pass_is_recorded_by_the_names_of_its_operators():
    x = nd.ones((2, 3))
    x.attach_grad()

    def run():
        with autograd.record():
            y = nd.tanh(x).sum()
        y.backward()

    assert names(record(run)) == ["tanh", "sum", "_backward_sum", "_backward_tanh"]


@numpy_engine
def test_the_backward_pass_of_a_loop_that_ran_long_before_is_recorded_too():
    x = nd.ones((2, 3))
    x.attach_grad()

    def run():
        with autograd.record():
            y = (nd.tanh(x) * x).sum()
        y.backward()

    for _ in range(40):  # its pass is written out by now, and calls no rule by name
        run()
    assert names(record(run))[3:] == ["_backward_sum", "_backward_multiply", "_backward_tanh"]
    for _ in range(40):
        run()
    assert names(record(lambda: None)) == []


@numpy_engine
def test_rules_of_fast_paths_and_those_that_the_engine_derives_are_recorded():
    w, x = nd.ones((4, 1, 3, 3)), nd.ones((2, 1, 5, 5))
    w.attach_grad()

    def run():
        with autograd.record():
            y = nd.Convolution(x, w, kernel=(3, 3), num_filter=4, no_bias=True)
            y = nd.softsign(y).sum()  # no rule of its own
        y.backward()

    found = names(record(run))
    assert {"_backward_convolution", "_backward_softsign"} <= set(found)
    assert len(found) == 6


def test_a_gradient_of_a_gradient_is_recorded_as_the_operators_that_its_rules_apply():
    grad = ops.grad(ops.grad(lambda x: ops.tanh(x).sum()))
    found = names(record(lambda: grad(Tensor([1.0]))))
    assert "tanh" in found and "multiply" in found


def test_times_are_in_order_and_not_negative():
    events = record(lambda: ops.exp(Tensor(np.ones((50, 50), np.float32))) * 2).events
    assert [e.name for e in events] == ["exp", "multiply"]
    assert all(e.stop >= e.start for e in events) and events[0].stop <= events[1].start
    assert events[0].thread == threading.get_ident()


def test_an_operator_that_fails_is_not_recorded_and_the_profiler_goes_on():
    def run():
        with pytest.raises(ValueError):
            ops.matmul(Tensor(np.ones((2, 3), np.float32)), Tensor(np.ones((2, 3), np.float32)))
        ops.exp(Tensor([1.0]))

    assert names(record(run)) == ["exp"]


def test_results_and_gradients_are_the_same_while_recording(rng, assert_close):
    net = nn.SequentialCell(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Dense(32, 3))
    x = Tensor(rng.standard_normal((2, 1, 4, 4)).astype(np.float32))
    grad = ops.GradOperation(get_all=True)(net)
    before = grad(x)[0].asnumpy()
    found = []
    record(lambda: found.append(grad(x)[0].asnumpy()))
    assert_close(found[0], before)


def test_hybridized_and_jitted_calls_are_recorded():
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(4, activation="tanh"), gluon.nn.Dense(2))
    net.initialize()
    net.hybridize()
    net(nd.ones((2, 3)))
    events = record(lambda: net(nd.ones((2, 3)))).events
    kinds = {e.category for e in events if e.name != "ones"}
    assert kinds == ({"program"} if luojia.get_context("engine") == "xla" else {"operator"})


@pytest.mark.parametrize("door", ["gluon", "mindspore"])
def test_updates_are_recorded(door):
    if door == "gluon":
        net = gluon.nn.Dense(2, in_units=3)
        net.initialize()
        trainer = gluon.Trainer(net.collect_params(), "adam")

        def run():
            with autograd.record():
                y = net(nd.ones((1, 3)))
            y.backward()
            trainer.step(1)
    else:
        net = nn.Dense(3, 2)
        step = nn.TrainOneStepCell(net, nn.Adam(net.trainable_params()))

        def run():
            step(Tensor(np.ones((1, 3), np.float32)))

    run()
    before = [p.data().asnumpy() if door == "gluon" else p.asnumpy() for p in
              (net.collect_params().values() if door == "gluon" else net.get_parameters())]
    found = [e.name for e in record(run).events if e.name.startswith("Adam")]
    assert found in (["Adam.update"], ["Adam"])  # on XLA MindSpore's optimizers are one program
    after = [p.data().asnumpy() if door == "gluon" else p.asnumpy() for p in
             (net.collect_params().values() if door == "gluon" else net.get_parameters())]
    assert all((a != b).any() for a, b in zip(before, after))


def test_nothing_is_left_behind_when_the_last_recording_stops():
    def state():
        return ([(op.fn, op.rule, op.direct_rule, op.fast_forward, op.fast_backward) for op in OPERATORS.values()],
                [profiling._cell(m).cell_contents for _, m in apply.shortcuts])

    ops.exp(Tensor([1.0]))
    before, methods = state()
    outer, inner = Recording(), Recording()
    outer.start()
    outer.start()
    inner.start()
    ops.exp(Tensor([1.0]))
    inner.stop()
    inner.stop()
    assert state()[0] != before
    nd.rcbrt(nd.ones((2,)))  # made while recording
    outer.stop()
    after, more = state()
    assert after == before and more[: len(methods)] == methods
    assert not any(isinstance(f, profiling._Timed) or isinstance(getattr(f, "func", None), profiling._Timed)
                   for f in more)
    assert names(inner) == ["exp"]
    ops.exp(Tensor([1.0]))
    assert len(names(outer)) == 2 + ("ones" in names(outer))


# -- MXNet's functions -----------------------------------------------------------------------------------------------


def run_some():
    profiler.set_state("run")
    y = nd.dot(nd.ones((3, 4)), nd.ones((4, 3)))
    for _ in range(3):
        y = y + 1
    y.wait_to_read()
    profiler.set_state("stop")


def test_dumps_prints_a_table_and_json():
    profiler.set_config(aggregate_stats=True)
    run_some()
    text = profiler.dumps()
    lines = text.splitlines()
    assert lines[1:4] == ["Profile Statistics:", "\tNote the difference in units for different entries.", "operator"]
    assert lines[5] == ("Name                          Total Count        Time (ms)    Min Time (ms)    Max Time (ms)"
                        "    Avg Time (ms)")
    row = next(line.split() for line in lines if line.startswith("broadcast_add"))
    count, total, least, most, mean = int(row[1]), *map(float, row[2:])
    assert count == 3 and least <= mean <= most <= total and mean == pytest.approx(total / 3, abs=1e-3)
    numbers = json.loads(profiler.dumps(format="json"))
    assert numbers["Unit"] == {"Time": "ms", "Memory": "kB"}
    assert numbers["Time"]["operator"]["broadcast_add"]["Count"] == 3
    order = [line.split()[0] for line in profiler.dumps(sort_by="count", ascending=True).splitlines()[6:-1] if line]
    assert order[-1] == "broadcast_add"
    assert "dot" in profiler.dumps(reset=True)
    assert profiler.dumps().count("\n") == 3  # the heading alone


def test_a_program_may_begin_with_the_profiler():
    code = ("import luojia as mx; mx.profiler.set_config(aggregate_stats=True); mx.profiler.set_state('run');"
            "mx.nd.dot(mx.nd.ones((2, 2)), mx.nd.ones((2, 2))); mx.profiler.set_state('stop');"
            "print(mx.profiler.dumps())")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)})
    assert "\ndot  " in result.stdout


def test_dumps_is_empty_without_aggregates():
    run_some()
    assert profiler.dumps() == ""
    profiler.set_config(filename="a.json")
    assert profiler.dumps() == ""


def test_dump_writes_a_trace(tmp_path):
    file = tmp_path / "trace.json"
    profiler.set_config(filename=str(file), profile_all=True, continuous_dump=True)
    with pytest.raises(MXNetError, match="Profiler hasn't been run"):
        profiler.dump()
    run_some()
    profiler.dump(finished=False)
    first = json.loads(file.read_text())
    spans = [e for e in first["traceEvents"] if e["ph"] == "X"]
    assert [e["name"] for e in spans if e["name"] != "ones"] == ["dot", *["broadcast_add"] * 3]
    assert all(e["dur"] >= 0 and e["cat"] == "operator" for e in spans)
    assert first["displayTimeUnit"] == "ms"
    profiler.dump()
    with pytest.raises(MXNetError, match="Config and start profiler first"):
        profiler.dump()


@numpy_engine  # on XLA, JAX makes the folder for its own trace
def test_a_folder_that_is_missing_is_named(tmp_path):
    profiler.set_config(filename=str(tmp_path / "no" / "trace.json"))
    run_some()
    with pytest.raises(MissingFileError, match="make its folder"):
        profiler.dump()


def test_pause_and_resume():
    profiler.set_config(aggregate_stats=True)
    profiler.resume()  # nothing to go on with
    profiler.set_state("run")
    profiler.pause()
    nd.exp(nd.ones((2,)))
    profiler.resume()
    nd.log(nd.ones((2,)))
    profiler.set_state("stop")
    text = profiler.dumps()
    assert "log" in text and "exp" not in text


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: profiler.set_config(foo=1), MXNetError, "Cannot find argument 'foo'"),
        (lambda: profiler.set_config(aggregate_stats="a"), MXNetError, "Invalid Parameter format for aggregate_stats"),
        (lambda: profiler.set_config(filename=3), DTypeError, "filename must be a str"),
        (lambda: profiler.set_state("foo"), KeyError, "state must be 'run' or 'stop'"),
        (lambda: profiler.pause("x"), KeyError, "profile_process must be"),
        (lambda: profiler.resume("x"), KeyError, "profile_process must be"),
        (lambda: profiler.dump(profile_process="x"), KeyError, "profile_process must be"),
        (lambda: profiler.dumps(format="x"), AssertionError, "Invalid value provided for format: x"),
        (lambda: profiler.dumps(sort_by="x"), AssertionError, "Invalid value provided for sort_by: x"),
        (lambda: profiler.Domain(3), DTypeError, "the name must be a str"),
        (lambda: profiler.Task("d", "n"), DTypeError, "must be a profiler.Domain"),
        (lambda: profiler.Domain("d").new_marker("m").mark("x"), MXNetError, "valid values are"),
        (lambda: profiler.Domain("d").new_counter("c").increment("a"), ValueError, "invalid literal"),
    ],
)
def test_mxnet_arguments_are_checked(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_deprecated_names_warn_and_work(tmp_path):
    with pytest.warns(UserWarning, match="set_config"):
        profiler.profiler_set_config(filename=str(tmp_path / "t.json"))
    with pytest.warns(UserWarning, match="set_state"):
        profiler.profiler_set_state("run")
    with pytest.warns(UserWarning, match="dump"):
        profiler.dump_profile()
    assert (tmp_path / "t.json").exists()
    profiler.set_kvstore_handle(None)


def test_scopes(tmp_path):
    profiler.set_config(aggregate_stats=True, filename=str(tmp_path / "t.json"))
    domain = profiler.Domain("dom")
    early = profiler.Event("early")
    early.start()
    profiler.set_state("run")
    early.stop()  # began before
    with domain.new_task("task"), domain.new_frame("frame"), profiler.Event("event"):
        pass
    late = domain.new_task("late")
    late.stop()  # never began
    counter = domain.new_counter("count", 5)
    counter.increment(3)
    counter.decrement()
    counter += 2
    counter -= 1
    counter.set_value(-3)
    domain.new_marker("here").mark("thread")
    profiler.set_state("stop")
    counter += 100
    assert [str(s) for s in (domain, counter, late)] == ["dom", "count", "late"]
    found = json.loads(profiler.dumps(format="json"))["Time"]
    assert {k: sorted(v) for k, v in found.items()} == {
        "dom": ["count", "task"], "dom,frame": ["frame"], "dom,instant_marker": [], "event": ["event"]}
    assert found["dom"]["count"] == {"Count": 6, "Total": -3, "Min": -3, "Max": 9, "Avg": 34 / 6}
    profiler.dump()
    events = json.loads((tmp_path / "t.json").read_text())["traceEvents"]
    assert [e["args"]["count"] for e in events if e["ph"] == "C"] == [5, 8, 7, 9, 8, -3]
    assert [(e["name"], e["s"]) for e in events if e["ph"] == "i"] == [("here", "t")]


# -- MindSpore's classes ---------------------------------------------------------------------------------------------


def test_schedule_says_what_each_step_does():
    plan = profiler.schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)
    assert "".join(plan(i).name[0] if i not in (4, 8) else plan(i).name[-4:] for i in range(12)) == (
        "NNWRSAVENWRSAVENNN")
    assert repr(plan) == "Schedule(wait=1, active=2, warmup=1, repeat=2, skip_first=1)"
    assert plan.to_dict() == {"wait": 1, "active": 2, "warmup": 1, "repeat": 2, "skip_first": 1}
    assert profiler.schedule(wait=0, active=1)(100) is profiler.ProfilerAction.RECORD_AND_SAVE


def test_a_session_with_a_schedule_records_the_steps_that_it_names():
    seen = []
    plan = profiler.schedule(wait=1, active=2, repeat=1)
    functions = [ops.exp, ops.log, ops.sin, ops.cos, ops.tanh]

    def ready(session):
        seen.append(sorted(session.statistics()["operator"]))
        assert sorted(session.statistics()["step"]) == ["step 1", "step 2"]

    with profiler.profile(schedule=plan, on_trace_ready=ready) as session:
        for f in functions:
            f(Tensor([1.0]))
            session.step()
    assert seen == [["Log", "Sin"]]


def test_a_session_writes_its_files(tmp_path):
    with profiler.profile(output_path=str(tmp_path)) as session:
        session.add_metadata("who", "me")
        session.add_metadata_json("numbers", "[1, 2]")
        ops.exp(Tensor([1.0]))
        number = profiler.mstx.range_start("part")
        profiler.mstx.mark("here")
        profiler.mstx.range_end(number)
        session.step()
    (folder,) = tmp_path.iterdir()
    trace = json.loads((folder / "trace_view.json").read_text())
    assert {"Exp", "part", "here", "step 0"} <= {e["name"] for e in trace["traceEvents"]}
    assert trace["metadata"] == {"who": "me", "numbers": [1, 2]}
    lines = (folder / "op_statistic.csv").read_text().splitlines()
    assert lines[0].startswith("Category,Name,Count") and any(line.startswith('"operator","Exp",1,') for line in lines)


def test_the_old_profiler_starts_at_once_and_writes_when_it_analyses(tmp_path):
    old = luojia.Profiler(output_path=str(tmp_path), profiler_level=profiler.ProfilerLevel.Level0)
    ops.exp(Tensor([1.0]))
    old.stop()
    ops.log(Tensor([1.0]))
    old.start()
    ops.exp(Tensor([1.0]))
    assert json.loads(old.op_analyse(["Exp", "Log"])) == {"Exp": old.statistics()["operator"]["Exp"]._asdict(),
                                                          "Log": {}}
    folder = old.analyse()
    assert folder.startswith(str(tmp_path)) and "Exp" in Path(folder, "op_statistic.csv").read_text()
    profiler.Profiler.offline_analyse(folder)
    with pytest.raises(GraphError, match="nothing has been recorded"):
        old.analyse()


def test_the_handler_chooses_the_folder(tmp_path):
    handler = profiler.tensorboard_trace_handler(str(tmp_path / "runs"), worker_name="me")
    with profiler.profile(on_trace_ready=handler, output_path=str(tmp_path / "other")):
        ops.exp(Tensor([1.0]))
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("me_") and (folder / "trace_view.json").exists()
    assert not list((tmp_path).glob("other/*/trace_view.json"))


def test_a_session_that_is_not_to_start_does_not():
    session = luojia.Profiler(start_profile=False)
    assert not profiling.is_recording()
    with pytest.raises(GraphError, match="step: this session does not run"):
        session.step()
    with pytest.raises(GraphError, match="stop: this session does not run"):
        session.stop()
    session.start()
    with pytest.raises(GraphError, match="runs already"):
        session.start()
    session.stop()
    assert profiler.mstx.range_start("nothing runs") == 0
    profiler.mstx.range_end(0)
    profiler.mstx.mark("nothing")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: profiler.schedule(wait=-1, active=1), ArgumentError, "'wait' must be 0 or more"),
        (lambda: profiler.schedule(wait=0, active=0), ArgumentError, "'active' must be 1 or more"),
        (lambda: profiler.schedule(wait=True, active=1), DTypeError, "'wait' must be int"),
        (lambda: profiler.profile(schedule=3), DTypeError, "'schedule' must be callable"),
        (lambda: profiler.profile(on_trace_ready=3), DTypeError, "'on_trace_ready' must be callable"),
        (lambda: profiler.Profiler(output_path=3), DTypeError, "'output_path' must be a str"),
        (lambda: profiler.tensorboard_trace_handler(3), DTypeError, "'dir_name' must be a str"),
        (lambda: profiler.profile().add_metadata("a", 1), DTypeError, "must be str"),
        (lambda: profiler.profile().add_metadata_json("a", "{"), ArgumentError, "must be a JSON text"),
        (lambda: luojia.Profiler(start_profile=False).op_analyse(3), DTypeError, "'op_name' must be a str"),
        (lambda: profiler.mstx.mark(3), DTypeError, "'message' must be a str"),
        (lambda: profiler.EnvProfiler, NotImplementedError, "EnvProfiler is not provided"),
        (lambda: profiler.nonsense, AttributeError, "has no attribute 'nonsense'"),
    ],
)
def test_mindspore_arguments_are_checked(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_options_are_kept():
    assert profiler._ExperimentalConfig(l2_cache=True).l2_cache
    assert profiler.AicoreMetrics.Memory.value == "Memory" and profiler.ProfilerActivity.CPU.value == "CPU"


# -- reports ---------------------------------------------------------------------------------------------------------


def test_statistics_and_their_forms():
    events = [Event("a", "x", 0, 1_000_000, 1), Event("a", "x", 0, 3_000_000, 2), Event("b", "n", 0, None, 1, 7.0),
              Event("b", "n", 0, None, 1, 5.0), Event("c", "m", 4000, None, 1, scope="g")]
    found = statistics(events)
    assert found == {"a": {"x": Statistic(2, 4.0, 1.0, 3.0, 2.0)}, "b": {"n": Statistic(2, 5.0, 5.0, 7.0, 6.0)},
                     "c": {}}
    assert as_csv(found).splitlines()[1] == '"a","x",2,4000.000,1000.000,2000.000,3000.000'
    trace = json.loads(chrome_trace(events))["traceEvents"]
    assert [e["tid"] for e in trace if e["ph"] == "X"] == [0, 1]
    assert trace[-1] == {"name": "m", "cat": "c", "ts": 4.0, "pid": 2, "tid": 0, "ph": "i", "s": "g"}


@pytest.mark.skipif(luojia.get_context("engine") != "xla", reason="JAX's trace is written on the XLA engine")
def test_jax_traces_beside(tmp_path):
    profiler.set_config(filename=str(tmp_path / "t.json"))
    run_some()
    profiler.dump()
    assert list((tmp_path / "t_xla").rglob("*.xplane.pb"))
