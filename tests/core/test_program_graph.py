"""Compiled programs as text and pictures."""

import sys

import numpy as np
import pytest

import luojia
from luojia import Tensor, jit, nn, ops
from luojia._src.core.program_graph import Line, ProgramGraph
from luojia._src.errors import ArgumentError, GraphError, NotSupportedError

compiles = pytest.mark.skipif(luojia.get_context("engine") != "xla", reason="the NumPy engine compiles nothing")


def program():
    return ProgramGraph('a "name"', [Line((0,), "input", "x", (), ("float32[2]",)),
                                     Line((1,), "parameter", "w", (), ("float32[2]",)),
                                     Line((2,), "operation", "mul", (0, "2.0"), ("float32[2]",)),
                                     Line((3, 4), "operation", "split", (2, 1), ("float32[1]", "float32[1]"))],
                        [3], [("w", 4)], [("x", 2)])


def test_text():
    assert str(program()).splitlines() == [
        'a "name"', "  %0 = input x: float32[2]", "  %1 = parameter w: float32[2]", "  %2 = mul(%0, 2.0): float32[2]",
        "  %3, %4 = split(%2, %1): float32[1], float32[1]", "  w <- %4", "  gradient of x: %2", "  return %3"]


def test_graph_language():
    lines = [line.strip() for line in program().dot().splitlines()]
    assert lines[0] == 'digraph "a \\"name\\"" {' and lines[-1] == "}"
    assert {"n0 -> n2;", "n2 -> n3;", "n1 -> n3;", "n3 -> o0;", "n3 -> o1;", "n2 -> o2;"} == {
        line for line in lines if "->" in line}
    assert any('label="mul\\nfloat32[2]"' in line and "shape=box" in line for line in lines)


def test_files(tmp_path):
    first, second = program().save(tmp_path / "new"), program().save(tmp_path / "new", with_dot=True)
    assert first != second and first.endswith("_a_name.ir") and len(list((tmp_path / "new").glob("*.dot"))) == 1


def test_pictures_are_drawn_by_graphviz(tmp_path, monkeypatch):
    graphviz = pytest.importorskip("graphviz", reason="pictures need luojia[viz]")
    monkeypatch.setattr(graphviz.Source, "pipe", lambda self, format: f"{format}:{self.source[:7]}".encode())
    file = tmp_path / "p.svg"
    assert program().draw(file) == str(file) and file.read_text() == "svg:digraph"
    assert program()._repr_mimebundle_()["image/svg+xml"] == "svg:digraph"

    def missing(self, format):
        raise graphviz.ExecutableNotFound(["dot"])

    monkeypatch.setattr(graphviz.Source, "pipe", missing)
    with pytest.raises(NotSupportedError, match="the program dot is missing"):
        program().draw(file)
    assert list(program()._repr_mimebundle_()) == ["text/plain"]


def test_what_drawing_lacks_is_named(monkeypatch):
    with pytest.raises(ArgumentError, match="the ending of the file's name"):
        program().draw("picture")
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(NotSupportedError, match=r"pip install 'luojia\[viz\]'"):
        program().draw("picture.svg")


def test_nothing_compiled_is_told():
    with pytest.raises(GraphError, match="graph: nothing has been compiled; call it first"):
        jit(lambda x: x).graph()


@compiles
def test_a_training_step_shows_its_state():
    net = nn.SequentialCell(nn.Dense(4, 3), nn.Dropout(p=0.5)).set_train()
    optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
    step = jit(nn.TrainOneStepCell(nn.WithLossCell(net, nn.MSELoss()), optimizer))
    step(Tensor(np.ones((2, 4), np.float32)), Tensor(np.ones((2, 3), np.float32)))
    graph = step.graph()
    kinds = {line.name: line.kind for line in graph.lines}
    assert kinds["input0"] == "input" and kinds["0.weight"] == "parameter" and kinds["random key"] == "key"
    assert {"0.weight", "0.bias", "global_step", "moments.0.weight"} <= {name for name, _ in graph.writes}
    assert "dot_general(%0, " in str(graph) and len(graph.outputs) == 1 and not graph.gradients


@compiles
def test_a_recorded_call_shows_its_gradients():
    w = luojia.Parameter(Tensor([3.0]), name="w")
    f = jit(lambda x: ops.exp(x * w))
    ops.grad(lambda x: f(x).sum(), 0, luojia.ParameterTuple([w]))(Tensor([1.0]))
    f(Tensor([1.0, 2.0]))
    assert [name for name, _ in f.graph(0).gradients] == ["input0", "w"] and not f.graph().gradients
    assert "gradient of output 0" in str(f.graph(0))
    with pytest.raises(ArgumentError, match=r"number is 7, but 2 program\(s\) were compiled"):
        f.graph(7)


@compiles
@pytest.mark.parametrize("level, endings", [(True, {".ir"}), (3, {".ir", ".dot"}), (0, set())])
def test_graphs_are_saved_when_they_are_compiled(level, endings, tmp_path):
    luojia.set_context(save_graphs=level, save_graphs_path=str(tmp_path))
    try:
        f = jit(lambda x: x * 2)
        f(Tensor([1.0]))
        f(Tensor([1.0]))
    finally:
        luojia.set_context(save_graphs=False, save_graphs_path=".")
    assert {p.suffix for p in tmp_path.iterdir()} == endings and len(list(tmp_path.iterdir())) == len(endings)
